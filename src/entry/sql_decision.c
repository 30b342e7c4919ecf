/*
 * sql_decision.c
 *		Decisions of a policy store: yes or no, with reasons, with everything.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/text.h"
#include "entry/args.h"
#include "entry/decision_json.h"
#include "entry/decision_record.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "entry/require.h"
#include "entry/uid_arg.h"
#include "store/authorize.h"
#include "store/memory.h"

/* what one decision of the usual size needs: no allocation at all */
#define STACK_ARENA		(8 * 1024)

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_is_authorized);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_decide);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_explain);

/* the arguments of all three, by place */
enum
{
	ASK_PRINCIPAL, ASK_ACTION, ASK_RESOURCE, ASK_CONTEXT, ASK_STORE
};

/* lives as long as the plan; one for each place in it */
static GauthSession *
get_session(FunctionCallInfo fcinfo)
{
	GauthSession *session = fcinfo->flinfo->fn_extra;

	if (session == NULL)
	{
		session = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
										 sizeof(*session));
		session->memory = fcinfo->flinfo->fn_mcxt;
		fcinfo->flinfo->fn_extra = session;
	}
	return session;
}

static const GauthUid *
read_uid(FunctionCallInfo fcinfo, GauthArena *arena, int number,
		 const char *name)
{
	if (PG_ARGISNULL(number))
		gauth_raise_null(name);
	return gauth_uid_argument(arena, gauth_arg_span(fcinfo, number), name);
}

static void
read_ask(FunctionCallInfo fcinfo, GauthArena *arena, GauthAsk *ask)
{
	memset(ask, 0, sizeof(*ask));
	if (PG_ARGISNULL(ASK_STORE))
		gauth_raise_null("store");
	if (!PG_ARGISNULL(ASK_PRINCIPAL))
		ask->principal = read_uid(fcinfo, arena, ASK_PRINCIPAL, "principal");
	ask->action = read_uid(fcinfo, arena, ASK_ACTION, "action");
	ask->resource = read_uid(fcinfo, arena, ASK_RESOURCE, "resource");
	ask->context = gauth_arg_span_or_null(fcinfo, ASK_CONTEXT);
	ask->store = gauth_arg_span(fcinfo, ASK_STORE);
}

static void
answer_ask(FunctionCallInfo fcinfo, GauthArena *arena, GauthAsk *ask,
		   GauthAnswer *answer)
{
	GauthError	err = {0};

	if (gauth_authorize(get_session(fcinfo), arena, ask, answer,
						&err) != GAUTH_OK)
		gauth_raise(&err);
}

/*
 * gauth.is_authorized(principal text, action text, resource text,
 *		context json, store text) returns boolean
 */
Datum
gauth_sql_is_authorized(PG_FUNCTION_ARGS)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthAsk	ask;
	GauthAnswer answer;

	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	read_ask(fcinfo, &arena, &ask);
	answer_ask(fcinfo, &arena, &ask, &answer);
	PG_RETURN_BOOL(answer.permit);
}

/*
 * gauth.decide(principal text, action text, resource text, context json,
 *		store text) returns jsonb
 */
Datum
gauth_sql_decide(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthAsk	ask;
	GauthAnswer answer;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	read_ask(fcinfo, &arena, &ask);
	gauth_require_capability(GAUTH_ENFORCER, NULL);
	answer_ask(fcinfo, &arena, &ask, &answer);
	gauth_decision_record(&arena, &ask, &answer);
	PG_RETURN_DATUM(gauth_jsonb_from_text(gauth_decision_json(&arena,
															  &answer)));
}

/*
 * gauth.explain(principal text, action text, resource text, context json,
 *		store text) returns jsonb
 */
Datum
gauth_sql_explain(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthAsk	ask;
	GauthAnswer answer;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	read_ask(fcinfo, &arena, &ask);
	gauth_require_capability(GAUTH_ADMINISTRATOR, &ask.store);
	ask.explain = true;
	answer_ask(fcinfo, &arena, &ask, &answer);
	PG_RETURN_DATUM(gauth_jsonb_from_text(gauth_explanation_json(&arena,
																 &answer)));
}
