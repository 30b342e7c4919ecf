/*
 * sql_audit_export.c
 *		The ledger as a stream, and as an export.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "entry/args.h"
#include "entry/audit_json.h"
#include "entry/decision_json.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "ledger/receipt.h"
#include "store/ledger_checkpoint.h"
#include "store/ledger_hash.h"
#include "store/ledger_kind.h"
#include "store/ledger_shard.h"
#include "store/ledger_stream.h"
#include "store/memory.h"

#define SINCE_MAX		100000

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_since);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_export);

/* the columns of gauth.audit_since */
enum
{
	SINCE_POSITION, SINCE_MADE_AT, SINCE_KIND, SINCE_DECISION, SINCE_ACTOR,
	SINCE_AGENT, SINCE_MANDATE, SINCE_ACTION, SINCE_RESOURCE, SINCE_RULE,
	SINCE_PAYLOAD, SINCE_RECEIPT, SINCE_COLUMNS
};

static void
set_text(Datum *values, bool *nulls, int column, GauthSpan text)
{
	nulls[column] = text.data == NULL;
	values[column] = nulls[column] ? (Datum) 0 : gauth_text_datum(text);
}

static GauthSpan
receipt_of(const GauthEntry *entry)
{
	GauthReceipt receipt = {
		.shard = entry->shard,.xid = entry->xid,.lane = entry->lane,
		.lane_seq = entry->lane_seq
	};
	char	   *text = palloc(GAUTH_RECEIPT_TEXT_MAX);

	return gauth_span(text, gauth_receipt_write(&receipt, text));
}

static void
put_since(ReturnSetInfo *result, const GauthStream *stream)
{
	const GauthEntry *entry = &stream->entries.row.entry;
	const char *decision = gauth_verdict_name(entry->verdict);
	Datum		values[SINCE_COLUMNS];
	bool		nulls[SINCE_COLUMNS] = {0};

	values[SINCE_POSITION] = Int64GetDatum((int64) stream->position);
	values[SINCE_MADE_AT] =
		TimestampTzGetDatum(gauth_entry_made_at(entry));
	set_text(values, nulls, SINCE_KIND, entry->kind);
	set_text(values, nulls, SINCE_DECISION, decision == NULL ?
			 gauth_span(NULL, 0) : gauth_span_of(decision));
	set_text(values, nulls, SINCE_ACTOR, entry->actor);
	set_text(values, nulls, SINCE_AGENT, entry->agent);
	set_text(values, nulls, SINCE_MANDATE, entry->mandate);
	set_text(values, nulls, SINCE_ACTION, entry->action);
	set_text(values, nulls, SINCE_RESOURCE, entry->resource);
	set_text(values, nulls, SINCE_RULE, entry->rule);
	set_text(values, nulls, SINCE_PAYLOAD, entry->payload);
	set_text(values, nulls, SINCE_RECEIPT, receipt_of(entry));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * gauth.audit_since(since bigint, maximum integer) returns setof (...)
 */
Datum
gauth_sql_audit_since(PG_FUNCTION_ARGS)
{
	int64		position = PG_GETARG_INT64(0);
	int32		limit = PG_GETARG_INT32(1);
	MemoryContext turn;
	MemoryContext caller;
	GauthStream stream;
	Snapshot	snapshot;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	if (position < 0)
		gauth_raise_argument("since", "0 or more");
	if (limit < 1 || limit > SINCE_MAX)
		gauth_raise_argument("maximum", "between 1 and 100000");
	InitMaterializedSRF(fcinfo, 0);
	snapshot = gauth_log_snapshot();
	gauth_stream_begin(&stream, (uint64) position, snapshot);
	turn = AllocSetContextCreate(CurrentMemoryContext, "gauth entry",
								 ALLOCSET_DEFAULT_SIZES);
	while (limit-- > 0 && gauth_stream_next(&stream))
	{
		caller = MemoryContextSwitchTo(turn);
		put_since((ReturnSetInfo *) fcinfo->resultinfo, &stream);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(turn);
	}
	gauth_stream_end(&stream);
	UnregisterSnapshot(snapshot);
	return (Datum) 0;
}

/* an export in progress */
typedef struct Export
{
	ReturnSetInfo *result;
	GauthStream stream;
	uint32		shard;			/* whose batch was last */
	MemoryContext turn;			/* for one line; reset at each one */
} Export;

static void
put_line(Export *export, const GauthText *text)
{
	Datum		value = gauth_text_datum(gauth_finish_json(text));
	bool		is_null = false;

	tuplestore_putvalues(export->result->setResult, export->result->setDesc,
						 &value, &is_null);
}

/* a line is as long as a batch is large */
static void
begin_line(GauthArena *arena, GauthText *text)
{
	gauth_memory_arena(arena, NULL, 0, CurrentMemoryContext);
	arena->limit = 0;
	gauth_text_init(text, arena);
}

static void
export_log(Export *export, uint32 shard)
{
	GauthArena	arena;
	GauthText	text;

	begin_line(&arena, &text);
	gauth_audit_append_log(&text, shard, gauth_shard_origin(shard));
	put_line(export, &text);
	export->shard = shard;
}

/* the signed sizes that lie within the batch, with what witnesses signed */
static void
export_checkpoints(Export *export, const GauthBatch *batch)
{
	GauthCheckpointScan scan;

	gauth_checkpoint_scan_begin(&scan, batch->shard, batch->first,
								export->stream.snapshot);
	while (gauth_checkpoint_scan_next(&scan) && scan.size <= batch->end)
	{
		GauthArena	arena;
		GauthText	text;
		GauthText	note;

		begin_line(&arena, &text);
		gauth_text_init(&note, &arena);
		if (!gauth_checkpoint_find(batch->shard, scan.size, &note))
			continue;
		gauth_audit_append_checkpoint(&text, batch->shard, scan.size,
									  gauth_finish_json(&note));
		put_line(export, &text);
	}
	gauth_checkpoint_scan_end(&scan);
}

static void
export_batch(Export *export)
{
	const GauthStream *stream = &export->stream;
	const GauthBatch *batch = &stream->batches.batch;
	GauthArena	arena;
	GauthText	text;

	if (batch->shard != export->shard)
		export_log(export, batch->shard);
	begin_line(&arena, &text);
	gauth_audit_append_batch(&text, batch, &stream->before,
							 stream->batches.leaves);
	put_line(export, &text);
	export_checkpoints(export, batch);
}

static void
export_entry(Export *export)
{
	MemoryContext caller = MemoryContextSwitchTo(export->turn);
	GauthArena	arena;
	GauthText	text;

	if (export->stream.new_batch)
		export_batch(export);
	begin_line(&arena, &text);
	gauth_audit_append_entry(&text, &export->stream.entries.row,
							 export->stream.position, true);
	put_line(export, &text);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(export->turn);
	CHECK_FOR_INTERRUPTS();
}

/* whole batches: a part of one cannot be verified */
static uint64
start_of_batch(uint64 position, Snapshot snapshot)
{
	GauthBatch	batch;

	if (gauth_batch_at_position(position, snapshot, &batch))
		return batch.position;
	return position;
}

static uint64
position_argument(FunctionCallInfo fcinfo, int number, const char *name,
				  uint64 standard)
{
	if (PG_ARGISNULL(number))
		return standard;
	if (PG_GETARG_INT64(number) < 0)
		gauth_raise_argument(name, "0 or more");
	return (uint64) PG_GETARG_INT64(number);
}

/* retention asks for it; who only reads leaves no trace */
static void
record_export(uint64 since, uint64 until)
{
	GauthRecorder record;

	if (XactReadOnly || RecoveryInProgress() || until <= since)
		return;
	gauth_record_begin(&record, GAUTH_KIND_EXPORT, gauth_span(NULL, 0));
	gauth_record_number(&record, "since", (int64) since);
	gauth_record_number(&record, "until", (int64) until);
	gauth_record_end(&record);
}

/*
 * gauth.audit_export(since bigint, until bigint) returns setof json
 */
Datum
gauth_sql_audit_export(PG_FUNCTION_ARGS)
{
	Export		export = {0};
	Snapshot	snapshot;
	uint64		since = position_argument(fcinfo, 0, "since", 0);
	uint64		until = position_argument(fcinfo, 1, "until", PG_UINT64_MAX);

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	export.result = (ReturnSetInfo *) fcinfo->resultinfo;
	export.turn = AllocSetContextCreate(CurrentMemoryContext, "gauth export",
										ALLOCSET_DEFAULT_SIZES);
	snapshot = gauth_log_snapshot();
	since = start_of_batch(since, snapshot);
	gauth_stream_begin(&export.stream, since, snapshot);
	while (gauth_stream_next(&export.stream) &&
		   (!export.stream.new_batch || export.stream.position < until))
		export_entry(&export);
	record_export(since, Min(export.stream.next, until));
	gauth_stream_end(&export.stream);
	UnregisterSnapshot(snapshot);
	return (Datum) 0;
}
