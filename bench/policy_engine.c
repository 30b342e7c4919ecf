/*
 * policy_engine.c
 *		Decisions per processor second of the policy engine alone, at 10,
 *		1,000 and 10,000 policies, and the time to load the policies.
 *
 * Entities are in memory; the uids of each request are made from text inside
 * the loop, as a caller has to.  The linear evaluator of the same engine is
 * the comparison.  Build from the top of the checkout:
 *
 *	cc -O2 -std=gnu11 -Isrc -Itest/unit -o policy_engine \
 *		bench/policy_engine.c src/base/[a-z]*.c src/policy/[a-z]*.c
 */
#include "policy_workload.h"

#include <time.h>

/* time of the processor: other programs on the machine do not count */
static double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* the number of wrong decisions in one pass over all requests */
static uint32_t
run_pass(Workload *workload, const GauthDecisionInput *input,
		 uint32_t requests)
{
	char		buffer[16 * 1024];
	uint32_t	wrong = 0;
	uint32_t	i;

	for (i = 0; i < requests; i++)
	{
		GauthArena	arena;
		GauthRequest request;
		GauthDecision decision;

		gauth_arena_init(&arena, buffer, sizeof(buffer), &gauth_malloc_source,
						 0);
		request = workload_request(workload, i, &arena);
		if (gauth_policy_decide(&arena, input, &request, &decision,
								&workload->fixture.err) != GAUTH_OK ||
			decision.permit != workload->requests[i].permit)
			wrong++;
		gauth_arena_reset(&arena);
	}
	return wrong;
}

static double
measure(Workload *workload, bool linear, double at_least)
{
	GauthEntityLoader loader;
	GauthDecisionInput input = {
		.set = workload->fixture.set,.loader = &loader,
		.limits = &gauth_policy_default_limits,.linear = linear
	};
	uint32_t	requests = linear ? 200 : workload->count;
	uint64_t	decisions = 0;
	double		begin = seconds_now();
	double		elapsed;

	loader = gauth_entity_store_loader(workload->fixture.store);
	do
	{
		if (run_pass(workload, &input, requests) != 0)
			printf("wrong decisions\n");
		decisions += requests;
		elapsed = seconds_now() - begin;
	} while (elapsed < at_least);
	return (double) decisions / elapsed;
}

static void
bench(unsigned policies)
{
	Workload	workload;
	double		begin;
	double		load;
	double		indexed;
	double		linear;

	if (!workload_load(&workload, policies))
	{
		printf("%u policies: skipped\n", policies);
		return;
	}
	begin = seconds_now();
	if (fixture_policies(&workload.fixture, workload.policies) != GAUTH_OK)
		printf("%s\n", workload.fixture.err.detail);
	load = seconds_now() - begin;
	indexed = measure(&workload, false, 2.0);
	linear = measure(&workload, true, 0.5);
	printf("%6u policies: load %6.1f ms, set %8zu bytes, "
		   "indexed %9.0f decisions/s, linear %9.0f, ratio %.1f\n",
		   policies, load * 1e3, gauth_policy_set_size(workload.fixture.set),
		   indexed, linear, indexed / linear);
	workload_free(&workload);
}

int
main(void)
{
	bench(10);
	bench(1000);
	bench(10000);
	return 0;
}
