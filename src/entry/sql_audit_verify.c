/*
 * sql_audit_verify.c
 *		Verification of the ledger.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "entry/args.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/ledger_hash.h"
#include "store/ledger_stream.h"
#include "store/ledger_verify.h"

/* positions that mode tail looks at when it is not told from where */
#define TAIL_SIZE	10000

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_verify);

/* the arguments, by place */
enum
{
	VERIFY_MODE, VERIFY_SINCE, VERIFY_UNTIL
};

static void
put_finding(void *state, const char *severity, const char *entry,
			const char *finding)
{
	ReturnSetInfo *result = state;
	Datum		values[3];
	bool		nulls[3] = {0};

	values[0] = CStringGetTextDatum(severity);
	values[1] = CStringGetTextDatum(entry);
	values[2] = CStringGetTextDatum(finding);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static uint64
position_argument(FunctionCallInfo fcinfo, int number, uint64 standard)
{
	if (PG_ARGISNULL(number))
		return standard;
	return (uint64) Max(PG_GETARG_INT64(number), 0);
}

static void
read_mode(FunctionCallInfo fcinfo, GauthVerification *verification)
{
	uint64		end = gauth_stream_limit(verification->snapshot);
	GauthSpan	mode;

	if (PG_ARGISNULL(VERIFY_MODE))
		gauth_raise_null("mode");
	mode = gauth_arg_span(fcinfo, VERIFY_MODE);
	verification->until = PG_UINT64_MAX;
	verification->total = end;
	if (gauth_span_is(mode, "full"))
		verification->whole = true;
	else if (gauth_span_is(mode, "tail"))
		verification->since =
			position_argument(fcinfo, VERIFY_SINCE,
							  end > TAIL_SIZE ? end - TAIL_SIZE : 0);
	else if (gauth_span_is(mode, "range"))
	{
		verification->since = position_argument(fcinfo, VERIFY_SINCE, 0);
		verification->until = position_argument(fcinfo, VERIFY_UNTIL,
												PG_UINT64_MAX);
	}
	else
		gauth_raise_argument("mode", "full, tail or range");
	if (!verification->whole)
		verification->total = Min(end, verification->until) -
			Min(end, verification->since);
}

/*
 * gauth.audit_verify(mode text, since bigint, until bigint)
 *		returns setof (severity text, entry text, finding text)
 *
 * Batches and entries are read under one snapshot, taken here: an older one
 * would not show what a batch of a moment ago has sealed.
 */
Datum
gauth_sql_audit_verify(PG_FUNCTION_ARGS)
{
	GauthVerification verification = {0};

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	InitMaterializedSRF(fcinfo, 0);
	verification.report = put_finding;
	verification.state = fcinfo->resultinfo;
	verification.snapshot = gauth_log_snapshot();
	read_mode(fcinfo, &verification);
	gauth_ledger_verify(&verification);
	UnregisterSnapshot(verification.snapshot);
	if (debug_query_string != NULL)
		pgstat_report_activity(STATE_RUNNING, debug_query_string);
	return (Datum) 0;
}
