/*
 * write.c
 *		Changing gauth's own tables.
 *
 * Reads go past SQL (relation.c); a write wants its constraints, indexes and
 * triggers, so it is a statement, run as the tables' owner.  The statement is
 * always a constant of ours and its operators are resolved in pg_catalog
 * alone: whatever the caller has in the search path does not take part.
 */
#include "store/write.h"

#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

/* statements whose plan a session keeps */
#define PLANS_MAX		256

/*
 * gauth_write_value
 *		Append a value.
 */
void
gauth_write_value(GauthWrite *write, Oid type, Datum value, bool is_null)
{
	Assert(write->count < GAUTH_WRITE_VALUES_MAX);
	write->types[write->count] = type;
	write->values[write->count] = value;
	write->nulls[write->count] = is_null ? 'n' : ' ';
	write->count++;
}

/*
 * gauth_write_text
 *		Append a text; null when the span has no data.
 */
void
gauth_write_text(GauthWrite *write, GauthSpan value)
{
	text	   *copy = cstring_to_text_with_len(value.data, (int) value.len);

	gauth_write_value(write, TEXTOID, PointerGetDatum(copy),
					  value.data == NULL);
}

/*
 * gauth_write_bytes
 *		Append a bytea.
 */
void
gauth_write_bytes(GauthWrite *write, GauthSpan value)
{
	bytea	   *copy = cstring_to_text_with_len(value.data, (int) value.len);

	gauth_write_value(write, BYTEAOID, PointerGetDatum(copy), false);
}

/*
 * gauth_write_bool
 *		Append a boolean.
 */
void
gauth_write_bool(GauthWrite *write, bool value)
{
	gauth_write_value(write, BOOLOID, BoolGetDatum(value), false);
}

/* a statement that was run before */
typedef struct KeptPlan
{
	uint64		hash;			/* of the statement; key of the table */
	char	   *statement;
	int			count;			/* of its parameters */
	Oid			types[GAUTH_WRITE_VALUES_MAX];
	SPIPlanPtr	plan;
} KeptPlan;

static HTAB *plans;

static bool
is_plan_of(const KeptPlan *plan, const GauthWrite *write,
		   const char *statement)
{
	return plan->count == write->count &&
		memcmp(plan->types, write->types, sizeof(Oid) * write->count) == 0 &&
		strcmp(plan->statement, statement) == 0;
}

static void
make_plans(void)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(uint64);
	control.entrysize = sizeof(KeptPlan);
	control.hcxt = CacheMemoryContext;
	plans = hash_create("gauth plans", PLANS_MAX, &control,
						HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* in the order that leaves nothing half done when something raises */
static void
keep_plan(uint64 hash, const GauthWrite *write, const char *statement,
		  SPIPlanPtr prepared)
{
	char	   *copy;
	KeptPlan   *plan;

	if (hash_get_num_entries(plans) >= PLANS_MAX)
		return;
	copy = MemoryContextStrdup(CacheMemoryContext, statement);
	plan = hash_search(plans, &hash, HASH_ENTER, NULL);
	plan->statement = copy;
	plan->count = write->count;
	memcpy(plan->types, write->types, sizeof(Oid) * write->count);
	plan->plan = prepared;
	(void) SPI_keepplan(prepared);
}

/*
 * The statement's plan, kept for the session unless it has very many.  To plan
 * costs more than to run: a statement touches one row by its key.
 */
static SPIPlanPtr
find_plan(GauthWrite *write, const char *statement)
{
	uint64		hash = hash_bytes_extended((const unsigned char *) statement,
										   (int) strlen(statement), 0);
	SPIPlanPtr	prepared;
	KeptPlan   *plan;

	if (plans == NULL)
		make_plans();
	plan = hash_search(plans, &hash, HASH_FIND, NULL);
	if (plan != NULL && is_plan_of(plan, write, statement))
		return plan->plan;
	prepared = SPI_prepare(statement, write->count, write->types);
	if (prepared == NULL)
		elog(ERROR, "could not prepare a statement of gauth: %s",
			 SPI_result_code_string(SPI_result));
	if (plan == NULL)
		keep_plan(hash, write, statement, prepared);
	return prepared;
}

/* what the statement gave: its first column in its first row */
typedef struct Outcome
{
	uint64		rows;
	bool		is_null;		/* or no row */
	Datum		value;			/* in the caller's memory context */
} Outcome;

static void
take_value(Outcome *outcome)
{
	TupleDesc	row;
	Form_pg_attribute column;

	outcome->is_null = true;
	if (SPI_processed == 0 || SPI_tuptable == NULL)
		return;
	row = SPI_tuptable->tupdesc;
	if (row->natts == 0)
		return;
	column = TupleDescAttr(row, 0);
	outcome->value = SPI_getbinval(SPI_tuptable->vals[0], row, 1,
								   &outcome->is_null);
	if (!outcome->is_null)
		outcome->value = SPI_datumTransfer(outcome->value, column->attbyval,
										   column->attlen);
}

/*
 * Raises what the statement raises, a read-only transaction included.  An
 * error restores the caller's role and settings with its transaction.
 */
static Outcome
execute(GauthWrite *write, const char *statement, bool read_only)
{
	Outcome		outcome = {0};
	Oid			caller;
	int			context;
	int			settings = NewGUCNestLevel();
	int			result;

	GetUserIdAndSecContext(&caller, &context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   context | SECURITY_LOCAL_USERID_CHANGE);
	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	SPI_connect();
	result = SPI_execute_plan(find_plan(write, statement), write->values,
							  write->nulls, read_only, 0);
	if (result < 0)
		elog(ERROR, "could not run a statement of gauth: %s",
			 SPI_result_code_string(result));
	outcome.rows = SPI_processed;
	take_value(&outcome);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	SetUserIdAndSecContext(caller, context);
	return outcome;
}

/*
 * gauth_write_run
 *		Run the statement with the values; returns how many rows it touched.
 */
uint64
gauth_write_run(GauthWrite *write, const char *statement)
{
	return execute(write, statement, false).rows;
}

/*
 * gauth_write_returning
 *		The same, for its first column in its first row, in the caller's
 *		memory context; false when that is null or there is no row.
 */
bool
gauth_write_returning(GauthWrite *write, const char *statement, Datum *value)
{
	Outcome		outcome = execute(write, statement, false);

	*value = outcome.value;
	return !outcome.is_null;
}

/*
 * gauth_read_value
 *		The first column in the first row of a query; false when that is null
 *		or there is no row.
 *
 * It sees what the caller's statement sees, changes nothing, and may run in
 * a parallel worker.
 */
bool
gauth_read_value(GauthWrite *values, const char *statement, Datum *value)
{
	Outcome		outcome = execute(values, statement, true);

	*value = outcome.value;
	return !outcome.is_null;
}
