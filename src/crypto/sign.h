/*
 * sign.h
 *		Signatures in the form that JOSE gives them (RFC 7518 section 3,
 *		RFC 8037 section 3.1).
 *
 * HMAC: the whole tag.  RSA: as long as the modulus; PSS with a salt as long
 * as the hash and MGF1 over the same hash.  ECDSA: r and s, each as long as
 * the curve's order, never DER.  Ed25519: 64 bytes.
 */
#ifndef GAUTH_CRYPTO_SIGN_H
#define GAUTH_CRYPTO_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "crypto/key.h"

/* room for any signature: RSA with the largest modulus */
#define GAUTH_SIGNATURE_MAX		(GAUTH_RSA_BITS_MAX / 8)

extern GauthStatus gauth_signature_verify(GauthKey *key, GauthSpan data,
										  GauthSpan signature);
extern GauthStatus gauth_signature_create(GauthKey *key, GauthSpan data,
										  uint8_t *signature, size_t *size,
										  GauthError *err);

#endif							/* GAUTH_CRYPTO_SIGN_H */
