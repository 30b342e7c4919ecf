/*
 * compare.h
 *		Comparing and wiping secrets.
 */
#ifndef GAUTH_CRYPTO_COMPARE_H
#define GAUTH_CRYPTO_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

extern bool gauth_secret_equal(GauthSpan a, GauthSpan b);
extern void gauth_wipe(void *data, size_t size);

#endif							/* GAUTH_CRYPTO_COMPARE_H */
