/*
 * ledger_batch.c
 *		What has been sealed: the batches of a log.
 */
#include "store/ledger_batch.h"

#include "utils/array.h"
#include "utils/memutils.h"

#include "store/refuse.h"

static uint64
read_number(const GauthScan *scan, AttrNumber column)
{
	return (uint64) gauth_scan_int64(scan, column);
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
	batch->sealed_at = gauth_scan_time(scan, BATCH_SEALED_AT, 0);
	batch->final = gauth_scan_bool(scan, BATCH_FINAL);
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
	GauthOrderedScan rows;
	bool		good = true;

	memset(batch, 0, offsetof(GauthBatch, frontier));
	gauth_frontier_init(&batch->frontier);
	gauth_ordered_scan_begin(&rows, GAUTH_TABLE_SEAL_BATCH, NULL,
							 BackwardScanDirection, snapshot);
	gauth_scan_key_int(&rows.scan, BATCH_SHARD, (int32) shard);
	if (gauth_ordered_scan_next(&rows))
		good = gauth_batch_read(&rows.scan, batch);
	gauth_ordered_scan_end(&rows);
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
	GauthOrderedScan *rows = &scan->rows;

	memset(scan, 0, offsetof(GauthBatchScan, batch));
	scan->memory = AllocSetContextCreate(CurrentMemoryContext,
										 "gauth batches",
										 ALLOCSET_DEFAULT_SIZES);
	gauth_ordered_scan_begin(rows, GAUTH_TABLE_SEAL_BATCH, NULL,
							 ForwardScanDirection, snapshot);
	gauth_scan_key_int(&rows->scan, BATCH_SHARD, (int32) shard);
	gauth_ordered_scan_key_int64(rows, BATCH_BATCH,
								 BTGreaterEqualStrategyNumber, (int64) number);
}

/*
 * gauth_batch_scan_next
 *		Go to the next batch; what the one before pointed to is gone.
 */
bool
gauth_batch_scan_next(GauthBatchScan *scan)
{
	MemoryContext caller;

	if (!gauth_ordered_scan_next(&scan->rows))
		return false;
	MemoryContextReset(scan->memory);
	caller = MemoryContextSwitchTo(scan->memory);
	scan->malformed = !gauth_batch_read(&scan->rows.scan, &scan->batch);
	scan->leaves = gauth_scan_text(&scan->rows.scan, BATCH_LEAVES);
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
	gauth_ordered_scan_end(&scan->rows);
	MemoryContextDelete(scan->memory);
}

/* on to the batch that holds something; one that closes its log holds none */
static bool
find_batch(GauthOrderedScan *rows, GauthBatch *batch)
{
	memset(batch, 0, offsetof(GauthBatch, frontier));
	while (batch->size == 0 && gauth_ordered_scan_next(rows))
		(void) gauth_batch_read(&rows->scan, batch);
	gauth_ordered_scan_end(rows);
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
	GauthOrderedScan rows;

	if (index > PG_INT64_MAX)
		return false;
	gauth_ordered_scan_begin(&rows, GAUTH_TABLE_SEAL_BATCH,
							 "seal_batch_index", BackwardScanDirection,
							 snapshot);
	gauth_scan_key_int(&rows.scan, BATCH_SHARD, (int32) shard);
	gauth_ordered_scan_key_int64(&rows, BATCH_FIRST_INDEX,
								 BTLessEqualStrategyNumber, (int64) index);
	return find_batch(&rows, batch) && index < batch->end;
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
	GauthOrderedScan rows;

	if (position > PG_INT64_MAX)
		return false;
	gauth_ordered_scan_begin(&rows, GAUTH_TABLE_SEAL_BATCH,
							 "seal_batch_position", BackwardScanDirection,
							 snapshot);
	gauth_ordered_scan_key_int64(&rows, BATCH_FIRST_POSITION,
								 BTLessEqualStrategyNumber, (int64) position);
	return find_batch(&rows, batch) &&
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
	GauthOrderedScan rows;
	uint64		next = limit;

	gauth_ordered_scan_begin(&rows, GAUTH_TABLE_SEAL_BATCH,
							 "seal_batch_position", ForwardScanDirection,
							 snapshot);
	gauth_ordered_scan_key_int64(&rows, BATCH_FIRST_POSITION,
								 BTGreaterStrategyNumber, (int64) position);
	if (gauth_ordered_scan_next(&rows))
		next = read_number(&rows.scan, BATCH_FIRST_POSITION);
	gauth_ordered_scan_end(&rows);
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
