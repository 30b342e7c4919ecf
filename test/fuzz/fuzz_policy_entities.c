/*
 * fuzz_policy_entities.c
 *		Entities in JSON.  A store that closes has no cycle, finds everything
 *		it holds, and knows exactly those ancestors that a walk over parents
 *		finds.
 */
#include "fuzz.h"
#include "policy/entity_json.h"

static const GauthPolicyLimits limits = {
	.source_size = 1 << 20,.nodes = 20000,.nesting = 50,.height = 100,
	.set_size = 1000,.fuel = 100000,.entities = 200,.ancestors = 100,
	.ancestor_total = 5000,.value_depth = 30
};

/* parents are ancestors, and so are theirs; nobody is above itself */
static void
check_entity(const GauthEntityStore *store, const GauthEntity *entity)
{
	uint32_t	i;
	uint32_t	j;

	REQUIRE(gauth_entity_store_find(store, entity->uid) == entity);
	REQUIRE(!gauth_entity_is_in(entity, entity->uid));
	for (i = 0; i < entity->parent_count; i++)
	{
		const GauthEntity *parent;

		parent = gauth_entity_store_find(store, entity->parents[i]);
		REQUIRE(gauth_entity_is_in(entity, entity->parents[i]));
		for (j = 0; parent != NULL && j < parent->ancestor_count; j++)
			REQUIRE(gauth_entity_is_in(entity, parent->ancestors[j]));
	}
	for (i = 0; i < entity->ancestor_count; i++)
	{
		bool		found = false;

		for (j = 0; j < entity->parent_count && !found; j++)
		{
			const GauthEntity *parent;

			parent = gauth_entity_store_find(store, entity->parents[j]);
			found = gauth_uid_equal(entity->parents[j],
									entity->ancestors[i]) ||
				(parent != NULL &&
				 gauth_entity_is_in(parent, entity->ancestors[i]));
		}
		REQUIRE(found);
	}
}

/* every set holds its own items, and equals itself in any order */
static void
check_value(GauthValue value)
{
	GauthValue	again;
	GauthValue *items;
	uint32_t	i;

	REQUIRE(gauth_value_equal(value, value));
	if (value.kind == GAUTH_VALUE_RECORD)
	{
		for (i = 0; i < value.record->count; i++)
			check_value(value.record->fields[i].value);
		return;
	}
	if (value.kind != GAUTH_VALUE_SET)
		return;
	items = gauth_arena_array(&arena, value.set->count, sizeof(GauthValue));
	for (i = 0; i < value.set->count; i++)
	{
		REQUIRE(gauth_set_contains(value.set, value.set->items[i]));
		items[value.set->count - 1 - i] = value.set->items[i];
		check_value(value.set->items[i]);
	}
	REQUIRE(gauth_set_make(&arena, items, value.set->count, &again,
						   NULL) == GAUTH_OK);
	REQUIRE(gauth_value_equal(value, again));
	REQUIRE(gauth_value_hash(value) == gauth_value_hash(again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthError	err = {0};
	GauthEntityReader reader = {&arena, &limits, NULL, &err};
	GauthEntityStore *store;
	uint32_t	i;

	REQUIRE(gauth_entity_store_create(&arena, &limits, &store,
									  &err) == GAUTH_OK);
	if (gauth_entities_from_json(&reader, input, store) == GAUTH_OK &&
		gauth_entity_store_close(store, &err) == GAUTH_OK)
	{
		for (i = 0; i < gauth_entity_store_count(store); i++)
		{
			const GauthEntity *entity = gauth_entity_store_at(store, i);

			check_entity(store, entity);
			check_value(gauth_value_record(entity->attributes));
		}
	}
	else
		REQUIRE(err.status != GAUTH_OK);
	return end_input(input);
}
