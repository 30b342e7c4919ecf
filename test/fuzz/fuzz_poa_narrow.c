/*
 * fuzz_poa_narrow.c
 *		A scope in the first line, a restriction behind it: what is left of the
 *		scope is no wider than the scope, a scope is no wider than itself, and
 *		restricting once more by the same restriction is no wider either.
 */
#include "base/json.h"
#include "fuzz.h"
#include "poa/narrow.h"

static const GauthJson *
parse(GauthSpan text)
{
	GauthJson  *json;

	if (gauth_json_parse(&arena, text, &gauth_json_document_limits, &json,
						 NULL) != GAUTH_OK)
		return NULL;
	return json;
}

static bool
is_no_wider(const GauthPowers *wide, const GauthPowers *narrow)
{
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	gauth_narrow_check(wide, narrow, &problems);
	return gauth_problems_good(&problems);
}

static void
run(const GauthJson *scope, const GauthJson *restriction)
{
	GauthPowers wide;
	GauthPowers narrow;
	GauthPowers left;
	GauthPowers again;
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	REQUIRE(gauth_powers_read(&arena, scope, GAUTH_SPAN("scope"), &wide,
							  &problems) == GAUTH_OK);
	REQUIRE(gauth_restriction_read(&arena, restriction, GAUTH_SPAN("r"),
								   &narrow, &problems) == GAUTH_OK);
	if (problems.count > 0)
		return;
	REQUIRE(is_no_wider(&wide, &wide));
	REQUIRE(gauth_powers_intersect(&arena, &wide, &narrow, &left) == GAUTH_OK);
	REQUIRE(is_no_wider(&wide, &left));
	REQUIRE(gauth_powers_intersect(&arena, &left, &narrow, &again) ==
			GAUTH_OK);
	REQUIRE(is_no_wider(&left, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthSpan	rest = input;
	const GauthJson *scope = parse(next_line(&rest));
	const GauthJson *restriction = scope == NULL ? NULL : parse(rest);

	if (restriction != NULL)
		run(scope, restriction);
	return end_input(input);
}
