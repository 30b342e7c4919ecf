/*
 * test_jwk.c
 *		JSON Web Keys: which are read, which are refused and why, what is
 *		written, their thumbprints, and every request for memory refused once.
 */
#include "test_token.h"

/* the keys of RFC 7515 appendix A.3, RFC 8037 appendix A.1, and 32 bytes */
#define EC_X	"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y	"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define OKP_X	"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define OKP_D	"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define OCT_K	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

#define EC(members) \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"" \
	members "}"
#define OKP(members) \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" OKP_X "\"" members "}"
#define OCT(members)	"{\"kty\":\"oct\",\"k\":\"" OCT_K "\"" members "}"
#define POINT(x, y) \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" x "\",\"y\":\"" y "\"}"
#define EDWARDS(x)	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" x "\"}"
#define ZEROS_32	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

typedef struct Case
{
	const char *keys;
	GauthStatus expected;
} Case;

static const Case cases[] = {
	{EC(""), GAUTH_OK}, {OKP(""), GAUTH_OK}, {OCT(""), GAUTH_OK},
	{OKP(",\"d\":\"" OKP_D "\""), GAUTH_OK},
	{OCT(",\"future\":{\"a\":[1,2]}"), GAUTH_OK},

	/* no key at all */
	{"{}", GAUTH_KEY_UNSUPPORTED}, {"[]", GAUTH_KEY_MALFORMED},
	{"null", GAUTH_KEY_MALFORMED}, {"\"k\"", GAUTH_KEY_MALFORMED},
	{"", GAUTH_INVALID_JSON}, {"{\"kty\":\"oct\"", GAUTH_INVALID_JSON},
	{"{\"kty\":\"oct\",\"kty\":\"EC\"}", GAUTH_DUPLICATE_MEMBER},
	{OCT(",\"k\":\"AA\""), GAUTH_DUPLICATE_MEMBER},
	{OCT(",\"\\u006b\":\"AA\""), GAUTH_DUPLICATE_MEMBER},

	/* kinds that are not for us */
	{"{\"kty\":\"OCT\",\"k\":\"" OCT_K "\"}", GAUTH_KEY_UNSUPPORTED},
	{"{\"kty\":[\"oct\"],\"k\":\"" OCT_K "\"}", GAUTH_KEY_UNSUPPORTED},
	{"{\"kty\":\"EC\",\"crv\":\"secp256k1\"}", GAUTH_KEY_UNSUPPORTED},
	{"{\"kty\":\"EC\",\"crv\":\"p-256\"}", GAUTH_KEY_UNSUPPORTED},
	{"{\"kty\":\"EC\",\"x\":\"" EC_X "\"}", GAUTH_KEY_UNSUPPORTED},
	{"{\"kty\":\"OKP\",\"crv\":\"X25519\"}", GAUTH_KEY_UNSUPPORTED},
	{"{\"kty\":\"OKP\",\"crv\":\"Ed448\"}", GAUTH_KEY_UNSUPPORTED},

	/* what the key says it is for */
	{EC(",\"alg\":\"ES256\",\"use\":\"sig\",\"key_ops\":[\"verify\"]"),
	GAUTH_OK},
	{EC(",\"key_ops\":[\"sign\",\"verify\"]"), GAUTH_OK},
	{EC(",\"use\":\"enc\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"use\":\"SIG\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"use\":null"), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"use\":[\"sig\"]"), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"key_ops\":[]"), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"key_ops\":[\"deriveKey\"]"), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"key_ops\":\"verify\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"key_ops\":[1]"), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"alg\":\"ES384\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"alg\":\"RS256\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"alg\":\"HS256\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"alg\":\"none\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"alg\":\"\""), GAUTH_KEY_UNSUPPORTED},
	{EC(",\"alg\":null"), GAUTH_KEY_MALFORMED},
	{EC(",\"alg\":1"), GAUTH_KEY_MALFORMED},
	{OKP(",\"alg\":\"EdDSA\""), GAUTH_OK},
	{OKP(",\"alg\":\"Ed25519\""), GAUTH_OK},
	{OKP(",\"alg\":\"Ed448\""), GAUTH_KEY_UNSUPPORTED},
	{OCT(",\"alg\":\"HS256\""), GAUTH_OK},
	{OCT(",\"alg\":\"HS384\""), GAUTH_KEY_WEAK},
	{OCT(",\"alg\":\"A128KW\""), GAUTH_KEY_UNSUPPORTED},
	{OCT(",\"kid\":\"\""), GAUTH_OK}, {OCT(",\"kid\":\"a b\""), GAUTH_OK},
	{OCT(",\"kid\":1"), GAUTH_KEY_MALFORMED},
	{OCT(",\"kid\":null"), GAUTH_KEY_MALFORMED},
	{OCT(",\"kid\":\"\\u0000\""), GAUTH_INVALID_JSON},

	/* curves: off the curve, at infinity, out of range, of another length */
	{POINT(EC_Y, EC_X), GAUTH_KEY_MALFORMED},
	{POINT(EC_X, EC_X), GAUTH_KEY_MALFORMED},
	{POINT(ZEROS_32, ZEROS_32), GAUTH_KEY_MALFORMED},
	{POINT(ZEROS_32, EC_Y), GAUTH_KEY_MALFORMED},
	{POINT("__________________________________________8", EC_Y),
	GAUTH_KEY_MALFORMED},
	{POINT(EC_X, ""), GAUTH_KEY_MALFORMED}, {POINT("", ""), GAUTH_KEY_MALFORMED},
	{POINT(EC_X, "AAAA"), GAUTH_KEY_MALFORMED},
	{POINT("AH_Nzidw9sRdQYPL7m_bS3tYBzM1e-nvE7rPbjx70VRF", EC_Y),
	GAUTH_KEY_MALFORMED},
	{POINT(EC_X "=", EC_Y), GAUTH_KEY_MALFORMED},
	{POINT(EC_X " ", EC_Y), GAUTH_KEY_MALFORMED},
	{POINT("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV", EC_Y),
	GAUTH_KEY_MALFORMED},
	{"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}",
	GAUTH_KEY_MALFORMED},
	{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\"}",
	GAUTH_KEY_MALFORMED},
	{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":1,\"y\":2}", GAUTH_KEY_MALFORMED},
	{EC(",\"d\":\"" ZEROS_32 "\""), GAUTH_KEY_MALFORMED},
	{EC(",\"d\":\"" OCT_K "\""), GAUTH_KEY_MALFORMED},
	{EC(",\"d\":\"AQ\""), GAUTH_KEY_MALFORMED},
	{EC(",\"d\":\"\""), GAUTH_KEY_MALFORMED},

	/* Ed25519: small order, not canonical, of another length */
	{EDWARDS(ZEROS_32), GAUTH_KEY_WEAK},
	{EDWARDS("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), GAUTH_KEY_WEAK},
	{EDWARDS("7P_______________________________________38"), GAUTH_KEY_WEAK},
	{EDWARDS("x2oP_T2ZAwIFpjVKKY4o4p3sc31xHtOK3zw_dpPMAAA"),
	GAUTH_KEY_MALFORMED},
	{EDWARDS(OKP_X "AA"), GAUTH_KEY_MALFORMED},
	{EDWARDS("AAAA"), GAUTH_KEY_MALFORMED}, {EDWARDS(""), GAUTH_KEY_MALFORMED},
	{OKP(",\"d\":\"" OCT_K "\""), GAUTH_KEY_MALFORMED},
	{OKP(",\"d\":\"AAAA\""), GAUTH_KEY_MALFORMED},
	{OKP(",\"d\":1"), GAUTH_KEY_MALFORMED},

	/* secrets */
	{"{\"kty\":\"oct\"}", GAUTH_KEY_MALFORMED},
	{"{\"kty\":\"oct\",\"k\":\"\"}", GAUTH_KEY_WEAK},
	{"{\"kty\":\"oct\",\"k\":\"AAAA\"}", GAUTH_KEY_WEAK},
	{"{\"kty\":\"oct\",\"k\":null}", GAUTH_KEY_MALFORMED},
	{"{\"kty\":\"oct\",\"k\":\"!\"}", GAUTH_KEY_MALFORMED},

	/* sets */
	{"{\"keys\":[" OCT("") "]}", GAUTH_OK},
	{"{\"keys\":[]}", GAUTH_KEY_UNSUPPORTED},
	{"{\"keys\":{}}", GAUTH_KEY_MALFORMED},
	{"{\"keys\":null}", GAUTH_KEY_MALFORMED},
	{"{\"keys\":[1]}", GAUTH_KEY_MALFORMED},
	{"{\"keys\":[{\"kty\":\"future\"}," EC("") "]}", GAUTH_OK},
	{"{\"keys\":[{\"kty\":\"future\"}]}", GAUTH_KEY_UNSUPPORTED},
	{"{\"keys\":[" EC(",\"use\":\"enc\"") "," OKP("") "]}", GAUTH_OK},
	{"{\"keys\":[" EC("") "," POINT(EC_X, EC_X) "]}", GAUTH_KEY_MALFORMED},
	{"{\"keys\":[" EC(",\"kid\":\"a\"") "," OKP(",\"kid\":\"a\"") "]}",
	GAUTH_KEY_MALFORMED},
	{"{\"keys\":[" EC(",\"kid\":\"a\"") "," OKP(",\"kid\":\"b\"") "]}",
	GAUTH_OK},
	{"{\"keys\":[" EC("") "," EC("") "]}", GAUTH_OK},
	{"{\"keys\":[" EC("") "," OCT("") "]}", GAUTH_KEY_MALFORMED},
	{"{\"keys\":[" OCT("") "," EC("") "]}", GAUTH_KEY_MALFORMED},
};

static void
test_cases(void)
{
	size_t		i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		GauthKeySet keys;

		if (!CHECK_STATUS(read_keys(cases[i].keys, NULL, &keys),
						  cases[i].expected))
			printf("%s\n", cases[i].keys);
		gauth_keyset_free(&keys);
	}
}

/* an RSA key out of numbers */
static GauthStatus
read_rsa(GauthSpan n, GauthSpan e, const char *members)
{
	GauthKeySet keys;
	GauthSpan	modulus = to_base64url(n);
	GauthSpan	exponent = to_base64url(e);
	GauthStatus status;

	status = read_keys(format_text("{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\""
								   "%s}%c", (int) modulus.len, modulus.data,
								   (int) exponent.len, exponent.data, members,
								   0).data, NULL, &keys);
	gauth_keyset_free(&keys);
	return status;
}

static GauthSpan
ones(size_t size)
{
	return repeat(GAUTH_SPAN("\377"), size);
}

static void
test_rsa(void)
{
	GauthKeyMaterial key = generate(GAUTH_RS256);
	GauthSpan	zero = gauth_span("\0", 1);
	GauthSpan	even;
	size_t		i;
	const struct
	{
		GauthSpan	n;
		GauthSpan	e;
		GauthStatus expected;
	}			numbers[] = {
		{key.n, key.e, GAUTH_OK},
		{JOIN(zero, key.n), key.e, GAUTH_OK},
		{key.n, JOIN(zero, key.e), GAUTH_OK},
		{key.n, GAUTH_SPAN("\3"), GAUTH_OK},
		{key.n, GAUTH_SPAN("\1"), GAUTH_KEY_WEAK},
		{key.n, zero, GAUTH_KEY_MALFORMED},
		{key.n, GAUTH_SPAN("\2"), GAUTH_KEY_MALFORMED},
		{key.n, GAUTH_SPAN("\1\0\0"), GAUTH_KEY_MALFORMED},
		{key.n, ones(8), GAUTH_OK},
		{key.n, ones(9), GAUTH_KEY_UNSUPPORTED},
		{key.n, key.n, GAUTH_KEY_UNSUPPORTED},
		{key.n, ones(300), GAUTH_KEY_UNSUPPORTED},
		{key.n, GAUTH_SPAN(""), GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN(""), key.e, GAUTH_KEY_MALFORMED},
		{ones(128), key.e, GAUTH_KEY_WEAK},
		{ones(255), key.e, GAUTH_KEY_WEAK},
		{JOIN(zero, ones(255)), key.e, GAUTH_KEY_WEAK},
		{JOIN(GAUTH_SPAN("\177"), ones(255)), key.e, GAUTH_KEY_WEAK},
		{ones(256), key.e, GAUTH_OK},
		{ones(1024), key.e, GAUTH_OK},
		{ones(1025), key.e, GAUTH_KEY_UNSUPPORTED},
		{ones(4096), key.e, GAUTH_KEY_UNSUPPORTED},
		{repeat(zero, 256), key.e, GAUTH_KEY_MALFORMED},
	};

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		CHECK_STATUS(read_rsa(numbers[i].n, numbers[i].e, ""),
					 numbers[i].expected);
	CHECK(gauth_arena_copy(&lasting, key.n, &even));
	((uint8_t *) even.data)[even.len - 1] &= 0xfe;
	CHECK_STATUS(read_rsa(even, key.e, ""), GAUTH_KEY_MALFORMED);
	CHECK_STATUS(read_rsa(key.n, key.e, ",\"d\":\"Aw\""), GAUTH_KEY_MALFORMED);
	CHECK_STATUS(read_rsa(key.n, key.e, ",\"p\":\"Aw\""), GAUTH_KEY_MALFORMED);
	CHECK_STATUS(read_rsa(key.n, key.e, ",\"alg\":\"PS512\""), GAUTH_OK);
	CHECK_STATUS(read_rsa(key.n, key.e, ",\"alg\":\"RSA-OAEP\""),
				 GAUTH_KEY_UNSUPPORTED);
}

/*
 * The product of all primes up to 167, shifted, plus one: each of them sees a
 * power of 65537, its zeroth, and the fingerprint of CVE-2017-15361 is true,
 * though this is no product of two such primes.
 */
static void
test_roca(void)
{
	GauthSpan	product = from_hex(&lasting,
								   GAUTH_SPAN("924cba6ae99dfa084537facc54948d"
											  "f0c23da044d8cabe0edd75bc60"));
	GauthSpan	e = GAUTH_SPAN("\1\0\1");
	GauthSpan	zeros = repeat(gauth_span("\0", 1), 255 - product.len);

	CHECK_STATUS(read_rsa(JOIN(product, zeros, GAUTH_SPAN("\1")), e, ""),
				 GAUTH_KEY_WEAK);
	CHECK_STATUS(read_rsa(JOIN(product, zeros, GAUTH_SPAN("\3")), e, ""),
				 GAUTH_OK);
}

/* with "accepted" of one algorithm, the key takes that one */
static void
test_bind(void)
{
	static const struct
	{
		GauthKeyType type;
		GauthCurve	curve;
		GauthAlgorithm own;
		GauthAlgorithmList accepted;
		GauthAlgorithm expected;	/* NONE: refused */
	}			bindings[] = {
		{GAUTH_KEY_RSA, GAUTH_CURVE_NONE, GAUTH_ALGORITHM_NONE, {0}, GAUTH_RS256},
		{GAUTH_KEY_OCT, GAUTH_CURVE_NONE, GAUTH_ALGORITHM_NONE, {0}, GAUTH_HS256},
		{GAUTH_KEY_EC, GAUTH_P521, GAUTH_ALGORITHM_NONE, {0}, GAUTH_ES512},
		{GAUTH_KEY_OKP, GAUTH_ED25519, GAUTH_ALGORITHM_NONE, {0}, GAUTH_EDDSA},
		{GAUTH_KEY_RSA, GAUTH_CURVE_NONE, GAUTH_PS384, {0}, GAUTH_PS384},
		{GAUTH_KEY_RSA, GAUTH_CURVE_NONE, GAUTH_ALGORITHM_NONE,
		{2, {GAUTH_PS256, GAUTH_RS256}}, GAUTH_PS256},
		{GAUTH_KEY_RSA, GAUTH_CURVE_NONE, GAUTH_ALGORITHM_NONE,
		{2, {GAUTH_ES256, GAUTH_RS512}}, GAUTH_RS512},
		{GAUTH_KEY_RSA, GAUTH_CURVE_NONE, GAUTH_ALGORITHM_NONE,
		{1, {GAUTH_ES256}}, GAUTH_ALGORITHM_NONE},
		{GAUTH_KEY_RSA, GAUTH_CURVE_NONE, GAUTH_RS256,
		{1, {GAUTH_PS256}}, GAUTH_ALGORITHM_NONE},
		{GAUTH_KEY_RSA, GAUTH_CURVE_NONE, GAUTH_RS256,
		{2, {GAUTH_PS256, GAUTH_RS256}}, GAUTH_RS256},
		{GAUTH_KEY_OCT, GAUTH_CURVE_NONE, GAUTH_ALGORITHM_NONE,
		{1, {GAUTH_RS256}}, GAUTH_ALGORITHM_NONE},
	};
	size_t		i;

	for (i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
	{
		GauthJwk	jwk = {.algorithm = bindings[i].own};
		GauthAlgorithm bound;
		GauthStatus status;

		jwk.material.type = bindings[i].type;
		jwk.material.curve = bindings[i].curve;
		status = gauth_jwk_bind(&jwk, &bindings[i].accepted, &bound, NULL);
		if (bindings[i].expected == GAUTH_ALGORITHM_NONE)
			CHECK_STATUS(status, GAUTH_KEY_UNSUPPORTED);
		else if (CHECK_STATUS(status, GAUTH_OK))
			CHECK(bound == bindings[i].expected);
	}
}

static GauthJson *
parse(GauthSpan text)
{
	GauthJson  *json;

	if (gauth_json_parse(&lasting, text, &gauth_json_token_limits, &json,
						 NULL) != GAUTH_OK)
		abort();
	return json;
}

static GauthJwk
read_jwk(GauthSpan text)
{
	GauthJwk	jwk;

	if (gauth_jwk_read(&lasting, parse(text), &jwk, NULL) != GAUTH_OK)
		abort();
	return jwk;
}

/* what was written reads as the same key, and shows no secret unasked */
static void
test_write(void)
{
	GauthAlgorithm each;

	for (each = GAUTH_HS256; each < GAUTH_ALGORITHM_COUNT; each++)
	{
		GauthJwk	jwk = {
			.material = generate(each),.algorithm = each,
			.kid = TEXT("k\"1\\\303\251"),.has_kid = true,.has_private = true
		};
		GauthJwk	again;
		GauthSpan	text;
		GauthSpan	twice;

		if (each > GAUTH_RS256 && each <= GAUTH_PS512)
			continue;
		CHECK_STATUS(gauth_jwk_write(&lasting, &jwk, true, &text), GAUTH_OK);
		again = read_jwk(text);
		CHECK(again.algorithm == each && again.has_private);
		CHECK(gauth_span_equal(again.kid, jwk.kid));
		CHECK_STATUS(gauth_jwk_write(&lasting, &again, true, &twice), GAUTH_OK);
		CHECK(gauth_span_equal(text, twice));
		gauth_key_free(make_key(&again.material, each));
		if (jwk.material.type == GAUTH_KEY_OCT)
		{
			CHECK_STATUS(gauth_jwk_write(&lasting, &jwk, false, &text),
						 GAUTH_KEY_PRIVATE);
			continue;
		}
		CHECK_STATUS(gauth_jwk_write(&lasting, &jwk, false, &text), GAUTH_OK);
		again = read_jwk(text);
		CHECK(!again.has_private && again.material.d.len == 0);
		CHECK(again.material.p.len == 0 && again.material.qi.len == 0);
		CHECK(gauth_json_get(parse(text), "d") == NULL);
	}
}

static void
check_thumbprint(const GauthJson *key, GauthSpan expected)
{
	GauthJwk	jwk;
	GauthSpan	thumbprint;

	CHECK_STATUS(gauth_jwk_read(&lasting, key, &jwk, NULL), GAUTH_OK);
	CHECK_STATUS(gauth_jwk_thumbprint(crypto, &lasting, &jwk, &thumbprint),
				 GAUTH_OK);
	CHECK(gauth_span_equal(thumbprint, expected));
}

/* RFC 7638 section 3.1, RFC 8037 appendix A.3 */
static void
test_thumbprints(void)
{
	Vectors		vectors;
	const GauthJson *test;
	unsigned	count = 0;

	if (!open_vectors(&vectors, "rfc/rfc7638.json"))
		return;
	for (test = gauth_json_get(vectors.root, "cases")->first; test != NULL;
		 test = test->next)
	{
		check_thumbprint(gauth_json_get(test, "jwk"),
						 gauth_json_get(test, "sha256")->text);
		count++;
	}
	CHECK(count == 2);
	printf("RFC 7638, RFC 8037 A.3: %u/%u thumbprints\n", count, count);
	close_vectors(&vectors);
}

/* RFC 7520 section 3: all keys of its figures but the one for encryption */
static void
test_cookbook_keys(void)
{
	static const char *const names[] = {
		"3_1.ec_public_key", "3_2.ec_private_key", "3_3.rsa_public_key",
		"3_4.rsa_private_key", "3_5.symmetric_key_mac_computation"
	};
	unsigned	read = 0;
	size_t		i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		char		path[UNIT_PATH_MAX / 4];
		Vectors		vectors;
		GauthKeySet keys;
		GauthError	err;

		snprintf(path, sizeof(path), "jose-cookbook/jwk/%s.json", names[i]);
		if (!open_vectors(&vectors, path))
			return;
		read += CHECK_STATUS(gauth_keyset_read(crypto, &lasting, vectors.root,
											   NULL, &keys, &err), GAUTH_OK);
		gauth_keyset_free(&keys);
		close_vectors(&vectors);
	}
	printf("RFC 7520 section 3: %u/5 keys\n", read);
}

/* a source that gives "left" blocks and then no more */
static void *
take_some(void *state, size_t size)
{
	unsigned   *left = state;

	if (*left == 0)
		return NULL;
	(*left)--;
	return malloc(size);
}

static void
give_back(void *state, void *block)
{
	(void) state;
	free(block);
}

/* keys, then a token: the answer is right or "out of memory", and no leak */
static GauthStatus
verify_within(GauthArena *arena, GauthSpan keys_text, GauthSpan token)
{
	GauthJwtRules rules = {.claims = {.now = 1}};
	GauthKeySet keys = {0};
	GauthJson  *json;
	GauthJwt	jwt;
	GauthSpan	scope;
	GauthSpan	thumbprint;
	GauthJwk	jwk;
	GauthStatus status;

	status = gauth_json_parse(arena, keys_text, &gauth_json_token_limits, &json,
							  NULL);
	if (status == GAUTH_OK)
		status = gauth_keyset_read(crypto, arena, json, NULL, &keys, NULL);
	if (status == GAUTH_OK)
		status = gauth_jwt_verify(arena, token, &keys, &rules, &jwt, NULL);
	if (status == GAUTH_OK)
		status = gauth_claims_scope(arena, &jwt.claims, &scope, NULL);
	if (status == GAUTH_OK)
		status = gauth_jwk_read(arena, json, &jwk, NULL);
	if (status == GAUTH_OK)
		status = gauth_jwk_thumbprint(crypto, arena, &jwk, &thumbprint);
	gauth_keyset_free(&keys);
	return status;
}

/* a limit of every size: the arena says no at every place that asks it */
static void
test_memory(void)
{
	GauthSpan	keys_text = GAUTH_SPAN(OCT(",\"kid\":\"\\u0061\""));
	GauthKeyMaterial material = secret_of(from_base64url(GAUTH_SPAN(OCT_K)));
	GauthKey   *key = make_key(&material, GAUTH_HS256);
	GauthSpan	token = sign_token(key, GAUTH_SPAN("{\"alg\":\"HS256\",\"kid\":"
												   "\"\\u0061\"}"),
								   GAUTH_SPAN("{\"exp\":9,\"scope\":[\"b\","
											  "\"\\u0061\"]}"));
	unsigned	good = 0;
	size_t		size;

	for (size = 0; size < 8192; size += 8)
	{
		char		buffer[8192];
		GauthArena	arena;
		GauthStatus status;

		gauth_arena_init(&arena, buffer, size, NULL, 0);
		status = verify_within(&arena, keys_text, token);
		good += status == GAUTH_OK;
		if (status != GAUTH_OK)
			CHECK_STATUS(status, GAUTH_OUT_OF_MEMORY);
	}
	CHECK(good > 0);
	for (size = 0; size < 8; size++)
	{
		unsigned	left = (unsigned) size;
		GauthBlockSource source = {take_some, give_back, &left};
		GauthArena	arena;
		GauthStatus status;

		gauth_arena_init(&arena, NULL, 0, &source, 0);
		status = verify_within(&arena, keys_text, token);
		CHECK_STATUS(status, size == 0 ? GAUTH_OUT_OF_MEMORY : GAUTH_OK);
		gauth_arena_reset(&arena);
	}
	gauth_key_free(key);
}

int
main(void)
{
	begin_token();
	test_cases();
	test_rsa();
	test_roca();
	test_bind();
	test_write();
	test_thumbprints();
	test_cookbook_keys();
	test_memory();
	return finish_token("jwk");
}
