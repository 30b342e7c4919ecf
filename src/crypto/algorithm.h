/*
 * algorithm.h
 *		The signature algorithms of JOSE (RFC 7518 section 3.1, RFC 8037
 *		section 3.1, RFC 9864), and which key each of them takes.
 *
 * A closed list: an algorithm that is not named here does not exist, "none"
 * least of all.
 */
#ifndef GAUTH_CRYPTO_ALGORITHM_H
#define GAUTH_CRYPTO_ALGORITHM_H

#include <stdbool.h>

#include "base/span.h"

typedef enum GauthAlgorithm
{
	GAUTH_ALGORITHM_NONE = 0,	/* not an algorithm: nothing fits it */
	GAUTH_HS256,
	GAUTH_HS384,
	GAUTH_HS512,
	GAUTH_RS256,
	GAUTH_RS384,
	GAUTH_RS512,
	GAUTH_PS256,
	GAUTH_PS384,
	GAUTH_PS512,
	GAUTH_ES256,
	GAUTH_ES384,
	GAUTH_ES512,
	GAUTH_EDDSA,				/* with Ed25519 only */
	GAUTH_ALGORITHM_COUNT
} GauthAlgorithm;

typedef enum GauthKeyType
{
	GAUTH_KEY_TYPE_NONE = 0,
	GAUTH_KEY_RSA,
	GAUTH_KEY_EC,
	GAUTH_KEY_OKP,
	GAUTH_KEY_OCT
} GauthKeyType;

typedef enum GauthCurve
{
	GAUTH_CURVE_NONE = 0,
	GAUTH_P256,
	GAUTH_P384,
	GAUTH_P521,
	GAUTH_ED25519
} GauthCurve;

extern GauthAlgorithm gauth_algorithm_from_name(GauthSpan name);
extern const char *gauth_algorithm_name(GauthAlgorithm algorithm);
extern bool gauth_algorithm_fits(GauthAlgorithm algorithm, GauthKeyType type,
								 GauthCurve curve);
extern GauthAlgorithm gauth_algorithm_default(GauthKeyType type,
											  GauthCurve curve);

#endif							/* GAUTH_CRYPTO_ALGORITHM_H */
