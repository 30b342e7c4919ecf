/*
 * sql_audit_retain.c
 *		What leaves the ledger: the content of an entry, a whole log.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/xid8.h"

#include "entry/args.h"
#include "entry/checkpoint_key.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "ledger/receipt.h"
#include "store/crypto.h"
#include "store/issuer.h"
#include "store/ledger_checkpoint.h"
#include "store/ledger_guard.h"
#include "store/ledger_kind.h"
#include "store/ledger_removal.h"
#include "store/ledger_scan.h"
#include "store/ledger_shard.h"
#include "store/memory.h"
#include "store/setting.h"

#define REASON_MAX		1024

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_erase);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_retain);

/* what is found of the entry that is to be erased */
typedef struct Erasure
{
	GauthReceipt receipt;
	bool		found;
	bool		erased;			/* already */
	bool		own;			/* it is about the ledger itself */
	uint8_t		commitment[GAUTH_HASH_SIZE];
} Erasure;

static void
read_entry(Erasure *erasure, const GauthEntryRow *row)
{
	if (row->entry.lane != erasure->receipt.lane)
		return;
	erasure->found = true;
	erasure->erased = row->commitment.data != NULL;
	erasure->own = gauth_span_starts_with(row->entry.kind,
										  gauth_span_of(GAUTH_KIND_OWN));
	if (erasure->erased)
		return;
	if (row->salt.len != GAUTH_SALT_SIZE ||
		gauth_entry_commit(gauth_crypto(), &row->entry,
						   (const uint8_t *) row->salt.data,
						   erasure->commitment) != GAUTH_OK)
		erasure->found = false;
}

static void
find_entry(Erasure *erasure)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	GauthEntryScan scan;

	gauth_entry_scan_begin(&scan, erasure->receipt.shard, snapshot);
	if (gauth_entry_scan_find(&scan, erasure->receipt.xid,
							  erasure->receipt.lane_seq))
		read_entry(erasure, &scan.row);
	gauth_entry_scan_end(&scan);
	UnregisterSnapshot(snapshot);
}

/* false when somebody else was faster */
static bool
erase_entry(const Erasure *erasure)
{
	const GauthReceipt *receipt = &erasure->receipt;
	GauthWrite	write = {0};

	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) receipt->shard),
					  false);
	gauth_write_value(&write, XID8OID, UInt64GetDatum(receipt->xid), false);
	gauth_write_value(&write, INT8OID,
					  Int64GetDatum((int64) receipt->lane_seq), false);
	gauth_write_bytes(&write, gauth_span(erasure->commitment,
										 sizeof(erasure->commitment)));
	return gauth_guard_run(&write,
						   "UPDATE gauth.entry SET actor = NULL,"
						   " agent = NULL, role = NULL, resource = NULL,"
						   " payload = NULL, salt = NULL, commitment = $4"
						   " WHERE shard = $1 AND xid = $2"
						   " AND lane_seq = $3 AND commitment IS NULL") > 0;
}

static void
record_erasure(const GauthReceipt *receipt, GauthSpan reason)
{
	GauthReceipt name = *receipt;
	char		text[GAUTH_RECEIPT_TEXT_MAX];
	GauthRecorder record;

	name.has_leaf = false;
	gauth_record_begin(&record, GAUTH_KIND_ERASE,
					   gauth_span(text, gauth_receipt_write(&name, text)));
	gauth_record_text(&record, "reason", reason);
	gauth_record_end(&record);
}

/*
 * gauth.audit_erase(receipt text, reason text) returns boolean
 */
Datum
gauth_sql_audit_erase(PG_FUNCTION_ARGS)
{
	GauthSpan	reason = gauth_arg_span(fcinfo, 1);
	Erasure		erasure = {0};
	GauthError	err = {0};

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	if (gauth_receipt_read(gauth_arg_span(fcinfo, 0), &erasure.receipt,
						   &err) != GAUTH_OK)
		gauth_raise(&err);
	if (reason.len == 0 || reason.len > REASON_MAX)
		gauth_raise_argument("reason", "a text of 1 to 1024 bytes");
	find_entry(&erasure);
	if (!erasure.found)
		gauth_raise_entry_missing();
	if (erasure.own)
		gauth_raise_argument("receipt", "that of an entry which is not about "
							 "the ledger itself");
	if (erasure.erased || !erase_entry(&erasure))
		PG_RETURN_BOOL(false);
	record_erasure(&erasure.receipt, reason);
	PG_RETURN_BOOL(true);
}

/* a policy that keeps less than the setting would be none */
static void
check_policy(const Interval *policy)
{
	if (gauth_interval_seconds(policy) <
		gauth_setting_seconds("retention_minimum"))
		gauth_raise_argument("policy",
							 "at least the setting retention_minimum");
}

static bool
ask(uint32 shard, TimestampTz before, const char *statement)
{
	GauthWrite	write = {0};

	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) shard), false);
	gauth_write_value(&write, TIMESTAMPTZOID, TimestampTzGetDatum(before),
					  false);
	return gauth_write_run(&write, statement) > 0;
}

/* what is missing for the whole log to be signed, or NULL */
static const char *
find_signature(uint32 shard, const GauthBatch *last)
{
	GauthTreeHead head = {.size = last->end,.root = last->root};
	GauthArena	arena;
	GauthText	text;
	GauthSpan	note;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	if (!gauth_checkpoint_find(shard, last->end, &text))
		return "kept: no checkpoint covers all of it";
	if (!gauth_text_finish(&text, &note))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "checkpoint");
	if (!gauth_checkpoint_is_signed(note, gauth_shard_origin(shard), &head))
		return "kept: no signature of a configured key verifies under its "
			"checkpoint";
	return NULL;
}

/* why the closed log has to stay, or NULL */
static const char *
find_reason(uint32 shard, const GauthBatch *last, TimestampTz before)
{
	const char *reason;

	if (!ask(shard, before, "SELECT WHERE NOT EXISTS (SELECT"
			 " FROM gauth.entry e WHERE e.shard = $1 AND e.made_at >= $2)"))
		return "kept: it has entries that are younger than the policy";
	if (last->end == 0)
		return NULL;
	reason = find_signature(shard, last);
	if (reason != NULL)
		return reason;
	if (!ask(shard, before, "SELECT FROM (SELECT min(b.first_position) AS f,"
			 " max(b.first_position + b.size) AS t FROM gauth.seal_batch b"
			 " WHERE b.shard = $1 AND b.size > 0 AND $2 IS NOT NULL) b,"
			 " (SELECT range_agg(int8range((e.payload ->> 'since')::bigint,"
			 " (e.payload ->> 'until')::bigint)) AS done FROM gauth.entry e"
			 " WHERE e.kind = '" GAUTH_KIND_EXPORT "') e"
			 " WHERE e.done @> int8range(b.f, b.t)"))
		return "kept: it has not been exported as a whole";
	return NULL;
}

static void
run_for_log(uint32 shard, const char *statement)
{
	GauthWrite	write = {0};

	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) shard), false);
	(void) gauth_guard_run(&write, statement);
}

/* the last batch stays: positions and the next log refer to it */
static void
remove_log(uint32 shard, const GauthBatch *last)
{
	GauthWrite	write = {0};
	GauthRecorder record;

	run_for_log(shard, "DELETE FROM gauth.entry WHERE shard = $1");
	run_for_log(shard, "DELETE FROM gauth.tile_root WHERE shard = $1");
	run_for_log(shard, "DELETE FROM gauth.seal_batch"
				" WHERE shard = $1 AND NOT final");
	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) shard), false);
	gauth_write_value(&write, INT8OID, Int64GetDatum((int64) last->end),
					  false);
	gauth_write_bytes(&write, gauth_span(last->root.bytes,
										 sizeof(last->root.bytes)));
	(void) gauth_write_run(&write, "INSERT INTO gauth.removal"
						   " (shard, size, root, removed_at)"
						   " VALUES ($1, $2, $3, clock_timestamp())");
	gauth_record_begin(&record, GAUTH_KIND_REMOVE, gauth_shard_origin(shard));
	gauth_record_number(&record, "log", shard);
	gauth_record_number(&record, "entries", (int64) last->end);
	gauth_record_end(&record);
}

static void
put_outcome(ReturnSetInfo *result, const GauthBatch *last,
			const char *outcome)
{
	Datum		values[3];
	bool		nulls[3] = {0};

	values[0] = Int32GetDatum((int32) last->shard);
	values[1] = Int64GetDatum((int64) last->end);
	values[2] = CStringGetTextDatum(outcome);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* false: those behind it stay as well */
static bool
retain_log(ReturnSetInfo *result, uint32 shard, TimestampTz before)
{
	GauthBatch	last;
	const char *reason;

	if (gauth_removal_exists(shard))
		return true;
	if (!gauth_batch_last(shard, &last) || !last.final)
		return false;
	reason = find_reason(shard, &last, before);
	if (reason == NULL)
		remove_log(shard, &last);
	put_outcome(result, &last, reason == NULL ? "removed" : reason);
	return reason == NULL;
}

/*
 * gauth.audit_retain(policy interval)
 *		returns setof (log integer, entries bigint, outcome text)
 */
Datum
gauth_sql_audit_retain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		before;
	uint32		last = gauth_shard_last();
	uint32		shard;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	check_policy(PG_GETARG_INTERVAL_P(0));
	InitMaterializedSRF(fcinfo, 0);
	(void) gauth_shard_lock(true);
	before = DirectFunctionCall2(timestamptz_mi_interval,
								 TimestampTzGetDatum(GetCurrentTimestamp()),
								 PG_GETARG_DATUM(0));
	for (shard = 1; shard < last; shard++)
	{
		if (!retain_log(result, shard, DatumGetTimestampTz(before)))
			break;
	}
	return (Datum) 0;
}
