/*
 * test_enforce_bounds.c
 *		Verbs, platform, transactions, money, sessions, approvals and conditions
 *		at their bounds.
 */
#include "test_enforce.h"

#define VERB(name)	"scope.core_verbs.urn:gauth:verb:core:" name "."
#define ACT(name)	"action.verb \"urn:gauth:verb:core:" name "\"\n"
#define MODIFY		VERB("file:modify")
#define RUN			VERB("command:run")
#define SHELL		ACT("command:run") "action.resource_type \"shell\"\n"

/* --- CHK-08 and CHK-09 --- */

#define VERB_08		"DENY CHK-08 VERB_NOT_ALLOWED"
#define BOUND_09	"DENY CHK-09 CONSTRAINT_VIOLATED"
#define COMMAND(text)	SHELL "action.parameters.command \"" text "\"\n"
#define ALLOW_NPM	RUN "constraints.allowed_commands [\"npm test\",\"make\"]\n"
#define DENY_RM		RUN "constraints.denied_commands [\"rm\",\"git push\"]\n"
#define DELEGATE	ACT("agent:delegate") "action.resource_type \"agent\"\n"
#define DEPTH(n) \
	VERB("agent:delegate") "constraints.max_delegation_depth " n "\n"

static const StageCase verb_cases[] = {
	{"D-22: absent", NULL, ACT("file:rename"), NULL, VERB_08},
	{"D-22: false", MODIFY "allowed false\n", NULL, NULL, VERB_08},
	{"D-22: true", NULL, NULL, NULL, "PERMIT"},
	{"D-04: not a verb", NULL, "action.verb \"urn:gauth:verb:a b\"\n", NULL,
	VERB_08},
	{"D-04: another URN", NULL, "action.verb \"urn:isbn:1\"\n", NULL, VERB_08},

	{"D-24: path", MODIFY "constraints.path_patterns [\"src/*.c\"]\n", NULL,
	NULL, "CONSTRAIN CHK-09 path_restricted"},
	{"D-24: other path", MODIFY "constraints.path_patterns [\"lib/*.c\"]\n",
	NULL, NULL, BOUND_09},
	{"D-24: no path at all", MODIFY "constraints.path_patterns []\n", NULL,
	NULL, BOUND_09},
	{"D-24: command", ALLOW_NPM, COMMAND("npm test"), NULL,
	"CONSTRAIN CHK-09 command_restricted"},
	{"D-24: its arguments", ALLOW_NPM, COMMAND("npm test --watch"), NULL,
	"CONSTRAIN CHK-09 command_restricted"},
	{"D-24: the resource is the command", ALLOW_NPM,
		SHELL "action.resource \"make\"\n", NULL,
	"CONSTRAIN CHK-09 command_restricted"},
	{"D-24: another command", ALLOW_NPM, COMMAND("npm install"), NULL,
	BOUND_09},
	{"D-24: a longer word", ALLOW_NPM, COMMAND("makefs"), NULL, BOUND_09},
	{"D-24: two commands", ALLOW_NPM, COMMAND("make ; rm -rf x"), NULL,
	BOUND_09},
	{"D-24: substitution", ALLOW_NPM, COMMAND("make $(rm x)"), NULL,
	BOUND_09},
	{"D-24: a line more", ALLOW_NPM, COMMAND("make \\n rm x"), NULL,
	BOUND_09},
	{"D-24: denied", DENY_RM, COMMAND("rm -rf x"), NULL, BOUND_09},
	{"D-24: denied further on", DENY_RM, COMMAND("ls && /bin/RM x"), NULL,
	BOUND_09},
	{"D-24: denied words", DENY_RM, COMMAND("git   push origin"), NULL,
	BOUND_09},
	{"D-24: another word", DENY_RM, COMMAND("npm run alarm-rm-x"), NULL,
	"PERMIT"},
	{"D-24: denied beats allowed", ALLOW_NPM
		RUN "constraints.denied_commands [\"--watch\"]\n",
	COMMAND("npm test --watch"), NULL, BOUND_09},
	{"D-08, D-24: size = max", MODIFY "constraints.max_file_size_bytes 100\n",
		"action.parameters.file_size 100\n", NULL,
	"CONSTRAIN CHK-09 file_size_limited"},
	{"D-24: size = max + 1", MODIFY "constraints.max_file_size_bytes 100\n",
	"action.parameters.file_size 101\n", NULL, BOUND_09},
	{"D-24: either name of the size",
		MODIFY "constraints.max_file_size_bytes 100\n",
		"action.parameters.file_size 1\n"
	"action.parameters.file_size_bytes 101\n", NULL, BOUND_09},
	{"D-24: no size is bound too",
		MODIFY "constraints.max_file_size_bytes 100\n", NULL, NULL,
	"CONSTRAIN CHK-09 file_size_limited"},
	{"D-24: depth below", DEPTH("2"),
		DELEGATE "action.parameters.delegation_depth 1\n", NULL,
	"CONSTRAIN CHK-09 delegation_depth_limited"},
	{"D-24: depth = max", DEPTH("2"),
		DELEGATE "action.parameters.delegation_depth 2\n", NULL,
	BOUND_09},
	{"D-24: depth 0", DEPTH("0"), DELEGATE, NULL, BOUND_09},
	{"D-24: depth is for delegations", MODIFY
	"constraints.max_delegation_depth 0\n", NULL, NULL, "PERMIT"},
};

/* --- CHK-10 --- */

#define PLATFORM	"scope.platform_permissions."
#define DENIED_10	"DENY CHK-10 PLATFORM_PERMISSION_DENIED"
#define INSERT		ACT("database:insert") "action.resource_type \"database\"\n"
#define SELECT		ACT("database:select") "action.resource_type \"database\"\n"
#define ALTER		ACT("database:alter") "action.resource_type \"database\"\n"
#define PRODUCTION	"action.parameters.environment \"prod\"\n"
#define CALL		ACT("api:call") "action.resource_type \"api\"\n"
#define DOMAINS \
	PLATFORM "external_apis.allowed_domains [\"a.example\",\"*.b.example\"]\n"
#define ADD			ACT("dependency:add") "action.resource_type \"package\"\n"

static const StageCase platform_cases[] = {
	{"D-25: insert", NULL, INSERT, NULL, "PERMIT"},
	{"D-25: insert, no write", PLATFORM "database.write false\n", INSERT, NULL,
	DENIED_10},
	{"D-25: insert, nothing said", PLATFORM "database {}\n", INSERT, NULL,
	DENIED_10},
	{"D-25: select, no write", PLATFORM "database.write false\n", SELECT,
	NULL, "PERMIT"},
	{"D-25: select, no read", PLATFORM "database.read false\n", SELECT, NULL,
	DENIED_10},
	{"D-25: alter, no migration", PLATFORM "database.migrate false\n", ALTER,
	NULL, DENIED_10},
	{"D-25: production", PLATFORM "database.production_access false\n",
	INSERT PRODUCTION, NULL, DENIED_10},
	{"D-25: the type says database", "scope.platform_permissions {}\n",
	"action.resource_type \"table\"\n", NULL, DENIED_10},
	{"D-25: shell denied", PLATFORM "shell {\"mode\":\"denylist\","
	"\"denylist\":[\"rm\"]}\n", COMMAND("rm x"), NULL, DENIED_10},
	{"D-25: shell not denied", PLATFORM "shell {\"mode\":\"denylist\","
	"\"denylist\":[\"rm\"]}\n", COMMAND("ls x"), NULL, "PERMIT"},
	{"D-25: shell allowed", PLATFORM "shell {\"mode\":\"allowlist\","
	"\"allowlist\":[\"ls\"]}\n", COMMAND("ls x"), NULL, "PERMIT"},
	{"D-25: shell not allowed", PLATFORM "shell {\"mode\":\"allowlist\","
	"\"allowlist\":[\"ls\"]}\n", COMMAND("rm x"), NULL, DENIED_10},
	{"D-25: an unknown thing that runs",
		PLATFORM "shell\n" VERB("job:run") "allowed true\n", ACT("job:run"),
	NULL, DENIED_10},
	{"D-25: secret", PLATFORM "secrets.read false\n",
	ACT("secret:read") "action.resource_type \"secret\"\n", NULL, DENIED_10},
	{"D-25: package", PLATFORM "packages.verified_only true\n", ADD, NULL,
	"CONSTRAIN CHK-10 verified_packages_only"},
	{"D-25: package not verified", PLATFORM "packages.verified_only true\n",
	ADD "action.parameters.verified false\n", NULL, DENIED_10},
	{"D-25: domain", DOMAINS,
	CALL "action.resource \"https://a.example/x?y\"\n", NULL, "PERMIT"},
	{"D-25: below a domain", DOMAINS,
	CALL "action.resource \"https://c.B.example:8443\"\n", NULL, "PERMIT"},
	{"D-25: not below", DOMAINS,
	CALL "action.resource \"https://b.example/\"\n", NULL, DENIED_10},
	{"D-25: a user before the host", DOMAINS,
	CALL "action.resource \"https://u:p@a.example/x\"\n", NULL, "PERMIT"},
	{"D-25: a user is no host", DOMAINS,
		CALL "action.resource \"https://a.example@evil.test/\"\n", NULL,
	DENIED_10},
	{"D-25: what is said beside a URL", DOMAINS,
		CALL "action.resource \"https://evil.test/\"\n"
	"action.parameters.domain \"a.example\"\n", NULL, DENIED_10},
	{"D-25: domains not restricted", NULL,
	CALL "action.resource \"https://evil.test/\"\n", NULL, "PERMIT"},
};

/* --- CHK-11 and CHK-12 --- */

#define DENIED_11	"DENY CHK-11 TRANSACTION_NOT_ALLOWED"
#define LIST		"scope.allowed_transactions [\"sale\",\"purchase\"]\n"
#define MATRIX(rules)	"scope.transaction_matrix [" rules "]\n"
#define SALE		"action.transaction_type \"sale\"\n"

static const StageCase business_cases[] = {
	{"D-26: no type", LIST, NULL, NULL, DENIED_11},
	{"D-26: listed", LIST, SALE, NULL, "PERMIT"},
	{"D-26: not listed", LIST, "action.transaction_type \"lease\"\n", NULL,
	DENIED_11},
	{"D-26: nothing listed", "scope.allowed_transactions []\n", SALE, NULL,
	DENIED_11},
	{"D-26: no entry", MATRIX("{\"transaction_type\":\"lease\","
							  "\"allowed\":true}"), SALE, NULL, DENIED_11},
	{"D-26: an entry of another verb",
		MATRIX("{\"verb\":\"core.file.delete\",\"transaction_type\":\"sale\","
			   "\"allowed\":true}"), SALE, NULL, DENIED_11},
	{"D-26: the matrix beats the list", LIST
		MATRIX("{\"transaction_type\":\"sale\",\"allowed\":false}"), SALE,
	NULL, DENIED_11},
	{"D-26: the verb's entry allows",
		MATRIX("{\"transaction_type\":\"sale\",\"allowed\":false},"
			   "{\"verb\":\"core.file.modify\",\"transaction_type\":\"sale\","
			   "\"allowed\":true}"), SALE, NULL, "PERMIT"},
	{"D-26: constraints",
		MATRIX("{\"transaction_type\":\"sale\",\"allowed\":true,"
			   "\"constraints\":{\"max_amount_cents\":500}}"),
		SALE "action.parameters.amount_cents 500\n", NULL,
	"CONSTRAIN CHK-11 transaction_restricted"},
	{"D-26: beyond a constraint",
		MATRIX("{\"transaction_type\":\"sale\",\"allowed\":true,"
			   "\"constraints\":{\"max_amount_cents\":500}}"),
	SALE "action.parameters.amount_cents 501\n", NULL, DENIED_11},

	{"D-27: absent", "scope.allowed_decisions [\"advisory\"]\n", NULL, NULL,
	"DENY CHK-12 DECISION_NOT_ALLOWED"},
	{"D-27: listed", "scope.allowed_decisions [\"advisory\"]\n",
	"action.decision_type \"advisory\"\n", NULL, "PERMIT"},
	{"D-27: another", "scope.allowed_decisions [\"advisory\"]\n",
		"action.decision_type \"binding\"\n", NULL,
	"DENY CHK-12 DECISION_NOT_ALLOWED"},
};

/* --- CHK-13 and CHK-14 --- */

static void
leave_100(Stage *stage)
{
	stage->input.live.budget_remaining = 100;
	stage->input.live.budget_total = 1000;
}

static void
leave_nothing(Stage *stage)
{
	stage->input.live.budget_remaining = 0;
}

static void
hold_100(Stage *stage)
{
	stage->input.live.budget_remaining = 0;
	stage->input.live.hold = 100;
}

static void
forget_state(Stage *stage)
{
	stage->input.live.known = false;
}

static void
no_warning(Stage *stage)
{
	leave_100(stage);
	stage->input.settings.budget_warning = 0;
}

#define COST(cents)	"action.parameters.amount_cents " cents "\n"
#define EXCEEDED_13	"DENY CHK-13 BUDGET_EXCEEDED"
#define EXHAUSTED_13 "DENY CHK-13 BUDGET_EXHAUSTED"
#define WARNING_13	"CONSTRAIN CHK-13 budget_warning"

static const StageCase budget_cases[] = {
	{"D-28: neither amount nor base cost", NULL, NULL, leave_nothing,
	"PERMIT"},
	{"D-28: amount 0, remaining 0", NULL, COST("0"), leave_nothing,
	EXHAUSTED_13},
	{"D-28: amount = remaining", NULL, COST("100"), leave_100, WARNING_13},
	{"D-28: amount = remaining, no warning", NULL, COST("100"), no_warning,
	"PERMIT"},
	{"D-28: amount = remaining + 1", NULL, COST("101"), leave_100,
	EXCEEDED_13},
	{"D-28: exactly a tenth is left", NULL, COST("0"), leave_100, "PERMIT"},
	{"D-28: less than a tenth is left", NULL, COST("1"), leave_100,
	WARNING_13},
	{"D-28: base cost", MODIFY "cost_cents_base 101\n", NULL, leave_100,
	EXCEEDED_13},
	{"D-28: base cost rounded up", MODIFY "cost_cents_base 100.1\n", NULL,
	leave_100, EXCEEDED_13},
	{"D-28: the amount beats the base cost", MODIFY "cost_cents_base 101\n",
	COST("0"), leave_100, "PERMIT"},
	{"D-28: no budget", "requirements.budget\n", COST("5"), forget_state,
	"DENY CHK-02 CREDENTIAL_INVALID"},
	{"its own hold counts as its own", NULL, COST("100"), hold_100,
	WARNING_13},
	{"its own hold and no more", NULL, COST("101"), hold_100, EXCEEDED_13},
};

#define LIMIT_14	"DENY CHK-14 SESSION_LIMIT_EXCEEDED"
#define CALLS(n)	"context.session_state.tool_calls_used " n "\n"
#define STARTED(at)	"context.session_state.session_started_at \"" at "\"\n"
#define MOST(what)	"requirements.session_limits." what "\n"

static void
counted_5(Stage *stage)
{
	stage->input.live.tool_calls_used = 5;
}

static void
started_before(Stage *stage)
{
	stage->input.live.session_started_at = NOW - 3601;
}

static const StageCase session_cases[] = {
	{"D-29: no state", MOST("max_tool_calls 5"), NULL, NULL, "PERMIT"},
	{"D-29: below", MOST("max_tool_calls 5"), CALLS("4"), NULL, "PERMIT"},
	{"D-29: at", MOST("max_tool_calls 5"), CALLS("5"), NULL, LIMIT_14},
	{"D-29: our own count", MOST("max_tool_calls 5"), CALLS("0"), counted_5,
	LIMIT_14},
	{"D-29: our own count alone", MOST("max_tool_calls 5"), NULL, counted_5,
	LIMIT_14},
	{"D-29: none left", MOST("remaining_tool_calls 0"), CALLS("0"), NULL,
	LIMIT_14},
	{"D-29: duration = ttl", "requirements.ttl_seconds 3600\n",
	STARTED("2026-04-09T09:00:00Z"), NULL, "PERMIT"},
	{"D-29: duration > ttl", "requirements.ttl_seconds 3600\n",
	STARTED("2026-04-09T08:59:59Z"), NULL, LIMIT_14},
	{"D-29: minutes", MOST("max_session_duration_minutes 30"),
	STARTED("2026-04-09T09:29:59Z"), NULL, LIMIT_14},
	{"D-29: our own clock", "requirements.ttl_seconds 3600\n",
	STARTED("2026-04-09T10:00:00Z"), started_before, LIMIT_14},
	{"D-29: a clock ahead", NULL, STARTED("2026-04-09T10:01:00Z"), NULL,
	"PERMIT"},
	{"D-29: not begun", NULL, STARTED("2026-04-09T10:01:01Z"), NULL,
	LIMIT_14},
	{"D-29: lines", MOST("max_lines_per_commit 50"), CALLS("0"), NULL,
	"CONSTRAIN CHK-14 lines_limited"},
	{"D-29: too many lines", MOST("max_lines_per_commit 50"),
	CALLS("0") "action.parameters.lines 51\n", NULL, LIMIT_14},
	{"D-29: lines are for changes", MOST("max_lines_per_commit 50"),
	CALLS("0") ACT("file:read"), NULL, "PERMIT"},
};

/* --- CHK-15 --- */

static const GauthApprovalGiven approvals[] = {
	{{"anna", 4}, NOW + 1}, {{"anna", 4}, NOW + 1}, {{"bert", 4}, NOW + 1},
	{{"agent_1", 7}, NOW + 1}, {{"carl", 4}, NOW}
};

static void
give(Stage *stage, uint32_t from, uint32_t count)
{
	stage->input.live.approvals = approvals + from;
	stage->input.live.approval_count = count;
}

static void
anna(Stage *stage)
{
	give(stage, 0, 1);
}

static void
anna_twice(Stage *stage)
{
	give(stage, 0, 2);
}

static void
anna_and_bert(Stage *stage)
{
	give(stage, 1, 2);
}

static void
bert_and_himself(Stage *stage)
{
	give(stage, 2, 2);
}

static void
himself(Stage *stage)
{
	give(stage, 3, 1);
}

static void
too_late(Stage *stage)
{
	give(stage, 4, 1);
}

static void
three_wanted(Stage *stage)
{
	give(stage, 0, 3);
	stage->input.quorum.approvers = 3;
}

static GauthSpan owner[] = {{"bert", 4}};

static void
bert_wanted(Stage *stage)
{
	give(stage, 0, 1);
	stage->input.quorum.named = (GauthNames)
	{
		true, 1, owner
	};
}

static void
bert_wanted_and_given(Stage *stage)
{
	give(stage, 0, 3);
	stage->input.quorum.named = (GauthNames)
	{
		true, 1, owner
	};
}

#define REQUIRED_15	"DENY CHK-15 APPROVAL_REQUIRED"
#define SUPERVISED	"requirements.approval_mode \"supervised\"\n"
#define LISTED \
	SUPERVISED "requirements.requires_approval_for [\"core.file.modify\"]\n"
#define FOUR_EYES	"requirements.approval_mode \"four-eyes\"\n"
#define FLAGGED		MODIFY "requiresApproval true\n"

static const StageCase approval_cases[] = {
	{"D-30: autonomous", NULL, NULL, NULL, "PERMIT"},
	{"D-30: autonomous, flagged", FLAGGED, NULL, NULL, REQUIRED_15},
	{"D-30: autonomous, flagged, approved", FLAGGED, NULL, anna, "PERMIT"},
	{"D-30: supervised", SUPERVISED, NULL, NULL, "PERMIT"},
	{"D-30: listed", LISTED, NULL, NULL, REQUIRED_15},
	{"D-30: listed, approved", LISTED, NULL, anna, "PERMIT"},
	{"D-30: another verb is listed", LISTED, ACT("file:delete"), NULL,
	"PERMIT"},
	{"D-30: four-eyes", FOUR_EYES, NULL, anna_and_bert, "PERMIT"},
	{"D-30: one", FOUR_EYES, NULL, anna, REQUIRED_15},
	{"D-30: the same twice", FOUR_EYES, NULL, anna_twice, REQUIRED_15},
	{"D-30: the requester", FOUR_EYES, NULL, bert_and_himself, REQUIRED_15},
	{"D-30: the requester alone", LISTED, NULL, himself, REQUIRED_15},
	{"D-30: too late", LISTED, NULL, too_late, REQUIRED_15},
	{"D-30: four-eyes looks at reads too", FOUR_EYES, ACT("file:read"), NULL,
	REQUIRED_15},
	{"a quorum that is not reached", NULL, NULL, three_wanted,
	REQUIRED_15},
	{"without the owner", NULL, NULL, bert_wanted, REQUIRED_15},
	{"with the owner", NULL, NULL, bert_wanted_and_given, "PERMIT"},
};

/* --- CHK-17 --- */

static void
trusted(Stage *stage)
{
	stage->input.local_trust = GAUTH_TRUST_TRUSTED;
	stage->input.cross_trust = GAUTH_TRUST_STANDARD;
}

static void
locally_trusted(Stage *stage)
{
	stage->input.local_trust = GAUTH_TRUST_TRUSTED;
}

static void
told_by_others(Stage *stage)
{
	stage->input.live.own = false;
}

static void
unknown(Stage *stage)
{
	stage->input.live.known = false;
}

#define TRUST(class)	"conditions.min_trust_class \"" class "\"\n"
#define CONTINUOUS		"conditions.continuous_verification true\n"
#define REPUTATION_17	"DENY CHK-17 REPUTATION_BELOW_GRANT_CONDITION"
#define CONTINUOUS_17	"CHK-17 CONTINUOUS_VERIFICATION_NOT_SATISFIED"

static const StageCase condition_cases[] = {
	{"D-38: the lower one is enough", TRUST("Standard"), NULL, trusted,
	"PERMIT"},
	{"D-38: the lower one is not", TRUST("Trusted"), NULL, trusted,
	REPUTATION_17},
	{"D-38: not known", TRUST("Untrusted"), NULL, NULL, REPUTATION_17},
	{"D-38: one not known", TRUST("Standard"), NULL, locally_trusted,
	REPUTATION_17},
	{"D-39: our own state", CONTINUOUS, NULL, NULL, "PERMIT"},
	{"D-39: a read, too", CONTINUOUS, ACT("file:read"), NULL, "PERMIT"},
	{"D-39: without subscription", CONTINUOUS, NULL, told_by_others,
	"DENY " CONTINUOUS_17},
	{"D-39: no state", CONTINUOUS, ACT("file:read"), unknown,
	"DENY CHK-02 CREDENTIAL_INVALID " CONTINUOUS_17},
};

int
main(void)
{
	STAGE_RUN(verb_cases);
	STAGE_RUN(platform_cases);
	STAGE_RUN(business_cases);
	STAGE_RUN(budget_cases);
	STAGE_RUN(session_cases);
	STAGE_RUN(approval_cases);
	STAGE_RUN(condition_cases);
	return unit_finish("enforce_bounds");
}
