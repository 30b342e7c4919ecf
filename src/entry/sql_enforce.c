/*
 * sql_enforce.c
 *		Decisions about enforcement requests (RFC 0117).
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "portability/instr_time.h"
#include "utils/timestamp.h"

#include "decision/enforce_policy.h"
#include "entry/args.h"
#include "entry/enforce.h"
#include "entry/enforce_policies.h"
#include "entry/enforce_record.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/access.h"
#include "store/definition_facts.h"
#include "store/enforce.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/write.h"

/* what one decision of the usual size needs: no allocation at all */
#define STACK_ARENA		(24 * 1024)

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_put_agent_trust);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_enforce);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_enforce_batch);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_allowed);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_enforcement_policy);

/* a status that the answer has no place for */
static void
require_ok(GauthStatus status)
{
	if (status != GAUTH_OK)
		gauth_raise_status(status, "enforcement");
}

/*
 * Decide about one request; "answer" becomes a decision or an error.  Nothing
 * is recorded yet.
 */
static void
decide(GauthArena *arena, const GauthJson *json, GauthEnforceCase *it,
	   GauthEnforceAnswer *answer)
{
	GauthStatus status = gauth_enforce_read_request(arena, json, it->trusted,
													&it->request, &it->error);

	memset(answer, 0, sizeof(*answer));
	answer->record.timestamp = gauth_timestamp_seconds(it->now);
	answer->record.version = GAUTH_VERSION;
	if (status == GAUTH_OK)
		status = gauth_enforce_collect(arena, it);
	if (status == GAUTH_INVALID_VALUE)
	{
		answer->error = it->error;
		return;
	}
	require_ok(status);
	answer->decision = gauth_arena_alloc(arena, sizeof(*answer->decision));
	if (answer->decision == NULL)
		require_ok(GAUTH_OUT_OF_MEMORY);
	require_ok(gauth_enforce(arena, &it->input, answer->decision));
	answer->input = &it->input;
	if (it->has_mandate)
		answer->record.mandate = it->mandate.id;
	gauth_enforce_ask_policies(arena, it, answer);
}

static void
begin(GauthEnforceCase *it, TimestampTz now, bool trusted)
{
	it->now = now;
	it->trusted = trusted;
	it->has_mandate = false;
}

static int64
micros_since(instr_time start)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	return INSTR_TIME_GET_MICROSEC(now);
}

/* one request, decided and recorded; "trusted" of "it" is set */
static void
enforce(GauthArena *arena, GauthSpan text, GauthEnforceCase *it,
		GauthEnforceAnswer *answer)
{
	const GauthJson *json;
	instr_time	start;
	GauthStatus status;

	INSTR_TIME_SET_CURRENT(start);
	begin(it, GetCurrentTimestamp(), it->trusted);
	status = gauth_enforce_parse(arena, text, &json, &it->error);
	if (status == GAUTH_OK)
		decide(arena, json, it, answer);
	else
	{
		if (status != GAUTH_INVALID_VALUE)
			require_ok(status);
		memset(answer, 0, sizeof(*answer));
		answer->error = it->error;
		answer->record.timestamp = gauth_timestamp_seconds(it->now);
	}
	answer->record.micros = micros_since(start);
	gauth_enforce_record(arena, answer);
}

/*
 * gauth_enforce_request
 *		The answer to a request, for a caller who is trusted or not, and what
 *		was decided.
 */
Datum
gauth_enforce_request(GauthSpan request, bool trusted, GauthRuling *ruling)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthEnforceCase it;
	GauthEnforceAnswer answer;
	GauthText	text;

	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	it.trusted = trusted;
	enforce(&arena, request, &it, &answer);
	*ruling = gauth_enforce_answer_ruling(&answer);
	gauth_text_init(&text, &arena);
	gauth_enforce_append_answer(&text, &answer);
	return gauth_jsonb_from_text(gauth_enforce_finish(&text));
}

/*
 * gauth.enforce(request json) returns jsonb
 */
Datum
gauth_sql_enforce(PG_FUNCTION_ARGS)
{
	bool		trusted = gauth_access_allows(GAUTH_ENFORCER, NULL);
	GauthRuling ruling;

	/* no request is one that cannot be read, which is a denial */
	PG_RETURN_DATUM(gauth_enforce_request(gauth_arg_span_or_null(fcinfo, 0),
										  trusted, &ruling));
}

/*
 * gauth.allowed(request json) returns boolean
 */
Datum
gauth_sql_allowed(PG_FUNCTION_ARGS)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthEnforceCase it;
	GauthEnforceAnswer answer;

	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	it.trusted = gauth_access_allows(GAUTH_ENFORCER, NULL);
	enforce(&arena, gauth_arg_span_or_null(fcinfo, 0), &it, &answer);
	PG_RETURN_BOOL(gauth_enforce_answer_ruling(&answer) ==
				   GAUTH_RULING_PERMIT);
}

static Datum
show_batch(GauthArena *arena, const GauthEnforceAnswer *answers, uint32 count,
		   GauthRuling overall)
{
	GauthText	text;
	uint32		i;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"overall_decision\":"));
	gauth_text_append_json_string(&text,
								  gauth_span_of(gauth_ruling_name(overall)));
	gauth_text_append(&text, GAUTH_SPAN(",\"decisions\":["));
	for (i = 0; i < count; i++)
	{
		if (i > 0)
			gauth_text_append_char(&text, ',');
		gauth_enforce_append_answer(&text, &answers[i]);
	}
	gauth_text_append(&text, GAUTH_SPAN("]}"));
	return gauth_jsonb_from_text(gauth_enforce_finish(&text));
}

static Datum
enforce_batch(GauthArena *arena, const GauthJson *batch, GauthBatchMode mode)
{
	TimestampTz now = GetCurrentTimestamp();
	bool		trusted = gauth_access_allows(GAUTH_ENFORCER, NULL);
	GauthEnforceCase *cases = palloc(sizeof(*cases) * batch->count);
	GauthEnforceAnswer *answers = palloc(sizeof(*answers) * batch->count);
	const GauthJson *json;
	GauthRuling overall;
	uint32		i = 0;

	for (json = batch->first; json != NULL; json = json->next, i++)
	{
		instr_time	start;

		INSTR_TIME_SET_CURRENT(start);
		begin(&cases[i], now, trusted);
		decide(arena, json, &cases[i], &answers[i]);
		answers[i].record.micros = micros_since(start);
	}
	require_ok(gauth_enforce_combine(arena, answers, batch->count, mode,
									 &overall));
	for (i = 0; i < batch->count; i++)
		gauth_enforce_record(arena, &answers[i]);
	return show_batch(arena, answers, batch->count, overall);
}

/*
 * gauth.enforce_batch(requests json, mode text) returns jsonb
 */
Datum
gauth_sql_enforce_batch(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthBatchMode mode;
	GauthEnforceAnswer answer = {0};
	const GauthJson *batch;
	GauthStatus status;
	GauthText	text;

	if (!gauth_batch_mode_find(gauth_arg_span(fcinfo, 1), &mode))
		gauth_raise_argument("mode", "independent or all_or_nothing");
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	status = gauth_enforce_parse_batch(&arena, gauth_arg_span(fcinfo, 0),
									   &batch, &answer.error);
	if (status == GAUTH_OK)
		PG_RETURN_DATUM(enforce_batch(&arena, batch, mode));
	if (status != GAUTH_INVALID_VALUE)
		require_ok(status);
	answer.record.timestamp = gauth_timestamp_seconds(GetCurrentTimestamp());
	gauth_enforce_record(&arena, &answer);
	gauth_text_init(&text, &arena);
	gauth_enforce_append_answer(&text, &answer);
	PG_RETURN_DATUM(gauth_jsonb_from_text(gauth_enforce_finish(&text)));
}

/* the agent asks for itself: there is no request that could name another */
static void
set_agent(GauthEnforceCase *it)
{
	if (it->input.evidence.subject.len > 0)
		it->request.agent = it->input.evidence.subject;
	else if (it->input.credential != NULL)
		it->request.agent = it->input.credential->subject;
}

static GauthStatus
read_reference(GauthArena *arena, GauthSpan text, GauthEnforceCase *it)
{
	const GauthJson *json;
	GauthStatus status = gauth_enforce_parse(arena, text, &json, &it->error);

	if (status == GAUTH_OK)
		status = gauth_enforce_read_reference(arena, json, it->trusted,
											  &it->request, &it->error);
	if (status == GAUTH_OK)
		status = gauth_enforce_collect(arena, it);
	return status;
}

static void
append_policy(GauthArena *arena, GauthText *text, GauthEnforceCase *it)
{
	GauthEnforceDecision decision;
	GauthDefinitionFacts facts;
	bool		has_definition;

	set_agent(it);
	require_ok(gauth_enforce_credential(arena, &it->input, &decision));
	if (decision.ruling == GAUTH_RULING_DENY)
	{
		gauth_enforce_append_refusal(text, &decision);
		return;
	}
	has_definition = it->has_mandate &&
		gauth_definition_facts(&it->mandate, &it->request, it->now, &facts);
	gauth_enforce_append_policy(text, &it->input,
								has_definition ? &facts : NULL);
}

/*
 * gauth.enforcement_policy(credential json) returns jsonb
 */
Datum
gauth_sql_enforcement_policy(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthEnforceCase it;
	GauthText	text;
	GauthStatus status;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	begin(&it, GetCurrentStatementStartTimestamp(),
		  gauth_access_allows(GAUTH_ENFORCER, NULL));
	status = read_reference(&arena, gauth_arg_span(fcinfo, 0), &it);
	if (status == GAUTH_INVALID_VALUE)
		gauth_enforce_append_error(&text, &it.error,
								   gauth_timestamp_seconds(it.now));
	else
	{
		require_ok(status);
		append_policy(&arena, &text, &it);
	}
	PG_RETURN_DATUM(gauth_jsonb_from_text(gauth_enforce_finish(&text)));
}

/* NULL stays NULL: not known */
static void
write_class(FunctionCallInfo fcinfo, int number, const char *name,
			GauthWrite *write)
{
	GauthTrust	trust;

	if (!PG_ARGISNULL(number) &&
		(!gauth_trust_find(gauth_arg_span(fcinfo, number), &trust) ||
		 trust == GAUTH_TRUST_ABSENT))
		gauth_raise_argument(name, "a class of trust");
	gauth_write_value(write, TEXTOID, PG_GETARG_DATUM(number),
					  PG_ARGISNULL(number));
}

/*
 * gauth.put_agent_trust(agent text, local_class text, attested_class text)
 *		returns void
 */
Datum
gauth_sql_put_agent_trust(PG_FUNCTION_ARGS)
{
	GauthWrite	write = {0};

	gauth_require_capability(GAUTH_ADMINISTRATOR, NULL);
	if (PG_ARGISNULL(0))
		gauth_raise_null("agent");
	gauth_write_text(&write, gauth_arg_span(fcinfo, 0));
	write_class(fcinfo, 1, "local_class", &write);
	write_class(fcinfo, 2, "attested_class", &write);
	gauth_write_value(&write, TIMESTAMPTZOID,
					  TimestampTzGetDatum(GetCurrentTimestamp()), false);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.agent_trust (agent,"
						   " local_class, attested_class, recorded_at)"
						   " VALUES ($1, $2, $3, $4) ON CONFLICT (agent)"
						   " DO UPDATE SET local_class = $2,"
						   " attested_class = $3, recorded_at = $4");
	gauth_enforce_record_trust(gauth_arg_span(fcinfo, 0));
	PG_RETURN_VOID();
}
