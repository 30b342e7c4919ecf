/*
 * test_crypto_key.c
 *		Which keys are refused, and with what; names and fits of algorithms.
 */
#include "test_crypto.h"

/* one member of a good key replaced, and what that must give */
typedef struct Refusal
{
	const char *what;
	size_t		member;			/* offset of the GauthSpan */
	GauthSpan	value;
	GauthStatus expected;
} Refusal;

/* for tables: one refusal, one line */
#define MALFORMED	GAUTH_KEY_MALFORMED
#define WEAK		GAUTH_KEY_WEAK
#define UNSUPPORTED	GAUTH_KEY_UNSUPPORTED

#define MEMBER(name)	offsetof(GauthKeyMaterial, name)

static GauthArena arena;

static GauthStatus
try_key(const GauthKeyMaterial *material, GauthAlgorithm algorithm)
{
	GauthError	err = {0};
	GauthKey   *key;
	GauthStatus status;

	status = gauth_key_create(crypto, material, algorithm, &key, &err);
	CHECK((status == GAUTH_OK) == (key != NULL));
	CHECK(status == GAUTH_OK ||
		  (err.status == status && err.detail[0] != '\0'));
	if (key != NULL)
		CHECK(gauth_key_algorithm(key) == algorithm);
	gauth_key_free(key);
	return status;
}

static void
try_refusals(const GauthKeyMaterial *good, GauthAlgorithm algorithm,
			 const Refusal *refusals, size_t count)
{
	size_t		i;

	CHECK_STATUS(try_key(good, algorithm), GAUTH_OK);
	for (i = 0; i < count; i++)
	{
		GauthKeyMaterial material = *good;

		memcpy((char *) &material + refusals[i].member, &refusals[i].value,
			   sizeof(GauthSpan));
		if (!CHECK_STATUS(try_key(&material, algorithm), refusals[i].expected))
			printf("%s: %s\n", gauth_algorithm_name(algorithm),
				   refusals[i].what);
	}
}

#define TRY(good, algorithm, refusals) \
	try_refusals(good, algorithm, refusals, \
				 sizeof(refusals) / sizeof((refusals)[0]))

static GauthKeyMaterial
generate(GauthAlgorithm algorithm)
{
	GauthKeyMaterial material;
	GauthError	err;

	CHECK_STATUS(gauth_key_generate(crypto, algorithm, &arena, &material,
									&err), GAUTH_OK);
	return material;
}

static GauthSpan
hex(const char *text)
{
	return from_hex(&arena, gauth_span_of(text));
}

/* "size" bytes of "fill", but for the first and the last */
static GauthSpan
make(size_t size, uint8_t first, uint8_t fill, uint8_t last)
{
	uint8_t    *bytes = gauth_arena_alloc(&arena, size);

	memset(bytes, fill, size);
	bytes[0] = first;
	bytes[size - 1] = last;
	return gauth_span(bytes, size);
}

/* a copy with "bits" flipped in the byte at "place" */
static GauthSpan
flip(GauthSpan span, size_t place, uint8_t bits)
{
	GauthSpan	copy;

	CHECK(gauth_arena_copy(&arena, span, &copy));
	((char *) copy.data)[place] ^= (char) bits;
	return copy;
}

/* a zero byte in front */
static GauthSpan
prefix_zero(GauthSpan span)
{
	return resize(&arena, span, span.len + 1);
}

/* C-14: 2048 bits or none */
static void
test_rsa_public(void)
{
	GauthKeyMaterial good = generate(GAUTH_RS256);
	GauthKeyMaterial half = public_half(&good);
	const Refusal refusals[] = {
		{"no n", MEMBER(n), NOTHING, MALFORMED},
		{"zero n", MEMBER(n), make(256, 0, 0, 0), MALFORMED},
		{"even n", MEMBER(n), flip(good.n, good.n.len - 1, 1), MALFORMED},
		{"512 bits", MEMBER(n), make(64, 0x80, 0x55, 1), WEAK},
		{"1024 bits", MEMBER(n), make(128, 0x80, 0x55, 1), WEAK},
		{"2047 bits", MEMBER(n), make(256, 0x7f, 0x55, 1), WEAK},
		{"2048 bits", MEMBER(n), make(256, 0x80, 0x55, 1), GAUTH_OK},
		{"zero before n", MEMBER(n), prefix_zero(good.n), GAUTH_OK},
		{"8192 bits", MEMBER(n), make(1024, 0xff, 0x55, 1), GAUTH_OK},
		{"8193 bits", MEMBER(n), make(1025, 0x01, 0x55, 1), UNSUPPORTED},
		{"32768 bits", MEMBER(n), make(4096, 0xff, 0x55, 1), UNSUPPORTED},
		{"no e", MEMBER(e), NOTHING, MALFORMED},
		{"e = 0", MEMBER(e), hex("00"), MALFORMED},
		{"e = 1", MEMBER(e), hex("01"), WEAK},
		{"e = 01 with zeros", MEMBER(e), hex("000001"), WEAK},
		{"e = 2", MEMBER(e), hex("02"), MALFORMED},
		{"e = 3", MEMBER(e), hex("03"), GAUTH_OK},
		{"e = 65536", MEMBER(e), hex("010000"), MALFORMED},
		{"e = 2^64 - 1", MEMBER(e), hex("ffffffffffffffff"), GAUTH_OK},
		{"e = 2^64 + 1", MEMBER(e), hex("010000000000000001"), UNSUPPORTED},
		{"p without d", MEMBER(p), good.p, MALFORMED},
		{"qi without d", MEMBER(qi), good.qi, MALFORMED},
		{"an alien d", MEMBER(d), flip(good.d, 9, 1), MALFORMED},
		{"d alone", MEMBER(d), good.d, GAUTH_OK}
	};

	TRY(&half, GAUTH_RS256, refusals);
	TRY(&half, GAUTH_PS512, refusals);
}

static void
test_rsa_private(void)
{
	GauthKeyMaterial good = generate(GAUTH_RS256);
	GauthKeyMaterial other = generate(GAUTH_RS256);
	const Refusal refusals[] = {
		{"d absent", MEMBER(d), NOTHING, MALFORMED},
		{"d of another key", MEMBER(d), other.d, MALFORMED},
		{"d = 1", MEMBER(d), hex("01"), MALFORMED},
		{"d = n", MEMBER(d), good.n, MALFORMED},
		{"d longer than n", MEMBER(d), make(257, 1, 0, 1), MALFORMED},
		{"n of another key", MEMBER(n), other.n, MALFORMED},
		{"another e", MEMBER(e), hex("03"), MALFORMED},
		{"p absent", MEMBER(p), NOTHING, MALFORMED},
		{"p of another key", MEMBER(p), other.p, MALFORMED},
		{"p = 1", MEMBER(p), hex("01"), MALFORMED},
		{"p = q", MEMBER(p), good.q, MALFORMED},
		{"q absent", MEMBER(q), NOTHING, MALFORMED},
		{"q altered", MEMBER(q), flip(good.q, 3, 4), MALFORMED},
		{"dp absent", MEMBER(dp), NOTHING, MALFORMED},
		{"dp altered", MEMBER(dp), flip(good.dp, 3, 4), MALFORMED},
		{"dp swapped", MEMBER(dp), good.dq, MALFORMED},
		{"dq absent", MEMBER(dq), NOTHING, MALFORMED},
		{"dq altered", MEMBER(dq), flip(good.dq, 3, 4), MALFORMED},
		{"qi absent", MEMBER(qi), NOTHING, MALFORMED},
		{"qi altered", MEMBER(qi), flip(good.qi, 3, 4), MALFORMED},
		{"qi = 1", MEMBER(qi), hex("01"), MALFORMED},
		{"zero before d", MEMBER(d), prefix_zero(good.d), GAUTH_OK}
	};
	GauthKeyMaterial trivial = good;

	TRY(&good, GAUTH_RS256, refusals);

	/* p = 1 and q = n fit n, and would divide by zero */
	trivial.p = hex("01");
	trivial.q = good.n;
	CHECK_STATUS(try_key(&trivial, GAUTH_RS256), GAUTH_KEY_MALFORMED);
	trivial.p = good.n;
	trivial.q = hex("01");
	CHECK_STATUS(try_key(&trivial, GAUTH_RS256), GAUTH_KEY_MALFORMED);
}

/* the order of each curve (SP 800-186 section 3.2.1) */
static const char *const orders[] = {
	[GAUTH_P256] =
	"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
	[GAUTH_P384] =
	"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
	"581a0db248b0a77aecec196accc52973",
	[GAUTH_P521] =
	"01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
	"51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
};

static void
test_ec_key(GauthAlgorithm algorithm, size_t size)
{
	GauthKeyMaterial good = generate(algorithm);
	GauthKeyMaterial other = generate(algorithm);
	GauthKeyMaterial half = public_half(&good);
	GauthSpan	zero = make(size, 0, 0, 0);
	GauthSpan	all_ones = make(size, 0xff, 0xff, 0xff);
	GauthSpan	short_x = gauth_span_slice(good.x, 1, size - 1);
	GauthSpan	short_d = gauth_span_slice(good.d, 1, size - 1);
	GauthSpan	order = hex(orders[good.curve]);
	const Refusal refusals[] = {
		{"no x", MEMBER(x), NOTHING, MALFORMED},
		{"no y", MEMBER(y), NOTHING, MALFORMED},
		{"short x", MEMBER(x), short_x, MALFORMED},
		{"long y", MEMBER(y), prefix_zero(good.y), MALFORMED},
		{"x beyond the field", MEMBER(x), all_ones, MALFORMED},
		{"x of another", MEMBER(x), other.x, MALFORMED},
		{"y off the curve", MEMBER(y), flip(good.y, size - 1, 1), MALFORMED},
		{"y = 0", MEMBER(y), zero, MALFORMED},
		{"d = 0", MEMBER(d), zero, MALFORMED},
		{"d = order", MEMBER(d), order, MALFORMED},
		{"d beyond", MEMBER(d), all_ones, MALFORMED},
		{"d of another", MEMBER(d), other.d, MALFORMED},
		{"d altered", MEMBER(d), flip(good.d, size - 1, 1), MALFORMED},
		{"short d", MEMBER(d), short_d, MALFORMED},
		{"long d", MEMBER(d), prefix_zero(good.d), MALFORMED},
		{"no d", MEMBER(d), NOTHING, GAUTH_OK}
	};

	TRY(&good, algorithm, refusals);
	half.x = half.y = zero;
	CHECK_STATUS(try_key(&half, algorithm), GAUTH_KEY_MALFORMED);
}

/* every encoding of the eight points of small order, canonical and not */
static const char *const small_orders[] = {
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
};

/* y = 2^255 - 19 + k for a small k: no such y is below the field's prime */
static void
test_non_canonical(GauthKeyMaterial material)
{
	int			last;
	int			sign;

	for (last = 0xef; last <= 0xff; last++)
	{
		for (sign = 0x7f; sign <= 0xff; sign += 0x80)
		{
			GauthSpan	y = make(32, (uint8_t) last, 0xff, (uint8_t) sign);

			material.x = y;
			CHECK_STATUS(try_key(&material, GAUTH_EDDSA), GAUTH_KEY_MALFORMED);
		}
	}
}

static void
test_okp(void)
{
	GauthKeyMaterial good = generate(GAUTH_EDDSA);
	GauthKeyMaterial other = generate(GAUTH_EDDSA);
	GauthKeyMaterial half = public_half(&good);
	GauthSpan	short_x = gauth_span_slice(good.x, 0, 31);
	GauthSpan	short_d = gauth_span_slice(good.d, 0, 31);
	const Refusal refusals[] = {
		{"no x", MEMBER(x), NOTHING, MALFORMED},
		{"short x", MEMBER(x), short_x, MALFORMED},
		{"long x", MEMBER(x), prefix_zero(good.x), MALFORMED},
		{"x of another", MEMBER(x), other.x, MALFORMED},
		{"not a point", MEMBER(x), make(32, 2, 0, 0), MALFORMED},
		{"short d", MEMBER(d), short_d, MALFORMED},
		{"d of another", MEMBER(d), other.d, MALFORMED},
		{"64 bytes of d", MEMBER(d), make(64, 1, 1, 1), MALFORMED},
		{"no d", MEMBER(d), NOTHING, GAUTH_OK}
	};
	size_t		i;

	TRY(&good, GAUTH_EDDSA, refusals);
	for (i = 0; i < sizeof(small_orders) / sizeof(small_orders[0]); i++)
	{
		half.x = hex(small_orders[i]);
		CHECK_STATUS(try_key(&half, GAUTH_EDDSA), GAUTH_KEY_WEAK);
	}
	test_non_canonical(half);
}

static void
test_oct(GauthAlgorithm algorithm, size_t size)
{
	GauthKeyMaterial good = generate(algorithm);
	size_t		most = GAUTH_OCT_SIZE_MAX;
	const Refusal refusals[] = {
		{"no k", MEMBER(k), NOTHING, WEAK},
		{"one byte", MEMBER(k), make(1, 7, 7, 7), WEAK},
		{"too short", MEMBER(k), make(size - 1, 7, 8, 9), WEAK},
		{"just enough", MEMBER(k), make(size, 7, 8, 9), GAUTH_OK},
		{"a block", MEMBER(k), make(128, 7, 8, 9), GAUTH_OK},
		{"the longest", MEMBER(k), make(most, 7, 8, 9), GAUTH_OK},
		{"too long", MEMBER(k), make(most + 1, 7, 8, 9), UNSUPPORTED}
	};

	CHECK(good.k.len == size);
	TRY(&good, algorithm, refusals);
}

/* no key of one kind is a key for an algorithm of another */
static void
test_fits(void)
{
	GauthAlgorithm made;
	GauthAlgorithm used;

	for (made = GAUTH_HS256; made < GAUTH_ALGORITHM_COUNT; made++)
	{
		GauthKeyMaterial material = generate(made);

		for (used = 0; used <= GAUTH_ALGORITHM_COUNT; used++)
		{
			bool		fits = gauth_algorithm_fits(used, material.type,
													material.curve);
			GauthStatus expected = fits ? GAUTH_OK : GAUTH_KEY_UNSUPPORTED;

			/* a secret for one hash may be short for another */
			if (fits && material.type == GAUTH_KEY_OCT && used > made)
				expected = GAUTH_KEY_WEAK;
			CHECK_STATUS(try_key(&material, used), expected);
		}
	}
	CHECK(!gauth_algorithm_fits(GAUTH_RS256, GAUTH_KEY_RSA, GAUTH_P256));
	CHECK(!gauth_algorithm_fits(GAUTH_ES256, GAUTH_KEY_EC, GAUTH_P384));
	CHECK(!gauth_algorithm_fits(GAUTH_ALGORITHM_NONE, GAUTH_KEY_TYPE_NONE,
								GAUTH_CURVE_NONE));
}

static void
test_names(void)
{
	static const char *const strangers[] = {
		"", "none", "None", "NONE", "hs256", "HS256 ", " HS256", "HS25",
		"HS2567", "RS1", "ES256K", "Ed448", "eddsa", "ed25519", "HS1",
		"RSA-OAEP", "A128KW"
	};
	GauthAlgorithm algorithm;
	size_t		i;

	for (algorithm = GAUTH_HS256; algorithm < GAUTH_ALGORITHM_COUNT;
		 algorithm++)
	{
		GauthSpan	name = gauth_span_of(gauth_algorithm_name(algorithm));

		CHECK(gauth_algorithm_from_name(name) == algorithm);
	}
	for (i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		CHECK(gauth_algorithm_from_name(gauth_span_of(strangers[i])) ==
			  GAUTH_ALGORITHM_NONE);
	CHECK(gauth_algorithm_from_name(NOTHING) == GAUTH_ALGORITHM_NONE);
	CHECK(gauth_algorithm_from_name(gauth_span("HS256\0", 6)) ==
		  GAUTH_ALGORITHM_NONE);
	CHECK(gauth_algorithm_from_name(GAUTH_SPAN("Ed25519")) == GAUTH_EDDSA);
	CHECK(gauth_algorithm_name(GAUTH_ALGORITHM_NONE) == NULL);
	CHECK(gauth_algorithm_name(GAUTH_ALGORITHM_COUNT) == NULL);
}

static void
test_defaults(void)
{
	CHECK(gauth_algorithm_default(GAUTH_KEY_RSA, GAUTH_CURVE_NONE) ==
		  GAUTH_RS256);
	CHECK(gauth_algorithm_default(GAUTH_KEY_OCT, GAUTH_CURVE_NONE) ==
		  GAUTH_HS256);
	CHECK(gauth_algorithm_default(GAUTH_KEY_EC, GAUTH_P256) ==
		  GAUTH_ES256);
	CHECK(gauth_algorithm_default(GAUTH_KEY_EC, GAUTH_P384) ==
		  GAUTH_ES384);
	CHECK(gauth_algorithm_default(GAUTH_KEY_EC, GAUTH_P521) ==
		  GAUTH_ES512);
	CHECK(gauth_algorithm_default(GAUTH_KEY_OKP, GAUTH_ED25519) ==
		  GAUTH_EDDSA);
	CHECK(gauth_algorithm_default(GAUTH_KEY_EC, GAUTH_ED25519) ==
		  GAUTH_ALGORITHM_NONE);
	CHECK(gauth_algorithm_default(GAUTH_KEY_TYPE_NONE, GAUTH_CURVE_NONE) ==
		  GAUTH_ALGORITHM_NONE);
}

/* the arena of a caller has no room: nothing is made, nothing is lost */
static void
test_no_room(void)
{
	GauthAlgorithm algorithm;

	for (algorithm = GAUTH_HS256; algorithm < GAUTH_ALGORITHM_COUNT;
		 algorithm++)
	{
		char		room[32];
		GauthArena	small;
		GauthKeyMaterial material;
		GauthError	err;

		gauth_arena_init(&small, room, 16, NULL, 0);
		CHECK_STATUS(gauth_key_generate(crypto, algorithm, &small, &material,
										&err), GAUTH_OUT_OF_MEMORY);
	}
}

int
main(void)
{
	GauthKeyMaterial nothing;
	GauthError	err;

	begin_crypto();
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_names();
	test_defaults();
	test_fits();
	test_rsa_public();
	test_rsa_private();
	test_ec_key(GAUTH_ES256, 32);
	test_ec_key(GAUTH_ES384, 48);
	test_ec_key(GAUTH_ES512, 66);
	test_okp();
	test_oct(GAUTH_HS256, 32);
	test_oct(GAUTH_HS384, 48);
	test_oct(GAUTH_HS512, 64);
	test_no_room();
	CHECK_STATUS(gauth_key_generate(crypto, GAUTH_ALGORITHM_NONE, &arena,
									&nothing, &err), GAUTH_KEY_UNSUPPORTED);
	gauth_key_free(NULL);
	gauth_arena_reset(&arena);
	gauth_crypto_free(crypto);
	return unit_finish("crypto_key");
}
