/*
 * authzen_request.c
 *		Requests of the AuthZEN API in the words of Cedar.
 *
 * A property is an attribute that the request brings along, an action's
 * properties are context.action: Cedar's actions have no attributes.  Whether
 * a request may bring an attribute at all is not decided here but where
 * entities are loaded.
 */
#include "decision/authzen.h"

#include "base/json_write.h"
#include "policy/entity_json.h"

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
 * Action::"name", or, where the schema has none, the only one that is called
 * so in a namespace.  A name that several namespaces know stays
 * Action::"name", which nobody may do in a strict store.
 */
static GauthStatus
find_action(const GauthAuthzenReader *reader, GauthSpan name,
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
										  GAUTH_AUTHZEN_RESERVED);
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
		status = gauth_fail(reader->err, GAUTH_INVALID_VALUE,
							"a property holds an entity of GAuth");
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
		return gauth_fail(reader->err, GAUTH_INVALID_VALUE,
						  "a property is given to one entity twice");
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

static void
append_name(GauthText *text, GauthSpan name)
{
	if (text->len > 0 && text->data[text->len - 1] != '{')
		gauth_text_append_char(text, ',');
	gauth_text_append_json_string(text, name);
	gauth_text_append_char(text, ':');
}

/*
 * A value without what its type has no place for; all of it when the type
 * (NULL: not known) is no closed record.  As deep as the reader let in.
 */
static void
append_known(GauthText *text, const GauthJson *json, const GauthType *type)
{
	const GauthJson *member;

	if (type == NULL || type->kind != GAUTH_TYPE_RECORD || type->open ||
		json->type != GAUTH_JSON_OBJECT)
	{
		gauth_text_append_json(text, json);
		return;
	}
	gauth_text_append_char(text, '{');
	for (member = json->first; member != NULL; member = member->next)
	{
		const GauthAttribute *attribute = find_attribute(type, member->name);

		if (attribute == NULL)
			continue;
		append_name(text, member->name);
		append_known(text, member, attribute->type);
	}
	gauth_text_append_char(text, '}');
}

/* a member of the context, unless "shape" (NULL: anything) does not have it */
static void
append_to_context(GauthText *text, GauthSpan name, const GauthJson *value,
				  const GauthType *shape)
{
	const GauthAttribute *attribute = find_attribute(shape, name);

	if (shape != NULL && attribute == NULL)
		return;
	append_name(text, name);
	append_known(text, value, attribute == NULL ? NULL : attribute->type);
}

static GauthStatus
write_context(const GauthAuthzenReader *reader,
			  const GauthAuthzenQuestion *question,
			  GauthAuthzenRequest *request)
{
	const GauthSchemaAction *declared = NULL;
	const GauthType *shape;
	const GauthJson *member;
	GauthText	text;

	if (reader->strict && reader->schema != NULL)
		declared = gauth_schema_find_action(reader->schema, request->action);
	shape = declared == NULL ? NULL : declared->context;
	gauth_text_init(&text, reader->arena);
	gauth_text_append_char(&text, '{');
	for (member = question->context == NULL ? NULL : question->context->first;
		 member != NULL; member = member->next)
		append_to_context(&text, member->name, member, shape);
	if (question->action_properties != NULL)
		append_to_context(&text, GAUTH_SPAN("action"),
						  question->action_properties, shape);
	gauth_text_append_char(&text, '}');
	if (!gauth_text_finish(&text, &request->context))
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "context");
	return GAUTH_OK;
}

/*
 * gauth_authzen_translate
 *		A question in which nothing is searched (any more) in the words of
 *		Cedar, in the reader's arena; it borrows from the body, not from the
 *		schema.
 *
 * In a strict store, what the schema has no place for is left out: no policy
 * of such a store can look at it, and the specification wants unexpected
 * members ignored.  Errors: GAUTH_INVALID_VALUE, GAUTH_LIMIT_EXCEEDED,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_authzen_translate(const GauthAuthzenReader *reader,
						const GauthAuthzenQuestion *asked,
						GauthAuthzenRequest *request)
{
	GauthStatus status;

	memset(request, 0, sizeof(*request));
	if (asked->action_properties != NULL &&
		gauth_json_get(asked->context, "action") != NULL)
		return gauth_fail(reader->err, GAUTH_INVALID_VALUE,
						  "context.action stands for the action's "
						  "properties");
	status = make_uid(reader, asked->subject.type, asked->subject.id,
					  &request->principal);
	if (status == GAUTH_OK)
		status = make_uid(reader, asked->resource.type,
						  asked->resource.id, &request->resource);
	if (status == GAUTH_OK)
		status = find_action(reader, asked->action, &request->action);
	if (status == GAUTH_OK)
		status = bring_entities(reader, asked, &request->brought);
	if (status == GAUTH_OK)
		status = write_context(reader, asked, request);
	return status;
}
