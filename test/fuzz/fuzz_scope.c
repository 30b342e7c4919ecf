/*
 * fuzz_scope.c
 *		Two scopes, separated by a line feed: the parser, and laws that hold
 *		for every two sets.
 *
 * The laws are checked against plain loops over the tokens, which share no
 * search and no merge with the code under test.
 */
#include <stdint.h>
#include <stdlib.h>

#include "token/scope.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
slow_contains(GauthSpan scope, GauthSpan wanted)
{
	GauthSpan	token;

	while (gauth_scope_next(&scope, &token))
	{
		if (gauth_span_equal(token, wanted))
			return true;
	}
	return false;
}

static bool
slow_covers_token(GauthSpan granted, GauthSpan wanted)
{
	GauthSpan	token;

	while (gauth_scope_next(&granted, &token))
	{
		GauthSpan	stem = token;

		if (gauth_span_equal(token, wanted))
			return true;
		if (token.len < 2 || memcmp(token.data + token.len - 2, ":*", 2) != 0)
			continue;
		stem.len--;
		if (wanted.len > stem.len && gauth_span_starts_with(wanted, stem))
			return true;
	}
	return false;
}

static void
check_canonical(GauthArena *arena, GauthSpan scope)
{
	GauthSpan	again;
	GauthSpan	rest = scope;
	GauthSpan	previous = {NULL, 0};
	GauthSpan	token;

	while (gauth_scope_next(&rest, &token))
	{
		REQUIRE(gauth_scope_check_token(token, NULL) == GAUTH_OK);
		REQUIRE(gauth_span_compare(previous, token) < 0);
		REQUIRE(gauth_scope_contains(scope, token));
		previous = token;
	}
	REQUIRE(gauth_scope_parse(arena, scope, &again, NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(scope, again));
}

/* what was read holds every token that was written, and no other */
static void
check_same_tokens(GauthSpan text, GauthSpan scope)
{
	GauthSpan	rest = scope;
	GauthSpan	token;

	while (gauth_scope_next(&rest, &token))
		REQUIRE(slow_contains(text, token));
	rest = text;
	while (gauth_scope_next(&rest, &token))
		REQUIRE(slow_contains(scope, token));
}

static void
check_questions(GauthSpan a, GauthSpan b)
{
	GauthSpan	rest = b;
	GauthSpan	token;
	bool		subset = true;
	bool		overlaps = false;
	bool		covered = true;

	while (gauth_scope_next(&rest, &token))
	{
		bool		found = slow_contains(a, token);

		REQUIRE(gauth_scope_contains(a, token) == found);
		subset = subset && found;
		overlaps = overlaps || found;
		covered = covered && slow_covers_token(a, token);
	}
	REQUIRE(gauth_scope_is_subset(b, a) == subset);
	REQUIRE(gauth_scope_overlaps(a, b) == overlaps);
	REQUIRE(gauth_scope_overlaps(b, a) == overlaps);
	REQUIRE(gauth_scope_covers(a, b) == covered);
	REQUIRE(!subset || covered);
	REQUIRE(gauth_scope_covers(a, a));
	REQUIRE(gauth_scope_is_subset(a, a));
}

static void
check_results(GauthArena *arena, GauthSpan a, GauthSpan b)
{
	GauthSpan	both;
	GauthSpan	swapped;
	GauthSpan	again;
	GauthSpan	rest;

	REQUIRE(gauth_scope_subtract(arena, a, b, &rest, NULL) == GAUTH_OK);
	check_canonical(arena, rest);
	REQUIRE(gauth_scope_is_subset(rest, a));
	REQUIRE(!gauth_scope_overlaps(rest, b));

	if (gauth_scope_union(arena, a, b, &both, NULL) != GAUTH_OK)
	{
		REQUIRE(a.len + b.len + 1 > GAUTH_SCOPE_MAX_SIZE);
		return;
	}
	check_canonical(arena, both);
	REQUIRE(gauth_scope_union(arena, b, a, &swapped, NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(both, swapped));
	REQUIRE(gauth_scope_union(arena, both, a, &again, NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(both, again));
	REQUIRE(gauth_scope_is_subset(a, both) && gauth_scope_is_subset(b, both));

	/* (a - b) and b make the union */
	REQUIRE(gauth_scope_union(arena, rest, b, &again, NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(both, again));
}

static bool
parse_checked(GauthArena *arena, GauthSpan text, GauthSpan *scope)
{
	GauthError	err;

	if (gauth_scope_parse(arena, text, scope, &err) != GAUTH_OK)
	{
		REQUIRE(err.offset <= text.len);
		return false;
	}
	check_canonical(arena, *scope);
	check_same_tokens(text, *scope);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthArena	arena;
	GauthSpan	text = gauth_span(data, size);
	const char *line = size == 0 ? NULL : memchr(data, '\n', size);
	size_t		first = line == NULL ? size : (size_t) (line - text.data);
	size_t		second = line == NULL ? size : first + 1;
	GauthSpan	a;
	GauthSpan	b;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	if (parse_checked(&arena, gauth_span_slice(text, 0, first), &a) &&
		parse_checked(&arena, gauth_span_slice(text, second, size - second),
					  &b))
	{
		check_questions(a, b);
		check_questions(b, a);
		check_results(&arena, a, b);
	}
	gauth_arena_reset(&arena);
	return 0;
}
