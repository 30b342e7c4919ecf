/*
 * ceiling.c
 *		The table of RFC 0118 section 9.2, and credentials against it.
 */
#include "poa/ceiling.h"

#include "poa/read.h"
#include "poa/verb.h"

static const GauthCeiling ceilings[GAUTH_PROFILE_COUNT] = {
	[GAUTH_PROFILE_MINIMAL] = {
		.targets = GAUTH_TARGET_DEV | GAUTH_TARGET_STAGING | GAUTH_TARGET_PROD,
		.auto_deploy = true,
		.database_write = true,
		.database_migrate = true,
		.database_production = true,
		.shell_mode = GAUTH_SHELL_ANY,
		.secrets_read = true,
		.secrets_create = true,
		.delegation_depth = GAUTH_ABSENT,
		.min_approval = GAUTH_APPROVAL_AUTONOMOUS,
		.max_session_minutes = GAUTH_ABSENT,
		.max_tool_calls = GAUTH_ABSENT,
		.max_lines_per_commit = GAUTH_ABSENT,
	},
	[GAUTH_PROFILE_STANDARD] = {
		.targets = GAUTH_TARGET_DEV | GAUTH_TARGET_STAGING,
		.database_write = true,
		.shell_mode = GAUTH_SHELL_DENYLIST,
		.secrets_read = true,
		.delegation_depth = 1,
		.min_approval = GAUTH_APPROVAL_SUPERVISED,
		.max_session_minutes = 240,
		.max_tool_calls = 500,
		.max_lines_per_commit = 500,
	},
	[GAUTH_PROFILE_STRICT] = {
		.targets = GAUTH_TARGET_STAGING,
		.database_write = true,
		.shell_mode = GAUTH_SHELL_ALLOWLIST,
		.verified_packages_only = true,
		.secrets_read = true,
		.delegation_depth = 1,
		.min_approval = GAUTH_APPROVAL_SUPERVISED,
		.max_session_minutes = 120,
		.max_tool_calls = 200,
		.max_lines_per_commit = 200,
	},
	[GAUTH_PROFILE_ENTERPRISE] = {
		.targets = GAUTH_TARGET_STAGING,
		.shell_mode = GAUTH_SHELL_ALLOWLIST,
		.verified_packages_only = true,
		.min_approval = GAUTH_APPROVAL_SUPERVISED,
		.max_session_minutes = 60,
		.max_tool_calls = 100,
		.max_lines_per_commit = 100,
	},
	[GAUTH_PROFILE_BEHOERDE] = {
		.targets = GAUTH_TARGET_STAGING,
		.shell_mode = GAUTH_SHELL_ALLOWLIST,
		.verified_packages_only = true,
		.min_approval = GAUTH_APPROVAL_FOUR_EYES,
		.max_session_minutes = 30,
		.max_tool_calls = 100,
		.max_lines_per_commit = 100,
	},
};

/*
 * gauth_ceiling_of
 *		The ceiling of a profile.
 */
const GauthCeiling *
gauth_ceiling_of(GauthProfile profile)
{
	return &ceilings[profile];
}

/*
 * gauth_ceiling_limit
 *		What limits in the end; GAUTH_ABSENT if nothing does.
 */
int64_t
gauth_ceiling_limit(int64_t ceiling, int64_t said)
{
	if (said == GAUTH_ABSENT)
		return ceiling;
	return ceiling == GAUTH_ABSENT || said < ceiling ? said : ceiling;
}

static void
exceed(GauthProblems *problems, const char *place, const char *rule)
{
	gauth_problem_add(problems, GAUTH_CODE_CEILING, gauth_span_of(place),
					  rule);
}

static void
check_flag(GauthProblems *problems, bool ceiling, GauthFlag flag,
		   const char *place)
{
	if (flag == GAUTH_FLAG_TRUE && !ceiling)
		exceed(problems, place, "the profile does not allow this");
}

static void
check_limit(GauthProblems *problems, int64_t ceiling, int64_t said,
			const char *place)
{
	if (ceiling != GAUTH_ABSENT && said > ceiling)
		exceed(problems, place, "is more than the profile allows");
}

#define PLATFORM	"scope.platform_permissions."

static void
check_platform(const GauthCeiling *ceiling, const GauthPlatform *platform,
			   GauthProblems *problems)
{
	if ((platform->targets & ~ceiling->targets) != 0)
		exceed(problems, PLATFORM "deployment.targets",
			   "the profile does not allow one of the targets");
	check_flag(problems, ceiling->auto_deploy, platform->auto_deploy,
			   PLATFORM "deployment.auto_deploy");
	check_flag(problems, ceiling->database_write, platform->database_write,
			   PLATFORM "database.write");
	check_flag(problems, ceiling->database_migrate,
			   platform->database_migrate, PLATFORM "database.migrate");
	check_flag(problems, ceiling->database_production,
			   platform->database_production,
			   PLATFORM "database.production_access");
	if (platform->shell_mode < ceiling->shell_mode)
		exceed(problems, PLATFORM "shell.mode",
			   "the profile demands a stricter mode");
	if (ceiling->verified_packages_only &&
		platform->packages_verified_only == GAUTH_FLAG_FALSE)
		exceed(problems, PLATFORM "packages.verified_only",
			   "the profile demands this");
	check_flag(problems, ceiling->secrets_read, platform->secrets_read,
			   PLATFORM "secrets.read");
	check_flag(problems, ceiling->secrets_create, platform->secrets_create,
			   PLATFORM "secrets.create");
}

/* a chain that exists, and links that the verbs would allow */
static void
check_delegation(const GauthCeiling *ceiling,
				 const GauthCredential *credential, GauthProblems *problems)
{
	GauthReader reader = {problems->arena, problems};
	GauthField	scope = gauth_field_root(GAUTH_SPAN("scope"), NULL);
	GauthField	verbs = gauth_field_get(&scope, "core_verbs");
	uint32_t	i;

	check_limit(problems, ceiling->delegation_depth,
				credential->delegation_count, "delegation_chain");
	if (ceiling->delegation_depth == GAUTH_ABSENT)
		return;
	for (i = 0; i < credential->powers.verb_count; i++)
	{
		const GauthVerb *verb = &credential->powers.verbs[i];
		GauthJson	named = {.name = verb->name};
		GauthField	field = gauth_field_member(&verbs, &named);

		if (!verb->allowed)
			continue;
		if (verb->max_delegation_depth > ceiling->delegation_depth ||
			(ceiling->delegation_depth == 0 &&
			 gauth_verb_delegates(verb->name)))
			gauth_read_problem(&reader, &field, GAUTH_CODE_CEILING,
							   "delegates more than the profile allows");
	}
}

/*
 * gauth_ceiling_check
 *		The fourteen attributes, each on its own.
 */
void
gauth_ceiling_check(const GauthCeiling *ceiling,
					const GauthCredential *credential,
					GauthProblems *problems)
{
	check_platform(ceiling, &credential->powers.platform, problems);
	check_delegation(ceiling, credential, problems);
	if (credential->approval_given &&
		credential->approval < ceiling->min_approval)
		exceed(problems, "requirements.approval_mode",
			   "the profile demands more approval");
	check_limit(problems, ceiling->max_session_minutes,
				credential->max_session_minutes,
				"requirements.session_limits.max_session_duration_minutes");
	check_limit(problems, ceiling->max_tool_calls, credential->max_tool_calls,
				"requirements.session_limits.max_tool_calls");
	check_limit(problems, ceiling->max_lines_per_commit,
				credential->max_lines_per_commit,
				"requirements.session_limits.max_lines_per_commit");
}
