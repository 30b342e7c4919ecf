/*
 * field25519.h
 *		Arithmetic modulo p = 2^255 - 19 (RFC 8032 section 5.1), for numbers
 *		that are public: nothing here takes constant time.
 *
 * A number is the sum of its limbs times 2^0, 2^51, 2^102, 2^153 and 2^204, of
 * which there are many for each remainder.  Two bounds of limbs are spoken of:
 *
 *	narrow	below 2^51 + 2^13: what a product and a decoded number have
 *	wide	below 2^54: what every function takes, where it does not say less
 *
 * A sum of three narrow numbers is wide, as is the difference of two of them
 * or of two sums of two.
 */
#ifndef GAUTH_CRYPTO_FIELD25519_H
#define GAUTH_CRYPTO_FIELD25519_H

#include <stdbool.h>
#include <stdint.h>

#define GAUTH_FIELD25519_SIZE	32	/* bytes of an encoded number */
#define GAUTH_FIELD25519_LIMBS	5
#define GAUTH_FIELD25519_BITS	51	/* of a limb */

typedef struct GauthField25519
{
	uint64_t	limb[GAUTH_FIELD25519_LIMBS];
} GauthField25519;

/* the limbs of the sum are the sums of limbs: whoever adds keeps them wide */
static inline void
gauth_field25519_add(GauthField25519 *sum, const GauthField25519 *a,
					 const GauthField25519 *b)
{
	int			i;

	for (i = 0; i < GAUTH_FIELD25519_LIMBS; i++)
		sum->limb[i] = a->limb[i] + b->limb[i];
}

/*
 * a - b + 4p, where no limb of 4p = 2^257 - 76 is below 2^53 - 76: what is
 * taken away, a narrow number or the sum of two, may have limbs up to that.
 * Each limb of "a" grows by less than 2^53.
 */
static inline void
gauth_field25519_subtract(GauthField25519 *difference,
						  const GauthField25519 *a, const GauthField25519 *b)
{
	const uint64_t lowest = (UINT64_C(1) << 53) - 76;
	const uint64_t other = (UINT64_C(1) << 53) - 4;
	int			i;

	difference->limb[0] = a->limb[0] + lowest - b->limb[0];
	for (i = 1; i < GAUTH_FIELD25519_LIMBS; i++)
		difference->limb[i] = a->limb[i] + other - b->limb[i];
}

/* what needs products of 128 bits is there where the compiler has them */
#ifdef __SIZEOF_INT128__

extern void gauth_field25519_multiply(GauthField25519 *product,
									  const GauthField25519 *a,
									  const GauthField25519 *b);
extern void gauth_field25519_square(GauthField25519 *product,
									const GauthField25519 *a);
extern void gauth_field25519_invert(GauthField25519 *inverse,
									const GauthField25519 *a);
extern bool gauth_field25519_divided_root(GauthField25519 *root,
										  const GauthField25519 *dividend,
										  const GauthField25519 *divisor);
extern void gauth_field25519_decode(GauthField25519 *number,
									const uint8_t bytes[GAUTH_FIELD25519_SIZE]);
extern void gauth_field25519_encode(const GauthField25519 *number,
									uint8_t bytes[GAUTH_FIELD25519_SIZE]);
extern bool gauth_field25519_is_zero(const GauthField25519 *number);

#endif							/* __SIZEOF_INT128__ */

#endif							/* GAUTH_CRYPTO_FIELD25519_H */
