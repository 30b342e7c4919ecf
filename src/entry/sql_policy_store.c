/*
 * sql_policy_store.c
 *		Policy stores as a whole: made and dropped, their mode, their schema.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "entry/args.h"
#include "entry/policy_change.h"
#include "entry/report.h"
#include "entry/require.h"
#include "entry/strings.h"
#include "store/access.h"
#include "store/policy_share.h"
#include "store/policy_store.h"

#define STORE_NAME_MAX	255

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_create_policy_store);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_drop_policy_store);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_set_policy_mode);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_put_schema);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_policy_sets);

static void
check_mode(GauthSpan mode)
{
	GauthPolicyMode ignored;

	if (!gauth_policy_mode_find(mode, &ignored))
		gauth_raise_argument("mode", "strict or cedar");
}

/*
 * gauth.create_policy_store(name text, mode text) returns void
 *
 * The versions go on behind those of a store of the same name that was
 * dropped: no two of them are ever the same.
 */
Datum
gauth_sql_create_policy_store(PG_FUNCTION_ARGS)
{
	GauthSpan	name = gauth_arg_span(fcinfo, 0);
	GauthSpan	mode = gauth_arg_span(fcinfo, 1);
	GauthPolicyChange change;
	GauthWrite	write = {0};

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	if (name.len == 0 || name.len > STORE_NAME_MAX)
		gauth_raise_argument("name", "a text of 1 to 255 bytes");
	check_mode(mode);

	gauth_write_text(&write, name);
	gauth_write_text(&write, mode);
	gauth_write_text(&write, gauth_span_of(GAUTH_POLICY_LANGUAGE));
	if (gauth_span_is(name, GAUTH_DEFAULT_STORE) ||
		gauth_write_run(&write,
						"INSERT INTO gauth.policy_store (store, mode,"
						" language_version, version, created_at)"
						" SELECT $1, $2, $3, coalesce(max(version), -1),"
						" clock_timestamp() FROM gauth.policy_history"
						" WHERE store = $1 ON CONFLICT DO NOTHING") == 0)
		gauth_raise_exists("policy store");
	gauth_policy_change_begin(&change, name);
	gauth_policy_change_record(&change, GAUTH_SPAN(""), GAUTH_CHANGE_MODE,
							   mode);
	gauth_policy_change_count(&change);
	PG_RETURN_VOID();
}

/* each with $1 store, $2 version, $3 author; the store takes the rest along */
static const char *const drop_statements[] = {
	"WITH gone AS (DELETE FROM gauth.policy_link WHERE store = $1"
	" RETURNING id) "
	GAUTH_DROPS_INTO_HISTORY,

	"WITH gone AS (DELETE FROM gauth.policy WHERE store = $1"
	" RETURNING id) "
	GAUTH_DROPS_INTO_HISTORY,

	"WITH gone AS (DELETE FROM gauth.policy_store WHERE store = $1"
	" RETURNING '' AS id) "
	GAUTH_DROPS_INTO_HISTORY,
};

/*
 * gauth.drop_policy_store(name text) returns void
 *
 * Who was an administrator of it is not one of the next store of that name.
 */
Datum
gauth_sql_drop_policy_store(PG_FUNCTION_ARGS)
{
	GauthSpan	name = gauth_arg_span(fcinfo, 0);
	GauthPolicyChange change;
	GauthWrite	write = {0};
	GauthWrite	setting = {0};
	size_t		i;

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	if (gauth_span_is(name, GAUTH_DEFAULT_STORE))
		gauth_raise_argument("name", "a store other than default");
	gauth_policy_change_begin(&change, name);
	gauth_policy_change_values(&change, &write);
	for (i = 0; i < lengthof(drop_statements); i++)
		(void) gauth_write_run(&write, drop_statements[i]);
	gauth_write_text(&setting, name);
	(void) gauth_write_run(&setting,
						   "DELETE FROM gauth.setting WHERE store = $1");
	gauth_access_drop_object(GAUTH_ADMINISTRATOR, name);
	gauth_policy_change_note(&change, GAUTH_SPAN(""), "policy.drop_store");
	PG_RETURN_VOID();
}

/*
 * gauth.set_policy_mode(mode text, store text) returns void
 */
Datum
gauth_sql_set_policy_mode(PG_FUNCTION_ARGS)
{
	GauthSpan	mode = gauth_arg_span(fcinfo, 0);
	GauthPolicyChange change;
	GauthWrite	write = {0};

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 1));
	check_mode(mode);
	gauth_write_text(&write, change.store);
	gauth_write_text(&write, mode);
	(void) gauth_write_run(&write, "UPDATE gauth.policy_store SET mode = $2"
						   " WHERE store = $1");
	gauth_policy_change_record(&change, GAUTH_SPAN(""), GAUTH_CHANGE_MODE,
							   mode);
	gauth_policy_change_end(&change, true);
	PG_RETURN_VOID();
}

/*
 * gauth.put_schema(schema text, store text) returns void
 */
Datum
gauth_sql_put_schema(PG_FUNCTION_ARGS)
{
	GauthSpan	source = gauth_arg_span(fcinfo, 0);
	GauthPolicyChange change;
	const GauthSchema *schema;
	GauthWrite	write = {0};
	GauthError	err = {0};

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 1));
	if (gauth_policy_schema_read(&change.arena, source, &schema,
								 &err) != GAUTH_OK)
		gauth_policy_change_fail(&err, source, "schema");
	gauth_write_text(&write, change.store);
	gauth_write_text(&write, source);
	(void) gauth_write_run(&write, "UPDATE gauth.policy_store SET schema = $2"
						   " WHERE store = $1");
	gauth_policy_change_record(&change, GAUTH_SPAN(""), GAUTH_CHANGE_SCHEMA,
							   source);
	gauth_policy_change_end(&change, true);
	PG_RETURN_VOID();
}

/* the columns of gauth.policy_sets, by place */
enum
{
	SET_STORE, SET_VERSION, SET_POLICIES, SET_SIZE, SET_BUILT, SET_SHARED,
	SET_USES, SET_COLUMNS
};

static void
put_set(void *state, void *thing)
{
	ReturnSetInfo *result = state;
	const GauthPolicyStore *store = thing;
	Datum		values[SET_COLUMNS];
	bool		nulls[SET_COLUMNS] = {0};
	bool		is_shared = store->shared.segment != NULL;
	int64		uses = 0;

	values[SET_STORE] = gauth_text_datum(store->name);
	values[SET_VERSION] = Int64GetDatum(store->version);
	values[SET_POLICIES] =
		Int32GetDatum((int32) gauth_policy_set_count(store->set));
	values[SET_SIZE] =
		Int64GetDatum((int64) gauth_policy_set_size(store->set));
	values[SET_BUILT] = BoolGetDatum(store->built);
	values[SET_SHARED] = BoolGetDatum(is_shared);
	nulls[SET_USES] = !is_shared ||
		!gauth_policy_share_uses(store->key, &uses);
	values[SET_USES] = Int64GetDatum(uses);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * gauth.policy_sets() returns setof (store text, version bigint,
 *		policies integer, size bigint, built boolean, shared boolean,
 *		uses bigint)
 */
Datum
gauth_sql_policy_sets(PG_FUNCTION_ARGS)
{
	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	InitMaterializedSRF(fcinfo, 0);
	gauth_policy_store_each(put_set, fcinfo->resultinfo);
	return (Datum) 0;
}
