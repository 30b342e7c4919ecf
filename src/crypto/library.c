/*
 * library.c
 *		Beginning with the two libraries, and what their failures mean.
 */
#include "crypto/library.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sodium.h>

#include "crypto/internal.h"

/*
 * gauth_library_judge
 *		Why the last call into OpenSSL failed; empties its error queue.
 *
 * GAUTH_OUT_OF_MEMORY; or "judged" where the given part of OpenSSL (ERR_LIB_EC
 * and so on) has named a reason of its own; else GAUTH_CRYPTO_FAILED.  Want of
 * memory is seldom the last entry, for each caller on the way up adds its own.
 *
 * The queue is shared with whoever else uses OpenSSL in this process: what
 * is left there would be taken for a failure of theirs.
 */
GauthStatus
gauth_library_judge(int library, GauthStatus judged)
{
	GauthStatus status = GAUTH_CRYPTO_FAILED;
	unsigned long error;

	while ((error = ERR_get_error()) != 0)
	{
		if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE)
			status = GAUTH_OUT_OF_MEMORY;
		else if (status == GAUTH_CRYPTO_FAILED &&
				 ERR_GET_LIB(error) == library && !ERR_COMMON_ERROR(error))
			status = judged;
	}
	return status;
}

/*
 * gauth_library_failure
 *		The same where OpenSSL had nothing to judge.
 */
GauthStatus
gauth_library_failure(void)
{
	return gauth_library_judge(ERR_LIB_NONE, GAUTH_CRYPTO_FAILED);
}

/*
 * gauth_library_fail
 *		Record a failure of OpenSSL; "what" names the work, never its data.
 */
GauthStatus
gauth_library_fail(GauthError *err, const char *what)
{
	return gauth_fail(err, gauth_library_failure(), what);
}

static bool
fetch_digest(GauthCrypto *crypto, GauthHash hash)
{
	const char *name = gauth_hash_traits(hash)->name;

	crypto->digests[hash] = EVP_MD_fetch(NULL, name, NULL);
	crypto->states[hash] = EVP_MD_CTX_new();
	return crypto->digests[hash] != NULL && crypto->states[hash] != NULL &&
		EVP_DigestInit_ex2(crypto->states[hash], crypto->digests[hash], NULL);
}

/*
 * Held, though never handed to a call: a first fetch that runs out of memory
 * halfway leaves OpenSSL unable to find the algorithm for the rest of the
 * process, so that none of them may wait for the first key.
 */
static bool
fetch_pairs(GauthCrypto *crypto)
{
	crypto->rsa = EVP_KEYMGMT_fetch(NULL, "RSA", NULL);
	crypto->rsa_sign = EVP_SIGNATURE_fetch(NULL, "RSA", NULL);
	crypto->ec = EVP_KEYMGMT_fetch(NULL, "EC", NULL);
	crypto->ecdsa = EVP_SIGNATURE_fetch(NULL, "ECDSA", NULL);
	return crypto->rsa != NULL && crypto->rsa_sign != NULL &&
		crypto->ec != NULL && crypto->ecdsa != NULL;
}

static bool
fetch_all(GauthCrypto *crypto)
{
	GauthHash	hash;

	for (hash = 0; hash < GAUTH_HASH_COUNT; hash++)
	{
		if (!fetch_digest(crypto, hash))
			return false;
	}
	crypto->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	return crypto->hmac != NULL && fetch_pairs(crypto);
}

/*
 * gauth_crypto_create
 *		Initialise libsodium and fetch what we use of OpenSSL.
 *
 * Must have succeeded before any other function of this floor is called,
 * those without a GauthCrypto included.  GAUTH_OUT_OF_MEMORY, or
 * GAUTH_CRYPTO_FAILED where a library is unusable.
 */
GauthStatus
gauth_crypto_create(GauthCrypto **crypto, GauthError *err)
{
	*crypto = NULL;
	if (sodium_init() < 0)
		return gauth_fail(err, GAUTH_CRYPTO_FAILED, "libsodium");

	*crypto = OPENSSL_zalloc(sizeof(GauthCrypto));
	if (*crypto != NULL && fetch_all(*crypto))
		return GAUTH_OK;

	gauth_crypto_free(*crypto);
	*crypto = NULL;
	return gauth_library_fail(err, "OpenSSL");
}

/*
 * gauth_crypto_free
 *		Give everything back; every key made with it is gone already.
 */
void
gauth_crypto_free(GauthCrypto *crypto)
{
	GauthHash	hash;

	if (crypto == NULL)
		return;
	for (hash = 0; hash < GAUTH_HASH_COUNT; hash++)
	{
		EVP_MD_CTX_free(crypto->states[hash]);
		EVP_MD_free(crypto->digests[hash]);
	}
	EVP_MAC_free(crypto->hmac);
	EVP_KEYMGMT_free(crypto->rsa);
	EVP_SIGNATURE_free(crypto->rsa_sign);
	EVP_KEYMGMT_free(crypto->ec);
	EVP_SIGNATURE_free(crypto->ecdsa);
	gauth_ed25519_table_free(crypto->generator);
	OPENSSL_free(crypto);
}
