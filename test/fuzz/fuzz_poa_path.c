/*
 * fuzz_poa_path.c
 *		Two patterns and a path, one a line: a path has one spelling, what is
 *		covered is matched, and what allows would deny too.
 */
#include "fuzz.h"
#include "poa/path.h"

static void
check_path(GauthSpan path)
{
	GauthSpan	again;
	size_t		i;

	REQUIRE(path.len > 0);
	REQUIRE(gauth_path_canonical(&arena, path, &again) == GAUTH_OK);
	REQUIRE(gauth_span_equal(path, again));
	REQUIRE(path.data[0] != '/' && path.data[path.len - 1] != '/');
	for (i = 1; i < path.len; i++)
		REQUIRE(path.data[i] != '/' || path.data[i - 1] != '/');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthSpan	rest = input;
	GauthSpan	wide = next_line(&rest);
	GauthSpan	narrow = next_line(&rest);
	GauthSpan	path;

	if (gauth_path_canonical(&arena, rest, &path) != GAUTH_OK)
		return end_input(input);
	check_path(path);
	if (!gauth_pattern_valid(wide) || !gauth_pattern_valid(narrow))
		return end_input(input);

	if (gauth_pattern_allows(wide, path))
		REQUIRE(gauth_pattern_denies(wide, path));
	REQUIRE(gauth_pattern_covers(wide, wide));
	if (gauth_pattern_covers(wide, narrow))
	{
		REQUIRE(!gauth_pattern_allows(narrow, path) ||
				gauth_pattern_allows(wide, path));
		REQUIRE(!gauth_pattern_denies(narrow, path) ||
				gauth_pattern_denies(wide, path));
	}
	return end_input(input);
}
