/*
 * sql_audit_sink.c
 *		Sinks of the ledger: registered, ended, asked for.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "entry/args.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/ledger_stream.h"
#include "store/sink.h"
#include "store/worker.h"
#include "store/write.h"

#define NAME_MAX_SIZE	255

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_add_sink);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_drop_sink);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_run_sinks);

/* its qualified name; it takes one jsonb and nothing else */
static char *
read_function(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		gauth_raise_unknown("function");
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (form->prokind != PROKIND_FUNCTION || form->pronargs != 1 ||
		form->proargtypes.values[0] != JSONBOID)
		gauth_raise_argument("function", "a function of one argument jsonb");
	name = quote_qualified_identifier(get_namespace_name(form->pronamespace),
									  NameStr(form->proname));
	ReleaseSysCache(tuple);
	return name;
}

static uint64
current_limit(void)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	uint64		limit = gauth_stream_limit(snapshot);

	UnregisterSnapshot(snapshot);
	return limit;
}

/*
 * gauth.audit_add_sink(name text, function regprocedure, since bigint)
 *		returns void
 */
Datum
gauth_sql_audit_add_sink(PG_FUNCTION_ARGS)
{
	char	   *role = GetUserNameFromId(GetUserId(), false);
	GauthWrite	write = {0};
	GauthSpan	name;
	GauthSpan	function;
	int64		since;
	GauthRecorder record;

	if (PG_ARGISNULL(0))
		gauth_raise_null("name");
	if (PG_ARGISNULL(1))
		gauth_raise_null("function");
	gauth_require_capability(GAUTH_AUDITOR, NULL);
	name = gauth_arg_span(fcinfo, 0);
	if (name.len == 0 || name.len > NAME_MAX_SIZE)
		gauth_raise_argument("name", "a text of 1 to 255 bytes");
	function = gauth_span_of(read_function(PG_GETARG_OID(1)));
	since = PG_ARGISNULL(2) ? (int64) current_limit() : PG_GETARG_INT64(2);
	if (since < 0)
		gauth_raise_argument("since", "0 or more");

	gauth_write_text(&write, name);
	gauth_write_text(&write, function);
	gauth_write_text(&write, gauth_span_of(role));
	gauth_write_value(&write, INT8OID, Int64GetDatum(since), false);
	if (gauth_write_run(&write,
						"INSERT INTO gauth.sink (name, function, role,"
						" \"position\", failures, changed_at)"
						" VALUES ($1, $2, $3, $4, 0, clock_timestamp())"
						" ON CONFLICT DO NOTHING") == 0)
		gauth_raise_exists("sink");
	gauth_record_begin(&record, "ledger.add_sink", name);
	gauth_record_text(&record, "function", function);
	gauth_record_text(&record, "role", gauth_span_of(role));
	gauth_record_end(&record);
	PG_RETURN_VOID();
}

/*
 * gauth.audit_drop_sink(name text) returns boolean
 */
Datum
gauth_sql_audit_drop_sink(PG_FUNCTION_ARGS)
{
	GauthSpan	name = gauth_arg_span(fcinfo, 0);
	GauthWrite	write = {0};
	GauthSink	sink;

	if (name.len == 0 || !gauth_sink_find(name, &sink))
	{
		gauth_require_capability(GAUTH_AUDITOR, NULL);
		PG_RETURN_BOOL(false);
	}
	if (strcmp(sink.role, GetUserNameFromId(GetUserId(), false)) != 0)
		gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_write_text(&write, name);
	(void) gauth_write_run(&write, "DELETE FROM gauth.sink WHERE name = $1");
	gauth_record_change("ledger.drop_sink", name);
	PG_RETURN_BOOL(true);
}

/*
 * gauth.audit_run_sinks() returns bigint
 */
Datum
gauth_sql_audit_run_sinks(PG_FUNCTION_ARGS)
{
	GauthSpan  *names;
	int			count;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	count = gauth_sinks_behind(current_limit(), &names);
	if (count > 0)
		gauth_worker_want_sinks();
	PG_RETURN_INT64(count);
}
