/*
 * policy_store.c
 *		Policy stores, compiled and ready to decide.
 *
 * A store is read at its first decision in a session, and compiled unless
 * somebody has compiled these policies already (policy_share.c); off to the
 * side, and is in use once it is complete.  A policy that cannot be
 * compiled makes the whole store unusable: deciding without a forbid that
 * somebody wrote would be worse than not deciding.
 */
#include "store/policy_store.h"

#include "utils/memutils.h"

#include "policy/entity_json.h"
#include "policy/schema_text.h"
#include "store/cache.h"
#include "store/compat.h"
#include "store/memory.h"
#include "store/policy_rows.h"
#include "store/relation.h"

/* what gauth itself adds to every schema: enforcement, and context.gauth */
static const char fragment[] =
"namespace GAuth {\n"
"    entity Mandate in [Mandate];\n"
"    entity Agent in [Mandate];\n"
"    entity Resource = { type?: String };\n"
"    type Budget = { total_cents: Long, remaining_cents: Long };\n"
"    type Request = {\n"
"        sector?: String,\n"
"        region?: String,\n"
"        transaction_type?: String,\n"
"        decision_type?: String,\n"
"        environment?: String,\n"
"        command?: String,\n"
"        amount_cents?: Long\n"
"    };\n"
"    type Context = {\n"
"        now: datetime,\n"
"        issuer: String,\n"
"        subject: String,\n"
"        scopes: Set<String>,\n"
"        token_id?: String,\n"
"        mandate?: Mandate,\n"
"        approvals?: Set<String>,\n"
"        budget?: Budget,\n"
"        request?: Request\n"
"    };\n"
"}\n";

/* bytes of policies that are compiled faster than memory is shared */
#define SHARED_LEAST	16384

static void
release(void *thing)
{
	gauth_policy_share_release(&((GauthPolicyStore *) thing)->shared);
}

static GauthCache cache = {
	.title = "gauth policies",
	.group = GAUTH_GROUP_POLICIES,
	.release = release
};

/*
 * gauth_policy_mode_find
 *		The mode of that name; false when there is none.
 */
bool
gauth_policy_mode_find(GauthSpan name, GauthPolicyMode *mode)
{
	if (gauth_span_is(name, "strict"))
		*mode = GAUTH_POLICY_STRICT;
	else if (gauth_span_is(name, "cedar"))
		*mode = GAUTH_POLICY_CEDAR;
	else
		return false;
	return true;
}

/* the namespace GAuth is ours alone */
static GauthStatus
add_fragment(GauthArena *arena, GauthSchemaTree *tree, GauthError *err)
{
	GauthSchemaNamespace **last = &tree->namespaces;
	GauthSchemaTree *ours;
	GauthStatus status;

	for (; *last != NULL; last = &(*last)->next)
	{
		if (gauth_span_is((*last)->name, "GAuth") ||
			gauth_span_starts_with((*last)->name, GAUTH_SPAN("GAuth::")))
			return gauth_fail(err, GAUTH_INVALID_SYNTAX,
							  "the namespace GAuth is reserved");
	}
	status = gauth_schema_text_parse(arena, gauth_span_of(fragment),
									 &gauth_schema_default_limits, &ours, err);
	if (status == GAUTH_OK)
		*last = ours->namespaces;
	return status;
}

/*
 * gauth_policy_schema_read
 *		A store's schema, human or JSON form, with what gauth adds to it.
 *
 * "source" has to outlive the schema.  Errors: those of gauth_schema_read;
 * GAUTH_INVALID_SYNTAX when it declares the namespace GAuth itself.
 */
GauthStatus
gauth_policy_schema_read(GauthArena *arena, GauthSpan source,
						 const GauthSchema **schema, GauthError *err)
{
	const GauthSchemaLimits *limits = &gauth_schema_default_limits;
	GauthSchemaTree *tree;
	GauthStatus status = gauth_schema_parse(arena, source, limits, &tree, err);

	if (status == GAUTH_OK)
		status = add_fragment(arena, tree, err);
	if (status == GAUTH_OK)
		status = gauth_schema_resolve(arena, tree, limits, schema, err);
	return status;
}

/*
 * gauth_policy_store_source
 *		Everything of a store as it is written, in the arena; of a store that
 *		does not exist, nothing.
 */
GauthStatus
gauth_policy_store_source(GauthArena *arena, GauthSpan name,
						  GauthPolicySource *source, GauthError *err)
{
	GauthPolicyRows rows;
	GauthStatus status = gauth_policy_rows_read(arena, name, &rows);

	memset(source, 0, sizeof(*source));
	source->mode = rows.mode;
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "policies");
	if (rows.schema.data != NULL)
		status = gauth_policy_schema_read(arena, rows.schema, &source->schema,
										  err);
	if (status == GAUTH_OK)
		status = gauth_policy_rows_parse(arena, &rows, &source->list, err);
	return status;
}

/*
 * gauth_policy_store_exists
 *		Is there a store of that name?  The default one always is.
 */
bool
gauth_policy_store_exists(GauthSpan name)
{
	GauthScan	scan;
	bool		found;

	if (gauth_span_is(name, GAUTH_DEFAULT_STORE))
		return true;
	gauth_scan_begin(&scan, GAUTH_TABLE_POLICY_STORE);
	gauth_scan_key_text(&scan, POLICY_STORE_STORE, name);
	found = gauth_scan_next(&scan);
	gauth_scan_end(&scan);
	return found;
}

/* the schema's actions are entities, so that "action in" finds their groups */
static GauthStatus
make_actions(GauthArena *arena, GauthPolicyStore *store, GauthError *err)
{
	GauthStatus status;

	if (store->schema == NULL)
		return GAUTH_OK;
	status = gauth_entity_store_create(arena, &gauth_policy_default_limits,
									   &store->actions, err);
	if (status == GAUTH_OK)
		status = gauth_entity_store_add_actions(store->actions, store->schema,
												arena, err);
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(store->actions, err);
	return status;
}

static bool
is_shareable(const GauthPolicyRows *rows)
{
	return rows->size >= SHARED_LEAST;
}

/* the schema stays with the store */
static GauthStatus
make_schema(GauthArena *kept, const GauthPolicyRows *rows,
			GauthPolicyStore *store, GauthError *err)
{
	GauthSpan	text;
	GauthStatus status;

	if (rows->schema.data == NULL)
		return GAUTH_OK;
	if (!gauth_arena_copy(kept, rows->schema, &text))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "schema");
	status = gauth_policy_schema_read(kept, text, &store->schema, err);
	return status != GAUTH_OK ? status : make_actions(kept, store, err);
}

/* the trees of the policies are needed for compiling only */
static GauthStatus
compile(GauthArena *kept, GauthArena *scratch, const GauthPolicyRows *rows,
		GauthPolicyStore *store, GauthError *err)
{
	GauthPolicyList list;
	GauthSpan	block;
	GauthStatus status = gauth_policy_rows_parse(scratch, rows, &list, err);

	if (status == GAUTH_OK)
		status = gauth_policy_set_compile(scratch, &list,
										  &gauth_policy_default_limits,
										  &store->set, err);
	if (status != GAUTH_OK)
		return status;
	store->built = true;

	/* what may never be committed is of no use to others */
	if (is_shareable(rows) && !rows->uncommitted &&
		gauth_policy_share_put(store->key, store->name, store->set,
							   &store->shared))
	{
		store->set = store->shared.set;
		return GAUTH_OK;
	}
	if (!gauth_arena_copy(kept, gauth_span(store->set,
										   gauth_policy_set_size(store->set)),
						  &block))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "policies");
	store->set = (const GauthPolicySet *) block.data;
	return GAUTH_OK;
}

static GauthStatus
make_set(GauthArena *kept, GauthArena *scratch, const GauthPolicyRows *rows,
		 GauthPolicyStore *store, GauthError *err)
{
	GauthStatus status;

	if (is_shareable(rows))
	{
		status = gauth_policy_rows_key(rows, store->key);
		if (status != GAUTH_OK)
			return gauth_fail(err, status, "policies");
		if (gauth_policy_share_find(store->key, &store->shared))
		{
			store->set = store->shared.set;
			return GAUTH_OK;
		}
	}
	return compile(kept, scratch, rows, store, err);
}

/*
 * In memory of its own, which is kept only if all goes well.  The set comes
 * last: nothing may fail while it is mapped and nobody knows of it.
 */
static GauthStatus
build(GauthSpan name, MemoryContext memory, GauthPolicyStore **built,
	  GauthError *err)
{
	GauthPolicyStore *store = MemoryContextAllocZero(memory, sizeof(*store));
	GauthArena	kept;
	GauthArena	scratch;
	GauthPolicyRows rows;
	GauthStatus status;

	*built = NULL;
	gauth_memory_arena(&kept, NULL, 0, memory);
	gauth_memory_arena(&scratch, NULL, 0, CurrentMemoryContext);
	status = gauth_policy_rows_read(&scratch, name, &rows);
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "policies");
	if (!rows.found && !gauth_span_is(name, GAUTH_DEFAULT_STORE))
		return GAUTH_OK;

	store->name = gauth_memory_copy(memory, name);
	store->mode = rows.mode;
	store->version = rows.version;
	status = make_schema(&kept, &rows, store, err);
	if (status == GAUTH_OK)
		status = make_set(&kept, &scratch, &rows, store, err);
	if (status == GAUTH_OK)
		*built = store;
	return status;
}

static GauthStatus
load(GauthSpan name, const GauthPolicyStore **found, GauthError *err)
{
	MemoryContext memory = AllocSetContextCreate(cache.context,
												 "gauth policy store",
												 ALLOCSET_DEFAULT_SIZES);
	GauthPolicyStore *store;
	GauthStatus status = build(name, memory, &store, err);

	if (store == NULL)
		MemoryContextDelete(memory);
	else
		gauth_cache_add(&cache, store->name, store);
	*found = store;
	return status;
}

/*
 * gauth_policy_store_find
 *		The store of that name as it is now, compiled; NULL when there is
 *		none.  Valid until the next call.
 *
 * Errors: whatever keeps a stored policy or schema from being compiled; then
 * nothing is remembered, and the caller denies.
 */
GauthStatus
gauth_policy_store_find(GauthSpan name, const GauthPolicyStore **store,
						GauthError *err)
{
	MemoryContext scratch;
	MemoryContext caller;
	GauthStatus status;

	*store = gauth_cache_find(&cache, name);
	if (*store != NULL)
		return GAUTH_OK;

	scratch = AllocSetContextCreate(CurrentMemoryContext, "gauth policies",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	status = load(name, store, err);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return status;
}

/*
 * gauth_policy_store_each
 *		Show the visitor every store, a GauthPolicyStore, that this session
 *		has in memory.
 */
void
gauth_policy_store_each(void (*visit) (void *state, void *store), void *state)
{
	gauth_cache_each(&cache, visit, state);
}

/*
 * gauth_policy_mapping_find
 *		Which entity type the bearers of an issuer's tokens have in a store,
 *		and from which claim their id comes; both copied to "context".
 */
bool
gauth_policy_mapping_find(GauthSpan store, GauthSpan issuer,
						  MemoryContext context, GauthSpan *entity_type,
						  GauthSpan *claim)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_PRINCIPAL_MAPPING);
	gauth_scan_key_text(&scan, MAPPING_STORE, store);
	gauth_scan_key_text(&scan, MAPPING_ISSUER, issuer);
	found = gauth_scan_next(&scan);
	if (found)
	{
		*entity_type = gauth_memory_copy(context,
										 gauth_scan_text(&scan,
														 MAPPING_ENTITY_TYPE));
		*claim = gauth_memory_copy(context,
								   gauth_scan_text(&scan, MAPPING_CLAIM));
	}
	gauth_scan_end(&scan);
	return found;
}
