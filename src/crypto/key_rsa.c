/*
 * key_rsa.c
 *		Judging an RSA key (RFC 7518 section 6.3, RFC 8017 section 3).
 *
 * Primality is not tested: it would cost a hundred times what a verification
 * does, and whoever chose the primes knows them anyway.  Keys of more than
 * two primes are not supported.
 */
#include "crypto/internal.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#define EXPONENT_SIZE_MAX	8
#define ROCA_GENERATOR		65537

/* a missing number is NULL; the order is that of member_names */
enum
{
	N, E, D, P, Q, DP, DQ, QI, MEMBER_COUNT
};

static const char *const member_names[MEMBER_COUNT] = {
	"n", "e", "d", "p", "q", "dp", "dq", "qi"
};

static const char *const param_names[MEMBER_COUNT] = {
	OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	OSSL_PKEY_PARAM_RSA_COEFFICIENT1
};

/*
 * Some issuers write a zero byte in front of the modulus, which RFC 7518
 * section 6.3.1.1 warns of; the number is the same.
 */
static GauthSpan
strip_zeros(GauthSpan number)
{
	while (number.len > 0 && *number.data == 0)
		number = gauth_span_slice(number, 1, number.len - 1);
	return number;
}

static size_t
count_bits(GauthSpan number)
{
	uint8_t		first = number.len > 0 ? (uint8_t) *number.data : 0;
	size_t		bits = number.len * 8;

	if (first == 0)
		return 0;
	return bits - (size_t) (__builtin_clz(first) - 24);
}

static inline bool
is_odd(GauthSpan number)
{
	return number.len > 0 && (number.data[number.len - 1] & 1) == 1;
}

/*
 * Does every one of these primes see the modulus as a power of 65537?  So it
 * is for the keys of a chip whose primes can be found (CVE-2017-15361; Nemec
 * and others, "The Return of Coppersmith's Attack", 2017, section 2.3), and
 * for one in 240 million others.  The small primes left out say nothing: all
 * their residues are such powers.
 */
static bool
is_roca(const BIGNUM *n)
{
	static const uint8_t primes[] = {
		11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151,
		157
	};
	size_t		i;

	for (i = 0; i < sizeof(primes); i++)
	{
		uint32_t	prime = primes[i];
		uint32_t	residue = (uint32_t) BN_mod_word(n, prime);
		uint32_t	power = ROCA_GENERATOR % prime;

		while (power != residue && power != 1)
			power = power * (ROCA_GENERATOR % prime) % prime;
		if (power != residue)
			return false;
	}
	return true;
}

static GauthStatus
check_public(GauthSpan n, GauthSpan e, GauthError *err)
{
	size_t		bits = count_bits(n);

	if (!is_odd(n))
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "n");
	if (bits < GAUTH_RSA_BITS_MIN)
		return gauth_fail(err, GAUTH_KEY_WEAK, "n");
	if (bits > GAUTH_RSA_BITS_MAX)
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "n");

	if (!is_odd(e))
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "e");
	if (count_bits(e) < 2)
		return gauth_fail(err, GAUTH_KEY_WEAK, "e");
	if (e.len > EXPONENT_SIZE_MAX)
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "e");
	return GAUTH_OK;
}

/* RFC 7518 section 6.3.2: of the five beside "d", all or none */
static GauthStatus
check_presence(const GauthSpan members[MEMBER_COUNT], GauthError *err)
{
	bool		has_primes = members[P].len > 0;
	int			i;

	for (i = D; i < MEMBER_COUNT; i++)
	{
		if (members[i].len > members[N].len)
			return gauth_fail(err, GAUTH_KEY_MALFORMED, member_names[i]);
		if (i > D && (members[i].len > 0) != has_primes)
			return gauth_fail(err, GAUTH_KEY_MALFORMED, member_names[i]);
	}
	if (has_primes && members[D].len == 0)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "d");
	return GAUTH_OK;
}

static bool
read_numbers(const GauthSpan members[MEMBER_COUNT],
			 BIGNUM *numbers[MEMBER_COUNT])
{
	int			i;

	for (i = 0; i < MEMBER_COUNT; i++)
	{
		if (members[i].len == 0)
			continue;
		numbers[i] = BN_bin2bn((const uint8_t *) members[i].data,
							   (int) members[i].len, NULL);
		if (numbers[i] == NULL)
			return false;
		if (i >= D)
			BN_set_flags(numbers[i], BN_FLG_CONSTTIME);
	}
	return true;
}

/* n = p * q */
static GauthStatus
check_product(BIGNUM *const numbers[MEMBER_COUNT], BN_CTX *work,
			  GauthError *err)
{
	BIGNUM	   *product = BN_CTX_get(work);

	if (product == NULL || !BN_mul(product, numbers[P], numbers[Q], work))
		return gauth_library_fail(err, "RSA");
	if (BN_cmp(product, numbers[N]) != 0 || BN_is_one(numbers[P]) ||
		BN_is_one(numbers[Q]) || BN_cmp(numbers[P], numbers[Q]) == 0)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "p");
	return GAUTH_OK;
}

/* for one prime: exponent = d mod (prime - 1), the inverse of e there */
static GauthStatus
check_exponent(BIGNUM *const numbers[MEMBER_COUNT], int prime, int exponent,
			   BN_CTX *work, GauthError *err)
{
	BIGNUM	   *order = BN_CTX_get(work);
	BIGNUM	   *reduced = BN_CTX_get(work);
	BIGNUM	   *unit = BN_CTX_get(work);

	if (unit == NULL ||
		!BN_sub(order, numbers[prime], BN_value_one()) ||
		!BN_mod(reduced, numbers[D], order, work) ||
		!BN_mod_mul(unit, numbers[E], reduced, order, work))
		return gauth_library_fail(err, "RSA");
	if (!BN_is_one(unit))
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "d");
	if (BN_cmp(reduced, numbers[exponent]) != 0)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, member_names[exponent]);
	return GAUTH_OK;
}

/* qi = 1/q mod p */
static GauthStatus
check_coefficient(BIGNUM *const numbers[MEMBER_COUNT], BN_CTX *work,
				  GauthError *err)
{
	BIGNUM	   *unit = BN_CTX_get(work);

	if (unit == NULL ||
		!BN_mod_mul(unit, numbers[Q], numbers[QI], numbers[P], work))
		return gauth_library_fail(err, "RSA");
	if (!BN_is_one(unit) || BN_cmp(numbers[QI], numbers[P]) >= 0)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "qi");
	return GAUTH_OK;
}

/* without the primes: what e does to a number, d must undo */
static GauthStatus
check_undo(BIGNUM *const numbers[MEMBER_COUNT], BN_CTX *work, GauthError *err)
{
	BIGNUM	   *two = BN_CTX_get(work);
	BIGNUM	   *power = BN_CTX_get(work);
	BIGNUM	   *back = BN_CTX_get(work);

	if (back == NULL || !BN_set_word(two, 2) ||
		!BN_mod_exp(power, two, numbers[E], numbers[N], work) ||
		!BN_mod_exp(back, power, numbers[D], numbers[N], work))
		return gauth_library_fail(err, "RSA");
	if (BN_cmp(back, two) != 0)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "d");
	return GAUTH_OK;
}

static GauthStatus
check_private(BIGNUM *const numbers[MEMBER_COUNT], BN_CTX *work,
			  GauthError *err)
{
	GauthStatus status;

	if (BN_cmp(numbers[D], numbers[N]) >= 0)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "d");
	if (numbers[P] == NULL)
		return check_undo(numbers, work, err);

	status = check_product(numbers, work, err);
	if (status == GAUTH_OK)
		status = check_exponent(numbers, P, DP, work, err);
	if (status == GAUTH_OK)
		status = check_exponent(numbers, Q, DQ, work, err);
	if (status == GAUTH_OK)
		status = check_coefficient(numbers, work, err);
	return status;
}

static GauthStatus
import_numbers(BIGNUM *const numbers[MEMBER_COUNT], GauthKey *key,
			   GauthError *err)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	bool		done = builder != NULL;
	int			i;

	for (i = 0; i < MEMBER_COUNT && done; i++)
	{
		if (numbers[i] != NULL)
			done = OSSL_PARAM_BLD_push_BN(builder, param_names[i], numbers[i]);
	}
	done = done && gauth_key_import("RSA", builder, numbers[D] != NULL,
									&key->pair);
	OSSL_PARAM_BLD_free(builder);
	return done ? GAUTH_OK : gauth_library_fail(err, "RSA");
}

static GauthStatus
build_numbers(BIGNUM *const numbers[MEMBER_COUNT], GauthKey *key,
			  GauthError *err)
{
	BN_CTX	   *work;
	GauthStatus status;

	if (is_roca(numbers[N]))
		return gauth_fail(err, GAUTH_KEY_WEAK, "n");
	if (numbers[D] == NULL)
		return import_numbers(numbers, key, err);

	work = BN_CTX_secure_new();
	if (work == NULL)
		return gauth_library_fail(err, "RSA");
	BN_CTX_start(work);
	status = check_private(numbers, work, err);
	BN_CTX_end(work);
	BN_CTX_free(work);
	if (status != GAUTH_OK)
		return status;
	key->can_sign = true;
	return import_numbers(numbers, key, err);
}

/* padding and hash, once for the life of the context */
static bool
prepare(EVP_PKEY_CTX *context, const GauthKey *key)
{
	const EVP_MD *digest = key->crypto->digests[key->hash];

	if (!gauth_algorithm_traits(key->algorithm)->pss)
		return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
			EVP_PKEY_CTX_set_signature_md(context, digest) == 1;

	/* never "auto": RFC 7518 section 3.5 fixes the length of the salt */
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_signature_md(context, digest) == 1 &&
		EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static GauthStatus
build_contexts(GauthKey *key, GauthError *err)
{
	key->verify = EVP_PKEY_CTX_new_from_pkey(NULL, key->pair, NULL);
	if (key->verify == NULL || EVP_PKEY_verify_init(key->verify) != 1 ||
		!prepare(key->verify, key))
		return gauth_library_fail(err, "RSA");
	if (!key->can_sign)
		return GAUTH_OK;

	key->sign = EVP_PKEY_CTX_new_from_pkey(NULL, key->pair, NULL);
	if (key->sign == NULL || EVP_PKEY_sign_init(key->sign) != 1 ||
		!prepare(key->sign, key))
		return gauth_library_fail(err, "RSA");
	return GAUTH_OK;
}

/*
 * gauth_key_build_rsa
 *		An RSA key of 2048 to 8192 bits with an odd exponent of at most 64,
 *		not of the kind that CVE-2017-15361 breaks, and a private half, where
 *		given, that belongs to it.
 */
GauthStatus
gauth_key_build_rsa(const GauthKeyMaterial *material, GauthKey *key,
					GauthError *err)
{
	GauthSpan	members[MEMBER_COUNT] = {
		material->n, material->e, material->d, material->p,
		material->q, material->dp, material->dq, material->qi
	};
	BIGNUM	   *numbers[MEMBER_COUNT] = {NULL};
	GauthStatus status;
	int			i;

	for (i = 0; i < MEMBER_COUNT; i++)
		members[i] = strip_zeros(members[i]);
	status = check_public(members[N], members[E], err);
	if (status == GAUTH_OK)
		status = check_presence(members, err);
	if (status != GAUTH_OK)
		return status;

	if (read_numbers(members, numbers))
		status = build_numbers(numbers, key, err);
	else
		status = gauth_library_fail(err, "RSA");
	for (i = 0; i < MEMBER_COUNT; i++)
		BN_clear_free(numbers[i]);
	if (status != GAUTH_OK)
		return status;

	key->signature_size = members[N].len;
	return build_contexts(key, err);
}
