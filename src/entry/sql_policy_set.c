/*
 * sql_policy_set.c
 *		The policies of a store: what an administrator does with them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/text.h"
#include "entry/args.h"
#include "entry/policy_change.h"
#include "entry/report.h"
#include "entry/uid_arg.h"
#include "policy/entity_json.h"
#include "policy/format.h"
#include "policy/parser.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/policy_store.h"
#include "store/relation.h"

#define CLAIM_MAX		255

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_create_policy);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_replace_policy);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_drop_policy);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_put_policies);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_link_template);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_map_principal);

/* exactly one policy or template, and of this name if it has one */
static void
parse_one(GauthPolicyChange *change, GauthSpan id, GauthSpan source)
{
	GauthPolicyList list;
	const GauthPolicy *policy;
	const GauthAnnotation *name;
	GauthError	err = {0};

	gauth_policy_change_check_id(id);
	if (gauth_policy_parse(&change->arena, source,
						   &gauth_policy_default_limits, &list,
						   &err) != GAUTH_OK)
		gauth_policy_change_fail(&err, source, "policy");
	if (list.policy_count + list.template_count != 1)
		gauth_raise_argument("source", "exactly one policy or template");
	policy = list.policies != NULL ? list.policies : list.templates;
	name = gauth_policy_annotation(policy, "id");
	if (name != NULL && name->has_value && !gauth_span_equal(name->value, id))
		gauth_raise_argument("id", "the same as @id in the source");
}

/* runs it with $4 id and $5 source; returns how many rows it touched */
static uint64
write_policy(const GauthPolicyChange *change, GauthSpan id, GauthSpan source,
			 const char *statement)
{
	GauthWrite	write = {0};

	gauth_policy_change_values(change, &write);
	gauth_write_text(&write, id);
	gauth_write_text(&write, source);
	return gauth_write_run(&write, statement);
}

/*
 * gauth.create_policy(id text, source text, store text) returns void
 */
Datum
gauth_sql_create_policy(PG_FUNCTION_ARGS)
{
	GauthSpan	id = gauth_arg_span(fcinfo, 0);
	GauthSpan	source = gauth_arg_span(fcinfo, 1);
	GauthPolicyChange change;

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 2));
	parse_one(&change, id, source);
	if (write_policy(&change, id, source,
					 "INSERT INTO gauth.policy (store, id, source, version)"
					 " VALUES ($1, $4, $5, $2)"
					 " ON CONFLICT DO NOTHING") == 0)
		gauth_raise_exists("policy");
	gauth_policy_change_record(&change, id, GAUTH_CHANGE_CREATE, source);
	gauth_policy_change_end(&change, false);
	PG_RETURN_VOID();
}

/*
 * gauth.replace_policy(id text, source text, store text) returns void
 */
Datum
gauth_sql_replace_policy(PG_FUNCTION_ARGS)
{
	GauthSpan	id = gauth_arg_span(fcinfo, 0);
	GauthSpan	source = gauth_arg_span(fcinfo, 1);
	GauthPolicyChange change;

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 2));
	parse_one(&change, id, source);
	if (write_policy(&change, id, source,
					 "UPDATE gauth.policy SET source = $5, version = $2"
					 " WHERE store = $1 AND id = $4") == 0)
		gauth_raise_unknown("policy");
	gauth_policy_change_record(&change, id, GAUTH_CHANGE_REPLACE, source);
	gauth_policy_change_end(&change, false);
	PG_RETURN_VOID();
}

/*
 * gauth.drop_policy(id text, store text) returns void
 *
 * What is left is not checked: it was good with more, and a store that a
 * restore has spoilt can be mended this way.
 */
Datum
gauth_sql_drop_policy(PG_FUNCTION_ARGS)
{
	GauthSpan	id = gauth_arg_span(fcinfo, 0);
	GauthPolicyChange change;
	uint64		count;

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 1));
	count = write_policy(&change, id, gauth_span(NULL, 0),
						 "WITH gone AS (DELETE FROM gauth.policy_link"
						 " WHERE store = $1 AND (id = $4 OR template = $4)"
						 " RETURNING id) "
						 GAUTH_DROPS_INTO_HISTORY);
	count += write_policy(&change, id, gauth_span(NULL, 0),
						  "WITH gone AS (DELETE FROM gauth.policy"
						  " WHERE store = $1 AND id = $4 RETURNING id) "
						  GAUTH_DROPS_INTO_HISTORY);
	if (count == 0)
		gauth_raise_unknown("policy");
	gauth_policy_change_note(&change, id, "policy.drop");
	gauth_policy_change_count(&change);
	PG_RETURN_VOID();
}

/* $4 ids, $5 texts, $6 ids of the templates */
static void
write_parts(const GauthPolicyChange *change, GauthWrite *write)
{
	Size		size = sizeof(Datum) * (Size) (change->part_count + 1);
	Datum	   *columns[3] = {palloc(size), palloc(size), palloc(size)};
	int			counts[3] = {change->part_count, change->part_count, 0};
	int			i;

	for (i = 0; i < change->part_count; i++)
	{
		const GauthPolicyPart *part = &change->parts[i];

		columns[0][i] = gauth_text_datum(part->id);
		columns[1][i] = gauth_text_datum(part->text);
		if (part->is_template)
			columns[2][counts[2]++] = columns[0][i];
	}
	gauth_policy_change_values(change, write);
	for (i = 0; i < 3; i++)
	{
		ArrayType  *array = construct_array(columns[i], counts[i], TEXTOID, -1,
											false, TYPALIGN_INT);

		gauth_write_value(write, TEXTARRAYOID, PointerGetDatum(array), false);
	}
}

/*
 * Each one is run with the values of write_parts.  A link may leave its name
 * to a policy within one change: that replaces it.
 */
static const char *const put_statements[] = {
	/* links go with their templates */
	"WITH gone AS (DELETE FROM gauth.policy_link WHERE store = $1"
	" AND template <> ALL ($6) RETURNING id) "
	GAUTH_DROPS_INTO_HISTORY,

	"WITH gone AS (DELETE FROM gauth.policy WHERE store = $1"
	" AND id <> ALL ($4) RETURNING id) "
	GAUTH_DROPS_INTO_HISTORY,

	GAUTH_INTO_HISTORY "SELECT $1, $2, g.id,"
	" CASE WHEN p.id IS NULL THEN 'create' ELSE 'replace' END,"
	" g.source, $3, clock_timestamp()"
	" FROM unnest($4, $5) AS g (id, source)"
	" LEFT JOIN gauth.policy p ON p.store = $1 AND p.id = g.id"
	" WHERE p.source IS DISTINCT FROM g.source"
	" ON CONFLICT (store, version, id)"
	" DO UPDATE SET change = 'replace', source = excluded.source",
};

/* run after the history, which compares with what was there */
static const char put_rows[] =
"INSERT INTO gauth.policy AS p (store, id, source, version)"
" SELECT $1, g.id, g.source, $2 FROM unnest($4, $5) AS g (id, source)"
" ON CONFLICT (store, id) DO UPDATE"
" SET source = excluded.source, version = excluded.version"
" WHERE p.source <> excluded.source";

/*
 * gauth.put_policies(source text, store text) returns integer
 */
Datum
gauth_sql_put_policies(PG_FUNCTION_ARGS)
{
	GauthPolicyChange change;
	GauthWrite	write = {0};
	uint64		count = 0;
	size_t		i;

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, 1));
	gauth_policy_change_parse(&change, gauth_arg_span(fcinfo, 0));
	write_parts(&change, &write);
	for (i = 0; i < lengthof(put_statements); i++)
		count += gauth_write_run(&write, put_statements[i]);
	(void) gauth_write_run(&write, put_rows);
	if (count > 0)
	{
		gauth_policy_change_note(&change, GAUTH_SPAN(""), "policy.put");
		gauth_policy_change_end(&change, false);
	}
	PG_RETURN_INT32(change.part_count);
}

/* the arguments of gauth.link_template, by place */
enum
{
	LINK_ARG_TEMPLATE, LINK_ARG_ID, LINK_ARG_PRINCIPAL, LINK_ARG_RESOURCE,
	LINK_ARG_STORE
};

/*
 * The entity, or NULL for a null; "written" is what is stored: one way of
 * writing it, whichever the caller chose.
 */
static const GauthUid *
entity_argument(FunctionCallInfo fcinfo, int number, const char *name,
				GauthArena *arena, GauthSpan *written)
{
	const GauthUid *uid;
	GauthText	text;

	*written = gauth_span(NULL, 0);
	if (PG_ARGISNULL(number))
		return NULL;
	uid = gauth_uid_argument(arena, gauth_arg_span(fcinfo, number), name);
	gauth_text_init(&text, arena);
	gauth_uid_format(&text, uid);
	if (!gauth_text_finish(&text, written))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, name);
	return uid;
}

static void
append_member(GauthText *text, const char *name, GauthSpan value)
{
	if (value.data == NULL)
		return;
	gauth_text_append_char(text, text->len == 0 ? '{' : ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
	gauth_text_append_json_string(text, value);
}

/* the text of what has no source of its own */
static GauthSpan
finish_object(GauthText *text)
{
	GauthSpan	object;

	gauth_text_append_char(text, '}');
	if (!gauth_text_finish(text, &object))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "history");
	return object;
}

/* the template of that name, in the change's arena */
static const GauthPolicy *
find_template(GauthPolicyChange *change, GauthSpan id)
{
	GauthSpan	text = gauth_policy_change_text(change, id);
	GauthPolicyList list;
	GauthError	err = {0};

	if (text.data == NULL)
		gauth_raise_unknown("template");
	if (gauth_policy_parse(&change->arena, text,
						   &gauth_policy_default_limits, &list,
						   &err) != GAUTH_OK)
		gauth_raise_policy(&err, "template");
	if (list.templates == NULL)
		gauth_raise_unknown("template");
	return list.templates;
}

/* what gauth.link_template was asked for */
typedef struct Link
{
	GauthSpan	template;
	GauthSpan	id;
	GauthSpan	principal;		/* in Cedar's syntax; without data: none */
	GauthSpan	resource;
} Link;

static void
read_link(FunctionCallInfo fcinfo, GauthPolicyChange *change, Link *link)
{
	const GauthPolicy *template;
	const GauthUid *principal;
	const GauthUid *resource;
	GauthPolicy *policy;
	GauthError	err = {0};

	link->template = gauth_arg_span(fcinfo, LINK_ARG_TEMPLATE);
	link->id = gauth_arg_span(fcinfo, LINK_ARG_ID);
	gauth_policy_change_check_id(link->id);
	template = find_template(change, link->template);
	principal = entity_argument(fcinfo, LINK_ARG_PRINCIPAL, "principal",
								&change->arena, &link->principal);
	resource = entity_argument(fcinfo, LINK_ARG_RESOURCE, "resource",
							   &change->arena, &link->resource);
	if (gauth_policy_link(&change->arena, template, link->id, principal,
						  resource, &policy, &err) != GAUTH_OK)
		gauth_raise_policy(&err, "link");
}

static void
record_link(GauthPolicyChange *change, const Link *link)
{
	GauthText	text;

	gauth_text_init(&text, &change->arena);
	append_member(&text, "template", link->template);
	append_member(&text, "principal", link->principal);
	append_member(&text, "resource", link->resource);
	gauth_policy_change_record(change, link->id, GAUTH_CHANGE_LINK,
							   finish_object(&text));
}

static void
check_link_arguments(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(LINK_ARG_TEMPLATE))
		gauth_raise_null("template");
	if (PG_ARGISNULL(LINK_ARG_ID))
		gauth_raise_null("id");
	if (PG_ARGISNULL(LINK_ARG_STORE))
		gauth_raise_null("store");
}

/*
 * gauth.link_template(template text, id text, principal text, resource text,
 *		store text) returns void
 */
Datum
gauth_sql_link_template(PG_FUNCTION_ARGS)
{
	GauthPolicyChange change;
	Link		link;
	GauthWrite	write = {0};

	check_link_arguments(fcinfo);
	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, LINK_ARG_STORE));
	read_link(fcinfo, &change, &link);
	gauth_policy_change_values(&change, &write);
	gauth_write_text(&write, link.id);
	gauth_write_text(&write, link.template);
	gauth_write_text(&write, link.principal);
	gauth_write_text(&write, link.resource);
	if (gauth_write_run(&write,
						"INSERT INTO gauth.policy_link (store, id, template,"
						" principal, resource, version)"
						" VALUES ($1, $4, $5, $6, $7, $2)"
						" ON CONFLICT DO NOTHING") == 0)
		gauth_raise_exists("policy");
	record_link(&change, &link);
	gauth_policy_change_end(&change, false);
	PG_RETURN_VOID();
}

/* the arguments of gauth.map_principal, by place */
enum
{
	MAP_ISSUER, MAP_ENTITY_TYPE, MAP_CLAIM, MAP_STORE
};

static void
require_issuer(GauthSpan issuer)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_ISSUER);
	gauth_scan_key_text(&scan, ISSUER_ISSUER, issuer);
	found = gauth_scan_next(&scan);
	gauth_scan_end(&scan);
	if (!found)
		gauth_raise_issuer_unknown();
}

/* the names of gauth itself are for gauth to give */
static void
check_entity_type(GauthPolicyChange *change, GauthSpan type)
{
	GauthPolicySource stored;
	const GauthEntityType *found;
	GauthError	err = {0};

	if (!gauth_type_name_is_valid(type) ||
		gauth_schema_is_action_type(type) ||
		gauth_span_starts_with(type, GAUTH_SPAN("GAuth::")))
		gauth_raise_argument("entity_type", "an entity type, such as User");
	if (gauth_policy_store_source(&change->arena, change->store, &stored,
								  &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy set");
	if (stored.schema == NULL)
		return;
	found = gauth_schema_find_type(stored.schema, type);
	if (found == NULL || found->kind == GAUTH_ENTITY_ACTION)
		gauth_raise_argument("entity_type", "an entity type of the schema");
}

static void
record_mapping(GauthPolicyChange *change, GauthSpan issuer, GauthSpan type,
			   GauthSpan claim)
{
	GauthText	text;

	gauth_text_init(&text, &change->arena);
	append_member(&text, "entity_type", type);
	append_member(&text, "claim", claim);
	gauth_policy_change_record(change, issuer, GAUTH_CHANGE_MAPPING,
							   finish_object(&text));
}

/*
 * gauth.map_principal(issuer text, entity_type text, claim text, store text)
 *		returns void
 */
Datum
gauth_sql_map_principal(PG_FUNCTION_ARGS)
{
	GauthSpan	issuer = gauth_arg_span(fcinfo, MAP_ISSUER);
	GauthSpan	type = gauth_arg_span(fcinfo, MAP_ENTITY_TYPE);
	GauthSpan	claim = gauth_arg_span(fcinfo, MAP_CLAIM);
	GauthPolicyChange change;
	GauthWrite	write = {0};

	gauth_policy_change_begin(&change, gauth_arg_span(fcinfo, MAP_STORE));
	if (claim.len == 0 || claim.len > CLAIM_MAX)
		gauth_raise_argument("claim", "a text of 1 to 255 bytes");
	require_issuer(issuer);
	check_entity_type(&change, type);

	gauth_write_text(&write, change.store);
	gauth_write_text(&write, issuer);
	gauth_write_text(&write, type);
	gauth_write_text(&write, claim);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.principal_mapping"
						   " (store, issuer, entity_type, claim)"
						   " VALUES ($1, $2, $3, $4)"
						   " ON CONFLICT (store, issuer)"
						   " DO UPDATE SET entity_type = $3, claim = $4");
	record_mapping(&change, issuer, type, claim);
	gauth_policy_change_count(&change);
	PG_RETURN_VOID();
}
