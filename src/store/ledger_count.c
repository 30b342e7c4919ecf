/*
 * ledger_count.c
 *		The rows of a log, counted without its index.
 *
 * An index can leave rows out.  The table is read once more from its
 * beginning to its end, a little ahead of who reads the same rows by the
 * index: each page then comes to the processor once, and not twice.
 */
#include "store/ledger_count.h"

#include "access/table.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "utils/xid8.h"

#include "store/ledger_row.h"
#include "store/ledger_shard.h"

#define CACHE_LINE	64

/*
 * gauth_row_count_begin
 *		Open a log for counting under a snapshot that the caller keeps; tell
 *		"uncovered" of each row that no batch holds.
 */
void
gauth_row_count_begin(GauthRowCount *count, uint32 shard, Snapshot snapshot,
					  GauthUncovered uncovered, void *state)
{
	memset(count, 0, offsetof(GauthRowCount, last));
	count->shard = shard;
	(void) gauth_batch_last_seen(shard, snapshot, &count->last);
	count->covered = 0;
	count->table = table_open(gauth_shard_partition(shard), AccessShareLock);
	count->slot = table_slot_create(count->table, NULL);

	/* from the beginning, where others may be in the middle of it */
	count->scan = table_beginscan_strat(count->table, snapshot, 0, NULL, false,
										false);
	count->uncovered = uncovered;
	count->state = state;
}

/* who reads the whole row next need not wait for its bytes */
static void
prefetch_row(TupleTableSlot *slot)
{
	HeapTuple	tuple = ExecFetchSlotHeapTuple(slot, false, NULL);
	const char *bytes = (const char *) tuple->t_data;
	uint32		offset;

	for (offset = CACHE_LINE; offset < tuple->t_len;
		 offset += CACHE_LINE)
		__builtin_prefetch(bytes + offset);
}

static void
count_row(GauthRowCount *count)
{
	const Datum *values = count->slot->tts_values;

	prefetch_row(count->slot);
	slot_getsomeattrs(count->slot, ENTRY_XID);
	if (DatumGetInt32(values[ENTRY_SHARD - 1]) != (int32) count->shard)
		return;
	if (gauth_batch_covers(&count->last,
						   DatumGetFullTransactionId(values[ENTRY_XID - 1])))
		count->covered++;
	else
		count->uncovered(count->state, count->slot);
}

/*
 * gauth_row_count_advance
 *		Go on until so many rows that a batch holds have been counted, or to
 *		the end.
 */
void
gauth_row_count_advance(GauthRowCount *count, uint64 covered)
{
	while (count->covered < covered &&
		   table_scan_getnextslot(count->scan, ForwardScanDirection,
								  count->slot))
	{
		CHECK_FOR_INTERRUPTS();
		count_row(count);
	}
}

/*
 * gauth_row_count_end
 *		Close the log.
 */
void
gauth_row_count_end(GauthRowCount *count)
{
	table_endscan(count->scan);
	ExecDropSingleTupleTableSlot(count->slot);
	table_close(count->table, AccessShareLock);
}
