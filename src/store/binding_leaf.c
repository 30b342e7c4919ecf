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

static GauthStatus
fill_leaf(GauthArena *arena, const GauthBinding *binding, GauthSpan id_column,
		  Relation relation, GauthBindingLeaf *leaf)
{
	uint32_t	i;

	leaf->relation = RelationGetRelid(relation);
	leaf->id = find_number(relation, id_column, binding->id_type);
	leaf->columns = gauth_arena_array(arena, binding->column_count,
									  sizeof(AttrNumber));
	if (leaf->columns == NULL)
		return GAUTH_OUT_OF_MEMORY;
	for (i = 0; i < binding->column_count; i++)
	{
		const GauthColumn *column = &binding->columns[i];

		leaf->columns[i] = find_number(relation, column->name, column->type);
		if (leaf->columns[i] == InvalidAttrNumber)
			return GAUTH_INVALID_VALUE;
	}
	return find_index(leaf, relation, binding->id_type) ? GAUTH_OK :
		GAUTH_INVALID_VALUE;
}

/* a table in between holds no rows, a foreign table is not ours to read */
static GauthStatus
add_partition(GauthArena *arena, GauthBinding *binding, GauthSpan id_column,
			  Oid number, GauthError *err)
{
	Relation	relation = try_relation_open(number, NoLock);
	GauthBindingLeaf *leaf = &binding->leaves[binding->leaf_count];
	GauthStatus status = GAUTH_OK;

	if (relation == NULL)
		return gauth_fail(err, GAUTH_INVALID_VALUE, "a partition is gone");
	if (relation->rd_rel->relkind == RELKIND_RELATION)
	{
		status = fill_leaf(arena, binding, id_column, relation, leaf);
		binding->leaf_count++;
	}
	else if (relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		status = GAUTH_INVALID_VALUE;
	relation_close(relation, NoLock);
	return status == GAUTH_OK ? GAUTH_OK :
		gauth_fail(err, status, "a partition cannot be read as its table");
}

static GauthStatus
add_partitions(GauthArena *arena, GauthBinding *binding, GauthSpan id_column,
			   GauthError *err)
{
	List	   *numbers = find_all_inheritors(binding->relation,
											  AccessShareLock, NULL);
	ListCell   *cell;
	GauthStatus status = GAUTH_OK;

	binding->leaves = gauth_arena_array(arena, list_length(numbers),
										sizeof(GauthBindingLeaf));
	if (binding->leaves == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "binding");
	foreach(cell, numbers)
	{
		if (status == GAUTH_OK)
			status = add_partition(arena, binding, id_column, lfirst_oid(cell),
								   err);
	}
	return status;
}

/*
 * gauth_binding_leaves
 *		Find the tables that hold the rows of "relation", and their indexes.
 *
 * The binding's columns are there already.  Errors: GAUTH_INVALID_VALUE,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_binding_leaves(GauthArena *arena, GauthBinding *binding,
					 GauthSpan id_column, Relation relation, GauthError *err)
{
	GauthBindingLeaf *leaf = gauth_arena_zalloc(arena,
												sizeof(GauthBindingLeaf));
	GauthStatus status;

	if (leaf == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "binding");
	status = fill_leaf(arena, binding, id_column, relation, leaf);
	if (status != GAUTH_OK)
		return gauth_fail_format(err, status, 0, "the column \"%.*s\" needs a "
								 "unique index of its own, not partial and "
								 "not deferrable", (int) id_column.len,
								 id_column.data);
	if (relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		return add_partitions(arena, binding, id_column, err);
	binding->leaves = leaf;
	binding->leaf_count = 1;
	return GAUTH_OK;
}
