/*
 * test_scope.c
 *		Sets of scope tokens: grammar, canonical form, sets, wildcards, limits.
 */
#include "token/scope.h"
#include "unit.h"

typedef struct ParseCase
{
	const char *text;
	const char *canonical;		/* NULL: refused */
	size_t		offset;			/* where it is refused */
} ParseCase;

typedef struct PairCase
{
	const char *a;
	const char *b;
	bool		answer;
} PairCase;

typedef struct ResultCase
{
	const char *a;
	const char *b;
	const char *result;
} ResultCase;

typedef bool (*PairFunction) (GauthSpan a, GauthSpan b);

static const ParseCase parse_cases[] = {
	{"", "", 0},
	{"a", "a", 0},
	{"a b c", "a b c", 0},
	{"c b a", "a b c", 0},
	{"b a b a b", "a b", 0},
	{"a a", "a", 0},
	{"B b A a", "A B a b", 0},
	{"ab a abc", "a ab abc", 0},
	{"a! a", "a a!", 0},
	{"orders:read orders:*", "orders:* orders:read", 0},
	{"!#[]~ {}", "!#[]~ {}", 0},
	{"https://example.com/auth/x.y openid",
	"https://example.com/auth/x.y openid", 0},
	{" ", NULL, 0},
	{" a", NULL, 0},
	{"a ", NULL, 1},
	{"a  b", NULL, 2},
	{"a   ", NULL, 2},
	{"a b ", NULL, 3},
	{"a\"b", NULL, 1},
	{"a b\\", NULL, 3},
	{"a\tb", NULL, 1},
	{"a\nb", NULL, 1},
	{"a,b \x7f", NULL, 4},
	{"\xc3\xa9", NULL, 0},
	{"a\xff", NULL, 1},
	{"\x1f", NULL, 0},
};

static const PairCase covers_cases[] = {
	{"", "", true},
	{"a", "", true},
	{"", "a", false},
	{"a b", "a", true},
	{"a", "a b", false},
	{"orders:*", "orders:read", true},
	{"orders:*", "orders:read:own", true},
	{"orders:*", "orders:read orders:write", true},
	{"orders:*", "orders:*", true},
	{"orders:*", "orders:read:*", true},
	{"orders:*", "orders::", true},
	{"orders:*", "orders", false},
	{"orders:*", "orders:", false},
	{"orders:*", "ordersx:read", false},
	{"orders:*", "Orders:read", false},
	{"orders:*", "order:read", false},
	{"orders:*", "orders:read x", false},
	{"orders:read:*", "orders:read", false},
	{"orders:read:*", "orders:*", false},
	{"orders:read", "orders:*", false},
	{"a:b:c:*", "a:b:c:d:e", true},
	{"a:* b", "a:b b", true},
	{"!x a:! a:* a:b", "a:!x a:~", true},
	{"*", "a", false},
	{"*", "a:b", false},
	{"*", "*", true},
	{"*:*", "a:b", false},
	{"orders*", "orders:read", false},
	{"orders:r*", "orders:read", false},
	{"orders:*:own", "orders:read:own", false},
	{":*", ":a", true},
	{":*", "a:b", false},
	{"orders:** x", "orders:read", false},
};

static const PairCase subset_cases[] = {
	{"", "", true},
	{"", "a", true},
	{"a", "", false},
	{"a", "a b", true},
	{"b", "a b", true},
	{"a c", "a b c", true},
	{"a d", "a b c", false},
	{"ab", "a b", false},
	{"a", "aa ab", false},
	{"orders:read", "orders:*", false},
};

static const PairCase overlap_cases[] = {
	{"", "", false},
	{"a", "", false},
	{"a b", "b c", true},
	{"a b", "c d", false},
	{"a", "aa", false},
	{"orders:read", "orders:*", false},
};

static const PairCase contains_cases[] = {
	{"", "", false},
	{"", "a", false},
	{"a b", "", false},
	{"a b", "a", true},
	{"a b", "b", true},
	{"a b", "a b", false},
	{"a b", " ", false},
	{"a b", "a ", false},
	{"aa ab ac ad ae", "ac", true},
	{"aa ab ac ad ae", "a", false},
	{"aa ab ac ad ae", "ace", false},
	{"orders:*", "orders:read", false},
};

static const ResultCase union_cases[] = {
	{"", "", ""},
	{"a", "", "a"},
	{"", "a", "a"},
	{"a c", "b d", "a b c d"},
	{"a b", "a b", "a b"},
	{"b c", "a", "a b c"},
	{"orders:*", "orders:read", "orders:* orders:read"},
};

static const ResultCase subtract_cases[] = {
	{"", "", ""},
	{"a", "", "a"},
	{"", "a", ""},
	{"a b c", "b", "a c"},
	{"a b c", "a c", "b"},
	{"a b", "a b", ""},
	{"a b", "c", "a b"},
	{"orders:read", "orders:*", "orders:read"},
};

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

static void
test_parse(GauthArena *arena)
{
	size_t		i;

	for (i = 0; i < LENGTH(parse_cases); i++)
	{
		const ParseCase *test = &parse_cases[i];
		GauthSpan	canonical = {NULL, 0};
		GauthError	err = {0};
		GauthStatus status = gauth_scope_parse(arena,
											   gauth_span_of(test->text),
											   &canonical, &err);

		if (test->canonical != NULL)
			CHECK(status == GAUTH_OK &&
				  gauth_span_is(canonical, test->canonical));
		else
			CHECK(status == GAUTH_INVALID_SCOPE &&
				  err.status == status && err.offset == test->offset);
	}

	/* a zero byte is a character like another that is not allowed */
	{
		GauthSpan	canonical;
		GauthError	err;

		CHECK_STATUS(gauth_scope_parse(arena, GAUTH_SPAN("a\0b"), &canonical,
									   &err), GAUTH_INVALID_SCOPE);
		CHECK(err.offset == 1);
	}
}

/* every byte, as the grammar lists them */
static void
test_characters(void)
{
	int			c;

	for (c = 0; c < 256; c++)
	{
		char		text[3] = {'a', (char) c, 'b'};
		bool		good = c == 0x21 || (c >= 0x23 && c <= 0x5b) ||
		(c >= 0x5d && c <= 0x7e);
		GauthError	err = {0};
		GauthStatus status = gauth_scope_check_token(gauth_span(text, 3),
													 &err);

		CHECK(status == (good ? GAUTH_OK : GAUTH_INVALID_SCOPE));
		CHECK(good || err.offset == 1);
	}
	CHECK_STATUS(gauth_scope_check_token(GAUTH_SPAN(""), NULL),
				 GAUTH_INVALID_SCOPE);
}

static void
test_pairs(PairFunction function, const PairCase *cases, size_t count)
{
	size_t		i;

	for (i = 0; i < count; i++)
	{
		bool		answer = function(gauth_span_of(cases[i].a),
									  gauth_span_of(cases[i].b));

		if (!CHECK(answer == cases[i].answer))
			printf("  \"%s\", \"%s\"\n", cases[i].a, cases[i].b);
	}
}

static void
test_results(GauthArena *arena)
{
	GauthSpan	result;
	size_t		i;

	for (i = 0; i < LENGTH(union_cases); i++)
	{
		const ResultCase *test = &union_cases[i];

		CHECK_STATUS(gauth_scope_union(arena, gauth_span_of(test->a),
									   gauth_span_of(test->b), &result,
									   NULL), GAUTH_OK);
		CHECK(gauth_span_is(result, test->result));
	}
	for (i = 0; i < LENGTH(subtract_cases); i++)
	{
		const ResultCase *test = &subtract_cases[i];

		CHECK_STATUS(gauth_scope_subtract(arena, gauth_span_of(test->a),
										  gauth_span_of(test->b), &result,
										  NULL), GAUTH_OK);
		CHECK(gauth_span_is(result, test->result));
	}
}

static void
test_next(void)
{
	GauthSpan	rest = GAUTH_SPAN("a bc d");
	GauthSpan	token;

	CHECK(gauth_scope_next(&rest, &token) && gauth_span_is(token, "a"));
	CHECK(gauth_scope_next(&rest, &token) && gauth_span_is(token, "bc"));
	CHECK(gauth_scope_next(&rest, &token) && gauth_span_is(token, "d"));
	CHECK(!gauth_scope_next(&rest, &token));

	rest = gauth_span(NULL, 0);
	CHECK(!gauth_scope_next(&rest, &token));
}

/* exactly GAUTH_SCOPE_MAX_SIZE bytes and one more, as one token and as many */
static void
test_size_limit(GauthArena *arena)
{
	static char text[GAUTH_SCOPE_MAX_SIZE + 1];
	GauthSpan	canonical;
	GauthSpan	larger;
	GauthError	err;

	memset(text, 'a', sizeof(text));
	CHECK_STATUS(gauth_scope_parse(arena, gauth_span(text, sizeof(text) - 1),
								   &canonical, &err), GAUTH_OK);
	CHECK(canonical.len == GAUTH_SCOPE_MAX_SIZE);
	CHECK_STATUS(gauth_scope_parse(arena, gauth_span(text, sizeof(text)),
								   &larger, &err), GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(gauth_scope_check_token(gauth_span(text, sizeof(text)),
										 &err), GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(gauth_scope_union(arena, canonical, GAUTH_SPAN("b"),
								   &larger, &err), GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(gauth_scope_union(arena, canonical, canonical, &larger,
								   &err), GAUTH_OK);
	CHECK(gauth_span_equal(canonical, larger));
}

/* many tokens in falling order; each is found, and what lies between is not */
static void
test_many_tokens(GauthArena *arena)
{
	char		text[10 * 1000];
	GauthSpan	canonical;
	size_t		len = 0;
	int			i;

	for (i = 1999; i >= 1000; i--)
		len += (size_t) snprintf(text + len, sizeof(text) - len, "%st%d",
								 i == 1999 ? "" : " ", i);
	CHECK_STATUS(gauth_scope_parse(arena, gauth_span(text, len), &canonical,
								   NULL), GAUTH_OK);
	CHECK(canonical.len == len);
	CHECK(gauth_span_starts_with(canonical, GAUTH_SPAN("t1000 t1001 ")));

	for (i = 1000; i < 2000; i++)
	{
		char		token[16];

		snprintf(token, sizeof(token), "t%d", i);
		CHECK(gauth_scope_contains(canonical, gauth_span_of(token)));
		snprintf(token, sizeof(token), "t%d!", i);
		CHECK(!gauth_scope_contains(canonical, gauth_span_of(token)));
	}
	CHECK(gauth_scope_covers(canonical, canonical));
	CHECK(gauth_scope_is_subset(canonical, canonical));
}

/* every allocation may fail, and is answered */
static void
test_no_memory(void)
{
	char		little[32];
	char		more[96];
	GauthArena	arena;
	GauthSpan	result;
	GauthError	err;
	GauthSpan	b = GAUTH_SPAN("scope:which:needs:more:than:these:bytes");
	GauthSpan	two = GAUTH_SPAN("b:scope:of:some:forty:characters a:token");

	gauth_arena_init(&arena, little, sizeof(little), NULL, 0);
	CHECK_STATUS(gauth_scope_parse(&arena, b, &result, &err),
				 GAUTH_OUT_OF_MEMORY);
	CHECK_STATUS(gauth_scope_parse(&arena, two, &result, &err),
				 GAUTH_OUT_OF_MEMORY);
	CHECK_STATUS(gauth_scope_union(&arena, b, b, &result, &err),
				 GAUTH_OUT_OF_MEMORY);
	CHECK_STATUS(gauth_scope_subtract(&arena, b, b, &result, &err),
				 GAUTH_OUT_OF_MEMORY);

	/* room for the text, none for the list of its tokens */
	gauth_arena_init(&arena, more, 72, NULL, 0);
	CHECK_STATUS(gauth_scope_parse(&arena, two, &result, &err),
				 GAUTH_OUT_OF_MEMORY);
}

int
main(void)
{
	GauthArena	arena;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_parse(&arena);
	test_characters();
	test_pairs(gauth_scope_covers, covers_cases, LENGTH(covers_cases));
	test_pairs(gauth_scope_is_subset, subset_cases, LENGTH(subset_cases));
	test_pairs(gauth_scope_overlaps, overlap_cases, LENGTH(overlap_cases));
	test_pairs(gauth_scope_contains, contains_cases, LENGTH(contains_cases));
	test_results(&arena);
	test_next();
	test_size_limit(&arena);
	test_many_tokens(&arena);
	test_no_memory();
	gauth_arena_reset(&arena);
	return unit_finish("scope");
}
