/*
 * entity_memory.h
 *		What this session remembers of the entities of a store.
 */
#ifndef GAUTH_STORE_ENTITY_MEMORY_H
#define GAUTH_STORE_ENTITY_MEMORY_H

#include "postgres.h"

#include "store/binding.h"
#include "store/entity_table.h"

/* an attribute that requests may give */
typedef struct GauthRequestAttribute
{
	GauthSpan	entity_type;
	GauthSpan	attribute;
} GauthRequestAttribute;

/* of one store; valid until the next gauth_entity_memory */
typedef struct GauthEntityMemory
{
	GauthEntityTable table;		/* rows of gauth.entity, and missing ones */
	GauthBindingRow *bindings;
	GauthRequestAttribute *attributes;
	uint32		binding_count;
	uint32		attribute_count;
} GauthEntityMemory;

extern GauthEntityMemory *gauth_entity_memory(GauthSpan store, uint64 *epoch);

#endif							/* GAUTH_STORE_ENTITY_MEMORY_H */
