/*
 * sql_recorder.c
 *		The process that records denials and seals, as an operator sees it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "entry/args.h"
#include "store/ring.h"

#define STATE_COLUMNS	16

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_recorder_state);

/* one column after the other */
typedef struct Row
{
	int			count;
	Datum		values[STATE_COLUMNS];
	bool		nulls[STATE_COLUMNS];
} Row;

static void
add(Row *row, Datum value, bool is_null)
{
	row->values[row->count] = value;
	row->nulls[row->count] = is_null;
	row->count++;
}

static void
add_number(Row *row, uint64 number)
{
	add(row, Int64GetDatum((int64) number), false);
}

static void
add_time(Row *row, TimestampTz instant)
{
	add(row, TimestampTzGetDatum(instant), instant == 0);
}

static void
fill(Row *row, const GauthRingStatus *status)
{
	char	   *error = unpack_sql_state(status->last_error);

	add(row, CStringGetTextDatum(status->worker), false);
	add(row, Int32GetDatum(status->worker_pid), status->worker_pid == 0);
	add_time(row, status->worker_since);
	add(row, Int32GetDatum(status->parts), false);
	add(row, Int32GetDatum(status->parts_used), false);
	add(row, Int32GetDatum(status->parts_most), false);
	add(row, Int32GetDatum(status->waiting), false);
	add(row, Int32GetDatum(status->unwritten), false);
	add_number(row, status->posted);
	add_number(row, status->written);
	add_number(row, status->refused);
	add_number(row, status->kept);
	add_number(row, status->lost);
	add_time(row, status->sealed_at);
	add(row, CStringGetTextDatum(error), status->last_error == 0);
	add_time(row, status->last_error_at);
}

/*
 * gauth.recorder_state() returns record
 */
Datum
gauth_sql_recorder_state(PG_FUNCTION_ARGS)
{
	GauthRingStatus status;
	Row			row = {0};
	TupleDesc	type;

	if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (!gauth_ring_status(&status))
		status.worker = "no memory";
	fill(&row, &status);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type),
													  row.values,
													  row.nulls)));
}
