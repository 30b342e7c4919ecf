/*
 * compare.c
 *		Comparing and wiping secrets.
 */
#include "crypto/compare.h"

#include <openssl/crypto.h>

/*
 * gauth_secret_equal
 *		Are two secrets the same bytes?
 *
 * The time taken depends on the lengths alone, and not at all on where two
 * spans of equal length differ.
 */
bool
gauth_secret_equal(GauthSpan a, GauthSpan b)
{
	if (a.len != b.len)
		return false;
	return a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0;
}

/*
 * gauth_wipe
 *		Overwrite a secret, in a way that no compiler takes out.
 */
void
gauth_wipe(void *data, size_t size)
{
	if (size > 0)
		OPENSSL_cleanse(data, size);
}
