/*
 * relation.c
 *		Reading gauth's own tables directly.
 *
 * No SQL runs here, so no search path, no operator and no trigger of anybody
 * can take part, and the caller needs no privilege on the tables.  The scans
 * take a fresh snapshot each (a NULL snapshot to systable_beginscan): what
 * another session has committed counts for the next statement, also under
 * REPEATABLE READ and in a parallel worker.
 */
#include "store/relation.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "store/compat.h"
#include "store/memory.h"

typedef struct TableName
{
	const char *table;
	const char *index;
} TableName;

static const TableName names[GAUTH_TABLE_COUNT] = {
	[GAUTH_TABLE_ISSUER] = {"issuer", "issuer_pkey"},
	[GAUTH_TABLE_KEY] = {"key", "key_pkey"},
	[GAUTH_TABLE_WRAPPED_KEY] = {"wrapped_key", "wrapped_key_pkey"},
	[GAUTH_TABLE_UNWRAPPED_KEY] = {"unwrapped_key", "unwrapped_key_pkey"},
	[GAUTH_TABLE_WEAK_SECRET] = {"weak_secret", "weak_secret_pkey"},
	[GAUTH_TABLE_TOKEN] = {"token", "token_pkey"},
	[GAUTH_TABLE_REVOCATION] = {"revocation", "revocation_pkey"},
	[GAUTH_TABLE_SUBJECT_REVOCATION] =
	{"subject_revocation", "subject_revocation_pkey"},
	[GAUTH_TABLE_ACCESS] = {"access", "access_pkey"},
	[GAUTH_TABLE_SETTING] = {"setting", "setting_pkey"},
	[GAUTH_TABLE_POLICY_STORE] = {"policy_store", "policy_store_pkey"},
	[GAUTH_TABLE_POLICY] = {"policy", "policy_pkey"},
	[GAUTH_TABLE_POLICY_LINK] = {"policy_link", "policy_link_pkey"},
	[GAUTH_TABLE_PRINCIPAL_MAPPING] =
	{"principal_mapping", "principal_mapping_pkey"},
	[GAUTH_TABLE_ENTITY] = {"entity", "entity_pkey"},
	[GAUTH_TABLE_ENTITY_BINDING] =
	{"entity_binding", "entity_binding_pkey"},
	[GAUTH_TABLE_REQUEST_ATTRIBUTE] =
	{"request_attribute", "request_attribute_pkey"},
	[GAUTH_TABLE_PARTY] = {"party", "party_pkey"},
	[GAUTH_TABLE_PARTY_IDENTITY] =
	{"party_identity", "party_identity_pkey"},
	[GAUTH_TABLE_EVIDENCE] = {"evidence", "evidence_pkey"},
	[GAUTH_TABLE_REPRESENTATIVE] =
	{"representative", "representative_pkey"},
	[GAUTH_TABLE_CLIENT] = {"client", "client_pkey"},
	[GAUTH_TABLE_RESOURCE_SERVER] =
	{"resource_server", "resource_server_pkey"},
	[GAUTH_TABLE_DEFINITION] = {"definition", "definition_pkey"},
	[GAUTH_TABLE_DEFINITION_EVENT] =
	{"definition_event", "definition_event_pkey"},
	[GAUTH_TABLE_OBLIGATION] = {"obligation", "obligation_pkey"},
	[GAUTH_TABLE_MANDATE_DEFINITION] =
	{"mandate_definition", "mandate_definition_pkey"},
	[GAUTH_TABLE_AUTHORIZATION_GRANT] =
	{"authorization_grant", "authorization_grant_pkey"},
	[GAUTH_TABLE_TRANSACTION_RECORD] =
	{"transaction_record", "transaction_record_pkey"},
	[GAUTH_TABLE_BUDGET_CONSUMPTION] =
	{"budget_consumption", "budget_consumption_pkey"},
	[GAUTH_TABLE_SHARD] = {"shard", "shard_pkey"},
	[GAUTH_TABLE_SEAL_BATCH] = {"seal_batch", "seal_batch_pkey"},
	[GAUTH_TABLE_TILE_ROOT] = {"tile_root", "tile_root_pkey"},
	[GAUTH_TABLE_MANDATE] = {"mandate", "mandate_pkey"},
	[GAUTH_TABLE_BUDGET_HOLD] = {"budget_hold", "budget_hold_pkey"},
	[GAUTH_TABLE_APPROVAL_REQUEST] =
	{"approval_request", "approval_request_pkey"},
	[GAUTH_TABLE_APPROVAL] = {"approval", "approval_pkey"},
	[GAUTH_TABLE_MANDATE_SESSION] =
	{"mandate_session", "mandate_session_pkey"},
	[GAUTH_TABLE_AGENT_TRUST] = {"agent_trust", "agent_trust_pkey"},
	[GAUTH_TABLE_CHECKPOINT] = {"checkpoint", "checkpoint_pkey"},
	[GAUTH_TABLE_REMOVAL] = {"removal", "removal_pkey"},
	[GAUTH_TABLE_SINK] = {"sink", "sink_pkey"},
	[GAUTH_TABLE_COSIGNATURE] = {"cosignature", "cosignature_pkey"},
};

/*
 * What each table was when it was last opened.  Only for recognising the
 * messages of invalidation, which name a table by its number: a callback
 * cannot look names up.
 */
static Oid	seen[GAUTH_TABLE_COUNT];

/*
 * gauth_relation_find
 *		The number of a table, an index or a sequence of ours.
 */
Oid
gauth_relation_find(const char *name)
{
	Oid			namespace = get_namespace_oid("gauth", false);
	Oid			relation = get_relname_relid(name, namespace);

	if (!OidIsValid(relation))
		elog(ERROR, "relation gauth.%s does not exist", name);
	return relation;
}

/*
 * gauth_table_oid
 *		The table's number in this database.
 */
Oid
gauth_table_oid(GauthTable table)
{
	seen[table] = gauth_relation_find(names[table].table);
	return seen[table];
}

/*
 * gauth_table_is
 *		Is "relation" the table, as far as this session has seen it?
 */
bool
gauth_table_is(GauthTable table, Oid relation)
{
	return OidIsValid(seen[table]) && seen[table] == relation;
}

/*
 * gauth_snapshot_take
 *		What is committed now, for scans that have to agree with each other;
 *		UnregisterSnapshot ends it.
 *
 * The kind that a scan would take for itself, since a parallel worker may
 * take no other.
 */
Snapshot
gauth_snapshot_take(void)
{
	Oid			table = gauth_table_oid(GAUTH_TABLE_POLICY_STORE);

	return RegisterSnapshot(GetCatalogSnapshot(table));
}

/*
 * gauth_scan_begin
 *		Open a table for reading; keys follow, on its primary key's columns.
 */
void
gauth_scan_begin(GauthScan *scan, GauthTable table)
{
	gauth_scan_begin_by(scan, table, names[table].index);
}

/*
 * gauth_scan_begin_by
 *		The same by another index of the table, whose columns the keys are on.
 */
void
gauth_scan_begin_by(GauthScan *scan, GauthTable table, const char *index)
{
	memset(scan, 0, sizeof(*scan));
	scan->relation = table_open(gauth_table_oid(table), AccessShareLock);
	scan->index = gauth_relation_find(index);
}

static void
add_key(GauthScan *scan, AttrNumber column, RegProcedure equal, Datum value)
{
	ScanKey		key = &scan->keys[scan->key_count++];

	Assert(scan->key_count <= GAUTH_SCAN_KEYS_MAX);
	ScanKeyInit(key, column, BTEqualStrategyNumber, equal, value);
}

/*
 * gauth_scan_key_text
 *		Only rows whose column, of collation "C", holds exactly this text.
 */
void
gauth_scan_key_text(GauthScan *scan, AttrNumber column, GauthSpan value)
{
	add_key(scan, column, F_TEXTEQ,
			PointerGetDatum(cstring_to_text_with_len(value.data,
													 (int) value.len)));
	scan->keys[scan->key_count - 1].sk_collation = C_COLLATION_OID;
}

/*
 * gauth_scan_key_bytes
 *		Only rows whose column, a bytea, holds exactly these bytes.
 */
void
gauth_scan_key_bytes(GauthScan *scan, AttrNumber column, GauthSpan value)
{
	add_key(scan, column, F_BYTEAEQ,
			PointerGetDatum(cstring_to_text_with_len(value.data,
													 (int) value.len)));
}

/*
 * gauth_scan_key_int
 *		Only rows whose column, an integer, is "value".
 */
void
gauth_scan_key_int(GauthScan *scan, AttrNumber column, int32 value)
{
	add_key(scan, column, F_INT4EQ, Int32GetDatum(value));
}

/*
 * gauth_scan_key_int16
 *		Only rows whose column, a smallint, is "value".
 */
void
gauth_scan_key_int16(GauthScan *scan, AttrNumber column, int16 value)
{
	add_key(scan, column, F_INT2EQ, Int16GetDatum(value));
}

/*
 * gauth_scan_key_int64
 *		Only rows whose column, a bigint, is "value".
 */
void
gauth_scan_key_int64(GauthScan *scan, AttrNumber column, int64 value)
{
	add_key(scan, column, F_INT8EQ, Int64GetDatum(value));
}

/*
 * gauth_scan_key_since
 *		Only rows whose column, a timestamptz, is that instant or later.
 */
void
gauth_scan_key_since(GauthScan *scan, AttrNumber column, TimestampTz instant)
{
	add_key(scan, column, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(instant));
	scan->keys[scan->key_count - 1].sk_strategy = BTGreaterEqualStrategyNumber;
}

/*
 * gauth_scan_key_bool
 *		Only rows whose column is "value".
 */
void
gauth_scan_key_bool(GauthScan *scan, AttrNumber column, bool value)
{
	add_key(scan, column, F_BOOLEQ, BoolGetDatum(value));
}

/*
 * gauth_scan_next
 *		Go to the next row; false when there is none.
 */
bool
gauth_scan_next(GauthScan *scan)
{
	if (scan->scan == NULL)
		scan->scan = systable_beginscan(scan->relation, scan->index, true,
										scan->snapshot, scan->key_count,
										scan->keys);
	scan->tuple = systable_getnext(scan->scan);
	return HeapTupleIsValid(scan->tuple);
}

/*
 * gauth_scan_value
 *		A column of the current row.  What is by reference stays valid until
 *		the scan goes on, and may be compressed.
 */
Datum
gauth_scan_value(const GauthScan *scan, AttrNumber column, bool *is_null)
{
	return heap_getattr(scan->tuple, column,
						RelationGetDescr(scan->relation), is_null);
}

/*
 * gauth_scan_text
 *		A text, json or bytea column of the current row, detoasted into the
 *		current memory context where need be; a null is an empty span without
 *		data.
 */
GauthSpan
gauth_scan_text(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);
	struct varlena *bytes;

	if (is_null)
		return gauth_span(NULL, 0);
	bytes = PG_DETOAST_DATUM_PACKED(value);
	return gauth_span(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/*
 * gauth_scan_copy
 *		The same, as a copy in the current memory context.
 */
GauthSpan
gauth_scan_copy(const GauthScan *scan, AttrNumber column)
{
	GauthSpan	text = gauth_scan_text(scan, column);

	if (text.data == NULL)
		return text;
	return gauth_memory_copy(CurrentMemoryContext, text);
}

/*
 * gauth_scan_bool
 *		A boolean column of the current row; a null is false.
 */
bool
gauth_scan_bool(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);

	return !is_null && DatumGetBool(value);
}

/*
 * gauth_scan_int64
 *		A bigint column of the current row; a null is 0.
 */
int64
gauth_scan_int64(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);

	return is_null ? 0 : DatumGetInt64(value);
}

/*
 * gauth_scan_time
 *		A timestamptz column of the current row.
 */
TimestampTz
gauth_scan_time(const GauthScan *scan, AttrNumber column, TimestampTz if_null)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);

	return is_null ? if_null : DatumGetTimestampTz(value);
}

/*
 * gauth_scan_end
 *		Close a scan; the lock goes with it.
 */
void
gauth_scan_end(GauthScan *scan)
{
	if (scan->scan != NULL)
		systable_endscan(scan->scan);
	table_close(scan->relation, AccessShareLock);
}
