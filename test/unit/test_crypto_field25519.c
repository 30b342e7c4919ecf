/*
 * test_crypto_field25519.c
 *		Arithmetic modulo 2^255 - 19 against OpenSSL's BIGNUM: numbers around
 *		zero, p, 2p and 2^255, and limbs at the edges of what they may be.
 */
#include "test_crypto.h"

#include <openssl/bn.h>
#include <sodium.h>

#include "crypto/field25519.h"

#define LIMBS		GAUTH_FIELD25519_LIMBS
#define SIZE		GAUTH_FIELD25519_SIZE
#define RANDOM		4000
#define NEAR		40			/* how far around an edge */

/* the first limb that is too large */
#define NARROW		((UINT64_C(1) << 51) + (UINT64_C(1) << 13))
#define WIDE		(UINT64_C(1) << 54)

/* of what is added to narrow numbers and taken away from them */
#define MINUEND		(UINT64_C(1) << 53)
#define SUBTRAHEND	((UINT64_C(1) << 53) - 75)

typedef GauthField25519 Field;

static BIGNUM *prime;
static BN_CTX *context;
static uint32_t drawn;
static const Field zero;
static const Field one = {.limb = {1}};

/* the same in every run */
static uint64_t
draw(void)
{
	uint8_t		seed[randombytes_SEEDBYTES] = {0};
	uint64_t	number;

	drawn++;
	memcpy(seed, &drawn, sizeof(drawn));
	randombytes_buf_deterministic(&number, sizeof(number), seed);
	return number;
}

/* limbs below "bound", every other one at an edge */
static Field
draw_field(uint64_t bound)
{
	const uint64_t edges[] = {
		0, 1, 18, 19, bound - 1, bound - 2, bound / 2,
		(UINT64_C(1) << 51) - 1, (UINT64_C(1) << 51) - 19
	};
	Field		field;
	int			i;

	for (i = 0; i < LIMBS; i++)
	{
		uint64_t	which = draw() % (2 * sizeof(edges) / sizeof(edges[0]));

		if (which < sizeof(edges) / sizeof(edges[0]))
			field.limb[i] = edges[which];
		else
			field.limb[i] = draw() % bound;
	}
	return field;
}

static Field
all_limbs(uint64_t limb)
{
	Field		field = {.limb = {limb, limb, limb, limb, limb}};

	return field;
}

static bool
is_below(const Field *field, uint64_t bound)
{
	int			i;

	for (i = 0; i < LIMBS; i++)
	{
		if (field->limb[i] >= bound)
			return false;
	}
	return true;
}

/* not reduced */
static BIGNUM *
whole(const Field *field)
{
	BIGNUM	   *number = BN_new();
	int			i;

	BN_zero(number);
	for (i = LIMBS - 1; i >= 0; i--)
		CHECK(BN_lshift(number, number, 51) &&
			  BN_add_word(number, field->limb[i]));
	return number;
}

static void
check_same(const Field *field, const BIGNUM *expected)
{
	BIGNUM	   *number = whole(field);

	CHECK(BN_mod_sub(number, number, expected, prime, context) &&
		  BN_is_zero(number));
	BN_free(number);
}

/* what the library says of two numbers, in "result" */
typedef int (*Operation) (BIGNUM *result, const BIGNUM *a, const BIGNUM *b,
						  const BIGNUM *modulus, BN_CTX *ctx);

static void
check_operation(const Field *result, Operation operation, const Field *a,
				const Field *b)
{
	BIGNUM	   *left = whole(a);
	BIGNUM	   *right = whole(b);

	CHECK(operation(left, left, right, prime, context) == 1);
	check_same(result, left);
	BN_free(left);
	BN_free(right);
}

static void
check_products(Field a, Field b)
{
	Field		result;

	gauth_field25519_multiply(&result, &a, &b);
	CHECK(is_below(&result, NARROW));
	check_operation(&result, BN_mod_mul, &a, &b);
	gauth_field25519_square(&result, &a);
	CHECK(is_below(&result, NARROW));
	check_operation(&result, BN_mod_mul, &a, &a);

	/* in their own places */
	result = a;
	gauth_field25519_multiply(&result, &result, &b);
	check_operation(&result, BN_mod_mul, &a, &b);
	result = b;
	gauth_field25519_multiply(&result, &a, &result);
	check_operation(&result, BN_mod_mul, &a, &b);
	result = a;
	gauth_field25519_square(&result, &result);
	check_operation(&result, BN_mod_mul, &a, &a);
}

static void
check_sums(Field a, Field b)
{
	Field		result;

	gauth_field25519_add(&result, &a, &b);
	CHECK(is_below(&result, WIDE));
	check_operation(&result, BN_mod_add, &a, &b);
	gauth_field25519_subtract(&result, &a, &b);
	CHECK(is_below(&result, WIDE));
	check_operation(&result, BN_mod_sub, &a, &b);
}

static void
check_encoding(Field a)
{
	BIGNUM	   *number = whole(&a);
	uint8_t		expected[SIZE];
	uint8_t		bytes[SIZE];
	Field		again;

	CHECK(BN_nnmod(number, number, prime, context) &&
		  BN_bn2lebinpad(number, expected, SIZE) == SIZE);
	gauth_field25519_encode(&a, bytes);
	CHECK(memcmp(bytes, expected, SIZE) == 0);
	CHECK(gauth_field25519_is_zero(&a) == BN_is_zero(number));
	gauth_field25519_decode(&again, bytes);
	CHECK(is_below(&again, NARROW));
	check_same(&again, number);
	BN_free(number);
}

static void
check_decoding(const uint8_t bytes[SIZE])
{
	uint8_t		unsigned_bytes[SIZE];
	BIGNUM	   *number;
	Field		field;

	memcpy(unsigned_bytes, bytes, SIZE);
	unsigned_bytes[SIZE - 1] &= 0x7f;
	number = BN_lebin2bn(unsigned_bytes, SIZE, NULL);
	gauth_field25519_decode(&field, bytes);
	CHECK(is_below(&field, NARROW));
	check_same(&field, number);
	BN_free(number);
}

static void
check_inverse(Field a)
{
	Field		inverse;
	Field		product;

	gauth_field25519_invert(&inverse, &a);
	CHECK(is_below(&inverse, NARROW));
	gauth_field25519_multiply(&product, &inverse, &a);
	if (gauth_field25519_is_zero(&a))
		CHECK(gauth_field25519_is_zero(&inverse));
	else
		check_operation(&product, BN_mod_add, &one, &zero);
}

/* a / b is a square where a b is one */
static void
check_root(Field a, Field b)
{
	BIGNUM	   *product = whole(&a);
	BIGNUM	   *divisor = whole(&b);
	Field		root;
	Field		again;
	bool		found;

	CHECK(BN_mod_mul(product, product, divisor, prime, context));
	found = gauth_field25519_divided_root(&root, &a, &b);
	CHECK(is_below(&root, NARROW));
	if (!gauth_field25519_is_zero(&b))
		CHECK(found == (BN_kronecker(product, prime, context) >= 0));
	if (found)
	{
		gauth_field25519_square(&again, &root);
		gauth_field25519_multiply(&again, &again, &b);
		check_operation(&again, BN_mod_add, &a, &zero);
	}
	BN_free(product);
	BN_free(divisor);
}

/* 2^exponent * factor - below + near, with the highest limb as large as needed */
static Field
near_edge(int exponent, uint64_t factor, int below, int near)
{
	BIGNUM	   *number = BN_new();
	BIGNUM	   *limb = BN_new();
	Field		field;
	int			i;

	CHECK(BN_set_word(number, factor) && BN_lshift(number, number, exponent) &&
		  BN_add_word(number, NEAR + near) && BN_sub_word(number, NEAR + below));
	for (i = 0; i < LIMBS; i++)
	{
		CHECK(BN_copy(limb, number) != NULL);
		if (i < LIMBS - 1)
			BN_mask_bits(limb, 51);
		field.limb[i] = BN_get_word(limb);
		CHECK(BN_rshift(number, number, 51));
	}
	BN_free(number);
	BN_free(limb);
	return field;
}

static void
check_all(Field a, Field b)
{
	check_products(a, b);
	check_sums(a, b);
	check_encoding(a);
	check_inverse(a);
	check_root(a, b);
}

static void
check_near(int exponent, uint64_t factor, int below)
{
	int			near;

	for (near = below == 0 && factor == 0 ? 0 : -NEAR; near <= NEAR; near++)
	{
		Field		a = near_edge(exponent, factor, below, near);
		Field		b = draw_field(NARROW);
		uint8_t		bytes[SIZE];
		BIGNUM	   *number = whole(&a);

		check_all(a, a);
		check_all(a, b);
		check_all(b, a);
		if (BN_num_bits(number) <= 256)
		{
			CHECK(BN_bn2lebinpad(number, bytes, SIZE) == SIZE);
			check_decoding(bytes);
		}
		BN_free(number);
	}
}

static void
test_limbs(void)
{
	int			i;

	check_products(all_limbs(WIDE - 1), all_limbs(WIDE - 1));
	check_encoding(all_limbs(WIDE - 1));
	check_sums(all_limbs(MINUEND - 1), all_limbs(SUBTRAHEND - 1));
	check_sums(all_limbs(0), all_limbs(SUBTRAHEND - 1));
	check_sums(all_limbs(MINUEND - 1), all_limbs(0));
	for (i = 0; i < RANDOM; i++)
	{
		uint8_t		bytes[SIZE];
		uint8_t		seed[randombytes_SEEDBYTES] = {(uint8_t) i, (uint8_t) (i >> 8)};

		check_products(draw_field(WIDE), draw_field(WIDE));
		check_sums(draw_field(MINUEND), draw_field(SUBTRAHEND));
		check_encoding(draw_field(WIDE));
		randombytes_buf_deterministic(bytes, SIZE, seed);
		check_decoding(bytes);
	}
	for (i = 0; i < RANDOM / 10; i++)
	{
		check_inverse(draw_field(WIDE));
		check_root(draw_field(NARROW), draw_field(WIDE));
	}
}

int
main(void)
{
	begin_crypto();
	context = BN_CTX_new();
	prime = BN_new();
	CHECK(BN_set_bit(prime, 255) && BN_sub_word(prime, 19));

	check_near(0, 0, 0);
	check_near(255, 1, 19);
	check_near(255, 1, 0);
	check_near(256, 1, 38);
	check_near(256, 1, 0);
	test_limbs();

	BN_free(prime);
	BN_CTX_free(context);
	gauth_crypto_free(crypto);
	return unit_finish("crypto_field25519");
}
