/*
 * generate.c
 *		Fresh keys, from the random generators of the two libraries.
 */
#include "crypto/key.h"

#include <string.h>

#include <openssl/core_names.h>
#include <sodium.h>

#include "crypto/compare.h"
#include "crypto/internal.h"

/* 112 and 128 bits of strength (SP 800-57 part 1 table 2) */
#define RSA_BITS_SHORT	2048
#define RSA_BITS_LONG	3072

typedef struct Member
{
	const char *param;
	GauthSpan  *into;
	size_t		size;			/* 0: as short as the number allows */
} Member;

/* "size" bytes that the caller fills */
static uint8_t *
new_bytes(GauthArena *arena, size_t size, GauthSpan *span)
{
	uint8_t    *bytes = gauth_arena_alloc(arena, size);

	if (bytes != NULL)
		*span = gauth_span(bytes, size);
	return bytes;
}

static GauthStatus
copy_number(const BIGNUM *number, const Member *member, GauthArena *arena,
			GauthError *err)
{
	size_t		size = member->size;
	uint8_t    *bytes;

	if (size == 0)
		size = (size_t) BN_num_bytes(number);
	bytes = new_bytes(arena, size, member->into);
	if (bytes == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "key");
	if (BN_bn2binpad(number, bytes, (int) size) < 0)
		return gauth_library_fail(err, "key");
	return GAUTH_OK;
}

static GauthStatus
copy_members(const EVP_PKEY *pair, const Member *members, size_t count,
			 GauthArena *arena, GauthError *err)
{
	GauthStatus status = GAUTH_OK;
	size_t		i;

	for (i = 0; i < count && status == GAUTH_OK; i++)
	{
		BIGNUM	   *number = NULL;

		if (!EVP_PKEY_get_bn_param(pair, members[i].param, &number))
			return gauth_library_fail(err, "key");
		status = copy_number(number, &members[i], arena, err);
		BN_clear_free(number);
	}
	return status;
}

static GauthStatus
generate_rsa(GauthHash hash, GauthArena *arena, GauthKeyMaterial *material,
			 GauthError *err)
{
	bool		is_short = hash == GAUTH_HASH_SHA256;
	size_t		bits = is_short ? RSA_BITS_SHORT : RSA_BITS_LONG;
	EVP_PKEY   *pair = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
	const Member members[] = {
		{OSSL_PKEY_PARAM_RSA_N, &material->n, 0},
		{OSSL_PKEY_PARAM_RSA_E, &material->e, 0},
		{OSSL_PKEY_PARAM_RSA_D, &material->d, 0},
		{OSSL_PKEY_PARAM_RSA_FACTOR1, &material->p, 0},
		{OSSL_PKEY_PARAM_RSA_FACTOR2, &material->q, 0},
		{OSSL_PKEY_PARAM_RSA_EXPONENT1, &material->dp, 0},
		{OSSL_PKEY_PARAM_RSA_EXPONENT2, &material->dq, 0},
		{OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &material->qi, 0}
	};
	GauthStatus status;

	if (pair == NULL)
		return gauth_library_fail(err, "RSA");
	status = copy_members(pair, members, sizeof(members) / sizeof(members[0]),
						  arena, err);
	EVP_PKEY_free(pair);
	return status;
}

static GauthStatus
generate_ec(GauthCurve curve, GauthArena *arena, GauthKeyMaterial *material,
			GauthError *err)
{
	const GauthCurveTraits *traits = gauth_curve_traits(curve);
	EVP_PKEY   *pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", traits->group);
	const Member members[] = {
		{OSSL_PKEY_PARAM_EC_PUB_X, &material->x, traits->size},
		{OSSL_PKEY_PARAM_EC_PUB_Y, &material->y, traits->size},
		{OSSL_PKEY_PARAM_PRIV_KEY, &material->d, traits->size}
	};
	GauthStatus status;

	if (pair == NULL)
		return gauth_library_fail(err, "EC");
	status = copy_members(pair, members, sizeof(members) / sizeof(members[0]),
						  arena, err);
	EVP_PKEY_free(pair);
	return status;
}

static GauthStatus
generate_okp(GauthArena *arena, GauthKeyMaterial *material, GauthError *err)
{
	uint8_t    *seed = new_bytes(arena, GAUTH_ED25519_SIZE, &material->d);
	uint8_t    *point = new_bytes(arena, GAUTH_ED25519_SIZE, &material->x);
	uint8_t		secret[GAUTH_ED25519_SECRET_SIZE];
	bool		made;

	if (seed == NULL || point == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "key");
	made = crypto_sign_keypair(point, secret) == 0 &&
		crypto_sign_ed25519_sk_to_seed(seed, secret) == 0;
	gauth_wipe(secret, sizeof(secret));
	if (!made)
		return gauth_fail(err, GAUTH_CRYPTO_FAILED, "Ed25519");
	return GAUTH_OK;
}

/* as long as the hash, out of random halves of 32 bytes */
static GauthStatus
generate_oct(GauthHash hash, GauthArena *arena, GauthKeyMaterial *material,
			 GauthError *err)
{
	size_t		size = gauth_hash_traits(hash)->size;
	uint8_t    *secret = new_bytes(arena, size, &material->k);
	uint8_t		random[2 * crypto_auth_hmacsha512_KEYBYTES];

	if (secret == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "key");
	crypto_auth_hmacsha512_keygen(random);
	crypto_auth_hmacsha512_keygen(random + crypto_auth_hmacsha512_KEYBYTES);
	memcpy(secret, random, size);
	gauth_wipe(random, sizeof(random));
	return GAUTH_OK;
}

_Static_assert(2 * crypto_auth_hmacsha512_KEYBYTES == GAUTH_SHA512_SIZE,
			   "the longest secret of HMAC");

/*
 * gauth_key_generate
 *		Material of a fresh key for the algorithm, with its private half.
 *
 * RSA has 2048 bits for SHA-256 and 3072 above; a secret of HMAC is as long
 * as the hash.  The numbers are in the arena, and the caller wipes them: also
 * after a failure, when some of them may be there.  GAUTH_KEY_UNSUPPORTED for
 * what is no algorithm, GAUTH_OUT_OF_MEMORY, GAUTH_CRYPTO_FAILED.
 */
GauthStatus
gauth_key_generate(GauthCrypto *crypto, GauthAlgorithm algorithm,
				   GauthArena *arena, GauthKeyMaterial *material,
				   GauthError *err)
{
	const GauthAlgorithmTraits *traits = gauth_algorithm_traits(algorithm);

	(void) crypto;
	memset(material, 0, sizeof(*material));
	if (traits == NULL)
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "alg");

	material->type = traits->type;
	material->curve = traits->curve;
	switch (traits->type)
	{
		case GAUTH_KEY_RSA:
			return generate_rsa(traits->hash, arena, material, err);
		case GAUTH_KEY_EC:
			return generate_ec(traits->curve, arena, material, err);
		case GAUTH_KEY_OKP:
			return generate_okp(arena, material, err);
		case GAUTH_KEY_OCT:
			return generate_oct(traits->hash, arena, material, err);
		case GAUTH_KEY_TYPE_NONE:
			break;
	}
	return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "alg");
}
