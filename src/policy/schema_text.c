/*
 * schema_text.c
 *		The reader of Cedar's human schema syntax: declarations.
 *
 * Cedar documentation, "Human-readable schema format: grammar".  A
 * recursive descent parser over the tokens of lexer.h, which schema_parser.c
 * begins.
 *
 * It makes the declared form and looks up no name; that names are declared
 * once is checked with them, in schema_names.c.
 */
#include "policy/schema_text.h"

#include "policy/schema_parser.h"

/* the tails of the lists of one namespace */
typedef struct Tails
{
	GauthSchemaCommon **common;
	GauthSchemaEntity **entity;
	GauthSchemaVerb **verb;
} Tails;

static inline size_t
here(const GauthSchemaParser *parser)
{
	return parser->lexer.token.offset;
}

/* "__cedar" is ours: no declaration may be called so */
static GauthStatus
refuse_reserved(GauthSchemaParser *parser, GauthSpan name, size_t offset)
{
	if (!gauth_schema_is_path_reserved(name))
		return GAUTH_OK;
	return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX, offset,
							   "\"__cedar\" is reserved");
}

/* behind "type" */
static GauthStatus
parse_common(GauthSchemaParser *parser, const GauthSchemaNote *notes,
			 Tails *tails)
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

	status = gauth_schema_parse_identifier(parser, &common->name);
	if (status == GAUTH_OK)
		status = refuse_reserved(parser, common->name, offset);
	if (status == GAUTH_OK && gauth_schema_is_keyword_type(common->name))
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   offset,
								   "this name of a common type is reserved");
	if (status == GAUTH_OK)
		status = gauth_schema_expect(parser, "=", "\"=\"");
	if (status == GAUTH_OK)
		status = gauth_schema_parse_type(parser, &common->type);
	if (status != GAUTH_OK)
		return status;
	return gauth_schema_expect(parser, ";", "\";\"");
}

/* behind the names: "enum" [ids], or parents, attributes and tags */
static GauthStatus
parse_entity_body(GauthSchemaParser *parser, GauthSchemaEntity *body)
{
	GauthSchemaName *choices;
	GauthStatus status;
	bool		found;

	status = gauth_schema_accept(parser, "enum", &found);
	if (status == GAUTH_OK && found)
	{
		status = gauth_schema_expect(parser, "[", "\"[\"");
		if (status == GAUTH_OK)
			status = gauth_schema_parse_names(parser,
											  gauth_schema_parse_string,
											  &choices);
		if (status != GAUTH_OK)
			return status;
		body->choices = choices;
		return gauth_schema_expect(parser, "]", "\",\" or \"]\"");
	}

	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "in", &found);
	if (status == GAUTH_OK && found)
		status = gauth_schema_parse_entity_types(parser, &body->parents);
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "=", &found);
	if (status == GAUTH_OK && (found || gauth_token_is(&parser->lexer, "{")))
		status = gauth_schema_parse_record(parser, &body->shape);
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "tags", &found);
	if (status == GAUTH_OK && found)
		status = gauth_schema_parse_type(parser, &body->tags);
	return status;
}

/* behind "entity"; several names share one body */
static GauthStatus
parse_entity(GauthSchemaParser *parser, const GauthSchemaNote *notes,
			 Tails *tails)
{
	GauthSchemaEntity body = {0};
	GauthSchemaName *name;
	GauthStatus status;

	status = gauth_schema_parse_names(parser, gauth_schema_parse_identifier,
									  &name);
	if (status == GAUTH_OK)
		status = parse_entity_body(parser, &body);
	if (status == GAUTH_OK)
		status = gauth_schema_expect(parser, ";",
									 "\";\" at the end of the entity type");
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
parse_parent(GauthSchemaParser *parser, GauthSchemaParent ***tail)
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
		return gauth_schema_parse_string(parser, &parent->id);
	status = gauth_schema_parse_path(parser, &path, &id);
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
parse_parents(GauthSchemaParser *parser, const GauthSchemaParent **first)
{
	GauthSchemaParent *parents = NULL;
	GauthSchemaParent **tail = &parents;
	GauthStatus status;
	bool		bracket;
	bool		more = true;

	status = gauth_schema_accept(parser, "[", &bracket);
	while (status == GAUTH_OK && more)
	{
		status = parse_parent(parser, &tail);
		more = false;
		if (status == GAUTH_OK && bracket)
			status = gauth_schema_accept(parser, ",", &more);
	}
	if (status != GAUTH_OK)
		return status;
	*first = parents;
	return bracket ? gauth_schema_expect(parser, "]",
										 "\",\" or \"]\"") : GAUTH_OK;
}

/* principal or resource, behind the word */
static GauthStatus
parse_applicable(GauthSchemaParser *parser, const GauthSchemaName **types)
{
	size_t		offset = here(parser);
	GauthStatus status;

	if (*types != NULL)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   offset, "given twice for one action");
	status = gauth_schema_expect(parser, ":", "\":\" and entity types");
	if (status == GAUTH_OK)
		status = gauth_schema_parse_entity_types(parser, types);
	if (status == GAUTH_OK && *types == NULL)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   offset, "expected at least one entity "
								   "type; leave appliesTo out for none");
	return status;
}

/* context, behind the word: a record or the name of a common type */
static GauthStatus
parse_context(GauthSchemaParser *parser, const GauthSchemaType **context)
{
	GauthSchemaType *type;
	GauthStatus status;

	if (*context != NULL)
		return gauth_lexer_fail_at(&parser->lexer, GAUTH_INVALID_SYNTAX,
								   here(parser), "given twice for one action");
	status = gauth_schema_expect(parser, ":", "\":\" and a record type");
	if (status != GAUTH_OK)
		return status;
	if (gauth_token_is(&parser->lexer, "{"))
		return gauth_schema_parse_record(parser, context);

	status = gauth_schema_make_type(&parser->builder, GAUTH_SCHEMA_COMMON,
									here(parser), &type);
	if (status != GAUTH_OK)
		return status;
	*context = type;
	return gauth_schema_parse_path(parser, &type->name, NULL);
}

static GauthStatus
parse_application(GauthSchemaParser *parser, GauthSchemaVerb *body)
{
	GauthStatus status;
	bool		found;

	status = gauth_schema_accept(parser, "principal", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_applicable(parser, &body->principals);
	status = gauth_schema_accept(parser, "resource", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_applicable(parser, &body->resources);
	status = gauth_schema_accept(parser, "context", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_context(parser, &body->context);
	return gauth_lexer_fail(&parser->lexer,
							"\"principal\", \"resource\" or \"context\"");
}

/* behind "appliesTo" */
static GauthStatus
parse_applies_to(GauthSchemaParser *parser, GauthSchemaVerb *body)
{
	size_t		offset = here(parser);
	GauthStatus status = gauth_schema_expect(parser, "{", "\"{\"");
	bool		done = false;

	while (status == GAUTH_OK && !done)
	{
		bool		comma;

		status = parse_application(parser, body);
		if (status == GAUTH_OK)
			status = gauth_schema_accept(parser, ",", &comma);
		if (status == GAUTH_OK)
			status = gauth_schema_accept(parser, "}", &done);
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
parse_action_body(GauthSchemaParser *parser, GauthSchemaVerb *body)
{
	GauthStatus status;
	bool		found;

	status = gauth_schema_accept(parser, "in", &found);
	if (status == GAUTH_OK && found)
		status = parse_parents(parser, &body->parents);
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "appliesTo", &found);
	if (status == GAUTH_OK && found)
		status = parse_applies_to(parser, body);
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "attributes", &found);
	if (status != GAUTH_OK || !found)
		return status;

	/* the grammar has them, the language not: only none may be given */
	status = gauth_schema_expect(parser, "{", "\"{\"");
	if (status != GAUTH_OK)
		return status;
	return gauth_schema_expect(parser, "}",
							   "\"}\", for actions have no attributes");
}

/* behind "action"; several names share one body */
static GauthStatus
parse_action(GauthSchemaParser *parser, const GauthSchemaNote *notes,
			 Tails *tails)
{
	GauthSchemaVerb body = {0};
	GauthSchemaName *name;
	GauthStatus status = gauth_schema_parse_names(parser,
												  gauth_schema_parse_name,
												  &name);

	if (status == GAUTH_OK)
		status = parse_action_body(parser, &body);
	if (status == GAUTH_OK)
		status = gauth_schema_expect(parser, ";",
									 "\";\" at the end of the action");
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
parse_declaration(GauthSchemaParser *parser, const GauthSchemaNote *notes,
				  Tails *tails)
{
	GauthStatus status;
	bool		found;

	status = gauth_schema_accept(parser, "entity", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_entity(parser, notes, tails);
	status = gauth_schema_accept(parser, "action", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_action(parser, notes, tails);
	status = gauth_schema_accept(parser, "type", &found);
	if (status != GAUTH_OK || found)
		return status != GAUTH_OK ? status :
			parse_common(parser, notes, tails);
	return gauth_lexer_fail(&parser->lexer,
							"\"entity\", \"action\", \"type\" or "
							"\"namespace\"");
}

static GauthStatus
add_namespace(GauthSchemaParser *parser, GauthSchemaNamespace **space)
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
parse_namespace(GauthSchemaParser *parser, const GauthSchemaNote *notes)
{
	GauthSchemaNamespace *space;
	Tails		tails;
	GauthStatus status = add_namespace(parser, &space);
	bool		done;

	if (status != GAUTH_OK)
		return status;
	tails = (Tails)
	{
		&space->commons, &space->entities, &space->verbs
	};
	space->notes = notes;
	status = gauth_schema_parse_path(parser, &space->name, NULL);
	if (status == GAUTH_OK)
		status = refuse_reserved(parser, space->name, space->offset);
	if (status == GAUTH_OK)
		status = gauth_schema_expect(parser, "{", "\"{\"");
	if (status == GAUTH_OK)
		status = gauth_schema_accept(parser, "}", &done);
	while (status == GAUTH_OK && !done)
	{
		status = gauth_schema_parse_notes(parser, &notes);
		if (status == GAUTH_OK)
			status = parse_declaration(parser, notes, &tails);
		if (status == GAUTH_OK)
			status = gauth_schema_accept(parser, "}", &done);
	}
	return status;
}

static GauthStatus
parse_schema(GauthSchemaParser *parser)
{
	Tails		tails = {0};
	GauthStatus status = GAUTH_OK;

	while (status == GAUTH_OK && parser->lexer.token.kind != GAUTH_TOKEN_END)
	{
		const GauthSchemaNote *notes;
		bool		found = false;

		status = gauth_schema_parse_notes(parser, &notes);
		if (status == GAUTH_OK)
			status = gauth_schema_accept(parser, "namespace", &found);
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
			tails = (Tails)
			{
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
	GauthSchemaParser parser = {0};
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
