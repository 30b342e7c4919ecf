/*
 * test_crypto_table.c
 *		ES256 by a table of multiples against EVP_PKEY_verify: signatures that
 *		are good, altered, out of range, and made so that the sum meets its
 *		special cases.  Both ways must say the same, and the right thing.
 */
#include "test_crypto.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#define SIZE		32
#define RANDOM_KEYS	8
#define SIGNATURES	64

static GauthArena arena;
static EC_GROUP *group;
static const BIGNUM *order;
static BN_CTX *context;
static unsigned compared;

/* the answer of both ways, which is one */
static int
verify_both(GauthKey *key, const uint8_t *digest, const uint8_t *raw)
{
	uint8_t		der[GAUTH_ECDSA_DER_MAX];
	size_t		size = gauth_ecdsa_to_der(raw, SIZE, der);
	bool		plain;
	int			answer;

	plain = EVP_PKEY_verify(key->verify, der, size, digest, SIZE) == 1;
	ERR_clear_error();
	answer = gauth_ecdsa_table_verify(key->ecdsa_table, digest, raw);
	CHECK(ERR_peek_error() == 0);
	CHECK(answer == plain);
	compared++;
	return answer;
}

static GauthKey *
key_of_point(const EC_POINT *point)
{
	uint8_t		octets[1 + 2 * SIZE];
	GauthKeyMaterial material = {.type = GAUTH_KEY_EC,.curve = GAUTH_P256};
	GauthKey   *key;
	GauthError	err;

	CHECK(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
							 octets, sizeof(octets),
							 context) == sizeof(octets));
	material.x = gauth_span(octets + 1, SIZE);
	material.y = gauth_span(octets + 1 + SIZE, SIZE);
	if (!CHECK_STATUS(gauth_key_create(crypto, &material, GAUTH_ES256, &key,
									   &err), GAUTH_OK))
		exit(EXIT_FAILURE);
	give_table(key);
	return key;
}

static BIGNUM *
number(const char *hexadecimal)
{
	BIGNUM	   *result = NULL;

	CHECK(BN_hex2bn(&result, hexadecimal) != 0);
	return result;
}

/* good ones, each bit altered, the two numbers exchanged */
static void
test_random(void)
{
	GauthKeyMaterial material;
	GauthKey   *key;
	GauthError	err;
	uint8_t		message[2] = {0};
	int			i;

	CHECK_STATUS(gauth_key_generate(crypto, GAUTH_ES256, &arena, &material,
									&err), GAUTH_OK);
	CHECK_STATUS(gauth_key_create(crypto, &material, GAUTH_ES256, &key, &err),
				 GAUTH_OK);
	give_table(key);
	for (i = 0; i < SIGNATURES; i++)
	{
		uint8_t		raw[GAUTH_SIGNATURE_MAX];
		uint8_t		swapped[2 * SIZE];
		uint8_t		digest[SIZE];
		size_t		size;
		GauthSpan	data = gauth_span(message, sizeof(message));
		int			bit = i * 8 + i % 8;

		message[0] = (uint8_t) i;
		CHECK_STATUS(gauth_signature_create(key, data, raw, &size, &err),
					 GAUTH_OK);
		CHECK_STATUS(gauth_signature_verify(key, data, gauth_span(raw, size)),
					 GAUTH_OK);
		CHECK(gauth_digest_parts(crypto, GAUTH_HASH_SHA256, &data, 1, digest));
		CHECK(verify_both(key, digest, raw) == 1);
		memcpy(swapped, raw + SIZE, SIZE);
		memcpy(swapped + SIZE, raw, SIZE);
		CHECK(verify_both(key, digest, swapped) == 0);
		raw[bit / 8] ^= (uint8_t) (1 << bit % 8);
		CHECK(verify_both(key, digest, raw) == 0);
		CHECK_STATUS(gauth_signature_verify(key, data, gauth_span(raw, size)),
					 GAUTH_SIGNATURE_INVALID);
	}
	gauth_key_free(key);
}

/* zero, one, the order, the prime and their neighbours */
static const char *const edges[] = {
	"00", "01", "02",
	"FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550",
	"FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
	"FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632552",
	"FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
	"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
};

#define EDGES	(sizeof(edges) / sizeof(edges[0]))

static void
put_edge(size_t which, uint8_t *into)
{
	BIGNUM	   *edge = number(edges[which]);

	CHECK(BN_bn2binpad(edge, into, SIZE) == SIZE);
	BN_free(edge);
}

static void
test_edges(GauthKey *key)
{
	uint8_t		raw[2 * SIZE];
	uint8_t		digest[SIZE];
	size_t		i;

	for (i = 0; i < EDGES * EDGES * EDGES; i++)
	{
		size_t		r = i % EDGES;
		size_t		s = i / EDGES % EDGES;
		bool		in_range = r > 0 && r < 4 && s > 0 && s < 4;

		put_edge(r, raw);
		put_edge(s, raw + SIZE);
		put_edge(i / EDGES / EDGES, digest);
		CHECK(verify_both(key, digest, raw) == 0 || in_range);
	}
}

/* what the two points are multiplied with */
static const char *const factors[] = {
	"01", "02", "3F", "40", "41", "7F", "80", "81",
	"1000000000000000000000000000000000000000000000000000000000000000",
	"8000000000000000000000000000000000000000000000000000000000000000",
	"7FFFFFFF800000007FFFFFFFFFFFFFFFDE737D56D38BCF4279DCE5617E3192A8",
	"FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550",
	"FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC63254F"
};

#define FACTORS	(sizeof(factors) / sizeof(factors[0]))

/* the one signature with these factors and this r, and its digest */
static void
make_signature(const BIGNUM *by_generator, const BIGNUM *by_point,
			   const BIGNUM *r, uint8_t *raw, uint8_t *digest)
{
	BIGNUM	   *s = BN_new();
	BIGNUM	   *z = BN_new();

	CHECK(BN_mod_inverse(s, by_point, order, context) != NULL &&
		  BN_mod_mul(s, s, r, order, context) &&
		  BN_mod_mul(z, s, by_generator, order, context) &&
		  BN_bn2binpad(r, raw, SIZE) == SIZE &&
		  BN_bn2binpad(s, raw + SIZE, SIZE) == SIZE &&
		  BN_bn2binpad(z, digest, SIZE) == SIZE);
	BN_free(s);
	BN_free(z);
}

/* a sum that is no point has no r, and every r is wrong */
static void
test_factors(GauthKey *key, const EC_POINT *point, const BIGNUM *by_generator,
			 const BIGNUM *by_point)
{
	EC_POINT   *sum = EC_POINT_new(group);
	BIGNUM	   *r = number("2A");
	uint8_t		raw[2 * SIZE];
	uint8_t		digest[SIZE];
	bool		good;

	CHECK(EC_POINT_mul(group, sum, by_generator, point, by_point, context));
	good = !EC_POINT_is_at_infinity(group, sum);
	if (good)
		CHECK(EC_POINT_get_affine_coordinates(group, sum, r, NULL, context) &&
			  BN_nnmod(r, r, order, context));
	make_signature(by_generator, by_point, r, raw, digest);
	CHECK(verify_both(key, digest, raw) == good);
	digest[SIZE - 1] ^= 1;
	CHECK(verify_both(key, digest, raw) == 0);
	EC_POINT_free(sum);
	BN_free(r);
}

/* "secret" times the generator: a small multiple makes the parts equal */
static void
test_secret(const char *secret)
{
	EC_POINT   *point = EC_POINT_new(group);
	BIGNUM	   *scalar = number(secret);
	GauthKey   *key;
	size_t		i;

	CHECK(EC_POINT_mul(group, point, scalar, NULL, NULL, context));
	key = key_of_point(point);
	for (i = 0; i < FACTORS * FACTORS; i++)
	{
		BIGNUM	   *by_generator = number(factors[i % FACTORS]);
		BIGNUM	   *by_point = number(factors[i / FACTORS]);

		test_factors(key, point, by_generator, by_point);
		BN_zero(by_generator);
		test_factors(key, point, by_generator, by_point);
		BN_free(by_generator);
		BN_free(by_point);
	}
	test_edges(key);
	gauth_key_free(key);
	EC_POINT_free(point);
	BN_free(scalar);
}

/* the first point whose x is not below the order; the key is made to fit */
static void
test_large_x(void)
{
	EC_POINT   *sum = EC_POINT_new(group);
	EC_POINT   *point = EC_POINT_new(group);
	BIGNUM	   *x = BN_dup(order);
	BIGNUM	   *r = BN_new();
	BIGNUM	   *minus = number("1234567");
	BIGNUM	   *factor = number("1234567");
	GauthKey   *key;
	uint8_t		raw[2 * SIZE];
	uint8_t		digest[SIZE];

	do
		CHECK(BN_add_word(x, 1));
	while (!EC_POINT_set_compressed_coordinates(group, sum, x, 0, context));
	ERR_clear_error();

	/* the sum is one time the key and "factor" times the generator */
	BN_set_negative(minus, 1);
	CHECK(BN_nnmod(minus, minus, order, context) &&
		  EC_POINT_mul(group, point, minus, sum, BN_value_one(), context) &&
		  BN_sub(r, x, order));
	key = key_of_point(point);
	make_signature(factor, BN_value_one(), r, raw, digest);
	CHECK(verify_both(key, digest, raw) == 1);
	CHECK(BN_bn2binpad(x, raw, SIZE) == SIZE);
	CHECK(verify_both(key, digest, raw) == 0);
	gauth_key_free(key);
	BN_free(x);
	BN_free(r);
	BN_free(minus);
	BN_free(factor);
	EC_POINT_free(sum);
	EC_POINT_free(point);
}

/* a key has earned its table after so many verifications, and not before */
static void
test_uses(GauthAlgorithm algorithm, int uses, bool earns)
{
	GauthKeyMaterial material;
	GauthKey   *key;
	GauthError	err;
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	GauthSpan	data = GAUTH_SPAN("data");
	size_t		size;
	int			i;

	CHECK_STATUS(gauth_key_generate(crypto, algorithm, &arena, &material,
									&err), GAUTH_OK);
	CHECK_STATUS(gauth_key_create(crypto, &material, algorithm, &key, &err),
				 GAUTH_OK);
	CHECK_STATUS(gauth_signature_create(key, data, signature, &size, &err),
				 GAUTH_OK);
	for (i = 1; i <= uses; i++)
	{
		CHECK(!has_table(key));
		CHECK_STATUS(gauth_signature_verify(key, data,
											gauth_span(signature, size)),
					 GAUTH_OK);
	}
	CHECK(has_table(key) == earns);
	CHECK_STATUS(gauth_signature_verify(key, data, gauth_span(signature, size)),
				 GAUTH_OK);
	signature[size - 1] ^= 1;
	CHECK_STATUS(gauth_signature_verify(key, data, gauth_span(signature, size)),
				 GAUTH_SIGNATURE_INVALID);
	gauth_key_free(key);
}

int
main(void)
{
	int			i;

	begin_crypto();
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	order = EC_GROUP_get0_order(group);
	context = BN_CTX_new();

	for (i = 0; i < RANDOM_KEYS; i++)
		test_random();
	test_secret("01");
	test_secret("02");
	test_secret(edges[3]);
	test_secret("40");
	test_secret("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F67"
				"21");
	test_large_x();
	test_uses(GAUTH_ES256, GAUTH_ECDSA_TABLE_USES, true);
	test_uses(GAUTH_ES384, GAUTH_ECDSA_TABLE_USES, false);
	test_uses(GAUTH_EDDSA, GAUTH_ED25519_TABLE_USES, true);
	printf("crypto_table: %u signatures, both ways alike\n", compared);

	BN_CTX_free(context);
	EC_GROUP_free(group);
	gauth_arena_reset(&arena);
	gauth_crypto_free(crypto);
	return unit_finish("crypto_table");
}
