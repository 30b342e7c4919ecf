/*
 * extended.h
 *		Extended tokens against the mandates that they are about.
 */
#ifndef GAUTH_STORE_EXTENDED_H
#define GAUTH_STORE_EXTENDED_H

#include "postgres.h"

#include "store/issuer.h"
#include "token/jwt.h"

extern GauthStatus gauth_extended_verify(const GauthJwt *jwt,
										 const GauthIssuer *issuer,
										 TimestampTz at, GauthSpan *mandate,
										 GauthError *err);
extern bool gauth_extended_stands(GauthSpan mandate, GauthSpan agent,
								  TimestampTz at);

#endif							/* GAUTH_STORE_EXTENDED_H */
