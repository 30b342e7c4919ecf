/*
 * parse_expr.c
 *		Operators and their precedence.
 *
 * Cedar language reference, "Grammar": Expr to Unary.  The parser recurses
 * once for each bracket, "if" or argument that it enters, counted against
 * the nesting limit; operators of one level are read in a loop.
 */
#include "policy/parser.h"

/* unary operators that may stand in a row, as Cedar has it */
#define UNARY_MAX	4

static inline GauthLexer *
lexer_of(GauthParser *parser)
{
	return &parser->lexer;
}

/*
 * A member behind minus signs.  The innermost one belongs to a number that
 * stands alone, so that the least integer can be written.
 */
static GauthStatus
parse_negated(GauthParser *parser, size_t minus, unsigned *signs,
			  GauthExpr **expr)
{
	GauthLexer	before = parser->lexer;
	GauthStatus status;

	if (before.token.kind != GAUTH_TOKEN_NUMBER)
		return gauth_parser_member(parser, expr);

	status = gauth_lexer_advance(lexer_of(parser));
	if (status != GAUTH_OK)
		return status;
	if (gauth_token_is(lexer_of(parser), ".") ||
		gauth_token_is(lexer_of(parser), "["))
	{
		parser->lexer = before;
		return gauth_parser_member(parser, expr);
	}
	parser->lexer = before;
	status = gauth_parser_number(parser, true, expr);
	if (status != GAUTH_OK)
		return status;
	(*signs)--;
	(*expr)->offset = (uint32_t) minus;
	return GAUTH_OK;
}

static GauthStatus
parse_unary(GauthParser *parser, GauthExpr **expr)
{
	bool		negate = gauth_token_is(lexer_of(parser), "-");
	const char *sign = negate ? "-" : "!";
	size_t		offset = parser->lexer.token.offset;
	unsigned	signs = 0;
	bool		found = true;
	GauthStatus status = GAUTH_OK;

	while (status == GAUTH_OK && found)
	{
		status = gauth_parser_accept(parser, sign, &found);
		signs += found ? 1 : 0;
		if (signs > UNARY_MAX)
			return gauth_lexer_fail(lexer_of(parser),
									"at most four unary operators in a row");
	}
	if (status == GAUTH_OK)
		status = negate ? parse_negated(parser, offset, &signs, expr) :
			gauth_parser_member(parser, expr);
	while (status == GAUTH_OK && signs-- > 0)
	{
		status = gauth_build_operator(&parser->build, negate ?
									  GAUTH_EXPR_NEGATE : GAUTH_EXPR_NOT,
									  *expr, NULL, expr);
		if (status == GAUTH_OK)
			(*expr)->offset = (uint32_t) offset;
	}
	return status;
}

/* replaces "*expr" by an operator over it and one more operand */
typedef GauthStatus (*ParseOperand) (GauthParser *parser, GauthExpr **expr);

static GauthStatus
parse_right(GauthParser *parser, GauthExprKind kind, ParseOperand operand,
			GauthExpr **expr)
{
	GauthExpr  *right;
	GauthStatus status = gauth_lexer_advance(lexer_of(parser));

	if (status == GAUTH_OK)
		status = operand(parser, &right);
	if (status == GAUTH_OK)
		status = gauth_build_operator(&parser->build, kind, *expr, right,
									  expr);
	return status;
}

static GauthStatus
parse_product(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = parse_unary(parser, expr);

	while (status == GAUTH_OK && gauth_token_is(lexer_of(parser), "*"))
		status = parse_right(parser, GAUTH_EXPR_MUL, parse_unary, expr);
	return status;
}

static GauthStatus
parse_sum(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = parse_product(parser, expr);

	while (status == GAUTH_OK)
	{
		if (gauth_token_is(lexer_of(parser), "+"))
			status = parse_right(parser, GAUTH_EXPR_ADD, parse_product, expr);
		else if (gauth_token_is(lexer_of(parser), "-"))
			status = parse_right(parser, GAUTH_EXPR_SUB, parse_product, expr);
		else
			return GAUTH_OK;
	}
	return status;
}

/* behind "has": one string, or names with points between them */
static GauthStatus
parse_has(GauthParser *parser, GauthExpr **expr)
{
	GauthExpr  *object = *expr;
	bool		is_string = parser->lexer.token.kind == GAUTH_TOKEN_STRING;
	GauthList	path = {0};
	bool		more = true;
	GauthStatus status = GAUTH_OK;

	while (status == GAUTH_OK && more)
	{
		GauthName	name;

		if (path.count > 0 && !gauth_token_is_identifier(lexer_of(parser)))
			return gauth_lexer_fail(lexer_of(parser), "a name");
		status = gauth_parser_name(parser, &name);
		if (status == GAUTH_OK)
			status = gauth_build_append(&parser->build, &path, &name,
										sizeof(name));
		more = false;
		if (status == GAUTH_OK && !is_string)
			status = gauth_parser_accept(parser, ".", &more);
	}
	if (status == GAUTH_OK)
		status = gauth_build_expr(&parser->build, GAUTH_EXPR_HAS_ATTR,
								  object->offset, parser->lexer.last_end,
								  expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->access.object = object;
	(*expr)->access.path = path.items;
	(*expr)->access.path_len = path.count;
	return gauth_build_raise(&parser->build, *expr, object);
}

/* behind "like" */
static GauthStatus
parse_like(GauthParser *parser, GauthExpr **expr)
{
	GauthExpr  *object = *expr;
	GauthSpan	pattern;
	GauthStatus status;

	if (parser->lexer.token.kind != GAUTH_TOKEN_STRING)
		return gauth_lexer_fail(lexer_of(parser), "a pattern in quotes");
	status = gauth_lexer_unescape(lexer_of(parser), true, &pattern);
	if (status == GAUTH_OK)
		status = gauth_lexer_advance(lexer_of(parser));
	if (status == GAUTH_OK)
		status = gauth_build_expr(&parser->build, GAUTH_EXPR_LIKE,
								  object->offset, parser->lexer.last_end,
								  expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->like.object = object;
	(*expr)->like.pattern = pattern;
	return gauth_build_raise(&parser->build, *expr, object);
}

/* behind "is": a type, and perhaps "in" and what it is in */
static GauthStatus
parse_is(GauthParser *parser, GauthExpr **expr)
{
	GauthExpr  *object = *expr;
	GauthSpan	type;
	GauthExpr  *in = NULL;
	bool		found = false;
	GauthStatus status = gauth_parser_path(parser, &type);

	if (status == GAUTH_OK)
		status = gauth_parser_accept(parser, "in", &found);
	if (status == GAUTH_OK && found)
		status = parse_sum(parser, &in);
	if (status == GAUTH_OK)
		status = gauth_build_expr(&parser->build, GAUTH_EXPR_IS,
								  object->offset, parser->lexer.last_end,
								  expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->is.object = object;
	(*expr)->is.type = type;
	(*expr)->is.in = in;
	status = gauth_build_raise(&parser->build, *expr, object);
	if (status == GAUTH_OK && in != NULL)
		status = gauth_build_raise(&parser->build, *expr, in);
	return status;
}

typedef struct Relation
{
	const char *text;
	GauthExprKind kind;
} Relation;

static const Relation relations[] = {
	{"==", GAUTH_EXPR_EQ}, {"!=", GAUTH_EXPR_NE},
	{"<", GAUTH_EXPR_LT}, {"<=", GAUTH_EXPR_LE},
	{">", GAUTH_EXPR_GT}, {">=", GAUTH_EXPR_GE},
	{"in", GAUTH_EXPR_IN}, {"has", GAUTH_EXPR_HAS_ATTR},
	{"like", GAUTH_EXPR_LIKE}, {"is", GAUTH_EXPR_IS}
};

#define RELATIONS	(sizeof(relations) / sizeof(relations[0]))

static const Relation *
find_relation(const GauthLexer *lexer)
{
	size_t		i;

	for (i = 0; i < RELATIONS; i++)
	{
		if (gauth_token_is(lexer, relations[i].text))
			return &relations[i];
	}
	return NULL;
}

/* at most one relation: a < b < c is no expression */
static GauthStatus
parse_relation(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = parse_sum(parser, expr);
	const Relation *relation;

	if (status != GAUTH_OK)
		return status;
	relation = find_relation(lexer_of(parser));
	if (relation == NULL)
		return GAUTH_OK;

	if (relation->kind <= GAUTH_EXPR_IN)
		return parse_right(parser, relation->kind, parse_sum, expr);
	status = gauth_lexer_advance(lexer_of(parser));
	if (status != GAUTH_OK)
		return status;
	if (relation->kind == GAUTH_EXPR_HAS_ATTR)
		return parse_has(parser, expr);
	if (relation->kind == GAUTH_EXPR_LIKE)
		return parse_like(parser, expr);
	return parse_is(parser, expr);
}

static GauthStatus
parse_and(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = parse_relation(parser, expr);

	while (status == GAUTH_OK && gauth_token_is(lexer_of(parser), "&&"))
		status = parse_right(parser, GAUTH_EXPR_AND, parse_relation, expr);
	return status;
}

static GauthStatus
parse_or(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = parse_and(parser, expr);

	while (status == GAUTH_OK && gauth_token_is(lexer_of(parser), "||"))
		status = parse_right(parser, GAUTH_EXPR_OR, parse_and, expr);
	return status;
}

/* if ... then ... else ..., at "if" */
static GauthStatus
parse_if(GauthParser *parser, GauthExpr **expr)
{
	static const char *const words[] = {"if", "then", "else"};
	GauthStatus status = gauth_parser_leaf(parser, GAUTH_EXPR_IF, expr);
	int			i;

	for (i = 0; i < 3 && status == GAUTH_OK; i++)
	{
		status = gauth_parser_expect(parser, words[i]);
		if (status == GAUTH_OK)
			status = gauth_parser_expr(parser, &(*expr)->args[i]);
		if (status == GAUTH_OK)
			status = gauth_build_raise(&parser->build, *expr,
									   (*expr)->args[i]);
	}
	if (status == GAUTH_OK)
		(*expr)->end = (uint32_t) parser->lexer.last_end;
	return status;
}

/*
 * gauth_parser_expr
 *		One expression, of any precedence.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED (nesting, nodes,
 * height), GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_parser_expr(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status;

	if (parser->nesting >= parser->build.limits->nesting)
		return gauth_lexer_fail_at(lexer_of(parser), GAUTH_LIMIT_EXCEEDED,
								   parser->lexer.token.offset,
								   "the expression nests too deeply");
	parser->nesting++;
	if (gauth_token_is(lexer_of(parser), "if"))
		status = parse_if(parser, expr);
	else
		status = parse_or(parser, expr);
	parser->nesting--;
	return status;
}
