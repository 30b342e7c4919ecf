/*
 * ledger_hash.c
 *		The stored hashes of a log.
 *
 * The leaves stand in the batches, one piece of which is read without the
 * rest; the roots of full tiles stand in rows of their own.  Whatever is
 * missing has been taken away: batches are never removed.
 */
#include "store/ledger_hash.h"

#include "utils/snapmgr.h"

#include "store/compat.h"
#include "store/crypto.h"
#include "store/ledger_batch.h"
#include "store/refuse.h"

/* columns of gauth.tile_root */
enum
{
	TILE_SHARD = 1,
	TILE_LEVEL,
	TILE_INDEX,
	TILE_ROOT
};

/* leaves that are looked at together when one is searched */
#define SEARCH_CHUNK	16384

/* hashes that are wanted, one after the other */
typedef struct Wanted
{
	uint64		first;
	size_t		count;
	size_t		done;
	GauthTreeHash *hashes;
} Wanted;

/* the part of the wanted leaves that is in the scan's batch */
static bool
take_leaves(const GauthScan *scan, Wanted *wanted)
{
	bool		is_null;
	uint64		next = wanted->first + wanted->done;
	uint64		begin = (uint64) gauth_scan_int64(scan, BATCH_FIRST_INDEX);
	uint64		size = (uint64) gauth_scan_int64(scan, BATCH_SIZE);
	Datum		leaves = gauth_scan_value(scan, BATCH_LEAVES, &is_null);
	uint64		skipped;
	size_t		count;
	bytea	   *piece;

	if (size == 0)
		return true;
	if (begin > next || next - begin >= size)
		return false;
	skipped = next - begin;
	count = Min(wanted->count - wanted->done, (size_t) (size - skipped));
	piece = DatumGetByteaPSlice(leaves, (int32) (skipped * GAUTH_HASH_SIZE),
								(int32) (count * GAUTH_HASH_SIZE));
	if (VARSIZE_ANY_EXHDR(piece) != count * GAUTH_HASH_SIZE)
		return false;
	memcpy(wanted->hashes + wanted->done, VARDATA_ANY(piece),
		   count * GAUTH_HASH_SIZE);
	wanted->done += count;
	pfree(piece);
	return true;
}

static bool
take_root(const GauthScan *scan, Wanted *wanted)
{
	uint64		index = (uint64) gauth_scan_int64(scan, TILE_INDEX);
	GauthSpan	root = gauth_scan_text(scan, TILE_ROOT);

	if (index != wanted->first + wanted->done || root.len != GAUTH_HASH_SIZE)
		return false;
	memcpy(wanted->hashes[wanted->done++].bytes, root.data, GAUTH_HASH_SIZE);
	return true;
}

/* forwards until nothing is wanted any more */
static bool
scan_wanted(GauthOrderedScan *rows,
			bool (*take) (const GauthScan *, Wanted *), Wanted *wanted)
{
	bool		good = true;

	while (good && wanted->done < wanted->count)
		good = gauth_ordered_scan_next(rows) && take(&rows->scan, wanted);
	gauth_ordered_scan_end(rows);
	return good;
}

static bool
read_leaves(const GauthLogTree *tree, Wanted *wanted)
{
	GauthOrderedScan rows;
	GauthBatch	batch;

	if (!gauth_batch_at(tree->shard, wanted->first, tree->snapshot, &batch))
		return false;
	gauth_ordered_scan_begin(&rows, GAUTH_TABLE_SEAL_BATCH,
							 "seal_batch_index", ForwardScanDirection,
							 tree->snapshot);
	gauth_scan_key_int(&rows.scan, BATCH_SHARD, (int32) tree->shard);
	gauth_ordered_scan_key_int64(&rows, BATCH_FIRST_INDEX,
								 BTGreaterEqualStrategyNumber,
								 (int64) batch.first);
	return scan_wanted(&rows, take_leaves, wanted);
}

static bool
read_roots(const GauthLogTree *tree, unsigned level, Wanted *wanted)
{
	GauthOrderedScan rows;

	gauth_ordered_scan_begin(&rows, GAUTH_TABLE_TILE_ROOT, NULL,
							 ForwardScanDirection, tree->snapshot);
	gauth_scan_key_int(&rows.scan, TILE_SHARD, (int32) tree->shard);
	gauth_scan_key_int16(&rows.scan, TILE_LEVEL,
						 (int16) (level / GAUTH_TILE_HEIGHT));
	gauth_ordered_scan_key_int64(&rows, TILE_INDEX,
								 BTGreaterEqualStrategyNumber,
								 (int64) wanted->first);
	return scan_wanted(&rows, take_root, wanted);
}

static GauthStatus
fetch(void *state, unsigned level, uint64_t first, size_t count,
	  GauthTreeHash *hashes)
{
	const GauthLogTree *tree = state;
	Wanted		wanted = {first, count, 0, hashes};
	bool		found;

	found = level == 0 ? read_leaves(tree, &wanted) :
		read_roots(tree, level, &wanted);
	return found ? GAUTH_OK : GAUTH_LEDGER_DAMAGED;
}

/*
 * gauth_log_snapshot
 *		A registered snapshot that shows what was sealed a moment ago, however
 *		old the caller's is.
 */
Snapshot
gauth_log_snapshot(void)
{
	Oid			table = gauth_table_oid(GAUTH_TABLE_SEAL_BATCH);

	return RegisterSnapshot(GetCatalogSnapshot(table));
}

/*
 * gauth_log_tree_open
 *		The tree of a log's sealed entries; the caller keeps the snapshot.
 */
void
gauth_log_tree_open(GauthLogTree *tree, uint32 shard, Snapshot snapshot)
{
	GauthBatch	last;

	tree->shard = shard;
	tree->snapshot = snapshot;
	tree->source.crypto = gauth_crypto();
	tree->source.fetch = fetch;
	tree->source.state = tree;
	(void) gauth_batch_last_seen(shard, snapshot, &last);
	tree->source.size = last.end;
}

/*
 * gauth_log_tree_root
 *		The root that the stored hashes have at a size that is sealed.
 */
void
gauth_log_tree_root(const GauthLogTree *tree, uint64 size,
					GauthTreeHash *root)
{
	GauthStatus status = gauth_tree_range(&tree->source, 0, size, root);

	if (status != GAUTH_OK)
		gauth_refuse(status, "root");
}

/*
 * gauth_log_tree_hashes
 *		Hashes of one level of tiles, all of them sealed.
 */
void
gauth_log_tree_hashes(const GauthLogTree *tree, unsigned level, uint64 first,
					  size_t count, GauthTreeHash *hashes)
{
	GauthStatus status = fetch((void *) tree, level, first, count, hashes);

	if (status != GAUTH_OK)
		gauth_refuse(status, "tile");
}

/*
 * The batch that sealed a transaction.  What one batch covers, all later ones
 * do: the first of them is found by halving.
 */
static bool
find_batch(const GauthLogTree *tree, uint64 xid, GauthBatch *found)
{
	FullTransactionId wanted = FullTransactionIdFromU64(xid);
	uint64		low = 0;
	uint64		high = tree->source.size;
	bool		covered = false;

	while (low < high)
	{
		GauthBatch	batch;

		if (!gauth_batch_at(tree->shard, low + (high - low) / 2,
							tree->snapshot, &batch))
			gauth_refuse(GAUTH_LEDGER_DAMAGED, "batch");
		if (gauth_batch_covers(&batch, wanted))
		{
			*found = batch;
			covered = true;
			high = batch.first;
		}
		else
			low = batch.end;
	}
	return covered;
}

static bool
search_leaves(const GauthLogTree *tree, const GauthBatch *batch,
			  const uint8 leaf[GAUTH_HASH_SIZE], uint64 *index)
{
	GauthTreeHash *leaves = palloc(SEARCH_CHUNK * sizeof(GauthTreeHash));
	uint64		first;

	for (first = batch->first; first < batch->end; first += SEARCH_CHUNK)
	{
		size_t		count = (size_t) Min(SEARCH_CHUNK, batch->end - first);
		size_t		i;

		gauth_log_tree_hashes(tree, 0, first, count, leaves);
		for (i = 0; i < count; i++)
		{
			if (memcmp(leaves[i].bytes, leaf, GAUTH_HASH_SIZE) == 0)
			{
				*index = first + i;
				pfree(leaves);
				return true;
			}
		}
	}
	pfree(leaves);
	return false;
}

/*
 * gauth_log_tree_find
 *		Where the leaf of an entry that a transaction wrote is in the tree.
 */
GauthFound
gauth_log_tree_find(const GauthLogTree *tree, uint64 xid,
					const uint8 leaf[GAUTH_HASH_SIZE], uint64 *index)
{
	GauthBatch	batch;

	if (!find_batch(tree, xid, &batch))
		return GAUTH_FOUND_UNSEALED;
	return search_leaves(tree, &batch, leaf, index) ? GAUTH_FOUND :
		GAUTH_FOUND_NOTHING;
}
