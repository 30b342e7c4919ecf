/*
 * test_enforce_property.c
 *		What is true of every decision, on random mandates, chains, requests
 *		and circumstances.
 */
#include "test_enforce.h"

#define ROUNDS	20000

/* a small generator of its own, so that every run asks the same */
static uint32_t seed = 20260409;

static uint32_t
choose(uint32_t count)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % count;
}

/* each is a change of the mandate that may make it say less */
static const char *const restrictions[] = {
	"scope.allowed_paths [\"src/\"]\n",
	"scope.allowed_paths [\"src/a/\",\"tests/\"]\n",
	"scope.denied_paths [\"secrets/\",\".env\"]\n",
	"scope.denied_paths [\"src/a/\"]\n",
	"scope.allowed_sectors [\"54\"]\n",
	"scope.allowed_sectors [\"62\",\"541511\"]\n",
	"scope.allowed_regions [\"EU\"]\n",
	"scope.allowed_regions [\"DE\",\"CH\"]\n",
	"scope.allowed_transactions [\"sale\"]\n",
	"scope.allowed_decisions [\"advisory\"]\n",
	"scope.transaction_matrix [{\"transaction_type\":\"sale\","
	"\"allowed\":true}]\n",
	"scope.transaction_matrix [{\"transaction_type\":\"sale\","
	"\"allowed\":false}]\n",
	"scope.phase \"build\"\n",
	"scope.phase \"plan\"\n",
	"scope.platform_permissions.database.write false\n",
	"scope.platform_permissions.shell {\"mode\":\"allowlist\","
	"\"allowlist\":[\"make\"]}\n",
	"scope.platform_permissions.deployment.targets [\"dev\"]\n",
	"scope.core_verbs.urn:gauth:verb:core:file:modify.allowed false\n",
	"scope.core_verbs.urn:gauth:verb:core:file:modify.constraints."
	"max_file_size_bytes 10\n",
	"scope.core_verbs.urn:gauth:verb:core:file:read.constraints."
	"path_patterns [\"src/**\"]\n",
	"scope.core_verbs.urn:gauth:verb:core:command:run.constraints."
	"denied_commands [\"rm\"]\n",
	"scope.core_verbs.urn:gauth:verb:core:payment:create.cost_cents_base 7\n",
	"scope.core_verbs.urn:gauth:verb:core:file:read.requiresApproval true\n",
	"requirements.approval_mode \"supervised\"\n"
	"requirements.requires_approval_for [\"core.payment.create\"]\n",
	"requirements.session_limits.max_tool_calls 5\n",
	"requirements.ttl_seconds 60\n",
	"conditions.min_trust_class \"Standard\"\n",
	"conditions.continuous_verification true\n",
};

static const char *const asked[] = {
	"action.verb \"core.file.read\"\n",
	"action.verb \"core.file.delete\"\n",
	"action.verb \"core.command.run\"\naction.resource_type \"shell\"\n"
	"action.resource \"make all\"\n",
	"action.verb \"core.command.run\"\naction.resource_type \"shell\"\n"
	"action.resource \"rm x\"\n",
	"action.verb \"core.database.insert\"\naction.resource_type \"table\"\n",
	"action.verb \"core.deployment.start\"\naction.resource \"staging\"\n"
	"action.resource_type \"deployment\"\n",
	"action.verb \"core.payment.create\"\naction.resource_type \"payment\"\n",
	"action.verb \"core.nothing.known\"\n",
	"action.resource \"src/a/b.c\"\n",
	"action.resource \"secrets/../src/x\"\n",
	"action.resource \"tests/.env\"\n",
	"action.sector \"541511\"\n",
	"action.region \"DE\"\n",
	"action.region \"US\"\n",
	"action.transaction_type \"sale\"\n",
	"action.decision_type \"advisory\"\n",
	"action.parameters.amount_cents 50\n",
	"action.parameters.file_size 11\n",
	"context.session_state.tool_calls_used 4\n",
	"context.session_state.session_started_at \"2026-04-09T09:58:00Z\"\n",
	"agent.agent_id \"agent_2\"\n",
};

#define LINK(restriction) \
	"delegation_chain [{\"delegator\":\"p\",\"delegate\":\"agent_1\"," \
	"\"scope_restriction\":" restriction "," \
	"\"delegated_at\":\"2026-04-09T09:00:00Z\"}]\n"

static const char *const chains[] = {
	LINK("{}"),
	LINK("{\"allowed_paths\":[\"src/a/\"]}"),
	LINK("{\"allowed_regions\":[\"DE\"],\"allowed_sectors\":[\"541511\"]}"),
	LINK("{\"core_verbs\":{\"core.file.read\":{\"allowed\":true}}}"),
	LINK("{\"denied_paths\":[\"src/\"]}"),
};

#define COUNT(table)	(sizeof(table) / sizeof(table[0]))

/* what a round is made of, so that it can be played again with one more */
typedef struct Round
{
	const char *mandate[3];
	const char *request[5];
	const char *chain;
	uint32_t	circumstance;
} Round;

static void
choose_round(Round *round)
{
	uint32_t	i;

	for (i = 0; i < COUNT(round->mandate); i++)
		round->mandate[i] = choose(3) == 0
			? restrictions[choose(COUNT(restrictions))] : NULL;
	for (i = 0; i < COUNT(round->request); i++)
		round->request[i] = choose(2) == 0 ? asked[choose(COUNT(asked))]
			: NULL;
	round->chain = choose(4) == 0 ? chains[choose(COUNT(chains))] : NULL;
	round->circumstance = choose(64);
}

/* most of them good */
static void
set_circumstance(Stage *stage, uint32_t circumstance)
{
	GauthEnforceInput *input = &stage->input;

	input->local_trust = GAUTH_TRUST_TRUSTED;
	input->cross_trust = GAUTH_TRUST_STANDARD;
	switch (circumstance)
	{
		case 0:
			input->live.known = false;
			break;
		case 1:
			input->live.standing = GAUTH_STANDING_SUSPENDED;
			break;
		case 2:
			input->live.budget_remaining = 40;
			break;
		case 3:
			input->evidence.checksum = GAUTH_TESTED_BAD;
			break;
		case 4:
			input->evidence.expires_at = NOW;
			break;
		case 5:
			input->cross_trust = GAUTH_TRUST_ABSENT;
			break;
		case 6:
			input->live.own = false;
			break;
		default:
			break;
	}
}

static void
play(Stage *stage, const Round *round, const char *more)
{
	uint32_t	i;

	stage_begin(stage);
	for (i = 0; i < COUNT(round->mandate); i++)
		stage_mandate(stage, round->mandate[i]);
	stage_mandate(stage, round->chain);
	stage_mandate(stage, more);
	for (i = 0; i < COUNT(round->request); i++)
		stage_request(stage, round->request[i]);
	if (!stage_read(stage))
		printf("a request of ours is not one\n");
	set_circumstance(stage, round->circumstance);
	stage_decide(stage);
}

/* D-09: a permit means that nothing failed, and nothing is held back */
static bool
is_consistent(const Stage *stage)
{
	const GauthEnforceDecision *decision = &stage->decision;
	const GauthViolation *violation;
	bool		failed = false;
	bool		error = false;
	uint32_t	i;

	for (i = 0; i < decision->outcome_count; i++)
		failed = failed || decision->outcomes[i].result == GAUTH_CHECK_FAIL;
	for (violation = decision->violations; violation != NULL;
		 violation = violation->next)
		error = error || violation->severity == GAUTH_SEVERITY_ERROR;
	if (failed != error || stage->status != GAUTH_OK)
		return false;
	if (decision->ruling == GAUTH_RULING_DENY)
		return failed && decision->constraints == NULL;
	return !failed && (decision->ruling == GAUTH_RULING_CONSTRAIN) ==
		(decision->constraints != NULL);
}

/* D-02: the same question, the same answer */
static bool
is_repeatable(Stage *stage, const Round *round)
{
	Stage		again;
	bool		same;

	play(&again, round, NULL);
	same = gauth_span_equal(stage_answer(stage), stage_answer(&again));
	stage_end(&again);
	return same;
}

/* a restriction more, of the mandate or on the way to it, helps nobody */
static bool
is_monotonic(const Stage *stage, const Round *round)
{
	Stage		tighter;
	const char *more = restrictions[choose(COUNT(restrictions))];
	uint32_t	i;
	bool		good;

	/* one that takes the place of another is not one more */
	for (i = 0; i < COUNT(round->mandate); i++)
	{
		if (round->mandate[i] != NULL &&
			strcspn(round->mandate[i], " ") == strcspn(more, " ") &&
			strncmp(round->mandate[i], more, strcspn(more, " ")) == 0)
			return true;
	}
	play(&tighter, round, more);
	good = stage->decision.ruling != GAUTH_RULING_DENY ||
		tighter.decision.ruling == GAUTH_RULING_DENY;
	if (!good)
		printf("  permitted by %s", more);
	stage_end(&tighter);
	return good;
}

/* D-50: no setting turns a denial into a permit */
static bool
has_no_loophole(Stage *stage)
{
	static GauthSpan name = {"proj", 4};
	GauthEnforceSettings *settings = &stage->input.settings;
	bool		denied = stage->decision.ruling == GAUTH_RULING_DENY;
	int			bits;

	for (bits = 0; bits < 32; bits++)
	{
		settings->strict_sectors = (bits & 1) != 0;
		settings->strict_regions = (bits & 2) != 0;
		settings->budget_warning = (bits & 4) != 0 ? 0 : 100;
		settings->projects = (GauthNames)
		{
			(bits & 8) != 0, 1, &name
		};
		settings->audience.given = (bits & 16) != 0;
		stage_decide(stage);
		if (denied && stage->decision.ruling != GAUTH_RULING_DENY)
			return false;
	}
	return true;
}

/* a delegation never gives what its delegator has not */
static bool
is_narrowing(const Stage *stage, const Round *round)
{
	Round		without = *round;
	Stage		direct;
	bool		good;

	if (round->chain == NULL || stage->decision.ruling == GAUTH_RULING_DENY)
		return true;
	without.chain = NULL;
	play(&direct, &without, NULL);
	good = direct.decision.ruling != GAUTH_RULING_DENY;
	stage_end(&direct);
	return good;
}

int
main(void)
{
	int			rulings[3] = {0, 0, 0};
	int			i;

	for (i = 0; i < ROUNDS; i++)
	{
		Round		round;
		Stage		stage;

		choose_round(&round);
		play(&stage, &round, NULL);
		rulings[stage.decision.ruling]++;
		CHECK(is_consistent(&stage));
		if (i % 10 == 0)
			CHECK(is_repeatable(&stage, &round));
		CHECK(is_monotonic(&stage, &round));
		CHECK(is_narrowing(&stage, &round));
		if (i % 10 == 0)
			CHECK(has_no_loophole(&stage));
		stage_end(&stage);
	}
	printf("enforce_property: %d permits, %d denials, %d constraints\n",
		   rulings[GAUTH_RULING_PERMIT], rulings[GAUTH_RULING_DENY],
		   rulings[GAUTH_RULING_CONSTRAIN]);
	CHECK(rulings[GAUTH_RULING_PERMIT] > 100);
	CHECK(rulings[GAUTH_RULING_CONSTRAIN] > 100);
	return unit_finish("enforce_property");
}
