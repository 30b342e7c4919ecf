/*
 * fuzz_jwk.c
 *		A JWK or a JWK set: what is read is written and read again as the same
 *		key, the public form shows nothing private, and whatever is made a key
 *		verifies what it signed.
 */
#include "crypto/sign.h"
#include "fuzz.h"
#include "token/keyset.h"

static GauthCrypto *crypto;

static GauthJwk
read_again(GauthSpan text)
{
	GauthJson  *json;
	GauthJwk	jwk;

	REQUIRE(gauth_json_parse(&arena, text, &gauth_json_token_limits, &json,
							 NULL) == GAUTH_OK);
	REQUIRE(gauth_jwk_read(&arena, json, &jwk, NULL) == GAUTH_OK);
	return jwk;
}

static void
check_written(const GauthJwk *jwk)
{
	GauthSpan	text;
	GauthSpan	twice;
	GauthSpan	one;
	GauthSpan	two;
	GauthJwk	again;
	bool		secret = jwk->material.type == GAUTH_KEY_OCT;

	REQUIRE(gauth_jwk_write(&arena, jwk, true, &text) == GAUTH_OK);
	again = read_again(text);
	REQUIRE(again.has_private == jwk->has_private);
	REQUIRE(again.algorithm == jwk->algorithm);
	REQUIRE(again.has_kid == jwk->has_kid);
	REQUIRE(gauth_span_equal(again.kid, jwk->kid));
	REQUIRE(gauth_jwk_write(&arena, &again, true, &twice) == GAUTH_OK);
	REQUIRE(gauth_span_equal(text, twice));

	REQUIRE((gauth_jwk_write(&arena, jwk, false, &text) == GAUTH_OK) != secret);
	if (secret)
		return;
	again = read_again(text);
	REQUIRE(!again.has_private);
	REQUIRE(gauth_jwk_thumbprint(crypto, &arena, jwk, &one) == GAUTH_OK);
	REQUIRE(gauth_jwk_thumbprint(crypto, &arena, &again, &two) == GAUTH_OK);
	REQUIRE(one.len == 43 && gauth_span_equal(one, two));
}

static void
check_key(GauthKey *key)
{
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	GauthSpan	text = GAUTH_SPAN("text");
	size_t		size;

	if (!gauth_key_can_sign(key) ||
		gauth_signature_create(key, text, signature, &size, NULL) != GAUTH_OK)
		return;
	REQUIRE(gauth_signature_verify(key, text,
								   gauth_span(signature, size)) == GAUTH_OK);
	signature[size / 2] ^= 1;
	REQUIRE(gauth_signature_verify(key, text,
								   gauth_span(signature, size)) != GAUTH_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthKeySet keys = {0};
	GauthJson  *json;
	GauthJwk   *jwks;
	int			count;
	int			i;

	if (crypto == NULL)
		REQUIRE(gauth_crypto_create(&crypto, NULL) == GAUTH_OK);
	if (gauth_json_parse(&arena, input, &gauth_json_token_limits, &json,
						 NULL) != GAUTH_OK)
		return end_input(input);
	if (gauth_keyset_jwks(&arena, json, &jwks, &count, NULL) == GAUTH_OK)
	{
		REQUIRE(count > 0 && count <= GAUTH_KEYSET_MAX);
		for (i = 0; i < count; i++)
			check_written(&jwks[i]);
	}
	if (gauth_keyset_read(crypto, &arena, json, NULL, &keys, NULL) == GAUTH_OK)
	{
		REQUIRE(keys.count > 0);
		for (i = 0; i < keys.count && i < 4; i++)
			check_key(keys.entries[i].key);
	}
	gauth_keyset_free(&keys);
	return end_input(input);
}
