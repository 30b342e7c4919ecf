/*
 * sql_step.c
 *		The one-off steps I to VIII of RFC 0111 section 6.
 *
 * Each step looks for what the earlier ones have left behind and raises when
 * it is not there, so that no order but the right one is possible:
 *
 *	I	 the authorizer proves who it is			verify_identity
 *	II	 and that it may authorize					authorize_representative
 *	III	 the client owner proves who it is			verify_identity
 *	IV	 and is authorized by the authorizer		authorize_representative
 *	V	 the owner authorizes the agent, which the authorizer approves
 *							authorize_client, approve_client, activate_client
 *	VI	 the resource owner proves who it is		verify_identity
 *	VII	 and is authorized by the authorizer		authorize_representative
 *	VIII the resource owner authorizes the server	enroll_resource_server
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/json_write.h"
#include "entry/actor.h"
#include "entry/args.h"
#include "entry/document.h"
#include "entry/jsonb.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/memory.h"
#include "store/write.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify_identity);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authorize_representative);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_representative);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authorize_client);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_approve_client);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_activate_client);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_client);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_enroll_resource_server);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_resource_server);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_record_evidence);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_withdraw_evidence);

#define REPRESENTATIVE_OBJECT \
	"jsonb_strip_nulls(jsonb_build_object('principal', r.principal," \
	" 'party', r.party, 'kind', r.kind, 'basis', r.basis," \
	" 'basis_other', r.basis_other, 'register_entry', r.register_entry," \
	" 'powers', r.powers, 'limit_cents', r.limit_cents," \
	" 'authorizer', r.authorizer," \
	" 'valid_from', " GAUTH_SQL_INSTANT("r.valid_from") "," \
	" 'valid_until', " GAUTH_SQL_INSTANT("r.valid_until") "))"

#define CLIENT_OBJECT \
	"jsonb_strip_nulls(jsonb_build_object('agent', c.agent," \
	" 'principal', c.principal, 'owner', c.owner," \
	" 'authorized_at', " GAUTH_SQL_INSTANT("c.authorized_at") "," \
	" 'approved_by', c.approved_by," \
	" 'approved_at', " GAUTH_SQL_INSTANT("c.approved_at") "," \
	" 'active', c.active))"

/* no genetic methods (RFC 0111 section 2) */
static const char *const identity_methods[] = {
	"identity_document", "electronic_identity", "qualified_signature",
	"qualified_certificate", "register_extract", "in_person", "video",
	"notary", "code_signature", "device_certificate", NULL
};

static const char *const subjects_of_evidence[] = {
	"party", "representative", "client", "resource_server", "definition",
	NULL
};

static const char *const positions[] = {
	GAUTH_OWNER_AUTHORIZER, GAUTH_CLIENT_OWNER, GAUTH_RESOURCE_OWNER,
	"other", NULL
};

static const char *const bases[] = {
	"registered_power_of_attorney", "managing_director", "register_entry",
	"statutory", "other", NULL
};

static const GauthMember representative_fields[] = {
	GAUTH_MUST("principal", TEXT),
	GAUTH_MUST("party", TEXT),
	GAUTH_MUST_BE("kind", positions),
	GAUTH_MUST_BE("basis", bases),
	GAUTH_MAY("basis_other", TEXT),
	GAUTH_MAY("register_entry", TEXT),
	GAUTH_MAY("powers", OBJECT),
	GAUTH_MAY("limit_cents", CENTS),
	GAUTH_MAY("valid_from", INSTANT),
	GAUTH_MAY("valid_until", INSTANT),
	GAUTH_MEMBERS_END
};

static const GauthMember server_fields[] = {
	GAUTH_MUST("server", TEXT),
	GAUTH_MUST("principal", TEXT),
	GAUTH_MUST("name", TEXT),
	GAUTH_MAY("identity", OBJECT),
	GAUTH_MAY("agent", TEXT),
	GAUTH_MEMBERS_END
};

static const GauthMember evidence_fields[] = {
	GAUTH_MUST_BE("about", subjects_of_evidence),
	GAUTH_MUST("subject", TEXT),
	GAUTH_MUST("kind", TEXT),
	GAUTH_MUST("method", TEXT),
	GAUTH_MUST("reference", TEXT),
	GAUTH_MAY("detail", OBJECT),
	GAUTH_MAY("valid_until", INSTANT),
	GAUTH_MEMBERS_END
};

static void
find_party(GauthSpan name, GauthParty *party)
{
	if (!gauth_party_find(name, party))
		gauth_raise_unknown("party");
}

static void
check_method(GauthSpan method)
{
	const char *const *known = identity_methods;

	while (*known != NULL && !gauth_span_is(method, *known))
		known++;
	if (*known == NULL)
		gauth_raise_argument("method", "one of the methods of identification");
}

static GauthSpan
required_text(FunctionCallInfo fcinfo, int number, const char *name)
{
	GauthSpan	text = gauth_arg_span_or_null(fcinfo, number);

	if (text.len == 0 || text.len > GAUTH_DOCUMENT_TEXT_MAX)
		gauth_raise_argument(name, "a text of 1 to 1024 bytes");
	return text;
}

/*
 * gauth.verify_identity(party text, method text, reference text,
 *		valid_until timestamptz) returns text
 */
Datum
gauth_sql_verify_identity(PG_FUNCTION_ARGS)
{
	GauthParty	party;
	GauthWrite	write = {0};
	Datum		id;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	find_party(required_text(fcinfo, 0, "party"), &party);
	check_method(required_text(fcinfo, 1, "method"));

	gauth_write_text(&write, party.party);
	gauth_write_text(&write, gauth_arg_span(fcinfo, 1));
	gauth_write_text(&write, required_text(fcinfo, 2, "reference"));
	gauth_write_text(&write, gauth_actor_name());
	gauth_write_value(&write, TIMESTAMPTZOID,
					  PG_ARGISNULL(3) ? (Datum) 0 : PG_GETARG_DATUM(3),
					  PG_ARGISNULL(3));
	(void) gauth_write_returning(&write,
								 "INSERT INTO gauth.evidence (id, about,"
								 " subject, kind, method, reference,"
								 " recorded_by, recorded_at, valid_until)"
								 " VALUES ('evd_' || gen_random_uuid(),"
								 " 'party', $1, 'identity', $2, $3, $4,"
								 " clock_timestamp(), $5) RETURNING id", &id);
	gauth_record_step("identity.verify", party.party, gauth_span(NULL, 0));
	PG_RETURN_DATUM(id);
}

/* a person of proven identity who is alive and able: steps I, III and VI */
static void
require_person(GauthSpan name)
{
	GauthMoment now = gauth_moment(GetCurrentTimestamp());
	GauthParty	person;

	find_party(name, &person);
	if (person.kind != GAUTH_PARTY_PERSON)
		gauth_raise_rule("NATURAL_PERSON_REQUIRED");
	if (!gauth_evidence_exists("party", name, "identity", &now))
		gauth_raise_rule("IDENTITY_NOT_VERIFIED");
	if (!gauth_party_stands(&person))
		gauth_raise_rule("PRINCIPAL_NOT_CAPABLE");
}

/* who authorizes: the register for an authorizer, else one, never oneself */
static GauthSpan
find_authorizer(const GauthJson *request)
{
	GauthRepresentative authorizer;

	if (gauth_json_is_string(gauth_json_get(request, "kind"),
							 GAUTH_OWNER_AUTHORIZER))
	{
		gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
		return gauth_span(NULL, 0);
	}
	if (!gauth_actor_represents(gauth_document_text(request, "principal"),
								GAUTH_OWNER_AUTHORIZER, &authorizer))
		gauth_raise_rule("AUTHORIZER_NOT_IN_FORCE");
	if (gauth_span_equal(authorizer.party,
						 gauth_document_text(request, "party")))
		gauth_raise_rule("DUAL_CONTROL_REQUIRED");
	return authorizer.party;
}

/* general powers have the form of a mandate's scope */
static GauthSpan
read_powers(GauthArena *arena, const GauthJson *request)
{
	const GauthJson *powers = gauth_json_get(request, "powers");
	GauthText	text;
	GauthSpan	written;

	if (powers == NULL)
		return gauth_span(NULL, 0);
	gauth_text_init(&text, arena);
	gauth_text_append_json(&text, powers);
	if (!gauth_text_finish(&text, &written))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "powers");
	return written;
}

static void
check_position(const GauthJson *request)
{
	GauthParty	principal;

	if (gauth_document_text(request, "register_entry").len == 0)
		gauth_raise_rule("EVIDENCE_MISSING");
	if ((gauth_json_get(request, "basis_other") != NULL) !=
		gauth_json_is_string(gauth_json_get(request, "basis"), "other"))
		gauth_raise_argument("basis_other",
							 "given exactly for basis \"other\"");
	find_party(gauth_document_text(request, "principal"), &principal);
	if (principal.kind == GAUTH_PARTY_AGENT)
		gauth_raise_argument("principal", "a person or an organisation");
	require_person(gauth_document_text(request, "party"));
}

/*
 * gauth.authorize_representative(request json) returns jsonb
 */
Datum
gauth_sql_authorize_representative(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *request;
	GauthSpan	authorizer;
	GauthWrite	write = {0};
	Datum		result;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	request = gauth_document_read(&arena, gauth_arg_span(fcinfo, 0),
								  "request", representative_fields);
	authorizer = find_authorizer(request);
	check_position(request);

	gauth_write_value(&write, JSONBOID, gauth_jsonb_from(request), false);
	gauth_write_text(&write, authorizer);
	gauth_write_text(&write, read_powers(&arena, request));
	(void) gauth_write_returning(&write,
								 "INSERT INTO gauth.representative AS r"
								 " (principal, party, kind, basis,"
								 " basis_other, register_entry, limit_cents,"
								 " valid_from, valid_until, authorizer,"
								 " powers)"
								 " SELECT d ->> 'principal', d ->> 'party',"
								 " d ->> 'kind', d ->> 'basis',"
								 " d ->> 'basis_other',"
								 " d ->> 'register_entry',"
								 " (d ->> 'limit_cents')::bigint,"
								 " COALESCE((d ->> 'valid_from')::timestamptz,"
								 " clock_timestamp()),"
								 " (d ->> 'valid_until')::timestamptz,"
								 " $2, $3::json FROM (VALUES ($1)) AS v (d)"
								 " ON CONFLICT (principal, party, kind)"
								 " DO UPDATE SET basis = excluded.basis,"
								 " basis_other = excluded.basis_other,"
								 " register_entry = excluded.register_entry,"
								 " limit_cents = excluded.limit_cents,"
								 " valid_from = excluded.valid_from,"
								 " valid_until = excluded.valid_until,"
								 " authorizer = excluded.authorizer,"
								 " powers = excluded.powers,"
								 " revoked_at = NULL, reason = NULL"
								 " RETURNING " REPRESENTATIVE_OBJECT, &result);
	gauth_record_step("representative.authorize",
					  gauth_document_text(request, "principal"),
					  gauth_document_text(request, "party"));
	PG_RETURN_DATUM(result);
}

/* whoever authorizes for the principal may take back, and administrators */
static bool
may_revoke_for(GauthSpan principal, GauthSpan person)
{
	GauthRepresentative authorizer;

	return gauth_actor_administers() || gauth_actor_is(person) ||
		gauth_actor_represents(principal, GAUTH_OWNER_AUTHORIZER,
							   &authorizer);
}

/*
 * gauth.revoke_representative(principal text, party text, kind text,
 *		reason text) returns boolean
 */
Datum
gauth_sql_revoke_representative(PG_FUNCTION_ARGS)
{
	GauthSpan	principal = gauth_arg_span(fcinfo, 0);
	GauthSpan	party = gauth_arg_span(fcinfo, 1);
	GauthWrite	write = {0};

	if (!may_revoke_for(principal, party))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_write_text(&write, principal);
	gauth_write_text(&write, party);
	gauth_write_text(&write, gauth_arg_span(fcinfo, 2));
	gauth_write_text(&write, required_text(fcinfo, 3, "reason"));
	if (gauth_write_run(&write, "UPDATE gauth.representative SET"
						" revoked_at = clock_timestamp(), reason = $4"
						" WHERE principal = $1 AND party = $2 AND kind = $3"
						" AND revoked_at IS NULL") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_step("representative.revoke", principal, party);
	PG_RETURN_BOOL(true);
}

static void
require_agent(GauthSpan name)
{
	GauthParty	agent;

	find_party(name, &agent);
	if (agent.kind != GAUTH_PARTY_AGENT)
		gauth_raise_argument("agent", "an agent of the register");
	if (!gauth_party_stands(&agent))
		gauth_raise_rule("PARTY_NOT_ACTIVE");
}

/*
 * gauth.authorize_client(agent text, principal text) returns jsonb
 */
Datum
gauth_sql_authorize_client(PG_FUNCTION_ARGS)
{
	GauthSpan	agent = gauth_arg_span(fcinfo, 0);
	GauthRepresentative owner;
	GauthClient client;
	GauthWrite	write = {0};
	Datum		result;

	if (!gauth_actor_represents(gauth_arg_span(fcinfo, 1),
								GAUTH_CLIENT_OWNER, &owner))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	require_agent(agent);
	/* another owner's agent is not for the taking */
	if (gauth_client_find(agent, &client) && client.active &&
		!gauth_span_equal(client.owner, owner.party))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");

	gauth_write_text(&write, agent);
	gauth_write_text(&write, owner.principal);
	gauth_write_text(&write, owner.party);
	(void) gauth_write_returning(&write,
								 "INSERT INTO gauth.client AS c (agent,"
								 " principal, owner, authorized_at, active)"
								 " VALUES ($1, $2, $3, clock_timestamp(),"
								 " false) ON CONFLICT (agent) DO UPDATE SET"
								 " principal = $2, owner = $3,"
								 " authorized_at = clock_timestamp(),"
								 " approved_by = NULL, approved_at = NULL,"
								 " active = false, reason = NULL"
								 " RETURNING " CLIENT_OBJECT, &result);
	gauth_record_step("client.authorize", owner.principal, agent);
	PG_RETURN_DATUM(result);
}

static void
find_client(GauthSpan agent, GauthClient *client)
{
	if (!gauth_client_find(agent, client))
		gauth_raise_unknown("client");
}

/*
 * gauth.approve_client(agent text) returns jsonb
 */
Datum
gauth_sql_approve_client(PG_FUNCTION_ARGS)
{
	GauthClient client;
	GauthRepresentative authorizer;
	GauthWrite	write = {0};
	Datum		result;

	find_client(gauth_arg_span(fcinfo, 0), &client);
	if (gauth_actor_is(client.owner))
		gauth_raise_rule("DUAL_CONTROL_REQUIRED");
	if (!gauth_actor_represents(client.principal, GAUTH_OWNER_AUTHORIZER,
								&authorizer))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_write_text(&write, client.agent);
	gauth_write_text(&write, authorizer.party);
	gauth_write_text(&write, client.owner);
	if (!gauth_write_returning(&write,
							   "UPDATE gauth.client c SET approved_by = $2,"
							   " approved_at = clock_timestamp()"
							   " WHERE agent = $1 AND owner = $3"
							   " AND reason IS NULL"
							   " RETURNING " CLIENT_OBJECT, &result))
		gauth_raise_rule("CLIENT_REVOKED");
	gauth_record_step("client.approve", client.principal, client.agent);
	PG_RETURN_DATUM(result);
}

/*
 * gauth.activate_client(agent text) returns jsonb
 */
Datum
gauth_sql_activate_client(PG_FUNCTION_ARGS)
{
	GauthClient client;
	GauthRepresentative owner;
	GauthWrite	write = {0};
	Datum		result;

	find_client(gauth_arg_span(fcinfo, 0), &client);
	if (!gauth_actor_is(client.owner) ||
		!gauth_actor_represents(client.principal, GAUTH_CLIENT_OWNER, &owner))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (client.approved_by.len == 0)
		gauth_raise_rule("APPROVAL_REQUIRED");
	gauth_write_text(&write, client.agent);
	if (!gauth_write_returning(&write,
							   "UPDATE gauth.client c SET active = true"
							   " WHERE agent = $1 AND reason IS NULL"
							   " AND approved_by IS NOT NULL"
							   " RETURNING " CLIENT_OBJECT, &result))
		gauth_raise_rule("CLIENT_REVOKED");
	gauth_record_step("client.activate", client.principal, client.agent);
	PG_RETURN_DATUM(result);
}

/*
 * gauth.revoke_client(agent text, reason text) returns boolean
 */
Datum
gauth_sql_revoke_client(PG_FUNCTION_ARGS)
{
	GauthClient client;
	GauthWrite	write = {0};

	if (!gauth_client_find(gauth_arg_span(fcinfo, 0), &client))
	{
		gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
		PG_RETURN_BOOL(false);
	}
	if (!may_revoke_for(client.principal, client.owner))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_write_text(&write, client.agent);
	gauth_write_text(&write, required_text(fcinfo, 1, "reason"));
	if (gauth_write_run(&write, "UPDATE gauth.client SET active = false,"
						" reason = $2 WHERE agent = $1"
						" AND reason IS NULL") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_step("client.revoke", client.principal, client.agent);
	PG_RETURN_BOOL(true);
}

/*
 * gauth.enroll_resource_server(request json) returns jsonb
 */
Datum
gauth_sql_enroll_resource_server(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *request;
	GauthRepresentative owner;
	GauthWrite	write = {0};
	Datum		result;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	request = gauth_document_read(&arena, gauth_arg_span(fcinfo, 0),
								  "request", server_fields);
	if (!gauth_actor_represents(gauth_document_text(request, "principal"),
								GAUTH_RESOURCE_OWNER, &owner))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (gauth_json_get(request, "agent") != NULL)
		require_agent(gauth_document_text(request, "agent"));

	gauth_write_value(&write, JSONBOID, gauth_jsonb_from(request), false);
	gauth_write_text(&write, owner.party);
	if (!gauth_write_returning(&write,
							   "INSERT INTO gauth.resource_server AS s"
							   " (server, principal, owner, name, identity,"
							   " agent, authorized_at, active)"
							   " SELECT d ->> 'server', d ->> 'principal',"
							   " $2, d ->> 'name',"
							   " COALESCE(d -> 'identity', '{}'),"
							   " d ->> 'agent', clock_timestamp(), true"
							   " FROM (VALUES ($1)) AS v (d)"
							   " ON CONFLICT DO NOTHING RETURNING"
							   " jsonb_strip_nulls(jsonb_build_object("
							   "'server', s.server, 'principal',"
							   " s.principal, 'owner', s.owner,"
							   " 'name', s.name, 'agent', s.agent,"
							   " 'active', s.active))", &result))
		gauth_raise_exists("resource server");
	gauth_record_step("server.enroll",
					  gauth_document_text(request, "server"),
					  gauth_document_text(request, "agent"));
	PG_RETURN_DATUM(result);
}

/*
 * gauth.revoke_resource_server(server text, reason text) returns boolean
 */
Datum
gauth_sql_revoke_resource_server(PG_FUNCTION_ARGS)
{
	GauthResourceServer server;
	GauthWrite	write = {0};

	if (!gauth_resource_server_find(gauth_arg_span(fcinfo, 0), &server))
	{
		gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
		PG_RETURN_BOOL(false);
	}
	if (!may_revoke_for(server.principal, server.owner))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_write_text(&write, server.server);
	gauth_write_text(&write, required_text(fcinfo, 1, "reason"));
	if (gauth_write_run(&write, "UPDATE gauth.resource_server SET"
						" active = false, reason = $2"
						" WHERE server = $1 AND active") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_step("server.revoke", server.server, gauth_span(NULL, 0));
	PG_RETURN_BOOL(true);
}

/*
 * gauth.record_evidence(request json) returns text
 */
Datum
gauth_sql_record_evidence(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *request;
	GauthWrite	write = {0};
	Datum		id;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	request = gauth_document_read(&arena, gauth_arg_span(fcinfo, 0),
								  "request", evidence_fields);
	if (gauth_json_is_string(gauth_json_get(request, "kind"), "identity"))
		check_method(gauth_document_text(request, "method"));
	gauth_write_value(&write, JSONBOID, gauth_jsonb_from(request), false);
	gauth_write_text(&write, gauth_actor_name());
	(void) gauth_write_returning(&write,
								 "INSERT INTO gauth.evidence (id, about,"
								 " subject, kind, method, reference, detail,"
								 " recorded_by, recorded_at, valid_until)"
								 " SELECT 'evd_' || gen_random_uuid(),"
								 " d ->> 'about', d ->> 'subject',"
								 " d ->> 'kind', d ->> 'method',"
								 " d ->> 'reference', d -> 'detail', $2,"
								 " clock_timestamp(),"
								 " (d ->> 'valid_until')::timestamptz"
								 " FROM (VALUES ($1)) AS v (d) RETURNING id",
								 &id);
	gauth_record_step("evidence.record",
					  gauth_document_text(request, "subject"),
					  gauth_span(NULL, 0));
	PG_RETURN_DATUM(id);
}

/*
 * gauth.withdraw_evidence(id text) returns boolean
 */
Datum
gauth_sql_withdraw_evidence(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_write_text(&write, gauth_arg_span(fcinfo, 0));
	if (gauth_write_run(&write, "UPDATE gauth.evidence SET"
						" withdrawn_at = clock_timestamp()"
						" WHERE id = $1 AND withdrawn_at IS NULL") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_step("evidence.withdraw", gauth_arg_span(fcinfo, 0),
					  gauth_span(NULL, 0));
	PG_RETURN_BOOL(true);
}
