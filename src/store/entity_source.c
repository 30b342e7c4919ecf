/*
 * entity_source.c
 *		Where a decision finds its entities.
 *
 * What comes from gauth.entity alone is remembered across statements
 * (entity_memory.c), what a bound table or a request has a part in for one
 * statement, in the source's own table.  Both are looked after only when a
 * decision begins, when its loader is asked for: whatever is handed out
 * stays valid until it ends.
 */
#include "store/entity_source.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "store/binding.h"
#include "store/entity_closure.h"
#include "store/entity_memory.h"
#include "store/entity_overlay.h"
#include "store/entity_row.h"
#include "store/generation.h"
#include "store/memory.h"
#include "store/relation.h"

/* most that a source holds for one statement */
#define OWN_MAX			((size_t) 32 * 1024 * 1024)

struct GauthEntitySource
{
	const GauthPolicyStore *store;
	const GauthEntityStore *brought;	/* NULL: nothing */
	GauthEntityMemory *remembered;
	uint64		epoch;			/* of what is remembered */
	uint64		statement;
	MemoryContext memory;		/* holds the contexts below */
	MemoryContext scratch;
	MemoryContext own_memory;	/* NULL: nothing of its own yet */
	GauthEntityTable own;		/* true for this statement */
	GauthBinding **bindings;	/* as remembered->bindings; NULL: not open */
};

/*
 * gauth_entity_source_open
 *		Entities of a store for the decisions of one statement, with those
 *		that the request brought along (may be NULL), which have to live as
 *		long as the source.  It lives in the current memory context.
 */
GauthEntitySource *
gauth_entity_source_open(const GauthPolicyStore *store,
						 const GauthEntityStore *brought)
{
	GauthEntitySource *source = palloc0(sizeof(GauthEntitySource));

	source->store = store;
	source->brought = brought;
	source->memory = CurrentMemoryContext;
	return source;
}

static void
forget_own(GauthEntitySource *source)
{
	if (source->own_memory == NULL)
		return;
	MemoryContextDelete(source->own_memory);
	source->own_memory = NULL;
	source->bindings = NULL;
}

static void
begin_own(GauthEntitySource *source)
{
	if (source->own_memory != NULL)
		return;
	source->own_memory = AllocSetContextCreate(source->memory,
											   "gauth entities of a statement",
											   ALLOCSET_DEFAULT_SIZES);
	gauth_entity_table_init(&source->own, source->own_memory);
	source->bindings =
		MemoryContextAllocZero(source->own_memory,
							   (source->remembered->binding_count + 1) *
							   sizeof(GauthBinding *));
}

/* before a decision: nothing that was handed out is in use */
static void
begin(GauthEntitySource *source)
{
	uint64		epoch;
	uint64		statement;

	source->remembered = gauth_entity_memory(source->store->name, &epoch);
	statement = gauth_generation_refresh();
	if (epoch != source->epoch || statement != source->statement ||
		(source->own_memory != NULL &&
		 gauth_entity_table_size(&source->own) > OWN_MAX))
		forget_own(source);
	source->epoch = epoch;
	source->statement = statement;
}

/* the binding of the entity's type by its place; false when there is none */
static bool
find_binding(const GauthEntitySource *source, GauthSpan type, uint32 *place)
{
	const GauthEntityMemory *remembered = source->remembered;

	for (*place = 0; *place < remembered->binding_count; (*place)++)
	{
		if (gauth_span_equal(remembered->bindings[*place].entity_type, type))
			return true;
	}
	return false;
}

static GauthStatus
open_binding(GauthEntitySource *source, uint32 place, GauthBinding **binding,
			 GauthError *err)
{
	GauthStatus status;

	begin_own(source);
	*binding = source->bindings[place];
	if (*binding != NULL)
		return GAUTH_OK;
	status = gauth_binding_open(&source->own.arena,
								&source->remembered->bindings[place],
								source->store->schema, binding, err);
	if (status == GAUTH_OK)
		source->bindings[place] = *binding;
	return status;
}

/* a node of its own for what another one says, or nobody */
static GauthStatus
add_own(GauthEntitySource *source, const GauthEntityNode *from,
		GauthEntityNode **node, GauthError *err)
{
	GauthStatus status;

	begin_own(source);
	status = gauth_entity_table_add(&source->own, &from->entity, node, err);
	if (status == GAUTH_OK)
	{
		(*node)->exists = from->exists;
		(*node)->complete = from->complete;
	}
	return status;
}

/* "*node" is NULL when the table has no such row */
static GauthStatus
find_bound(GauthEntitySource *source, uint32 place, const GauthUid *uid,
		   GauthEntityNode **node, GauthError *err)
{
	GauthEntityNode row = {.exists = true};
	GauthBinding *binding;
	GauthStatus status = open_binding(source, place, &binding, err);

	*node = NULL;
	if (status == GAUTH_OK)
		status = gauth_binding_find(binding, &source->own.arena, uid,
									&row.entity, err);
	if (status != GAUTH_OK || row.entity.uid == NULL)
		return status;
	row.complete = row.entity.parent_count == 0;
	return add_own(source, &row, node, err);
}

static GauthStatus
find_stored(GauthEntitySource *source, const GauthUid *uid,
			GauthEntityNode **node, GauthError *err)
{
	GauthEntityTable *table = &source->remembered->table;
	GauthEntity entity;
	bool		exists;
	GauthStatus status;

	*node = gauth_entity_table_find(table, uid);
	if (*node != NULL)
		return GAUTH_OK;
	status = gauth_entity_row_find(&table->arena, source->store->name, uid,
								   &entity, err);
	if (status != GAUTH_OK)
		return status;
	exists = entity.uid != NULL;
	if (!exists)
		entity.uid = gauth_uid_make(&table->arena, gauth_uid_type(uid),
									gauth_uid_id(uid));
	if (entity.uid == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entities");
	status = gauth_entity_table_add(table, &entity, node, err);
	if (status != GAUTH_OK)
		return status;
	(*node)->exists = exists;
	(*node)->complete = entity.parent_count == 0;
	(*node)->lasting = true;
	return GAUTH_OK;
}

/*
 * What tables say of a uid.  A row of a type that is bound may count as well,
 * but only as long as the bound table has none: it is copied to what is true
 * for this statement.
 */
static GauthStatus
find_node(void *state, const GauthUid *uid, GauthEntityNode **node,
		  GauthError *err)
{
	GauthEntitySource *source = state;
	GauthEntityNode *stored;
	uint32		place;
	GauthStatus status;

	*node = source->own_memory == NULL ? NULL :
		gauth_entity_table_find(&source->own, uid);
	if (*node != NULL)
		return GAUTH_OK;
	if (gauth_entity_is_reserved(gauth_uid_type(uid)) ||
		!find_binding(source, gauth_uid_type(uid), &place))
		return find_stored(source, uid, node, err);
	status = find_bound(source, place, uid, node, err);
	if (status != GAUTH_OK || *node != NULL)
		return status;
	status = find_stored(source, uid, &stored, err);
	return status != GAUTH_OK ? status : add_own(source, stored, node, err);
}

/* the ancestors go where everything that they depend on is */
static GauthStatus
complete(GauthEntitySource *source, GauthEntityNode **node, GauthError *err)
{
	GauthNodeFinder finder = {find_node, source};
	GauthEntityClosure closure;
	GauthArena *arena = &source->remembered->table.arena;
	GauthStatus status = gauth_entity_closure(&finder, *node, &closure, err);

	if (status == GAUTH_OK && (*node)->lasting && !closure.lasting)
		status = add_own(source, *node, node, err);
	if (status != GAUTH_OK)
		return status;
	if (!closure.lasting)
		arena = &source->own.arena;
	status = gauth_entity_set_ancestors(arena, &closure, &(*node)->entity,
										err);
	(*node)->complete = status == GAUTH_OK;
	return status;
}

static const GauthEntity *
find_brought(const GauthEntitySource *source, const GauthUid *uid)
{
	if (source->brought == NULL ||
		gauth_entity_is_reserved(gauth_uid_type(uid)))
		return NULL;
	return gauth_entity_store_find(source->brought, uid);
}

/*
 * An entity as a decision sees it.  What a request has a part in is never
 * remembered: it is laid over a copy.
 */
static GauthStatus
find_whole(GauthEntitySource *source, const GauthUid *uid,
		   const GauthEntity **entity, GauthError *err)
{
	const GauthEntity *brought = find_brought(source, uid);
	GauthEntityNode *node;
	GauthStatus status = find_node(source, uid, &node, err);
	GauthOverlay overlay = {
		source->remembered, source->store->schema, &source->own.arena, brought
	};

	if (status == GAUTH_OK && !node->complete)
		status = complete(source, &node, err);
	if (status == GAUTH_OK && brought != NULL && node->lasting)
		status = add_own(source, node, &node, err);
	if (status == GAUTH_OK && brought != NULL && !node->whole)
		status = gauth_entity_overlay(&overlay, node, err);
	if (status != GAUTH_OK)
		return status;
	node->whole = true;
	*entity = node->exists ? &node->entity : NULL;
	return GAUTH_OK;
}

static GauthStatus
find_slowly(GauthEntitySource *source, const GauthUid *uid,
			const GauthEntity **entity, GauthError *err)
{
	MemoryContext caller;
	GauthStatus status;

	if (source->scratch == NULL)
		source->scratch = AllocSetContextCreate(source->memory,
												"gauth entity search",
												ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(source->scratch);
	status = find_whole(source, uid, entity, err);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(source->scratch);
	return status;
}

/* the node that needs no more work, or NULL */
static const GauthEntityNode *
find_known(const GauthEntitySource *source, const GauthUid *uid)
{
	const GauthEntityNode *node = NULL;

	if (source->own_memory != NULL)
		node = gauth_entity_table_find(&source->own, uid);
	if (node == NULL && find_brought(source, uid) == NULL)
		node = gauth_entity_table_find(&source->remembered->table, uid);
	return node != NULL && node->whole ? node : NULL;
}

/* what is known already costs two or three looks into hash tables */
static GauthStatus
find(void *state, const GauthUid *uid, const GauthEntity **entity,
	 GauthError *err)
{
	GauthEntitySource *source = state;
	const GauthEntityNode *node;

	if (source->store->actions != NULL)
	{
		*entity = gauth_entity_store_find(source->store->actions, uid);
		if (*entity != NULL)
			return GAUTH_OK;
	}
	node = find_known(source, uid);
	if (node == NULL)
		return find_slowly(source, uid, entity, err);
	*entity = node->exists ? &node->entity : NULL;
	return GAUTH_OK;
}

/*
 * gauth_entity_source_loader
 *		The source as a loader for one decision.  What an earlier loader has
 *		handed out is void.
 */
GauthEntityLoader
gauth_entity_source_loader(GauthEntitySource *source)
{
	begin(source);
	return (GauthEntityLoader)
	{
		find, source
	};
}

/* a walk over all entities of a type */
typedef struct Listing
{
	GauthEntitySource *source;
	GauthSpan	type;
	GauthBinding *binding;		/* NULL: the type is not bound */
	GauthEntityVisitor visit;
	void	   *state;
	bool		ended;
	GauthError *err;
} Listing;

static void
list_store(Listing *listing, const GauthEntityStore *entities)
{
	uint32_t	count = entities == NULL ? 0 :
	gauth_entity_store_count(entities);
	uint32_t	i;

	for (i = 0; i < count && !listing->ended; i++)
	{
		const GauthUid *uid = gauth_entity_store_at(entities, i)->uid;

		if (gauth_uid_has_type(uid, listing->type))
			listing->ended = !listing->visit(listing->state, uid);
	}
}

/*
 * The binding is the walk's own: what the source has may be forgotten when
 * the visitor decides something.
 */
static GauthStatus
list_bound(Listing *listing, GauthArena *arena)
{
	uint32		place;
	GauthStatus status;

	begin(listing->source);
	if (!find_binding(listing->source, listing->type, &place))
		return GAUTH_OK;
	status = gauth_binding_open(arena,
								&listing->source->remembered->bindings[place],
								listing->source->store->schema,
								&listing->binding, listing->err);
	if (status != GAUTH_OK)
		return status;
	return gauth_binding_each(listing->binding, listing->visit,
							  listing->state, &listing->ended, listing->err);
}

/* whom the schema or the bound table has shown already */
static GauthStatus
was_shown(const Listing *listing, const GauthUid *uid, bool *found)
{
	const GauthEntityStore *actions = listing->source->store->actions;

	*found = actions != NULL && gauth_entity_store_find(actions, uid) != NULL;
	if (*found || listing->binding == NULL)
		return GAUTH_OK;
	return gauth_binding_has(listing->binding, uid, found, listing->err);
}

static GauthStatus
list_row(Listing *listing, MemoryContext scratch, GauthSpan id)
{
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	GauthUid   *uid = palloc(gauth_uid_size(listing->type, id));
	bool		shown;
	GauthStatus status;

	gauth_uid_fill(uid, listing->type, id);
	status = was_shown(listing, uid, &shown);
	MemoryContextSwitchTo(caller);
	if (status == GAUTH_OK && !shown)
		listing->ended = !listing->visit(listing->state, uid);
	return status;
}

static GauthStatus
list_rows(Listing *listing)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth entity rows",
												  ALLOCSET_SMALL_SIZES);
	GauthScan	scan;
	GauthStatus status = GAUTH_OK;

	gauth_scan_begin(&scan, GAUTH_TABLE_ENTITY);
	gauth_scan_key_text(&scan, ENTITY_STORE, listing->source->store->name);
	gauth_scan_key_text(&scan, ENTITY_TYPE, listing->type);
	while (!listing->ended && status == GAUTH_OK && gauth_scan_next(&scan))
	{
		CHECK_FOR_INTERRUPTS();
		status = list_row(listing, scratch, gauth_scan_text(&scan, ENTITY_ID));
		MemoryContextReset(scratch);
	}
	gauth_scan_end(&scan);
	MemoryContextDelete(scratch);
	return status;
}

/* entities that exist by the request alone */
static GauthStatus
list_brought(Listing *listing)
{
	GauthEntitySource *source = listing->source;
	uint32_t	count = source->brought == NULL ? 0 :
	gauth_entity_store_count(source->brought);
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	for (i = 0; i < count && !listing->ended && status == GAUTH_OK; i++)
	{
		const GauthUid *uid = gauth_entity_store_at(source->brought, i)->uid;
		const GauthEntity *entity = NULL;
		bool		shown;

		if (!gauth_uid_has_type(uid, listing->type))
			continue;
		begin(source);
		status = was_shown(listing, uid, &shown);
		if (status != GAUTH_OK || shown ||
			gauth_entity_row_exists(source->store->name, uid))
			continue;
		status = find_slowly(source, uid, &entity, listing->err);
		if (entity != NULL)
			listing->ended = !listing->visit(listing->state, uid);
	}
	return status;
}

/*
 * gauth_entity_source_each
 *		Show the visitor all entities of a type, each once.  It may decide
 *		with this source in between.
 *
 * Errors: whatever keeps a bound table from being read.
 */
GauthStatus
gauth_entity_source_each(GauthEntitySource *source, GauthSpan type,
						 GauthEntityVisitor visit, void *state,
						 GauthError *err)
{
	Listing		listing = {
		.source = source,.type = type,.visit = visit,.state = state,.err = err
	};
	GauthArena	arena;
	GauthStatus status;

	if (gauth_entity_is_reserved(type))
		return GAUTH_OK;
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	list_store(&listing, source->store->actions);
	status = listing.ended ? GAUTH_OK : list_bound(&listing, &arena);
	if (status == GAUTH_OK && !listing.ended)
		status = list_rows(&listing);
	if (status == GAUTH_OK && !listing.ended)
		status = list_brought(&listing);
	gauth_arena_reset(&arena);
	return status;
}
