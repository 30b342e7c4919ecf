/*
 * aead.h
 *		Sealing secrets at rest: XChaCha20-Poly1305 (RFC 8439 with the 192-bit
 *		nonce of draft-irtf-cfrg-xchacha-03), and the keys for it.
 *
 * A nonce may be random: 192 bits do not collide.  Which nonce and which
 * label is the caller's; nothing here is random.
 */
#ifndef GAUTH_CRYPTO_AEAD_H
#define GAUTH_CRYPTO_AEAD_H

#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

#define GAUTH_AEAD_KEY_SIZE		32
#define GAUTH_AEAD_NONCE_SIZE	24
#define GAUTH_AEAD_TAG_SIZE		16

extern GauthStatus gauth_aead_seal(const uint8_t key[GAUTH_AEAD_KEY_SIZE],
								   const uint8_t nonce[GAUTH_AEAD_NONCE_SIZE],
								   GauthSpan plain, GauthSpan associated,
								   uint8_t *sealed);
extern GauthStatus gauth_aead_open(const uint8_t key[GAUTH_AEAD_KEY_SIZE],
								   const uint8_t nonce[GAUTH_AEAD_NONCE_SIZE],
								   GauthSpan sealed, GauthSpan associated,
								   uint8_t *plain);
extern GauthStatus gauth_aead_derive_key(GauthSpan secret, const char *label,
										 uint8_t key[GAUTH_AEAD_KEY_SIZE]);

#endif							/* GAUTH_CRYPTO_AEAD_H */
