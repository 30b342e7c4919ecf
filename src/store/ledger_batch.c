/*
 * ledger_batch.c
 *		What has been sealed: the batches of a log.
 */
#include "store/ledger_batch.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/xid8.h"

#include "store/compat.h"
#include "store/refuse.h"

static uint64
read_number(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;

	return (uint64) DatumGetInt64(gauth_scan_value(scan, column, &is_null));
}

static FullTransactionId
read_xid(const GauthScan *scan, AttrNumber column)
{
	return FullTransactionIdFromU64(read_number(scan, column));
}

static bool
read_xip(const GauthScan *scan, GauthBatch *batch)
{
	bool		is_null;
	ArrayType  *array =
		DatumGetArrayTypePCopy(gauth_scan_value(scan, BATCH_XIP, &is_null));

	if (ARR_NDIM(array) > 1 || ARR_HASNULL(array))
		return false;
	batch->xip = (FullTransactionId *) ARR_DATA_PTR(array);
	batch->xip_count = (uint32) ArrayGetNItems(ARR_NDIM(array),
											   ARR_DIMS(array));
	return true;
}

/*
 * gauth_batch_read
 *		The batch of a scan's current row, its frontier included; false when
 *		that is not the one of a tree of its size.
 */
bool
gauth_batch_read(const GauthScan *scan, GauthBatch *batch)
{
	GauthSpan	root = gauth_scan_text(scan, BATCH_ROOT);
	bool		is_null;

	memset(batch, 0, offsetof(GauthBatch, frontier));
	batch->shard = (uint32)
		DatumGetInt32(gauth_scan_value(scan, BATCH_SHARD, &is_null));
	batch->number = read_number(scan, BATCH_BATCH);
	batch->first = read_number(scan, BATCH_FIRST_INDEX);
	batch->position = read_number(scan, BATCH_FIRST_POSITION);
	batch->size = read_number(scan, BATCH_SIZE);
	batch->end = batch->first + batch->size;
	batch->xmin = read_xid(scan, BATCH_XMIN);
	batch->xmax = read_xid(scan, BATCH_XMAX);
	batch->next_xid = read_xid(scan, BATCH_NEXT_XID);
	batch->sealed_at = (TimestampTz) read_number(scan, BATCH_SEALED_AT);
	batch->final = DatumGetBool(gauth_scan_value(scan, BATCH_FINAL, &is_null));
	if (root.len == GAUTH_HASH_SIZE)
		memcpy(batch->root.bytes, root.data, root.len);
	return read_xip(scan, batch) && root.len == GAUTH_HASH_SIZE &&
		gauth_frontier_restore(batch->end,
							   gauth_scan_text(scan, BATCH_FRONTIER),
							   &batch->frontier) == GAUTH_OK;
}

/* the newest one under a snapshot; NULL: as it is now */
static bool
read_last(uint32 shard, Snapshot snapshot, GauthBatch *batch)
{
	GauthScan	scan;
	Relation	index;
	ScanKeyData key;
	bool		good = true;

	memset(batch, 0, offsetof(GauthBatch, frontier));
	gauth_frontier_init(&batch->frontier);
	gauth_scan_begin(&scan, GAUTH_TABLE_SEAL_BATCH);
	index = index_open(scan.index, AccessShareLock);
	ScanKeyInit(&key, BATCH_SHARD, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) shard));
	scan.scan = systable_beginscan_ordered(scan.relation, index, snapshot, 1,
										   &key);
	scan.tuple = systable_getnext_ordered(scan.scan, BackwardScanDirection);
	if (HeapTupleIsValid(scan.tuple))
		good = gauth_batch_read(&scan, batch);
	systable_endscan_ordered(scan.scan);
	scan.scan = NULL;
	index_close(index, AccessShareLock);
	gauth_scan_end(&scan);
	return good;
}

/*
 * gauth_batch_last
 *		The newest batch of a log, as it is now; false when there is none.
 *
 * Raises when it cannot be read: nothing can follow it.
 */
bool
gauth_batch_last(uint32 shard, GauthBatch *batch)
{
	if (!read_last(shard, NULL, batch))
		gauth_refuse(GAUTH_CANNOT_RECORD, "The last batch is malformed.");
	return batch->number > 0;
}

/*
 * gauth_batch_last_seen
 *		The newest batch that a snapshot shows, whether it can be read or not.
 */
bool
gauth_batch_last_seen(uint32 shard, Snapshot snapshot, GauthBatch *batch)
{
	(void) read_last(shard, snapshot, batch);
	return batch->number > 0;
}

/*
 * gauth_batch_scan_begin
 *		Read the batches of a log from one on.
 */
void
gauth_batch_scan_begin(GauthBatchScan *scan, uint32 shard, uint64 number,
					   Snapshot snapshot)
{
	ScanKeyData keys[2];

	memset(scan, 0, offsetof(GauthBatchScan, batch));
	scan->memory = AllocSetContextCreate(CurrentMemoryContext,
										 "gauth batches",
										 ALLOCSET_DEFAULT_SIZES);
	gauth_scan_begin(&scan->scan, GAUTH_TABLE_SEAL_BATCH);
	scan->index = index_open(scan->scan.index, AccessShareLock);
	ScanKeyInit(&keys[0], BATCH_SHARD, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) shard));
	ScanKeyInit(&keys[1], BATCH_BATCH, BTGreaterEqualStrategyNumber,
				F_INT8GE, Int64GetDatum((int64) number));
	scan->scan.scan = systable_beginscan_ordered(scan->scan.relation,
												 scan->index, snapshot, 2,
												 keys);
}

/*
 * gauth_batch_scan_next
 *		Go to the next batch; what the one before pointed to is gone.
 */
bool
gauth_batch_scan_next(GauthBatchScan *scan)
{
	MemoryContext caller;

	scan->scan.tuple = systable_getnext_ordered(scan->scan.scan,
												ForwardScanDirection);
	if (!HeapTupleIsValid(scan->scan.tuple))
		return false;
	MemoryContextReset(scan->memory);
	caller = MemoryContextSwitchTo(scan->memory);
	scan->malformed = !gauth_batch_read(&scan->scan, &scan->batch);
	scan->leaves = gauth_scan_text(&scan->scan, BATCH_LEAVES);
	MemoryContextSwitchTo(caller);
	return true;
}

/*
 * gauth_batch_scan_end
 *		Close the log.
 */
void
gauth_batch_scan_end(GauthBatchScan *scan)
{
	systable_endscan_ordered(scan->scan.scan);
	scan->scan.scan = NULL;
	index_close(scan->index, AccessShareLock);
	gauth_scan_end(&scan->scan);
	MemoryContextDelete(scan->memory);
}

/* backwards from where "keys" begin, to the batch that "holds" it */
static bool
find_batch(const char *index_name, ScanKey keys, int count, Snapshot snapshot,
		   GauthBatch *batch)
{
	GauthScan	scan;
	Relation	index;

	memset(batch, 0, offsetof(GauthBatch, frontier));
	gauth_scan_begin(&scan, GAUTH_TABLE_SEAL_BATCH);
	index = index_open(gauth_relation_find(index_name), AccessShareLock);
	scan.scan = systable_beginscan_ordered(scan.relation, index, snapshot,
										   count, keys);
	/* one that only closes its log holds nothing */
	do
	{
		scan.tuple = systable_getnext_ordered(scan.scan,
											  BackwardScanDirection);
		if (HeapTupleIsValid(scan.tuple))
			(void) gauth_batch_read(&scan, batch);
	} while (HeapTupleIsValid(scan.tuple) && batch->size == 0);
	systable_endscan_ordered(scan.scan);
	scan.scan = NULL;
	index_close(index, AccessShareLock);
	gauth_scan_end(&scan);
	return batch->size > 0;
}

/*
 * gauth_batch_at
 *		The batch that holds an index of a log's tree; false when there is
 *		none.
 */
bool
gauth_batch_at(uint32 shard, uint64 index, Snapshot snapshot,
			   GauthBatch *batch)
{
	ScanKeyData keys[2];

	if (index > PG_INT64_MAX)
		return false;
	ScanKeyInit(&keys[0], BATCH_SHARD, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) shard));
	ScanKeyInit(&keys[1], BATCH_FIRST_INDEX, BTLessEqualStrategyNumber,
				F_INT8LE, Int64GetDatum((int64) index));
	return find_batch("seal_batch_index", keys, 2, snapshot, batch) &&
		index < batch->end;
}

/*
 * gauth_batch_at_position
 *		The batch that holds a position in the order of all logs; false when
 *		there is none.
 */
bool
gauth_batch_at_position(uint64 position, Snapshot snapshot,
						GauthBatch *batch)
{
	ScanKeyData key;

	if (position > PG_INT64_MAX)
		return false;
	ScanKeyInit(&key, BATCH_FIRST_POSITION, BTLessEqualStrategyNumber,
				F_INT8LE, Int64GetDatum((int64) position));
	return find_batch("seal_batch_position", &key, 1, snapshot, batch) &&
		position < batch->position + batch->size;
}

/*
 * gauth_batch_next_position
 *		Where the batch begins that is the first one behind a position that no
 *		batch holds, or "limit".
 */
uint64
gauth_batch_next_position(uint64 position, Snapshot snapshot, uint64 limit)
{
	GauthScan	scan;
	Relation	index;
	ScanKeyData key;
	bool		is_null;
	uint64		next = limit;

	gauth_scan_begin(&scan, GAUTH_TABLE_SEAL_BATCH);
	index = index_open(gauth_relation_find("seal_batch_position"),
					   AccessShareLock);
	ScanKeyInit(&key, BATCH_FIRST_POSITION, BTGreaterStrategyNumber, F_INT8GT,
				Int64GetDatum((int64) position));
	scan.scan = systable_beginscan_ordered(scan.relation, index, snapshot, 1,
										   &key);
	scan.tuple = systable_getnext_ordered(scan.scan, ForwardScanDirection);
	if (HeapTupleIsValid(scan.tuple))
		next = (uint64) DatumGetInt64(gauth_scan_value(&scan,
													   BATCH_FIRST_POSITION,
													   &is_null));
	systable_endscan_ordered(scan.scan);
	scan.scan = NULL;
	index_close(index, AccessShareLock);
	gauth_scan_end(&scan);
	return Min(next, limit);
}

/*
 * gauth_xid_compare
 *		The order of transactions, for qsort and bsearch.
 */
int
gauth_xid_compare(const void *a, const void *b)
{
	const FullTransactionId *left = a;
	const FullTransactionId *right = b;

	if (FullTransactionIdEquals(*left, *right))
		return 0;
	return FullTransactionIdPrecedes(*left, *right) ? -1 : 1;
}

/*
 * gauth_batch_covers
 *		Are the transaction's entries sealed behind this batch?
 */
bool
gauth_batch_covers(const GauthBatch *batch, FullTransactionId xid)
{
	return FullTransactionIdPrecedes(xid, batch->xmax) &&
		bsearch(&xid, batch->xip, batch->xip_count, sizeof(FullTransactionId),
				gauth_xid_compare) == NULL;
}
