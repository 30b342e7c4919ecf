/*
 * authzen.c
 *		Requests of the OpenID AuthZEN Authorization API 1.0, and what they
 *		are in the words of Cedar.
 *
 * Sections 5 (information model), 6 (evaluation), 7 (evaluations) and 8
 * (search) of the specification.  Members that it does not name are ignored,
 * and a member that is null counts as absent, at every depth: Cedar has no
 * null.  Whether a request may bring an attribute at all is not decided here
 * but where entities are loaded.
 */
#include "decision/authzen.h"

#include "base/json_write.h"
#include "policy/entity_json.h"

#define RESERVED	"GAuth::"

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
		status = fail_part(err, part, "type",
						   "is not the name of an entity type");
	if (status == GAUTH_OK &&
		gauth_span_starts_with(entity->type, GAUTH_SPAN(RESERVED)))
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

static GauthStatus
make_uid(const GauthAuthzenReader *reader, GauthSpan type, GauthSpan id,
		 const GauthUid **uid)
{
	*uid = gauth_uid_make(reader->arena, type, id);
	if (*uid == NULL)
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "entity uid");
	return GAUTH_OK;
}

/* the only action of that name in any namespace of the schema, or NULL */
static const GauthUid *
find_only_action(const GauthSchema *schema, GauthSpan name)
{
	const GauthUid *found = NULL;
	uint32_t	i;

	for (i = 0; i < schema->action_count; i++)
	{
		const GauthUid *uid = schema->actions[i].uid;

		if (!gauth_span_equal(gauth_uid_id(uid), name))
			continue;
		if (found != NULL)
			return NULL;
		found = uid;
	}
	return found;
}

/*
 * gauth_authzen_find_action
 *		The action of that name: Action::"name", or, where the schema has
 *		none, the only one that is called so in a namespace.
 *
 * A name that several namespaces know stays Action::"name", which nobody may
 * then do.  Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_authzen_find_action(const GauthAuthzenReader *reader, GauthSpan name,
						  const GauthUid **action)
{
	const GauthSchema *schema = reader->schema;
	const GauthUid *only;
	GauthStatus status = make_uid(reader, GAUTH_SPAN("Action"), name, action);

	if (status != GAUTH_OK || schema == NULL ||
		gauth_schema_find_action(schema, *action) != NULL)
		return status;
	only = find_only_action(schema, name);
	if (only == NULL)
		return GAUTH_OK;
	/* a copy: the schema may be replaced before the request is decided */
	return make_uid(reader, gauth_uid_type(only), gauth_uid_id(only), action);
}

/* does the value name an entity that only gauth itself may bring? */
static bool
holds_reserved(GauthValue value)
{
	uint32_t	i;

	switch (value.kind)
	{
		case GAUTH_VALUE_ENTITY:
			return gauth_span_starts_with(gauth_uid_type(value.uid),
										  GAUTH_SPAN(RESERVED));
		case GAUTH_VALUE_SET:
			for (i = 0; i < value.set->count; i++)
			{
				if (holds_reserved(value.set->items[i]))
					return true;
			}
			return false;
		case GAUTH_VALUE_RECORD:
			for (i = 0; i < value.record->count; i++)
			{
				if (holds_reserved(value.record->fields[i].value))
					return true;
			}
			return false;
		default:
			return false;
	}
}

/* what is known of a record's members; NULL when nothing is */
static const GauthAttribute *
find_attribute(const GauthType *shape, GauthSpan name)
{
	return shape == NULL ? NULL : gauth_type_find_attribute(shape, name);
}

/* attributes in the making */
typedef struct Fields
{
	GauthField *fields;
	uint32_t	count;
} Fields;

static GauthStatus
add_field(const GauthAuthzenReader *reader, const GauthJson *member,
		  const GauthAttribute *attribute, Fields *fields)
{
	GauthEntityReader values = {
		reader->arena, &gauth_policy_default_limits, reader->schema,
		reader->err
	};
	GauthField *field = &fields->fields[fields->count++];
	GauthStatus status;

	field->name = member->name.data;
	field->name_len = (uint32_t) member->name.len;
	status = gauth_value_from_json(&values, member,
								   attribute == NULL ? NULL : attribute->type,
								   &field->value);
	if (status == GAUTH_OK && holds_reserved(field->value))
		status = fail_part(reader->err, "a property", NULL,
						   "holds an entity of GAuth");
	return status;
}

/* no validated policy can look at what the schema does not know */
static GauthStatus
add_properties(const GauthAuthzenReader *reader,
			   const GauthAuthzenEntity *entity, Fields *fields)
{
	const GauthEntityType *type = NULL;
	const GauthJson *member;
	GauthStatus status = GAUTH_OK;

	if (entity->properties == NULL)
		return GAUTH_OK;
	if (reader->schema != NULL)
		type = gauth_schema_find_type(reader->schema, entity->type);
	for (member = entity->properties->first;
		 member != NULL && status == GAUTH_OK; member = member->next)
	{
		const GauthAttribute *attribute;

		attribute = find_attribute(type == NULL ? NULL : type->shape,
								   member->name);
		if (attribute != NULL || !reader->strict)
			status = add_field(reader, member, attribute, fields);
	}
	return status;
}

static uint32_t
property_count(const GauthAuthzenEntity *entity)
{
	return entity->properties == NULL ? 0 : entity->properties->count;
}

/* "other", which may be NULL, is the same entity in its other part */
static GauthStatus
bring_entity(const GauthAuthzenReader *reader,
			 const GauthAuthzenEntity *entity,
			 const GauthAuthzenEntity *other, GauthEntityStore *store)
{
	GauthEntity brought = {0};
	GauthValue	record;
	Fields		fields = {0};
	GauthStatus status;

	fields.fields = gauth_arena_array(reader->arena, property_count(entity) +
									  (other == NULL ? 0 :
									   property_count(other)),
									  sizeof(GauthField));
	if (fields.fields == NULL)
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "properties");
	status = add_properties(reader, entity, &fields);
	if (status == GAUTH_OK && other != NULL)
		status = add_properties(reader, other, &fields);
	if (status != GAUTH_OK || fields.count == 0)
		return status;

	status = gauth_record_make(reader->arena, fields.fields, fields.count,
							   &record, reader->err);
	if (status == GAUTH_DUPLICATE_MEMBER)
		return fail_part(reader->err, "a property", NULL,
						 "is given to one entity twice");
	if (status == GAUTH_OK)
		status = make_uid(reader, entity->type, entity->id, &brought.uid);
	if (status != GAUTH_OK)
		return status;
	brought.attributes = record.record;
	return gauth_entity_store_add(store, &brought, reader->err);
}

static GauthStatus
bring_entities(const GauthAuthzenReader *reader,
			   const GauthAuthzenQuestion *question,
			   const GauthEntityStore **brought)
{
	const GauthAuthzenEntity *subject = &question->subject;
	const GauthAuthzenEntity *resource = &question->resource;
	GauthEntityStore *store;
	GauthStatus status;
	bool		same = gauth_span_equal(subject->type, resource->type) &&
		gauth_span_equal(subject->id, resource->id);

	*brought = NULL;
	if (property_count(subject) + property_count(resource) == 0)
		return GAUTH_OK;
	status = gauth_entity_store_create(reader->arena,
									   &gauth_policy_default_limits, &store,
									   reader->err);
	if (status == GAUTH_OK)
		status = bring_entity(reader, subject, same ? resource : NULL, store);
	if (status == GAUTH_OK && !same)
		status = bring_entity(reader, resource, NULL, store);
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(store, reader->err);
	if (status == GAUTH_OK && gauth_entity_store_count(store) > 0)
		*brought = store;
	return status;
}

/* may the context have this member?  Anything without a schema to obey. */
static bool
is_in_context(const GauthAuthzenReader *reader, const GauthUid *action,
			  GauthSpan name)
{
	const GauthSchemaAction *declared;

	if (!reader->strict || reader->schema == NULL || action == NULL)
		return true;
	declared = gauth_schema_find_action(reader->schema, action);
	return declared != NULL &&
		gauth_type_find_attribute(declared->context, name) != NULL;
}

static GauthStatus
write_context(const GauthAuthzenReader *reader,
			  const GauthAuthzenQuestion *question,
			  GauthAuthzenRequest *request)
{
	const GauthJson *member;
	GauthText	text;

	gauth_text_init(&text, reader->arena);
	gauth_text_append_char(&text, '{');
	for (member = question->context == NULL ? NULL : question->context->first;
		 member != NULL; member = member->next)
	{
		if (!is_in_context(reader, request->action, member->name))
			continue;
		if (text.len > 1)
			gauth_text_append_char(&text, ',');
		gauth_text_append_json_string(&text, member->name);
		gauth_text_append_char(&text, ':');
		gauth_text_append_json(&text, member);
	}
	if (question->action_properties != NULL &&
		is_in_context(reader, request->action, GAUTH_SPAN("action")))
	{
		gauth_text_append_member(&text, "action");
		gauth_text_append_json(&text, question->action_properties);
	}
	gauth_text_append_char(&text, '}');
	if (!gauth_text_finish(&text, &request->context))
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "context");
	return GAUTH_OK;
}

/*
 * gauth_authzen_make_request
 *		A question in the words of Cedar, in the reader's arena; it borrows
 *		from the body, not from the schema.
 *
 * In a strict store, what the schema has no place for is left out: no policy
 * of such a store can look at it, and the specification wants unexpected
 * members ignored.  Errors: GAUTH_INVALID_VALUE, GAUTH_LIMIT_EXCEEDED,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_authzen_make_request(const GauthAuthzenReader *reader,
						   const GauthAuthzenQuestion *question,
						   GauthAuthzenRequest *request)
{
	GauthStatus status = GAUTH_OK;

	memset(request, 0, sizeof(*request));
	if (question->action_properties != NULL &&
		gauth_json_get(question->context, "action") != NULL)
		return fail_part(reader->err, "context", "action",
						 "stands for the action's properties");
	if (question->searched != GAUTH_AUTHZEN_SUBJECT)
		status = make_uid(reader, question->subject.type,
						  question->subject.id, &request->principal);
	if (status == GAUTH_OK && question->searched != GAUTH_AUTHZEN_RESOURCE)
		status = make_uid(reader, question->resource.type,
						  question->resource.id, &request->resource);
	if (status == GAUTH_OK && question->searched != GAUTH_AUTHZEN_ACTION)
		status = gauth_authzen_find_action(reader, question->action,
										   &request->action);
	if (status == GAUTH_OK)
		status = bring_entities(reader, question, &request->brought);
	if (status == GAUTH_OK)
		status = write_context(reader, question, request);
	return status;
}
