/*
 * test_enforce_checks.c
 *		Every check of RFC 0117 at its bounds.
 */
#include "test_enforce.h"

#define VERB(name)	"scope.core_verbs.urn:gauth:verb:core:" name "."
#define ACT(name)	"action.verb \"urn:gauth:verb:core:" name "\"\n"

/* --- CHK-01 and CHK-02 --- */

static void
signature_bad(Stage *stage)
{
	stage->input.evidence.signature = GAUTH_TESTED_BAD;
}

static void
signature_untested(Stage *stage)
{
	stage->input.evidence.signature = GAUTH_TESTED_NOT;
}

static void
verification_failed(Stage *stage)
{
	stage->input.evidence.status = GAUTH_CLAIM_INVALID;
}

static void
version_foreign(Stage *stage)
{
	stage->input.evidence.version = GAUTH_SPAN("0117.1");
}

static void
version_missing(Stage *stage)
{
	stage->input.evidence.version = gauth_span(NULL, 0);
}

static void
checksum_bad(Stage *stage)
{
	stage->input.evidence.checksum = GAUTH_TESTED_BAD;
}

static void
checksum_untested(Stage *stage)
{
	stage->input.evidence.checksum = GAUTH_TESTED_NOT;
}

static void
tools_bad(Stage *stage)
{
	stage->input.evidence.tools_hash = GAUTH_TESTED_BAD;
}

static void
platform_untested(Stage *stage)
{
	stage->input.evidence.platform_hash = GAUTH_TESTED_NOT;
}

static void
own_record(Stage *stage)
{
	memset(&stage->input.evidence, 0, sizeof(stage->input.evidence));
	stage->input.evidence.source = GAUTH_SOURCE_MANDATE;
	stage->input.evidence.not_before = GAUTH_ABSENT;
	stage->input.evidence.expires_at = GAUTH_ABSENT;
}

static void
ends_now(Stage *stage)
{
	stage->input.evidence.expires_at = NOW;
}

static void
ends_next(Stage *stage)
{
	stage->input.evidence.expires_at = NOW + 1;
}

static void
begins_now(Stage *stage)
{
	stage->input.evidence.not_before = NOW;
}

static void
begins_next(Stage *stage)
{
	stage->input.evidence.not_before = NOW + 1;
}

static void
never_ends(Stage *stage)
{
	stage->input.evidence.expires_at = GAUTH_ABSENT;
}

static void
verified_expired(Stage *stage)
{
	stage->input.evidence.status = GAUTH_TOKEN_EXPIRED;
}

static void
token_revoked(Stage *stage)
{
	stage->input.evidence.status = GAUTH_TOKEN_REVOKED;
}

static GauthSpan services[] = {{"pep.example", 11}, {"other.example", 13}};

static void
for_us(Stage *stage)
{
	stage->input.settings.audience = (GauthNames)
	{
		true, 1, services
	};
	stage->input.evidence.audience = (GauthNames)
	{
		true, 2, services
	};
}

static void
for_others(Stage *stage)
{
	stage->input.settings.audience = (GauthNames)
	{
		true, 1, services
	};
	stage->input.evidence.audience = (GauthNames)
	{
		true, 1, services + 1
	};
}

static void
other_subject(Stage *stage)
{
	stage->input.evidence.subject = GAUTH_SPAN("agent_2");
}

static void
successor(Stage *stage)
{
	stage->input.live.successor = GAUTH_SPAN("agent_2");
}

static GauthSpan names[] = {{"proj2", 5}, {"proj", 4}, {"cust", 4}};

static void
other_project(Stage *stage)
{
	stage->input.settings.projects = (GauthNames)
	{
		true, 1, names
	};
}

static void
same_project(Stage *stage)
{
	stage->input.settings.projects = (GauthNames)
	{
		true, 2, names
	};
	stage->input.settings.customers = (GauthNames)
	{
		true, 1, names + 2
	};
}

static void
other_customer(Stage *stage)
{
	stage->input.settings.customers = (GauthNames)
	{
		true, 2, names
	};
}

static void
token_of_other_project(Stage *stage)
{
	stage->input.evidence.project = GAUTH_SPAN("proj2");
}

static void
draft(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_DRAFT;
}

static void
suspended(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_SUSPENDED;
}

static void
revoked(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_REVOKED;
}

static void
expired(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_EXPIRED;
}

static void
spent(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_BUDGET_EXCEEDED;
}

static void
superseded(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_SUPERSEDED;
}

static void
mandate_ends_now(Stage *stage)
{
	stage->input.live.expires_at = NOW;
}

static void
state_unknown(Stage *stage)
{
	stage->input.live.known = false;
}

#define INVALID_01	"DENY CHK-01 CREDENTIAL_INVALID"
#define INVALID_02	"DENY CHK-02 CREDENTIAL_INVALID"

static const StageCase credential_cases[] = {
	{"D-12, D-13: signature", NULL, NULL, signature_bad, INVALID_01},
	{"D-13: not verified", NULL, NULL, signature_untested, INVALID_01},
	{"D-12: a claim", NULL, NULL, verification_failed, INVALID_01},
	{"D-13: version", NULL, NULL, version_foreign, INVALID_01},
	{"D-13: no version", NULL, NULL, version_missing, INVALID_01},
	{"D-13: checksum", NULL, NULL, checksum_bad, INVALID_01},
	{"D-13: no checksum", NULL, NULL, checksum_untested, INVALID_01},
	{"D-13: tools", NULL, NULL, tools_bad, INVALID_01},
	{"D-13: platform", NULL, NULL, platform_untested, INVALID_01},
	{"our own record", NULL, NULL, own_record, "PERMIT"},

	{"D-14: exp = now", NULL, NULL, ends_now,
	"DENY CHK-02 CREDENTIAL_EXPIRED"},
	{"D-14: exp = now + 1", NULL, NULL, ends_next, "PERMIT"},
	{"D-14: nbf = now", NULL, NULL, begins_now, "PERMIT"},
	{"D-14: nbf = now + 1", NULL, NULL, begins_next, INVALID_02},
	{"D-14: no exp", NULL, NULL, never_ends, INVALID_02},
	{"D-14: expired", NULL, NULL, verified_expired,
	"DENY CHK-02 CREDENTIAL_EXPIRED"},
	{"D-14: revoked token", NULL, NULL, token_revoked,
	"DENY CHK-02 CREDENTIAL_REVOKED"},
	{"D-14: aud", NULL, NULL, for_us, "PERMIT"},
	{"D-14: aud of others", NULL, NULL, for_others, INVALID_02},
	{"D-14: agent", NULL, NULL, other_subject, "DENY CHK-02 AGENT_MISMATCH"},
	{"successor", NULL, "agent.agent_id \"agent_2\"\n", successor, "PERMIT"},
	{"not the successor", NULL, "agent.agent_id \"agent_3\"\n", successor,
	"DENY CHK-02 AGENT_MISMATCH"},
	{"D-64: project", NULL, NULL, other_project, INVALID_02},
	{"D-64: customer", NULL, NULL, other_customer, INVALID_02},
	{"D-64: bound", NULL, NULL, same_project, "PERMIT"},
	{"D-64: token", NULL, NULL, token_of_other_project, INVALID_02},

	{"A-15: draft", NULL, NULL, draft, INVALID_02},
	{"D-15, A-15: suspended", NULL, NULL, suspended,
	"DENY CHK-02 CREDENTIAL_REVOKED"},
	{"D-15: revoked", NULL, NULL, revoked, "DENY CHK-02 CREDENTIAL_REVOKED"},
	{"D-15, A-15: expired", NULL, NULL, expired,
	"DENY CHK-02 CREDENTIAL_EXPIRED"},
	{"D-15: spent", NULL, NULL, spent, "DENY CHK-02 BUDGET_EXHAUSTED"},
	{"D-15: superseded", NULL, NULL, superseded,
	"DENY CHK-02 CREDENTIAL_SUPERSEDED"},
	{"D-15: its time is up", NULL, NULL, mandate_ends_now,
	"DENY CHK-02 CREDENTIAL_EXPIRED"},
	{"D-49: no state", NULL, NULL, state_unknown, INVALID_02},
	{"a read needs no state", NULL, ACT("file:read"), state_unknown,
	"PERMIT"},
	{"D-52: a known state counts for reads", NULL, ACT("file:read"), revoked,
	"DENY CHK-02 CREDENTIAL_REVOKED"},
};

/* --- CHK-03 and CHK-04 --- */

#define WITHIN_STANDARD \
	"scope.governance_profile \"standard\"\n" \
	"requirements.approval_mode \"supervised\"\n" \
	"scope.platform_permissions.deployment.targets [\"dev\",\"staging\"]\n" \
	"scope.platform_permissions.deployment.auto_deploy false\n" \
	"scope.platform_permissions.database.migrate false\n" \
	"scope.platform_permissions.database.production_access false\n" \
	"scope.platform_permissions.shell.mode \"denylist\"\n" \
	"scope.platform_permissions.secrets.create false\n"

#define WITHIN_ENTERPRISE \
	"scope.governance_profile \"enterprise\"\n" \
	"requirements.approval_mode \"supervised\"\n" \
	"scope.platform_permissions {\"packages\":{\"verified_only\":true}}\n" \
	VERB("agent:delegate") "allowed false\n"

#define TO(place) \
	ACT("deployment:start") "action.resource_type \"deployment\"\n" \
	"action.resource \"" place "\"\n"

#define CEILING_03	"DENY CHK-03 PROFILE_CEILING_EXCEEDED"

static void
profile_unknown(Stage *stage)
{
	stage->input.ceiling = NULL;
}

static const StageCase profile_cases[] = {
	{"D-16: within", WITHIN_STANDARD, NULL, NULL, "PERMIT"},
	{"D-16: approval", WITHIN_STANDARD
		"requirements.approval_mode \"autonomous\"\n", NULL, NULL,
	CEILING_03},
	{"D-16: unknown profile", NULL, NULL, profile_unknown, CEILING_03},
	{"D-16: staging", WITHIN_STANDARD, TO("staging"), NULL, "PERMIT"},
	{"D-16: by itself", WITHIN_STANDARD,
		TO("staging") "action.parameters.auto_deploy true\n", NULL,
	CEILING_03 " CHK-10 PLATFORM_PERMISSION_DENIED"},
	{"D-16: nowhere known", NULL, TO("moon"), NULL,
	CEILING_03 " CHK-10 PLATFORM_PERMISSION_DENIED"},
	{"D-16: the environment beats the resource", WITHIN_STANDARD,
		TO("staging") "action.parameters.environment \"prod\"\n", NULL,
	CEILING_03 " CHK-10 PLATFORM_PERMISSION_DENIED"},
	{"D-16: database", WITHIN_ENTERPRISE,
		ACT("database:insert") "action.resource_type \"database\"\n", NULL,
	CEILING_03 " CHK-10 PLATFORM_PERMISSION_DENIED"},
	{"D-16: delegation", WITHIN_ENTERPRISE,
		ACT("agent:delegate") "action.resource_type \"agent\"\n", NULL,
	CEILING_03 " CHK-08 VERB_NOT_ALLOWED"},
	{"D-16: secrets", WITHIN_ENTERPRISE,
		ACT("secret:read") "action.resource_type \"secret\"\n", NULL,
	CEILING_03 " CHK-10 PLATFORM_PERMISSION_DENIED"},
};

#define PHASE_04	"DENY CHK-04 PHASE_MISMATCH"
#define SHELL		ACT("command:run") "action.resource_type \"shell\"\n"

static const StageCase phase_cases[] = {
	{"D-17: plan, read", "scope.phase \"plan\"\n", ACT("file:read"), NULL,
	"PERMIT"},
	{"D-17: plan, write", "scope.phase \"plan\"\n", NULL, NULL, PHASE_04},
	{"D-17: plan, shell", "scope.phase \"plan\"\n", SHELL, NULL, PHASE_04},
	{"D-17: plan, deploy", "scope.phase \"plan\"\n", TO("dev"), NULL,
	PHASE_04},
	{"D-17: build, read", "scope.phase \"build\"\n", ACT("file:read"), NULL,
	"PERMIT"},
	{"D-17: build, write", "scope.phase \"build\"\n", NULL, NULL, "PERMIT"},
	{"D-17: build, shell", "scope.phase \"build\"\n", SHELL, NULL, "PERMIT"},
	{"D-17: build, deploy", "scope.phase \"build\"\n", TO("dev"), NULL,
	PHASE_04},
	{"D-17: run, read", NULL, ACT("file:read"), NULL, "PERMIT"},
	{"D-17: run, write", NULL, NULL, NULL, "PERMIT"},
	{"D-17: run, shell", NULL, SHELL, NULL, "PERMIT"},
	{"D-17: run, deploy", NULL, TO("dev"), NULL, "PERMIT"},
	{"D-17: build, production data", "scope.phase \"build\"\n",
		ACT("database:insert") "action.resource_type \"database\"\n"
	"action.parameters.environment \"prod\"\n", NULL, PHASE_04},
	{"D-17: an unknown verb is a change", "scope.phase \"plan\"\n"
		VERB("file:frobnicate") "allowed true\n", ACT("file:frobnicate"),
	NULL, PHASE_04},
	{"D-17: the type makes a read a command", "scope.phase \"plan\"\n",
		ACT("file:read") "action.resource_type \"shell\"\n", NULL,
	PHASE_04},
};

/* --- CHK-05, CHK-06, CHK-07 --- */

static void
strict(Stage *stage)
{
	stage->input.settings.strict_sectors = true;
	stage->input.settings.strict_regions = true;
}

#define WITHIN_STRICT \
	WITHIN_STANDARD \
	"scope.governance_profile \"strict\"\n" \
	"scope.platform_permissions.packages.verified_only true\n" \
	"scope.platform_permissions.deployment.targets [\"staging\"]\n" \
	"scope.platform_permissions.shell.mode \"allowlist\"\n"

#define SECTOR_05	"DENY CHK-05 SECTOR_MISMATCH"
#define REGION_06	"DENY CHK-06 REGION_MISMATCH"

static const StageCase place_cases[] = {
	{"D-18: undefined", NULL, "action.sector \"541511\"\n", NULL, "PERMIT"},
	{"D-18: empty is undefined", "scope.allowed_sectors []\n", NULL, NULL,
	"PERMIT"},
	{"D-18: match", "scope.allowed_sectors [\"54\"]\n",
	"action.sector \"541511\"\n", NULL, "PERMIT"},
	{"D-18: mismatch", "scope.allowed_sectors [\"54\"]\n",
	"action.sector \"621111\"\n", NULL, SECTOR_05},
	{"D-07, D-18: permissive", "scope.allowed_sectors [\"54\"]\n", NULL, NULL,
	"PERMIT CHK-05 ~SECTOR_MISMATCH"},
	{"D-18: strict by setting", "scope.allowed_sectors [\"54\"]\n", NULL,
	strict, SECTOR_05},
	{"D-18: strict by profile",
		WITHIN_STRICT "scope.allowed_sectors [\"54\"]\n", NULL, NULL,
	SECTOR_05},

	{"D-19: undefined", NULL, "action.region \"US\"\n", NULL, "PERMIT"},
	{"D-19: country", "scope.allowed_regions [\"DE\"]\n",
	"action.region \"DE\"\n", NULL, "PERMIT"},
	{"D-19: residency", "scope.allowed_regions [\"DE\"]\n",
	"action.region \"AT\"\n", NULL, REGION_06},
	{"D-19: CH is not in the EU", "scope.allowed_regions [\"EU\"]\n",
	"action.region \"CH\"\n", NULL, REGION_06},
	{"D-19: GB is not in the EU", "scope.allowed_regions [\"EU\"]\n",
	"action.region \"GB\"\n", NULL, REGION_06},
	{"D-19: NO is in the EEA", "scope.allowed_regions [\"EEA\"]\n",
	"action.region \"NO\"\n", NULL, "PERMIT"},
	{"D-19: a union is not in one of its members",
		"scope.allowed_regions [\"DE\"]\n", "action.region \"EU\"\n", NULL,
	REGION_06},
	{"D-07, D-19: permissive", "scope.allowed_regions [\"DE\"]\n", NULL, NULL,
	"PERMIT CHK-06 ~REGION_MISMATCH"},
	{"D-19: strict", "scope.allowed_regions [\"DE\"]\n", NULL, strict,
	REGION_06},
};

#define DENIED_07	"DENY CHK-07 PATH_DENIED"
#define PATHS \
	"scope.allowed_paths [\"src/\"]\nscope.denied_paths [\"secrets/\"]\n"

static const StageCase path_cases[] = {
	{"D-20: below", PATHS, "action.resource \"src/a\"\n", NULL, "PERMIT"},
	{"D-20: double slashes", PATHS, "action.resource \"./src//a\"\n", NULL,
	"PERMIT"},
	{"D-20: trailing slash", PATHS, "action.resource \"src/\"\n", NULL,
	"PERMIT"},
	{"D-20: another case", PATHS, "action.resource \"SRC/a\"\n", NULL,
	"DENY CHK-07 PATH_NOT_ALLOWED"},
	{"D-20: denied in another case", "scope.denied_paths [\"secrets/\"]\n",
	"action.resource \"SECRETS/a\"\n", NULL, DENIED_07},
	{"D-20: dots", PATHS, "action.resource \"src/../secrets/x\"\n", NULL,
	DENIED_07},
	{"D-20: out of the root", NULL, "action.resource \"../a\"\n", NULL,
	DENIED_07},
	{"D-20: backslash", PATHS, "action.resource \"src\\\\x\"\n", NULL,
	DENIED_07},
	{"D-20: percent", PATHS, "action.resource \"src/%2e%2e/x\"\n", NULL,
	DENIED_07},
	{"D-20: zero byte", PATHS, "action.resource \"src/a\\u0000.c\"\n", NULL,
	"INVALID_REQUEST"},
	{"D-20: empty allows", "scope.allowed_paths []\n", NULL, NULL, "PERMIT"},
	{"D-20: glob", "scope.allowed_paths [\"src/**/*.c\"]\n",
	"action.resource \"src/a/b/c.c\"\n", NULL, "PERMIT"},
	{"D-20, D-41: a shell has no path", PATHS, SHELL, NULL, "PERMIT"},
	{"D-20: the type does not lead past it", PATHS,
		"action.resource_type \"api\"\naction.resource \"etc/passwd\"\n",
	NULL, "DENY CHK-07 PATH_NOT_ALLOWED"},
	{"D-20: a type that nobody knows does not either", PATHS
		VERB("thing:read") "allowed true\n",
		ACT("thing:read") "action.resource_type \"gizmo\"\n"
	"action.resource \"etc/x\"\n", NULL, "DENY CHK-07 PATH_NOT_ALLOWED"},
	{"D-41: nothing is said of paths", VERB("thing:read") "allowed true\n",
		ACT("thing:read") "action.resource_type \"gizmo\"\n"
	"action.resource \"../%41\"\n", NULL, "PERMIT"},
	{"D-20: nothing said is a path", PATHS VERB("thing:read")
		"allowed true\n",
		ACT("thing:read") "action.resource_type\n"
	"action.resource \"etc/x\"\n", NULL, "DENY CHK-07 PATH_NOT_ALLOWED"},
};

int
main(void)
{
	STAGE_RUN(credential_cases);
	STAGE_RUN(profile_cases);
	STAGE_RUN(phase_cases);
	STAGE_RUN(place_cases);
	STAGE_RUN(path_cases);
	return unit_finish("enforce_checks");
}
