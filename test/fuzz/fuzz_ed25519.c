/*
 * fuzz_ed25519.c
 *		A signature, good but for what the input does to it, verified by a
 *		table of the key's multiples and by libsodium, which must say the same.
 *
 * The first byte chooses the key, what of small order is added to R before S
 * is made, and whether that comes after the changes; the second is how many
 * changes there are, of two bytes each; what follows is the message.  Every
 * other key has a part of small order too, and some signatures are good all
 * the same.
 */
#include <sodium.h>

#include "crypto/internal.h"
#include "crypto/sign.h"
#include "fuzz.h"

#define SIZE		GAUTH_ED25519_SIZE
#define KEYS		16
#define TORSION		8			/* points whose order divides eight */
#define CHANGES_MAX	8

static GauthCrypto *crypto;
static GauthKey *keys[KEYS];	/* with tables */
static uint8_t scalars[KEYS][SIZE];
static uint8_t torsion[TORSION][SIZE];

static const uint8_t order[SIZE] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
	0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10
};

/* the multiples of a point of order eight */
static void
find_torsion(void)
{
	static const uint8_t point[SIZE] = {
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
		0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
		0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a
	};
	int			i;

	torsion[0][0] = 1;
	for (i = 1; i < TORSION; i++)
		REQUIRE(crypto_core_ed25519_add(torsion[i], torsion[i - 1],
										point) == 0);
}

static void
make_key(int which)
{
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_OKP,.curve = GAUTH_ED25519
	};
	uint8_t		point[SIZE];

	scalars[which][0] = (uint8_t) (which + 1);
	scalars[which][SIZE / 2] = (uint8_t) (which * 37);
	REQUIRE(crypto_scalarmult_ed25519_base_noclamp(point,
												   scalars[which]) == 0);
	if (which % 2 == 1)
		REQUIRE(crypto_core_ed25519_add(point, point,
										torsion[which / 2]) == 0);
	material.x = gauth_span(point, SIZE);
	REQUIRE(gauth_key_create(crypto, &material, GAUTH_EDDSA, &keys[which],
							 NULL) == GAUTH_OK);
	keys[which]->ed25519_table = gauth_ed25519_table_create(crypto, point);
	keys[which]->uses = GAUTH_ED25519_TABLE_USES;
	REQUIRE(keys[which]->ed25519_table != NULL);
}

static void
make_keys(void)
{
	int			i;

	if (crypto != NULL)
		return;
	REQUIRE(gauth_crypto_create(&crypto, NULL) == GAUTH_OK);
	find_torsion();
	for (i = 0; i < KEYS; i++)
		make_key(i);
}

/* the message's own hash, without the key's secret, is random enough here */
static void
make_r(const uint8_t part[SIZE], GauthSpan message, uint8_t nonce[SIZE],
	   uint8_t *raw)
{
	uint8_t		digest[crypto_hash_sha512_BYTES];

	crypto_hash_sha512(digest, (const uint8_t *) message.data, message.len);
	crypto_core_ed25519_scalar_reduce(nonce, digest);
	REQUIRE(crypto_scalarmult_ed25519_base_noclamp(raw, nonce) == 0);
	REQUIRE(crypto_core_ed25519_add(raw, raw, part) == 0);
}

static void
make_s(int which, GauthSpan message, const uint8_t nonce[SIZE], uint8_t *raw)
{
	crypto_hash_sha512_state state;
	uint8_t		digest[crypto_hash_sha512_BYTES];
	uint8_t		product[SIZE];

	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, raw, SIZE);
	crypto_hash_sha512_update(&state, keys[which]->public_key, SIZE);
	crypto_hash_sha512_update(&state, (const uint8_t *) message.data,
							  message.len);
	crypto_hash_sha512_final(&state, digest);
	crypto_core_ed25519_scalar_reduce(product, digest);
	crypto_core_ed25519_scalar_mul(product, product, scalars[which]);
	crypto_core_ed25519_scalar_add(raw + SIZE, product, nonce);
}

static void
add_order(uint8_t s[SIZE])
{
	int			carry = 0;
	int			i;

	for (i = 0; i < SIZE; i++)
	{
		carry += s[i] + order[i];
		s[i] = (uint8_t) carry;
		carry >>= 8;
	}
}

static void
change(uint8_t *raw, uint8_t what, uint8_t argument)
{
	const uint8_t *small = torsion[argument % TORSION];

	switch (what >> 6)
	{
		case 0:
			raw[what] = argument;
			break;
		case 1:
			raw[what & 63] ^= (uint8_t) (1 << argument % 8);
			break;
		case 2:
			add_order(raw + SIZE);
			break;
		default:
			if (argument & 0x40)
				memcpy(raw, small, SIZE);
			else if (crypto_core_ed25519_add(raw, raw, small) != 0)
				memset(raw, 0xff, SIZE);
			raw[SIZE - 1] ^= argument & 0x80;
			break;
	}
}

static void
check(GauthKey *key, GauthSpan message, const uint8_t *raw)
{
	GauthSpan	signature = gauth_span(raw, crypto_sign_BYTES);
	bool		good;

	good = crypto_sign_verify_detached(raw, (const uint8_t *) message.data,
									   message.len, key->public_key) == 0;
	REQUIRE(gauth_ed25519_table_verify(key, message, raw) == good);
	REQUIRE((gauth_signature_verify(key, message, signature) == GAUTH_OK) ==
			good);
}

static void
change_all(uint8_t *raw, GauthSpan changes)
{
	size_t		i;

	for (i = 0; i + 1 < changes.len; i += 2)
		change(raw, (uint8_t) changes.data[i], (uint8_t) changes.data[i + 1]);
}

static void
sign_and_check(int which, int part, bool before, GauthSpan changes,
			   GauthSpan message)
{
	uint8_t		raw[crypto_sign_BYTES] = {0};
	uint8_t		nonce[SIZE];

	make_r(torsion[part], message, nonce, raw);
	if (before)
		change_all(raw, changes);
	make_s(which, message, nonce, raw);
	if (!before)
		change_all(raw, changes);
	check(keys[which], message, raw);
	REQUIRE(changes.len > 0 || which % 2 == 1 || part != 0 ||
			gauth_ed25519_table_verify(keys[which], message, raw));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	size_t		changes;

	make_keys();
	if (size < 2)
		return end_input(input);
	changes = 2 * (data[1] % (CHANGES_MAX + 1));
	if (size < 2 + changes)
		return end_input(input);
	sign_and_check(data[0] % KEYS, data[0] / KEYS % TORSION, data[0] >= 0x80,
				   gauth_span_slice(input, 2, changes),
				   gauth_span_slice(input, 2 + changes, size - 2 - changes));
	return end_input(input);
}
