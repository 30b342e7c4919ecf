/*
 * field25519.c
 *		Products, powers and the encoding of numbers modulo 2^255 - 19
 *		(RFC 8032 sections 5.1.1 to 5.1.3).
 *
 * A product of two limbs that stands for 2^255 or more counts 19 times, 255
 * bits lower.
 */
#include "crypto/field25519.h"

#include <string.h>

#ifdef __SIZEOF_INT128__

#define LIMBS		GAUTH_FIELD25519_LIMBS
#define BITS		GAUTH_FIELD25519_BITS
#define MASK		((UINT64_C(1) << BITS) - 1)

typedef GauthField25519 Field;
typedef unsigned __int128 Sum;

/* 2^((p - 1) / 4), a square root of -1 */
static const Field root_of_minus_one = {
	.limb = {
		0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e,
		0x2b8324804fc1d
	}
};

static inline Sum
times(uint64_t a, uint64_t b)
{
	return (Sum) a * b;
}

/*
 * Sums of products become limbs.  For wide factors the lowest sum has 1 + 4 *
 * 19 products below 2^108 and the others have less: with the carry of its
 * neighbour each is below 2^115, and its own carry fits in 64 bits.  The
 * highest sum has five such products; its carry is at most 5 * 2^57 + 2^13,
 * and 19 times that is below 2^64 - 2^51.  So the last carry, into the second
 * limb, is below 2^13: the result is narrow.
 */
static inline void
carry_sums(Field *product, Sum s0, Sum s1, Sum s2, Sum s3, Sum s4)
{
	uint64_t	lowest;

	s1 += (uint64_t) (s0 >> BITS);
	s2 += (uint64_t) (s1 >> BITS);
	s3 += (uint64_t) (s2 >> BITS);
	s4 += (uint64_t) (s3 >> BITS);
	lowest = ((uint64_t) s0 & MASK) + 19 * (uint64_t) (s4 >> BITS);
	product->limb[0] = lowest & MASK;
	product->limb[1] = ((uint64_t) s1 & MASK) + (lowest >> BITS);
	product->limb[2] = (uint64_t) s2 & MASK;
	product->limb[3] = (uint64_t) s3 & MASK;
	product->limb[4] = (uint64_t) s4 & MASK;
}

/*
 * gauth_field25519_multiply
 *		Narrow, from wide factors; either may be the product's own place.
 *
 * 19 times a wide limb is below 2^59.
 */
void
gauth_field25519_multiply(Field *product, const Field *a, const Field *b)
{
	const uint64_t *x = a->limb;
	const uint64_t *y = b->limb;
	uint64_t	y1 = 19 * y[1];
	uint64_t	y2 = 19 * y[2];
	uint64_t	y3 = 19 * y[3];
	uint64_t	y4 = 19 * y[4];
	Sum			s0;
	Sum			s1;
	Sum			s2;
	Sum			s3;
	Sum			s4;

	s0 = times(x[0], y[0]) + times(x[1], y4) + times(x[2], y3) +
		times(x[3], y2) + times(x[4], y1);
	s1 = times(x[0], y[1]) + times(x[1], y[0]) + times(x[2], y4) +
		times(x[3], y3) + times(x[4], y2);
	s2 = times(x[0], y[2]) + times(x[1], y[1]) + times(x[2], y[0]) +
		times(x[3], y4) + times(x[4], y3);
	s3 = times(x[0], y[3]) + times(x[1], y[2]) + times(x[2], y[1]) +
		times(x[3], y[0]) + times(x[4], y4);
	s4 = times(x[0], y[4]) + times(x[1], y[3]) + times(x[2], y[2]) +
		times(x[3], y[1]) + times(x[4], y[0]);
	carry_sums(product, s0, s1, s2, s3, s4);
}

/*
 * gauth_field25519_square
 *		The same for a factor with itself: 15 products of limbs, not 25.
 *
 * No factor of a product of limbs exceeds 2^59 here either.
 */
void
gauth_field25519_square(Field *product, const Field *a)
{
	const uint64_t *x = a->limb;
	uint64_t	twice0 = 2 * x[0];
	uint64_t	twice1 = 2 * x[1];
	uint64_t	x3 = 19 * x[3];
	uint64_t	x4 = 19 * x[4];
	Sum			s0;
	Sum			s1;
	Sum			s2;
	Sum			s3;
	Sum			s4;

	s0 = times(x[0], x[0]) + times(twice1, x4) + times(2 * x[2], x3);
	s1 = times(twice0, x[1]) + times(2 * x[2], x4) + times(x[3], x3);
	s2 = times(twice0, x[2]) + times(x[1], x[1]) + times(2 * x[3], x4);
	s3 = times(twice0, x[3]) + times(twice1, x[2]) + times(x[4], x4);
	s4 = times(twice0, x[4]) + times(twice1, x[3]) + times(x[2], x[2]);
	carry_sums(product, s0, s1, s2, s3, s4);
}

/* a^(2^count), "count" being at least one */
static void
square_often(Field *power, const Field *a, int count)
{
	gauth_field25519_square(power, a);
	while (--count > 0)
		gauth_field25519_square(power, power);
}

/* from a^(2^m - 1) and a^(2^n - 1) to a^(2^(m + n) - 1) */
static void
join(Field *power, const Field *m, const Field *n, int length)
{
	Field		moved;

	square_often(&moved, m, length);
	gauth_field25519_multiply(power, &moved, n);
}

/*
 * Both powers that are asked for begin with 250 bits that are set; a^11 falls
 * off on the way there.
 */
static void
raise_both(const Field *a, Field *to_250_ones, Field *to_11)
{
	Field		to_2;
	Field		to_9;
	Field		ones_5;
	Field		ones_10;
	Field		ones_50;
	Field		ones;

	gauth_field25519_square(&to_2, a);
	square_often(&to_9, &to_2, 2);
	gauth_field25519_multiply(&to_9, &to_9, a);
	gauth_field25519_multiply(to_11, &to_9, &to_2);
	gauth_field25519_square(&ones_5, to_11);
	gauth_field25519_multiply(&ones_5, &ones_5, &to_9);

	join(&ones_10, &ones_5, &ones_5, 5);
	join(&ones, &ones_10, &ones_10, 10);
	join(&ones, &ones, &ones, 20);
	join(&ones_50, &ones, &ones_10, 10);
	join(&ones, &ones_50, &ones_50, 50);
	join(&ones, &ones, &ones, 100);
	join(to_250_ones, &ones, &ones_50, 50);
}

/*
 * gauth_field25519_invert
 *		a^(p - 2), by 254 squarings and 11 products; zero for zero.
 */
void
gauth_field25519_invert(Field *inverse, const Field *a)
{
	Field		ones;
	Field		to_11;

	/* p - 2 is 2^255 - 2^5 + 11 */
	raise_both(a, &ones, &to_11);
	square_often(&ones, &ones, 5);
	gauth_field25519_multiply(inverse, &ones, &to_11);
}

static bool
equal(const Field *a, const Field *b)
{
	uint8_t		left[GAUTH_FIELD25519_SIZE];
	uint8_t		right[GAUTH_FIELD25519_SIZE];

	gauth_field25519_encode(a, left);
	gauth_field25519_encode(b, right);
	return memcmp(left, right, sizeof(left)) == 0;
}

/* u v^3 (u v^7)^((p - 5) / 8), a root of u / v or of - u / v if any is */
static void
guess_root(Field *root, const Field *u, const Field *v)
{
	Field		cube;
	Field		base;
	Field		ones;
	Field		to_11;

	gauth_field25519_square(&cube, v);
	gauth_field25519_multiply(&cube, &cube, v);
	gauth_field25519_square(&base, &cube);
	gauth_field25519_multiply(&base, &base, v);
	gauth_field25519_multiply(&base, &base, u);

	/* (p - 5) / 8 is 2^252 - 2^2 + 1 */
	raise_both(&base, &ones, &to_11);
	square_often(&ones, &ones, 2);
	gauth_field25519_multiply(&ones, &ones, &base);
	gauth_field25519_multiply(root, &cube, u);
	gauth_field25519_multiply(root, root, &ones);
}

/*
 * gauth_field25519_divided_root
 *		A square root of dividend / divisor, whichever; false where there is
 *		none (RFC 8032 section 5.1.3 steps 2 and 3).  The dividend is narrow.
 */
bool
gauth_field25519_divided_root(Field *root, const Field *dividend,
							  const Field *divisor)
{
	static const Field zero;
	Field		opposite;
	Field		proof;

	gauth_field25519_subtract(&opposite, &zero, dividend);
	guess_root(root, dividend, divisor);
	gauth_field25519_square(&proof, root);
	gauth_field25519_multiply(&proof, &proof, divisor);
	if (equal(&proof, dividend))
		return true;
	gauth_field25519_multiply(root, root, &root_of_minus_one);
	return equal(&proof, &opposite);
}

/* 51 bits from the given one on, and those above */
static uint64_t
read_limb(const uint8_t *bytes, int bit)
{
	uint64_t	word = 0;
	int			i;

	for (i = 7; i >= 0; i--)
		word = word << 8 | bytes[bit / 8 + i];
	return word >> bit % 8;
}

/*
 * gauth_field25519_decode
 *		Little-endian; the highest bit is nobody's, and p or more is taken for
 *		its remainder.  The result is narrow.
 */
void
gauth_field25519_decode(Field *number,
						const uint8_t bytes[GAUTH_FIELD25519_SIZE])
{
	number->limb[0] = read_limb(bytes, 0) & MASK;
	number->limb[1] = read_limb(bytes, 51) & MASK;
	number->limb[2] = read_limb(bytes, 102) & MASK;
	number->limb[3] = read_limb(bytes, 153) & MASK;

	/* the eight bytes that begin at bit 204 are not all there */
	number->limb[4] = read_limb(bytes, 192) >> 12 & MASK;
}

/* all limbs below 2^51; what stands for 2^255 and above */
static uint64_t
carry_limbs(Field *number)
{
	uint64_t	carry = 0;
	int			i;

	for (i = 0; i < LIMBS; i++)
	{
		carry += number->limb[i];
		number->limb[i] = carry & MASK;
		carry >>= BITS;
	}
	return carry;
}

/*
 * From wide to the one below p.  What a wide number has from 2^255 on is less
 * than 2^4; 19 times that may lift the rest to 2^255 once more, and then only
 * just.  What remains is p or more where 19 on top of it reach 2^255.
 */
static void
reduce(Field *number)
{
	Field		probe;
	int			i;

	for (i = 0; i < 2; i++)
	{
		uint64_t	carry = carry_limbs(number);

		number->limb[0] += 19 * carry;
	}
	probe = *number;
	probe.limb[0] += 19;
	if (carry_limbs(&probe) != 0)
		*number = probe;
}

/*
 * gauth_field25519_encode
 *		Little-endian, from 0 to p - 1.
 */
void
gauth_field25519_encode(const Field *number,
						uint8_t bytes[GAUTH_FIELD25519_SIZE])
{
	Field		least = *number;
	uint64_t	rest = 0;
	int			have = 0;
	int			limb = 0;
	int			i;

	reduce(&least);
	for (i = 0; i < GAUTH_FIELD25519_SIZE; i++)
	{
		if (have < 8 && limb < LIMBS)
		{
			rest |= least.limb[limb++] << have;
			have += BITS;
		}
		bytes[i] = (uint8_t) rest;
		rest >>= 8;
		have -= 8;
	}
}

/*
 * gauth_field25519_is_zero
 *		Zero, or a multiple of p.
 */
bool
gauth_field25519_is_zero(const Field *number)
{
	static const Field zero;

	return equal(number, &zero);
}

#endif							/* __SIZEOF_INT128__ */
