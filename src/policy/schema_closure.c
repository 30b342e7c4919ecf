/*
 * schema_closure.c
 *		Closing the hierarchies of entity types and of actions.
 *
 * A walk over each node's parents, with a stack of its own instead of
 * recursion.  Entity types may be members of themselves, directly or through
 * others (a folder in a folder); actions may not.
 */
#include "policy/schema_resolve.h"

#include <stdlib.h>

/* steps of a walk for each pair that the closure may hold */
#define STEPS_PER_PAIR	8

/* the direct parents of all nodes, and what a walk needs */
typedef struct Hierarchy
{
	uint32_t  **parents;		/* positions, by position */
	uint32_t   *parent_counts;
	uint32_t	count;			/* nodes */
	uint32_t   *stack;
	uint32_t   *seen;			/* the last node whose walk came by, plus 1 */
	uint32_t   *found;			/* ancestors of the node in hand */
	uint32_t	found_count;
	uint64_t	pairs;			/* found so far, of all nodes */
} Hierarchy;

static GauthStatus
no_memory(GauthResolver *resolver)
{
	return gauth_fail(resolver->err, GAUTH_OUT_OF_MEMORY, "schema");
}

static GauthStatus
make_hierarchy(GauthResolver *resolver, Hierarchy *hierarchy, uint32_t count)
{
	memset(hierarchy, 0, sizeof(*hierarchy));
	hierarchy->count = count;
	hierarchy->parents = gauth_arena_array(resolver->arena, count,
										   sizeof(uint32_t *));
	hierarchy->parent_counts = gauth_arena_array(resolver->arena, count,
												 sizeof(uint32_t));
	hierarchy->stack = gauth_arena_array(resolver->arena, (size_t) count + 1,
										 sizeof(uint32_t));
	hierarchy->seen = gauth_arena_array(resolver->arena, count,
										sizeof(uint32_t));
	hierarchy->found = gauth_arena_array(resolver->arena, count,
										 sizeof(uint32_t));
	if (hierarchy->parents == NULL || hierarchy->parent_counts == NULL ||
		hierarchy->stack == NULL || hierarchy->seen == NULL ||
		hierarchy->found == NULL)
		return no_memory(resolver);
	return GAUTH_OK;
}

static int
compare_positions(const void *a, const void *b)
{
	uint32_t	x = *(const uint32_t *) a;
	uint32_t	y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

/* all that stands above "node", ascending, into "found" */
static GauthStatus
find_ancestors(GauthResolver *resolver, Hierarchy *hierarchy, uint32_t node)
{
	uint32_t	depth = 0;

	hierarchy->found_count = 0;
	hierarchy->stack[depth++] = node;
	while (depth > 0)
	{
		uint32_t	at = hierarchy->stack[--depth];
		uint32_t	i;

		resolver->steps += hierarchy->parent_counts[at];
		for (i = 0; i < hierarchy->parent_counts[at]; i++)
		{
			uint32_t	parent = hierarchy->parents[at][i];

			if (hierarchy->seen[parent] == node + 1)
				continue;
			hierarchy->seen[parent] = node + 1;
			hierarchy->found[hierarchy->found_count++] = parent;
			hierarchy->stack[depth++] = parent;
		}
	}

	hierarchy->pairs += hierarchy->found_count;
	if (hierarchy->pairs > resolver->limits->closure ||
		resolver->steps > (uint64_t) resolver->limits->closure *
		STEPS_PER_PAIR)
		return gauth_fail(resolver->err, GAUTH_LIMIT_EXCEEDED,
						  "size of a hierarchy");
	qsort(hierarchy->found, hierarchy->found_count, sizeof(uint32_t),
		  compare_positions);
	return GAUTH_OK;
}

static GauthStatus
find_type_parents(GauthResolver *resolver, Hierarchy *hierarchy,
				  uint32_t node)
{
	const GauthPendingType *pending = &resolver->pending_types[node];
	const GauthSchemaName *names = pending->declared == NULL ? NULL :
	pending->declared->parents;
	const GauthSchemaName *name;
	uint32_t	count = 0;

	for (name = names; name != NULL; name = name->next)
		count++;
	hierarchy->parents[node] = gauth_arena_array(resolver->arena, count,
												 sizeof(uint32_t));
	if (hierarchy->parents[node] == NULL)
		return no_memory(resolver);
	for (name = names; name != NULL; name = name->next)
	{
		const GauthEntityType *parent;
		GauthStatus status = gauth_schema_resolve_entity_name(resolver,
															  pending->space,
															  name, &parent);

		if (status != GAUTH_OK)
			return status;
		hierarchy->parents[node][hierarchy->parent_counts[node]++] =
			parent->rank;
	}
	return GAUTH_OK;
}

/*
 * gauth_schema_close_types
 *		Find the parents of all entity types and fill in "ancestors".
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_close_types(GauthResolver *resolver)
{
	Hierarchy	hierarchy;
	GauthStatus status = make_hierarchy(resolver, &hierarchy,
										resolver->type_count);
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < resolver->type_count && status == GAUTH_OK; i++)
		status = find_type_parents(resolver, &hierarchy, i);
	for (i = 0; i < resolver->type_count && status == GAUTH_OK; i++)
	{
		GauthEntityType *type = &resolver->types[i];

		status = find_ancestors(resolver, &hierarchy, i);
		if (status != GAUTH_OK)
			break;
		type->ancestor_count = hierarchy.found_count;
		type->ancestors = gauth_arena_array(resolver->arena,
											hierarchy.found_count,
											sizeof(type->ancestors[0]));
		if (type->ancestors == NULL)
			return no_memory(resolver);
		for (j = 0; j < hierarchy.found_count; j++)
			type->ancestors[j] = &resolver->types[hierarchy.found[j]];
	}
	return status;
}

static int
compare_uids(const void *a, const void *b)
{
	return gauth_uid_compare(((const GauthPendingAction *) a)->uid,
							 ((const GauthPendingAction *) b)->uid);
}

/* the action type::id, with "prefix" in front of the type; NULL if none */
static GauthStatus
find_action(GauthResolver *resolver, GauthSpan prefix,
			const GauthSchemaParent *parent,
			const GauthPendingAction **action)
{
	GauthSpan	type = parent->type.len > 0 ? parent->type :
	GAUTH_SPAN("Action");
	GauthPendingAction key = {0};
	char	   *buffer = resolver->buffer;

	if (prefix.len > 0)
	{
		memcpy(buffer, prefix.data, prefix.len);
		memcpy(buffer + prefix.len, "::", 2);
		memcpy(buffer + prefix.len + 2, type.data, type.len);
		type = gauth_span(buffer, prefix.len + 2 + type.len);
	}
	key.uid = gauth_uid_make(resolver->arena, type, parent->id);
	if (key.uid == NULL)
		return no_memory(resolver);
	*action = bsearch(&key, resolver->pending_actions,
					  resolver->action_count, sizeof(key), compare_uids);
	return GAUTH_OK;
}

/* an unqualified type is looked for in the action's own namespace first */
static GauthStatus
find_action_parent(GauthResolver *resolver, const GauthSchemaNamespace *space,
				   const GauthSchemaParent *parent, uint32_t *position)
{
	const GauthPendingAction *action = NULL;
	GauthStatus status = GAUTH_OK;

	if (space->name.len > 0 &&
		(parent->type.len == 0 ||
		 memchr(parent->type.data, ':', parent->type.len) == NULL))
		status = find_action(resolver, space->name, parent, &action);
	if (status == GAUTH_OK && action == NULL)
		status = find_action(resolver, gauth_span(NULL, 0), parent, &action);
	if (status != GAUTH_OK)
		return status;
	if (action == NULL)
		return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
								 resolver->tree->source, parent->offset,
								 "\"%.*s\" is not declared as an action",
								 GAUTH_SCHEMA_SHOW(parent->id));
	*position = (uint32_t) (action - resolver->pending_actions);
	return GAUTH_OK;
}

static GauthStatus
find_action_parents(GauthResolver *resolver, Hierarchy *hierarchy,
					uint32_t node)
{
	const GauthPendingAction *pending = &resolver->pending_actions[node];
	const GauthSchemaParent *parent;
	uint32_t	count = 0;

	for (parent = pending->declared->parents; parent != NULL;
		 parent = parent->next)
		count++;
	hierarchy->parents[node] = gauth_arena_array(resolver->arena, count,
												 sizeof(uint32_t));
	if (hierarchy->parents[node] == NULL)
		return no_memory(resolver);
	for (parent = pending->declared->parents; parent != NULL;
		 parent = parent->next)
	{
		uint32_t   *position =
		&hierarchy->parents[node][hierarchy->parent_counts[node]++];
		GauthStatus status = find_action_parent(resolver, pending->space,
												parent, position);

		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

/* the ancestors that were found, unless the action is one of its own */
static GauthStatus
set_action_ancestors(GauthResolver *resolver, const Hierarchy *hierarchy,
					 uint32_t node)
{
	GauthSchemaAction *action = &resolver->actions[node];
	uint32_t	i;

	action->ancestor_count = hierarchy->found_count;
	action->ancestors = gauth_arena_array(resolver->arena,
										  hierarchy->found_count,
										  sizeof(action->ancestors[0]));
	if (action->ancestors == NULL)
		return no_memory(resolver);
	for (i = 0; i < hierarchy->found_count; i++)
	{
		const GauthSchemaVerb *declared =
		resolver->pending_actions[node].declared;

		if (hierarchy->found[i] == node)
			return gauth_schema_fail(resolver->err, GAUTH_INVALID_VALUE,
									 resolver->tree->source, declared->offset,
									 "action \"%.*s\" is a member of itself",
									 GAUTH_SCHEMA_SHOW(declared->id));
		action->ancestors[i] = &resolver->actions[hierarchy->found[i]];
	}
	return GAUTH_OK;
}

/*
 * gauth_schema_close_actions
 *		Find the groups of all actions and fill in "ancestors".
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_schema_close_actions(GauthResolver *resolver)
{
	Hierarchy	hierarchy;
	GauthStatus status = make_hierarchy(resolver, &hierarchy,
										resolver->action_count);
	uint32_t	i;

	for (i = 0; i < resolver->action_count && status == GAUTH_OK; i++)
		status = find_action_parents(resolver, &hierarchy, i);
	for (i = 0; i < resolver->action_count && status == GAUTH_OK; i++)
	{
		status = find_ancestors(resolver, &hierarchy, i);
		if (status == GAUTH_OK)
			status = set_action_ancestors(resolver, &hierarchy, i);
	}
	return status;
}
