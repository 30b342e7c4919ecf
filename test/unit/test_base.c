/*
 * test_base.c
 *		The base floor: JSON, base64, UTF-8, hexadecimal, arena, text.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/base64url.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "unit.h"

/* an initialiser, where GAUTH_SPAN is an expression */
#define TEXT(literal)	{literal, sizeof(literal) - 1}

static GauthArena arena;

/* a copy in a block of its exact size, so that one byte too far is seen */
static GauthStatus
parse_copy(GauthSpan text, const GauthJsonLimits *limits, GauthError *err)
{
	char	   *copy = malloc(text.len == 0 ? 1 : text.len);
	GauthJson  *root;
	GauthStatus status;

	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	status = gauth_json_parse(&arena, gauth_span(copy, text.len), limits, &root,
							  err);
	free(copy);
	return status;
}

typedef struct JsonCase
{
	GauthSpan	text;
	GauthStatus expected;
	size_t		offset;			/* of what is wrong */
} JsonCase;

#define GOOD(text)	{TEXT(text), GAUTH_OK, 0}
#define BAD(text, offset)	{TEXT(text), GAUTH_INVALID_JSON, offset}
#define NOT_UTF8(text, offset)	{TEXT(text), GAUTH_INVALID_ENCODING, offset}
#define TWICE(text, offset)	{TEXT(text), GAUTH_DUPLICATE_MEMBER, offset}

static const JsonCase json_cases[] = {
	GOOD("0"), GOOD("-0"), GOOD("1.5e-3"), GOOD("1E+9"), GOOD("true"),
	GOOD("false"), GOOD("null"), GOOD("\"\""), GOOD("[]"), GOOD("{}"),
	GOOD(" \t\r\n[ 1 , 2 ]\n"), GOOD("{\"a\":{\"a\":[{\"a\":1}]}}"),
	GOOD("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""), GOOD("\"\177\""),
	GOOD("\"\303\251\342\202\254\360\237\230\200\""),
	GOOD("\"\\ud83d\\ude00\""), GOOD("\"\\uFFFF\\ufffe\""),
	GOOD("{\"\":1}"), GOOD("{\"a\":1,\"A\":2,\"a \":3}"),
	BAD("", 0), BAD(" ", 1), BAD("x", 0), BAD("tru", 0), BAD("True", 0),
	BAD("nulll", 4), BAD("NaN", 0), BAD("-", 1), BAD("+1", 0), BAD("01", 1),
	BAD("-01", 2), BAD("1.", 2), BAD(".5", 0), BAD("1e", 2), BAD("1e+", 3),
	BAD("0x1", 1), BAD("1 2", 2), BAD("[", 1), BAD("]", 0), BAD("[1", 2),
	BAD("[1,", 3), BAD("[1,]", 3), BAD("[,1]", 1), BAD("[1 2]", 3),
	BAD("{", 1), BAD("{\"a\"", 4), BAD("{\"a\":", 5), BAD("{\"a\":1", 6),
	BAD("{\"a\":1,", 7), BAD("{\"a\":1,}", 7), BAD("{a:1}", 1),
	BAD("{'a':1}", 1), BAD("{1:1}", 1), BAD("{\"a\" 1}", 5),
	BAD("{\"a\":1 \"b\":2}", 7), BAD("[1}", 2), BAD("{\"a\":1]", 6),
	BAD("\"", 1), BAD("\"a", 2), BAD("\"\\", 1), BAD("\"\\\"", 1),
	BAD("\"\\u", 1), BAD("\"\\u00e\"", 6), BAD("\"\\x\"", 2),
	BAD("\"a\nb\"", 2), BAD("\"\\n\n\"", 3), BAD("\"\0\"", 1),
	BAD("\"\\ud83d\"", 7), BAD("\"\\ude00\"", 7),
	BAD("\"\\ud83d\\u0041\"", 13), BAD("\"\\ud83dx\"", 7),
	BAD("/**/1", 0), BAD("1//", 1), BAD("[1]x", 3), BAD("[1]\0", 3),
	BAD("\357\273\2771", 0),
	NOT_UTF8("\"\200\"", 1), NOT_UTF8("\"\300\257\"", 1),
	NOT_UTF8("\"\\n\377\"", 3), NOT_UTF8("\"a\355\240\200\"", 2),
	NOT_UTF8("\"\364\220\200\200\"", 1), NOT_UTF8("\"\342\202\"", 1),
	NOT_UTF8("{\"\301\":1}", 2),
	TWICE("{\"a\":1,\"a\":1}", 10), TWICE("{\"a\":1,\"\\u0061\":1}", 15),
	TWICE("{\"\":1,\"\":1}", 8), TWICE("[{\"b\":{\"a\":1,\"a\":2}}]", 16),
};

static void
test_json_grammar(void)
{
	size_t		i;

	for (i = 0; i < sizeof(json_cases) / sizeof(json_cases[0]); i++)
	{
		const JsonCase *test = &json_cases[i];
		GauthError	err = {0};
		GauthStatus status;

		gauth_arena_reset(&arena);
		status = parse_copy(test->text, &gauth_json_token_limits, &err);
		if (!CHECK_STATUS(status, test->expected))
			printf("%.*s\n", (int) test->text.len, test->text.data);
		else if (status == GAUTH_INVALID_ENCODING ||
				 status == GAUTH_DUPLICATE_MEMBER)
		{
			if (!CHECK(err.offset == test->offset))
				printf("%.*s: %zu\n", (int) test->text.len, test->text.data,
					   err.offset);
		}
		if (status != GAUTH_OK)
			CHECK(err.status == status && err.offset <= test->text.len);
	}
}

static GauthJson *
parse(const char *text, const GauthJsonLimits *limits)
{
	GauthJson  *root = NULL;

	CHECK_STATUS(gauth_json_parse(&arena, gauth_span_of(text), limits, &root,
								  NULL), GAUTH_OK);
	return root;
}

static void
test_json_tree(void)
{
	const GauthJson *root = parse("{\"a\":[1,\"\\u0041\\u00e9\\ud83d\\ude00\"],"
								  "\"b\":{},\"c\":null}",
								  &gauth_json_token_limits);
	const GauthJson *a = gauth_json_get(root, "a");

	CHECK(root->type == GAUTH_JSON_OBJECT && root->count == 3);
	CHECK(a->type == GAUTH_JSON_ARRAY && a->count == 2 && a->offset == 5);
	CHECK(gauth_span_is(a->first->text, "1"));
	CHECK(gauth_json_is_string(a->first->next, "A\303\251\360\237\230\200"));
	CHECK(a->first->next->next == NULL);
	CHECK(gauth_json_get(root, "b")->first == NULL);
	CHECK(gauth_json_get(root, "c")->type == GAUTH_JSON_NULL);
	CHECK(gauth_json_get(root, "d") == NULL);
	CHECK(gauth_json_get(a, "a") == NULL);
	CHECK(gauth_json_get(NULL, "a") == NULL);
}

static void
test_json_limits(void)
{
	const GauthJsonLimits three = {3, 100, false};
	const GauthJsonLimits four_values = {10, 4, false};
	const GauthJsonLimits zero_bytes = {10, 10, true};
	GauthJson  *root;

	CHECK_STATUS(parse_copy(GAUTH_SPAN("[[[]]]"), &three, NULL), GAUTH_OK);
	CHECK_STATUS(parse_copy(GAUTH_SPAN("[[[]],[[]]]"), &three, NULL), GAUTH_OK);
	CHECK_STATUS(parse_copy(GAUTH_SPAN("[[[[]]]]"), &three, NULL),
				 GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(parse_copy(GAUTH_SPAN("{\"a\":[{\"b\":{}}]}"), &three, NULL),
				 GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(parse_copy(GAUTH_SPAN("[1,2,3]"), &four_values, NULL),
				 GAUTH_OK);
	CHECK_STATUS(parse_copy(GAUTH_SPAN("[1,2,3,4]"), &four_values, NULL),
				 GAUTH_LIMIT_EXCEEDED);

	CHECK_STATUS(parse_copy(GAUTH_SPAN("\"\\u0000\""), &three, NULL),
				 GAUTH_INVALID_JSON);
	root = parse("\"a\\u0000b\"", &zero_bytes);
	CHECK(gauth_span_equal(root->text, GAUTH_SPAN("a\0b")));
}

static void
test_json_numbers(void)
{
	static const struct
	{
		const char *text;
		bool		fits;
		int64_t		number;
	}			numbers[] = {
		{"0", true, 0}, {"-0", true, 0}, {"1", true, 1}, {"-1", true, -1},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0}, {"-9223372036854775809", false, 0},
		{"99999999999999999999999", false, 0}, {"1.0", false, 0},
		{"1e0", false, 0}, {"1E2", false, 0}, {"-0.0", false, 0},
		{"\"1\"", false, 0}, {"null", false, 0}, {"[1]", false, 0}
	};
	size_t		i;
	int64_t		number;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
	{
		const GauthJson *root = parse(numbers[i].text, &gauth_json_token_limits);
		bool		fits = gauth_json_to_int64(root, &number);

		CHECK(fits == numbers[i].fits);
		if (fits)
			CHECK(number == numbers[i].number);
	}
	CHECK(!gauth_json_to_int64(NULL, &number));
}

/* around the size where names are found by hashing, and far beyond it */
static void
test_json_members(void)
{
	int			count;
	int			twin;

	for (count = 1; count < 600; count += count < 40 ? 1 : 111)
	{
		for (twin = -1; twin < count; twin += 1 + count / 7)
		{
			GauthText	text;
			GauthSpan	json;
			char		name[32];
			int			i;

			gauth_arena_reset(&arena);
			gauth_text_init(&text, &arena);
			for (i = 0; i < count; i++)
			{
				snprintf(name, sizeof(name), "%s\"n%d\":%d", i == 0 ? "{" : ",",
						 i, i);
				gauth_text_append(&text, gauth_span_of(name));
			}
			snprintf(name, sizeof(name), ",\"%s%d\":0}", twin < 0 ? "m" : "n",
					 twin < 0 ? 0 : twin);
			gauth_text_append(&text, gauth_span_of(name));
			CHECK(gauth_text_finish(&text, &json));
			CHECK_STATUS(parse_copy(json, &gauth_json_token_limits, NULL),
						 twin < 0 ? GAUTH_OK : GAUTH_DUPLICATE_MEMBER);
		}
	}
}

static GauthStatus
decode(GauthSpan text, GauthSpan *bytes, GauthError *err)
{
	char	   *copy = malloc(text.len == 0 ? 1 : text.len);
	GauthStatus status;

	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	status = gauth_base64url_decode(&arena, gauth_span(copy, text.len), bytes,
									err);
	free(copy);
	return status;
}

/* RFC 4648 section 10, without its padding */
static void
test_base64url(void)
{
	static const struct
	{
		GauthSpan	bytes;
		GauthSpan	text;
	}			pairs[] = {
		{TEXT(""), TEXT("")}, {TEXT("f"), TEXT("Zg")}, {TEXT("fo"), TEXT("Zm8")},
		{TEXT("foo"), TEXT("Zm9v")}, {TEXT("foob"), TEXT("Zm9vYg")},
		{TEXT("fooba"), TEXT("Zm9vYmE")}, {TEXT("foobar"), TEXT("Zm9vYmFy")},
		{TEXT("\0\0\0"), TEXT("AAAA")}, {TEXT("\377\377\377"), TEXT("____")},
		{TEXT("\373\357\276"), TEXT("----")}, {TEXT("\3\354\377\340\301"),
		TEXT("A-z_4ME")}
	};
	static const GauthSpan refused[] = {
		TEXT("A"), TEXT("AAAAA"), TEXT("Zg=="), TEXT("Zg="), TEXT("Zm8="),
		TEXT("="), TEXT("Zh"), TEXT("Zm9"), TEXT("Z+"), TEXT("Z/AA"),
		TEXT("Zm 9v"), TEXT("Zm9v\n"), TEXT(" Zm9v"), TEXT("Zm9v\0"),
		TEXT("Zm%39v"), TEXT("Zm\200v"), TEXT("\377\377\377\377")
	};
	size_t		i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
	{
		GauthSpan	bytes;
		char		text[32];
		size_t		size = gauth_base64url_encode(pairs[i].bytes, text);

		CHECK(size == GAUTH_BASE64URL_ENCODED_SIZE(pairs[i].bytes.len));
		CHECK(gauth_span_equal(gauth_span(text, size), pairs[i].text));
		CHECK_STATUS(decode(pairs[i].text, &bytes, NULL), GAUTH_OK);
		CHECK(gauth_span_equal(bytes, pairs[i].bytes));
	}
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
	{
		GauthSpan	bytes;
		GauthError	err = {0};

		CHECK_STATUS(decode(refused[i], &bytes, &err), GAUTH_INVALID_ENCODING);
		CHECK(err.offset <= refused[i].len);
	}
}

/* every pair of last characters: one text for one byte, and no other */
static void
test_base64url_canonical(void)
{
	unsigned	accepted = 0;
	int			a;
	int			b;

	for (a = 0; a < 256; a++)
	{
		for (b = 0; b < 256; b++)
		{
			char		text[2] = {(char) a, (char) b};
			char		again[2];
			GauthSpan	bytes;

			gauth_arena_reset(&arena);
			if (decode(gauth_span(text, 2), &bytes, NULL) != GAUTH_OK)
				continue;
			accepted++;
			(void) gauth_base64url_encode(bytes, again);
			if (memcmp(text, again, 2) != 0)
				CHECK(!"two texts for one byte");
		}
	}
	CHECK(accepted == 256);
}

/* RFC 4648 section 10, and what differs from base64url */
static void
test_base64(void)
{
	static const struct
	{
		GauthSpan	bytes;
		GauthSpan	text;
	}			pairs[] = {
		{TEXT(""), TEXT("")}, {TEXT("f"), TEXT("Zg==")},
		{TEXT("fo"), TEXT("Zm8=")}, {TEXT("foo"), TEXT("Zm9v")},
		{TEXT("foob"), TEXT("Zm9vYg==")}, {TEXT("fooba"), TEXT("Zm9vYmE=")},
		{TEXT("foobar"), TEXT("Zm9vYmFy")},
		{TEXT("\377\377\377"), TEXT("////")},
		{TEXT("\373\357\276"), TEXT("++++")}
	};
	static const GauthSpan refused[] = {
		TEXT("Zg"), TEXT("Zg="), TEXT("Zm8"), TEXT("===="), TEXT("Z==="),
		TEXT("Zh=="), TEXT("Zm9="), TEXT("--__"), TEXT("Zg==Zg=="),
		TEXT("Zm9v\n"), TEXT("Zm9 "), TEXT("Zm9v===="), TEXT("Z=g="), TEXT("A")
	};
	size_t		i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
	{
		GauthSpan	result;
		GauthText	text;

		gauth_text_init(&text, &arena);
		gauth_base64_append(&text, pairs[i].bytes);
		CHECK(gauth_text_finish(&text, &result));
		CHECK(gauth_span_equal(result, pairs[i].text));
		CHECK_STATUS(gauth_base64_decode(&arena, pairs[i].text, &result, NULL),
					 GAUTH_OK);
		CHECK(gauth_span_equal(result, pairs[i].bytes));
	}
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
	{
		GauthSpan	result;

		CHECK_STATUS(gauth_base64_decode(&arena, refused[i], &result, NULL),
					 GAUTH_INVALID_ENCODING);
	}
}

/* every code point there and back, and every other sequence refused */
static void
test_utf8(void)
{
	uint32_t	point;
	uint32_t	read;
	unsigned	good = 0;

	for (point = 0; point <= 0x10ffff; point++)
	{
		char		bytes[4];
		size_t		size;

		size = gauth_utf8_encode(point, bytes);
		if (point >= 0xd800 && point <= 0xdfff)
		{
			good += gauth_utf8_sequence(bytes, size) == 0;
			continue;
		}
		good += gauth_utf8_decode(bytes, size, &read) == size && read == point &&
			gauth_utf8_sequence(bytes, size) == size &&
			(size == 1 || gauth_utf8_sequence(bytes, size - 1) == 0);
	}
	CHECK(good == 0x110000);

	CHECK(gauth_utf8_sequence("\300\200", 2) == 0);
	CHECK(gauth_utf8_sequence("\340\200\200", 3) == 0);
	CHECK(gauth_utf8_sequence("\360\200\200\200", 4) == 0);
	CHECK(gauth_utf8_sequence("\364\220\200\200", 4) == 0);
	CHECK(gauth_utf8_sequence("\370\210\200\200\200", 5) == 0);
	CHECK(gauth_utf8_sequence("\200", 1) == 0);
	CHECK(gauth_utf8_decode("", 0, &read) == 0);
	CHECK(gauth_utf8_valid_prefix(GAUTH_SPAN("a\303\251\377b")) == 3);
	CHECK(gauth_utf8_valid_prefix(GAUTH_SPAN("a\303\251")) == 3);
	CHECK(gauth_utf8_valid_prefix(GAUTH_SPAN("a\303")) == 1);
	CHECK(gauth_utf8_valid_prefix(gauth_span(NULL, 0)) == 0);
}

static void
test_hex(void)
{
	uint8_t		bytes[256];
	uint8_t		again[256];
	char		text[512];
	GauthError	err;
	int			i;

	for (i = 0; i < 256; i++)
		bytes[i] = (uint8_t) i;
	gauth_hex_encode(gauth_span(bytes, 256), text);
	CHECK(memcmp(text, "000102", 6) == 0 && memcmp(text + 508, "feff", 4) == 0);
	CHECK_STATUS(gauth_hex_decode(gauth_span(text, 512), again, &err), GAUTH_OK);
	CHECK(memcmp(bytes, again, 256) == 0);
	CHECK_STATUS(gauth_hex_decode(GAUTH_SPAN("AbCd"), again, &err), GAUTH_OK);
	CHECK(again[0] == 0xab && again[1] == 0xcd);
	CHECK_STATUS(gauth_hex_decode(GAUTH_SPAN("abc"), again, &err),
				 GAUTH_INVALID_ENCODING);
	CHECK_STATUS(gauth_hex_decode(GAUTH_SPAN("ab0g"), again, &err),
				 GAUTH_INVALID_ENCODING);
	CHECK(err.offset == 2);
	CHECK_STATUS(gauth_hex_decode(GAUTH_SPAN("0x"), again, &err),
				 GAUTH_INVALID_ENCODING);
	CHECK_STATUS(gauth_hex_decode(GAUTH_SPAN(""), again, &err), GAUTH_OK);
}

/* a source that gives "left" blocks, and counts those that are out */
typedef struct Counter
{
	unsigned	left;
	unsigned	out;
} Counter;

static void *
take(void *state, size_t size)
{
	Counter    *counter = state;

	if (counter->left == 0)
		return NULL;
	counter->left--;
	counter->out++;
	return malloc(size);
}

static void
give_back(void *state, void *block)
{
	((Counter *) state)->out--;
	free(block);
}

static void
test_arena(void)
{
	char		buffer[100];
	GauthArena	small;
	char	   *a;
	char	   *b;
	int			i;

	gauth_arena_init(&small, buffer + 1, sizeof(buffer) - 1, NULL, 0);
	a = gauth_arena_alloc(&small, 1);
	b = gauth_arena_alloc(&small, 17);
	CHECK(a != NULL && (uintptr_t) a % GAUTH_ARENA_ALIGN == 0);
	CHECK(b == a + 16);
	CHECK(gauth_arena_alloc(&small, 100) == NULL);
	CHECK(gauth_arena_alloc(&small, SIZE_MAX) == NULL);
	CHECK(gauth_arena_alloc(&small, SIZE_MAX - 40) == NULL);
	for (i = 0; gauth_arena_alloc(&small, 0) != NULL; i++)
		CHECK(i < 10);
	memset(buffer, 1, sizeof(buffer));
	gauth_arena_wipe(&small);
	CHECK(buffer[0] == 1 && buffer[1] == 0 && buffer[99] == 0);
	gauth_arena_reset(&small);
	CHECK(gauth_arena_alloc(&small, 1) == a);

	gauth_arena_init(&small, NULL, 0, NULL, 0);
	CHECK(gauth_arena_alloc(&small, 1) == NULL);
	CHECK(gauth_arena_array(&small, SIZE_MAX / 2, 3) == NULL);
	gauth_arena_init(&small, buffer, 3, NULL, 0);
	CHECK(gauth_arena_alloc(&small, 8) == NULL);
}

static void
test_arena_source(void)
{
	Counter		counter = {3, 0};
	GauthBlockSource source = {take, give_back, &counter};
	GauthArena	blocks;
	char	   *piece;
	size_t		i;

	gauth_arena_init(&blocks, NULL, 0, &source, 0);
	piece = gauth_arena_array(&blocks, 10, 100);
	for (i = 0; piece != NULL && i < 1000; i++)
	{
		if (piece[i] != 0)
			CHECK(!"zeroed");
	}
	CHECK(counter.out == 1);
	CHECK(gauth_arena_alloc(&blocks, 100000) != NULL && counter.out == 2);
	CHECK(gauth_arena_alloc(&blocks, 200000) != NULL && counter.out == 3);
	CHECK(gauth_arena_alloc(&blocks, 300000) == NULL && counter.out == 3);
	counter.left = 1;
	CHECK(gauth_arena_alloc(&blocks, SIZE_MAX - 8) == NULL);
	CHECK(counter.out == 3);
	gauth_arena_reset(&blocks);
	CHECK(counter.out == 0);

	counter.left = 1000;
	gauth_arena_init(&blocks, NULL, 0, &source, 20000);
	for (i = 0; gauth_arena_alloc(&blocks, 100) != NULL; i++)
		CHECK(blocks.total <= 20000);
	CHECK(i > 100 && i < 200);
	CHECK(gauth_arena_alloc(&blocks, 20001) == NULL);
	gauth_arena_reset(&blocks);
	CHECK(counter.out == 0);
}

/* memory that ends anywhere: an answer, and nothing written beyond it */
static void
test_memory(void)
{
	GauthText	text;
	GauthSpan	json;
	GauthSpan	written;
	unsigned	good = 0;
	size_t		size;
	int			i;

	gauth_text_init(&text, &arena);
	gauth_text_append_char(&text, '{');
	for (i = 0; i < 40; i++)
	{
		gauth_text_append_char(&text, '"');
		gauth_text_append_int64(&text, i);
		gauth_text_append(&text, GAUTH_SPAN("\":[\"\\u0041\",{}],"));
	}
	gauth_text_append(&text, GAUTH_SPAN("\"\":0}"));
	CHECK(gauth_text_finish(&text, &json));

	for (size = 0; size <= 24 * 1024; size += 48)
	{
		char	   *buffer = malloc(size == 0 ? 1 : size);
		GauthArena	tight;
		GauthJson  *root;
		GauthStatus status;

		gauth_arena_init(&tight, buffer, size, NULL, 0);
		status = gauth_json_parse(&tight, json, &gauth_json_token_limits, &root,
								  NULL);
		good += status == GAUTH_OK;
		if (status != GAUTH_OK)
			CHECK_STATUS(status, GAUTH_OUT_OF_MEMORY);

		gauth_arena_init(&tight, buffer, size, NULL, 0);
		gauth_text_init(&text, &tight);
		for (i = 0; i < 100; i++)
			gauth_text_append_base64url(&text, GAUTH_SPAN("abcdefg"));
		CHECK(gauth_text_finish(&text, &written) == !text.failed);
		CHECK(text.failed || written.len == 1000);
		free(buffer);
	}
	CHECK(good > 0);
}

static void
test_text(void)
{
	GauthText	text;
	GauthSpan	written;

	gauth_text_init(&text, &arena);
	CHECK(gauth_text_finish(&text, &written) && written.len == 0);
	gauth_text_append_int64(&text, INT64_MIN);
	gauth_text_append_char(&text, ' ');
	gauth_text_append_int64(&text, INT64_MAX);
	gauth_text_append_json_string(&text, GAUTH_SPAN("\"\\/\b\f\n\r\t\1\37\177"
													"\303\251"));
	gauth_text_append_base64url(&text, GAUTH_SPAN(""));
	gauth_text_append_base64url(&text, GAUTH_SPAN("fo"));
	CHECK(gauth_text_finish(&text, &written));
	CHECK(gauth_span_is(written, "-9223372036854775808 9223372036854775807"
						"\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\177\303\251\""
						"Zm8"));
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_json_grammar();
	test_json_tree();
	test_json_limits();
	test_json_numbers();
	test_json_members();
	test_base64url();
	test_base64();
	test_base64url_canonical();
	test_utf8();
	test_hex();
	test_arena();
	test_arena_source();
	test_text();
	test_memory();
	gauth_arena_reset(&arena);
	return unit_finish("base");
}
