/*
 * sql_audit.c
 *		The ledger: what applications write into it, and its guard.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "entry/args.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/crypto.h"
#include "store/ledger.h"
#include "store/ledger_batch.h"
#include "store/ledger_guard.h"
#include "store/ledger_scan.h"
#include "store/ledger_seal.h"
#include "store/ledger_shard.h"
#include "store/worker.h"

#define KIND_MAX		48
#define WORD_MAX		1024
#define WAIT_TURN		10		/* milliseconds between two looks */

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_guard);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_append);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_seal);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_wait);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_root);

/* what the trigger is to give back for a row that may change */
static Datum
row_of(const TriggerData *trigger)
{
	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		return PointerGetDatum(NULL);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		return PointerGetDatum(trigger->tg_newtuple);
	return PointerGetDatum(trigger->tg_trigtuple);
}

/*
 * gauth.guard() returns trigger
 */
Datum
gauth_sql_guard(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		gauth_raise_not_a_trigger();
	if (!gauth_guard_is_open())
		gauth_raise_guarded(RelationGetRelationName(trigger->tg_relation));
	return row_of(trigger);
}

/* lower-case words with dots between them, such as "order.placed" */
static bool
is_kind(GauthSpan kind)
{
	size_t		i;

	if (kind.len == 0 || kind.len > KIND_MAX ||
		kind.data[0] == '.' || kind.data[kind.len - 1] == '.')
		return false;
	for (i = 0; i < kind.len; i++)
	{
		char		c = kind.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			  c == '_' || c == '-' || c == '.'))
			return false;
	}
	return true;
}

static GauthSpan
word_argument(FunctionCallInfo fcinfo, int number, const char *name)
{
	GauthSpan	word;

	if (PG_ARGISNULL(number))
		gauth_raise_null(name);
	word = gauth_arg_span(fcinfo, number);
	if (word.len > WORD_MAX)
		gauth_raise_argument(name, "a text of at most 1024 bytes");
	return word;
}

/*
 * gauth.audit_append(kind text, action text, resource text, payload json)
 *		returns text
 */
Datum
gauth_sql_audit_append(PG_FUNCTION_ARGS)
{
	GauthNote	note = {0};
	GauthReceipt receipt;
	GauthSpan	kind;
	char		text[GAUTH_RECEIPT_TEXT_MAX];
	size_t		len;

	if (PG_ARGISNULL(0))
		gauth_raise_null("kind");
	kind = gauth_arg_span(fcinfo, 0);
	if (!is_kind(kind))
		gauth_raise_argument("kind", "lower-case words with dots between "
							 "them, of at most 48 bytes");
	note.kind = psprintf("app.%.*s", (int) kind.len, kind.data);
	note.action = word_argument(fcinfo, 1, "action");
	note.resource = word_argument(fcinfo, 2, "resource");
	note.payload = gauth_arg_span_or_null(fcinfo, 3);
	gauth_ledger_append(&note, &receipt);
	len = gauth_receipt_write(&receipt, text);
	PG_RETURN_DATUM(gauth_text_datum(gauth_span(text, len)));
}

/*
 * gauth.audit_seal() returns bigint
 */
Datum
gauth_sql_audit_seal(PG_FUNCTION_ARGS)
{
	gauth_require_capability(GAUTH_AUDITOR, NULL);
	PG_RETURN_INT64(gauth_ledger_seal(true, NULL));
}

/* is the entry there for everybody, and the very one of the receipt? */
static bool
entry_exists(const GauthReceipt *receipt)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	GauthEntryScan scan;
	uint8		leaf[GAUTH_HASH_SIZE];
	bool		found;

	gauth_entry_scan_begin(&scan, receipt->shard, snapshot);
	found = gauth_entry_scan_find(&scan, receipt->xid, receipt->lane_seq) &&
		scan.row.entry.lane == receipt->lane &&
		(!receipt->has_leaf ||
		 (gauth_entry_row_leaf(&scan.row, leaf) == GAUTH_OK &&
		  memcmp(leaf, receipt->leaf, sizeof(leaf)) == 0));
	gauth_entry_scan_end(&scan);
	UnregisterSnapshot(snapshot);
	return found;
}

static bool
is_sealed(const GauthReceipt *receipt)
{
	GauthBatch	last;

	return gauth_batch_last(receipt->shard, &last) &&
		gauth_batch_covers(&last, FullTransactionIdFromU64(receipt->xid));
}

static bool
wait_until(const GauthReceipt *receipt, TimestampTz end)
{
	if (!is_sealed(receipt) && !RecoveryInProgress())
		gauth_worker_nudge();
	while (!is_sealed(receipt))
	{
		if (GetCurrentTimestamp() >= end)
			return false;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT |
						 WL_EXIT_ON_PM_DEATH, WAIT_TURN, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	return true;
}

/*
 * gauth.audit_wait(receipt text, timeout interval) returns boolean
 */
Datum
gauth_sql_audit_wait(PG_FUNCTION_ARGS)
{
	FullTransactionId own = GetTopFullTransactionIdIfAny();
	GauthReceipt receipt;
	Datum		end;
	GauthError	err = {0};

	if (gauth_receipt_read(gauth_arg_span(fcinfo, 0), &receipt,
						   &err) != GAUTH_OK)
		gauth_raise(&err);
	if (U64FromFullTransactionId(own) == receipt.xid)
		gauth_raise_entry_uncommitted();
	end = DirectFunctionCall2(timestamptz_pl_interval,
							  TimestampTzGetDatum(GetCurrentTimestamp()),
							  PG_GETARG_DATUM(1));
	if (!wait_until(&receipt, DatumGetTimestampTz(end)))
		PG_RETURN_BOOL(false);
	if (!entry_exists(&receipt))
		gauth_raise_entry_missing();
	PG_RETURN_BOOL(true);
}

/*
 * gauth.audit_root() returns (shard integer, size bigint, root bytea)
 */
Datum
gauth_sql_audit_root(PG_FUNCTION_ARGS)
{
	uint32		shard = gauth_shard_last();
	GauthBatch	last;
	TupleDesc	row;
	Datum		values[3];
	bool		nulls[3] = {0};

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (!gauth_batch_last(shard, &last) &&
		gauth_frontier_root(gauth_crypto(), &last.frontier,
							&last.root) != GAUTH_OK)
		gauth_raise_status(GAUTH_CRYPTO_FAILED, "root");
	values[0] = Int32GetDatum((int32) shard);
	nulls[0] = shard == 0;
	values[1] = Int64GetDatum((int64) last.end);
	values[2] = gauth_text_datum(gauth_span(last.root.bytes,
											sizeof(last.root.bytes)));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row),
													  values, nulls)));
}
