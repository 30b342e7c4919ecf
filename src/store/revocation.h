/*
 * revocation.h
 *		Tokens that are dead before their time.
 */
#ifndef GAUTH_STORE_REVOCATION_H
#define GAUTH_STORE_REVOCATION_H

#include "postgres.h"

#include "base/span.h"
#include "store/issuer.h"
#include "token/identity.h"

enum
{
	REVOCATION_ISSUER = 1,
	REVOCATION_TOKEN,
	REVOCATION_BY_HASH
};
enum
{
	SUBJECT_REVOCATION_ISSUER = 1,
	SUBJECT_REVOCATION_SUBJECT,
	SUBJECT_REVOCATION_ISSUED_BEFORE
};

extern GauthSpan gauth_token_hash(const GauthJwt *jwt);
extern bool gauth_token_is_revoked(const GauthIdentity *identity);
extern GauthStatus gauth_token_verify(GauthArena *arena, GauthSpan token,
									  const GauthSpan *audience, GauthJwt *jwt,
									  GauthIssuer **issuer, GauthError *err);

#endif							/* GAUTH_STORE_REVOCATION_H */
