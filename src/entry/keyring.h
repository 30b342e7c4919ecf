/*
 * keyring.h
 *		The keys of one issuer: replaced, made, retired.
 */
#ifndef GAUTH_ENTRY_KEYRING_H
#define GAUTH_ENTRY_KEYRING_H

#include "postgres.h"

#include "base/span.h"
#include "crypto/algorithm.h"

extern int	gauth_keyring_replace(GauthSpan issuer, GauthSpan jwks);
extern GauthSpan gauth_keyring_create(GauthSpan issuer,
									  GauthAlgorithm algorithm);
extern void gauth_keyring_retire(GauthSpan issuer);

#endif							/* GAUTH_ENTRY_KEYRING_H */
