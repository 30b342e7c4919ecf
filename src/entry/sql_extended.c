/*
 * sql_extended.c
 *		Extended tokens: issuing, introspecting, revoking; what a relying party
 *		can look up.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/json_write.h"
#include "base/text.h"
#include "entry/actor.h"
#include "entry/args.h"
#include "entry/document.h"
#include "entry/jsonb.h"
#include "entry/mandate_token.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "entry/strings.h"
#include "store/memory.h"
#include "store/revocation.h"
#include "store/write.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_issue_mandate_token);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_introspect_mandate_token);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_mandate_token);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_register);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_configuration);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_error_json);

/* who gave the mandate may hand out its tokens, and who signs them */
static bool
may_issue(const GauthMandate *mandate)
{
	return gauth_access_allows(GAUTH_ISSUER, &mandate->credential->issuer) ||
		gauth_actor_is(mandate->issued_by);
}

/*
 * gauth.issue_mandate_token(mandate text, audience text[])
 *		returns (token text, jti text, kid text, expires_at timestamptz)
 */
Datum
gauth_sql_issue_mandate_token(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthMandateToken token = {.until = DT_NOEND};
	TupleDesc	row;
	Datum		values[4];
	bool		nulls[4] = {0};

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	token.action = GAUTH_SPAN("issue_mandate_token");
	token.resource = gauth_arg_span(fcinfo, 0);
	gauth_mandate_token_find(&token, token.resource);
	if (!may_issue(&token.mandate))
		gauth_mandate_token_refuse(&token, "INSUFFICIENT_AUTHORITY");
	token.audience_count = gauth_strings_argument(PG_GETARG_DATUM(1),
												  "audience",
												  &token.audiences);

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_mandate_token_issue(&arena, &token);
	values[0] = gauth_text_datum(token.token);
	values[1] = gauth_text_datum(token.token_id);
	values[2] = gauth_text_datum(token.kid);
	values[3] = TimestampTzGetDatum(token.expires_at);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row),
													  values, nulls)));
}

/* RFC 0116 section 8.1: why a token is not active */
static const char *
error_code(GauthStatus status)
{
	switch (status)
	{
		case GAUTH_TOKEN_EXPIRED:
			return "EXPIRED";
		case GAUTH_TOKEN_REVOKED:
			return "REVOKED";
		default:
			return "INVALID_TOKEN";
	}
}

static void
append_inactive(GauthText *text, GauthStatus status)
{
	gauth_text_append(text, GAUTH_SPAN("{\"active\":false,\"error\":"));
	gauth_text_append_json_string(text, gauth_span_of(error_code(status)));
	gauth_text_append_char(text, '}');
}

static void
append_mandate(GauthText *text, const GauthMandate *mandate)
{
	const char *status = gauth_mandate_status_name(mandate->status);

	gauth_text_append(text, GAUTH_SPAN(",\"mandate\":{\"mandate_id\":"));
	gauth_text_append_json_string(text, mandate->id);
	gauth_text_append(text, GAUTH_SPAN(",\"status\":"));
	gauth_text_append_json_string(text, gauth_span_of(status));
	gauth_text_append(text, GAUTH_SPAN(",\"total_cents\":"));
	gauth_text_append_int64(text, mandate->budget_total);
	gauth_text_append(text, GAUTH_SPAN(",\"remaining_cents\":"));
	gauth_text_append_int64(text, mandate->budget_remaining);
	gauth_text_append_char(text, '}');
}

static void
append_active(GauthText *text, const GauthJwt *jwt, TimestampTz now)
{
	const GauthJson *gauth = gauth_json_get(jwt->claims.json, "gauth");
	GauthSpan	credential = gauth_document_text(gauth, "credential_id");
	GauthMandate mandate;

	gauth_text_append(text, GAUTH_SPAN("{\"active\":true,\"claims\":"));
	gauth_text_append_json(text, jwt->claims.json);
	gauth_text_append(text, GAUTH_SPAN(",\"remaining_ttl\":"));
	gauth_text_append_int64(text, jwt->claims.expires_at -
							gauth_timestamp_seconds(now));
	if (gauth_mandate_find(credential, now, &mandate))
		append_mandate(text, &mandate);
	gauth_text_append_char(text, '}');
}

/*
 * gauth.introspect_mandate_token(token text) returns jsonb
 */
Datum
gauth_sql_introspect_mandate_token(PG_FUNCTION_ARGS)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();
	GauthArena	arena;
	GauthIssuer *issuer;
	GauthJwt	jwt;
	GauthText	text;
	GauthSpan	answer;
	GauthStatus status;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	status = gauth_token_verify(&arena, gauth_arg_span(fcinfo, 0), NULL, &jwt,
								&issuer, NULL);
	if (status == GAUTH_OK && gauth_json_get(jwt.claims.json, "gauth") == NULL)
		status = GAUTH_CLAIM_MISSING;
	gauth_text_init(&text, &arena);
	if (status == GAUTH_OK)
		append_active(&text, &jwt, now);
	else
		append_inactive(&text, status);
	if (!gauth_text_finish(&text, &answer))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "token");
	PG_RETURN_DATUM(gauth_jsonb_from_text(answer));
}

/* RFC 0116 section 6.5 */
static void
check_reason(GauthSpan reason)
{
	static const char *const reasons[] = {
		"agent_switch", "session_end", "violation", "manual",
		"budget_exceeded", NULL
	};
	const char *const *known = reasons;

	while (*known != NULL && !gauth_span_is(reason, *known))
		known++;
	if (*known == NULL)
		gauth_raise_argument("reason", "agent_switch, session_end, "
							 "violation, manual or budget_exceeded");
}

static GauthSpan
find_issuer_of(GauthSpan token_id)
{
	GauthWrite	values = {0};
	Datum		issuer;

	gauth_write_text(&values, token_id);
	if (!gauth_write_returning(&values, "SELECT issuer FROM gauth.token"
							   " WHERE jti = $1 AND jti LIKE 'tok\\_%'",
							   &issuer))
		gauth_raise_rule("TOKEN_NOT_FOUND");
	return gauth_varlena_span(DatumGetTextPP(issuer));
}

/* section 12.4: jti, reason, who, when */
static void
record_revocation(GauthSpan token_id, GauthSpan reason)
{
	GauthRecorder record;

	gauth_record_begin(&record, "token.revoke", gauth_span(NULL, 0));
	record.note.rule = reason;
	record.note.token_id = token_id;
	record.note.actor = gauth_actor_name();
	gauth_record_end(&record);
}

/*
 * gauth.revoke_mandate_token(jti text, reason text) returns boolean
 */
Datum
gauth_sql_revoke_mandate_token(PG_FUNCTION_ARGS)
{
	GauthSpan	token_id = gauth_arg_span(fcinfo, 0);
	GauthSpan	reason = gauth_arg_span(fcinfo, 1);
	GauthSpan	issuer;
	GauthWrite	write = {0};
	bool		revoked;

	check_reason(reason);
	issuer = find_issuer_of(token_id);
	gauth_require_capability(GAUTH_ISSUER, &issuer);
	gauth_write_text(&write, issuer);
	gauth_write_text(&write, token_id);
	gauth_write_text(&write, reason);
	revoked = gauth_write_run(&write,
							  "INSERT INTO gauth.revocation (issuer, token,"
							  " by_hash, reason, revoked_at, expires_at)"
							  " SELECT t.issuer, t.jti, false, $3,"
							  " clock_timestamp(), t.expires_at"
							  " FROM gauth.token t WHERE t.issuer = $1"
							  " AND t.jti = $2 ON CONFLICT DO NOTHING") > 0;
	if (revoked)
		record_revocation(token_id, reason);
	PG_RETURN_BOOL(revoked);
}

/*
 * gauth.register(agent text) returns jsonb
 */
Datum
gauth_sql_register(PG_FUNCTION_ARGS)
{
	GauthSpan	person;
	GauthWrite	values = {0};
	Datum		result;

	gauth_write_text(&values, gauth_arg_span(fcinfo, 0));
	if (!gauth_party_root(gauth_arg_span(fcinfo, 0),
						  GetCurrentStatementStartTimestamp(), &person))
		person = gauth_span(NULL, 0);
	gauth_write_text(&values, person);
	if (!gauth_read_value(&values,
						  "SELECT jsonb_strip_nulls(jsonb_build_object("
						  "'agent', p.party, 'form', p.form,"
						  " 'form_other', p.form_other, 'name', p.name,"
						  " 'identity', p.identity, 'version', p.version,"
						  " 'status', p.status, 'successor', p.successor,"
						  " 'identity_verified', EXISTS (SELECT"
						  " FROM gauth.evidence e WHERE e.about = 'party'"
						  " AND e.subject = p.party AND e.kind = 'identity'"
						  " AND (e.valid_until > statement_timestamp())"
						  " IS NOT FALSE AND e.withdrawn_at IS NULL),"
						  " 'authorized', COALESCE(c.active, false),"
						  " 'principal', c.principal, 'owner', c.owner,"
						  " 'authorizer', c.approved_by,"
						  " 'accountable_person', $2::text))"
						  " || jsonb_build_object('mandates',"
						  " (SELECT COALESCE(jsonb_agg("
						  "jsonb_strip_nulls(jsonb_build_object("
						  "'mandate_id', m.id, 'status', CASE"
						  " WHEN m.status IN ('ACTIVE', 'SUSPENDED')"
						  " AND m.expires_at <= statement_timestamp()"
						  " THEN 'EXPIRED' ELSE m.status END,"
						  " 'issued_by', m.issued_by,"
						  " 'customer_id', m.customer,"
						  " 'project_id', m.project, 'parent', m.parent,"
						  " 'scope', m.document -> 'scope',"
						  " 'approval_mode',"
						  " m.document -> 'requirements' ->> 'approval_mode',"
						  " 'scope_checksum', m.scope_checksum,"
						  " 'activated_at', "
						  GAUTH_SQL_INSTANT("m.activated_at")
						  ", 'expires_at', "
						  GAUTH_SQL_INSTANT("m.expires_at")
						  ")) ORDER BY m.created_at, m.id), '[]')"
						  " FROM gauth.mandate m WHERE m.agent = p.party"
						  " AND m.status <> 'DRAFT'))"
						  " FROM gauth.party p LEFT JOIN gauth.client c"
						  " ON c.agent = p.party"
						  " WHERE p.party = $1 AND p.kind = 'agent'",
						  &result))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

/*
 * gauth.configuration(issuer text) returns jsonb
 */
Datum
gauth_sql_configuration(PG_FUNCTION_ARGS)
{
	GauthSpan	name = gauth_arg_span(fcinfo, 0);
	GauthIssuer *issuer = gauth_issuer_find(name);
	GauthWrite	values = {0};
	Datum		result;

	if (issuer == NULL)
		gauth_raise_issuer_unknown();
	if (!issuer->hosted)
		gauth_raise_issuer_not_hosted();
	gauth_write_text(&values, issuer->issuer);
	gauth_write_text(&values, GAUTH_SPAN(GAUTH_SCHEMA_VERSION));
	if (!gauth_read_value(&values,
						  "SELECT jsonb_build_object('issuer', $1,"
						  " 'jwks_uri', b.base || '/.well-known/jwks.json',"
						  " 'gauth_version', $2,"
						  " 'schema_versions_supported',"
						  " jsonb_build_array($2),"
						  " 'token_endpoint', b.base || '/token',"
						  " 'introspection_endpoint',"
						  " b.base || '/introspect',"
						  " 'revocation_endpoint', b.base || '/revoke',"
						  " 'register_endpoint', b.base || '/register',"
						  " 'credential_formats_supported',"
						  " jsonb_build_array('jwt'),"
						  " 'token_signing_alg_values_supported',"
						  " jsonb_build_array('RS256', 'ES256'),"
						  " 'governance_profiles_supported',"
						  " jsonb_build_array('minimal', 'standard',"
						  " 'strict', 'enterprise', 'behoerde'),"
						  " 'approval_modes_supported',"
						  " jsonb_build_array('autonomous', 'supervised',"
						  " 'four-eyes'),"
						  " 'enforcement_modes_supported',"
						  " jsonb_build_array('stateless', 'stateful'),"
						  " 'revocation_reasons_supported',"
						  " jsonb_build_array('agent_switch', 'session_end',"
						  " 'violation', 'manual', 'budget_exceeded'),"
						  " 'max_token_bytes', 4096,"
						  " 'max_token_lifetime_seconds', extract(epoch FROM"
						  " i.max_lifetime)::bigint)"
						  " FROM gauth.issuer i, LATERAL (SELECT"
						  " rtrim(i.issuer, '/') AS base) b"
						  " WHERE i.issuer = $1", &result))
		gauth_raise_issuer_unknown();
	PG_RETURN_DATUM(result);
}

/* RFC 0116 section 8.1.1 */
static const char *
token_error_message(GauthSpan code)
{
	static const struct
	{
		const char *code;
		const char *message;
	}			errors[] = {
		{"INVALID_TOKEN", "The token is not valid."},
		{"EXPIRED", "The token has expired."},
		{"REVOKED", "The token or its mandate was revoked."},
		{"TOKEN_NOT_FOUND", "There is no such token."},
		{"TOKEN_TOO_LARGE", "The token would have more than 4096 bytes."},
		{"ROTATION_IN_PROGRESS", "The keys are being rotated."},
		{"UNSUPPORTED_FORMAT", "The credential format is not supported."},
		{"RATE_LIMITED", "There are too many requests."},
		{"INTERNAL_ERROR", "The request could not be processed."}
	};
	size_t		i;

	for (i = 0; i < lengthof(errors); i++)
	{
		if (gauth_span_is(code, errors[i].code))
			return errors[i].message;
	}
	return NULL;
}

/*
 * gauth.error_json(code text, details jsonb, request_id text) returns jsonb
 */
Datum
gauth_sql_error_json(PG_FUNCTION_ARGS)
{
	const char *message;
	GauthWrite	values = {0};
	Datum		result;

	if (PG_ARGISNULL(0))
		gauth_raise_null("code");
	message = token_error_message(gauth_arg_span(fcinfo, 0));
	if (message == NULL)
		gauth_raise_argument("code", "one of the nine error codes of tokens");
	gauth_write_text(&values, gauth_arg_span(fcinfo, 0));
	gauth_write_text(&values, gauth_span_of(message));
	gauth_write_value(&values, JSONBOID,
					  PG_ARGISNULL(1) ? (Datum) 0 : PG_GETARG_DATUM(1),
					  PG_ARGISNULL(1));
	gauth_write_text(&values, gauth_arg_span_or_null(fcinfo, 2));
	(void) gauth_read_value(&values, "SELECT jsonb_build_object('code', $1,"
							" 'message', $2, 'details',"
							" COALESCE($3, '{}'), 'request_id', $4,"
							" 'timestamp', "
							GAUTH_SQL_INSTANT("statement_timestamp()") ")",
							&result);
	PG_RETURN_DATUM(result);
}
