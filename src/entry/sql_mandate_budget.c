/*
 * sql_mandate_budget.c
 *		Budget and time of a mandate: RFC 0118 section 7.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/timestamp.h"

#include "base/text.h"
#include "entry/args.h"
#include "entry/jsonb.h"
#include "entry/mandate_budget.h"
#include "entry/mandate_document.h"
#include "entry/mandate_rule.h"
#include "entry/report.h"
#include "entry/require.h"
#include "poa/ceiling.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/relation.h"
#include "store/setting.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_increase_budget);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_report_consumption);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_hold_budget);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_settle_hold);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_release_hold);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_extend_ttl);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_count_tool_calls);

#define REQUEST_ID_MAX	255		/* bytes of the name of a request, a session */
#define HOLD_MAX		3600	/* seconds that a hold may last */

#define BY_ISSUER_OR_APPROVER	(GAUTH_BY_ISSUER | GAUTH_BY_APPROVER)

/* the parent's name, read before anything is locked: it never changes */
static GauthSpan
parent_of(GauthSpan id)
{
	GauthMandate mandate;

	if (!gauth_mandate_find(id, GetCurrentTimestamp(), &mandate))
		gauth_raise_rule("MANDATE_NOT_FOUND");
	return mandate.parent;
}

/* a delegated mandate gets from its parent what it gets, also later on */
static void
take_from_parent(const GauthMandateChange *change, GauthSpan parent,
				 GauthSpan child, int64 cents)
{
	GauthMandateChange above = *change;

	gauth_mandate_lock(&above, parent);
	if (above.mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("PARENT_MANDATE_NOT_ACTIVE");
	gauth_budget_reserve(&above, child, cents);
}

static void
add_budget(const GauthMandateChange *change, int64 cents)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, change->mandate.id);
	gauth_write_value(&write, INT8OID, Int64GetDatum(cents), false);
	(void) gauth_mandate_write(&write, "UPDATE gauth.mandate"
							   " SET budget_total = budget_total + $2,"
							   " budget_remaining = budget_remaining + $2"
							   " WHERE id = $1");
}

/*
 * gauth.increase_budget(id text, cents bigint) returns jsonb
 */
Datum
gauth_sql_increase_budget(PG_FUNCTION_ARGS)
{
	GauthSpan	id = gauth_arg_span(fcinfo, 0);
	int64		cents = PG_GETARG_INT64(1);
	GauthMandateChange change;
	GauthSpan	parent;
	int64		total;

	gauth_mandate_party(&change);
	parent = parent_of(id);
	if (parent.data != NULL)
		gauth_mandate_lock(&change, parent);
	gauth_mandate_lock(&change, id);
	gauth_mandate_authorize(&change, BY_ISSUER_OR_APPROVER);
	gauth_mandate_require_live(&change.mandate);
	if (cents <= 0)
		gauth_raise_rule("BUDGET_DECREASE_NOT_ALLOWED");
	if (pg_add_s64_overflow(change.mandate.budget_total, cents, &total))
		gauth_raise_argument("cents", "such that the total stays a bigint");
	if (parent.data != NULL)
		take_from_parent(&change, parent, id, cents);
	else
		gauth_mandate_require_position(change.mandate.issued_by,
									   change.mandate.credential, total,
									   change.now);

	add_budget(&change, cents);
	gauth_mandate_remark(&change, "BUDGET_INCREASE", "mandate.increase",
						 psprintf("{\"cents\": " INT64_FORMAT ","
								  " \"total_cents\": " INT64_FORMAT ","
								  " \"remaining_cents\": " INT64_FORMAT "}",
								  cents, total,
								  change.mandate.budget_remaining + cents));
	PG_RETURN_DATUM(gauth_mandate_show(&change, "{}"));
}

/* the answer to a report of consumption */
static Datum
show_spent(const GauthMandateChange *change, const GauthSpending *spending,
		   GauthSpent spent)
{
	static const char *const reasons[] = {
		[GAUTH_SPENT] = "",
		[GAUTH_SPENT_BEFORE] =
		", \"reason\": \"DUPLICATE_CONSUMPTION_REPORT\"",
		[GAUTH_SPENT_TOO_MUCH] = ", \"reason\": \"BUDGET_EXCEEDED\"",
	};
	const GauthMandate *mandate = &change->mandate;
	const char *status = gauth_mandate_status_name(mandate->status);
	GauthArena	arena;
	GauthText	text;
	GauthSpan	json;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"enforcement_request_id\": "));
	gauth_text_append_json_string(&text, spending->request_id);
	gauth_text_append(&text, GAUTH_SPAN(", \"mandate_id\": "));
	gauth_text_append_json_string(&text, mandate->id);
	gauth_text_append(&text, gauth_span_of(reasons[spent]));
	gauth_text_append(&text, spent == GAUTH_SPENT ?
					  GAUTH_SPAN(", \"accepted\": true") :
					  GAUTH_SPAN(", \"accepted\": false"));
	gauth_text_append(&text, GAUTH_SPAN(", \"deducted_cents\": "));
	gauth_text_append_int64(&text, spent == GAUTH_SPENT ? spending->cents : 0);
	gauth_text_append(&text, GAUTH_SPAN(", \"remaining_cents\": "));
	gauth_text_append_int64(&text, mandate->budget_remaining);
	gauth_text_append(&text, GAUTH_SPAN(", \"status\": "));
	gauth_text_append_json_string(&text, gauth_span_of(status));
	gauth_text_append(&text, mandate->status == GAUTH_MANDATE_BUDGET_EXCEEDED ?
					  GAUTH_SPAN(", \"budget_exceeded\": true}") :
					  GAUTH_SPAN(", \"budget_exceeded\": false}"));
	if (!gauth_text_finish(&text, &json))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "answer");
	return gauth_jsonb_from_text(json);
}

static Datum
spend(GauthMandateChange *change, GauthSpending *spending)
{
	GauthSpent	spent;

	if (spending->cents <= 0)
		gauth_raise_argument("cents", "more than zero");
	spent = gauth_budget_spend(change, spending);
	if (spent == GAUTH_SPENT_BEFORE &&
		gauth_setting_bool("consumption_strict"))
		gauth_raise_rule("DUPLICATE_CONSUMPTION_REPORT");
	return show_spent(change, spending, spent);
}

/*
 * gauth.report_consumption(id text, cents bigint,
 *							enforcement_request_id text) returns jsonb
 */
Datum
gauth_sql_report_consumption(PG_FUNCTION_ARGS)
{
	GauthSpending spending = {0};
	GauthMandateChange change;

	gauth_require_capability(GAUTH_ENFORCER, NULL);
	spending.cents = PG_GETARG_INT64(1);
	spending.request_id = gauth_arg_span(fcinfo, 2);
	gauth_mandate_check_text(spending.request_id, "enforcement_request_id",
							 REQUEST_ID_MAX);
	gauth_mandate_actor(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	PG_RETURN_DATUM(spend(&change, &spending));
}

/*
 * gauth.hold_budget(id text, cents bigint, ttl interval) returns jsonb
 */
Datum
gauth_sql_hold_budget(PG_FUNCTION_ARGS)
{
	int64		cents = PG_GETARG_INT64(1);
	int64		seconds = gauth_interval_seconds(PG_GETARG_INTERVAL_P(2));
	GauthWrite	write = {0};
	GauthMandateChange change;
	TimestampTz until;
	GauthSpan	hold;
	Datum		shown;

	gauth_require_capability(GAUTH_ENFORCER, NULL);
	if (cents <= 0)
		gauth_raise_argument("cents", "more than zero");
	if (seconds <= 0 || seconds > HOLD_MAX)
		gauth_raise_argument("ttl", "one second to one hour");
	gauth_mandate_actor(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	until = change.now + seconds * USECS_PER_SEC;
	hold = gauth_budget_hold(&change, cents, until);

	gauth_write_text(&write, change.mandate.id);
	gauth_write_text(&write, hold);
	gauth_mandate_write_time(&write, hold.data == NULL ? DT_NOEND : until);
	gauth_mandate_write_time(&write, change.now);
	(void) gauth_write_returning(&write, "SELECT jsonb_build_object("
								 "'accepted', $2 IS NOT NULL, 'hold_id', $2,"
								 " 'expires_at', gauth.utc_text($3),"
								 " 'budget_state', gauth.budget_json(m, $4))"
								 " || CASE WHEN $2 IS NULL THEN"
								 " '{\"reason\": \"BUDGET_EXCEEDED\"}'"
								 " ELSE '{}' END::jsonb"
								 " FROM gauth.mandate m WHERE m.id = $1",
								 &shown);
	PG_RETURN_DATUM(shown);
}

/* the mandate of a hold, without data when there is no such hold */
static GauthSpan
mandate_of_hold(GauthSpan hold)
{
	GauthSpan	id = gauth_span(NULL, 0);
	GauthScan	scan;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_BUDGET_HOLD, "budget_hold_id");
	gauth_scan_key_text(&scan, HOLD_ID, hold);
	if (gauth_scan_next(&scan))
		id = gauth_memory_copy(CurrentMemoryContext,
							   gauth_scan_text(&scan, HOLD_MANDATE));
	gauth_scan_end(&scan);
	return id;
}

/* where a request was reported that has no hold any more */
static GauthSpan
mandate_of_report(GauthSpan request_id)
{
	GauthWrite	write = {0};
	Datum		id;

	gauth_write_text(&write, request_id);
	if (!gauth_write_returning(&write, "SELECT mandate"
							   " FROM gauth.budget_consumption"
							   " WHERE enforcement_request_id = $1", &id))
		gauth_raise_unknown("hold");
	return gauth_varlena_span(DatumGetTextPP(id));
}

/*
 * gauth.settle_hold(hold text, enforcement_request_id text, cents bigint)
 * returns jsonb
 */
Datum
gauth_sql_settle_hold(PG_FUNCTION_ARGS)
{
	GauthSpending spending = {0};
	GauthMandateChange change;
	GauthSpan	id;
	int64		held = 0;

	if (PG_ARGISNULL(0))
		gauth_raise_null("hold");
	if (PG_ARGISNULL(1))
		gauth_raise_null("enforcement_request_id");
	gauth_require_capability(GAUTH_ENFORCER, NULL);
	spending.hold = gauth_arg_span(fcinfo, 0);
	spending.request_id = gauth_arg_span(fcinfo, 1);
	gauth_mandate_check_text(spending.request_id, "enforcement_request_id",
							 REQUEST_ID_MAX);
	gauth_mandate_actor(&change);
	id = mandate_of_hold(spending.hold);
	if (id.data == NULL)
		id = mandate_of_report(spending.request_id);
	gauth_mandate_lock(&change, id);
	if (!gauth_mandate_hold(id, spending.hold, change.now, &held))
		(void) mandate_of_report(spending.request_id);
	spending.cents = PG_ARGISNULL(2) ? Max(held, 1) : PG_GETARG_INT64(2);
	if (held > 0 && spending.cents > held)
		gauth_raise_argument("cents", "at most what is on hold");
	PG_RETURN_DATUM(spend(&change, &spending));
}

/*
 * gauth.release_hold(hold text) returns boolean
 */
Datum
gauth_sql_release_hold(PG_FUNCTION_ARGS)
{
	GauthSpan	hold = gauth_arg_span(fcinfo, 0);
	GauthMandateChange change;
	GauthSpan	id;

	gauth_require_capability(GAUTH_ENFORCER, NULL);
	gauth_mandate_actor(&change);
	id = mandate_of_hold(hold);
	if (id.data == NULL)
		PG_RETURN_BOOL(false);
	gauth_mandate_lock(&change, id);
	PG_RETURN_BOOL(gauth_budget_drop_hold(&change, hold));
}

/* the profile's cap on a session is the cap on an extension */
static void
check_extension(const GauthMandateChange *change, int64 seconds)
{
	const GauthMandate *mandate = &change->mandate;
	GauthProfile profile = mandate->credential->powers.profile;
	int64		minutes = gauth_ceiling_of(profile)->max_session_minutes;
	GauthMandate parent;

	if (minutes != GAUTH_ABSENT &&
		mandate->ttl_seconds + seconds > minutes * SECS_PER_MINUTE)
		gauth_raise_rule("CEILING_VIOLATION");
	if (mandate->parent.data == NULL)
		return;
	if (!gauth_mandate_find(mandate->parent, change->now, &parent) ||
		mandate->expires_at + seconds * USECS_PER_SEC > parent.expires_at)
		gauth_raise_rule("DELEGATION_TTL_EXCEEDED");
}

static Datum
show_extension(const GauthMandateChange *change, int64 seconds)
{
	int64		before = change->mandate.ttl_seconds;
	GauthWrite	write = {0};
	Datum		shown;

	gauth_mandate_write_time(&write, change->mandate.expires_at +
							 seconds * USECS_PER_SEC);
	if (!gauth_write_returning(&write, "SELECT gauth.utc_text($1)", &shown))
		elog(ERROR, "a time has no text");
	return gauth_mandate_show(change,
							  psprintf("{\"previous_ttl_seconds\": "
									   INT64_FORMAT ", \"new_ttl_seconds\": "
									   INT64_FORMAT ", \"new_expires_at\":"
									   " \"%s\"}", before, before + seconds,
									   TextDatumGetCString(shown)));
}

/*
 * gauth.extend_ttl(id text, extra interval) returns jsonb
 */
Datum
gauth_sql_extend_ttl(PG_FUNCTION_ARGS)
{
	int64		seconds = gauth_interval_seconds(PG_GETARG_INTERVAL_P(1));
	GauthMandateChange change;
	GauthWrite	write = {0};

	gauth_mandate_party(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, BY_ISSUER_OR_APPROVER);
	gauth_mandate_require_live(&change.mandate);
	if (seconds <= 0)
		gauth_raise_rule("TTL_DECREASE_NOT_ALLOWED");
	if (seconds > GAUTH_TTL_MAX - change.mandate.ttl_seconds)
		gauth_raise_argument("extra", "a hundred years altogether at most");
	check_extension(&change, seconds);

	gauth_write_text(&write, change.mandate.id);
	gauth_write_value(&write, INT8OID, Int64GetDatum(seconds), false);
	gauth_mandate_write_time(&write, change.mandate.expires_at +
							 seconds * USECS_PER_SEC);
	(void) gauth_mandate_write(&write, "UPDATE gauth.mandate"
							   " SET ttl_seconds = ttl_seconds + $2,"
							   " expires_at = $3 WHERE id = $1");
	gauth_mandate_remark(&change, "TTL_EXTENSION", "mandate.extend",
						 psprintf("{\"seconds\": " INT64_FORMAT "}",
								  seconds));
	PG_RETURN_DATUM(show_extension(&change, seconds));
}

/*
 * gauth.count_tool_calls(mandate text, session text, calls integer)
 * returns jsonb
 */
Datum
gauth_sql_count_tool_calls(PG_FUNCTION_ARGS)
{
	GauthSpan	session = gauth_arg_span(fcinfo, 1);
	int32		calls = PG_GETARG_INT32(2);
	GauthMandateChange change;
	GauthWrite	write = {0};
	Datum		shown;

	gauth_require_capability(GAUTH_ENFORCER, NULL);
	gauth_mandate_check_text(session, "session", REQUEST_ID_MAX);
	if (calls <= 0)
		gauth_raise_argument("calls", "more than zero");
	gauth_mandate_actor(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	if (change.mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("MANDATE_NOT_ACTIVE");
	gauth_write_text(&write, change.mandate.id);
	gauth_write_text(&write, session);
	gauth_write_value(&write, INT4OID, Int32GetDatum(calls), false);
	gauth_mandate_write_time(&write, change.now);
	if (!gauth_mandate_write_returning(&write,
									   "INSERT INTO gauth.mandate_session AS s"
									   " (mandate, session, tool_calls,"
									   " started_at) VALUES ($1, $2, $3, $4)"
									   " ON CONFLICT (mandate, session)"
									   " DO UPDATE SET tool_calls ="
									   " s.tool_calls + excluded.tool_calls"
									   " RETURNING jsonb_build_object("
									   "'mandate_id', s.mandate,"
									   " 'session_id', s.session,"
									   " 'tool_calls', s.tool_calls,"
									   " 'started_at',"
									   " gauth.utc_text(s.started_at))",
									   &shown))
		elog(ERROR, "a call was not counted");
	PG_RETURN_DATUM(shown);
}
