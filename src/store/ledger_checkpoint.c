/*
 * ledger_checkpoint.c
 *		The signed sizes of a log.
 */
#include "store/ledger_checkpoint.h"

#include "access/genam.h"
#include "utils/fmgroids.h"

/*
 * gauth_checkpoint_scan_begin
 *		Read the checkpoints of a log that are larger than "above".
 */
void
gauth_checkpoint_scan_begin(GauthCheckpointScan *scan, uint32 shard,
							uint64 above, Snapshot snapshot)
{
	ScanKeyData keys[2];

	gauth_scan_begin(&scan->scan, GAUTH_TABLE_CHECKPOINT);
	scan->index = index_open(scan->scan.index, AccessShareLock);
	ScanKeyInit(&keys[0], CHECKPOINT_SHARD, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) shard));
	ScanKeyInit(&keys[1], CHECKPOINT_SIZE, BTGreaterStrategyNumber, F_INT8GT,
				Int64GetDatum((int64) above));
	scan->scan.scan = systable_beginscan_ordered(scan->scan.relation,
												 scan->index, snapshot, 2,
												 keys);
}

/*
 * gauth_checkpoint_scan_next
 *		Go to the next one.
 */
bool
gauth_checkpoint_scan_next(GauthCheckpointScan *scan)
{
	bool		is_null;

	scan->scan.tuple = systable_getnext_ordered(scan->scan.scan,
												ForwardScanDirection);
	if (!HeapTupleIsValid(scan->scan.tuple))
		return false;
	scan->size = (uint64)
		DatumGetInt64(gauth_scan_value(&scan->scan, CHECKPOINT_SIZE,
									   &is_null));
	scan->root = gauth_scan_text(&scan->scan, CHECKPOINT_ROOT);
	return true;
}

/*
 * gauth_checkpoint_scan_end
 *		Close the log.
 */
void
gauth_checkpoint_scan_end(GauthCheckpointScan *scan)
{
	systable_endscan_ordered(scan->scan.scan);
	scan->scan.scan = NULL;
	index_close(scan->index, AccessShareLock);
	gauth_scan_end(&scan->scan);
}
