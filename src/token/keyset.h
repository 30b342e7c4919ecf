/*
 * keyset.h
 *		The keys that a token may be signed with (RFC 7517 section 5).
 */
#ifndef GAUTH_TOKEN_KEYSET_H
#define GAUTH_TOKEN_KEYSET_H

#include "token/jwk.h"
#include "token/jws.h"

#define GAUTH_KEYSET_MAX	256

typedef struct GauthKeyEntry
{
	GauthSpan	kid;			/* meaningful when has_kid */
	bool		has_kid;
	GauthKey   *key;
} GauthKeyEntry;

typedef struct GauthKeySet
{
	int			count;
	GauthKeyEntry *entries;
} GauthKeySet;

extern GauthStatus gauth_keyset_read(GauthCrypto *crypto, GauthArena *arena,
									 const GauthJson *json,
									 const GauthAlgorithmList *accepted,
									 GauthKeySet *set, GauthError *err);
extern void gauth_keyset_free(GauthKeySet *set);
extern GauthStatus gauth_keyset_jwks(GauthArena *arena, const GauthJson *json,
									 GauthJwk **jwks, int *count,
									 GauthError *err);
extern GauthStatus gauth_keyset_verify(const GauthKeySet *set,
									   const GauthJws *jws,
									   const GauthKeyEntry **entry,
									   GauthError *err);

#endif							/* GAUTH_TOKEN_KEYSET_H */
