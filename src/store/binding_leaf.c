/*
 * binding_leaf.c
 *		The tables that hold the rows of a bound one, and their indexes.
 *
 * A row is found through a unique index over the id column alone: a btree of
 * a built-in operator class, so that comparing keys runs nobody's code.  Of a
 * partitioned table the index has to be one over the whole, because ids have
 * to be unique in all partitions together.
 */
#include "store/binding.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

#include "store/compat.h"

static AttrNumber
find_number(Relation relation, GauthSpan name, Oid type)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	int			i;

	for (i = 0; i < descriptor->natts; i++)
	{
		const FormData_pg_attribute *attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped && attribute->atttypid == type &&
			gauth_span_is(name, NameStr(attribute->attname)))
			return attribute->attnum;
	}
	return InvalidAttrNumber;
}

/* an index that was made while old row versions were there waits for them */
static bool
is_ripe(Relation index)
{
	TransactionId made_by =
		HeapTupleHeaderGetXmin(index->rd_indextuple->t_data);

	return !index->rd_index->indcheckxmin ||
		TransactionIdPrecedes(made_by, TransactionXmin);
}

static bool
is_over_column(Relation index, AttrNumber id)
{
	const FormData_pg_index *form = index->rd_index;

	return form->indisunique && form->indimmediate && form->indisvalid &&
		form->indisready && form->indislive && form->indnkeyatts == 1 &&
		form->indkey.values[0] == id &&
		heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL);
}

/* the function behind "=" of a built-in operator class; else InvalidOid */
static RegProcedure
find_equal(Relation index, Oid type)
{
	Oid			family;
	Oid			input;
	Oid			operator;

	if (index->rd_rel->relam != BTREE_AM_OID)
		return InvalidOid;
	family = index->rd_opfamily[0];
	input = index->rd_opcintype[0];
	if (family >= FirstNormalObjectId ||
		(input != type && !(type == VARCHAROID && input == TEXTOID)))
		return InvalidOid;
	operator = get_opfamily_member(family, input, input,
								   BTEqualStrategyNumber);
	return OidIsValid(operator) ? get_opcode(operator) : InvalidOid;
}

/* the index stays locked if it is the one */
static bool
try_index(GauthBindingLeaf *leaf, Oid number, Oid type)
{
	Relation	index = index_open(number, AccessShareLock);
	RegProcedure equal = InvalidOid;

	if (is_over_column(index, leaf->id) && is_ripe(index))
		equal = find_equal(index, type);
	index_close(index, OidIsValid(equal) ? NoLock : AccessShareLock);
	leaf->index = number;
	leaf->equal = equal;
	return OidIsValid(equal);
}

static bool
find_index(GauthBindingLeaf *leaf, Relation relation, Oid type)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		if (try_index(leaf, lfirst_oid(cell), type))
			return true;
	}
	return false;
}

/* the arena holds it; GAUTH_INVALID_VALUE when it cannot be read */
static GauthStatus
fill_leaf(const GauthBinding *binding, Relation relation,
		  GauthBindingLeaf *leaf)
{
	uint32_t	i;

	leaf->relation = RelationGetRelid(relation);
	leaf->id = find_number(relation, binding->id_column, binding->id_type);
	leaf->columns = gauth_arena_array(binding->arena, binding->column_count,
									  sizeof(AttrNumber));
	if (leaf->columns == NULL)
		return GAUTH_OUT_OF_MEMORY;
	for (i = 0; i < binding->column_count; i++)
	{
		const GauthColumn *column = &binding->columns[i];

		if (!OidIsValid(column->type))
			continue;
		leaf->columns[i] = find_number(relation, column->name, column->type);
		if (leaf->columns[i] == InvalidAttrNumber)
			return GAUTH_INVALID_VALUE;
	}
	return find_index(leaf, relation, binding->id_type) ? GAUTH_OK :
		GAUTH_INVALID_VALUE;
}

static GauthStatus
add_leaf(GauthBinding *binding, GauthBindingLeaf *leaf)
{
	if (binding->leaf_count == binding->leaf_room)
	{
		uint32_t	room = binding->leaf_room * 2 + 1;
		GauthBindingLeaf **leaves = gauth_arena_array(binding->arena, room,
													  sizeof(*leaves));

		if (leaves == NULL)
			return GAUTH_OUT_OF_MEMORY;
		if (binding->leaf_count > 0)
			memcpy(leaves, binding->leaves,
				   binding->leaf_count * sizeof(*leaves));
		binding->leaves = leaves;
		binding->leaf_room = room;
	}
	binding->leaves[binding->leaf_count++] = leaf;
	return GAUTH_OK;
}

/* "*leaf" is NULL for a table in between, which holds no rows */
static GauthStatus
make_leaf(GauthBinding *binding, Relation relation, GauthBindingLeaf **leaf)
{
	GauthStatus status;

	*leaf = NULL;
	if (relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		return GAUTH_OK;

	/* a foreign table is not ours to read */
	if (relation->rd_rel->relkind != RELKIND_RELATION)
		return GAUTH_INVALID_VALUE;
	*leaf = gauth_arena_zalloc(binding->arena, sizeof(GauthBindingLeaf));
	if (*leaf == NULL)
		return GAUTH_OUT_OF_MEMORY;
	status = fill_leaf(binding, relation, *leaf);
	return status == GAUTH_OK ? add_leaf(binding, *leaf) : status;
}

static GauthBindingLeaf *
find_leaf(const GauthBinding *binding, Oid number)
{
	uint32_t	i;

	for (i = 0; i < binding->leaf_count; i++)
	{
		if (binding->leaves[i]->relation == number)
			return binding->leaves[i];
	}
	return NULL;
}

/*
 * gauth_binding_add_partition
 *		The leaf of a partition that is locked already, or NULL when it has
 *		partitions itself.
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_binding_add_partition(GauthBinding *binding, Oid number,
							GauthBindingLeaf **leaf, GauthError *err)
{
	Relation	relation;
	GauthStatus status;

	*leaf = find_leaf(binding, number);
	if (*leaf != NULL)
		return GAUTH_OK;
	relation = try_relation_open(number, NoLock);
	if (relation == NULL)
		return gauth_fail(err, GAUTH_INVALID_VALUE, "a partition is gone");
	status = make_leaf(binding, relation, leaf);
	relation_close(relation, NoLock);
	return status == GAUTH_OK ? GAUTH_OK :
		gauth_fail(err, status, "a partition cannot be read as its table");
}

/*
 * gauth_binding_add_partitions
 *		See that every table that holds rows is among the leaves.
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_binding_add_partitions(GauthBinding *binding, GauthError *err)
{
	List	   *numbers;
	ListCell   *cell;
	GauthBindingLeaf *leaf;
	GauthStatus status = GAUTH_OK;

	if (binding->all_leaves)
		return GAUTH_OK;
	numbers = find_all_inheritors(binding->relation, AccessShareLock, NULL);
	foreach(cell, numbers)
	{
		if (status == GAUTH_OK)
			status = gauth_binding_add_partition(binding, lfirst_oid(cell),
												 &leaf, err);
	}
	binding->all_leaves = status == GAUTH_OK;
	return status;
}

/*
 * gauth_binding_leaves
 *		See that "relation", the bound table, has its index; where it holds
 *		rows itself it is the only leaf.
 *
 * The binding's columns are there already.  Errors: GAUTH_INVALID_VALUE,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_binding_leaves(GauthBinding *binding, Relation relation, GauthError *err)
{
	GauthBindingLeaf *leaf = gauth_arena_zalloc(binding->arena,
												sizeof(GauthBindingLeaf));
	GauthStatus status = GAUTH_OUT_OF_MEMORY;

	if (leaf != NULL)
		status = fill_leaf(binding, relation, leaf);
	if (status == GAUTH_INVALID_VALUE)
		return gauth_fail_format(err, status, 0, "the column \"%.*s\" needs a "
								 "unique index of its own, not partial and "
								 "not deferrable",
								 (int) binding->id_column.len,
								 binding->id_column.data);
	binding->partitioned =
		relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
	binding->all_leaves = !binding->partitioned;
	if (status == GAUTH_OK && !binding->partitioned)
		status = add_leaf(binding, leaf);
	return status == GAUTH_OK ? GAUTH_OK : gauth_fail(err, status, "binding");
}
