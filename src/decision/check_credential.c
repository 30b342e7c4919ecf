/*
 * check_credential.c
 *		CHK-01 and CHK-02: is the credential genuine, in force, and the
 *		agent's?
 */
#include "decision/check.h"

/* what kind of failure a status of the verification is */
static bool
is_about_status(GauthStatus status)
{
	return status == GAUTH_TOKEN_EXPIRED ||
		status == GAUTH_TOKEN_NOT_YET_VALID ||
		status == GAUTH_TOKEN_REVOKED ||
		status == GAUTH_AUDIENCE_REFUSED;
}

static void
fail_credential(GauthChecker *checker, const char *message)
{
	(void) gauth_check_fail(checker, GAUTH_CREDENTIAL_INVALID, message);
}

static void
check_version(GauthChecker *checker)
{
	const GauthEvidence *evidence = &checker->input->evidence;

	if (evidence->version.len > 0)
	{
		if (!gauth_schema_version_known(evidence->version))
			fail_credential(checker, "the schema version is not known");
		return;
	}
	/* the schema lets it out, the claims of a token do not */
	if (evidence->source == GAUTH_SOURCE_TOKEN)
		fail_credential(checker, "the token has no version");
}

/* a hash that was not compared proves nothing */
static bool
hash_is_good(const GauthChecker *checker, GauthTested tested, bool required)
{
	if (checker->input->evidence.source != GAUTH_SOURCE_TOKEN)
		required = false;
	return required ? tested == GAUTH_TESTED_GOOD : tested != GAUTH_TESTED_BAD;
}

/*
 * gauth_check_credential
 *		CHK-01: signature, version, checksum.
 *
 * What a trusted caller has verified, and our own record of a mandate, need
 * no signature; a checksum that is wrong is wrong there too.
 */
void
gauth_check_credential(GauthChecker *checker)
{
	const GauthEvidence *evidence = &checker->input->evidence;

	if (evidence->source == GAUTH_SOURCE_NONE || checker->credential == NULL)
	{
		fail_credential(checker, "there is no valid credential");
		return;
	}
	if (evidence->status != GAUTH_OK && !is_about_status(evidence->status))
		fail_credential(checker, "the credential did not verify");
	if (!hash_is_good(checker, evidence->signature, true))
		fail_credential(checker, "the signature is not valid");
	if (!hash_is_good(checker, evidence->checksum, true))
		fail_credential(checker, "the scope is not the one that was signed");
	if (!hash_is_good(checker, evidence->tools_hash,
					  checker->mode == GAUTH_MODE_STATEFUL) ||
		!hash_is_good(checker, evidence->platform_hash,
					  checker->mode == GAUTH_MODE_STATEFUL))
		fail_credential(checker,
						"the permissions are not the ones that were signed");
	check_version(checker);
}

static void
check_times(GauthChecker *checker)
{
	const GauthEvidence *evidence = &checker->input->evidence;
	int64_t		now = checker->input->now;

	if (evidence->status == GAUTH_TOKEN_EXPIRED ||
		(evidence->expires_at != GAUTH_ABSENT && evidence->expires_at <= now))
		(void) gauth_check_fail(checker, GAUTH_CREDENTIAL_EXPIRED,
								"the credential has expired");
	else if (evidence->expires_at == GAUTH_ABSENT &&
			 evidence->source == GAUTH_SOURCE_TOKEN)
		fail_credential(checker, "the token does not say when it expires");

	/* the registry has no code of its own for the two that follow */
	if (evidence->status == GAUTH_TOKEN_NOT_YET_VALID ||
		(evidence->not_before != GAUTH_ABSENT && evidence->not_before > now))
		fail_credential(checker, "the credential is not valid yet");
	if (evidence->status == GAUTH_TOKEN_REVOKED)
		(void) gauth_check_fail(checker, GAUTH_CREDENTIAL_REVOKED,
								"the token has been revoked");
}

static bool
is_for_us(const GauthChecker *checker)
{
	const GauthEvidence *evidence = &checker->input->evidence;
	const GauthNames *names = &checker->input->settings.audience;
	uint32_t	i;

	if (evidence->status == GAUTH_AUDIENCE_REFUSED)
		return false;
	if (!names->given || evidence->source != GAUTH_SOURCE_TOKEN)
		return true;
	for (i = 0; i < names->count; i++)
	{
		if (gauth_names_contain(&evidence->audience, names->items[i]))
			return true;
	}
	return false;
}

/* "what" is empty, or the same as the mandate has */
static bool
is_bound(GauthSpan what, GauthSpan mandates)
{
	return what.len == 0 || gauth_span_equal(what, mandates);
}

/*
 * Neither the token nor this place may belong to another customer or project
 * than the mandate does.
 */
static void
check_binding(GauthChecker *checker)
{
	const GauthEnforceSettings *settings = &checker->input->settings;
	const GauthEvidence *evidence = &checker->input->evidence;
	const GauthCredential *credential = checker->credential;
	GauthViolation *violation;

	if (!is_bound(evidence->customer, credential->customer) ||
		!is_bound(evidence->project, credential->project))
		fail_credential(checker,
						"the token and the mandate are of different projects");
	if ((!settings->customers.given ||
		 gauth_names_contain(&settings->customers, credential->customer)) &&
		(!settings->projects.given ||
		 gauth_names_contain(&settings->projects, credential->project)))
		return;
	violation = gauth_check_fail(checker, GAUTH_CREDENTIAL_INVALID,
								 "the mandate is not for this project");
	gauth_check_detail(checker, violation, "binding",
					   gauth_fact_word("project"));
}

/*
 * The agent that asks is the mandate's, or the one that succeeds it; a token
 * names that agent too.
 */
static void
check_agent(GauthChecker *checker)
{
	const GauthEvidence *evidence = &checker->input->evidence;
	GauthSpan	agent = checker->request->agent;
	GauthSpan	successor = checker->input->live.successor;
	bool		good = gauth_span_equal(agent, checker->credential->subject) ||
		(successor.len > 0 && gauth_span_equal(agent, successor));

	if (evidence->subject.len > 0 &&
		!gauth_span_equal(evidence->subject, agent))
		good = false;
	if (!good)
		(void) gauth_check_fail(checker, GAUTH_AGENT_MISMATCH,
								"the mandate is another agent's");
}

typedef struct Standing
{
	GauthViolationCode code;
	const char *message;
	const char *name;
} Standing;

/* the registry has no code for a draft and for what is suspended */
static const Standing standings[] = {
	[GAUTH_STANDING_DRAFT] = {GAUTH_CREDENTIAL_INVALID,
	"the mandate is not in force", "draft"},
	[GAUTH_STANDING_SUSPENDED] = {GAUTH_CREDENTIAL_REVOKED,
	"the mandate is suspended", "suspended"},
	[GAUTH_STANDING_REVOKED] = {GAUTH_CREDENTIAL_REVOKED,
	"the mandate has been revoked", "revoked"},
	[GAUTH_STANDING_EXPIRED] = {GAUTH_CREDENTIAL_EXPIRED,
	"the mandate has expired", "expired"},
	[GAUTH_STANDING_BUDGET_EXCEEDED] = {GAUTH_BUDGET_EXHAUSTED,
	"the mandate's budget is used up", "budget_exceeded"},
	[GAUTH_STANDING_SUPERSEDED] = {GAUTH_CREDENTIAL_SUPERSEDED,
	"another mandate has taken the place of this one", "superseded"},
};

static void
check_standing(GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;
	GauthStanding standing = live->standing;
	GauthViolation *violation;

	if (standing == GAUTH_STANDING_ACTIVE &&
		live->expires_at != GAUTH_ABSENT &&
		live->expires_at <= checker->input->now)
		standing = GAUTH_STANDING_EXPIRED;
	if (standing == GAUTH_STANDING_ACTIVE)
		return;
	violation = gauth_check_fail(checker, standings[standing].code,
								 standings[standing].message);
	gauth_check_detail(checker, violation, "status",
					   gauth_fact_word(standings[standing].name));
}

/*
 * gauth_check_status
 *		CHK-02: times, audience, agent, and the mandate's own state.
 *
 * The mode says when that state has to be known; where it is known it counts
 * in either mode.
 */
void
gauth_check_status(GauthChecker *checker)
{
	check_times(checker);
	if (!is_for_us(checker))
		fail_credential(checker, "the token is for somebody else");
	check_agent(checker);
	check_binding(checker);
	if (checker->input->live.known)
		check_standing(checker);
	else if (checker->mode == GAUTH_MODE_STATEFUL)
		fail_credential(checker, "the state of the mandate is not known");
}
