/*
 * digest.c
 *		SHA-2 with digests fetched once and contexts used again.
 *
 * The ledger hashes four short texts for each entry that it verifies.  EVP
 * takes as long to begin and end as such a text takes to hash, so SHA-256 is
 * asked for directly where OpenSSL still has that interface.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include <openssl/sha.h>

#include "crypto/internal.h"

/*
 * gauth_digest_parts
 *		The digest of the concatenation of "parts"; false when OpenSSL failed,
 *		its error queue then still full.
 */
bool
gauth_digest_parts(GauthCrypto *crypto, GauthHash hash,
				   const GauthSpan *parts, size_t count, uint8_t *digest)
{
	EVP_MD_CTX *state = crypto->states[hash];
	size_t		i;

	if (!EVP_DigestInit_ex2(state, crypto->digests[hash], NULL))
		return false;
	for (i = 0; i < count; i++)
	{
		if (!EVP_DigestUpdate(state, parts[i].data, parts[i].len))
			return false;
	}
	return EVP_DigestFinal_ex(state, digest, NULL) == 1;
}

#if !defined(OPENSSL_NO_DEPRECATED_3_0) && OPENSSL_VERSION_MAJOR < 4

static bool
hash_parts(GauthCrypto *crypto, const GauthSpan *parts, size_t count,
		   uint8_t digest[GAUTH_SHA256_SIZE])
{
	SHA256_CTX	state;
	size_t		i;

	(void) crypto;
	if (!SHA256_Init(&state))
		return false;
	for (i = 0; i < count; i++)
	{
		if (!SHA256_Update(&state, parts[i].data, parts[i].len))
			return false;
	}
	return SHA256_Final(digest, &state) == 1;
}

#else

static bool
hash_parts(GauthCrypto *crypto, const GauthSpan *parts, size_t count,
		   uint8_t digest[GAUTH_SHA256_SIZE])
{
	return gauth_digest_parts(crypto, GAUTH_HASH_SHA256, parts, count, digest);
}

#endif

/*
 * gauth_sha256_parts
 *		SHA-256 of the concatenation of "parts".
 *
 * GAUTH_OK, GAUTH_OUT_OF_MEMORY or GAUTH_CRYPTO_FAILED, as with all digests
 * here.
 */
GauthStatus
gauth_sha256_parts(GauthCrypto *crypto, const GauthSpan *parts, size_t count,
				   uint8_t digest[GAUTH_SHA256_SIZE])
{
	if (!hash_parts(crypto, parts, count, digest))
		return gauth_library_failure();
	return GAUTH_OK;
}

/*
 * gauth_sha256
 *		SHA-256 (FIPS 180-4 section 6.2).
 */
GauthStatus
gauth_sha256(GauthCrypto *crypto, GauthSpan data,
			 uint8_t digest[GAUTH_SHA256_SIZE])
{
	return gauth_sha256_parts(crypto, &data, 1, digest);
}

/*
 * gauth_sha384
 *		SHA-384 (FIPS 180-4 section 6.5).
 */
GauthStatus
gauth_sha384(GauthCrypto *crypto, GauthSpan data,
			 uint8_t digest[GAUTH_SHA384_SIZE])
{
	if (!gauth_digest_parts(crypto, GAUTH_HASH_SHA384, &data, 1, digest))
		return gauth_library_failure();
	return GAUTH_OK;
}

/*
 * gauth_sha512
 *		SHA-512 (FIPS 180-4 section 6.4).
 */
GauthStatus
gauth_sha512(GauthCrypto *crypto, GauthSpan data,
			 uint8_t digest[GAUTH_SHA512_SIZE])
{
	if (!gauth_digest_parts(crypto, GAUTH_HASH_SHA512, &data, 1, digest))
		return gauth_library_failure();
	return GAUTH_OK;
}
