/*
 * format.c
 *		Policies in one canonical layout.
 *
 * A policy begins with its annotations, one on a line; the scope stands on
 * one line when it says nothing, else each variable has its own; so has each
 * condition, and a long one is broken at its outermost && or ||.
 *
 * Comments between policies are kept.  A policy with a comment inside is
 * left as its author wrote it: there is no place in the tree for a comment,
 * and losing one would be worse than an indentation.
 */
#include "policy/format.h"

#include "policy/lexer.h"
#include "policy/parser.h"

/* a condition up to this long stays on one line */
#define LINE_MAX	72

static void
put(GauthText *text, const char *part)
{
	gauth_text_append(text, gauth_span_of(part));
}

static void
put_uid_or_slot(GauthText *text, const char *variable, const GauthScope *scope)
{
	if (!scope->slot)
	{
		gauth_uid_format(text, scope->uid);
		return;
	}
	gauth_text_append_char(text, '?');
	put(text, variable);
}

static void
put_uid_list(GauthText *text, const GauthScope *scope)
{
	uint32_t	i;

	gauth_text_append_char(text, '[');
	for (i = 0; i < scope->uid_count; i++)
	{
		if (i > 0)
			put(text, ", ");
		gauth_uid_format(text, scope->uids[i]);
	}
	gauth_text_append_char(text, ']');
}

static void
put_scope(GauthText *text, const char *variable, const GauthScope *scope)
{
	put(text, variable);
	if (scope->kind == GAUTH_SCOPE_ANY)
		return;
	if (scope->kind == GAUTH_SCOPE_IS || scope->kind == GAUTH_SCOPE_IS_IN)
	{
		put(text, " is ");
		gauth_text_append(text, scope->type);
		if (scope->kind == GAUTH_SCOPE_IS)
			return;
	}
	put(text, scope->kind == GAUTH_SCOPE_EQ ? " == " : " in ");
	if (scope->kind == GAUTH_SCOPE_IN_SET)
		put_uid_list(text, scope);
	else
		put_uid_or_slot(text, variable, scope);
}

static void
put_head(GauthText *text, const GauthPolicy *policy)
{
	bool		is_open = policy->principal.kind == GAUTH_SCOPE_ANY &&
	policy->action.kind == GAUTH_SCOPE_ANY &&
	policy->resource.kind == GAUTH_SCOPE_ANY;
	const char *begin = is_open ? " (" : " (\n    ";
	const char *between = is_open ? ", " : ",\n    ";

	put(text, policy->effect == GAUTH_EFFECT_PERMIT ? "permit" : "forbid");
	put(text, begin);
	put_scope(text, "principal", &policy->principal);
	put(text, between);
	put_scope(text, "action", &policy->action);
	put(text, between);
	put_scope(text, "resource", &policy->resource);
	put(text, is_open ? ")" : "\n)");
}

static void
put_condition(GauthText *text, const GauthCondition *condition)
{
	bool		is_chain = condition->expr->kind == GAUTH_EXPR_AND ||
	condition->expr->kind == GAUTH_EXPR_OR;
	size_t		begin = text->len;

	put(text, condition->unless ? "\nunless { " : "\nwhen { ");
	gauth_expr_format(text, condition->expr);
	put(text, " }");
	if (!is_chain || text->failed || text->len - begin <= LINE_MAX)
		return;

	/* too long: the same again, broken */
	text->len = begin;
	put(text, condition->unless ? "\nunless {\n    " : "\nwhen {\n    ");
	gauth_expr_format_lines(text, condition->expr);
	put(text, "\n}");
}

/*
 * gauth_policy_format
 *		A policy or a template, and its semicolon, without a line end.
 */
void
gauth_policy_format(GauthText *text, const GauthPolicy *policy)
{
	uint32_t	i;

	for (i = 0; i < policy->annotation_count; i++)
	{
		const GauthAnnotation *annotation = &policy->annotations[i];

		gauth_text_append_char(text, '@');
		gauth_text_append(text, annotation->name);
		if (annotation->has_value)
		{
			gauth_text_append_char(text, '(');
			gauth_string_format(text, annotation->value);
			gauth_text_append_char(text, ')');
		}
		gauth_text_append_char(text, '\n');
	}
	put_head(text, policy);
	for (i = 0; i < policy->condition_count; i++)
		put_condition(text, &policy->conditions[i]);
	gauth_text_append_char(text, ';');
}

/* white space and comments: only a comment has a slash */
static bool
has_comment(GauthSpan gap)
{
	return gap.len > 0 && memchr(gap.data, '/', gap.len) != NULL;
}

/* is there a comment between the tokens of this policy? */
static bool
has_comment_inside(GauthArena *arena, GauthSpan policy)
{
	GauthLexer	lexer;
	GauthError	err;
	GauthStatus status = gauth_lexer_init(&lexer, arena, policy, &err);

	while (status == GAUTH_OK && lexer.token.kind != GAUTH_TOKEN_END)
	{
		status = gauth_lexer_advance(&lexer);
		if (has_comment(gauth_span_slice(policy, lexer.last_end,
										 lexer.token.offset -
										 lexer.last_end)))
			return true;
	}
	return false;
}

/* a line without the white space around it; "*gap" is what follows */
static GauthSpan
take_line(GauthSpan *gap)
{
	GauthSpan	line = *gap;
	const char *end = memchr(gap->data, '\n', gap->len);

	if (end != NULL)
		line.len = (size_t) (end - gap->data);
	*gap = gauth_span_slice(*gap, line.len + (end != NULL ? 1 : 0),
							gap->len - line.len - (end != NULL ? 1 : 0));
	while (line.len > 0 && (unsigned char) line.data[line.len - 1] <= ' ')
		line.len--;
	while (line.len > 0 && (unsigned char) line.data[0] <= ' ')
		line = gauth_span_slice(line, 1, line.len - 1);
	return line;
}

/*
 * The comments of a gap.  One that follows a policy on its line stays there;
 * the others get lines of their own, and then the answer is true.
 */
static bool
put_comments(GauthText *text, GauthSpan gap, bool is_first)
{
	bool		any = false;

	if (!is_first && gap.len > 0)
	{
		GauthSpan	line = take_line(&gap);

		if (line.len > 0)
			gauth_text_append_char(text, ' ');
		gauth_text_append(text, line);
	}
	while (gap.len > 0)
	{
		GauthSpan	line = take_line(&gap);

		if (line.len == 0)
			continue;
		if (!any && !is_first)
			put(text, "\n\n");
		gauth_text_append(text, line);
		gauth_text_append_char(text, '\n');
		any = true;
	}
	return any;
}

/* of two lists in the order of the source, the policy that comes next */
static const GauthPolicy *
take_next(const GauthPolicy **policies, const GauthPolicy **templates)
{
	const GauthPolicy **from = policies;
	const GauthPolicy *next;

	if (*policies == NULL ||
		(*templates != NULL && (*templates)->offset < (*policies)->offset))
		from = templates;
	next = *from;
	if (next != NULL)
		*from = next->next;
	return next;
}

static void
format_all(GauthArena *arena, GauthText *text, GauthSpan source,
		   const GauthPolicyList *list)
{
	const GauthPolicy *policies = list->policies;
	const GauthPolicy *templates = list->templates;
	const GauthPolicy *policy;
	bool		is_first = true;
	size_t		end = 0;

	while ((policy = take_next(&policies, &templates)) != NULL)
	{
		GauthSpan	gap = gauth_span_slice(source, end, policy->offset - end);
		GauthSpan	written = gauth_span_slice(source, policy->offset,
											   policy->end - policy->offset);

		if (!put_comments(text, gap, is_first) && !is_first)
			put(text, "\n\n");
		if (has_comment_inside(arena, written))
			gauth_text_append(text, written);
		else
			gauth_policy_format(text, policy);
		is_first = false;
		end = policy->end;
	}
	(void) put_comments(text, gauth_span_slice(source, end, source.len - end),
						is_first);
	if (text->len > 0 && text->data[text->len - 1] != '\n')
		gauth_text_append_char(text, '\n');
}

/*
 * gauth_policy_format_source
 *		Policies and templates in the canonical layout, comments kept.
 *
 * Errors: as gauth_policy_parse.
 */
GauthStatus
gauth_policy_format_source(GauthArena *arena, GauthSpan source,
						   const GauthPolicyLimits *limits,
						   GauthSpan *formatted, GauthError *err)
{
	GauthPolicyList list;
	GauthText	text;
	GauthStatus status = gauth_policy_parse(arena, source, limits, &list, err);

	if (status != GAUTH_OK)
		return status;
	gauth_text_init(&text, arena);
	format_all(arena, &text, source, &list);
	if (!gauth_text_finish(&text, formatted))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "formatted policy");
	return GAUTH_OK;
}
