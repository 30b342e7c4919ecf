/*
 * entity_json.c
 *		The readers of entity_json.h.
 *
 * Stricter than the published reader in one point: an object has no members
 * but those that its form names.  There are no floating point numbers and no
 * null in Cedar.
 */
#include "policy/entity_json.h"

#include "policy/extension.h"
#include "policy/lexer.h"
#include "policy/parser.h"

/* the caller's reader, and how deep it is */
typedef struct ValueReader
{
	GauthArena *arena;
	const GauthPolicyLimits *limits;
	GauthError *err;
	uint32_t	depth;
} ValueReader;

/* "type" is what the schema expects, or NULL */
static GauthStatus read_value(ValueReader *reader, const GauthJson *json,
							  const GauthType *type, GauthValue *value);

static ValueReader
begin_value(const GauthEntityReader *reader)
{
	return (ValueReader)
	{
		reader->arena, reader->limits, reader->err, 0
	};
}

static bool
is_name(GauthSpan word)
{
	size_t		i;

	if (word.len == 0 || (word.data[0] >= '0' && word.data[0] <= '9') ||
		gauth_word_is_reserved(word))
		return false;
	for (i = 0; i < word.len; i++)
	{
		char		c = word.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

/*
 * gauth_type_name_is_valid
 *		Is this the full name of a type, A::B, without white space?
 */
bool
gauth_type_name_is_valid(GauthSpan name)
{
	size_t		begin = 0;
	size_t		i;

	for (i = 0; i < name.len; i++)
	{
		if (name.data[i] != ':')
			continue;
		if (i + 1 >= name.len || name.data[i + 1] != ':' ||
			!is_name(gauth_span_slice(name, begin, i - begin)))
			return false;
		begin = i + 2;
		i++;
	}
	return begin <= name.len &&
		is_name(gauth_span_slice(name, begin, name.len - begin));
}

/* {"type": ..., "id": ...} */
static GauthStatus
read_type_and_id(GauthArena *arena, const GauthJson *json,
				 const GauthUid **uid, GauthError *err)
{
	const GauthJson *type = gauth_json_get(json, "type");
	const GauthJson *id = gauth_json_get(json, "id");

	if (type == NULL || type->type != GAUTH_JSON_STRING ||
		id == NULL || id->type != GAUTH_JSON_STRING || json->count != 2)
		return gauth_fail_at(err, GAUTH_INVALID_VALUE, json->offset,
							 "an entity uid has the members type and id");
	if (!gauth_type_name_is_valid(type->text))
		return gauth_fail_at(err, GAUTH_INVALID_VALUE, type->offset,
							 "the name of an entity type");
	*uid = gauth_uid_make(arena, type->text, id->text);
	if (*uid == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entity uid");
	return GAUTH_OK;
}

/*
 * gauth_uid_from_json
 *		An entity uid: {"type", "id"}, {"__entity": {...}} or Type::"id".
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_uid_from_json(GauthArena *arena, const GauthJson *json,
					const GauthUid **uid, GauthError *err)
{
	const GauthJson *escape = gauth_json_get(json, "__entity");

	if (json != NULL && json->type == GAUTH_JSON_STRING)
		return gauth_uid_parse(arena, json->text, uid, err);
	if (json == NULL || json->type != GAUTH_JSON_OBJECT)
		return gauth_fail_at(err, GAUTH_INVALID_VALUE,
							 json == NULL ? 0 : json->offset,
							 "an entity uid is expected");
	if (escape == NULL)
		return read_type_and_id(arena, json, uid, err);
	if (json->count != 1)
		return gauth_fail_at(err, GAUTH_INVALID_VALUE, json->offset,
							 "__entity stands alone");
	return read_type_and_id(arena, escape, uid, err);
}

static GauthStatus
read_array(ValueReader *reader, const GauthJson *json, const GauthType *type,
		   GauthValue *value)
{
	const GauthType *element = type != NULL && type->kind == GAUTH_TYPE_SET ?
	type->element : NULL;
	GauthValue *items;
	const GauthJson *child;
	uint32_t	count = 0;
	GauthStatus status = GAUTH_OK;

	if (json->count > reader->limits->set_size)
		return gauth_fail_at(reader->err, GAUTH_LIMIT_EXCEEDED, json->offset,
							 "items of one set");
	items = gauth_arena_array(reader->arena, json->count, sizeof(GauthValue));
	if (items == NULL)
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "set");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
		status = read_value(reader, child, element, &items[count++]);
	return status != GAUTH_OK ? status :
		gauth_set_make(reader->arena, items, count, value, reader->err);
}

static const GauthType *
attribute_type(const GauthType *record, GauthSpan name)
{
	const GauthAttribute *attribute = NULL;

	if (record != NULL && record->kind == GAUTH_TYPE_RECORD)
		attribute = gauth_type_find_attribute(record, name);
	return attribute == NULL ? NULL : attribute->type;
}

static GauthStatus
read_record(ValueReader *reader, const GauthJson *json, const GauthType *type,
			GauthValue *value)
{
	GauthField *fields;
	const GauthJson *child;
	uint32_t	count = 0;
	GauthStatus status = GAUTH_OK;

	if (json->count > reader->limits->set_size)
		return gauth_fail_at(reader->err, GAUTH_LIMIT_EXCEEDED, json->offset,
							 "fields of one record");
	fields = gauth_arena_array(reader->arena, json->count, sizeof(GauthField));
	if (fields == NULL)
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "record");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		fields[count].name = child->name.data;
		fields[count].name_len = (uint32_t) child->name.len;
		status = read_value(reader, child, attribute_type(type, child->name),
							&fields[count++].value);
	}
	return status != GAUTH_OK ? status :
		gauth_record_make(reader->arena, fields, count, value, reader->err);
}

static GauthStatus
call_function(ValueReader *reader, const GauthJson *json,
			  const GauthValue *args, uint32_t count, GauthValue *value)
{
	const GauthJson *name = gauth_json_get(json, "fn");
	GauthFunction function;

	if (!gauth_function_find(name->text, &function))
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, name->offset,
							 "fn is no extension function");
	switch (gauth_function_call(reader->arena, function, args, count, value))
	{
		case GAUTH_CALL_OK:
			return GAUTH_OK;
		case GAUTH_CALL_NO_MEMORY:
			return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "value");
		default:
			return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE,
								 json->offset,
								 "the argument of an extension value");
	}
}

/* {"fn": name, "arg": value} or {"fn": name, "args": [value, ...]} */
static GauthStatus
read_extension(ValueReader *reader, const GauthJson *json, GauthValue *value)
{
	const GauthJson *name = gauth_json_get(json, "fn");
	const GauthJson *arg = gauth_json_get(json, "arg");
	const GauthJson *args = gauth_json_get(json, "args");
	const GauthJson *child;
	GauthValue	values[2];
	uint32_t	count = 0;
	GauthStatus status = GAUTH_OK;

	if (name == NULL || name->type != GAUTH_JSON_STRING || json->count != 2 ||
		(arg == NULL && (args == NULL || args->type != GAUTH_JSON_ARRAY ||
						 args->count > 2)))
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, json->offset,
							 "__extn has the members fn and arg");
	if (arg != NULL)
		status = read_value(reader, arg, NULL, &values[count++]);
	for (child = args == NULL ? NULL : args->first;
		 child != NULL && status == GAUTH_OK; child = child->next)
		status = read_value(reader, child, NULL, &values[count++]);
	return status != GAUTH_OK ? status :
		call_function(reader, json, values, count, value);
}

/* the constructor of an extension type that is expected; false for others */
static bool
find_constructor(const GauthType *type, GauthFunction *function)
{
	if (type == NULL || type->kind < GAUTH_TYPE_DECIMAL)
		return false;
	*function = (GauthFunction) (type->kind - GAUTH_TYPE_DECIMAL +
								 GAUTH_FUNCTION_DECIMAL);
	return true;
}

static GauthStatus
read_object(ValueReader *reader, const GauthJson *json, const GauthType *type,
			GauthValue *value)
{
	const GauthJson *extension = gauth_json_get(json, "__extn");
	GauthFunction function;

	if (gauth_json_get(json, "__expr") != NULL)
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, json->offset,
							 "__expr is not supported");
	if (gauth_json_get(json, "__entity") != NULL ||
		(type != NULL && (type->kind == GAUTH_TYPE_ENTITY ||
						  type->kind == GAUTH_TYPE_ANY_ENTITY)))
	{
		value->kind = GAUTH_VALUE_ENTITY;
		return gauth_uid_from_json(reader->arena, json, &value->uid,
								   reader->err);
	}
	if (extension == NULL && find_constructor(type, &function))
		return read_extension(reader, json, value);
	if (extension == NULL)
		return read_record(reader, json, type, value);
	if (json->count != 1)
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, json->offset,
							 "__extn stands alone");
	return read_extension(reader, extension, value);
}

/* a string, or what the schema makes of it */
static GauthStatus
read_string(ValueReader *reader, const GauthJson *json, const GauthType *type,
			GauthValue *value)
{
	GauthValue	text = gauth_value_string(json->text);
	GauthFunction function;

	*value = text;
	if (!find_constructor(type, &function))
		return GAUTH_OK;
	switch (gauth_function_call(reader->arena, function, &text, 1, value))
	{
		case GAUTH_CALL_OK:
			return GAUTH_OK;
		case GAUTH_CALL_NO_MEMORY:
			return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "value");
		default:
			return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE,
								 json->offset, "an extension value");
	}
}

static GauthStatus
read_scalar(ValueReader *reader, const GauthJson *json, GauthValue *value)
{
	switch (json->type)
	{
		case GAUTH_JSON_TRUE:
		case GAUTH_JSON_FALSE:
			*value = gauth_value_bool(json->type == GAUTH_JSON_TRUE);
			return GAUTH_OK;
		case GAUTH_JSON_NUMBER:
			value->kind = GAUTH_VALUE_LONG;
			if (gauth_json_to_int64(json, &value->number))
				return GAUTH_OK;
			return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE,
								 json->offset,
								 "a number that is no 64-bit integer");
		default:
			return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE,
								 json->offset, "null is no value");
	}
}

static GauthStatus
read_value(ValueReader *reader, const GauthJson *json, const GauthType *type,
		   GauthValue *value)
{
	GauthStatus status;

	memset(value, 0, sizeof(*value));
	if (json->type == GAUTH_JSON_STRING)
		return read_string(reader, json, type, value);
	if (json->type != GAUTH_JSON_ARRAY && json->type != GAUTH_JSON_OBJECT)
		return read_scalar(reader, json, value);

	if (reader->depth >= reader->limits->value_depth)
		return gauth_fail_at(reader->err, GAUTH_LIMIT_EXCEEDED, json->offset,
							 "depth of a value");
	reader->depth++;
	status = json->type == GAUTH_JSON_ARRAY ?
		read_array(reader, json, type, value) :
		read_object(reader, json, type, value);
	reader->depth--;
	return status;
}

/*
 * gauth_value_from_json
 *		The value that a JSON value stands for; "type", which may be NULL, is
 *		what a schema expects.
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY,
 * with the offset in the JSON text.
 */
GauthStatus
gauth_value_from_json(const GauthEntityReader *reader, const GauthJson *json,
					  const GauthType *type, GauthValue *value)
{
	ValueReader values = begin_value(reader);

	return read_value(&values, json, type, value);
}

/* an object that is a record, not an escape; NULL is the empty record */
static GauthStatus
read_plain_record(const GauthEntityReader *reader, const GauthJson *json,
				  const GauthType *type, const GauthRecord **record)
{
	GauthValue	value;
	GauthStatus status;

	*record = &gauth_empty_record;
	if (json == NULL)
		return GAUTH_OK;
	status = gauth_value_from_json(reader, json, type, &value);
	if (status != GAUTH_OK)
		return status;
	if (value.kind != GAUTH_VALUE_RECORD)
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, json->offset,
							 "a record is expected");
	*record = value.record;
	return GAUTH_OK;
}

/*
 * gauth_context_from_json
 *		The context of a request for "action"; NULL is the empty one.
 *
 * Errors: as gauth_value_from_json.
 */
GauthStatus
gauth_context_from_json(const GauthEntityReader *reader,
						const GauthJson *json, const GauthUid *action,
						const GauthRecord **context)
{
	const GauthSchemaAction *declared = NULL;

	if (reader->schema != NULL)
		declared = gauth_schema_find_action(reader->schema, action);
	return read_plain_record(reader, json,
							 declared == NULL ? NULL : declared->context,
							 context);
}

/*
 * gauth_request_from_json
 *		A request: principal, action, resource and perhaps context.
 *
 * Other members are not looked at.  Errors: as gauth_value_from_json.
 */
GauthStatus
gauth_request_from_json(const GauthEntityReader *reader,
						const GauthJson *json, GauthRequest *request)
{
	GauthStatus status;

	status = gauth_uid_from_json(reader->arena,
								 gauth_json_get(json, "principal"),
								 &request->principal, reader->err);
	if (status == GAUTH_OK)
		status = gauth_uid_from_json(reader->arena,
									 gauth_json_get(json, "action"),
									 &request->action, reader->err);
	if (status == GAUTH_OK)
		status = gauth_uid_from_json(reader->arena,
									 gauth_json_get(json, "resource"),
									 &request->resource, reader->err);
	if (status == GAUTH_OK)
		status = gauth_context_from_json(reader,
										 gauth_json_get(json, "context"),
										 request->action, &request->context);
	return status;
}

static GauthStatus
read_parents(const GauthEntityReader *reader, const GauthJson *json,
			 GauthEntity *entity)
{
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (json == NULL)
		return GAUTH_OK;
	if (json->type != GAUTH_JSON_ARRAY)
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, json->offset,
							 "parents is an array");
	entity->parents = gauth_arena_array(reader->arena, json->count,
										sizeof(GauthUid *));
	if (entity->parents == NULL)
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "entity");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
		status = gauth_uid_from_json(reader->arena, child,
									 &entity->parents[entity->parent_count++],
									 reader->err);
	return status;
}

static GauthStatus
check_members(const GauthEntityReader *reader, const GauthJson *json)
{
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, json->offset,
							 "an entity is an object");
	for (member = json->first; member != NULL; member = member->next)
	{
		if (!gauth_span_is(member->name, "uid") &&
			!gauth_span_is(member->name, "attrs") &&
			!gauth_span_is(member->name, "parents") &&
			!gauth_span_is(member->name, "tags"))
			return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE,
								 member->offset,
								 "an entity has uid, attrs, parents and tags");
	}
	return GAUTH_OK;
}

/* tags all have one type: no record type can say so */
static GauthStatus
read_tags(const GauthEntityReader *reader, const GauthJson *json,
		  const GauthType *type, const GauthRecord **tags)
{
	GauthField *fields;
	GauthValue	value;
	const GauthJson *child;
	uint32_t	count = 0;
	GauthStatus status = GAUTH_OK;

	if (json == NULL || type == NULL || json->type != GAUTH_JSON_OBJECT)
		return read_plain_record(reader, json, NULL, tags);
	if (json->count > reader->limits->set_size)
		return gauth_fail_at(reader->err, GAUTH_LIMIT_EXCEEDED, json->offset,
							 "tags of one entity");
	fields = gauth_arena_array(reader->arena, json->count, sizeof(GauthField));
	if (fields == NULL)
		return gauth_fail(reader->err, GAUTH_OUT_OF_MEMORY, "entity");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		fields[count].name = child->name.data;
		fields[count].name_len = (uint32_t) child->name.len;
		status = gauth_value_from_json(reader, child, type,
									   &fields[count++].value);
	}
	if (status == GAUTH_OK)
		status = gauth_record_make(reader->arena, fields, count, &value,
								   reader->err);
	if (status == GAUTH_OK)
		*tags = value.record;
	return status;
}

/*
 * gauth_entity_from_json
 *		One entity: uid, attrs, parents, tags; all but the first may be left
 *		out.  Its ancestors are not computed.
 *
 * Errors: as gauth_value_from_json.
 */
GauthStatus
gauth_entity_from_json(const GauthEntityReader *reader, const GauthJson *json,
					   GauthEntity *entity)
{
	const GauthEntityType *type = NULL;
	GauthStatus status;

	memset(entity, 0, sizeof(*entity));
	status = check_members(reader, json);
	if (status == GAUTH_OK)
		status = gauth_uid_from_json(reader->arena,
									 gauth_json_get(json, "uid"),
									 &entity->uid, reader->err);
	if (status == GAUTH_OK && reader->schema != NULL)
		type = gauth_schema_find_type(reader->schema,
									  gauth_uid_type(entity->uid));
	if (status == GAUTH_OK)
		status = read_plain_record(reader, gauth_json_get(json, "attrs"),
								   type == NULL ? NULL : type->shape,
								   &entity->attributes);
	if (status == GAUTH_OK)
		status = read_tags(reader, gauth_json_get(json, "tags"),
						   type == NULL ? NULL : type->tags, &entity->tags);
	if (status == GAUTH_OK)
		status = read_parents(reader, gauth_json_get(json, "parents"),
							  entity);
	return status;
}

/*
 * gauth_entities_from_json
 *		Add an array of entities to a store, which stays open.
 *
 * The text must outlive the store.  Errors: as gauth_json_parse,
 * gauth_value_from_json and gauth_entity_store_add.
 */
GauthStatus
gauth_entities_from_json(const GauthEntityReader *reader, GauthSpan text,
						 GauthEntityStore *store)
{
	GauthJson  *root;
	const GauthJson *child;
	GauthStatus status;

	status = gauth_json_parse(reader->arena, text,
							  &gauth_json_document_limits, &root,
							  reader->err);
	if (status != GAUTH_OK)
		return status;
	if (root->type != GAUTH_JSON_ARRAY)
		return gauth_fail_at(reader->err, GAUTH_INVALID_VALUE, root->offset,
							 "entities are an array");
	for (child = root->first; child != NULL; child = child->next)
	{
		GauthEntity entity;

		status = gauth_entity_from_json(reader, child, &entity);
		if (status == GAUTH_OK)
			status = gauth_entity_store_add(store, &entity, reader->err);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}
