/*
 * ledger_tree.h
 *		The tree of a log as it grows, and the tiles that become full.
 */
#ifndef GAUTH_STORE_LEDGER_TREE_H
#define GAUTH_STORE_LEDGER_TREE_H

#include "postgres.h"

#include "ledger/merkle.h"

/* a perfect subtree of 256^level leaves is finished */
typedef void (*GauthTileFull) (void *state, int level, uint64 index,
							   const GauthTreeHash *root);

extern void gauth_tree_append(GauthFrontier *frontier,
							  const GauthTreeHash *leaves, size_t count,
							  GauthTileFull full, void *state);

#endif							/* GAUTH_STORE_LEDGER_TREE_H */
