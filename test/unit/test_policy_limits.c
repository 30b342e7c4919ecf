/*
 * test_policy_limits.c
 *		Hostile policies and hierarchies end in a clear error or an answer,
 *		within 64 MiB.
 */
#include "test_policy.h"

#define HEAD	"permit(principal, action, resource) when { "

static GauthRequest
make_request(GauthArena *arena)
{
	return (GauthRequest)
	{
		gauth_uid_make(arena, GAUTH_SPAN("User"), GAUTH_SPAN("alice")),
			gauth_uid_make(arena, GAUTH_SPAN("Action"), GAUTH_SPAN("view")),
			gauth_uid_make(arena, GAUTH_SPAN("Doc"), GAUTH_SPAN("x")),
			&gauth_empty_record
	};
}

/* text repeated, between a beginning and an end */
static GauthSpan
repeat(GauthArena *arena, const char *begin, const char *part, unsigned times,
	   const char *end)
{
	GauthText	text;
	GauthSpan	result = {0};
	unsigned	i;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, gauth_span_of(begin));
	for (i = 0; i < times; i++)
		gauth_text_append(&text, gauth_span_of(part));
	gauth_text_append(&text, gauth_span_of(end));
	CHECK(gauth_text_finish(&text, &result));
	return result;
}

static void
test_hostile(const char *begin, const char *part, unsigned times,
			 const char *end, GauthStatus expected)
{
	Fixture		fixture;
	GauthSpan	source;

	fixture_init(&fixture);
	source = repeat(&fixture.arena, begin, part, times, end);
	gauth_arena_reset(&fixture.arena);
	gauth_arena_init(&fixture.arena, NULL, 0, &gauth_malloc_source,
					 64 * 1024 * 1024);
	source = repeat(&fixture.arena, begin, part, times, end);
	CHECK_STATUS(fixture_policies(&fixture, source), expected);
	fixture_free(&fixture);
}

static void
test_limits(void)
{
	test_hostile(HEAD, "(", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "[", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "{a:", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "if true then ", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "ip(", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "true", " && true", 100000, "};", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "true", " && true", 900, "};", GAUTH_OK);
	test_hostile(HEAD "1", " + 1", 100000, " == 1 };", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "context", ".a", 100000, "};", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "[", "1, ", 1000000, "].isEmpty() };",
				 GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "[", "1, ", 90000, "].isEmpty() };", GAUTH_OK);
	test_hostile("", "@a ", 100000, "", GAUTH_INVALID_SYNTAX);
}

/* a policy that doubles its work at each level runs out of fuel */
static void
test_fuel(void)
{
	Fixture		fixture;
	GauthText	text;
	GauthSpan	source;
	GauthEntityLoader loader;
	GauthPolicyLimits limits = gauth_policy_default_limits;
	GauthDecisionInput input = {.limits = &limits,.loader = &loader};
	GauthRequest request;
	GauthDecision decision;
	int			i;

	fixture_init(&fixture);
	gauth_text_init(&text, &fixture.arena);
	gauth_text_append(&text, GAUTH_SPAN(HEAD));
	for (i = 0; i < 1000; i++)
		gauth_text_append(&text, i == 0 ? GAUTH_SPAN("[principal] == [action]")
						  : GAUTH_SPAN(" || [principal] == [action]"));
	gauth_text_append(&text, GAUTH_SPAN(" };"));
	CHECK(gauth_text_finish(&text, &source));
	CHECK_STATUS(fixture_policies(&fixture, source), GAUTH_LIMIT_EXCEEDED);

	source = GAUTH_SPAN(HEAD "[principal] == [action] || true };");
	CHECK_STATUS(fixture_policies(&fixture, source), GAUTH_OK);
	CHECK_STATUS(fixture_entities(&fixture, GAUTH_SPAN("[]")), GAUTH_OK);
	loader = gauth_entity_store_loader(fixture.store);
	input.set = fixture.set;
	request = make_request(&fixture.arena);
	CHECK_STATUS(gauth_policy_decide(&fixture.arena, &input, &request,
									 &decision, &fixture.err), GAUTH_OK);
	CHECK(decision.permit);
	limits.fuel = 5;
	CHECK_STATUS(gauth_policy_decide(&fixture.arena, &input, &request,
									 &decision, &fixture.err),
				 GAUTH_LIMIT_EXCEEDED);
	CHECK(!decision.permit);
	fixture_free(&fixture);
}

/* "like" stays linear where a backtracking matcher would take for ever */
static void
test_catastrophic_like(void)
{
	GauthArena	arena;
	GauthSpan	text;
	GauthSpan	pattern;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	text = repeat(&arena, "", "a", 1000000, "");
	pattern = repeat(&arena, "", "a\xff", 100000, "b");
	CHECK(!gauth_pattern_match(text, pattern));
	pattern = repeat(&arena, "\xff", "a", 500000, "b\xff");
	CHECK(!gauth_pattern_match(text, pattern));
	pattern = repeat(&arena, "", "a\xff", 100000, "a");
	CHECK(gauth_pattern_match(text, pattern));
	gauth_arena_reset(&arena);
}

/* "count" entities, each below the next */
static GauthStatus
build_chain(unsigned count, bool close_cycle, const char *type)
{
	GauthArena	arena;
	GauthEntityStore *store;
	GauthError	err;
	GauthStatus status;
	unsigned	i;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 64 * 1024 * 1024);
	status = gauth_entity_store_create(&arena, &gauth_policy_default_limits,
									   &store, &err);
	for (i = 0; i < count && status == GAUTH_OK; i++)
	{
		GauthEntity entity = {.parent_count = i + 1 < count || close_cycle};
		char		id[16];

		snprintf(id, sizeof(id), "%u", i);
		entity.uid = gauth_uid_make(&arena, gauth_span_of(type),
									gauth_span_of(id));
		snprintf(id, sizeof(id), "%u", (i + 1) % count);
		entity.parents = gauth_arena_alloc(&arena, sizeof(GauthUid *));
		entity.parents[0] = gauth_uid_make(&arena, gauth_span_of(type),
										   gauth_span_of(id));
		status = gauth_entity_store_add(store, &entity, &err);
	}
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(store, &err);
	gauth_arena_reset(&arena);
	return status;
}

static void
test_hierarchy(void)
{
	CHECK_STATUS(build_chain(1000, false, "T"), GAUTH_OK);
	CHECK_STATUS(build_chain(1000, true, "T"), GAUTH_INVALID_VALUE);
	CHECK_STATUS(build_chain(1, true, "T"), GAUTH_INVALID_VALUE);
	CHECK_STATUS(build_chain(100000, false, "T"), GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(build_chain(100000, true, "T"), GAUTH_INVALID_VALUE);
}

/*
 * "count" entities as JSON, of which the one with the number i has the
 * parents i + 1, i + 2 and so on, up to "parents" of them, or (a tree) i / 2.
 */
static GauthSpan
write_entities(GauthArena *arena, unsigned count, unsigned parents, bool tree)
{
	GauthText	text;
	GauthSpan	result = {0};
	unsigned	i;
	unsigned	j;
	char		part[64];

	gauth_text_init(&text, arena);
	for (i = 0; i < count; i++)
	{
		snprintf(part, sizeof(part), "%c{\"uid\":\"T::\\\"%u\\\"\","
				 "\"parents\":[", i == 0 ? '[' : ',', i);
		gauth_text_append(&text, gauth_span_of(part));
		for (j = 1; j <= parents && (tree ? i > 0 : i + j < count); j++)
		{
			snprintf(part, sizeof(part), "%s\"T::\\\"%u\\\"\"",
					 j == 1 ? "" : ",", tree ? i / 2 : i + j);
			gauth_text_append(&text, gauth_span_of(part));
		}
		gauth_text_append(&text, GAUTH_SPAN("]}"));
	}
	gauth_text_append(&text, GAUTH_SPAN("]"));
	CHECK(gauth_text_finish(&text, &result));
	return result;
}

/*
 * What a stranger gives as entities, read and closed within 64 MiB: what does
 * not fit is told, and what fits can be asked about.
 */
static void
test_json(unsigned count, unsigned parents, bool tree, GauthStatus expected)
{
	GauthArena	texts;
	GauthArena	arena;
	GauthEntityStore *store;
	GauthError	err = {0};
	GauthEntityReader reader = {
		&arena, &gauth_policy_default_limits, NULL, &err
	};
	GauthSpan	text;
	GauthStatus status;

	gauth_arena_init(&texts, NULL, 0, &gauth_malloc_source, 0);
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 64 * 1024 * 1024);
	text = write_entities(&texts, count, parents, tree);
	status = gauth_entity_store_create(&arena, &gauth_policy_default_limits,
									   &store, &err);
	if (status == GAUTH_OK)
		status = gauth_entities_from_json(&reader, text, store);
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(store, &err);
	CHECK_STATUS(status, expected);
	CHECK(status == GAUTH_OK || err.detail[0] != '\0');
	CHECK(arena.total <= 64 * 1024 * 1024);
	printf("policy_limits: %u entities, %u parents each, %zu bytes: %s, "
		   "%zu kB taken\n", count, parents, text.len,
		   gauth_status_name(status), arena.total / 1024);
	gauth_arena_reset(&arena);
	gauth_arena_reset(&texts);
}

int
main(void)
{
	test_limits();
	test_fuel();
	test_catastrophic_like();
	test_hierarchy();
	test_json(100000, 0, false, GAUTH_OK);
	test_json(50000, 1, true, GAUTH_OK);
	test_json(50000, 1, false, GAUTH_LIMIT_EXCEEDED);
	test_json(100000, 1, true, GAUTH_OUT_OF_MEMORY);
	test_json(100000, 1, false, GAUTH_OUT_OF_MEMORY);
	test_json(100000, 8, false, GAUTH_OUT_OF_MEMORY);
	test_json(1000000, 1, true, GAUTH_OUT_OF_MEMORY);
	return unit_finish("policy_limits");
}
