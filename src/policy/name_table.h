/*
 * name_table.h
 *		Names and what they stand for: a hash table that is filled once.
 */
#ifndef GAUTH_POLICY_NAME_TABLE_H
#define GAUTH_POLICY_NAME_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

typedef struct GauthNameEntry
{
	GauthSpan	name;
	void	   *thing;			/* NULL: the slot is free */
} GauthNameEntry;

typedef struct GauthNameTable
{
	GauthNameEntry *slots;
	uint64_t	mask;			/* slots - 1 */
} GauthNameTable;

extern bool gauth_name_table_init(GauthNameTable *table, GauthArena *arena,
								  uint32_t count);
extern void *gauth_name_table_get(const GauthNameTable *table, GauthSpan name);
extern void *gauth_name_table_put(GauthNameTable *table, GauthSpan name,
								  void *thing);

#endif							/* GAUTH_POLICY_NAME_TABLE_H */
