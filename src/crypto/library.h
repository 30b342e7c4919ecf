/*
 * library.h
 *		What the two libraries need once per process.
 *
 * OpenSSL looks an algorithm up by name whenever it is not handed one that
 * was fetched before, which costs more than the digest of a token; so all of
 * them are fetched here, once.
 *
 * A GauthCrypto is made once per process, may be inherited through fork, and
 * serves one thread.  It outlives every GauthKey made with it.
 */
#ifndef GAUTH_CRYPTO_LIBRARY_H
#define GAUTH_CRYPTO_LIBRARY_H

#include "base/status.h"

typedef struct GauthCrypto GauthCrypto;

extern GauthStatus gauth_crypto_create(GauthCrypto **crypto, GauthError *err);
extern void gauth_crypto_free(GauthCrypto *crypto);

#endif							/* GAUTH_CRYPTO_LIBRARY_H */
