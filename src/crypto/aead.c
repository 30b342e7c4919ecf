/*
 * aead.c
 *		XChaCha20-Poly1305 and its keys, by libsodium.
 */
#include "crypto/aead.h"

#include <sodium.h>

#include "crypto/compare.h"

#define SECRET_SIZE_MIN		32
#define EXTRACTED_SIZE		crypto_generichash_blake2b_BYTES_MAX

/* exactly as long as BLAKE2b's personalisation, without its zero byte */
static const unsigned char extract_person[] = "gauth extract v1";
static const unsigned char expand_person[] = "gauth expand v1 ";

_Static_assert(sizeof(extract_person) - 1 ==
			   crypto_generichash_blake2b_PERSONALBYTES, "extract_person");
_Static_assert(sizeof(expand_person) - 1 ==
			   crypto_generichash_blake2b_PERSONALBYTES, "expand_person");

static inline const unsigned char *
bytes_of(GauthSpan span)
{
	return (const unsigned char *) span.data;
}

/*
 * gauth_aead_seal
 *		Encrypt "plain" and authenticate it together with "associated".
 *
 * "sealed" has room for plain.len + GAUTH_AEAD_TAG_SIZE bytes: the ciphertext
 * and then the tag.  A nonce must never be used twice with one key.
 * GAUTH_LIMIT_EXCEEDED for more than the cipher's counter can number.
 */
GauthStatus
gauth_aead_seal(const uint8_t key[GAUTH_AEAD_KEY_SIZE],
				const uint8_t nonce[GAUTH_AEAD_NONCE_SIZE],
				GauthSpan plain, GauthSpan associated, uint8_t *sealed)
{
	/* beyond this libsodium ends the process */
	if (plain.len > crypto_aead_xchacha20poly1305_ietf_MESSAGEBYTES_MAX)
		return GAUTH_LIMIT_EXCEEDED;
	if (crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL,
												   bytes_of(plain), plain.len,
												   bytes_of(associated),
												   associated.len,
												   NULL, nonce, key) != 0)
		return GAUTH_CRYPTO_FAILED;
	return GAUTH_OK;
}

/*
 * gauth_aead_open
 *		What gauth_aead_seal sealed with the same key, nonce and "associated".
 *
 * "plain" has room for sealed.len - GAUTH_AEAD_TAG_SIZE bytes and holds
 * nothing of use unless GAUTH_OK is returned; GAUTH_SIGNATURE_INVALID for
 * anything forged, altered or shorter than a tag.
 */
GauthStatus
gauth_aead_open(const uint8_t key[GAUTH_AEAD_KEY_SIZE],
				const uint8_t nonce[GAUTH_AEAD_NONCE_SIZE],
				GauthSpan sealed, GauthSpan associated, uint8_t *plain)
{
	if (sealed.len < GAUTH_AEAD_TAG_SIZE ||
		sealed.len - GAUTH_AEAD_TAG_SIZE >
		crypto_aead_xchacha20poly1305_ietf_MESSAGEBYTES_MAX)
		return GAUTH_SIGNATURE_INVALID;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
												   bytes_of(sealed),
												   sealed.len,
												   bytes_of(associated),
												   associated.len,
												   nonce, key) != 0)
		return GAUTH_SIGNATURE_INVALID;
	return GAUTH_OK;
}

/*
 * gauth_aead_derive_key
 *		A key for one purpose, from the secret that all of them come from.
 *
 * BLAKE2b (RFC 7693) twice: unkeyed with its own personalisation over the
 * secret, which may be of any length, and keyed with the result over the
 * label.  Different labels give keys that tell nothing of each other.
 * GAUTH_KEY_WEAK for a secret below 32 bytes, GAUTH_INVALID_ARGUMENT for an
 * empty label.
 */
GauthStatus
gauth_aead_derive_key(GauthSpan secret, const char *label,
					  uint8_t key[GAUTH_AEAD_KEY_SIZE])
{
	GauthSpan	purpose = gauth_span_of(label);
	uint8_t		extracted[EXTRACTED_SIZE];
	int			failed;

	if (secret.len < SECRET_SIZE_MIN)
		return GAUTH_KEY_WEAK;
	if (purpose.len == 0)
		return GAUTH_INVALID_ARGUMENT;

	failed = crypto_generichash_blake2b_salt_personal(extracted,
													  sizeof(extracted),
													  bytes_of(secret),
													  secret.len, NULL, 0,
													  NULL, extract_person);
	if (!failed)
		failed = crypto_generichash_blake2b_salt_personal(key,
														  GAUTH_AEAD_KEY_SIZE,
														  bytes_of(purpose),
														  purpose.len,
														  extracted,
														  sizeof(extracted),
														  NULL, expand_person);
	gauth_wipe(extracted, sizeof(extracted));
	return failed ? GAUTH_CRYPTO_FAILED : GAUTH_OK;
}
