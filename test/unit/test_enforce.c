/*
 * test_enforce.c
 *		The conformance vectors of RFC 0117, as the RFC answers them, and the
 *		questions that other implementations answer wrongly.
 */
#include "test_enforce.h"

#define MODIFY	"scope.core_verbs.urn:gauth:verb:core:file:modify."

static void
expire(Stage *stage)
{
	stage->input.evidence.expires_at = NOW - 1;
}

static void
revoke(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_REVOKED;
}

static void
suspend(Stage *stage)
{
	stage->input.live.standing = GAUTH_STANDING_SUSPENDED;
}

static void
leave_100(Stage *stage)
{
	stage->input.live.budget_remaining = 100;
}

static void
leave_nothing(Stage *stage)
{
	stage->input.live.budget_remaining = 0;
}

static void
break_checksum(Stage *stage)
{
	stage->input.evidence.checksum = GAUTH_TESTED_BAD;
}

static void
forget_all(Stage *stage)
{
	stage->input.credential = NULL;
	stage->input.evidence.source = GAUTH_SOURCE_NONE;
}

static void
forget_state(Stage *stage)
{
	stage->input.live.known = false;
}

#define DEPLOY \
	"action.verb \"urn:gauth:verb:core:deployment:start\"\n" \
	"action.resource_type \"deployment\"\n"

/* four links, each as wide as the one before */
#define LINK(from, to) \
	"{\"delegator\":\"" from "\",\"delegate\":\"" to "\"," \
	"\"scope_restriction\":{},\"delegated_at\":\"2026-04-09T09:00:00Z\"}"
#define FOUR_LINKS \
	"delegation_chain [" LINK("p", "q") "," LINK("q", "r") "," \
	LINK("r", "s") "," LINK("s", "agent_1") "]\n"
#define DELEGATE_DEPTH_3 \
	"scope.core_verbs.urn:gauth:verb:core:agent:delegate" \
	".constraints.max_delegation_depth 3\n"

static const StageCase vectors[] = {
	{"CT-PEP-001", "scope.allowed_paths [\"src/\"]\n",
	"action.parameters.amount_cents 5\n", NULL, "PERMIT"},
	{"CT-PEP-002", NULL, NULL, expire, "DENY CHK-02 CREDENTIAL_EXPIRED"},
	{"CT-PEP-003", NULL, NULL, revoke, "DENY CHK-02 CREDENTIAL_REVOKED"},
	{"CT-PEP-004", NULL,
		"action.verb \"urn:gauth:verb:core:deployment:deploy\"\n"
		"action.resource \"staging\"\naction.resource_type \"deployment\"\n",
	NULL, "DENY CHK-08 VERB_NOT_ALLOWED"},
	{"CT-PEP-005", "scope.denied_paths [\".env\",\"secrets/\"]\n",
	"action.resource \".env\"\n", NULL, "DENY CHK-07 PATH_DENIED"},
	{"CT-PEP-006", "scope.allowed_paths [\"src/\",\"tests/\"]\n",
		"action.resource \"config/database.yml\"\n", NULL,
	"DENY CHK-07 PATH_NOT_ALLOWED"},
	{"CT-PEP-007, D-21: denied beats allowed",
		"scope.allowed_paths [\"src/\"]\nscope.denied_paths [\".env\"]\n",
	"action.resource \"src/.env\"\n", NULL, "DENY CHK-07 PATH_DENIED"},
	{"CT-PEP-008", NULL, "action.parameters.amount_cents 200\n", leave_100,
	"DENY CHK-13 BUDGET_EXCEEDED"},
	{"CT-PEP-009", NULL, "action.parameters.amount_cents 1\n", leave_nothing,
	"DENY CHK-13 BUDGET_EXHAUSTED"},
	{"CT-PEP-010", "scope.allowed_sectors [\"541511\",\"541512\"]\n",
	"action.sector \"621111\"\n", NULL, "DENY CHK-05 SECTOR_MISMATCH"},
	{"CT-PEP-011", "scope.allowed_regions [\"DE\",\"EU\"]\n",
	"action.region \"US\"\n", NULL, "DENY CHK-06 REGION_MISMATCH"},
	{"CT-PEP-012", "scope.allowed_regions [\"EU\"]\n",
	"action.region \"DE\"\n", NULL, "PERMIT"},
	{"CT-PEP-013", "scope.phase \"plan\"\n",
		DEPLOY "action.resource \"dev\"\n", NULL,
	"DENY CHK-04 PHASE_MISMATCH"},
	{"CT-PEP-014", "requirements.session_limits.max_tool_calls 500\n",
		"context.session_state.tool_calls_used 501\n", NULL,
	"DENY CHK-14 SESSION_LIMIT_EXCEEDED"},
	{"CT-PEP-014, at the limit",
		"requirements.session_limits.max_tool_calls 500\n",
		"context.session_state.tool_calls_used 500\n", NULL,
	"DENY CHK-14 SESSION_LIMIT_EXCEEDED"},
	/* all checks are made in either mode: that is what the RFC prefers */
	{"CT-PEP-015, D-43", NULL,
		"action.verb \"urn:gauth:verb:core:file:get\"\n", expire,
	"DENY CHK-02 CREDENTIAL_EXPIRED CHK-08 VERB_NOT_ALLOWED"},
	{"CT-PEP-016, D-43", NULL,
		"action.verb \"urn:gauth:verb:core:file:rename\"\n", expire,
	"DENY CHK-02 CREDENTIAL_EXPIRED CHK-08 VERB_NOT_ALLOWED"},
	{"CT-PEP-017", FOUR_LINKS DELEGATE_DEPTH_3, NULL, NULL,
	"DENY CHK-16 DELEGATION_DEPTH_EXCEEDED"},
	{"CT-PEP-018",
		"delegation_chain [{\"delegator\":\"p\",\"delegate\":\"agent_1\","
		"\"scope_restriction\":{\"core_verbs\":{"
		"\"urn:gauth:verb:core:file:modify\":{\"allowed\":true},"
		"\"urn:gauth:verb:core:deployment:deploy\":{\"allowed\":true}}},"
		"\"delegated_at\":\"2026-04-09T09:00:00Z\"}]\n", NULL, NULL,
	"DENY CHK-16 DELEGATION_SCOPE_EXCEEDED"},
	{"CT-PEP-019",
		"scope.transaction_matrix [{\"verb\":"
		"\"urn:gauth:verb:core:file:modify\","
		"\"transaction_type\":\"high_value\",\"allowed\":false}]\n",
		"action.transaction_type \"high_value\"\n", NULL,
	"DENY CHK-11 TRANSACTION_NOT_ALLOWED"},
	{"CT-PEP-020",
		"scope.transaction_matrix ["
		"{\"transaction_type\":\"standard\",\"allowed\":true},"
		"{\"verb\":\"core.file.delete\","
		"\"transaction_type\":\"standard\",\"allowed\":false}]\n",
		"action.transaction_type \"standard\"\n"
		"action.verb \"urn:gauth:verb:core:file:delete\"\n", NULL,
	"DENY CHK-11 TRANSACTION_NOT_ALLOWED"},
	{"CT-PEP-022",
		"scope.governance_profile \"standard\"\n"
		"requirements.approval_mode \"supervised\"\n"
		"scope.platform_permissions.deployment.targets [\"dev\",\"staging\"]\n"
		"scope.platform_permissions.deployment.auto_deploy false\n"
		"scope.platform_permissions.database.migrate false\n"
		"scope.platform_permissions.database.production_access false\n"
		"scope.platform_permissions.shell.mode \"denylist\"\n"
		"scope.platform_permissions.secrets.create false\n",
		DEPLOY "action.resource \"prod\"\n", NULL,
		"DENY CHK-03 PROFILE_CEILING_EXCEEDED "
	"CHK-10 PLATFORM_PERMISSION_DENIED"},
	{"CT-PEP-023",
		MODIFY "constraints.max_file_size_bytes 1048576\n",
		"action.parameters.file_size 5242880\n", NULL,
	"DENY CHK-09 CONSTRAINT_VIOLATED"},
	{"CT-PEP-024", "scope.platform_permissions.shell\n",
		"action.verb \"urn:gauth:verb:core:command:run\"\n"
		"action.resource \"make\"\naction.resource_type \"shell\"\n", NULL,
	"DENY CHK-10 PLATFORM_PERMISSION_DENIED"},
	{"CT-PEP-025",
		"scope.allowed_decisions [\"supervised\",\"four-eyes\"]\n",
		"action.decision_type \"autonomous\"\n", NULL,
	"DENY CHK-12 DECISION_NOT_ALLOWED"},
	{"CT-PEP-026",
		"requirements.approval_mode \"supervised\"\n"
		"requirements.requires_approval_for "
		"[\"urn:gauth:verb:core:file:modify\"]\n", NULL, NULL,
	"DENY CHK-15 APPROVAL_REQUIRED"},
	/* only path_patterns constrain */
	{"CT-PEP-027", "scope.allowed_paths [\"src/\"]\n",
		"action.resource \"src/components/Button.tsx\"\n", NULL,
	"PERMIT"},
	{"CT-PEP-027, with path_patterns",
		MODIFY "constraints.path_patterns [\"src/\"]\n",
		"action.resource \"src/components/Button.tsx\"\n", NULL,
	"CONSTRAIN CHK-09 path_restricted"},
	{"CT-PEP-030", "scope.allowed_sectors [\"*\"]\n",
	"action.sector \"541511\"\n", NULL, "PERMIT"},
	{"CT-PEP-031", "scope.allowed_regions [\"global\"]\n",
	"action.region \"US\"\n", NULL, "PERMIT"},
};

static const StageCase probes[] = {
	{"V01", NULL, NULL, NULL, "PERMIT"},
	{"V02", NULL, NULL, suspend, "DENY CHK-02 CREDENTIAL_REVOKED"},
	{"V03", NULL, "action.verb \"urn:gauth:verb:core:file:rename\"\n", NULL,
	"DENY CHK-08 VERB_NOT_ALLOWED"},
	{"V03b", NULL, "action.verb \"core.file.modify\"\n", NULL, "PERMIT"},
	{"V04, D-04", NULL, "action.verb \"dropeverything\"\n", NULL,
	"DENY CHK-08 VERB_NOT_ALLOWED"},
	{"V05", "scope.denied_paths [\"secrets/\"]\n",
		"action.resource \"src/../secrets/key\"\n", NULL,
	"DENY CHK-07 PATH_DENIED"},
	{"V06", "scope.denied_paths [\".env\"]\n",
	"action.resource \"src/.env\"\n", NULL, "DENY CHK-07 PATH_DENIED"},
	{"V07", "scope.allowed_regions [\"EU\"]\n", "action.region \"DE\"\n",
	NULL, "PERMIT"},
	{"V08", "scope.allowed_regions [\"DE\"]\n", NULL, NULL,
	"PERMIT CHK-06 ~REGION_MISMATCH"},
	{"V08b", "scope.allowed_regions [\"DE\"]\n",
		"action.region \"US\"\naction.parameters.region \"DE\"\n", NULL,
	"DENY CHK-06 REGION_MISMATCH"},
	{"V09", "scope.allowed_sectors [\"541511\"]\n", NULL, NULL,
	"PERMIT CHK-05 ~SECTOR_MISMATCH"},
	{"V10", "scope.phase \"plan\"\n", NULL, NULL,
	"DENY CHK-04 PHASE_MISMATCH"},
	{"V11",
		"requirements.approval_mode \"supervised\"\n"
		MODIFY "requires_approval true\n", NULL, NULL,
	"DENY CHK-15 APPROVAL_REQUIRED"},
	{"V12", "scope.allowed_transactions [\"purchase\"]\n",
		"action.transaction_type \"sale\"\n", NULL,
	"DENY CHK-11 TRANSACTION_NOT_ALLOWED"},
	{"V13", "scope.allowed_decisions [\"advisory\"]\n", NULL, NULL,
	"DENY CHK-12 DECISION_NOT_ALLOWED"},
	{"V14", NULL, "action.parameters.amount_cents 2000\n", leave_100,
	"DENY CHK-13 BUDGET_EXCEEDED"},
	{"V15", NULL, NULL, break_checksum, "DENY CHK-01 CREDENTIAL_INVALID"},
	{"V16", "scope.core_verbs {}\n", NULL, NULL,
	"DENY CHK-08 VERB_NOT_ALLOWED"},
	{"V17", "scope.allowed_paths [\"src/\"]\n"
		"delegation_chain [{\"delegator\":\"p\",\"delegate\":\"agent_1\","
		"\"scope_restriction\":{\"allowed_paths\":[\"src/\",\"etc/\"]},"
		"\"delegated_at\":\"2026-04-09T09:00:00Z\"}]\n", NULL, NULL,
	"DENY CHK-16 DELEGATION_SCOPE_EXCEEDED"},
	{"V18", "delegation_chain [" LINK("p", "agent_2") "]\n", NULL, NULL,
	"DENY CHK-16 DELEGATION_SCOPE_EXCEEDED"},
	{"V19", NULL, "agent.agent_id \"agent_2\"\n", NULL,
	"DENY CHK-02 AGENT_MISMATCH"},
	{"V19b", NULL, "agent.agent_id\n", NULL, "INVALID_REQUEST"},
	{"V20", NULL, "credential.poa_snapshot {\"scope\":{}}\n", forget_all,
	"DENY CHK-01 CREDENTIAL_INVALID"},
	{"V20b", NULL, NULL, expire, "DENY CHK-02 CREDENTIAL_EXPIRED"},
	{"V21", "requirements.approval_mode \"four-eyes\"\n", NULL, NULL,
	"DENY CHK-15 APPROVAL_REQUIRED"},
	{"V22", "requirements.approval_mode \"four-eyes\"\n",
		"enforcement_mode \"stateless\"\n", forget_state,
	"DENY CHK-02 CREDENTIAL_INVALID CHK-15 APPROVAL_REQUIRED"},
};

int
main(void)
{
	STAGE_RUN(vectors);
	STAGE_RUN(probes);
	return unit_finish("enforce");
}
