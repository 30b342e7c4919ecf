/*
 * fuzz_poa_credential.c
 *		Any JSON as a credential and as a request: what has no problem keeps
 *		the promises of credential.h.
 */
#include "base/utf8.h"
#include "fuzz.h"
#include "poa/ceiling.h"
#include "poa/consistency.h"
#include "poa/path.h"
#include "poa/verb.h"

static void
check_names(const GauthNames *names)
{
	uint32_t	i;

	REQUIRE(names->given || names->count == 0);
	REQUIRE(names->count <= GAUTH_LIST_MAX);
	for (i = 0; i < names->count; i++)
		REQUIRE(names->items[i].len > 0 &&
				names->items[i].len <= GAUTH_TEXT_MAX);
}

static void
check_patterns(const GauthNames *names)
{
	uint32_t	i;

	check_names(names);
	for (i = 0; i < names->count; i++)
		REQUIRE(gauth_pattern_valid(names->items[i]));
}

static void
check_powers(const GauthPowers *powers)
{
	uint32_t	i;

	check_names(&powers->active_modules);
	check_patterns(&powers->allowed_paths);
	check_patterns(&powers->denied_paths);
	check_names(&powers->allowed_sectors);
	check_names(&powers->allowed_regions);
	check_names(&powers->allowed_transactions);
	check_names(&powers->allowed_decisions);
	for (i = 0; i < powers->verb_count; i++)
	{
		const GauthVerb *verb = &powers->verbs[i];
		GauthSpan	canonical;

		REQUIRE(gauth_verb_canonical(&arena, verb->name,
									 &canonical) == GAUTH_OK);
		REQUIRE(gauth_span_equal(canonical, verb->name));
		REQUIRE(gauth_powers_find_verb(powers, verb->name) == verb);
		REQUIRE(verb->cost_cents >= GAUTH_ABSENT);
		REQUIRE(verb->max_delegation_depth >= GAUTH_ABSENT);
		check_patterns(&verb->path_patterns);
	}
}

static void
check_problems(const GauthProblems *problems)
{
	const GauthProblem *problem;
	uint32_t	count = 0;

	REQUIRE(!problems->failed && problems->count <= GAUTH_PROBLEMS_MAX);
	for (problem = problems->first; problem != NULL; problem = problem->next)
	{
		REQUIRE(problem->code != NULL && problem->rule != NULL);
		REQUIRE(gauth_utf8_valid_prefix(problem->path) == problem->path.len);
		count++;
	}
	REQUIRE(count == problems->count);
}

/* whatever is wrong already, the other stages find what they find */
static void
check_further(const GauthCredential *credential)
{
	static const GauthNames any_module = {false, 0, NULL};
	const GauthCeiling *ceiling = gauth_ceiling_of(credential->powers.profile);
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	gauth_ceiling_check(ceiling, credential, &problems);
	gauth_consistency_check(credential, &any_module, &problems);
	check_problems(&problems);
}

static void
run(const GauthJson *json, GauthCredentialForm form)
{
	GauthCredential credential;
	GauthProblems problems;
	uint32_t	i;

	gauth_problems_init(&problems, &arena);
	REQUIRE(gauth_credential_read(&arena, json, form, &credential,
								  &problems) == GAUTH_OK);
	check_problems(&problems);
	check_further(&credential);
	if (problems.count > 0)
		return;
	REQUIRE(credential.subject.len > 0 && credential.powers.profile_given);
	check_powers(&credential.powers);
	for (i = 0; i < credential.delegation_count; i++)
		check_powers(&credential.delegations[i].restriction);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthJson  *json;

	if (gauth_json_parse(&arena, input, &gauth_json_document_limits, &json,
						 NULL) == GAUTH_OK)
	{
		run(json, GAUTH_CREDENTIAL_PRESENTED);
		run(json, GAUTH_CREDENTIAL_REQUESTED);
	}
	return end_input(input);
}
