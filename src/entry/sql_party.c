/*
 * sql_party.c
 *		The register of parties, and which identities they have.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "entry/actor.h"
#include "entry/args.h"
#include "entry/definition_change.h"
#include "entry/document.h"
#include "entry/jsonb.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/memory.h"
#include "store/write.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_register_party);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_change_party);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_party);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_party_identity);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_party_identity_role);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_acting_party);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_root_person);

#define PARTY_OBJECT \
	"jsonb_strip_nulls(jsonb_build_object('id', p.party, 'kind', p.kind," \
	" 'form', p.form, 'form_other', p.form_other, 'name', p.name," \
	" 'identity', p.identity, 'version', p.version, 'status', p.status," \
	" 'legal_capacity', p.legal_capacity, 'deceased', p.deceased," \
	" 'successor', p.successor," \
	" 'created_at', " GAUTH_SQL_INSTANT("p.created_at") "," \
	" 'changed_at', " GAUTH_SQL_INSTANT("p.changed_at") "))"

static const char *const kinds[] = {
	"natural_person", "organization", "agent", NULL
};

static const GauthMember new_party[] = {
	GAUTH_MAY("id", TEXT),
	GAUTH_MUST_BE("kind", kinds),
	GAUTH_MAY("form", TEXT),
	GAUTH_MAY("form_other", TEXT),
	GAUTH_MUST("name", TEXT),
	GAUTH_MAY("identity", OBJECT),
	GAUTH_MAY("version", TEXT),
	GAUTH_MAY("status", TEXT),
	GAUTH_MAY("successor", TEXT),
	GAUTH_MEMBERS_END
};

static const GauthMember party_changes[] = {
	GAUTH_MAY("name", TEXT),
	GAUTH_MAY("identity", OBJECT),
	GAUTH_MAY("version", TEXT),
	GAUTH_MAY("status", TEXT),
	GAUTH_MAY("legal_capacity", BOOL),
	GAUTH_MAY("deceased", BOOL),
	GAUTH_MAY("successor", TEXT),
	GAUTH_MEMBERS_END
};

/* the forms of each kind, and what else goes with it (RFC 0115 part A) */
static void
check_kind(const GauthJson *party)
{
	static const char *const organizations[] = {
		"commercial_enterprise", "public_authority",
		"non_profit_organization", "other_association", "other", NULL
	};
	static const char *const agents[] = {
		"llm", "digital_agent", "agentic_ai", "humanoid_robot", "other", NULL
	};
	GauthSpan	kind = gauth_document_text(party, "kind");
	GauthSpan	form = gauth_document_text(party, "form");
	bool		is_agent = gauth_span_is(kind, "agent");
	const char *const *forms = is_agent ? agents : organizations;

	if (gauth_span_is(kind, "natural_person"))
	{
		if (form.data != NULL)
			gauth_raise_argument("form", "absent for a natural person");
	}
	else
	{
		while (*forms != NULL && !gauth_span_is(form, *forms))
			forms++;
		if (*forms == NULL)
			gauth_raise_argument("form", "one of the five of its kind");
	}
	if ((gauth_json_get(party, "form_other") != NULL) !=
		gauth_span_is(form, "other"))
		gauth_raise_argument("form_other", "given exactly for form \"other\"");
	if ((gauth_json_get(party, "version") != NULL) != is_agent)
		gauth_raise_argument("version", "given exactly for an agent");
	if (gauth_json_get(party, "successor") != NULL && !is_agent)
		gauth_raise_argument("successor", "absent for all but agents");
}

/* a successor is an agent of the register */
static void
check_successor(const GauthJson *document, GauthSpan party)
{
	GauthSpan	name = gauth_document_text(document, "successor");
	GauthParty	successor;

	if (name.data == NULL)
		return;
	if (!gauth_party_find(name, &successor))
		gauth_raise_unknown("party");
	if (successor.kind != GAUTH_PARTY_AGENT || gauth_span_equal(name, party))
		gauth_raise_argument("successor", "another agent");
}

static bool
actor_owns_clients(void)
{
	GauthMoment now = gauth_moment(GetCurrentTimestamp());
	GauthSpan	actor;

	return gauth_party_actor(&actor) &&
		gauth_representative_any(actor, GAUTH_CLIENT_OWNER, &now);
}

/* a member of what a statement has returned */
static GauthSpan
member_text(Datum object, const char *name)
{
	GauthWrite	values = {0};
	Datum		member;

	gauth_write_value(&values, JSONBOID, object, false);
	gauth_write_text(&values, gauth_span_of(name));
	if (!gauth_read_value(&values, "SELECT $1 ->> $2", &member))
		return gauth_span(NULL, 0);
	return gauth_varlena_span(DatumGetTextPP(member));
}

/*
 * gauth.register_party(party json) returns jsonb
 */
Datum
gauth_sql_register_party(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *party;
	GauthWrite	write = {0};
	Datum		result;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	party = gauth_document_read(&arena, gauth_arg_span(fcinfo, 0), "party",
								new_party);
	check_kind(party);
	if (!gauth_actor_administers() &&
		!(gauth_json_is_string(gauth_json_get(party, "kind"), "agent") &&
		  actor_owns_clients()))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	check_successor(party, gauth_document_text(party, "id"));

	gauth_write_value(&write, JSONBOID, gauth_jsonb_from(party), false);
	if (!gauth_write_returning(&write,
							   "INSERT INTO gauth.party AS p (party, kind,"
							   " form, form_other, name, identity, version,"
							   " status, legal_capacity, deceased, successor,"
							   " created_at, changed_at)"
							   " SELECT COALESCE(d ->> 'id',"
							   " 'pty_' || gen_random_uuid()), d ->> 'kind',"
							   " d ->> 'form', d ->> 'form_other',"
							   " d ->> 'name', COALESCE(d -> 'identity',"
							   " '{}'), d ->> 'version',"
							   " COALESCE(d ->> 'status', 'active'), true,"
							   " false, d ->> 'successor', clock_timestamp(),"
							   " clock_timestamp()"
							   " FROM (VALUES ($1)) AS v (d)"
							   " ON CONFLICT DO NOTHING"
							   " RETURNING " PARTY_OBJECT, &result))
		gauth_raise_exists("party");
	gauth_record_step("party.register", member_text(result, "id"),
					  gauth_span(NULL, 0));
	PG_RETURN_DATUM(result);
}

static void
require_party(GauthSpan name, GauthParty *party)
{
	if (!gauth_party_find(name, party))
		gauth_raise_unknown("party");
}

/* an agent's owner may look after it; what the law says is not his to say */
static void
check_may_change(const GauthParty *party, const GauthJson *changes)
{
	GauthClient client;

	if (gauth_actor_administers())
		return;
	if (party->kind != GAUTH_PARTY_AGENT ||
		gauth_json_get(changes, "legal_capacity") != NULL ||
		gauth_json_get(changes, "deceased") != NULL ||
		!gauth_client_find(party->party, &client) ||
		!gauth_actor_is(client.owner))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

static void
check_changes(const GauthParty *party, const GauthJson *changes)
{
	if (gauth_json_get(changes, "version") != NULL &&
		party->kind != GAUTH_PARTY_AGENT)
		gauth_raise_argument("version", "absent for all but agents");
	if (gauth_json_get(changes, "successor") != NULL &&
		party->kind != GAUTH_PARTY_AGENT)
		gauth_raise_argument("successor", "absent for all but agents");
	if (gauth_json_get(changes, "deceased") != NULL &&
		party->kind != GAUTH_PARTY_PERSON)
		gauth_raise_argument("deceased", "absent for all but persons");
	check_successor(changes, party->party);
}

/* what the definitions of a principal say about its death or incapacity */
static void
follow_misfortune(const GauthParty *before)
{
	GauthParty	after;

	require_party(before->party, &after);
	if (after.deceased && !before->deceased)
		gauth_definition_misfortune(after.party, GAUTH_DEATH);
	if (!after.legal_capacity && before->legal_capacity)
		gauth_definition_misfortune(after.party, GAUTH_INCAPACITY);
}

/*
 * gauth.change_party(party text, changes json) returns jsonb
 */
Datum
gauth_sql_change_party(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthParty	party;
	const GauthJson *changes;
	GauthWrite	write = {0};
	Datum		result;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	changes = gauth_document_read(&arena, gauth_arg_span(fcinfo, 1),
								  "changes", party_changes);
	require_party(gauth_arg_span(fcinfo, 0), &party);
	check_may_change(&party, changes);
	check_changes(&party, changes);

	gauth_write_text(&write, party.party);
	gauth_write_value(&write, JSONBOID, gauth_jsonb_from(changes), false);
	if (!gauth_write_returning(&write,
							   "UPDATE gauth.party p SET"
							   " name = COALESCE($2 ->> 'name', name),"
							   " identity = COALESCE($2 -> 'identity',"
							   " identity),"
							   " version = COALESCE($2 ->> 'version',"
							   " version),"
							   " status = COALESCE($2 ->> 'status', status),"
							   " legal_capacity = COALESCE("
							   "($2 ->> 'legal_capacity')::boolean,"
							   " legal_capacity),"
							   " deceased = COALESCE("
							   "($2 ->> 'deceased')::boolean, deceased),"
							   " successor = COALESCE($2 ->> 'successor',"
							   " successor),"
							   " changed_at = clock_timestamp()"
							   " WHERE party = $1 RETURNING " PARTY_OBJECT,
							   &result))
		gauth_raise_unknown("party");
	gauth_record_step("party.change", party.party, gauth_span(NULL, 0));
	follow_misfortune(&party);
	PG_RETURN_DATUM(result);
}

/*
 * gauth.party(party text) returns jsonb
 */
Datum
gauth_sql_party(PG_FUNCTION_ARGS)
{
	GauthSpan	party = gauth_arg_span(fcinfo, 0);
	GauthWrite	values = {0};
	Datum		result;

	if (!gauth_access_allows(GAUTH_AUDITOR, NULL) && !gauth_actor_is(party))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_write_text(&values, party);
	if (!gauth_read_value(&values,
						  "SELECT " PARTY_OBJECT " || jsonb_build_object("
						  "'identities', (SELECT COALESCE(jsonb_agg("
						  "jsonb_build_object('issuer', i.issuer, 'subject',"
						  " i.subject) ORDER BY i.issuer, i.subject), '[]')"
						  " FROM gauth.party_identity i"
						  " WHERE i.party = p.party),"
						  " 'evidence', (SELECT COALESCE(jsonb_agg("
						  "jsonb_strip_nulls(jsonb_build_object("
						  "'id', e.id, 'kind', e.kind, 'method', e.method,"
						  " 'reference', e.reference,"
						  " 'recorded_by', e.recorded_by, 'recorded_at', "
						  GAUTH_SQL_INSTANT("e.recorded_at")
						  ", 'valid_until', "
						  GAUTH_SQL_INSTANT("e.valid_until")
						  ", 'withdrawn_at', "
						  GAUTH_SQL_INSTANT("e.withdrawn_at")
						  ")) ORDER BY e.recorded_at, e.id), '[]')"
						  " FROM gauth.evidence e WHERE e.about = 'party'"
						  " AND e.subject = p.party),"
						  " 'positions', (SELECT COALESCE(jsonb_agg("
						  "jsonb_strip_nulls(jsonb_build_object("
						  "'principal', r.principal, 'kind', r.kind,"
						  " 'basis', r.basis,"
						  " 'register_entry', r.register_entry,"
						  " 'authorizer', r.authorizer, 'valid_from', "
						  GAUTH_SQL_INSTANT("r.valid_from")
						  ", 'valid_until', "
						  GAUTH_SQL_INSTANT("r.valid_until")
						  ", 'revoked_at', "
						  GAUTH_SQL_INSTANT("r.revoked_at")
						  ")) ORDER BY r.principal, r.kind), '[]')"
						  " FROM gauth.representative r"
						  " WHERE r.party = p.party))"
						  " FROM gauth.party p WHERE p.party = $1", &result))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

/* a party of NULL unties */
static void
tie(GauthSpan party, GauthSpan issuer, GauthSpan subject)
{
	GauthWrite	write = {0};
	GauthParty	found;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_write_text(&write, issuer);
	gauth_write_text(&write, subject);
	if (party.data == NULL)
	{
		(void) gauth_write_run(&write, "DELETE FROM gauth.party_identity"
							   " WHERE issuer = $1 AND subject = $2");
		gauth_record_step("party.untie", subject, gauth_span(NULL, 0));
		return;
	}
	require_party(party, &found);
	gauth_write_text(&write, party);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.party_identity"
						   " (issuer, subject, party) VALUES ($1, $2, $3)"
						   " ON CONFLICT (issuer, subject)"
						   " DO UPDATE SET party = $3");
	gauth_record_step("party.tie", party, gauth_span(NULL, 0));
}

/*
 * gauth.party_identity(party text, issuer text, subject text) returns void
 */
Datum
gauth_sql_party_identity(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1) || gauth_arg_span(fcinfo, 1).len == 0)
		gauth_raise_argument("issuer", "a text that is not empty");
	if (PG_ARGISNULL(2) || gauth_arg_span(fcinfo, 2).len == 0)
		gauth_raise_argument("subject", "a text that is not empty");
	tie(gauth_arg_span_or_null(fcinfo, 0), gauth_arg_span(fcinfo, 1),
		gauth_arg_span(fcinfo, 2));
	PG_RETURN_VOID();
}

/*
 * gauth.party_identity(party text, role regrole) returns void
 */
Datum
gauth_sql_party_identity_role(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		gauth_raise_null("role");
	tie(gauth_arg_span_or_null(fcinfo, 0), GAUTH_SPAN(""),
		gauth_span_of(GetUserNameFromId(PG_GETARG_OID(1), false)));
	PG_RETURN_VOID();
}

/*
 * gauth.acting_party() returns text
 */
Datum
gauth_sql_acting_party(PG_FUNCTION_ARGS)
{
	GauthSpan	party;

	if (!gauth_party_actor(&party))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(gauth_text_datum(party));
}

/*
 * gauth.root_person(party text) returns text
 */
Datum
gauth_sql_root_person(PG_FUNCTION_ARGS)
{
	GauthSpan	person;

	if (!gauth_party_root(gauth_arg_span(fcinfo, 0),
						  GetCurrentStatementStartTimestamp(), &person))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(gauth_text_datum(person));
}
