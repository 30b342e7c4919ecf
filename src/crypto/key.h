/*
 * key.h
 *		Keys: from the numbers of a JWK (RFC 7518 section 6, RFC 8037 section
 *		2) to something that verifies and signs.
 *
 * A key is parsed and judged once and belongs to one algorithm for its whole
 * life, so a token can never choose how its key is used.  It holds contexts
 * of the libraries and lives outside every arena; who created it frees it.
 *
 * Neither the text of a JWK nor PEM, DER or certificates are read here.
 */
#ifndef GAUTH_CRYPTO_KEY_H
#define GAUTH_CRYPTO_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "crypto/algorithm.h"
#include "crypto/library.h"

#define GAUTH_RSA_BITS_MIN	2048	/* RFC 7518 section 3.3 */
#define GAUTH_RSA_BITS_MAX	8192
#define GAUTH_OCT_SIZE_MAX	4096	/* bytes of a symmetric key */
#define GAUTH_ED25519_SIZE	32	/* public key, seed */

typedef struct GauthKey GauthKey;

/*
 * The members of a JWK after base64url: big-endian unsigned bytes.  What a
 * key type does not have stays empty.
 */
typedef struct GauthKeyMaterial
{
	GauthKeyType type;
	GauthCurve	curve;			/* EC and OKP */
	GauthSpan	n;				/* RSA: modulus */
	GauthSpan	e;				/* RSA: public exponent */
	GauthSpan	d;				/* the private half of RSA, EC and OKP */
	GauthSpan	p;				/* RSA: first prime; these five all or none */
	GauthSpan	q;
	GauthSpan	dp;				/* RSA: d mod (p - 1) */
	GauthSpan	dq;
	GauthSpan	qi;				/* RSA: inverse of q mod p */
	GauthSpan	x;				/* EC: coordinate; OKP: the public key */
	GauthSpan	y;				/* EC: coordinate */
	GauthSpan	k;				/* oct: the secret */
} GauthKeyMaterial;

extern GauthStatus gauth_key_create(GauthCrypto *crypto,
									const GauthKeyMaterial *material,
									GauthAlgorithm algorithm, GauthKey **key,
									GauthError *err);
extern void gauth_key_free(GauthKey *key);
extern GauthAlgorithm gauth_key_algorithm(const GauthKey *key);
extern bool gauth_key_can_sign(const GauthKey *key);
extern bool gauth_key_ed25519_point(const GauthKey *key,
									uint8_t point[GAUTH_ED25519_SIZE]);
extern GauthStatus gauth_key_generate(GauthCrypto *crypto,
									  GauthAlgorithm algorithm,
									  GauthArena *arena,
									  GauthKeyMaterial *material,
									  GauthError *err);

#endif							/* GAUTH_CRYPTO_KEY_H */
