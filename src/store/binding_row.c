/*
 * binding_row.c
 *		Reading the rows of bound tables.
 *
 * A row is read by a scan of the index in C, under the snapshot of the
 * statement: no SQL runs, and so no trigger, no row-level security, no view
 * and no function of anybody.  In a partitioned table the partition that
 * can hold the id is looked at, or each of them (binding_route.c).
 */
#include "store/binding.h"

#include "access/genam.h"
#include "access/relation.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "store/compat.h"

/* what to do with the row when it is there */
typedef struct Search
{
	GauthBinding *binding;
	GauthArena *arena;
	const GauthUid *uid;
	GauthEntity *entity;		/* NULL: nothing but to know */
	bool		found;
	GauthError *err;
} Search;

static bool
has_column(TupleDesc descriptor, AttrNumber number, Oid type)
{
	return number <= descriptor->natts &&
		!TupleDescAttr(descriptor, number - 1)->attisdropped &&
		TupleDescAttr(descriptor, number - 1)->atttypid == type;
}

/* a function that the statement calls may have altered the table since */
static bool
is_unchanged(const GauthBinding *binding, const GauthBindingLeaf *leaf,
			 Relation table)
{
	TupleDesc	descriptor = RelationGetDescr(table);
	uint32_t	i;

	for (i = 0; i < binding->column_count; i++)
	{
		if (!has_column(descriptor, leaf->columns[i],
						binding->columns[i].type))
			return false;
	}
	return has_column(descriptor, leaf->id, binding->id_type) &&
		list_member_oid(RelationGetIndexList(table), leaf->index);
}

static Relation
open_leaf(const GauthBinding *binding, const GauthBindingLeaf *leaf)
{
	Relation	table = try_relation_open(leaf->relation, AccessShareLock);

	if (table == NULL || is_unchanged(binding, leaf, table))
		return table;
	relation_close(table, NoLock);
	return NULL;
}

static GauthStatus
fail_changed(GauthError *err)
{
	return gauth_fail(err, GAUTH_INVALID_VALUE, "a bound table was changed "
					  "while it was being read");
}

/* one attribute, unless it is null */
static GauthStatus
add_field(const Search *search, const GauthColumn *column, Datum datum,
		  GauthField *field)
{
	field->name = column->attribute.data;
	field->name_len = (uint32_t) column->attribute.len;
	return gauth_column_value(search->arena, search->binding->schema, column,
							  datum, &field->value, search->err);
}

static GauthStatus
read_attributes(const Search *search, const GauthBindingLeaf *leaf,
				TupleTableSlot *slot)
{
	const GauthBinding *binding = search->binding;
	GauthField *fields = gauth_arena_array(search->arena,
										   binding->attribute_count,
										   sizeof(GauthField));
	GauthValue	record;
	uint32_t	count = 0;
	uint32_t	i;
	GauthStatus status = GAUTH_OK;

	if (fields == NULL)
		return gauth_fail(search->err, GAUTH_OUT_OF_MEMORY, "entity");
	for (i = 0; i < binding->attribute_count && status == GAUTH_OK; i++)
	{
		bool		is_null;
		Datum		datum = slot_getattr(slot, leaf->columns[i], &is_null);

		if (!is_null)
			status = add_field(search, &binding->columns[i], datum,
							   &fields[count++]);
	}
	if (status == GAUTH_OK)
		status = gauth_record_make(search->arena, fields, count, &record,
								   search->err);
	if (status == GAUTH_OK)
		search->entity->attributes = record.record;
	return status;
}

/* an array of ids is as many parents; they come as a set, each once */
static GauthStatus
add_parents(const Search *search, GauthValue value, uint32_t *room)
{
	GauthEntity *entity = search->entity;
	uint32_t	count = value.kind == GAUTH_VALUE_SET ? value.set->count : 1;
	const GauthValue *items = value.kind == GAUTH_VALUE_SET ?
	value.set->items : &value;
	const GauthUid **parents = entity->parents;
	uint32_t	i;

	if (entity->parent_count + count > *room)
	{
		*room = (entity->parent_count + count) * 2;
		parents = gauth_arena_array(search->arena, *room, sizeof(GauthUid *));
		if (parents == NULL)
			return gauth_fail(search->err, GAUTH_OUT_OF_MEMORY, "entity");
		if (entity->parent_count > 0)
			memcpy(parents, entity->parents,
				   entity->parent_count * sizeof(GauthUid *));
		entity->parents = parents;
	}
	for (i = 0; i < count; i++)
		parents[entity->parent_count++] = items[i].uid;
	return GAUTH_OK;
}

static GauthStatus
read_parents(const Search *search, const GauthBindingLeaf *leaf,
			 TupleTableSlot *slot)
{
	const GauthBinding *binding = search->binding;
	uint32_t	room = 0;
	uint32_t	i;
	GauthStatus status = GAUTH_OK;

	for (i = binding->attribute_count;
		 i < binding->column_count && status == GAUTH_OK; i++)
	{
		bool		is_null;
		Datum		datum = slot_getattr(slot, leaf->columns[i], &is_null);
		GauthValue	value;

		if (is_null)
			continue;
		status = gauth_column_value(search->arena, binding->schema,
									&binding->columns[i], datum, &value,
									search->err);
		if (status == GAUTH_OK)
			status = add_parents(search, value, &room);
	}
	return status;
}

/*
 * The index may find a row whose id is equal by its collation only; an
 * entity's id is the same, byte by byte, or it is another.
 */
static GauthStatus
read_row(Search *search, const GauthBindingLeaf *leaf, TupleTableSlot *slot)
{
	bool		is_null;
	Datum		id = slot_getattr(slot, leaf->id, &is_null);
	GauthStatus status;

	if (is_null ||
		!gauth_span_equal(gauth_column_id(search->binding->id_type, id),
						  gauth_uid_id(search->uid)))
		return GAUTH_OK;
	search->found = true;
	if (search->entity == NULL)
		return GAUTH_OK;

	memset(search->entity, 0, sizeof(*search->entity));
	search->entity->tags = &gauth_empty_record;
	search->entity->uid = gauth_uid_make(search->arena,
										 gauth_uid_type(search->uid),
										 gauth_uid_id(search->uid));
	if (search->entity->uid == NULL)
		return gauth_fail(search->err, GAUTH_OUT_OF_MEMORY, "entity");
	status = read_attributes(search, leaf, slot);
	if (status == GAUTH_OK)
		status = read_parents(search, leaf, slot);
	return status;
}

static GauthStatus
scan_index(Search *search, const GauthBindingLeaf *leaf, Relation table,
		   Datum key)
{
	Relation	index = index_open(leaf->index, AccessShareLock);
	TupleTableSlot *slot = table_slot_create(table, NULL);
	IndexScanDesc scan = GAUTH_BEGIN_INDEX_SCAN(table, index,
												GetActiveSnapshot(), 1);
	ScanKeyData equal;
	GauthStatus status = GAUTH_OK;

	ScanKeyEntryInitialize(&equal, 0, 1, BTEqualStrategyNumber,
						   index->rd_opcintype[0], index->rd_indcollation[0],
						   leaf->equal, key);
	index_rescan(scan, &equal, 1, NULL, 0);
	if (index_getnext_slot(scan, ForwardScanDirection, slot))
		status = read_row(search, leaf, slot);
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, NoLock);
	return status;
}

static GauthStatus
search_leaf(Search *search, const GauthBindingLeaf *leaf, Datum key)
{
	Relation	table = open_leaf(search->binding, leaf);
	GauthStatus status;

	CHECK_FOR_INTERRUPTS();
	if (table == NULL)
		return fail_changed(search->err);
	status = scan_index(search, leaf, table, key);
	relation_close(table, NoLock);
	return status;
}

static GauthStatus
search_all(Search *search, Datum key)
{
	GauthBinding *binding = search->binding;
	GauthStatus status = gauth_binding_add_partitions(binding, search->err);
	uint32_t	i;

	for (i = 0; status == GAUTH_OK && i < binding->leaf_count &&
		 !search->found; i++)
		status = search_leaf(search, binding->leaves[i], key);
	return status;
}

static GauthStatus
search_leaves(Search *search)
{
	GauthBinding *binding = search->binding;
	GauthBindingLeaf *leaf;
	bool		routed;
	Datum		key;
	GauthStatus status;

	if (!ActiveSnapshotSet())
		return gauth_fail(search->err, GAUTH_INVALID_VALUE,
						  "a bound table is read in a query only");
	if (!gauth_column_key(binding->id_type, gauth_uid_id(search->uid), &key))
		return GAUTH_OK;
	status = gauth_binding_route(binding, key, &routed, &leaf, search->err);
	if (status != GAUTH_OK)
		return status;
	if (!routed)
		return search_all(search, key);
	return leaf == NULL ? GAUTH_OK : search_leaf(search, leaf, key);
}

/*
 * gauth_binding_find
 *		The row of an entity as an entity, without ancestors, in the arena;
 *		its uid is NULL when there is no row.
 *
 * Errors: GAUTH_INVALID_VALUE for a value that policies cannot have, or a
 * table that has changed; GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_binding_find(GauthBinding *binding, GauthArena *arena,
				   const GauthUid *uid, GauthEntity *entity, GauthError *err)
{
	Search		search = {
		.binding = binding,.arena = arena,.uid = uid,.entity = entity,
		.err = err
	};

	entity->uid = NULL;
	return search_leaves(&search);
}

/*
 * gauth_binding_has
 *		Is there a row for the entity?
 *
 * Errors: GAUTH_INVALID_VALUE when the table has changed.
 */
GauthStatus
gauth_binding_has(GauthBinding *binding, const GauthUid *uid,
				  bool *found, GauthError *err)
{
	Search		search = {.binding = binding,.uid = uid,.err = err};
	GauthStatus status = search_leaves(&search);

	*found = search.found;
	return status;
}

/* false when the visitor has seen enough */
static bool
visit_rows(const GauthBinding *binding, const GauthBindingLeaf *leaf,
		   Relation table, GauthBindingVisitor visit, void *state)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth bound rows",
												  ALLOCSET_SMALL_SIZES);
	TupleTableSlot *slot = table_slot_create(table, NULL);
	TableScanDesc scan = table_beginscan(table, GetActiveSnapshot(), 0, NULL);
	bool		more = true;

	while (more && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		MemoryContext caller = MemoryContextSwitchTo(scratch);
		bool		is_null;
		Datum		datum = slot_getattr(slot, leaf->id, &is_null);
		GauthUid   *uid = NULL;

		CHECK_FOR_INTERRUPTS();
		if (!is_null)
		{
			GauthSpan	id = gauth_column_id(binding->id_type, datum);

			uid = palloc(gauth_uid_size(binding->entity_type, id));
			gauth_uid_fill(uid, binding->entity_type, id);
		}
		MemoryContextSwitchTo(caller);
		more = uid == NULL || visit(state, uid);
		MemoryContextReset(scratch);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	MemoryContextDelete(scratch);
	return more;
}

/*
 * gauth_binding_each
 *		Show the visitor the entity of every row; "*ended" when it wanted no
 *		more.
 *
 * Errors: GAUTH_INVALID_VALUE when the table has changed.
 */
GauthStatus
gauth_binding_each(GauthBinding *binding, GauthBindingVisitor visit,
				   void *state, bool *ended, GauthError *err)
{
	GauthStatus status;
	uint32_t	i;

	*ended = false;
	if (!ActiveSnapshotSet())
		return gauth_fail(err, GAUTH_INVALID_VALUE,
						  "a bound table is read in a query only");
	status = gauth_binding_add_partitions(binding, err);
	if (status != GAUTH_OK)
		return status;
	for (i = 0; i < binding->leaf_count && !*ended; i++)
	{
		const GauthBindingLeaf *leaf = binding->leaves[i];
		Relation	table = open_leaf(binding, leaf);

		if (table == NULL)
			return fail_changed(err);
		*ended = !visit_rows(binding, leaf, table, visit, state);
		relation_close(table, NoLock);
	}
	return GAUTH_OK;
}
