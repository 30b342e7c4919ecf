/*
 * test_poa_child.c
 *		The document of a mandate that is delegated.
 */
#include "unit.h"

#include "poa/child.h"
#include "poa/narrow.h"

static const char parent_text[] =
"{\"parties\":{\"subject\":\"lead\",\"customer_id\":\"c\",\"project_id\":\"p\","
"\"issued_by\":\"alice\",\"approval_chain\":[\"bob\"]},"
"\"scope\":{\"governance_profile\":\"minimal\",\"phase\":\"build\","
"\"core_verbs\":{\"foundry.file.modify\":{\"allowed\":true,"
"\"constraints\":{\"path_patterns\":[\"src/**\"],\"denied_commands\":[\"rm\"]}},"
"\"urn:gauth:verb:foundry:file:create\":{\"allowed\":true}},"
"\"allowed_paths\":[\"src/\",\"test/\"],\"denied_paths\":[\".env\"],"
"\"allowed_regions\":[\"EU\"],"
"\"platform_permissions\":{\"database\":{\"read\":true,\"write\":true}}},"
"\"requirements\":{\"approval_mode\":\"supervised\","
"\"budget\":{\"total_cents\":100},\"ttl_seconds\":3600,"
"\"session_limits\":{\"max_tool_calls\":7}},"
"\"conditions\":{\"min_trust_class\":\"Standard\"},"
"\"delegation_chain\":[{\"delegator\":\"root\",\"delegate\":\"lead\","
"\"scope_restriction\":{},\"delegated_at\":\"2026-01-01T00:00:00Z\","
"\"max_depth_remaining\":3}]}";

static GauthArena arena;

static void
read_document(GauthSpan text, GauthCredential *credential,
			  GauthProblems *problems)
{
	GauthJson  *json;
	GauthError	err = {0};

	gauth_problems_init(problems, &arena);
	if (gauth_json_parse(&arena, text, &gauth_json_document_limits, &json,
						 &err) != GAUTH_OK ||
		gauth_credential_read(&arena, json, GAUTH_CREDENTIAL_REQUESTED,
							  credential, problems) != GAUTH_OK)
		gauth_problem_add(problems, "UNREADABLE", GAUTH_SPAN(""), "");
}

/* what "restriction" makes of the parent */
static GauthSpan
write_child(const char *restriction, const GauthCredential *parent)
{
	GauthChild	child = {
		.delegate = GAUTH_SPAN("helper \"1\""),.budget_cents = 10,
		.ttl_seconds = 60,.delegated_at = 1767225600,.max_depth_remaining = 2
	};
	GauthJson  *json = NULL;
	GauthSpan	document = {0};
	GauthError	err = {0};

	if (restriction != NULL)
		CHECK(gauth_json_parse(&arena, gauth_span_of(restriction),
							   &gauth_json_document_limits, &json,
							   &err) == GAUTH_OK);
	child.restriction = json;
	CHECK(gauth_child_write(&arena, parent, &child, &document,
							&err) == GAUTH_OK);
	return document;
}

static void
test_parties(const GauthCredential *parent)
{
	GauthCredential child;
	GauthProblems problems;

	read_document(write_child(NULL, parent), &child, &problems);
	CHECK(problems.count == 0);
	CHECK(gauth_span_is(child.subject, "helper \"1\""));
	CHECK(gauth_span_is(child.issued_by, "alice"));
	CHECK(child.approval_chain.count == 1);
	CHECK(child.budget_total == 10 && child.ttl_seconds == 60);
	CHECK(child.max_tool_calls == 7);
	CHECK(child.min_trust == GAUTH_TRUST_STANDARD);
	CHECK(child.delegation_count == 2);
	CHECK(gauth_span_is(child.delegations[1].delegator, "lead"));
	CHECK(gauth_span_equal(child.delegations[1].delegate, child.subject));
	CHECK(child.delegations[1].delegated_at == 1767225600);
	CHECK(child.delegations[1].max_depth_remaining == 2);
	CHECK(gauth_powers_find_verb(&child.powers,
								 GAUTH_SPAN("urn:gauth:verb:foundry:file:create"))
		  != NULL);
}

static void
test_lists(const GauthCredential *parent)
{
	GauthCredential child;
	GauthProblems problems;

	read_document(write_child("{\"allowed_paths\":[\"src/a/\"],"
							  "\"denied_paths\":[\"x\",\".env\"],"
							  "\"regions\":[\"DE\"]}", parent),
				  &child, &problems);
	CHECK(problems.count == 0);
	CHECK(child.powers.allowed_paths.count == 1);
	CHECK(child.powers.denied_paths.count == 2);
	CHECK(child.powers.allowed_regions.count == 1 &&
		  gauth_span_is(child.powers.allowed_regions.items[0], "DE"));
}

static void
test_verbs(const GauthCredential *parent)
{
	static const char *const spellings[] = {
		"{\"core_verbs\":{\"urn:gauth:verb:foundry:file:modify\":"
		"{\"allowed\":true,\"constraints\":{\"denied_commands\":[\"mv\"]}}}}",
		"{\"core_verbs\":{\"foundry.file.modify\":"
		"{\"allowed\":true,\"constraints\":{\"denied_commands\":[\"mv\"]}}}}",
		"{\"allowedActions\":[\"foundry.file.modify\"]}",
	};
	size_t		i;

	for (i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
	{
		GauthCredential child;
		GauthProblems problems;
		const GauthVerb *verb;

		read_document(write_child(spellings[i], parent), &child, &problems);
		CHECK(problems.count == 0);
		CHECK(child.powers.verb_count == 1);
		verb = &child.powers.verbs[0];
		CHECK(gauth_span_is(verb->name, "urn:gauth:verb:foundry:file:modify"));
		CHECK(verb->path_patterns.count == 1);
		CHECK(verb->denied_commands.count == (i < 2 ? 2 : 1));
	}
}

/* what is wider comes out wider: the caller looks */
static void
test_wider(const GauthCredential *parent)
{
	static const char *const wider[] = {
		"{\"allowed_paths\":[\"docs/\"]}",
		"{\"core_verbs\":{\"foundry.command.run\":{\"allowed\":true}}}",
		"{\"allowedActions\":[\"foundry.command.run\"]}",
		"{\"platform_permissions\":{\"secrets\":{\"read\":true}}}",
		"{\"phase\":\"run\"}",
		"{\"allowed_regions\":[\"US\"]}",
		"{\"core_verbs\":{\"foundry.file.modify\":{\"allowed\":true,"
		"\"constraints\":{\"path_patterns\":[\"**\"]}}}}",
	};
	GauthCredential child;
	GauthProblems problems;
	size_t		i;

	for (i = 0; i < sizeof(wider) / sizeof(*wider); i++)
	{
		read_document(write_child(wider[i], parent), &child, &problems);
		gauth_narrow_check(&parent->powers, &child.powers, &problems);
		CHECK(problems.count > 0);
	}
	read_document(write_child("{\"denied_paths\":[]}", parent), &child,
				  &problems);
	gauth_narrow_check(&parent->powers, &child.powers, &problems);
	CHECK(problems.count == 0 && child.powers.denied_paths.count == 1);
}

/* every allocation fails once */
static void
test_memory(const GauthCredential *parent)
{
	GauthChild	child = {.delegate = GAUTH_SPAN("helper"),.ttl_seconds = 60};
	size_t		limit;
	int			failed = 0;

	for (limit = 1; limit < 20000; limit += 97)
	{
		GauthArena	small;
		GauthSpan	document;
		GauthError	err = {0};
		GauthStatus status;

		gauth_arena_init(&small, NULL, 0, &gauth_malloc_source, limit);
		status = gauth_child_write(&small, parent, &child, &document, &err);
		if (status == GAUTH_OUT_OF_MEMORY)
			failed++;
		CHECK(status == GAUTH_OK || status == GAUTH_OUT_OF_MEMORY);
		gauth_arena_reset(&small);
	}
	CHECK(failed > 0);
}

int
main(void)
{
	GauthCredential parent;
	GauthProblems problems;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	read_document(gauth_span_of(parent_text), &parent, &problems);
	CHECK(problems.count == 0);
	test_parties(&parent);
	test_lists(&parent);
	test_verbs(&parent);
	test_wider(&parent);
	test_memory(&parent);
	gauth_arena_reset(&arena);
	return unit_finish("poa_child");
}
