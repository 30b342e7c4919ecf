/*
 * sql_tile.c
 *		The ledger for the world outside: as the files of a tiled log, and as a
 *		bundle about one entry that verifies without the database.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/snapmgr.h"

#include "base/hex.h"
#include "base/json_write.h"
#include "entry/args.h"
#include "entry/audit_json.h"
#include "entry/audit_place.h"
#include "entry/checkpoint_text.h"
#include "entry/decision_json.h"
#include "entry/report.h"
#include "entry/require.h"
#include "ledger/checkpoint.h"
#include "ledger/tile.h"
#include "store/ledger_checkpoint.h"
#include "store/ledger_removal.h"
#include "store/ledger_hash.h"
#include "store/ledger_shard.h"
#include "store/ledger_stream.h"
#include "store/memory.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_tile);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_bundle);

/* its text may be as long as 256 entries are */
static void
begin_arena(GauthArena *arena)
{
	gauth_memory_arena(arena, NULL, 0, CurrentMemoryContext);
	arena->limit = 0;
}

/* the entries of one batch, of those that are wanted; moves "*next" */
static bool
append_entries(GauthText *bundle, const GauthLogTree *tree, uint64 *next,
			   uint64 end)
{
	GauthBatch	batch;
	GauthStream stream;
	bool		good = true;

	if (!gauth_batch_at(tree->shard, *next, tree->snapshot, &batch))
		return false;
	gauth_stream_begin(&stream, batch.position + (*next - batch.first),
					   tree->snapshot);
	while (good && *next < Min(end, batch.end))
	{
		GauthSpan	bytes;

		good = gauth_stream_next(&stream) &&
			stream.position == batch.position + (*next - batch.first) &&
			gauth_entry_row_encode(bundle->arena, &stream.entries.row,
								   &bytes) == GAUTH_OK &&
			gauth_bundle_append(bundle, bytes) == GAUTH_OK;
		(*next)++;
	}
	gauth_stream_end(&stream);
	return good;
}

/* false: the entries were removed */
static bool
read_bundle(const GauthLogTree *tree, const GauthTilePath *path,
			GauthText *bundle)
{
	uint64		next = path->index * GAUTH_TILE_WIDTH;
	uint64		end = next + path->width;

	if (gauth_removal_exists(tree->shard))
		return false;
	while (next < end)
	{
		if (!append_entries(bundle, tree, &next, end))
			gauth_raise_status(GAUTH_LEDGER_DAMAGED, "entries");
	}
	return true;
}

static bool
read_tile(const GauthLogTree *tree, const GauthTilePath *path,
		  GauthText *bytes)
{
	GauthTreeHash hashes[GAUTH_TILE_WIDTH];

	if (gauth_tile_width(tree->source.size, path->level, path->index) <
		path->width)
		return false;
	if (path->entries)
		return read_bundle(tree, path, bytes);
	gauth_log_tree_hashes(tree, path->level * GAUTH_TILE_HEIGHT,
						  path->index * GAUTH_TILE_WIDTH, path->width, hashes);
	gauth_text_append(bytes, gauth_span(hashes, path->width *
										sizeof(hashes[0])));
	return true;
}

static bool
read_newest_checkpoint(const GauthLogTree *tree, GauthText *note)
{
	GauthTreeHead head;

	return gauth_checkpoint_newest(tree->shard, PG_INT64_MAX, &head) &&
		gauth_checkpoint_find(tree->shard, head.size, note);
}

/*
 * gauth.audit_tile(path text, in_log integer) returns bytea
 */
Datum
gauth_sql_audit_tile(PG_FUNCTION_ARGS)
{
	GauthSpan	text;
	GauthTilePath path;
	GauthLogTree tree;
	GauthArena	arena;
	GauthText	bytes;
	Snapshot	snapshot;
	bool		found;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	if (PG_ARGISNULL(0))
		gauth_raise_null("path");
	text = gauth_arg_span(fcinfo, 0);
	begin_arena(&arena);
	gauth_text_init(&bytes, &arena);
	snapshot = gauth_log_snapshot();
	gauth_log_tree_open(&tree, PG_ARGISNULL(1) ? gauth_shard_last() :
						(uint32) PG_GETARG_INT32(1), snapshot);
	if (gauth_span_is(text, "checkpoint"))
		found = read_newest_checkpoint(&tree, &bytes);
	else if (gauth_tile_path_parse(text, &path) == GAUTH_OK)
		found = read_tile(&tree, &path, &bytes);
	else
		gauth_raise_argument("path", "\"checkpoint\" or a path of a tile");
	UnregisterSnapshot(snapshot);
	if (!found)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(gauth_text_datum(gauth_finish_json(&bytes)));
}

/* the signed size that covers the entry, else all that is sealed */
static uint64
best_size(const GauthPlace *place)
{
	GauthTreeHead head;

	if (gauth_checkpoint_newest(place->tree.shard, place->tree.source.size,
								&head) && head.size > place->index)
		return head.size;
	return place->tree.source.size;
}

/* left out when it has been removed */
static void
append_entry(GauthText *text, const GauthPlace *place)
{
	GauthEntryScan scan;
	GauthBatch	batch;

	gauth_entry_scan_begin(&scan, place->tree.shard, place->tree.snapshot);
	if (gauth_entry_scan_find(&scan, place->receipt.xid,
							  place->receipt.lane_seq) &&
		gauth_batch_at(place->tree.shard, place->index, place->tree.snapshot,
					   &batch))
	{
		gauth_text_append_member(text, "entry");
		gauth_audit_append_entry(text, &scan.row, batch.position +
								 (place->index - batch.first), true);
	}
	gauth_entry_scan_end(&scan);
}

static void
append_proof(GauthText *text, const GauthProof *proof)
{
	size_t		i;

	gauth_text_append_member(text, "proof");
	gauth_text_append_char(text, '[');
	for (i = 0; i < proof->count; i++)
	{
		char		hex[2 * GAUTH_HASH_SIZE];

		gauth_hex_encode(gauth_span(proof->hashes[i].bytes, GAUTH_HASH_SIZE),
						 hex);
		gauth_text_append(text, i == 0 ? GAUTH_SPAN("\"") :
						  GAUTH_SPAN(",\""));
		gauth_text_append(text, gauth_span(hex, sizeof(hex)));
		gauth_text_append_char(text, '"');
	}
	gauth_text_append_char(text, ']');
}

static void
append_number(GauthText *text, const char *name, uint64 number)
{
	gauth_text_append_member(text, name);
	gauth_text_append_int64(text, (int64) number);
}

static void
append_string(GauthText *text, const char *name, GauthSpan value)
{
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, value);
}

/* {"type":"bundle", "origin", "entry", "leaf", "index", "size", "root", ... */
static GauthSpan
make_bundle(GauthArena *arena, GauthPlace *place, uint64 size)
{
	GauthTreeHead head;
	GauthProof	proof;
	GauthText	text;
	GauthText	tlog_proof;
	GauthSpan	note = gauth_checkpoint_text(arena, &place->tree, size);

	gauth_place_prove(place, size, &head, &proof);
	gauth_text_init(&tlog_proof, arena);
	gauth_tlog_proof_append(&tlog_proof, place->index, &proof, note);
	gauth_text_init(&text, arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"type\":\"bundle\""));
	append_string(&text, "origin", gauth_shard_origin(place->tree.shard));
	append_entry(&text, place);
	gauth_audit_append_bytes(&text, "leaf",
							 gauth_span(place->leaf.bytes, GAUTH_HASH_SIZE));
	append_number(&text, "index", place->index);
	append_number(&text, "size", head.size);
	gauth_audit_append_bytes(&text, "root",
							 gauth_span(head.root.bytes, GAUTH_HASH_SIZE));
	append_proof(&text, &proof);
	append_string(&text, "checkpoint", note);
	append_string(&text, "tlog_proof", gauth_finish_json(&tlog_proof));
	gauth_text_append_char(&text, '}');
	return gauth_finish_json(&text);
}

/*
 * gauth.audit_bundle(receipt text, size bigint) returns json
 */
Datum
gauth_sql_audit_bundle(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthPlace	place;
	GauthSpan	bundle;
	Snapshot	snapshot;
	uint64		size;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	if (PG_ARGISNULL(0))
		gauth_raise_null("receipt");
	begin_arena(&arena);
	snapshot = gauth_log_snapshot();
	gauth_place_find(&place, gauth_arg_span(fcinfo, 0), snapshot);
	size = PG_ARGISNULL(1) ? best_size(&place) :
		(uint64) Max(PG_GETARG_INT64(1), 0);
	if (size <= place.index || size > place.tree.source.size)
		gauth_raise_argument("size", "a sealed size of the log that covers "
							 "the entry");
	bundle = make_bundle(&arena, &place, size);
	UnregisterSnapshot(snapshot);
	PG_RETURN_DATUM(gauth_text_datum(bundle));
}
