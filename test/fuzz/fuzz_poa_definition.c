/*
 * fuzz_poa_definition.c
 *		Any JSON as a definition: all problems have a place, a document without
 *		a problem has what the form demands, and a member that the form does
 *		not know is never without a problem.
 */
#include "base/json.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "poa/definition.h"

static const char *const demanded[][3] = {
	{"parties", "principal", "type"},
	{"parties", "principal", "identity"},
	{"parties", "authorized_client", "type"},
	{"parties", "authorized_client", "identity"},
};

static void
check_demanded(const GauthJson *json)
{
	size_t		i;

	for (i = 0; i < sizeof(demanded) / sizeof(demanded[0]); i++)
	{
		const GauthJson *group = gauth_json_get(json, demanded[i][0]);
		const GauthJson *party = gauth_json_get(group, demanded[i][1]);
		const GauthJson *value = gauth_json_get(party, demanded[i][2]);

		REQUIRE(value != NULL && value->type == GAUTH_JSON_STRING);
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

static uint32_t
count_problems(const GauthJson *json)
{
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	REQUIRE(gauth_definition_check(&arena, json, &problems) == GAUTH_OK);
	check_problems(&problems);
	return problems.count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthJson  *json;
	GauthJson	stranger = {.name = GAUTH_SPAN("stranger")};

	if (gauth_json_parse(&arena, input, &gauth_json_document_limits, &json,
						 NULL) != GAUTH_OK || count_problems(json) > 0)
		return end_input(input);
	check_demanded(json);
	stranger.next = json->first;
	json->first = &stranger;
	json->count++;
	REQUIRE(count_problems(json) == 1);
	return end_input(input);
}
