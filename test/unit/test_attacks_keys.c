/*
 * test_attacks_keys.c
 *		Attacks on the choice of the key: the token says which it is, and must
 *		not say more.
 *
 * Attacks on signatures are in test_attacks_signatures.c, on header, claims
 * and text in test_attacks.c, on the keys themselves in test_jwk.c.
 */
#include "test_attack.h"

/* row 3 and C-48: a token of every algorithm meets a key of every other */
static void
test_every_pair(void)
{
	GauthAlgorithm of_token;
	GauthAlgorithm of_key;

	for (of_token = GAUTH_HS256; of_token < GAUTH_ALGORITHM_COUNT; of_token++)
	{
		GauthSpan	token = sign_token(signers[of_token],
									   header_of(of_token),
									   GAUTH_SPAN(GOOD_PAYLOAD));

		for (of_key = GAUTH_HS256; of_key < GAUTH_ALGORITHM_COUNT; of_key++)
		{
			GauthSpan	relabelled = sign_token(signers[of_token],
												header_of(of_key),
												GAUTH_SPAN(GOOD_PAYLOAD));

			(void) expect(3, verify_with(of_key, token), of_key == of_token ?
						  GAUTH_OK : GAUTH_ALGORITHM_REFUSED, "pair");
			(void) expect(3, verify_with(of_key, relabelled),
						  of_key == of_token ? GAUTH_OK :
						  GAUTH_SIGNATURE_INVALID, "relabelled");
		}
	}
	(void) expect(3, verify_with(GAUTH_EDDSA,
								 sign_token(signers[GAUTH_EDDSA],
											GAUTH_SPAN("{\"alg\":\"Ed25519\"}"),
											GAUTH_SPAN(GOOD_PAYLOAD))),
				  GAUTH_OK, "control, the other name of EdDSA");
}

/* a DER element of less than 64 kB */
static GauthSpan
der(uint8_t tag, GauthSpan content)
{
	uint8_t		head[6] = {tag};
	size_t		size = 0;

	if (content.len < 128)
		head[++size] = (uint8_t) content.len;
	else if (content.len < 256)
	{
		head[++size] = 0x81;
		head[++size] = (uint8_t) content.len;
	}
	else
	{
		head[++size] = 0x82;
		head[++size] = (uint8_t) (content.len >> 8);
		head[++size] = (uint8_t) content.len;
	}
	return JOIN(gauth_span(head, size + 1), content);
}

/* a positive INTEGER; "number" is big-endian */
static GauthSpan
der_integer(GauthSpan number)
{
	while (number.len > 1 && number.data[0] == 0)
		number = gauth_span_slice(number, 1, number.len - 1);
	if ((uint8_t) number.data[0] > 127)
		number = JOIN(GAUTH_SPAN("\0"), number);
	return der(0x02, number);
}

static GauthSpan
pem(const char *label, GauthSpan bytes)
{
	GauthSpan	text = to_base64url(bytes);
	GauthText	lines;
	size_t		i;

	gauth_text_init(&lines, &lasting);
	gauth_text_append(&lines, format_text("-----BEGIN %s-----\n", label));
	for (i = 0; i < (text.len + 3) / 4 * 4; i++)
	{
		char		c = i < text.len ? text.data[i] : '=';

		gauth_text_append_char(&lines, c == '-' ? '+' : c == '_' ? '/' : c);
		if (i % 64 == 63)
			gauth_text_append_char(&lines, '\n');
	}
	if (i % 64 != 0)
		gauth_text_append_char(&lines, '\n');
	gauth_text_append(&lines, format_text("-----END %s-----\n", label));
	return finished(&lines);
}

static GauthSpan
public_der(const GauthKeyMaterial *material)
{
	if (material->type == GAUTH_KEY_OKP)
		return JOIN(GAUTH_SPAN("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\0"),
					material->x);
	if (material->type == GAUTH_KEY_EC)
		return JOIN(GAUTH_SPAN("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02"
							   "\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03"
							   "\x42\0\x04"), material->x, material->y);
	return der(0x30,
			   JOIN(GAUTH_SPAN("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
							   "\x01\x05\0"),
					der(0x03, JOIN(GAUTH_SPAN("\0"),
								   der(0x30, JOIN(der_integer(material->n),
												  der_integer(material->e)))))));
}

static GauthSpan
public_jwk(const GauthKeyMaterial *material)
{
	GauthJwk	jwk = {.material = public_half(material)};
	GauthSpan	json;

	if (gauth_jwk_write(&lasting, &jwk, false, &json) != GAUTH_OK)
		abort();
	return json;
}

/* row 2: a public key as the secret, in every way that it may be written */
static void
try_secret(GauthAlgorithm algorithm, GauthSpan secret)
{
	const GauthSpan before[] = {TEXT(""), TEXT("\n"), TEXT(" "), TEXT("x")};
	const GauthSpan behind[] = {TEXT(""), TEXT("\n"), TEXT("\r\n"), TEXT("\0")};
	GauthAlgorithm mac;
	size_t		i;
	size_t		j;

	for (i = 0; i < 16; i++)
	{
		GauthKeyMaterial material = secret_of(JOIN(before[i / 4], secret,
												   behind[i % 4]));

		for (mac = GAUTH_HS256; mac <= GAUTH_HS512; mac++)
		{
			GauthKey   *key;
			GauthError	err;

			/* what is shorter than the hash is no key for us */
			if (gauth_key_create(crypto, &material, mac, &key, &err) != GAUTH_OK)
				continue;
			for (j = 0; j < 2; j++)
			{
				GauthAlgorithm said = j == 0 ? mac : algorithm;

				(void) expect(2, verify_with(algorithm,
											 sign_token(key, header_of(said),
														GAUTH_SPAN(GOOD_PAYLOAD))),
							  j == 0 ? GAUTH_ALGORITHM_REFUSED :
							  GAUTH_SIGNATURE_INVALID, "public key as a secret");
			}
			gauth_key_free(key);
		}
	}
}

static void
test_confusion(void)
{
	static const GauthAlgorithm kinds[] = {
		GAUTH_RS256, GAUTH_PS256, GAUTH_ES256, GAUTH_EDDSA
	};
	size_t		i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
	{
		const GauthKeyMaterial *material = &materials[kinds[i]];
		GauthSpan	bytes = public_der(material);

		try_secret(kinds[i], bytes);
		try_secret(kinds[i], pem("PUBLIC KEY", bytes));
		try_secret(kinds[i], pem("CERTIFICATE", bytes));
		try_secret(kinds[i], public_jwk(material));
		if (material->type == GAUTH_KEY_RSA)
		{
			try_secret(kinds[i], material->n);
			try_secret(kinds[i], to_base64url(material->n));
			try_secret(kinds[i],
					   pem("RSA PUBLIC KEY",
						   der(0x30, JOIN(der_integer(material->n),
										  der_integer(material->e)))));
			continue;
		}
		try_secret(kinds[i], material->x);
		try_secret(kinds[i], to_base64url(material->x));
		try_secret(kinds[i], JOIN(GAUTH_SPAN("ssh-ed25519 AAAA"),
								  to_base64url(material->x)));
	}
}

/* row 4: the header brings its own key, or says where one is */
static void
try_header(GauthAlgorithm algorithm, GauthKey *stranger, GauthSpan member)
{
	GauthSpan	header = format_text("{\"alg\":\"%s\",%.*s}",
									 gauth_algorithm_name(algorithm),
									 (int) member.len, member.data);
	GauthSpan	payload = GAUTH_SPAN(GOOD_PAYLOAD);

	(void) expect(4, verify_with(algorithm, sign_token(signers[algorithm],
													   header, payload)),
				  GAUTH_OK, "control, not looked at");
	(void) expect(4, verify_with(algorithm, sign_token(stranger, header,
													   payload)),
				  GAUTH_SIGNATURE_INVALID, "the sender's own key");
}

static void
test_header_keys(void)
{
	static const char *const members[] = {
		"\"x5c\":[\"AAAA\"]", "\"x5t\":\"AAAA\"", "\"x5t#S256\":\"AAAA\"",
		"\"jku\":\"https://attacker.example/jwks.json\"",
		"\"jku\":\"file:///proc/self/environ\"",
		"\"x5u\":\"https://127.0.0.1/key.pem\"", "\"jwk\":null"
	};
	GauthAlgorithm each;
	size_t		i;

	for (each = GAUTH_HS256; each < GAUTH_ALGORITHM_COUNT; each++)
	{
		GauthKeyMaterial own;
		GauthKey   *stranger;

		if (materials[each].type == GAUTH_KEY_RSA && each != GAUTH_RS256)
			continue;
		own = generate(each);
		stranger = make_key(&own, each);
		for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
			try_header(each, stranger, gauth_span_of(members[i]));
		if (own.type != GAUTH_KEY_OCT)
			try_header(each, stranger, JOIN(GAUTH_SPAN("\"jwk\":"),
											public_jwk(&own)));
		gauth_key_free(stranger);
	}
}

/* with two keys of one algorithm, "a" and "b" */
static void
try_kid(GauthKey *key, const char *member, GauthStatus expected)
{
	GauthKeyEntry entries[] = {
		{.kid = TEXT("a"),.has_kid = true,.key = signers[GAUTH_HS256]},
		{.kid = TEXT("b"),.has_kid = true,.key = signers[GAUTH_HS384]},
		{.kid = TEXT("c"),.has_kid = true,.key = signers[GAUTH_HS512]},
		{.kid = TEXT("d"),.has_kid = true,.key = NULL},
	};
	GauthKeySet keys = {.count = 4,.entries = entries};
	GauthKeyMaterial other = generate(GAUTH_HS256);
	GauthSpan	header = format_text("{\"alg\":\"HS256\"%s}", member);

	entries[3].key = make_key(&other, GAUTH_HS256);
	(void) expect(5, verify_token(sign_token(key, header,
											 GAUTH_SPAN(GOOD_PAYLOAD)),
								  &keys, &rules), expected, member);
	gauth_key_free(entries[3].key);
}

/* row 5: exact bytes, and an unknown name is no key */
static void
test_kid(void)
{
	static const char *const unknown[] = {
		"", "A", "a ", " a", "e", "%", "_", "*", "a%", "../../dev/null", "/dev/null",
		"a' OR '1'='1", "x' UNION SELECT 'secret'--", "a;b", "\\\\", "a\\n", "aa",
		"\303\240", "\\u0430", "http://attacker.example/a", "null", "0"
	};
	GauthKeyMaterial zeros = secret_of(repeat(gauth_span("\0", 1), 64));
	GauthKey   *empty = make_key(&zeros, GAUTH_HS256);
	GauthKey   *right = signers[GAUTH_HS256];
	size_t		i;

	try_kid(right, ",\"kid\":\"a\"", GAUTH_OK);
	try_kid(right, ",\"kid\":\"\\u0061\"", GAUTH_OK);
	try_kid(right, ",\"kid\":\"b\"", GAUTH_ALGORITHM_REFUSED);
	try_kid(right, ",\"kid\":\"c\"", GAUTH_ALGORITHM_REFUSED);
	try_kid(right, ",\"kid\":\"d\"", GAUTH_SIGNATURE_INVALID);
	try_kid(right, "", GAUTH_KEY_NOT_FOUND);

	/* HMAC fills an empty key with zeros: this is how its tags look */
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
	{
		char		member[128];

		snprintf(member, sizeof(member), ",\"kid\":\"%s\"", unknown[i]);
		try_kid(right, member, GAUTH_KEY_NOT_FOUND);
		try_kid(empty, member, GAUTH_KEY_NOT_FOUND);
	}
	try_kid(empty, ",\"kid\":\"a\"", GAUTH_SIGNATURE_INVALID);
	gauth_key_free(empty);
}

/* row 15: what is too short to be a secret, and row 1: what is no key */
static void
test_refused_sets(void)
{
	static const struct
	{
		int			row;
		GauthStatus expected;
		const char *what;
		const char *keys;
	}			sets[] = {
		{1, GAUTH_KEY_UNSUPPORTED, "a key for none",
		"{\"kty\":\"oct\",\"alg\":\"none\",\"k\":\"\"}"},
		{1, GAUTH_KEY_UNSUPPORTED, "a key of type none",
		"{\"kty\":\"none\",\"k\":\"AAAA\"}"},
		{15, GAUTH_KEY_WEAK, "an empty secret", "{\"kty\":\"oct\",\"k\":\"\"}"},
		{15, GAUTH_KEY_WEAK, "the word secret",
		"{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}"},
		{15, GAUTH_KEY_WEAK, "31 bytes for HS256",
			"{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":"
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"},
		{15, GAUTH_OK, "control, 32 bytes",
			"{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":"
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"},
		{15, GAUTH_KEY_WEAK, "32 bytes for HS384",
			"{\"kty\":\"oct\",\"alg\":\"HS384\",\"k\":"
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"},
		{15, GAUTH_KEY_WEAK, "32 bytes for HS512",
			"{\"kty\":\"oct\",\"alg\":\"HS512\",\"k\":"
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"},
		{27, GAUTH_KEY_MALFORMED, "one name twice",
			"{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":"
			"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"},"
			"{\"kty\":\"oct\",\"kid\":\"a\",\"k\":"
		"\"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"},
		{27, GAUTH_KEY_MALFORMED, "one name twice, once escaped",
			"{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":"
			"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"},"
			"{\"kty\":\"oct\",\"kid\":\"\\u0061\",\"k\":"
		"\"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"},
		{27, GAUTH_KEY_MALFORMED, "a secret among public keys",
			"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":"
			"\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},"
			"{\"kty\":\"oct\",\"kid\":\"b\",\"k\":"
		"\"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"},
		{27, GAUTH_OK, "control, two secrets",
			"{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":"
			"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"},"
			"{\"kty\":\"oct\",\"kid\":\"b\",\"k\":"
		"\"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"},
	};
	size_t		i;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
	{
		GauthKeySet keys;

		(void) expect(sets[i].row, read_keys(sets[i].keys, NULL, &keys),
					  sets[i].expected, sets[i].what);
		gauth_keyset_free(&keys);
	}
}

/* row 5: a lone key without a name serves any, one of two serves none */
static void
test_nameless(void)
{
	GauthKeyMaterial other = generate(GAUTH_HS256);
	GauthKeyEntry entries[] = {
		{.key = signers[GAUTH_HS256]}, {.key = make_key(&other, GAUTH_HS256)}
	};
	GauthKeySet keys = {.count = 1,.entries = entries};
	GauthSpan	named = sign_token(signers[GAUTH_HS256],
								   GAUTH_SPAN("{\"alg\":\"HS256\","
											  "\"kid\":\"a\"}"),
								   GAUTH_SPAN(GOOD_PAYLOAD));
	GauthSpan	plain = sign_token(signers[GAUTH_HS256],
								   header_of(GAUTH_HS256),
								   GAUTH_SPAN(GOOD_PAYLOAD));

	(void) expect(5, verify_token(named, &keys, &rules), GAUTH_OK, "control");
	(void) expect(5, verify_token(plain, &keys, &rules), GAUTH_OK, "control");
	keys.count = 2;
	(void) expect(5, verify_token(named, &keys, &rules), GAUTH_KEY_NOT_FOUND,
				  "a name, two keys without one");
	(void) expect(5, verify_token(plain, &keys, &rules), GAUTH_KEY_NOT_FOUND,
				  "no name, two keys of one algorithm");
	gauth_key_free(entries[1].key);
}

/* row 27: one name with two issuers is two keys, and a key that is gone is */
static void
test_two_sets(void)
{
	GauthKeyEntry one = {
		.kid = TEXT("a"),.has_kid = true,.key = signers[GAUTH_ES256]
	};
	GauthKeyMaterial other = generate(GAUTH_ES256);
	GauthKeyEntry two = {
		.kid = TEXT("a"),.has_kid = true,.key = make_key(&other, GAUTH_ES256)
	};
	GauthKeySet first = {.count = 1,.entries = &one};
	GauthKeySet second = {.count = 1,.entries = &two};
	GauthKeySet none = {0};
	GauthSpan	token = sign_token(one.key,
								   GAUTH_SPAN("{\"alg\":\"ES256\",\"kid\":\"a\"}"),
								   GAUTH_SPAN(GOOD_PAYLOAD));

	(void) expect(27, verify_token(token, &first, &rules), GAUTH_OK, "control");
	(void) expect(27, verify_token(token, &second, &rules),
				  GAUTH_SIGNATURE_INVALID, "the name at another issuer");
	(void) expect(27, verify_token(token, &none, &rules), GAUTH_KEY_NOT_FOUND,
				  "the key is gone");
	gauth_key_free(two.key);
}

int
main(void)
{
	begin_attacks();
	test_every_pair();
	test_confusion();
	test_header_keys();
	test_kid();
	test_nameless();
	test_refused_sets();
	test_two_sets();
	return finish_attacks("attacks_keys");
}
