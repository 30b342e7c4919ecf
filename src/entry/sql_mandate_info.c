/*
 * sql_mandate_info.c
 *		What does not depend on any mandate: codes, checksums, health.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/jcs.h"
#include "entry/args.h"
#include "entry/report.h"
#include "poa/checksum.h"
#include "store/crypto.h"
#include "store/memory.h"
#include "store/write.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_mandate_errors);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_health);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_checksum);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_canonical_json);

#define ERROR_COLUMNS	4

/*
 * gauth.mandate_errors() returns table (code text, sqlstate text,
 *										 http_status integer, message text)
 */
Datum
gauth_sql_mandate_errors(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const char *sqlstate = unpack_sql_state(GAUTH_ERRCODE_RULE);
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < GAUTH_RULE_COUNT; i++)
	{
		Datum		values[ERROR_COLUMNS];
		bool		nulls[ERROR_COLUMNS] = {false};

		values[0] = CStringGetTextDatum(gauth_rules[i].code);
		values[1] = CStringGetTextDatum(sqlstate);
		values[2] = Int32GetDatum(gauth_rules[i].http_status);
		values[3] = CStringGetTextDatum(gauth_rules[i].message);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	PG_RETURN_NULL();
}

/*
 * gauth.health() returns jsonb
 */
Datum
gauth_sql_health(PG_FUNCTION_ARGS)
{
	GauthWrite	values = {0};
	Datum		result;

	gauth_write_value(&values, TIMESTAMPTZOID,
					  TimestampTzGetDatum(GetCurrentStatementStartTimestamp()),
					  false);
	if (!gauth_read_value(&values, "SELECT jsonb_build_object("
						  "'status', 'ok', 'version', e.extversion,"
						  " 'server_version',"
						  " current_setting('server_version'),"
						  " 'timestamp', gauth.utc_text($1),"
						  " 'schema_version', '0116.2.2.1',"
						  " 'pep_interface_version', '1.2',"
						  " 'management_api_version', '1.1',"
						  " 'read_only', pg_is_in_recovery(),"
						  " 'features', '{\"delegation\": true,"
						  " \"budget_holds\": true, \"approvals\": true,"
						  " \"cascade\": true, \"ledger\": true,"
						  " \"cedar\": true, \"web3\": false,"
						  " \"ai_decisions\": false,"
						  " \"genetic_identity\": false}'::jsonb)"
						  " FROM pg_extension e WHERE e.extname = 'gauth'",
						  &result))
		elog(ERROR, "gauth is not installed");
	PG_RETURN_DATUM(result);
}

static const GauthJson *
parse(GauthArena *arena, GauthSpan text)
{
	GauthJson  *json;
	GauthError	err = {0};

	gauth_memory_arena(arena, NULL, 0, CurrentMemoryContext);
	if (gauth_json_parse(arena, text, &gauth_json_document_limits, &json,
						 &err) != GAUTH_OK)
		gauth_raise(&err);
	return json;
}

/*
 * gauth.scope_checksum(scope json, method text) returns text
 */
Datum
gauth_sql_scope_checksum(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *scope = parse(&arena, gauth_arg_span(fcinfo, 0));
	GauthChecksumMethod method;
	GauthChecksum checksum;
	GauthError	err = {0};
	GauthHasher hasher = {&arena, gauth_crypto(), &err};

	if (!gauth_checksum_find_method(gauth_arg_span(fcinfo, 1), &method))
		gauth_raise_argument("method", "rfc0116, rfc0118, sdk-ts or sdk-go");
	if (scope->type != GAUTH_JSON_OBJECT)
		gauth_raise_argument("scope", "a JSON object");
	if (gauth_checksum_scope(&hasher, scope, method, &checksum) != GAUTH_OK)
		gauth_raise(&err);
	PG_RETURN_TEXT_P(cstring_to_text(checksum.text));
}

/*
 * gauth.canonical_json(document json) returns text
 */
Datum
gauth_sql_canonical_json(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *json = parse(&arena, gauth_arg_span(fcinfo, 0));
	GauthSpan	canonical;
	GauthError	err = {0};

	if (gauth_jcs_write(&arena, json, &canonical, &err) != GAUTH_OK)
		gauth_raise(&err);
	PG_RETURN_DATUM(gauth_text_datum(canonical));
}
