/*
 * test_poa_definition.c
 *		Definitions of RFC 0115 against their form: every box, and every way
 *		to tick it wrongly.
 */
#include "poa/definition.h"
#include "test_poa.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* A-20, B-04, B-26, B-31: every member of the form at once */
static const char full_text[] =
"{\"parties\":{\"principal\":{\"type\":\"organization\","
"\"identity\":\"acme\",\"organization\":{\"type\":"
"\"commercial_enterprise\",\"name\":\"ACME AG\","
"\"register_entry\":\"HRB 1\",\"managing_director\":\"M. Mustermann\","
"\"registered_authority\":true,\"other\":\"x\"},\"other\":\"x\"},"
"\"representative\":{\"client_owner\":{\"name\":\"O\","
"\"registered_power_of_attorney\":\"Prokura\","
"\"commercial_register_entry\":true,\"other\":\"x\"},"
"\"owner_authorizer\":{\"name\":\"A\","
"\"registered_power_of_attorney\":false,"
"\"commercial_register_entry\":\"HRB 1\"},"
"\"other_representatives\":[{\"name\":\"R\"},{\"name\":\"S\","
"\"registered_power_of_attorney\":true}],\"other\":\"x\"},"
"\"authorized_client\":{\"type\":\"agentic_ai\",\"identity\":\"agent\","
"\"version\":\"1\",\"operational_status\":\"active\",\"other\":\"x\"},"
"\"other\":\"x\"},"
"\"authorization\":{\"authorization_type\":{\"representation_type\":"
"[\"sole\",\"joint\"],\"restrictions\":[\"no real estate\","
"{\"type\":\"sale_transactions\",\"specify\":\"of land\"}],"
"\"sub_proxy_authority\":true,\"signature_type\":[\"single\",\"joint\","
"\"collective\"],\"other\":\"x\"},"
"\"applicable_sectors\":[\"manufacturing\",\"nace:62.01\",\"isic:6201\","
"\"naics:541511\"],"
"\"applicable_regions\":[{\"type\":\"global\"},{\"type\":\"national\","
"\"identifier\":\"DE\"},{\"type\":\"international\",\"identifier\":"
"\"EU, EEA, CH\"},{\"type\":\"regional\",\"identifier\":\"DACH\"},"
"{\"type\":\"subnational\",\"identifier\":\"DE-BY\"},"
"{\"type\":\"specific_location\",\"identifier\":\"plant 7\"},"
"{\"type\":\"other\",\"identifier\":\"the moon\"}],"
"\"authorized_actions\":{\"transactions\":[\"loan_transactions\","
"\"purchase_transactions\",\"sale_transactions\","
"\"leasing_rental_transactions\",{\"type\":\"other_transactions\","
"\"specify\":\"donations\"}],\"decisions\":[\"personnel_decisions\","
"\"financial_commitments\",\"buy_sell_transactions\","
"\"conceptual_determinations\",\"design_decisions\","
"\"information_sharing\",\"strategic_decisions\",\"legal_proceedings\","
"\"asset_management_decisions\",{\"type\":\"other_decisions\","
"\"specify\":\"x\"}],\"non_physical_actions\":[\"sharing_presenting\","
"\"brainstorming_discussing\",\"researching_rag\","
"{\"type\":\"other_non_physical_actions\",\"specify\":\"x\"}],"
"\"physical_actions\":[\"shipments\",\"production\",\"recycling\","
"\"storage\",\"customization\",\"package\",\"clean\","
"{\"type\":\"other_actions\",\"specify\":\"x\"}],\"other\":\"x\"},"
"\"other\":\"x\"},"
"\"requirements\":{\"validity_period\":{\"start_time\":"
"\"2026-01-01T00:00:00Z\",\"end_time\":\"2026-12-31T00:00:00+01:00\","
"\"auto_renewal_conditions\":[\"yearly\"],\"termination_conditions\":"
"[{\"type\":\"insolvency\"}],\"other\":\"x\"},"
"\"formal_requirements\":{\"notarial_certification\":true,"
"\"id_verification_required\":false,\"digital_signatures\":true,"
"\"other\":\"x\"},"
"\"power_limits\":{\"power_levels\":[\"no speculation\","
"{\"amount_cents\":500000,\"currency\":\"EUR\"},"
"{\"amount_cents\":0,\"currency\":\"CHF\",\"period\":\"day\","
"\"transaction_type\":\"purchase_transactions\",\"specify\":\"x\"}],"
"\"interaction_boundaries\":[\"x\",{\"type\":\"partners\",\"limit\":2}],"
"\"tool_limitations\":[\"search\"],\"outcome_limitations\":[\"x\"],"
"\"model_limits\":[\"x\"],\"behavioural_limits\":[\"x\"],"
"\"quantum_resistance\":true,\"explicit_exclusions\":[\"no loans\"],"
"\"other\":\"x\"},"
"\"rights_obligations\":{\"reporting_duties\":[\"monthly\\nby letter\"],"
"\"liability_rules\":[\"x\"],\"compensation_rules\":[\"x\"],"
"\"other\":\"x\"},"
"\"special_conditions\":{\"conditional_effectiveness\":[\"illness\"],"
"\"immediate_notification\":[{\"type\":\"purchase_transactions\"}],"
"\"other\":\"x\"},"
"\"death_incapacity_rules\":{\"continuation_on_death\":true,"
"\"incapacity_instructions\":\"revoke\",\"other\":\"x\"},"
"\"security_compliance\":{\"communication_protocols\":[\"TLS 1.3\"],"
"\"security_properties\":[\"x\"],\"compliance_info\":[\"GDPR\"],"
"\"update_mechanism\":\"signed\",\"other\":\"x\"},"
"\"jurisdiction_law\":{\"language\":\"de\",\"governing_law\":\"DE\","
"\"place_of_jurisdiction\":\"Bonn\",\"attached_documents\":[\"x\"],"
"\"other\":\"x\"},"
"\"conflict_resolution\":{\"arbitration_jurisdiction\":\"Bonn\","
"\"other\":\"x\"},\"other\":\"x\"}}";

/* the least that is a definition, of a natural person */
static const char small_text[] =
"{\"parties\":{\"principal\":{\"type\":\"individual\","
"\"identity\":\"maria\"},\"authorized_client\":{\"type\":\"llm\","
"\"identity\":\"agent\"}},\"authorization\":{\"authorization_type\":{},"
"\"authorized_actions\":{}},\"requirements\":{\"validity_period\":{},"
"\"power_limits\":{},\"formal_requirements\":{}}}";

typedef struct FormCase
{
	const char *place;
	const char *value;			/* NULL: taken away */
	const char *problem;		/* NULL: good */
} FormCase;

#define ACTIONS	"authorization.authorized_actions."
#define TYPE	"authorization.authorization_type."
#define REGIONS	"authorization.applicable_regions"
#define LEVELS	"requirements.power_limits.power_levels"
#define PERIOD	"requirements.validity_period."

static const FormCase small_cases[] = {
	/* B-01: one principal, of one kind */
	{"parties", NULL, "parties"},
	{"parties.principal", NULL, "parties.principal"},
	{"parties.principal.type", NULL, "parties.principal.type"},
	{"parties.principal.type", "\"robot\"", "parties.principal.type"},
	{"parties.principal.type", "[\"individual\",\"organization\"]",
	"parties.principal.type"},
	{"parties.principal.identity", NULL, "parties.principal.identity"},
	{"parties.principal.individual", "{\"name\":\"M\"}", NULL},
	{"parties.principal.individual", "{}",
	"parties.principal.individual.name"},
	{"parties.principal.organization", "{\"type\":\"public_authority\"}",
	"parties.principal.organization"},
	{"parties.principal",
		"{\"type\":\"organization\",\"identity\":\"x\"}",
	"parties.principal.organization"},
	{"parties.principal",
		"{\"type\":\"organization\",\"identity\":\"x\",\"individual\":"
		"{\"name\":\"M\"},\"organization\":{\"type\":\"public_authority\"}}",
	"parties.principal.individual"},

	/* B-03: only an organisation is represented */
	{"parties.representative", "{}", "parties.representative"},

	/* B-05: one kind of client out of five */
	{"parties.authorized_client", NULL, "parties.authorized_client"},
	{"parties.authorized_client.type", "\"llm\"", NULL},
	{"parties.authorized_client.type", "\"digital_agent\"", NULL},
	{"parties.authorized_client.type", "\"agentic_ai\"", NULL},
	{"parties.authorized_client.type", "\"humanoid_robot\"", NULL},
	{"parties.authorized_client.type", "\"other\"",
	"parties.authorized_client.other"},
	{"parties.authorized_client",
		"{\"type\":\"other\",\"identity\":\"x\",\"other\":\"a swarm\"}",
	NULL},
	{"parties.authorized_client.type", "\"toaster\"",
	"parties.authorized_client.type"},
	{"parties.authorized_client.type", "[\"llm\",\"digital_agent\"]",
	"parties.authorized_client.type"},

	/* B-06: who the client is */
	{"parties.authorized_client.identity", NULL,
	"parties.authorized_client.identity"},
	{"parties.authorized_client.version", "2",
	"parties.authorized_client.version"},
	{"parties.authorized_client.operational_status", "\"revoked\"", NULL},
	{"parties.authorized_client.operational_status", "\"\"",
	"parties.authorized_client.operational_status"},

	/* B-07, B-10: several boxes, or one word */
	{TYPE "representation_type", "\"joint\"", NULL},
	{TYPE "representation_type", "[\"sole\",\"joint\"]", NULL},
	{TYPE "representation_type", "\"several\"", TYPE "representation_type"},
	{TYPE "representation_type", "[\"sole\",\"several\"]",
	TYPE "representation_type[1]"},
	{TYPE "signature_type", "\"collective\"", NULL},
	{TYPE "signature_type", "[\"single\",\"none\"]",
	TYPE "signature_type[1]"},
	{TYPE "signature_type", "{}", TYPE "signature_type"},

	/* B-08, B-09 */
	{TYPE "restrictions", "[\"no loans\"]", NULL},
	{TYPE "restrictions", "\"no loans\"", TYPE "restrictions"},
	{TYPE "restrictions", "[\"\"]", TYPE "restrictions[0]"},
	{TYPE "restrictions", "[{\"specify\":\"x\"}]",
	TYPE "restrictions[0].type"},
	{TYPE "sub_proxy_authority", "true", NULL},
	{TYPE "sub_proxy_authority", "\"yes\"", TYPE "sub_proxy_authority"},

	/* B-11: sectors by name or code */
	{"authorization.applicable_sectors", "[]", NULL},
	{"authorization.applicable_sectors", "[\"farming\"]",
	"authorization.applicable_sectors[0]"},
	{"authorization.applicable_sectors", "[\"education\",\"sic:0111\"]",
	"authorization.applicable_sectors[1]"},
	{"authorization.applicable_sectors", "[\"*\"]",
	"authorization.applicable_sectors[0]"},

	/* B-12: regions, specified as their type demands */
	{REGIONS, "[{\"type\":\"global\"}]", NULL},
	{REGIONS, "[{\"type\":\"galactic\",\"identifier\":\"x\"}]",
	REGIONS "[0].type"},
	{REGIONS, "[{\"type\":\"national\"}]", REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"national\",\"identifier\":\"EU\"}]",
	REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"national\",\"identifier\":\"Germany\"}]",
	REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"national\",\"identifier\":\"DE, AT\"}]", NULL},
	{REGIONS, "[{\"type\":\"national\",\"identifier\":\"DE,\"}]",
	REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"international\"}]", REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"international\",\"identifier\":\"worldwide\"}]",
	NULL},
	{REGIONS, "[{\"type\":\"international\",\"identifier\":\"Mars\"}]",
	REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"regional\",\"identifier\":\"Benelux\"}]", NULL},
	{REGIONS, "[{\"type\":\"regional\",\"identifier\":\"DE\"}]",
	REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"subnational\",\"identifier\":\"DE-BY\"}]", NULL},
	{REGIONS, "[{\"type\":\"subnational\",\"identifier\":\"Bonn\"}]", NULL},
	{REGIONS, "[{\"type\":\"subnational\",\"identifier\":\"DE\"}]",
	REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"specific_location\"}]",
	REGIONS "[0].identifier"},
	{REGIONS, "[{\"type\":\"other\"}]", REGIONS "[0].identifier"},
	{REGIONS, "[{\"identifier\":\"DE\"}]", REGIONS "[0].type"},
	{REGIONS, "[\"DE\"]", REGIONS "[0]"},
	{REGIONS, "{\"type\":\"global\"}", REGIONS},

	/* B-13, B-14, B-15: kinds, and what "other" means */
	{ACTIONS "transactions", "[\"sale_transactions\"]", NULL},
	{ACTIONS "transactions", "[\"barter\"]", ACTIONS "transactions[0]"},
	{ACTIONS "transactions", "[\"other_transactions\"]",
	ACTIONS "transactions[0]"},
	{ACTIONS "transactions", "[{\"type\":\"other_transactions\"}]",
	ACTIONS "transactions[0].specify"},
	{ACTIONS "transactions",
		"[{\"type\":\"other_transactions\",\"specify\":\" \"}]",
	ACTIONS "transactions[0].specify"},
	{ACTIONS "transactions",
		"[{\"type\":\"sale_transactions\",\"specify\":\"of books\"}]",
	NULL},
	{ACTIONS "transactions", "[{\"specify\":\"x\"}]",
	ACTIONS "transactions[0].type"},
	{ACTIONS "decisions", "[\"legal_proceedings\"]", NULL},
	{ACTIONS "decisions", "[\"sale_transactions\"]",
	ACTIONS "decisions[0]"},
	{ACTIONS "decisions", "[\"other_decisions\"]", ACTIONS "decisions[0]"},
	{ACTIONS "non_physical_actions", "[\"storage\"]",
	ACTIONS "non_physical_actions[0]"},
	{ACTIONS "non_physical_actions", "[\"other_non_physical_actions\"]",
	ACTIONS "non_physical_actions[0]"},
	{ACTIONS "physical_actions", "[\"storage\"]", NULL},
	{ACTIONS "physical_actions", "[\"other_actions\"]",
	ACTIONS "physical_actions[0]"},

	/* B-16: start and end */
	{"requirements.validity_period",
		"{\"start_time\":\"2026-01-01T00:00:00Z\","
	"\"end_time\":\"2026-01-01T00:00:00Z\"}", NULL},
	{"requirements.validity_period",
		"{\"start_time\":\"2026-01-01T00:00:01Z\","
	"\"end_time\":\"2026-01-01T00:00:00Z\"}", PERIOD "end_time"},
	{PERIOD "start_time", "\"2026-01-01\"", PERIOD "start_time"},
	{PERIOD "end_time", "1767225600", PERIOD "end_time"},
	{PERIOD "auto_renewal_conditions", "[7]",
	PERIOD "auto_renewal_conditions[0]"},

	/* B-19, B-20, B-21: formal requirements are yes, no or not stated */
	{"requirements.formal_requirements.notarial_certification", "null",
	"requirements.formal_requirements.notarial_certification"},
	{"requirements.formal_requirements.id_verification_required", "1",
	"requirements.formal_requirements.id_verification_required"},
	{"requirements.formal_requirements.digital_signatures", "false", NULL},

	/* B-22: amounts have a currency */
	{LEVELS, "[\"small sums\"]", NULL},
	{LEVELS, "[{\"amount_cents\":1,\"currency\":\"EUR\"}]", NULL},
	{LEVELS, "[{\"amount_cents\":1}]", LEVELS "[0].currency"},
	{LEVELS, "[{\"currency\":\"EUR\"}]", LEVELS "[0].amount_cents"},
	{LEVELS, "[{\"amount_cents\":-1,\"currency\":\"EUR\"}]",
	LEVELS "[0].amount_cents"},
	{LEVELS, "[{\"amount_cents\":1.5,\"currency\":\"EUR\"}]",
	LEVELS "[0].amount_cents"},
	{LEVELS, "[{\"amount_cents\":1,\"currency\":\"euro\"}]",
	LEVELS "[0].currency"},
	{LEVELS,
		"[{\"amount_cents\":1,\"currency\":\"EUR\",\"period\":\"week\"}]",
	LEVELS "[0].period"},
	{LEVELS, "[{\"amount_cents\":1,\"currency\":\"EUR\","
	"\"transaction_type\":\"barter\"}]", LEVELS "[0].transaction_type"},
	{LEVELS, "[7]", LEVELS "[0]"},

	/* B-23, B-24, B-25: limits that are words, some with a number */
	{"requirements.power_limits.interaction_boundaries",
	"[{\"type\":\"partners\",\"limit\":2}]", NULL},
	{"requirements.power_limits.interaction_boundaries",
		"[{\"type\":\"partners\",\"limit\":-1}]",
	"requirements.power_limits.interaction_boundaries[0].limit"},
	{"requirements.power_limits.quantum_resistance", "\"yes\"",
	"requirements.power_limits.quantum_resistance"},
	{"requirements.power_limits.explicit_exclusions", "[]", NULL},

	/* a misspelled member restricts nothing, so it is refused */
	{"requirements.power_limits.explicit_exclusion", "[\"x\"]",
	"requirements.power_limits.explicit_exclusion"},
	{"requirement", "{}", "requirement"},
	{"parties.principals", "{}", "parties.principals"},
	{"requirements", "[]", "requirements"},
};

static const FormCase full_cases[] = {
	/* B-02: five kinds of organisations */
	{"parties.principal.organization.type", "\"public_authority\"", NULL},
	{"parties.principal.organization.type", "\"non_profit_organization\"",
	NULL},
	{"parties.principal.organization.type", "\"other_association\"", NULL},
	{"parties.principal.organization.type", "\"other\"", NULL},
	{"parties.principal.organization.type", "\"club\"",
	"parties.principal.organization.type"},
	{"parties.principal.organization", "{\"type\":\"other\"}",
	"parties.principal.organization.other"},

	/* B-04: representatives, each with their evidence */
	{"parties.representative.client_owner.name", NULL,
	"parties.representative.client_owner.name"},
	{"parties.representative.owner_authorizer.registered_power_of_attorney",
		"7",
	"parties.representative.owner_authorizer.registered_power_of_attorney"},
	{"parties.representative.other_representatives", "[{}]",
	"parties.representative.other_representatives[0].name"},
	{"parties.representative.other_representatives", "{}",
	"parties.representative.other_representatives"},
	{"parties.representative.other_representatives", "[]", NULL},

	/* B-17, B-18, B-26 to B-31: what is taken away is not stated */
	{"requirements.validity_period", NULL, NULL},
	{"requirements.rights_obligations", NULL, NULL},
	{"requirements.special_conditions", NULL, NULL},
	{"requirements.death_incapacity_rules", NULL, NULL},
	{"requirements.security_compliance", NULL, NULL},
	{"requirements.jurisdiction_law", NULL, NULL},
	{"requirements.conflict_resolution", NULL, NULL},
	{"requirements.death_incapacity_rules.continuation_on_death",
		"\"expire\"",
	"requirements.death_incapacity_rules.continuation_on_death"},
	{"requirements.death_incapacity_rules.incapacity_instructions", "[]",
	"requirements.death_incapacity_rules.incapacity_instructions"},
	{"requirements.jurisdiction_law.attached_documents", "\"x\"",
	"requirements.jurisdiction_law.attached_documents"},
};

/* B-32: the groups that end with "other (specify)" */
static const char *const groups[] = {
	"parties", "parties.principal", "parties.principal.organization",
	"parties.representative", "parties.representative.client_owner",
	"parties.representative.owner_authorizer", "parties.authorized_client",
	"authorization", "authorization.authorization_type",
	"authorization.authorized_actions", "requirements",
	"requirements.validity_period", "requirements.formal_requirements",
	"requirements.power_limits", "requirements.rights_obligations",
	"requirements.special_conditions",
	"requirements.death_incapacity_rules", "requirements.security_compliance",
	"requirements.jurisdiction_law", "requirements.conflict_resolution",
};

static GauthProblems problems;

static bool
check_document(const GauthJson *document)
{
	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_definition_check(&arena, document, &problems),
				 GAUTH_OK);
	return gauth_problems_good(&problems);
}

static void
test_cases(const char *text, const FormCase *cases, size_t count)
{
	size_t		i;

	CHECK(check_document(parse(text)));
	print_problems(&problems);
	for (i = 0; i < count; i++)
	{
		GauthJson  *document = parse(text);
		bool		good;

		mutate(document, cases[i].place, cases[i].value);
		good = check_document(document);
		if (CHECK(cases[i].problem == NULL ? good : problems.count == 1 &&
				  has_problem(&problems, GAUTH_CODE_SCHEMA,
							  cases[i].problem)))
			continue;
		printf("  %s = %.60s\n", cases[i].place,
			   cases[i].value == NULL ? "(nothing)" : cases[i].value);
		print_problems(&problems);
	}
}

static void
test_other(void)
{
	char		place[128];
	size_t		i;

	for (i = 0; i < LENGTH(groups); i++)
	{
		GauthJson  *document = parse(full_text);

		snprintf(place, sizeof(place), "%s.other", groups[i]);
		mutate(document, place, "\"something\\nelse\"");
		CHECK(check_document(document));
		document = parse(full_text);
		mutate(document, place, "\" \"");
		CHECK(!check_document(document) && problems.count == 1 &&
			  has_problem(&problems, GAUTH_CODE_SCHEMA, place));
	}
}

/* all problems of a document at once */
static void
test_all_at_once(void)
{
	GauthJson  *document = parse(small_text);

	mutate(document, "parties.principal.identity", NULL);
	mutate(document, "parties.representative", "{\"x\":1}");
	mutate(document, LEVELS, "[{},{\"amount_cents\":\"1\"}]");
	mutate(document, ACTIONS "decisions", "[\"a\",\"b\"]");
	CHECK(!check_document(document));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA,
					  "parties.principal.identity"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA,
					  "parties.representative"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA,
					  "parties.representative.x"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA,
					  LEVELS "[0].amount_cents"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, LEVELS "[1].currency"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, ACTIONS "decisions[1]"));

	CHECK(!check_document(parse("[]")) && problems.count == 1);
	CHECK(!check_document(NULL) && problems.count == 1);
	CHECK(!check_document(parse("{}")) && problems.count == 1);
}

static void
test_memory(void)
{
	GauthJson  *document = parse("{\"a\":1}");
	GauthArena	none;

	gauth_arena_init(&none, NULL, 0, NULL, 0);
	gauth_problems_init(&problems, &none);
	CHECK_STATUS(gauth_definition_check(&none, document, &problems),
				 GAUTH_OUT_OF_MEMORY);
	CHECK(problems.failed);
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_cases(small_text, small_cases, LENGTH(small_cases));
	test_cases(full_text, full_cases, LENGTH(full_cases));
	test_other();
	test_all_at_once();
	test_memory();
	gauth_arena_reset(&arena);
	return unit_finish("poa_definition");
}
