/*
 * ledger_checkpoint.c
 *		The signed sizes of a log.
 */
#include "store/ledger_checkpoint.h"

#include "catalog/pg_type.h"

#include "store/write.h"

/*
 * gauth_checkpoint_scan_begin
 *		Read the checkpoints of a log that are larger than "above".
 */
void
gauth_checkpoint_scan_begin(GauthCheckpointScan *scan, uint32 shard,
							uint64 above, Snapshot snapshot)
{
	GauthOrderedScan *rows = &scan->rows;

	gauth_ordered_scan_begin(rows, GAUTH_TABLE_CHECKPOINT, NULL,
							 ForwardScanDirection, snapshot);
	gauth_scan_key_int(&rows->scan, CHECKPOINT_SHARD, (int32) shard);
	gauth_ordered_scan_key_int64(rows, CHECKPOINT_SIZE,
								 BTGreaterStrategyNumber, (int64) above);
}

/*
 * gauth_checkpoint_scan_next
 *		Go to the next one.
 */
bool
gauth_checkpoint_scan_next(GauthCheckpointScan *scan)
{
	if (!gauth_ordered_scan_next(&scan->rows))
		return false;
	scan->size = (uint64) gauth_scan_int64(&scan->rows.scan, CHECKPOINT_SIZE);
	scan->root = gauth_scan_text(&scan->rows.scan, CHECKPOINT_ROOT);
	return true;
}

/*
 * gauth_checkpoint_scan_end
 *		Close the log.
 */
void
gauth_checkpoint_scan_end(GauthCheckpointScan *scan)
{
	gauth_ordered_scan_end(&scan->rows);
}

static void
append_cosignatures(uint32 shard, uint64 size, GauthText *note)
{
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_COSIGNATURE);
	gauth_scan_key_int(&scan, COSIGNATURE_SHARD, (int32) shard);
	gauth_scan_key_int64(&scan, COSIGNATURE_SIZE, (int64) size);
	while (gauth_scan_next(&scan))
		gauth_text_append(note, gauth_scan_text(&scan, COSIGNATURE_LINE));
	gauth_scan_end(&scan);
}

/*
 * gauth_checkpoint_find
 *		The signed note of one size with the lines of its witnesses; false
 *		when nobody has signed it.
 */
bool
gauth_checkpoint_find(uint32 shard, uint64 size, GauthText *note)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_CHECKPOINT);
	gauth_scan_key_int(&scan, CHECKPOINT_SHARD, (int32) shard);
	gauth_scan_key_int64(&scan, CHECKPOINT_SIZE, (int64) size);
	found = gauth_scan_next(&scan);
	if (found)
		gauth_text_append(note, gauth_scan_text(&scan, CHECKPOINT_NOTE));
	gauth_scan_end(&scan);
	if (found)
		append_cosignatures(shard, size, note);
	return found;
}

/*
 * gauth_checkpoint_newest
 *		The largest signed size of a log up to a limit; false when there is
 *		none, or its root is no hash.
 */
bool
gauth_checkpoint_newest(uint32 shard, uint64 limit, GauthTreeHead *head)
{
	GauthOrderedScan rows;
	GauthSpan	root = {0};

	gauth_ordered_scan_begin(&rows, GAUTH_TABLE_CHECKPOINT, NULL,
							 BackwardScanDirection, NULL);
	gauth_scan_key_int(&rows.scan, CHECKPOINT_SHARD, (int32) shard);
	gauth_ordered_scan_key_int64(&rows, CHECKPOINT_SIZE,
								 BTLessEqualStrategyNumber, (int64) limit);
	if (gauth_ordered_scan_next(&rows))
	{
		root = gauth_scan_text(&rows.scan, CHECKPOINT_ROOT);
		head->size = (uint64) gauth_scan_int64(&rows.scan, CHECKPOINT_SIZE);
	}
	if (root.len == sizeof(head->root))
		memcpy(head->root.bytes, root.data, root.len);
	gauth_ordered_scan_end(&rows);
	return root.len == sizeof(head->root);
}

/*
 * gauth_checkpoint_insert
 *		Keep a note; false when there is one of that size already.
 */
bool
gauth_checkpoint_insert(uint32 shard, const GauthTreeHead *head,
						GauthSpan note)
{
	GauthWrite	write = {0};

	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) shard), false);
	gauth_write_value(&write, INT8OID, Int64GetDatum((int64) head->size),
					  false);
	gauth_write_bytes(&write, gauth_span(head->root.bytes,
										 sizeof(head->root)));
	gauth_write_text(&write, note);
	return gauth_write_run(&write,
						   "INSERT INTO gauth.checkpoint (shard, size, root,"
						   " note, stored_at) VALUES ($1, $2, $3, $4,"
						   " clock_timestamp()) ON CONFLICT DO NOTHING") > 0;
}

/*
 * gauth_cosignature_insert
 *		Keep the line of a witness; false when there is one already.
 */
bool
gauth_cosignature_insert(uint32 shard, uint64 size, GauthSpan name,
						 GauthSpan line)
{
	GauthWrite	write = {0};

	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) shard), false);
	gauth_write_value(&write, INT8OID, Int64GetDatum((int64) size), false);
	gauth_write_text(&write, name);
	gauth_write_text(&write, line);
	return gauth_write_run(&write,
						   "INSERT INTO gauth.cosignature (shard, size, name,"
						   " line, stored_at) VALUES ($1, $2, $3, $4,"
						   " clock_timestamp()) ON CONFLICT DO NOTHING") > 0;
}
