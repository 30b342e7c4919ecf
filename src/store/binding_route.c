/*
 * binding_route.c
 *		Which partition of a bound table can hold an id.
 *
 * The id's unique index is one over the whole table, and such an index has
 * every column of the partition key: so the key is the id column alone, at
 * each level.  Where its operator class is a built-in one, comparing and
 * hashing run nobody's code and only the one partition is looked at; else the
 * caller has to look at all of them.
 */
#include "store/binding.h"

#include "access/relation.h"
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "storage/lmgr.h"
#include "utils/partcache.h"

static bool
is_routable(const GauthBinding *binding, Relation relation)
{
	PartitionKey key = RelationGetPartitionKey(relation);
	AttrNumber	column = key->partattrs[0];
	Oid			input = key->partopcintype[0];

	return key->partnatts == 1 && column > 0 &&
		gauth_span_is(binding->id_column,
					  NameStr(TupleDescAttr(RelationGetDescr(relation),
											column - 1)->attname)) &&
		key->partopfamily[0] < FirstNormalObjectId &&
		key->partsupfunc[0].fn_oid < FirstNormalObjectId &&
		(input == binding->id_type ||
		 (binding->id_type == VARCHAROID && input == TEXTOID));
}

static int
find_by_hash(PartitionKey key, PartitionBoundInfo bounds, Datum value)
{
	bool		is_null = false;
	uint64		hash;

	hash = compute_partition_hash_value(key->partnatts, key->partsupfunc,
										key->partcollation, &value, &is_null);
	return bounds->indexes[hash % bounds->nindexes];
}

static int
find_by_list(PartitionKey key, PartitionBoundInfo bounds, Datum value)
{
	bool		equal = false;
	int			offset;

	offset = partition_list_bsearch(key->partsupfunc, key->partcollation,
									bounds, value, &equal);
	return offset >= 0 && equal ? bounds->indexes[offset] : -1;
}

/* an index behind the bound that is not above the value */
static int
find_by_range(PartitionKey key, PartitionBoundInfo bounds, Datum value)
{
	bool		equal = false;
	int			offset;

	offset = partition_range_datum_bsearch(key->partsupfunc,
										   key->partcollation, bounds, 1,
										   &value, &equal);
	return bounds->indexes[offset + 1];
}

/* InvalidOid when no partition takes the value */
static Oid
find_child(Relation relation, Datum value)
{
	PartitionKey key = RelationGetPartitionKey(relation);
	PartitionDesc partitions = RelationGetPartitionDesc(relation, true);
	PartitionBoundInfo bounds = partitions->boundinfo;
	int			number;

	if (partitions->nparts == 0)
		return InvalidOid;
	switch (key->strategy)
	{
		case PARTITION_STRATEGY_HASH:
			number = find_by_hash(key, bounds, value);
			break;
		case PARTITION_STRATEGY_LIST:
			number = find_by_list(key, bounds, value);
			break;
		default:
			number = find_by_range(key, bounds, value);
			break;
	}
	if (number < 0)
		number = bounds->default_index;
	return number < 0 ? InvalidOid : partitions->oids[number];
}

/* one level down; "*routed" is false when that cannot be told */
static GauthStatus
descend(const GauthBinding *binding, Oid *number, Datum key, bool *routed,
		GauthError *err)
{
	Relation	relation = try_relation_open(*number, AccessShareLock);

	if (relation == NULL)
		return gauth_fail(err, GAUTH_INVALID_VALUE, "a partition is gone");
	*routed = is_routable(binding, relation);
	*number = *routed ? find_child(relation, key) : InvalidOid;
	relation_close(relation, NoLock);
	if (OidIsValid(*number))
		LockRelationOid(*number, AccessShareLock);
	return GAUTH_OK;
}

/*
 * gauth_binding_route
 *		The leaf that can hold the row of this id, a value of the id's type;
 *		NULL when there is none.  "*routed" is false when every leaf can.
 *
 * Errors: GAUTH_INVALID_VALUE when it cannot be read or is gone;
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_binding_route(GauthBinding *binding, Datum key, bool *routed,
					GauthBindingLeaf **leaf, GauthError *err)
{
	Oid			number = binding->relation;
	GauthStatus status = GAUTH_OK;

	*leaf = NULL;
	*routed = binding->partitioned;
	while (*routed && *leaf == NULL && status == GAUTH_OK)
	{
		status = descend(binding, &number, key, routed, err);
		if (status != GAUTH_OK || !OidIsValid(number))
			return status;
		status = gauth_binding_add_partition(binding, number, leaf, err);
	}
	return status;
}
