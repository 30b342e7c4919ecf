/*
 * test_definition_check.c
 *		What the legal form of a power of attorney has against an action: each
 *		rule in both its answers.
 */
#include "decision/definition_check.h"
#include "poa/definition.h"
#include "poa/definition_rule.h"
#include "test_poa.h"

#define NOW		INT64_C(1800000000) /* 2027-01-15T08:00:00Z */

static const char sample[] =
	"{\"parties\":{\"principal\":{\"type\":\"organization\","
	"\"identity\":\"acme\",\"organization\":{"
	"\"type\":\"commercial_enterprise\",\"name\":\"Acme\"}},"
	"\"authorized_client\":{\"type\":\"digital_agent\","
	"\"identity\":\"bot\"}},"
	"\"authorization\":{\"authorization_type\":{},"
	"\"applicable_sectors\":[\"manufacturing\"],"
	"\"applicable_regions\":[{\"type\":\"international\","
	"\"identifier\":\"EU, CH\"}],"
	"\"authorized_actions\":{\"transactions\":[\"purchase_transactions\","
	"\"loan_transactions\"],\"decisions\":[\"financial_commitments\"]}},"
	"\"requirements\":{\"validity_period\":{"
	"\"start_time\":\"2027-01-01T00:00:00Z\","
	"\"end_time\":\"2027-12-31T00:00:00Z\"},\"formal_requirements\":{},"
	"\"power_limits\":{},\"special_conditions\":{},"
	"\"death_incapacity_rules\":{}}}";

typedef struct Case
{
	GauthDefinitionFacts facts;
	GauthEnforceRequest request;
	GauthJson  *document;
	int64_t		now;
	int64_t		cost;
	GauthFinding items[GAUTH_DEFINITION_FINDINGS_MAX];
	GauthFindingList findings;
} Case;

/* the form with one place changed */
static void
begin_case(Case *one, const char *place, const char *value)
{
	GauthProblems problems;

	memset(one, 0, sizeof(*one));
	one->document = parse(sample);
	if (place != NULL)
		mutate(one->document, place, value);
	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_definition_check(&arena, one->document, &problems),
				 GAUTH_OK);
	CHECK(problems.count == 0);
	print_problems(&problems);
	one->facts.definition = one->document;
	one->facts.active = true;
	one->facts.server_verified = true;
	one->facts.owner = GAUTH_SPAN("ben");
	one->now = NOW;
	one->cost = GAUTH_ABSENT;
	one->request.transaction_type = GAUTH_SPAN("purchase");
	one->request.verb = GAUTH_SPAN("urn:gauth:verb:trade:order:sign");
}

/* exactly this violation, or none */
static void
expect(Case *one, const char *code, const char *what)
{
	one->findings.room = GAUTH_DEFINITION_FINDINGS_MAX;
	one->findings.items = one->items;
	one->findings.count = 0;
	gauth_definition_judge(&one->facts, &one->request, one->now, one->cost,
						   &one->findings);
	if (code == NULL)
	{
		if (!CHECK(one->findings.count == 0))
			printf("  %s: %s\n", what, one->items[0].message);
		return;
	}
	if (!CHECK(one->findings.count == 1 &&
			   strcmp(gauth_violation_code_name(one->items[0].code),
					  code) == 0))
		printf("  %s: %u findings, %s\n", what, one->findings.count,
			   one->findings.count == 0 ? "" :
			   gauth_violation_code_name(one->items[0].code));
}

static GauthNames
names_of(const char *name)
{
	GauthNames	names = {true, 1, gauth_arena_alloc(&arena, sizeof(GauthSpan))};

	names.items[0] = gauth_span_of(name);
	return names;
}

static const GauthJson *
parameters(const char *text)
{
	return parse(text);
}

/* B-16: start and end; and a definition that is not in force */
static void
check_validity(void)
{
	Case		one;

	begin_case(&one, NULL, NULL);
	expect(&one, NULL, "within its validity");
	one.now = INT64_C(1798761599);	/* the last second of 2026 */
	expect(&one, "CREDENTIAL_EXPIRED", "before the start");
	one.now++;
	expect(&one, NULL, "at the start");
	one.now = INT64_C(1830211200);	/* 2027-12-31T00:00:00Z */
	expect(&one, "CREDENTIAL_EXPIRED", "at the end");
	one.now--;
	expect(&one, NULL, "before the end");
	one.facts.active = false;
	expect(&one, "CREDENTIAL_REVOKED", "not in force");
}

/* B-08: restrictions; B-13, B-14: kinds; B-25: exclusions beat permissions */
static void
check_kinds(void)
{
	Case		one;

	begin_case(&one, NULL, NULL);
	one.request.transaction_type = GAUTH_SPAN("sale_transactions");
	expect(&one, "TRANSACTION_NOT_ALLOWED", "not listed");
	one.request.transaction_type = GAUTH_SPAN("purchase_transactions");
	expect(&one, NULL, "listed");
	one.request.decision_type = GAUTH_SPAN("financial_commitments");
	expect(&one, NULL, "a decision that is listed");
	one.request.decision_type = GAUTH_SPAN("legal_proceedings");
	expect(&one, "DECISION_NOT_ALLOWED", "one that is not");

	begin_case(&one, "requirements.power_limits.explicit_exclusions",
			   "[\"loan_transactions\"]");
	one.request.transaction_type = GAUTH_SPAN("loan");
	expect(&one, "TRANSACTION_NOT_ALLOWED", "listed and excluded");
	begin_case(&one, "authorization.authorization_type.restrictions",
			   "[\"real_estate\",\"purchase_transactions\"]");
	expect(&one, "TRANSACTION_NOT_ALLOWED", "listed and restricted");
	begin_case(&one, "requirements.power_limits.explicit_exclusions",
			   "[\"urn:gauth:verb:trade:order:sign\"]");
	expect(&one, "VERB_NOT_ALLOWED", "a verb that is excluded");
}

/* B-09: no sub-proxies unless the definition allows them */
static void
check_delegation(void)
{
	Case		one;

	begin_case(&one, NULL, NULL);
	one.facts.delegated = true;
	expect(&one, "DELEGATION_SCOPE_EXCEEDED", "not said");
	begin_case(&one, "authorization.authorization_type.sub_proxy_authority",
			   "false");
	one.facts.delegated = true;
	expect(&one, "DELEGATION_SCOPE_EXCEEDED", "denied");
	begin_case(&one, "authorization.authorization_type.sub_proxy_authority",
			   "true");
	one.facts.delegated = true;
	expect(&one, NULL, "allowed");
}

/* B-11, B-12: sectors by code, regions with what they hold */
static void
check_places(void)
{
	static const struct
	{
		const char *region;
		bool		good;
	}			regions[] = {
		{"DE", true}, {"DE-BY", true}, {"CH", true}, {"US", false},
		{"NO", false}, {"EU", true}
	};
	Case		one;
	size_t		i;

	begin_case(&one, NULL, NULL);
	for (i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
	{
		one.request.region = gauth_span_of(regions[i].region);
		expect(&one, regions[i].good ? NULL : "REGION_MISMATCH",
			   regions[i].region);
	}
	one.request.region = GAUTH_SPAN("");
	one.request.sector = GAUTH_SPAN("nace:C10");
	expect(&one, NULL, "a class of the sector");
	one.request.sector = GAUTH_SPAN("nace:F41");
	expect(&one, "SECTOR_MISMATCH", "another sector");
	begin_case(&one, "authorization.applicable_regions",
			   "[{\"type\":\"global\"}]");
	one.request.region = GAUTH_SPAN("US");
	expect(&one, NULL, "everywhere");
}

/* B-22: amounts, of one transaction and of a day */
static void
check_money(void)
{
	Case		one;

	begin_case(&one, "requirements.power_limits.power_levels",
			   "[\"modest\",{\"amount_cents\":1000,\"currency\":\"EUR\"},"
			   "{\"amount_cents\":1500,\"currency\":\"EUR\","
			   "\"period\":\"day\"},{\"amount_cents\":10,"
			   "\"currency\":\"EUR\","
			   "\"transaction_type\":\"loan_transactions\"}]");
	one.cost = 1000;
	expect(&one, NULL, "as much as allowed");
	one.cost = 1001;
	expect(&one, "BUDGET_EXCEEDED", "one cent more");
	one.cost = 500;
	one.facts.spent_today = 1000;
	expect(&one, NULL, "as much as the day allows");
	one.facts.spent_today = 1001;
	expect(&one, "BUDGET_EXCEEDED", "one cent more than the day allows");
	one.facts.spent_today = INT64_MAX;
	expect(&one, "BUDGET_EXCEEDED", "a day that is full");
	one.facts.spent_today = 0;
	one.cost = 11;
	one.request.transaction_type = GAUTH_SPAN("loan");
	expect(&one, "BUDGET_EXCEEDED", "of one kind");
	one.cost = 0;
	one.facts.spent_today = 2000;
	expect(&one, NULL, "nothing to pay");
	CHECK(gauth_definition_counts_days(one.document));
	begin_case(&one, NULL, NULL);
	CHECK(!gauth_definition_counts_days(one.document));
}

/* B-23: tools and partners; B-24: what has to be attested */
static void
check_means(void)
{
	static const struct
	{
		const char *place;
		const char *value;
		const char *proof;
	}			proofs[] = {
		{"requirements.power_limits.quantum_resistance", "true",
		"quantum_resistance"},
		{"requirements.power_limits.model_limits", "[\"< 10B\"]",
		"model_limits"},
		{"requirements.power_limits.outcome_limitations", "[\"x\"]",
		"outcome_limitations"},
		{"requirements.power_limits.behavioural_limits", "[\"polite\"]",
		"behavioural_limits"}
	};
	Case		one;
	size_t		i;

	begin_case(&one, "requirements.power_limits.tool_limitations",
			   "[\"mail\",\"erp\"]");
	one.request.parameters = parameters("{\"tool\":\"erp\"}");
	expect(&one, NULL, "a tool that is listed");
	one.request.parameters = parameters("{\"tool\":\"shell\"}");
	expect(&one, "CONSTRAINT_VIOLATED", "one that is not");

	begin_case(&one, "requirements.power_limits.interaction_boundaries",
			   "[\"partners:2\"]");
	CHECK(gauth_definition_partner_limit(one.document) == 2);
	one.facts.partners = names_of("first");
	one.request.parameters = parameters("{\"partner\":\"second\"}");
	expect(&one, NULL, "a second partner");
	one.facts.partners.items =
		gauth_arena_array(&arena, 2, sizeof(GauthSpan));
	one.facts.partners.items[0] = GAUTH_SPAN("first");
	one.facts.partners.items[1] = GAUTH_SPAN("second");
	one.facts.partners.count = 2;
	expect(&one, NULL, "the second partner again");
	one.request.parameters = parameters("{\"partner\":\"third\"}");
	expect(&one, "CONSTRAINT_VIOLATED", "a third partner");

	for (i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++)
	{
		begin_case(&one, proofs[i].place, proofs[i].value);
		expect(&one, "CONSTRAINT_VIOLATED", proofs[i].proof);
		one.facts.proved = names_of(proofs[i].proof);
		expect(&one, NULL, proofs[i].proof);
	}
}

/* B-20, B-27: duties, events, the other side's identity */
static void
check_conditions(void)
{
	Case		one;

	begin_case(&one, "requirements.special_conditions."
			   "conditional_effectiveness", "[\"illness\",\"absence\"]");
	expect(&one, "CONSTRAINT_VIOLATED", "before the event");
	one.facts.raised = names_of("illness");
	expect(&one, "CONSTRAINT_VIOLATED", "one of two events");
	begin_case(&one, "requirements.special_conditions."
			   "conditional_effectiveness", "[\"illness\"]");
	one.facts.raised = names_of("illness");
	expect(&one, NULL, "after the event");

	begin_case(&one, NULL, NULL);
	one.facts.stops = names_of("price alarm");
	expect(&one, NULL, "do, unless");
	one.facts.raised = names_of("price alarm");
	expect(&one, "CONSTRAINT_VIOLATED", "unless it comes");
	begin_case(&one, NULL, NULL);
	one.facts.overdue = true;
	expect(&one, "CONSTRAINT_VIOLATED", "a duty comes first");

	begin_case(&one, "requirements.formal_requirements."
			   "id_verification_required", "true");
	expect(&one, NULL, "a server whose owner is known");
	one.facts.server_verified = false;
	expect(&one, "CREDENTIAL_INVALID", "a server whose owner is not");
}

/* B-07: joint representation; B-10: joint and collective signatures */
static void
check_quorum(void)
{
	static const struct
	{
		const char *type;
		uint32_t	approvers;
	}			signatures[] = {
		{"\"single\"", 0}, {"\"joint\"", 2}, {"\"collective\"", 3},
		{"[\"single\",\"joint\"]", 2}
	};
	GauthQuorum quorum;
	Case		one;
	size_t		i;

	for (i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
	{
		memset(&quorum, 0, sizeof(quorum));
		begin_case(&one, "authorization.authorization_type.signature_type",
				   signatures[i].type);
		CHECK(gauth_definition_quorum(&one.facts, &arena, &quorum));
		CHECK(quorum.approvers == signatures[i].approvers);
		CHECK(quorum.named.count == 0);
	}
	memset(&quorum, 0, sizeof(quorum));
	begin_case(&one, "authorization.authorization_type",
			   "{\"signature_type\":\"collective\","
			   "\"restrictions\":[\"quorum:5\"]}");
	CHECK(gauth_definition_quorum(&one.facts, &arena, &quorum));
	CHECK(quorum.approvers == 5);
	memset(&quorum, 0, sizeof(quorum));
	begin_case(&one, "authorization.authorization_type.representation_type",
			   "\"joint\"");
	CHECK(gauth_definition_quorum(&one.facts, &arena, &quorum));
	CHECK(quorum.approvers == 1 && quorum.named.count == 1);
	CHECK(gauth_span_is(quorum.named.items[0], "ben"));
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	check_validity();
	check_kinds();
	check_delegation();
	check_places();
	check_money();
	check_means();
	check_conditions();
	check_quorum();
	gauth_arena_reset(&arena);
	return unit_finish("definition_check");
}
