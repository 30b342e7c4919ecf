/*
 * entity_table.h
 *		Entities that were looked for, found or not, by uid.
 */
#ifndef GAUTH_STORE_ENTITY_TABLE_H
#define GAUTH_STORE_ENTITY_TABLE_H

#include "postgres.h"

#include "base/arena.h"
#include "policy/entity.h"

/* slots that one search may look at; more means chosen collisions */
#define GAUTH_ENTITY_PROBE_MAX	1024

/*
 * "entity" has its uid in any case.  Its ancestors are there once it is
 * complete; it is whole once it is what a decision is to see.  A lasting node
 * depends on gauth.entity alone.
 */
typedef struct GauthEntityNode
{
	GauthEntity entity;
	bool		exists;
	bool		complete;
	bool		whole;
	bool		lasting;
	bool		is_open;		/* in that walk: not left yet */
	uint64		walk;			/* the last one that came by */
} GauthEntityNode;

typedef struct GauthEntitySlot
{
	uint64		hash;
	GauthEntityNode *node;		/* NULL: a free slot */
} GauthEntitySlot;

typedef struct GauthEntityTable
{
	MemoryContext memory;		/* holds all of it */
	GauthArena	arena;			/* for what the entities are made of */
	GauthEntitySlot *slots;
	uint32		mask;			/* slots - 1 */
	uint32		count;
} GauthEntityTable;

extern void gauth_entity_table_init(GauthEntityTable *table,
									MemoryContext memory);
extern GauthStatus gauth_entity_table_add(GauthEntityTable *table,
										  const GauthEntity *entity,
										  GauthEntityNode **node,
										  GauthError *err);
extern size_t gauth_entity_table_size(const GauthEntityTable *table);

/* the node of the uid, or NULL */
static inline GauthEntityNode *
gauth_entity_table_find(const GauthEntityTable *table, const GauthUid *uid)
{
	uint32		probe;

	for (probe = 0; probe < GAUTH_ENTITY_PROBE_MAX; probe++)
	{
		const GauthEntitySlot *slot =
			&table->slots[(uid->hash + probe) & table->mask];

		if (slot->node == NULL)
			return NULL;
		if (slot->hash == uid->hash &&
			gauth_uid_equal(slot->node->entity.uid, uid))
			return slot->node;
	}
	return NULL;
}

#endif							/* GAUTH_STORE_ENTITY_TABLE_H */
