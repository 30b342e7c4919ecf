/*
 * sign.c
 *		Verifying and creating signatures.
 *
 * A digest with a context that is used again, and then EVP_PKEY_verify on
 * the digest: OpenSSL's one-call form looks its algorithms up each time.
 */
#include "crypto/sign.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sodium.h>

#include "crypto/compare.h"
#include "crypto/internal.h"

/* the whole tag; "tag" has room for the longest */
static bool
compute_tag(GauthKey *key, GauthSpan data, uint8_t tag[GAUTH_SHA512_SIZE])
{
	size_t		size;

	/* no key: begins again with the one that is set */
	return EVP_MAC_init(key->mac, NULL, 0, NULL) == 1 &&
		EVP_MAC_update(key->mac, (const uint8_t *) data.data, data.len) == 1 &&
		EVP_MAC_final(key->mac, tag, &size, GAUTH_SHA512_SIZE) == 1 &&
		size == key->signature_size;
}

static GauthStatus
verify_tag(GauthKey *key, GauthSpan data, GauthSpan signature)
{
	uint8_t		tag[GAUTH_SHA512_SIZE];
	bool		same;

	if (!compute_tag(key, data, tag))
		return gauth_library_failure();
	same = gauth_secret_equal(gauth_span(tag, key->signature_size), signature);
	if (same)
		return GAUTH_OK;

	/* for a forged message this is what the forger was looking for */
	gauth_wipe(tag, sizeof(tag));
	return GAUTH_SIGNATURE_INVALID;
}

/*
 * OpenSSL answers with zero for "no", and now and then, without an entry in
 * its queue, for want of memory too: a refusal either way.
 */
static GauthStatus
refuse(int answer)
{
	GauthStatus status = gauth_library_failure();

	if (status == GAUTH_OUT_OF_MEMORY || answer < 0)
		return status;
	return GAUTH_SIGNATURE_INVALID;
}

/* "signature" in the form that OpenSSL takes */
static GauthStatus
verify_pair(GauthKey *key, GauthSpan data, const uint8_t *signature,
			size_t size)
{
	uint8_t		digest[GAUTH_SHA512_SIZE];
	int			answer;

	if (!gauth_digest_parts(key->crypto, key->hash, &data, 1, digest))
		return gauth_library_failure();
	answer = EVP_PKEY_verify(key->verify, signature, size, digest,
							 gauth_hash_traits(key->hash)->size);
	return answer == 1 ? GAUTH_OK : refuse(answer);
}

/*
 * A key that is used again and again earns a table: making it takes about as
 * long as it saves in that many verifications.  True once.
 */
static bool
earns_table(GauthKey *key, unsigned uses)
{
	return key->uses < uses && ++key->uses == uses;
}

static GauthStatus
verify_by_table(GauthKey *key, GauthSpan data, GauthSpan signature)
{
	uint8_t		digest[GAUTH_SHA512_SIZE];
	int			answer;

	if (!gauth_digest_parts(key->crypto, key->hash, &data, 1, digest))
		return gauth_library_failure();
	answer = gauth_ecdsa_table_verify(key->ecdsa_table, digest,
									  (const uint8_t *) signature.data);
	return answer == 1 ? GAUTH_OK : refuse(answer);
}

static GauthStatus
verify_ecdsa(GauthKey *key, GauthSpan data, GauthSpan signature)
{
	uint8_t		der[GAUTH_ECDSA_DER_MAX];
	size_t		size;

	if (key->algorithm == GAUTH_ES256 &&
		earns_table(key, GAUTH_ECDSA_TABLE_USES))
		key->ecdsa_table = gauth_ecdsa_table_create(key->pair);
	if (key->ecdsa_table != NULL)
		return verify_by_table(key, data, signature);
	size = gauth_ecdsa_to_der((const uint8_t *) signature.data,
							  signature.len / 2, der);
	return verify_pair(key, data, der, size);
}

/*
 * The table may say yes; every no is libsodium's, which refuses S >= L, and an
 * R or a key of small order.
 */
static GauthStatus
verify_ed25519(GauthKey *key, GauthSpan data, GauthSpan signature)
{
	const uint8_t *raw = (const uint8_t *) signature.data;

	if (earns_table(key, GAUTH_ED25519_TABLE_USES))
		key->ed25519_table = gauth_ed25519_table_create(key->crypto,
														key->public_key);
	if (key->ed25519_table != NULL &&
		gauth_ed25519_table_verify(key, data, raw))
		return GAUTH_OK;
	if (crypto_sign_verify_detached(raw, (const uint8_t *) data.data, data.len,
									key->public_key) != 0)
		return GAUTH_SIGNATURE_INVALID;
	return GAUTH_OK;
}

/*
 * gauth_signature_verify
 *		Is "signature" the key's, in its algorithm, over "data"?
 *
 * GAUTH_SIGNATURE_INVALID for no, whatever the reason; the length is judged
 * first and must be exact.  GAUTH_CRYPTO_FAILED and GAUTH_OUT_OF_MEMORY mean
 * that there is no answer, and are no permission either.  Leaves no entry in
 * OpenSSL's error queue.  (RFC 7515 section 5.2 step 8, RFC 7518 section 3.)
 */
GauthStatus
gauth_signature_verify(GauthKey *key, GauthSpan data, GauthSpan signature)
{
	if (signature.len != key->signature_size)
		return GAUTH_SIGNATURE_INVALID;

	switch (key->type)
	{
		case GAUTH_KEY_OCT:
			return verify_tag(key, data, signature);
		case GAUTH_KEY_RSA:
			return verify_pair(key, data, (const uint8_t *) signature.data,
							   signature.len);
		case GAUTH_KEY_EC:
			return verify_ecdsa(key, data, signature);
		case GAUTH_KEY_OKP:
			return verify_ed25519(key, data, signature);
		case GAUTH_KEY_TYPE_NONE:
			break;
	}
	return GAUTH_CRYPTO_FAILED;
}

/* "room" is what "out" holds; the form is OpenSSL's */
static bool
sign_pair(GauthKey *key, GauthSpan data, uint8_t *out, size_t room,
		  size_t *size)
{
	uint8_t		digest[GAUTH_SHA512_SIZE];

	*size = room;
	return gauth_digest_parts(key->crypto, key->hash, &data, 1, digest) &&
		EVP_PKEY_sign(key->sign, out, size, digest,
					  gauth_hash_traits(key->hash)->size) == 1;
}

static bool
sign_ecdsa(GauthKey *key, GauthSpan data, uint8_t *signature)
{
	uint8_t		der[GAUTH_ECDSA_DER_MAX];
	size_t		size;

	return sign_pair(key, data, der, sizeof(der), &size) &&
		gauth_ecdsa_from_der(der, size, signature, key->signature_size / 2);
}

static bool
sign_rsa(GauthKey *key, GauthSpan data, uint8_t *signature)
{
	size_t		size;

	return sign_pair(key, data, signature, GAUTH_SIGNATURE_MAX, &size) &&
		size == key->signature_size;
}

static bool
sign_any(GauthKey *key, GauthSpan data, uint8_t *signature)
{
	switch (key->type)
	{
		case GAUTH_KEY_OCT:
			return compute_tag(key, data, signature);
		case GAUTH_KEY_RSA:
			return sign_rsa(key, data, signature);
		case GAUTH_KEY_EC:
			return sign_ecdsa(key, data, signature);
		case GAUTH_KEY_OKP:
			return crypto_sign_detached(signature, NULL,
										(const uint8_t *) data.data, data.len,
										key->secret_key) == 0;
		case GAUTH_KEY_TYPE_NONE:
			break;
	}
	return false;
}

/*
 * gauth_signature_create
 *		Sign "data" with the key, in its algorithm.
 *
 * "signature" has room for GAUTH_SIGNATURE_MAX bytes whatever the key; "*size"
 * is how many were written.  GAUTH_INVALID_ARGUMENT when the key has no
 * private half; GAUTH_CRYPTO_FAILED, GAUTH_OUT_OF_MEMORY.  (RFC 7518
 * section 3, RFC 8032 section 5.1.6.)
 */
GauthStatus
gauth_signature_create(GauthKey *key, GauthSpan data, uint8_t *signature,
					   size_t *size, GauthError *err)
{
	*size = 0;
	if (!key->can_sign)
		return gauth_fail(err, GAUTH_INVALID_ARGUMENT, "private half");
	if (!sign_any(key, data, signature))
		return gauth_library_fail(err, gauth_algorithm_name(key->algorithm));
	*size = key->signature_size;
	return GAUTH_OK;
}
