/*
 * jwt.h
 *		Verifying a signed JWT from the first byte to the last rule.
 */
#ifndef GAUTH_TOKEN_JWT_H
#define GAUTH_TOKEN_JWT_H

#include "token/claims.h"
#include "token/jws.h"
#include "token/keyset.h"

typedef struct GauthJwtRules
{
	GauthClaimRules claims;
	GauthSpan	typ;			/* of the header; empty = any but foreign */
	GauthAlgorithmList accepted;
} GauthJwtRules;

typedef struct GauthJwt
{
	GauthJws	jws;
	GauthClaims claims;
	const GauthKeyEntry *entry; /* the key that verified it */
} GauthJwt;

extern GauthStatus gauth_jwt_verify(GauthArena *arena, GauthSpan token,
									const GauthKeySet *keys,
									const GauthJwtRules *rules,
									GauthJwt *jwt, GauthError *err);
extern GauthStatus gauth_jwt_parse(GauthArena *arena, GauthSpan token,
								   GauthJws *jws, GauthError *err);
extern GauthStatus gauth_jwt_check(const GauthJwt *jwt,
								   const GauthJwtRules *rules,
								   GauthError *err);
extern bool gauth_status_is_before_signature(GauthStatus status);

#endif							/* GAUTH_TOKEN_JWT_H */
