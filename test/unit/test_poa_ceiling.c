/*
 * test_poa_ceiling.c
 *		Ceilings of profiles (RFC 0118 section 9.2) and consistency (section
 *		10.4).
 */
#include "poa/ceiling.h"
#include "poa/consistency.h"
#include "test_poa.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/*
 * One attribute under one profile: the most that it allows, and the least
 * that is too much; NULL where nothing is.
 */
typedef struct Limit
{
	const char *most;
	const char *over;
} Limit;

typedef struct Attribute
{
	const char *place;
	Limit		limits[GAUTH_PROFILE_COUNT];
} Attribute;

#define PLATFORM	"scope.platform_permissions."
#define SESSION		"requirements.session_limits."

/* E-04: the table, from minimal to behoerde */
static const Attribute attributes[] = {
	{PLATFORM "deployment.targets",
		{{"[\"dev\",\"staging\",\"prod\"]", NULL},
		{"[\"dev\",\"staging\"]", "[\"prod\"]"},
		{"[\"staging\"]", "[\"dev\"]"},
		{"[\"staging\"]", "[\"staging\",\"dev\"]"},
	{"[\"staging\"]", "[\"dev\",\"prod\"]"}}},
	{PLATFORM "deployment.auto_deploy",
		{{"true", NULL}, {"false", "true"}, {"false", "true"},
	{"false", "true"}, {"false", "true"}}},
	{PLATFORM "database.write",
		{{"true", NULL}, {"true", NULL}, {"true", NULL},
	{"false", "true"}, {"false", "true"}}},
	{PLATFORM "database.migrate",
		{{"true", NULL}, {"false", "true"}, {"false", "true"},
	{"false", "true"}, {"false", "true"}}},
	{PLATFORM "database.production_access",
		{{"true", NULL}, {"false", "true"}, {"false", "true"},
	{"false", "true"}, {"false", "true"}}},
	{PLATFORM "shell.mode",
		{{"\"any\"", NULL}, {"\"denylist\"", "\"any\""},
		{"\"allowlist\"", "\"denylist\""},
	{"\"allowlist\"", "\"denylist\""}, {"\"allowlist\"", "\"any\""}}},
	{PLATFORM "packages.verified_only",
		{{"false", NULL}, {"false", NULL}, {"true", "false"},
	{"true", "false"}, {"true", "false"}}},
	{PLATFORM "secrets.read",
		{{"true", NULL}, {"true", NULL}, {"true", NULL},
	{"false", "true"}, {"false", "true"}}},
	{PLATFORM "secrets.create",
		{{"true", NULL}, {"false", "true"}, {"false", "true"},
	{"false", "true"}, {"false", "true"}}},
	{"delegation_chain",
		{{"[{\"delegator\":\"a\",\"delegate\":\"b\",\"scope_restriction\":{}},"
				"{\"delegator\":\"b\",\"delegate\":\"c\","
		"\"scope_restriction\":{}}]", NULL},
		{"[{\"delegator\":\"a\",\"delegate\":\"b\","
			"\"scope_restriction\":{}}]",
			"[{\"delegator\":\"a\",\"delegate\":\"b\","
			"\"scope_restriction\":{}},{\"delegator\":\"b\","
		"\"delegate\":\"c\",\"scope_restriction\":{}}]"},
		{"[{\"delegator\":\"a\",\"delegate\":\"b\","
			"\"scope_restriction\":{}}]",
			"[{\"delegator\":\"a\",\"delegate\":\"b\","
			"\"scope_restriction\":{}},{\"delegator\":\"b\","
		"\"delegate\":\"c\",\"scope_restriction\":{}}]"},
		{"[]", "[{\"delegator\":\"a\",\"delegate\":\"b\","
		"\"scope_restriction\":{}}]"},
		{"[]", "[{\"delegator\":\"a\",\"delegate\":\"b\","
	"\"scope_restriction\":{}}]"}}},
	{"requirements.approval_mode",
		{{"\"autonomous\"", NULL}, {"\"supervised\"", "\"autonomous\""},
		{"\"supervised\"", "\"autonomous\""},
		{"\"supervised\"", "\"autonomous\""},
	{"\"four-eyes\"", "\"supervised\""}}},
	{SESSION "max_session_duration_minutes",
		{{"1000000", NULL}, {"240", "241"}, {"120", "121"}, {"60", "61"},
	{"30", "31"}}},
	{SESSION "max_tool_calls",
		{{"1000000", NULL}, {"500", "501"}, {"200", "201"}, {"100", "101"},
	{"100", "101"}}},
	{SESSION "max_lines_per_commit",
		{{"1000000", NULL}, {"500", "501"}, {"200", "201"}, {"100", "101"},
	{"100", "101"}}},
};

/* good under every profile */
static const char request_text[] =
"{\"parties\":{\"subject\":\"agent\",\"customer_id\":\"c\","
"\"project_id\":\"p\",\"issued_by\":\"i\","
"\"approval_chain\":[\"x\",\"y\"]},"
"\"scope\":{\"governance_profile\":\"standard\",\"phase\":\"build\","
"\"core_verbs\":{\"a.read\":{\"allowed\":true}},"
"\"active_modules\":[\"m1\"],\"allowed_paths\":[\"src/\"],"
"\"denied_paths\":[\".env\"],"
"\"platform_permissions\":{\"deployment\":{},\"database\":{},"
"\"shell\":{},\"packages\":{},\"secrets\":{}}},"
"\"requirements\":{\"approval_mode\":\"four-eyes\","
"\"budget\":{\"total_cents\":0},\"session_limits\":{},"
"\"ttl_seconds\":60}}";

static GauthCredential credential;
static GauthProblems problems;
static const GauthNames any_module = {false, 0, NULL};

static void
read_request(const GauthJson *document)
{
	GauthProblems schema;

	gauth_problems_init(&schema, &arena);
	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_credential_read(&arena, document,
									   GAUTH_CREDENTIAL_REQUESTED,
									   &credential, &schema), GAUTH_OK);
}

static bool
is_within(GauthProfile profile, const char *place, const char *value)
{
	GauthJson  *document = parse(request_text);
	char		name[32];

	snprintf(name, sizeof(name), "\"%s\"", gauth_profile_name(profile));
	mutate(document, "scope.governance_profile", name);
	mutate(document, place, value);
	read_request(document);
	gauth_ceiling_check(gauth_ceiling_of(profile), &credential, &problems);
	if (problems.count == 0)
		return true;
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, GAUTH_CODE_CEILING, place));
	return false;
}

/* E-04, D-16: at the limit and over it, for 14 attributes and 5 profiles */
static void
test_table(void)
{
	unsigned	at = 0;
	unsigned	over = 0;
	size_t		i;
	int			profile;

	CHECK(LENGTH(attributes) == GAUTH_CEILING_COUNT);
	for (i = 0; i < LENGTH(attributes); i++)
	{
		for (profile = 0; profile < GAUTH_PROFILE_COUNT; profile++)
		{
			const Limit *limit = &attributes[i].limits[profile];

			at += CHECK(is_within((GauthProfile) profile, attributes[i].place,
								  limit->most));
			if (limit->over != NULL)
				over += CHECK(!is_within((GauthProfile) profile,
										 attributes[i].place, limit->over));
		}
	}
	printf("ceilings: %u at the limit accepted, %u over it refused, in %u"
		   " nothing is over\n", at, over, 70 - over);
	CHECK(at == 70 && over == 51);
}

/* each profile allows no more than the one before it */
static void
test_order(void)
{
	int			i;

	for (i = 1; i < GAUTH_PROFILE_COUNT; i++)
	{
		const GauthCeiling *wide = gauth_ceiling_of((GauthProfile) (i - 1));
		const GauthCeiling *narrow = gauth_ceiling_of((GauthProfile) i);

		CHECK((narrow->targets & ~wide->targets) == 0);
		CHECK(narrow->auto_deploy <= wide->auto_deploy);
		CHECK(narrow->database_write <= wide->database_write);
		CHECK(narrow->database_migrate <= wide->database_migrate);
		CHECK(narrow->database_production <= wide->database_production);
		CHECK(narrow->shell_mode >= wide->shell_mode);
		CHECK(narrow->verified_packages_only >= wide->verified_packages_only);
		CHECK(narrow->secrets_read <= wide->secrets_read);
		CHECK(narrow->secrets_create <= wide->secrets_create);
		CHECK(narrow->min_approval >= wide->min_approval);
		CHECK(gauth_ceiling_limit(wide->delegation_depth,
								  narrow->delegation_depth) ==
			  narrow->delegation_depth);
		CHECK(gauth_ceiling_limit(wide->max_session_minutes,
								  narrow->max_session_minutes) ==
			  narrow->max_session_minutes);
	}
	CHECK(gauth_ceiling_limit(500, GAUTH_ABSENT) == 500);
	CHECK(gauth_ceiling_limit(GAUTH_ABSENT, 7) == 7);
	CHECK(gauth_ceiling_limit(GAUTH_ABSENT, GAUTH_ABSENT) == GAUTH_ABSENT);
}

/* E-05: all that is over, at once; what is not said is not over */
static void
test_all_at_once(void)
{
	GauthJson  *document = parse(request_text);

	mutate(document, PLATFORM "database.write", "true");
	mutate(document, SESSION "max_tool_calls", "1000");
	mutate(document, "requirements.approval_mode", "\"autonomous\"");
	read_request(document);
	gauth_ceiling_check(gauth_ceiling_of(GAUTH_PROFILE_BEHOERDE),
						&credential, &problems);
	CHECK(problems.count == 3);
	CHECK(has_problem(&problems, GAUTH_CODE_CEILING,
					  PLATFORM "database.write"));
	CHECK(has_problem(&problems, GAUTH_CODE_CEILING,
					  SESSION "max_tool_calls"));
	CHECK(has_problem(&problems, GAUTH_CODE_CEILING,
					  "requirements.approval_mode"));

	document = parse(request_text);
	mutate(document, "scope.platform_permissions", NULL);
	mutate(document, "requirements.session_limits", NULL);
	read_request(document);
	gauth_ceiling_check(gauth_ceiling_of(GAUTH_PROFILE_BEHOERDE),
						&credential, &problems);
	CHECK(problems.count == 0);
}

/* D-32: verbs that would delegate further than the profile */
static void
test_delegating_verbs(void)
{
	GauthJson  *document = parse(request_text);

	mutate(document, "scope.core_verbs",
		   "{\"foundry.agent.delegate\":{\"allowed\":true},"
		   "\"a.b\":{\"allowed\":true,\"constraints\":"
		   "{\"max_delegation_depth\":2}},"
		   "\"e.f\":{\"allowed\":true,\"constraints\":"
		   "{\"max_delegation_depth\":1}},"
		   "\"c.d\":{\"allowed\":false,\"constraints\":"
		   "{\"max_delegation_depth\":2}}}");
	read_request(document);
	gauth_ceiling_check(gauth_ceiling_of(GAUTH_PROFILE_STANDARD),
						&credential, &problems);
	CHECK(problems.count == 1);
	CHECK(has_problem(&problems, GAUTH_CODE_CEILING,
					  "scope.core_verbs[\"urn:gauth:verb:a:b\"]"));
	gauth_problems_init(&problems, &arena);
	gauth_ceiling_check(gauth_ceiling_of(GAUTH_PROFILE_ENTERPRISE),
						&credential, &problems);
	CHECK(problems.count == 3);
	gauth_problems_init(&problems, &arena);
	gauth_ceiling_check(gauth_ceiling_of(GAUTH_PROFILE_MINIMAL), &credential,
						&problems);
	CHECK(problems.count == 0);
}

typedef struct RuleCase
{
	const char *place;
	const char *value;
	const char *code;			/* NULL: no rule is broken */
	const char *problem;
} RuleCase;

#define LINK(restriction) \
	"[{\"delegator\":\"i\",\"delegate\":\"agent\",\"scope_restriction\":" \
	restriction "}]"

/* E-06: C-1 to C-6 */
static const RuleCase rule_cases[] = {
	{"parties.approval_chain", NULL, GAUTH_CODE_FOUR_EYES,
	"parties.approval_chain"},
	{"parties.approval_chain", "[\"x\"]", GAUTH_CODE_FOUR_EYES,
	"parties.approval_chain"},
	{"parties.approval_chain", "[\"x\",\"x\"]", GAUTH_CODE_FOUR_EYES,
	"parties.approval_chain"},
	{"parties.approval_chain", "[\"x\",\"agent\"]", GAUTH_CODE_FOUR_EYES,
	"parties.approval_chain"},
	{"parties.approval_chain", "[\"x\",\"x\",\"y\"]", NULL, NULL},
	{"scope.denied_paths", "[\".env\",\"src/\"]", GAUTH_CODE_PATH_CONFLICT,
	"scope.allowed_paths[0]"},
	{"scope.denied_paths", "[\"src/secrets/\"]", NULL, NULL},
	{"requirements.budget.total_cents", "-1", GAUTH_CODE_BUDGET,
	"requirements.budget.total_cents"},
	{"requirements.budget.total_cents", "0", NULL, NULL},
	{"requirements.ttl_seconds", "59", GAUTH_CODE_TTL,
	"requirements.ttl_seconds"},
	{"requirements.ttl_seconds", "60", NULL, NULL},
	{"scope.active_modules", "[\"m1\",\"m9\"]", GAUTH_CODE_MODULE,
	"scope.active_modules[1]"},
	{"scope.active_modules", "[\"m2\"]", NULL, NULL},
	{"delegation_chain", LINK("{\"allowed_paths\":[\"src/a/\"]}"), NULL,
	NULL},
	{"delegation_chain", LINK("{\"allowed_paths\":[\"src/a/\",\"lib/\"]}"),
		GAUTH_CODE_WIDENING,
	"delegation_chain[0].scope_restriction.allowed_paths[1]"},
	{"delegation_chain",
		"[{\"delegator\":\"i\",\"delegate\":\"b\",\"scope_restriction\":"
		"{\"allowed_paths\":[\"src/a/\"]}},{\"delegator\":\"b\",\"delegate\":"
		"\"agent\",\"scope_restriction\":{\"allowed_paths\":[\"src/b\"]}}]",
		GAUTH_CODE_WIDENING,
	"delegation_chain[1].scope_restriction.allowed_paths[0]"},
};

static void
test_rules(void)
{
	GauthSpan	known[] = {GAUTH_SPAN("m1"), GAUTH_SPAN("m2")};
	GauthNames	modules = {true, 2, known};
	size_t		i;

	for (i = 0; i < LENGTH(rule_cases); i++)
	{
		const RuleCase *test = &rule_cases[i];
		GauthJson  *document = parse(request_text);

		mutate(document, test->place, test->value);
		read_request(document);
		gauth_consistency_check(&credential, &modules, &problems);
		if (CHECK(test->code == NULL ? problems.count == 0 :
				  problems.count == 1 &&
				  has_problem(&problems, test->code, test->problem)))
			continue;
		printf("  %s\n", test->place);
		print_problems(&problems);
	}
}

/* E-03: one document, an error in each stage */
static void
test_stages(void)
{
	GauthProblems schema;
	GauthProblems ceiling;
	GauthJson  *document = parse(request_text);

	mutate(document, "parties.customer_id", NULL);
	mutate(document, PLATFORM "secrets.create", "true");
	mutate(document, "parties.approval_chain", "[\"x\"]");
	gauth_problems_init(&schema, &arena);
	gauth_problems_init(&ceiling, &arena);
	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_credential_read(&arena, document,
									   GAUTH_CREDENTIAL_REQUESTED,
									   &credential, &schema), GAUTH_OK);
	gauth_ceiling_check(gauth_ceiling_of(credential.powers.profile),
						&credential, &ceiling);
	gauth_consistency_check(&credential, &any_module, &problems);
	CHECK(schema.count == 1 && ceiling.count == 1 && problems.count == 1);

	/* patterns that are none, in documents whose other parts are compared */
	document = parse(request_text);
	mutate(document, "scope.allowed_paths", "[\"a[\",\"?\"]");
	mutate(document, "delegation_chain", LINK("{\"allowed_paths\":"
											  "[\"a[b\",\"?[\"]}"));
	read_request(document);
	CHECK(credential.powers.allowed_paths.count == 2);
	CHECK(credential.powers.allowed_paths.items[0].len == 0);
	CHECK(credential.delegations[0].restriction.allowed_paths.items[1].len ==
		  0);
	gauth_consistency_check(&credential, &any_module, &problems);
	CHECK(!problems.failed);

	/* a document of which nothing could be read breaks no further rule */
	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_credential_read(&arena, parse("7"),
									   GAUTH_CREDENTIAL_REQUESTED,
									   &credential, &schema), GAUTH_OK);
	gauth_ceiling_check(gauth_ceiling_of(GAUTH_PROFILE_BEHOERDE),
						&credential, &problems);
	gauth_consistency_check(&credential, &any_module, &problems);
	CHECK(problems.count == 0);
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_table();
	test_order();
	test_all_at_once();
	test_delegating_verbs();
	test_rules();
	test_stages();
	gauth_arena_reset(&arena);
	return unit_finish("poa_ceiling");
}
