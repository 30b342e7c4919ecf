/*
 * algorithm.c
 *		The table of signature algorithms, and the tables of the hashes and
 *		curves that they are made of.
 */
#include "crypto/algorithm.h"

#include "crypto/internal.h"

/* an initialiser, where GAUTH_SPAN is an expression */
#define NAME(literal)	{literal, sizeof(literal) - 1}

#define ROW_OCT(name, hash) \
	{NAME(name), GAUTH_KEY_OCT, GAUTH_CURVE_NONE, hash, false}
#define ROW_RSA(name, hash, pss) \
	{NAME(name), GAUTH_KEY_RSA, GAUTH_CURVE_NONE, hash, pss}
#define ROW_EC(name, curve, hash) \
	{NAME(name), GAUTH_KEY_EC, curve, hash, false}

static const GauthAlgorithmTraits algorithms[GAUTH_ALGORITHM_COUNT] = {
	[GAUTH_HS256] = ROW_OCT("HS256", GAUTH_HASH_SHA256),
	[GAUTH_HS384] = ROW_OCT("HS384", GAUTH_HASH_SHA384),
	[GAUTH_HS512] = ROW_OCT("HS512", GAUTH_HASH_SHA512),
	[GAUTH_RS256] = ROW_RSA("RS256", GAUTH_HASH_SHA256, false),
	[GAUTH_RS384] = ROW_RSA("RS384", GAUTH_HASH_SHA384, false),
	[GAUTH_RS512] = ROW_RSA("RS512", GAUTH_HASH_SHA512, false),
	[GAUTH_PS256] = ROW_RSA("PS256", GAUTH_HASH_SHA256, true),
	[GAUTH_PS384] = ROW_RSA("PS384", GAUTH_HASH_SHA384, true),
	[GAUTH_PS512] = ROW_RSA("PS512", GAUTH_HASH_SHA512, true),
	[GAUTH_ES256] = ROW_EC("ES256", GAUTH_P256, GAUTH_HASH_SHA256),
	[GAUTH_ES384] = ROW_EC("ES384", GAUTH_P384, GAUTH_HASH_SHA384),
	[GAUTH_ES512] = ROW_EC("ES512", GAUTH_P521, GAUTH_HASH_SHA512),
	[GAUTH_EDDSA] = {NAME("EdDSA"), GAUTH_KEY_OKP, GAUTH_ED25519,
	GAUTH_HASH_SHA512, false},
};

static const GauthHashTraits hashes[GAUTH_HASH_COUNT] = {
	[GAUTH_HASH_SHA256] = {"SHA256", GAUTH_SHA256_SIZE},
	[GAUTH_HASH_SHA384] = {"SHA384", GAUTH_SHA384_SIZE},
	[GAUTH_HASH_SHA512] = {"SHA512", GAUTH_SHA512_SIZE},
};

static const GauthCurveTraits curves[] = {
	[GAUTH_P256] = {"P-256", 32},
	[GAUTH_P384] = {"P-384", 48},
	[GAUTH_P521] = {"P-521", 66},
};

/*
 * gauth_algorithm_traits
 *		What an algorithm is made of; NULL for what is none.
 */
const GauthAlgorithmTraits *
gauth_algorithm_traits(GauthAlgorithm algorithm)
{
	if (algorithm <= GAUTH_ALGORITHM_NONE ||
		algorithm >= GAUTH_ALGORITHM_COUNT)
		return NULL;
	return &algorithms[algorithm];
}

/*
 * gauth_curve_traits
 *		A curve of ECDSA; the caller knows that it is one.
 */
const GauthCurveTraits *
gauth_curve_traits(GauthCurve curve)
{
	return &curves[curve];
}

/*
 * gauth_hash_traits
 *		The name and the size of a hash.
 */
const GauthHashTraits *
gauth_hash_traits(GauthHash hash)
{
	return &hashes[hash];
}

/*
 * gauth_algorithm_from_name
 *		The algorithm that a header's "alg" names, or GAUTH_ALGORITHM_NONE.
 *
 * Exact bytes: names are case-sensitive (RFC 7515 section 4.1.1).  "EdDSA"
 * (RFC 8037) and "Ed25519" (RFC 9864 section 2.2) are the same algorithm
 * here, because Ed448 is not offered.
 */
GauthAlgorithm
gauth_algorithm_from_name(GauthSpan name)
{
	GauthAlgorithm each;

	for (each = GAUTH_HS256; each < GAUTH_ALGORITHM_COUNT; each++)
	{
		if (gauth_span_equal(name, algorithms[each].name))
			return each;
	}
	if (gauth_span_equal(name, GAUTH_SPAN("Ed25519")))
		return GAUTH_EDDSA;
	return GAUTH_ALGORITHM_NONE;
}

/*
 * gauth_algorithm_name
 *		The name of RFC 7518 or RFC 8037; NULL for GAUTH_ALGORITHM_NONE.
 */
const char *
gauth_algorithm_name(GauthAlgorithm algorithm)
{
	const GauthAlgorithmTraits *traits = gauth_algorithm_traits(algorithm);

	return traits == NULL ? NULL : traits->name.data;
}

/*
 * gauth_algorithm_fits
 *		Is a key of this type, on this curve, a key for the algorithm?
 *
 * "curve" is GAUTH_CURVE_NONE for RSA and oct.  ECDSA is bound to one curve
 * per algorithm (RFC 7518 section 3.4).
 */
bool
gauth_algorithm_fits(GauthAlgorithm algorithm, GauthKeyType type,
					 GauthCurve curve)
{
	const GauthAlgorithmTraits *traits = gauth_algorithm_traits(algorithm);

	return traits != NULL && traits->type == type && traits->curve == curve;
}

/*
 * gauth_algorithm_default
 *		The algorithm of a key that names none: RS256, HS256, or the one that
 *		its curve has; GAUTH_ALGORITHM_NONE for what is no key.
 */
GauthAlgorithm
gauth_algorithm_default(GauthKeyType type, GauthCurve curve)
{
	GauthAlgorithm each;

	for (each = GAUTH_HS256; each < GAUTH_ALGORITHM_COUNT; each++)
	{
		if (gauth_algorithm_fits(each, type, curve))
			return each;
	}
	return GAUTH_ALGORITHM_NONE;
}
