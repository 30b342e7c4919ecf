/*
 * schema_json.c
 *		The reader of Cedar's JSON schema form.
 *
 * Cedar documentation, "JSON schema format".  Members that the format does
 * not know are refused, so that a misspelt one cannot pass for absent.
 * Open records ("additionalAttributes": true) and attributes of actions are
 * written in the format but not part of the language: both are refused.
 *
 * The only recursion is that of types within types; the JSON reader has
 * limited its depth.
 */
#include "policy/schema_json.h"

#include "base/json.h"

typedef struct Reader
{
	GauthSchemaBuilder builder;
} Reader;

static GauthStatus read_type(Reader *reader, const GauthJson *json,
							 bool is_attribute, const GauthSchemaType **type);

static GauthStatus
fail(Reader *reader, const GauthJson *json, const char *message)
{
	return gauth_schema_fail(reader->builder.err, GAUTH_INVALID_SYNTAX,
							 reader->builder.source, json->offset, "%s",
							 message);
}

/* an object whose members are all among "known", which NULL ends */
static GauthStatus
check_members(Reader *reader, const GauthJson *json, const char *const *known)
{
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(reader, json, "expected an object");
	for (member = json->first; member != NULL; member = member->next)
	{
		size_t		i = 0;

		while (known[i] != NULL && !gauth_span_is(member->name, known[i]))
			i++;
		if (known[i] == NULL)
			return gauth_schema_fail(reader->builder.err,
									 GAUTH_INVALID_SYNTAX,
									 reader->builder.source, member->offset,
									 "member \"%.*s\" is not part of the "
									 "format here",
									 GAUTH_SCHEMA_SHOW(member->name));
	}
	return GAUTH_OK;
}

/* a member that may be absent or null; "json" becomes NULL then */
static const GauthJson *
get_optional(const GauthJson *object, const char *name)
{
	const GauthJson *member = gauth_json_get(object, name);

	return member == NULL || member->type == GAUTH_JSON_NULL ? NULL : member;
}

static GauthStatus
fail_missing(Reader *reader, const GauthJson *json, const char *name)
{
	return gauth_schema_fail(reader->builder.err, GAUTH_INVALID_SYNTAX,
							 reader->builder.source, json->offset,
							 "member \"%s\" is missing", name);
}

static GauthStatus
read_string(Reader *reader, const GauthJson *json, GauthSpan *text)
{
	if (json->type != GAUTH_JSON_STRING)
		return fail(reader, json, "expected a string");
	*text = json->text;
	return GAUTH_OK;
}

/* the name of a type, A::B */
static GauthStatus
read_path(Reader *reader, const GauthJson *json, GauthSpan *path)
{
	GauthStatus status = read_string(reader, json, path);

	if (status == GAUTH_OK && !gauth_schema_is_path(*path))
		return fail(reader, json, "expected the name of a type");
	return status;
}

static GauthStatus
read_declared_name(Reader *reader, const GauthJson *member)
{
	if (!gauth_schema_is_identifier(member->name))
		return fail(reader, member, "expected an identifier as the name of "
					"what follows");
	if (gauth_schema_is_path_reserved(member->name))
		return fail(reader, member, "\"__cedar\" is reserved");
	return GAUTH_OK;
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

/* the member "annotations": names, each with a string or null */
static GauthStatus
read_notes(Reader *reader, const GauthJson *parent,
		   const GauthSchemaNote **notes)
{
	const GauthJson *json = gauth_json_get(parent, "annotations");
	const GauthJson *member;
	GauthSchemaNote *first = NULL;
	GauthSchemaNote **tail = &first;

	if (json == NULL)
		return GAUTH_OK;
	if (json->type != GAUTH_JSON_OBJECT)
		return fail(reader, json, "expected an object of annotations");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaNote *note;
		GauthStatus status;

		if (!is_any_word(member->name))
			return fail(reader, member, "expected a word as the annotation's "
						"name");
		status = gauth_schema_make_node(&reader->builder, sizeof(*note),
										member->offset, &note);
		if (status != GAUTH_OK)
			return status;
		note->name = member->name;
		note->offset = (uint32_t) member->offset;
		note->has_value = member->type != GAUTH_JSON_NULL;
		if (note->has_value)
			status = read_string(reader, member, &note->value);
		if (status != GAUTH_OK)
			return status;
		*tail = note;
		tail = &note->next;
	}
	*notes = first;
	return GAUTH_OK;
}

typedef GauthStatus (*ReadText) (Reader *reader, const GauthJson *json,
								 GauthSpan *text);

static GauthStatus
read_names(Reader *reader, const GauthJson *json, ReadText read_one,
		   const GauthSchemaName **names)
{
	GauthSchemaName *first = NULL;
	GauthSchemaName **tail = &first;
	const GauthJson *item;

	if (json->type != GAUTH_JSON_ARRAY)
		return fail(reader, json, "expected an array");
	for (item = json->first; item != NULL; item = item->next)
	{
		GauthSchemaName *name;
		GauthStatus status = gauth_schema_make_node(&reader->builder,
													sizeof(*name),
													item->offset, &name);

		if (status == GAUTH_OK)
			status = read_one(reader, item, &name->text);
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
read_field(Reader *reader, const GauthJson *member, GauthSchemaField *field)
{
	const GauthJson *required;
	GauthStatus status;

	field->name = member->name;
	field->offset = (uint32_t) member->offset;
	status = read_type(reader, member, true, &field->type);
	if (status == GAUTH_OK)
		status = read_notes(reader, member, &field->notes);
	if (status != GAUTH_OK)
		return status;

	required = gauth_json_get(member, "required");
	field->required = required == NULL || required->type == GAUTH_JSON_TRUE;
	if (required != NULL && required->type != GAUTH_JSON_TRUE &&
		required->type != GAUTH_JSON_FALSE)
		return fail(reader, required, "expected true or false");
	return GAUTH_OK;
}

static GauthStatus
read_fields(Reader *reader, const GauthJson *json, GauthSchemaType *type)
{
	GauthSchemaField *first = NULL;
	GauthSchemaField **tail = &first;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(reader, json, "expected an object of attributes");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaField *field;
		GauthStatus status = gauth_schema_make_node(&reader->builder,
													sizeof(*field),
													member->offset, &field);

		if (status == GAUTH_OK)
			status = read_field(reader, member, field);
		if (status != GAUTH_OK)
			return status;
		*tail = field;
		tail = &field->next;
	}
	type->fields = first;
	return GAUTH_OK;
}

static GauthStatus
read_record(Reader *reader, const GauthJson *json, GauthSchemaType *type)
{
	const GauthJson *attributes = gauth_json_get(json, "attributes");
	const GauthJson *open = gauth_json_get(json, "additionalAttributes");

	if (attributes == NULL)
		return fail_missing(reader, json, "attributes");
	if (open != NULL && open->type == GAUTH_JSON_TRUE)
		return fail(reader, open, "records with additional attributes are "
					"not part of the language");
	if (open != NULL && open->type != GAUTH_JSON_FALSE)
		return fail(reader, open, "expected true or false");
	return read_fields(reader, attributes, type);
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
read_parts(Reader *reader, const GauthJson *json, GauthSchemaType *type)
{
	const GauthJson *part;

	switch (type->kind)
	{
		case GAUTH_SCHEMA_SET:
			part = gauth_json_get(json, "element");
			if (part == NULL)
				return fail_missing(reader, json, "element");
			return read_type(reader, part, false, &type->element);
		case GAUTH_SCHEMA_RECORD:
			return read_record(reader, json, type);
		case GAUTH_SCHEMA_ENTITY:
		case GAUTH_SCHEMA_EITHER:
		case GAUTH_SCHEMA_EXTENSION:
			part = gauth_json_get(json, "name");
			if (part == NULL)
				return fail_missing(reader, json, "name");
			return read_path(reader, part, &type->name);
		case GAUTH_SCHEMA_COMMON:
			return read_path(reader, gauth_json_get(json, "type"),
							 &type->name);
		default:
			return GAUTH_OK;
	}
}

/* "required" and "annotations" belong to the attribute that has the type */
static GauthStatus
read_type(Reader *reader, const GauthJson *json, bool is_attribute,
		  const GauthSchemaType **result)
{
	const GauthJson *word = gauth_json_get(json, "type");
	const Form *form;
	GauthSchemaType *type;
	GauthStatus status;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(reader, json, "expected an object that describes a type");
	if (word == NULL)
		return fail_missing(reader, json, "type");
	if (word->type != GAUTH_JSON_STRING)
		return fail(reader, word, "expected a string");
	form = find_form(word->text);
	status = check_members(reader, json, form->members);
	if (status == GAUTH_OK && !is_attribute &&
		(gauth_json_get(json, "required") != NULL ||
		 gauth_json_get(json, "annotations") != NULL))
		return fail(reader, json, "only attributes have \"required\" and "
					"\"annotations\"");
	if (status == GAUTH_OK)
		status = gauth_schema_make_type(&reader->builder, form->kind,
										json->offset, &type);
	if (status != GAUTH_OK)
		return status;
	*result = type;
	return read_parts(reader, json, type);
}

static GauthStatus
read_common(Reader *reader, const GauthJson *member,
			GauthSchemaCommon *common)
{
	GauthStatus status = read_declared_name(reader, member);

	if (status != GAUTH_OK)
		return status;
	if (gauth_schema_is_keyword_type(member->name))
		return fail(reader, member, "this name of a common type is reserved");
	if (gauth_json_get(member, "required") != NULL)
		return fail(reader, member, "only attributes have \"required\"");
	common->name = member->name;
	common->offset = (uint32_t) member->offset;
	status = read_notes(reader, member, &common->notes);
	if (status != GAUTH_OK)
		return status;
	return read_type(reader, member, true, &common->type);
}

static GauthStatus
read_enum(Reader *reader, const GauthJson *member, const GauthJson *ids,
		  GauthSchemaEntity *entity)
{
	static const char *const known[] = {"enum", "annotations", NULL};
	GauthStatus status = check_members(reader, member, known);

	if (status == GAUTH_OK)
		status = read_names(reader, ids, read_string, &entity->choices);
	if (status == GAUTH_OK && entity->choices == NULL)
		return fail(reader, ids, "expected at least one id");
	return status;
}

static GauthStatus
read_entity(Reader *reader, const GauthJson *member,
			GauthSchemaEntity *entity)
{
	static const char *const known[] = {
		"memberOfTypes", "shape", "tags", "enum", "annotations", NULL
	};
	const GauthJson *part;
	GauthStatus status = check_members(reader, member, known);

	if (status == GAUTH_OK)
		status = read_declared_name(reader, member);
	entity->name = member->name;
	entity->offset = (uint32_t) member->offset;
	if (status == GAUTH_OK)
		status = read_notes(reader, member, &entity->notes);
	part = gauth_json_get(member, "enum");
	if (status == GAUTH_OK && part != NULL)
		return read_enum(reader, member, part, entity);

	part = gauth_json_get(member, "memberOfTypes");
	if (status == GAUTH_OK && part != NULL)
		status = read_names(reader, part, read_path, &entity->parents);
	part = gauth_json_get(member, "shape");
	if (status == GAUTH_OK && part != NULL)
		status = read_type(reader, part, false, &entity->shape);
	part = gauth_json_get(member, "tags");
	if (status == GAUTH_OK && part != NULL)
		status = read_type(reader, part, false, &entity->tags);
	return status;
}

static GauthStatus
read_parent(Reader *reader, const GauthJson *item, GauthSchemaParent *parent)
{
	static const char *const known[] = {"type", "id", NULL};
	const GauthJson *id = gauth_json_get(item, "id");
	const GauthJson *type = get_optional(item, "type");
	GauthStatus status = check_members(reader, item, known);

	parent->offset = (uint32_t) item->offset;
	if (status == GAUTH_OK && id == NULL)
		return fail_missing(reader, item, "id");
	if (status == GAUTH_OK)
		status = read_string(reader, id, &parent->id);
	if (status == GAUTH_OK && type != NULL)
		status = read_path(reader, type, &parent->type);
	return status;
}

static GauthStatus
read_parents(Reader *reader, const GauthJson *json, GauthSchemaVerb *verb)
{
	GauthSchemaParent *first = NULL;
	GauthSchemaParent **tail = &first;
	const GauthJson *item;

	if (json->type != GAUTH_JSON_ARRAY)
		return fail(reader, json, "expected an array");
	for (item = json->first; item != NULL; item = item->next)
	{
		GauthSchemaParent *parent;
		GauthStatus status = gauth_schema_make_node(&reader->builder,
													sizeof(*parent),
													item->offset, &parent);

		if (status == GAUTH_OK)
			status = read_parent(reader, item, parent);
		if (status != GAUTH_OK)
			return status;
		*tail = parent;
		tail = &parent->next;
	}
	verb->parents = first;
	return GAUTH_OK;
}

static GauthStatus
read_applies_to(Reader *reader, const GauthJson *json, GauthSchemaVerb *verb)
{
	static const char *const known[] = {
		"principalTypes", "resourceTypes", "context", NULL
	};
	const GauthJson *principals = gauth_json_get(json, "principalTypes");
	const GauthJson *resources = gauth_json_get(json, "resourceTypes");
	const GauthJson *context = gauth_json_get(json, "context");
	GauthStatus status = check_members(reader, json, known);

	if (status != GAUTH_OK)
		return status;
	if (principals == NULL)
		return fail_missing(reader, json, "principalTypes");
	if (resources == NULL)
		return fail_missing(reader, json, "resourceTypes");
	verb->applies = true;
	status = read_names(reader, principals, read_path, &verb->principals);
	if (status == GAUTH_OK)
		status = read_names(reader, resources, read_path, &verb->resources);
	if (status == GAUTH_OK && context != NULL)
		status = read_type(reader, context, false, &verb->context);
	return status;
}

static GauthStatus
read_verb(Reader *reader, const GauthJson *member, GauthSchemaVerb *verb)
{
	static const char *const known[] = {
		"attributes", "appliesTo", "memberOf", "annotations", NULL
	};
	const GauthJson *part;
	GauthStatus status = check_members(reader, member, known);

	verb->id = member->name;
	verb->offset = (uint32_t) member->offset;
	if (status == GAUTH_OK)
		status = read_notes(reader, member, &verb->notes);
	part = get_optional(member, "attributes");
	if (status == GAUTH_OK && part != NULL)
		return fail(reader, part, "attributes of actions are not part of the "
					"language");
	part = get_optional(member, "memberOf");
	if (status == GAUTH_OK && part != NULL)
		status = read_parents(reader, part, verb);
	part = get_optional(member, "appliesTo");
	if (status == GAUTH_OK && part != NULL)
		status = read_applies_to(reader, part, verb);
	return status;
}

static GauthStatus
read_commons(Reader *reader, const GauthJson *json,
			 GauthSchemaNamespace *space)
{
	GauthSchemaCommon **tail = &space->commons;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(reader, json, "expected an object of common types");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaCommon *common;
		GauthStatus status = gauth_schema_make_node(&reader->builder,
													sizeof(*common),
													member->offset, &common);

		if (status == GAUTH_OK)
			status = read_common(reader, member, common);
		if (status != GAUTH_OK)
			return status;
		*tail = common;
		tail = &common->next;
	}
	return GAUTH_OK;
}

static GauthStatus
read_entities(Reader *reader, const GauthJson *json,
			  GauthSchemaNamespace *space)
{
	GauthSchemaEntity **tail = &space->entities;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(reader, json, "expected an object of entity types");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaEntity *entity;
		GauthStatus status = gauth_schema_make_node(&reader->builder,
													sizeof(*entity),
													member->offset, &entity);

		if (status == GAUTH_OK)
			status = read_entity(reader, member, entity);
		if (status != GAUTH_OK)
			return status;
		*tail = entity;
		tail = &entity->next;
	}
	return GAUTH_OK;
}

static GauthStatus
read_verbs(Reader *reader, const GauthJson *json, GauthSchemaNamespace *space)
{
	GauthSchemaVerb **tail = &space->verbs;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(reader, json, "expected an object of actions");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaVerb *verb;
		GauthStatus status = gauth_schema_make_node(&reader->builder,
													sizeof(*verb),
													member->offset, &verb);

		if (status == GAUTH_OK)
			status = read_verb(reader, member, verb);
		if (status != GAUTH_OK)
			return status;
		*tail = verb;
		tail = &verb->next;
	}
	return GAUTH_OK;
}

static GauthStatus
read_namespace_name(Reader *reader, const GauthJson *member,
					GauthSchemaNamespace *space)
{
	space->name = member->name;
	space->offset = (uint32_t) member->offset;
	if (member->name.len == 0)
		return space->notes == NULL ? GAUTH_OK :
			fail(reader, member, "the namespace without a name has no "
				 "annotations");
	if (!gauth_schema_is_path(member->name))
		return fail(reader, member, "expected the name of a namespace");
	if (gauth_schema_is_path_reserved(member->name))
		return fail(reader, member, "\"__cedar\" is reserved");
	return GAUTH_OK;
}

static GauthStatus
read_namespace(Reader *reader, const GauthJson *member,
			   GauthSchemaNamespace *space)
{
	static const char *const known[] = {
		"commonTypes", "entityTypes", "actions", "annotations", NULL
	};
	const GauthJson *commons = gauth_json_get(member, "commonTypes");
	const GauthJson *entities = gauth_json_get(member, "entityTypes");
	const GauthJson *verbs = gauth_json_get(member, "actions");
	GauthStatus status = check_members(reader, member, known);

	if (status == GAUTH_OK)
		status = read_notes(reader, member, &space->notes);
	if (status == GAUTH_OK)
		status = read_namespace_name(reader, member, space);
	if (status != GAUTH_OK)
		return status;
	if (entities == NULL)
		return fail_missing(reader, member, "entityTypes");
	if (verbs == NULL)
		return fail_missing(reader, member, "actions");
	if (commons != NULL)
		status = read_commons(reader, commons, space);
	if (status == GAUTH_OK)
		status = read_entities(reader, entities, space);
	if (status == GAUTH_OK)
		status = read_verbs(reader, verbs, space);
	return status;
}

static GauthStatus
read_schema(Reader *reader, const GauthJson *root, GauthSchemaTree *tree)
{
	GauthSchemaNamespace **tail = &tree->namespaces;
	const GauthJson *member;

	if (root->type != GAUTH_JSON_OBJECT)
		return fail(reader, root, "expected an object of namespaces");
	for (member = root->first; member != NULL; member = member->next)
	{
		GauthSchemaNamespace *space;
		GauthStatus status = gauth_schema_make_node(&reader->builder,
													sizeof(*space),
													member->offset, &space);

		if (status == GAUTH_OK)
			status = read_namespace(reader, member, space);
		if (status != GAUTH_OK)
			return status;
		*tail = space;
		tail = &space->next;
	}
	return GAUTH_OK;
}

/*
 * gauth_schema_json_parse
 *		Read a schema in the JSON form into its declared form.
 *
 * Strings without escapes point into "source", which must outlive the tree.
 *
 * Errors: those of the JSON reader; GAUTH_INVALID_SYNTAX with line and
 * column; GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_json_parse(GauthArena *arena, GauthSpan source,
						const GauthSchemaLimits *limits,
						GauthSchemaTree **tree, GauthError *err)
{
	GauthJsonLimits json_limits = {0, 0, true};
	Reader		reader = {{arena, limits, err, source, 0}};
	GauthJson  *root;
	GauthStatus status;

	if (source.len > limits->source_size || source.len >= UINT32_MAX / 2)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "schema size");
	*tree = gauth_arena_zalloc(arena, sizeof(GauthSchemaTree));
	if (*tree == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "schema");
	(*tree)->source = source;

	/* a type takes at most two levels and a node at most four values */
	json_limits.depth = limits->nesting * 2 + 8;
	json_limits.nodes = limits->nodes > UINT32_MAX / 4 ? UINT32_MAX :
		limits->nodes * 4;
	status = gauth_json_parse(arena, source, &json_limits, &root, err);
	if (status != GAUTH_OK)
		return status;
	return read_schema(&reader, root, *tree);
}
