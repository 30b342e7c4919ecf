/*
 * fuzz_jws.c
 *		The input as a token; then its first line as a header and the rest as a
 *		payload, signed with a key of ours.
 *
 * What was taken apart goes together to the same text; a token that we signed
 * verifies exactly if its header names our algorithm, and never once a bit of
 * it has changed.
 */
#include "crypto/key.h"
#include "fuzz.h"
#include "token/jwt.h"

static GauthKeyEntry entry;

static void
make_key(void)
{
	static GauthCrypto *crypto;
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_OCT,.k = GAUTH_SPAN("0123456789abcdef0123456789abcdef")
	};

	if (crypto != NULL)
		return;
	REQUIRE(gauth_crypto_create(&crypto, NULL) == GAUTH_OK);
	REQUIRE(gauth_key_create(crypto, &material, GAUTH_HS256, &entry.key,
							 NULL) == GAUTH_OK);
}

static void
check_parts(GauthSpan token)
{
	GauthJws	jws;
	GauthText	text;
	GauthError	err = {0};

	if (gauth_jws_parse(&arena, token, &jws, &err) != GAUTH_OK)
	{
		REQUIRE(gauth_status_is_before_signature(err.status));
		return;
	}
	REQUIRE(token.len <= GAUTH_TOKEN_MAX);
	REQUIRE(jws.algorithm > GAUTH_ALGORITHM_NONE);
	REQUIRE(jws.algorithm < GAUTH_ALGORITHM_COUNT);
	REQUIRE(jws.kid.len <= 256 && jws.typ.len <= 256 && jws.cty.len <= 256);
	REQUIRE(jws.signature.len > 0);
	REQUIRE(gauth_json_get(jws.header, "crit") == NULL);
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, jws.signing_input);
	gauth_text_append_char(&text, '.');
	gauth_text_append_base64url(&text, jws.signature);
	REQUIRE(gauth_span_equal(finished(&text), token));
	(void) gauth_jws_type_is_foreign(jws.typ);
}

static void
check_signed(GauthSpan header, GauthSpan payload)
{
	GauthKeySet keys = {1, &entry};
	GauthJwtRules rules = {.claims = {.now = 1000000,.max_lifetime = 86400}};
	const GauthKeyEntry *chosen;
	GauthSpan	token;
	GauthJws	jws;
	GauthJwt	jwt;
	GauthStatus status;

	REQUIRE(gauth_jws_sign(&arena, entry.key, header, payload,
						   &token) == GAUTH_OK);
	status = gauth_jwt_verify(&arena, token, &keys, &rules, &jwt, NULL);
	if (gauth_jws_parse(&arena, token, &jws, NULL) != GAUTH_OK)
	{
		REQUIRE(gauth_status_is_before_signature(status));
		return;
	}
	REQUIRE(gauth_span_equal(jws.payload, payload));
	REQUIRE((gauth_keyset_verify(&keys, &jws, &chosen, NULL) == GAUTH_OK) ==
			(jws.algorithm == GAUTH_HS256));
	if (status == GAUTH_OK)
		REQUIRE(jwt.claims.expires_at > rules.claims.now);

	/* one bit of the signature, then one of what was signed */
	((char *) jws.signature.data)[jws.signature.len / 2] ^= 4;
	REQUIRE(gauth_keyset_verify(&keys, &jws, &chosen, NULL) != GAUTH_OK);
	((char *) token.data)[jws.signing_input.len / 2] ^= 1;
	REQUIRE(gauth_jwt_verify(&arena, token, &keys, &rules, &jwt,
							 NULL) != GAUTH_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthSpan	rest = input;
	GauthSpan	header;

	make_key();
	check_parts(input);
	header = next_line(&rest);
	check_signed(header, rest);
	return end_input(input);
}
