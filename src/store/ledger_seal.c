/*
 * ledger_seal.c
 *		Sealing: entries become leaves of a log.
 *
 * A batch is the difference of two snapshots: what one shows and the one of
 * the last batch did not.  Every committed entry is in exactly one batch,
 * because a transaction is either running in a snapshot, and then listed
 * there, or has ended, and then its rows are seen or gone for ever.  Nothing
 * waits for the oldest transaction of the server: a long writer delays its
 * own entries only.  One transaction seals at a time.
 */
#include "store/ledger_seal.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "store/compat.h"
#include "store/crypto.h"
#include "store/ledger_removal.h"
#include "store/ledger_scan.h"
#include "store/ledger_shard.h"
#include "store/ledger_tree.h"
#include "store/refuse.h"
#include "store/setting.h"
#include "store/write.h"

/* leaves after which a batch ends with its transaction: two megabytes */
#define BATCH_LEAVES	65536

/* one call */
typedef struct Sealing
{
	Snapshot	snapshot;
	GauthBatch	seen;			/* what the snapshot shows */
	uint64		position;		/* of the next entry, over all logs */
	int64		sealed;
	bool		changed;		/* a batch was written, or a log opened */
	bool	   *more;			/* see gauth_ledger_seal */
	MemoryContext memory;		/* for one log; reset at each one */
} Sealing;

/* one log */
typedef struct LogSealing
{
	Sealing    *sealing;
	GauthBatch	last;			/* what has been sealed */
	GauthBatch	goal;			/* what is to be */
	GauthTreeHash *leaves;		/* of the batch in hand */
	size_t		count;
	size_t		room;
	uint64		xid;			/* of its last leaf */
	bool		late;			/* that was a late one */
} LogSealing;

/* snapshots hold the lower half of a transaction's number */
static FullTransactionId
widen(TransactionId xid, FullTransactionId next)
{
	uint64		number = U64FromFullTransactionId(next);
	uint64		wide = (number & ~(uint64) PG_UINT32_MAX) | xid;

	if (wide > number && wide > PG_UINT32_MAX)
		wide -= (uint64) 1 << 32;
	return FullTransactionIdFromU64(wide);
}

/*
 * This transaction's own entries are seen and must not be sealed yet: it is
 * counted as running, unless it lies beyond the snapshot anyway.
 */
static void
add_own(GauthBatch *batch)
{
	FullTransactionId own = GetTopFullTransactionIdIfAny();

	if (!FullTransactionIdIsValid(own))
		return;
	if (FullTransactionIdPrecedes(own, batch->xmin))
		batch->xmin = own;
	if (FullTransactionIdPrecedes(own, batch->xmax))
		batch->xip[batch->xip_count++] = own;
}

/* for a moment a transaction that is being prepared runs twice */
static void
drop_doubles(GauthBatch *batch)
{
	uint32		kept = 0;
	uint32		i;

	for (i = 0; i < batch->xip_count; i++)
	{
		if (kept == 0 || !FullTransactionIdEquals(batch->xip[kept - 1],
												  batch->xip[i]))
			batch->xip[kept++] = batch->xip[i];
	}
	batch->xip_count = kept;
}

/*
 * gauth_batch_of_snapshot
 *		What a snapshot shows, this transaction's own changes apart.
 */
void
gauth_batch_of_snapshot(Snapshot snapshot, GauthBatch *batch)
{
	FullTransactionId next = ReadNextFullTransactionId();
	uint32		i;

	memset(batch, 0, offsetof(GauthBatch, frontier));
	batch->next_xid = next;
	batch->xmin = widen(snapshot->xmin, next);
	batch->xmax = widen(snapshot->xmax, next);
	batch->xip = palloc(sizeof(FullTransactionId) * (snapshot->xcnt + 1));
	for (i = 0; i < snapshot->xcnt; i++)
		batch->xip[batch->xip_count++] = widen(snapshot->xip[i], next);
	add_own(batch);
	qsort(batch->xip, batch->xip_count, sizeof(FullTransactionId),
		  gauth_xid_compare);
	drop_doubles(batch);
}

/*
 * The oldest log that may still be sealed: logs are closed in their order.
 */
static uint32
find_first_open(uint32 last)
{
	GauthBatch	batch;

	while (last > 1 &&
		   !(gauth_batch_last(last - 1, &batch) && batch.final))
		last--;
	return last;
}

/* the place of the next entry: behind the open logs and the one before */
static uint64
find_position(uint32 first, uint32 last)
{
	uint32		shard;
	uint64		position = 0;
	GauthBatch	batch;

	for (shard = Max(first, 2) - 1; shard <= last; shard++)
	{
		if (gauth_batch_last(shard, &batch))
			position = Max(position, batch.position + batch.size);
	}
	return position;
}

static void
write_number(GauthWrite *write, uint64 number)
{
	gauth_write_value(write, INT8OID, Int64GetDatum((int64) number), false);
}

static void
write_xid(GauthWrite *write, FullTransactionId xid)
{
	gauth_write_value(write, XID8OID, FullTransactionIdGetDatum(xid), false);
}

static void
write_xip(GauthWrite *write, const GauthBatch *batch)
{
	Datum	   *items = palloc(sizeof(Datum) * (batch->xip_count + 1));
	ArrayType  *array;
	uint32		i;

	for (i = 0; i < batch->xip_count; i++)
		items[i] = FullTransactionIdGetDatum(batch->xip[i]);
	array = construct_array(items, (int) batch->xip_count, XID8OID, 8,
							FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	gauth_write_value(write, XID8ARRAYOID, PointerGetDatum(array), false);
}

static void
write_batch(const GauthBatch *batch, const GauthTreeHash *leaves)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth batch",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	GauthWrite	write = {0};

	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) batch->shard),
					  false);
	write_number(&write, batch->number);
	write_number(&write, batch->first);
	write_number(&write, batch->position);
	write_number(&write, batch->size);
	write_xid(&write, batch->xmin);
	write_xid(&write, batch->xmax);
	write_xip(&write, batch);
	write_xid(&write, batch->next_xid);
	gauth_write_bool(&write, batch->final);
	gauth_write_bytes(&write, gauth_span(batch->root.bytes,
										 sizeof(batch->root.bytes)));
	gauth_write_bytes(&write, gauth_frontier_store(&batch->frontier));
	gauth_write_bytes(&write, gauth_span(leaves, batch->size *
										 sizeof(GauthTreeHash)));
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.seal_batch (shard, batch,"
						   " first_index, first_position, size,"
						   " snapshot_xmin, snapshot_xmax, snapshot_xip,"
						   " next_xid, final, sealed_at, root, frontier,"
						   " leaves) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
						   " $9, $10, clock_timestamp(), $11, $12, $13)");
	CommandCounterIncrement();
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

static void
write_tile(void *state, int level, uint64 index, const GauthTreeHash *root)
{
	const LogSealing *log = state;
	GauthWrite	write = {0};

	gauth_write_value(&write, INT4OID,
					  Int32GetDatum((int32) log->last.shard), false);
	gauth_write_value(&write, INT2OID, Int16GetDatum((int16) level), false);
	write_number(&write, index);
	gauth_write_bytes(&write, gauth_span(root->bytes, sizeof(root->bytes)));
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.tile_root"
						   " (shard, level, index, root)"
						   " VALUES ($1, $2, $3, $4)");
}

/*
 * The part of the goal that has been reached when the order of sealing is cut
 * behind a transaction: what comes later counts as running still.  Whatever
 * seals on from here, in this transaction or the next, finds it.
 */
static void
cut_behind(const LogSealing *log, GauthBatch *batch)
{
	uint32		i;

	*batch = log->goal;
	batch->final = false;
	if (!log->late)
	{
		batch->xmax = FullTransactionIdFromU64(log->xid + 1);
		batch->xip_count = 0;
		for (i = 0; i < log->goal.xip_count &&
			 FullTransactionIdPrecedes(log->goal.xip[i], batch->xmax); i++)
			batch->xip_count++;
		return;
	}
	batch->xmax = log->last.xmax;
	batch->xip = palloc(sizeof(FullTransactionId) *
						(log->last.xip_count + 1));
	batch->xip_count = 0;
	for (i = 0; i < log->last.xip_count; i++)
	{
		FullTransactionId xid = log->last.xip[i];

		if (U64FromFullTransactionId(xid) > log->xid ||
			!gauth_batch_covers(&log->goal, xid))
			batch->xip[batch->xip_count++] = xid;
	}
}

static FullTransactionId
earlier(FullTransactionId a, FullTransactionId b)
{
	return FullTransactionIdPrecedes(a, b) ? a : b;
}

/* what is in hand becomes a batch, and the last one */
static void
finish_batch(LogSealing *log, GauthBatch *batch)
{
	Sealing    *sealing = log->sealing;

	batch->xmin = earlier(batch->xmin, batch->xmax);
	if (batch->xip_count > 0)
		batch->xmin = earlier(batch->xmin, batch->xip[0]);
	batch->shard = log->last.shard;
	batch->number = log->last.number + 1;
	batch->first = log->last.end;
	batch->position = sealing->position;
	batch->size = log->count;
	batch->end = batch->first + batch->size;
	batch->frontier = log->last.frontier;
	gauth_tree_append(&batch->frontier, log->leaves, log->count, write_tile,
					  log);
	if (gauth_frontier_root(gauth_crypto(), &batch->frontier,
							&batch->root) != GAUTH_OK)
		gauth_refuse(GAUTH_CRYPTO_FAILED, "root");
	write_batch(batch, log->leaves);
	sealing->changed = true;
	sealing->position += batch->size;
	sealing->sealed += (int64) batch->size;
	log->last = *batch;
	log->count = 0;
}

/*
 * The leaf is made of the row as it is, whatever it says of itself.  A row
 * that has none must not keep others from being sealed: verification names it.
 */
static void
add_leaf(LogSealing *log, const GauthEntryRow *row)
{
	GauthTreeHash *leaf;

	if (log->count == log->room)
	{
		log->room = log->room == 0 ? 1024 : log->room * 2;
		log->leaves = log->leaves == NULL ?
			palloc(log->room * sizeof(GauthTreeHash)) :
			repalloc_huge(log->leaves, log->room * sizeof(GauthTreeHash));
	}
	leaf = &log->leaves[log->count++];
	if (gauth_entry_row_leaf(row, leaf->bytes) != GAUTH_OK)
		memset(leaf, 0, sizeof(*leaf));
}

/* false: it stopped behind a large batch, before there was nothing left */
static bool
seal_rows(LogSealing *log)
{
	GauthBatch	from = log->last;
	GauthEntryScan scan;
	bool		is_all = true;

	gauth_entry_scan_begin(&scan, log->last.shard, log->sealing->snapshot);
	gauth_entry_scan_between(&scan, &from, &log->goal);
	while (gauth_entry_scan_next(&scan))
	{
		if (log->count >= BATCH_LEAVES && scan.row.entry.xid != log->xid)
		{
			GauthBatch	part;

			cut_behind(log, &part);
			finish_batch(log, &part);
			CHECK_FOR_INTERRUPTS();
			is_all = log->sealing->more == NULL;
			if (!is_all)
				break;
		}
		add_leaf(log, &scan.row);
		log->xid = scan.row.entry.xid;
		log->late = !scan.in_range;
	}
	gauth_entry_scan_end(&scan);
	return is_all;
}

static bool
first_batch(uint32 shard, GauthBatch *batch)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_SEAL_BATCH);
	gauth_scan_key_int(&scan, BATCH_SHARD, (int32) shard);
	gauth_scan_key_int64(&scan, BATCH_BATCH, 1);
	found = gauth_scan_next(&scan);
	if (found)
		found = gauth_batch_read(&scan, batch);
	gauth_scan_end(&scan);
	return found;
}

/*
 * Has everybody ended who may still write into a log that is not the newest?
 *
 * The first batch of a later log was made by somebody who held the lock of
 * sealing after the next log had been opened.  Whoever opened it had told all
 * sessions before giving that lock up; so a transaction that got its number
 * later than that batch writes elsewhere, because it listens between getting
 * its number and choosing the log.
 */
static bool
may_close(const Sealing *sealing, const GauthShard *shard)
{
	uint32		last = gauth_shard_last();
	uint32		later = shard->number + 1;
	GauthBatch	next;

	if (shard->life == GAUTH_SHARD_FOREIGN)
		return true;

	/* the next one may have been left without an entry */
	while (later <= last && !first_batch(later, &next))
		later++;
	return later <= last &&
		FullTransactionIdPrecedesOrEquals(next.next_xid, sealing->seen.xmin);
}

static void
set_goal(LogSealing *log, const GauthShard *shard)
{
	Sealing    *sealing = log->sealing;

	log->goal = sealing->seen;
	log->goal.final = may_close(sealing, shard);
	if (shard->life != GAUTH_SHARD_FOREIGN)
		return;

	/* its transactions have all ended, wherever they were */
	log->goal.xmin = log->goal.xmax = FullTransactionIdFromU64(PG_INT64_MAX);
	log->goal.xip_count = 0;
}

static void
seal_log(Sealing *sealing, uint32 number)
{
	LogSealing	log = {.sealing = sealing};
	GauthShard	shard;
	MemoryContext caller = MemoryContextSwitchTo(sealing->memory);

	if (gauth_shard_find(number, &shard) &&
		(!gauth_batch_last(number, &log.last) || !log.last.final))
	{
		log.last.shard = number;
		set_goal(&log, &shard);
		if (!seal_rows(&log))
			*sealing->more = true;
		else if (log.count > 0 || log.goal.final)
			finish_batch(&log, &log.goal);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextReset(sealing->memory);
}

/* is the partition of the next shard free? */
static bool
has_room(uint32 next)
{
	return next <= GAUTH_PARTITIONS ||
		gauth_removal_exists(next - GAUTH_PARTITIONS);
}

/*
 * A log that is written to for ever could never be removed.  The next one is
 * opened as soon as the newest is old enough, is closed neither yet nor empty,
 * and has a partition to go to.
 */
static void
rotate(Sealing *sealing, uint32 newest)
{
	GauthShard	shard;
	GauthBatch	last;
	int64		interval =
		gauth_setting_milliseconds("log_interval") * 1000;

	if (interval == 0 || !gauth_shard_find(newest, &shard) ||
		shard.life != GAUTH_SHARD_LIVE ||
		shard.opened_at > GetCurrentTimestamp() - interval ||
		!gauth_batch_last(newest, &last) || !has_room(newest + 1))
		return;
	(void) gauth_shard_open("rotated");
	sealing->changed = true;
}

static void
check_primary(void)
{
	gauth_shard_require_primary();
	PreventCommandIfReadOnly("the sealing of the ledger");
	PreventCommandIfParallelMode("the sealing of the ledger");
}

/*
 * gauth_ledger_seal
 *		See the header; GAUTH_SEALING_ELSEWHERE unless "wait".
 */
int64
gauth_ledger_seal(bool wait, bool *more)
{
	Sealing		sealing = {.more = more};
	uint32		first;
	uint32		last;
	uint32		shard;

	if (more != NULL)
		*more = false;
	check_primary();
	if (!gauth_shard_lock(wait))
		return GAUTH_SEALING_ELSEWHERE;
	sealing.memory = AllocSetContextCreate(CurrentMemoryContext,
										   "gauth sealing",
										   ALLOCSET_DEFAULT_SIZES);
	sealing.snapshot = RegisterSnapshot(GetLatestSnapshot());
	gauth_batch_of_snapshot(sealing.snapshot, &sealing.seen);
	last = gauth_shard_last();
	first = find_first_open(last);
	sealing.position = find_position(first, last);
	for (shard = first; shard > 0 && shard <= last; shard++)
		seal_log(&sealing, shard);
	if (last > 0)
		rotate(&sealing, last);
	UnregisterSnapshot(sealing.snapshot);
	MemoryContextDelete(sealing.memory);
	if (sealing.changed)
		ForceSyncCommit();
	else
		gauth_shard_unlock();
	return sealing.sealed;
}
