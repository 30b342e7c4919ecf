/*
 * setting.c
 *		What an administrator has configured, in gauth.setting.
 *
 * The list below is all there is; gauth.configure refuses other names, so
 * that a misspelt one does not pass for a setting that is in force.
 */
#include "store/setting.h"

#include "utils/builtins.h"

#include "store/compat.h"
#include "store/issuer.h"
#include "store/relation.h"

const GauthSetting gauth_settings[GAUTH_SETTING_COUNT] = {
	{"application_roles", GAUTH_SETTING_STRINGS, "[]",
		"roles that applications connect as; gauth.lint looks at them",
	false},
	{"checkpoint_issuers", GAUTH_SETTING_STRINGS, "[]",
		"hosted issuers whose Ed25519 keys sign checkpoints of the ledger",
	false},
	{"checkpoint_keys", GAUTH_SETTING_STRINGS, "[]",
		"keys of those who sign checkpoints elsewhere and of witnesses, as"
		" NAME+ID+BASE64",
	false},
	{"consumption_clamps", GAUTH_SETTING_BOOL, "false",
		"whether a report of more than a mandate has left takes what is left,"
		" instead of nothing",
	false},
	{"consumption_strict", GAUTH_SETTING_BOOL, "false",
		"whether a consumption that is reported twice is an error",
	false},
	{"delegation_approval", GAUTH_SETTING_BOOL, "false",
		"whether a part of a supervised or four-eyes mandate waits for its"
		" approvers before it is in force",
	false},
	{"enforce_customers", GAUTH_SETTING_STRINGS, "[]",
		"customers whose mandates gauth.enforce applies; none named: all",
	false},
	{"enforce_permits", GAUTH_SETTING_STRINGS, "[]",
		"policy stores that have to permit what gauth.enforce permits; in"
		" \"default\" it is enough not to forbid, unless it is named here",
	false},
	{"enforce_projects", GAUTH_SETTING_STRINGS, "[]",
		"projects whose mandates gauth.enforce applies; none named: all",
	false},
	{"enforce_required", GAUTH_SETTING_STRINGS, "[]",
		"what an action has to say where its mandate restricts it, below the"
		" strict profiles too: sector, region",
	false},
	{"known_modules", GAUTH_SETTING_STRINGS, "[]",
		"names that a mandate's active_modules may have; none: any",
	false},
	{"lint_exempt", GAUTH_SETTING_STRINGS, "[]",
		"tables and views that gauth.lint passes over, as schema.name",
	false},
	{"log_entries", GAUTH_SETTING_BOOL, "false",
		"whether sealed entries of the ledger go to the server log, too, as"
		" JSON",
	false},
	{"log_interval", GAUTH_SETTING_INTERVAL, "\"31 days\"",
		"how long a log of the ledger is written to before the next one is"
		" opened, so that it can be removed one day",
	false},
	{"record_timeout", GAUTH_SETTING_INTERVAL, "\"5 seconds\"",
		"how long a denial, or a permit of a read-only transaction, waits to"
		" be recorded; from 100 milliseconds",
	false},
	{"retention_minimum", GAUTH_SETTING_INTERVAL, "\"1 year\"",
		"how long gauth.audit_retain keeps entries whatever it is told",
	false},
	{"rotation_grace", GAUTH_SETTING_INTERVAL, "\"0 seconds\"",
		"how much longer a rotated key verifies than its last token lives",
	false},
	{"seal_interval", GAUTH_SETTING_INTERVAL, "\"100 milliseconds\"",
		"how long an entry of the ledger waits to be sealed",
	false},
	{"token_retention", GAUTH_SETTING_INTERVAL, "\"0 seconds\"",
		"how long gauth.purge_tokens keeps tokens that have ended",
	false},
	{"worker_idle", GAUTH_SETTING_INTERVAL, "\"1 minute\"",
		"how long the process that records and seals stays with nothing to do;"
		" zero: until the server ends",
	false},
};

static const char *
standard_text(const char *name)
{
	int			i;

	for (i = 0; i < GAUTH_SETTING_COUNT; i++)
	{
		if (strcmp(gauth_settings[i].name, name) == 0)
			return gauth_settings[i].standard;
	}
	elog(ERROR, "gauth has no setting %s", name);
	return NULL;
}

/* the configured value, or the standard one */
static Datum
get_value(const char *name)
{
	GauthScan	scan;
	Datum		value = (Datum) 0;

	gauth_scan_begin(&scan, GAUTH_TABLE_SETTING);
	gauth_scan_key_text(&scan, SETTING_NAME, gauth_span_of(name));
	gauth_scan_key_text(&scan, SETTING_STORE, GAUTH_SPAN(""));
	if (gauth_scan_next(&scan))
	{
		bool		is_null;

		value = gauth_scan_value(&scan, SETTING_VALUE, &is_null);
		value = JsonbPGetDatum(DatumGetJsonbPCopy(value));
	}
	gauth_scan_end(&scan);
	if (value != (Datum) 0)
		return value;
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(standard_text(name)));
}

/*
 * gauth_setting_read_strings
 *		The strings of a JSON array, which point into it; NULL when it is
 *		something else.
 */
GauthSpan *
gauth_setting_read_strings(Jsonb *value, uint32 *count)
{
	uint32		size = JB_ROOT_COUNT(value);
	GauthSpan  *strings = palloc((size + 1) * sizeof(GauthSpan));
	uint32		i;

	*count = 0;
	if (!JB_ROOT_IS_ARRAY(value) || JB_ROOT_IS_SCALAR(value))
		return NULL;
	for (i = 0; i < size; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(&value->root, i);

		if (element->type != jbvString)
			return NULL;
		strings[i] = gauth_span(element->val.string.val,
								(size_t) element->val.string.len);
	}
	*count = size;
	return strings;
}

/*
 * gauth_setting_strings_or_null
 *		The value of a setting of type strings, in the current memory context;
 *		NULL when somebody has put something else there.
 */
GauthSpan *
gauth_setting_strings_or_null(const char *name, uint32 *count)
{
	return gauth_setting_read_strings(DatumGetJsonbP(get_value(name)), count);
}

/*
 * gauth_setting_strings
 *		The same; raises when it is something else.
 */
GauthSpan *
gauth_setting_strings(const char *name, uint32 *count)
{
	GauthSpan  *strings = gauth_setting_strings_or_null(name, count);

	if (strings == NULL)
		elog(ERROR, "gauth setting %s is not an array of strings", name);
	return strings;
}

/*
 * gauth_setting_interval
 *		The interval that a JSON string stands for, or NULL when the value is
 *		not a string; raises when the server cannot read it.
 */
Interval *
gauth_setting_interval(Jsonb *value)
{
	JsonbValue	scalar;
	char	   *text;
	Datum		interval;

	if (!JsonbExtractScalar(&value->root, &scalar) ||
		scalar.type != jbvString)
		return NULL;
	text = pnstrdup(scalar.val.string.val, scalar.val.string.len);
	interval = DirectFunctionCall3(interval_in, CStringGetDatum(text),
								   ObjectIdGetDatum(InvalidOid),
								   Int32GetDatum(-1));
	return DatumGetIntervalP(interval);
}

static Interval *
get_interval(const char *name)
{
	Interval   *interval =
		gauth_setting_interval(DatumGetJsonbP(get_value(name)));

	if (interval == NULL)
		elog(ERROR, "gauth setting %s is not a string", name);
	return interval;
}

/*
 * gauth_setting_seconds
 *		The value of a setting of type interval, in whole seconds.
 */
int64
gauth_setting_seconds(const char *name)
{
	return gauth_interval_seconds(get_interval(name));
}

/*
 * gauth_setting_milliseconds
 *		The same in milliseconds.
 */
int64
gauth_setting_milliseconds(const char *name)
{
	Interval   *interval = get_interval(name);

	return gauth_interval_seconds(interval) * 1000 +
		interval->time % USECS_PER_SEC / 1000;
}

/*
 * gauth_setting_bool
 *		The value of a setting that is true or false.
 */
bool
gauth_setting_bool(const char *name)
{
	Jsonb	   *value = DatumGetJsonbP(get_value(name));
	JsonbValue	scalar;

	return JsonbExtractScalar(&value->root, &scalar) &&
		scalar.type == jbvBool && scalar.val.boolean;
}
