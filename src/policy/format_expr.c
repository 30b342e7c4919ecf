/*
 * format_expr.c
 *		Expressions, strings and uids in Cedar's human syntax.
 *
 * Parentheses stand only where the tree needs them.  What is written reads
 * back as the same tree: a negated number literal is therefore -(5), because
 * -5 is a literal of its own.
 */
#include "policy/format.h"

#include "base/utf8.h"
#include "policy/lexer.h"

/* how tightly an expression binds, as the grammar nests */
typedef enum Level
{
	LEVEL_EXPR,					/* if */
	LEVEL_OR,
	LEVEL_AND,
	LEVEL_RELATION,
	LEVEL_SUM,
	LEVEL_PRODUCT,
	LEVEL_UNARY,
	LEVEL_MEMBER
} Level;

typedef struct Operator
{
	const char *text;			/* between the operands, or the method */
	uint8_t		level;
	uint8_t		left;			/* level that the left operand needs */
	uint8_t		right;
} Operator;

static const Operator operators[] = {
	[GAUTH_EXPR_AND] = {" && ", LEVEL_AND, LEVEL_AND, LEVEL_RELATION},
	[GAUTH_EXPR_OR] = {" || ", LEVEL_OR, LEVEL_OR, LEVEL_AND},
	[GAUTH_EXPR_EQ] = {" == ", LEVEL_RELATION, LEVEL_SUM, LEVEL_SUM},
	[GAUTH_EXPR_NE] = {" != ", LEVEL_RELATION, LEVEL_SUM, LEVEL_SUM},
	[GAUTH_EXPR_LT] = {" < ", LEVEL_RELATION, LEVEL_SUM, LEVEL_SUM},
	[GAUTH_EXPR_LE] = {" <= ", LEVEL_RELATION, LEVEL_SUM, LEVEL_SUM},
	[GAUTH_EXPR_GT] = {" > ", LEVEL_RELATION, LEVEL_SUM, LEVEL_SUM},
	[GAUTH_EXPR_GE] = {" >= ", LEVEL_RELATION, LEVEL_SUM, LEVEL_SUM},
	[GAUTH_EXPR_IN] = {" in ", LEVEL_RELATION, LEVEL_SUM, LEVEL_SUM},
	[GAUTH_EXPR_ADD] = {" + ", LEVEL_SUM, LEVEL_SUM, LEVEL_PRODUCT},
	[GAUTH_EXPR_SUB] = {" - ", LEVEL_SUM, LEVEL_SUM, LEVEL_PRODUCT},
	[GAUTH_EXPR_MUL] = {" * ", LEVEL_PRODUCT, LEVEL_PRODUCT, LEVEL_UNARY},
	[GAUTH_EXPR_CONTAINS] = {".contains(", LEVEL_MEMBER, LEVEL_MEMBER, 0},
	[GAUTH_EXPR_CONTAINS_ALL] =
	{".containsAll(", LEVEL_MEMBER, LEVEL_MEMBER, 0},
	[GAUTH_EXPR_CONTAINS_ANY] =
	{".containsAny(", LEVEL_MEMBER, LEVEL_MEMBER, 0},
	[GAUTH_EXPR_IS_EMPTY] = {".isEmpty(", LEVEL_MEMBER, LEVEL_MEMBER, 0},
	[GAUTH_EXPR_GET_TAG] = {".getTag(", LEVEL_MEMBER, LEVEL_MEMBER, 0},
	[GAUTH_EXPR_HAS_TAG] = {".hasTag(", LEVEL_MEMBER, LEVEL_MEMBER, 0}
};

static const char *const variable_names[] = {
	"principal", "action", "resource", "context"
};

static void format_at(GauthText *text, const GauthExpr *expr, Level level);

static void
put(GauthText *text, const char *part)
{
	gauth_text_append(text, gauth_span_of(part));
}

/* what a reader would not see, or would see in another place */
static bool
is_invisible(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
		code_point == 0xad || code_point == 0x61c ||
		(code_point >= 0x200b && code_point <= 0x200f) ||
		(code_point >= 0x2028 && code_point <= 0x202e) ||
		(code_point >= 0x2060 && code_point <= 0x206f) ||
		code_point == 0xfeff || code_point >= 0xe0000;
}

static void
put_code_point(GauthText *text, uint32_t code_point, GauthSpan as_written)
{
	static const char digits[] = "0123456789abcdef";
	static const char plain[] = "\nn\rr\tt\\\\\"\"";
	int			shift = 28;
	size_t		i;

	for (i = 0; i < sizeof(plain) - 1; i += 2)
	{
		if ((uint32_t) plain[i] != code_point)
			continue;
		gauth_text_append_char(text, '\\');
		gauth_text_append_char(text, plain[i + 1]);
		return;
	}
	if (code_point == 0)
	{
		put(text, "\\0");
		return;
	}
	if (!is_invisible(code_point))
	{
		gauth_text_append(text, as_written);
		return;
	}
	put(text, "\\u{");
	while (shift > 0 && code_point >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		gauth_text_append_char(text, digits[code_point >> shift & 15]);
	gauth_text_append_char(text, '}');
}

static void
put_quoted(GauthText *text, GauthSpan content, bool is_pattern)
{
	size_t		at = 0;

	gauth_text_append_char(text, '"');
	while (at < content.len)
	{
		uint32_t	code_point = (unsigned char) content.data[at];
		size_t		len;

		len = gauth_utf8_decode(content.data + at, content.len - at,
								&code_point);
		if (len == 0)
			len = 1;
		if (is_pattern && content.data[at] == GAUTH_PATTERN_WILDCARD)
			gauth_text_append_char(text, '*');
		else if (is_pattern && content.data[at] == '*')
			put(text, "\\*");
		else
			put_code_point(text, code_point,
						   gauth_span_slice(content, at, len));
		at += len;
	}
	gauth_text_append_char(text, '"');
}

/*
 * gauth_string_format
 *		A string in quotes, escaped.
 */
void
gauth_string_format(GauthText *text, GauthSpan content)
{
	put_quoted(text, content, false);
}

/*
 * gauth_uid_format
 *		A uid as Type::"id".
 */
void
gauth_uid_format(GauthText *text, const GauthUid *uid)
{
	gauth_text_append(text, gauth_uid_type(uid));
	put(text, "::");
	gauth_string_format(text, gauth_uid_id(uid));
}

static bool
is_identifier(GauthSpan name)
{
	size_t		i;

	if (name.len == 0 || (name.data[0] >= '0' && name.data[0] <= '9') ||
		gauth_word_is_reserved(name))
		return false;
	for (i = 0; i < name.len; i++)
	{
		char		c = name.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static void
put_name(GauthText *text, GauthSpan name)
{
	if (is_identifier(name))
		gauth_text_append(text, name);
	else
		gauth_string_format(text, name);
}

static Level
level_of(const GauthExpr *expr)
{
	switch ((GauthExprKind) expr->kind)
	{
		case GAUTH_EXPR_IF:
			return LEVEL_EXPR;
		case GAUTH_EXPR_NOT:
		case GAUTH_EXPR_NEGATE:
			return LEVEL_UNARY;
		case GAUTH_EXPR_LONG:
			return expr->number < 0 ? LEVEL_UNARY : LEVEL_MEMBER;
		case GAUTH_EXPR_HAS_ATTR:
		case GAUTH_EXPR_LIKE:
		case GAUTH_EXPR_IS:
			return LEVEL_RELATION;
		default:
			return expr->kind >= GAUTH_EXPR_AND &&
				expr->kind <= GAUTH_EXPR_HAS_TAG ?
				(Level) operators[expr->kind].level : LEVEL_MEMBER;
	}
}

static void
put_list(GauthText *text, GauthExpr *const *items, uint32_t count)
{
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		if (i > 0)
			put(text, ", ");
		format_at(text, items[i], LEVEL_EXPR);
	}
}

static void
put_record(GauthText *text, const GauthExpr *expr)
{
	uint32_t	i;

	gauth_text_append_char(text, '{');
	for (i = 0; i < expr->record.count; i++)
	{
		if (i > 0)
			put(text, ", ");
		put_name(text, expr->record.fields[i].name.text);
		put(text, ": ");
		format_at(text, expr->record.fields[i].value, LEVEL_EXPR);
	}
	gauth_text_append_char(text, '}');
}

static void
put_call(GauthText *text, const GauthExpr *expr)
{
	bool		is_method = GAUTH_FUNCTION_IS_METHOD(expr->call.function);
	uint32_t	first = is_method ? 1 : 0;

	if (is_method)
	{
		format_at(text, expr->call.args[0], LEVEL_MEMBER);
		gauth_text_append_char(text, '.');
	}
	put(text, gauth_function_name(expr->call.function));
	gauth_text_append_char(text, '(');
	put_list(text, is_method ? expr->call.args + 1 : expr->call.args,
			 expr->call.count - first);
	gauth_text_append_char(text, ')');
}

static void
put_access(GauthText *text, const GauthExpr *expr)
{
	GauthSpan	name = expr->access.path[0].text;

	format_at(text, expr->access.object, LEVEL_MEMBER);
	if (is_identifier(name))
	{
		gauth_text_append_char(text, '.');
		gauth_text_append(text, name);
		return;
	}
	gauth_text_append_char(text, '[');
	gauth_string_format(text, name);
	gauth_text_append_char(text, ']');
}

static void
put_has(GauthText *text, const GauthExpr *expr)
{
	uint32_t	i;

	format_at(text, expr->access.object, LEVEL_SUM);
	put(text, " has ");
	for (i = 0; i < expr->access.path_len; i++)
	{
		if (i > 0)
			gauth_text_append_char(text, '.');
		put_name(text, expr->access.path[i].text);
	}
}

static void
put_is(GauthText *text, const GauthExpr *expr)
{
	format_at(text, expr->is.object, LEVEL_SUM);
	put(text, " is ");
	gauth_text_append(text, expr->is.type);
	if (expr->is.in == NULL)
		return;
	put(text, " in ");
	format_at(text, expr->is.in, LEVEL_SUM);
}

/* no two signs in a row: neither "!-" nor "--5" would say what is meant */
static void
put_unary(GauthText *text, const GauthExpr *expr)
{
	gauth_text_append_char(text, expr->kind == GAUTH_EXPR_NOT ? '!' : '-');
	if (expr->args[0]->kind == GAUTH_EXPR_LONG)
	{
		gauth_text_append_char(text, '(');
		gauth_text_append_int64(text, expr->args[0]->number);
		gauth_text_append_char(text, ')');
		return;
	}
	format_at(text, expr->args[0], LEVEL_MEMBER);
}

static void
put_if(GauthText *text, const GauthExpr *expr)
{
	put(text, "if ");
	format_at(text, expr->args[0], LEVEL_EXPR);
	put(text, " then ");
	format_at(text, expr->args[1], LEVEL_EXPR);
	put(text, " else ");
	format_at(text, expr->args[2], LEVEL_EXPR);
}

static void
put_operator(GauthText *text, const GauthExpr *expr)
{
	const Operator *operator = &operators[expr->kind];
	bool		is_method = operator->level == LEVEL_MEMBER;

	format_at(text, expr->args[0], (Level) operator->left);
	put(text, operator->text);
	if (gauth_expr_arity(expr->kind) == 2)
		format_at(text, expr->args[1], (Level) operator->right);
	if (is_method)
		gauth_text_append_char(text, ')');
}

static void
put_expr(GauthText *text, const GauthExpr *expr)
{
	switch ((GauthExprKind) expr->kind)
	{
		case GAUTH_EXPR_BOOL:
			put(text, expr->boolean ? "true" : "false");
			return;
		case GAUTH_EXPR_LONG:
			gauth_text_append_int64(text, expr->number);
			return;
		case GAUTH_EXPR_STRING:
			gauth_string_format(text, expr->text);
			return;
		case GAUTH_EXPR_ENTITY:
			gauth_uid_format(text, expr->uid);
			return;
		case GAUTH_EXPR_VARIABLE:
			put(text, variable_names[expr->variable]);
			return;
		case GAUTH_EXPR_IF:
			put_if(text, expr);
			return;
		case GAUTH_EXPR_NOT:
		case GAUTH_EXPR_NEGATE:
			put_unary(text, expr);
			return;
		case GAUTH_EXPR_GET_ATTR:
			put_access(text, expr);
			return;
		case GAUTH_EXPR_HAS_ATTR:
			put_has(text, expr);
			return;
		case GAUTH_EXPR_LIKE:
			format_at(text, expr->like.object, LEVEL_SUM);
			put(text, " like ");
			put_quoted(text, expr->like.pattern, true);
			return;
		case GAUTH_EXPR_IS:
			put_is(text, expr);
			return;
		case GAUTH_EXPR_SET:
			gauth_text_append_char(text, '[');
			put_list(text, expr->set.items, expr->set.count);
			gauth_text_append_char(text, ']');
			return;
		case GAUTH_EXPR_RECORD:
			put_record(text, expr);
			return;
		case GAUTH_EXPR_CALL:
			put_call(text, expr);
			return;
		default:
			put_operator(text, expr);
			return;
	}
}

static void
format_at(GauthText *text, const GauthExpr *expr, Level level)
{
	bool		inside = level_of(expr) < level;

	if (inside)
		gauth_text_append_char(text, '(');
	put_expr(text, expr);
	if (inside)
		gauth_text_append_char(text, ')');
}

/*
 * gauth_expr_format
 *		An expression on one line.
 */
void
gauth_expr_format(GauthText *text, const GauthExpr *expr)
{
	format_at(text, expr, LEVEL_EXPR);
}

static void
put_chain(GauthText *text, const GauthExpr *expr, uint8_t kind)
{
	const Operator *operator = &operators[kind];

	if (expr->kind != kind)
	{
		format_at(text, expr, (Level) operator->left);
		return;
	}
	put_chain(text, expr->args[0], kind);
	put(text, kind == GAUTH_EXPR_AND ? " &&\n    " : " ||\n    ");
	format_at(text, expr->args[1], (Level) operator->right);
}

/*
 * gauth_expr_format_lines
 *		An expression with each operand of its outermost && or || on a line of
 *		its own.
 */
void
gauth_expr_format_lines(GauthText *text, const GauthExpr *expr)
{
	if (expr->kind == GAUTH_EXPR_AND || expr->kind == GAUTH_EXPR_OR)
		put_chain(text, expr, expr->kind);
	else
		gauth_expr_format(text, expr);
}
