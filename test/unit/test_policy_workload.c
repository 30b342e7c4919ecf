/*
 * test_policy_workload.c
 *		The workload at 10, 1,000 and 10,000 policies: every decision is the
 *		expected one, through the index and without it, and a decision touches
 *		no more policies when there are many.
 */
#include "policy_workload.h"

/* most policies that one request may make the index suggest */
#define CANDIDATES_MAX	16

static void
test_workload(unsigned policies)
{
	Workload	workload;
	uint32_t	good = 0;
	uint32_t	most = 0;
	uint32_t	i;

	if (!workload_load(&workload, policies))
	{
		printf("workload %u: skipped\n", policies);
		return;
	}
	if (!CHECK(fixture_policies(&workload.fixture,
								workload.policies) == GAUTH_OK))
		return;
	CHECK(gauth_policy_set_count(workload.fixture.set) == policies);
	for (i = 0; i < workload.count; i++)
	{
		GauthArena	arena;
		GauthRequest request;
		GauthDecision decision;

		gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
		request = workload_request(&workload, i, &arena);
		if (decide_twice(&workload.fixture, &arena, &request,
						 GAUTH_POLICY_STRICT, &decision) &&
			decision.permit == workload.requests[i].permit)
			good++;
		if (decision.candidates > most)
			most = decision.candidates;
		gauth_arena_reset(&arena);
	}
	printf("workload %u: %u/%u decisions, at most %u candidates\n", policies,
		   good, workload.count, most);
	CHECK(workload.count == WORKLOAD_REQUESTS_MAX && good == workload.count);
	CHECK(most <= CANDIDATES_MAX);
	workload_free(&workload);
}

int
main(void)
{
	test_workload(10);
	test_workload(1000);
	test_workload(10000);
	return unit_finish("policy_workload");
}
