/*
 * key_ec.c
 *		Judging a key on a curve of NIST (RFC 7518 section 6.2, SP 800-56A
 *		section 5.6.2.3).
 */
#include "crypto/internal.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>

#define COORDINATE_SIZE_MAX		66
#define POINT_UNCOMPRESSED		0x04	/* SEC 1 section 2.3.3 */

/* a number of another length than the curve's is another spelling of it */
static GauthStatus
check_sizes(const GauthKeyMaterial *material, size_t size, GauthError *err)
{
	if (material->x.len != size)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "x");
	if (material->y.len != size)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "y");
	if (material->d.len != 0 && material->d.len != size)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "d");
	return GAUTH_OK;
}

/* "point" and "secret" must live until the builder has been read */
static bool
push_members(OSSL_PARAM_BLD *builder, const GauthCurveTraits *curve,
			 const uint8_t *point, const BIGNUM *secret)
{
	if (!OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
										 curve->group, 0) ||
		!OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY,
										  point, 1 + 2 * curve->size))
		return false;
	return secret == NULL ||
		OSSL_PARAM_BLD_push_BN_pad(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret,
								   curve->size);
}

/* the answer of OpenSSL to a question about "member" */
static GauthStatus
check_answer(bool good, const char *member, GauthError *err)
{
	GauthStatus status;

	if (good)
		return GAUTH_OK;
	status = gauth_library_judge(ERR_LIB_EC, GAUTH_KEY_MALFORMED);
	return gauth_fail(err, status, member);
}

/* "secret" is the private half, or NULL */
static GauthStatus
import_point(const GauthKeyMaterial *material, const BIGNUM *secret,
			 GauthKey *key, GauthError *err)
{
	const GauthCurveTraits *curve = gauth_curve_traits(material->curve);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	uint8_t		point[1 + 2 * COORDINATE_SIZE_MAX];
	bool		done;

	point[0] = POINT_UNCOMPRESSED;
	memcpy(point + 1, material->x.data, curve->size);
	memcpy(point + 1 + curve->size, material->y.data, curve->size);

	done = builder != NULL && push_members(builder, curve, point, secret) &&
		gauth_key_import("EC", builder, secret != NULL, &key->pair);
	OSSL_PARAM_BLD_free(builder);
	return check_answer(done, "x", err);
}

static GauthStatus
import_members(const GauthKeyMaterial *material, GauthKey *key,
			   GauthError *err)
{
	BIGNUM	   *secret;
	GauthStatus status;

	if (material->d.len == 0)
		return import_point(material, NULL, key, err);

	secret = BN_bin2bn((const uint8_t *) material->d.data,
					   (int) material->d.len, NULL);
	if (secret == NULL)
		return gauth_library_fail(err, "EC");
	BN_set_flags(secret, BN_FLG_CONSTTIME);
	status = import_point(material, secret, key, err);
	BN_clear_free(secret);
	key->can_sign = true;
	return status;
}

/* on the curve, in range, not at infinity; d in range, and d * G the point */
static GauthStatus
check_pair(EVP_PKEY_CTX *context, bool private_half, GauthError *err)
{
	GauthStatus status;

	status = check_answer(EVP_PKEY_public_check(context) == 1, "x", err);
	if (status == GAUTH_OK && private_half)
		status = check_answer(EVP_PKEY_private_check(context) == 1, "d", err);
	if (status == GAUTH_OK && private_half)
		status = check_answer(EVP_PKEY_pairwise_check(context) == 1, "d", err);
	return status;
}

static bool
prepare_verify(GauthKey *key)
{
	const EVP_MD *digest = key->crypto->digests[key->hash];

	return EVP_PKEY_verify_init(key->verify) == 1 &&
		EVP_PKEY_CTX_set_signature_md(key->verify, digest) == 1;
}

static bool
prepare_sign(GauthKey *key)
{
	const EVP_MD *digest = key->crypto->digests[key->hash];

	key->sign = EVP_PKEY_CTX_new_from_pkey(NULL, key->pair, NULL);
	return key->sign != NULL && EVP_PKEY_sign_init(key->sign) == 1 &&
		EVP_PKEY_CTX_set_signature_md(key->sign, digest) == 1;
}

/*
 * gauth_key_build_ec
 *		A key of ECDSA whose point is on its curve, and a private half, where
 *		given, that belongs to it.
 */
GauthStatus
gauth_key_build_ec(const GauthKeyMaterial *material, GauthKey *key,
				   GauthError *err)
{
	size_t		size = gauth_curve_traits(material->curve)->size;
	GauthStatus status;

	status = check_sizes(material, size, err);
	if (status == GAUTH_OK)
		status = import_members(material, key, err);
	if (status != GAUTH_OK)
		return status;

	key->verify = EVP_PKEY_CTX_new_from_pkey(NULL, key->pair, NULL);
	if (key->verify == NULL)
		return gauth_library_fail(err, "EC");
	status = check_pair(key->verify, key->can_sign, err);
	if (status != GAUTH_OK)
		return status;

	if (!prepare_verify(key) || (key->can_sign && !prepare_sign(key)))
		return gauth_library_fail(err, "EC");
	key->signature_size = 2 * size;
	return GAUTH_OK;
}
