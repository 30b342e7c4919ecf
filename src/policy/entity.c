/*
 * entity.c
 *		The in-memory entity store: a hash table and the closure of "in".
 *
 * Entities are added in any order; closing the store computes everybody's
 * ancestors and refuses cycles.  Parents need not exist as entities, as in
 * Cedar.  A store is read-only once closed.
 */
#include "policy/entity.h"

#include <stdlib.h>

/* slots that one search may look at; more means chosen collisions */
#define PROBE_MAX	1024

/* how much larger than its result the work on the closure may be */
#define CLOSURE_WORK_FACTOR	16

typedef struct Slot
{
	uint64_t	hash;
	uint32_t	position;		/* in entities, plus 1; 0 for a free slot */
} Slot;

struct GauthEntityStore
{
	GauthArena *arena;
	const GauthPolicyLimits *limits;
	GauthEntity *entities;
	uint32_t	count;
	uint32_t	room;
	Slot	   *slots;
	uint32_t	mask;			/* slots - 1 */
};

typedef enum Visit
{
	VISIT_NOT_YET,
	VISIT_OPEN,					/* on the stack: meeting it again is a cycle */
	VISIT_DONE
} Visit;

/* depth-first, with a stack of its own: hierarchies may be deep */
typedef struct Closure
{
	GauthEntityStore *store;
	GauthError *err;
	uint8_t    *visits;			/* Visit, per entity */
	uint32_t   *next_parents;	/* per entity: parents followed so far */
	uint32_t   *stack;			/* positions of open entities */
	uint32_t	depth;
	const GauthUid **found;		/* ancestors of the one being finished */
	uint32_t	found_count;
	uint32_t	found_room;
	uint64_t	total;			/* ancestors stored so far */
	uint64_t	work;			/* ancestors looked at so far */
} Closure;

/*
 * gauth_entity_store_create
 *		An empty store.  It keeps the arena, from which all that it holds has
 *		to come too, and the limits.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_entity_store_create(GauthArena *arena, const GauthPolicyLimits *limits,
						  GauthEntityStore **store, GauthError *err)
{
	*store = gauth_arena_zalloc(arena, sizeof(GauthEntityStore));
	if (*store == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entities");
	(*store)->arena = arena;
	(*store)->limits = limits;
	return GAUTH_OK;
}

/*
 * The slot of a uid, or the free slot where it belongs; NULL after too many
 * probes.
 */
static Slot *
find_slot(const GauthEntityStore *store, const GauthUid *uid)
{
	uint32_t	probe;

	for (probe = 0; probe < PROBE_MAX; probe++)
	{
		Slot	   *slot = &store->slots[(uid->hash + probe) & store->mask];

		if (slot->position == 0 ||
			(slot->hash == uid->hash &&
			 gauth_uid_equal(store->entities[slot->position - 1].uid, uid)))
			return slot;
	}
	return NULL;
}

/* room for one more entity; slots stay at most half full */
static GauthStatus
grow(GauthEntityStore *store, GauthError *err)
{
	uint32_t	room = store->room == 0 ? 16 : store->room * 2;
	GauthEntity *entities;
	uint32_t	i;

	if (store->count < store->room)
		return GAUTH_OK;
	entities = gauth_arena_array(store->arena, room, sizeof(GauthEntity));
	store->slots = gauth_arena_array(store->arena, room * (size_t) 2,
									 sizeof(Slot));
	if (entities == NULL || store->slots == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entities");
	if (store->count > 0)
		memcpy(entities, store->entities, store->count * sizeof(GauthEntity));
	store->entities = entities;
	store->room = room;
	store->mask = room * 2 - 1;

	for (i = 0; i < store->count; i++)
	{
		Slot	   *slot = find_slot(store, entities[i].uid);

		if (slot == NULL)
			return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "entity hash");
		slot->hash = entities[i].uid->hash;
		slot->position = i + 1;
	}
	return GAUTH_OK;
}

/*
 * gauth_entity_store_add
 *		Add an entity: its uid, attributes, tags and parents, which the store
 *		borrows.  Attributes and tags may be NULL.
 *
 * Errors: GAUTH_DUPLICATE_MEMBER, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_entity_store_add(GauthEntityStore *store, const GauthEntity *entity,
					   GauthError *err)
{
	GauthEntity *added;
	Slot	   *slot;
	GauthStatus status;

	if (store->count >= store->limits->entities)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "entities");
	status = grow(store, err);
	if (status != GAUTH_OK)
		return status;
	slot = find_slot(store, entity->uid);
	if (slot == NULL)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "entity hash");
	if (slot->position != 0)
		return gauth_fail(err, GAUTH_DUPLICATE_MEMBER, "entity uid");

	added = &store->entities[store->count++];
	*added = *entity;
	if (added->attributes == NULL)
		added->attributes = &gauth_empty_record;
	if (added->tags == NULL)
		added->tags = &gauth_empty_record;
	slot->hash = entity->uid->hash;
	slot->position = store->count;
	return GAUTH_OK;
}

static int
compare_uids(const void *a, const void *b)
{
	const GauthUid *const *left = a;
	const GauthUid *const *right = b;

	return *left == *right ? 0 : gauth_uid_compare(*left, *right);
}

/* sort, each uid once; returns how many are left */
static uint32_t
sort_uids(const GauthUid **uids, uint32_t count)
{
	uint32_t	kept = 0;
	uint32_t	i;

	if (count > 1)
		qsort(uids, count, sizeof(GauthUid *), compare_uids);
	for (i = 0; i < count; i++)
	{
		if (kept == 0 || compare_uids(&uids[kept - 1], &uids[i]) != 0)
			uids[kept++] = uids[i];
	}
	return kept;
}

static GauthStatus
find_one(Closure *closure, const GauthUid *uid)
{
	const GauthPolicyLimits *limits = closure->store->limits;

	if (++closure->work >
		(uint64_t) limits->ancestor_total * CLOSURE_WORK_FACTOR)
		return gauth_fail(closure->err, GAUTH_LIMIT_EXCEEDED,
						  "ancestors of all entities");
	if (closure->found_count == closure->found_room)
		closure->found_count = sort_uids(closure->found, closure->found_count);
	if (closure->found_count > limits->ancestors)
		return gauth_fail(closure->err, GAUTH_LIMIT_EXCEEDED,
						  "ancestors of one entity");
	closure->found[closure->found_count++] = uid;
	return GAUTH_OK;
}

/* the sorted ancestors into the entity that they belong to */
static GauthStatus
store_ancestors(Closure *closure, GauthEntity *entity)
{
	GauthArena *arena = closure->store->arena;
	const GauthPolicyLimits *limits = closure->store->limits;
	uint32_t	count = sort_uids(closure->found, closure->found_count);
	uint64_t   *hashes;
	uint32_t	i;

	closure->total += count;
	if (count > limits->ancestors || closure->total > limits->ancestor_total)
		return gauth_fail(closure->err, GAUTH_LIMIT_EXCEEDED,
						  count > limits->ancestors ?
						  "ancestors of one entity" :
						  "ancestors of all entities");
	if (count == 0)
		return GAUTH_OK;
	entity->ancestors = gauth_arena_array(arena, count, sizeof(GauthUid *));
	hashes = gauth_arena_array(arena, count, sizeof(uint64_t));
	if (entity->ancestors == NULL || hashes == NULL)
		return gauth_fail(closure->err, GAUTH_OUT_OF_MEMORY, "entities");
	for (i = 0; i < count; i++)
	{
		entity->ancestors[i] = closure->found[i];
		hashes[i] = closure->found[i]->hash;
	}
	entity->ancestor_hashes = hashes;
	entity->ancestor_count = count;
	return GAUTH_OK;
}

/* all parents are done: their ancestors and themselves are ours */
static GauthStatus
finish(Closure *closure, GauthEntity *entity)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;
	uint32_t	j;

	closure->found_count = 0;
	for (i = 0; i < entity->parent_count && status == GAUTH_OK; i++)
	{
		const GauthEntity *parent;

		parent = gauth_entity_store_find(closure->store, entity->parents[i]);
		status = find_one(closure, entity->parents[i]);
		for (j = 0; parent != NULL && j < parent->ancestor_count &&
			 status == GAUTH_OK; j++)
			status = find_one(closure, parent->ancestors[j]);
	}
	return status != GAUTH_OK ? status : store_ancestors(closure, entity);
}

/* one step from the entity on top of the stack: to a parent, or back */
static GauthStatus
step(Closure *closure)
{
	GauthEntityStore *store = closure->store;
	uint32_t	position = closure->stack[closure->depth - 1];
	GauthEntity *entity = &store->entities[position];
	const GauthEntity *parent;
	uint32_t	next;

	if (closure->next_parents[position] == entity->parent_count)
	{
		closure->visits[position] = VISIT_DONE;
		closure->depth--;
		return finish(closure, entity);
	}

	next = closure->next_parents[position]++;
	parent = gauth_entity_store_find(store, entity->parents[next]);
	if (parent == NULL)
		return GAUTH_OK;
	position = (uint32_t) (parent - store->entities);
	if (closure->visits[position] == VISIT_OPEN)
		return gauth_fail(closure->err, GAUTH_INVALID_VALUE,
						  "the entity hierarchy has a cycle");
	if (closure->visits[position] == VISIT_NOT_YET)
	{
		closure->visits[position] = VISIT_OPEN;
		closure->stack[closure->depth++] = position;
	}
	return GAUTH_OK;
}

static GauthStatus
prepare_closure(Closure *closure)
{
	GauthArena *arena = closure->store->arena;
	uint32_t	count = closure->store->count;
	uint32_t	room = closure->store->limits->ancestors * 2 + 2;

	closure->visits = gauth_arena_array(arena, count, sizeof(uint8_t));
	closure->next_parents = gauth_arena_array(arena, count, sizeof(uint32_t));
	closure->stack = gauth_arena_array(arena, count, sizeof(uint32_t));
	closure->found = gauth_arena_array(arena, room, sizeof(GauthUid *));
	closure->found_room = room;
	if (closure->visits == NULL || closure->next_parents == NULL ||
		closure->stack == NULL || closure->found == NULL)
		return gauth_fail(closure->err, GAUTH_OUT_OF_MEMORY, "entities");
	return GAUTH_OK;
}

/*
 * gauth_entity_store_close
 *		Compute all ancestors; the store is ready to be asked.
 *
 * Errors: GAUTH_INVALID_VALUE when an entity stands above itself,
 * GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_entity_store_close(GauthEntityStore *store, GauthError *err)
{
	Closure		closure = {.store = store,.err = err};
	GauthStatus status;
	uint32_t	i;

	if (store->count == 0)
		return GAUTH_OK;
	status = prepare_closure(&closure);
	for (i = 0; i < store->count && status == GAUTH_OK; i++)
	{
		if (closure.visits[i] != VISIT_NOT_YET)
			continue;
		closure.visits[i] = VISIT_OPEN;
		closure.stack[closure.depth++] = i;
		while (closure.depth > 0 && status == GAUTH_OK)
			status = step(&closure);
	}
	return status;
}

/*
 * gauth_entity_store_find
 *		The entity of this uid, or NULL.
 */
const GauthEntity *
gauth_entity_store_find(const GauthEntityStore *store, const GauthUid *uid)
{
	const Slot *slot;

	if (store->count == 0)
		return NULL;
	slot = find_slot(store, uid);
	return slot == NULL || slot->position == 0 ? NULL :
		&store->entities[slot->position - 1];
}

/*
 * gauth_entity_store_count
 *		How many entities there are.
 */
uint32_t
gauth_entity_store_count(const GauthEntityStore *store)
{
	return store->count;
}

/*
 * gauth_entity_store_at
 *		One of all entities, in the order in which they were added.
 */
const GauthEntity *
gauth_entity_store_at(const GauthEntityStore *store, uint32_t position)
{
	return &store->entities[position];
}

static GauthStatus
find_in_store(void *state, const GauthUid *uid, const GauthEntity **entity,
			  GauthError *err)
{
	(void) err;
	*entity = gauth_entity_store_find(state, uid);
	return GAUTH_OK;
}

/*
 * gauth_entity_store_loader
 *		The store as a loader, for as long as it lives.
 */
GauthEntityLoader
gauth_entity_store_loader(GauthEntityStore *store)
{
	return (GauthEntityLoader)
	{
		find_in_store, store
	};
}

/* ancestors up to this many are looked through one by one */
#define FEW_ANCESTORS	8

/* by hash and content: good also where somebody chose equal hashes */
static bool
search_ancestors(const GauthEntity *entity, const GauthUid *ancestor)
{
	uint32_t	low = 0;
	uint32_t	high = entity->ancestor_count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		int			order;

		if (entity->ancestor_hashes[middle] != ancestor->hash)
			order = entity->ancestor_hashes[middle] < ancestor->hash ? -1 : 1;
		else
			order = gauth_uid_compare(entity->ancestors[middle], ancestor);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/*
 * gauth_entity_is_in
 *		Is "ancestor" above the entity?  The entity itself is not.
 */
bool
gauth_entity_is_in(const GauthEntity *entity, const GauthUid *ancestor)
{
	uint32_t	i;

	if (entity->ancestor_count > FEW_ANCESTORS)
		return search_ancestors(entity, ancestor);
	for (i = 0; i < entity->ancestor_count; i++)
	{
		if (entity->ancestor_hashes[i] == ancestor->hash &&
			gauth_uid_equal(entity->ancestors[i], ancestor))
			return true;
	}
	return false;
}
