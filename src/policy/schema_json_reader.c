/*
 * schema_json_reader.c
 *		The JSON schema form below its declarations: names, annotations,
 *		types.
 *
 * Cedar documentation, "JSON schema format".  Members that the format does
 * not know are refused, so that a misspelt one cannot pass for absent.  Open
 * records ("additionalAttributes": true) are written in the format but not
 * part of the language.
 *
 * The only recursion is that of types within types; the JSON reader has
 * limited its depth.
 */
#include "policy/schema_json_reader.h"

/*
 * gauth_schema_read_fail
 *		Report a message at the place of "json".
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_schema_read_fail(GauthSchemaBuilder *builder, const GauthJson *json,
					   const char *message)
{
	return gauth_schema_fail(builder->err, GAUTH_INVALID_SYNTAX,
							 builder->source, json->offset, "%s",
							 message);
}

/*
 * gauth_schema_read_members
 *		An object, all of whose members are among "known", which NULL ends.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_schema_read_members(GauthSchemaBuilder *builder, const GauthJson *json,
						  const char *const *known)
{
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, json, "expected an object");
	for (member = json->first; member != NULL; member = member->next)
	{
		size_t		i = 0;

		while (known[i] != NULL && !gauth_span_is(member->name, known[i]))
			i++;
		if (known[i] == NULL)
			return gauth_schema_fail(builder->err,
									 GAUTH_INVALID_SYNTAX,
									 builder->source, member->offset,
									 "member \"%.*s\" is not part of the "
									 "format here",
									 GAUTH_SCHEMA_SHOW(member->name));
	}
	return GAUTH_OK;
}

/*
 * gauth_schema_read_missing
 *		Report that an object lacks a member.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_schema_read_missing(GauthSchemaBuilder *builder, const GauthJson *json,
						  const char *name)
{
	return gauth_schema_fail(builder->err, GAUTH_INVALID_SYNTAX,
							 builder->source, json->offset,
							 "member \"%s\" is missing", name);
}

/*
 * gauth_schema_read_string
 *		A string.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_schema_read_string(GauthSchemaBuilder *builder, const GauthJson *json,
						 GauthSpan *text)
{
	if (json->type != GAUTH_JSON_STRING)
		return gauth_schema_read_fail(builder, json, "expected a string");
	*text = json->text;
	return GAUTH_OK;
}

/*
 * gauth_schema_read_path
 *		The name of a type, A::B.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_schema_read_path(GauthSchemaBuilder *builder, const GauthJson *json,
					   GauthSpan *path)
{
	GauthStatus status = gauth_schema_read_string(builder, json, path);

	if (status == GAUTH_OK && !gauth_schema_is_path(*path))
		return gauth_schema_read_fail(builder, json,
									  "expected the name of a type");
	return status;
}

static bool
is_any_word(GauthSpan text)
{
	size_t		i;

	if (text.len == 0 || (text.data[0] >= '0' && text.data[0] <= '9'))
		return false;
	for (i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

/*
 * gauth_schema_read_notes
 *		The member "annotations", if there is one: names, each with a string
 *		or null.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_read_notes(GauthSchemaBuilder *builder, const GauthJson *parent,
						const GauthSchemaNote **notes)
{
	const GauthJson *json = gauth_json_get(parent, "annotations");
	const GauthJson *member;
	GauthSchemaNote *first = NULL;
	GauthSchemaNote **tail = &first;

	if (json == NULL)
		return GAUTH_OK;
	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, json,
									  "expected an object of annotations");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaNote *note;
		GauthStatus status;

		if (!is_any_word(member->name))
			return gauth_schema_read_fail(builder, member,
										  "expected a word as the "
										  "annotation's name");
		status = gauth_schema_make_node(builder, sizeof(*note),
										member->offset, &note);
		if (status != GAUTH_OK)
			return status;
		note->name = member->name;
		note->offset = (uint32_t) member->offset;
		note->has_value = member->type != GAUTH_JSON_NULL;
		if (note->has_value)
			status = gauth_schema_read_string(builder, member, &note->value);
		if (status != GAUTH_OK)
			return status;
		*tail = note;
		tail = &note->next;
	}
	*notes = first;
	return GAUTH_OK;
}

/*
 * gauth_schema_read_names
 *		An array of what "read_one" reads.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_read_names(GauthSchemaBuilder *builder, const GauthJson *json,
						GauthSchemaReadText read_one,
						const GauthSchemaName **names)
{
	GauthSchemaName *first = NULL;
	GauthSchemaName **tail = &first;
	const GauthJson *item;

	if (json->type != GAUTH_JSON_ARRAY)
		return gauth_schema_read_fail(builder, json, "expected an array");
	for (item = json->first; item != NULL; item = item->next)
	{
		GauthSchemaName *name;
		GauthStatus status = gauth_schema_make_node(builder,
													sizeof(*name),
													item->offset, &name);

		if (status == GAUTH_OK)
			status = read_one(builder, item, &name->text);
		if (status != GAUTH_OK)
			return status;
		name->offset = (uint32_t) item->offset;
		*tail = name;
		tail = &name->next;
	}
	*names = first;
	return GAUTH_OK;
}

static GauthStatus
read_field(GauthSchemaBuilder *builder, const GauthJson *member,
		   GauthSchemaField *field)
{
	const GauthJson *required;
	GauthStatus status;

	field->name = member->name;
	field->offset = (uint32_t) member->offset;
	status = gauth_schema_read_type(builder, member, true, &field->type);
	if (status == GAUTH_OK)
		status = gauth_schema_read_notes(builder, member, &field->notes);
	if (status != GAUTH_OK)
		return status;

	required = gauth_json_get(member, "required");
	field->required = required == NULL || required->type == GAUTH_JSON_TRUE;
	if (required != NULL && required->type != GAUTH_JSON_TRUE &&
		required->type != GAUTH_JSON_FALSE)
		return gauth_schema_read_fail(builder, required,
									  "expected true or false");
	return GAUTH_OK;
}

static GauthStatus
read_fields(GauthSchemaBuilder *builder, const GauthJson *json,
			GauthSchemaType *type)
{
	GauthSchemaField *first = NULL;
	GauthSchemaField **tail = &first;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, json,
									  "expected an object of attributes");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaField *field;
		GauthStatus status = gauth_schema_make_node(builder,
													sizeof(*field),
													member->offset, &field);

		if (status == GAUTH_OK)
			status = read_field(builder, member, field);
		if (status != GAUTH_OK)
			return status;
		*tail = field;
		tail = &field->next;
	}
	type->fields = first;
	return GAUTH_OK;
}

static GauthStatus
read_record(GauthSchemaBuilder *builder, const GauthJson *json,
			GauthSchemaType *type)
{
	const GauthJson *attributes = gauth_json_get(json, "attributes");
	const GauthJson *open = gauth_json_get(json, "additionalAttributes");

	if (attributes == NULL)
		return gauth_schema_read_missing(builder, json, "attributes");
	if (open != NULL && open->type == GAUTH_JSON_TRUE)
		return gauth_schema_read_fail(builder, open,
									  "records with additional attributes "
									  "are not part of the language");
	if (open != NULL && open->type != GAUTH_JSON_FALSE)
		return gauth_schema_read_fail(builder, open, "expected true or false");
	return read_fields(builder, attributes, type);
}

/* the kinds of types that the member "type" tells apart */
typedef struct Form
{
	const char *word;
	GauthSchemaTypeKind kind;
	const char *const *members; /* besides those of an attribute */
} Form;

static const char *const plain_members[] = {
	"type", "required", "annotations", NULL
};
static const char *const set_members[] = {
	"type", "required", "annotations", "element", NULL
};
static const char *const record_members[] = {
	"type", "required", "annotations", "attributes", "additionalAttributes",
	NULL
};
static const char *const name_members[] = {
	"type", "required", "annotations", "name", NULL
};

static const Form forms[] = {
	{"String", GAUTH_SCHEMA_STRING, plain_members},
	{"Long", GAUTH_SCHEMA_LONG, plain_members},
	{"Boolean", GAUTH_SCHEMA_BOOL, plain_members},
	{"Set", GAUTH_SCHEMA_SET, set_members},
	{"Record", GAUTH_SCHEMA_RECORD, record_members},
	{"Entity", GAUTH_SCHEMA_ENTITY, name_members},
	{"EntityOrCommon", GAUTH_SCHEMA_EITHER, name_members},
	{"Extension", GAUTH_SCHEMA_EXTENSION, name_members}
};

static const Form common_form = {NULL, GAUTH_SCHEMA_COMMON, plain_members};

static const Form *
find_form(GauthSpan word)
{
	size_t		i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
	{
		if (gauth_span_is(word, forms[i].word))
			return &forms[i];
	}
	return &common_form;
}

static GauthStatus
read_parts(GauthSchemaBuilder *builder, const GauthJson *json,
		   GauthSchemaType *type)
{
	const GauthJson *part;

	switch (type->kind)
	{
		case GAUTH_SCHEMA_SET:
			part = gauth_json_get(json, "element");
			if (part == NULL)
				return gauth_schema_read_missing(builder, json, "element");
			return gauth_schema_read_type(builder, part, false,
										  &type->element);
		case GAUTH_SCHEMA_RECORD:
			return read_record(builder, json, type);
		case GAUTH_SCHEMA_ENTITY:
		case GAUTH_SCHEMA_EITHER:
		case GAUTH_SCHEMA_EXTENSION:
			part = gauth_json_get(json, "name");
			if (part == NULL)
				return gauth_schema_read_missing(builder, json, "name");
			return gauth_schema_read_path(builder, part, &type->name);
		case GAUTH_SCHEMA_COMMON:
			return gauth_schema_read_path(builder,
										  gauth_json_get(json, "type"),
										  &type->name);
		default:
			return GAUTH_OK;
	}
}

/*
 * gauth_schema_read_type
 *		A type.  That of an attribute or of a common type may have the
 *		members that belong to those.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_read_type(GauthSchemaBuilder *builder, const GauthJson *json,
					   bool is_attribute, const GauthSchemaType **result)
{
	const GauthJson *word = gauth_json_get(json, "type");
	const Form *form;
	GauthSchemaType *type;
	GauthStatus status;

	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, json,
									  "expected an object that describes a "
									  "type");
	if (word == NULL)
		return gauth_schema_read_missing(builder, json, "type");
	if (word->type != GAUTH_JSON_STRING)
		return gauth_schema_read_fail(builder, word, "expected a string");
	form = find_form(word->text);
	status = gauth_schema_read_members(builder, json, form->members);
	if (status == GAUTH_OK && !is_attribute &&
		(gauth_json_get(json, "required") != NULL ||
		 gauth_json_get(json, "annotations") != NULL))
		return gauth_schema_read_fail(builder, json,
									  "only attributes have \"required\" "
									  "and \"annotations\"");
	if (status == GAUTH_OK)
		status = gauth_schema_make_type(builder, form->kind,
										json->offset, &type);
	if (status != GAUTH_OK)
		return status;
	*result = type;
	return read_parts(builder, json, type);
}
