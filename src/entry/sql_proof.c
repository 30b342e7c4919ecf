/*
 * sql_proof.c
 *		Proofs about the ledger: built from it, and verified without it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/snapmgr.h"

#include "entry/args.h"
#include "entry/audit_place.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/crypto.h"
#include "store/ledger_hash.h"
#include "store/ledger_shard.h"
#include "store/relation.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_inclusion_proof);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_audit_consistency_proof);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify_inclusion);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify_consistency);

/* arguments and columns, by place */
enum
{
	INCLUSION_RECEIPT, INCLUSION_SIZE
};
enum
{
	INCLUSION_LOG, INCLUSION_INDEX, INCLUSION_TREE_SIZE, INCLUSION_LEAF,
	INCLUSION_ROOT, INCLUSION_PROOF, INCLUSION_COLUMNS
};
enum
{
	CONSISTENCY_OLD_SIZE, CONSISTENCY_NEW_SIZE, CONSISTENCY_IN_LOG
};
enum
{
	CONSISTENCY_LOG, CONSISTENCY_OLD_ROOT, CONSISTENCY_NEW_ROOT,
	CONSISTENCY_PROOF, CONSISTENCY_COLUMNS
};
enum
{
	VERIFY_LEAF, VERIFY_INDEX, VERIFY_SIZE, VERIFY_ROOT,
	VERIFY_INCLUSION_PROOF
};
enum
{
	VERIFY_OLD_SIZE, VERIFY_OLD_ROOT, VERIFY_NEW_SIZE, VERIFY_NEW_ROOT,
	VERIFY_CONSISTENCY_PROOF
};

static Datum
hash_datum(const GauthTreeHash *hash)
{
	return gauth_text_datum(gauth_span(hash->bytes, sizeof(hash->bytes)));
}

static Datum
proof_datum(const GauthProof *proof)
{
	Datum		hashes[GAUTH_PROOF_MAX];
	size_t		i;

	for (i = 0; i < proof->count; i++)
		hashes[i] = hash_datum(&proof->hashes[i]);
	return PointerGetDatum(construct_array(hashes, (int) proof->count,
										   BYTEAOID, -1, false,
										   TYPALIGN_INT));
}

static Datum
row_datum(FunctionCallInfo fcinfo, Datum *values)
{
	TupleDesc	row;
	bool		nulls[INCLUSION_COLUMNS] = {0};

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values,
											 nulls));
}

static uint64
size_argument(FunctionCallInfo fcinfo, int number, const char *name)
{
	int64		size = PG_GETARG_INT64(number);

	if (size < 1)
		gauth_raise_argument(name, "1 or more");
	return (uint64) size;
}

/*
 * gauth.audit_inclusion_proof(receipt text, size bigint)
 *		returns (log, index, tree_size, leaf, root, proof)
 */
Datum
gauth_sql_audit_inclusion_proof(PG_FUNCTION_ARGS)
{
	Datum		values[INCLUSION_COLUMNS];
	Snapshot	snapshot;
	GauthPlace	place;
	GauthTreeHead head;
	GauthProof	proof;
	uint64		size;

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	if (PG_ARGISNULL(INCLUSION_RECEIPT))
		gauth_raise_null("receipt");
	snapshot = gauth_log_snapshot();
	gauth_place_find(&place, gauth_arg_span(fcinfo, INCLUSION_RECEIPT),
					 snapshot);
	size = PG_ARGISNULL(INCLUSION_SIZE) ? place.tree.source.size :
		size_argument(fcinfo, INCLUSION_SIZE, "size");
	gauth_place_prove(&place, size, &head, &proof);
	UnregisterSnapshot(snapshot);

	values[INCLUSION_LOG] = Int32GetDatum((int32) place.tree.shard);
	values[INCLUSION_INDEX] = Int64GetDatum((int64) place.index);
	values[INCLUSION_TREE_SIZE] = Int64GetDatum((int64) head.size);
	values[INCLUSION_LEAF] = hash_datum(&place.leaf);
	values[INCLUSION_ROOT] = hash_datum(&head.root);
	values[INCLUSION_PROOF] = proof_datum(&proof);
	PG_RETURN_DATUM(row_datum(fcinfo, values));
}

static void
prove_consistency(FunctionCallInfo fcinfo, uint32 shard, Datum *values)
{
	uint64		old_size = size_argument(fcinfo, CONSISTENCY_OLD_SIZE,
										 "old_size");
	uint64		new_size = size_argument(fcinfo, CONSISTENCY_NEW_SIZE,
										 "new_size");
	Snapshot	snapshot = gauth_log_snapshot();
	GauthLogTree tree;
	GauthTreeHash old_root;
	GauthTreeHash new_root;
	GauthProof	proof;
	GauthStatus status;

	gauth_log_tree_open(&tree, shard, snapshot);
	if (new_size > tree.source.size)
		gauth_raise_argument("new_size", "a sealed size of the log");
	if (old_size > new_size)
		gauth_raise_argument("old_size", "no larger than new_size");
	gauth_log_tree_root(&tree, old_size, &old_root);
	gauth_log_tree_root(&tree, new_size, &new_root);
	tree.source.size = new_size;
	status = gauth_proof_consistency(&tree.source, old_size, &proof);
	if (status != GAUTH_OK)
		gauth_raise_status(status, "tree");
	UnregisterSnapshot(snapshot);
	values[CONSISTENCY_LOG] = Int32GetDatum((int32) shard);
	values[CONSISTENCY_OLD_ROOT] = hash_datum(&old_root);
	values[CONSISTENCY_NEW_ROOT] = hash_datum(&new_root);
	values[CONSISTENCY_PROOF] = proof_datum(&proof);
}

/*
 * gauth.audit_consistency_proof(old_size bigint, new_size bigint,
 *		in_log integer) returns (log, old_root, new_root, proof)
 */
Datum
gauth_sql_audit_consistency_proof(PG_FUNCTION_ARGS)
{
	Datum		values[CONSISTENCY_COLUMNS];

	gauth_require_capability(GAUTH_AUDITOR, NULL);
	if (PG_ARGISNULL(CONSISTENCY_OLD_SIZE))
		gauth_raise_null("old_size");
	if (PG_ARGISNULL(CONSISTENCY_NEW_SIZE))
		gauth_raise_null("new_size");
	prove_consistency(fcinfo, PG_ARGISNULL(CONSISTENCY_IN_LOG) ?
					  gauth_shard_last() :
					  (uint32) PG_GETARG_INT32(CONSISTENCY_IN_LOG), values);
	PG_RETURN_DATUM(row_datum(fcinfo, values));
}

/* false: no hash; a proof with such a one proves nothing */
static bool
read_hash(GauthSpan bytes, GauthTreeHash *hash)
{
	if (bytes.len != sizeof(hash->bytes))
		return false;
	memcpy(hash->bytes, bytes.data, sizeof(hash->bytes));
	return true;
}

static bool
read_proof(FunctionCallInfo fcinfo, int number, GauthProof *proof)
{
	Datum	   *items;
	bool	   *nulls;
	int			count;
	int			i;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(number), BYTEAOID, -1, false,
					  TYPALIGN_INT, &items, &nulls, &count);
	if (count > GAUTH_PROOF_MAX)
		return false;
	proof->count = (size_t) count;
	for (i = 0; i < count; i++)
	{
		if (nulls[i] ||
			!read_hash(gauth_varlena_span(DatumGetByteaPP(items[i])),
					   &proof->hashes[i]))
			return false;
	}
	return true;
}

static bool
read_head(FunctionCallInfo fcinfo, int size, int root, GauthTreeHead *head)
{
	int64		number = PG_GETARG_INT64(size);

	head->size = (uint64) number;
	return number >= 0 && read_hash(gauth_arg_span(fcinfo, root),
									&head->root);
}

/* yes or no; only a library that fails is an error */
static bool
judge(GauthStatus status)
{
	if (status != GAUTH_OK && status != GAUTH_PROOF_INVALID)
		gauth_raise_status(status, "proof");
	return status == GAUTH_OK;
}

/*
 * gauth.verify_inclusion(leaf bytea, index bigint, size bigint, root bytea,
 *		proof bytea[]) returns boolean
 */
Datum
gauth_sql_verify_inclusion(PG_FUNCTION_ARGS)
{
	int64		index = PG_GETARG_INT64(VERIFY_INDEX);
	GauthTreeHash leaf;
	GauthTreeHead head;
	GauthProof	proof;

	if (index < 0 ||
		!read_hash(gauth_arg_span(fcinfo, VERIFY_LEAF), &leaf) ||
		!read_head(fcinfo, VERIFY_SIZE, VERIFY_ROOT, &head) ||
		!read_proof(fcinfo, VERIFY_INCLUSION_PROOF, &proof))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(judge(gauth_proof_verify_inclusion(gauth_crypto(), &leaf,
													  (uint64) index, &head,
													  &proof)));
}

/*
 * gauth.verify_consistency(old_size bigint, old_root bytea, new_size bigint,
 *		new_root bytea, proof bytea[]) returns boolean
 */
Datum
gauth_sql_verify_consistency(PG_FUNCTION_ARGS)
{
	GauthTreeHead old_head;
	GauthTreeHead new_head;
	GauthProof	proof;

	if (!read_head(fcinfo, VERIFY_OLD_SIZE, VERIFY_OLD_ROOT, &old_head) ||
		!read_head(fcinfo, VERIFY_NEW_SIZE, VERIFY_NEW_ROOT, &new_head) ||
		!read_proof(fcinfo, VERIFY_CONSISTENCY_PROOF, &proof))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(judge(gauth_proof_verify_consistency(gauth_crypto(),
														&old_head, &new_head,
														&proof)));
}
