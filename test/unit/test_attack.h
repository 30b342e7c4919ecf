/*
 * test_attack.h
 *		What the attack tests share: a case belongs to a row of the list of
 *		attacks on JWTs that reference and review go by, and a program says
 *		for each row how many forgeries it tried and how many controls, tokens
 *		that look alike and are good, it saw verify.
 */
#ifndef GAUTH_UNIT_TEST_ATTACK_H
#define GAUTH_UNIT_TEST_ATTACK_H

#include "test_token.h"

#define ROW_MAX		29

static unsigned refused_count[ROW_MAX + 1];
static unsigned control_count[ROW_MAX + 1];

/* "expected" is GAUTH_OK for a control */
UNIT_MAYBE_UNUSED static bool
expect(int row, GauthStatus status, GauthStatus expected, const char *what)
{
	if (expected == GAUTH_OK)
		control_count[row]++;
	else
		refused_count[row]++;
	if (CHECK(status == expected))
		return true;
	printf("row %d: %s: %s instead of %s\n", row, what,
		   gauth_status_name(status), gauth_status_name(expected));
	return false;
}

/* refused for whatever reason, but before the signature had verified */
UNIT_MAYBE_UNUSED static void
expect_refused(int row, GauthStatus status, const char *what)
{
	refused_count[row]++;
	if (!CHECK(gauth_status_is_before_signature(status)))
		printf("row %d: %s: %s\n", row, what, gauth_status_name(status));
}

UNIT_MAYBE_UNUSED static void
report_rows(void)
{
	int			row;

	for (row = 1; row <= ROW_MAX; row++)
	{
		if (refused_count[row] + control_count[row] > 0)
			printf("row %d: %u refused, %u controls\n", row,
				   refused_count[row], control_count[row]);
	}
}

#define ISSUER		"https://issuer.example"
#define NOW			1000000

/* a token for rules_of: good where nothing is said */
#define GOOD_HEADER		"{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define CLAIMS(members) \
	"{\"iss\":\"" ISSUER "\",\"sub\":\"u\",\"aud\":\"api\"," members "}"
#define GOOD_PAYLOAD	CLAIMS("\"iat\":999990,\"exp\":1000600")

static const GauthSpan issuer_name = TEXT(ISSUER);
static const GauthSpan audience_name = TEXT("api");

UNIT_MAYBE_UNUSED static GauthJwtRules
make_rules(void)
{
	return (GauthJwtRules)
	{
		.claims =
		{
			.now = NOW,.max_lifetime = 86400,.issuer = &issuer_name,
				.audiences = &audience_name,.audience_count = 1
		}
	};
}

/*
 * For attacks on keys and signatures: one key for each algorithm.  The RSA
 * ones are the same numbers, and so are the secrets of HMAC.
 */
UNIT_MAYBE_UNUSED static GauthKeyMaterial materials[GAUTH_ALGORITHM_COUNT];
static GauthKey *signers[GAUTH_ALGORITHM_COUNT];
static GauthJwtRules rules;

UNIT_MAYBE_UNUSED static void
begin_attacks(void)
{
	GauthAlgorithm each;

	begin_token();
	rules = make_rules();
	materials[GAUTH_HS256] = generate(GAUTH_HS512);
	materials[GAUTH_RS256] = generate(GAUTH_RS256);
	for (each = GAUTH_HS256; each < GAUTH_ALGORITHM_COUNT; each++)
	{
		if (each <= GAUTH_HS512)
			materials[each] = materials[GAUTH_HS256];
		else if (each <= GAUTH_PS512)
			materials[each] = materials[GAUTH_RS256];
		else
			materials[each] = generate(each);
		signers[each] = make_key(&materials[each], each);
	}
}

UNIT_MAYBE_UNUSED static int
finish_attacks(const char *name)
{
	GauthAlgorithm each;

	for (each = GAUTH_HS256; each < GAUTH_ALGORITHM_COUNT; each++)
		gauth_key_free(signers[each]);
	report_rows();
	return finish_token(name);
}

UNIT_MAYBE_UNUSED static GauthSpan
header_of(GauthAlgorithm algorithm)
{
	return format_text("{\"alg\":\"%s\"}", gauth_algorithm_name(algorithm));
}

/* with the key of an algorithm, and no other */
UNIT_MAYBE_UNUSED static GauthStatus
verify_with(GauthAlgorithm algorithm, GauthSpan token)
{
	GauthKeyEntry entry = {.key = signers[algorithm]};
	GauthKeySet keys = {.count = 1,.entries = &entry};

	return verify_token(token, &keys, &rules);
}

#endif							/* GAUTH_UNIT_TEST_ATTACK_H */
