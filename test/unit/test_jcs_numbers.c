/*
 * test_jcs_numbers.c
 *		The numbers of RFC 8785 by the hundred thousand (C-09).
 *
 * Appendix B of the RFC gives SHA-256 values over the first lines of a
 * generated file "bits,number\n": edge cases, a run of the smallest normal
 * numbers, then bits from a chain of SHA-256.  The lines are made here, and
 * their hashes must be those that were published.
 */
#include <math.h>
#include <stdint.h>

#include "base/hex.h"
#include "base/number.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "unit.h"

#define SIGN	UINT64_C(0x8000000000000000)

/* these come with the sign first, then without */
static const uint64_t signed_edges[] = {
	0x446696695dbd1cc3, 0x443211ede4974a35, 0x43fce97ca0f21056,
	0x43c7213080c1a6ac, 0x439280f39a348556, 0x435d9b1f5d20d557,
	0x4327af4c4a80aaac, 0x42f2f2a36ecd5556, 0x42be51057e155558,
	0x428840d131aaaaac, 0x4253670dc1555557, 0x421f0b4935555557,
	0x41e8d5d42aaaaaac, 0x41b3de4355555556, 0x417fca0555555556,
	0x41496e6aaaaaaaab, 0x4114585555555555, 0x40e046aaaaaaaaab,
	0x40aa0aaaaaaaaaaa, 0x4074d55555555555, 0x4040aaaaaaaaaaab,
	0x400aaaaaaaaaaaab, 0x3fd5555555555555, 0x3fa1111111111111,
	0x3f6b4e81b4e81b4f, 0x3f35d867c3ece2a5, 0x3f0179ec9cbd821e,
	0x3ecbf647612f3696, 0x3e965e9f80f29212, 0x3e61e54c672874db,
	0x3e2ca213d840baf8, 0x3df6e80fe033c8c6, 0x3dc2533fe68fd3d2,
	0x3d8d51ffd74c861c, 0x3d5774ccac3d3817, 0x3d22c3d6f030f9ac,
	0x3cee0624b3818f79, 0x3cb804ea293472c7, 0x3c833721ba905bd3,
	0x3c4ebe9c5db3c61e, 0x3c18987d17c304e5, 0x3be3ad30dfcf371d,
	0x3baf7b816618582f, 0x3b792f9ab81379bf, 0x3b442615600f9499,
	0x3b101e77800c76e1, 0x3ad9ca58cce0be35, 0x3aa4a1e0a3e6fe90,
	0x3a708180831f320d, 0x3a3a68cd9e985016,
};

static const uint64_t edges[] = {
	0x4024000000000000, 0x4014000000000000, 0x3fe0000000000000,
	0x3fa999999999999a, 0x3f747ae147ae147b, 0x3f40624dd2f1a9fc,
	0x3f0a36e2eb1c432d, 0x3ed4f8b588e368f1, 0x3ea0c6f7a0b5ed8d,
	0x3e6ad7f29abcaf48, 0x3e35798ee2308c3a, 0x3ed539223589fa95,
	0x3ed4ff26cd5a7781, 0x3ed4f95a762283ff, 0x3ed4f8c60703520c,
	0x3ed4f8b72f19cd0d, 0x3ed4f8b5b31c0c8d, 0x3ed4f8b58d1c461a,
	0x3ed4f8b5894f7f0e, 0x3ed4f8b588ee37f3, 0x3ed4f8b588e47da4,
	0x3ed4f8b588e3849c, 0x3ed4f8b588e36bb5, 0x3ed4f8b588e36937,
	0x3ed4f8b588e368f8, 0x3ed4f8b588e368f1, 0x3ff0000000000000,
	0xbff0000000000000, 0xbfeffffffffffffa, 0xbfeffffffffffffb,
	0x3feffffffffffffa, 0x3feffffffffffffb, 0x3feffffffffffffc,
	0x3feffffffffffffe, 0xbfefffffffffffff, 0xbfefffffffffffff,
	0x3fefffffffffffff, 0x3fefffffffffffff, 0x3fd3333333333332,
	0x3fd3333333333333, 0x3fd3333333333334, 0x0010000000000000,
	0x000ffffffffffffd, 0x000fffffffffffff, 0x7fefffffffffffff,
	0xffefffffffffffff, 0x4340000000000000, 0xc340000000000000,
	0x4430000000000000, 0x44b52d02c7e14af5, 0x44b52d02c7e14af6,
	0x44b52d02c7e14af7, 0x444b1ae4d6e2ef4e, 0x444b1ae4d6e2ef4f,
	0x444b1ae4d6e2ef50, 0x3eb0c6f7a0b5ed8c, 0x3eb0c6f7a0b5ed8d,
	0x41b3de4355555553, 0x41b3de4355555554, 0x41b3de4355555555,
	0x41b3de4355555556, 0x41b3de4355555557, 0xbecbf647612f3696,
	0x43143ff3c1cb0959,
};

typedef struct Checkpoint
{
	unsigned	lines;
	const char *sha256;
} Checkpoint;

static const Checkpoint checkpoints[] = {
	{1000,
	"be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687"},
	{10000,
	"b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892"},
	{100000,
	"22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7"},
};

typedef struct Generator
{
	GauthCrypto *crypto;
	uint8_t		block[GAUTH_SHA256_SIZE];
	unsigned	used;			/* bytes of the block; all: make the next */
	GauthText	text;
	unsigned	lines;
	unsigned	misread;
} Generator;

static double
double_of(uint64_t bits)
{
	double		number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

static void
add_line(Generator *generator, uint64_t bits)
{
	char		line[64];
	char		number[GAUTH_NUMBER_TEXT_MAX];
	size_t		number_len = gauth_number_write(double_of(bits), number);
	double		again;
	int			len;

	if (!gauth_number_read(gauth_span(number, number_len), &again) ||
		again != double_of(bits))
		generator->misread++;
	len = snprintf(line, sizeof(line), "%llx,%s\n",
				   (unsigned long long) bits, number);
	gauth_text_append(&generator->text, gauth_span(line, (size_t) len));
	generator->lines++;
}

static void
add_edges(Generator *generator)
{
	size_t		i;

	add_line(generator, 0);
	add_line(generator, SIGN);
	add_line(generator, 1);
	add_line(generator, SIGN | 1);
	for (i = 0; i < sizeof(signed_edges) / sizeof(signed_edges[0]); i++)
		add_line(generator, signed_edges[i] | SIGN);
	for (i = 0; i < sizeof(signed_edges) / sizeof(signed_edges[0]); i++)
		add_line(generator, signed_edges[i]);
	for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		add_line(generator, edges[i]);
}

/* the next eight bytes of the chain, the least significant first */
static uint64_t
next_random(Generator *generator)
{
	uint64_t	bits = 0;
	int			i;

	if (generator->used == sizeof(generator->block))
	{
		(void) gauth_sha256(generator->crypto,
							gauth_span(generator->block,
									   sizeof(generator->block)),
							generator->block);
		generator->used = 0;
	}
	for (i = 7; i >= 0; i--)
		bits = bits << 8 | generator->block[generator->used + (unsigned) i];
	generator->used += 8;
	return bits;
}

static void
add_random(Generator *generator)
{
	uint64_t	bits;

	do
		bits = next_random(generator);
	while (!isfinite(double_of(bits)) || double_of(bits) == 0);
	add_line(generator, bits);
}

static void
check_lines(Generator *generator, const char *expected)
{
	uint8_t		digest[GAUTH_SHA256_SIZE];
	char		hex[2 * GAUTH_SHA256_SIZE + 1] = {0};
	GauthSpan	text = {NULL, 0};

	CHECK(gauth_text_finish(&generator->text, &text));
	CHECK_STATUS(gauth_sha256(generator->crypto, text, digest), GAUTH_OK);
	gauth_hex_encode(gauth_span(digest, sizeof(digest)), hex);
	CHECK(strcmp(hex, expected) == 0);
	CHECK(generator->misread == 0);
}

int
main(void)
{
	GauthArena	arena;
	Generator	generator = {.used = GAUTH_SHA256_SIZE};
	uint64_t	serial;
	size_t		i;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	if (!CHECK(gauth_crypto_create(&generator.crypto, NULL) == GAUTH_OK))
		return unit_finish("jcs_numbers");
	gauth_text_init(&generator.text, &arena);
	add_edges(&generator);
	for (serial = 0; generator.lines < 1000; serial++)
		add_line(&generator, UINT64_C(0x0010000000000000) + serial);
	check_lines(&generator, checkpoints[0].sha256);
	for (; serial < 2000; serial++)
		add_line(&generator, UINT64_C(0x0010000000000000) + serial);
	for (i = 1; i < sizeof(checkpoints) / sizeof(checkpoints[0]); i++)
	{
		while (generator.lines < checkpoints[i].lines)
			add_random(&generator);
		check_lines(&generator, checkpoints[i].sha256);
	}
	gauth_crypto_free(generator.crypto);
	gauth_arena_reset(&arena);
	return unit_finish("jcs_numbers");
}
