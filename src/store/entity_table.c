/*
 * entity_table.c
 *		Entities that were looked for, found or not, by uid.
 *
 * Open addressing over the hash that a uid carries: a search that hits looks
 * at one slot and one uid.
 */
#include "store/entity_table.h"

#include "utils/memutils.h"

#include "store/memory.h"

#define FIRST_SLOTS		64

/*
 * gauth_entity_table_init
 *		An empty table; what it will hold is in "memory", and leaves with it.
 */
void
gauth_entity_table_init(GauthEntityTable *table, MemoryContext memory)
{
	table->memory = memory;
	gauth_memory_arena(&table->arena, NULL, 0, memory);
	table->slots = MemoryContextAllocZero(memory, FIRST_SLOTS *
										  sizeof(GauthEntitySlot));
	table->mask = FIRST_SLOTS - 1;
	table->count = 0;
}

/* false when too many hashes fall on one place */
static bool
put(GauthEntitySlot *slots, uint32 mask, GauthEntityNode *node)
{
	uint64		hash = node->entity.uid->hash;
	uint32		probe;

	for (probe = 0; probe < GAUTH_ENTITY_PROBE_MAX; probe++)
	{
		GauthEntitySlot *slot = &slots[(hash + probe) & mask];

		if (slot->node != NULL)
			continue;
		slot->hash = hash;
		slot->node = node;
		return true;
	}
	return false;
}

/* slots stay at most half full */
static bool
grow(GauthEntityTable *table)
{
	uint32		mask = table->mask * 2 + 1;
	GauthEntitySlot *slots;
	uint32		i;

	if (table->count * 2 <= table->mask)
		return true;
	slots = MemoryContextAllocExtended(table->memory, (mask + (Size) 1) *
									   sizeof(GauthEntitySlot),
									   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (i = 0; i <= table->mask; i++)
	{
		if (table->slots[i].node != NULL &&
			!put(slots, mask, table->slots[i].node))
			return false;
	}
	pfree(table->slots);
	table->slots = slots;
	table->mask = mask;
	return true;
}

/*
 * gauth_entity_table_add
 *		Add a node for an entity whose uid is not there yet; all that the
 *		entity points to has to live as long as the table.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_entity_table_add(GauthEntityTable *table, const GauthEntity *entity,
					   GauthEntityNode **node, GauthError *err)
{
	*node = gauth_arena_zalloc(&table->arena, sizeof(GauthEntityNode));
	if (*node == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entities");
	(*node)->entity = *entity;
	if (!grow(table) || !put(table->slots, table->mask, *node))
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "entity hash");
	table->count++;
	return GAUTH_OK;
}

/*
 * gauth_entity_table_size
 *		How much memory the table has taken.
 */
size_t
gauth_entity_table_size(const GauthEntityTable *table)
{
	return table->arena.total +
		(table->mask + (size_t) 1) * sizeof(GauthEntitySlot);
}
