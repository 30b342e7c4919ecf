/*
 * schema.c
 *		Reading a schema in either form, and looking things up in it.
 */
#include "policy/schema.h"

#include "policy/schema_json.h"
#include "policy/schema_text.h"

/* the human syntax has no declaration that begins with a brace */
static bool
is_json(GauthSpan source)
{
	size_t		i = 0;

	while (i < source.len && (source.data[i] == ' ' ||
							  (source.data[i] >= '\t' &&
							   source.data[i] <= '\r')))
		i++;
	return i < source.len && source.data[i] == '{';
}

/*
 * gauth_schema_parse
 *		The declared form of a schema, from its human or its JSON syntax;
 *		"source" has to outlive it.
 *
 * Errors: those of gauth_schema_json_parse and gauth_schema_text_parse.
 */
GauthStatus
gauth_schema_parse(GauthArena *arena, GauthSpan source,
				   const GauthSchemaLimits *limits, GauthSchemaTree **tree,
				   GauthError *err)
{
	if (is_json(source))
		return gauth_schema_json_parse(arena, source, limits, tree, err);
	return gauth_schema_text_parse(arena, source, limits, tree, err);
}

/*
 * gauth_schema_read
 *		Read a schema, in the human syntax or in JSON, and resolve it.
 *
 * "source" must outlive the schema.
 *
 * Errors, with line and column in the detail: GAUTH_INVALID_SYNTAX,
 * GAUTH_INVALID_JSON, GAUTH_DUPLICATE_MEMBER, GAUTH_INVALID_ENCODING,
 * GAUTH_INVALID_VALUE; GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_read(GauthArena *arena, GauthSpan source,
				  const GauthSchemaLimits *limits, const GauthSchema **schema,
				  GauthError *err)
{
	GauthSchemaTree *tree;
	GauthStatus status = gauth_schema_parse(arena, source, limits, &tree, err);

	if (status != GAUTH_OK)
		return status;
	return gauth_schema_resolve(arena, tree, limits, schema, err);
}

/*
 * gauth_schema_find_type
 *		The entity type of this full name, or NULL; also the types of actions.
 */
const GauthEntityType *
gauth_schema_find_type(const GauthSchema *schema, GauthSpan name)
{
	uint32_t	low = 0;
	uint32_t	high = schema->type_count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order = gauth_span_compare(schema->types[middle].name,
											   name);

		if (order == 0)
			return &schema->types[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/*
 * gauth_schema_find_action
 *		The action with this uid, or NULL.
 */
const GauthSchemaAction *
gauth_schema_find_action(const GauthSchema *schema, const GauthUid *uid)
{
	uint32_t	low = 0;
	uint32_t	high = schema->action_count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order = gauth_uid_compare(schema->actions[middle].uid,
											  uid);

		if (order == 0)
			return &schema->actions[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/*
 * gauth_schema_is_action_type
 *		Is this the name of a type of actions?  Whether any is declared, it
 *		does not ask: every type whose last part is "Action" is one.
 */
bool
gauth_schema_is_action_type(GauthSpan name)
{
	return gauth_span_is(gauth_schema_basename(name), "Action");
}

/*
 * gauth_entity_type_has_ancestor
 *		May entities of "type" be in entities of "ancestor"?  A type is its
 *		own ancestor only where the schema says so.
 */
bool
gauth_entity_type_has_ancestor(const GauthEntityType *type,
							   const GauthEntityType *ancestor)
{
	uint32_t	low = 0;
	uint32_t	high = type->ancestor_count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (type->ancestors[middle] == ancestor)
			return true;
		if (type->ancestors[middle]->rank < ancestor->rank)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/*
 * gauth_entity_type_allows_id
 *		May an entity of this type have this id?  Enumerated types say which.
 */
bool
gauth_entity_type_allows_id(const GauthEntityType *type, GauthSpan id)
{
	uint32_t	low = 0;
	uint32_t	high = type->choice_count;

	if (type->kind != GAUTH_ENTITY_ENUM)
		return true;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order = gauth_span_compare(type->choices[middle], id);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/*
 * gauth_schema_action_is_in
 *		Is the action this group, or a member of it, directly or not?
 */
bool
gauth_schema_action_is_in(const GauthSchemaAction *action,
						  const GauthSchemaAction *group)
{
	uint32_t	low = 0;
	uint32_t	high = action->ancestor_count;

	if (action == group)
		return true;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (action->ancestors[middle] == group)
			return true;
		if (action->ancestors[middle]->rank < group->rank)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool
contains_type(const GauthEntityType *const *types, uint32_t count,
			  const GauthEntityType *type)
{
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		if (types[i] == type)
			return true;
	}
	return false;
}

/*
 * gauth_schema_action_applies
 *		Does the action apply to principals and resources of these types?
 *		NULL stands for any.
 */
bool
gauth_schema_action_applies(const GauthSchemaAction *action,
							const GauthEntityType *principal,
							const GauthEntityType *resource)
{
	return (principal == NULL ||
			contains_type(action->principals, action->principal_count,
						  principal)) &&
		(resource == NULL ||
		 contains_type(action->resources, action->resource_count, resource));
}
