/*
 * test_poa_credential.c
 *		Credentials and requests against their schema: every rule broken once.
 */
#include "poa/verb.h"
#include "test_poa.h"

/* one thing put right or wrong in a good document */
typedef struct Mutation
{
	const char *place;
	const char *value;			/* NULL: taken away */
	const char *problem;		/* where it is found; NULL: still good */
} Mutation;

static const char credential_text[] =
	"{\"schema_version\":\"0116.2.2.1\","
	"\"parties\":{\"issuer\":\"https://as.example\",\"subject\":\"agent-1\","
	"\"customer_id\":\"c1\",\"project_id\":\"p1\",\"issued_by\":\"md\","
	"\"approval_chain\":[\"a\",\"b\"]},"
	"\"scope\":{\"governance_profile\":\"standard\",\"phase\":\"build\","
	"\"core_verbs\":{"
	"\"foundry.file.modify\":{\"allowed\":true,\"cost_cents_base\":1.5,"
	"\"requiresApproval\":false,\"constraints\":{\"path_patterns\":[\"src/\"],"
	"\"allowed_commands\":[\"make\"],\"denied_commands\":[\"rm\"],"
	"\"max_delegation_depth\":1,\"max_file_size_bytes\":1024}},"
	"\"urn:gauth:verb:foundry:file:create\":{\"allowed\":false}},"
	"\"active_modules\":[\"m1\"],\"allowed_paths\":[\"src/\"],"
	"\"denied_paths\":[\".env\"],\"allowed_sectors\":[\"62\"],"
	"\"allowed_regions\":[\"EU\"],\"allowed_transactions\":[\"purchase\"],"
	"\"allowed_decisions\":[\"advisory\"],"
	"\"transaction_matrix\":[{\"verb\":\"foundry.file.modify\","
	"\"transaction_type\":\"purchase\",\"allowed\":true,"
	"\"constraints\":{\"max\":1}}],"
	"\"platform_permissions\":{\"deployment\":{\"targets\":[\"dev\","
	"\"staging\"],\"auto_deploy\":false},\"database\":{\"read\":true,"
	"\"write\":true,\"migrate\":false,\"production_access\":false},"
	"\"shell\":{\"mode\":\"denylist\",\"allowlist\":[\"ls\"],"
	"\"denylist\":[\"rm\"]},\"packages\":{\"verified_only\":true},"
	"\"external_apis\":{\"allowed_domains\":[\"example.com\"]},"
	"\"secrets\":{\"read\":true,\"create\":false}}},"
	"\"requirements\":{\"approval_mode\":\"supervised\","
	"\"requires_approval_for\":[\"foundry.file.modify\"],"
	"\"budget\":{\"total_cents\":1000,\"remaining_cents\":400},"
	"\"session_limits\":{\"max_tool_calls\":500,\"remaining_tool_calls\":3,"
	"\"max_lines_per_commit\":100,\"max_session_duration_minutes\":60,"
	"\"session_id\":\"sess_1\",\"started_at\":\"2026-01-31T12:00:00Z\"},"
	"\"ttl_seconds\":3600},"
	"\"conditions\":{\"min_trust_class\":\"Verified Partner\","
	"\"continuous_verification\":true},"
	"\"delegation_chain\":[{\"delegator\":\"md\",\"delegate\":\"agent-1\","
	"\"scope_restriction\":{\"allowed_paths\":[\"src/a/\"],\"sectors\":"
	"[\"62\"],\"regions\":[\"DE\"],\"allowedActions\":"
	"[\"foundry.file.modify\"]},"
	"\"delegated_at\":\"2026-01-31T13:00:00.5+01:00\","
	"\"max_depth_remaining\":0}]}";

#define LONG_64		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG_256	LONG_64 LONG_64 LONG_64 LONG_64
#define LONG_1024	LONG_256 LONG_256 LONG_256 LONG_256

static const Mutation presented_cases[] = {
	/* C-02: what is required */
	{"parties", NULL, "parties"},
	{"scope", NULL, "scope"},
	{"requirements", NULL, "requirements"},
	{"parties.issuer", NULL, "parties.issuer"},
	{"parties.subject", NULL, "parties.subject"},
	{"parties.customer_id", NULL, "parties.customer_id"},
	{"parties.project_id", NULL, "parties.project_id"},
	{"scope.governance_profile", NULL, "scope.governance_profile"},
	{"scope.phase", NULL, "scope.phase"},
	{"scope.core_verbs", NULL, "scope.core_verbs"},
	{"requirements.approval_mode", NULL, "requirements.approval_mode"},

	/* and what is not */
	{"schema_version", NULL, NULL},
	{"conditions", NULL, NULL},
	{"delegation_chain", NULL, NULL},
	{"parties.issued_by", NULL, NULL},
	{"parties.approval_chain", NULL, NULL},
	{"scope.active_modules", NULL, NULL},
	{"scope.allowed_paths", NULL, NULL},
	{"scope.denied_paths", NULL, NULL},
	{"scope.platform_permissions", NULL, NULL},
	{"scope.platform_permissions.shell", NULL, NULL},
	{"scope.transaction_matrix", NULL, NULL},
	{"requirements.budget", NULL, NULL},
	{"requirements.budget.total_cents", NULL, NULL},
	{"requirements.session_limits", NULL, NULL},
	{"requirements.ttl_seconds", NULL, NULL},

	/* C-03: enumerations */
	{"scope.governance_profile", "\"lenient\"", "scope.governance_profile"},
	{"scope.governance_profile", "\"Standard\"", "scope.governance_profile"},
	{"scope.phase", "\"deploy\"", "scope.phase"},
	{"requirements.approval_mode", "\"four_eyes\"",
	"requirements.approval_mode"},
	{"scope.platform_permissions.shell.mode", "\"none\"",
	"scope.platform_permissions.shell.mode"},
	{"scope.platform_permissions.deployment.targets", "[\"dev\",\"test\"]",
	"scope.platform_permissions.deployment.targets[1]"},
	{"conditions.min_trust_class", "\"verified_partner\"",
	"conditions.min_trust_class"},
	{"conditions.min_trust_class", "\"Untrusted\"", NULL},
	{"requirements.approval_mode", "\"four-eyes\"", NULL},

	/* C-04: boundaries, both sides */
	{"requirements.ttl_seconds", "59", "requirements.ttl_seconds"},
	{"requirements.ttl_seconds", "60", NULL},
	{"requirements.session_limits.max_tool_calls", "0",
	"requirements.session_limits.max_tool_calls"},
	{"requirements.session_limits.max_tool_calls", "1", NULL},
	{"requirements.session_limits.remaining_tool_calls", "-1",
	"requirements.session_limits.remaining_tool_calls"},
	{"requirements.session_limits.remaining_tool_calls", "0", NULL},
	{"requirements.session_limits.max_lines_per_commit", "0",
	"requirements.session_limits.max_lines_per_commit"},
	{"requirements.session_limits.max_lines_per_commit", "1", NULL},
	{"requirements.session_limits.max_session_duration_minutes", "0",
	"requirements.session_limits.max_session_duration_minutes"},
	{"requirements.budget.total_cents", "-1",
	"requirements.budget.total_cents"},
	{"requirements.budget", "{\"total_cents\":0}", NULL},
	{"requirements.budget.remaining_cents", "-1",
	"requirements.budget.remaining_cents"},
	{"requirements.budget.remaining_cents", "0", NULL},
	{"requirements.budget.remaining_cents", "1000", NULL},
	{"requirements.budget.remaining_cents", "1001",
	"requirements.budget.remaining_cents"},
	{"requirements.budget.total_cents", "9007199254740991", NULL},
	{"requirements.budget.total_cents", "9007199254740992",
	"requirements.budget.total_cents"},
	{"requirements.budget.total_cents", "99999999999999999999",
	"requirements.budget.total_cents"},
	{"scope.core_verbs", "{\"a.b\":{\"allowed\":true,\"cost_cents_base\":0}}",
	NULL},
	{"scope.core_verbs",
		"{\"a.b\":{\"allowed\":true,\"cost_cents_base\":-0.1}}",
	"scope.core_verbs[\"a.b\"].cost_cents_base"},
	{"scope.core_verbs",
		"{\"a.b\":{\"allowed\":true,\"constraints\":"
		"{\"max_file_size_bytes\":-1}}}",
	"scope.core_verbs[\"a.b\"].constraints.max_file_size_bytes"},
	{"scope.core_verbs",
		"{\"a.b\":{\"allowed\":true,\"constraints\":"
		"{\"max_delegation_depth\":-1}}}",
	"scope.core_verbs[\"a.b\"].constraints.max_delegation_depth"},

	/* C-05: conditions is closed, everything else is open */
	{"conditions.other", "1", "conditions.other"},
	{"conditions", "{}", NULL},
	{"other", "1", NULL},
	{"parties.other", "{}", NULL},
	{"scope.other", "[]", NULL},
	{"requirements.other", "null", NULL},
	{"scope.platform_permissions.other", "null", NULL},

	/* C-01: types */
	{"parties", "[]", "parties"},
	{"scope", "\"all\"", "scope"},
	{"requirements", "true", "requirements"},
	{"conditions", "[]", "conditions"},
	{"delegation_chain", "{}", "delegation_chain"},
	{"schema_version", "116", "schema_version"},
	{"parties.subject", "1", "parties.subject"},
	{"parties.subject", "null", "parties.subject"},
	{"parties.subject", "\"\"", "parties.subject"},
	{"parties.subject", "\" \"", "parties.subject"},
	{"parties.subject", "\"a\\u0007\"", "parties.subject"},
	{"parties.subject", "\"did:web:example.com\"", NULL},
	{"parties.issuer", "\"as.example\"", "parties.issuer"},
	{"parties.issuer", "\"https:\"", "parties.issuer"},
	{"parties.issuer", "\"https://as example\"", "parties.issuer"},
	{"parties.issuer", "\"did:web:as.example\"", NULL},
	{"parties.issued_by", "[]", "parties.issued_by"},
	{"parties.approval_chain", "\"a\"", "parties.approval_chain"},
	{"parties.approval_chain", "[\"a\",2]", "parties.approval_chain[1]"},
	{"scope.active_modules", "[true]", "scope.active_modules[0]"},
	{"scope.allowed_paths", "\"src/\"", "scope.allowed_paths"},
	{"scope.denied_paths", "[null]", "scope.denied_paths[0]"},
	{"scope.allowed_sectors", "[62]", "scope.allowed_sectors[0]"},
	{"scope.allowed_regions", "{}", "scope.allowed_regions"},
	{"scope.allowed_transactions", "1", "scope.allowed_transactions"},
	{"scope.allowed_decisions", "[[]]", "scope.allowed_decisions[0]"},
	{"scope.core_verbs", "[]", "scope.core_verbs"},
	{"scope.core_verbs", "{}", NULL},
	{"scope.core_verbs", "{\"a.b\":true}", "scope.core_verbs[\"a.b\"]"},
	{"scope.core_verbs", "{\"a\":{}}", "scope.core_verbs.a.allowed"},
	{"scope.core_verbs", "{\"a\":{\"allowed\":1}}",
	"scope.core_verbs.a.allowed"},
	{"scope.core_verbs", "{\"a\":{\"allowed\":true,\"constraints\":[]}}",
	"scope.core_verbs.a.constraints"},
	{"scope.core_verbs",
		"{\"a\":{\"allowed\":true,\"cost_cents_base\":\"1\"}}",
	"scope.core_verbs.a.cost_cents_base"},
	{"scope.core_verbs",
		"{\"a\":{\"allowed\":true,\"cost_cents_base\":1e999}}",
	"scope.core_verbs.a.cost_cents_base"},
	{"scope.core_verbs",
		"{\"a\":{\"allowed\":true,\"requires_approval\":true,"
		"\"requiresApproval\":false}}",
	"scope.core_verbs.a.requires_approval"},
	{"scope.core_verbs",
		"{\"a\":{\"allowed\":true,\"requires_approval\":true,"
	"\"requiresApproval\":true}}", NULL},
	{"scope.core_verbs",
		"{\"a\":{\"allowed\":true,\"constraints\":{\"allowed_commands\":1}}}",
	"scope.core_verbs.a.constraints.allowed_commands"},
	{"scope.core_verbs",
		"{\"a\":{\"allowed\":true,\"constraints\":{\"denied_commands\":"
	"[1]}}}", "scope.core_verbs.a.constraints.denied_commands[0]"},
	{"scope.core_verbs",
		"{\"a\":{\"allowed\":true,\"constraints\":{\"path_patterns\":"
	"[\"../x\"]}}}", "scope.core_verbs.a.constraints.path_patterns[0]"},
	{"scope.transaction_matrix", "{}", "scope.transaction_matrix"},
	{"scope.transaction_matrix", "[]", NULL},
	{"scope.transaction_matrix", "[{\"allowed\":true}]",
	"scope.transaction_matrix[0].transaction_type"},
	{"scope.transaction_matrix", "[{\"transaction_type\":\"x\"}]",
	"scope.transaction_matrix[0].allowed"},
	{"scope.transaction_matrix",
		"[{\"transaction_type\":\"x\",\"allowed\":true},"
		"{\"transaction_type\":\"x\",\"allowed\":false}]",
	"scope.transaction_matrix[1]"},
	{"scope.transaction_matrix",
		"[{\"transaction_type\":\"x\",\"allowed\":true,\"verb\":\"a.b\"},"
		"{\"transaction_type\":\"x\",\"allowed\":false,"
		"\"verb\":\"urn:gauth:verb:a:b\"}]",
	"scope.transaction_matrix[1]"},
	{"scope.transaction_matrix",
		"[{\"transaction_type\":\"x\",\"allowed\":true,\"verb\":\"a.b\"},"
	"{\"transaction_type\":\"x\",\"allowed\":false}]", NULL},
	{"scope.platform_permissions", "[]", "scope.platform_permissions"},
	{"scope.platform_permissions.database", "true",
	"scope.platform_permissions.database"},
	{"scope.platform_permissions.database.write", "\"no\"",
	"scope.platform_permissions.database.write"},
	{"scope.platform_permissions.deployment.auto_deploy", "0",
	"scope.platform_permissions.deployment.auto_deploy"},
	{"scope.platform_permissions.secrets.read", "null",
	"scope.platform_permissions.secrets.read"},
	{"scope.platform_permissions.external_apis.allowed_domains", "\"x\"",
	"scope.platform_permissions.external_apis.allowed_domains"},
	{"scope.platform_permissions.packages.verified_only", "1",
	"scope.platform_permissions.packages.verified_only"},
	{"requirements.budget", "1000", "requirements.budget"},
	{"requirements.budget.total_cents", "1000.5",
	"requirements.budget.total_cents"},
	{"requirements.budget.total_cents", "\"1000\"",
	"requirements.budget.total_cents"},
	{"requirements.session_limits", "[]", "requirements.session_limits"},
	{"requirements.session_limits.started_at", "\"yesterday\"",
	"requirements.session_limits.started_at"},
	{"requirements.session_limits.session_id", "7",
	"requirements.session_limits.session_id"},
	{"requirements.requires_approval_for", "[\"no verb\"]",
	"requirements.requires_approval_for[0]"},
	{"conditions.continuous_verification", "\"yes\"",
	"conditions.continuous_verification"},

	/* C-31: versions */
	{"schema_version", "\"0116.2.2\"", NULL},
	{"schema_version", "\"0116.2.3.0\"", NULL},
	{"schema_version", "\"0116.2.99\"", NULL},
	{"schema_version", "\"0116.3.0\"", "schema_version"},
	{"schema_version", "\"0117.1\"", "schema_version"},
	{"schema_version", "\"0116.2.\"", "schema_version"},
	{"schema_version", "\"0116.2\"", "schema_version"},
	{"schema_version", "\"0116.2.2.\"", "schema_version"},
	{"schema_version", "\"0116.2.2.1.1\"", "schema_version"},
	{"schema_version", "\"0116.2.2.1 \"", "schema_version"},

	/* E-44: lengths and patterns */
	{"parties.subject", "\"" LONG_1024 "\"", NULL},
	{"parties.subject", "\"" LONG_1024 "x\"", "parties.subject"},
	{"scope.allowed_paths", "[\"" LONG_1024 "x\"]", "scope.allowed_paths[0]"},
	{"scope.allowed_paths", "[\"../\"]", "scope.allowed_paths[0]"},
	{"scope.denied_paths", "[\"a\",\"src/%2e%2e/\"]",
	"scope.denied_paths[1]"},

	/* T19: verbs */
	{"scope.core_verbs",
		"{\"a.b\":{\"allowed\":true},\"urn:gauth:verb:a:b\":"
	"{\"allowed\":false}}", "scope.core_verbs"},
	{"scope.core_verbs", "{\"a b\":{\"allowed\":true}}",
	"scope.core_verbs[\"a b\"]"},
	{"scope.core_verbs", "{\"urn:gauth:verb:\":{\"allowed\":true}}",
	"scope.core_verbs[\"urn:gauth:verb:\"]"},
	{"scope.core_verbs", "{\"urn:other:verb:a\":{\"allowed\":true}}",
	"scope.core_verbs[\"urn:other:verb:a\"]"},
	{"scope.core_verbs", "{\"a..b\":{\"allowed\":true}}",
	"scope.core_verbs[\"a..b\"]"},

	/* T5: an empty list of what is allowed means nothing in a scope */
	{"scope.allowed_paths", "[]", NULL},
	{"scope.allowed_sectors", "[]", NULL},
	{"scope.allowed_regions", "[]", NULL},
};

/* the only entry of a chain, C-06 */
static const Mutation chain_cases[] = {
	{"delegator", NULL, "delegation_chain[0].delegator"},
	{"delegate", NULL, "delegation_chain[0].delegate"},
	{"scope_restriction", NULL, "delegation_chain[0].scope_restriction"},
	{"scope_restriction", "[]", "delegation_chain[0].scope_restriction"},
	{"scope_restriction", "{}", NULL},
	{"scope_restriction", "{\"allowed_paths\":[]}",
	"delegation_chain[0].scope_restriction.allowed_paths"},
	{"scope_restriction", "{\"sectors\":[]}",
	"delegation_chain[0].scope_restriction.sectors"},
	{"scope_restriction", "{\"allowed_regions\":[]}",
	"delegation_chain[0].scope_restriction.allowed_regions"},
	{"scope_restriction", "{\"allowedActions\":[\"a b\"]}",
	"delegation_chain[0].scope_restriction.allowedActions[0]"},
	{"scope_restriction", "{\"phase\":\"never\"}",
	"delegation_chain[0].scope_restriction.phase"},
	{"delegated_at", NULL, NULL},
	{"delegated_at", "\"2026-02-30T00:00:00Z\"",
	"delegation_chain[0].delegated_at"},
	{"delegated_at", "1700000000", "delegation_chain[0].delegated_at"},
	{"max_depth_remaining", NULL, NULL},
	{"max_depth_remaining", "-1", "delegation_chain[0].max_depth_remaining"},
	{"max_depth_remaining", "1.0", "delegation_chain[0].max_depth_remaining"},
	{"delegator", "{}", "delegation_chain[0].delegator"},
};

/* RFC 0118 section 4.1 demands other members */
static const Mutation requested_cases[] = {
	{"parties.issuer", NULL, NULL},
	{"parties.issuer", "\"x\"", "parties.issuer"},
	{"parties.issued_by", NULL, "parties.issued_by"},
	{"requirements.budget", NULL, "requirements.budget"},
	{"requirements.budget.total_cents", NULL,
	"requirements.budget.total_cents"},
	{"requirements.ttl_seconds", NULL, "requirements.ttl_seconds"},
	{"requirements.session_limits", NULL, NULL},
};

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

static GauthCredential credential;
static GauthProblems problems;

static void
read_document(const GauthJson *document, GauthCredentialForm form)
{
	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_credential_read(&arena, document, form, &credential,
									   &problems), GAUTH_OK);
}

/* exactly the one problem that was made, and where it was made */
static void
check_mutation(const GauthJson *document, GauthCredentialForm form,
			   const Mutation *mutation)
{
	bool		good;

	read_document(document, form);
	if (mutation->problem == NULL)
		good = gauth_problems_good(&problems);
	else
		good = problems.count == 1 &&
			has_problem(&problems, GAUTH_CODE_SCHEMA, mutation->problem);
	if (CHECK(good))
		return;
	printf("  %s = %.60s\n", mutation->place,
		   mutation->value == NULL ? "(nothing)" : mutation->value);
	print_problems(&problems);
}

static void
test_mutations(const Mutation *cases, size_t count, GauthCredentialForm form)
{
	size_t		i;

	for (i = 0; i < count; i++)
	{
		GauthJson  *document = parse(credential_text);

		mutate(document, cases[i].place, cases[i].value);
		check_mutation(document, form, &cases[i]);
	}
}

static void
test_chain(void)
{
	size_t		i;

	for (i = 0; i < LENGTH(chain_cases); i++)
	{
		GauthJson  *document = parse(credential_text);
		const GauthJson *chain = gauth_json_get(document, "delegation_chain");

		mutate(chain->first, chain_cases[i].place, chain_cases[i].value);
		check_mutation(document, GAUTH_CREDENTIAL_PRESENTED, &chain_cases[i]);
	}
}

static void
test_content(void)
{
	const GauthVerb *verb;
	const GauthPowers *restriction;

	read_document(parse(credential_text), GAUTH_CREDENTIAL_PRESENTED);
	CHECK(gauth_problems_good(&problems));
	print_problems(&problems);
	CHECK(gauth_span_is(credential.schema_version, GAUTH_SCHEMA_VERSION));
	CHECK(gauth_span_is(credential.issuer, "https://as.example"));
	CHECK(credential.approval_chain.count == 2);
	CHECK(credential.powers.profile == GAUTH_PROFILE_STANDARD);
	CHECK(credential.powers.phase == GAUTH_PHASE_BUILD);
	CHECK(credential.powers.verb_count == 2);

	verb = gauth_powers_find_verb(&credential.powers,
								  GAUTH_SPAN("urn:gauth:verb:foundry:"
											 "file:modify"));
	if (CHECK(verb != NULL))
	{
		CHECK(verb->allowed && verb->cost_cents == 2);
		CHECK(verb->requires_approval == GAUTH_FLAG_FALSE);
		CHECK(verb->max_delegation_depth == 1);
		CHECK(verb->max_file_size_bytes == 1024);
		CHECK(verb->path_patterns.count == 1);
	}
	CHECK(gauth_powers_find_verb(&credential.powers,
								 GAUTH_SPAN("foundry.file.modify")) == NULL);
	CHECK(credential.powers.platform.targets ==
		  (GAUTH_TARGET_DEV | GAUTH_TARGET_STAGING));
	CHECK(credential.powers.platform.shell_mode == GAUTH_SHELL_DENYLIST);
	CHECK(credential.powers.platform.secrets_create == GAUTH_FLAG_FALSE);
	CHECK(gauth_span_is(credential.powers.matrix[0].verb,
						"urn:gauth:verb:foundry:file:modify"));
	CHECK(credential.approval == GAUTH_APPROVAL_SUPERVISED);
	CHECK(gauth_span_is(credential.approval_needed_for.items[0],
						"urn:gauth:verb:foundry:file:modify"));
	CHECK(credential.budget_remaining == 400);
	CHECK(credential.session_started_at == 1769860800);
	CHECK(credential.min_trust == GAUTH_TRUST_VERIFIED_PARTNER);
	CHECK(credential.delegation_count == 1);
	CHECK(credential.delegations[0].delegated_at == 1769860800);

	restriction = &credential.delegations[0].restriction;
	CHECK(!restriction->profile_given && !restriction->phase_given);
	CHECK(restriction->verbs_given && restriction->verb_count == 1);
	CHECK(restriction->verbs[0].allowed);
	CHECK(gauth_span_is(restriction->allowed_regions.items[0], "DE"));
	CHECK(gauth_span_is(restriction->allowed_sectors.items[0], "62"));
	CHECK(!restriction->allowed_decisions.given);
	CHECK(!restriction->platform.given);
}

/* T23: a cost that is no whole number is rounded up, any other stays */
static void
test_costs(void)
{
	static const struct
	{
		const char *written;
		int64_t		cents;
	}			costs[] = {
		{"0", 0}, {"5", 5}, {"5.0", 5}, {"5.000001", 6}, {"0.1", 1},
		{"1e3", 1000}, {"9007199254740991", 9007199254740991}
	};
	char		verbs[128];
	size_t		i;

	for (i = 0; i < LENGTH(costs); i++)
	{
		GauthJson  *document = parse(credential_text);

		snprintf(verbs, sizeof(verbs),
				 "{\"a\":{\"allowed\":true,\"cost_cents_base\":%s}}",
				 costs[i].written);
		mutate(document, "scope.core_verbs", verbs);
		read_document(document, GAUTH_CREDENTIAL_PRESENTED);
		CHECK(gauth_problems_good(&problems));
		CHECK(credential.powers.verbs[0].cost_cents == costs[i].cents);
	}
}

/* an absent list restricts nothing, an empty list of decisions allows none */
static void
test_empty_lists(void)
{
	GauthJson  *document = parse(credential_text);

	mutate(document, "scope.allowed_paths", "[]");
	mutate(document, "scope.allowed_regions", NULL);
	mutate(document, "scope.allowed_decisions", "[]");
	mutate(document, "scope.allowed_transactions", NULL);
	mutate(document, "scope.core_verbs", "{}");
	read_document(document, GAUTH_CREDENTIAL_PRESENTED);
	CHECK(gauth_problems_good(&problems));
	CHECK(!credential.powers.allowed_paths.given);
	CHECK(!credential.powers.allowed_regions.given);
	CHECK(credential.powers.allowed_decisions.given);
	CHECK(credential.powers.allowed_decisions.count == 0);
	CHECK(!credential.powers.allowed_transactions.given);
	CHECK(credential.powers.verbs_given && credential.powers.verb_count == 0);
}

/* E-03: all problems of a document at once, each in its place */
static void
test_all_at_once(void)
{
	GauthJson  *document = parse(credential_text);

	mutate(document, "parties.issuer", NULL);
	mutate(document, "scope.phase", "\"x\"");
	mutate(document, "scope.platform_permissions.secrets.read", "1");
	mutate(document, "requirements.ttl_seconds", "1");
	mutate(document, "conditions.a", "1");
	mutate(document, "conditions.b", "2");
	mutate(document, "delegation_chain", "[1,{\"delegator\":\"a\"}]");
	read_document(document, GAUTH_CREDENTIAL_PRESENTED);
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "parties.issuer"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "scope.phase"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA,
					  "scope.platform_permissions.secrets.read"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA,
					  "requirements.ttl_seconds"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "conditions.a"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "conditions.b"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "delegation_chain[0]"));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA,
					  "delegation_chain[1].delegate"));

	/* what is no object at all, and nothing at all */
	read_document(parse("[]"), GAUTH_CREDENTIAL_PRESENTED);
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, ""));
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "parties"));
	read_document(NULL, GAUTH_CREDENTIAL_REQUESTED);
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, ""));
}

/* a list that is not complete says so in its length, and stays bounded */
static void
test_many_problems(void)
{
	char	   *text = malloc(64 * 1024);
	GauthJson  *document = parse(credential_text);
	size_t		len = 0;
	int			i;

	len += (size_t) sprintf(text, "[");
	for (i = 0; i < GAUTH_LIST_MAX; i++)
		len += (size_t) sprintf(text + len, "%s%d", i == 0 ? "" : ",", i);
	sprintf(text + len, "]");
	mutate(document, "scope.allowed_paths", text);
	read_document(document, GAUTH_CREDENTIAL_PRESENTED);
	CHECK(problems.count == GAUTH_PROBLEMS_MAX);

	sprintf(text + len, ",1]");
	mutate(document, "scope.allowed_paths", text);
	read_document(document, GAUTH_CREDENTIAL_PRESENTED);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "scope.allowed_paths"));
	free(text);
}

/* E-44: a megabyte where a name belongs, and a chain of eleven */
static void
test_huge(void)
{
	size_t		size = 1024 * 1024;
	char	   *text = malloc(size + 3);
	GauthJson  *document = parse(credential_text);
	GauthText	chain;
	int			i;

	memset(text, 'x', size + 2);
	text[0] = text[size + 1] = '"';
	text[size + 2] = '\0';
	mutate(document, "parties.subject", text);
	read_document(document, GAUTH_CREDENTIAL_PRESENTED);
	CHECK(problems.count == 1);
	free(text);

	gauth_text_init(&chain, &arena);
	gauth_text_append_char(&chain, '[');
	for (i = 0; i < GAUTH_CHAIN_MAX + 1; i++)
		gauth_text_append(&chain, gauth_span_of(i == 0 ? "{}" : ",{}"));
	gauth_text_append(&chain, GAUTH_SPAN("]\0"));
	document = parse(credential_text);
	mutate(document, "delegation_chain", chain.data);
	read_document(document, GAUTH_CREDENTIAL_PRESENTED);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, GAUTH_CODE_SCHEMA, "delegation_chain"));
}

/* every allocation fails once; a failure is told, never a half read list */
static void
test_memory(void)
{
	GauthJson  *document = parse(credential_text);
	size_t		limit;
	bool		done = false;

	for (limit = 64; !done && limit < 1024 * 1024; limit += 64)
	{
		GauthArena	small;
		GauthProblems few;
		GauthStatus status;

		gauth_arena_init(&small, NULL, 0, &gauth_malloc_source, limit);
		gauth_problems_init(&few, &small);
		status = gauth_credential_read(&small, document,
									   GAUTH_CREDENTIAL_PRESENTED,
									   &credential, &few);
		done = status == GAUTH_OK;
		CHECK(done ? few.count == 0 && !few.failed :
			  status == GAUTH_OUT_OF_MEMORY && few.failed);
		gauth_arena_reset(&small);
	}
	CHECK(done);
}

/* D-04: the two spellings of a verb */
static void
test_verbs(void)
{
	static const char *const cases[][2] = {
		{"foundry.file.create", "urn:gauth:verb:foundry:file:create"},
		{"urn:gauth:verb:foundry:file:create",
		"urn:gauth:verb:foundry:file:create"},
		{"sign", "urn:gauth:verb:sign"},
		{"a-b.c_d", "urn:gauth:verb:a-b:c_d"},
		{"", NULL},
		{".", NULL},
		{"a.", NULL},
		{".a", NULL},
		{"a:b", NULL},
		{"a.b:c", NULL},
		{"urn:gauth:verb:", NULL},
		{"urn:gauth:verb", NULL},
		{"urn:gauth:verb:a.b", NULL},
		{"urn:gauth:verb:a::b", NULL},
		{"URN:gauth:verb:a:b", NULL},
		{"urn:gauth:verb:a:b ", NULL},
		{"urn:gauth:verb:*", NULL},
	};
	size_t		i;

	for (i = 0; i < LENGTH(cases); i++)
	{
		GauthSpan	verb = {NULL, 0};
		GauthStatus status = gauth_verb_canonical(&arena,
												  gauth_span_of(cases[i][0]),
												  &verb);

		if (cases[i][1] == NULL)
			CHECK_STATUS(status, GAUTH_INVALID_VALUE);
		else
			CHECK(status == GAUTH_OK && gauth_span_is(verb, cases[i][1]));
	}
}

static void
test_words(void)
{
	GauthTrust	trust;
	GauthProfile profile;

	CHECK(gauth_trust_find(GAUTH_SPAN("Verified Partner"), &trust) &&
		  trust == GAUTH_TRUST_VERIFIED_PARTNER);
	CHECK(gauth_trust_find(GAUTH_SPAN("verified_partner"), &trust) &&
		  trust == GAUTH_TRUST_VERIFIED_PARTNER);
	CHECK(!gauth_trust_find(GAUTH_SPAN("verified partner"), &trust));
	CHECK(gauth_profile_find(GAUTH_SPAN("behoerde"), &profile) &&
		  strcmp(gauth_profile_name(profile), "behoerde") == 0);
	CHECK(strcmp(gauth_approval_name(GAUTH_APPROVAL_FOUR_EYES),
				 "four-eyes") == 0);
	CHECK(strcmp(gauth_phase_name(GAUTH_PHASE_RUN), "run") == 0);
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_content();
	test_mutations(presented_cases, LENGTH(presented_cases),
				   GAUTH_CREDENTIAL_PRESENTED);
	test_mutations(requested_cases, LENGTH(requested_cases),
				   GAUTH_CREDENTIAL_REQUESTED);
	test_chain();
	test_costs();
	test_empty_lists();
	test_all_at_once();
	test_many_problems();
	test_huge();
	test_memory();
	test_verbs();
	test_words();
	gauth_arena_reset(&arena);
	return unit_finish("poa_credential");
}
