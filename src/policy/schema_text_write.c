/*
 * schema_text_write.c
 *		The writer of Cedar's human schema syntax.
 *
 * Cedar documentation, "Human-readable schema format".  Types that the JSON
 * form tells apart and the human syntax does not are written so that they
 * are read back as the same; where that cannot be, the writer says so:
 * an entity type that shares its name with a common type, and a shape that
 * refers to a common type.
 */
#include "policy/schema_text.h"

#include "policy/format.h"
#include "policy/name_table.h"

typedef struct Writer
{
	GauthText  *text;
	GauthError *err;
	GauthSpan	source;			/* of the tree, for places */
	GauthNameTable commons;		/* full names of common types */
	const GauthSchemaNamespace *space;
} Writer;

static GauthStatus write_type(Writer *writer, const GauthSchemaType *type,
							  unsigned indent);

static void
write_indent(Writer *writer, unsigned indent)
{
	while (indent-- > 0)
		gauth_text_append(writer->text, GAUTH_SPAN("    "));
}

static void
write_notes(Writer *writer, const GauthSchemaNote *notes, unsigned indent)
{
	const GauthSchemaNote *note;

	for (note = notes; note != NULL; note = note->next)
	{
		write_indent(writer, indent);
		gauth_text_append_char(writer->text, '@');
		gauth_text_append(writer->text, note->name);
		if (note->has_value)
		{
			gauth_text_append_char(writer->text, '(');
			gauth_string_format(writer->text, note->value);
			gauth_text_append_char(writer->text, ')');
		}
		gauth_text_append_char(writer->text, '\n');
	}
}

/* names in brackets, as paths or as strings */
static void
write_names(Writer *writer, const GauthSchemaName *names, bool strings)
{
	const GauthSchemaName *name;

	gauth_text_append_char(writer->text, '[');
	for (name = names; name != NULL; name = name->next)
	{
		if (name != names)
			gauth_text_append(writer->text, GAUTH_SPAN(", "));
		if (strings)
			gauth_string_format(writer->text, name->text);
		else
			gauth_text_append(writer->text, name->text);
	}
	gauth_text_append_char(writer->text, ']');
}

/* would the human syntax take this entity type for a common type? */
static GauthStatus
check_entity_name(Writer *writer, const GauthSchemaType *type)
{
	GauthSpan	space = writer->space->name;
	GauthText	full;
	GauthSpan	name = type->name;
	bool		clash = gauth_name_table_get(&writer->commons, name) != NULL;

	if (!clash && space.len > 0 && memchr(name.data, ':', name.len) == NULL)
	{
		gauth_text_init(&full, writer->text->arena);
		gauth_text_append(&full, space);
		gauth_text_append(&full, GAUTH_SPAN("::"));
		gauth_text_append(&full, name);
		if (!gauth_text_finish(&full, &name))
			return gauth_fail(writer->err, GAUTH_OUT_OF_MEMORY, "schema");
		clash = gauth_name_table_get(&writer->commons, name) != NULL;
	}
	if (!clash)
		return GAUTH_OK;
	return gauth_schema_fail(writer->err, GAUTH_INVALID_VALUE,
							 writer->source, type->offset,
							 "entity type \"%.*s\" shares its name with a "
							 "common type, so the human syntax cannot refer "
							 "to it", GAUTH_SCHEMA_SHOW(type->name));
}

static GauthStatus
write_record(Writer *writer, const GauthSchemaType *type, unsigned indent)
{
	const GauthSchemaField *field;

	gauth_text_append_char(writer->text, '{');
	for (field = type->fields; field != NULL; field = field->next)
	{
		GauthStatus status;

		gauth_text_append_char(writer->text, '\n');
		write_notes(writer, field->notes, indent + 1);
		write_indent(writer, indent + 1);
		if (gauth_schema_is_identifier(field->name))
			gauth_text_append(writer->text, field->name);
		else
			gauth_string_format(writer->text, field->name);
		gauth_text_append(writer->text, field->required ? GAUTH_SPAN(": ") :
						  GAUTH_SPAN("?: "));
		status = write_type(writer, field->type, indent + 1);
		if (status != GAUTH_OK)
			return status;
		if (field->next != NULL)
			gauth_text_append_char(writer->text, ',');
	}
	if (type->fields != NULL)
	{
		gauth_text_append_char(writer->text, '\n');
		write_indent(writer, indent);
	}
	gauth_text_append_char(writer->text, '}');
	return GAUTH_OK;
}

/* what Cedar brings is written in full: a schema may use the short name */
static GauthStatus
write_type(Writer *writer, const GauthSchemaType *type, unsigned indent)
{
	GauthStatus status = GAUTH_OK;

	switch (type->kind)
	{
		case GAUTH_SCHEMA_BOOL:
			gauth_text_append(writer->text, GAUTH_SPAN("__cedar::Bool"));
			return GAUTH_OK;
		case GAUTH_SCHEMA_LONG:
			gauth_text_append(writer->text, GAUTH_SPAN("__cedar::Long"));
			return GAUTH_OK;
		case GAUTH_SCHEMA_STRING:
			gauth_text_append(writer->text, GAUTH_SPAN("__cedar::String"));
			return GAUTH_OK;
		case GAUTH_SCHEMA_EXTENSION:
			gauth_text_append(writer->text, GAUTH_SPAN("__cedar::"));
			gauth_text_append(writer->text, type->name);
			return GAUTH_OK;
		case GAUTH_SCHEMA_RECORD:
			return write_record(writer, type, indent);
		case GAUTH_SCHEMA_SET:
			gauth_text_append(writer->text, GAUTH_SPAN("Set<"));
			status = write_type(writer, type->element, indent);
			gauth_text_append_char(writer->text, '>');
			return status;
		case GAUTH_SCHEMA_ENTITY:
			status = check_entity_name(writer, type);
			break;
		default:
			break;
	}
	gauth_text_append(writer->text, type->name);
	return status;
}

static GauthStatus
write_common(Writer *writer, const GauthSchemaCommon *common, unsigned indent)
{
	GauthStatus status;

	write_notes(writer, common->notes, indent);
	write_indent(writer, indent);
	gauth_text_append(writer->text, GAUTH_SPAN("type "));
	gauth_text_append(writer->text, common->name);
	gauth_text_append(writer->text, GAUTH_SPAN(" = "));
	status = write_type(writer, common->type, indent);
	gauth_text_append(writer->text, GAUTH_SPAN(";\n"));
	return status;
}

static GauthStatus
write_entity_body(Writer *writer, const GauthSchemaEntity *entity,
				  unsigned indent)
{
	GauthStatus status = GAUTH_OK;

	if (entity->parents != NULL)
	{
		gauth_text_append(writer->text, GAUTH_SPAN(" in "));
		write_names(writer, entity->parents, false);
	}
	if (entity->shape != NULL && entity->shape->kind != GAUTH_SCHEMA_RECORD)
		return gauth_schema_fail(writer->err, GAUTH_INVALID_VALUE,
								 writer->source, entity->shape->offset,
								 "the human syntax cannot give an entity "
								 "type the shape of a common type");
	if (entity->shape != NULL)
	{
		gauth_text_append(writer->text, GAUTH_SPAN(" = "));
		status = write_record(writer, entity->shape, indent);
	}
	if (status == GAUTH_OK && entity->tags != NULL)
	{
		gauth_text_append(writer->text, GAUTH_SPAN(" tags "));
		status = write_type(writer, entity->tags, indent);
	}
	return status;
}

static GauthStatus
write_entity(Writer *writer, const GauthSchemaEntity *entity, unsigned indent)
{
	GauthStatus status = GAUTH_OK;

	write_notes(writer, entity->notes, indent);
	write_indent(writer, indent);
	gauth_text_append(writer->text, GAUTH_SPAN("entity "));
	gauth_text_append(writer->text, entity->name);
	if (entity->choices != NULL)
	{
		gauth_text_append(writer->text, GAUTH_SPAN(" enum "));
		write_names(writer, entity->choices, true);
	}
	else
		status = write_entity_body(writer, entity, indent);
	gauth_text_append(writer->text, GAUTH_SPAN(";\n"));
	return status;
}

static void
write_parents(Writer *writer, const GauthSchemaParent *parents)
{
	const GauthSchemaParent *parent;

	gauth_text_append(writer->text, GAUTH_SPAN(" in ["));
	for (parent = parents; parent != NULL; parent = parent->next)
	{
		if (parent != parents)
			gauth_text_append(writer->text, GAUTH_SPAN(", "));
		gauth_text_append(writer->text, parent->type);
		if (parent->type.len > 0)
			gauth_text_append(writer->text, GAUTH_SPAN("::"));
		gauth_string_format(writer->text, parent->id);
	}
	gauth_text_append_char(writer->text, ']');
}

/* what applies to nothing has no appliesTo: the syntax has no empty lists */
static GauthStatus
write_applies_to(Writer *writer, const GauthSchemaVerb *verb, unsigned indent)
{
	GauthStatus status = GAUTH_OK;

	if (verb->principals == NULL || verb->resources == NULL)
		return GAUTH_OK;
	gauth_text_append(writer->text, GAUTH_SPAN(" appliesTo {\n"));
	write_indent(writer, indent + 1);
	gauth_text_append(writer->text, GAUTH_SPAN("principal: "));
	write_names(writer, verb->principals, false);
	gauth_text_append(writer->text, GAUTH_SPAN(",\n"));
	write_indent(writer, indent + 1);
	gauth_text_append(writer->text, GAUTH_SPAN("resource: "));
	write_names(writer, verb->resources, false);
	if (verb->context != NULL)
	{
		gauth_text_append(writer->text, GAUTH_SPAN(",\n"));
		write_indent(writer, indent + 1);
		gauth_text_append(writer->text, GAUTH_SPAN("context: "));
		status = write_type(writer, verb->context, indent + 1);
	}
	gauth_text_append_char(writer->text, '\n');
	write_indent(writer, indent);
	gauth_text_append_char(writer->text, '}');
	return status;
}

static GauthStatus
write_verb(Writer *writer, const GauthSchemaVerb *verb, unsigned indent)
{
	GauthStatus status;

	write_notes(writer, verb->notes, indent);
	write_indent(writer, indent);
	gauth_text_append(writer->text, GAUTH_SPAN("action "));
	gauth_string_format(writer->text, verb->id);
	if (verb->parents != NULL)
		write_parents(writer, verb->parents);
	status = write_applies_to(writer, verb, indent);
	gauth_text_append(writer->text, GAUTH_SPAN(";\n"));
	return status;
}

static GauthStatus
write_declarations(Writer *writer, const GauthSchemaNamespace *space,
				   unsigned indent)
{
	const GauthSchemaCommon *common;
	const GauthSchemaEntity *entity;
	const GauthSchemaVerb *verb;
	GauthStatus status = GAUTH_OK;

	writer->space = space;
	for (common = space->commons; common != NULL && status == GAUTH_OK;
		 common = common->next)
		status = write_common(writer, common, indent);
	for (entity = space->entities; entity != NULL && status == GAUTH_OK;
		 entity = entity->next)
		status = write_entity(writer, entity, indent);
	for (verb = space->verbs; verb != NULL && status == GAUTH_OK;
		 verb = verb->next)
		status = write_verb(writer, verb, indent);
	return status;
}

static GauthStatus
write_namespace(Writer *writer, const GauthSchemaNamespace *space)
{
	GauthStatus status;

	if (space->name.len == 0)
		return write_declarations(writer, space, 0);
	write_notes(writer, space->notes, 0);
	gauth_text_append(writer->text, GAUTH_SPAN("namespace "));
	gauth_text_append(writer->text, space->name);
	gauth_text_append(writer->text, GAUTH_SPAN(" {\n"));
	status = write_declarations(writer, space, 1);
	gauth_text_append(writer->text, GAUTH_SPAN("}\n"));
	return status;
}

/* the full names of all common types, in "writer->commons" */
static bool
collect_commons(Writer *writer, const GauthSchemaTree *tree)
{
	GauthArena *arena = writer->text->arena;
	const GauthSchemaNamespace *space;
	const GauthSchemaCommon *common;
	uint32_t	count = 0;

	for (space = tree->namespaces; space != NULL; space = space->next)
		for (common = space->commons; common != NULL; common = common->next)
			count++;
	if (!gauth_name_table_init(&writer->commons, arena, count))
		return false;
	for (space = tree->namespaces; space != NULL; space = space->next)
	{
		for (common = space->commons; common != NULL; common = common->next)
		{
			GauthText	full;
			GauthSpan	name;

			gauth_text_init(&full, arena);
			gauth_text_append(&full, space->name);
			if (space->name.len > 0)
				gauth_text_append(&full, GAUTH_SPAN("::"));
			gauth_text_append(&full, common->name);
			if (!gauth_text_finish(&full, &name))
				return false;
			(void) gauth_name_table_put(&writer->commons, name, writer);
		}
	}
	return true;
}

/*
 * gauth_schema_text_write
 *		Append a schema in the human syntax.
 *
 * Errors: GAUTH_INVALID_VALUE for what the syntax cannot say;
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_text_write(const GauthSchemaTree *tree, GauthText *text,
						GauthError *err)
{
	Writer		writer = {.text = text,.err = err,.source = tree->source};
	const GauthSchemaNamespace *space;
	GauthStatus status = GAUTH_OK;

	if (!collect_commons(&writer, tree))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "schema");
	for (space = tree->namespaces; space != NULL && status == GAUTH_OK;
		 space = space->next)
	{
		if (space != tree->namespaces)
			gauth_text_append_char(text, '\n');
		status = write_namespace(&writer, space);
	}
	if (status == GAUTH_OK && text->failed)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "schema");
	return status;
}
