/*
 * ed25519_table.c
 *		Verifying Ed25519 (RFC 8032 section 5.1.7) with tables of multiples of
 *		the generator and of the public point.
 *
 * Most of a verification is doublings, which a table of all the multiples that
 * a digit can stand for makes needless: S B - k A becomes a sum of 86 points.
 * All numbers here are public, so that nothing has to take constant time.
 *
 * The formulas are those of Hisil, Wong, Carter and Dawson, "Twisted Edwards
 * Curves Revisited" (2008), section 3.1, for a = -1.  They are complete: there
 * is no pair of points, of whatever order, that they do not add.
 *
 * Yes is said by the rules of libsodium, and never where it says no: S is
 * below the order, R is canonical and not of small order, the equation has no
 * cofactor.  Where this file does not say yes, libsodium is asked.
 */
#include "crypto/internal.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sodium.h>

#include "crypto/field25519.h"

#ifdef __SIZEOF_INT128__

#define SIZE		GAUTH_ED25519_SIZE
#define BITS		6			/* of a digit, which is from -31 to 32 */
#define DIGITS		43			/* of a number below 2^253 */
#define ENTRIES		32			/* for the digits above zero */
#define COUNT		(DIGITS * ENTRIES)

typedef GauthField25519 Field;

/* x = X / Z, y = Y / Z, x y = T / Z; all of them narrow */
typedef struct Point
{
	Field		x;
	Field		y;
	Field		z;
	Field		t;
} Point;

/*
 * A point as the second of a sum: y + x, y - x and 2 d x y.  While a table is
 * being filled, "sum", "difference" and "product" hold X, Y and Z.
 */
typedef struct Multiple
{
	Field		sum;
	Field		difference;
	Field		product;
} Multiple;

/* 1 to 32 times the point, the same 64 times as large, and so on */
struct GauthEd25519Table
{
	Multiple	multiples[COUNT];
};

static const Field one = {.limb = {1}};

/* d = - 121665 / 121666 of the curve's equation - x^2 + y^2 = 1 + d x^2 y^2 */
static const Field curve_d = {
	.limb = {
		0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb,
		0x52036cee2b6ff
	}
};

/* the order of the generator, little-endian */
static const uint8_t order[SIZE] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
	0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10
};

/* the generator: y = 4 / 5, x even */
static const uint8_t generator[SIZE] = {
	0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66
};

static void
negate(Field *number)
{
	static const Field zero;

	gauth_field25519_subtract(number, &zero, number);
	gauth_field25519_multiply(number, number, &one);
}

/* the lowest bit of the remainder */
static bool
is_odd(const Field *number)
{
	uint8_t		bytes[SIZE];

	gauth_field25519_encode(number, bytes);
	return (bytes[0] & 1) != 0;
}

/* x^2 = (y^2 - 1) / (d y^2 + 1); false where there is none */
static bool
find_x(Field *x, const Field *y)
{
	Field		square;
	Field		dividend;
	Field		divisor;

	gauth_field25519_square(&square, y);
	gauth_field25519_subtract(&dividend, &square, &one);
	gauth_field25519_multiply(&dividend, &dividend, &one);
	gauth_field25519_multiply(&divisor, &square, &curve_d);
	gauth_field25519_add(&divisor, &divisor, &one);
	return gauth_field25519_divided_root(x, &dividend, &divisor);
}

static bool
decode(Point *point, const uint8_t bytes[SIZE])
{
	gauth_field25519_decode(&point->y, bytes);
	if (!find_x(&point->x, &point->y))
		return false;
	if (is_odd(&point->x) != (bytes[SIZE - 1] >> 7 != 0))
		negate(&point->x);
	point->z = one;
	gauth_field25519_multiply(&point->t, &point->x, &point->y);
	return true;
}

static void
encode(const Point *point, uint8_t bytes[SIZE])
{
	Field		inverse;
	Field		x;
	Field		y;

	gauth_field25519_invert(&inverse, &point->z);
	gauth_field25519_multiply(&x, &point->x, &inverse);
	gauth_field25519_multiply(&y, &point->y, &inverse);
	gauth_field25519_encode(&y, bytes);
	bytes[SIZE - 1] |= (uint8_t) (is_odd(&x) << 7);
}

/*
 * Eight points have an order that divides eight: where x or y is zero those of
 * order 1, 2 and 4, and where the double has y = 0, which is where x^2 + y^2
 * is zero, those of order 8.
 */
static bool
has_small_order(const Point *point)
{
	Field		square;
	Field		product;

	gauth_field25519_square(&square, &point->x);
	gauth_field25519_square(&product, &point->y);
	gauth_field25519_add(&square, &square, &product);
	gauth_field25519_multiply(&product, &square, &point->x);
	gauth_field25519_multiply(&product, &product, &point->y);
	return gauth_field25519_is_zero(&product);
}

/*
 * Adds a multiple, or takes it away: - (x, y) is (-x, y), for which the sum
 * and the difference change places and the product its sign.  "twice" is
 * 2 Z1 Z2, narrow or the sum of two that are.
 */
static inline void
add(Point *point, const Multiple *multiple, const Field *twice, bool negative)
{
	const Field *with_a = negative ? &multiple->sum : &multiple->difference;
	const Field *with_b = negative ? &multiple->difference : &multiple->sum;
	Field		a;
	Field		b;
	Field		c;
	Field		e;
	Field		h;
	Field		less;
	Field		more;
	const Field *f = negative ? &more : &less;
	const Field *g = negative ? &less : &more;

	gauth_field25519_subtract(&a, &point->y, &point->x);
	gauth_field25519_multiply(&a, &a, with_a);
	gauth_field25519_add(&b, &point->y, &point->x);
	gauth_field25519_multiply(&b, &b, with_b);
	gauth_field25519_multiply(&c, &point->t, &multiple->product);

	gauth_field25519_subtract(&e, &b, &a);
	gauth_field25519_add(&h, &b, &a);
	gauth_field25519_subtract(&less, twice, &c);
	gauth_field25519_add(&more, twice, &c);
	gauth_field25519_multiply(&point->x, &e, f);
	gauth_field25519_multiply(&point->y, g, &h);
	gauth_field25519_multiply(&point->t, &e, &h);
	gauth_field25519_multiply(&point->z, f, g);
}

/* "step" is of this point, and twice its Z; a table's multiples have Z = 1 */
static void
make_step(Multiple *step, Field *twice, const Point *point)
{
	gauth_field25519_add(&step->sum, &point->y, &point->x);
	gauth_field25519_subtract(&step->difference, &point->y, &point->x);
	gauth_field25519_add(twice, &point->t, &point->t);
	gauth_field25519_multiply(&step->product, twice, &curve_d);
	gauth_field25519_add(twice, &point->z, &point->z);
}

static void
add_step(Point *point, const Multiple *step, const Field *twice)
{
	Field		product;

	gauth_field25519_multiply(&product, &point->z, twice);
	add(point, step, &product, false);
}

static void
put(Multiple *multiple, const Point *point)
{
	multiple->sum = point->x;
	multiple->difference = point->y;
	multiple->product = point->z;
}

/* twice the last of a digit's multiples is the next digit's point */
static void
fill(Multiple *multiples, const Point *point)
{
	Point		next = *point;
	Multiple	step;
	Field		twice;
	int			i;

	for (i = 0; i < COUNT; i++)
	{
		if (i % ENTRIES <= 1)
			make_step(&step, &twice, &next);
		if (i > 0)
			add_step(&next, &step, &twice);
		put(&multiples[i], &next);
	}
}

/* from X, Y and the inverse of Z to the form that is added */
static void
finish(Multiple *multiple, const Field *inverse)
{
	Field		x;
	Field		y;
	Field		twice;

	gauth_field25519_multiply(&x, &multiple->sum, inverse);
	gauth_field25519_multiply(&y, &multiple->difference, inverse);
	gauth_field25519_add(&multiple->sum, &y, &x);
	gauth_field25519_subtract(&multiple->difference, &y, &x);
	gauth_field25519_multiply(&twice, &x, &y);
	gauth_field25519_add(&twice, &twice, &twice);
	gauth_field25519_multiply(&multiple->product, &twice, &curve_d);
}

/*
 * Montgomery's trick: the inverse of the product of all Z, times the product
 * of those before one, is that one's inverse once those behind are taken out.
 * "before" has room for COUNT.
 */
static void
normalise(Multiple *multiples, Field *before)
{
	Field		product = one;
	Field		inverse;
	int			i;

	for (i = 0; i < COUNT; i++)
	{
		before[i] = product;
		gauth_field25519_multiply(&product, &product, &multiples[i].product);
	}
	gauth_field25519_invert(&product, &product);
	while (--i >= 0)
	{
		Field		z = multiples[i].product;

		gauth_field25519_multiply(&inverse, &product, &before[i]);
		gauth_field25519_multiply(&product, &product, &z);
		finish(&multiples[i], &inverse);
	}
}

static GauthEd25519Table *
make_table(const Point *point)
{
	GauthEd25519Table *table = OPENSSL_malloc(sizeof(GauthEd25519Table));
	Field	   *before = OPENSSL_malloc(COUNT * sizeof(Field));

	if (table != NULL && before != NULL)
	{
		fill(table->multiples, point);
		normalise(table->multiples, before);
	}
	else
	{
		OPENSSL_free(table);
		table = NULL;
		ERR_clear_error();
	}
	OPENSSL_free(before);
	return table;
}

/* the generator's table is for all keys, and lives as long as "crypto" */
static bool
has_generator(GauthCrypto *crypto)
{
	Point		point;

	if (crypto->generator == NULL && decode(&point, generator))
		crypto->generator = make_table(&point);
	return crypto->generator != NULL;
}

/*
 * gauth_ed25519_table_create
 *		The multiples of the opposite of a public point that was judged; NULL
 *		where there are none, for whatever reason.
 *
 * They have 165 kB, and a third of that besides while they are made.  Leaves
 * no entry in OpenSSL's error queue.
 */
GauthEd25519Table *
gauth_ed25519_table_create(GauthCrypto *crypto, const uint8_t *point)
{
	Point		opposite;

	if (!has_generator(crypto) || !decode(&opposite, point))
		return NULL;
	negate(&opposite.x);
	negate(&opposite.t);
	return make_table(&opposite);
}

static bool
is_below_order(const uint8_t number[SIZE])
{
	int			i;

	for (i = SIZE - 1; i >= 0; i--)
	{
		if (number[i] != order[i])
			return number[i] < order[i];
	}
	return false;
}

/* k of RFC 8032 section 5.1.7 step 2, modulo the order */
static bool
hash(const GauthKey *key, GauthSpan data, const uint8_t r[SIZE],
	 uint8_t k[SIZE])
{
	GauthSpan	parts[3] = {
		gauth_span(r, SIZE), gauth_span(key->public_key, SIZE), data
	};
	uint8_t		digest[GAUTH_SHA512_SIZE];

	if (!gauth_digest_parts(key->crypto, GAUTH_HASH_SHA512, parts, 3, digest))
	{
		ERR_clear_error();
		return false;
	}
	crypto_core_ed25519_scalar_reduce(k, digest);
	return true;
}

/*
 * Digits from -31 to 32, the lowest first.  Above 32 a digit borrows 64 from
 * the next; the highest stands for bit 252 and has room.
 */
static void
split(const uint8_t number[SIZE], int8_t digits[DIGITS])
{
	int			carry = 0;
	int			i;

	for (i = 0; i < DIGITS; i++)
	{
		int			at = i * BITS / 8;
		int			above = at + 1 < SIZE ? number[at + 1] : 0;
		int			bits = (number[at] | above << 8) >> i * BITS % 8;
		int			digit = (bits & 63) + carry;

		carry = digit > ENTRIES;
		digits[i] = (int8_t) (carry ? digit - 64 : digit);
	}
}

/* "number" is below the order */
static void
add_product(Point *sum, const GauthEd25519Table *table,
			const uint8_t number[SIZE])
{
	const Multiple *multiples = table->multiples;
	int8_t		digits[DIGITS];
	Field		twice;
	int			i;

	split(number, digits);
	for (i = 0; i < DIGITS; i++, multiples += ENTRIES)
	{
		if (digits[i] == 0)
			continue;
		gauth_field25519_add(&twice, &sum->z, &sum->z);
		add(sum, &multiples[abs(digits[i]) - 1], &twice, digits[i] < 0);
	}
}

/*
 * gauth_ed25519_table_verify
 *		Does the key's table say that R and S, 32 bytes each, are its signature
 *		over "data"?  False is no answer.
 *
 * Leaves no entry in OpenSSL's error queue.
 */
bool
gauth_ed25519_table_verify(const GauthKey *key, GauthSpan data,
						   const uint8_t *signature)
{
	const uint8_t *s = signature + SIZE;
	Point		sum = {.y = one,.z = one};
	uint8_t		k[SIZE];
	uint8_t		r[SIZE];

	if (!is_below_order(s) || !hash(key, data, signature, k))
		return false;
	add_product(&sum, key->crypto->generator, s);
	add_product(&sum, key->ed25519_table, k);
	encode(&sum, r);
	return memcmp(r, signature, SIZE) == 0 && !has_small_order(&sum);
}

#else

/* without products of 128 bits a table would be of no use */
GauthEd25519Table *
gauth_ed25519_table_create(GauthCrypto *crypto, const uint8_t *point)
{
	(void) crypto;
	(void) point;
	return NULL;
}

bool
gauth_ed25519_table_verify(const GauthKey *key, GauthSpan data,
						   const uint8_t *signature)
{
	(void) key;
	(void) data;
	(void) signature;
	return false;
}

#endif

/*
 * gauth_ed25519_table_free
 *		NULL is nothing to do.
 */
void
gauth_ed25519_table_free(GauthEd25519Table *table)
{
	OPENSSL_free(table);
}
