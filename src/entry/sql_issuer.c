/*
 * sql_issuer.c
 *		Issuers and keys: what an administrator does with them.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/text.h"
#include "crypto/compare.h"
#include "crypto/digest.h"
#include "entry/args.h"
#include "entry/jsonb.h"
#include "entry/keyring.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "entry/strings.h"
#include "store/crypto.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/relation.h"
#include "store/secret.h"
#include "store/setting.h"
#include "store/write.h"
#include "token/jwk.h"

#define ISSUER_NAME_MAX		1024
#define LIFETIME_MAX		((int64) 10 * 366 * SECS_PER_DAY)

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_add_issuer);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_drop_issuer);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_put_jwks);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_create_key);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_rotate_key);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_drop_key);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_jwks);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_put_weak_secrets);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_unlock);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_wrap_keys);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_root_key_state);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_list_private_keys);

/* the arguments of gauth.add_issuer, by place */
enum
{
	ADD_ISSUER, ADD_AUDIENCES, ADD_ALGORITHMS, ADD_JWKS, ADD_HOSTED,
	ADD_NAMESPACE, ADD_LEEWAY, ADD_MAX_LIFETIME, ADD_TYP
};

static void
check_not_null(FunctionCallInfo fcinfo)
{
	static const struct
	{
		int			number;
		const char *name;
	}			required[] = {
		{ADD_ISSUER, "issuer"}, {ADD_AUDIENCES, "audiences"},
		{ADD_HOSTED, "hosted"}, {ADD_NAMESPACE, "namespace"},
		{ADD_LEEWAY, "leeway"}, {ADD_MAX_LIFETIME, "max_lifetime"},
	};
	size_t		i;

	for (i = 0; i < lengthof(required); i++)
	{
		if (PG_ARGISNULL(required[i].number))
			gauth_raise_null(required[i].name);
	}
}

static int64
seconds_argument(FunctionCallInfo fcinfo, int number)
{
	return gauth_interval_seconds(PG_GETARG_INTERVAL_P(number));
}

static void
check_issuer(FunctionCallInfo fcinfo)
{
	GauthSpan	name = gauth_arg_span(fcinfo, ADD_ISSUER);
	GauthSpan	typ = gauth_arg_span_or_null(fcinfo, ADD_TYP);
	int64		leeway = seconds_argument(fcinfo, ADD_LEEWAY);
	int64		lifetime = seconds_argument(fcinfo, ADD_MAX_LIFETIME);
	GauthAlgorithmList accepted;
	GauthSpan  *audiences;

	if (name.len == 0 || name.len > ISSUER_NAME_MAX)
		gauth_raise_argument("issuer", "a text of 1 to 1024 bytes");
	if (gauth_arg_span(fcinfo, ADD_NAMESPACE).len > ISSUER_NAME_MAX)
		gauth_raise_argument("namespace", "a text of at most 1024 bytes");
	(void) gauth_strings_argument(PG_GETARG_DATUM(ADD_AUDIENCES), "audiences",
								  &audiences);
	if (!PG_ARGISNULL(ADD_ALGORITHMS))
		gauth_algorithms_argument(PG_GETARG_DATUM(ADD_ALGORITHMS), &accepted);
	if (leeway < 0 || leeway > GAUTH_LEEWAY_MAX)
		gauth_raise_argument("leeway", "between 0 and 10 minutes");
	if (lifetime <= 0 || lifetime > LIFETIME_MAX)
		gauth_raise_argument("max_lifetime", "between 1 second and 10 years");
	if (typ.data != NULL && (typ.len == 0 || gauth_jws_type_is_foreign(typ)))
		gauth_raise_argument("typ", "a type of access token");
}

/* who stands in the way of a new row: the name, or its namespace */
static void
raise_conflict(GauthSpan name)
{
	GauthScan	scan;
	bool		exists;

	gauth_scan_begin(&scan, GAUTH_TABLE_ISSUER);
	gauth_scan_key_text(&scan, ISSUER_ISSUER, name);
	exists = gauth_scan_next(&scan);
	gauth_scan_end(&scan);
	if (exists)
		gauth_raise_issuer_exists();
	gauth_raise_namespace_taken();
}

static void
write_argument(GauthWrite *write, FunctionCallInfo fcinfo, int number,
			   Oid type)
{
	gauth_write_value(write, type, PG_ARGISNULL(number) ? (Datum) 0 :
					  PG_GETARG_DATUM(number), PG_ARGISNULL(number));
}

static void
record_issuer(FunctionCallInfo fcinfo)
{
	GauthRecorder record;

	gauth_record_begin(&record, "issuer.add",
					   gauth_arg_span(fcinfo, ADD_ISSUER));
	gauth_record_text(&record, "namespace",
					  gauth_arg_span(fcinfo, ADD_NAMESPACE));
	gauth_record_text(&record, "hosted", PG_GETARG_BOOL(ADD_HOSTED) ?
					  GAUTH_SPAN("yes") : GAUTH_SPAN("no"));
	gauth_record_end(&record);
}

/*
 * gauth.add_issuer(issuer text, audiences text[], algorithms text[],
 *		jwks json, hosted boolean, namespace text, leeway interval,
 *		max_lifetime interval, typ text) returns void
 */
Datum
gauth_sql_add_issuer(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	check_not_null(fcinfo);
	check_issuer(fcinfo);

	write_argument(&write, fcinfo, ADD_ISSUER, TEXTOID);
	write_argument(&write, fcinfo, ADD_NAMESPACE, TEXTOID);
	write_argument(&write, fcinfo, ADD_AUDIENCES, TEXTARRAYOID);
	write_argument(&write, fcinfo, ADD_ALGORITHMS, TEXTARRAYOID);
	write_argument(&write, fcinfo, ADD_HOSTED, BOOLOID);
	write_argument(&write, fcinfo, ADD_LEEWAY, INTERVALOID);
	write_argument(&write, fcinfo, ADD_MAX_LIFETIME, INTERVALOID);
	write_argument(&write, fcinfo, ADD_TYP, TEXTOID);
	if (gauth_write_run(&write,
						"INSERT INTO gauth.issuer (issuer, namespace,"
						" audiences, algorithms, hosted, leeway,"
						" max_lifetime, typ, created_at)"
						" VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
						" clock_timestamp())"
						" ON CONFLICT DO NOTHING") == 0)
		raise_conflict(gauth_arg_span(fcinfo, ADD_ISSUER));
	record_issuer(fcinfo);

	if (!PG_ARGISNULL(ADD_JWKS))
		(void) gauth_keyring_replace(gauth_arg_span(fcinfo, ADD_ISSUER),
									 gauth_arg_span(fcinfo, ADD_JWKS));
	PG_RETURN_VOID();
}

/*
 * gauth.drop_issuer(issuer text) returns boolean
 */
Datum
gauth_sql_drop_issuer(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_write_text(&write, gauth_arg_span(fcinfo, 0));
	if (gauth_write_run(&write, "DELETE FROM gauth.issuer"
						" WHERE issuer = $1") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_change("issuer.drop", gauth_arg_span(fcinfo, 0));
	PG_RETURN_BOOL(true);
}

/*
 * gauth.put_jwks(issuer text, jwks json) returns integer
 */
Datum
gauth_sql_put_jwks(PG_FUNCTION_ARGS)
{
	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	PG_RETURN_INT32(gauth_keyring_replace(gauth_arg_span(fcinfo, 0),
										  gauth_arg_span(fcinfo, 1)));
}

static GauthAlgorithm
algorithm_argument(GauthSpan name)
{
	GauthAlgorithm algorithm = gauth_algorithm_from_name(name);

	if (algorithm == GAUTH_ALGORITHM_NONE)
		gauth_raise_algorithm_unknown();
	return algorithm;
}

/*
 * gauth.create_key(issuer text, algorithm text) returns text
 */
Datum
gauth_sql_create_key(PG_FUNCTION_ARGS)
{
	GauthAlgorithm algorithm;
	GauthSpan	kid;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	algorithm = algorithm_argument(gauth_arg_span(fcinfo, 1));
	kid = gauth_keyring_create(gauth_arg_span(fcinfo, 0), algorithm);
	PG_RETURN_DATUM(gauth_text_datum(kid));
}

/* of the key that signs now */
static GauthAlgorithm
current_algorithm(GauthSpan name)
{
	GauthIssuer *issuer = gauth_issuer_find(name);
	int			i;

	if (issuer == NULL)
		gauth_raise_issuer_unknown();
	for (i = 0; i < issuer->keys.count; i++)
	{
		if (issuer->infos[i].signs)
			return gauth_key_algorithm(issuer->keys.entries[i].key);
	}
	gauth_raise_key_unknown();
}

/*
 * gauth.rotate_key(issuer text, algorithm text) returns text
 */
Datum
gauth_sql_rotate_key(PG_FUNCTION_ARGS)
{
	GauthAlgorithm algorithm;
	GauthSpan	kid;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	if (PG_ARGISNULL(0))
		gauth_raise_null("issuer");
	if (PG_ARGISNULL(1))
		algorithm = current_algorithm(gauth_arg_span(fcinfo, 0));
	else
		algorithm = algorithm_argument(gauth_arg_span(fcinfo, 1));
	gauth_keyring_retire(gauth_arg_span(fcinfo, 0));
	kid = gauth_keyring_create(gauth_arg_span(fcinfo, 0), algorithm);
	PG_RETURN_DATUM(gauth_text_datum(kid));
}

/*
 * gauth.drop_key(issuer text, kid text) returns boolean
 */
Datum
gauth_sql_drop_key(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};
	GauthRecorder record;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_write_text(&write, gauth_arg_span(fcinfo, 0));
	gauth_write_text(&write, gauth_arg_span(fcinfo, 1));
	if (gauth_write_run(&write, "DELETE FROM gauth.key"
						" WHERE issuer = $1 AND kid = $2") == 0)
		PG_RETURN_BOOL(false);
	gauth_record_begin(&record, "key.drop", gauth_arg_span(fcinfo, 0));
	gauth_record_text(&record, "kid", gauth_arg_span(fcinfo, 1));
	gauth_record_end(&record);
	PG_RETURN_BOOL(true);
}

/* a row's public half, when it has one and still verifies */
static void
append_public_key(GauthText *text, const GauthScan *scan, TimestampTz now)
{
	GauthSpan	jwk = gauth_scan_text(scan, KEY_JWK);
	bool		is_null;
	Datum		until = gauth_scan_value(scan, KEY_VERIFIES_UNTIL, &is_null);

	if (jwk.data == NULL || (!is_null && now >= DatumGetTimestampTz(until)))
		return;
	if (text->data[text->len - 1] != '[')
		gauth_text_append_char(text, ',');
	gauth_text_append(text, jwk);
}

/*
 * gauth.jwks(issuer text) returns jsonb
 */
Datum
gauth_sql_jwks(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthText	text;
	GauthScan	scan;
	GauthSpan	jwks;

	if (gauth_issuer_find(gauth_arg_span(fcinfo, 0)) == NULL)
		gauth_raise_issuer_unknown();
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"keys\":["));
	gauth_scan_begin(&scan, GAUTH_TABLE_KEY);
	gauth_scan_key_text(&scan, KEY_ISSUER, gauth_arg_span(fcinfo, 0));
	while (gauth_scan_next(&scan))
		append_public_key(&text, &scan, GetCurrentStatementStartTimestamp());
	gauth_scan_end(&scan);
	gauth_text_append(&text, GAUTH_SPAN("]}"));
	if (!gauth_text_finish(&text, &jwks))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "jwks");
	PG_RETURN_DATUM(gauth_jsonb_from_text(jwks));
}

/*
 * gauth.put_weak_secrets(secrets text[]) returns bigint
 */
Datum
gauth_sql_put_weak_secrets(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};
	GauthRecorder record;
	uint64		rows;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	gauth_write_value(&write, TEXTARRAYOID, PG_GETARG_DATUM(0), false);
	rows = gauth_write_run(&write,
						   "INSERT INTO gauth.weak_secret (digest)"
						   " SELECT sha256(convert_to(s, 'UTF8'))"
						   " FROM unnest($1) s WHERE s IS NOT NULL"
						   " ON CONFLICT DO NOTHING");
	gauth_record_begin(&record, "key.put_weak_secrets", gauth_span(NULL, 0));
	gauth_record_number(&record, "added", (int64) rows);
	gauth_record_end(&record);
	PG_RETURN_INT64((int64) rows);
}

/*
 * gauth.unlock(secret bytea) returns void
 */
Datum
gauth_sql_unlock(PG_FUNCTION_ARGS)
{
	GauthStatus status = gauth_secret_unlock(gauth_arg_span(fcinfo, 0));

	if (status != GAUTH_OK)
		gauth_raise_status(status, "secret");
	PG_RETURN_VOID();
}

/*
 * gauth.wrap_keys(new_secret bytea) returns bigint
 */
Datum
gauth_sql_wrap_keys(PG_FUNCTION_ARGS)
{
	GauthSpan	secret = gauth_arg_span_or_null(fcinfo, 0);
	int64		count;
	GauthStatus status;
	GauthRecorder record;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	status = gauth_secret_wrap_all(PG_ARGISNULL(0) ? NULL : &secret, &count);
	if (status != GAUTH_OK)
		gauth_raise_status(status, "new_secret");
	gauth_record_begin(&record, "key.wrap", gauth_span(NULL, 0));
	gauth_record_number(&record, "keys", count);
	gauth_record_end(&record);
	PG_RETURN_INT64(count);
}

/*
 * gauth.root_key_state() returns text
 */
Datum
gauth_sql_root_key_state(PG_FUNCTION_ARGS)
{
	const char *name = gauth_status_name(gauth_secret_status());

	PG_RETURN_TEXT_P(cstring_to_text(name));
}

/* both tables begin with issuer and kid */
static void
list_keys(ReturnSetInfo *result, GauthTable table, bool sealed)
{
	GauthScan	scan;

	gauth_scan_begin(&scan, table);
	while (gauth_scan_next(&scan))
	{
		Datum		values[3];
		bool		nulls[3] = {0};

		values[0] = gauth_text_datum(gauth_scan_text(&scan, 1));
		values[1] = gauth_text_datum(gauth_scan_text(&scan, 2));
		values[2] = BoolGetDatum(sealed);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	gauth_scan_end(&scan);
}

/*
 * gauth.list_private_keys()
 *		returns setof (issuer text, kid text, sealed boolean)
 */
Datum
gauth_sql_list_private_keys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	list_keys(result, GAUTH_TABLE_WRAPPED_KEY, true);
	list_keys(result, GAUTH_TABLE_UNWRAPPED_KEY, false);
	return (Datum) 0;
}
