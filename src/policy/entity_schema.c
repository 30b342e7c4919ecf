/*
 * entity_schema.c
 *		The entities that a schema brings along: its actions.
 */
#include "policy/entity_json.h"

/*
 * gauth_entity_store_add_actions
 *		Add the actions of a schema as entities, each below its groups, unless
 *		they are there already.
 *
 * Errors: as gauth_entity_store_add.
 */
GauthStatus
gauth_entity_store_add_actions(GauthEntityStore *store,
							   const GauthSchema *schema, GauthArena *arena,
							   GauthError *err)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < schema->action_count && status == GAUTH_OK; i++)
	{
		const GauthSchemaAction *action = &schema->actions[i];
		GauthEntity entity = {.uid = action->uid};

		if (gauth_entity_store_find(store, action->uid) != NULL)
			continue;
		entity.parents = gauth_arena_array(arena, action->ancestor_count,
										   sizeof(GauthUid *));
		if (entity.parents == NULL)
			return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entity");
		entity.parent_count = action->ancestor_count;
		for (j = 0; j < action->ancestor_count; j++)
			entity.parents[j] = action->ancestors[j]->uid;
		status = gauth_entity_store_add(store, &entity, err);
	}
	return status;
}
