/*
 * schema_json_write.c
 *		The writer of Cedar's JSON schema form.
 *
 * Cedar documentation, "JSON schema format".  Output is compact and in the
 * order of the declarations.
 */
#include "policy/schema_json.h"

static void write_type_members(GauthText *text, const GauthSchemaType *type);

/* "name": with a comma in front unless it is the first */
static void
write_key(GauthText *text, bool *first, GauthSpan name)
{
	if (!*first)
		gauth_text_append_char(text, ',');
	*first = false;
	gauth_text_append_json_string(text, name);
	gauth_text_append_char(text, ':');
}

static void
write_notes(GauthText *text, const GauthSchemaNote *notes, bool *first)
{
	const GauthSchemaNote *note;
	bool		first_note = true;

	if (notes == NULL)
		return;
	write_key(text, first, GAUTH_SPAN("annotations"));
	gauth_text_append_char(text, '{');
	for (note = notes; note != NULL; note = note->next)
	{
		write_key(text, &first_note, note->name);
		if (note->has_value)
			gauth_text_append_json_string(text, note->value);
		else
			gauth_text_append(text, GAUTH_SPAN("null"));
	}
	gauth_text_append_char(text, '}');
}

static void
write_names(GauthText *text, const GauthSchemaName *names)
{
	const GauthSchemaName *name;

	gauth_text_append_char(text, '[');
	for (name = names; name != NULL; name = name->next)
	{
		if (name != names)
			gauth_text_append_char(text, ',');
		gauth_text_append_json_string(text, name->text);
	}
	gauth_text_append_char(text, ']');
}

static void
write_type(GauthText *text, const GauthSchemaType *type)
{
	gauth_text_append_char(text, '{');
	write_type_members(text, type);
	gauth_text_append_char(text, '}');
}

static void
write_fields(GauthText *text, const GauthSchemaField *fields)
{
	const GauthSchemaField *field;
	bool		first = true;

	gauth_text_append_char(text, '{');
	for (field = fields; field != NULL; field = field->next)
	{
		bool		first_member = false;

		write_key(text, &first, field->name);
		gauth_text_append_char(text, '{');
		write_type_members(text, field->type);
		if (!field->required)
		{
			write_key(text, &first_member, GAUTH_SPAN("required"));
			gauth_text_append(text, GAUTH_SPAN("false"));
		}
		write_notes(text, field->notes, &first_member);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, '}');
}

/* "type" and what belongs to it, without the braces */
static void
write_type_members(GauthText *text, const GauthSchemaType *type)
{
	static const char *const words[] = {
		[GAUTH_SCHEMA_BOOL] = "Boolean",
		[GAUTH_SCHEMA_LONG] = "Long",
		[GAUTH_SCHEMA_STRING] = "String",
		[GAUTH_SCHEMA_EXTENSION] = "Extension",
		[GAUTH_SCHEMA_SET] = "Set",
		[GAUTH_SCHEMA_RECORD] = "Record",
		[GAUTH_SCHEMA_ENTITY] = "Entity",
		[GAUTH_SCHEMA_COMMON] = NULL,
		[GAUTH_SCHEMA_EITHER] = "EntityOrCommon"
	};
	bool		first = true;

	write_key(text, &first, GAUTH_SPAN("type"));
	if (type->kind == GAUTH_SCHEMA_COMMON)
		gauth_text_append_json_string(text, type->name);
	else
		gauth_text_append_json_string(text, gauth_span_of(words[type->kind]));
	if (type->kind == GAUTH_SCHEMA_SET)
	{
		write_key(text, &first, GAUTH_SPAN("element"));
		write_type(text, type->element);
	}
	else if (type->kind == GAUTH_SCHEMA_RECORD)
	{
		write_key(text, &first, GAUTH_SPAN("attributes"));
		write_fields(text, type->fields);
	}
	else if (type->kind == GAUTH_SCHEMA_EXTENSION ||
			 type->kind == GAUTH_SCHEMA_ENTITY ||
			 type->kind == GAUTH_SCHEMA_EITHER)
	{
		write_key(text, &first, GAUTH_SPAN("name"));
		gauth_text_append_json_string(text, type->name);
	}
}

static void
write_common(GauthText *text, const GauthSchemaCommon *common)
{
	bool		first = false;

	gauth_text_append_char(text, '{');
	write_type_members(text, common->type);
	write_notes(text, common->notes, &first);
	gauth_text_append_char(text, '}');
}

static void
write_entity(GauthText *text, const GauthSchemaEntity *entity)
{
	bool		first = true;

	gauth_text_append_char(text, '{');
	if (entity->choices != NULL)
	{
		write_key(text, &first, GAUTH_SPAN("enum"));
		write_names(text, entity->choices);
	}
	if (entity->parents != NULL)
	{
		write_key(text, &first, GAUTH_SPAN("memberOfTypes"));
		write_names(text, entity->parents);
	}
	if (entity->shape != NULL)
	{
		write_key(text, &first, GAUTH_SPAN("shape"));
		write_type(text, entity->shape);
	}
	if (entity->tags != NULL)
	{
		write_key(text, &first, GAUTH_SPAN("tags"));
		write_type(text, entity->tags);
	}
	write_notes(text, entity->notes, &first);
	gauth_text_append_char(text, '}');
}

static void
write_parents(GauthText *text, const GauthSchemaParent *parents)
{
	const GauthSchemaParent *parent;

	gauth_text_append_char(text, '[');
	for (parent = parents; parent != NULL; parent = parent->next)
	{
		bool		first = true;

		gauth_text_append(text, parent == parents ? GAUTH_SPAN("{") :
						  GAUTH_SPAN(",{"));
		write_key(text, &first, GAUTH_SPAN("id"));
		gauth_text_append_json_string(text, parent->id);
		if (parent->type.len > 0)
		{
			write_key(text, &first, GAUTH_SPAN("type"));
			gauth_text_append_json_string(text, parent->type);
		}
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, ']');
}

static void
write_verb(GauthText *text, const GauthSchemaVerb *verb)
{
	bool		first = true;
	bool		first_member = true;

	gauth_text_append_char(text, '{');
	if (verb->parents != NULL)
	{
		write_key(text, &first, GAUTH_SPAN("memberOf"));
		write_parents(text, verb->parents);
	}
	if (verb->applies)
	{
		write_key(text, &first, GAUTH_SPAN("appliesTo"));
		gauth_text_append_char(text, '{');
		write_key(text, &first_member, GAUTH_SPAN("principalTypes"));
		write_names(text, verb->principals);
		write_key(text, &first_member, GAUTH_SPAN("resourceTypes"));
		write_names(text, verb->resources);
		if (verb->context != NULL)
		{
			write_key(text, &first_member, GAUTH_SPAN("context"));
			write_type(text, verb->context);
		}
		gauth_text_append_char(text, '}');
	}
	write_notes(text, verb->notes, &first);
	gauth_text_append_char(text, '}');
}

static void
write_namespace(GauthText *text, const GauthSchemaNamespace *space)
{
	const GauthSchemaCommon *common;
	const GauthSchemaEntity *entity;
	const GauthSchemaVerb *verb;
	bool		first = true;
	bool		first_member = true;

	gauth_text_append_char(text, '{');
	if (space->commons != NULL)
	{
		write_key(text, &first, GAUTH_SPAN("commonTypes"));
		gauth_text_append_char(text, '{');
		for (common = space->commons; common != NULL; common = common->next)
		{
			write_key(text, &first_member, common->name);
			write_common(text, common);
		}
		gauth_text_append_char(text, '}');
	}

	write_key(text, &first, GAUTH_SPAN("entityTypes"));
	gauth_text_append_char(text, '{');
	first_member = true;
	for (entity = space->entities; entity != NULL; entity = entity->next)
	{
		write_key(text, &first_member, entity->name);
		write_entity(text, entity);
	}
	gauth_text_append_char(text, '}');

	write_key(text, &first, GAUTH_SPAN("actions"));
	gauth_text_append_char(text, '{');
	first_member = true;
	for (verb = space->verbs; verb != NULL; verb = verb->next)
	{
		write_key(text, &first_member, verb->id);
		write_verb(text, verb);
	}
	gauth_text_append_char(text, '}');
	write_notes(text, space->notes, &first);
	gauth_text_append_char(text, '}');
}

/*
 * gauth_schema_json_write
 *		Append a schema in the JSON form.
 *
 * The tree is one that resolves, so that no object gets a member twice.
 */
void
gauth_schema_json_write(const GauthSchemaTree *tree, GauthText *text)
{
	const GauthSchemaNamespace *space;
	bool		first = true;

	gauth_text_append_char(text, '{');
	for (space = tree->namespaces; space != NULL; space = space->next)
	{
		write_key(text, &first, space->name);
		write_namespace(text, space);
	}
	gauth_text_append_char(text, '}');
}
