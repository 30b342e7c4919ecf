/*
 * test_enforce_chain.c
 *		Delegation chains: their links, what they leave, the second pass.
 */
#include "test_enforce.h"

#define AT_NINE		"2026-04-09T09:00:00Z"

/* a link with a restriction, a time and what else it says */
#define LINK_OF(from, to, restriction, at, more) \
	"{\"delegator\":\"" from "\",\"delegate\":\"" to "\"," \
	"\"scope_restriction\":" restriction ",\"delegated_at\":\"" at "\"" \
	more "}"
#define LINK(from, to)	LINK_OF(from, to, "{}", AT_NINE, "")
#define CHAIN(links)	"delegation_chain [" links "]\n"
#define ONLY(restriction) \
	CHAIN(LINK_OF("p", "agent_1", restriction, AT_NINE, ""))
#define DEPTH(from, to, left) \
	LINK_OF(from, to, "{}", AT_NINE, ",\"max_depth_remaining\":" left)

#define SCOPE_16	"DENY CHK-16 DELEGATION_SCOPE_EXCEEDED"
#define DEPTH_16	"DENY CHK-16 DELEGATION_DEPTH_EXCEEDED"

#define STANDARD \
	"scope.governance_profile \"standard\"\n" \
	"requirements.approval_mode \"supervised\"\n" \
	"scope.platform_permissions {}\n"

static void
not_recorded(Stage *stage)
{
	stage->input.live.chain_recorded = false;
}

static void
told(Stage *stage)
{
	stage->input.evidence.source = GAUTH_SOURCE_SNAPSHOT;
	stage->input.live.own = false;
}

static void
eleven(Stage *stage)
{
	stage->credential.delegation_count = 11;
	stage->credential.delegations =
		gauth_arena_array(&stage->arena, 11, sizeof(GauthDelegation));
	for (int i = 0; i < 11; i++)
	{
		GauthDelegation *entry = &stage->credential.delegations[i];

		entry->delegator = GAUTH_SPAN("agent_1");
		entry->delegate = GAUTH_SPAN("agent_1");
		entry->delegated_at = NOW - 1;
		entry->max_depth_remaining = GAUTH_ABSENT;
	}
}

static const StageCase link_cases[] = {
	{"D-31: one link", CHAIN(LINK("p", "agent_1")), NULL, NULL, "PERMIT"},
	{"D-31: two links", CHAIN(LINK("p", "q") "," LINK("q", "agent_1")), NULL,
	NULL, "PERMIT"},
	{"D-31: broken", CHAIN(LINK("p", "q") "," LINK("r", "agent_1")), NULL,
	NULL, SCOPE_16},
	{"D-31: another agent's", CHAIN(LINK("p", "agent_2")), NULL, NULL,
	SCOPE_16},
	{"D-31: no time",
		CHAIN("{\"delegator\":\"p\",\"delegate\":\"agent_1\","
			  "\"scope_restriction\":{}}"), NULL, NULL, SCOPE_16},
	{"D-32: two under standard",
		STANDARD CHAIN(LINK("p", "q") "," LINK("q", "agent_1")), NULL, NULL,
		"DENY CHK-03 PROFILE_CEILING_EXCEEDED "
	"CHK-16 DELEGATION_DEPTH_EXCEEDED"},
	{"D-32: one under standard", STANDARD CHAIN(LINK("p", "agent_1")), NULL,
	NULL, "PERMIT"},
	{"D-32: a verb's limit",
		CHAIN(LINK("p", "q") "," LINK("q", "agent_1"))
		"scope.core_verbs.urn:gauth:verb:core:agent:delegate.constraints."
	"max_delegation_depth 1\n", NULL, NULL, DEPTH_16},
	{"D-57: eleven", NULL, NULL, eleven, DEPTH_16},
	{"D-34: in the future",
		CHAIN(LINK_OF("p", "agent_1", "{}", "2026-04-09T10:00:01Z", "")),
	NULL, NULL, SCOPE_16},
	{"D-34: now", CHAIN(LINK_OF("p", "agent_1", "{}", "2026-04-09T10:00:00Z",
								"")), NULL, NULL, "PERMIT"},
	{"D-34: out of order",
		CHAIN(LINK("p", "q") ","
			  LINK_OF("q", "agent_1", "{}", "2026-04-09T08:00:00Z", "")),
	NULL, NULL, SCOPE_16},
	{"D-35: falls", CHAIN(DEPTH("p", "q", "2") "," DEPTH("q", "agent_1", "1")),
	NULL, NULL, "PERMIT"},
	{"D-35: equal", CHAIN(DEPTH("p", "q", "2") "," DEPTH("q", "agent_1", "2")),
	NULL, NULL, DEPTH_16},
	{"D-35: rises", CHAIN(DEPTH("p", "q", "0") "," DEPTH("q", "agent_1", "1")),
	NULL, NULL, DEPTH_16},
	{"D-35: nothing is left",
		CHAIN(DEPTH("p", "q", "0") "," LINK("q", "agent_1")), NULL, NULL,
	DEPTH_16},
	{"A-37: not on record", CHAIN(LINK("p", "agent_1")), NULL, not_recorded,
	SCOPE_16},
	{"a trusted caller's record", CHAIN(LINK("p", "agent_1")), NULL, told,
	"PERMIT"},
};

#define WIDE \
	"scope.allowed_paths [\"src/\"]\nscope.allowed_sectors [\"54\"]\n" \
	"scope.allowed_regions [\"EU\"]\n" \
	"scope.allowed_transactions [\"sale\"]\n" \
	"scope.allowed_decisions [\"advisory\"]\n" \
	"scope.platform_permissions.database.write false\n"
#define ALL_SAID \
	"action.sector \"541511\"\naction.region \"DE\"\n" \
	"action.transaction_type \"sale\"\naction.decision_type \"advisory\"\n"

static const StageCase narrowing_cases[] = {
	{"D-33: as wide", WIDE ONLY("{}"), ALL_SAID, NULL, "PERMIT"},
	{"D-33: paths", WIDE ONLY("{\"allowed_paths\":[\"etc/\",\"src/\"]}"),
	ALL_SAID, NULL, SCOPE_16},
	{"D-33: verbs", WIDE
		ONLY("{\"core_verbs\":{\"core.file.modify\":{\"allowed\":true},"
			 "\"core.file.rename\":{\"allowed\":true}}}"), ALL_SAID, NULL,
	SCOPE_16},
	{"D-33: sectors", WIDE ONLY("{\"allowed_sectors\":[\"54\",\"62\"]}"),
	ALL_SAID, NULL, SCOPE_16},
	{"D-33: regions", WIDE ONLY("{\"allowed_regions\":[\"DE\",\"US\"]}"),
	ALL_SAID, NULL, SCOPE_16},
	{"D-33: transactions", WIDE
		ONLY("{\"allowed_transactions\":[\"sale\",\"lease\"]}"), ALL_SAID,
	NULL, SCOPE_16},
	{"D-33: decisions", WIDE
		ONLY("{\"allowed_decisions\":[\"advisory\",\"binding\"]}"), ALL_SAID,
	NULL, SCOPE_16},
	{"D-33: platform", WIDE
		ONLY("{\"platform_permissions\":{\"database\":{\"write\":true}}}"),
	ALL_SAID, NULL, SCOPE_16},
	{"D-33: the second entry", WIDE
		CHAIN(LINK_OF("p", "q", "{\"allowed_paths\":[\"src/a/\"]}", AT_NINE,
					  "") ","
			  LINK_OF("q", "agent_1", "{\"allowed_paths\":[\"src/\"]}",
					  AT_NINE, "")),
		ALL_SAID "action.resource \"src/a/x\"\n", NULL,
	SCOPE_16},

	{"D-36", "scope.allowed_paths [\"src/\",\"tests/\"]\n"
		ONLY("{\"allowed_paths\":[\"tests/\"]}"),
		"action.resource \"src/a\"\n", NULL,
	"DENY CHK-07-DELEGATED PATH_NOT_ALLOWED"},
	{"D-36: within", "scope.allowed_paths [\"src/\",\"tests/\"]\n"
		ONLY("{\"allowed_paths\":[\"tests/\"]}"),
	"action.resource \"tests/a\"\n", NULL, "PERMIT"},
	{"D-36: denied", ONLY("{\"denied_paths\":[\"src/\"]}"), NULL, NULL,
	"DENY CHK-07-DELEGATED PATH_DENIED"},
	{"D-36: verb",
		ONLY("{\"core_verbs\":{\"core.file.read\":{\"allowed\":true}}}"),
	NULL, NULL, "DENY CHK-08-DELEGATED VERB_NOT_ALLOWED"},
	{"D-36: constraint",
		ONLY("{\"core_verbs\":{\"core.file.modify\":{\"allowed\":true,"
			 "\"constraints\":{\"max_file_size_bytes\":10}}}}"),
		"action.parameters.file_size 11\n", NULL,
	"DENY CHK-09-DELEGATED CONSTRAINT_VIOLATED"},
	{"D-36: sector", ONLY("{\"allowed_sectors\":[\"54\"]}"),
		"action.sector \"62\"\n", NULL,
	"DENY CHK-05-DELEGATED SECTOR_MISMATCH"},
	{"D-36: region", ONLY("{\"allowed_regions\":[\"DE\"]}"),
		"action.region \"FR\"\n", NULL,
	"DENY CHK-06-DELEGATED REGION_MISMATCH"},
	{"D-36: platform",
		ONLY("{\"platform_permissions\":{\"database\":{\"read\":true,"
			 "\"write\":false}}}"),
		"action.verb \"core.database.insert\"\n"
		"action.resource_type \"database\"\n", NULL,
	"DENY CHK-10-DELEGATED PLATFORM_PERMISSION_DENIED"},
	{"D-36: transaction", ONLY("{\"allowed_transactions\":[\"sale\"]}"),
		"action.transaction_type \"lease\"\n", NULL,
	"DENY CHK-11-DELEGATED TRANSACTION_NOT_ALLOWED"},
	{"D-36: decision", ONLY("{\"allowed_decisions\":[\"advisory\"]}"),
		"action.decision_type \"binding\"\n", NULL,
	"DENY CHK-12-DELEGATED DECISION_NOT_ALLOWED"},

	/* nothing in common is nothing, not everything */
	{"D-37", "scope.allowed_sectors [\"54\"]\n"
		ONLY("{\"allowed_sectors\":[\"62\"]}"), "action.sector \"541\"\n",
		NULL,
		"DENY CHK-16 DELEGATION_SCOPE_EXCEEDED "
	"CHK-05-DELEGATED SECTOR_MISMATCH"},
	{"D-37: nor where nothing is said", "scope.allowed_sectors [\"54\"]\n"
		ONLY("{\"allowed_sectors\":[\"62\"]}"), NULL, NULL,
		"DENY CHK-05 ~SECTOR_MISMATCH "
		"CHK-16 DELEGATION_SCOPE_EXCEEDED "
	"CHK-05-DELEGATED SECTOR_MISMATCH"},
};

/* the checks that are made again, and only these */
static void
test_second_pass(void)
{
	Stage		stage;
	int			check;

	stage_begin(&stage);
	stage_mandate(&stage, ONLY("{\"allowed_paths\":[\"src/\"]}"));
	CHECK(stage_read(&stage));
	stage_decide(&stage);
	CHECK(stage.decision.ruling == GAUTH_RULING_PERMIT);
	CHECK(stage.decision.outcome_count == GAUTH_CHECK_OUTCOMES_MAX);
	for (check = 0; check < GAUTH_CHECK_COUNT; check++)
	{
		bool		again = check >= GAUTH_CHECK_SECTOR &&
		check <= GAUTH_CHECK_DECISION;

		CHECK((gauth_check_id((GauthCheckId) check, true) != NULL) == again);
		CHECK(stage.decision.outcomes[check].check == (GauthCheckId) check);
		CHECK(!stage.decision.outcomes[check].delegated);
	}
	CHECK(stage_result(&stage, GAUTH_CHECK_PATH, true) == GAUTH_CHECK_PASS);
	CHECK(strcmp(gauth_check_id(GAUTH_CHECK_PATH, true),
				 "CHK-07-DELEGATED") == 0);
	stage_end(&stage);
}

/* a mandate whose own scope is what a chain left of another one's */
static void
test_origin(void)
{
	Stage		stage;
	GauthPowers origin;

	stage_begin(&stage);
	stage_mandate(&stage, "scope.allowed_paths [\"src/a/\"]\n"
				  ONLY("{\"allowed_paths\":[\"src/\"]}"));
	CHECK(stage_read(&stage));
	stage_decide(&stage);
	CHECK(stage_has(&stage, "DELEGATION_SCOPE_EXCEEDED"));

	origin = stage.credential.powers;
	origin.allowed_paths.given = false;
	stage.input.live.origin = &origin;
	stage.request.resource = GAUTH_SPAN("src/a/x");
	stage_decide(&stage);
	CHECK(stage.decision.ruling == GAUTH_RULING_PERMIT);
	stage.request.resource = GAUTH_SPAN("src/b");
	stage_decide(&stage);
	CHECK(stage_has(&stage, "PATH_NOT_ALLOWED"));
	stage_end(&stage);
}

int
main(void)
{
	STAGE_RUN(link_cases);
	STAGE_RUN(narrowing_cases);
	test_second_pass();
	test_origin();
	return unit_finish("enforce_chain");
}
