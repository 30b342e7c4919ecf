/*
 * digest.h
 *		SHA-2 (FIPS 180-4).
 *
 * Data that comes in pieces is hashed with gauth_sha256_parts: there is no
 * state to keep between calls, so nothing can be left half done.
 */
#ifndef GAUTH_CRYPTO_DIGEST_H
#define GAUTH_CRYPTO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "crypto/library.h"

#define GAUTH_SHA256_SIZE	32
#define GAUTH_SHA384_SIZE	48
#define GAUTH_SHA512_SIZE	64

extern GauthStatus gauth_sha256(GauthCrypto *crypto, GauthSpan data,
								uint8_t digest[GAUTH_SHA256_SIZE]);
extern GauthStatus gauth_sha256_parts(GauthCrypto *crypto,
									  const GauthSpan *parts, size_t count,
									  uint8_t digest[GAUTH_SHA256_SIZE]);
extern GauthStatus gauth_sha384(GauthCrypto *crypto, GauthSpan data,
								uint8_t digest[GAUTH_SHA384_SIZE]);
extern GauthStatus gauth_sha512(GauthCrypto *crypto, GauthSpan data,
								uint8_t digest[GAUTH_SHA512_SIZE]);

#endif							/* GAUTH_CRYPTO_DIGEST_H */
