/*
 * generation.h
 *		Whether what this session remembers of gauth's tables is still true.
 */
#ifndef GAUTH_STORE_GENERATION_H
#define GAUTH_STORE_GENERATION_H

#include "postgres.h"

/* groups of tables that change together */
typedef enum GauthGroup
{
	GAUTH_GROUP_ISSUERS,		/* issuers, keys, private halves */
	GAUTH_GROUP_REVOCATIONS,
	GAUTH_GROUP_POLICIES,		/* stores, policies, links, mappings */
	GAUTH_GROUP_ENTITIES,		/* entities, bindings, request attributes */
	GAUTH_GROUP_SHARDS,			/* the logs of the ledger */
	GAUTH_GROUP_MANDATES,		/* documents, which never change */
	GAUTH_GROUP_SETTINGS,
	GAUTH_GROUP_PARTIES,		/* parties, positions, proofs, definitions */
	GAUTH_GROUP_COUNT
} GauthGroup;

extern void gauth_generation_watch(void);
extern void gauth_generation_advance(GauthGroup group);
extern uint64 gauth_generation(GauthGroup group);
extern uint64 gauth_generation_refresh(void);

#endif							/* GAUTH_STORE_GENERATION_H */
