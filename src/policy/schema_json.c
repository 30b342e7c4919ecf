/*
 * schema_json.c
 *		The reader of Cedar's JSON schema form: declarations.
 *
 * Cedar documentation, "JSON schema format".  Attributes of actions are
 * written in the format but not part of the language: they are refused.
 */
#include "policy/schema_json.h"

#include "policy/schema_json_reader.h"

/* a member that may be absent or null; "json" becomes NULL then */
static const GauthJson *
get_optional(const GauthJson *object, const char *name)
{
	const GauthJson *member = gauth_json_get(object, name);

	return member == NULL || member->type == GAUTH_JSON_NULL ? NULL : member;
}

static GauthStatus
read_declared_name(GauthSchemaBuilder *builder, const GauthJson *member)
{
	if (!gauth_schema_is_identifier(member->name))
		return gauth_schema_read_fail(builder, member,
									  "expected an identifier as the name "
									  "of what follows");
	if (gauth_schema_is_path_reserved(member->name))
		return gauth_schema_read_fail(builder, member,
									  "\"__cedar\" is reserved");
	return GAUTH_OK;
}

static GauthStatus
read_common(GauthSchemaBuilder *builder, const GauthJson *member,
			GauthSchemaCommon *common)
{
	GauthStatus status = read_declared_name(builder, member);

	if (status != GAUTH_OK)
		return status;
	if (gauth_schema_is_keyword_type(member->name))
		return gauth_schema_read_fail(builder, member,
									  "this name of a common type is "
									  "reserved");
	if (gauth_json_get(member, "required") != NULL)
		return gauth_schema_read_fail(builder, member,
									  "only attributes have \"required\"");
	common->name = member->name;
	common->offset = (uint32_t) member->offset;
	status = gauth_schema_read_notes(builder, member, &common->notes);
	if (status != GAUTH_OK)
		return status;
	return gauth_schema_read_type(builder, member, true, &common->type);
}

static GauthStatus
read_enum(GauthSchemaBuilder *builder, const GauthJson *member,
		  const GauthJson *ids, GauthSchemaEntity *entity)
{
	static const char *const known[] = {"enum", "annotations", NULL};
	GauthStatus status = gauth_schema_read_members(builder, member, known);

	if (status == GAUTH_OK)
		status = gauth_schema_read_names(builder, ids,
										 gauth_schema_read_string,
										 &entity->choices);
	if (status == GAUTH_OK && entity->choices == NULL)
		return gauth_schema_read_fail(builder, ids,
									  "expected at least one id");
	return status;
}

static GauthStatus
read_entity(GauthSchemaBuilder *builder, const GauthJson *member,
			GauthSchemaEntity *entity)
{
	static const char *const known[] = {
		"memberOfTypes", "shape", "tags", "enum", "annotations", NULL
	};
	const GauthJson *part;
	GauthStatus status = gauth_schema_read_members(builder, member, known);

	if (status == GAUTH_OK)
		status = read_declared_name(builder, member);
	entity->name = member->name;
	entity->offset = (uint32_t) member->offset;
	if (status == GAUTH_OK)
		status = gauth_schema_read_notes(builder, member, &entity->notes);
	part = gauth_json_get(member, "enum");
	if (status == GAUTH_OK && part != NULL)
		return read_enum(builder, member, part, entity);

	part = gauth_json_get(member, "memberOfTypes");
	if (status == GAUTH_OK && part != NULL)
		status = gauth_schema_read_names(builder, part, gauth_schema_read_path,
										 &entity->parents);
	part = gauth_json_get(member, "shape");
	if (status == GAUTH_OK && part != NULL)
		status = gauth_schema_read_type(builder, part, false, &entity->shape);
	part = gauth_json_get(member, "tags");
	if (status == GAUTH_OK && part != NULL)
		status = gauth_schema_read_type(builder, part, false, &entity->tags);
	return status;
}

static GauthStatus
read_parent(GauthSchemaBuilder *builder, const GauthJson *item,
			GauthSchemaParent *parent)
{
	static const char *const known[] = {"type", "id", NULL};
	const GauthJson *id = gauth_json_get(item, "id");
	const GauthJson *type = get_optional(item, "type");
	GauthStatus status = gauth_schema_read_members(builder, item, known);

	parent->offset = (uint32_t) item->offset;
	if (status == GAUTH_OK && id == NULL)
		return gauth_schema_read_missing(builder, item, "id");
	if (status == GAUTH_OK)
		status = gauth_schema_read_string(builder, id, &parent->id);
	if (status == GAUTH_OK && type != NULL)
		status = gauth_schema_read_path(builder, type, &parent->type);
	return status;
}

static GauthStatus
read_parents(GauthSchemaBuilder *builder, const GauthJson *json,
			 GauthSchemaVerb *verb)
{
	GauthSchemaParent *first = NULL;
	GauthSchemaParent **tail = &first;
	const GauthJson *item;

	if (json->type != GAUTH_JSON_ARRAY)
		return gauth_schema_read_fail(builder, json, "expected an array");
	for (item = json->first; item != NULL; item = item->next)
	{
		GauthSchemaParent *parent;
		GauthStatus status = gauth_schema_make_node(builder,
													sizeof(*parent),
													item->offset, &parent);

		if (status == GAUTH_OK)
			status = read_parent(builder, item, parent);
		if (status != GAUTH_OK)
			return status;
		*tail = parent;
		tail = &parent->next;
	}
	verb->parents = first;
	return GAUTH_OK;
}

static GauthStatus
read_applies_to(GauthSchemaBuilder *builder, const GauthJson *json,
				GauthSchemaVerb *verb)
{
	static const char *const known[] = {
		"principalTypes", "resourceTypes", "context", NULL
	};
	const GauthJson *principals = gauth_json_get(json, "principalTypes");
	const GauthJson *resources = gauth_json_get(json, "resourceTypes");
	const GauthJson *context = gauth_json_get(json, "context");
	GauthStatus status = gauth_schema_read_members(builder, json, known);

	if (status != GAUTH_OK)
		return status;
	if (principals == NULL)
		return gauth_schema_read_missing(builder, json, "principalTypes");
	if (resources == NULL)
		return gauth_schema_read_missing(builder, json, "resourceTypes");
	verb->applies = true;
	status = gauth_schema_read_names(builder, principals,
									 gauth_schema_read_path,
									 &verb->principals);
	if (status == GAUTH_OK)
		status = gauth_schema_read_names(builder, resources,
										 gauth_schema_read_path,
										 &verb->resources);
	if (status == GAUTH_OK && context != NULL)
		status = gauth_schema_read_type(builder, context, false,
										&verb->context);
	return status;
}

static GauthStatus
read_verb(GauthSchemaBuilder *builder, const GauthJson *member,
		  GauthSchemaVerb *verb)
{
	static const char *const known[] = {
		"attributes", "appliesTo", "memberOf", "annotations", NULL
	};
	const GauthJson *part;
	GauthStatus status = gauth_schema_read_members(builder, member, known);

	verb->id = member->name;
	verb->offset = (uint32_t) member->offset;
	if (status == GAUTH_OK)
		status = gauth_schema_read_notes(builder, member, &verb->notes);
	part = get_optional(member, "attributes");
	if (status == GAUTH_OK && part != NULL)
		return gauth_schema_read_fail(builder, part,
									  "attributes of actions are not part "
									  "of the language");
	part = get_optional(member, "memberOf");
	if (status == GAUTH_OK && part != NULL)
		status = read_parents(builder, part, verb);
	part = get_optional(member, "appliesTo");
	if (status == GAUTH_OK && part != NULL)
		status = read_applies_to(builder, part, verb);
	return status;
}

static GauthStatus
read_commons(GauthSchemaBuilder *builder, const GauthJson *json,
			 GauthSchemaNamespace *space)
{
	GauthSchemaCommon **tail = &space->commons;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, json,
									  "expected an object of common types");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaCommon *common;
		GauthStatus status = gauth_schema_make_node(builder,
													sizeof(*common),
													member->offset, &common);

		if (status == GAUTH_OK)
			status = read_common(builder, member, common);
		if (status != GAUTH_OK)
			return status;
		*tail = common;
		tail = &common->next;
	}
	return GAUTH_OK;
}

static GauthStatus
read_entities(GauthSchemaBuilder *builder, const GauthJson *json,
			  GauthSchemaNamespace *space)
{
	GauthSchemaEntity **tail = &space->entities;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, json,
									  "expected an object of entity types");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaEntity *entity;
		GauthStatus status = gauth_schema_make_node(builder,
													sizeof(*entity),
													member->offset, &entity);

		if (status == GAUTH_OK)
			status = read_entity(builder, member, entity);
		if (status != GAUTH_OK)
			return status;
		*tail = entity;
		tail = &entity->next;
	}
	return GAUTH_OK;
}

static GauthStatus
read_verbs(GauthSchemaBuilder *builder, const GauthJson *json,
		   GauthSchemaNamespace *space)
{
	GauthSchemaVerb **tail = &space->verbs;
	const GauthJson *member;

	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, json,
									  "expected an object of actions");
	for (member = json->first; member != NULL; member = member->next)
	{
		GauthSchemaVerb *verb;
		GauthStatus status = gauth_schema_make_node(builder,
													sizeof(*verb),
													member->offset, &verb);

		if (status == GAUTH_OK)
			status = read_verb(builder, member, verb);
		if (status != GAUTH_OK)
			return status;
		*tail = verb;
		tail = &verb->next;
	}
	return GAUTH_OK;
}

static GauthStatus
read_namespace_name(GauthSchemaBuilder *builder, const GauthJson *member,
					GauthSchemaNamespace *space)
{
	space->name = member->name;
	space->offset = (uint32_t) member->offset;
	if (member->name.len == 0)
		return space->notes == NULL ? GAUTH_OK :
			gauth_schema_read_fail(builder, member,
								   "the namespace without a name has no "
								   "annotations");
	if (!gauth_schema_is_path(member->name))
		return gauth_schema_read_fail(builder, member,
									  "expected the name of a namespace");
	if (gauth_schema_is_path_reserved(member->name))
		return gauth_schema_read_fail(builder, member,
									  "\"__cedar\" is reserved");
	return GAUTH_OK;
}

static GauthStatus
read_namespace(GauthSchemaBuilder *builder, const GauthJson *member,
			   GauthSchemaNamespace *space)
{
	static const char *const known[] = {
		"commonTypes", "entityTypes", "actions", "annotations", NULL
	};
	const GauthJson *commons = gauth_json_get(member, "commonTypes");
	const GauthJson *entities = gauth_json_get(member, "entityTypes");
	const GauthJson *verbs = gauth_json_get(member, "actions");
	GauthStatus status = gauth_schema_read_members(builder, member, known);

	if (status == GAUTH_OK)
		status = gauth_schema_read_notes(builder, member, &space->notes);
	if (status == GAUTH_OK)
		status = read_namespace_name(builder, member, space);
	if (status != GAUTH_OK)
		return status;
	if (entities == NULL)
		return gauth_schema_read_missing(builder, member, "entityTypes");
	if (verbs == NULL)
		return gauth_schema_read_missing(builder, member, "actions");
	if (commons != NULL)
		status = read_commons(builder, commons, space);
	if (status == GAUTH_OK)
		status = read_entities(builder, entities, space);
	if (status == GAUTH_OK)
		status = read_verbs(builder, verbs, space);
	return status;
}

static GauthStatus
read_schema(GauthSchemaBuilder *builder, const GauthJson *root,
			GauthSchemaTree *tree)
{
	GauthSchemaNamespace **tail = &tree->namespaces;
	const GauthJson *member;

	if (root->type != GAUTH_JSON_OBJECT)
		return gauth_schema_read_fail(builder, root,
									  "expected an object of namespaces");
	for (member = root->first; member != NULL; member = member->next)
	{
		GauthSchemaNamespace *space;
		GauthStatus status = gauth_schema_make_node(builder,
													sizeof(*space),
													member->offset, &space);

		if (status == GAUTH_OK)
			status = read_namespace(builder, member, space);
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
	GauthSchemaBuilder builder = {arena, limits, err, source, 0};
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
	return read_schema(&builder, root, *tree);
}
