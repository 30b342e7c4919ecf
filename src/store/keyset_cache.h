/*
 * keyset_cache.h
 *		Keys that a caller passes as an argument, parsed once.
 */
#ifndef GAUTH_STORE_KEYSET_CACHE_H
#define GAUTH_STORE_KEYSET_CACHE_H

#include "token/keyset.h"

extern GauthStatus gauth_keyset_cached(GauthSpan json,
									   const GauthAlgorithmList *accepted,
									   const GauthKeySet **keys,
									   GauthError *err);

#endif							/* GAUTH_STORE_KEYSET_CACHE_H */
