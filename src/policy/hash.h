/*
 * hash.h
 *		The step of which all hashes of the policy engine are made.
 */
#ifndef GAUTH_POLICY_HASH_H
#define GAUTH_POLICY_HASH_H

#include <stdint.h>

/* odd constants without structure: digits of the golden ratio and of pi */
#define GAUTH_HASH_A	UINT64_C(0x9e3779b97f4a7c15)
#define GAUTH_HASH_B	UINT64_C(0x243f6a8885a308d3)

/* both halves of a product of 128 bits, folded */
static inline uint64_t
gauth_hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128) a * b;

	return (uint64_t) product ^ (uint64_t) (product >> 64);
}

#endif							/* GAUTH_POLICY_HASH_H */
