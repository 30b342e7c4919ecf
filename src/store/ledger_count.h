/*
 * ledger_count.h
 *		The rows of a log, counted without its index.
 */
#ifndef GAUTH_STORE_LEDGER_COUNT_H
#define GAUTH_STORE_LEDGER_COUNT_H

#include "postgres.h"

#include "access/relscan.h"
#include "executor/tuptable.h"
#include "utils/rel.h"

#include "store/ledger_batch.h"

/* a row that no batch holds; the slot is the scan's */
typedef void (*GauthUncovered) (void *state, TupleTableSlot *slot);

typedef struct GauthRowCount
{
	uint32		shard;
	GauthBatch	last;			/* what it covers is sealed */
	uint64		covered;		/* rows that were counted */
	Relation	table;
	TableScanDesc scan;
	TupleTableSlot *slot;
	GauthUncovered uncovered;
	void	   *state;
} GauthRowCount;

extern void gauth_row_count_begin(GauthRowCount *count, uint32 shard,
								  Snapshot snapshot, GauthUncovered uncovered,
								  void *state);
extern void gauth_row_count_advance(GauthRowCount *count, uint64 covered);
extern void gauth_row_count_end(GauthRowCount *count);

#endif							/* GAUTH_STORE_LEDGER_COUNT_H */
