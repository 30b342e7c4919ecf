/*
 * parse_member.c
 *		The innermost expressions: literals, variables, entities, sets,
 *		records, calls, and the accesses behind them.
 *
 * Cedar language reference, "Grammar": Member and Primary.
 */
#include "policy/parser.h"

static inline GauthLexer *
lexer_of(GauthParser *parser)
{
	return &parser->lexer;
}

/*
 * gauth_parser_leaf
 *		A leaf made of the current token, which stays where it is.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_parser_leaf(GauthParser *parser, GauthExprKind kind, GauthExpr **expr)
{
	const GauthToken *token = &parser->lexer.token;

	return gauth_build_expr(&parser->build, kind, token->offset,
							token->offset + token->text.len, expr);
}

/* the digits of the current token as an unsigned number */
static bool
read_number(const GauthToken *token, uint64_t *number)
{
	size_t		i;

	*number = 0;
	for (i = 0; i < token->text.len; i++)
	{
		if (__builtin_mul_overflow(*number, UINT64_C(10), number) ||
			__builtin_add_overflow(*number,
								   (uint64_t) (token->text.data[i] - '0'),
								   number))
			return false;
	}
	return true;
}

/*
 * gauth_parser_number
 *		A number; "negative" when a minus before it is to be part of it.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_parser_number(GauthParser *parser, bool negative, GauthExpr **expr)
{
	uint64_t	max = (uint64_t) INT64_MAX + (negative ? 1 : 0);
	uint64_t	number;
	GauthStatus status;

	if (!read_number(&parser->lexer.token, &number) || number > max)
		return gauth_lexer_fail(lexer_of(parser),
								"an integer that fits 64 bits");
	status = gauth_parser_leaf(parser, GAUTH_EXPR_LONG, expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->number = (int64_t) (negative ? -number : number);
	return gauth_lexer_advance(lexer_of(parser));
}

/* expressions up to "close", which is passed; a trailing comma is allowed */
static GauthStatus
parse_list(GauthParser *parser, const char *close, GauthList *list)
{
	GauthStatus status = GAUTH_OK;
	bool		more = true;
	bool		closed = false;

	while (status == GAUTH_OK && !closed)
	{
		GauthExpr  *item;

		status = gauth_parser_accept(parser, close, &closed);
		if (status != GAUTH_OK || closed)
			return status;
		if (!more)
			return gauth_lexer_fail(lexer_of(parser), close[0] == ']' ?
									"\",\" or \"]\"" : "\",\" or \")\"");
		status = gauth_parser_expr(parser, &item);
		if (status == GAUTH_OK)
			status = gauth_build_append(&parser->build, list, &item,
										sizeof(item));
		if (status == GAUTH_OK)
			status = gauth_parser_accept(parser, ",", &more);
	}
	return status;
}

/* make "expr" one higher than the highest of the list */
static GauthStatus
raise_over_list(GauthParser *parser, GauthExpr *expr, const GauthList *list)
{
	GauthExpr **items = list->items;
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	for (i = 0; i < list->count && status == GAUTH_OK; i++)
		status = gauth_build_raise(&parser->build, expr, items[i]);
	expr->end = (uint32_t) parser->lexer.last_end;
	return status;
}

static GauthStatus
parse_set(GauthParser *parser, GauthExpr **expr)
{
	GauthList	list = {0};
	GauthStatus status = gauth_parser_leaf(parser, GAUTH_EXPR_SET, expr);

	if (status == GAUTH_OK)
		status = gauth_lexer_advance(lexer_of(parser));
	if (status == GAUTH_OK)
		status = parse_list(parser, "]", &list);
	if (status != GAUTH_OK)
		return status;
	(*expr)->set.items = list.items;
	(*expr)->set.count = list.count;
	return raise_over_list(parser, *expr, &list);
}

/*
 * gauth_parser_name
 *		The name of an attribute: a word, or a string.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_parser_name(GauthParser *parser, GauthName *name)
{
	GauthLexer *lexer = lexer_of(parser);
	GauthStatus status = GAUTH_OK;

	name->offset = (uint32_t) lexer->token.offset;
	name->text = lexer->token.text;
	if (lexer->token.kind == GAUTH_TOKEN_STRING)
		status = gauth_lexer_unescape(lexer, false, &name->text);
	else if (!gauth_token_is_identifier(lexer))
		return gauth_lexer_fail(lexer, "a name or a string");
	return status != GAUTH_OK ? status : gauth_lexer_advance(lexer);
}

static GauthStatus
parse_field(GauthParser *parser, GauthList *fields)
{
	GauthExprField field;
	GauthStatus status = gauth_parser_name(parser, &field.name);

	if (status == GAUTH_OK)
		status = gauth_parser_expect(parser, ":");
	if (status == GAUTH_OK)
		status = gauth_parser_expr(parser, &field.value);
	if (status == GAUTH_OK)
		status = gauth_build_append(&parser->build, fields, &field,
									sizeof(field));
	return status;
}

/* the fields of a record up to "}", which is passed */
static GauthStatus
parse_fields(GauthParser *parser, GauthExpr *record, GauthList *fields)
{
	bool		more = true;
	bool		closed;
	GauthStatus status;

	for (;;)
	{
		const GauthExprField *field;

		status = gauth_parser_accept(parser, "}", &closed);
		if (status != GAUTH_OK || closed)
			return status;
		if (!more)
			return gauth_lexer_fail(lexer_of(parser), "\",\" or \"}\"");
		status = parse_field(parser, fields);
		if (status == GAUTH_OK)
			status = gauth_parser_accept(parser, ",", &more);
		if (status != GAUTH_OK)
			return status;
		field = (GauthExprField *) fields->items + fields->count - 1;
		status = gauth_build_raise(&parser->build, record, field->value);
		if (status != GAUTH_OK)
			return status;
	}
}

static GauthStatus
parse_record(GauthParser *parser, GauthExpr **expr)
{
	GauthList	fields = {0};
	GauthStatus status = gauth_parser_leaf(parser, GAUTH_EXPR_RECORD, expr);

	if (status == GAUTH_OK)
		status = gauth_lexer_advance(lexer_of(parser));
	if (status == GAUTH_OK)
		status = parse_fields(parser, *expr, &fields);
	if (status != GAUTH_OK)
		return status;
	(*expr)->end = (uint32_t) parser->lexer.last_end;
	(*expr)->record.fields = fields.items;
	(*expr)->record.count = fields.count;
	if (gauth_build_check_fields(&parser->build, fields.items,
								 fields.count) != GAUTH_OK)
		return gauth_lexer_fail_at(lexer_of(parser),
								   parser->build.err->status,
								   parser->build.err->offset,
								   "expected a field that is not there "
								   "already");
	return GAUTH_OK;
}

static GauthStatus
parse_parenthesis(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = gauth_lexer_advance(lexer_of(parser));

	if (status == GAUTH_OK)
		status = gauth_parser_expr(parser, expr);
	return status != GAUTH_OK ? status : gauth_parser_expect(parser, ")");
}

/* name "(" arguments ")", at the parenthesis */
static GauthStatus
parse_function(GauthParser *parser, const GauthToken *name, GauthExpr **expr)
{
	GauthFunction function;
	GauthList	args = {0};
	GauthStatus status;

	if (!gauth_function_find(name->text, &function) ||
		GAUTH_FUNCTION_IS_METHOD(function))
		return gauth_lexer_fail_at(lexer_of(parser), GAUTH_INVALID_SYNTAX,
								   name->offset,
								   "expected the name of a function");
	status = gauth_parser_leaf(parser, GAUTH_EXPR_CALL, expr);
	if (status == GAUTH_OK)
		status = gauth_lexer_advance(lexer_of(parser));
	if (status == GAUTH_OK)
		status = parse_list(parser, ")", &args);
	if (status != GAUTH_OK)
		return status;
	(*expr)->offset = (uint32_t) name->offset;
	(*expr)->call.function = function;
	(*expr)->call.args = args.items;
	(*expr)->call.count = args.count;
	return raise_over_list(parser, *expr, &args);
}

static bool
find_variable(GauthSpan name, GauthVariable *variable)
{
	static const char *const names[] = {
		"principal", "action", "resource", "context"
	};
	unsigned	i;

	for (i = 0; i < 4; i++)
	{
		if (gauth_span_is(name, names[i]))
		{
			*variable = (GauthVariable) i;
			return true;
		}
	}
	return false;
}

/* a variable, an entity or a function call: what begins with a name */
static GauthStatus
parse_named(GauthParser *parser, GauthExpr **expr)
{
	GauthLexer *lexer = lexer_of(parser);
	GauthLexer	before = *lexer;
	GauthVariable variable;
	GauthStatus status = gauth_lexer_advance(lexer);

	if (status != GAUTH_OK)
		return status;
	if (gauth_token_is(lexer, "("))
		return parse_function(parser, &before.token, expr);

	if (gauth_token_is(lexer, "::"))
	{
		*lexer = before;
		status = gauth_parser_leaf(parser, GAUTH_EXPR_ENTITY, expr);
		if (status == GAUTH_OK)
			status = gauth_parser_uid(parser, &(*expr)->uid);
		if (status == GAUTH_OK)
			(*expr)->end = (uint32_t) lexer->last_end;
		return status;
	}

	if (!find_variable(before.token.text, &variable))
		return gauth_lexer_fail_at(lexer, GAUTH_INVALID_SYNTAX,
								   before.token.offset,
								   "expected principal, action, resource, "
								   "context, an entity or a function");
	status = gauth_build_expr(&parser->build, GAUTH_EXPR_VARIABLE,
							  before.token.offset, lexer->last_end, expr);
	if (status == GAUTH_OK)
		(*expr)->variable = variable;
	return status;
}

static GauthStatus
parse_string(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = gauth_parser_leaf(parser, GAUTH_EXPR_STRING, expr);

	if (status == GAUTH_OK)
		status = gauth_lexer_unescape(lexer_of(parser), false, &(*expr)->text);
	return status != GAUTH_OK ? status : gauth_lexer_advance(lexer_of(parser));
}

static GauthStatus
parse_bool(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = gauth_parser_leaf(parser, GAUTH_EXPR_BOOL, expr);

	if (status != GAUTH_OK)
		return status;
	(*expr)->boolean = gauth_token_is(lexer_of(parser), "true");
	return gauth_lexer_advance(lexer_of(parser));
}

static GauthStatus
parse_primary(GauthParser *parser, GauthExpr **expr)
{
	GauthLexer *lexer = lexer_of(parser);

	if (lexer->token.kind == GAUTH_TOKEN_NUMBER)
		return gauth_parser_number(parser, false, expr);
	if (lexer->token.kind == GAUTH_TOKEN_STRING)
		return parse_string(parser, expr);
	if (gauth_token_is_identifier(lexer))
		return parse_named(parser, expr);
	if (gauth_token_is(lexer, "true") || gauth_token_is(lexer, "false"))
		return parse_bool(parser, expr);
	if (gauth_token_is(lexer, "("))
		return parse_parenthesis(parser, expr);
	if (gauth_token_is(lexer, "["))
		return parse_set(parser, expr);
	if (gauth_token_is(lexer, "{"))
		return parse_record(parser, expr);
	if (gauth_token_is(lexer, "?"))
		return gauth_lexer_fail(lexer, "an expression; slots stand in the "
								"scope only");
	return gauth_lexer_fail(lexer, "an expression");
}

/* object.name or object["name"], made of a name that was read */
static GauthStatus
make_access(GauthParser *parser, GauthName name, GauthExpr **expr)
{
	GauthName  *path = gauth_arena_alloc(parser->build.arena, sizeof(name));
	GauthExpr  *object = *expr;
	GauthStatus status;

	if (path == NULL)
		return gauth_fail(parser->build.err, GAUTH_OUT_OF_MEMORY, "policy");
	*path = name;
	status = gauth_build_expr(&parser->build, GAUTH_EXPR_GET_ATTR,
							  object->offset, parser->lexer.last_end, expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->access.object = object;
	(*expr)->access.path = path;
	(*expr)->access.path_len = 1;
	return gauth_build_raise(&parser->build, *expr, object);
}

typedef struct Method
{
	const char *name;
	GauthExprKind kind;
	uint32_t	arity;			/* without the receiver */
} Method;

static const Method methods[] = {
	{"contains", GAUTH_EXPR_CONTAINS, 1},
	{"containsAll", GAUTH_EXPR_CONTAINS_ALL, 1},
	{"containsAny", GAUTH_EXPR_CONTAINS_ANY, 1},
	{"isEmpty", GAUTH_EXPR_IS_EMPTY, 0},
	{"getTag", GAUTH_EXPR_GET_TAG, 1},
	{"hasTag", GAUTH_EXPR_HAS_TAG, 1}
};

static const Method *
find_method(GauthSpan name)
{
	size_t		i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
	{
		if (gauth_span_is(name, methods[i].name))
			return &methods[i];
	}
	return NULL;
}

/* an operator that is written as a method */
static GauthStatus
make_method(GauthParser *parser, const Method *method, const GauthList *args,
			size_t offset, GauthExpr **expr)
{
	GauthExpr **items = args->items;
	GauthStatus status;

	/* the receiver is the first of the list */
	if (args->count != method->arity + 1)
		return gauth_lexer_fail_at(lexer_of(parser), GAUTH_INVALID_SYNTAX,
								   offset, method->arity == 0 ?
								   "expected no argument" :
								   "expected one argument");
	status = gauth_build_operator(&parser->build, method->kind, items[0],
								  method->arity == 0 ? NULL : items[1], expr);
	if (status == GAUTH_OK)
		(*expr)->end = (uint32_t) parser->lexer.last_end;
	return status;
}

/* "(" arguments ")" behind object.name */
static GauthStatus
parse_method(GauthParser *parser, GauthName name, GauthExpr **expr)
{
	const Method *method = find_method(name.text);
	GauthExpr  *object = *expr;
	GauthFunction function;
	GauthList	args = {0};
	GauthStatus status;

	if (method == NULL && (!gauth_function_find(name.text, &function) ||
						   !GAUTH_FUNCTION_IS_METHOD(function)))
		return gauth_lexer_fail_at(lexer_of(parser), GAUTH_INVALID_SYNTAX,
								   name.offset,
								   "expected the name of a method");
	status = gauth_build_append(&parser->build, &args, &object,
								sizeof(object));
	if (status == GAUTH_OK)
		status = gauth_parser_expect(parser, "(");
	if (status == GAUTH_OK)
		status = parse_list(parser, ")", &args);
	if (status != GAUTH_OK)
		return status;
	if (method != NULL)
		return make_method(parser, method, &args, name.offset, expr);

	status = gauth_build_expr(&parser->build, GAUTH_EXPR_CALL, object->offset,
							  parser->lexer.last_end, expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->call.function = function;
	(*expr)->call.args = args.items;
	(*expr)->call.count = args.count;
	return raise_over_list(parser, *expr, &args);
}

/* behind "." */
static GauthStatus
parse_dot(GauthParser *parser, GauthExpr **expr)
{
	GauthName	name;
	GauthStatus status;

	if (!gauth_token_is_identifier(lexer_of(parser)))
		return gauth_lexer_fail(lexer_of(parser),
								"the name of an attribute or a method");
	status = gauth_parser_name(parser, &name);
	if (status != GAUTH_OK)
		return status;
	if (gauth_token_is(lexer_of(parser), "("))
		return parse_method(parser, name, expr);
	return make_access(parser, name, expr);
}

/* behind "[" */
static GauthStatus
parse_index(GauthParser *parser, GauthExpr **expr)
{
	GauthName	name;
	GauthStatus status;

	if (parser->lexer.token.kind != GAUTH_TOKEN_STRING)
		return gauth_lexer_fail(lexer_of(parser),
								"the name of an attribute in quotes");
	status = gauth_parser_name(parser, &name);
	if (status == GAUTH_OK)
		status = gauth_parser_expect(parser, "]");
	return status != GAUTH_OK ? status : make_access(parser, name, expr);
}

/*
 * gauth_parser_member
 *		A primary expression and all accesses and method calls behind it.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_parser_member(GauthParser *parser, GauthExpr **expr)
{
	GauthStatus status = parse_primary(parser, expr);

	while (status == GAUTH_OK)
	{
		bool		dot = gauth_token_is(lexer_of(parser), ".");

		if (!dot && !gauth_token_is(lexer_of(parser), "["))
			return GAUTH_OK;
		status = gauth_lexer_advance(lexer_of(parser));
		if (status == GAUTH_OK)
			status = dot ? parse_dot(parser, expr) : parse_index(parser, expr);
	}
	return status;
}
