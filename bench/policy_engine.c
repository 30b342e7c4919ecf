/*
 * policy_engine.c
 *		bench/policy: the policy engine alone, with entities in memory.
 *
 * The uids of each request are made from text inside the loop, as a caller
 * has to.
 */
#include "policy.h"
#include "policy_workload.h"

struct Engine
{
	Workload	workload;
	GauthEntityLoader loader;
};

/* a contender's place in the requests */
typedef struct EngineState
{
	Engine	   *engine;
	bool		linear;
	uint32_t	next;
} EngineState;

/*
 * engine_open
 *		The workload of that many policies, compiled; NULL when it is not
 *		there.
 */
Engine *
engine_open(unsigned policies)
{
	Engine	   *engine = calloc(1, sizeof(Engine));
	Workload   *workload;

	if (engine == NULL)
		fatal("out of memory");
	workload = &engine->workload;
	if (!workload_load(workload, policies))
		return NULL;
	if (fixture_policies(&workload->fixture, workload->policies) != GAUTH_OK)
		fatal("%u policies: %s", policies, workload->fixture.err.detail);
	engine->loader = gauth_entity_store_loader(workload->fixture.store);
	return engine;
}

/*
 * engine_close
 *		Free what engine_open has made.
 */
void
engine_close(Engine *engine)
{
	workload_free(&engine->workload);
	free(engine);
}

/* is the decision about the next request the expected one? */
static bool
decide_next(EngineState *state)
{
	char		buffer[16 * 1024];
	Workload   *workload = &state->engine->workload;
	GauthDecisionInput input = {
		.set = workload->fixture.set,.loader = &state->engine->loader,
		.limits = &gauth_policy_default_limits,.linear = state->linear
	};
	GauthArena	arena;
	GauthRequest request;
	GauthDecision decision;
	bool		right;

	gauth_arena_init(&arena, buffer, sizeof(buffer), &gauth_malloc_source, 0);
	request = workload_request(workload, state->next, &arena);
	right = gauth_policy_decide(&arena, &input, &request, &decision,
								&workload->fixture.err) == GAUTH_OK &&
		decision.permit == workload->requests[state->next].permit;
	gauth_arena_reset(&arena);
	state->next = (state->next + 1) % workload->count;
	return right;
}

static bool
decide_many(Contender *contender, unsigned count)
{
	while (count-- > 0)
	{
		if (!decide_next(contender->state))
			return false;
	}
	return true;
}

/*
 * engine_prepare
 *		The engine as a contender; "linear" looks at every policy.
 */
void
engine_prepare(Contender *contender, Engine *engine, bool linear)
{
	EngineState *state = calloc(1, sizeof(EngineState));

	if (state == NULL)
		fatal("out of memory");
	state->engine = engine;
	state->linear = linear;
	contender->work = decide_many;
	contender->state = state;
	contender->clock = CLOCK_THREAD_CPUTIME_ID;
}

/*
 * engine_load
 *		Nanoseconds from the text of the policies to the compiled set.
 */
double
engine_load(const Engine *engine)
{
	Fixture		fixture;
	struct timespec from;
	struct timespec to;

	fixture_init(&fixture);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	if (fixture_policies(&fixture, engine->workload.policies) != GAUTH_OK)
		fatal("policies: %s", fixture.err.detail);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	fixture_free(&fixture);
	return (double) (to.tv_sec - from.tv_sec) * 1e9 +
		(double) (to.tv_nsec - from.tv_nsec);
}
