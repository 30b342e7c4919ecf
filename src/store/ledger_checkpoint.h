/*
 * ledger_checkpoint.h
 *		The signed sizes of a log.
 */
#ifndef GAUTH_STORE_LEDGER_CHECKPOINT_H
#define GAUTH_STORE_LEDGER_CHECKPOINT_H

#include "postgres.h"

#include "utils/snapshot.h"

#include "base/text.h"
#include "ledger/merkle.h"
#include "store/ordered_scan.h"

/* columns of gauth.checkpoint */
enum
{
	CHECKPOINT_SHARD = 1,
	CHECKPOINT_SIZE,
	CHECKPOINT_ROOT,
	CHECKPOINT_NOTE,
	CHECKPOINT_STORED_AT
};

/* columns of gauth.cosignature */
enum
{
	COSIGNATURE_SHARD = 1,
	COSIGNATURE_SIZE,
	COSIGNATURE_NAME,
	COSIGNATURE_LINE,
	COSIGNATURE_STORED_AT
};

/* checkpoints of a log, by size */
typedef struct GauthCheckpointScan
{
	GauthOrderedScan rows;
	uint64		size;
	GauthSpan	root;			/* valid until the next one */
} GauthCheckpointScan;

extern void gauth_checkpoint_scan_begin(GauthCheckpointScan *scan,
										uint32 shard, uint64 above,
										Snapshot snapshot);
extern bool gauth_checkpoint_scan_next(GauthCheckpointScan *scan);
extern void gauth_checkpoint_scan_end(GauthCheckpointScan *scan);
extern bool gauth_checkpoint_find(uint32 shard, uint64 size, GauthText *note);
extern bool gauth_checkpoint_newest(uint32 shard, uint64 limit,
									GauthTreeHead *head);
extern bool gauth_checkpoint_insert(uint32 shard, const GauthTreeHead *head,
									GauthSpan note);
extern bool gauth_cosignature_insert(uint32 shard, uint64 size,
									 GauthSpan name, GauthSpan line);

#endif							/* GAUTH_STORE_LEDGER_CHECKPOINT_H */
