/*
 * ledger_scan.c
 *		The entries of one log, in the order in which they are sealed.
 *
 * An index scan of our own, so that no plan and no privilege takes part.  A
 * scan that is begun anew gets all of its keys anew.
 */
#include "store/ledger_scan.h"

#include "access/table.h"
#include "access/tableam.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/xid8.h"

#include "store/compat.h"
#include "store/ledger_shard.h"

#define SCAN_KEYS	3

/* columns of the index that a log is read by */
enum
{
	KEY_SHARD = 1,
	KEY_XID,
	KEY_LANE_SEQ
};

/*
 * gauth_entry_scan_begin
 *		Open a log for reading under a snapshot that the caller keeps.
 */
void
gauth_entry_scan_begin(GauthEntryScan *scan, uint32 shard, Snapshot snapshot)
{
	memset(scan, 0, sizeof(*scan));
	scan->shard = shard;
	scan->snapshot = snapshot;
	scan->table = table_open(gauth_shard_partition(shard), AccessShareLock);
	scan->index = index_open(GAUTH_PRIMARY_KEY(scan->table),
							 AccessShareLock);
	scan->slot = table_slot_create(scan->table, NULL);
	scan->memory = AllocSetContextCreate(CurrentMemoryContext,
										 "gauth entries",
										 ALLOCSET_DEFAULT_SIZES);
}

static void
end_index_scan(GauthEntryScan *scan)
{
	if (scan->scan == NULL)
		return;
	ExecClearTuple(scan->slot);
	index_endscan(scan->scan);
	scan->scan = NULL;
}

/* as many keys as before: the same scan, begun again */
static void
begin_index_scan(GauthEntryScan *scan, ScanKey keys, int count)
{
	if (scan->scan == NULL || scan->scan->numberOfKeys != count)
	{
		end_index_scan(scan);
		scan->scan = GAUTH_BEGIN_INDEX_SCAN(scan->table, scan->index,
											scan->snapshot, count);
	}
	index_rescan(scan->scan, keys, count, NULL, 0);
}

static void
set_shard(const GauthEntryScan *scan, ScanKey key)
{
	ScanKeyInit(key, KEY_SHARD, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) scan->shard));
}

static void
begin_transaction(GauthEntryScan *scan, FullTransactionId xid)
{
	ScanKeyData keys[SCAN_KEYS];

	set_shard(scan, &keys[0]);
	ScanKeyInit(&keys[1], KEY_XID, BTEqualStrategyNumber, F_XID8EQ,
				FullTransactionIdGetDatum(xid));
	begin_index_scan(scan, keys, 2);
}

static void
begin_range(GauthEntryScan *scan)
{
	ScanKeyData keys[SCAN_KEYS];

	set_shard(scan, &keys[0]);
	ScanKeyInit(&keys[1], KEY_XID, BTGreaterEqualStrategyNumber, F_XID8GE,
				FullTransactionIdGetDatum(scan->from->xmax));
	ScanKeyInit(&keys[2], KEY_XID, BTLessStrategyNumber, F_XID8LT,
				FullTransactionIdGetDatum(scan->until->xmax));
	begin_index_scan(scan, keys, 3);
	scan->in_range = true;
}

/* a running transaction that has ended since, or else the range */
static void
begin_next(GauthEntryScan *scan)
{
	while (scan->late < scan->from->xip_count)
	{
		FullTransactionId xid = scan->from->xip[scan->late++];

		if (gauth_batch_covers(scan->until, xid))
		{
			begin_transaction(scan, xid);
			return;
		}
	}
	begin_range(scan);
}

/*
 * gauth_entry_scan_between
 *		Read what is sealed behind "until" and not behind "from"; both stay
 *		valid for the scan.
 */
void
gauth_entry_scan_between(GauthEntryScan *scan, const GauthBatch *from,
						 const GauthBatch *until)
{
	scan->from = from;
	scan->until = until;
	scan->late = 0;
	scan->in_range = false;
	begin_next(scan);
}

/* the row in the slot; what it needed of memory is gone with the next one */
static void
read_row(GauthEntryScan *scan)
{
	MemoryContext caller;

	MemoryContextReset(scan->memory);
	caller = MemoryContextSwitchTo(scan->memory);
	gauth_entry_row_read(scan->slot, &scan->row);
	MemoryContextSwitchTo(caller);
}

static bool
is_wanted(const GauthEntryScan *scan)
{
	return !scan->in_range ||
		gauth_batch_covers(scan->until,
						   FullTransactionIdFromU64(scan->row.entry.xid));
}

/*
 * gauth_entry_scan_next
 *		Go to the next entry, in scan->row; false when there is none.
 */
bool
gauth_entry_scan_next(GauthEntryScan *scan)
{
	for (;;)
	{
		while (index_getnext_slot(scan->scan, ForwardScanDirection,
								  scan->slot))
		{
			read_row(scan);
			if (is_wanted(scan))
				return true;
		}
		if (scan->in_range)
			return false;
		begin_next(scan);
	}
}

/*
 * gauth_entry_scan_find
 *		Go to one entry; false when it is not there.
 */
bool
gauth_entry_scan_find(GauthEntryScan *scan, uint64 xid, uint64 lane_seq)
{
	ScanKeyData keys[SCAN_KEYS];

	set_shard(scan, &keys[0]);
	ScanKeyInit(&keys[1], KEY_XID, BTEqualStrategyNumber, F_XID8EQ,
				FullTransactionIdGetDatum(FullTransactionIdFromU64(xid)));
	ScanKeyInit(&keys[2], KEY_LANE_SEQ, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum((int64) lane_seq));
	begin_index_scan(scan, keys, 3);
	if (!index_getnext_slot(scan->scan, ForwardScanDirection, scan->slot))
		return false;
	read_row(scan);
	return true;
}

/*
 * gauth_entry_scan_end
 *		Close the log.
 */
void
gauth_entry_scan_end(GauthEntryScan *scan)
{
	end_index_scan(scan);
	ExecDropSingleTupleTableSlot(scan->slot);
	MemoryContextDelete(scan->memory);
	index_close(scan->index, AccessShareLock);
	table_close(scan->table, AccessShareLock);
}
