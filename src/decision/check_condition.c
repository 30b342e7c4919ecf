/*
 * check_condition.c
 *		CHK-17: the conditions under which the mandate was granted.
 *
 * What fails here fails for this action; the mandate stays as it is.
 */
#include "decision/check.h"

/* what both the local and the attested score support */
static GauthTrust
find_effective_trust(const GauthEnforceInput *input)
{
	GauthTrust	local = input->local_trust;
	GauthTrust	cross = input->cross_trust;

	if (local == GAUTH_TRUST_ABSENT || cross == GAUTH_TRUST_ABSENT)
		return GAUTH_TRUST_UNTRUSTED;
	return local < cross ? local : cross;
}

/* section 9.2 asks for these three in every violation of this check */
static void
fail_condition(GauthChecker *checker, GauthViolationCode code,
			   const char *message)
{
	GauthViolation *violation = gauth_check_fail(checker, code, message);
	GauthTrust	wanted = checker->credential->min_trust;
	GauthTrust	effective = find_effective_trust(checker->input);
	const char *mode = gauth_enforce_mode_name(checker->mode);

	gauth_check_detail(checker, violation, "effective_tier",
					   gauth_fact_word(gauth_trust_name(effective)));
	gauth_check_detail(checker, violation, "min_trust_class",
					   wanted == GAUTH_TRUST_ABSENT ? gauth_fact_word("")
					   : gauth_fact_word(gauth_trust_name(wanted)));
	gauth_check_detail(checker, violation, "mode", gauth_fact_word(mode));
}

static void
check_trust(GauthChecker *checker)
{
	const GauthEnforceInput *input = checker->input;

	if (input->local_trust == GAUTH_TRUST_ABSENT ||
		input->cross_trust == GAUTH_TRUST_ABSENT)
		fail_condition(checker, GAUTH_REPUTATION_BELOW_GRANT_CONDITION,
					   "the agent's trust class is not known");
	else if (find_effective_trust(input) < checker->credential->min_trust)
		fail_condition(checker, GAUTH_REPUTATION_BELOW_GRANT_CONDITION,
					   "the agent's trust class is too low");
}

/*
 * Who reads the mandate's row at every decision learns of a revocation as
 * soon as there is one; who was told of its state does not.
 */
static void
check_continuity(GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;

	if (checker->mode == GAUTH_MODE_STATEFUL && live->known && live->own)
		return;
	fail_condition(checker, GAUTH_CONTINUOUS_VERIFICATION_NOT_SATISFIED,
				   "the mandate cannot be verified continuously");
}

/*
 * gauth_check_condition
 *		CHK-17.
 */
void
gauth_check_condition(GauthChecker *checker)
{
	const GauthCredential *credential = checker->credential;
	bool		trust = credential->min_trust != GAUTH_TRUST_ABSENT;
	bool		continuous =
		credential->continuous_verification == GAUTH_FLAG_TRUE;

	if (!trust && !continuous)
	{
		gauth_check_skip(checker, "the mandate has no conditions");
		return;
	}
	if (trust)
		check_trust(checker);
	if (continuous)
		check_continuity(checker);
}
