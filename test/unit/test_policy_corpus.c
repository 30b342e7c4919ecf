/*
 * test_policy_corpus.c
 *		The published corpora of Cedar: decisions, reasons and errors have to
 *		be the expected ones, through the index and without it.
 *
 * The generated corpus is unpacked by tar into a temporary folder, unless
 * GAUTH_CEDAR_CORPUS names one where it is unpacked already.
 *
 * Each policy is also formatted and read again, and turned into JSON and
 * back; what comes out of JSON has to decide every request as before.
 */
#include "test_policy.h"

#include "policy/format.h"
#include "policy/policy_json.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Tally
{
	unsigned	tests;
	unsigned	tests_passed;
	unsigned	requests;
	unsigned	requests_passed;
	unsigned	json_passed;	/* requests decided after a way through JSON */
	unsigned	formatted;		/* tests whose policies read back the same */
} Tally;

/* are the ids of these policies exactly the strings of the array? */
static bool
same_ids(const GauthPolicySet *set, const uint32_t *policies, uint32_t count,
		 const GauthJson *expected)
{
	const GauthJson *id;
	uint32_t	i;

	if (expected == NULL || expected->count != count)
		return false;
	for (id = expected->first; id != NULL; id = id->next)
	{
		for (i = 0; i < count; i++)
		{
			if (gauth_span_equal(gauth_policy_set_id(set, policies[i]),
								 id->text))
				break;
		}
		if (i == count)
			return false;
	}
	return true;
}

static bool
is_as_expected(const GauthPolicySet *set, const GauthDecision *decision,
			   const GauthJson *expected, GauthArena *arena)
{
	uint32_t   *failed = gauth_arena_array(arena, decision->failure_count,
										   sizeof(uint32_t));
	uint32_t	i;

	for (i = 0; i < decision->failure_count; i++)
		failed[i] = decision->failures[i].policy;
	return gauth_json_is_string(gauth_json_get(expected, "decision"),
								decision->permit ? "allow" : "deny") &&
		same_ids(set, decision->determining, decision->determining_count,
				 gauth_json_get(expected, "reason")) &&
		same_ids(set, failed, decision->failure_count,
				 gauth_json_get(expected, "errors"));
}

static bool
run_request(Fixture *fixture, const GauthJson *json)
{
	GauthArena	arena;
	GauthEntityReader reader = fixture_reader(fixture, &arena);
	GauthRequest request;
	GauthDecision decision;
	bool		good;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	good = gauth_request_from_json(&reader, json, &request) == GAUTH_OK &&
		decide_twice(fixture, &arena, &request, GAUTH_POLICY_CEDAR,
					 &decision) &&
		is_as_expected(fixture->set, &decision, json, &arena);
	gauth_arena_reset(&arena);
	return good;
}

static bool
read_member_file(const char *folder, const GauthJson *test, const char *name,
				 GauthSpan *content)
{
	const GauthJson *member = gauth_json_get(test, name);
	char		path[UNIT_PATH_MAX];

	if (member == NULL)
		return false;
	snprintf(path, sizeof(path), "%s/%.*s", folder, (int) member->text.len,
			 member->text.data);
	return unit_read_file(path, content);
}

/* is every policy the same tree after it was formatted and read again? */
static bool
formats_well(Fixture *fixture, GauthSpan source)
{
	GauthPolicyList list;
	const GauthPolicy *before = fixture->list.policies;
	const GauthPolicy *after;
	GauthSpan	formatted;
	GauthSpan	again;

	if (gauth_policy_format_source(&fixture->arena, source,
								   &gauth_policy_default_limits, &formatted,
								   &fixture->err) != GAUTH_OK ||
		gauth_policy_parse(&fixture->arena, formatted,
						   &gauth_policy_default_limits, &list,
						   &fixture->err) != GAUTH_OK ||
		gauth_policy_format_source(&fixture->arena, formatted,
								   &gauth_policy_default_limits, &again,
								   &fixture->err) != GAUTH_OK ||
		!gauth_span_equal(formatted, again))
		return false;
	for (after = list.policies; after != NULL && before != NULL;
		 after = after->next, before = before->next)
	{
		if (!gauth_policy_is_equal(before, after))
			return false;
	}
	return before == NULL && after == NULL;
}

/* the set that is left when the policies went through JSON */
static bool
recompile_through_json(Fixture *fixture)
{
	GauthPolicyList list;
	GauthText	text;
	GauthSpan	json;

	gauth_text_init(&text, &fixture->arena);
	return gauth_policy_list_to_json(&text, &fixture->list,
									 &gauth_policy_default_limits,
									 &fixture->err) == GAUTH_OK &&
		gauth_text_finish(&text, &json) &&
		gauth_policy_list_from_json(&fixture->arena, json,
									&gauth_policy_default_limits, &list,
									&fixture->err) == GAUTH_OK &&
		gauth_policy_set_compile(&fixture->arena, &list,
								 &gauth_policy_default_limits, &fixture->set,
								 &fixture->err) == GAUTH_OK;
}

static void
run_requests(Fixture *fixture, const GauthJson *test, Tally *tally)
{
	const GauthJson *requests = gauth_json_get(test, "requests");
	const GauthJson *request;
	unsigned	passed = 0;

	for (request = requests->first; request != NULL; request = request->next)
		passed += run_request(fixture, request) ? 1 : 0;
	tally->requests += requests->count;
	tally->requests_passed += passed;
	tally->tests_passed += passed == requests->count ? 1 : 0;

	if (!recompile_through_json(fixture))
	{
		printf("not through JSON: %s\n", fixture->err.detail);
		return;
	}
	for (request = requests->first; request != NULL; request = request->next)
		tally->json_passed += run_request(fixture, request) ? 1 : 0;
}

/* paths inside the test are relative to "folder" */
static void
run_test(const char *folder, const char *path, Tally *tally)
{
	Fixture		fixture;
	GauthSpan	text;
	GauthSpan	policies = {0};
	GauthSpan	entities = {0};
	GauthSpan	schema = {0};
	GauthJson  *test;

	fixture_init(&fixture);
	tally->tests++;
	if (unit_read_file(path, &text) &&
		gauth_json_parse(&fixture.arena, text, &gauth_json_document_limits,
						 &test, &fixture.err) == GAUTH_OK &&
		read_member_file(folder, test, "policies", &policies) &&
		read_member_file(folder, test, "entities", &entities) &&
		read_member_file(folder, test, "schema", &schema) &&
		fixture_schema(&fixture, schema) == GAUTH_OK &&
		fixture_policies(&fixture, policies) == GAUTH_OK &&
		fixture_entities(&fixture, entities) == GAUTH_OK)
	{
		unsigned	passed = tally->tests_passed;

		if (formats_well(&fixture, policies))
			tally->formatted++;
		else
			printf("%s: does not format well\n", path);
		run_requests(&fixture, test, tally);
		if (passed == tally->tests_passed)
			printf("%s: a request is not decided as expected\n", path);
	}
	else
		printf("%s: %s: %s\n", path, gauth_status_name(fixture.err.status),
			   fixture.err.detail);
	free((char *) policies.data);
	free((char *) schema.data);
	free((char *) entities.data);
	free((char *) text.data);
	fixture_free(&fixture);
}

static bool
is_test_file(const char *name)
{
	size_t		len = strlen(name);

	return len > 5 && strcmp(name + len - 5, ".json") == 0 &&
		strstr(name, ".entities.json") == NULL;
}

static void
run_folder(const char *base, const char *name, Tally *tally)
{
	char		path[UNIT_PATH_MAX];
	DIR		   *folder;
	struct dirent *entry;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	folder = opendir(path);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
	{
		if (!is_test_file(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", base, name, entry->d_name);
		run_test(base, path, tally);
	}
	if (folder != NULL)
		closedir(folder);
}

/* the folder above corpus-tests, or NULL */
static const char *
unpack_corpus(char *folder)
{
	char		archive[UNIT_PATH_MAX];
	char		command[3 * UNIT_PATH_MAX];
	const char *given = getenv("GAUTH_CEDAR_CORPUS");

	if (given != NULL && given[0] != '\0')
		return given;
	snprintf(archive, sizeof(archive),
			 "%s/cedar-integration-tests/corpus-tests.tar.gz", unit_corpora());
	if (access(archive, R_OK) != 0 || mkdtemp(folder) == NULL)
		return NULL;
	snprintf(command, sizeof(command), "tar xzf '%s' -C '%s'", archive,
			 folder);
	return system(command) == 0 ? folder : NULL;
}

static void
remove_folder(const char *folder)
{
	char		command[UNIT_PATH_MAX];

	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	if (system(command) != 0)
		printf("%s could not be removed\n", folder);
}

static void
test_corpus(void)
{
	char		temporary[] = "/tmp/gauth-cedar-XXXXXX";
	const char *base = unpack_corpus(temporary);
	Tally		tally = {0};

	if (base == NULL)
	{
		printf("cedar corpus: skipped\n");
		return;
	}
	run_folder(base, "corpus-tests", &tally);
	printf("cedar corpus: %u/%u tests\n", tally.tests_passed, tally.tests);
	printf("cedar corpus: %u/%u requests\n", tally.requests_passed,
		   tally.requests);
	CHECK(tally.tests == 7809 && tally.tests_passed == tally.tests);
	CHECK(tally.requests == 62472 && tally.requests_passed == tally.requests);
	CHECK(tally.json_passed == tally.requests);
	CHECK(tally.formatted == tally.tests);
	if (base == temporary)
		remove_folder(temporary);
}

static void
test_handwritten(void)
{
	static const char *const groups[] = {
		"tests/decimal", "tests/example_use_cases", "tests/ip", "tests/multi"
	};
	char		base[UNIT_PATH_MAX];
	Tally		tally = {0};
	size_t		i;

	snprintf(base, sizeof(base), "%s/cedar-integration-tests", unit_corpora());
	if (access(base, R_OK) != 0)
	{
		printf("cedar handwritten: skipped\n");
		return;
	}
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		run_folder(base, groups[i], &tally);
	printf("cedar handwritten: %u/%u tests\n", tally.tests_passed,
		   tally.tests);
	printf("cedar handwritten: %u/%u requests\n", tally.requests_passed,
		   tally.requests);
	CHECK(tally.tests == 22 && tally.tests_passed == tally.tests);
	CHECK(tally.requests == 74 && tally.requests_passed == tally.requests);
	CHECK(tally.json_passed == tally.requests);
	CHECK(tally.formatted == tally.tests);
}

int
main(void)
{
	test_handwritten();
	test_corpus();
	return unit_finish("policy_corpus");
}
