/*
 * name_table.c
 *		Names and what they stand for: open addressing, at most half full.
 */
#include "policy/name_table.h"

#include "policy/value.h"

#define HASH_SEED	0

/*
 * gauth_name_table_init
 *		An empty table for at most "count" names; false when there is no
 *		memory.
 */
bool
gauth_name_table_init(GauthNameTable *table, GauthArena *arena,
					  uint32_t count)
{
	uint64_t	slots = 8;

	while (slots < (uint64_t) count * 2)
		slots *= 2;
	table->mask = slots - 1;
	table->slots = gauth_arena_array(arena, slots, sizeof(GauthNameEntry));
	return table->slots != NULL;
}

static GauthNameEntry *
find_slot(const GauthNameTable *table, GauthSpan name)
{
	uint64_t	slot = gauth_bytes_hash(name, HASH_SEED) & table->mask;

	while (table->slots[slot].thing != NULL &&
		   !gauth_span_equal(table->slots[slot].name, name))
		slot = (slot + 1) & table->mask;
	return &table->slots[slot];
}

/*
 * gauth_name_table_get
 *		What the name stands for, or NULL.
 */
void *
gauth_name_table_get(const GauthNameTable *table, GauthSpan name)
{
	return find_slot(table, name)->thing;
}

/*
 * gauth_name_table_put
 *		Let the name stand for "thing", which is not NULL, unless it stands
 *		for something already: that is answered then, else NULL.
 */
void *
gauth_name_table_put(GauthNameTable *table, GauthSpan name, void *thing)
{
	GauthNameEntry *entry = find_slot(table, name);

	if (entry->thing != NULL)
		return entry->thing;
	entry->name = name;
	entry->thing = thing;
	return NULL;
}
