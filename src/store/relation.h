/*
 * relation.h
 *		Reading gauth's own tables directly.
 */
#ifndef GAUTH_STORE_RELATION_H
#define GAUTH_STORE_RELATION_H

#include "postgres.h"

#include "access/genam.h"
#include "access/htup.h"
#include "access/skey.h"
#include "datatype/timestamp.h"
#include "datatype/timestamp.h"
#include "utils/rel.h"

#include "base/span.h"

typedef enum GauthTable
{
	GAUTH_TABLE_ISSUER,
	GAUTH_TABLE_KEY,
	GAUTH_TABLE_WRAPPED_KEY,
	GAUTH_TABLE_UNWRAPPED_KEY,
	GAUTH_TABLE_WEAK_SECRET,
	GAUTH_TABLE_TOKEN,
	GAUTH_TABLE_REVOCATION,
	GAUTH_TABLE_SUBJECT_REVOCATION,
	GAUTH_TABLE_ACCESS,
	GAUTH_TABLE_SETTING,
	GAUTH_TABLE_POLICY_STORE,
	GAUTH_TABLE_POLICY,
	GAUTH_TABLE_POLICY_LINK,
	GAUTH_TABLE_PRINCIPAL_MAPPING,
	GAUTH_TABLE_ENTITY,
	GAUTH_TABLE_ENTITY_BINDING,
	GAUTH_TABLE_REQUEST_ATTRIBUTE,
	GAUTH_TABLE_PARTY,
	GAUTH_TABLE_PARTY_IDENTITY,
	GAUTH_TABLE_EVIDENCE,
	GAUTH_TABLE_REPRESENTATIVE,
	GAUTH_TABLE_CLIENT,
	GAUTH_TABLE_RESOURCE_SERVER,
	GAUTH_TABLE_DEFINITION,
	GAUTH_TABLE_DEFINITION_EVENT,
	GAUTH_TABLE_OBLIGATION,
	GAUTH_TABLE_MANDATE_DEFINITION,
	GAUTH_TABLE_AUTHORIZATION_GRANT,
	GAUTH_TABLE_TRANSACTION_RECORD,
	GAUTH_TABLE_BUDGET_CONSUMPTION,
	GAUTH_TABLE_SHARD,
	GAUTH_TABLE_SEAL_BATCH,
	GAUTH_TABLE_TILE_ROOT,
	GAUTH_TABLE_MANDATE,
	GAUTH_TABLE_BUDGET_HOLD,
	GAUTH_TABLE_APPROVAL_REQUEST,
	GAUTH_TABLE_APPROVAL,
	GAUTH_TABLE_MANDATE_SESSION,
	GAUTH_TABLE_AGENT_TRUST,
	GAUTH_TABLE_CHECKPOINT,
	GAUTH_TABLE_REMOVAL,
	GAUTH_TABLE_SINK,
	GAUTH_TABLE_COSIGNATURE,
	GAUTH_TABLE_COUNT
} GauthTable;

#define GAUTH_SCAN_KEYS_MAX		3

typedef struct GauthScan
{
	Relation	relation;
	Oid			index;
	Snapshot	snapshot;		/* NULL: a fresh one */
	SysScanDesc scan;
	int			key_count;
	ScanKeyData keys[GAUTH_SCAN_KEYS_MAX];
	HeapTuple	tuple;			/* the current row */
} GauthScan;

extern Oid	gauth_relation_find(const char *name);
extern Oid	gauth_table_oid(GauthTable table);
extern bool gauth_table_is(GauthTable table, Oid relation);
extern Snapshot gauth_snapshot_take(void);
extern void gauth_scan_begin(GauthScan *scan, GauthTable table);
extern void gauth_scan_begin_by(GauthScan *scan, GauthTable table,
								const char *index);
extern void gauth_scan_key_text(GauthScan *scan, AttrNumber column,
								GauthSpan value);
extern void gauth_scan_key_bytes(GauthScan *scan, AttrNumber column,
								 GauthSpan value);
extern void gauth_scan_key_int(GauthScan *scan, AttrNumber column,
							   int32 value);
extern void gauth_scan_key_int16(GauthScan *scan, AttrNumber column,
								 int16 value);
extern void gauth_scan_key_int64(GauthScan *scan, AttrNumber column,
								 int64 value);
extern void gauth_scan_key_since(GauthScan *scan, AttrNumber column,
								 TimestampTz instant);
extern void gauth_scan_key_bool(GauthScan *scan, AttrNumber column,
								bool value);
extern bool gauth_scan_next(GauthScan *scan);
extern Datum gauth_scan_value(const GauthScan *scan, AttrNumber column,
							  bool *is_null);
extern GauthSpan gauth_scan_text(const GauthScan *scan, AttrNumber column);
extern GauthSpan gauth_scan_copy(const GauthScan *scan, AttrNumber column);
extern bool gauth_scan_bool(const GauthScan *scan, AttrNumber column);
extern int64 gauth_scan_int64(const GauthScan *scan, AttrNumber column);
extern TimestampTz gauth_scan_time(const GauthScan *scan, AttrNumber column,
								   TimestampTz if_null);
extern void gauth_scan_end(GauthScan *scan);

#endif							/* GAUTH_STORE_RELATION_H */
