/*
 * crypto.h
 *		The one instance of the cryptographic libraries in this process.
 */
#ifndef GAUTH_STORE_CRYPTO_H
#define GAUTH_STORE_CRYPTO_H

#include "crypto/library.h"

extern GauthCrypto *gauth_crypto(void);

#endif							/* GAUTH_STORE_CRYPTO_H */
