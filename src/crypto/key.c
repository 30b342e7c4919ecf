/*
 * key.c
 *		Making a key from its material: what all types have in common, and the
 *		two types that are no more than bytes (OKP by libsodium, oct by
 *		OpenSSL's HMAC).
 *
 * RSA and EC are judged in files of their own.
 */
#include "crypto/key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sodium.h>

#include "crypto/compare.h"
#include "crypto/internal.h"

/* the identity of edwards25519, encoded: the point (0, 1) */
static const uint8_t neutral_point[GAUTH_ED25519_SIZE] = {1};

/*
 * gauth_key_import
 *		Hand the numbers of an RSA or EC key to OpenSSL.
 *
 * Straight from numbers: its decoders of PEM and DER cost twenty times as
 * much.  False where it does not take them, its error queue then still full:
 * what that says of the numbers is for the caller to know.
 */
bool
gauth_key_import(const char *type, OSSL_PARAM_BLD *builder, bool private_half,
				 EVP_PKEY **pair)
{
	int			parts = private_half ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
	OSSL_PARAM *param;
	bool		done;

	done = context != NULL && params != NULL &&
		EVP_PKEY_fromdata_init(context) == 1 &&
		EVP_PKEY_fromdata(context, pair, parts, params) == 1;

	/* the parameters hold copies of the private numbers */
	for (param = params; param != NULL && param->key != NULL; param++)
		gauth_wipe(param->data, param->data_size);
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(context);

	return done;
}

/*
 * Is this a point whose multiples are more than a handful?  Eight times a
 * point of small order is the neutral point, in whatever way the point was
 * encoded.  libsodium's own tests of a point are not used: they also judge
 * the subgroup, and up to 1.0.20 wrongly.
 */
static GauthStatus
check_point(const uint8_t point[GAUTH_ED25519_SIZE], GauthError *err)
{
	uint8_t		multiple[GAUTH_ED25519_SIZE];
	int			i;

	memcpy(multiple, point, sizeof(multiple));
	for (i = 0; i < 3; i++)
	{
		if (crypto_core_ed25519_add(multiple, multiple, multiple) != 0)
			return gauth_fail(err, GAUTH_KEY_MALFORMED, "x");
	}
	if (memcmp(multiple, neutral_point, sizeof(multiple)) == 0)
		return gauth_fail(err, GAUTH_KEY_WEAK, "x");
	return GAUTH_OK;
}

/* RFC 8032 section 5.1.3 step 1: y, little-endian, is below 2^255 - 19 */
static bool
is_canonical(const uint8_t point[GAUTH_ED25519_SIZE])
{
	int			i;

	if ((point[31] & 0x7f) != 0x7f || point[0] < 0xed)
		return true;
	for (i = 1; i < 31; i++)
	{
		if (point[i] != 0xff)
			return true;
	}
	return false;
}

/* the private half of RFC 8037 is the seed of RFC 8032 section 5.1.5 */
static GauthStatus
build_okp_secret(const GauthKeyMaterial *material, GauthKey *key,
				 GauthError *err)
{
	uint8_t		public_key[GAUTH_ED25519_SIZE];

	if (material->d.len != GAUTH_ED25519_SIZE)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "d");
	if (crypto_sign_seed_keypair(public_key, key->secret_key,
								 (const uint8_t *) material->d.data) != 0)
		return gauth_fail(err, GAUTH_CRYPTO_FAILED, "Ed25519");
	if (memcmp(public_key, key->public_key, sizeof(public_key)) != 0)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "d");
	key->can_sign = true;
	return GAUTH_OK;
}

/*
 * gauth_key_build_okp
 *		Ed25519 (RFC 8037 section 2), refusing keys of small order: there one
 *		signature is good for messages that nobody signed.
 */
GauthStatus
gauth_key_build_okp(const GauthKeyMaterial *material, GauthKey *key,
					GauthError *err)
{
	GauthStatus status;

	if (material->x.len != GAUTH_ED25519_SIZE)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "x");
	memcpy(key->public_key, material->x.data, GAUTH_ED25519_SIZE);

	status = check_point(key->public_key, err);
	if (status != GAUTH_OK)
		return status;
	if (!is_canonical(key->public_key))
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "x");

	key->signature_size = crypto_sign_BYTES;
	if (material->d.len == 0)
		return GAUTH_OK;
	return build_okp_secret(material, key, err);
}

/*
 * gauth_key_build_oct
 *		HMAC (RFC 7518 section 3.2): the secret is no shorter than the hash.
 */
GauthStatus
gauth_key_build_oct(const GauthKeyMaterial *material, GauthKey *key,
					GauthError *err)
{
	const GauthHashTraits *hash = gauth_hash_traits(key->hash);
	OSSL_PARAM	params[2];

	if (material->k.len < hash->size)
		return gauth_fail(err, GAUTH_KEY_WEAK, "k");
	if (material->k.len > GAUTH_OCT_SIZE_MAX)
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "k");

	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
												 (char *) hash->name, 0);
	params[1] = OSSL_PARAM_construct_end();
	key->mac = EVP_MAC_CTX_new(key->crypto->hmac);
	if (key->mac == NULL ||
		!EVP_MAC_init(key->mac, (const uint8_t *) material->k.data,
					  material->k.len, params))
		return gauth_library_fail(err, "HMAC");

	key->signature_size = hash->size;
	key->can_sign = true;
	return GAUTH_OK;
}

static GauthStatus
build(const GauthKeyMaterial *material, GauthKey *key, GauthError *err)
{
	switch (material->type)
	{
		case GAUTH_KEY_RSA:
			return gauth_key_build_rsa(material, key, err);
		case GAUTH_KEY_EC:
			return gauth_key_build_ec(material, key, err);
		case GAUTH_KEY_OKP:
			return gauth_key_build_okp(material, key, err);
		case GAUTH_KEY_OCT:
			return gauth_key_build_oct(material, key, err);
		case GAUTH_KEY_TYPE_NONE:
			break;
	}
	return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "kty");
}

/*
 * gauth_key_create
 *		A key for one algorithm, judged; the owner calls gauth_key_free.
 *
 * Nothing of "material" is kept by reference; a private half, where there is
 * one, must belong to the public one.  GAUTH_KEY_UNSUPPORTED for an algorithm
 * that does not fit and for numbers beyond our limits, GAUTH_KEY_WEAK for an
 * RSA modulus below 2048 bits or of a broken generator, an exponent of one, an
 * Ed25519 key of small order and a secret shorter than its hash,
 * GAUTH_KEY_MALFORMED for all that is no key; err->detail names the member of
 * the JWK.  Besides, GAUTH_OUT_OF_MEMORY and GAUTH_CRYPTO_FAILED.  On failure
 * "*key" is NULL.
 */
GauthStatus
gauth_key_create(GauthCrypto *crypto, const GauthKeyMaterial *material,
				 GauthAlgorithm algorithm, GauthKey **key, GauthError *err)
{
	GauthStatus status;
	GauthKey   *made;

	*key = NULL;
	if (!gauth_algorithm_fits(algorithm, material->type, material->curve))
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "alg");

	made = OPENSSL_zalloc(sizeof(GauthKey));
	if (made == NULL)
		return gauth_library_fail(err, "key");
	made->crypto = crypto;
	made->algorithm = algorithm;
	made->type = material->type;
	made->hash = gauth_algorithm_traits(algorithm)->hash;

	status = build(material, made, err);

	/* OpenSSL may have complained of what it could do without */
	ERR_clear_error();
	if (status != GAUTH_OK)
	{
		gauth_key_free(made);
		return status;
	}
	*key = made;
	return GAUTH_OK;
}

/*
 * gauth_key_free
 *		Wipe a key and give it back; NULL is nothing to do.
 */
void
gauth_key_free(GauthKey *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_CTX_free(key->verify);
	EVP_PKEY_CTX_free(key->sign);
	EVP_PKEY_free(key->pair);
	gauth_ecdsa_table_free(key->ecdsa_table);
	gauth_ed25519_table_free(key->ed25519_table);
	EVP_MAC_CTX_free(key->mac);
	OPENSSL_clear_free(key, sizeof(GauthKey));
}

/*
 * gauth_key_algorithm
 *		The one algorithm that the key may be used with.
 */
GauthAlgorithm
gauth_key_algorithm(const GauthKey *key)
{
	return key->algorithm;
}

/*
 * gauth_key_can_sign
 *		Is the private half there?
 */
bool
gauth_key_can_sign(const GauthKey *key)
{
	return key->can_sign;
}

/*
 * gauth_key_ed25519_point
 *		The public half of an Ed25519 key (RFC 8032 section 5.1.5); false for a
 *		key of another algorithm.
 */
bool
gauth_key_ed25519_point(const GauthKey *key, uint8_t point[GAUTH_ED25519_SIZE])
{
	if (key->type != GAUTH_KEY_OKP)
		return false;
	memcpy(point, key->public_key, GAUTH_ED25519_SIZE);
	return true;
}
