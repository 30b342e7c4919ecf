/*
 * test_ledger.h
 *		What the tests of the ledger share: leaves, and a trail of random
 *		numbers that is the same in every run.
 */
#ifndef GAUTH_UNIT_TEST_LEDGER_H
#define GAUTH_UNIT_TEST_LEDGER_H

#include <endian.h>

#include "base/text.h"
#include "ledger/merkle.h"
#include "test_crypto.h"

#define lengthof(array)	(sizeof(array) / sizeof((array)[0]))

static uint64_t trail = UINT64_C(0x9E3779B97F4A7C15);

/* xorshift64* */
UNIT_MAYBE_UNUSED static uint64_t
random_below(uint64_t limit)
{
	trail ^= trail >> 12;
	trail ^= trail << 25;
	trail ^= trail >> 27;
	return (trail * UINT64_C(0x2545F4914F6CDD1D) >> 11) % limit;
}

/* the leaves of the entries 0, 1, 2, ... as eight bytes each; freed by you */
UNIT_MAYBE_UNUSED static GauthTreeHash *
make_leaves(size_t count)
{
	GauthTreeHash *leaves = malloc((count + 1) * sizeof(GauthTreeHash));
	size_t		i;

	for (i = 0; leaves != NULL && i < count; i++)
	{
		uint64_t	big = htobe64(i);

		CHECK_STATUS(gauth_tree_leaf(crypto, gauth_span(&big, sizeof(big)),
									 &leaves[i]), GAUTH_OK);
	}
	return leaves;
}

UNIT_MAYBE_UNUSED static bool
is_hex(const uint8_t hash[GAUTH_SHA256_SIZE], GauthSpan hex)
{
	char		text[2 * GAUTH_SHA256_SIZE];

	gauth_hex_encode(gauth_span(hash, GAUTH_SHA256_SIZE), text);
	return gauth_span_equal(gauth_span(text, sizeof(text)), hex);
}

#endif							/* GAUTH_UNIT_TEST_LEDGER_H */
