/*
 * test_attacks.c
 *		Attacks on header, claims and text of a token.
 *
 * Every token here is signed with the right key, so that nothing but the
 * rule in question stands in its way.  Each is tried a second time with a
 * wrong signature: then the answer has to be one of those before the
 * signature, which outside callers cannot tell apart (row 28).  Attacks on
 * keys and signatures are in test_attacks_keys.c and
 * test_attacks_signatures.c.
 */
#include "test_attack.h"

static GauthKey *signer;
static GauthKey *stranger;
static GauthKeySet keys;

/* a part without data is the good one */
typedef struct Case
{
	int			row;
	GauthStatus expected;
	const char *what;
	GauthSpan	header;
	GauthSpan	payload;
} Case;

#define NO_PART		{NULL, 0}
#define HEADER(row, expected, what, text) \
	{row, expected, what, TEXT(text), NO_PART}
#define PAYLOAD(row, expected, what, text) \
	{row, expected, what, NO_PART, TEXT(text)}
#define ALG(what, json) \
	HEADER(1, GAUTH_ALGORITHM_REFUSED, what, "{\"alg\":" json "}")
#define NO_ALG(what, text) \
	HEADER(1, GAUTH_TOKEN_MALFORMED, what, text)
#define MEMBER(row, expected, what, text) \
	HEADER(row, expected, what, "{\"alg\":\"HS256\"," text "}")
#define CRIT(what, json) \
	MEMBER(6, GAUTH_HEADER_REFUSED, "crit " what, "\"crit\":" json)
#define TIMES(expected, what, text) \
	PAYLOAD(21, expected, what, CLAIMS(text))
#define ADDED(row, expected, what, text) \
	PAYLOAD(row, expected, what, CLAIMS("\"exp\":1000600," text))
#define NOT_JSON(what, text) \
	PAYLOAD(29, GAUTH_TOKEN_MALFORMED, what, text)

static const Case cases[] = {
	HEADER(1, GAUTH_OK, "control", GOOD_HEADER),
	ALG("none", "\"none\""), ALG("None", "\"None\""),
	ALG("NONE", "\"NONE\""), ALG("nOnE", "\"nOnE\""),
	ALG("an empty name", "\"\""), ALG("lower case", "\"hs256\""),
	ALG("a space behind", "\"HS256 \""), ALG("a space before", "\" HS256\""),
	ALG("a line feed behind", "\"HS256\\n\""), ALG("HS1", "\"HS1\""),
	ALG("half a name", "\"HS25\""), ALG("a longer name", "\"HS2566\""),
	ALG("ES256K", "\"ES256K\""), ALG("RSA1_5", "\"RSA1_5\""),
	ALG("dir", "\"dir\""), ALG("Ed448", "\"Ed448\""),
	ALG("full width letters", "\"\\uff28\\uff33256\""),
	NO_ALG("alg null", "{\"alg\":null}"),
	NO_ALG("alg a number", "{\"alg\":256}"),
	NO_ALG("alg true", "{\"alg\":true}"),
	NO_ALG("alg an array", "{\"alg\":[\"HS256\"]}"),
	NO_ALG("alg an object", "{\"alg\":{\"alg\":\"HS256\"}}"),
	NO_ALG("no alg", "{\"typ\":\"JWT\"}"),
	NO_ALG("no members", "{}"), NO_ALG("an array", "[\"alg\",\"HS256\"]"),
	NO_ALG("a string", "\"HS256\""), NO_ALG("null", "null"),
	NO_ALG("a zero byte in alg", "{\"alg\":\"HS256\\u0000\"}"),
	NO_ALG("Alg", "{\"Alg\":\"HS256\"}"),

	MEMBER(5, GAUTH_OK, "control, a kid that nobody asks for",
		   "\"kid\":\"any\""),
	MEMBER(5, GAUTH_HEADER_REFUSED, "kid a number", "\"kid\":1"),
	MEMBER(5, GAUTH_HEADER_REFUSED, "kid null", "\"kid\":null"),
	MEMBER(5, GAUTH_HEADER_REFUSED, "kid an array", "\"kid\":[\"a\"]"),
	MEMBER(5, GAUTH_HEADER_REFUSED, "kid an object", "\"kid\":{}"),
	MEMBER(5, GAUTH_HEADER_REFUSED, "kid true", "\"kid\":true"),
	MEMBER(5, GAUTH_TOKEN_MALFORMED, "kid with a zero byte",
		   "\"kid\":\"a\\u0000\""),

	CRIT("unknown", "[\"x\"]"), CRIT("unknown, and there", "[\"x\"],\"x\":1"),
	CRIT("empty", "[]"), CRIT("a string", "\"x\""), CRIT("null", "null"),
	CRIT("an object", "{}"), CRIT("a number", "0"), CRIT("false", "false"),
	CRIT("registered", "[\"alg\"]"), CRIT("itself", "[\"crit\"]"),
	CRIT("twice the same", "[\"exp\",\"exp\"]"), CRIT("exp", "[\"exp\"]"),
	CRIT("b64", "[\"b64\"]"), CRIT("not strings", "[1,null]"),

	MEMBER(7, GAUTH_HEADER_REFUSED, "b64 false", "\"b64\":false"),
	MEMBER(7, GAUTH_HEADER_REFUSED, "b64 true", "\"b64\":true"),
	MEMBER(7, GAUTH_HEADER_REFUSED, "b64 null", "\"b64\":null"),
	MEMBER(7, GAUTH_HEADER_REFUSED, "b64 with crit",
		   "\"b64\":false,\"crit\":[\"b64\"]"),
	PAYLOAD(7, GAUTH_TOKEN_MALFORMED, "a payload that is not there", ""),

	HEADER(16, GAUTH_TOKEN_MALFORMED, "alg twice",
		   "{\"alg\":\"none\",\"alg\":\"HS256\"}"),
	HEADER(16, GAUTH_TOKEN_MALFORMED, "alg twice, the same",
		   "{\"alg\":\"HS256\",\"alg\":\"HS256\"}"),
	HEADER(16, GAUTH_TOKEN_MALFORMED, "alg twice, once escaped",
		   "{\"alg\":\"none\",\"\\u0061lg\":\"HS256\"}"),
	MEMBER(16, GAUTH_TOKEN_MALFORMED, "kid twice",
		   "\"kid\":\"a\",\"kid\":\"b\""),
	MEMBER(16, GAUTH_TOKEN_MALFORMED, "twice in a nested object",
		   "\"jwk\":{\"kty\":\"oct\",\"kty\":\"RSA\"}"),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "sub twice", "\"sub\":\"admin\""),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "sub twice, once escaped",
		  "\"\\u0073ub\":\"admin\""),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "sub twice, all escaped",
		  "\"\\u0073\\u0075\\u0062\":\"admin\""),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "exp twice", "\"exp\":1000700"),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "twice in cnf",
		  "\"cnf\":{\"jkt\":\"a\",\"jkt\":\"b\"}"),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "twice deep down",
		  "\"a\":[{\"b\":[{\"c\":1,\"c\":1}]}]"),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "the empty name twice",
		  "\"\":1,\"\":2"),
	ADDED(16, GAUTH_TOKEN_MALFORMED, "twice behind a surrogate pair",
		  "\"\\ud83d\\ude00\":1,\"\360\237\230\200\":2"),
	ADDED(16, GAUTH_OK, "control, other case", "\"Sub\":\"x\""),
	ADDED(16, GAUTH_OK, "control, the same name at two places",
		  "\"a\":{\"sub\":1},\"b\":{\"sub\":1}"),

	MEMBER(20, GAUTH_HEADER_REFUSED, "zip", "\"zip\":\"DEF\""),
	MEMBER(20, GAUTH_HEADER_REFUSED, "enc", "\"enc\":\"A128GCM\""),
	HEADER(20, GAUTH_ALGORITHM_REFUSED, "PBES2",
		   "{\"alg\":\"PBES2-HS256+A128KW\",\"p2c\":2147483647,"
		   "\"p2s\":\"\",\"enc\":\"A128GCM\"}"),

	TIMES(GAUTH_OK, "control", "\"exp\":1000001"),
	TIMES(GAUTH_CLAIM_MISSING, "no exp", "\"iat\":1000000"),
	TIMES(GAUTH_TOKEN_EXPIRED, "exp is now", "\"exp\":1000000"),
	TIMES(GAUTH_TOKEN_EXPIRED, "exp is past", "\"exp\":999999"),
	TIMES(GAUTH_TOKEN_EXPIRED, "exp zero", "\"exp\":0"),
	TIMES(GAUTH_CLAIM_INVALID, "exp a string", "\"exp\":\"1000600\""),
	TIMES(GAUTH_CLAIM_INVALID, "exp an empty string", "\"exp\":\"\""),
	TIMES(GAUTH_CLAIM_INVALID, "exp null", "\"exp\":null"),
	TIMES(GAUTH_CLAIM_INVALID, "exp true", "\"exp\":true"),
	TIMES(GAUTH_CLAIM_INVALID, "exp an array", "\"exp\":[1000600]"),
	TIMES(GAUTH_CLAIM_INVALID, "exp an object", "\"exp\":{\"exp\":1000600}"),
	TIMES(GAUTH_CLAIM_INVALID, "exp a fraction", "\"exp\":1000600.5"),
	TIMES(GAUTH_CLAIM_INVALID, "exp a whole fraction", "\"exp\":1000600.0"),
	TIMES(GAUTH_CLAIM_INVALID, "exp an exponent", "\"exp\":1e7"),
	TIMES(GAUTH_CLAIM_INVALID, "exp infinite as a double", "\"exp\":1e400"),
	TIMES(GAUTH_CLAIM_INVALID, "exp 1e309", "\"exp\":1e309"),
	TIMES(GAUTH_CLAIM_INVALID, "exp 2^63", "\"exp\":9223372036854775808"),
	TIMES(GAUTH_CLAIM_INVALID, "exp 2^63-1", "\"exp\":9223372036854775807"),
	TIMES(GAUTH_CLAIM_INVALID, "exp 2^64", "\"exp\":18446744073709551616"),
	TIMES(GAUTH_CLAIM_INVALID, "exp 2^64+1000600",
		  "\"exp\":18446744073710552216"),
	TIMES(GAUTH_CLAIM_INVALID, "exp 2^32 wrapped many times",
		  "\"exp\":99999999999999999999999999"),
	TIMES(GAUTH_CLAIM_INVALID, "exp negative", "\"exp\":-1"),
	TIMES(GAUTH_CLAIM_INVALID, "exp the least number",
		  "\"exp\":-9223372036854775808"),
	TIMES(GAUTH_CLAIM_INVALID, "exp behind the year 9999",
		  "\"exp\":253402300800"),
	TIMES(GAUTH_TOKEN_TOO_LONG_LIVED, "exp at the end of 9999",
		  "\"exp\":253402300799"),
	TIMES(GAUTH_TOKEN_TOO_LONG_LIVED, "exp in milliseconds",
		  "\"exp\":1000600000"),
	TIMES(GAUTH_TOKEN_MALFORMED, "exp with a plus", "\"exp\":+1000600"),
	TIMES(GAUTH_TOKEN_MALFORMED, "exp with a leading zero",
		  "\"exp\":01000600"),
	TIMES(GAUTH_TOKEN_MALFORMED, "exp hexadecimal", "\"exp\":0xf4498"),
	TIMES(GAUTH_CLAIM_MISSING, "EXP", "\"EXP\":1000600"),
	TIMES(GAUTH_OK, "control, a day to the second",
		  "\"iat\":1000000,\"exp\":1086400"),
	TIMES(GAUTH_TOKEN_TOO_LONG_LIVED, "a second more than a day",
		  "\"iat\":1000000,\"exp\":1086401"),
	TIMES(GAUTH_TOKEN_TOO_LONG_LIVED, "the same, begun earlier",
		  "\"iat\":900000,\"exp\":1000001"),
	TIMES(GAUTH_OK, "control, a day from now without iat",
		  "\"exp\":1086400"),
	TIMES(GAUTH_TOKEN_TOO_LONG_LIVED, "more than a day without iat",
		  "\"exp\":1086401"),
	TIMES(GAUTH_OK, "control, nbf is now",
		  "\"nbf\":1000000,\"exp\":1000600"),
	TIMES(GAUTH_TOKEN_NOT_YET_VALID, "nbf to come",
		  "\"nbf\":1000001,\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "nbf a string",
		  "\"nbf\":\"0\",\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "nbf null", "\"nbf\":null,\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "nbf false", "\"nbf\":false,\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "nbf negative", "\"nbf\":-1,\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "nbf beyond int64",
		  "\"nbf\":-9223372036854775809,\"exp\":1000600"),
	TIMES(GAUTH_OK, "control, iat is now",
		  "\"iat\":1000000,\"exp\":1000600"),
	TIMES(GAUTH_TOKEN_NOT_YET_VALID, "iat to come",
		  "\"iat\":1000001,\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "iat a string",
		  "\"iat\":\"999990\",\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "iat a fraction",
		  "\"iat\":999990.25,\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "iat null", "\"iat\":null,\"exp\":1000600"),
	TIMES(GAUTH_CLAIM_INVALID, "a number nobody can count",
		  "\"exp\":1000600,\"x\":1e131071"),
	TIMES(GAUTH_CLAIM_INVALID, "the same, nested",
		  "\"exp\":1000600,\"x\":[{\"y\":-1E-0131071}]"),
	TIMES(GAUTH_OK, "control, an exponent where no time is",
		  "\"exp\":1000600,\"x\":[1e99,-1.5E-0007,0]"),

	PAYLOAD(22, GAUTH_CLAIM_MISSING, "no iss", "{\"aud\":\"api\","
			"\"exp\":1000600}"),
	PAYLOAD(22, GAUTH_CLAIM_MISSING, "no aud",
			"{\"iss\":\"" ISSUER "\",\"exp\":1000600}"),
	ADDED(22, GAUTH_CLAIM_INVALID, "jti a number", "\"jti\":1"),
	ADDED(22, GAUTH_CLAIM_INVALID, "jti null", "\"jti\":null"),
	ADDED(22, GAUTH_CLAIM_INVALID, "jti an array", "\"jti\":[\"a\"]"),
	ADDED(22, GAUTH_OK, "control, jti", "\"jti\":\"a\""),
	ADDED(22, GAUTH_TOKEN_MALFORMED, "jti with a zero byte",
		  "\"jti\":\"a\\u0000b\""),

	HEADER(23, GAUTH_HEADER_REFUSED, "typ null",
		   "{\"alg\":\"HS256\",\"typ\":null}"),
	HEADER(23, GAUTH_HEADER_REFUSED, "typ an array",
		   "{\"alg\":\"HS256\",\"typ\":[\"JWT\"]}"),

	MEMBER(24, GAUTH_HEADER_REFUSED, "cty JWT", "\"cty\":\"JWT\""),
	MEMBER(24, GAUTH_HEADER_REFUSED, "cty jwt", "\"cty\":\"jwt\""),
	MEMBER(24, GAUTH_HEADER_REFUSED, "cty application/jwt",
		   "\"cty\":\"application/jwt\""),
	MEMBER(24, GAUTH_HEADER_REFUSED, "cty Application/JWT",
		   "\"cty\":\"Application/JWT\""),
	MEMBER(24, GAUTH_HEADER_REFUSED, "cty a number", "\"cty\":1"),
	MEMBER(24, GAUTH_OK, "control, another cty", "\"cty\":\"json\""),

	NOT_JSON("not an object", "[]"), NOT_JSON("a string", "\"x\""),
	NOT_JSON("null", "null"), NOT_JSON("words", "hello"),
	NOT_JSON("single quotes", "{'exp':1000600}"),
	NOT_JSON("no quotes", "{exp:1000600}"),
	NOT_JSON("a byte order mark", "\357\273\277" GOOD_PAYLOAD),
	NOT_JSON("UTF-16", "\376\377\0{\0}"),
	NOT_JSON("UTF-16, the other way", "{\0}\0"),
	NOT_JSON("text behind", GOOD_PAYLOAD "x"),
	NOT_JSON("another object behind", GOOD_PAYLOAD "{}"),
	NOT_JSON("a zero byte behind", GOOD_PAYLOAD "\0"),
	NOT_JSON("a zero byte before", "\0" GOOD_PAYLOAD),
	NOT_JSON("a comment", "/**/" GOOD_PAYLOAD),
	NOT_JSON("a comment behind", GOOD_PAYLOAD "//"),
	NOT_JSON("a comma too many", CLAIMS("\"exp\":1000600,")),
	NOT_JSON("NaN", CLAIMS("\"exp\":NaN")),
	NOT_JSON("Infinity", CLAIMS("\"exp\":Infinity")),
	NOT_JSON("-Infinity", CLAIMS("\"exp\":1000600,\"x\":-Infinity")),
	NOT_JSON("True", CLAIMS("\"exp\":1000600,\"x\":True")),
	NOT_JSON("an overlong slash", CLAIMS("\"exp\":1000600,\"x\":\"\300\257\"")),
	NOT_JSON("an overlong zero", CLAIMS("\"exp\":1000600,\"x\":\"\300\200\"")),
	NOT_JSON("a lone continuation", CLAIMS("\"exp\":1000600,\"x\":\"\200\"")),
	NOT_JSON("a cut sequence", CLAIMS("\"exp\":1000600,\"x\":\"\342\202\"")),
	NOT_JSON("Latin-1", CLAIMS("\"exp\":1000600,\"x\":\"\351\"")),
	NOT_JSON("CESU-8",
			 CLAIMS("\"exp\":1000600,\"x\":\"\355\240\275\355\270\200\"")),
	NOT_JSON("above U+10FFFF",
			 CLAIMS("\"exp\":1000600,\"x\":\"\364\220\200\200\"")),
	NOT_JSON("a lone high surrogate",
			 CLAIMS("\"exp\":1000600,\"x\":\"\\ud83d\"")),
	NOT_JSON("a lone low surrogate",
			 CLAIMS("\"exp\":1000600,\"x\":\"\\ude00\"")),
	NOT_JSON("a control character", CLAIMS("\"exp\":1000600,\"x\":\"\t\"")),
	NOT_JSON("an unknown escape", CLAIMS("\"exp\":1000600,\"x\":\"\\v\"")),
	NOT_JSON("half an escape", CLAIMS("\"exp\":1000600,\"x\":\"\\u00")),
	ADDED(29, GAUTH_OK, "control, other languages",
		  "\"x\":\"\303\251\342\202\254\360\237\230\200\\ud83d\\ude00\""),
	HEADER(29, GAUTH_TOKEN_MALFORMED, "header: a byte order mark",
		   "\357\273\277" GOOD_HEADER),
	HEADER(29, GAUTH_TOKEN_MALFORMED, "header: a zero byte behind",
		   GOOD_HEADER "\0"),
	HEADER(29, GAUTH_TOKEN_MALFORMED, "header: text behind",
		   GOOD_HEADER "}"),
	HEADER(29, GAUTH_TOKEN_MALFORMED, "header: not UTF-8",
		   "{\"alg\":\"HS256\",\"x\":\"\377\"}"),
	HEADER(29, GAUTH_TOKEN_MALFORMED, "header: nothing in it", " "),
	HEADER(29, GAUTH_TOKEN_MALFORMED, "header: not closed",
		   "{\"alg\":\"HS256\""),
};

static GauthSpan
or_good(GauthSpan part, const char *good)
{
	return part.data != NULL ? part : gauth_span_of(good);
}

/* signed as it should be, and by somebody else */
static void
try_token(int row, GauthSpan header, GauthSpan payload, GauthStatus expected,
		  const char *what)
{
	(void) expect(row, verify_token(sign_token(signer, header, payload), &keys,
									&rules), expected, what);
	expect_refused(28, verify_token(sign_token(stranger, header, payload),
									&keys, &rules), what);
}

static void
test_cases(void)
{
	size_t		i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		try_token(cases[i].row, or_good(cases[i].header, GOOD_HEADER),
				  or_good(cases[i].payload, GOOD_PAYLOAD), cases[i].expected,
				  cases[i].what);
}

/* row 1: a signature that was taken away, or is of the wrong algorithm */
static void
test_stripped(void)
{
	GauthSpan	header = to_base64url(GAUTH_SPAN("{\"alg\":\"none\"}"));
	GauthSpan	payload = to_base64url(GAUTH_SPAN(GOOD_PAYLOAD));
	GauthSpan	good = sign_token(signer, GAUTH_SPAN(GOOD_HEADER),
								  GAUTH_SPAN(GOOD_PAYLOAD));
	size_t		input = 0;
	int			dots = 0;

	while (dots < 2)
		dots += good.data[input++] == '.';
	expect_refused(1, verify_token(JOIN(header, DOT, payload, DOT), &keys,
								   &rules), "none, no signature");
	expect_refused(1, verify_token(JOIN(header, DOT, payload), &keys, &rules),
				   "none, two segments");
	expect_refused(1, verify_token(gauth_span_slice(good, 0, input), &keys,
								   &rules), "signature stripped");
	expect_refused(1, verify_token(gauth_span_slice(good, 0, input - 1), &keys,
								   &rules), "signature and dot stripped");
	expect_refused(1, verify_token(attach(gauth_span_slice(good, 0, input - 1),
										  repeat(gauth_span("\0", 1), 32)),
								   &keys, &rules), "a signature of zeros");
}

/* rows 16 and 19: objects that are large, and deep */
static void
test_sizes(void)
{
	GauthText	text;
	int			i;
	int			depth;

	for (i = 1; i < 200; i += 33)
	{
		gauth_text_init(&text, &lasting);
		gauth_text_append(&text, GAUTH_SPAN("{\"x0\":0"));
		for (depth = 1; depth < 200; depth++)
			gauth_text_append(&text, format_text(",\"x%d\":0", depth));
		gauth_text_append(&text, format_text(",\"x%d\":0}", i));
		try_token(16, GAUTH_SPAN(GOOD_HEADER), finished(&text),
				  GAUTH_TOKEN_MALFORMED, "twice among two hundred");
	}
	for (depth = 30; depth < 36; depth++)
	{
		GauthSpan	nested = JOIN(repeat(GAUTH_SPAN("["), (size_t) depth),
								  repeat(GAUTH_SPAN("]"), (size_t) depth));

		try_token(19, GAUTH_SPAN(GOOD_HEADER),
				  format_text(CLAIMS("\"exp\":1000600,\"x\":%.*s"),
							  (int) nested.len, nested.data),
				  depth + 1 > 32 ? GAUTH_TOKEN_MALFORMED : GAUTH_OK,
				  "nested arrays");
	}
	try_token(19, repeat(GAUTH_SPAN("{\"a\":"), 2000), GAUTH_SPAN("{}"),
			  GAUTH_TOKEN_MALFORMED, "a header that only opens");
	try_token(19, GAUTH_SPAN(GOOD_HEADER), repeat(GAUTH_SPAN("["), 11000),
			  GAUTH_TOKEN_MALFORMED, "a payload that only opens");
	try_token(19, GAUTH_SPAN(GOOD_HEADER),
			  JOIN(GAUTH_SPAN("{\"x\":[0"), repeat(GAUTH_SPAN(",0"), 4096),
				   GAUTH_SPAN("]}")),
			  GAUTH_TOKEN_MALFORMED, "more values than a token has");
}

/* a good token of exactly this many characters */
static GauthSpan
token_of_size(size_t size)
{
	GauthSpan	token = {NULL, 0};
	size_t		filler = size / 4 * 3 > 400 ? size / 4 * 3 - 400 : 0;
	GauthSpan	alone = sign_token(signer, GAUTH_SPAN("{\"alg\":\"HS256\"}"),
								   GAUTH_SPAN(GOOD_PAYLOAD));
	size_t		header_pad = 0;

	while (token.len != size)
	{
		GauthSpan	header = format_text("{\"alg\":\"HS256\"%*s}",
										 (int) header_pad, "");
		GauthSpan	payload = format_text("%s%*s", GOOD_PAYLOAD, (int) filler,
										  "");

		token = sign_token(signer, header, payload);
		if (token.len < size)
			filler++;
		else if (token.len > size)
			filler--, header_pad = (header_pad + 1) % 7;
	}
	CHECK(token.len > alone.len);
	return token;
}

/* row 19: the limit, and what costs nothing to refuse */
static void
test_limits(void)
{
	GauthSpan	dots[] = {
		repeat(DOT, 1), repeat(DOT, 2), repeat(DOT, 3), repeat(DOT, 16384),
		repeat(DOT, 1000000), repeat(GAUTH_SPAN("a."), 8192),
		repeat(GAUTH_SPAN("A"), 1000000), GAUTH_SPAN("")
	};
	size_t		i;

	(void) expect(19, verify_token(token_of_size(GAUTH_TOKEN_MAX), &keys,
								   &rules), GAUTH_OK, "control, 16384 characters");
	(void) expect(19, verify_token(token_of_size(GAUTH_TOKEN_MAX + 1), &keys,
								   &rules), GAUTH_TOKEN_TOO_LARGE,
				  "16385 characters");
	for (i = 0; i < sizeof(dots) / sizeof(dots[0]); i++)
		expect_refused(19, verify_token(dots[i], &keys, &rules), "dots");
	try_token(5, format_text("{\"alg\":\"HS256\",\"kid\":\"%*s\"}", 60000, "a"),
			  GAUTH_SPAN(GOOD_PAYLOAD), GAUTH_TOKEN_TOO_LARGE, "kid of 60 kB");
	try_token(5, format_text("{\"alg\":\"HS256\",\"kid\":\"%*s\"}", 257, "a"),
			  GAUTH_SPAN(GOOD_PAYLOAD), GAUTH_HEADER_REFUSED,
			  "kid of 257 bytes");
	try_token(5, format_text("{\"alg\":\"HS256\",\"kid\":\"%*s\"}", 256, "a"),
			  GAUTH_SPAN(GOOD_PAYLOAD), GAUTH_OK, "control, kid of 256 bytes");
}

/* "put" into the segment at "place"; then signed as it stands */
static void
try_spelling(size_t segment, size_t place, GauthSpan put, const char *what)
{
	GauthSpan	parts[2] = {
		to_base64url(GAUTH_SPAN(GOOD_HEADER)),
		to_base64url(GAUTH_SPAN(GOOD_PAYLOAD))
	};
	GauthSpan	spelled = parts[segment];
	size_t		at = place < spelled.len ? place : spelled.len;

	parts[segment] = JOIN(gauth_span_slice(spelled, 0, at), put,
						  gauth_span_slice(spelled, at, spelled.len - at));
	(void) expect(17, verify_token(sign_segments(signer, parts[0], parts[1]),
								   &keys, &rules), GAUTH_TOKEN_MALFORMED, what);
}

/* row 17 and C-49: one text for one token */
static void
test_spellings(void)
{
	static const GauthSpan put[] = {
		TEXT("="), TEXT("=="), TEXT("==="), TEXT(" "), TEXT("\n"),
		TEXT("\r\n"), TEXT("\t"), TEXT("\0"), TEXT("+"), TEXT("/"),
		TEXT("%3D"), TEXT("%20"), TEXT("A"), TEXT("?"), TEXT("~"), TEXT("*"),
		TEXT(","), TEXT("\177"), TEXT("\200"), TEXT("\377"),
		TEXT("\303\251"), TEXT("\357\274\241")
	};
	static const size_t places[] = {0, 1, 5, SIZE_MAX};
	GauthSpan	good = sign_token(signer, GAUTH_SPAN(GOOD_HEADER),
								  GAUTH_SPAN(GOOD_PAYLOAD));
	size_t		i;
	size_t		j;

	(void) expect(17, verify_token(good, &keys, &rules), GAUTH_OK, "control");
	for (i = 0; i < sizeof(put) / sizeof(put[0]); i++)
	{
		for (j = 0; j < sizeof(places) / sizeof(places[0]); j++)
		{
			/* "A" inside makes other bytes, not another spelling */
			if (put[i].data[0] == 'A')
				continue;
			try_spelling(0, places[j], put[i], put[i].data);
			try_spelling(1, places[j], put[i], put[i].data);
		}
		expect_refused(17, verify_token(JOIN(good, put[i]), &keys, &rules),
					   "behind the signature");
		expect_refused(17, verify_token(JOIN(put[i], good), &keys, &rules),
					   "before the token");
	}
}

/* row 17: the bits that a last character has too many */
static void
test_spare_bits(void)
{
	static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	GauthSpan	good = sign_token(signer, GAUTH_SPAN(GOOD_HEADER),
								  GAUTH_SPAN(GOOD_PAYLOAD));
	GauthSpan	other;
	char	   *text;
	unsigned	accepted = 0;
	int			i;

	CHECK(gauth_arena_copy(&lasting, good, &other));
	text = (char *) other.data;
	for (i = 0; i < 64; i++)
	{
		text[good.len - 1] = alphabet[i];
		if (verify_token(other, &keys, &rules) == GAUTH_OK)
			accepted++;
		else
			refused_count[17]++;
	}
	CHECK(accepted == 1);
}

/* row 18: other forms, and what stands around a token */
static void
test_forms(void)
{
	GauthSpan	good = sign_token(signer, GAUTH_SPAN(GOOD_HEADER),
								  GAUTH_SPAN(GOOD_PAYLOAD));
	GauthSpan	header = to_base64url(GAUTH_SPAN(GOOD_HEADER));
	GauthSpan	payload = to_base64url(GAUTH_SPAN(GOOD_PAYLOAD));
	GauthSpan	signature = to_base64url(sign_text(signer,
												   JOIN(header, DOT, payload)));
	GauthSpan	flattened = JOIN(GAUTH_SPAN("{\"protected\":\""), header,
								 GAUTH_SPAN("\",\"payload\":\""), payload,
								 GAUTH_SPAN("\",\"signature\":\""), signature,
								 GAUTH_SPAN("\"}"));
	GauthSpan	forms[] = {
		flattened,
		JOIN(GAUTH_SPAN("{\"payload\":\""), payload,
			 GAUTH_SPAN("\",\"signatures\":[{\"protected\":\""), header,
			 GAUTH_SPAN("\",\"signature\":\""), signature, GAUTH_SPAN("\"}]}")),
		JOIN(GAUTH_SPAN("{\""), good, GAUTH_SPAN("\":\"\"}")),
		JOIN(GAUTH_SPAN("  {\"a\":\""), good, GAUTH_SPAN("\",\"protected\":\""),
			 header, GAUTH_SPAN("\"}")),
		JOIN(GAUTH_SPAN("\""), good, GAUTH_SPAN("\"")),
		JOIN(GAUTH_SPAN("Bearer "), good), JOIN(GAUTH_SPAN("["), good,
												GAUTH_SPAN("]")),
		JOIN(good, GAUTH_SPAN("\0")), JOIN(good, DOT), JOIN(DOT, good),
		JOIN(good, DOT, header), JOIN(good, GAUTH_SPAN(","), good),
		JOIN(header, DOT, payload, DOT, DOT, signature)
	};
	size_t		i;

	(void) expect(18, verify_token(good, &keys, &rules), GAUTH_OK, "control");
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		expect_refused(18, verify_token(forms[i], &keys, &rules), "form");

	/* row 20: five segments are an encrypted token, whatever is in them */
	expect_refused(20, verify_token(JOIN(header, DOT, payload, DOT, header, DOT,
										 payload, DOT, signature), &keys,
									&rules), "five segments");
	expect_refused(20, verify_token(GAUTH_SPAN("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI"
											   "4R0NNIn0..AAAA.AAAA.AAAA"),
									&keys, &rules), "an encrypted token");
}

int
main(void)
{
	GauthKeyMaterial secret;
	GauthKeyEntry entry = {0};

	begin_token();
	secret = generate(GAUTH_HS256);
	signer = entry.key = make_key(&secret, GAUTH_HS256);
	keys = (GauthKeySet)
	{
		.count = 1,.entries = &entry
	};
	secret = generate(GAUTH_HS256);
	stranger = make_key(&secret, GAUTH_HS256);
	rules = make_rules();

	test_cases();
	test_stripped();
	test_sizes();
	test_limits();
	test_spellings();
	test_spare_bits();
	test_forms();
	report_rows();
	gauth_key_free(signer);
	gauth_key_free(stranger);
	return finish_token("attacks");
}
