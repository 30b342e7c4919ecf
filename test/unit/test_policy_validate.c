/*
 * test_policy_validate.c
 *		The published expectations of Cedar's validator: policies in both
 *		modes, entities, requests.
 *
 * Both corpora are unpacked by tar into a temporary folder.  Expectations
 * are those of Cedar SDK 4.10; texts of errors are not compared.  What a
 * later version of Cedar answers otherwise is listed here.
 */
#include "unit.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/entity_json.h"
#include "policy/parser.h"
#include "policy/policy_set.h"
#include "policy/validate.h"
#include "policy/validate_entity.h"
#include "policy/validate_request.h"

typedef struct Count
{
	unsigned	expected;
	unsigned	met;
} Count;

typedef struct Tally
{
	Count		strict;
	Count		permissive;
	Count		per_policy;
	Count		entities;
	Count		requests;
} Tally;

/* one test: its files, read */
typedef struct Case
{
	const char *name;
	GauthArena	arena;
	GauthError	err;
	const GauthSchema *schema;
	GauthPolicyList policies;
	GauthSpan	policy_source;
	GauthJson  *manifest;
	GauthJson  *expectations;
	GauthJson  *entities;
} Case;

static void
count(Count *tally, bool met, const Case *test, const char *what)
{
	tally->expected++;
	if (met)
		tally->met++;
	else
		printf("%s: %s is not as expected\n", test->name, what);
}

static bool
is_true(const GauthJson *json)
{
	return json != NULL && json->type == GAUTH_JSON_TRUE;
}

/* the contents stay in the arena of the test */
static bool
read_file(Case *test, const char *folder, const char *suffix,
		  GauthSpan *content)
{
	char		path[UNIT_PATH_MAX];
	GauthSpan	text;
	bool		good;

	snprintf(path, sizeof(path), "%s/%s%s", folder, test->name, suffix);
	if (!unit_read_file(path, &text))
		return false;
	good = gauth_arena_copy(&test->arena, text, content);
	free((char *) text.data);
	return good;
}

static bool
read_json(Case *test, const char *folder, const char *suffix,
		  GauthJson **json)
{
	GauthSpan	text;

	return read_file(test, folder, suffix, &text) &&
		gauth_json_parse(&test->arena, text, &gauth_json_document_limits,
						 json, &test->err) == GAUTH_OK;
}

/* without a folder of expectations there are none */
static bool
read_case(Case *test, const char *folder, const char *expectations)
{
	GauthSpan	text;

	return read_file(test, folder, ".cedarschema", &text) &&
		gauth_schema_read(&test->arena, text, &gauth_schema_default_limits,
						  &test->schema, &test->err) == GAUTH_OK &&
		read_file(test, folder, ".cedar", &test->policy_source) &&
		gauth_policy_parse(&test->arena, test->policy_source,
						   &gauth_policy_default_limits, &test->policies,
						   &test->err) == GAUTH_OK &&
		read_json(test, folder, ".json", &test->manifest) &&
		read_json(test, folder, ".entities.json", &test->entities) &&
		(expectations == NULL ||
		 read_json(test, expectations, ".validation.json",
				   &test->expectations));
}

static bool
has_error(const GauthDiagnosticList *list, GauthSpan policy)
{
	const GauthDiagnostic *diagnostic;

	for (diagnostic = list->first; diagnostic != NULL;
		 diagnostic = diagnostic->next)
	{
		if (diagnostic->severity == GAUTH_SEVERITY_ERROR &&
			gauth_span_equal(diagnostic->policy, policy))
			return true;
	}
	return false;
}

/* expectations count policies, whatever they call themselves by @id */
static GauthSpan
find_id(const Case *test, GauthSpan name)
{
	const GauthPolicy *policy = test->policies.policies;
	unsigned	number = 0;
	size_t		i;

	for (i = strlen("policy"); i < name.len; i++)
		number = number * 10 + (unsigned) (name.data[i] - '0');
	while (policy != NULL && number-- > 0)
		policy = policy->next;
	return policy == NULL ? name : policy->id;
}

static void
check_policies(Case *test, const char *mode,
			   const GauthValidateOptions *options, Count *all,
			   Count *per_policy)
{
	const GauthJson *expected = gauth_json_get(test->expectations,
											   "policyValidation");
	const GauthJson *each = gauth_json_get(expected, "perPolicy");
	GauthValidateOptions with_source = *options;
	GauthDiagnosticList result;
	const GauthJson *policy;
	GauthStatus status;

	with_source.source = test->policy_source;
	status = gauth_validate_policies(&test->arena, test->schema,
									 &test->policies, &with_source, &result,
									 &test->err);
	count(all, status == GAUTH_OK &&
		  (result.error_count == 0) == is_true(gauth_json_get(expected, mode)),
		  test, mode);
	for (policy = each == NULL ? NULL : each->first; policy != NULL;
		 policy = policy->next)
		count(per_policy, has_error(&result, find_id(test, policy->name)) !=
			  is_true(gauth_json_get(policy, mode)), test, "one policy");
}

/* Type::id, as the expectations write a uid: the id as it is */
static bool
is_named(const GauthUid *uid, GauthSpan name)
{
	GauthSpan	type = gauth_uid_type(uid);
	GauthSpan	id = gauth_uid_id(uid);

	return name.len == type.len + 2 + id.len &&
		gauth_span_starts_with(name, type) &&
		gauth_span_equal(gauth_span_slice(name, type.len + 2, id.len), id);
}

static const GauthJson *
find_expectation(const Case *test, const GauthUid *uid)
{
	const GauthJson *each =
	gauth_json_get(gauth_json_get(test->expectations, "entityValidation"),
				   "perEntity");
	const GauthJson *entity;

	for (entity = each == NULL ? NULL : each->first; entity != NULL;
		 entity = entity->next)
	{
		if (is_named(uid, entity->name))
			return entity;
	}
	return NULL;
}

/* what cannot be read for its schema does not fit the schema either */
static bool
fits(Case *test, const GauthEntityReader *reader, const GauthJson *json,
	 const GauthEntityStore *store, const GauthUid *uid)
{
	GauthEntity entity;

	if (gauth_entity_from_json(reader, json, &entity) != GAUTH_OK)
		return false;
	return store != NULL &&
		gauth_validate_entity(test->schema,
							  gauth_entity_store_find(store, uid),
							  &test->err) == GAUTH_OK;
}

/* all entities that can be read, closed, with the schema's actions */
static GauthEntityStore *
make_store(Case *test, const GauthEntityReader *reader)
{
	GauthEntityStore *store;
	const GauthJson *json;
	GauthEntity entity;

	if (gauth_entity_store_create(&test->arena, &gauth_policy_default_limits,
								  &store, &test->err) != GAUTH_OK)
		return NULL;
	for (json = test->entities->first; json != NULL; json = json->next)
	{
		if (gauth_entity_from_json(reader, json, &entity) == GAUTH_OK &&
			gauth_entity_store_add(store, &entity, &test->err) != GAUTH_OK)
			return NULL;
	}
	if (gauth_entity_store_add_actions(store, test->schema, &test->arena,
									   &test->err) != GAUTH_OK ||
		gauth_entity_store_close(store, &test->err) != GAUTH_OK)
		return NULL;
	return store;
}

static void
check_entities(Case *test, Tally *tally)
{
	GauthEntityReader reader = {
		&test->arena, &gauth_policy_default_limits, test->schema, &test->err
	};
	GauthEntityStore *store = make_store(test, &reader);
	const GauthJson *json;

	for (json = test->entities->first; json != NULL; json = json->next)
	{
		const GauthUid *uid;
		const GauthJson *expected;

		if (gauth_uid_from_json(&test->arena, gauth_json_get(json, "uid"),
								&uid, &test->err) != GAUTH_OK)
			continue;
		expected = find_expectation(test, uid);
		if (expected == NULL)
			continue;
		count(&tally->entities, fits(test, &reader, json, store, uid) ==
			  (gauth_json_get(expected, "errors") == NULL), test,
			  "an entity");
	}
}

static void
check_requests(Case *test, Tally *tally)
{
	GauthEntityReader reader = {
		&test->arena, &gauth_policy_default_limits, test->schema, &test->err
	};
	const GauthJson *requests = gauth_json_get(test->manifest, "requests");
	const GauthJson *expected = gauth_json_get(test->expectations,
											   "requestValidation");
	const GauthJson *json;

	expected = expected == NULL ? NULL : expected->first;
	for (json = requests->first; json != NULL && expected != NULL;
		 json = json->next, expected = expected->next)
	{
		GauthRequest request;
		bool		valid;

		valid = gauth_request_from_json(&reader, json, &request) ==
			GAUTH_OK &&
			gauth_validate_request(test->schema, &request, &test->err) ==
			GAUTH_OK;
		count(&tally->requests,
			  valid == is_true(gauth_json_get(expected, "strict")), test,
			  "a request");
	}
}

static void
run_case(const char *name, const char *folder, const char *expectations,
		 Tally *tally)
{
	Case		test = {.name = name};

	gauth_arena_init(&test.arena, NULL, 0, &gauth_malloc_source, 0);
	if (read_case(&test, folder, expectations))
	{
		check_policies(&test, "strict", &gauth_validate_strict,
					   &tally->strict, &tally->per_policy);
		check_policies(&test, "permissive", &gauth_validate_permissive,
					   &tally->permissive, &tally->per_policy);
		check_entities(&test, tally);
		check_requests(&test, tally);
	}
	else
	{
		printf("%s: cannot be read: %s\n", name, test.err.detail);
		tally->strict.expected++;
		tally->permissive.expected++;
	}
	gauth_arena_reset(&test.arena);
}

/* each test of a folder has a name and a file of expectations */
static void
run_folder(const char *folder, const char *expectations, Tally *tally)
{
	static const char suffix[] = ".validation.json";
	DIR		   *stream = opendir(expectations);
	struct dirent *entry;

	while (stream != NULL && (entry = readdir(stream)) != NULL)
	{
		size_t		len = strlen(entry->d_name);
		char		name[256];

		if (len < sizeof(suffix) || len >= sizeof(name) ||
			strcmp(entry->d_name + len - sizeof(suffix) + 1, suffix) != 0)
			continue;
		len -= sizeof(suffix) - 1;
		memcpy(name, entry->d_name, len);
		name[len] = '\0';
		run_case(name, folder, expectations, tally);
	}
	if (stream != NULL)
		closedir(stream);
}

static void
finish_tally(const char *name, const Tally *tally)
{
	const Count *counts[] = {
		&tally->strict, &tally->permissive, &tally->per_policy,
		&tally->entities, &tally->requests
	};
	size_t		i;

	printf("%s: strict %u/%u permissive %u/%u per-policy %u/%u "
		   "entities %u/%u requests %u/%u\n", name,
		   tally->strict.met, tally->strict.expected,
		   tally->permissive.met, tally->permissive.expected,
		   tally->per_policy.met, tally->per_policy.expected,
		   tally->entities.met, tally->entities.expected,
		   tally->requests.met, tally->requests.expected);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
	{
		unit_passed += counts[i]->met;
		unit_failed += counts[i]->expected - counts[i]->met;
	}
}

/*
 * The tests, by the beginnings of their names, that Cedar 4.10 refuses only
 * because no action applies to what the scope lets through.  Later versions
 * warn of that instead.
 */
static const char *const refused_by_version[] = {
	"0abc1d31", "0b55d9e9", "0faf76fa", "14a3e412", "18ffbaf7", "1fac75ff",
	"3640e57c", "36ce0d10", "3e13f44e", "41400cdb", "417c87c2", "471cc9cf",
	"4945bd08", "4bb69434", "4c2391eb", "52017e02", "59250735", "5ceb8004",
	"5f34bb06", "654e9715", "732d19be", "902f4b32", "97b685e9", "99cda07a",
	"9b78f4ab", "a3057b75", "adc47c03", "b76dc8fc", "c54dbee8", "c9c6ed15",
	"cba8f5b1", "d79df9fb", "deae4c07", "e00bc91f", "edefda39"
};

#define REFUSED_BY_VERSION \
	(sizeof(refused_by_version) / sizeof(refused_by_version[0]))

static bool
is_refused_by_version(const char *name)
{
	size_t		i;

	for (i = 0; i < REFUSED_BY_VERSION; i++)
	{
		if (strncmp(name, refused_by_version[i], 8) == 0)
			return true;
	}
	return false;
}

static bool
says_only(const GauthDiagnosticList *list, GauthSpan beginning)
{
	const GauthDiagnostic *diagnostic;

	for (diagnostic = list->first; diagnostic != NULL;
		 diagnostic = diagnostic->next)
	{
		if (diagnostic->severity == GAUTH_SEVERITY_ERROR &&
			!gauth_span_starts_with(diagnostic->message, beginning))
			return false;
	}
	return list->error_count > 0;
}

/* what the generator of the corpus says of all its tests */
static void
run_manifest(const char *name, const char *folder, Count *tally,
			 unsigned *by_version)
{
	Case		test = {.name = name};
	GauthDiagnosticList result;
	bool		good;

	gauth_arena_init(&test.arena, NULL, 0, &gauth_malloc_source, 0);
	good = read_case(&test, folder, NULL) &&
		gauth_validate_policies(&test.arena, test.schema, &test.policies,
								&gauth_validate_strict, &result,
								&test.err) == GAUTH_OK;
	count(tally, good && (result.error_count == 0) ==
		  is_true(gauth_json_get(test.manifest, "shouldValidate")), &test,
		  "shouldValidate");
	if (good && says_only(&result, GAUTH_SPAN("no action of the schema")))
	{
		(*by_version)++;
		CHECK(is_refused_by_version(name));
	}
	gauth_arena_reset(&test.arena);
}

static void
run_manifests(const char *folder)
{
	static const char suffix[] = ".cedarschema";
	DIR		   *stream = opendir(folder);
	Count		tally = {0};
	unsigned	by_version = 0;
	struct dirent *entry;

	while (stream != NULL && (entry = readdir(stream)) != NULL)
	{
		size_t		len = strlen(entry->d_name);
		char		name[256];

		if (len < sizeof(suffix) || len >= sizeof(name) ||
			strcmp(entry->d_name + len - sizeof(suffix) + 1, suffix) != 0)
			continue;
		len -= sizeof(suffix) - 1;
		memcpy(name, entry->d_name, len);
		name[len] = '\0';
		run_manifest(name, folder, &tally, &by_version);
	}
	if (stream != NULL)
		closedir(stream);
	printf("cedar validator, shouldValidate: %u/%u, %u of them otherwise in "
		   "later versions\n", tally.met, tally.expected, by_version);
	unit_passed += tally.met;
	unit_failed += tally.expected - tally.met;
	CHECK(tally.expected >= 7809 && by_version == REFUSED_BY_VERSION);
}

static bool
unpack(const char *archive, const char *folder)
{
	char		command[UNIT_PATH_MAX * 2];
	struct stat info;

	if (stat(archive, &info) != 0)
		return false;
	snprintf(command, sizeof(command),
			 "tar xzf '%s' -C '%s' 2>/dev/null", archive, folder);
	return system(command) == 0;
}

static void
test_generated(void)
{
	char		folder[] = "/tmp/gauth-validator-XXXXXX";
	char		path[UNIT_PATH_MAX];
	char		other[UNIT_PATH_MAX];
	Tally		tally = {0};

	if (mkdtemp(folder) == NULL)
		return;
	snprintf(path, sizeof(path), "%s/cedar-integration-tests/"
			 "corpus-tests.tar.gz", unit_corpora());
	snprintf(other, sizeof(other), "%s/cedar-go/"
			 "corpus-tests-validation.tar.gz", unit_corpora());
	if (unpack(path, folder) && unpack(other, folder))
	{
		snprintf(path, sizeof(path), "%s/corpus-tests", folder);
		snprintf(other, sizeof(other), "%s/corpus-tests-validation", folder);
		run_folder(path, other, &tally);
		finish_tally("cedar validator", &tally);
		CHECK(tally.strict.expected >= 7750);
		run_manifests(path);
	}
	else
		printf("cedar validator: skipped, no corpus\n");
	snprintf(path, sizeof(path), "rm -rf '%s'", folder);
	CHECK(system(path) == 0);
}

static void
test_handwritten(void)
{
	char		path[UNIT_PATH_MAX];
	struct stat info;
	Tally		tally = {0};

	snprintf(path, sizeof(path), "%s/cedar-go/x/exp/schema/validate/testdata",
			 unit_corpora());
	if (stat(path, &info) != 0)
	{
		printf("cedar validator, by hand: skipped, no corpus\n");
		return;
	}
	run_folder(path, path, &tally);
	finish_tally("cedar validator, by hand", &tally);
	CHECK(tally.strict.expected >= 110);
}

int
main(void)
{
	test_handwritten();
	test_generated();
	return unit_finish("policy_validate");
}
