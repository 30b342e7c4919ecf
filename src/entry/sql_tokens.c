/*
 * sql_tokens.c
 *		Issuing, introspecting and revoking tokens.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "base/text.h"
#include "entry/args.h"
#include "entry/jsonb.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "entry/strings.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/revocation.h"
#include "store/setting.h"
#include "store/write.h"
#include "token/jws.h"

#define TOKEN_ID_SIZE	16		/* 128 random bits */

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_invalidate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_issue_token);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_introspect_token);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_token);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_subject);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_purge_tokens);

/*
 * gauth.invalidate() returns trigger
 */
Datum
gauth_sql_invalidate(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		gauth_raise_not_a_trigger();
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}

/* the token that is being issued */
typedef struct NewToken
{
	GauthSpan	subject;
	GauthSpan  *audiences;
	int			audience_count;
	GauthSpan	scope;			/* without data: none */
	GauthSpan	claims;			/* the members of a JSON object, as text */
	GauthSpan	client;			/* without data: none */
	GauthSpan	kid;
	GauthSpan	jti;
	int64		issued_at;		/* seconds */
	int64		expires_at;
} NewToken;

/* the arguments of gauth.issue_token, by place */
enum
{
	ISSUE_ISSUER, ISSUE_SUBJECT, ISSUE_AUDIENCE, ISSUE_TTL, ISSUE_SCOPE,
	ISSUE_CLAIMS
};

static void
check_not_null(FunctionCallInfo fcinfo)
{
	static const char *const required[] = {
		"issuer", "subject", "audience", "ttl"
	};
	int			i;

	for (i = 0; i <= ISSUE_TTL; i++)
	{
		if (PG_ARGISNULL(i))
			gauth_raise_null(required[i]);
	}
}

/* what the caller adds to the token: no claim that says who or what it is */
static void
read_claims(GauthArena *arena, Jsonb *source, NewToken *token)
{
	char	   *text = JsonbToCString(NULL, &source->root, VARSIZE(source));
	GauthJson  *json;
	const GauthJson *member;
	GauthError	err = {0};

	if (gauth_json_parse(arena, gauth_span_of(text), &gauth_json_token_limits,
						 &json, &err) != GAUTH_OK)
		gauth_raise(&err);
	if (json->type != GAUTH_JSON_OBJECT)
		gauth_raise_argument("claims", "a JSON object");
	for (member = json->first; member != NULL; member = member->next)
	{
		if (gauth_claims_is_registered(member->name))
			gauth_raise_claim_reserved(member->name);
		if (gauth_span_is(member->name, "client_id"))
		{
			if (member->type != GAUTH_JSON_STRING)
				gauth_raise_argument("client_id", "a string");
			token->client = member->text;
		}
	}
	if (json->count > 0)
		token->claims = gauth_span(text + 1, strlen(text) - 2);
}

static GauthSpan
make_token_id(GauthArena *arena)
{
	uint8_t		bytes[TOKEN_ID_SIZE];
	GauthText	text;
	GauthSpan	jti;

	if (!pg_strong_random(bytes, sizeof(bytes)))
		gauth_raise_status(GAUTH_CRYPTO_FAILED, "random");
	gauth_text_init(&text, arena);
	gauth_text_append_base64url(&text, gauth_span(bytes, sizeof(bytes)));
	if (!gauth_text_finish(&text, &jti))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "jti");
	return jti;
}

static void
read_arguments(FunctionCallInfo fcinfo, GauthArena *arena,
			   const GauthIssuer *issuer, NewToken *token)
{
	int64		ttl = gauth_interval_seconds(PG_GETARG_INTERVAL_P(ISSUE_TTL));

	memset(token, 0, sizeof(*token));
	token->subject = gauth_arg_span(fcinfo, ISSUE_SUBJECT);
	if (token->subject.len == 0)
		gauth_raise_argument("subject", "a text that is not empty");
	token->audience_count =
		gauth_strings_argument(PG_GETARG_DATUM(ISSUE_AUDIENCE), "audience",
							   &token->audiences);
	if (ttl <= 0 || ttl > issuer->max_lifetime)
		gauth_raise_argument("ttl", "at least a second, and at most the "
							 "issuer's max_lifetime");
	if (!PG_ARGISNULL(ISSUE_SCOPE))
		token->scope = gauth_arg_span(fcinfo, ISSUE_SCOPE);
	if (!PG_ARGISNULL(ISSUE_CLAIMS))
		read_claims(arena, PG_GETARG_JSONB_P(ISSUE_CLAIMS), token);
	token->jti = make_token_id(arena);
	token->issued_at = gauth_timestamp_seconds(GetCurrentTimestamp());
	token->expires_at = token->issued_at + ttl;
}

static void
append_member(GauthText *text, const char *name, GauthSpan value)
{
	gauth_text_append_char(text, text->len == 0 ? '{' : ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
	gauth_text_append_json_string(text, value);
}

static void
append_time(GauthText *text, const char *name, int64 seconds)
{
	gauth_text_append_char(text, ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
	gauth_text_append_int64(text, seconds);
}

/* RFC 7519 section 4.1.3: a single audience is a string */
static void
append_audience(GauthText *text, const NewToken *token)
{
	int			i;

	if (token->audience_count == 1)
	{
		append_member(text, "aud", token->audiences[0]);
		return;
	}
	gauth_text_append(text, GAUTH_SPAN(",\"aud\":["));
	for (i = 0; i < token->audience_count; i++)
	{
		if (i > 0)
			gauth_text_append_char(text, ',');
		gauth_text_append_json_string(text, token->audiences[i]);
	}
	gauth_text_append_char(text, ']');
}

static GauthSpan
make_payload(GauthArena *arena, const GauthIssuer *issuer,
			 const NewToken *token)
{
	GauthText	text;
	GauthSpan	payload;

	gauth_text_init(&text, arena);
	append_member(&text, "iss", issuer->issuer);
	append_member(&text, "sub", token->subject);
	append_audience(&text, token);
	append_time(&text, "iat", token->issued_at);
	append_time(&text, "exp", token->expires_at);
	append_member(&text, "jti", token->jti);
	if (token->scope.data != NULL)
		append_member(&text, "scope", token->scope);
	if (token->claims.len > 0)
	{
		gauth_text_append_char(&text, ',');
		gauth_text_append(&text, token->claims);
	}
	gauth_text_append_char(&text, '}');
	if (!gauth_text_finish(&text, &payload))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "token");
	return payload;
}

static GauthSpan
make_header(GauthArena *arena, const GauthIssuer *issuer, GauthKey *key,
			GauthSpan kid)
{
	GauthAlgorithm algorithm = gauth_key_algorithm(key);
	GauthText	text;
	GauthSpan	header;

	gauth_text_init(&text, arena);
	append_member(&text, "alg",
				  gauth_span_of(gauth_algorithm_name(algorithm)));
	append_member(&text, "kid", kid);
	append_member(&text, "typ",
				  issuer->typ.len > 0 ? issuer->typ : GAUTH_SPAN("JWT"));
	gauth_text_append_char(&text, '}');
	if (!gauth_text_finish(&text, &header))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "token");
	return header;
}

static GauthSpan
sign_token(GauthArena *arena, GauthIssuer *issuer, NewToken *token)
{
	GauthKey   *key;
	GauthSpan	signed_token;
	GauthError	err = {0};
	GauthStatus status;

	if (gauth_issuer_signer(issuer, &key, &token->kid, &err) != GAUTH_OK)
	{
		if (err.status == GAUTH_KEY_NOT_FOUND)
			gauth_raise_key_unknown();
		gauth_raise(&err);
	}
	status = gauth_jws_sign(arena, key,
							make_header(arena, issuer, key, token->kid),
							make_payload(arena, issuer, token), &signed_token);
	if (status != GAUTH_OK)
		gauth_raise_status(status, "token");
	if (signed_token.len > GAUTH_TOKEN_MAX)
		gauth_raise_status(GAUTH_LIMIT_EXCEEDED, "token");
	return signed_token;
}

static Datum
seconds_datum(int64 seconds)
{
	return TimestampTzGetDatum(gauth_seconds_timestamp(seconds));
}

static void
record_token(FunctionCallInfo fcinfo, const NewToken *token)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, gauth_arg_span(fcinfo, ISSUE_ISSUER));
	gauth_write_text(&write, token->jti);
	gauth_write_text(&write, token->subject);
	gauth_write_text(&write, token->client);
	gauth_write_text(&write, token->kid);
	gauth_write_value(&write, TEXTARRAYOID, PG_GETARG_DATUM(ISSUE_AUDIENCE),
					  false);
	gauth_write_text(&write, token->scope);
	gauth_write_value(&write, TIMESTAMPTZOID, seconds_datum(token->issued_at),
					  false);
	gauth_write_value(&write, TIMESTAMPTZOID, seconds_datum(token->expires_at),
					  false);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.token (issuer, jti, subject,"
						   " client, kid, audience, scope, issued_at,"
						   " expires_at) VALUES ($1, $2, $3, $4, $5, $6,"
						   " $7::gauth.scope, $8, $9)");
}

/* the claims are the issuer's business, and may be personal */
static void
record_issue(GauthSpan issuer, const NewToken *token)
{
	GauthRecorder record;

	gauth_record_begin(&record, "token.issue", token->subject);
	record.note.token_id = token->jti;
	gauth_record_text(&record, "issuer", issuer);
	gauth_record_text(&record, "kid", token->kid);
	gauth_record_text(&record, "client", token->client);
	gauth_record_text(&record, "scope", token->scope);
	gauth_record_number(&record, "expires_at", token->expires_at);
	gauth_record_end(&record);
}

/*
 * gauth.issue_token(issuer text, subject text, audience text[], ttl interval,
 *		scope gauth.scope, claims jsonb)
 *		returns (token text, jti text, kid text, expires_at timestamptz)
 */
Datum
gauth_sql_issue_token(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthIssuer *issuer;
	GauthSpan	name;
	NewToken	token;
	TupleDesc	row;
	Datum		values[4];
	bool		nulls[4] = {0};

	check_not_null(fcinfo);
	name = gauth_arg_span(fcinfo, ISSUE_ISSUER);
	gauth_require_capability(GAUTH_ISSUER, &name);
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	issuer = gauth_issuer_find(name);
	if (issuer == NULL)
		gauth_raise_issuer_unknown();
	if (!issuer->hosted)
		gauth_raise_issuer_not_hosted();

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	read_arguments(fcinfo, &arena, issuer, &token);
	values[0] = gauth_text_datum(sign_token(&arena, issuer, &token));
	values[1] = gauth_text_datum(token.jti);
	values[2] = gauth_text_datum(token.kid);
	values[3] = seconds_datum(token.expires_at);
	record_token(fcinfo, &token);
	record_issue(name, &token);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row),
													  values, nulls)));
}

/* a claim under the same name, or another, as the token has it */
static void
push_member(GauthJson *answer, const char *name, const GauthJson *value)
{
	GauthJson  *last = answer->first;
	GauthJson  *copy;

	if (value == NULL)
		return;
	copy = palloc(sizeof(GauthJson));
	*copy = *value;
	copy->name = gauth_span_of(name);
	copy->next = NULL;
	while (last != NULL && last->next != NULL)
		last = last->next;
	if (last == NULL)
		answer->first = copy;
	else
		last->next = copy;
	answer->count++;
}

/* RFC 7662 section 2.2 */
static Datum
make_introspection(GauthArena *arena, const GauthJwt *jwt)
{
	static const char *const copied[] = {
		"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id",
		"username", "cnf"
	};
	GauthJson	answer = {.type = GAUTH_JSON_OBJECT};
	GauthJson	active = {.type = GAUTH_JSON_TRUE};
	GauthJson	bearer = {.type = GAUTH_JSON_STRING};
	GauthJson	scope = {.type = GAUTH_JSON_STRING};
	size_t		i;

	bearer.text = GAUTH_SPAN("Bearer");
	push_member(&answer, "active", &active);
	push_member(&answer, "token_type", &bearer);
	if (gauth_claims_scope(arena, &jwt->claims, &scope.text,
						   NULL) == GAUTH_OK &&
		scope.text.len > 0)
		push_member(&answer, "scope", &scope);
	for (i = 0; i < lengthof(copied); i++)
		push_member(&answer, copied[i],
					gauth_json_get(jwt->claims.json, copied[i]));
	return gauth_jsonb_from(&answer);
}

/*
 * gauth.introspect_token(token text) returns jsonb
 */
Datum
gauth_sql_introspect_token(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthIssuer *issuer;
	GauthSpan	inactive = GAUTH_SPAN("{\"active\":false}");
	GauthJwt	jwt;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_token_verify(&arena, gauth_arg_span(fcinfo, 0), NULL, &jwt,
						   &issuer, NULL) != GAUTH_OK)
		PG_RETURN_DATUM(gauth_jsonb_from_text(inactive));
	PG_RETURN_DATUM(make_introspection(&arena, &jwt));
}

static bool
record_revocation(GauthSpan issuer, GauthSpan token, bool by_hash,
				  GauthSpan reason, const TimestampTz *expires_at)
{
	GauthWrite	write = {0};
	GauthRecorder record;

	gauth_write_text(&write, issuer);
	gauth_write_text(&write, token);
	gauth_write_bool(&write, by_hash);
	gauth_write_text(&write, reason);
	gauth_write_value(&write, TIMESTAMPTZOID,
					  expires_at == NULL ? (Datum) 0 :
					  TimestampTzGetDatum(*expires_at), expires_at == NULL);

	/* what we issued ourselves we know the end of */
	if (gauth_write_run(&write,
						"INSERT INTO gauth.revocation (issuer, token,"
						" by_hash, reason, revoked_at, expires_at)"
						" VALUES ($1, $2, $3, $4, clock_timestamp(),"
						" COALESCE($5, (SELECT t.expires_at"
						" FROM gauth.token t WHERE t.issuer = $1"
						" AND t.jti = $2 AND NOT $3)))"
						" ON CONFLICT DO NOTHING") == 0)
		return false;
	gauth_record_begin(&record, "token.revoke", token);
	record.note.token_id = token;
	gauth_record_text(&record, "issuer", issuer);
	gauth_record_text(&record, "reason", reason);
	gauth_record_end(&record);
	return true;
}

static void
require_issuer(GauthSpan issuer)
{
	gauth_require_capability(GAUTH_ISSUER, &issuer);
	if (gauth_issuer_find(issuer) == NULL)
		gauth_raise_issuer_unknown();
}

static GauthSpan
reason_argument(FunctionCallInfo fcinfo, int number)
{
	if (PG_ARGISNULL(number))
		gauth_raise_null("reason");
	return gauth_arg_span(fcinfo, number);
}

/*
 * gauth.revoke_token(issuer text, jti text, reason text,
 *		expires_at timestamptz) returns boolean
 */
Datum
gauth_sql_revoke_token(PG_FUNCTION_ARGS)
{
	TimestampTz expires_at = 0;

	if (PG_ARGISNULL(0))
		gauth_raise_null("issuer");
	if (PG_ARGISNULL(1) || gauth_arg_span(fcinfo, 1).len == 0)
		gauth_raise_null("jti");
	require_issuer(gauth_arg_span(fcinfo, 0));
	if (!PG_ARGISNULL(3))
		expires_at = PG_GETARG_TIMESTAMPTZ(3);
	PG_RETURN_BOOL(record_revocation(gauth_arg_span(fcinfo, 0),
									 gauth_arg_span(fcinfo, 1), false,
									 reason_argument(fcinfo, 2),
									 PG_ARGISNULL(3) ? NULL : &expires_at));
}

/*
 * RFC 7009 section 2.2: a token that is not valid needs no revocation.  One
 * that its issuer signed and whose time has not come yet does.
 */
static bool
may_become_active(GauthStatus status)
{
	return status == GAUTH_OK || status == GAUTH_TOKEN_NOT_YET_VALID ||
		status == GAUTH_TOKEN_TOO_LONG_LIVED;
}

/*
 * gauth.revoke(token text, reason text) returns boolean
 */
Datum
gauth_sql_revoke(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthIssuer *issuer;
	GauthJwt	jwt;
	GauthSpan	token;
	TimestampTz expires_at;
	bool		by_hash;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (!may_become_active(gauth_token_verify(&arena,
											  gauth_arg_span(fcinfo, 0), NULL,
											  &jwt, &issuer, NULL)))
		PG_RETURN_BOOL(false);
	by_hash = jwt.claims.token_id.len == 0;
	token = by_hash ? gauth_token_hash(&jwt) : jwt.claims.token_id;
	expires_at = gauth_seconds_timestamp(jwt.claims.expires_at);
	PG_RETURN_BOOL(record_revocation(issuer->issuer, token, by_hash,
									 reason_argument(fcinfo, 1), &expires_at));
}

/* tokens in the store that the revocation ends before their time */
static int64
count_revoked(GauthSpan issuer, GauthSpan subject, Datum issued_before)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, issuer);
	gauth_write_text(&write, subject);
	gauth_write_value(&write, TIMESTAMPTZOID, issued_before, false);
	return (int64) gauth_write_run(&write,
								   "SELECT FROM gauth.token t"
								   " WHERE t.issuer = $1 AND t.subject = $2"
								   " AND t.issued_at < $3"
								   " AND t.expires_at > clock_timestamp()"
								   " AND NOT EXISTS (SELECT"
								   " FROM gauth.revocation r"
								   " WHERE r.issuer = t.issuer"
								   " AND r.token = t.jti AND NOT r.by_hash)");
}

/*
 * gauth.revoke_subject(issuer text, subject text, issued_before timestamptz,
 *		reason text) returns bigint
 */
Datum
gauth_sql_revoke_subject(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};
	GauthSpan	issuer;
	GauthSpan	subject;
	GauthRecorder record;
	int64		count;

	if (PG_ARGISNULL(0))
		gauth_raise_null("issuer");
	if (PG_ARGISNULL(1))
		gauth_raise_null("subject");
	if (PG_ARGISNULL(2))
		gauth_raise_null("issued_before");
	issuer = gauth_arg_span(fcinfo, 0);
	subject = gauth_arg_span(fcinfo, 1);
	require_issuer(issuer);

	gauth_write_text(&write, issuer);
	gauth_write_text(&write, subject);
	gauth_write_value(&write, TIMESTAMPTZOID, PG_GETARG_DATUM(2), false);
	gauth_write_text(&write, reason_argument(fcinfo, 3));
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.subject_revocation AS s"
						   " (issuer, subject, issued_before, reason,"
						   " revoked_at)"
						   " VALUES ($1, $2, $3, $4, clock_timestamp())"
						   " ON CONFLICT (issuer, subject) DO UPDATE"
						   " SET issued_before = $3, reason = $4,"
						   " revoked_at = clock_timestamp()"
						   " WHERE s.issued_before < $3");
	count = count_revoked(issuer, subject, PG_GETARG_DATUM(2));
	gauth_record_begin(&record, "token.revoke_subject", subject);
	gauth_record_text(&record, "issuer", issuer);
	gauth_record_text(&record, "reason", gauth_arg_span(fcinfo, 3));
	gauth_record_number(&record, "issued_before",
						gauth_timestamp_seconds(PG_GETARG_TIMESTAMPTZ(2)));
	gauth_record_number(&record, "tokens", count);
	gauth_record_end(&record);
	PG_RETURN_INT64(count);
}

/*
 * gauth.purge_tokens(before timestamptz) returns bigint
 */
Datum
gauth_sql_purge_tokens(PG_FUNCTION_ARGS)
{
	TimestampTz before = Min(PG_GETARG_TIMESTAMPTZ(0), GetCurrentTimestamp());
	TimestampTz retained = before -
		gauth_setting_seconds("token_retention") * USECS_PER_SEC;
	GauthWrite	tokens = {0};
	GauthWrite	revocations = {0};
	GauthRecorder record;
	uint64		rows;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_write_value(&tokens, TIMESTAMPTZOID, TimestampTzGetDatum(retained),
					  false);
	rows = gauth_write_run(&tokens,
						   "DELETE FROM gauth.token WHERE expires_at < $1");

	/* a token lives until "exp" and the leeway have passed */
	gauth_write_value(&revocations, TIMESTAMPTZOID,
					  TimestampTzGetDatum(before), false);
	rows += gauth_write_run(&revocations,
							"DELETE FROM gauth.revocation r"
							" WHERE r.expires_at < $1 - COALESCE("
							"(SELECT i.leeway FROM gauth.issuer i"
							" WHERE i.issuer = r.issuer), '10 minutes')");
	gauth_record_begin(&record, "token.purge", gauth_span(NULL, 0));
	gauth_record_number(&record, "before", gauth_timestamp_seconds(before));
	gauth_record_number(&record, "rows", (int64) rows);
	gauth_record_end(&record);
	PG_RETURN_INT64((int64) rows);
}
