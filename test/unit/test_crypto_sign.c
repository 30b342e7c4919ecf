/*
 * test_crypto_sign.c
 *		Every algorithm there and back, and what must not verify; digests,
 *		sealing, derived keys and constant-time comparison.
 */
#include "test_crypto.h"

#include <openssl/err.h>

#include "crypto/aead.h"
#include "crypto/compare.h"
#include "crypto/digest.h"

#define ROUNDS	16

/* a key pair, the public half alone, and one signature */
typedef struct Signed
{
	GauthKeyMaterial material;
	GauthKey   *pair;
	GauthKey   *half;
	GauthSpan	data;
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size;
} Signed;

static GauthArena arena;

static const size_t signature_sizes[GAUTH_ALGORITHM_COUNT] = {
	[GAUTH_HS256] = 32,[GAUTH_HS384] = 48,[GAUTH_HS512] = 64,
	[GAUTH_RS256] = 256,[GAUTH_RS384] = 384,[GAUTH_RS512] = 384,
	[GAUTH_PS256] = 256,[GAUTH_PS384] = 384,[GAUTH_PS512] = 384,
	[GAUTH_ES256] = 64,[GAUTH_ES384] = 96,[GAUTH_ES512] = 132,
	[GAUTH_EDDSA] = 64
};

static GauthSpan
hex(const char *text)
{
	return from_hex(&arena, gauth_span_of(text));
}

static GauthStatus
verify(GauthKey *key, GauthSpan data, const uint8_t *signature, size_t size)
{
	GauthStatus status;

	/* a copy of exact size, so that reading beyond it is seen */
	uint8_t    *copy = malloc(size + (size == 0));

	memcpy(copy, signature, size);
	status = gauth_signature_verify(key, data, gauth_span(copy, size));
	free(copy);
	CHECK(ERR_peek_error() == 0);
	return status;
}

static void
prepare(Signed *made, GauthAlgorithm algorithm)
{
	GauthKeyMaterial half;
	GauthError	err = {0};

	memset(made, 0, sizeof(*made));
	CHECK_STATUS(gauth_key_generate(crypto, algorithm, &arena, &made->material,
									&err), GAUTH_OK);
	half = public_half(&made->material);
	CHECK_STATUS(gauth_key_create(crypto, &made->material, algorithm,
								  &made->pair, &err), GAUTH_OK);
	CHECK_STATUS(gauth_key_create(crypto, &half, algorithm, &made->half, &err),
				 GAUTH_OK);
	CHECK(gauth_key_can_sign(made->pair));
	CHECK(gauth_key_can_sign(made->half) ==
		  (made->material.type == GAUTH_KEY_OCT));
	made->data = GAUTH_SPAN("what is signed is what was meant");
	CHECK_STATUS(gauth_signature_create(made->pair, made->data,
										made->signature, &made->size, &err),
				 GAUTH_OK);
	CHECK(made->size == signature_sizes[algorithm]);
}

static void
finish(Signed *made)
{
	gauth_key_free(made->pair);
	gauth_key_free(made->half);
}

/* lengths from nothing to more than any block, one key used again and again */
static void
test_round_trips(Signed *made)
{
	uint8_t		data[ROUNDS * ROUNDS] = {0};
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size;
	size_t		i;

	for (i = 0; i < ROUNDS; i++)
	{
		GauthSpan	message = gauth_span(i == 0 ? NULL : data, i * i);
		GauthError	err = {0};

		CHECK_STATUS(gauth_signature_create(made->pair, message, signature,
											&size, &err), GAUTH_OK);
		CHECK(size == made->size);
		CHECK_STATUS(verify(made->half, message, signature, size), GAUTH_OK);
		CHECK_STATUS(verify(made->pair, message, signature, size), GAUTH_OK);
		CHECK_STATUS(verify(made->half, made->data, signature, size),
					 GAUTH_SIGNATURE_INVALID);
	}
}

static void
test_altered(Signed *made)
{
	size_t		i;

	for (i = 0; i < made->size; i++)
	{
		made->signature[i] ^= (uint8_t) (1 << (i % 8));
		CHECK_STATUS(verify(made->half, made->data, made->signature,
							made->size), GAUTH_SIGNATURE_INVALID);
		made->signature[i] ^= (uint8_t) (1 << (i % 8));
	}

	/* a failure leaves nothing behind that the next call would feel */
	CHECK_STATUS(verify(made->half, made->data, made->signature, made->size),
				 GAUTH_OK);
}

static void
test_lengths(Signed *made)
{
	uint8_t		longer[GAUTH_SIGNATURE_MAX + 1] = {0};
	size_t		size;

	/* a zero byte in front is the same number to whoever counts loosely */
	memcpy(longer + 1, made->signature, made->size);
	CHECK_STATUS(verify(made->half, made->data, longer, made->size + 1),
				 GAUTH_SIGNATURE_INVALID);
	memcpy(longer, made->signature, made->size);
	longer[made->size] = 0;
	for (size = 0; size <= made->size + 1; size++)
	{
		CHECK_STATUS(verify(made->half, made->data, longer, size),
					 size == made->size ? GAUTH_OK : GAUTH_SIGNATURE_INVALID);
	}
}

static void
test_constant_signatures(Signed *made)
{
	uint8_t		constant[GAUTH_SIGNATURE_MAX];

	memset(constant, 0, sizeof(constant));
	CHECK_STATUS(verify(made->half, made->data, constant, made->size),
				 GAUTH_SIGNATURE_INVALID);
	memset(constant, 0xff, sizeof(constant));
	CHECK_STATUS(verify(made->half, made->data, constant, made->size),
				 GAUTH_SIGNATURE_INVALID);
	memset(constant, 0, sizeof(constant));
	constant[made->size - 1] = 1;
	CHECK_STATUS(verify(made->half, made->data, constant, made->size),
				 GAUTH_SIGNATURE_INVALID);
}

/* the same key bound to another algorithm does not know the signature */
static void
test_other_algorithms(Signed *made)
{
	GauthAlgorithm other;

	for (other = GAUTH_HS256; other < GAUTH_ALGORITHM_COUNT; other++)
	{
		GauthError	err;
		GauthKey   *key;

		if (other == gauth_key_algorithm(made->pair) ||
			gauth_key_create(crypto, &made->material, other, &key,
							 &err) != GAUTH_OK)
			continue;
		CHECK_STATUS(verify(key, made->data, made->signature, made->size),
					 GAUTH_SIGNATURE_INVALID);
		gauth_key_free(key);
	}
}

static void
test_public_half(Signed *made)
{
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size = 1;
	GauthError	err = {0};

	if (gauth_key_can_sign(made->half))
		return;
	CHECK_STATUS(gauth_signature_create(made->half, made->data, signature,
										&size, &err), GAUTH_INVALID_ARGUMENT);
	CHECK(size == 0);
}

static void
test_algorithm(GauthAlgorithm algorithm)
{
	Signed		made;

	prepare(&made, algorithm);
	test_round_trips(&made);
	test_altered(&made);
	test_lengths(&made);
	test_constant_signatures(&made);
	test_other_algorithms(&made);
	test_public_half(&made);
	finish(&made);
}

/* small r and s, where the DER form is short and the raw form is not */
static void
test_many_ecdsa(void)
{
	Signed		made;
	int			i;

	prepare(&made, GAUTH_ES256);
	for (i = 0; i < 2000; i++)
	{
		GauthError	err = {0};

		CHECK_STATUS(gauth_signature_create(made.pair, made.data,
											made.signature, &made.size, &err),
					 GAUTH_OK);
		CHECK_STATUS(verify(made.half, made.data, made.signature, made.size),
					 GAUTH_OK);
	}
	finish(&made);
}

/* without the primes the same signature comes out */
static void
test_rsa_without_primes(void)
{
	Signed		made;
	GauthKeyMaterial bare;
	GauthKey   *key;
	GauthError	err = {0};
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size;

	prepare(&made, GAUTH_RS256);
	bare = public_half(&made.material);
	bare.d = made.material.d;
	CHECK_STATUS(gauth_key_create(crypto, &bare, GAUTH_RS256, &key, &err),
				 GAUTH_OK);
	CHECK_STATUS(gauth_signature_create(key, made.data, signature, &size,
										&err), GAUTH_OK);
	CHECK(size == made.size && memcmp(signature, made.signature, size) == 0);
	gauth_key_free(key);
	finish(&made);
}

/* RFC 8032 section 7.1, test 2 */
static void
test_ed25519_example(void)
{
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_OKP,.curve = GAUTH_ED25519
	};
	GauthSpan	expected;
	GauthKey   *key;
	GauthError	err = {0};
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size;

	material.d = hex("4ccd089b28ff96da9db6c346ec114e0f"
					 "5b8a319f35aba624da8cf6ed4fb8a6fb");
	material.x = hex("3d4017c3e843895a92b70aa74d1b7ebc"
					 "9c982ccf2ec4968cc0cd55f12af4660c");
	expected = hex("92a009a9f0d4cab8720e820b5f642540"
				   "a2b27b5416503f8fb3762223ebdb69da"
				   "085ac1e43e15996e458f3613d0f11d8c"
				   "387b2eaeb4302aeeb00d291612bb0c00");
	CHECK_STATUS(gauth_key_create(crypto, &material, GAUTH_EDDSA, &key, &err),
				 GAUTH_OK);
	CHECK_STATUS(gauth_signature_create(key, gauth_span("\x72", 1), signature,
										&size, &err), GAUTH_OK);
	CHECK(gauth_span_equal(gauth_span(signature, size), expected));
	gauth_key_free(key);
}

static void
test_digests(void)
{
	GauthSpan	abc = GAUTH_SPAN("abc");
	GauthSpan	parts[] = {GAUTH_SPAN("a"), NOTHING, GAUTH_SPAN("bc")};
	uint8_t		digest[GAUTH_SHA512_SIZE];
	GauthSpan	expected;

	/* FIPS 180-4 examples */
	expected = hex("ba7816bf8f01cfea414140de5dae2223"
				   "b00361a396177a9cb410ff61f20015ad");
	CHECK_STATUS(gauth_sha256(crypto, abc, digest), GAUTH_OK);
	CHECK(gauth_span_equal(gauth_span(digest, 32), expected));
	memset(digest, 0, sizeof(digest));
	CHECK_STATUS(gauth_sha256_parts(crypto, parts, 3, digest), GAUTH_OK);
	CHECK(gauth_span_equal(gauth_span(digest, 32), expected));

	expected = hex("e3b0c44298fc1c149afbf4c8996fb924"
				   "27ae41e4649b934ca495991b7852b855");
	CHECK_STATUS(gauth_sha256_parts(crypto, NULL, 0, digest), GAUTH_OK);
	CHECK(gauth_span_equal(gauth_span(digest, 32), expected));

	expected = hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
				   "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
	CHECK_STATUS(gauth_sha384(crypto, abc, digest), GAUTH_OK);
	CHECK(gauth_span_equal(gauth_span(digest, 48), expected));

	expected = hex("ddaf35a193617abacc417349ae204131"
				   "12e6fa4e89a97ea20a9eeee64b55d39a"
				   "2192992a274fc1a836ba3c23a3feebbd"
				   "454d4423643ce80e2a9ac94fa54ca49f");
	CHECK_STATUS(gauth_sha512(crypto, abc, digest), GAUTH_OK);
	CHECK(gauth_span_equal(gauth_span(digest, 64), expected));
}

static void
test_sealing(void)
{
	uint8_t		key[GAUTH_AEAD_KEY_SIZE] = {1, 2, 3};
	uint8_t		nonce[GAUTH_AEAD_NONCE_SIZE] = {4, 5, 6};
	GauthSpan	plain = GAUTH_SPAN("a private half");
	GauthSpan	about = GAUTH_SPAN("key 7");
	uint8_t		sealed[64];
	uint8_t		opened[64];
	size_t		size = plain.len + GAUTH_AEAD_TAG_SIZE;
	size_t		i;

	CHECK_STATUS(gauth_aead_seal(key, nonce, plain, about, sealed), GAUTH_OK);
	CHECK_STATUS(gauth_aead_open(key, nonce, gauth_span(sealed, size), about,
								 opened), GAUTH_OK);
	CHECK(memcmp(opened, plain.data, plain.len) == 0);
	for (i = 0; i < size; i++)
	{
		sealed[i] ^= 1;
		CHECK_STATUS(gauth_aead_open(key, nonce, gauth_span(sealed, size),
									 about, opened), GAUTH_SIGNATURE_INVALID);
		sealed[i] ^= 1;
		CHECK_STATUS(gauth_aead_open(key, nonce, gauth_span(sealed, i), about,
									 opened), GAUTH_SIGNATURE_INVALID);
	}
	CHECK_STATUS(gauth_aead_open(key, nonce, gauth_span(sealed, size),
								 GAUTH_SPAN("key 8"), opened),
				 GAUTH_SIGNATURE_INVALID);
	nonce[23] ^= 1;
	CHECK_STATUS(gauth_aead_open(key, nonce, gauth_span(sealed, size), about,
								 opened), GAUTH_SIGNATURE_INVALID);
	CHECK_STATUS(gauth_aead_seal(key, nonce, NOTHING, NOTHING, sealed),
				 GAUTH_OK);
	CHECK_STATUS(gauth_aead_open(key, nonce, gauth_span(sealed, 16), NOTHING,
								 opened), GAUTH_OK);
	CHECK_STATUS(gauth_aead_seal(key, nonce, gauth_span(plain.data, SIZE_MAX),
								 NOTHING, sealed), GAUTH_LIMIT_EXCEEDED);
}

/* from a secret of sevens */
static GauthStatus
derive(size_t size, const char *label, uint8_t key[GAUTH_AEAD_KEY_SIZE])
{
	uint8_t		secret[80];

	memset(secret, 7, sizeof(secret));
	return gauth_aead_derive_key(gauth_span(secret, size), label, key);
}

static void
test_derived_keys(void)
{
	uint8_t		keys[3][GAUTH_AEAD_KEY_SIZE];

	CHECK_STATUS(derive(31, "wrap", keys[0]), GAUTH_KEY_WEAK);
	CHECK_STATUS(derive(0, "wrap", keys[0]), GAUTH_KEY_WEAK);
	CHECK_STATUS(derive(32, "", keys[0]), GAUTH_INVALID_ARGUMENT);

	CHECK_STATUS(derive(32, "wrap", keys[0]), GAUTH_OK);
	CHECK_STATUS(derive(32, "wrap", keys[1]), GAUTH_OK);
	CHECK(memcmp(keys[0], keys[1], sizeof(keys[0])) == 0);

	/* what was sealed must open in the next release: the value is fixed */
	CHECK(gauth_span_equal(gauth_span(keys[0], sizeof(keys[0])),
						   hex("eecd187a269155a47f30fd044c4a5f6d"
							   "95ea4c2d2c281637c9bd1cc40b11e095")));

	CHECK_STATUS(derive(32, "seal", keys[1]), GAUTH_OK);
	CHECK_STATUS(derive(80, "wrap", keys[2]), GAUTH_OK);
	CHECK(memcmp(keys[0], keys[1], sizeof(keys[0])) != 0);
	CHECK(memcmp(keys[0], keys[2], sizeof(keys[0])) != 0);
}

static void
test_comparison(void)
{
	char		secret[] = "tell nobody";
	char		wiped[sizeof(secret)] = {0};
	GauthSpan	span = gauth_span(secret, sizeof(secret));

	CHECK(gauth_secret_equal(span, GAUTH_SPAN("tell nobody\0")));
	CHECK(!gauth_secret_equal(span, GAUTH_SPAN("tell nobody")));
	CHECK(!gauth_secret_equal(span, GAUTH_SPAN("tell nobodY\0")));
	CHECK(!gauth_secret_equal(span, NOTHING));
	CHECK(gauth_secret_equal(NOTHING, NOTHING));
	gauth_wipe(secret, sizeof(secret));
	CHECK(memcmp(secret, wiped, sizeof(secret)) == 0);
	gauth_wipe(NULL, 0);
}

int
main(void)
{
	GauthAlgorithm algorithm;

	begin_crypto();
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	for (algorithm = GAUTH_HS256; algorithm < GAUTH_ALGORITHM_COUNT;
		 algorithm++)
		test_algorithm(algorithm);
	test_many_ecdsa();
	test_rsa_without_primes();
	test_ed25519_example();
	test_digests();
	test_sealing();
	test_derived_keys();
	test_comparison();
	gauth_arena_reset(&arena);
	gauth_crypto_free(crypto);
	return unit_finish("crypto_sign");
}
