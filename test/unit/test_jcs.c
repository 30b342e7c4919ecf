/*
 * test_jcs.c
 *		The canonical form of JSON: the examples of RFC 8785, numbers against
 *		an independent check, order, and what is refused (C-09).
 */
#include <math.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/jcs.h"
#include "base/number.h"
#include "unit.h"

static GauthArena arena;

typedef struct NumberCase
{
	uint64_t	bits;
	const char *text;
} NumberCase;

/* RFC 8785 appendix B, and numbers where the nearest is not the shortest */
static const NumberCase number_cases[] = {
	{0x0000000000000000, "0"},
	{0x8000000000000000, "0"},
	{0x0000000000000001, "5e-324"},
	{0x8000000000000001, "-5e-324"},
	{0x7fefffffffffffff, "1.7976931348623157e+308"},
	{0xffefffffffffffff, "-1.7976931348623157e+308"},
	{0x4340000000000000, "9007199254740992"},
	{0xc340000000000000, "-9007199254740992"},
	{0x4430000000000000, "295147905179352830000"},
	{0x44b52d02c7e14af5, "9.999999999999997e+22"},
	{0x44b52d02c7e14af6, "1e+23"},
	{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
	{0x444b1ae4d6e2ef4e, "999999999999999700000"},
	{0x444b1ae4d6e2ef4f, "999999999999999900000"},
	{0x444b1ae4d6e2ef50, "1e+21"},
	{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
	{0x3eb0c6f7a0b5ed8d, "0.000001"},
	{0x41b3de4355555553, "333333333.3333332"},
	{0x41b3de4355555554, "333333333.33333325"},
	{0x41b3de4355555555, "333333333.3333333"},
	{0x41b3de4355555556, "333333333.3333334"},
	{0x41b3de4355555557, "333333333.33333343"},
	{0xbecbf647612f3696, "-0.0000033333333333333333"},
	{0x43143ff3c1cb0959, "1424953923781206.2"},
	{0x3d30000000000000, "5.684341886080802e-14"},
	{0x4415af1d78b58c40, "100000000000000000000"},
	{0x0010000000000000, "2.2250738585072014e-308"},
	{0x000fffffffffffff, "2.225073858507201e-308"},
	{0x3ff8000000000000, "1.5"},
	{0x4059000000000000, "100"},
};

static double
double_of(uint64_t bits)
{
	double		number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

static GauthStatus
canonical(const char *text, GauthSpan *result)
{
	GauthJson  *json = NULL;

	CHECK_STATUS(gauth_json_parse(&arena, gauth_span_of(text),
								  &gauth_json_document_limits, &json, NULL),
				 GAUTH_OK);
	return gauth_jcs_write(&arena, json, result, NULL);
}

static bool
becomes(const char *text, const char *expected)
{
	GauthSpan	result = {NULL, 0};

	if (canonical(text, &result) == GAUTH_OK &&
		gauth_span_is(result, expected))
		return true;
	printf("  %s became %.*s\n", text, (int) result.len,
		   result.data == NULL ? "" : result.data);
	return false;
}

/* C-09: numbers */
static void
test_numbers(void)
{
	char		text[GAUTH_NUMBER_TEXT_MAX];
	double		again;
	size_t		i;

	for (i = 0; i < sizeof(number_cases) / sizeof(number_cases[0]); i++)
	{
		double		number = double_of(number_cases[i].bits);
		size_t		len = gauth_number_write(number, text);

		CHECK(strcmp(text, number_cases[i].text) == 0 && strlen(text) == len);
		CHECK(gauth_number_read(gauth_span(text, len), &again) &&
			  again == number);
	}
	CHECK(becomes("[1.0,1,1e0,10e-1,-0,-0.0,0e999999,1E+2]",
				  "[1,1,1,1,0,0,0,100]"));
	CHECK(becomes("[9007199254740993,123456789012345678901234567890]",
				  "[9007199254740992,1.2345678901234568e+29]"));
	CHECK(becomes("[1e-400,-1e-99999999999999999999]", "[0,0]"));
	CHECK(becomes("[0.00000000000000000000000000000000001e35]", "[1]"));
}

/* numbers with more digits than a double can tell apart, exactly half way */
static void
test_long_numbers(void)
{
	char		text[4096];
	double		number;
	double		least = ldexp(1, -1074);
	int			len = snprintf(text, sizeof(text), "%.1074f", least);

	CHECK(gauth_number_read(gauth_span(text, (size_t) len), &number) &&
		  number == least);
	memset(text, '0', sizeof(text));
	text[0] = '1';
	memcpy(text + 4000, "1", 1);
	CHECK(gauth_number_read(gauth_span(text, 300), &number) &&
		  number == 1e299);
	CHECK(!gauth_number_read(gauth_span(text, 4001), &number));

	/* 2^53 + 1 lies between two doubles; one digit far behind decides */
	len = snprintf(text, sizeof(text), "9007199254740993.");
	memset(text + len, '0', 2000);
	CHECK(gauth_number_read(gauth_span(text, (size_t) len + 2000), &number) &&
		  number == 9007199254740992.0);
	text[len + 1999] = '1';
	CHECK(gauth_number_read(gauth_span(text, (size_t) len + 2000), &number) &&
		  number == 9007199254740994.0);
}

/* significant digits of what was written */
static int
count_digits(const char *text)
{
	int			digits = 0;
	int			zeros = 0;

	for (; *text != '\0' && *text != 'e'; text++)
	{
		if (*text < '0' || *text > '9' || (*text == '0' && digits == 0))
			continue;
		zeros = *text == '0' ? zeros + 1 : 0;
		digits++;
	}
	return digits - zeros;
}

/*
 * C-09: what the writer says is read as the same number by the C library, and
 * no text with fewer digits is, which the library's own rounding shows.
 */
static void
test_random_numbers(void)
{
	uint64_t	state = 0x9e3779b97f4a7c15;
	unsigned	bad = 0;
	int			i;

	for (i = 0; i < 50000; i++)
	{
		char		text[GAUTH_NUMBER_TEXT_MAX];
		char		shorter[64];
		double		number;
		int			digits;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		number = double_of(i % 2 == 0 ? state : state >> 48 << 46);
		if (!isfinite(number) || number == 0)
			continue;
		(void) gauth_number_write(number, text);
		digits = count_digits(text);
		bad += strtod(text, NULL) != number || digits > 17;
		if (digits > 1)
		{
			snprintf(shorter, sizeof(shorter), "%.*e", digits - 2, number);
			bad += strtod(shorter, NULL) == number;
		}
	}
	CHECK(bad == 0);
}

/* C-09: RFC 8785 sections 3.2.2 and 3.2.3 */
static void
test_examples(void)
{
	CHECK(becomes("{\n\"numbers\": [333333333.33333329, 1E30, 4.50,\n2e-3, "
				  "0.000000000000000000000000001],\n\"string\": \"\\u20ac$"
				  "\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
				  "\"literals\": [null, true, false]\n}",
				  "{\"literals\":[null,true,false],\"numbers\":"
				  "[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":"
				  "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"));
	CHECK(becomes("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,"
				  "\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}",
				  "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,"
				  "\"\xe2\x82\xac\":1,\"\xf0\x9f\x98\x80\":5,"
				  "\"\xef\xac\xb3\":3}"));
	CHECK(becomes("{\"b\":{\"d\":1,\"c\":[{\"f\":2,\"e\":[]}]},\"a\":{}}",
				  "{\"a\":{},\"b\":{\"c\":[{\"e\":[],\"f\":2}],\"d\":1}}"));
	CHECK(becomes("{\"aa\":1,\"a\":2,\"\":3,\"A\":4}",
				  "{\"\":3,\"A\":4,\"a\":2,\"aa\":1}"));
	CHECK(becomes("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\u007f</>\\u2028\"",
				  "\"\\u0000\\u001f\\b\\t\\n\\f\\r\x7f</>\xe2\x80\xa8\""));
	CHECK(becomes("[56,{\"d\":true,\"10\":null,\"1\":[]}]",
				  "[56,{\"1\":[],\"10\":null,\"d\":true}]"));
	/* U+E000 after a surrogate, U+D7FF before it, also behind a prefix */
	CHECK(becomes("{\"x\\ue000\":1,\"x\\ud800\\udc00\":2,\"x\\ud7ff\":3}",
				  "{\"x\xed\x9f\xbf\":3,\"x\xf0\x90\x80\x80\":2,"
				  "\"x\xee\x80\x80\":1}"));
}

/* C-09: NaN and infinity cannot be said, nor meant */
static void
test_refused(void)
{
	GauthSpan	result;
	GauthJson  *json;

	CHECK_STATUS(gauth_json_parse(&arena, GAUTH_SPAN("[NaN]"),
								  &gauth_json_document_limits, &json, NULL),
				 GAUTH_INVALID_JSON);
	CHECK_STATUS(gauth_json_parse(&arena, GAUTH_SPAN("[Infinity]"),
								  &gauth_json_document_limits, &json, NULL),
				 GAUTH_INVALID_JSON);
	CHECK_STATUS(canonical("[1,1e309]", &result), GAUTH_INVALID_VALUE);
	CHECK_STATUS(canonical("{\"a\":[-1e309]}", &result), GAUTH_INVALID_VALUE);
	CHECK_STATUS(canonical("1e99999999999999999999", &result),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(canonical("1.7976931348623157e308", &result), GAUTH_OK);
	CHECK_STATUS(canonical("1.7976931348623159e308", &result),
				 GAUTH_INVALID_VALUE);
}

static void
test_memory(void)
{
	GauthJson  *json = NULL;
	GauthArena	small;
	GauthSpan	result;
	char		buffer[64];

	CHECK_STATUS(gauth_json_parse(&arena, GAUTH_SPAN("{\"b\":[1,2],\"a\":3}"),
								  &gauth_json_document_limits, &json, NULL),
				 GAUTH_OK);
	gauth_arena_init(&small, buffer, sizeof(buffer), NULL, 0);
	CHECK_STATUS(gauth_jcs_write(&small, json, &result, NULL),
				 GAUTH_OUT_OF_MEMORY);
	gauth_arena_init(&small, NULL, 0, NULL, 0);
	CHECK_STATUS(gauth_jcs_write(&small, json, &result, NULL),
				 GAUTH_OUT_OF_MEMORY);
}

typedef struct InstantCase
{
	const char *text;
	int64_t		seconds;		/* or the one that is never meant: refused */
} InstantCase;

#define REFUSED		INT64_MIN

static const InstantCase instant_cases[] = {
	{"1970-01-01T00:00:00Z", 0},
	{"1969-12-31T23:59:59Z", -1},
	{"2026-01-31T12:00:00Z", 1769860800},
	{"2026-01-31t12:00:00z", 1769860800},
	{"2026-01-31 12:00:00Z", 1769860800},
	{"2026-01-31T13:00:00+01:00", 1769860800},
	{"2026-01-31T06:30:00.999999999-05:30", 1769860800},
	{"2000-02-29T00:00:00Z", 951782400},
	{"0000-01-01T00:00:00Z", -62167219200},
	{"9999-12-31T23:59:59Z", 253402300799},
	{"2016-12-31T23:59:60Z", 1483228800},
	{"9999-12-31T23:59:59-00:01", REFUSED},
	{"0000-01-01T00:00:00+00:01", REFUSED},
	{"1900-02-29T00:00:00Z", REFUSED},
	{"2026-02-30T00:00:00Z", REFUSED},
	{"2026-13-01T00:00:00Z", REFUSED},
	{"2026-00-01T00:00:00Z", REFUSED},
	{"2026-01-00T00:00:00Z", REFUSED},
	{"2026-01-31T24:00:00Z", REFUSED},
	{"2026-01-31T12:60:00Z", REFUSED},
	{"2026-01-31T12:00:61Z", REFUSED},
	{"2026-01-31T12:00:00", REFUSED},
	{"2026-01-31T12:00:00.Z", REFUSED},
	{"2026-01-31T12:00Z", REFUSED},
	{"2026-01-31", REFUSED},
	{"26-01-31T12:00:00Z", REFUSED},
	{"2026-01-31T12:00:00+24:00", REFUSED},
	{"2026-01-31T12:00:00+0100", REFUSED},
	{"2026-01-31T12:00:00Z ", REFUSED},
	{"", REFUSED},
};

static void
test_instants(void)
{
	char		text[GAUTH_INSTANT_TEXT_MAX];
	int64_t		seconds;
	int64_t		again;
	size_t		i;

	for (i = 0; i < sizeof(instant_cases) / sizeof(instant_cases[0]); i++)
	{
		bool		good = gauth_instant_read(gauth_span_of(instant_cases[i].text),
											  &seconds);

		if (!CHECK(instant_cases[i].seconds == REFUSED ? !good :
				   good && seconds == instant_cases[i].seconds))
			printf("  %s\n", instant_cases[i].text);
	}
	/* every day and a bit, over all years that can be written */
	for (seconds = -62167219200; seconds <= 253402300799; seconds += 86461)
	{
		size_t		len = gauth_instant_write(seconds, text);

		if (!gauth_instant_read(gauth_span(text, len), &again) ||
			again != seconds)
			break;
	}
	CHECK(seconds > 253402300799);
	CHECK(gauth_instant_write(INT64_MAX, text) == 20 &&
		  strcmp(text, "9999-12-31T23:59:59Z") == 0);
	CHECK(gauth_instant_write(INT64_MIN, text) == 20 &&
		  strcmp(text, "0000-01-01T00:00:00Z") == 0);
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_numbers();
	test_long_numbers();
	test_random_numbers();
	test_examples();
	test_refused();
	test_memory();
	test_instants();
	gauth_arena_reset(&arena);
	return unit_finish("jcs");
}
