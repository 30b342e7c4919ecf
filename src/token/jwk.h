/*
 * jwk.h
 *		One JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037).
 */
#ifndef GAUTH_TOKEN_JWK_H
#define GAUTH_TOKEN_JWK_H

#include "base/arena.h"
#include "base/json.h"
#include "base/span.h"
#include "base/status.h"
#include "crypto/algorithm.h"
#include "crypto/key.h"
#include "crypto/library.h"

#define GAUTH_KID_MAX		256

typedef struct GauthJwk
{
	GauthKeyMaterial material;
	GauthAlgorithm algorithm;	/* NONE when the key does not name one */
	GauthSpan	kid;
	bool		has_kid;
	bool		has_private;	/* a private half, or a symmetric key */
} GauthJwk;

/* the algorithms an owner accepts, the preferred one first; count 0: any */
typedef struct GauthAlgorithmList
{
	int			count;
	GauthAlgorithm items[GAUTH_ALGORITHM_COUNT];
} GauthAlgorithmList;

extern GauthStatus gauth_jwk_read(GauthArena *arena, const GauthJson *json,
								  GauthJwk *jwk, GauthError *err);
extern GauthStatus gauth_jwk_bind(const GauthJwk *jwk,
								  const GauthAlgorithmList *accepted,
								  GauthAlgorithm *algorithm, GauthError *err);
extern GauthStatus gauth_jwk_write(GauthArena *arena, const GauthJwk *jwk,
								   bool with_private, GauthSpan *json);
extern GauthStatus gauth_jwk_thumbprint(GauthCrypto *crypto, GauthArena *arena,
										const GauthJwk *jwk,
										GauthSpan *thumbprint);
extern bool gauth_algorithm_accepted(const GauthAlgorithmList *accepted,
									 GauthAlgorithm algorithm);

#endif							/* GAUTH_TOKEN_JWK_H */
