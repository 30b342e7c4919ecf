/*
 * test_policy.h
 *		What the tests of the policy engine share: a compiled set, a store of
 *		entities, decisions by both ways.
 */
#ifndef GAUTH_UNIT_TEST_POLICY_H
#define GAUTH_UNIT_TEST_POLICY_H

#include "unit.h"

#include "policy/authorize.h"
#include "policy/entity_json.h"
#include "policy/parser.h"
#include "policy/policy_set.h"

typedef struct Fixture
{
	GauthArena	arena;
	GauthPolicyList list;
	const GauthPolicySet *set;
	GauthEntityStore *store;
	const GauthSchema *schema;	/* or NULL */
	GauthError	err;
} Fixture;

UNIT_MAYBE_UNUSED static void
fixture_init(Fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	gauth_arena_init(&fixture->arena, NULL, 0, &gauth_malloc_source, 0);
}

UNIT_MAYBE_UNUSED static void
fixture_free(Fixture *fixture)
{
	gauth_arena_reset(&fixture->arena);
}

UNIT_MAYBE_UNUSED static GauthStatus
fixture_policies(Fixture *fixture, GauthSpan source)
{
	GauthStatus status;

	status = gauth_policy_parse(&fixture->arena, source,
								&gauth_policy_default_limits, &fixture->list,
								&fixture->err);
	return status != GAUTH_OK ? status :
		gauth_policy_set_compile(&fixture->arena, &fixture->list,
								 &gauth_policy_default_limits, &fixture->set,
								 &fixture->err);
}

UNIT_MAYBE_UNUSED static GauthStatus
fixture_schema(Fixture *fixture, GauthSpan source)
{
	return gauth_schema_read(&fixture->arena, source,
							 &gauth_schema_default_limits, &fixture->schema,
							 &fixture->err);
}

/* memory for what is read may be another arena than the fixture's */
UNIT_MAYBE_UNUSED static GauthEntityReader
fixture_reader(Fixture *fixture, GauthArena *arena)
{
	return (GauthEntityReader)
	{
		arena, &gauth_policy_default_limits, fixture->schema, &fixture->err
	};
}

UNIT_MAYBE_UNUSED static GauthStatus
fixture_entities(Fixture *fixture, GauthSpan json)
{
	GauthEntityReader reader = fixture_reader(fixture, &fixture->arena);
	GauthStatus status;

	status = gauth_entity_store_create(&fixture->arena,
									   &gauth_policy_default_limits,
									   &fixture->store, &fixture->err);
	if (status == GAUTH_OK)
		status = gauth_entities_from_json(&reader, json, fixture->store);
	if (status == GAUTH_OK && fixture->schema != NULL)
		status = gauth_entity_store_add_actions(fixture->store,
												fixture->schema,
												&fixture->arena,
												&fixture->err);
	return status != GAUTH_OK ? status :
		gauth_entity_store_close(fixture->store, &fixture->err);
}

UNIT_MAYBE_UNUSED static bool
same_numbers(const uint32_t *a, uint32_t a_count, const uint32_t *b,
			 uint32_t b_count)
{
	return a_count == b_count &&
		(a_count == 0 || memcmp(a, b, a_count * sizeof(uint32_t)) == 0);
}

/* equal in everything that the caller of a decision acts on */
UNIT_MAYBE_UNUSED static bool
same_decisions(const GauthDecision *a, const GauthDecision *b)
{
	uint32_t	i;

	if (a->permit != b->permit || a->failure_count != b->failure_count ||
		a->miss_count != b->miss_count ||
		!same_numbers(a->determining, a->determining_count,
					  b->determining, b->determining_count))
		return false;
	for (i = 0; i < a->failure_count; i++)
	{
		if (a->failures[i].policy != b->failures[i].policy ||
			a->failures[i].error != b->failures[i].error)
			return false;
	}
	for (i = 0; i < a->miss_count; i++)
	{
		if (a->misses[i].policy != b->misses[i].policy ||
			a->misses[i].condition != b->misses[i].condition)
			return false;
	}
	return true;
}

/*
 * Decide by the index, and again by testing every policy: false when the two
 * differ or one fails.
 */
UNIT_MAYBE_UNUSED static bool
decide_twice(Fixture *fixture, GauthArena *arena, const GauthRequest *request,
			 GauthPolicyMode mode, GauthDecision *decision)
{
	GauthEntityLoader loader = gauth_entity_store_loader(fixture->store);
	GauthDecisionInput input = {
		.set = fixture->set,.loader = &loader,
		.limits = &gauth_policy_default_limits,.mode = mode,.explain = true
	};
	GauthDecision linear;

	if (gauth_policy_decide(arena, &input, request, decision,
							&fixture->err) != GAUTH_OK)
		return false;
	input.linear = true;
	return gauth_policy_decide(arena, &input, request, &linear,
							   &fixture->err) == GAUTH_OK &&
		same_decisions(decision, &linear);
}

#endif							/* GAUTH_UNIT_TEST_POLICY_H */
