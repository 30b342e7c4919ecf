/*
 * parser.c
 *		Policies: annotations, effect, scope, conditions.
 *
 * Cedar language reference, "Grammar".  Expressions are in parse_expr.c.
 */
#include "policy/parser.h"

#include <stdio.h>

/*
 * gauth_parser_expect
 *		Go past a word or mark that has to stand here.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_parser_expect(GauthParser *parser, const char *text)
{
	char		expected[32];

	if (gauth_token_is(&parser->lexer, text))
		return gauth_lexer_advance(&parser->lexer);
	snprintf(expected, sizeof(expected), "\"%s\"", text);
	return gauth_lexer_fail(&parser->lexer, expected);
}

/*
 * gauth_parser_accept
 *		Go past a word or mark if it stands here.
 *
 * Errors: GAUTH_INVALID_SYNTAX, when what follows is no token.
 */
GauthStatus
gauth_parser_accept(GauthParser *parser, const char *text, bool *found)
{
	*found = gauth_token_is(&parser->lexer, text);
	return *found ? gauth_lexer_advance(&parser->lexer) : GAUTH_OK;
}

/* parts[0]::parts[1]::... in one piece; borrowed when it has one part */
static GauthStatus
join_path(GauthParser *parser, const GauthList *parts, GauthSpan *type)
{
	const GauthSpan *spans = parts->items;
	size_t		len = 0;
	char	   *out;
	uint32_t	i;

	*type = spans[0];
	if (parts->count == 1)
		return GAUTH_OK;
	for (i = 0; i < parts->count; i++)
		len += spans[i].len + 2;
	out = gauth_arena_alloc(parser->build.arena, len);
	if (out == NULL)
		return gauth_fail(parser->build.err, GAUTH_OUT_OF_MEMORY, "policy");
	type->data = out;
	for (i = 0; i < parts->count; i++)
	{
		if (i > 0)
		{
			*out++ = ':';
			*out++ = ':';
		}
		memcpy(out, spans[i].data, spans[i].len);
		out += spans[i].len;
	}
	type->len = (size_t) (out - type->data);
	return GAUTH_OK;
}

/*
 * The words of a path.  With "is_uid" the path ends in a string, at which
 * the parser then stands.
 */
static GauthStatus
parse_parts(GauthParser *parser, bool is_uid, GauthList *parts)
{
	GauthLexer *lexer = &parser->lexer;

	for (;;)
	{
		bool		more;
		GauthStatus status;

		if (is_uid && parts->count > 0 &&
			lexer->token.kind == GAUTH_TOKEN_STRING)
			return GAUTH_OK;
		if (!gauth_token_is_identifier(lexer))
			return gauth_lexer_fail(lexer, is_uid && parts->count > 0 ?
									"a name or an entity id in quotes" :
									"a type name");
		status = gauth_build_append(&parser->build, parts, &lexer->token.text,
									sizeof(GauthSpan));
		if (status == GAUTH_OK)
			status = gauth_lexer_advance(lexer);
		if (status == GAUTH_OK && is_uid && !gauth_token_is(lexer, "::"))
			return gauth_lexer_fail(lexer, "\"::\"");
		if (status == GAUTH_OK)
			status = gauth_parser_accept(parser, "::", &more);
		if (status != GAUTH_OK || !more)
			return status;
	}
}

/*
 * gauth_parser_path
 *		The name of a type, A::B, without white space.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_parser_path(GauthParser *parser, GauthSpan *type)
{
	GauthList	parts = {0};
	GauthStatus status = parse_parts(parser, false, &parts);

	return status != GAUTH_OK ? status : join_path(parser, &parts, type);
}

/*
 * gauth_parser_uid
 *		An entity, A::B::"id".
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_parser_uid(GauthParser *parser, const GauthUid **uid)
{
	GauthList	parts = {0};
	GauthSpan	type;
	GauthSpan	id;
	GauthStatus status = parse_parts(parser, true, &parts);

	if (status == GAUTH_OK)
		status = join_path(parser, &parts, &type);
	if (status == GAUTH_OK)
		status = gauth_lexer_unescape(&parser->lexer, false, &id);
	if (status != GAUTH_OK)
		return status;
	*uid = gauth_uid_make(parser->build.arena, type, id);
	if (*uid == NULL)
		return gauth_fail(parser->build.err, GAUTH_OUT_OF_MEMORY, "policy");
	return gauth_lexer_advance(&parser->lexer);
}

/* ("text"), or nothing */
static GauthStatus
parse_annotation_value(GauthParser *parser, GauthAnnotation *annotation)
{
	GauthLexer *lexer = &parser->lexer;
	GauthStatus status;

	status = gauth_parser_accept(parser, "(", &annotation->has_value);
	if (status != GAUTH_OK || !annotation->has_value)
		return status;
	if (lexer->token.kind != GAUTH_TOKEN_STRING)
		return gauth_lexer_fail(lexer, "a string");
	status = gauth_lexer_unescape(lexer, false, &annotation->value);
	if (status == GAUTH_OK)
		status = gauth_lexer_advance(lexer);
	return status != GAUTH_OK ? status : gauth_parser_expect(parser, ")");
}

static GauthStatus
check_annotation_name(GauthParser *parser, const GauthList *annotations)
{
	const GauthAnnotation *earlier = annotations->items;
	uint32_t	i;

	if (parser->lexer.token.kind != GAUTH_TOKEN_WORD)
		return gauth_lexer_fail(&parser->lexer, "the name of an annotation");
	for (i = 0; i < annotations->count; i++)
	{
		if (gauth_span_equal(earlier[i].name, parser->lexer.token.text))
			return gauth_lexer_fail(&parser->lexer,
									"an annotation that is not there already");
	}
	return gauth_build_charge(&parser->build, parser->lexer.token.offset);
}

static GauthStatus
parse_annotations(GauthParser *parser, GauthPolicy *policy)
{
	GauthLexer *lexer = &parser->lexer;
	GauthList	annotations = {0};
	GauthStatus status = GAUTH_OK;

	while (status == GAUTH_OK && gauth_token_is(lexer, "@"))
	{
		GauthAnnotation annotation = {0};

		/* compared with all before it: hence a limit of its own */
		if (annotations.count == 256)
			return gauth_lexer_fail_at(lexer, GAUTH_LIMIT_EXCEEDED,
									   lexer->token.offset,
									   "too many annotations");
		annotation.offset = (uint32_t) lexer->token.offset;
		status = gauth_lexer_advance(lexer);
		if (status == GAUTH_OK)
			status = check_annotation_name(parser, &annotations);
		if (status != GAUTH_OK)
			return status;
		annotation.name = lexer->token.text;
		status = gauth_lexer_advance(lexer);
		if (status == GAUTH_OK)
			status = parse_annotation_value(parser, &annotation);
		if (status == GAUTH_OK)
			status = gauth_build_append(&parser->build, &annotations,
										&annotation, sizeof(annotation));
	}
	policy->annotations = annotations.items;
	policy->annotation_count = annotations.count;
	return status;
}

/* an entity, or the template's slot of this name */
static GauthStatus
parse_uid_or_slot(GauthParser *parser, const char *variable,
				  GauthScope *scope)
{
	GauthStatus status;

	if (strcmp(variable, "action") == 0 ||
		!gauth_token_is(&parser->lexer, "?"))
		return gauth_parser_uid(parser, &scope->uid);

	scope->slot = true;
	status = gauth_lexer_advance(&parser->lexer);
	if (status != GAUTH_OK)
		return status;
	if (!gauth_token_is(&parser->lexer, variable))
		return gauth_lexer_fail(&parser->lexer, variable[0] == 'p' ?
								"the slot ?principal" : "the slot ?resource");
	return gauth_lexer_advance(&parser->lexer);
}

static GauthStatus
parse_is_scope(GauthParser *parser, const char *variable, GauthScope *scope)
{
	bool		found;
	GauthStatus status;

	scope->kind = GAUTH_SCOPE_IS;
	status = gauth_parser_path(parser, &scope->type);
	if (status == GAUTH_OK)
		status = gauth_parser_accept(parser, "in", &found);
	if (status != GAUTH_OK || !found)
		return status;
	scope->kind = GAUTH_SCOPE_IS_IN;
	return parse_uid_or_slot(parser, variable, scope);
}

/* principal or resource, and what stands behind it */
static GauthStatus
parse_scope(GauthParser *parser, const char *variable, GauthScope *scope)
{
	bool		found;
	GauthStatus status;

	scope->offset = (uint32_t) parser->lexer.token.offset;
	status = gauth_parser_expect(parser, variable);
	if (status == GAUTH_OK)
		status = gauth_parser_accept(parser, "is", &found);
	if (status == GAUTH_OK && found)
		status = parse_is_scope(parser, variable, scope);
	else if (status == GAUTH_OK && (gauth_token_is(&parser->lexer, "==") ||
									gauth_token_is(&parser->lexer, "in")))
	{
		scope->kind = gauth_token_is(&parser->lexer, "==") ?
			GAUTH_SCOPE_EQ : GAUTH_SCOPE_IN;
		status = gauth_lexer_advance(&parser->lexer);
		if (status == GAUTH_OK)
			status = parse_uid_or_slot(parser, variable, scope);
	}
	scope->end = (uint32_t) parser->lexer.last_end;
	return status;
}

static GauthStatus
parse_action_uid(GauthParser *parser, const GauthUid **uid)
{
	size_t		offset = parser->lexer.token.offset;
	GauthStatus status = gauth_parser_uid(parser, uid);

	if (status == GAUTH_OK)
		status = gauth_build_charge(&parser->build, offset);
	if (status == GAUTH_OK &&
		gauth_build_check_action(&parser->build, *uid, offset) != GAUTH_OK)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_VALUE, offset,
								   "expected an entity of type Action");
	return status;
}

/* behind "[" */
static GauthStatus
parse_action_list(GauthParser *parser, GauthScope *scope)
{
	GauthList	uids = {0};
	GauthStatus status = GAUTH_OK;
	bool		more = true;

	scope->kind = GAUTH_SCOPE_IN_SET;
	while (status == GAUTH_OK && more && !gauth_token_is(&parser->lexer, "]"))
	{
		const GauthUid *uid;

		status = parse_action_uid(parser, &uid);
		if (status == GAUTH_OK)
			status = gauth_build_append(&parser->build, &uids, &uid,
										sizeof(uid));
		if (status == GAUTH_OK)
			status = gauth_parser_accept(parser, ",", &more);
	}
	scope->uids = uids.items;
	scope->uid_count = uids.count;
	return status != GAUTH_OK ? status : gauth_parser_expect(parser, "]");
}

static GauthStatus
parse_action(GauthParser *parser, GauthScope *scope)
{
	GauthLexer *lexer = &parser->lexer;
	bool		is_list = false;
	GauthStatus status;

	scope->offset = (uint32_t) lexer->token.offset;
	status = gauth_parser_expect(parser, "action");
	if (status == GAUTH_OK &&
		(gauth_token_is(lexer, "==") || gauth_token_is(lexer, "in")))
	{
		scope->kind = gauth_token_is(lexer, "==") ?
			GAUTH_SCOPE_EQ : GAUTH_SCOPE_IN;
		status = gauth_lexer_advance(lexer);
		if (status == GAUTH_OK && scope->kind == GAUTH_SCOPE_IN)
			status = gauth_parser_accept(parser, "[", &is_list);
		if (status == GAUTH_OK)
			status = is_list ? parse_action_list(parser, scope) :
				parse_action_uid(parser, &scope->uid);
	}
	scope->end = (uint32_t) lexer->last_end;
	return status;
}

/* "(" principal "," action "," resource [","] ")" */
static GauthStatus
parse_head(GauthParser *parser, GauthPolicy *policy)
{
	bool		found;
	GauthStatus status = gauth_parser_expect(parser, "(");

	if (status == GAUTH_OK)
		status = parse_scope(parser, "principal", &policy->principal);
	if (status == GAUTH_OK)
		status = gauth_parser_expect(parser, ",");
	if (status == GAUTH_OK)
		status = parse_action(parser, &policy->action);
	if (status == GAUTH_OK)
		status = gauth_parser_expect(parser, ",");
	if (status == GAUTH_OK)
		status = parse_scope(parser, "resource", &policy->resource);
	if (status == GAUTH_OK)
		status = gauth_parser_accept(parser, ",", &found);
	policy->is_template = policy->principal.slot || policy->resource.slot;
	return status != GAUTH_OK ? status : gauth_parser_expect(parser, ")");
}

static GauthStatus
parse_conditions(GauthParser *parser, GauthPolicy *policy)
{
	GauthLexer *lexer = &parser->lexer;
	GauthList	conditions = {0};
	GauthStatus status = GAUTH_OK;

	while (status == GAUTH_OK &&
		   (gauth_token_is(lexer, "when") || gauth_token_is(lexer, "unless")))
	{
		GauthCondition condition = {.offset = (uint32_t) lexer->token.offset};

		condition.unless = gauth_token_is(lexer, "unless");
		status = gauth_lexer_advance(lexer);
		if (status == GAUTH_OK)
			status = gauth_parser_expect(parser, "{");
		if (status == GAUTH_OK)
			status = gauth_parser_expr(parser, &condition.expr);
		if (status == GAUTH_OK)
			status = gauth_parser_expect(parser, "}");
		if (status == GAUTH_OK)
			status = gauth_build_append(&parser->build, &conditions,
										&condition, sizeof(condition));
	}
	policy->conditions = conditions.items;
	policy->condition_count = conditions.count;
	return status;
}

static GauthStatus
parse_effect(GauthParser *parser, GauthPolicy *policy)
{
	if (gauth_token_is(&parser->lexer, "forbid"))
		policy->effect = GAUTH_EFFECT_FORBID;
	else if (!gauth_token_is(&parser->lexer, "permit"))
		return gauth_lexer_fail(&parser->lexer,
								"\"permit\", \"forbid\" or an annotation");
	return gauth_lexer_advance(&parser->lexer);
}

/* the annotation @id, or the place in the source */
static GauthStatus
name_policy(GauthParser *parser, GauthPolicy *policy, uint32_t number)
{
	const GauthAnnotation *id = gauth_policy_annotation(policy, "id");
	char		text[32];
	int			len;

	if (id != NULL && id->has_value)
	{
		policy->id = id->value;
		return GAUTH_OK;
	}
	len = snprintf(text, sizeof(text), "policy%u", number);
	if (!gauth_arena_copy(parser->build.arena, gauth_span(text, (size_t) len),
						  &policy->id))
		return gauth_fail(parser->build.err, GAUTH_OUT_OF_MEMORY, "policy");
	return GAUTH_OK;
}

static GauthStatus
parse_policy(GauthParser *parser, uint32_t number, GauthPolicy **policy)
{
	GauthLexer *lexer = &parser->lexer;
	GauthStatus status;

	status = gauth_build_charge(&parser->build, lexer->token.offset);
	if (status != GAUTH_OK)
		return status;
	*policy = gauth_arena_zalloc(parser->build.arena, sizeof(GauthPolicy));
	if (*policy == NULL)
		return gauth_fail(parser->build.err, GAUTH_OUT_OF_MEMORY, "policy");

	(*policy)->offset = (uint32_t) lexer->token.offset;
	status = parse_annotations(parser, *policy);
	if (status == GAUTH_OK)
		status = parse_effect(parser, *policy);
	if (status == GAUTH_OK)
		status = parse_head(parser, *policy);
	if (status == GAUTH_OK)
		status = parse_conditions(parser, *policy);
	if (status == GAUTH_OK && !gauth_token_is(lexer, ";"))
		status = gauth_lexer_fail(lexer, "\"when\", \"unless\" or \";\"");
	if (status == GAUTH_OK)
		status = gauth_lexer_advance(lexer);
	(*policy)->end = (uint32_t) lexer->last_end;
	return status != GAUTH_OK ? status : name_policy(parser, *policy, number);
}

static GauthStatus
parse_all(GauthParser *parser, GauthPolicyList *list)
{
	GauthPolicy **policies_end = &list->policies;
	GauthPolicy **templates_end = &list->templates;
	GauthStatus status = GAUTH_OK;

	while (status == GAUTH_OK && parser->lexer.token.kind != GAUTH_TOKEN_END)
	{
		GauthPolicy *policy;

		status = parse_policy(parser,
							  list->policy_count + list->template_count,
							  &policy);
		if (status != GAUTH_OK)
			return status;
		if (policy->is_template)
		{
			*templates_end = policy;
			templates_end = &policy->next;
			list->template_count++;
		}
		else
		{
			*policies_end = policy;
			policies_end = &policy->next;
			list->policy_count++;
		}
	}
	return status;
}

/*
 * gauth_policy_parse
 *		Read policies and templates in Cedar's human syntax.
 *
 * A policy's id is its annotation @id, or else "policy" and its place among
 * all policies and templates, from 0.  Errors: GAUTH_INVALID_SYNTAX,
 * GAUTH_INVALID_ENCODING, GAUTH_INVALID_VALUE, GAUTH_DUPLICATE_MEMBER (two
 * equal ids), GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_policy_parse(GauthArena *arena, GauthSpan source,
				   const GauthPolicyLimits *limits, GauthPolicyList *list,
				   GauthError *err)
{
	GauthParser parser = {0};
	GauthStatus status;

	memset(list, 0, sizeof(*list));
	parser.build.arena = arena;
	parser.build.limits = limits;
	parser.build.err = err;
	if (source.len > limits->source_size)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "policy source size");

	status = gauth_lexer_init(&parser.lexer, arena, source, err);
	if (status == GAUTH_OK)
		status = parse_all(&parser, list);
	return status != GAUTH_OK ? status :
		gauth_build_check_ids(&parser.build, list);
}

/*
 * gauth_uid_parse
 *		Read an entity uid, A::B::"id", and nothing behind it.
 *
 * Errors: as gauth_policy_parse.
 */
GauthStatus
gauth_uid_parse(GauthArena *arena, GauthSpan source, const GauthUid **uid,
				GauthError *err)
{
	GauthParser parser = {0};
	GauthStatus status;

	parser.build.arena = arena;
	parser.build.limits = &gauth_policy_default_limits;
	parser.build.err = err;
	status = gauth_lexer_init(&parser.lexer, arena, source, err);
	if (status == GAUTH_OK)
		status = gauth_parser_uid(&parser, uid);
	if (status == GAUTH_OK && parser.lexer.token.kind != GAUTH_TOKEN_END)
		status = gauth_lexer_fail(&parser.lexer, "the end of the entity uid");
	return status;
}
