/*
 * policy_store.c
 *		Policy stores, compiled and ready to decide.
 *
 * A store is read and compiled at its first decision in a session, off to
 * the side, and is in use once it is complete.  A policy that cannot be
 * compiled makes the whole store unusable: deciding without a forbid that
 * somebody wrote would be worse than not deciding.
 */
#include "store/policy_store.h"

#include "utils/memutils.h"

#include "policy/entity_json.h"
#include "policy/parser.h"
#include "policy/schema_text.h"
#include "store/cache.h"
#include "store/compat.h"
#include "store/memory.h"
#include "store/relation.h"

/* what gauth itself adds to every schema: mandates, and context.gauth */
static const char fragment[] =
"namespace GAuth {\n"
"    entity Mandate in [Mandate];\n"
"    entity Agent in [Mandate];\n"
"    type Context = {\n"
"        now: datetime,\n"
"        issuer: String,\n"
"        subject: String,\n"
"        scopes: Set<String>,\n"
"        token_id?: String,\n"
"        mandate?: Mandate\n"
"    };\n"
"}\n";

static GauthCache cache = {
	.title = "gauth policies",
	.group = GAUTH_GROUP_POLICIES
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

/* one row: a policy or a template, under the name of the row */
static GauthStatus
add_policy(GauthArena *arena, GauthPolicyList *list, GauthSpan id,
		   GauthSpan text, GauthError *err)
{
	GauthPolicyList one;
	GauthPolicy *policy;
	GauthStatus status = gauth_policy_parse(arena, text,
											&gauth_policy_default_limits,
											&one, err);

	if (status != GAUTH_OK)
		return status;
	policy = one.policies != NULL ? one.policies : one.templates;
	policy->id = id;
	gauth_policy_list_add(list, policy);
	return GAUTH_OK;
}

/* a text of the current row, in memory that lives as long as the arena */
static GauthStatus
copy_column(GauthArena *arena, const GauthScan *scan, AttrNumber column,
			GauthSpan *text)
{
	*text = gauth_scan_text(scan, column);
	if (text->data != NULL && !gauth_arena_copy(arena, *text, text))
		return GAUTH_OUT_OF_MEMORY;
	return GAUTH_OK;
}

static GauthStatus
read_policies(GauthArena *arena, GauthSpan store, GauthPolicyList *list,
			  GauthError *err)
{
	GauthScan	scan;
	GauthStatus status = GAUTH_OK;

	gauth_scan_begin(&scan, GAUTH_TABLE_POLICY);
	gauth_scan_key_text(&scan, POLICY_STORE, store);
	while (status == GAUTH_OK && gauth_scan_next(&scan))
	{
		GauthSpan	id;
		GauthSpan	text;

		status = copy_column(arena, &scan, POLICY_ID, &id);
		if (status == GAUTH_OK)
			status = copy_column(arena, &scan, POLICY_SOURCE, &text);
		if (status == GAUTH_OK)
			status = add_policy(arena, list, id, text, err);
	}
	gauth_scan_end(&scan);
	return status;
}

static GauthStatus
read_uid(GauthArena *arena, const GauthScan *scan, AttrNumber column,
		 const GauthUid **uid, GauthError *err)
{
	GauthSpan	text;
	GauthStatus status = copy_column(arena, scan, column, &text);

	*uid = NULL;
	if (status == GAUTH_OK && text.data != NULL)
		status = gauth_uid_parse(arena, text, uid, err);
	return status;
}

/* the policy that a row of gauth.policy_link makes */
static GauthStatus
add_link(GauthArena *arena, const GauthScan *scan, GauthPolicyList *list,
		 GauthError *err)
{
	GauthSpan	name = gauth_scan_text(scan, LINK_TEMPLATE);
	const GauthPolicy *template = gauth_template_find(list, name);
	const GauthUid *principal;
	const GauthUid *resource;
	GauthSpan	id;
	GauthPolicy *policy;
	GauthStatus status;

	if (template == NULL)
		return gauth_fail(err, GAUTH_INVALID_VALUE, "a link has no template");
	status = read_uid(arena, scan, LINK_PRINCIPAL, &principal, err);
	if (status == GAUTH_OK)
		status = read_uid(arena, scan, LINK_RESOURCE, &resource, err);
	if (status == GAUTH_OK)
		status = copy_column(arena, scan, LINK_ID, &id);
	if (status == GAUTH_OK)
		status = gauth_policy_link(arena, template, id, principal, resource,
								   &policy, err);
	if (status == GAUTH_OK)
		gauth_policy_list_add(list, policy);
	return status;
}

static GauthStatus
read_links(GauthArena *arena, GauthSpan store, GauthPolicyList *list,
		   GauthError *err)
{
	GauthScan	scan;
	GauthStatus status = GAUTH_OK;

	gauth_scan_begin(&scan, GAUTH_TABLE_POLICY_LINK);
	gauth_scan_key_text(&scan, LINK_STORE, store);
	while (status == GAUTH_OK && gauth_scan_next(&scan))
		status = add_link(arena, &scan, list, err);
	gauth_scan_end(&scan);
	return status;
}

/* the row of a store; the default one may be without */
typedef struct StoreRow
{
	bool		found;
	GauthPolicyMode mode;
	int64		version;
	GauthSpan	schema;			/* without data: none */
} StoreRow;

static GauthStatus
read_row(GauthArena *arena, GauthSpan name, StoreRow *row)
{
	GauthScan	scan;
	GauthSpan	mode;
	bool		is_null;
	GauthStatus status = GAUTH_OK;

	memset(row, 0, sizeof(*row));
	row->mode = GAUTH_POLICY_STRICT;
	gauth_scan_begin(&scan, GAUTH_TABLE_POLICY_STORE);
	gauth_scan_key_text(&scan, POLICY_STORE_STORE, name);
	row->found = gauth_scan_next(&scan);
	if (row->found)
	{
		mode = gauth_scan_text(&scan, POLICY_STORE_MODE);
		(void) gauth_policy_mode_find(mode, &row->mode);
		row->version = DatumGetInt64(gauth_scan_value(&scan,
													  POLICY_STORE_VERSION,
													  &is_null));
		status = copy_column(arena, &scan, POLICY_STORE_SCHEMA, &row->schema);
	}
	gauth_scan_end(&scan);
	return status;
}

static GauthStatus
read_list(GauthArena *arena, GauthSpan name, GauthPolicyList *list,
		  GauthError *err)
{
	GauthStatus status;

	memset(list, 0, sizeof(*list));
	status = read_policies(arena, name, list, err);
	if (status == GAUTH_OK)
		status = read_links(arena, name, list, err);
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
	StoreRow	row;
	GauthStatus status = read_row(arena, name, &row);

	memset(source, 0, sizeof(*source));
	source->mode = row.mode;
	if (status == GAUTH_OK && row.schema.data != NULL)
		status = gauth_policy_schema_read(arena, row.schema, &source->schema,
										  err);
	if (status == GAUTH_OK)
		status = read_list(arena, name, &source->list, err);
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

/*
 * The tree of the policies is needed for compiling only; the schema and the
 * compiled set stay.
 */
static GauthStatus
compile(GauthArena *kept, GauthArena *scratch, const StoreRow *row,
		GauthPolicyStore *store, GauthError *err)
{
	GauthPolicyList list;
	const GauthPolicySet *set;
	GauthSpan	block;
	GauthStatus status = GAUTH_OK;

	if (row->schema.data != NULL)
		status = gauth_policy_schema_read(kept, row->schema, &store->schema,
										  err);
	if (status == GAUTH_OK)
		status = make_actions(kept, store, err);
	if (status == GAUTH_OK)
		status = read_list(scratch, store->name, &list, err);
	if (status == GAUTH_OK)
		status = gauth_policy_set_compile(scratch, &list,
										  &gauth_policy_default_limits, &set,
										  err);
	if (status != GAUTH_OK)
		return status;
	if (!gauth_arena_copy(kept, gauth_span(set, gauth_policy_set_size(set)),
						  &block))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "policies");
	store->set = (const GauthPolicySet *) block.data;
	return GAUTH_OK;
}

/* in memory of its own, which is kept only if all goes well */
static GauthStatus
build(GauthSpan name, MemoryContext memory, GauthPolicyStore **built,
	  GauthError *err)
{
	GauthPolicyStore *store = MemoryContextAllocZero(memory, sizeof(*store));
	GauthArena	kept;
	GauthArena	scratch;
	StoreRow	row;
	GauthStatus status;

	*built = NULL;
	gauth_memory_arena(&kept, NULL, 0, memory);
	gauth_memory_arena(&scratch, NULL, 0, CurrentMemoryContext);
	status = read_row(&kept, name, &row);
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "policies");
	if (!row.found && !gauth_span_is(name, GAUTH_DEFAULT_STORE))
		return GAUTH_OK;

	store->name = gauth_memory_copy(memory, name);
	store->mode = row.mode;
	store->version = row.version;
	status = compile(&kept, &scratch, &row, store, err);
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
