/*
 * ledger_verify.c
 *		Is the ledger what was sealed?
 *
 * Every row is encoded anew and compared with its sealed leaf; the leaves
 * give the tree, its roots and its tiles; each session's chain is followed;
 * the snapshots of the batches have to fit together, so that each entry is in
 * exactly one of them; and the rows are counted once more without the index.
 * All of it shows that the ledger agrees with itself.  Whether it is the
 * ledger that others have seen, their checkpoints say.
 */
#include "store/ledger_verify.h"

#include "miscadmin.h"
#include "pgstat.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "store/compat.h"
#include "store/crypto.h"
#include "store/ledger_checkpoint.h"
#include "store/ledger_compare.h"
#include "store/ledger_count.h"
#include "store/ledger_erasure.h"
#include "ledger/receipt.h"
#include "store/ledger_removal.h"
#include "store/ledger_scan.h"
#include "store/ledger_shard.h"
#include "store/ledger_tree.h"
#include "store/refuse.h"

#define NAME_MAX_SIZE	128

/* sessions that write at the same time take turns; a power of two */
#define RECENT_LANES	64

/* the last entry of a session */
typedef struct LaneHead
{
	uint64		lane;
	uint64		seq;
	GauthTreeHash leaf;
} LaneHead;

/* one log */
typedef struct LogCheck
{
	GauthVerification *verification;
	uint32		shard;
	bool		from_start;		/* no batch of it was left out */
	GauthBatch	previous;
	HTAB	   *lanes;
	LaneHead   *recent[RECENT_LANES];	/* by the lane's last bits */
	GauthEntryScan entries;
	GauthRows	rows;			/* of the batch in hand */
	MemoryContext scratch;		/* reset at each use */
	GauthCheckpointScan checkpoints;
	uint64		checkpoint_size;	/* of the next one */
	GauthBatchScan batches;
	GauthRowCount count;		/* when the whole log is looked at */
} LogCheck;

static void
tell(LogCheck *log, const char *severity, const char *entry,
	 const char *finding)
{
	GauthVerification *verification = log->verification;

	if (verification->findings++ < GAUTH_FINDINGS_MAX)
		verification->report(verification->state, severity, entry, finding);
}

static void
tell_batch(LogCheck *log, const GauthBatch *batch, const char *finding)
{
	char		name[NAME_MAX_SIZE];

	snprintf(name, sizeof(name), "batch %u/" UINT64_FORMAT, log->shard,
			 batch->number);
	tell(log, "error", name, finding);
}

static void
tell_log(LogCheck *log, const char *finding)
{
	char		name[NAME_MAX_SIZE];

	snprintf(name, sizeof(name), "log %u", log->shard);
	tell(log, "error", name, finding);
}

static void
tell_row(LogCheck *log, const GauthRowKey *key, const char *finding)
{
	GauthReceipt receipt = {
		.shard = log->shard,.xid = key->xid,.lane = key->lane,
		.lane_seq = key->lane_seq
	};
	char		name[GAUTH_RECEIPT_TEXT_MAX];

	(void) gauth_receipt_write(&receipt, name);
	tell(log, "error", name, finding);
}

static void
tell_difference(void *state, size_t leaf, size_t row, const char *finding)
{
	LogCheck   *log = state;
	char		name[NAME_MAX_SIZE];

	if (row != GAUTH_NO_ROW)
	{
		tell_row(log, &log->rows.keys[row], finding);
		return;
	}
	snprintf(name, sizeof(name), "position " UINT64_FORMAT,
			 log->batches.batch.position + leaf);
	tell(log, "error", name, finding);
}

static void
require(GauthStatus status)
{
	if (status != GAUTH_OK)
		gauth_refuse(status, "verification");
}

static GauthRowKey *
add_row(LogCheck *log, const GauthEntryRow *row)
{
	GauthRows  *rows = &log->rows;
	GauthRowKey *key;

	if (rows->count == rows->room)
	{
		rows->room = rows->room == 0 ? 1024 : rows->room * 2;
		rows->leaves = repalloc_huge(rows->leaves,
									 rows->room * sizeof(GauthTreeHash));
		rows->keys = repalloc_huge(rows->keys,
								   rows->room * sizeof(GauthRowKey));
	}
	key = &rows->keys[rows->count];
	key->xid = row->entry.xid;
	key->lane = row->entry.lane;
	key->lane_seq = row->entry.lane_seq;
	return key;
}

/* the session's head; before the verified range it is not known */
static LaneHead *
find_lane(LogCheck *log, uint64 lane, bool *known)
{
	LaneHead  **recent = &log->recent[lane % RECENT_LANES];
	bool		found = true;

	if (*recent == NULL || (*recent)->lane != lane)
		*recent = hash_search(log->lanes, &lane, HASH_ENTER, &found);
	if (!found)
	{
		(*recent)->seq = 0;
		memset(&(*recent)->leaf, 0, sizeof((*recent)->leaf));
	}
	*known = found || log->from_start;
	return *recent;
}

/* each of a session's entries follows the one before */
static void
check_chain(LogCheck *log, const GauthEntryRow *row, const GauthRowKey *key,
			const GauthTreeHash *leaf)
{
	bool		known;
	LaneHead   *head = find_lane(log, key->lane, &known);

	if (known && key->lane_seq != head->seq + 1)
		tell_row(log, key, key->lane_seq > head->seq + 1 ?
				 "entries of its session before it are missing" :
				 "its session has an entry of this number already");
	else if (known &&
			 !gauth_span_equal(row->entry.previous,
							   gauth_span(head->leaf.bytes,
										  sizeof(head->leaf.bytes))))
		tell_row(log, key, "the entry of its session before it is not the "
				 "one that it follows");
	head->seq = key->lane_seq;
	head->leaf = *leaf;
}

static void
check_row(LogCheck *log, const GauthEntryRow *row)
{
	GauthRowKey *key = add_row(log, row);
	GauthTreeHash *leaf = &log->rows.leaves[log->rows.count++];

	if (gauth_entry_row_leaf(row, leaf->bytes) != GAUTH_OK)
	{
		memset(leaf, 0, sizeof(*leaf));
		tell_row(log, key, "it is malformed");
	}
	check_chain(log, row, key, leaf);
	if (log->verification->erasures != NULL)
		gauth_erasures_note(log->verification->erasures, row);
}

static void
check_rows(LogCheck *log)
{
	GauthBatchScan *batches = &log->batches;
	size_t		count = batches->leaves.len / sizeof(GauthTreeHash);
	GauthEntryScan *entries = &log->entries;

	log->rows.count = 0;
	gauth_entry_scan_between(entries, &log->previous, &batches->batch);
	while (gauth_entry_scan_next(entries))
		check_row(log, &entries->row);
	if (log->rows.count != count ||
		memcmp(log->rows.leaves, batches->leaves.data,
			   batches->leaves.len) != 0)
		gauth_rows_compare((const GauthTreeHash *) batches->leaves.data,
						   count, &log->rows, tell_difference, log);
}

/* what was sealed stays so, and what was not was running or unknown */
static bool
snapshot_follows(const GauthBatch *before, const GauthBatch *batch)
{
	uint32		i;

	if (FullTransactionIdPrecedes(batch->xmax, before->xmax))
		return false;
	for (i = 0; i < batch->xip_count; i++)
	{
		if (i > 0 && !FullTransactionIdPrecedes(batch->xip[i - 1],
												batch->xip[i]))
			return false;
		if (gauth_batch_covers(before, batch->xip[i]))
			return false;
	}
	return true;
}

static void
check_sequence(LogCheck *log)
{
	const GauthBatch *batch = &log->batches.batch;
	const GauthBatch *before = &log->previous;

	if (log->batches.malformed)
		tell_batch(log, batch, "it is malformed");
	if (before->final)
		tell_batch(log, batch, "it follows the last batch of its log");
	if (batch->number != before->number + 1)
		tell_batch(log, batch, "batches before it are missing");
	if (batch->first != before->end)
		tell_batch(log, batch, "it does not begin where the one before ends");
	if (log->batches.leaves.len != batch->size * sizeof(GauthTreeHash))
		tell_batch(log, batch, "it has not as many leaves as it says");
	if (!snapshot_follows(before, batch))
		tell_batch(log, batch, "its snapshot does not follow the one before");
}

static void
check_tile(void *state, int level, uint64 index, const GauthTreeHash *root)
{
	LogCheck   *log = state;
	GauthScan	scan;
	GauthSpan	stored = {NULL, 0};
	char		name[NAME_MAX_SIZE];

	gauth_scan_begin(&scan, GAUTH_TABLE_TILE_ROOT);
	gauth_scan_key_int(&scan, 1, (int32) log->shard);
	gauth_scan_key_int16(&scan, 2, (int16) level);
	gauth_scan_key_int64(&scan, 3, (int64) index);
	if (gauth_scan_next(&scan))
		stored = gauth_scan_text(&scan, 4);
	if (!gauth_span_equal(stored, gauth_span(root->bytes,
											 sizeof(root->bytes))))
	{
		snprintf(name, sizeof(name), "tile %u/%d/" UINT64_FORMAT, log->shard,
				 level, index);
		tell(log, "error", name, "its root is not that of its entries");
	}
	gauth_scan_end(&scan);
}

/* the next signed size, if there is one */
static void
next_checkpoint(LogCheck *log)
{
	log->checkpoint_size = PG_UINT64_MAX;
	if (gauth_checkpoint_scan_next(&log->checkpoints))
		log->checkpoint_size = log->checkpoints.size;
}

/* the tree has grown to the size that somebody signed */
static void
check_checkpoint(LogCheck *log, const GauthFrontier *frontier)
{
	GauthTreeHash root;
	char		name[NAME_MAX_SIZE];

	require(gauth_frontier_root(gauth_crypto(), frontier, &root));
	if (!gauth_span_equal(log->checkpoints.root,
						  gauth_span(root.bytes, sizeof(root.bytes))))
	{
		snprintf(name, sizeof(name), "checkpoint %u/" UINT64_FORMAT,
				 log->shard, frontier->size);
		tell(log, "error", name, "its root is not that of the log");
	}
	next_checkpoint(log);
}

static void
append_leaves(LogCheck *log, GauthFrontier *frontier)
{
	const GauthTreeHash *leaves =
	(const GauthTreeHash *) log->batches.leaves.data;
	size_t		count = log->batches.leaves.len / sizeof(GauthTreeHash);

	while (log->checkpoint_size <= frontier->size + count)
	{
		size_t		part = (size_t) (log->checkpoint_size - frontier->size);

		gauth_tree_append(frontier, leaves, part, check_tile, log);
		leaves += part;
		count -= part;
		check_checkpoint(log, frontier);
	}
	gauth_tree_append(frontier, leaves, count, check_tile, log);
}

static void
check_root(LogCheck *log, GauthFrontier *frontier)
{
	const GauthBatch *batch = &log->batches.batch;
	GauthTreeHash root;

	*frontier = log->previous.frontier;
	append_leaves(log, frontier);
	require(gauth_frontier_root(gauth_crypto(), frontier, &root));
	if (!gauth_tree_hash_equal(&root, &batch->root))
		tell_batch(log, batch, "its root is not that of its leaves and those "
				   "before");
	else if (!gauth_span_equal(gauth_frontier_store(frontier),
							   gauth_frontier_store(&batch->frontier)))
		tell_batch(log, batch, "its frontier is not that of its leaves and "
				   "those before");
}

/* pg_stat_activity shows how far it is */
static void
show_progress(const GauthVerification *verification)
{
	char		text[NAME_MAX_SIZE];

	snprintf(text, sizeof(text), "gauth.audit_verify: " UINT64_FORMAT
			 " of " UINT64_FORMAT " entries", verification->checked,
			 verification->total);
	pgstat_report_activity(STATE_RUNNING, text);
}

/* the next one builds on what is there, whatever was wrong with this one */
static void
go_on(LogCheck *log, const GauthFrontier *frontier)
{
	const GauthBatch *batch = &log->batches.batch;
	FullTransactionId *xip = palloc(sizeof(FullTransactionId) *
									(batch->xip_count + 1));

	memcpy(xip, batch->xip, sizeof(FullTransactionId) * batch->xip_count);
	if (log->previous.xip != NULL)
		pfree(log->previous.xip);
	log->previous = *batch;
	log->previous.xip = xip;
	log->previous.end = frontier->size;
	log->previous.frontier = *frontier;
	log->verification->checked += batch->size;
}

static void
check_batch(LogCheck *log)
{
	GauthFrontier frontier;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth batch",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);

	CHECK_FOR_INTERRUPTS();
	show_progress(log->verification);
	check_sequence(log);
	MemoryContextSwitchTo(caller);
	if (log->verification->whole)
		gauth_row_count_advance(&log->count, log->batches.batch.end);
	check_rows(log);
	MemoryContextSwitchTo(scratch);
	check_root(log, &frontier);
	MemoryContextSwitchTo(caller);
	go_on(log, &frontier);
	MemoryContextDelete(scratch);
}

/*
 * A row that no batch holds: it waits to be sealed, unless nobody can write
 * there any more.  An erasure counts from its commit on.
 */
static void
check_uncovered(void *state, TupleTableSlot *slot)
{
	LogCheck   *log = state;
	MemoryContext caller = MemoryContextSwitchTo(log->scratch);
	char		name[NAME_MAX_SIZE];
	GauthEntryRow row;

	gauth_entry_row_read(slot, &row);
	if (!log->count.last.final)
		gauth_erasures_note(log->verification->erasures, &row);
	else
	{
		snprintf(name, sizeof(name), "transaction %u-" UINT64_FORMAT,
				 log->shard, row.entry.xid);
		tell(log, "error", name,
			 "its entry was added to a log that is closed");
	}
	MemoryContextSwitchTo(caller);
	MemoryContextReset(log->scratch);
}

/* what the last snapshot covers is as much as the tree has */
static void
check_completeness(LogCheck *log)
{
	gauth_row_count_advance(&log->count, PG_UINT64_MAX);
	gauth_row_count_end(&log->count);
	if (log->count.covered != log->previous.end)
		tell_log(log, psprintf("the table holds " UINT64_FORMAT
							   " sealed entries, the tree " UINT64_FORMAT,
							   log->count.covered, log->previous.end));
}

static void
begin_log(LogCheck *log, GauthVerification *verification, uint32 shard)
{
	HASHCTL		control = {0};

	memset(log, 0, sizeof(*log));
	log->verification = verification;
	log->shard = shard;
	gauth_frontier_init(&log->previous.frontier);
	control.keysize = sizeof(uint64);
	control.entrysize = sizeof(LaneHead);
	control.hcxt = CurrentMemoryContext;
	log->lanes = hash_create("gauth lanes", 256, &control,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	log->scratch = AllocSetContextCreate(CurrentMemoryContext, "gauth row",
										 ALLOCSET_SMALL_SIZES);
	log->rows.leaves = palloc(sizeof(GauthTreeHash));
	log->rows.keys = palloc(sizeof(GauthRowKey));
}

/* the batch before the first one that is looked at */
static void
read_before(LogCheck *log, uint64 number)
{
	GauthBatchScan scan;

	log->from_start = number <= 1;
	if (log->from_start)
		return;
	gauth_batch_scan_begin(&scan, log->shard, number - 1,
						   log->verification->snapshot);
	if (gauth_batch_scan_next(&scan))
	{
		log->batches.batch = scan.batch;
		go_on(log, &scan.batch.frontier);
		log->verification->checked -= scan.batch.size;
	}
	gauth_batch_scan_end(&scan);
}

/* what was signed and is not there */
static void
check_tail(LogCheck *log)
{
	if (log->checkpoint_size != PG_UINT64_MAX)
		tell_log(log, psprintf("its tail is missing: a checkpoint covers "
							   UINT64_FORMAT " entries, the tree has "
							   UINT64_FORMAT, log->checkpoint_size,
							   log->previous.end));
}

static void
check_batches(LogCheck *log, uint64 number)
{
	GauthVerification *verification = log->verification;
	bool		reached_end = true;

	gauth_checkpoint_scan_begin(&log->checkpoints, log->shard,
								log->previous.end, verification->snapshot);
	next_checkpoint(log);
	gauth_batch_scan_begin(&log->batches, log->shard, number,
						   verification->snapshot);
	gauth_entry_scan_begin(&log->entries, log->shard, verification->snapshot);
	while (gauth_batch_scan_next(&log->batches))
	{
		if (log->batches.batch.position >= verification->until)
		{
			reached_end = false;
			break;
		}
		check_batch(log);
	}
	gauth_entry_scan_end(&log->entries);
	gauth_batch_scan_end(&log->batches);
	if (reached_end)
		check_tail(log);
	gauth_checkpoint_scan_end(&log->checkpoints);
}

static void
verify_log(GauthVerification *verification, uint32 shard, uint64 number)
{
	LogCheck	log;

	begin_log(&log, verification, shard);
	if (verification->whole)
		gauth_row_count_begin(&log.count, shard, verification->snapshot,
							  check_uncovered, &log);
	read_before(&log, number);
	check_batches(&log, number);
	if (verification->whole)
		check_completeness(&log);
}

static void
tell_erasure(void *state, const char *entry)
{
	LogCheck	log = {.verification = state};

	tell(&log, "error", entry, "it was erased without an entry about it");
}

/* a log begins where the one before stood */
static void
check_opening(GauthVerification *verification, uint32 shard)
{
	LogCheck	log = {.verification = verification,.shard = shard};
	GauthShardOpening opening;
	GauthBatch	batch;

	if (!gauth_shard_opening(shard, &opening))
	{
		tell_log(&log, "it is missing");
		return;
	}
	if (opening.previous_size == 0 ||
		gauth_removal_exists(shard - 1))
		return;
	if (!gauth_batch_at(shard - 1, opening.previous_size - 1,
						verification->snapshot, &batch) ||
		batch.end != opening.previous_size ||
		!gauth_span_equal(opening.previous_root,
						  gauth_span(batch.root.bytes,
									 sizeof(batch.root.bytes))))
		tell_log(&log, "it does not begin where the log before it stood");
}

/*
 * gauth_ledger_verify
 *		Look at all batches that have positions of the range, and report what
 *		is wrong.
 */
void
gauth_ledger_verify(GauthVerification *verification)
{
	uint32		last = gauth_shard_last();
	GauthBatch	first = {.shard = 1,.number = 1};
	uint32		shard;

	if (!verification->whole &&
		!gauth_batch_at_position(verification->since, verification->snapshot,
								 &first))
		return;
	if (verification->whole)
		verification->erasures = gauth_erasures_begin();
	for (shard = first.shard; shard <= last; shard++)
	{
		check_opening(verification, shard);
		if (!gauth_removal_exists(shard))
			verify_log(verification, shard,
					   shard == first.shard ? first.number : 1);
	}
	if (verification->whole)
		gauth_erasures_finish(verification->erasures, tell_erasure,
							  verification);
}
