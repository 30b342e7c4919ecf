/*
 * sql_definition.c
 *		Definitions: put, signed, put in force, renewed, ended.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/jcs.h"
#include "entry/actor.h"
#include "entry/args.h"
#include "entry/definition_change.h"
#include "entry/definition_document.h"
#include "entry/document.h"
#include "entry/jsonb.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/crypto.h"
#include "store/keyset_cache.h"
#include "store/ledger.h"
#include "store/memory.h"
#include "store/write.h"
#include "token/jws.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_guard_definition);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_put_definition);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_sign_definition);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_activate_definition);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_renew_definition);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_definition);

#define DEFINITION_OBJECT \
	"jsonb_strip_nulls(jsonb_build_object('id', d.id," \
	" 'version', d.version, 'power', d.power, 'principal', d.principal," \
	" 'agent', d.agent, 'issuer', d.issuer, 'status', d.status," \
	" 'reason', d.reason," \
	" 'activated_at', " GAUTH_SQL_INSTANT("d.activated_at") "))"

/*
 * gauth.guard_definition() returns trigger
 */
Datum
gauth_sql_guard_definition(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		gauth_raise_not_a_trigger();
	gauth_raise_rule("HISTORY_IMMUTABLE");
	PG_RETURN_POINTER(NULL);
}

static void
require_parties(const GauthDefinitionText *put)
{
	GauthParty	party;

	if (!gauth_party_find(put->principal, &party) ||
		party.kind == GAUTH_PARTY_AGENT)
		gauth_raise_unknown("principal");
	if ((party.kind == GAUTH_PARTY_PERSON) !=
		gauth_definition_is_individual(&put->parts))
		gauth_raise_argument("parties.principal.type",
							 "what the register says of the principal");
	if (!gauth_party_find(put->agent, &party) ||
		party.kind != GAUTH_PARTY_AGENT)
		gauth_raise_unknown("authorized client");
	if (!gauth_span_equal(party.form,
						  gauth_definition_agent_type(&put->parts)))
		gauth_raise_argument("parties.authorized_client.type",
							 "what the register says of the client");
	if (!gauth_definition_may_put(put->principal))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

static void
record_version(GauthSpan id, int64 version, GauthSpan document,
			   const char *change)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, id);
	gauth_write_value(&write, INT8OID, Int64GetDatum(version), false);
	gauth_write_text(&write, document);
	gauth_write_text(&write, gauth_span_of(change));
	gauth_write_text(&write, gauth_actor_name());
	(void) gauth_write_run(&write, "INSERT INTO gauth.definition_version"
						   " (definition, version, document, change,"
						   " changed_by, changed_at) VALUES ($1, $2,"
						   " $3::json, $4, $5, clock_timestamp())");
}

static Datum
show(GauthSpan id)
{
	GauthWrite	write = {0};
	Datum		shown;

	gauth_write_text(&write, id);
	if (!gauth_write_returning(&write, "SELECT " DEFINITION_OBJECT
							   " || '{\"accepted\": true}'"
							   " FROM gauth.definition d WHERE d.id = $1",
							   &shown))
		elog(ERROR, "a definition has gone");
	return shown;
}

static void
insert(GauthDefinitionText *put)
{
	GauthWrite	write = {0};
	Datum		id;

	gauth_write_text(&write, put->id);
	gauth_write_text(&write, put->text);
	gauth_write_text(&write, put->power);
	gauth_write_text(&write, put->principal);
	gauth_write_text(&write, put->agent);
	gauth_write_text(&write, gauth_actor_require());
	if (!gauth_write_returning(&write,
							   "INSERT INTO gauth.definition (id, version,"
							   " document, power, principal, agent, issuer,"
							   " status, created_at) VALUES (COALESCE($1,"
							   " 'def_' || gen_random_uuid()), 1, $2::json,"
							   " $3, $4, $5, $6, 'draft', clock_timestamp())"
							   " ON CONFLICT DO NOTHING RETURNING id", &id))
		gauth_raise_exists("definition");
	put->id = gauth_varlena_span(DatumGetTextPP(id));
	record_version(put->id, 1, put->text, "put");
	gauth_record_step("definition.put", put->id, put->agent);
}

/* of a draft everything may change; of one in force the parties stay */
static void
replace(const GauthDefinitionRow *row, const GauthDefinitionText *put,
		const char *change, bool stays_active)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, row->id);
	gauth_write_value(&write, INT8OID, Int64GetDatum(row->version), false);
	gauth_write_text(&write, put->text);
	gauth_write_text(&write, put->power);
	gauth_write_text(&write, put->principal);
	gauth_write_text(&write, put->agent);
	gauth_write_text(&write, gauth_actor_require());
	gauth_write_bool(&write, stays_active);
	if (gauth_write_run(&write, "UPDATE gauth.definition SET"
						" version = version + 1, document = $3::json,"
						" power = $4, principal = $5, agent = $6,"
						" issuer = $7,"
						" status = CASE WHEN $8 THEN status ELSE 'draft' END"
						" WHERE id = $1 AND version = $2") != 1)
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	record_version(row->id, row->version + 1, put->text, change);
	gauth_record_step(strcmp(change, "renew") == 0 ?
					  "definition.renew" : "definition.replace", row->id,
					  put->agent);
}

static bool
is_status(const GauthDefinitionRow *row, const char *status)
{
	return gauth_span_is(row->status, status);
}

/*
 * gauth.put_definition(definition json) returns jsonb
 */
Datum
gauth_sql_put_definition(PG_FUNCTION_ARGS)
{
	GauthDefinitionText put;
	GauthDefinitionRow row;

	(void) gauth_actor_require();
	if (!gauth_definition_text_read(&put, gauth_arg_span(fcinfo, 0)))
		PG_RETURN_DATUM(gauth_definition_text_refusal(&put));
	require_parties(&put);
	if (put.id.data == NULL || !gauth_definition_find(put.id, &row))
	{
		insert(&put);
		PG_RETURN_DATUM(show(put.id));
	}
	if (!gauth_definition_may_put(row.principal))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (!is_status(&row, "draft"))
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	replace(&row, &put, "replace", false);
	PG_RETURN_DATUM(show(row.id));
}

/* of the present version: what was shown for an earlier one does not count */
static bool
is_attested(const GauthDefinitionRow *row, const char *kind)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, row->id);
	gauth_write_text(&write, gauth_span_of(kind));
	gauth_write_value(&write, INT8OID, Int64GetDatum(row->version), false);
	return gauth_write_run(&write, "SELECT FROM gauth.evidence e"
						   " JOIN gauth.definition_version v"
						   " ON v.definition = e.subject AND v.version = $3"
						   " WHERE e.about = 'definition' AND e.subject = $1"
						   " AND e.kind = $2 AND e.withdrawn_at IS NULL"
						   " AND (e.valid_until > clock_timestamp())"
						   " IS NOT FALSE"
						   " AND e.recorded_at >= v.changed_at LIMIT 1") > 0;
}

static void
require_attestations(const GauthDefinitionRow *row,
					 const GauthJson *definition)
{
	if (gauth_definition_needs_notary(definition) &&
		!is_attested(row, "notary"))
		gauth_raise_rule("ATTESTATION_MISSING");
	if (gauth_definition_needs_signature(definition) &&
		!is_attested(row, "signature"))
		gauth_raise_rule("SIGNATURE_MISSING");
}

static void
require_capable(const GauthDefinitionRow *row)
{
	GauthParty	party;

	if (!gauth_party_find(row->principal, &party) ||
		!gauth_party_stands(&party))
		gauth_raise_rule("PRINCIPAL_NOT_CAPABLE");
	if (!gauth_party_find(row->agent, &party) || !gauth_party_stands(&party))
		gauth_raise_rule("PARTY_NOT_ACTIVE");
}

/*
 * gauth.activate_definition(id text) returns jsonb
 */
Datum
gauth_sql_activate_definition(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthDefinitionRow row;
	GauthWrite	write = {0};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_definition_require(gauth_arg_span(fcinfo, 0), &row);
	if (!is_status(&row, "draft"))
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	require_capable(&row);
	require_attestations(&row,
						 gauth_definition_parse(&arena, row.document));
	gauth_write_text(&write, row.id);
	gauth_write_value(&write, INT8OID, Int64GetDatum(row.version), false);
	if (gauth_write_run(&write, "UPDATE gauth.definition"
						" SET status = 'active',"
						" activated_at = clock_timestamp()"
						" WHERE id = $1 AND version = $2"
						" AND status = 'draft'") != 1)
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	gauth_record_step("definition.activate", row.id, row.agent);
	PG_RETURN_DATUM(show(row.id));
}

/*
 * gauth.renew_definition(id text, definition json) returns jsonb
 *
 * What the new text has to be attested with is not there yet: such a
 * definition waits, and with it its mandates, until it is activated again.
 */
Datum
gauth_sql_renew_definition(PG_FUNCTION_ARGS)
{
	GauthDefinitionText put;
	GauthDefinitionRow row;
	bool		waits;

	gauth_definition_require(gauth_arg_span(fcinfo, 0), &row);
	if (!is_status(&row, "active"))
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	if (!gauth_definition_text_read(&put, gauth_arg_span(fcinfo, 1)))
		PG_RETURN_DATUM(gauth_definition_text_refusal(&put));
	if (!gauth_span_equal(put.principal, row.principal) ||
		!gauth_span_equal(put.agent, row.agent))
		gauth_raise_argument("definition", "of the same parties");
	require_parties(&put);
	waits = gauth_definition_needs_notary(&put.parts) ||
		gauth_definition_needs_signature(&put.parts);
	replace(&row, &put, "renew", !waits);
	PG_RETURN_DATUM(show(row.id));
}

/*
 * gauth.revoke_definition(id text, reason text) returns boolean
 */
Datum
gauth_sql_revoke_definition(PG_FUNCTION_ARGS)
{
	GauthSpan	reason = gauth_arg_span(fcinfo, 1);
	GauthDefinitionRow row;

	if (reason.len == 0 || reason.len > GAUTH_DOCUMENT_TEXT_MAX)
		gauth_raise_argument("reason", "a text of 1 to 1024 bytes");
	if (!gauth_definition_find(gauth_arg_span(fcinfo, 0), &row))
		gauth_raise_unknown("definition");
	if (!gauth_actor_administers() && !gauth_definition_may_put(row.principal))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (is_status(&row, "revoked"))
		PG_RETURN_BOOL(false);
	(void) gauth_definition_end(&row, reason);
	PG_RETURN_BOOL(true);
}

/* who signs for the principal: itself, or a person in force for it */
static void
require_signer(const GauthDefinitionRow *row, GauthSpan signer)
{
	static const char *const kinds[] = {
		GAUTH_OWNER_AUTHORIZER, GAUTH_CLIENT_OWNER
	};
	GauthMoment now = gauth_moment(GetCurrentTimestamp());
	GauthRepresentative position;
	size_t		i;

	if (gauth_span_equal(signer, row->principal))
		return;
	for (i = 0; i < lengthof(kinds); i++)
	{
		if (gauth_representative_find(row->principal, signer, kinds[i],
									  &position) &&
			gauth_representative_stands(&position, &now))
			return;
	}
	gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/* a shared secret would prove nothing: only signatures of one's own */
static void
accept_signatures(GauthAlgorithmList *accepted)
{
	static const GauthAlgorithm algorithms[] = {
		GAUTH_EDDSA, GAUTH_ES256, GAUTH_ES384, GAUTH_ES512, GAUTH_PS256,
		GAUTH_PS384, GAUTH_PS512, GAUTH_RS256, GAUTH_RS384, GAUTH_RS512
	};
	size_t		i;

	accepted->count = 0;
	for (i = 0; i < lengthof(algorithms); i++)
		accepted->items[accepted->count++] = algorithms[i];
}

static bool
next_key(GauthSpan signer, int64 number, GauthSpan *key)
{
	GauthWrite	write = {0};
	Datum		detail;

	gauth_write_text(&write, signer);
	gauth_write_value(&write, INT8OID, Int64GetDatum(number), false);
	if (!gauth_write_returning(&write, "SELECT detail::text"
							   " FROM gauth.evidence"
							   " WHERE about = 'party' AND subject = $1"
							   " AND kind = 'signature_key'"
							   " AND withdrawn_at IS NULL"
							   " AND (valid_until > clock_timestamp())"
							   " IS NOT FALSE AND detail IS NOT NULL"
							   " ORDER BY recorded_at, id"
							   " OFFSET $2 LIMIT 1", &detail))
		return false;
	*key = gauth_varlena_span(DatumGetTextPP(detail));
	return true;
}

/* one of the signer's keys has made it, and over this very text */
static void
verify_signature(GauthArena *arena, const GauthDefinitionRow *row,
				 GauthSpan signer, GauthSpan signature)
{
	GauthAlgorithmList accepted = {0};
	GauthJson  *document;
	GauthSpan	canonical;
	GauthSpan	key;
	GauthJws	jws;
	GauthError	err = {0};
	int64		number;

	accept_signatures(&accepted);
	if (gauth_json_parse(arena, row->document, &gauth_json_document_limits,
						 &document, &err) != GAUTH_OK ||
		gauth_jcs_write(arena, document, &canonical, &err) != GAUTH_OK ||
		gauth_jws_parse(arena, signature, &jws, &err) != GAUTH_OK)
		gauth_raise(&err);
	if (!gauth_span_equal(jws.payload, canonical))
		gauth_raise_rule("SIGNATURE_OF_ANOTHER_TEXT");
	for (number = 0; next_key(signer, number, &key); number++)
	{
		const GauthKeySet *keys;
		const GauthKeyEntry *entry;

		if (gauth_keyset_cached(key, &accepted, &keys, &err) == GAUTH_OK &&
			gauth_keyset_verify(keys, &jws, &entry, &err) == GAUTH_OK)
			return;
	}
	gauth_raise_status(GAUTH_SIGNATURE_INVALID, "signature");
}

/*
 * gauth.sign_definition(id text, signer text, signature text) returns text
 */
Datum
gauth_sql_sign_definition(PG_FUNCTION_ARGS)
{
	GauthSpan	signer = gauth_arg_span(fcinfo, 1);
	GauthSpan	signature = gauth_arg_span(fcinfo, 2);
	GauthArena	arena;
	GauthDefinitionRow row;
	GauthWrite	write = {0};
	Datum		id;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_definition_require(gauth_arg_span(fcinfo, 0), &row);
	require_signer(&row, signer);
	verify_signature(&arena, &row, signer, signature);
	gauth_write_text(&write, row.id);
	gauth_write_text(&write, signer);
	gauth_write_text(&write, signature);
	gauth_write_text(&write, gauth_actor_name());
	(void) gauth_write_returning(&write,
								 "INSERT INTO gauth.evidence (id, about,"
								 " subject, kind, method, reference, detail,"
								 " recorded_by, recorded_at)"
								 " VALUES ('evd_' || gen_random_uuid(),"
								 " 'definition', $1, 'signature', 'jws', $2,"
								 " jsonb_build_object('jws', $3), $4,"
								 " clock_timestamp()) RETURNING id", &id);
	gauth_record_step("definition.sign", row.id, row.agent);
	PG_RETURN_DATUM(id);
}
