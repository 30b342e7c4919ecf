/*
 * entity_closure.c
 *		Everybody who stands above an entity.
 *
 * A walk from the entity up, depth first, with a stack of its own, because
 * hierarchies may be deep.  Where it meets an entity whose ancestors are known
 * it takes those and goes no further.  Rows of bound tables may form a cycle,
 * which nobody could refuse when it was made: it is refused here.
 */
#include "store/entity_closure.h"

#include "miscadmin.h"

#define FIRST_ROOM		32

typedef struct Frame
{
	GauthEntityNode *node;
	uint32_t	next;			/* parents followed so far */
} Frame;

typedef struct Walk
{
	const GauthNodeFinder *finder;
	uint64		number;
	Frame	   *frames;
	uint32_t	depth;
	uint32_t	frame_room;
	const GauthUid **found;
	uint32_t	found_count;
	uint32_t	found_room;
	uint64		work;			/* ancestors looked at so far */
	bool		lasting;
	GauthError *err;
} Walk;

/* tells a walk's marks from all marks that were left before */
static uint64 walk_count;

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
add_found(Walk *walk, const GauthUid *uid)
{
	const GauthPolicyLimits *limits = &gauth_policy_default_limits;

	if (++walk->work > limits->ancestor_total)
		return gauth_fail(walk->err, GAUTH_LIMIT_EXCEEDED,
						  "ancestors of one entity");
	if (walk->found_count == walk->found_room)
	{
		walk->found_count = sort_uids(walk->found, walk->found_count);
		if (walk->found_count > limits->ancestors)
			return gauth_fail(walk->err, GAUTH_LIMIT_EXCEEDED,
							  "ancestors of one entity");
		if (walk->found_count > walk->found_room / 2)
		{
			walk->found_room *= 2;
			walk->found = repalloc(walk->found, walk->found_room *
								   sizeof(GauthUid *));
		}
	}
	walk->found[walk->found_count++] = uid;
	return GAUTH_OK;
}

static void
push(Walk *walk, GauthEntityNode *node)
{
	if (walk->depth == walk->frame_room)
	{
		walk->frame_room *= 2;
		walk->frames = repalloc(walk->frames,
								walk->frame_room * sizeof(Frame));
	}
	node->walk = walk->number;
	node->is_open = true;
	walk->frames[walk->depth].node = node;
	walk->frames[walk->depth].next = 0;
	walk->depth++;
}

/* its ancestors are known already */
static GauthStatus
take_ancestors(Walk *walk, GauthEntityNode *node)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	node->walk = walk->number;
	node->is_open = false;
	for (i = 0; i < node->entity.ancestor_count && status == GAUTH_OK; i++)
		status = add_found(walk, node->entity.ancestors[i]);
	return status;
}

/* one step from the entity on top of the stack: to a parent, or back */
static GauthStatus
step(Walk *walk)
{
	Frame	   *frame = &walk->frames[walk->depth - 1];
	const GauthEntity *entity = &frame->node->entity;
	GauthEntityNode *parent;
	GauthStatus status;

	if (frame->next == entity->parent_count)
	{
		frame->node->is_open = false;
		walk->depth--;
		return GAUTH_OK;
	}
	CHECK_FOR_INTERRUPTS();
	status = walk->finder->find(walk->finder->state,
								entity->parents[frame->next++], &parent,
								walk->err);
	if (status != GAUTH_OK)
		return status;
	if (parent->walk == walk->number)
		return !parent->is_open ? GAUTH_OK :
			gauth_fail(walk->err, GAUTH_INVALID_VALUE,
					   "the entity hierarchy has a cycle");
	walk->lasting &= parent->lasting;
	status = add_found(walk, parent->entity.uid);
	if (status == GAUTH_OK && parent->complete)
		status = take_ancestors(walk, parent);
	else if (status == GAUTH_OK)
		push(walk, parent);
	return status;
}

/*
 * gauth_entity_closure
 *		All ancestors of the node's entity.
 *
 * Errors: GAUTH_INVALID_VALUE when an entity stands above itself;
 * GAUTH_LIMIT_EXCEEDED; whatever keeps one of them from being found.
 */
GauthStatus
gauth_entity_closure(const GauthNodeFinder *finder, GauthEntityNode *node,
					 GauthEntityClosure *closure, GauthError *err)
{
	Walk		walk = {
		.finder = finder,.number = ++walk_count,.lasting = node->lasting,
		.frame_room = FIRST_ROOM,.found_room = FIRST_ROOM,.err = err
	};
	GauthStatus status = GAUTH_OK;

	walk.frames = palloc(FIRST_ROOM * sizeof(Frame));
	walk.found = palloc(FIRST_ROOM * sizeof(GauthUid *));
	push(&walk, node);
	while (walk.depth > 0 && status == GAUTH_OK)
		status = step(&walk);
	if (status != GAUTH_OK)
		return status;
	closure->ancestors = walk.found;
	closure->count = sort_uids(walk.found, walk.found_count);
	closure->lasting = walk.lasting;
	if (closure->count > gauth_policy_default_limits.ancestors)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED,
						  "ancestors of one entity");
	return GAUTH_OK;
}

/*
 * gauth_entity_set_ancestors
 *		Give an entity its ancestors, in the arena.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_entity_set_ancestors(GauthArena *arena,
						   const GauthEntityClosure *closure,
						   GauthEntity *entity, GauthError *err)
{
	const GauthUid **ancestors;
	uint64_t   *hashes;
	uint32_t	i;

	entity->ancestor_count = 0;
	if (closure->count == 0)
		return GAUTH_OK;
	ancestors = gauth_arena_array(arena, closure->count, sizeof(GauthUid *));
	hashes = gauth_arena_array(arena, closure->count, sizeof(uint64_t));
	if (ancestors == NULL || hashes == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entities");
	for (i = 0; i < closure->count; i++)
	{
		ancestors[i] = closure->ancestors[i];
		hashes[i] = ancestors[i]->hash;
	}
	entity->ancestors = ancestors;
	entity->ancestor_hashes = hashes;
	entity->ancestor_count = closure->count;
	return GAUTH_OK;
}
