/*
 * crypto.c
 *		The one instance of the cryptographic libraries in this process.
 */
#include "postgres.h"

#include "store/crypto.h"

/*
 * gauth_crypto
 *		The library, made ready at its first use; raises when it cannot be.
 */
GauthCrypto *
gauth_crypto(void)
{
	static GauthCrypto *crypto = NULL;
	GauthError	err;

	if (crypto == NULL && gauth_crypto_create(&crypto, &err) != GAUTH_OK)
		elog(ERROR, "could not initialize cryptography: %s", err.detail);
	return crypto;
}
