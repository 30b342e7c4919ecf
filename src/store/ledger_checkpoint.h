/*
 * ledger_checkpoint.h
 *		The signed sizes of a log.
 */
#ifndef GAUTH_STORE_LEDGER_CHECKPOINT_H
#define GAUTH_STORE_LEDGER_CHECKPOINT_H

#include "postgres.h"

#include "utils/snapshot.h"

#include "store/relation.h"

/* columns of gauth.checkpoint */
enum
{
	CHECKPOINT_SHARD = 1,
	CHECKPOINT_SIZE,
	CHECKPOINT_ROOT,
	CHECKPOINT_NOTE,
	CHECKPOINT_STORED_AT
};

/* checkpoints of a log, by size */
typedef struct GauthCheckpointScan
{
	GauthScan	scan;
	Relation	index;
	uint64		size;
	GauthSpan	root;			/* valid until the next one */
} GauthCheckpointScan;

extern void gauth_checkpoint_scan_begin(GauthCheckpointScan *scan,
										uint32 shard, uint64 above,
										Snapshot snapshot);
extern bool gauth_checkpoint_scan_next(GauthCheckpointScan *scan);
extern void gauth_checkpoint_scan_end(GauthCheckpointScan *scan);

#endif							/* GAUTH_STORE_LEDGER_CHECKPOINT_H */
