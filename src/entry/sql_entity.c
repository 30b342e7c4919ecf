/*
 * sql_entity.c
 *		Entities of policy stores: stored, bound to tables, brought along.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "entry/args.h"
#include "entry/entity_put.h"
#include "entry/policy_change.h"
#include "entry/record.h"
#include "entry/report.h"
#include "entry/uid_arg.h"
#include "policy/entity_json.h"
#include "store/binding.h"
#include "store/entity_row.h"
#include "store/policy_store.h"
#include "store/write.h"

#define ATTRIBUTE_MAX	1024

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_put_entities);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_delete_entity);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_bind_entity);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_unbind_entity);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_allow_request_attribute);

/*
 * The store as it is behind its lock: what others changed while it was waited
 * for is heard of first.
 */
static const GauthPolicyStore *
find_store(const GauthPolicyChange *change)
{
	const GauthPolicyStore *store;
	GauthError	err = {0};

	AcceptInvalidationMessages();
	if (gauth_policy_store_find(change->store, &store, &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy set");
	if (store == NULL)
		gauth_raise_store_unknown();
	if (store->mode == GAUTH_POLICY_STRICT && store->schema == NULL)
		gauth_raise_schema_missing();
	return store;
}

static void
record_entity(const GauthPolicyChange *change, const char *kind,
			  GauthSpan resource)
{
	GauthRecorder record;

	gauth_record_begin(&record, kind, resource);
	gauth_record_text(&record, "store", change->store);
	gauth_record_end(&record);
}

/*
 * gauth.put_entities(entities json, store text) returns integer
 */
Datum
gauth_sql_put_entities(PG_FUNCTION_ARGS)
{
	GauthPolicyChange change;
	GauthRecorder record;
	int32		count;

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 1));
	count = gauth_entity_put(find_store(&change), gauth_arg_span(fcinfo, 0));
	gauth_record_begin(&record, "entity.put", gauth_span(NULL, 0));
	gauth_record_text(&record, "store", change.store);
	gauth_record_number(&record, "entities", count);
	gauth_record_end(&record);
	PG_RETURN_INT32(count);
}

/*
 * gauth.delete_entity(uid text, store text) returns integer
 */
Datum
gauth_sql_delete_entity(PG_FUNCTION_ARGS)
{
	GauthPolicyChange change;
	GauthWrite	write = {0};
	const GauthUid *uid;
	uint64		count;

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 1));
	uid = gauth_uid_argument(&change.arena, gauth_arg_span(fcinfo, 0), "uid");
	if (!gauth_entity_row_exists(change.store, uid))
		PG_RETURN_INT32(0);
	gauth_write_text(&write, change.store);
	gauth_write_text(&write, gauth_uid_type(uid));
	gauth_write_text(&write, gauth_uid_id(uid));
	count = gauth_write_run(&write, "DELETE FROM gauth.entity WHERE"
							" store = $1 AND type = $2 AND id = $3");
	record_entity(&change, "entity.delete", gauth_arg_span(fcinfo, 0));
	PG_RETURN_INT32((int32) count);
}

/* neither ours nor one of actions, which the schema alone declares */
static void
check_type(GauthSpan type)
{
	if (!gauth_type_name_is_valid(type) || gauth_entity_is_reserved(type) ||
		gauth_schema_is_action_type(type))
		gauth_raise_argument("entity_type", "an entity type, such as User, "
							 "that is not of gauth or of actions");
}

/* the arguments of gauth.bind_entity, by place */
enum
{
	BIND_TYPE, BIND_RELATION, BIND_ID_COLUMN, BIND_ATTRIBUTES, BIND_PARENTS,
	BIND_STORE
};

static void
check_not_null(FunctionCallInfo fcinfo)
{
	static const struct
	{
		int			number;
		const char *name;
	}			required[] = {
		{BIND_TYPE, "entity_type"}, {BIND_RELATION, "relation"},
		{BIND_ID_COLUMN, "id_column"}, {BIND_STORE, "store"},
	};
	size_t		i;

	for (i = 0; i < lengthof(required); i++)
	{
		if (PG_ARGISNULL(required[i].number))
			gauth_raise_null(required[i].name);
	}
}

static GauthSpan
jsonb_text(FunctionCallInfo fcinfo, int number)
{
	Jsonb	   *jsonb;

	if (PG_ARGISNULL(number))
		return gauth_span(NULL, 0);
	jsonb = PG_GETARG_JSONB_P(number);
	return gauth_span_of(JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb)));
}

/* the caller owns the table, perhaps as a member of this role */
static const char *
find_owner(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return GetUserNameFromId(owner, false);
}

static void
read_binding(FunctionCallInfo fcinfo, GauthBindingRow *row)
{
	Oid			relation = PG_GETARG_OID(BIND_RELATION);
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		gauth_raise_argument("relation", "a table");
	if (!GAUTH_OWNS_TABLE(relation, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, name);
	row->entity_type = gauth_arg_span(fcinfo, BIND_TYPE);
	row->relation = gauth_span_of(name);
	row->relation_schema =
		gauth_span_of(get_namespace_name(get_rel_namespace(relation)));
	row->relation_owner = gauth_span_of(find_owner(relation));
	row->id_column =
		gauth_span_of(NameStr(*PG_GETARG_NAME(BIND_ID_COLUMN)));
	row->attributes = jsonb_text(fcinfo, BIND_ATTRIBUTES);
	row->parents = jsonb_text(fcinfo, BIND_PARENTS);
}

/* the names have to lead back to the table that the caller owns */
static void
check_binding(GauthPolicyChange *change, const GauthBindingRow *row,
			  Oid relation)
{
	const GauthPolicyStore *store = find_store(change);
	GauthBinding *binding;
	GauthError	err = {0};

	if (gauth_binding_check(&change->arena, row, store->schema, NULL,
							&binding, &err) != GAUTH_OK)
		gauth_raise_policy(&err, "binding");
	if (binding->relation != relation)
		gauth_raise_argument("relation", "a table that keeps its name");
}

static void
write_jsonb(GauthWrite *write, FunctionCallInfo fcinfo, int number)
{
	gauth_write_value(write, JSONBOID, PG_ARGISNULL(number) ? (Datum) 0 :
					  PG_GETARG_DATUM(number), PG_ARGISNULL(number));
}

/*
 * gauth.bind_entity(entity_type text, relation regclass, id_column name,
 *		attributes jsonb, parents jsonb, store text) returns void
 */
Datum
gauth_sql_bind_entity(PG_FUNCTION_ARGS)
{
	GauthPolicyChange change;
	GauthBindingRow row;
	GauthWrite	write = {0};

	check_not_null(fcinfo);
	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, BIND_STORE));
	check_type(gauth_arg_span(fcinfo, BIND_TYPE));
	read_binding(fcinfo, &row);
	check_binding(&change, &row, PG_GETARG_OID(BIND_RELATION));

	gauth_write_text(&write, change.store);
	gauth_write_text(&write, row.entity_type);
	gauth_write_text(&write, row.relation_schema);
	gauth_write_text(&write, row.relation);
	gauth_write_text(&write, row.relation_owner);
	gauth_write_text(&write, row.id_column);
	write_jsonb(&write, fcinfo, BIND_ATTRIBUTES);
	write_jsonb(&write, fcinfo, BIND_PARENTS);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.entity_binding (store,"
						   " entity_type, relation_schema, relation,"
						   " relation_owner, id_column, attributes, parents)"
						   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
						   " ON CONFLICT (store, entity_type) DO UPDATE SET"
						   " relation_schema = EXCLUDED.relation_schema,"
						   " relation = EXCLUDED.relation,"
						   " relation_owner = EXCLUDED.relation_owner,"
						   " id_column = EXCLUDED.id_column,"
						   " attributes = EXCLUDED.attributes,"
						   " parents = EXCLUDED.parents");
	record_entity(&change, "entity.bind", row.entity_type);
	PG_RETURN_VOID();
}

/*
 * gauth.unbind_entity(entity_type text, store text) returns boolean
 */
Datum
gauth_sql_unbind_entity(PG_FUNCTION_ARGS)
{
	GauthPolicyChange change;
	GauthWrite	write = {0};

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 1));
	gauth_write_text(&write, change.store);
	gauth_write_text(&write, gauth_arg_span(fcinfo, 0));
	if (gauth_write_run(&write,
						"DELETE FROM gauth.entity_binding WHERE"
						" store = $1 AND entity_type = $2") == 0)
		PG_RETURN_BOOL(false);
	record_entity(&change, "entity.unbind", gauth_arg_span(fcinfo, 0));
	PG_RETURN_BOOL(true);
}

static void
check_attribute(const GauthPolicyStore *store, GauthSpan type, GauthSpan name)
{
	const GauthEntityType *declared;

	if (name.len == 0 || name.len > ATTRIBUTE_MAX)
		gauth_raise_argument("attribute", "a text of 1 to 1024 bytes");
	if (store->schema == NULL)
		return;
	declared = gauth_schema_find_type(store->schema, type);
	if (declared == NULL)
		gauth_raise_argument("entity_type", "one that the schema declares");
	if (gauth_type_find_attribute(declared->shape, name) == NULL)
		gauth_raise_argument("attribute", "one that the schema declares");
}

/*
 * gauth.allow_request_attribute(entity_type text, attribute text,
 *		allowed boolean, store text) returns void
 */
Datum
gauth_sql_allow_request_attribute(PG_FUNCTION_ARGS)
{
	GauthSpan	type = gauth_arg_span(fcinfo, 0);
	GauthSpan	attribute = gauth_arg_span(fcinfo, 1);
	GauthPolicyChange change;
	GauthRecorder record;
	GauthWrite	write = {0};

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 3));
	gauth_write_text(&write, change.store);
	gauth_write_text(&write, type);
	gauth_write_text(&write, attribute);
	if (PG_GETARG_BOOL(2))
	{
		check_type(type);
		check_attribute(find_store(&change), type, attribute);
		(void) gauth_write_run(&write,
							   "INSERT INTO gauth.request_attribute"
							   " (store, entity_type, attribute)"
							   " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
	}
	else
		(void) gauth_write_run(&write,
							   "DELETE FROM gauth.request_attribute"
							   " WHERE store = $1 AND entity_type = $2"
							   " AND attribute = $3");
	gauth_record_begin(&record, PG_GETARG_BOOL(2) ?
					   "entity.allow_attribute" : "entity.refuse_attribute",
					   type);
	gauth_record_text(&record, "store", change.store);
	gauth_record_text(&record, "attribute", attribute);
	gauth_record_end(&record);
	PG_RETURN_VOID();
}
