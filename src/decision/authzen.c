/*
 * authzen.c
 *		Requests of the OpenID AuthZEN Authorization API 1.0, as they are sent.
 *
 * Sections 5 (information model), 6 (evaluation), 7 (evaluations) and 8
 * (search) of the specification.  Members that it does not name are ignored,
 * and a member that is null counts as absent, at every depth: Cedar has no
 * null.  What a request means to a store is in authzen_request.c.
 */
#include "decision/authzen.h"

#include "policy/entity_json.h"

static const GauthJsonLimits body_limits = {
	.depth = 64,
	.nodes = 256 * 1024,
	.zero_bytes = false
};

static GauthStatus
fail_part(GauthError *err, const char *part, const char *member,
		  const char *rule)
{
	return gauth_fail_format(err, GAUTH_INVALID_VALUE, 0, "%s%s%s %s", part,
							 member == NULL ? "" : ".",
							 member == NULL ? "" : member, rule);
}

/* takes members that are null away, as deep as the reader has let in */
static void
drop_nulls(GauthJson *json)
{
	GauthJson **link = &json->first;
	bool		is_object = json->type == GAUTH_JSON_OBJECT;

	while (*link != NULL)
	{
		if (is_object && (*link)->type == GAUTH_JSON_NULL)
		{
			*link = (*link)->next;
			json->count--;
			continue;
		}
		drop_nulls(*link);
		link = &(*link)->next;
	}
}

/*
 * gauth_authzen_read_body
 *		The body of any request, an object; its null members are gone.
 *
 * The tree borrows from "text".  Errors: as gauth_json_parse;
 * GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_authzen_read_body(GauthArena *arena, GauthSpan text, GauthJson **body,
						GauthError *err)
{
	GauthStatus status = gauth_json_parse(arena, text, &body_limits, body,
										  err);

	if (status != GAUTH_OK)
		return status;
	if ((*body)->type != GAUTH_JSON_OBJECT)
		return fail_part(err, "the body", NULL, "is not an object");
	drop_nulls(*body);
	return GAUTH_OK;
}

static GauthStatus
read_string(const GauthJson *object, const char *part, const char *member,
			GauthSpan *text, GauthError *err)
{
	const GauthJson *value = gauth_json_get(object, member);

	if (value == NULL)
		return fail_part(err, part, member, "is missing");
	if (value->type != GAUTH_JSON_STRING)
		return fail_part(err, part, member, "is not a string");
	*text = value->text;
	return GAUTH_OK;
}

/* an object that may be absent; "part" NULL for a member of the body */
static GauthStatus
read_object(const GauthJson *object, const char *part, const char *member,
			const GauthJson **value, GauthError *err)
{
	*value = gauth_json_get(object, member);
	if (*value == NULL || (*value)->type == GAUTH_JSON_OBJECT)
		return GAUTH_OK;
	return fail_part(err, part == NULL ? member : part,
					 part == NULL ? NULL : member, "is not an object");
}

static GauthStatus
check_present(const GauthJson *json, const char *part, GauthError *err)
{
	if (json == NULL)
		return fail_part(err, part, NULL, "is missing");
	if (json->type != GAUTH_JSON_OBJECT)
		return fail_part(err, part, NULL, "is not an object");
	return GAUTH_OK;
}

/* the id and properties of what is searched are ignored, as section 8 says */
static GauthStatus
read_entity(const GauthJson *json, const char *part, bool searched,
			GauthAuthzenEntity *entity, GauthError *err)
{
	GauthStatus status = check_present(json, part, err);

	if (status == GAUTH_OK)
		status = read_string(json, part, "type", &entity->type, err);
	if (status == GAUTH_OK && !gauth_type_name_is_valid(entity->type))
		status = fail_part(err, part, "type", "is no name of an entity type");
	if (status == GAUTH_OK &&
		gauth_span_starts_with(entity->type, GAUTH_AUTHZEN_RESERVED))
		status = fail_part(err, part, "type", "is reserved");
	if (status != GAUTH_OK || searched)
		return status;
	status = read_string(json, part, "id", &entity->id, err);
	if (status == GAUTH_OK)
		status = read_object(json, part, "properties", &entity->properties,
							 err);
	return status;
}

static GauthStatus
read_action(const GauthJson *json, GauthAuthzenQuestion *question,
			GauthError *err)
{
	GauthStatus status = check_present(json, "action", err);

	if (status == GAUTH_OK)
		status = read_string(json, "action", "name", &question->action, err);
	if (status == GAUTH_OK)
		status = read_object(json, "action", "properties",
							 &question->action_properties, err);
	return status;
}

/* the item's own, else the default; a whole object, never parts of both */
static const GauthJson *
find_member(const GauthJson *body, const GauthJson *item, const char *name)
{
	const GauthJson *own = gauth_json_get(item, name);

	return own != NULL ? own : gauth_json_get(body, name);
}

/*
 * gauth_authzen_read_question
 *		The evaluation "item" with the defaults of "body" (which may be the
 *		item itself), or a search.
 *
 * Errors: GAUTH_INVALID_VALUE, saying which member.
 */
GauthStatus
gauth_authzen_read_question(const GauthJson *body, const GauthJson *item,
							GauthAuthzenPart searched,
							GauthAuthzenQuestion *question, GauthError *err)
{
	GauthStatus status = check_present(item, "evaluation", err);

	memset(question, 0, sizeof(*question));
	question->searched = searched;
	if (status == GAUTH_OK)
		status = read_entity(find_member(body, item, "subject"), "subject",
							 searched == GAUTH_AUTHZEN_SUBJECT,
							 &question->subject, err);
	if (status == GAUTH_OK && searched != GAUTH_AUTHZEN_ACTION)
		status = read_action(find_member(body, item, "action"), question, err);
	if (status == GAUTH_OK)
		status = read_entity(find_member(body, item, "resource"), "resource",
							 searched == GAUTH_AUTHZEN_RESOURCE,
							 &question->resource, err);
	if (status != GAUTH_OK)
		return status;
	return read_object(gauth_json_get(item, "context") != NULL ? item : body,
					   NULL, "context", &question->context, err);
}

/* a default that is malformed is a fault of the whole request */
static GauthStatus
check_defaults(const GauthJson *body, GauthError *err)
{
	const GauthJson *subject = gauth_json_get(body, "subject");
	const GauthJson *resource = gauth_json_get(body, "resource");
	const GauthJson *action = gauth_json_get(body, "action");
	GauthAuthzenQuestion question = {0};
	GauthStatus status = read_object(body, NULL, "context",
									 &question.context, err);

	if (status == GAUTH_OK && subject != NULL)
		status = read_entity(subject, "subject", false, &question.subject,
							 err);
	if (status == GAUTH_OK && resource != NULL)
		status = read_entity(resource, "resource", false, &question.resource,
							 err);
	if (status == GAUTH_OK && action != NULL)
		status = read_action(action, &question, err);
	return status;
}

static GauthStatus
read_semantic(const GauthJson *body, GauthAuthzenSemantic *semantic,
			  GauthError *err)
{
	static const char *const names[] = {
		[GAUTH_AUTHZEN_EXECUTE_ALL] = "execute_all",
		[GAUTH_AUTHZEN_DENY_ON_FIRST_DENY] = "deny_on_first_deny",
		[GAUTH_AUTHZEN_PERMIT_ON_FIRST_PERMIT] = "permit_on_first_permit"
	};
	const GauthJson *options;
	const GauthJson *value;
	GauthStatus status = read_object(body, NULL, "options", &options, err);
	size_t		i;

	*semantic = GAUTH_AUTHZEN_EXECUTE_ALL;
	value = gauth_json_get(options, "evaluations_semantic");
	if (status != GAUTH_OK || value == NULL)
		return status;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		if (gauth_json_is_string(value, names[i]))
		{
			*semantic = (GauthAuthzenSemantic) i;
			return GAUTH_OK;
		}
	}
	return fail_part(err, "options", "evaluations_semantic", "is not one");
}

/*
 * gauth_authzen_read_batch
 *		The evaluations of a request; without any, the body is the one
 *		evaluation (section 7.1).
 *
 * What is wrong inside one evaluation is found when it is read.  Errors:
 * GAUTH_INVALID_VALUE; GAUTH_LIMIT_EXCEEDED for too many evaluations.
 */
GauthStatus
gauth_authzen_read_batch(const GauthJson *body, GauthAuthzenBatch *batch,
						 GauthError *err)
{
	const GauthJson *list = gauth_json_get(body, "evaluations");
	GauthStatus status;

	batch->first = NULL;
	status = read_semantic(body, &batch->semantic, err);
	if (status != GAUTH_OK || list == NULL)
		return status;
	if (list->type != GAUTH_JSON_ARRAY)
		return fail_part(err, "evaluations", NULL, "is not an array");
	if (list->count == 0)
		return GAUTH_OK;
	if (list->count > GAUTH_AUTHZEN_BATCH_MAX)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "evaluations");
	batch->first = list->first;
	return check_defaults(body, err);
}

/*
 * gauth_authzen_batch_is_over
 *		Is the result of this evaluation the last that the batch wants?
 */
bool
gauth_authzen_batch_is_over(const GauthAuthzenBatch *batch, bool permit)
{
	switch (batch->semantic)
	{
		case GAUTH_AUTHZEN_DENY_ON_FIRST_DENY:
			return !permit;
		case GAUTH_AUTHZEN_PERMIT_ON_FIRST_PERMIT:
			return permit;
		default:
			return false;
	}
}
