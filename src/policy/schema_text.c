/*
 * schema_text.c
 *		The reader of Cedar's human schema syntax.
 *
 * Cedar documentation, "Human-readable schema format: grammar".  A
 * recursive descent parser over the tokens of lexer.h; the only recursion is
 * that of types within types, which is counted.
 *
 * It makes the declared form and looks up no name; that names are declared
 * once is checked with them, in schema_names.c.
 */
#include "policy/schema_text.h"

#include "policy/lexer.h"

typedef struct Parser
{
	GauthSchemaBuilder builder;
	GauthLexer	lexer;
	uint32_t	depth;			/* types within types */
	GauthSchemaNamespace *unnamed;	/* where declarations outside of all
									 * namespaces gather */
	GauthSchemaNamespace **last_namespace;
} Parser;

/* the tails of the lists of one namespace */
typedef struct Tails
{
	GauthSchemaCommon **common;
	GauthSchemaEntity **entity;
	GauthSchemaVerb **verb;
} Tails;

static GauthStatus parse_type(Parser *parser, const GauthSchemaType **type);

static GauthStatus
accept(Parser *parser, const char *token, bool *found)
{
	*found = gauth_token_is(&parser->lexer, token);
	return *found ? gauth_lexer_advance(&parser->lexer) : GAUTH_OK;
}

static GauthStatus
expect(Parser *parser, const char *token, const char *expected)
{
	if (!gauth_token_is(&parser->lexer, token))
		return gauth_lexer_fail(&parser->lexer, expected);
	return gauth_lexer_advance(&parser->lexer);
}

static inline size_t
here(const Parser *parser)
{
	return parser->lexer.token.offset;
}

/* a word that names something; "__cedar" is one, who declares refuses it */
static GauthStatus
parse_identifier(Parser *parser, GauthSpan *text)
{
	if (parser->lexer.token.kind != GAUTH_TOKEN_WORD ||
		!gauth_schema_is_identifier(parser->lexer.token.text))
		return gauth_lexer_fail(&parser->lexer,
								"an identifier that is no reserved word");
	*text = parser->lexer.token.text;
	return gauth_lexer_advance(&parser->lexer);
}

static GauthStatus
parse_string(Parser *parser, GauthSpan *text)
{
	GauthStatus status;

	if (parser->lexer.token.kind != GAUTH_TOKEN_STRING)
		return gauth_lexer_fail(&parser->lexer, "a string");
	status = gauth_lexer_unescape(&parser->lexer, false, text);
	if (status != GAUTH_OK)
		return status;
	return gauth_lexer_advance(&parser->lexer);
}

/* an identifier or a string */
static GauthStatus
parse_name(Parser *parser, GauthSpan *text)
{
	if (parser->lexer.token.kind == GAUTH_TOKEN_STRING)
		return parse_string(parser, text);
	if (parser->lexer.token.kind != GAUTH_TOKEN_WORD)
		return gauth_lexer_fail(&parser->lexer, "a name or a string");
	return parse_identifier(parser, text);
}

/* append "::part"; white space may have stood between them in the source */
static GauthStatus
extend_path(Parser *parser, GauthSpan *path, GauthSpan part)
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
 * A::B::C.  With "id" not NULL the last part may be a string, which goes
 * there: A::B::"c"; "id->data" stays NULL when there is none.
 */
static GauthStatus
parse_path(Parser *parser, GauthSpan *path, GauthSpan *id)
{
	GauthStatus status = parse_identifier(parser, path);
	uint32_t	parts = 1;
	bool		more;

	while (status == GAUTH_OK)
	{
		GauthSpan	part;

		status = accept(parser, "::", &more);
		if (status != GAUTH_OK || !more)
			break;
		if (id != NULL && parser->lexer.token.kind == GAUTH_TOKEN_STRING)
			return parse_string(parser, id);
		if (++parts > parser->builder.limits->nesting)
			return gauth_fail_at(parser->builder.err, GAUTH_LIMIT_EXCEEDED,
								 here(parser), "parts of a name");
		status = parse_identifier(parser, &part);
		if (status == GAUTH_OK)
			status = extend_path(parser, path, part);
	}
	return status;
}

static GauthStatus
add_name(Parser *parser, size_t offset, GauthSpan text,
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

/* one or more of what "parse_one" reads, with commas between them */
static GauthStatus
parse_names(Parser *parser,
			GauthStatus (*parse_one) (Parser *parser, GauthSpan *text),
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
			status = accept(parser, ",", &more);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

static GauthStatus
parse_plain_path(Parser *parser, GauthSpan *text)
{
	return parse_path(parser, text, NULL);
}

/* one entity type, or any number of them in brackets */
static GauthStatus
parse_entity_types(Parser *parser, const GauthSchemaName **first)
{
	GauthSchemaName *names = NULL;
	GauthSchemaName **tail = &names;
	size_t		offset = here(parser);
	GauthSpan	path;
	GauthStatus status;
	bool		found;

	status = accept(parser, "[", &found);
	if (status != GAUTH_OK)
		return status;
	if (!found)
	{
		status = parse_path(parser, &path, NULL);
		if (status == GAUTH_OK)
			status = add_name(parser, offset, path, &tail);
		*first = names;
		return status;
	}

	status = accept(parser, "]", &found);
	if (status != GAUTH_OK || found)
		return status;
	status = parse_names(parser, parse_plain_path, &names);
	if (status != GAUTH_OK)
		return status;
	*first = names;
	return expect(parser, "]", "\",\" or \"]\"");
}

/* behind "@" */
static GauthStatus
parse_note(Parser *parser, GauthSchemaNote *note)
{
	GauthStatus status;
	bool		found;

	if (parser->lexer.token.kind != GAUTH_TOKEN_WORD)
		return gauth_lexer_fail(&parser->lexer, "the name of an annotation");
	note->name = parser->lexer.token.text;
	status = gauth_lexer_advance(&parser->lexer);
	if (status == GAUTH_OK)
		status = accept(parser, "(", &found);
	if (status != GAUTH_OK || !found)
		return status;

	note->has_value = true;
	status = parse_string(parser, &note->value);
	if (status != GAUTH_OK)
		return status;
	return expect(parser, ")", "\")\"");
}

static GauthStatus
parse_notes(Parser *parser, const GauthSchemaNote **notes)
{
	GauthSchemaNote *first = NULL;
	GauthSchemaNote **tail = &first;

	for (;;)
	{
		GauthSchemaNote *note;
		size_t		offset = here(parser);
		GauthStatus status;
		bool		found;

		status = accept(parser, "@", &found);
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
parse_field(Parser *parser, GauthSchemaField ***tail)
{
	const GauthSchemaNote *notes;
	GauthSchemaField *field;
	bool		optional = false;
	GauthStatus status = parse_notes(parser, &notes);

	if (status == GAUTH_OK)
		status = gauth_schema_make_node(&parser->builder, sizeof(*field),
										here(parser), &field);
	if (status != GAUTH_OK)
		return status;
	field->notes = notes;
	field->offset = (uint32_t) here(parser);
	**tail = field;
	*tail = &field->next;

	status = parse_name(parser, &field->name);
	if (status == GAUTH_OK)
		status = accept(parser, "?", &optional);
	field->required = !optional;
	if (status == GAUTH_OK)
		status = expect(parser, ":", "\":\" and the type of the attribute");
	if (status == GAUTH_OK)
		status = parse_type(parser, &field->type);
	return status;
}

/* at "{" */
static GauthStatus
parse_record(Parser *parser, const GauthSchemaType **result)
{
	GauthSchemaType *type;
	GauthSchemaField *fields = NULL;
	GauthSchemaField **tail = &fields;
	GauthStatus status;
	bool		done;

	status = gauth_schema_make_type(&parser->builder, GAUTH_SCHEMA_RECORD,
									here(parser), &type);
	if (status == GAUTH_OK)
		status = expect(parser, "{", "\"{\"");
	if (status == GAUTH_OK)
		status = accept(parser, "}", &done);
	while (status == GAUTH_OK && !done)
	{
		bool		comma;

		status = parse_field(parser, &tail);
		if (status == GAUTH_OK)
			status = accept(parser, ",", &comma);
		if (status == GAUTH_OK)
			status = accept(parser, "}", &done);
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
parse_named_type(Parser *parser, const GauthSchemaType **result)
{
	size_t		offset = here(parser);
	bool		is_set = gauth_token_is(&parser->lexer, "Set");
	GauthSchemaType *type;
	GauthSpan	path;
	GauthStatus status;

	status = gauth_schema_make_type(&parser->builder, GAUTH_SCHEMA_EITHER,
									offset, &type);
	if (status == GAUTH_OK)
		status = parse_path(parser, &path, NULL);
	if (status != GAUTH_OK)
		return status;
	*result = type;
	type->name = path;
	if (!is_set || path.len != 3)
		return GAUTH_OK;

	status = accept(parser, "<", &is_set);
	if (status != GAUTH_OK || !is_set)
		return status;
	type->kind = GAUTH_SCHEMA_SET;
	status = parse_type(parser, &type->element);
	if (status != GAUTH_OK)
		return status;
	return expect(parser, ">", "\">\"");
}

static GauthStatus
parse_type(Parser *parser, const GauthSchemaType **type)
{
	GauthStatus status;

	if (++parser->depth > parser->builder.limits->nesting)
		return gauth_fail_at(parser->builder.err, GAUTH_LIMIT_EXCEEDED,
							 here(parser), "types within types");
	if (gauth_token_is(&parser->lexer, "{"))
		status = parse_record(parser, type);
	else if (parser->lexer.token.kind == GAUTH_TOKEN_WORD)
		status = parse_named_type(parser, type);
	else
		status = gauth_lexer_fail(&parser->lexer, "a type");
	parser->depth--;
	return status;
}

/* "__cedar" is ours: no declaration may be called so */
static GauthStatus
refuse_reserved(Parser *parser, GauthSpan name, size_t offset)
{
	if (!gauth_schema_is_path_reserved(name))
		return GAUTH_OK;
	return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX, offset,
							   "\"__cedar\" is reserved");
}

/* behind "type" */
static GauthStatus
parse_common(Parser *parser, const GauthSchemaNote *notes, Tails *tails)
{
	GauthSchemaCommon *common;
	size_t		offset = here(parser);
	GauthStatus status = gauth_schema_make_node(&parser->builder,
												sizeof(*common), offset,
												&common);

	if (status != GAUTH_OK)
		return status;
	common->notes = notes;
	common->offset = (uint32_t) offset;
	*tails->common = common;
	tails->common = &common->next;

	status = parse_identifier(parser, &common->name);
	if (status == GAUTH_OK)
		status = refuse_reserved(parser, common->name, offset);
	if (status == GAUTH_OK && gauth_schema_is_keyword_type(common->name))
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   offset,
								   "this name of a common type is reserved");
	if (status == GAUTH_OK)
		status = expect(parser, "=", "\"=\"");
	if (status == GAUTH_OK)
		status = parse_type(parser, &common->type);
	if (status != GAUTH_OK)
		return status;
	return expect(parser, ";", "\";\"");
}

/* behind the names: "enum" [ids], or parents, attributes and tags */
static GauthStatus
parse_entity_body(Parser *parser, GauthSchemaEntity *body)
{
	GauthSchemaName *choices;
	GauthStatus status;
	bool		found;

	status = accept(parser, "enum", &found);
	if (status == GAUTH_OK && found)
	{
		status = expect(parser, "[", "\"[\"");
		if (status == GAUTH_OK)
			status = parse_names(parser, parse_string, &choices);
		if (status != GAUTH_OK)
			return status;
		body->choices = choices;
		return expect(parser, "]", "\",\" or \"]\"");
	}

	if (status == GAUTH_OK)
		status = accept(parser, "in", &found);
	if (status == GAUTH_OK && found)
		status = parse_entity_types(parser, &body->parents);
	if (status == GAUTH_OK)
		status = accept(parser, "=", &found);
	if (status == GAUTH_OK && (found || gauth_token_is(&parser->lexer, "{")))
		status = parse_record(parser, &body->shape);
	if (status == GAUTH_OK)
		status = accept(parser, "tags", &found);
	if (status == GAUTH_OK && found)
		status = parse_type(parser, &body->tags);
	return status;
}

/* behind "entity"; several names share one body */
static GauthStatus
parse_entity(Parser *parser, const GauthSchemaNote *notes, Tails *tails)
{
	GauthSchemaEntity body = {0};
	GauthSchemaName *name;
	GauthStatus status = parse_names(parser, parse_identifier, &name);

	if (status == GAUTH_OK)
		status = parse_entity_body(parser, &body);
	if (status == GAUTH_OK)
		status = expect(parser, ";", "\";\" at the end of the entity type");
	for (; status == GAUTH_OK && name != NULL; name = name->next)
	{
		GauthSchemaEntity *entity;

		status = refuse_reserved(parser, name->text, name->offset);
		if (status == GAUTH_OK)
			status = gauth_schema_make_node(&parser->builder, sizeof(*entity),
											name->offset, &entity);
		if (status != GAUTH_OK)
			break;
		*entity = body;
		entity->notes = notes;
		entity->name = name->text;
		entity->offset = name->offset;
		*tails->entity = entity;
		tails->entity = &entity->next;
	}
	return status;
}

/* a name, or a path with a string behind it */
static GauthStatus
parse_parent(Parser *parser, GauthSchemaParent ***tail)
{
	GauthSchemaParent *parent;
	GauthSpan	path;
	GauthSpan	id = {NULL, 0};
	GauthStatus status = gauth_schema_make_node(&parser->builder,
												sizeof(*parent), here(parser),
												&parent);

	if (status != GAUTH_OK)
		return status;
	parent->offset = (uint32_t) here(parser);
	**tail = parent;
	*tail = &parent->next;

	if (parser->lexer.token.kind == GAUTH_TOKEN_STRING)
		return parse_string(parser, &parent->id);
	status = parse_path(parser, &path, &id);
	if (status != GAUTH_OK)
		return status;
	if (id.data != NULL)
	{
		parent->type = path;
		parent->id = id;
		return GAUTH_OK;
	}
	if (memchr(path.data, ':', path.len) != NULL)
		return gauth_lexer_fail(&parser->lexer,
								"\"::\" and the action's id as a string");
	parent->id = path;
	return GAUTH_OK;
}

static GauthStatus
parse_parents(Parser *parser, const GauthSchemaParent **first)
{
	GauthSchemaParent *parents = NULL;
	GauthSchemaParent **tail = &parents;
	GauthStatus status;
	bool		bracket;
	bool		more = true;

	status = accept(parser, "[", &bracket);
	while (status == GAUTH_OK && more)
	{
		status = parse_parent(parser, &tail);
		more = false;
		if (status == GAUTH_OK && bracket)
			status = accept(parser, ",", &more);
	}
	if (status != GAUTH_OK)
		return status;
	*first = parents;
	return bracket ? expect(parser, "]", "\",\" or \"]\"") : GAUTH_OK;
}

/* principal or resource, behind the word */
static GauthStatus
parse_applicable(Parser *parser, const GauthSchemaName **types)
{
	size_t		offset = here(parser);
	GauthStatus status;

	if (*types != NULL)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   offset, "given twice for one action");
	status = expect(parser, ":", "\":\" and entity types");
	if (status == GAUTH_OK)
		status = parse_entity_types(parser, types);
	if (status == GAUTH_OK && *types == NULL)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   offset, "expected at least one entity "
								   "type; leave appliesTo out for none");
	return status;
}

/* context, behind the word: a record or the name of a common type */
static GauthStatus
parse_context(Parser *parser, const GauthSchemaType **context)
{
	GauthSchemaType *type;
	GauthStatus status;

	if (*context != NULL)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   here(parser), "given twice for one action");
	status = expect(parser, ":", "\":\" and a record type");
	if (status != GAUTH_OK)
		return status;
	if (gauth_token_is(&parser->lexer, "{"))
		return parse_record(parser, context);

	status = gauth_schema_make_type(&parser->builder, GAUTH_SCHEMA_COMMON,
									here(parser), &type);
	if (status != GAUTH_OK)
		return status;
	*context = type;
	return parse_path(parser, &type->name, NULL);
}

static GauthStatus
parse_application(Parser *parser, GauthSchemaVerb *body)
{
	GauthStatus status;
	bool		found;

	status = accept(parser, "principal", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_applicable(parser, &body->principals);
	status = accept(parser, "resource", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_applicable(parser, &body->resources);
	status = accept(parser, "context", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_context(parser, &body->context);
	return gauth_lexer_fail(&parser->lexer,
							"\"principal\", \"resource\" or \"context\"");
}

/* behind "appliesTo" */
static GauthStatus
parse_applies_to(Parser *parser, GauthSchemaVerb *body)
{
	size_t		offset = here(parser);
	GauthStatus status = expect(parser, "{", "\"{\"");
	bool		done = false;

	while (status == GAUTH_OK && !done)
	{
		bool		comma;

		status = parse_application(parser, body);
		if (status == GAUTH_OK)
			status = accept(parser, ",", &comma);
		if (status == GAUTH_OK)
			status = accept(parser, "}", &done);
		if (status == GAUTH_OK && !done && !comma)
			return gauth_lexer_fail(&parser->lexer, "\",\" or \"}\"");
	}
	if (status != GAUTH_OK)
		return status;
	if (body->principals == NULL || body->resources == NULL)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   offset, "expected both \"principal\" and "
								   "\"resource\"");
	body->applies = true;
	return GAUTH_OK;
}

/* behind the names */
static GauthStatus
parse_action_body(Parser *parser, GauthSchemaVerb *body)
{
	GauthStatus status;
	bool		found;

	status = accept(parser, "in", &found);
	if (status == GAUTH_OK && found)
		status = parse_parents(parser, &body->parents);
	if (status == GAUTH_OK)
		status = accept(parser, "appliesTo", &found);
	if (status == GAUTH_OK && found)
		status = parse_applies_to(parser, body);
	if (status == GAUTH_OK)
		status = accept(parser, "attributes", &found);
	if (status != GAUTH_OK || !found)
		return status;

	/* the grammar has them, the language not: only none may be given */
	status = expect(parser, "{", "\"{\"");
	if (status != GAUTH_OK)
		return status;
	return expect(parser, "}", "\"}\", for actions have no attributes");
}

/* behind "action"; several names share one body */
static GauthStatus
parse_action(Parser *parser, const GauthSchemaNote *notes, Tails *tails)
{
	GauthSchemaVerb body = {0};
	GauthSchemaName *name;
	GauthStatus status = parse_names(parser, parse_name, &name);

	if (status == GAUTH_OK)
		status = parse_action_body(parser, &body);
	if (status == GAUTH_OK)
		status = expect(parser, ";", "\";\" at the end of the action");
	for (; status == GAUTH_OK && name != NULL; name = name->next)
	{
		GauthSchemaVerb *verb;

		status = gauth_schema_make_node(&parser->builder, sizeof(*verb),
										name->offset, &verb);
		if (status != GAUTH_OK)
			break;
		*verb = body;
		verb->notes = notes;
		verb->id = name->text;
		verb->offset = name->offset;
		*tails->verb = verb;
		tails->verb = &verb->next;
	}
	return status;
}

static GauthStatus
parse_declaration(Parser *parser, const GauthSchemaNote *notes, Tails *tails)
{
	GauthStatus status;
	bool		found;

	status = accept(parser, "entity", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_entity(parser, notes, tails);
	status = accept(parser, "action", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_action(parser, notes, tails);
	status = accept(parser, "type", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_common(parser, notes, tails);
	return gauth_lexer_fail(&parser->lexer,
							"\"entity\", \"action\", \"type\" or "
							"\"namespace\"");
}

static GauthStatus
add_namespace(Parser *parser, GauthSchemaNamespace **space)
{
	GauthStatus status = gauth_schema_make_node(&parser->builder,
												sizeof(**space), here(parser),
												space);

	if (status != GAUTH_OK)
		return status;
	(*space)->offset = (uint32_t) here(parser);
	*parser->last_namespace = *space;
	parser->last_namespace = &(*space)->next;
	return GAUTH_OK;
}

/* behind "namespace" */
static GauthStatus
parse_namespace(Parser *parser, const GauthSchemaNote *notes)
{
	GauthSchemaNamespace *space;
	Tails		tails;
	GauthStatus status = add_namespace(parser, &space);
	bool		done;

	if (status != GAUTH_OK)
		return status;
	tails = (Tails) {&space->commons, &space->entities, &space->verbs};
	space->notes = notes;
	status = parse_path(parser, &space->name, NULL);
	if (status == GAUTH_OK)
		status = refuse_reserved(parser, space->name, space->offset);
	if (status == GAUTH_OK)
		status = expect(parser, "{", "\"{\"");
	if (status == GAUTH_OK)
		status = accept(parser, "}", &done);
	while (status == GAUTH_OK && !done)
	{
		status = parse_notes(parser, &notes);
		if (status == GAUTH_OK)
			status = parse_declaration(parser, notes, &tails);
		if (status == GAUTH_OK)
			status = accept(parser, "}", &done);
	}
	return status;
}

static GauthStatus
parse_schema(Parser *parser)
{
	Tails		tails = {0};
	GauthStatus status = GAUTH_OK;

	while (status == GAUTH_OK && parser->lexer.token.kind != GAUTH_TOKEN_END)
	{
		const GauthSchemaNote *notes;
		bool		found = false;

		status = parse_notes(parser, &notes);
		if (status == GAUTH_OK)
			status = accept(parser, "namespace", &found);
		if (status == GAUTH_OK && found)
		{
			status = parse_namespace(parser, notes);
			continue;
		}
		if (status == GAUTH_OK && parser->unnamed == NULL)
		{
			status = add_namespace(parser, &parser->unnamed);
			if (status != GAUTH_OK)
				break;
			tails = (Tails) {
				&parser->unnamed->commons, &parser->unnamed->entities,
				&parser->unnamed->verbs
			};
		}
		if (status == GAUTH_OK)
			status = parse_declaration(parser, notes, &tails);
	}
	return status;
}

/*
 * gauth_schema_text_parse
 *		Read a schema in the human syntax into its declared form.
 *
 * Strings without escapes point into "source", which must outlive the tree.
 *
 * Errors, with line and column: GAUTH_INVALID_SYNTAX,
 * GAUTH_INVALID_ENCODING; GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_text_parse(GauthArena *arena, GauthSpan source,
						const GauthSchemaLimits *limits,
						GauthSchemaTree **tree, GauthError *err)
{
	Parser		parser = {0};
	GauthStatus status;

	if (source.len > limits->source_size)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "schema size");
	*tree = gauth_arena_zalloc(arena, sizeof(GauthSchemaTree));
	if (*tree == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "schema");
	(*tree)->source = source;
	parser.builder.arena = arena;
	parser.builder.limits = limits;
	parser.builder.err = err;
	parser.builder.source = source;
	parser.last_namespace = &(*tree)->namespaces;

	status = gauth_lexer_init(&parser.lexer, arena, source, err);
	if (status != GAUTH_OK)
		return status;
	return parse_schema(&parser);
}
