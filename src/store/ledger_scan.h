/*
 * ledger_scan.h
 *		The entries of one log, in the order in which they are sealed.
 */
#ifndef GAUTH_STORE_LEDGER_SCAN_H
#define GAUTH_STORE_LEDGER_SCAN_H

#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/transam.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "store/ledger_batch.h"
#include "store/ledger_row.h"

/*
 * What a snapshot shows of a log and an earlier one does not: first those of
 * its running transactions that have ended since, then those that it did not
 * know; each of them in the order of transactions and, within one, in that of
 * writing.
 */
typedef struct GauthEntryScan
{
	Relation	table;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	Snapshot	snapshot;
	uint32		shard;
	const GauthBatch *from;
	const GauthBatch *until;
	uint32		late;			/* next of from->xip to be asked for */
	bool		in_range;		/* the late ones are done */
	MemoryContext memory;		/* of the current row; reset at each one */
	GauthEntryRow row;
} GauthEntryScan;

extern void gauth_entry_scan_begin(GauthEntryScan *scan, uint32 shard,
								   Snapshot snapshot);
extern void gauth_entry_scan_between(GauthEntryScan *scan,
									 const GauthBatch *from,
									 const GauthBatch *until);
extern bool gauth_entry_scan_next(GauthEntryScan *scan);
extern bool gauth_entry_scan_find(GauthEntryScan *scan, uint64 xid,
								  uint64 lane_seq);
extern void gauth_entry_scan_end(GauthEntryScan *scan);

#endif							/* GAUTH_STORE_LEDGER_SCAN_H */
