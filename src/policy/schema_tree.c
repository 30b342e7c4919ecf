/*
 * schema_tree.c
 *		Making the declared form of a schema, and its rules for names.
 */
#include "policy/schema_tree.h"

#include <stdarg.h>
#include <stdio.h>

#include "policy/lexer.h"
#include "policy/name_table.h"

const GauthSchemaLimits gauth_schema_default_limits = {
	.source_size = 8 * 1024 * 1024,
	.nodes = 500 * 1000,
	.nesting = 100,
	.type_size = 20 * 1000,
	.closure = 2 * 1000 * 1000
};

/* annotations up to which names are compared one by one */
#define SMALL_NOTES		8

/*
 * gauth_schema_fail
 *		Report a message with line and column; answers "status".
 */
GauthStatus
gauth_schema_fail(GauthError *err, GauthStatus status, GauthSpan source,
				  size_t offset, const char *format,...)
{
	char		message[GAUTH_ERROR_DETAIL_MAX];
	unsigned	line;
	unsigned	column;
	va_list		args;

	va_start(args, format);
	(void) vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	gauth_source_position(source, offset, &line, &column);
	return gauth_fail_format(err, status, offset,
							 "line %u, column %u: %s", line, column, message);
}

/*
 * gauth_schema_make_node
 *		Zeroed memory for one part of the tree; "node" is where its address
 *		goes.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_make_node(GauthSchemaBuilder *builder, size_t size,
					   size_t offset, void *node)
{
	void	   *memory;

	if (++builder->nodes > builder->limits->nodes)
		return gauth_fail_at(builder->err, GAUTH_LIMIT_EXCEEDED, offset,
							 "schema size");
	memory = gauth_arena_zalloc(builder->arena, size);
	if (memory == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "schema");
	memcpy(node, &memory, sizeof(memory));
	return GAUTH_OK;
}

/*
 * gauth_schema_make_type
 *		A type without its parts.
 *
 * Errors: as gauth_schema_make_node.
 */
GauthStatus
gauth_schema_make_type(GauthSchemaBuilder *builder, GauthSchemaTypeKind kind,
					   size_t offset, GauthSchemaType **type)
{
	GauthStatus status = gauth_schema_make_node(builder,
												sizeof(GauthSchemaType),
												offset, type);

	if (status != GAUTH_OK)
		return status;
	(*type)->kind = kind;
	(*type)->offset = (uint32_t) offset;
	return GAUTH_OK;
}

static GauthStatus
fail_repeated(GauthSchemaBuilder *builder, const GauthSchemaNote *note)
{
	return gauth_schema_fail(builder->err, GAUTH_INVALID_SYNTAX,
							 builder->source, note->offset,
							 "annotation \"%.*s\" appears twice",
							 GAUTH_SCHEMA_SHOW(note->name));
}

/*
 * gauth_schema_check_notes
 *		One declaration has each annotation at most once.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_check_notes(GauthSchemaBuilder *builder,
						 const GauthSchemaNote *notes)
{
	const GauthSchemaNote *note;
	const GauthSchemaNote *other;
	GauthNameTable table;
	uint32_t	count = 0;

	for (note = notes; note != NULL; note = note->next)
		count++;
	if (count <= SMALL_NOTES)
	{
		for (note = notes; note != NULL; note = note->next)
			for (other = notes; other != note; other = other->next)
				if (gauth_span_equal(note->name, other->name))
					return fail_repeated(builder, note);
		return GAUTH_OK;
	}

	if (!gauth_name_table_init(&table, builder->arena, count))
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "schema");
	for (note = notes; note != NULL; note = note->next)
	{
		if (gauth_name_table_put(&table, note->name, &table) != NULL)
			return fail_repeated(builder, note);
	}
	return GAUTH_OK;
}

/*
 * gauth_schema_is_identifier
 *		May this word name something, or be part of a path?
 *
 * "__cedar" is one: it may be referred to, only not declared.
 */
bool
gauth_schema_is_identifier(GauthSpan text)
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
	return gauth_span_is(text, "__cedar") || !gauth_word_is_reserved(text);
}

/* cut the next identifier off a path; false behind the last */
static bool
next_part(GauthSpan *path, GauthSpan *part)
{
	size_t		len = 0;

	if (path->data == NULL)
		return false;
	while (len < path->len && path->data[len] != ':')
		len++;
	*part = gauth_span_slice(*path, 0, len);
	if (len == path->len)
		*path = gauth_span(NULL, 0);
	else if (path->len - len < 2 || path->data[len + 1] != ':')
		*part = gauth_span_slice(*path, 0, 0);	/* one colon: not a name */
	else
		*path = gauth_span_slice(*path, len + 2, path->len - len - 2);
	return true;
}

/*
 * gauth_schema_is_path
 *		Is this identifiers with "::" between them and nothing else?
 */
bool
gauth_schema_is_path(GauthSpan text)
{
	GauthSpan	part;

	if (text.len == 0)
		return false;
	while (next_part(&text, &part))
	{
		if (!gauth_schema_is_identifier(part))
			return false;
	}
	return true;
}

/*
 * gauth_schema_is_path_reserved
 *		Does this path, which is one, go through "__cedar"?
 */
bool
gauth_schema_is_path_reserved(GauthSpan path)
{
	GauthSpan	part;

	while (next_part(&path, &part))
	{
		if (gauth_span_is(part, "__cedar"))
			return true;
	}
	return false;
}

/*
 * gauth_schema_basename
 *		What stands behind the last "::" of a path.
 */
GauthSpan
gauth_schema_basename(GauthSpan path)
{
	size_t		start = path.len;

	while (start > 0 && path.data[start - 1] != ':')
		start--;
	return gauth_span_slice(path, start, path.len - start);
}

/*
 * gauth_schema_is_builtin
 *		Is this how a schema writes one of the types that Cedar brings?
 */
bool
gauth_schema_is_builtin(GauthSpan name)
{
	static const char *const names[] = {
		"Bool", "Long", "String", "decimal", "ipaddr", "datetime", "duration"
	};
	size_t		i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		if (gauth_span_is(name, names[i]))
			return true;
	}
	return false;
}

/*
 * gauth_schema_is_keyword_type
 *		Does the JSON form give this name a meaning of its own, so that no
 *		common type may be called so?
 */
bool
gauth_schema_is_keyword_type(GauthSpan name)
{
	static const char *const names[] = {
		"Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set",
		"String"
	};
	size_t		i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		if (gauth_span_is(name, names[i]))
			return true;
	}
	return false;
}
