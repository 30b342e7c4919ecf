/*
 * schema_parser.c
 *		The human schema syntax below its declarations: names, lists,
 *		annotations, types.
 *
 * Cedar documentation, "Human-readable schema format: grammar".  The only
 * recursion is that of types within types, which is counted.
 */
#include "policy/schema_parser.h"

/*
 * gauth_schema_accept
 *		Go on if this token is next; "found" says whether it was.
 */
GauthStatus
gauth_schema_accept(GauthSchemaParser *parser, const char *token, bool *found)
{
	*found = gauth_token_is(&parser->lexer, token);
	return *found ? gauth_lexer_advance(&parser->lexer) : GAUTH_OK;
}

/*
 * gauth_schema_expect
 *		Go on behind this token; "expected" names it for a person.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_schema_expect(GauthSchemaParser *parser, const char *token,
					const char *expected)
{
	if (!gauth_token_is(&parser->lexer, token))
		return gauth_lexer_fail(&parser->lexer, expected);
	return gauth_lexer_advance(&parser->lexer);
}

static inline size_t
here(const GauthSchemaParser *parser)
{
	return parser->lexer.token.offset;
}

/*
 * gauth_schema_parse_identifier
 *		A word that names something.  "__cedar" is one: who declares
 *		something refuses it.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_schema_parse_identifier(GauthSchemaParser *parser, GauthSpan *text)
{
	if (parser->lexer.token.kind != GAUTH_TOKEN_WORD ||
		!gauth_schema_is_identifier(parser->lexer.token.text))
		return gauth_lexer_fail(&parser->lexer,
								"an identifier that is no reserved word");
	*text = parser->lexer.token.text;
	return gauth_lexer_advance(&parser->lexer);
}

/*
 * gauth_schema_parse_string
 *		The content of a string.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_parse_string(GauthSchemaParser *parser, GauthSpan *text)
{
	GauthStatus status;

	if (parser->lexer.token.kind != GAUTH_TOKEN_STRING)
		return gauth_lexer_fail(&parser->lexer, "a string");
	status = gauth_lexer_unescape(&parser->lexer, false, text);
	if (status != GAUTH_OK)
		return status;
	return gauth_lexer_advance(&parser->lexer);
}

/*
 * gauth_schema_parse_name
 *		An identifier, or the content of a string.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_parse_name(GauthSchemaParser *parser, GauthSpan *text)
{
	if (parser->lexer.token.kind == GAUTH_TOKEN_STRING)
		return gauth_schema_parse_string(parser, text);
	if (parser->lexer.token.kind != GAUTH_TOKEN_WORD)
		return gauth_lexer_fail(&parser->lexer, "a name or a string");
	return gauth_schema_parse_identifier(parser, text);
}

/* append "::part"; white space may have stood between them in the source */
static GauthStatus
extend_path(GauthSchemaParser *parser, GauthSpan *path, GauthSpan part)
{
	char	   *joined;

	if (path->data + path->len + 2 == part.data)
	{
		path->len += 2 + part.len;
		return GAUTH_OK;
	}
	joined = gauth_arena_alloc(parser->builder.arena,
							   path->len + 2 + part.len);
	if (joined == NULL)
		return gauth_fail(parser->builder.err, GAUTH_OUT_OF_MEMORY, "schema");
	memcpy(joined, path->data, path->len);
	memcpy(joined + path->len, "::", 2);
	memcpy(joined + path->len + 2, part.data, part.len);
	*path = gauth_span(joined, path->len + 2 + part.len);
	return GAUTH_OK;
}

/*
 * gauth_schema_parse_path
 *		A::B::C, without the white space that may stand in it.
 *
 * With "id" not NULL the last part may be a string, which goes there:
 * A::B::"c".  "id->data" stays NULL when there is none.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_parse_path(GauthSchemaParser *parser, GauthSpan *path,
						GauthSpan *id)
{
	GauthStatus status = gauth_schema_parse_identifier(parser, path);
	uint32_t	parts = 1;
	bool		more;

	while (status == GAUTH_OK)
	{
		GauthSpan	part = {NULL, 0};

		status = gauth_schema_accept(parser, "::", &more);
		if (status != GAUTH_OK || !more)
			break;
		if (id != NULL && parser->lexer.token.kind == GAUTH_TOKEN_STRING)
			return gauth_schema_parse_string(parser, id);
		if (++parts > parser->builder.limits->nesting)
			return gauth_fail_at(parser->builder.err, GAUTH_LIMIT_EXCEEDED,
								 here(parser), "parts of a name");
		status = gauth_schema_parse_identifier(parser, &part);
		if (status == GAUTH_OK)
			status = extend_path(parser, path, part);
	}
	return status;
}

static GauthStatus
add_name(GauthSchemaParser *parser, size_t offset, GauthSpan text,
		 GauthSchemaName ***tail)
{
	GauthSchemaName *name;
	GauthStatus status = gauth_schema_make_node(&parser->builder,
												sizeof(*name), offset, &name);

	if (status != GAUTH_OK)
		return status;
	name->text = text;
	name->offset = (uint32_t) offset;
	**tail = name;
	*tail = &name->next;
	return GAUTH_OK;
}

/*
 * gauth_schema_parse_names
 *		One or more of what "parse_one" reads, with commas between them.
 *
 * Errors: as those of "parse_one"; GAUTH_LIMIT_EXCEEDED.
 */
GauthStatus
gauth_schema_parse_names(GauthSchemaParser *parser,
						 GauthSchemaParseText parse_one,
						 GauthSchemaName **first)
{
	GauthSchemaName **tail = first;
	GauthStatus status;
	bool		more = true;

	*first = NULL;
	while (more)
	{
		size_t		offset = here(parser);
		GauthSpan	text;

		status = parse_one(parser, &text);
		if (status == GAUTH_OK)
			status = add_name(parser, offset, text, &tail);
		if (status == GAUTH_OK)
			status = gauth_schema_accept(parser, ",", &more);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

static GauthStatus
parse_plain_path(GauthSchemaParser *parser, GauthSpan *text)
{
	return gauth_schema_parse_path(parser, text, NULL);
}

/*
 * gauth_schema_parse_entity_types
 *		One entity type, or any number of them in brackets.
 *
 * Errors: as gauth_schema_parse_path.
 */
GauthStatus
gauth_schema_parse_entity_types(GauthSchemaParser *parser,
								const GauthSchemaName **first)
{
	GauthSchemaName *names = NULL;
	GauthSchemaName **tail = &names;
	size_t		offset = here(parser);
	GauthSpan	path;
	GauthStatus status;
	bool		found;

	status = gauth_schema_accept(parser, "[", &found);
	if (status != GAUTH_OK)
		return status;
	if (!found)
	{
		status = gauth_schema_parse_path(parser, &path, NULL);
		if (status == GAUTH_OK)
			status = add_name(parser, offset, path, &tail);
		*first = names;
		return status;
	}

	status = gauth_schema_accept(parser, "]", &found);
	if (status != GAUTH_OK || found)
		return status;
	status = gauth_schema_parse_names(parser, parse_plain_path, &names);
	if (status != GAUTH_OK)
		return status;
	*first = names;
	return gauth_schema_expect(parser, "]", "\",\" or \"]\"");
}

/* behind "@" */
static GauthStatus
parse_note(GauthSchemaParser *parser, GauthSchemaNote *note)
{
	GauthStatus status;
	bool		found;

	if (parser->lexer.token.kind != GAUTH_TOKEN_WORD)
		return gauth_lexer_fail(&parser->lexer, "the name of an annotation");
	note->name = parser->lexer.token.text;
	status = gauth_lexer_advance(&parser->lexer);
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "(", &found);
	if (status != GAUTH_OK || !found)
		return status;

	note->has_value = true;
	status = gauth_schema_parse_string(parser, &note->value);
	if (status != GAUTH_OK)
		return status;
	return gauth_schema_expect(parser, ")", "\")\"");
}

/*
 * gauth_schema_parse_notes
 *		Any number of annotations, each name once.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_parse_notes(GauthSchemaParser *parser,
						 const GauthSchemaNote **notes)
{
	GauthSchemaNote *first = NULL;
	GauthSchemaNote **tail = &first;

	for (;;)
	{
		GauthSchemaNote *note;
		size_t		offset = here(parser);
		GauthStatus status;
		bool		found;

		status = gauth_schema_accept(parser, "@", &found);
		if (status == GAUTH_OK && !found)
			break;
		if (status == GAUTH_OK)
			status = gauth_schema_make_node(&parser->builder, sizeof(*note),
											offset, &note);
		if (status != GAUTH_OK)
			return status;
		note->offset = (uint32_t) offset;
		*tail = note;
		tail = &note->next;
		status = parse_note(parser, note);
		if (status != GAUTH_OK)
			return status;
	}
	*notes = first;
	return gauth_schema_check_notes(&parser->builder, first);
}

/* [annotations] name ["?"] ":" type */
static GauthStatus
parse_field(GauthSchemaParser *parser, GauthSchemaField ***tail)
{
	const GauthSchemaNote *notes;
	GauthSchemaField *field;
	bool		optional = false;
	GauthStatus status = gauth_schema_parse_notes(parser, &notes);

	if (status == GAUTH_OK)
		status = gauth_schema_make_node(&parser->builder, sizeof(*field),
										here(parser), &field);
	if (status != GAUTH_OK)
		return status;
	field->notes = notes;
	field->offset = (uint32_t) here(parser);
	**tail = field;
	*tail = &field->next;

	status = gauth_schema_parse_name(parser, &field->name);
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "?", &optional);
	field->required = !optional;
	if (status == GAUTH_OK)
		status = gauth_schema_expect(parser, ":",
									 "\":\" and the type of the attribute");
	if (status == GAUTH_OK)
		status = gauth_schema_parse_type(parser, &field->type);
	return status;
}

/*
 * gauth_schema_parse_record
 *		A record type, from its brace on.
 *
 * Errors: as gauth_schema_parse_type.
 */
GauthStatus
gauth_schema_parse_record(GauthSchemaParser *parser,
						  const GauthSchemaType **result)
{
	GauthSchemaType *type;
	GauthSchemaField *fields = NULL;
	GauthSchemaField **tail = &fields;
	GauthStatus status;
	bool		done;

	status = gauth_schema_make_type(&parser->builder, GAUTH_SCHEMA_RECORD,
									here(parser), &type);
	if (status == GAUTH_OK)
		status = gauth_schema_expect(parser, "{", "\"{\"");
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "}", &done);
	while (status == GAUTH_OK && !done)
	{
		bool		comma;

		status = parse_field(parser, &tail);
		if (status == GAUTH_OK)
			status = gauth_schema_accept(parser, ",", &comma);
		if (status == GAUTH_OK)
			status = gauth_schema_accept(parser, "}", &done);
		if (status == GAUTH_OK && !done && !comma)
			return gauth_lexer_fail(&parser->lexer, "\",\" or \"}\"");
	}
	if (status != GAUTH_OK)
		return status;
	type->fields = fields;
	*result = type;
	return GAUTH_OK;
}

/* a path, which may be the word "Set" and then go on as a set */
static GauthStatus
parse_named_type(GauthSchemaParser *parser, const GauthSchemaType **result)
{
	size_t		offset = here(parser);
	bool		is_set = gauth_token_is(&parser->lexer, "Set");
	GauthSchemaType *type;
	GauthSpan	path;
	GauthStatus status;

	status = gauth_schema_make_type(&parser->builder, GAUTH_SCHEMA_EITHER,
									offset, &type);
	if (status == GAUTH_OK)
		status = gauth_schema_parse_path(parser, &path, NULL);
	if (status != GAUTH_OK)
		return status;
	*result = type;
	type->name = path;
	if (!is_set || path.len != 3)
		return GAUTH_OK;

	status = gauth_schema_accept(parser, "<", &is_set);
	if (status != GAUTH_OK || !is_set)
		return status;
	type->kind = GAUTH_SCHEMA_SET;
	status = gauth_schema_parse_type(parser, &type->element);
	if (status != GAUTH_OK)
		return status;
	return gauth_schema_expect(parser, ">", "\">\"");
}

/*
 * gauth_schema_parse_type
 *		A type.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_parse_type(GauthSchemaParser *parser,
						const GauthSchemaType **type)
{
	GauthStatus status;

	if (++parser->depth > parser->builder.limits->nesting)
		return gauth_fail_at(parser->builder.err, GAUTH_LIMIT_EXCEEDED,
							 here(parser), "types within types");
	if (gauth_token_is(&parser->lexer, "{"))
		status = gauth_schema_parse_record(parser, type);
	else if (parser->lexer.token.kind == GAUTH_TOKEN_WORD)
		status = parse_named_type(parser, type);
	else
		status = gauth_lexer_fail(&parser->lexer, "a type");
	parser->depth--;
	return status;
}
