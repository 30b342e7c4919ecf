/*
 * mandate_token.c
 *		Issuing a token about a mandate in force (RFC 0116 section 5).
 *
 * The issuer that the mandate names signs it, with RS256 or ES256 and nothing
 * else.  It ends with the mandate, or when the issuer's longest lifetime is
 * over.  While the mandate's agent cannot act, its successor gets the token.
 */
#include "entry/mandate_token.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/text.h"
#include "entry/actor.h"
#include "entry/args.h"
#include "entry/record.h"
#include "entry/report.h"
#include "poa/checksum.h"
#include "poa/extended.h"
#include "store/crypto.h"
#include "store/issuer.h"
#include "store/write.h"

/*
 * gauth_mandate_inactive
 *		The mandate as of now, and the rule that is broken when it is not in
 *		force, else NULL.
 */
const char *
gauth_mandate_inactive(GauthSpan id, GauthMandate *mandate)
{
	if (!gauth_mandate_find(id, GetCurrentTimestamp(), mandate))
		return "MANDATE_NOT_FOUND";
	if (mandate->status == GAUTH_MANDATE_EXPIRED)
		return "MANDATE_EXPIRED";
	if (mandate->status != GAUTH_MANDATE_ACTIVE)
		return "MANDATE_NOT_ACTIVE";
	return NULL;
}

/*
 * gauth_mandate_token_refuse
 *		There is no token: an entry says so, which outlives the error that is
 *		raised.
 */
void
gauth_mandate_token_refuse(const GauthMandateToken *token, const char *code)
{
	GauthRecorder record;

	gauth_record_begin(&record, "token.issue", token->resource);
	record.note.verdict = GAUTH_VERDICT_DENY;
	record.note.action = token->action;
	record.note.rule = gauth_span_of(code);
	record.note.actor = gauth_actor_name();
	record.note.mandate = token->mandate.id;
	record.note.agent = token->mandate.agent;
	gauth_record_decision(&record);
	gauth_raise_rule(code);
}

/*
 * gauth_mandate_token_find
 *		The mandate that the token will be about; refuses one that is not in
 *		force.
 */
void
gauth_mandate_token_find(GauthMandateToken *token, GauthSpan id)
{
	const char *code = gauth_mandate_inactive(id, &token->mandate);

	if (code != NULL)
		gauth_mandate_token_refuse(token, code);
}

static GauthIssuer *
find_issuer(const GauthMandate *mandate)
{
	GauthIssuer *issuer = gauth_issuer_find(mandate->credential->issuer);

	if (issuer == NULL)
		gauth_raise_issuer_unknown();
	if (!issuer->hosted)
		gauth_raise_issuer_not_hosted();
	return issuer;
}

static GauthKey *
find_key(GauthMandateToken *token, GauthIssuer *issuer)
{
	GauthKey   *key;
	GauthError	err = {0};

	if (gauth_issuer_signer(issuer, &key, &token->kid, &err) != GAUTH_OK)
	{
		if (err.status == GAUTH_KEY_NOT_FOUND)
			gauth_raise_key_unknown();
		gauth_raise(&err);
	}
	if (!gauth_extended_algorithm(gauth_key_algorithm(key)) ||
		(issuer->typ.len > 0 && !gauth_span_is(issuer->typ, "JWT")))
		gauth_mandate_token_refuse(token, "ALGORITHM_PROHIBITED");
	return key;
}

/* the agent, or who stands in for it; neither: nobody can act */
static GauthSpan
find_subject(const GauthMandateToken *token)
{
	const GauthMandate *mandate = &token->mandate;
	GauthParty	agent;

	if (!gauth_party_find(mandate->agent, &agent) ||
		gauth_party_stands(&agent))
		return mandate->agent;
	if (!gauth_party_succeeds(mandate->agent, agent.successor))
		gauth_mandate_token_refuse(token, "PARTY_NOT_ACTIVE");
	return agent.successor;
}

static GauthSpan
make_token_id(void)
{
	GauthWrite	none = {0};
	Datum		id;

	if (!gauth_write_returning(&none, "SELECT 'tok_' || gen_random_uuid()",
							   &id))
		elog(ERROR, "there is no random number");
	return gauth_varlena_span(DatumGetTextPP(id));
}

static GauthSpan
make_header(GauthArena *arena, GauthKey *key, GauthSpan kid)
{
	const char *algorithm = gauth_algorithm_name(gauth_key_algorithm(key));
	GauthText	text;
	GauthSpan	header;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"alg\":"));
	gauth_text_append_json_string(&text, gauth_span_of(algorithm));
	gauth_text_append(&text, GAUTH_SPAN(",\"kid\":"));
	gauth_text_append_json_string(&text, kid);
	gauth_text_append(&text, GAUTH_SPAN(",\"typ\":\"JWT\"}"));
	if (!gauth_text_finish(&text, &header))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "token");
	return header;
}

/* appendix F: of all that the mandate enables the agent to do */
static GauthSpan
make_capability_hash(GauthArena *arena, const GauthMandate *mandate)
{
	GauthError	err = {0};
	GauthHasher hasher = {arena, gauth_crypto(), &err};
	GauthChecksum checksum;

	if (gauth_checksum_json(&hasher, mandate->credential->powers.json,
							&checksum) != GAUTH_OK)
		gauth_raise(&err);
	return gauth_span_of(pstrdup(checksum.text));
}

static void
describe(GauthArena *arena, const GauthMandateToken *token,
		 GauthExtendedSource *source)
{
	const GauthMandate *mandate = &token->mandate;

	source->audiences = token->audiences;
	source->audience_count = token->audience_count;
	source->token_id = token->token_id;
	source->mandate = mandate->id;
	source->scope = token->scope;
	source->credential = mandate->credential;
	source->scope_checksum = mandate->scope_checksum;
	source->tool_permissions_hash = mandate->tool_permissions_hash;
	source->platform_permissions_hash = mandate->platform_permissions_hash;
	source->capability_hash = make_capability_hash(arena, mandate);
	source->budget_total = mandate->budget_total;
	source->budget_remaining = mandate->budget_remaining;
}

static Datum
audience_datum(const GauthMandateToken *token)
{
	Datum	   *items = palloc(sizeof(Datum) * (Size) token->audience_count);
	int			i;

	for (i = 0; i < token->audience_count; i++)
		items[i] = gauth_text_datum(token->audiences[i]);
	return PointerGetDatum(construct_array(items, token->audience_count,
										   TEXTOID, -1, false, TYPALIGN_INT));
}

static void
store_token(const GauthMandateToken *token, const GauthExtendedSource *source)
{
	TimestampTz issued_at = gauth_seconds_timestamp(source->issued_at);
	GauthWrite	write = {0};

	gauth_write_text(&write, source->issuer);
	gauth_write_text(&write, token->token_id);
	gauth_write_text(&write, source->subject);
	gauth_write_text(&write, token->kid);
	gauth_write_value(&write, TEXTARRAYOID, audience_datum(token), false);
	gauth_write_text(&write, token->scope);
	gauth_write_value(&write, TIMESTAMPTZOID,
					  TimestampTzGetDatum(issued_at), false);
	gauth_write_value(&write, TIMESTAMPTZOID,
					  TimestampTzGetDatum(token->expires_at), false);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.token (issuer, jti, subject,"
						   " client, kid, audience, scope, issued_at,"
						   " expires_at) VALUES ($1, $2, $3, $3, $4, $5,"
						   " $6::gauth.scope, $7, $8)");
}

static void
begin_record(GauthRecorder *record, const char *kind, GauthSpan resource,
			 const GauthMandateToken *token, const GauthExtendedSource *source)
{
	gauth_record_begin(record, kind, resource);
	record->note.mandate = token->mandate.id;
	record->note.token_id = token->token_id;
	record->note.actor = gauth_actor_name();
	record->note.agent = source->subject;
}

/* section 12.4: jti, sub, iss, iat, exp, profile; never the token */
static void
record_token(const GauthMandateToken *token, const GauthExtendedSource *source)
{
	GauthProfile profile = token->mandate.credential->powers.profile;
	GauthRecorder record;

	begin_record(&record, "token.issue", token->mandate.id, token, source);
	gauth_record_text(&record, "sub", source->subject);
	gauth_record_text(&record, "iss", source->issuer);
	gauth_record_number(&record, "iat", source->issued_at);
	gauth_record_number(&record, "exp", source->expires_at);
	gauth_record_text(&record, "profile",
					  gauth_span_of(gauth_profile_name(profile)));
	gauth_record_text(&record, "grant", token->grant);
	gauth_record_end(&record);
}

/* the successor takes over: that is worth an entry of its own */
static void
record_takeover(const GauthMandateToken *token,
				const GauthExtendedSource *source)
{
	GauthSpan	agent = token->mandate.agent;
	GauthRecorder record;

	if (gauth_span_equal(source->subject, agent))
		return;
	begin_record(&record, "agent.takeover", agent, token, source);
	gauth_record_end(&record);
}

/*
 * gauth_mandate_token_issue
 *		Sign, store and record a token; whether the caller may is the caller's
 *		affair.
 *
 * Refuses with TOKEN_TOO_LARGE above 4096 bytes, ALGORITHM_PROHIBITED when the
 * issuer signs otherwise, PARTY_NOT_ACTIVE when neither the agent nor a
 * successor can act.
 */
void
gauth_mandate_token_issue(GauthArena *arena, GauthMandateToken *token)
{
	GauthIssuer *issuer = find_issuer(&token->mandate);
	GauthKey   *key = find_key(token, issuer);
	GauthExtendedSource source = {0};
	TimestampTz until = Min(token->until, token->mandate.expires_at);
	GauthSpan	payload;
	GauthStatus status;

	token->token_id = make_token_id();
	describe(arena, token, &source);
	source.issuer = issuer->issuer;
	source.subject = find_subject(token);
	source.issued_at = gauth_timestamp_seconds(GetCurrentTimestamp());
	source.expires_at = source.issued_at + issuer->max_lifetime;
	if (!TIMESTAMP_NOT_FINITE(until))
		source.expires_at = Min(source.expires_at,
								gauth_timestamp_seconds(until));
	if (source.expires_at <= source.issued_at)
		gauth_mandate_token_refuse(token, "MANDATE_EXPIRED");
	token->expires_at = gauth_seconds_timestamp(source.expires_at);

	status = gauth_extended_write(arena, &source, &payload);
	if (status == GAUTH_OK)
		status = gauth_jws_sign(arena, key,
								make_header(arena, key, token->kid), payload,
								&token->token);
	if (status != GAUTH_OK)
		gauth_raise_status(status, "token");
	if (token->token.len > GAUTH_EXTENDED_MAX)
		gauth_mandate_token_refuse(token, "TOKEN_TOO_LARGE");
	store_token(token, &source);
	record_token(token, &source);
	record_takeover(token, &source);
}
