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
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

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

/*
 * gauth_write_run
 *		Run the statement with the values; returns how many rows it touched.
 *
 * Raises what the statement raises, a read-only transaction included.  An
 * error restores the caller's role and settings with its transaction.
 */
uint64
gauth_write_run(GauthWrite *write, const char *statement)
{
	Oid			caller;
	int			context;
	int			settings = NewGUCNestLevel();
	int			result;
	uint64		rows;

	GetUserIdAndSecContext(&caller, &context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   context | SECURITY_LOCAL_USERID_CHANGE);
	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	SPI_connect();
	result = SPI_execute_with_args(statement, write->count, write->types,
								   write->values, write->nulls, false, 0);
	if (result < 0)
		elog(ERROR, "could not change a table of gauth: %s",
			 SPI_result_code_string(result));
	rows = SPI_processed;
	SPI_finish();
	AtEOXact_GUC(false, settings);
	SetUserIdAndSecContext(caller, context);
	return rows;
}
