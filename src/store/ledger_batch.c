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

static void
read_xip(const GauthScan *scan, GauthBatch *batch)
{
	bool		is_null;
	ArrayType  *array =
		DatumGetArrayTypePCopy(gauth_scan_value(scan, BATCH_XIP, &is_null));

	if (ARR_NDIM(array) > 1 || ARR_HASNULL(array))
		gauth_refuse(GAUTH_CANNOT_RECORD, "The last batch is malformed.");
	batch->xip = (FullTransactionId *) ARR_DATA_PTR(array);
	batch->xip_count = (uint32) ArrayGetNItems(ARR_NDIM(array),
											   ARR_DIMS(array));
}

/*
 * gauth_batch_read
 *		The batch of a scan's current row, its frontier included.
 *
 * Raises when the frontier is not that of a tree of its size.
 */
void
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
	read_xip(scan, batch);
	if (root.len == GAUTH_HASH_SIZE)
		memcpy(batch->root.bytes, root.data, root.len);
	if (gauth_frontier_restore(batch->end,
							   gauth_scan_text(scan, BATCH_FRONTIER),
							   &batch->frontier) != GAUTH_OK)
		gauth_refuse(GAUTH_CANNOT_RECORD, "The last batch is malformed.");
}

/*
 * gauth_batch_last
 *		The newest batch of a log, as it is now; false when there is none.
 */
bool
gauth_batch_last(uint32 shard, GauthBatch *batch)
{
	GauthScan	scan;
	Relation	index;
	ScanKeyData key;

	memset(batch, 0, offsetof(GauthBatch, frontier));
	gauth_frontier_init(&batch->frontier);
	gauth_scan_begin(&scan, GAUTH_TABLE_SEAL_BATCH);
	index = index_open(scan.index, AccessShareLock);
	ScanKeyInit(&key, BATCH_SHARD, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) shard));
	scan.scan = systable_beginscan_ordered(scan.relation, index, NULL, 1,
										   &key);
	scan.tuple = systable_getnext_ordered(scan.scan, BackwardScanDirection);
	if (HeapTupleIsValid(scan.tuple))
		gauth_batch_read(&scan, batch);
	systable_endscan_ordered(scan.scan);
	scan.scan = NULL;
	index_close(index, AccessShareLock);
	gauth_scan_end(&scan);
	return batch->number > 0;
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
