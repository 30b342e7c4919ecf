/*
 * check_profile.c
 *		CHK-03 and CHK-04: what the governance profile allows at most, and what
 *		belongs into the phase.
 */
#include "decision/check.h"

/*
 * gauth_enforce_environment
 *		The GAUTH_TARGET_... that the action is aimed at; 0 when that is not
 *		one that is known.  What a deployment is aimed at may be its resource.
 */
unsigned
gauth_enforce_environment(const GauthEnforceRequest *request)
{
	static const struct
	{
		const char *name;
		unsigned	target;
	}			names[] = {
		{"dev", GAUTH_TARGET_DEV}, {"development", GAUTH_TARGET_DEV},
		{"staging", GAUTH_TARGET_STAGING}, {"stage", GAUTH_TARGET_STAGING},
		{"prod", GAUTH_TARGET_PROD}, {"production", GAUTH_TARGET_PROD}
	};
	GauthSpan	environment = request->environment;
	size_t		i;

	if (environment.len == 0 && request->action.kind == GAUTH_ACTION_DEPLOY)
		environment = request->resource;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		if (gauth_span_is(environment, names[i].name))
			return names[i].target;
	}
	return 0;
}

static void
exceed(GauthChecker *checker, const char *message, const char *attribute)
{
	GauthViolation *violation;

	violation = gauth_check_fail(checker, GAUTH_PROFILE_CEILING_EXCEEDED,
								 message);
	gauth_check_detail(checker, violation, "attribute",
					   gauth_fact_word(attribute));
}

static void
check_deployment(GauthChecker *checker)
{
	const GauthEnforceRequest *request = checker->request;
	const GauthCeiling *ceiling = checker->input->ceiling;

	if (request->auto_deploy == GAUTH_FLAG_TRUE && !ceiling->auto_deploy)
		exceed(checker, "the profile does not deploy by itself",
			   "auto_deploy");
	if (request->action.kind == GAUTH_ACTION_DEPLOY &&
		(gauth_enforce_environment(request) & ceiling->targets) == 0)
		exceed(checker, "the profile does not deploy there", "targets");
}

static void
check_database(GauthChecker *checker)
{
	const GauthEnforceRequest *request = checker->request;
	const GauthCeiling *ceiling = checker->input->ceiling;

	if (!gauth_action_touches(&request->action, GAUTH_RESOURCE_DATABASE))
		return;
	if (gauth_enforce_environment(request) == GAUTH_TARGET_PROD &&
		!ceiling->database_production)
		exceed(checker, "the profile does not reach production data",
			   "database_production");
	if (request->action.kind == GAUTH_ACTION_READ)
		return;
	if (!ceiling->database_write)
		exceed(checker, "the profile does not write to databases",
			   "database_write");
	if (request->action.migrates && !ceiling->database_migrate)
		exceed(checker, "the profile does not migrate databases",
			   "database_migrate");
}

static void
check_secrets(GauthChecker *checker)
{
	const GauthActionClass *action = &checker->request->action;
	const GauthCeiling *ceiling = checker->input->ceiling;

	if (!gauth_action_touches(action, GAUTH_RESOURCE_SECRET))
		return;
	if (action->kind == GAUTH_ACTION_READ
		? !ceiling->secrets_read : !ceiling->secrets_create)
		exceed(checker, "the profile does not handle secrets", "secrets");
}

/*
 * gauth_check_profile
 *		CHK-03.
 *
 * Both what is asked and what the mandate says are held against the profile:
 * a mandate that goes beyond its profile is not applied as far as it may.
 */
void
gauth_check_profile(GauthChecker *checker)
{
	const GauthCeiling *ceiling = checker->input->ceiling;
	GauthProblems problems;

	if (ceiling == NULL)
	{
		exceed(checker, "the profile is not known", "governance_profile");
		return;
	}
	gauth_problems_init(&problems, checker->arena);
	gauth_ceiling_check(ceiling, checker->credential, &problems);
	if (problems.failed)
		checker->failed = true;
	if (problems.count > 0)
		exceed(checker, "the mandate goes beyond its profile", "mandate");
	check_deployment(checker);
	check_database(checker);
	check_secrets(checker);
	if (checker->request->action.kind == GAUTH_ACTION_DELEGATE &&
		ceiling->delegation_depth == 0)
		exceed(checker, "the profile does not delegate", "delegation");
}

/*
 * gauth_check_phase
 *		CHK-04: planning only reads, building changes what is not in
 *		production, running does everything.
 */
void
gauth_check_phase(GauthChecker *checker)
{
	const GauthEnforceRequest *request = checker->request;
	GauthPhase	phase = checker->powers->phase;
	GauthPhase	least = GAUTH_PHASE_BUILD;
	GauthViolation *violation;

	if (request->action.kind == GAUTH_ACTION_READ)
		least = GAUTH_PHASE_PLAN;
	else if (request->action.kind == GAUTH_ACTION_DEPLOY ||
			 gauth_enforce_environment(request) == GAUTH_TARGET_PROD)
		least = GAUTH_PHASE_RUN;
	if (phase >= least)
		return;
	violation = gauth_check_fail(checker, GAUTH_PHASE_MISMATCH,
								 "the action belongs to a later phase");
	gauth_check_detail(checker, violation, "phase",
					   gauth_fact_word(gauth_phase_name(phase)));
	gauth_check_detail(checker, violation, "required",
					   gauth_fact_word(gauth_phase_name(least)));
}
