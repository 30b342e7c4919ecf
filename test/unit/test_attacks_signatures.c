/*
 * test_attacks_signatures.c
 *		Attacks on the signature: of another form, out of range, with a
 *		padding that only looks right.
 *
 * Forgeries that need the mathematics of RSA are made with the key's own
 * private half: a weak verifier would take them from anybody.
 */
#include "test_attack.h"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "crypto/compare.h"

/* what a token of the algorithm signs, with a number that makes it differ */
static GauthSpan
input_of(GauthAlgorithm algorithm, int number)
{
	return JOIN(to_base64url(header_of(algorithm)), DOT,
				to_base64url(format_text(CLAIMS("\"exp\":1000600,\"n\":%d"),
										 number)));
}

static void
try_signature(int row, GauthAlgorithm algorithm, GauthSpan signature,
			  GauthStatus expected, const char *what)
{
	(void) expect(row, verify_with(algorithm,
								   attach(input_of(algorithm, 0), signature)),
				  expected, what);
}

/* the true one */
static GauthSpan
signature_of(GauthAlgorithm algorithm)
{
	return sign_text(signers[algorithm], input_of(algorithm, 0));
}

static GauthSpan
zeros(size_t size)
{
	return repeat(gauth_span("\0", 1), size);
}

static GauthSpan
number_of(size_t size, uint8_t last)
{
	return JOIN(zeros(size - 1), gauth_span(&last, 1));
}

/* a - b, big-endian, of one size, a >= b */
static GauthSpan
subtract(GauthSpan a, GauthSpan b)
{
	GauthSpan	result;
	int			borrow = 0;
	size_t		i;

	if (!gauth_arena_copy(&lasting, a, &result))
		abort();
	for (i = a.len; i-- > 0;)
	{
		int			digit = (uint8_t) a.data[i] - (uint8_t) b.data[i] - borrow;

		borrow = digit < 0;
		((uint8_t *) result.data)[i] = (uint8_t) digit;
	}
	return result;
}

/* the order of each curve (SEC 2 section 2.4, 2.5, 2.6) */
static const struct
{
	GauthAlgorithm algorithm;
	size_t		size;
	const char *order;
}			curves[] = {

	{GAUTH_ES256, 32, "ffffffff00000000ffffffffffffffff"
	"bce6faada7179e84f3b9cac2fc632551"},
	{GAUTH_ES384, 48, "ffffffffffffffffffffffffffffffffffffffffffffffff"
	"c7634d81f4372ddf581a0db248b0a77aecec196accc52973"},
	{GAUTH_ES512, 66, "01ff"
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	"fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"},
};

#define CURVE_COUNT		(sizeof(curves) / sizeof(curves[0]))

/* row 8: r and s that no signature has; row 10: the other s of the same */
static void
test_ecdsa_numbers(void)
{
	size_t		i;
	size_t		j;

	for (i = 0; i < CURVE_COUNT; i++)
	{
		GauthAlgorithm algorithm = curves[i].algorithm;
		size_t		size = curves[i].size;
		GauthSpan	good = signature_of(algorithm);
		GauthSpan	order = from_hex(&lasting, gauth_span_of(curves[i].order));
		GauthSpan	r = gauth_span_slice(good, 0, size);
		GauthSpan	s = gauth_span_slice(good, size, size);
		GauthSpan	numbers[] = {
			zeros(size), number_of(size, 1), number_of(size, 2), order,
			subtract(order, number_of(size, 1)),
			repeat(GAUTH_SPAN("\377"), size), r, s
		};

		CHECK(order.len == size);
		for (j = 0; j < 64; j++)
		{
			if (j != 6 * 8 + 7)
				try_signature(8, algorithm, JOIN(numbers[j / 8], numbers[j % 8]),
							  GAUTH_SIGNATURE_INVALID, "r and s out of range");
		}
		try_signature(10, algorithm, good, GAUTH_OK, "control");
		try_signature(10, algorithm, JOIN(r, subtract(order, s)), GAUTH_OK,
					  "control, the other s: a token is not known by its text");
	}
}

static GauthSpan
der_integer(GauthSpan number)
{
	uint8_t		head[2] = {0x02};

	while (number.len > 1 && number.data[0] == 0)
		number = gauth_span_slice(number, 1, number.len - 1);
	if ((uint8_t) number.data[0] > 127)
		number = JOIN(zeros(1), number);
	head[1] = (uint8_t) number.len;
	return JOIN(gauth_span(head, 2), number);
}

/* row 9: r and s as DER writes them, and every other length */
static void
test_ecdsa_form(void)
{
	size_t		i;
	size_t		len;

	for (i = 0; i < CURVE_COUNT; i++)
	{
		GauthAlgorithm algorithm = curves[i].algorithm;
		size_t		size = curves[i].size;
		GauthSpan	good = signature_of(algorithm);
		GauthSpan	r = gauth_span_slice(good, 0, size);
		GauthSpan	s = gauth_span_slice(good, size, size);
		GauthSpan	content = JOIN(der_integer(r), der_integer(s));
		uint8_t		head[3] = {0x30, 0x81};
		size_t		head_size = content.len > 127 ? 3 : 2;

		head[head_size - 1] = (uint8_t) content.len;
		try_signature(9, algorithm, JOIN(gauth_span(head, head_size), content),
					  GAUTH_SIGNATURE_INVALID, "DER");
		try_signature(9, algorithm, JOIN(zeros(1), r, zeros(1), s),
					  GAUTH_SIGNATURE_INVALID, "a zero before r and s");
		try_signature(9, algorithm, JOIN(good, good), GAUTH_SIGNATURE_INVALID,
					  "twice");
		for (len = 1; len < 2 * size + 40; len++)
		{
			GauthSpan	padded = JOIN(good, zeros(40));

			try_signature(9, algorithm, gauth_span_slice(padded, 0, len),
						  len == 2 * size ? GAUTH_OK : GAUTH_SIGNATURE_INVALID,
						  "another length");
		}
	}
}

/* rows 10 and 12: S + L is the same number to a careless verifier */
static void
test_ed25519(void)
{
	GauthSpan	good = signature_of(GAUTH_EDDSA);
	GauthSpan	order = from_hex(&lasting,
								 GAUTH_SPAN("edd3f55c1a631258d69cf7a2def9de14"
											"00000000000000000000000000000010"));
	GauthSpan	added;
	uint8_t    *bytes;
	int			carry = 0;
	size_t		i;

	CHECK(gauth_arena_copy(&lasting, good, &added));
	bytes = (uint8_t *) added.data;
	for (i = 0; i < 32; i++)
	{
		carry += bytes[32 + i] + (uint8_t) order.data[i];
		bytes[32 + i] = (uint8_t) carry;
		carry >>= 8;
	}
	try_signature(10, GAUTH_EDDSA, good, GAUTH_OK, "control");
	try_signature(10, GAUTH_EDDSA, added, GAUTH_SIGNATURE_INVALID, "S + L");
	try_signature(10, GAUTH_EDDSA, zeros(64), GAUTH_SIGNATURE_INVALID, "zeros");
	try_signature(12, GAUTH_EDDSA, JOIN(number_of(1, 1), zeros(63)),
				  GAUTH_SIGNATURE_INVALID, "the neutral point, S zero");
	for (i = 0; i < 64; i++)
		try_signature(12, GAUTH_EDDSA, gauth_span_slice(good, 0, i),
					  i == 0 ? GAUTH_TOKEN_MALFORMED : GAUTH_SIGNATURE_INVALID,
					  "cut");
}

/* padded^d mod n, as long as n */
static GauthSpan
power(GauthSpan padded)
{
	const GauthKeyMaterial *key = &materials[GAUTH_RS256];
	BIGNUM	   *base = BN_bin2bn((const uint8_t *) padded.data,
								 (int) padded.len, NULL);
	BIGNUM	   *n = BN_bin2bn((const uint8_t *) key->n.data,
							  (int) key->n.len, NULL);
	BIGNUM	   *d = BN_bin2bn((const uint8_t *) key->d.data,
							  (int) key->d.len, NULL);
	BIGNUM	   *result = BN_new();
	BN_CTX	   *work = BN_CTX_new();
	uint8_t		bytes[256];

	if (!BN_mod_exp(result, base, d, n, work) ||
		BN_bn2binpad(result, bytes, sizeof(bytes)) < 0)
		abort();
	BN_free(base);
	BN_free(n);
	BN_free(d);
	BN_free(result);
	BN_CTX_free(work);
	return JOIN(gauth_span(bytes, sizeof(bytes)));
}

static GauthSpan
hash(const EVP_MD *md, GauthSpan text)
{
	uint8_t		digest[EVP_MAX_MD_SIZE];
	unsigned	size;

	if (EVP_Digest(text.data, text.len, digest, &size, md, NULL) != 1)
		abort();
	return JOIN(gauth_span(digest, size));
}

/* 00 01 FF .. FF 00, then this, as long as the modulus; 0 fills it up */
static GauthSpan
pad(size_t filling, GauthSpan content)
{
	if (filling == 0)
		filling = 253 - content.len;
	return JOIN(GAUTH_SPAN("\0\1"), repeat(GAUTH_SPAN("\377"), filling),
				zeros(1), content);
}

#define SHA256_INFO	"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01" \
	"\x05\x00\x04\x20"

/* row 13: what stands where hash and algorithm should */
static void
test_rsa_padding(void)
{
	GauthSpan	input = input_of(GAUTH_RS256, 0);
	GauthSpan	digest = hash(EVP_sha256(), input);
	GauthSpan	info = JOIN(GAUTH_SPAN(SHA256_INFO), digest);
	GauthSpan	ones = repeat(GAUTH_SPAN("\377"), 202);
	const struct
	{
		const char *what;
		GauthSpan	padded;
	}			forged[] = {
		{"hash of SHA-1", pad(0, JOIN(GAUTH_SPAN("\x30\x21\x30\x09\x06\x05\x2b"
												 "\x0e\x03\x02\x1a\x05\0\x04\x14"),
									  hash(EVP_sha1(), input)))},
		{"SHA-512 said", pad(0, JOIN(GAUTH_SPAN("\x30\x31\x30\x0d\x06\x09\x60\x86"
												"\x48\x01\x65\x03\x04\x02\x03\x05"
												"\0\x04\x20"), digest))},
		{"no parameters", pad(0, JOIN(GAUTH_SPAN("\x30\x2f\x30\x0b\x06\x09\x60"
												 "\x86\x48\x01\x65\x03\x04\x02"
												 "\x01\x04\x20"), digest))},
		{"a length in two bytes", pad(0, JOIN(GAUTH_SPAN("\x30\x81\x31\x30\x0d"
														 "\x06\x09\x60\x86\x48"
														 "\x01\x65\x03\x04\x02"
														 "\x01\x05\0\x04\x20"),
											  digest))},
		{"the hash alone", pad(0, digest)},
		{"text behind, filling short", pad(8, JOIN(info, zeros(194)))},
		{"text behind the hash", pad(0, JOIN(info, zeros(1)))},
		{"filling of zeros", JOIN(GAUTH_SPAN("\0\1"), zeros(203), info)},
		{"block type 0", JOIN(zeros(2), ones, zeros(1), info)},
		{"block type 2", JOIN(GAUTH_SPAN("\0\2"), ones, zeros(1), info)},
		{"no zero before the hash", JOIN(GAUTH_SPAN("\0\1"), ones,
										 GAUTH_SPAN("\377"), info)},
		{"another first byte", JOIN(GAUTH_SPAN("\1\1"), ones, zeros(1), info)},
	};
	size_t		i;

	CHECK(gauth_span_equal(power(pad(0, info)), signature_of(GAUTH_RS256)));
	try_signature(13, GAUTH_RS256, power(pad(0, info)), GAUTH_OK, "control");
	for (i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
		try_signature(13, GAUTH_RS256, power(forged[i].padded),
					  GAUTH_SIGNATURE_INVALID, forged[i].what);
}

/* a signature plus n, where that has no more bytes than n */
static void
test_rsa_plus_n(GauthAlgorithm algorithm)
{
	GauthSpan	n = materials[algorithm].n;
	int			number;
	unsigned	tried = 0;

	for (number = 1; number < 200 && tried < 3; number++)
	{
		GauthSpan	input = input_of(algorithm, number);
		GauthSpan	sum;
		GauthSpan	good = sign_text(signers[algorithm], input);
		int			carry = 0;
		size_t		i;

		CHECK(gauth_arena_copy(&lasting, good, &sum));
		for (i = n.len; i-- > 0;)
		{
			carry += (uint8_t) good.data[i] + (uint8_t) n.data[i];
			((uint8_t *) sum.data)[i] = (uint8_t) carry;
			carry >>= 8;
		}
		if (carry != 0)
			continue;
		tried++;
		(void) expect(13, verify_with(algorithm, attach(input, good)), GAUTH_OK,
					  "control");
		(void) expect(13, verify_with(algorithm, attach(input, sum)),
					  GAUTH_SIGNATURE_INVALID, "signature plus n");
	}
}

/* row 13: lengths, and numbers that are no signature */
static void
test_rsa_numbers(void)
{
	GauthAlgorithm each;

	for (each = GAUTH_RS256; each <= GAUTH_PS512; each++)
	{
		GauthSpan	good = signature_of(each);
		GauthSpan	n = materials[each].n;
		size_t		i;
		const struct
		{
			const char *what;
			GauthSpan	signature;
		}			forged[] = {
			{"one byte longer", JOIN(good, zeros(1))},
			{"one byte longer, in front", JOIN(zeros(1), good)},
			{"one byte shorter", gauth_span_slice(good, 0, good.len - 1)},
			{"without its first byte",
			gauth_span_slice(good, 1, good.len - 1)},
			{"one byte", gauth_span_slice(good, 0, 1)},
			{"zero", zeros(n.len)}, {"one", number_of(n.len, 1)},
			{"n", n}, {"n - 1", subtract(n, number_of(n.len, 1))},
			{"all ones", repeat(GAUTH_SPAN("\377"), n.len)},
			{"twice", JOIN(good, good)}
		};

		try_signature(13, each, good, GAUTH_OK, "control");
		for (i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
			try_signature(13, each, forged[i].signature,
						  GAUTH_SIGNATURE_INVALID, forged[i].what);
		test_rsa_plus_n(each);
	}
}

/* RFC 8017 appendix B.2.1 */
static GauthSpan
mgf1(const EVP_MD *md, GauthSpan seed, size_t size)
{
	GauthSpan	mask = {"", 0};
	uint8_t		counter;

	for (counter = 0; mask.len < size; counter++)
		mask = JOIN(mask, hash(md, JOIN(seed, zeros(3), gauth_span(&counter, 1))));
	return gauth_span_slice(mask, 0, size);
}

/* RFC 8017 section 9.1.1, with a salt and a mask of the caller's */
static GauthSpan
encode_pss(GauthSpan input, size_t salt_size, const EVP_MD *mask_md,
		   const char *trailer)
{
	GauthSpan	salt = repeat(GAUTH_SPAN("s"), salt_size);
	GauthSpan	digest = hash(EVP_sha256(),
							  JOIN(zeros(8), hash(EVP_sha256(), input), salt));
	GauthSpan	block = JOIN(zeros(256 - 34 - salt_size), number_of(1, 1), salt);
	GauthSpan	mask = mgf1(mask_md, digest, block.len);
	uint8_t    *bytes = (uint8_t *) block.data;
	size_t		i;

	for (i = 0; i < block.len; i++)
		bytes[i] ^= (uint8_t) mask.data[i];
	bytes[0] &= 0x7f;
	return JOIN(block, digest, gauth_span(trailer, 1));
}

/* row 14: a salt of another length, a mask of another hash */
static void
test_pss(void)
{
	static const size_t salts[] = {0, 1, 20, 31, 33, 48, 64, 221, 222};
	GauthSpan	input = input_of(GAUTH_PS256, 0);
	size_t		i;

	try_signature(14, GAUTH_PS256,
				  power(encode_pss(input, 32, EVP_sha256(), "\xbc")), GAUTH_OK,
				  "control");
	for (i = 0; i < sizeof(salts) / sizeof(salts[0]); i++)
		try_signature(14, GAUTH_PS256,
					  power(encode_pss(input, salts[i], EVP_sha256(), "\xbc")),
					  GAUTH_SIGNATURE_INVALID, "a salt of another length");
	try_signature(14, GAUTH_PS256,
				  power(encode_pss(input, 32, EVP_sha1(), "\xbc")),
				  GAUTH_SIGNATURE_INVALID, "mask of SHA-1");
	try_signature(14, GAUTH_PS256,
				  power(encode_pss(input, 32, EVP_sha512(), "\xbc")),
				  GAUTH_SIGNATURE_INVALID, "mask of SHA-512");
	try_signature(14, GAUTH_PS256,
				  power(encode_pss(input, 32, EVP_sha256(), "\xcc")),
				  GAUTH_SIGNATURE_INVALID, "another trailer");
}

/* row 25: one wrong byte anywhere, or a tag that is cut, is refused */
static void
test_tags(void)
{
	GauthSpan	good = signature_of(GAUTH_HS512);
	size_t		i;

	try_signature(25, GAUTH_HS512, good, GAUTH_OK, "control");
	for (i = 0; i < good.len; i++)
	{
		GauthSpan	wrong;

		CHECK(gauth_arena_copy(&lasting, good, &wrong));
		((uint8_t *) wrong.data)[i] ^= 1;
		try_signature(25, GAUTH_HS512, wrong, GAUTH_SIGNATURE_INVALID,
					  "one wrong byte");
		if (i > 0)
			try_signature(25, GAUTH_HS512, gauth_span_slice(good, 0, i),
						  GAUTH_SIGNATURE_INVALID, "a cut tag");
		CHECK(!gauth_secret_equal(good, wrong));
		CHECK(!gauth_secret_equal(good, gauth_span_slice(good, 0, i)));
	}
	CHECK(gauth_secret_equal(good, signature_of(GAUTH_HS512)));
	try_signature(25, GAUTH_HS512, JOIN(good, zeros(1)),
				  GAUTH_SIGNATURE_INVALID, "a longer tag");
}

int
main(void)
{
	begin_attacks();
	test_ecdsa_numbers();
	test_ecdsa_form();
	test_ed25519();
	test_rsa_padding();
	test_rsa_numbers();
	test_pss();
	test_tags();
	return finish_attacks("attacks_signatures");
}
