/*
 * test_crypto_ed25519_table.c
 *		Ed25519 by a table of multiples against libsodium: signatures that are
 *		good, altered, out of range, and by keys and with R that have a part of
 *		small order.  The table's own answer must be libsodium's, and the right
 *		one.
 */
#include "test_crypto.h"

#include <sodium.h>

#define SIZE		GAUTH_ED25519_SIZE
#define RANDOM_KEYS	160
#define MESSAGES	64
#define MESSAGE_MAX	10000
#define TORSION		8			/* points whose order divides eight */

/* a key whose point is "scalar" times the generator and a point besides */
typedef struct Signer
{
	uint8_t		scalar[SIZE];
	GauthKey   *key;
} Signer;

static uint8_t torsion[TORSION][SIZE];
static uint32_t drawn;
static unsigned compared;
static unsigned accepted;

/* the same in every run */
static void
draw(void *bytes, size_t size)
{
	uint8_t		seed[randombytes_SEEDBYTES] = {0};

	drawn++;
	memcpy(seed, &drawn, sizeof(drawn));
	randombytes_buf_deterministic(bytes, size, seed);
}

static unsigned
draw_below(unsigned bound)
{
	uint32_t	number;

	draw(&number, sizeof(number));
	return number % bound;
}

/* the answer of both ways, which is one, and ours */
static bool
verify_both(GauthKey *key, GauthSpan data, const uint8_t *raw)
{
	GauthSpan	signature = gauth_span(raw, crypto_sign_BYTES);
	bool		answer;

	answer = crypto_sign_verify_detached(raw, (const uint8_t *) data.data,
										 data.len, key->public_key) == 0;
	CHECK(gauth_ed25519_table_verify(key, data, raw) == answer);
	CHECK((gauth_signature_verify(key, data, signature) == GAUTH_OK) == answer);
	compared++;
	accepted += answer;
	return answer;
}

static GauthKey *
key_of_point(const uint8_t point[SIZE], const uint8_t *seed)
{
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_OKP,.curve = GAUTH_ED25519
	};
	GauthKey   *key;
	GauthError	err;

	material.x = gauth_span(point, SIZE);
	if (seed != NULL)
		material.d = gauth_span(seed, SIZE);
	if (!CHECK_STATUS(gauth_key_create(crypto, &material, GAUTH_EDDSA, &key,
									   &err), GAUTH_OK))
		exit(EXIT_FAILURE);
	give_table(key);
	return key;
}

static GauthKey *
random_key(void)
{
	uint8_t		seed[SIZE];
	uint8_t		point[SIZE];
	uint8_t		secret[crypto_sign_SECRETKEYBYTES];

	draw(seed, sizeof(seed));
	crypto_sign_seed_keypair(point, secret, seed);
	return key_of_point(point, seed);
}

static void
sign(GauthKey *key, GauthSpan data, uint8_t raw[GAUTH_SIGNATURE_MAX])
{
	size_t		size;
	GauthError	err;

	CHECK_STATUS(gauth_signature_create(key, data, raw, &size, &err),
				 GAUTH_OK);
	CHECK(size == crypto_sign_BYTES);
}

/* every byte of R, S and the message, and the two halves exchanged */
static void
check_altered(GauthKey *key, uint8_t *message, size_t size, uint8_t *raw)
{
	GauthSpan	data = gauth_span(message, size);
	uint8_t		swapped[crypto_sign_BYTES];
	size_t		i;

	for (i = 0; i < crypto_sign_BYTES + size; i++)
	{
		uint8_t    *byte = i < crypto_sign_BYTES ? &raw[i] :
			&message[i - crypto_sign_BYTES];
		uint8_t		bit = (uint8_t) (1 << draw_below(8));

		*byte ^= bit;
		CHECK(!verify_both(key, data, raw));
		*byte ^= bit;
	}

	/* the sign of R */
	raw[SIZE - 1] ^= 0x80;
	CHECK(!verify_both(key, data, raw));
	raw[SIZE - 1] ^= 0x80;
	memcpy(swapped, raw + SIZE, SIZE);
	memcpy(swapped + SIZE, raw, SIZE);
	CHECK(!verify_both(key, data, swapped));
}

static void
test_random(void)
{
	GauthKey   *key = random_key();
	uint8_t		raw[GAUTH_SIGNATURE_MAX];
	uint8_t		message[MESSAGES];
	int			i;

	draw(message, sizeof(message));
	for (i = 0; i <= MESSAGES; i++)
	{
		GauthSpan	data = gauth_span(message, i);

		sign(key, data, raw);
		CHECK(verify_both(key, data, raw));
	}
	check_altered(key, message, sizeof(message), raw);
	gauth_key_free(key);
}

static void
test_lengths(void)
{
	static uint8_t message[MESSAGE_MAX];
	GauthKey   *key = random_key();
	uint8_t		raw[GAUTH_SIGNATURE_MAX];
	size_t		size;

	draw(message, sizeof(message));
	for (size = 0; size <= MESSAGE_MAX; size += size < 300 ? 1 : 97)
	{
		GauthSpan	data = gauth_span(message, size);

		sign(key, data, raw);
		CHECK(verify_both(key, data, raw));
		CHECK(!verify_both(key, gauth_span(message, size ^ 1), raw));
	}
	gauth_key_free(key);
}

static const uint8_t order[SIZE] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
	0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10
};

/* little-endian; what was carried out at the top */
static int
add_bytes(uint8_t sum[SIZE], const uint8_t addend[SIZE])
{
	int			carry = 0;
	int			i;

	for (i = 0; i < SIZE; i++)
	{
		carry += sum[i] + addend[i];
		sum[i] = (uint8_t) carry;
		carry >>= 8;
	}
	return carry;
}

/* S and S plus the order, as often as there is room; S near the order */
static void
test_range(void)
{
	GauthKey   *key = random_key();
	GauthSpan	data = GAUTH_SPAN("data");
	uint8_t		raw[GAUTH_SIGNATURE_MAX];
	int			times = 0;
	int			i;

	sign(key, data, raw);
	CHECK(verify_both(key, data, raw));
	for (; add_bytes(raw + SIZE, order) == 0; times++)
		CHECK(!verify_both(key, data, raw));
	CHECK(times == 14 || times == 15);

	for (i = -2; i <= 2; i++)
	{
		memcpy(raw + SIZE, order, SIZE);
		raw[SIZE] = (uint8_t) (order[0] + i);
		CHECK(!verify_both(key, data, raw));
	}
	for (i = 0; i < SIZE; i++)
	{
		memset(raw + SIZE, 0, SIZE);
		raw[SIZE + i] = 1;
		CHECK(!verify_both(key, data, raw));
		memset(raw + SIZE, 0xff, SIZE);
		raw[SIZE + i] = 0;
		CHECK(!verify_both(key, data, raw));
	}
	gauth_key_free(key);
}

/* the multiples of a point of order eight */
static void
find_torsion(void)
{
	static const uint8_t neutral[SIZE] = {1};
	static const uint8_t point[SIZE] = {
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
		0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
		0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a
	};
	int			i;

	memcpy(torsion[0], neutral, SIZE);
	for (i = 1; i < TORSION; i++)
	{
		CHECK(crypto_core_ed25519_add(torsion[i], torsion[i - 1], point) == 0);
		CHECK(memcmp(torsion[i], neutral, SIZE) != 0);
	}
}

static void
draw_scalar(uint8_t scalar[SIZE])
{
	uint8_t		wide[2 * SIZE];

	draw(wide, sizeof(wide));
	crypto_core_ed25519_scalar_reduce(scalar, wide);
}

static void
begin_signer(Signer *signer, int part)
{
	uint8_t		point[SIZE];

	draw_scalar(signer->scalar);
	CHECK(crypto_scalarmult_ed25519_base_noclamp(point, signer->scalar) == 0);
	CHECK(crypto_core_ed25519_add(point, point, torsion[part]) == 0);
	signer->key = key_of_point(point, NULL);
}

/* k of RFC 8032 */
static void
challenge(const GauthKey *key, GauthSpan data, const uint8_t *r,
		  uint8_t k[SIZE])
{
	crypto_hash_sha512_state state;
	uint8_t		digest[crypto_hash_sha512_BYTES];

	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, r, SIZE);
	crypto_hash_sha512_update(&state, key->public_key, SIZE);
	crypto_hash_sha512_update(&state, (const uint8_t *) data.data, data.len);
	crypto_hash_sha512_final(&state, digest);
	crypto_core_ed25519_scalar_reduce(k, digest);
}

/* S for the R that is there; the remainder of k modulo eight */
static int
sign_with(const Signer *signer, const uint8_t nonce[SIZE], GauthSpan data,
		  uint8_t raw[crypto_sign_BYTES])
{
	uint8_t		k[SIZE];
	uint8_t		product[SIZE];

	challenge(signer->key, data, raw, k);
	crypto_core_ed25519_scalar_mul(product, k, signer->scalar);
	crypto_core_ed25519_scalar_add(raw + SIZE, product, nonce);
	return k[0] & 7;
}

/*
 * The equation holds where the small part of R is - k times that of the key.
 * Where R has no other part it is refused all the same.
 */
static void
check_parts(const Signer *signer, int key_part, int r_part, GauthSpan data)
{
	uint8_t		raw[crypto_sign_BYTES];
	uint8_t		nonce[SIZE];
	int			k;

	draw_scalar(nonce);
	CHECK(crypto_scalarmult_ed25519_base_noclamp(raw, nonce) == 0);
	CHECK(crypto_core_ed25519_add(raw, raw, torsion[r_part]) == 0);
	k = sign_with(signer, nonce, data, raw);
	CHECK(verify_both(signer->key, data, raw) ==
		  ((r_part + k * key_part) % TORSION == 0));

	memset(nonce, 0, SIZE);
	memcpy(raw, torsion[r_part], SIZE);
	(void) sign_with(signer, nonce, data, raw);
	CHECK(!verify_both(signer->key, data, raw));
}

/*
 * S for an R of which a bit was altered before: the sum is the R that was, and
 * all but that bit is alike.
 */
static void
test_close(void)
{
	Signer		signer;
	uint8_t		raw[crypto_sign_BYTES];
	uint8_t		nonce[SIZE];
	int			bit;

	begin_signer(&signer, 0);
	for (bit = 0; bit < 8 * SIZE; bit++)
	{
		GauthSpan	data = gauth_span(&bit, sizeof(bit));

		draw_scalar(nonce);
		CHECK(crypto_scalarmult_ed25519_base_noclamp(raw, nonce) == 0);
		(void) sign_with(&signer, nonce, data, raw);
		CHECK(verify_both(signer.key, data, raw));
		raw[bit / 8] ^= (uint8_t) (1 << bit % 8);
		(void) sign_with(&signer, nonce, data, raw);
		CHECK(!verify_both(signer.key, data, raw));
	}
	gauth_key_free(signer.key);
}

static void
test_torsion(int key_part)
{
	Signer		signer;
	int			i;

	begin_signer(&signer, key_part);
	for (i = 0; i < TORSION * MESSAGES; i++)
		check_parts(&signer, key_part, i % TORSION,
					gauth_span(&i, sizeof(i)));
	gauth_key_free(signer.key);
}

/*
 * The points with y of 0 and 1 once more as p and p + 1, and x of zero with a
 * sign; then what no point has.
 */
static void
test_not_canonical(void)
{
	static const uint8_t zero[SIZE];
	Signer		signer;
	uint8_t		raw[crypto_sign_BYTES];
	int			i;

	begin_signer(&signer, 0);
	for (i = 0; i < 256; i++)
	{
		GauthSpan	data = gauth_span(&i, sizeof(i));

		memset(raw, i & 2 ? 0xff : 0, SIZE);
		raw[0] = (uint8_t) (i & 2 ? 0xe0 + i / 8 : i / 8);
		raw[SIZE - 1] = (uint8_t) ((i & 1) << 7 | (i & 2 ? 0x7f : 0));
		(void) sign_with(&signer, zero, data, raw);
		CHECK(!verify_both(signer.key, data, raw));
	}
	gauth_key_free(signer.key);
}

/* libsodium has the last word: here a table is of no use to its key */
static void
test_wrong_table(void)
{
	GauthKey   *key = random_key();
	GauthKey   *other = random_key();
	GauthEd25519Table *table = key->ed25519_table;
	GauthSpan	data = GAUTH_SPAN("data");
	uint8_t		raw[GAUTH_SIGNATURE_MAX];
	GauthSpan	signature = gauth_span(raw, crypto_sign_BYTES);

	sign(key, data, raw);
	key->ed25519_table = other->ed25519_table;
	CHECK(!gauth_ed25519_table_verify(key, data, raw));
	CHECK_STATUS(gauth_signature_verify(key, data, signature), GAUTH_OK);
	raw[0] ^= 1;
	CHECK_STATUS(gauth_signature_verify(key, data, signature),
				 GAUTH_SIGNATURE_INVALID);
	key->ed25519_table = table;
	gauth_key_free(key);
	gauth_key_free(other);
}

int
main(void)
{
	int			i;

	begin_crypto();
	find_torsion();
	for (i = 0; i < RANDOM_KEYS; i++)
		test_random();
	test_lengths();
	test_range();
	for (i = 0; i < TORSION; i++)
		test_torsion(i);
	test_close();
	test_not_canonical();
	test_wrong_table();
	printf("crypto_ed25519_table: %u signatures, %u accepted, both ways "
		   "alike\n", compared, accepted);
	gauth_crypto_free(crypto);
	return unit_finish("crypto_ed25519_table");
}
