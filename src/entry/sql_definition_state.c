/*
 * sql_definition_state.c
 *		Definitions as they stand: reading them, the events that they speak
 *		of, the duties that come with them, the mandates that execute them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "entry/actor.h"
#include "entry/args.h"
#include "entry/authority.h"
#include "entry/definition_change.h"
#include "entry/definition_document.h"
#include "entry/document.h"
#include "entry/jsonb.h"
#include "entry/mandate_change.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/ledger.h"
#include "store/memory.h"
#include "store/write.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_definition);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_definition_history);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_raise_event);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_clear_event);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_impose_obligation);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_fulfill_obligation);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_link_definition);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_mandate_origin);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_open_obligations);

static const char *const obligation_kinds[] = {
	"need_to_do", "do_unless", "report", NULL
};

static const GauthMember obligation_members[] = {
	GAUTH_MUST("definition", TEXT),
	GAUTH_MUST_BE("kind", obligation_kinds),
	GAUTH_MUST("description", TEXT),
	GAUTH_MAY("due_at", INSTANT),
	GAUTH_MAY("blocking", BOOL),
	GAUTH_MEMBERS_END
};

static bool
may_see(const GauthDefinitionRow *row)
{
	return gauth_access_allows(GAUTH_VERIFIER, NULL) ||
		gauth_access_allows(GAUTH_AUDITOR, NULL) ||
		gauth_actor_is(row->agent) ||
		gauth_definition_may_put(row->principal);
}

static bool
find_to_show(GauthSpan id, GauthDefinitionRow *row)
{
	if (!gauth_definition_find(id, row))
		return false;
	if (!may_see(row))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	return true;
}

/*
 * gauth.definition(id text) returns jsonb
 */
Datum
gauth_sql_definition(PG_FUNCTION_ARGS)
{
	GauthDefinitionRow row;
	GauthWrite	values = {0};
	Datum		shown;

	if (!find_to_show(gauth_arg_span(fcinfo, 0), &row))
		PG_RETURN_NULL();
	gauth_write_text(&values, row.id);
	if (!gauth_read_value(&values,
						  "SELECT jsonb_strip_nulls(jsonb_build_object("
						  "'id', d.id, 'version', d.version,"
						  " 'power', d.power, 'principal', d.principal,"
						  " 'agent', d.agent, 'issuer', d.issuer,"
						  " 'status', d.status, 'reason', d.reason,"
						  " 'created_at', "
						  GAUTH_SQL_INSTANT("d.created_at")
						  ", 'activated_at', "
						  GAUTH_SQL_INSTANT("d.activated_at")
						  ", 'ended_at', " GAUTH_SQL_INSTANT("d.ended_at")
						  ")) || jsonb_build_object("
						  "'definition', d.document::jsonb,"
						  " 'attestations', (SELECT COALESCE(jsonb_agg("
						  "jsonb_build_object('kind', e.kind,"
						  " 'reference', e.reference, 'recorded_at', "
						  GAUTH_SQL_INSTANT("e.recorded_at")
						  ", 'counts', e.withdrawn_at IS NULL)"
						  " ORDER BY e.recorded_at, e.id), '[]')"
						  " FROM gauth.evidence e"
						  " WHERE e.about = 'definition'"
						  " AND e.subject = d.id),"
						  " 'events', (SELECT COALESCE(jsonb_object_agg("
						  "v.event, v.raised), '{}')"
						  " FROM gauth.definition_event v"
						  " WHERE v.definition = d.id),"
						  " 'obligations', (SELECT COALESCE(jsonb_agg("
						  "jsonb_build_object('id', o.id, 'kind', o.kind,"
						  " 'description', o.description,"
						  " 'open', o.fulfilled_at IS NULL)"
						  " ORDER BY o.imposed_at, o.id), '[]')"
						  " FROM gauth.obligation o"
						  " WHERE o.definition = d.id),"
						  " 'mandates', (SELECT COALESCE(jsonb_agg(m.mandate"
						  " ORDER BY m.linked_at, m.mandate), '[]')"
						  " FROM gauth.mandate_definition m"
						  " WHERE m.definition = d.id))"
						  " FROM gauth.definition d WHERE d.id = $1",
						  &shown))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(shown);
}

/*
 * gauth.definition_history(id text) returns jsonb
 */
Datum
gauth_sql_definition_history(PG_FUNCTION_ARGS)
{
	GauthDefinitionRow row;
	GauthWrite	values = {0};
	Datum		shown;

	if (!find_to_show(gauth_arg_span(fcinfo, 0), &row))
		PG_RETURN_NULL();
	gauth_write_text(&values, row.id);
	if (!gauth_read_value(&values,
						  "SELECT jsonb_agg(jsonb_build_object("
						  "'version', v.version, 'change', v.change,"
						  " 'changed_by', v.changed_by, 'changed_at', "
						  GAUTH_SQL_INSTANT("v.changed_at")
						  ", 'definition', v.document::jsonb)"
						  " ORDER BY v.version)"
						  " FROM gauth.definition_version v"
						  " WHERE v.definition = $1", &shown))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(shown);
}

static void
require_to_steer(GauthSpan id, GauthDefinitionRow *row)
{
	if (!gauth_definition_find(id, row))
		gauth_raise_unknown("definition");
	if (!gauth_actor_administers() &&
		!gauth_definition_may_put(row->principal))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

static void
set_event(const GauthDefinitionRow *row, GauthSpan event, bool raised)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, row->id);
	gauth_write_text(&write, event);
	gauth_write_bool(&write, raised);
	gauth_write_text(&write, gauth_actor_name());
	(void) gauth_write_run(&write, "INSERT INTO gauth.definition_event"
						   " (definition, event, raised, changed_by,"
						   " changed_at) VALUES ($1, $2, $3, $4,"
						   " clock_timestamp())"
						   " ON CONFLICT (definition, event) DO UPDATE"
						   " SET raised = $3, changed_by = $4,"
						   " changed_at = clock_timestamp()");
	gauth_record_step(raised ? "definition.event" : "definition.event_over",
					  row->id, row->agent);
}

static void
check_event(GauthSpan event)
{
	if (event.len == 0 || event.len > GAUTH_DOCUMENT_TEXT_MAX)
		gauth_raise_argument("event", "a text of 1 to 1024 bytes");
}

static Datum
show_event(GauthSpan event, bool raised, bool terminated, int mandates)
{
	GauthWrite	values = {0};
	Datum		shown;

	gauth_write_text(&values, event);
	gauth_write_bool(&values, raised);
	gauth_write_bool(&values, terminated);
	gauth_write_value(&values, INT4OID, Int32GetDatum(mandates), false);
	(void) gauth_write_returning(&values, "SELECT jsonb_build_object("
								 "'event', $1, 'raised', $2,"
								 " 'terminated', $3,"
								 " 'revoked_mandates', $4)", &shown);
	return shown;
}

/*
 * gauth.raise_event(definition text, event text) returns jsonb
 */
Datum
gauth_sql_raise_event(PG_FUNCTION_ARGS)
{
	GauthSpan	event = gauth_arg_span(fcinfo, 1);
	GauthArena	arena;
	GauthDefinitionRow row;
	const GauthJson *definition;
	bool		terminates;
	int			mandates = 0;

	check_event(event);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	require_to_steer(gauth_arg_span(fcinfo, 0), &row);
	definition = gauth_definition_parse(&arena, row.document);
	set_event(&row, event, true);
	terminates = gauth_definition_terminates(definition, event) &&
		!gauth_span_is(row.status, "revoked");
	if (terminates)
		mandates = gauth_definition_end(&row, event);
	PG_RETURN_DATUM(show_event(event, true, terminates, mandates));
}

/*
 * gauth.clear_event(definition text, event text) returns jsonb
 */
Datum
gauth_sql_clear_event(PG_FUNCTION_ARGS)
{
	GauthSpan	event = gauth_arg_span(fcinfo, 1);
	GauthDefinitionRow row;

	check_event(event);
	require_to_steer(gauth_arg_span(fcinfo, 0), &row);
	set_event(&row, event, false);
	PG_RETURN_DATUM(show_event(event, false, false, 0));
}

/*
 * gauth.impose_obligation(request json) returns text
 */
Datum
gauth_sql_impose_obligation(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *request;
	GauthDefinitionRow row;
	GauthWrite	write = {0};
	Datum		id;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	request = gauth_document_read(&arena, gauth_arg_span(fcinfo, 0),
								  "request", obligation_members);
	gauth_definition_require(gauth_document_text(request, "definition"), &row);
	gauth_write_value(&write, JSONBOID, gauth_jsonb_from(request), false);
	gauth_write_text(&write, gauth_actor_name());
	(void) gauth_write_returning(&write,
								 "INSERT INTO gauth.obligation (id,"
								 " definition, kind, description, due_at,"
								 " blocking, imposed_by, imposed_at)"
								 " SELECT 'obl_' || gen_random_uuid(),"
								 " d ->> 'definition', d ->> 'kind',"
								 " d ->> 'description',"
								 " (d ->> 'due_at')::timestamptz,"
								 " COALESCE((d ->> 'blocking')::boolean,"
								 " false), $2, clock_timestamp()"
								 " FROM (VALUES ($1)) AS v (d) RETURNING id",
								 &id);
	gauth_record_step("obligation.impose", row.id, row.agent);
	PG_RETURN_DATUM(id);
}

static void
find_definition_of_obligation(GauthSpan id, GauthDefinitionRow *row)
{
	GauthWrite	write = {0};
	Datum		definition;

	gauth_write_text(&write, id);
	if (!gauth_write_returning(&write, "SELECT definition"
							   " FROM gauth.obligation WHERE id = $1",
							   &definition) ||
		!gauth_definition_find(gauth_varlena_span(DatumGetTextPP(definition)),
							   row))
		gauth_raise_unknown("obligation");
}

/*
 * gauth.fulfill_obligation(id text, reference text) returns boolean
 */
Datum
gauth_sql_fulfill_obligation(PG_FUNCTION_ARGS)
{
	GauthSpan	reference = gauth_arg_span(fcinfo, 1);
	GauthDefinitionRow row;
	GauthWrite	write = {0};

	if (reference.len == 0 || reference.len > GAUTH_DOCUMENT_TEXT_MAX)
		gauth_raise_argument("reference", "a text of 1 to 1024 bytes");
	find_definition_of_obligation(gauth_arg_span(fcinfo, 0), &row);
	if (!gauth_actor_is(row.agent) && !gauth_definition_may_put(row.principal))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_write_text(&write, gauth_arg_span(fcinfo, 0));
	gauth_write_text(&write, reference);
	gauth_write_text(&write, gauth_actor_require());
	if (gauth_write_run(&write, "UPDATE gauth.obligation SET"
						" fulfilled_by = $3, reference = $2,"
						" fulfilled_at = clock_timestamp()"
						" WHERE id = $1 AND fulfilled_at IS NULL") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_step("obligation.fulfill", row.id, row.agent);
	PG_RETURN_BOOL(true);
}

/*
 * gauth.link_definition(mandate text, definition text) returns void
 */
Datum
gauth_sql_link_definition(PG_FUNCTION_ARGS)
{
	GauthMandateChange change;
	GauthDefinitionRow row;
	GauthWrite	write = {0};

	gauth_mandate_party(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, GAUTH_BY_ISSUER);
	if (change.mandate.status != GAUTH_MANDATE_DRAFT)
		gauth_raise_rule("MANDATE_NOT_DRAFT");
	gauth_definition_require(gauth_arg_span(fcinfo, 1), &row);
	if (!gauth_span_equal(row.agent, change.mandate.agent))
		gauth_raise_argument("definition", "of the mandate's agent");
	gauth_authority_require_definition(&row, change.mandate.credential);

	gauth_write_text(&write, change.mandate.id);
	gauth_write_text(&write, row.id);
	gauth_write_text(&write, change.actor);
	(void) gauth_write_run(&write, "INSERT INTO gauth.mandate_definition"
						   " (mandate, definition, linked_by, linked_at)"
						   " VALUES ($1, $2, $3, clock_timestamp())"
						   " ON CONFLICT (mandate) DO UPDATE SET"
						   " definition = $2, linked_by = $3,"
						   " linked_at = clock_timestamp()");
	gauth_record_step("definition.link", row.id, row.agent);
	PG_RETURN_VOID();
}

/* the mandate at the top of the chain */
static bool
find_root(GauthSpan id, GauthMandate *mandate)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	while (gauth_mandate_find(id, now, mandate))
	{
		if (mandate->parent.data == NULL)
			return true;
		id = mandate->parent;
	}
	return false;
}

/*
 * gauth.mandate_origin(mandate text)
 *		returns (issuer text, authorizer text, principal text, person text,
 *		power text, basis text)
 */
Datum
gauth_sql_mandate_origin(PG_FUNCTION_ARGS)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();
	GauthMandate root;
	GauthSpan	person = gauth_span(NULL, 0);
	GauthSpan	definition = gauth_span(NULL, 0);
	GauthDefinitionRow row;
	GauthWrite	values = {0};
	Datum		origin;

	if (!find_root(gauth_arg_span(fcinfo, 0), &root))
		PG_RETURN_NULL();
	if (!gauth_party_root(root.issued_by, now, &person))
		person = gauth_span(NULL, 0);
	if (gauth_definition_of(root.id, &definition) &&
		!gauth_definition_find(definition, &row))
		definition = gauth_span(NULL, 0);
	gauth_write_text(&values, root.issued_by);
	gauth_write_text(&values, root.agent);
	gauth_write_text(&values, person);
	gauth_write_text(&values, definition.data == NULL ?
					 GAUTH_SPAN("individual") : row.power);
	if (!gauth_read_value(&values,
						  "SELECT ROW($1::text, r.authorizer, c.principal,"
						  " $3::text, $4::text, r.basis)"
						  " FROM (SELECT) AS one"
						  " LEFT JOIN gauth.client c ON c.agent = $2"
						  " LEFT JOIN gauth.representative r"
						  " ON r.principal = c.principal AND r.party = $1"
						  " ORDER BY r.kind LIMIT 1", &origin))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(origin);
}

/*
 * gauth.open_obligations(mandate text) returns jsonb
 */
Datum
gauth_sql_open_obligations(PG_FUNCTION_ARGS)
{
	GauthSpan	id = gauth_arg_span(fcinfo, 0);
	GauthSpan	definition = GAUTH_SPAN("");
	GauthMandate mandate;
	GauthWrite	values = {0};
	Datum		shown;

	if (!gauth_mandate_find(id, GetCurrentStatementStartTimestamp(),
							&mandate))
		PG_RETURN_NULL();
	if (!gauth_access_allows(GAUTH_VERIFIER, NULL) &&
		!gauth_access_allows(GAUTH_AUDITOR, NULL) &&
		!gauth_actor_is(mandate.agent) && !gauth_actor_is(mandate.issued_by))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (!gauth_definition_of(id, &definition))
		definition = GAUTH_SPAN("");
	gauth_write_text(&values, definition);
	(void) gauth_read_value(&values,
							"SELECT COALESCE(jsonb_agg(jsonb_strip_nulls("
							"jsonb_build_object('id', o.id, 'kind', o.kind,"
							" 'description', o.description, 'due_at', "
							GAUTH_SQL_INSTANT("o.due_at")
							", 'overdue', COALESCE(o.due_at <"
							" statement_timestamp(), false),"
							" 'blocking', o.blocking))"
							" ORDER BY o.due_at NULLS LAST, o.id), '[]')"
							" FROM gauth.obligation o"
							" WHERE o.definition = $1"
							" AND o.fulfilled_at IS NULL"
							" AND o.kind <> 'do_unless'", &shown);
	PG_RETURN_DATUM(shown);
}
