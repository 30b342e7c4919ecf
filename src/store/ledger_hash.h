/*
 * ledger_hash.h
 *		The stored hashes of a log: what proofs and tiles are made of.
 */
#ifndef GAUTH_STORE_LEDGER_HASH_H
#define GAUTH_STORE_LEDGER_HASH_H

#include "postgres.h"

#include "utils/snapshot.h"

#include "ledger/proof.h"
#include "ledger/receipt.h"

/* a log as a snapshot shows it; a source of hashes as long as it lives */
typedef struct GauthLogTree
{
	uint32		shard;			/* 0: there is no log yet */
	Snapshot	snapshot;
	GauthTreeSource source;		/* its size is that of what is sealed */
} GauthLogTree;

typedef enum GauthFound
{
	GAUTH_FOUND,
	GAUTH_FOUND_UNSEALED,		/* the transaction is not sealed yet */
	GAUTH_FOUND_NOTHING			/* it is, and has no such leaf */
} GauthFound;

extern Snapshot gauth_log_snapshot(void);
extern void gauth_log_tree_open(GauthLogTree *tree, uint32 shard,
								Snapshot snapshot);
extern void gauth_log_tree_root(const GauthLogTree *tree, uint64 size,
								GauthTreeHash *root);
extern void gauth_log_tree_hashes(const GauthLogTree *tree, unsigned level,
								  uint64 first, size_t count,
								  GauthTreeHash *hashes);
extern GauthFound gauth_log_tree_find(const GauthLogTree *tree, uint64 xid,
									  const uint8 leaf[GAUTH_HASH_SIZE],
									  uint64 *index);

#endif							/* GAUTH_STORE_LEDGER_HASH_H */
