/*
 * test_poa_path.c
 *		Paths and patterns: one spelling, what is refused, what matches, what
 *		covers (D-20, D-21, E-44).
 */
#include <time.h>

#include "poa/path.h"
#include "test_poa.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* D-20: spellings of a path; NULL: refused */
static const char *const canonical_cases[][2] = {
	{"src/a", "src/a"},
	{"/src/a", "src/a"},
	{"./src//a", "src/a"},
	{"src/a/", "src/a"},
	{"src/./a/.", "src/a"},
	{"src/x/../a", "src/a"},
	{"src/../secrets/key", "secrets/key"},
	{"a/b/../../c", "c"},
	{"src/..", "."},
	{".", "."},
	{"/", "."},
	{"//", "."},
	{"SRC/a", "SRC/a"},
	{"...", "..."},
	{"src/..a/b..", "src/..a/b.."},
	{".env", ".env"},
	{"100%", "100%"},
	{"100%x", "100%x"},
	{"C:/x", "C:/x"},
	{"stra\xc3\x9f" "e", "stra\xc3\x9f" "e"},
	{"a b", "a b"},
	{"**", "**"},
	{"", NULL},
	{"..", NULL},
	{"../a", NULL},
	{"/..", NULL},
	{"a/../..", NULL},
	{"a/../../a/b", NULL},
	{"src\\x", NULL},
	{"src/%2e%2e/x", NULL},
	{"%00", NULL},
	{"a%2Fb", NULL},
	{"a\nb", NULL},
	{"a\x7f", NULL},
};

typedef struct MatchCase
{
	const char *pattern;
	const char *path;
	bool		allows;
	bool		denies;
} MatchCase;

static const MatchCase match_cases[] = {
	/* a directory */
	{"src/", "src/a", true, true},
	{"src/", "src/a/b/c", true, true},
	{"src/", "src", true, true},
	{"src/", "srcx/a", false, false},
	{"src/", "xsrc/a", false, false},
	{"src/", "lib/src/a", false, false},
	{"src/", "SRC/a", false, true},
	{"/src/", "src/a", true, true},
	{"./src/", "src/a", true, true},
	{"src//", "src/a", true, true},
	{"secrets/", "secrets/key", true, true},
	{"src/a/", "src/a/b", true, true},
	{"src/a/", "src/b/a", false, false},

	/* no slash: any part (CT-PEP-007) */
	{".env", ".env", true, true},
	{".env", "src/.env", true, true},
	{".env", "src/.env/x", true, true},
	{".env", "src/.envx", false, false},
	{".env", "src/x.env", false, false},
	{".env", "src/.ENV", false, true},
	{"*.pem", "a/b/c.pem", true, true},
	{"*.pem", "a/b.pem/c", true, true},
	{"*", "a/b", true, true},
	{"*", ".", false, false},
	{"/.env", ".env", true, true},
	{"/.env", "src/.env", false, false},

	/* a path: exact where it allows, with all below where it denies */
	{"src/a", "src/a", true, true},
	{"src/a", "src/a/b", false, true},
	{"src/a", "src", false, false},
	{"src/*", "src/a", true, true},
	{"src/*", "src/a/b", false, true},
	{"src/*", "src", false, false},
	{"src/*.ts", "src/a.ts", true, true},
	{"src/*.ts", "src/a.tsx", false, false},
	{"src/*.ts", "src/x/a.ts", false, false},
	{"src/?", "src/a", true, true},
	{"src/?", "src/ab", false, false},
	{"src/?", "src/\xc3\xa9", true, true},

	/* any number of parts */
	{"src/**", "src", true, true},
	{"src/**", "src/a/b", true, true},
	{"**/key", "key", true, true},
	{"**/key", "a/b/key", true, true},
	{"**/key", "a/b/keys", false, false},
	{"a/**/z", "a/z", true, true},
	{"a/**/z", "a/b/c/z", true, true},
	{"a/**/z", "a/b/c", false, false},
	{"a/**/b/**/c", "a/x/b/y/b/c", true, true},
	{"**", "a/b", true, true},
	{"**", ".", true, true},
	{"/", "a/b", true, true},
	{"src/a**b", "src/axxb", true, true},
	{"src/a**b", "src/a/b", false, false},

	/* classes */
	{"[abc]x", "ax", true, true},
	{"[abc]x", "dx", false, false},
	{"[a-c]x", "bx", true, true},
	{"[!a-c]x", "bx", false, true},
	{"[!a-c]x", "dx", true, true},
	{"[^a]x", "ax", false, true},
	{"[!a]x", "\xc3\xa9x", true, true},
	{"[]]x", "]x", true, true},
	{"[a-]x", "-x", true, true},
	{"[*]", "*", true, true},
	{"[*]", "a", false, false},
	{"[a-c]x", "BX", false, true},

	/* a path that looks like a pattern is none */
	{"a", "*", false, false},
	{"[*]x", "*x", true, true},
};

static const char *const invalid_patterns[] = {
	"", "!a", "..", "../", "../a", "a/../b", "a/..", "a\\b", "%2e%2e/", "a%00",
	"a\nb", "{a,b}", "a}", "[", "[]", "[a", "a/[b/c]", "[\xc3\xa9]",
	"*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*",
};

static const char *const valid_patterns[] = {
	".", "/", "a", "...", "a/..b", "100%", "#a", "a b", "~", "[a]", "**/*",
	"*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?",
};

typedef struct CoverCase
{
	const char *wide;
	const char *narrow;
	bool		covers;
} CoverCase;

static const CoverCase cover_cases[] = {
	{"src/", "src/", true},
	{"src/", "src/a", true},
	{"src/", "src/a/", true},
	{"src/", "src/**", true},
	{"src/**", "src/", true},
	{"src/", "src/*", true},
	{"src/", "/src/x/*.ts", true},
	{"src/a/", "src/", false},
	{"src/", "lib/", false},
	{"src/", "src", false},
	{"src", "src/", true},
	{"src/*", "src/a", true},
	{"src/*", "src/*.ts", true},
	{"src/*", "src/a/b", false},
	{"src/*", "src/", false},
	{"src/*.ts", "src/a*.ts", true},
	{"src/*.ts", "src/*.tsx", false},
	{"src/*.ts", "src/*", false},
	{"src/?", "src/a", true},
	{"src/?", "src/[ab]", true},
	{"src/?", "src/*", false},
	{"src/[ab]", "src/a", true},
	{"src/[ab]", "src/c", false},
	{"src/[ab]", "src/?", false},
	{"src/[ab]", "src/[ab]", true},
	{".env", "src/.env", true},
	{".env", ".env", true},
	{"src/.env", ".env", false},
	{"**", "a/**/b", true},
	{"*", "a/b", true},
	{"/", ".env", true},
	{"a/**/z", "a/b/z", true},
	{"a/**/z", "a/**/b/**/z", true},
	{"a/**/z", "a/", false},
	{"src/", "SRC/a", false},
	{"src/**/b", "src/**", false},
};

static void
test_canonical(void)
{
	GauthSpan	path = {NULL, 0};
	char		text[GAUTH_TEXT_MAX + 1];
	size_t		i;

	for (i = 0; i < LENGTH(canonical_cases); i++)
	{
		const char *written = canonical_cases[i][0];
		GauthStatus status = gauth_path_canonical(&arena,
												  gauth_span_of(written),
												  &path);

		if (canonical_cases[i][1] == NULL)
			CHECK(status == GAUTH_INVALID_VALUE);
		else
			CHECK(status == GAUTH_OK &&
				  gauth_span_is(path, canonical_cases[i][1]));
	}
	CHECK_STATUS(gauth_path_canonical(&arena, GAUTH_SPAN("a\0b"), &path),
				 GAUTH_INVALID_VALUE);
	memset(text, 'a', sizeof(text));
	CHECK_STATUS(gauth_path_canonical(&arena,
									  gauth_span(text, sizeof(text) - 1),
									  &path), GAUTH_OK);
	CHECK_STATUS(gauth_path_canonical(&arena, gauth_span(text, sizeof(text)),
									  &path), GAUTH_LIMIT_EXCEEDED);
}

static void
test_matches(void)
{
	size_t		i;

	for (i = 0; i < LENGTH(match_cases); i++)
	{
		const MatchCase *test = &match_cases[i];
		GauthSpan	pattern = gauth_span_of(test->pattern);
		GauthSpan	path = gauth_span_of(test->path);

		if (!CHECK(gauth_pattern_valid(pattern)) ||
			!CHECK(gauth_pattern_allows(pattern, path) == test->allows) ||
			!CHECK(gauth_pattern_denies(pattern, path) == test->denies))
			printf("  %s, %s\n", test->pattern, test->path);
	}
}

static void
test_validity(void)
{
	char		text[4096];
	size_t		i;

	for (i = 0; i < LENGTH(invalid_patterns); i++)
	{
		if (!CHECK(!gauth_pattern_valid(gauth_span_of(invalid_patterns[i]))))
			printf("  %s\n", invalid_patterns[i]);
	}
	for (i = 0; i < LENGTH(valid_patterns); i++)
	{
		if (!CHECK(gauth_pattern_valid(gauth_span_of(valid_patterns[i]))))
			printf("  %s\n", valid_patterns[i]);
	}
	CHECK(!gauth_pattern_valid(GAUTH_SPAN("a\0b")));

	/* E-44: a thousand stars, with and without slashes */
	memset(text, '*', sizeof(text));
	CHECK(!gauth_pattern_valid(gauth_span(text, 2000)));
	CHECK(!gauth_pattern_valid(gauth_span(text, 1000)));
	for (i = 2; i < sizeof(text); i += 3)
		text[i] = '/';
	CHECK(!gauth_pattern_valid(gauth_span(text, 3000)));
	CHECK(!gauth_pattern_valid(gauth_span(text, 1000)));
}

static void
test_covers(void)
{
	size_t		i;

	for (i = 0; i < LENGTH(cover_cases); i++)
	{
		const CoverCase *test = &cover_cases[i];

		if (!CHECK(gauth_pattern_covers(gauth_span_of(test->wide),
										gauth_span_of(test->narrow)) ==
				   test->covers))
			printf("  %s, %s\n", test->wide, test->narrow);
	}
}

/*
 * A matcher that tries everything, for patterns of "a", "b", "/", "*", "?" and
 * "**" that are anchored already: it shares no idea with the one under test.
 */
static bool
slow_match(const char *pattern, const char *path)
{
	if (strncmp(pattern, "**/", 3) == 0)
	{
		const char *slash = strchr(path, '/');

		return slow_match(pattern + 3, path) ||
			(slash != NULL && slow_match(pattern, slash + 1));
	}
	if (strcmp(pattern, "**") == 0)
		return true;
	/* "x/" and "**" behind it, however often, are "x" too */
	if (*path == '\0' && strncmp(pattern, "/**", 3) == 0)
		return slow_match(pattern + 3, path);
	if (*pattern == '\0')
		return *path == '\0';
	if (*pattern == '*')
		return slow_match(pattern + 1, path) ||
			(*path != '\0' && *path != '/' && slow_match(pattern, path + 1));
	if (*path == '\0')
		return false;
	if (*pattern == '?' ? *path == '/' : *pattern != *path)
		return false;
	return slow_match(pattern + 1, path + 1);
}

static unsigned
next_random(void)
{
	static uint64_t state = 0x2545f4914f6cdd1d;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned) (state >> 33);
}

/* "/" before, between one to four parts; a star or two, if wanted */
static void
make_random(char *text, bool pattern)
{
	static const char *const words[] = {
		"a", "b", "ab", "ba", "aab", "?", "*", "a*", "*b", "a?b*", "**"
	};
	unsigned	parts = 1 + next_random() % 4;
	unsigned	i;

	text[0] = '\0';
	for (i = 0; i < parts; i++)
	{
		if (i > 0)
			strcat(text, "/");
		strcat(text, words[next_random() % (pattern ? LENGTH(words) : 5)]);
	}
}

/* the same answer as the slow one, and what is covered is matched */
static void
test_random(void)
{
	unsigned	wrong = 0;
	unsigned	matched = 0;
	unsigned	covered = 0;
	unsigned	widened = 0;
	int			i;

	for (i = 0; i < 200000; i++)
	{
		char		a[64] = "/";
		char		b[64] = "/";
		char		path[64];
		GauthSpan	path_span;
		bool		by_a;
		bool		by_b;

		make_random(a + 1, true);
		make_random(b + 1, true);
		make_random(path, false);
		path_span = gauth_span_of(path);
		by_a = gauth_pattern_allows(gauth_span_of(a), path_span);
		by_b = gauth_pattern_allows(gauth_span_of(b), path_span);
		matched += by_a;
		if (by_a != slow_match(a + 1, path) && wrong++ < 5)
			printf("  %s, %s\n", a, path);
		wrong += by_a && !gauth_pattern_denies(gauth_span_of(a), path_span);
		if (!gauth_pattern_covers(gauth_span_of(a), gauth_span_of(b)))
			continue;
		covered++;
		widened += by_b && !by_a;
		widened += gauth_pattern_denies(gauth_span_of(b), path_span) &&
			!gauth_pattern_denies(gauth_span_of(a), path_span);
	}
	CHECK(wrong == 0 && widened == 0);
	CHECK(matched > 10000 && covered > 10000);
}

/* E-44: the worst pattern that is valid, against the longest path */
static void
test_bomb(void)
{
	char		pattern[GAUTH_TEXT_MAX];
	char		path[GAUTH_TEXT_MAX];
	clock_t		start = clock();
	size_t		len = 0;
	int			i;

	for (i = 0; i < 31; i++)
		len += (size_t) snprintf(pattern + len, sizeof(pattern) - len,
								 "*aaaaaaaaaaaaaaaaaaaaaaaaaa");
	pattern[len++] = 'b';
	memset(path, 'a', sizeof(path));
	CHECK(gauth_pattern_valid(gauth_span(pattern, len)));
	for (i = 0; i < 100; i++)
		CHECK(!gauth_pattern_allows(gauth_span(pattern, len),
									gauth_span(path, sizeof(path))));

	memset(pattern, 'a', sizeof(pattern));
	for (i = 0; i < 30; i++)
		memcpy(pattern + 4 * i, "**/a", 4);
	len = 120;
	memcpy(pattern + len, "/b", 2);
	for (i = 1; i < (int) sizeof(path); i += 2)
		path[i] = '/';
	for (i = 0; i < 100; i++)
		CHECK(!gauth_pattern_allows(gauth_span(pattern, len + 2),
									gauth_span(path, sizeof(path) - 1)));
	/* seconds even under the sanitizers; trying everything takes ages */
	CHECK(clock() - start < 5 * CLOCKS_PER_SEC);
}

/* D-21: lists, and the difference between absent and empty */
static void
test_lists(void)
{
	GauthSpan	items[] = {GAUTH_SPAN("src/"), GAUTH_SPAN("tests/")};
	GauthSpan	denied[] = {GAUTH_SPAN(".env")};
	GauthNames	some = {true, 2, items};
	GauthNames	never = {true, 1, denied};
	GauthNames	empty = {true, 0, NULL};
	GauthNames	absent = {false, 0, NULL};

	CHECK(gauth_paths_allow(&some, GAUTH_SPAN("tests/a")));
	CHECK(!gauth_paths_allow(&some, GAUTH_SPAN("config/database.yml")));
	CHECK(gauth_paths_allow(&absent, GAUTH_SPAN("x")));
	CHECK(!gauth_paths_allow(&empty, GAUTH_SPAN("x")));
	CHECK(gauth_paths_allow(&some, GAUTH_SPAN("src/.env")) &&
		  gauth_paths_deny(&never, GAUTH_SPAN("src/.env")));
	CHECK(!gauth_paths_deny(&empty, GAUTH_SPAN("x")));
	CHECK(!gauth_paths_deny(&absent, GAUTH_SPAN("x")));
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_canonical();
	test_matches();
	test_validity();
	test_covers();
	test_random();
	test_bomb();
	test_lists();
	gauth_arena_reset(&arena);
	return unit_finish("poa_path");
}
