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
#include "base/json_write.h"
#include "entry/args.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "poa/ceiling.h"
#include "poa/checksum.h"
#include "store/crypto.h"
#include "store/memory.h"
#include "store/write.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_governance_profiles);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_mandate_errors);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_health);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_checksum);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_canonical_json);

#define ERROR_COLUMNS	4

static void
append_flag(GauthText *text, const char *name, bool flag)
{
	gauth_text_append_member(text, name);
	gauth_text_append(text, flag ? GAUTH_SPAN("true") : GAUTH_SPAN("false"));
}

static void
append_word(GauthText *text, const char *name, const char *word)
{
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, gauth_span_of(word));
}

/* no limit is null */
static void
append_limit(GauthText *text, const char *name, int64 limit)
{
	gauth_text_append_member(text, name);
	if (limit == GAUTH_ABSENT)
		gauth_text_append(text, GAUTH_SPAN("null"));
	else
		gauth_text_append_int64(text, limit);
}

static void
append_targets(GauthText *text, unsigned targets)
{
	static const struct
	{
		unsigned	bit;
		const char *name;
	}			all[] = {
		{GAUTH_TARGET_DEV, "dev"},
		{GAUTH_TARGET_STAGING, "staging"},
		{GAUTH_TARGET_PROD, "prod"},
	};
	bool		first = true;
	size_t		i;

	gauth_text_append_member(text, "deployment_targets");
	gauth_text_append_char(text, '[');
	for (i = 0; i < lengthof(all); i++)
	{
		if ((targets & all[i].bit) == 0)
			continue;
		if (!first)
			gauth_text_append_char(text, ',');
		first = false;
		gauth_text_append_json_string(text, gauth_span_of(all[i].name));
	}
	gauth_text_append_char(text, ']');
}

static const char *
shell_name(GauthShellMode mode)
{
	switch (mode)
	{
		case GAUTH_SHELL_ANY:
			return "any";
		case GAUTH_SHELL_DENYLIST:
			return "denylist";
		default:
			return "allowlist";
	}
}

/* the fourteen attributes, in the order of RFC 0118 section 9.2 */
static void
append_ceiling(GauthText *text, const GauthCeiling *ceiling)
{
	gauth_text_append_char(text, '{');
	append_targets(text, ceiling->targets);
	append_flag(text, "auto_deploy", ceiling->auto_deploy);
	append_flag(text, "db_write", ceiling->database_write);
	append_flag(text, "db_migration", ceiling->database_migrate);
	append_flag(text, "db_production", ceiling->database_production);
	append_word(text, "shell_mode", shell_name(ceiling->shell_mode));
	append_flag(text, "packages_audited_only",
				ceiling->verified_packages_only);
	append_flag(text, "secrets_read", ceiling->secrets_read);
	append_flag(text, "secrets_create", ceiling->secrets_create);
	append_limit(text, "agent_delegation_depth", ceiling->delegation_depth);
	append_word(text, "minimum_approval",
				gauth_approval_name(ceiling->min_approval));
	append_limit(text, "max_session_duration_minutes",
				 ceiling->max_session_minutes);
	append_limit(text, "max_tool_calls", ceiling->max_tool_calls);
	append_limit(text, "max_lines_per_commit",
				 ceiling->max_lines_per_commit);
	gauth_text_append_char(text, '}');
}

/*
 * gauth.governance_profiles() returns jsonb
 */
Datum
gauth_sql_governance_profiles(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthText	text;
	GauthSpan	json;
	int			i;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"profiles\":["));
	for (i = 0; i < GAUTH_PROFILE_COUNT; i++)
	{
		gauth_text_append(&text, i == 0 ? GAUTH_SPAN("{") : GAUTH_SPAN(",{"));
		append_word(&text, "profile", gauth_profile_name((GauthProfile) i));
		append_limit(&text, "level", i);
		gauth_text_append_member(&text, "ceilings");
		append_ceiling(&text, gauth_ceiling_of((GauthProfile) i));
		gauth_text_append_char(&text, '}');
	}
	gauth_text_append(&text, GAUTH_SPAN("]}"));
	if (!gauth_text_finish(&text, &json))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "profiles");
	PG_RETURN_DATUM(gauth_jsonb_from_text(json));
}

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
