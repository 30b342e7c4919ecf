/*
 * sql_flow.c
 *		A request becomes a grant, a grant a token, a token a transaction
 *		(RFC 0111 section 6, steps a to i).
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "base/json_write.h"
#include "entry/actor.h"
#include "entry/args.h"
#include "entry/code_challenge.h"
#include "entry/document.h"
#include "entry/flow.h"
#include "entry/jsonb.h"
#include "entry/mandate_change.h"
#include "entry/mandate_token.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "poa/verb.h"
#include "store/flow.h"
#include "store/memory.h"
#include "store/write.h"
#include "token/scope.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_initiate_authorization);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_request_token);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_grant);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify_counterparty);

static const GauthMember authorization_members[] = {
	GAUTH_MUST("scopes", TEXTS),
	GAUTH_MUST("resource_server", TEXT),
	GAUTH_MAY("mandate", TEXT),
	GAUTH_MAY("project_id", TEXT),
	GAUTH_MAY("resource", TEXT),
	GAUTH_MAY("resource_type", TEXT),
	GAUTH_MAY("transaction_type", TEXT),
	GAUTH_MAY("decision_type", TEXT),
	GAUTH_MAY("sector", TEXT),
	GAUTH_MAY("region", TEXT),
	GAUTH_MAY("amount_cents", CENTS),
	GAUTH_MAY("partner", TEXT),
	GAUTH_MAY("tool", TEXT),
	GAUTH_MAY("parameters", OBJECT),
	GAUTH_MAY("state", TEXT),
	GAUTH_MAY("code_challenge", TEXT),
	GAUTH_MAY("code_challenge_method", TEXT),
	GAUTH_MEMBERS_END
};

static const GauthMember token_members[] = {
	GAUTH_MUST("grant_id", TEXT),
	GAUTH_MAY("scope", TEXTS),
	GAUTH_MAY("audience", TEXTS),
	GAUTH_MAY("code_verifier", TEXT),
	GAUTH_MEMBERS_END
};

#define SCOPES_MAX		20		/* verbs of one request */

/* a request while it is being looked at */
typedef struct Request
{
	GauthArena	arena;
	const GauthJson *document;
	GauthParty	agent;
	GauthMandate mandate;
	GauthResourceServer server;
	GauthSpan	scope;			/* canonical */
	GauthSpan	challenge;		/* without data: none */
	GauthSpan	decisions;		/* a JSON array */
	bool		permitted;
} Request;

/* the client authenticates: it is the agent that acts */
static bool
find_agent(GauthParty *agent)
{
	GauthSpan	actor;

	if (gauth_party_actor(&actor) && gauth_party_find(actor, agent) &&
		agent->kind == GAUTH_PARTY_AGENT)
		return true;
	memset(agent, 0, sizeof(*agent));
	return false;
}

static void
begin_record(GauthRecorder *record, const char *kind, GauthSpan resource,
			 const Request *request)
{
	gauth_record_begin(record, kind, resource);
	record->note.action = GAUTH_SPAN("initiate_authorization");
	record->note.mandate = request->mandate.id;
	record->note.actor = gauth_actor_name();
	record->note.agent = request->agent.party;
}

/* no grant, for the rule (without data: by a decision, which says why) */
static void
record_refusal(const Request *request, GauthSpan rule)
{
	GauthRecorder record;

	begin_record(&record, "grant.refuse",
				 gauth_document_text(request->document, "resource_server"),
				 request);
	record.note.verdict = GAUTH_VERDICT_DENY;
	record.note.rule = rule;
	gauth_record_decision(&record);
}

static void
refuse(const Request *request, const char *code)
{
	record_refusal(request, gauth_span_of(code));
	gauth_raise_rule(code);
}

static void
find_mandate(Request *request)
{
	GauthSpan	id = gauth_document_text(request->document, "mandate");
	GauthSpan	project = gauth_document_text(request->document, "project_id");
	const char *code;

	if (id.data == NULL && project.data == NULL)
		gauth_raise_argument("mandate", "given, or else project_id");
	if (id.data == NULL)
		id = gauth_flow_mandate(request->agent.party, project,
								GetCurrentTimestamp());
	if (id.data == NULL)
		refuse(request, "MANDATE_NOT_FOUND");
	code = gauth_mandate_inactive(id, &request->mandate);
	if (code != NULL)
		refuse(request, code);
	if (!gauth_span_equal(request->mandate.agent, request->agent.party) &&
		!gauth_party_succeeds(request->mandate.agent, request->agent.party))
		refuse(request, "INSUFFICIENT_AUTHORITY");
}

static void
find_server(Request *request)
{
	GauthSpan	name = gauth_document_text(request->document,
										   "resource_server");
	GauthMoment now = gauth_moment(GetCurrentTimestamp());

	if (!gauth_resource_server_find(name, &request->server))
		gauth_raise_unknown("resource server");
	if (gauth_counterparty_reason(&request->server, &now) != NULL)
		refuse(request, "COUNTERPARTY_NOT_IN_FORCE");
}

/* verbs are names of one kind, so that they can be scope tokens */
static GauthSpan
canonical_verb(GauthArena *arena, GauthSpan verb)
{
	GauthSpan	canonical;
	GauthError	err = {0};

	if (gauth_verb_canonical(arena, verb, &canonical) != GAUTH_OK ||
		gauth_scope_check_token(canonical, &err) != GAUTH_OK)
		gauth_raise_argument("scopes", "an array of verbs");
	return canonical;
}

static GauthSpan
read_scope(GauthArena *arena, const GauthJson *verbs)
{
	const GauthJson *verb;
	GauthText	text;
	GauthSpan	joined;
	GauthSpan	scope;
	GauthError	err = {0};

	if (verbs->count == 0 || verbs->count > SCOPES_MAX)
		gauth_raise_argument("scopes", "an array of 1 to 20 verbs");
	gauth_text_init(&text, arena);
	for (verb = verbs->first; verb != NULL; verb = verb->next)
	{
		if (verb != verbs->first)
			gauth_text_append_char(&text, ' ');
		gauth_text_append(&text, canonical_verb(arena, verb->text));
	}
	if (!gauth_text_finish(&text, &joined))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "scopes");
	if (gauth_scope_parse(arena, joined, &scope, &err) != GAUTH_OK)
		gauth_raise(&err);
	return scope;
}

/* step b: every verb is decided; all of them have to be permitted */
static void
decide(Request *request)
{
	GauthFlowAction action = {0};
	GauthSpan	rest = request->scope;
	GauthText	text;

	action.agent = request->agent.party;
	action.document = request->document;
	action.mandate = request->mandate.id;
	action.resource = request->server.server;
	request->permitted = true;
	gauth_text_init(&text, &request->arena);
	while (gauth_scope_next(&rest, &action.verb))
	{
		Datum		decision;
		Jsonb	   *shown;
		bool		permitted;

		action.request_id = gauth_mandate_new_id("req_");
		decision = gauth_flow_decide(&request->arena, &action, &permitted);
		request->permitted &= permitted;
		shown = DatumGetJsonbP(decision);
		gauth_text_append_char(&text, text.len == 0 ? '[' : ',');
		gauth_text_append(&text,
						  gauth_span_of(JsonbToCString(NULL, &shown->root,
													   VARSIZE(shown))));
	}
	gauth_text_append_char(&text, ']');
	if (!gauth_text_finish(&text, &request->decisions))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "decisions");
}

static Datum
refuse_request(const Request *request)
{
	GauthWrite	write = {0};
	Datum		answer;

	record_refusal(request, gauth_span(NULL, 0));
	gauth_write_text(&write, request->decisions);
	gauth_write_text(&write, gauth_document_text(request->document, "state"));
	(void) gauth_write_returning(&write, "SELECT jsonb_build_object("
								 "'granted', false, 'decisions', $1::jsonb)"
								 " || jsonb_strip_nulls("
								 "jsonb_build_object('state', $2::text))",
								 &answer);
	return answer;
}

static Datum
store_grant(const Request *request, GauthSpan id)
{
	GauthWrite	write = {0};
	Datum		answer;

	gauth_write_text(&write, id);
	gauth_write_text(&write, request->mandate.id);
	gauth_write_text(&write, request->agent.party);
	gauth_write_text(&write, request->server.server);
	gauth_write_text(&write, request->scope);
	gauth_write_value(&write, JSONBOID, gauth_jsonb_from(request->document),
					  false);
	gauth_write_value(&write, TIMESTAMPTZOID,
					  TimestampTzGetDatum(request->mandate.expires_at), false);
	gauth_write_text(&write, request->decisions);
	gauth_write_text(&write, request->challenge);
	(void) gauth_write_returning(&write,
								 "INSERT INTO gauth.authorization_grant AS g"
								 " (id, mandate, agent, server, scope,"
								 " request, granted_at, expires_at,"
								 " code_challenge)"
								 " SELECT $1, $2, $3, $4, $5::gauth.scope,"
								 " $6::json, n, least(n + interval"
								 " '10 minutes', $7), $9"
								 " FROM (SELECT clock_timestamp() AS n) t"
								 " RETURNING jsonb_build_object("
								 "'granted', true, 'grant_id', g.id,"
								 " 'client_id', g.agent, 'mandate', g.mandate,"
								 " 'resource_server', g.server,"
								 " 'scope', g.scope::text, 'valid_until', "
								 GAUTH_SQL_INSTANT("g.expires_at")
								 ", 'decisions', $8::jsonb)"
								 " || jsonb_strip_nulls(jsonb_build_object("
								 "'state', $6 ->> 'state'))", &answer);
	return answer;
}

/*
 * gauth.initiate_authorization(request json) returns jsonb
 */
Datum
gauth_sql_initiate_authorization(PG_FUNCTION_ARGS)
{
	Request		request = {0};
	GauthRecorder record;
	GauthSpan	id;
	Datum		answer;

	gauth_memory_arena(&request.arena, NULL, 0, CurrentMemoryContext);
	request.document = gauth_document_read(&request.arena,
										   gauth_arg_span(fcinfo, 0),
										   "request", authorization_members);
	if (!find_agent(&request.agent))
		refuse(&request, "INSUFFICIENT_AUTHORITY");
	request.challenge = gauth_code_challenge(&request.arena,
											 request.document);
	find_mandate(&request);
	find_server(&request);
	request.scope = read_scope(&request.arena,
							   gauth_json_get(request.document, "scopes"));
	decide(&request);
	if (!request.permitted)
		PG_RETURN_DATUM(refuse_request(&request));
	id = gauth_mandate_new_id("grt_");
	answer = store_grant(&request, id);
	begin_record(&record, "grant.create", id, &request);
	gauth_record_end(&record);
	PG_RETURN_DATUM(answer);
}

/* somebody else's grant is as little there as one that never was */
static void
require_grant(GauthSpan id, const GauthParty *agent, GauthGrant *grant,
			  GauthMandateToken *token)
{
	GauthWrite	lock = {0};

	gauth_write_text(&lock, id);
	(void) gauth_write_run(&lock, "SELECT FROM gauth.authorization_grant"
						   " WHERE id = $1 FOR UPDATE");
	if (!gauth_grant_find(id, grant) ||
		!gauth_span_equal(grant->agent, agent->party))
		gauth_mandate_token_refuse(token, "GRANT_NOT_FOUND");
	token->grant = grant->id;
	token->resource = grant->id;
	token->mandate.id = grant->mandate;
	if (grant->revoked)
		gauth_mandate_token_refuse(token, "GRANT_REVOKED");
	if (grant->used)
		gauth_mandate_token_refuse(token, "GRANT_USED");
	if (grant->expires_at <= GetCurrentTimestamp())
		gauth_mandate_token_refuse(token, "GRANT_EXPIRED");
}

static void
narrow_scope(GauthArena *arena, const GauthJson *document,
			 const GauthGrant *grant, GauthMandateToken *token)
{
	const GauthJson *verbs = gauth_json_get(document, "scope");

	token->scope = grant->scope;
	if (verbs == NULL)
		return;
	token->scope = read_scope(arena, verbs);
	if (!gauth_scope_is_subset(token->scope, grant->scope))
		gauth_mandate_token_refuse(token, "GRANT_SCOPE_EXCEEDED");
}

static void
read_audience(const GauthJson *document, const GauthGrant *grant,
			  GauthMandateToken *token)
{
	const GauthJson *list = gauth_json_get(document, "audience");
	const GauthJson *item;

	if (list == NULL)
	{
		token->audiences = palloc(sizeof(GauthSpan));
		token->audiences[0] = grant->server;
		token->audience_count = 1;
		return;
	}
	if (list->count == 0)
		gauth_raise_argument("audience", "an array of at least one text");
	token->audiences = palloc(sizeof(GauthSpan) * (Size) list->count);
	for (item = list->first; item != NULL; item = item->next)
		token->audiences[token->audience_count++] = item->text;
}

static void
use_grant(const GauthGrant *grant, const GauthMandateToken *token)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, grant->id);
	gauth_write_text(&write, token->token_id);
	if (gauth_mandate_write(&write, "UPDATE gauth.authorization_grant"
							" SET used_at = clock_timestamp(), token_id = $2"
							" WHERE id = $1 AND used_at IS NULL"
							" AND revoked_at IS NULL") != 1)
		gauth_mandate_token_refuse(token, "GRANT_USED");
}

static Datum
show_token(const GauthMandateToken *token)
{
	GauthWrite	write = {0};
	Datum		answer;

	gauth_write_text(&write, token->token);
	gauth_write_text(&write, token->token_id);
	gauth_write_text(&write, token->kid);
	gauth_write_text(&write, token->scope);
	gauth_write_value(&write, TIMESTAMPTZOID,
					  TimestampTzGetDatum(token->expires_at), false);
	(void) gauth_write_returning(&write, "SELECT jsonb_build_object("
								 "'token', $1, 'token_type', 'Bearer',"
								 " 'jti', $2, 'kid', $3, 'scope', $4,"
								 " 'valid_until', " GAUTH_SQL_INSTANT("$5")
								 ")", &answer);
	return answer;
}

/*
 * gauth.request_token(request json) returns jsonb
 */
Datum
gauth_sql_request_token(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *document;
	GauthParty	agent;
	GauthGrant	grant;
	GauthMandateToken token = {.until = DT_NOEND};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	document = gauth_document_read(&arena, gauth_arg_span(fcinfo, 0),
								   "request", token_members);
	token.action = GAUTH_SPAN("request_token");
	if (!find_agent(&agent))
		gauth_mandate_token_refuse(&token, "INSUFFICIENT_AUTHORITY");
	require_grant(gauth_document_text(document, "grant_id"), &agent, &grant,
				  &token);
	if (!gauth_code_verified(grant.challenge,
							 gauth_document_text(document, "code_verifier")))
		gauth_mandate_token_refuse(&token, "GRANT_VERIFIER_WRONG");
	gauth_mandate_token_find(&token, grant.mandate);
	narrow_scope(&arena, document, &grant, &token);
	read_audience(document, &grant, &token);
	gauth_mandate_token_issue(&arena, &token);
	use_grant(&grant, &token);
	PG_RETURN_DATUM(show_token(&token));
}

static bool
may_revoke(const GauthGrant *grant)
{
	GauthResourceServer server;
	GauthMandate mandate;

	if (gauth_actor_administers() || gauth_actor_is(grant->agent))
		return true;
	if (gauth_resource_server_find(grant->server, &server) &&
		gauth_actor_is(server.owner))
		return true;
	return gauth_mandate_find(grant->mandate, GetCurrentTimestamp(),
							  &mandate) && gauth_actor_is(mandate.issued_by);
}

/*
 * gauth.revoke_grant(id text) returns boolean
 */
Datum
gauth_sql_revoke_grant(PG_FUNCTION_ARGS)
{
	GauthGrant	grant;
	GauthWrite	write = {0};
	GauthRecorder record;

	if (!gauth_grant_find(gauth_arg_span(fcinfo, 0), &grant) ||
		!may_revoke(&grant))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_write_text(&write, grant.id);
	if (gauth_mandate_write(&write, "UPDATE gauth.authorization_grant"
							" SET revoked_at = clock_timestamp()"
							" WHERE id = $1 AND used_at IS NULL"
							" AND revoked_at IS NULL") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_begin(&record, "grant.revoke", grant.id);
	record.note.mandate = grant.mandate;
	record.note.actor = gauth_actor_name();
	gauth_record_end(&record);
	PG_RETURN_BOOL(true);
}

/*
 * gauth.verify_counterparty(id text) returns jsonb
 */
Datum
gauth_sql_verify_counterparty(PG_FUNCTION_ARGS)
{
	GauthMoment now = gauth_moment(GetCurrentStatementStartTimestamp());
	GauthResourceServer server;
	GauthGrant	grant;
	const char *reason;
	GauthWrite	values = {0};
	Datum		answer;

	if (!gauth_grant_find(gauth_arg_span(fcinfo, 0), &grant) ||
		!gauth_resource_server_find(grant.server, &server))
		PG_RETURN_NULL();
	if (!gauth_access_allows(GAUTH_VERIFIER, NULL) &&
		!gauth_actor_is(grant.agent))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	reason = gauth_counterparty_reason(&server, &now);
	gauth_write_text(&values, server.server);
	gauth_write_text(&values, reason == NULL ? gauth_span(NULL, 0) :
					 gauth_span_of(reason));
	if (!gauth_read_value(&values,
						  "SELECT jsonb_strip_nulls(jsonb_build_object("
						  "'valid', $2::text IS NULL, 'reason', $2::text,"
						  " 'resource_server', s.server, 'name', s.name,"
						  " 'owner', s.owner, 'principal', s.principal,"
						  " 'basis', r.basis, 'authorizer', r.authorizer,"
						  " 'powers', r.powers, 'valid_until', "
						  GAUTH_SQL_INSTANT("r.valid_until") "))"
						  " FROM gauth.resource_server s"
						  " LEFT JOIN gauth.representative r"
						  " ON r.principal = s.principal"
						  " AND r.party = s.owner"
						  " AND r.kind = 'resource_owner'"
						  " WHERE s.server = $1", &answer))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(answer);
}
