/*
 * sql_mandate_query.c
 *		Reading about mandates: RFC 0118 sections 5, 7.5 and 8.3.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "base/hex.h"
#include "entry/args.h"
#include "entry/document.h"
#include "entry/mandate_change.h"
#include "entry/report.h"
#include "store/memory.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_approval_requests);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_mandates);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_mandate_history);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_mandate_budget);

#define LIMIT_STANDARD	100
#define LIMIT_MAX		1000

/* of a cursor: a point in time in microseconds, a colon, a name */
#define CURSOR_MAX		128

/* runs a query with $1 the mandate's name and $2 the time of the statement */
static Datum
query(GauthSpan id, const char *statement)
{
	GauthWrite	values = {0};
	Datum		result;

	gauth_write_text(&values, id);
	gauth_mandate_write_time(&values, GetCurrentStatementStartTimestamp());
	if (!gauth_read_value(&values, statement, &result))
		gauth_raise_rule("MANDATE_NOT_FOUND");
	return result;
}

/*
 * gauth.approval_requests(mandate text) returns jsonb
 */
Datum
gauth_sql_approval_requests(PG_FUNCTION_ARGS)
{
	GauthMandate mandate;

	gauth_mandate_find_visible(gauth_arg_span(fcinfo, 0), &mandate);
	PG_RETURN_DATUM(query(mandate.id, "SELECT coalesce(jsonb_agg("
						  "gauth.approval_json(r)"
						  " ORDER BY r.requested_at, r.id), '[]')"
						  " FROM gauth.approval_request r"
						  " WHERE r.mandate = $1 AND $2 IS NOT NULL"));
}

/*
 * gauth.mandate(id text) returns jsonb
 */
Datum
gauth_sql_mandate(PG_FUNCTION_ARGS)
{
	GauthMandate mandate;

	gauth_mandate_find_visible(gauth_arg_span(fcinfo, 0), &mandate);
	PG_RETURN_DATUM(query(mandate.id, "SELECT gauth.mandate_json(m, $2)"
						  " FROM gauth.mandate m WHERE m.id = $1"));
}

static const char *const statuses[] = {
	"DRAFT", "ACTIVE", "SUSPENDED", "REVOKED", "EXPIRED", "BUDGET_EXCEEDED",
	"SUPERSEDED", NULL
};
static const char *const sorts[] = {"created_at", "-created_at", NULL};

static const GauthMember filter_members[] = {
	GAUTH_MAY("agent_id", TEXT),
	GAUTH_MAY("project_id", TEXT),
	GAUTH_MAY("customer_id", TEXT),
	GAUTH_MAY("issued_by", TEXT),
	GAUTH_MAY_BE("status", statuses),
	GAUTH_MAY("governance_profile", TEXT),
	GAUTH_MAY("parent_mandate_id", TEXT),
	GAUTH_MAY_BE("sort", sorts),
	GAUTH_MAY("limit", CENTS),
	GAUTH_MAY("cursor", TEXT),
	GAUTH_MEMBERS_END
};

static const GauthJson *
read_filter(GauthArena *arena, Jsonb *filter)
{
	char	   *text = JsonbToCString(NULL, &filter->root, VARSIZE(filter));

	return gauth_document_read(arena, gauth_span_of(text), "filter",
							   filter_members);
}

static int64
read_limit(const GauthJson *filter)
{
	const GauthJson *member = gauth_json_get(filter, "limit");
	int64		limit = LIMIT_STANDARD;

	if (member != NULL &&
		(!gauth_json_to_int64(member, &limit) || limit == 0 ||
		 limit > LIMIT_MAX))
		gauth_raise_argument("limit", "1 to 1000");
	return limit;
}

/*
 * A cursor says behind which mandate to go on, so that what is created in
 * between neither hides nor repeats one.
 */
static void
write_cursor(GauthWrite *values, GauthSpan cursor)
{
	char		text[CURSOR_MAX + 1];
	char	   *colon;
	char	   *end;
	int64		micros;
	GauthError	err = {0};

	if (cursor.data == NULL)
	{
		gauth_mandate_write_time(values, DT_NOEND);
		gauth_write_text(values, gauth_span(NULL, 0));
		return;
	}
	if (cursor.len % 2 != 0 || cursor.len > 2 * CURSOR_MAX ||
		gauth_hex_decode(cursor, (uint8_t *) text, &err) != GAUTH_OK)
		gauth_raise_argument("cursor", "one that gauth.mandates gave");
	text[cursor.len / 2] = '\0';
	colon = strchr(text, ':');
	micros = strtoll(text, &end, 10);
	if (colon == NULL || end != colon || colon == text ||
		!IS_VALID_TIMESTAMP(micros))
		gauth_raise_argument("cursor", "one that gauth.mandates gave");
	gauth_mandate_write_time(values, micros);
	gauth_write_text(values, gauth_memory_copy(CurrentMemoryContext,
											   gauth_span_of(colon + 1)));
}

#define WHERE_SEEN \
	" WHERE ($1 IS NULL OR m.agent = $1)" \
	" AND ($2 IS NULL OR m.project = $2)" \
	" AND ($3 IS NULL OR m.customer = $3)" \
	" AND ($4 IS NULL OR m.issued_by = $4)" \
	" AND ($5 IS NULL OR" \
	" gauth.mandate_status(m.status, m.expires_at, $10) = $5)" \
	" AND ($6 IS NULL OR m.profile = $6)" \
	" AND ($7 IS NULL OR m.parent = $7)" \
	" AND ($8 OR $9 IN (m.agent, m.issued_by)" \
	" OR $9 = ANY (m.approvers))"

/* one row more than asked for tells whether there are more */
#define LIST(comparison, direction) \
	"WITH page AS (SELECT m, m.created_at, m.id," \
	" row_number() OVER (ORDER BY m.created_at " direction "," \
	" m.id " direction ") AS place" \
	" FROM gauth.mandate m" WHERE_SEEN \
	" AND ($11 IS NULL OR (m.created_at, m.id) " comparison " ($11, $12))" \
	" ORDER BY m.created_at " direction ", m.id " direction \
	" LIMIT $13 + 1)" \
	" SELECT jsonb_build_object('mandates'," \
	" coalesce(jsonb_agg(gauth.mandate_json(p.m, $10) ORDER BY p.place)" \
	" FILTER (WHERE p.place <= $13), '[]')," \
	" 'next_cursor', CASE WHEN count(*) > $13 THEN" \
	" (SELECT encode(convert_to((extract(epoch FROM l.created_at" \
	" - '2000-01-01 00:00:00+00'::timestamptz) * 1000000)::bigint || ':'" \
	" || l.id, 'UTF8'), 'hex') FROM page l WHERE l.place = $13) END," \
	" 'total_count', (SELECT count(*) FROM gauth.mandate m" WHERE_SEEN "))" \
	" FROM page p"

/*
 * gauth.mandates(filter jsonb) returns jsonb
 */
Datum
gauth_sql_mandates(PG_FUNCTION_ARGS)
{
	static const char *const conditions[] = {
		"agent_id", "project_id", "customer_id", "issued_by", "status",
		"governance_profile", "parent_mandate_id"
	};
	GauthWrite	values = {0};
	GauthArena	arena;
	const GauthJson *filter;
	Datum		result;
	size_t		i;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	filter = read_filter(&arena, PG_GETARG_JSONB_P(0));
	for (i = 0; i < lengthof(conditions); i++)
		gauth_write_text(&values, gauth_document_text(filter, conditions[i]));
	gauth_write_bool(&values, gauth_mandate_sees_all());
	gauth_write_text(&values, gauth_mandate_reader());
	gauth_mandate_write_time(&values, GetCurrentStatementStartTimestamp());
	write_cursor(&values, gauth_document_text(filter, "cursor"));
	gauth_write_value(&values, INT8OID, Int64GetDatum(read_limit(filter)),
					  false);
	if (!gauth_read_value(&values,
						  gauth_span_is(gauth_document_text(filter, "sort"),
										"-created_at") ?
						  LIST("<", "DESC") : LIST(">", "ASC"), &result))
		elog(ERROR, "a list of mandates is missing");
	PG_RETURN_DATUM(result);
}

/* of a deleted draft there is the history, for who had drafted it */
static void
require_past(GauthSpan id)
{
	GauthWrite	values = {0};
	Datum		creator;

	gauth_write_text(&values, id);
	if (!gauth_read_value(&values, "SELECT performed_by"
						  " FROM gauth.mandate_history"
						  " WHERE mandate = $1 AND sequence = 1", &creator))
		gauth_raise_rule("MANDATE_NOT_FOUND");
	if (!gauth_span_equal(gauth_mandate_reader(),
						  gauth_varlena_span(DatumGetTextPP(creator))) &&
		!gauth_mandate_sees_all())
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/*
 * gauth.mandate_history(id text) returns jsonb
 */
Datum
gauth_sql_mandate_history(PG_FUNCTION_ARGS)
{
	GauthSpan	id = gauth_arg_span(fcinfo, 0);
	GauthMandate mandate;

	if (gauth_mandate_find(id, GetCurrentStatementStartTimestamp(), &mandate))
		gauth_mandate_find_visible(id, &mandate);
	else
		require_past(id);
	PG_RETURN_DATUM(query(id, "SELECT jsonb_build_object('mandate_id', $1,"
						  " 'history', coalesce(jsonb_agg("
						  "gauth.history_json(h) ORDER BY h.sequence), '[]'))"
						  " FROM gauth.mandate_history h"
						  " WHERE h.mandate = $1 AND $2 IS NOT NULL"));
}

/*
 * gauth.mandate_budget(id text) returns jsonb
 */
Datum
gauth_sql_mandate_budget(PG_FUNCTION_ARGS)
{
	GauthMandate mandate;

	gauth_mandate_find_visible(gauth_arg_span(fcinfo, 0), &mandate);
	PG_RETURN_DATUM(query(mandate.id, "SELECT gauth.budget_json(m, $2)"
						  " || jsonb_build_object('mandate_id', m.id,"
						  " 'consumed_cents', m.budget_total"
						  " - m.budget_remaining - d.cents,"
						  " 'delegated_cents', d.cents, 'budget_exceeded',"
						  " m.status = 'BUDGET_EXCEEDED',"
						  " 'history', (SELECT coalesce(jsonb_agg("
						  "gauth.history_json(h) ORDER BY h.sequence), '[]')"
						  " FROM gauth.mandate_history h WHERE h.mandate = $1"
						  " AND (h.event LIKE 'BUDGET%'"
						  " OR h.event = 'DELEGATE')))"
						  " FROM gauth.mandate m, (SELECT"
						  " coalesce(sum(c.budget_total), 0)::bigint AS cents"
						  " FROM gauth.mandate c WHERE c.parent = $1) d"
						  " WHERE m.id = $1"));
}
