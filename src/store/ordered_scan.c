/*
 * ordered_scan.c
 *		Reading gauth's own tables in the order of an index.
 */
#include "store/ordered_scan.h"

#include "access/genam.h"
#include "utils/fmgroids.h"

#include "store/compat.h"

/*
 * gauth_ordered_scan_begin
 *		Open a table for reading in the order of an index, or of its primary
 *		key when that is NULL, under a snapshot, or a fresh one when that is
 *		NULL; keys follow, on the index's columns.
 */
void
gauth_ordered_scan_begin(GauthOrderedScan *ordered, GauthTable table,
						 const char *index, ScanDirection direction,
						 Snapshot snapshot)
{
	if (index == NULL)
		gauth_scan_begin(&ordered->scan, table);
	else
		gauth_scan_begin_by(&ordered->scan, table, index);
	ordered->scan.snapshot = snapshot;
	ordered->direction = direction;
	ordered->index = index_open(ordered->scan.index, AccessShareLock);
}

static RegProcedure
compare_int64(StrategyNumber strategy)
{
	switch (strategy)
	{
		case BTLessEqualStrategyNumber:
			return F_INT8LE;
		case BTGreaterEqualStrategyNumber:
			return F_INT8GE;
		default:
			Assert(strategy == BTGreaterStrategyNumber);
			return F_INT8GT;
	}
}

/*
 * gauth_ordered_scan_key_int64
 *		Only rows whose column, a bigint, is up to, from or above "value", as
 *		the strategy says.
 */
void
gauth_ordered_scan_key_int64(GauthOrderedScan *ordered, AttrNumber column,
							 StrategyNumber strategy, int64 value)
{
	ScanKey		key = &ordered->scan.keys[ordered->scan.key_count++];

	Assert(ordered->scan.key_count <= GAUTH_SCAN_KEYS_MAX);
	ScanKeyInit(key, column, strategy, compare_int64(strategy),
				Int64GetDatum(value));
}

/*
 * gauth_ordered_scan_next
 *		Go to the next row; false when there is none.
 */
bool
gauth_ordered_scan_next(GauthOrderedScan *ordered)
{
	GauthScan  *scan = &ordered->scan;

	if (scan->scan == NULL)
		scan->scan = systable_beginscan_ordered(scan->relation,
												ordered->index,
												scan->snapshot,
												scan->key_count, scan->keys);
	scan->tuple = systable_getnext_ordered(scan->scan, ordered->direction);
	return HeapTupleIsValid(scan->tuple);
}

/*
 * gauth_ordered_scan_end
 *		Close a scan; the locks go with it.
 */
void
gauth_ordered_scan_end(GauthOrderedScan *ordered)
{
	if (ordered->scan.scan != NULL)
		systable_endscan_ordered(ordered->scan.scan);
	ordered->scan.scan = NULL;
	index_close(ordered->index, AccessShareLock);
	gauth_scan_end(&ordered->scan);
}
