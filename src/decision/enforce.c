/*
 * enforce.c
 *		The pipeline of RFC 0117 section 9: all checks, one decision.
 *
 * Every check is made, whatever those before it said, so that the answer is
 * complete.  No check looks at what another one found, but for the delegation,
 * which says with which powers the narrowed ones are made once more.  That the
 * text wants the grant conditions judged before the scope therefore makes no
 * difference; they are reported where the diagram has them.
 */
#include "decision/enforce.h"

#include "decision/check.h"

typedef struct CheckEntry
{
	GauthCheck	check;
	const char *id;
	const char *delegated_id;	/* NULL: a delegation does not narrow it */
	const char *name;
} CheckEntry;

static const CheckEntry checks[GAUTH_CHECK_COUNT] = {
	[GAUTH_CHECK_CREDENTIAL] = {gauth_check_credential, "CHK-01", NULL,
	"Credential Integrity"},
	[GAUTH_CHECK_STATUS] = {gauth_check_status, "CHK-02", NULL,
	"Temporal & Status Validity"},
	[GAUTH_CHECK_PROFILE] = {gauth_check_profile, "CHK-03", NULL,
	"Governance Profile Ceiling"},
	[GAUTH_CHECK_PHASE] = {gauth_check_phase, "CHK-04", NULL, "Phase"},
	[GAUTH_CHECK_SECTOR] = {gauth_check_sector, "CHK-05",
	"CHK-05-DELEGATED", "Sector"},
	[GAUTH_CHECK_REGION] = {gauth_check_region, "CHK-06",
	"CHK-06-DELEGATED", "Region"},
	[GAUTH_CHECK_PATH] = {gauth_check_path, "CHK-07", "CHK-07-DELEGATED",
	"Path Validation"},
	[GAUTH_CHECK_VERB] = {gauth_check_verb, "CHK-08", "CHK-08-DELEGATED",
	"Verb Permission"},
	[GAUTH_CHECK_CONSTRAINT] = {gauth_check_constraint, "CHK-09",
	"CHK-09-DELEGATED", "Verb Constraints"},
	[GAUTH_CHECK_PLATFORM] = {gauth_check_platform, "CHK-10",
	"CHK-10-DELEGATED", "Platform Permissions"},
	[GAUTH_CHECK_TRANSACTION] = {gauth_check_transaction, "CHK-11",
	"CHK-11-DELEGATED", "Transaction Type & Matrix"},
	[GAUTH_CHECK_DECISION] = {gauth_check_decision, "CHK-12",
	"CHK-12-DELEGATED", "Decision Type"},
	[GAUTH_CHECK_BUDGET] = {gauth_check_budget, "CHK-13", NULL, "Budget"},
	[GAUTH_CHECK_SESSION] = {gauth_check_session, "CHK-14", NULL,
	"Session Limits"},
	[GAUTH_CHECK_APPROVAL] = {gauth_check_approval, "CHK-15", NULL,
	"Approval"},
	[GAUTH_CHECK_DELEGATION] = {gauth_check_delegation, "CHK-16", NULL,
	"Delegation Chain"},
	[GAUTH_CHECK_CONDITION] = {gauth_check_condition, "CHK-17", NULL,
	"Grant Conditions"},
};

/*
 * gauth_enforce_mode
 *		Which mode the rules of section 10.4 demand; nobody else chooses it.
 *
 * Where the verbs are not at hand, a hash of them is not enough to decide.
 */
GauthEnforceMode
gauth_enforce_mode(const GauthEnforceInput *input)
{
	const GauthEnforceRequest *request = input->request;
	const GauthCredential *credential = input->credential;

	if (credential == NULL)
		return GAUTH_MODE_STATEFUL;
	if (request->action.kind != GAUTH_ACTION_READ ||
		credential->powers.profile >= GAUTH_PROFILE_BEHOERDE ||
		credential->approval != GAUTH_APPROVAL_AUTONOMOUS ||
		credential->continuous_verification == GAUTH_FLAG_TRUE ||
		credential->delegation_count > 0 ||
		!credential->powers.verbs_given ||
		gauth_check_needs_approval(request, credential) ||
		gauth_enforce_cost(request, &credential->powers) != GAUTH_ABSENT)
		return GAUTH_MODE_STATEFUL;
	return GAUTH_MODE_STATELESS;
}

/* a finding of somebody else, as if the check had made it */
static void
add_finding(GauthChecker *checker, const GauthFinding *finding)
{
	GauthViolation *violation;

	violation = finding->severity == GAUTH_SEVERITY_ERROR
		? gauth_check_fail(checker, finding->code, finding->message)
		: gauth_check_warn(checker, finding->code, finding->message);
	if (violation != NULL)
		violation->details = finding->details;
}

static void
add_findings(GauthChecker *checker, GauthCheckId check)
{
	const GauthEnforceInput *input = checker->input;
	uint32_t	i;

	for (i = 0; i < input->finding_count; i++)
	{
		if (input->findings[i].check == check)
			add_finding(checker, &input->findings[i]);
	}
}

static void
make_check(GauthChecker *checker, GauthCheckId check, bool delegated)
{
	GauthEnforceDecision *decision = checker->decision;

	checker->outcome = &decision->outcomes[decision->outcome_count++];
	checker->outcome->check = check;
	checker->outcome->delegated = delegated;
	checker->outcome->result = GAUTH_CHECK_PASS;
	checker->outcome->detail = NULL;
	if (checker->credential == NULL && check != GAUTH_CHECK_CREDENTIAL)
		gauth_check_skip(checker, "there is no credential to look at");
	else
		checks[check].check(checker);
	if (!delegated)
		add_findings(checker, check);
}

/* section 11.3: once more, with what the delegation has left */
static void
make_narrowed_checks(GauthChecker *checker)
{
	int			check;

	if (checker->effective == NULL)
		return;
	checker->powers = checker->effective;
	for (check = GAUTH_CHECK_NARROWED_FIRST;
		 check <= GAUTH_CHECK_NARROWED_LAST; check++)
		make_check(checker, (GauthCheckId) check, true);
}

static bool
has_error(const GauthViolation *violation)
{
	for (; violation != NULL; violation = violation->next)
	{
		if (violation->severity == GAUTH_SEVERITY_ERROR)
			return true;
	}
	return false;
}

/* section 5.2 */
static void
rule(GauthEnforceDecision *decision)
{
	decision->ruling = GAUTH_RULING_PERMIT;
	if (decision->constraints != NULL)
		decision->ruling = GAUTH_RULING_CONSTRAIN;
	if (has_error(decision->violations))
	{
		decision->ruling = GAUTH_RULING_DENY;
		decision->constraints = NULL;
	}
}

static GauthChecker
begin(GauthArena *arena, const GauthEnforceInput *input,
	  GauthEnforceDecision *decision)
{
	GauthChecker checker = {.arena = arena,.input = input};

	decision->ruling = GAUTH_RULING_DENY;
	decision->mode = gauth_enforce_mode(input);
	decision->outcome_count = 0;
	decision->violations = NULL;
	decision->constraints = NULL;

	checker.request = input->request;
	checker.credential = input->credential;
	checker.mode = decision->mode;
	checker.decision = decision;
	checker.next_violation = &decision->violations;
	checker.next_constraint = &decision->constraints;
	if (input->credential != NULL)
		checker.powers = &input->credential->powers;
	return checker;
}

/*
 * gauth_enforce
 *		Decide about one request.
 *
 * The decision points into the input and the arena.  Anything but GAUTH_OK is
 * a denial: there is no decision then.
 */
GauthStatus
gauth_enforce(GauthArena *arena, const GauthEnforceInput *input,
			  GauthEnforceDecision *decision)
{
	GauthChecker checker = begin(arena, input, decision);
	int			check;

	for (check = 0; check < GAUTH_CHECK_COUNT; check++)
		make_check(&checker, (GauthCheckId) check, false);
	make_narrowed_checks(&checker);
	if (checker.failed)
		return GAUTH_OUT_OF_MEMORY;
	rule(decision);
	return GAUTH_OK;
}

/*
 * gauth_enforce_credential
 *		The same of the credential alone: is it genuine, and in force?
 */
GauthStatus
gauth_enforce_credential(GauthArena *arena, const GauthEnforceInput *input,
						 GauthEnforceDecision *decision)
{
	GauthChecker checker = begin(arena, input, decision);

	make_check(&checker, GAUTH_CHECK_CREDENTIAL, false);
	make_check(&checker, GAUTH_CHECK_STATUS, false);
	if (checker.failed)
		return GAUTH_OUT_OF_MEMORY;
	rule(decision);
	return GAUTH_OK;
}

/*
 * gauth_check_id
 *		How the answer calls a check.
 */
const char *
gauth_check_id(GauthCheckId check, bool delegated)
{
	return delegated ? checks[check].delegated_id : checks[check].id;
}

/*
 * gauth_check_name
 *		A check's name for people.
 */
const char *
gauth_check_name(GauthCheckId check)
{
	return checks[check].name;
}

/*
 * gauth_check_result_name
 *		A result as the answer has it.
 */
const char *
gauth_check_result_name(GauthCheckResult result)
{
	static const char *const names[] = {"pass", "fail", "skip", "constrain"};

	return names[result];
}

/*
 * gauth_violation_code_name
 *		A code as the registry of section 5.3 has it.
 */
const char *
gauth_violation_code_name(GauthViolationCode code)
{
	static const char *const names[GAUTH_VIOLATION_CODE_COUNT] = {
		"CREDENTIAL_INVALID", "CREDENTIAL_EXPIRED", "CREDENTIAL_REVOKED",
		"CREDENTIAL_SUPERSEDED", "AGENT_MISMATCH", "PROFILE_CEILING_EXCEEDED",
		"PHASE_MISMATCH", "SECTOR_MISMATCH", "REGION_MISMATCH", "PATH_DENIED",
		"PATH_NOT_ALLOWED", "VERB_NOT_ALLOWED", "CONSTRAINT_VIOLATED",
		"PLATFORM_PERMISSION_DENIED", "TRANSACTION_NOT_ALLOWED",
		"DECISION_NOT_ALLOWED", "BUDGET_EXCEEDED", "BUDGET_EXHAUSTED",
		"SESSION_LIMIT_EXCEEDED", "APPROVAL_REQUIRED",
		"DELEGATION_DEPTH_EXCEEDED", "DELEGATION_SCOPE_EXCEEDED",
		"REPUTATION_BELOW_GRANT_CONDITION",
		"CONTINUOUS_VERIFICATION_NOT_SATISFIED"
	};

	return names[code];
}

/*
 * gauth_ruling_name
 *		A decision as the answer has it.
 */
const char *
gauth_ruling_name(GauthRuling ruling)
{
	static const char *const names[] = {"PERMIT", "DENY", "CONSTRAIN"};

	return names[ruling];
}

/*
 * gauth_enforce_mode_name
 *		A mode as the answer has it.
 */
const char *
gauth_enforce_mode_name(GauthEnforceMode mode)
{
	return mode == GAUTH_MODE_STATEFUL ? "stateful" : "stateless";
}
