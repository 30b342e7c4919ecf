/*
 * test_poa_narrow.c
 *		Narrowing never widens: by cases for every member, and for random
 *		powers and actions (D-33, D-36, D-37, E-24).
 */
#include "poa/cover.h"
#include "poa/narrow.h"
#include "poa/path.h"
#include "poa/region.h"
#include "poa/sector.h"
#include "test_poa.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

typedef struct NarrowCase
{
	const char *place;
	const char *value;			/* NULL: taken away */
	const char *problem;		/* NULL: no wider */
} NarrowCase;

static const char wide_text[] =
	"{\"governance_profile\":\"standard\",\"phase\":\"build\","
	"\"core_verbs\":{\"a.read\":{\"allowed\":true},"
	"\"a.write\":{\"allowed\":true,\"cost_cents_base\":5,"
	"\"requires_approval\":true,\"constraints\":{"
	"\"path_patterns\":[\"src/\"],\"allowed_commands\":[\"make\"],"
	"\"denied_commands\":[\"rm\"],\"max_delegation_depth\":2,"
	"\"max_file_size_bytes\":1000}},"
	"\"a.drop\":{\"allowed\":false}},"
	"\"active_modules\":[\"m1\",\"m2\"],"
	"\"allowed_paths\":[\"src/\",\"tests/\"],"
	"\"denied_paths\":[\".env\",\"secrets/\"],"
	"\"allowed_sectors\":[\"nace:62\",\"5415\"],"
	"\"allowed_regions\":[\"EU\",\"CH\"],"
	"\"allowed_transactions\":[\"purchase\",\"sale\"],"
	"\"allowed_decisions\":[\"advisory\",\"binding\"],"
	"\"transaction_matrix\":[{\"transaction_type\":\"purchase\","
	"\"allowed\":true,\"constraints\":{\"max_amount_cents\":100}},"
	"{\"verb\":\"a.write\",\"transaction_type\":\"purchase\","
	"\"allowed\":false},"
	"{\"verb\":\"a.read\",\"transaction_type\":\"sale\",\"allowed\":true}],"
	"\"platform_permissions\":{\"deployment\":{\"targets\":[\"dev\"],"
	"\"auto_deploy\":false},\"database\":{\"read\":true,\"write\":false},"
	"\"shell\":{\"mode\":\"allowlist\",\"allowlist\":[\"ls\",\"cat\"],"
	"\"denylist\":[\"cat /etc\"]},\"packages\":{\"verified_only\":true},"
	"\"external_apis\":{\"allowed_domains\":[\"*.example.com\"]},"
	"\"secrets\":{\"read\":true,\"create\":false}}}";

#define PLATFORM	"platform_permissions."
#define WRITE		"core_verbs[\"urn:gauth:verb:a:write\"]"

/* the scope above, changed in one member, against itself */
static const NarrowCase scope_cases[] = {
	{"governance_profile", "\"strict\"", NULL},
	{"governance_profile", "\"minimal\"", "scope.governance_profile"},
	{"phase", "\"plan\"", NULL},
	{"phase", "\"run\"", "scope.phase"},
	{"active_modules", "[\"m1\"]", NULL},
	{"active_modules", "[\"m3\"]", "scope.active_modules[0]"},
	{"active_modules", NULL, "scope.active_modules"},
	{"allowed_paths", "[\"src/a/\"]", NULL},
	{"allowed_paths", "[\"src/a/\",\"lib/\"]", "scope.allowed_paths[1]"},
	{"allowed_paths", NULL, "scope.allowed_paths"},
	{"denied_paths", "[\".env\",\"secrets/\",\"x/\"]", NULL},
	{"denied_paths", "[\"**\"]", NULL},
	{"denied_paths", "[\".env\"]", "scope.denied_paths"},
	{"denied_paths", NULL, "scope.denied_paths"},
	{"allowed_sectors", "[\"nace:62.01\",\"541511\"]", NULL},
	{"allowed_sectors", "[\"nace:63\"]", "scope.allowed_sectors[0]"},
	{"allowed_sectors", "[\"*\"]", "scope.allowed_sectors[0]"},
	{"allowed_sectors", NULL, "scope.allowed_sectors"},
	{"allowed_regions", "[\"DE\"]", NULL},
	{"allowed_regions", "[\"DE-BY\",\"CH-ZH\",\"Benelux\"]", NULL},
	{"allowed_regions", "[\"DE\",\"US\"]", "scope.allowed_regions[1]"},
	{"allowed_regions", "[\"DACH\"]", "scope.allowed_regions[0]"},
	{"allowed_regions", NULL, "scope.allowed_regions"},
	{"allowed_transactions", "[\"sale\"]", NULL},
	{"allowed_transactions", "[]", NULL},
	{"allowed_transactions", "[\"loan\"]", "scope.allowed_transactions[0]"},
	{"allowed_decisions", "[\"advisory\"]", NULL},
	{"allowed_decisions", "[\"financial\"]", "scope.allowed_decisions[0]"},
	{"allowed_decisions", NULL, "scope.allowed_decisions"},

	/* verbs: only disabled or constrained */
	{"core_verbs", "{}", NULL},
	{"core_verbs", "{\"a.read\":{\"allowed\":true}}", NULL},
	{"core_verbs", "{\"a.new\":{\"allowed\":false}}", NULL},
	{"core_verbs", "{\"a.new\":{\"allowed\":true}}",
	"scope.core_verbs[\"urn:gauth:verb:a:new\"]"},
	{"core_verbs", "{\"a.drop\":{\"allowed\":true}}",
	"scope.core_verbs[\"urn:gauth:verb:a:drop\"]"},
	{"core_verbs.a;write.allowed", "false", NULL},
	{"core_verbs.a;write.cost_cents_base", "6", NULL},
	{"core_verbs.a;write.cost_cents_base", "4",
	"scope." WRITE ".cost_cents_base"},
	{"core_verbs.a;write.cost_cents_base", NULL,
	"scope." WRITE ".cost_cents_base"},
	{"core_verbs.a;write.requires_approval", "false",
	"scope." WRITE ".requires_approval"},
	{"core_verbs.a;write.requires_approval", NULL,
	"scope." WRITE ".requires_approval"},
	{"core_verbs.a;read.requires_approval", "true", NULL},
	{"core_verbs.a;write.constraints.path_patterns", "[\"src/a\"]", NULL},
	{"core_verbs.a;write.constraints.path_patterns", "[\"tests/\"]",
	"scope." WRITE ".constraints.path_patterns[0]"},
	{"core_verbs.a;write.constraints.path_patterns", NULL,
	"scope." WRITE ".constraints.path_patterns"},
	{"core_verbs.a;write.constraints.allowed_commands", "[\"make test\"]",
	NULL},
	{"core_verbs.a;write.constraints.allowed_commands",
	"[\"make; rm\"]", "scope." WRITE ".constraints.allowed_commands[0]"},
	{"core_verbs.a;write.constraints.allowed_commands", "[\"makefile\"]",
	"scope." WRITE ".constraints.allowed_commands[0]"},
	{"core_verbs.a;write.constraints.denied_commands", "[\"rm\",\"mv\"]",
	NULL},
	{"core_verbs.a;write.constraints.denied_commands", "[\"mv\"]",
	"scope." WRITE ".constraints.denied_commands"},
	{"core_verbs.a;write.constraints.max_delegation_depth", "1", NULL},
	{"core_verbs.a;write.constraints.max_delegation_depth", "3",
	"scope." WRITE ".constraints.max_delegation_depth"},
	{"core_verbs.a;write.constraints.max_file_size_bytes", "1000", NULL},
	{"core_verbs.a;write.constraints.max_file_size_bytes", "1001",
	"scope." WRITE ".constraints.max_file_size_bytes"},
	{"core_verbs.a;write.constraints.max_file_size_bytes", NULL,
	"scope." WRITE ".constraints.max_file_size_bytes"},
	{"core_verbs.a;read.constraints", "{\"max_file_size_bytes\":1}", NULL},

	/* platform: only restricted */
	{PLATFORM "deployment.targets", "[]", NULL},
	{PLATFORM "deployment.targets", "[\"dev\",\"prod\"]",
	"scope." PLATFORM "deployment.targets"},
	{PLATFORM "deployment.auto_deploy", "true",
	"scope." PLATFORM "deployment.auto_deploy"},
	{PLATFORM "database.read", "false", NULL},
	{PLATFORM "database.write", "true",
	"scope." PLATFORM "database.write"},
	{PLATFORM "database.migrate", "true",
	"scope." PLATFORM "database.migrate"},
	{PLATFORM "database.production_access", "true",
	"scope." PLATFORM "database.production_access"},
	{PLATFORM "shell", "{}", NULL},
	{PLATFORM "shell.mode", "\"denylist\"", "scope." PLATFORM "shell.mode"},
	{PLATFORM "shell.allowlist", "[\"ls -l\"]", NULL},
	{PLATFORM "shell.allowlist", "[\"ps\"]",
	"scope." PLATFORM "shell.allowlist[0]"},
	{PLATFORM "shell.denylist", "[]", "scope." PLATFORM "shell.denylist"},
	{PLATFORM "packages.verified_only", "false",
	"scope." PLATFORM "packages.verified_only"},
	{PLATFORM "packages", NULL, "scope." PLATFORM "packages.verified_only"},
	{PLATFORM "external_apis.allowed_domains", "[\"a.EXAMPLE.com\"]", NULL},
	{PLATFORM "external_apis.allowed_domains", "[\"*.b.example.com\"]", NULL},
	{PLATFORM "external_apis.allowed_domains", "[\"example.com\"]",
	"scope." PLATFORM "external_apis.allowed_domains[0]"},
	{PLATFORM "external_apis.allowed_domains", "[\"badexample.com\"]",
	"scope." PLATFORM "external_apis.allowed_domains[0]"},
	{PLATFORM "external_apis", NULL,
	"scope." PLATFORM "external_apis.allowed_domains"},
	{PLATFORM "secrets.read", "false", NULL},
	{PLATFORM "secrets.create", "true", "scope." PLATFORM "secrets.create"},

	/* the matrix */
	{"transaction_matrix", "[]", NULL},
	{"transaction_matrix", NULL, "scope.transaction_matrix"},
	{"transaction_matrix", "[{\"verb\":\"a.read\",\"transaction_type\":"
		"\"purchase\",\"allowed\":true,\"constraints\":"
	"{\"max_amount_cents\":99,\"hours\":\"9-17\"}}]", NULL},
	{"transaction_matrix", "[{\"verb\":\"a.read\",\"transaction_type\":"
		"\"purchase\",\"allowed\":true,\"constraints\":"
	"{\"max_amount_cents\":1.0e2}}]", NULL},
	{"transaction_matrix", "[{\"verb\":\"a.read\",\"transaction_type\":"
		"\"purchase\",\"allowed\":true,\"constraints\":"
	"{\"max_amount_cents\":101}}]", "scope.transaction_matrix[0]"},
	{"transaction_matrix", "[{\"verb\":\"a.read\",\"transaction_type\":"
	"\"purchase\",\"allowed\":true}]", "scope.transaction_matrix[0]"},
	{"transaction_matrix", "[{\"verb\":\"a.write\",\"transaction_type\":"
		"\"purchase\",\"allowed\":true,\"constraints\":"
	"{\"max_amount_cents\":1}}]", "scope.transaction_matrix[0]"},
	{"transaction_matrix", "[{\"transaction_type\":\"purchase\","
		"\"allowed\":true,\"constraints\":{\"max_amount_cents\":1}}]",
	"scope.transaction_matrix[0]"},
	{"transaction_matrix", "[{\"transaction_type\":\"purchase\","
		"\"allowed\":true,\"constraints\":{\"max_amount_cents\":1}},"
		"{\"verb\":\"a.write\",\"transaction_type\":\"purchase\","
	"\"allowed\":false}]", NULL},
	{"transaction_matrix", "[{\"transaction_type\":\"sale\","
	"\"allowed\":true}]", "scope.transaction_matrix[0]"},
	{"transaction_matrix", "[{\"transaction_type\":\"loan\","
	"\"allowed\":false}]", NULL},
};

/* a restriction of the scope above */
static const NarrowCase restriction_cases[] = {
	{"allowed_paths", "[\"src/a/\"]", NULL},
	{"allowed_paths", "[\"lib/\"]", "r.allowed_paths[0]"},
	{"denied_paths", "[\"x/\"]", NULL},
	{"sectors", "[\"nace:62.01\"]", NULL},
	{"sectors", "[\"nace:01\"]", "r.allowed_sectors[0]"},
	{"regions", "[\"FR\"]", NULL},
	{"regions", "[\"global\"]", "r.allowed_regions[0]"},
	{"allowedActions", "[\"a.read\",\"a.write\"]", NULL},
	{"allowedActions", "[\"a.drop\"]",
	"r.core_verbs[\"urn:gauth:verb:a:drop\"]"},
	{"allowed_transactions", "[\"loan\"]", "r.allowed_transactions[0]"},
	{"allowed_decisions", "[\"loan\"]", "r.allowed_decisions[0]"},
	{"core_verbs", "{\"a.write\":{\"allowed\":true}}", NULL},
	{"core_verbs", "{\"a.write\":{\"allowed\":true,\"constraints\":"
		"{\"max_file_size_bytes\":1001}}}",
	"r." WRITE ".constraints.max_file_size_bytes"},
	{"core_verbs", "{\"a.write\":{\"allowed\":true,"
	"\"requires_approval\":false}}", "r." WRITE ".requires_approval"},
	{"platform_permissions", "{}", NULL},
	{"platform_permissions", "{\"database\":{\"write\":true}}",
	"r." PLATFORM "database.write"},
	{"platform_permissions", "{\"shell\":{\"allowlist\":[\"ps\"]}}",
	"r." PLATFORM "shell.allowlist[0]"},
	{"platform_permissions", "{\"packages\":{\"verified_only\":false}}",
	"r." PLATFORM "packages.verified_only"},
	{"phase", "\"run\"", "r.phase"},
	{"governance_profile", "\"minimal\"", "r.governance_profile"},
	{"transaction_matrix", "[]", NULL},
};

static GauthPowers
read_scope(const GauthJson *json)
{
	GauthPowers powers;
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_powers_read(&arena, json, GAUTH_SPAN("scope"), &powers,
								   &problems), GAUTH_OK);
	CHECK(gauth_problems_good(&problems));
	print_problems(&problems);
	return powers;
}

static GauthPowers
read_restriction(const GauthJson *json)
{
	GauthPowers powers;
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_restriction_read(&arena, json, GAUTH_SPAN("r"),
										&powers, &problems), GAUTH_OK);
	CHECK(gauth_problems_good(&problems));
	print_problems(&problems);
	return powers;
}

static void
check_case(const NarrowCase *test, const GauthProblems *problems)
{
	if (CHECK(test->problem == NULL ? problems->count == 0 :
			  problems->count == 1 &&
			  has_problem(problems, GAUTH_CODE_WIDENING, test->problem)))
		return;
	printf("  %s = %s\n", test->place,
		   test->value == NULL ? "(nothing)" : test->value);
	print_problems(problems);
}

/* the places use ";" for the dots of a verb */
static void
mutate_verb(GauthJson *document, const char *place, const char *value)
{
	GauthJson  *at = document;
	GauthSpan	copy = {NULL, 0};
	char	   *rest;
	char	   *dot;
	char	   *name;

	/* with its zero byte; the tree keeps the names */
	CHECK(gauth_arena_copy(&arena, gauth_span(place, strlen(place) + 1),
						   &copy));
	for (rest = (char *) copy.data; (dot = strchr(rest, '.')) != NULL;)
	{
		*dot = '\0';
		for (name = rest; (name = strchr(name, ';')) != NULL;)
			*name = '.';
		at = (GauthJson *) gauth_json_get(at, rest);
		rest = dot + 1;
	}
	mutate(at, rest, value);
}

/* D-33: each member, wider and not */
static void
test_scopes(void)
{
	GauthPowers wide = read_scope(parse(wide_text));
	size_t		i;

	for (i = 0; i < LENGTH(scope_cases); i++)
	{
		GauthJson  *json = parse(wide_text);
		GauthPowers narrow;
		GauthProblems problems;

		mutate_verb(json, scope_cases[i].place, scope_cases[i].value);
		narrow = read_scope(json);
		gauth_problems_init(&problems, &arena);
		gauth_narrow_check(&wide, &narrow, &problems);
		check_case(&scope_cases[i], &problems);
	}
}

static void
test_restrictions(void)
{
	GauthPowers wide = read_scope(parse(wide_text));
	size_t		i;

	for (i = 0; i < LENGTH(restriction_cases); i++)
	{
		GauthJson  *json = parse("{}");
		GauthPowers narrow;
		GauthProblems problems;

		mutate(json, restriction_cases[i].place, restriction_cases[i].value);
		narrow = read_restriction(json);
		gauth_problems_init(&problems, &arena);
		gauth_restriction_check(&wide, &narrow, GAUTH_SPAN("r"), &problems);
		check_case(&restriction_cases[i], &problems);
		CHECK(gauth_powers_narrower(&arena, &wide, &narrow) ==
			  (restriction_cases[i].problem == NULL));
	}
}

/* E-24: all that is wider, at once */
static void
test_all_at_once(void)
{
	GauthPowers wide = read_scope(parse(wide_text));
	GauthPowers narrow =
		read_scope(parse("{\"governance_profile\":\"minimal\","
						 "\"phase\":\"run\",\"core_verbs\":"
						 "{\"x\":{\"allowed\":true}},"
						 "\"allowed_paths\":[\"a/\",\"b/\"]}"));
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	gauth_narrow_check(&wide, &narrow, &problems);
	CHECK(has_problem(&problems, GAUTH_CODE_WIDENING,
					  "scope.governance_profile"));
	CHECK(has_problem(&problems, GAUTH_CODE_WIDENING, "scope.phase"));
	CHECK(has_problem(&problems, GAUTH_CODE_WIDENING,
					  "scope.allowed_paths[0]"));
	CHECK(has_problem(&problems, GAUTH_CODE_WIDENING,
					  "scope.allowed_paths[1]"));
	CHECK(has_problem(&problems, GAUTH_CODE_WIDENING,
					  "scope.allowed_regions"));
	CHECK(has_problem(&problems, GAUTH_CODE_WIDENING,
					  "scope.transaction_matrix"));
}

/* D-37: nothing in common is nothing at all; D-36: what is left */
static void
test_intersections(void)
{
	GauthPowers wide = read_scope(parse(wide_text));
	GauthPowers left;
	GauthPowers restriction =
		read_restriction(parse("{\"allowed_paths\":[\"lib/\"],"
							   "\"regions\":[\"US\"],\"sectors\":[\"01\"],"
							   "\"allowed_transactions\":[\"loan\"],"
							   "\"denied_paths\":[\"x/\"],"
							   "\"allowedActions\":[\"a.new\"]}"));

	CHECK_STATUS(gauth_powers_intersect(&arena, &wide, &restriction, &left),
				 GAUTH_OK);
	CHECK(left.allowed_paths.given && left.allowed_paths.count == 0);
	CHECK(!gauth_paths_allow(&left.allowed_paths, GAUTH_SPAN("lib/a")));
	CHECK(!gauth_paths_allow(&left.allowed_paths, GAUTH_SPAN("src/a")));
	CHECK(left.allowed_regions.given && left.allowed_regions.count == 0);
	CHECK(left.allowed_sectors.given && left.allowed_sectors.count == 0);
	CHECK(left.allowed_transactions.given &&
		  left.allowed_transactions.count == 0);
	CHECK(left.allowed_decisions.count == 2);
	CHECK(left.denied_paths.count == 3);
	CHECK(left.verbs_given && left.verb_count == 0);

	/* the parent allows src/ and tests/, the child tests/ */
	restriction = read_restriction(parse("{\"allowed_paths\":[\"tests/\"],"
										 "\"allowed_regions\":[\"DACH\"]}"));
	CHECK_STATUS(gauth_powers_intersect(&arena, &wide, &restriction, &left),
				 GAUTH_OK);
	CHECK(gauth_paths_allow(&wide.allowed_paths, GAUTH_SPAN("src/a")));
	CHECK(!gauth_paths_allow(&left.allowed_paths, GAUTH_SPAN("src/a")));
	CHECK(gauth_paths_allow(&left.allowed_paths, GAUTH_SPAN("tests/a")));
	CHECK(left.verb_count == 3);
	/* of EU and CH, and DACH: what lies wholly in both */
	CHECK(gauth_regions_allow(&left.allowed_regions, GAUTH_SPAN("CH"), true));
	CHECK(!gauth_regions_allow(&left.allowed_regions, GAUTH_SPAN("FR"),
							   true));
}

static void
test_memory(void)
{
	GauthPowers wide = read_scope(parse(wide_text));
	GauthPowers restriction =
		read_restriction(parse("{\"allowed_paths\":[\"tests/\"],"
							   "\"transaction_matrix\":[],"
							   "\"core_verbs\":{}}"));
	GauthPowers wider = read_restriction(parse("{\"phase\":\"run\"}"));
	GauthPowers left;
	GauthArena	none;

	gauth_arena_init(&none, NULL, 0, NULL, 0);
	CHECK_STATUS(gauth_powers_intersect(&none, &wide, &restriction, &left),
				 GAUTH_OUT_OF_MEMORY);
	CHECK(!gauth_powers_narrower(&none, &wide, &wider));
	CHECK(gauth_powers_narrower(&none, &wide, &restriction));
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_scopes();
	test_restrictions();
	test_all_at_once();
	test_intersections();
	test_memory();
	gauth_arena_reset(&arena);
	return unit_finish("poa_narrow");
}
