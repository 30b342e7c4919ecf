/*
 * sql_access.c
 *		Capabilities and settings.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/tuplestore.h"

#include "entry/args.h"
#include "entry/checkpoint_key.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/require.h"
#include "entry/sink.h"
#include "store/access.h"
#include "store/setting.h"
#include "store/write.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_grant_access);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_access);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_reapply_access);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_close_access);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_configure);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_list_settings);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_has_capability);

/* the arguments of gauth.grant_access and gauth.revoke_access */
typedef struct Grant
{
	char	   *role;
	GauthCapability capability;
	GauthSpan	object;			/* empty: all of them */
} Grant;

static void
read_grant(FunctionCallInfo fcinfo, Grant *grant)
{
	if (PG_ARGISNULL(0))
		gauth_raise_null("role");
	if (PG_ARGISNULL(1))
		gauth_raise_null("capability");
	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	if (!gauth_capability_find(gauth_arg_span(fcinfo, 1), &grant->capability))
		gauth_raise_capability_unknown();
	grant->object = gauth_arg_span_or_null(fcinfo, 2);
	if (grant->object.data == NULL)
		grant->object = GAUTH_SPAN("");
	else if (!gauth_capability_has_objects(grant->capability))
		gauth_raise_object_refused(gauth_capability_name(grant->capability));
	grant->role = GetUserNameFromId(PG_GETARG_OID(0), false);
}

static uint64
write_grant(const Grant *grant, const char *statement)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, gauth_span_of(grant->role));
	gauth_write_text(&write,
					 gauth_span_of(gauth_capability_name(grant->capability)));
	gauth_write_text(&write, grant->object);
	return gauth_write_run(&write, statement);
}

static void
record_grant(const Grant *grant, const char *kind)
{
	const char *capability = gauth_capability_name(grant->capability);
	GauthRecorder record;

	gauth_record_begin(&record, kind, gauth_span_of(grant->role));
	gauth_record_text(&record, "capability", gauth_span_of(capability));
	if (grant->object.len > 0)
		gauth_record_text(&record, "object", grant->object);
	gauth_record_end(&record);
}

/*
 * gauth.grant_access(role regrole, capability text, object text) returns void
 */
Datum
gauth_sql_grant_access(PG_FUNCTION_ARGS)
{
	Grant		grant;

	read_grant(fcinfo, &grant);
	(void) write_grant(&grant,
					   "INSERT INTO gauth.access (role, capability, object)"
					   " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
	gauth_access_apply(grant.role, grant.capability, true);
	record_grant(&grant, "access.grant");
	PG_RETURN_VOID();
}

/*
 * gauth.revoke_access(role regrole, capability text, object text) returns void
 */
Datum
gauth_sql_revoke_access(PG_FUNCTION_ARGS)
{
	Grant		grant;

	read_grant(fcinfo, &grant);
	(void) write_grant(&grant,
					   "DELETE FROM gauth.access WHERE role = $1"
					   " AND capability = $2 AND object = $3");
	gauth_access_withdraw(grant.role, grant.capability);
	record_grant(&grant, "access.revoke");
	PG_RETURN_VOID();
}

/*
 * gauth.reapply_access() returns bigint
 */
Datum
gauth_sql_reapply_access(PG_FUNCTION_ARGS)
{
	GauthRecorder record;
	int64		count;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	count = gauth_access_apply_all(gauth_warn_role_missing);
	gauth_record_begin(&record, "access.reapply", gauth_span(NULL, 0));
	gauth_record_number(&record, "rows", count);
	gauth_record_end(&record);
	PG_RETURN_INT64(count);
}

/*
 * gauth.close_access() returns void
 */
Datum
gauth_sql_close_access(PG_FUNCTION_ARGS)
{
	gauth_access_close();
	PG_RETURN_VOID();
}

/*
 * gauth.has_capability(capability text, object text) returns boolean
 */
Datum
gauth_sql_has_capability(PG_FUNCTION_ARGS)
{
	GauthCapability capability;
	GauthSpan	object;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!gauth_capability_find(gauth_arg_span(fcinfo, 0), &capability))
		gauth_raise_capability_unknown();
	object = gauth_arg_span_or_null(fcinfo, 1);
	PG_RETURN_BOOL(gauth_access_allows(capability,
									   PG_ARGISNULL(1) ? NULL : &object));
}

static const GauthSetting *
find_setting(GauthSpan name)
{
	int			i;

	for (i = 0; i < GAUTH_SETTING_COUNT; i++)
	{
		if (gauth_span_is(name, gauth_settings[i].name))
			return &gauth_settings[i];
	}
	return NULL;
}

static bool
is_boolean(Jsonb *value)
{
	JsonbValue	scalar;

	return JsonbExtractScalar(&value->root, &scalar) &&
		scalar.type == jbvBool;
}

static bool
value_fits(const GauthSetting *setting, Jsonb *value)
{
	Interval   *interval;
	uint32		count;

	switch (setting->type)
	{
		case GAUTH_SETTING_STRINGS:
			return gauth_setting_read_strings(value, &count) != NULL;
		case GAUTH_SETTING_BOOL:
			return is_boolean(value);
		case GAUTH_SETTING_INTERVAL:
			interval = gauth_setting_interval(value);
			return interval != NULL && interval->time >= 0 &&
				interval->day >= 0 && interval->month >= 0;
	}
	return false;
}

/* what a setting asks of its value beyond the type */
static void
check_setting(const GauthSetting *setting, Jsonb *value)
{
	uint32		count;
	GauthSpan  *strings;

	if (!value_fits(setting, value))
		gauth_raise_setting_unknown();
	if (strcmp(setting->name, "checkpoint_keys") != 0)
		return;
	strings = gauth_setting_read_strings(value, &count);
	gauth_checkpoint_keys_check(strings, count);
}

/* a null value goes back to the standard */
static void
record_setting(FunctionCallInfo fcinfo)
{
	GauthRecorder record;
	Jsonb	   *value;

	gauth_record_begin(&record, "setting.configure",
					   gauth_arg_span(fcinfo, 0));
	gauth_record_text(&record, "store", gauth_arg_span_or_null(fcinfo, 2));
	if (!PG_ARGISNULL(1))
	{
		value = PG_GETARG_JSONB_P(1);
		gauth_record_json(&record, "value",
						  gauth_span_of(JsonbToCString(NULL, &value->root,
													   VARSIZE(value))));
	}
	gauth_record_end(&record);
}

/* one setting is about something that has a position of its own */
static void
apply_setting(FunctionCallInfo fcinfo)
{
	bool		is_on = !PG_ARGISNULL(1) &&
		gauth_setting_bool("log_entries");

	if (gauth_span_is(gauth_arg_span(fcinfo, 0), "log_entries"))
		gauth_sink_mirror(is_on);
}

/*
 * gauth.configure(name text, value jsonb, store text) returns void
 */
Datum
gauth_sql_configure(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};
	const GauthSetting *setting;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	if (PG_ARGISNULL(0))
		gauth_raise_null("name");
	setting = find_setting(gauth_arg_span(fcinfo, 0));
	if (setting == NULL || (!PG_ARGISNULL(2) && !setting->per_store))
		gauth_raise_setting_unknown();

	gauth_write_text(&write, gauth_arg_span(fcinfo, 0));
	gauth_write_text(&write, PG_ARGISNULL(2) ? GAUTH_SPAN("") :
					 gauth_arg_span(fcinfo, 2));
	if (PG_ARGISNULL(1))
	{
		(void) gauth_write_run(&write, "DELETE FROM gauth.setting"
							   " WHERE name = $1 AND store = $2");
		apply_setting(fcinfo);
		record_setting(fcinfo);
		PG_RETURN_VOID();
	}
	check_setting(setting, PG_GETARG_JSONB_P(1));
	gauth_write_value(&write, JSONBOID, PG_GETARG_DATUM(1), false);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.setting (name, store, value)"
						   " VALUES ($1, $2, $3) ON CONFLICT (name, store)"
						   " DO UPDATE SET value = $3");
	CommandCounterIncrement();
	apply_setting(fcinfo);
	record_setting(fcinfo);
	PG_RETURN_VOID();
}

/*
 * gauth.list_settings()
 *		returns setof (name text, standard jsonb, meaning text)
 */
Datum
gauth_sql_list_settings(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < GAUTH_SETTING_COUNT; i++)
	{
		const GauthSetting *setting = &gauth_settings[i];
		Datum		values[3];
		bool		nulls[3] = {0};

		values[0] = CStringGetTextDatum(setting->name);
		values[1] = DirectFunctionCall1(jsonb_in,
										CStringGetDatum(setting->standard));
		values[2] = CStringGetTextDatum(setting->meaning);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}
