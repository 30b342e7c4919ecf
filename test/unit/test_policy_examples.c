/*
 * test_policy_examples.c
 *		cedar-examples with their templates, decided as their folders say; and
 *		the samples of Cedar's command line, which have to parse.
 */
#include "test_policy.h"

#include "policy/format.h"
#include "policy/policy_json.h"

#include <dirent.h>
#include <unistd.h>

typedef struct Count
{
	unsigned	passed;
	unsigned	total;
} Count;

/* a file of the corpora, in the memory of the fixture */
static bool
read_corpus(Fixture *fixture, const char *name, GauthSpan *content)
{
	char		path[2 * UNIT_PATH_MAX];
	GauthSpan	file;
	bool		copied;

	snprintf(path, sizeof(path), "%s/%s", unit_corpora(), name);
	if (!unit_read_file(path, &file))
		return false;
	copied = gauth_arena_copy(&fixture->arena, file, content);
	free((char *) file.data);
	return copied;
}

static void
report(const char *name, const Count *count, unsigned expected)
{
	printf("%s: %u/%u\n", name, count->passed, count->total);
	CHECK(count->total == expected && count->passed == expected);
}

static const GauthJson *
load_json(Fixture *fixture, const char *name)
{
	GauthSpan	text;
	GauthJson  *root;

	if (!read_corpus(fixture, name, &text) ||
		gauth_json_parse(&fixture->arena, text, &gauth_json_document_limits,
						 &root, &fixture->err) != GAUTH_OK)
		return NULL;
	return root;
}

/* links as cedar-examples writes them */
static bool
add_links(Fixture *fixture, const GauthJson *links)
{
	const GauthJson *link;

	for (link = links == NULL ? NULL : links->first; link != NULL;
		 link = link->next)
	{
		const GauthJson *args = gauth_json_get(link, "args");
		const GauthJson *principal = gauth_json_get(args, "?principal");
		const GauthJson *resource = gauth_json_get(args, "?resource");
		const GauthUid *uids[2] = {NULL, NULL};
		const GauthPolicy *template;
		GauthPolicy *policy;
		const GauthJson *id = gauth_json_get(link, "template_id");

		template = gauth_template_find(&fixture->list, id->text);
		if (template == NULL ||
			(principal != NULL &&
			 gauth_uid_parse(&fixture->arena, principal->text, &uids[0],
							 &fixture->err) != GAUTH_OK) ||
			(resource != NULL &&
			 gauth_uid_parse(&fixture->arena, resource->text, &uids[1],
							 &fixture->err) != GAUTH_OK) ||
			gauth_policy_link(&fixture->arena, template,
							  gauth_json_get(link, "link_id")->text, uids[0],
							  uids[1], &policy, &fixture->err) != GAUTH_OK)
			return false;
		gauth_policy_list_add(&fixture->list, policy);
	}
	return gauth_policy_set_compile(&fixture->arena, &fixture->list,
									&gauth_policy_default_limits,
									&fixture->set, &fixture->err) == GAUTH_OK;
}

static void
run_example_folder(Fixture *fixture, const char *example, const char *decision,
				   Count *count)
{
	char		path[UNIT_PATH_MAX];
	char		name[UNIT_PATH_MAX];
	GauthEntityReader reader = fixture_reader(fixture, &fixture->arena);
	DIR		   *folder;
	struct dirent *entry;

	snprintf(path, sizeof(path), "%s/%s/%s", unit_corpora(), example,
			 decision);
	folder = opendir(path);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
	{
		const GauthJson *root;
		GauthRequest request;
		GauthDecision answer;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s/%s", example, decision,
				 entry->d_name);
		count->total++;
		root = load_json(fixture, name);
		if (root != NULL &&
			gauth_request_from_json(&reader, root, &request) == GAUTH_OK &&
			decide_twice(fixture, &fixture->arena, &request,
						 GAUTH_POLICY_STRICT, &answer) &&
			answer.permit == (strcmp(decision, "ALLOW") == 0))
			count->passed++;
		else
			printf("%s: not as expected %s\n", name, fixture->err.detail);
	}
	if (folder != NULL)
		closedir(folder);
}

static void
run_example(const char *name, Count *count)
{
	char		example[256];
	char		path[512];
	Fixture		fixture;
	GauthSpan	text;

	snprintf(example, sizeof(example),
			 "cedar-examples/cedar-example-use-cases/%s", name);
	fixture_init(&fixture);
	snprintf(path, sizeof(path), "%s/policies.cedarschema", example);
	if (!read_corpus(&fixture, path, &text) ||
		!CHECK_STATUS(fixture_schema(&fixture, text), GAUTH_OK))
		return;
	snprintf(path, sizeof(path), "%s/policies.cedar", example);
	if (!read_corpus(&fixture, path, &text) ||
		!CHECK_STATUS(fixture_policies(&fixture, text), GAUTH_OK))
		return;
	snprintf(path, sizeof(path), "%s/linked", example);
	CHECK(add_links(&fixture, load_json(&fixture, path)));
	snprintf(path, sizeof(path), "%s/entities.json", example);
	if (read_corpus(&fixture, path, &text) &&
		CHECK_STATUS(fixture_entities(&fixture, text), GAUTH_OK))
	{
		run_example_folder(&fixture, example, "ALLOW", count);
		run_example_folder(&fixture, example, "DENY", count);
	}
	else
		printf("%s: %s\n", path, fixture.err.detail);
	fixture_free(&fixture);
}

static void
test_cedar_examples(void)
{
	static const char *const names[] = {
		"streaming_service", "tags_n_roles", "github_example",
		"sales_orgs/templated", "sales_orgs/static", "tax_preparer",
		"document_cloud", "hotel_chains/templated", "hotel_chains/static"
	};
	char		path[UNIT_PATH_MAX];
	Count		count = {0};
	size_t		i;

	snprintf(path, sizeof(path), "%s/cedar-examples", unit_corpora());
	if (access(path, R_OK) != 0)
	{
		printf("cedar-examples: skipped\n");
		return;
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		run_example(names[i], &count);
	report("cedar-examples", &count, 46);
}

/* parses, formats, and reads back the same through JSON */
static bool
parses(const char *path)
{
	Fixture		fixture;
	GauthSpan	source;
	GauthSpan	formatted;
	GauthSpan	json;
	GauthText	text;
	GauthPolicyList list;
	bool		good;

	fixture_init(&fixture);
	gauth_text_init(&text, &fixture.arena);
	good = unit_read_file(path, &source) &&
		gauth_policy_parse(&fixture.arena, source,
						   &gauth_policy_default_limits, &fixture.list,
						   &fixture.err) == GAUTH_OK &&
		gauth_policy_format_source(&fixture.arena, source,
								   &gauth_policy_default_limits, &formatted,
								   &fixture.err) == GAUTH_OK &&
		gauth_policy_parse(&fixture.arena, formatted,
						   &gauth_policy_default_limits, &list,
						   &fixture.err) == GAUTH_OK &&
		gauth_policy_list_to_json(&text, &list, &gauth_policy_default_limits,
								  &fixture.err) == GAUTH_OK &&
		gauth_text_finish(&text, &json) &&
		gauth_policy_list_from_json(&fixture.arena, json,
									&gauth_policy_default_limits, &list,
									&fixture.err) == GAUTH_OK &&
		list.policy_count == fixture.list.policy_count &&
		list.template_count == fixture.list.template_count;
	if (!good)
		printf("%s: %s\n", path, fixture.err.detail);
	fixture_free(&fixture);
	free((char *) source.data);
	return good;
}

static void
test_cli_samples(void)
{
	char		command[2 * UNIT_PATH_MAX];
	char		path[UNIT_PATH_MAX];
	Count		count = {0};
	FILE	   *files;

	snprintf(command, sizeof(command),
			 "find '%s/cedar-cli-samples' -name '*.cedar' 2>/dev/null",
			 unit_corpora());
	files = popen(command, "r");
	while (files != NULL && fgets(path, sizeof(path), files) != NULL)
	{
		path[strcspn(path, "\n")] = '\0';
		count.total++;
		count.passed += parses(path) ? 1 : 0;
	}
	if (files != NULL)
		pclose(files);
	if (count.total == 0)
		printf("cedar-cli-samples: skipped\n");
	else
		report("cedar-cli-samples", &count, 30);
}

int
main(void)
{
	test_cedar_examples();
	test_cli_samples();
	return unit_finish("policy_examples");
}
