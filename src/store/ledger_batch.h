/*
 * ledger_batch.h
 *		What has been sealed: the batches of a log.
 */
#ifndef GAUTH_STORE_LEDGER_BATCH_H
#define GAUTH_STORE_LEDGER_BATCH_H

#include "postgres.h"

#include "access/transam.h"
#include "datatype/timestamp.h"
#include "utils/snapshot.h"

#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "store/ordered_scan.h"

/* columns of gauth.seal_batch */
enum
{
	BATCH_SHARD = 1,
	BATCH_BATCH,
	BATCH_FIRST_INDEX,
	BATCH_FIRST_POSITION,
	BATCH_SIZE,
	BATCH_XMIN,
	BATCH_XMAX,
	BATCH_XIP,
	BATCH_NEXT_XID,
	BATCH_FINAL,
	BATCH_SEALED_AT,
	BATCH_ROOT,
	BATCH_FRONTIER,
	BATCH_LEAVES
};

/*
 * A batch without its leaves.  What the snapshot shows of a log is exactly
 * what is sealed behind the batch: transactions before "xmax" that are not
 * among "xip".
 */
typedef struct GauthBatch
{
	uint32		shard;
	uint64		number;			/* from 1; 0: nothing is sealed */
	uint64		first;			/* index in the tree of its first entry */
	uint64		position;		/* of its first entry, over all logs */
	uint64		size;
	uint64		end;			/* first + size */
	FullTransactionId xmin;
	FullTransactionId xmax;
	FullTransactionId *xip;		/* in order; in the current memory context */
	uint32		xip_count;
	FullTransactionId next_xid; /* of the cluster when it was sealed */
	bool		final;
	TimestampTz sealed_at;
	GauthTreeHash root;
	GauthFrontier frontier;
} GauthBatch;

/* the batches of a log in their order, under one snapshot */
typedef struct GauthBatchScan
{
	GauthOrderedScan rows;
	MemoryContext memory;		/* of the current one; reset at each one */
	GauthBatch	batch;
	GauthSpan	leaves;
	bool		malformed;		/* its frontier cannot be read */
} GauthBatchScan;

extern void gauth_batch_scan_begin(GauthBatchScan *scan, uint32 shard,
								   uint64 number, Snapshot snapshot);
extern bool gauth_batch_scan_next(GauthBatchScan *scan);
extern void gauth_batch_scan_end(GauthBatchScan *scan);
extern bool gauth_batch_last_seen(uint32 shard, Snapshot snapshot,
								  GauthBatch *batch);
extern bool gauth_batch_last(uint32 shard, GauthBatch *batch);
extern bool gauth_batch_read(const GauthScan *scan, GauthBatch *batch);
extern bool gauth_batch_at(uint32 shard, uint64 index, Snapshot snapshot,
						   GauthBatch *batch);
extern bool gauth_batch_at_position(uint64 position, Snapshot snapshot,
									GauthBatch *batch);
extern uint64 gauth_batch_next_position(uint64 position, Snapshot snapshot,
										uint64 limit);
extern int	gauth_xid_compare(const void *a, const void *b);
extern bool gauth_batch_covers(const GauthBatch *batch, FullTransactionId xid);

#endif							/* GAUTH_STORE_LEDGER_BATCH_H */
