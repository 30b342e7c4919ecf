/*
 * access.c
 *		Who may do what with gauth itself.
 *
 * A capability is given to a role in two ways at once: as EXECUTE on the
 * functions that it is about, which the server enforces, and as a row in
 * gauth.access, which a dump takes along and which says for which object it
 * was given.  The server's half is lost in a restore by somebody who is not a
 * superuser, and then repeated from the rows.
 */
#include "store/access.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "store/compat.h"
#include "store/memory.h"
#include "store/relation.h"
#include "store/write.h"

static const char *const names[GAUTH_CAPABILITY_COUNT] = {
	[GAUTH_VERIFIER] = "verifier",
	[GAUTH_ENFORCER] = "enforcer",
	[GAUTH_ISSUER] = "issuer",
	[GAUTH_ADMINISTRATOR] = "administrator",
	[GAUTH_AUDITOR] = "auditor",
};

/*
 * The functions of the capabilities.  What is not named here is for everybody,
 * or for nobody: see sql/install/90_grants.sql.
 */
static const char *const verifier_functions[] = {
	"gauth.verify(text, text)",
	"gauth.inspect_token(text, text)",
	"gauth.introspect_token(text)",
	"gauth.root_person(text)",
	"gauth.introspect_mandate_token(text)",
	"gauth.register(text)",
	"gauth.mandate_origin(text)",
	"gauth.configuration(text)",
	NULL
};
static const char *const enforcer_functions[] = {
	"gauth.process_transaction(json, text)",
	"gauth.decide(text, text, text, json, text)",
	"gauth.authzen_evaluation(json, text)",
	"gauth.authzen_evaluations(json, text)",
	"gauth.authzen_search_subject(json, text)",
	"gauth.authzen_search_resource(json, text)",
	"gauth.authzen_search_action(json, text)",
	"gauth.authzen_configuration(text, text)",
	"gauth.expire_mandates()",
	"gauth.report_consumption(text, bigint, text)",
	"gauth.hold_budget(text, bigint, interval)",
	"gauth.settle_hold(text, text, bigint)",
	"gauth.release_hold(text)",
	"gauth.count_tool_calls(text, text, integer)",
	NULL
};
static const char *const issuer_functions[] = {
	"gauth.issue_token(text, text, text[], interval, gauth.scope, jsonb)",
	"gauth.revoke_token(text, text, text, timestamptz)",
	"gauth.revoke_subject(text, text, timestamptz, text)",
	"gauth.revoke_mandate_token(text, text)",
	NULL
};
static const char *const administrator_functions[] = {
	"gauth.purge_tokens(timestamptz)",
	"gauth.audit_erase(text, text)",
	"gauth.audit_retain(interval)",
	"gauth.add_issuer(text, text[], text[], json, boolean, text, interval,"
	" interval, text)",
	"gauth.drop_issuer(text)",
	"gauth.put_jwks(text, json)",
	"gauth.create_key(text, text)",
	"gauth.rotate_key(text, text)",
	"gauth.drop_key(text, text)",
	"gauth.put_weak_secrets(text[])",
	"gauth.wrap_keys(bytea)",
	"gauth.configure(text, jsonb, text)",
	"gauth.root_key_state()",
	"gauth.list_private_keys()",
	"gauth.create_policy_store(text, text)",
	"gauth.drop_policy_store(text)",
	"gauth.policy_sets()",
	"gauth.set_policy_mode(text, text)",
	"gauth.put_schema(text, text)",
	"gauth.create_policy(text, text, text)",
	"gauth.replace_policy(text, text, text)",
	"gauth.drop_policy(text, text)",
	"gauth.put_policies(text, text)",
	"gauth.link_template(text, text, text, text, text)",
	"gauth.map_principal(text, text, text, text)",
	"gauth.put_entities(json, text)",
	"gauth.delete_entity(text, text)",
	"gauth.bind_entity(text, regclass, name, jsonb, jsonb, text)",
	"gauth.unbind_entity(text, text)",
	"gauth.allow_request_attribute(text, text, boolean, text)",
	"gauth.explain(text, text, text, json, text)",
	"gauth.diff_policies(text, text, jsonb)",
	"gauth.party_identity(text, text, text)",
	"gauth.party_identity(text, regrole)",
	"gauth.verify_identity(text, text, text, timestamptz)",
	"gauth.record_evidence(json)",
	"gauth.withdraw_evidence(text)",
	"gauth.put_agent_trust(text, text, text)",
	"gauth.is_linted(oid)",
	"gauth.lint_relations()",
	"gauth.lint_roles()",
	"gauth.lint_keys()",
	"gauth.lint_recorder()",
	"gauth.lint_mandates()",
	"gauth.lint_server()",
	"gauth.recorder_state()",
	"gauth.lint()",
	NULL
};
static const char *const auditor_functions[] = {
	"gauth.audit_seal()",
	"gauth.audit_root()",
	"gauth.audit_bundle(text, bigint)",
	"gauth.audit_tile(text, integer)",
	"gauth.audit_keys(integer)",
	"gauth.audit_put_signature(text)",
	"gauth.audit_checkpoint(integer)",
	"gauth.audit_consistency_proof(bigint, bigint, integer)",
	"gauth.audit_inclusion_proof(text, bigint)",
	"gauth.recorder_state()",
	"gauth.audit_verify(text, bigint, bigint)",
	"gauth.audit_since(bigint, integer)",
	"gauth.audit_export(bigint, bigint)",
	"gauth.audit_status()",
	"gauth.audit_add_sink(text, regprocedure, bigint)",
	"gauth.audit_drop_sink(text)",
	"gauth.audit_run_sinks()",
	NULL
};

static const char *const *const functions[GAUTH_CAPABILITY_COUNT] = {
	[GAUTH_VERIFIER] = verifier_functions,
	[GAUTH_ENFORCER] = enforcer_functions,
	[GAUTH_ISSUER] = issuer_functions,
	[GAUTH_ADMINISTRATOR] = administrator_functions,
	[GAUTH_AUDITOR] = auditor_functions,
};

/* relations that a capability lets its holder read */
static const char *const relations[GAUTH_CAPABILITY_COUNT] = {
	[GAUTH_AUDITOR] = "gauth.audit, gauth.entry, gauth.shard, "
	"gauth.seal_batch, "
	"gauth.tile_root, gauth.checkpoint, gauth.cosignature, "
	"gauth.removal, gauth.sink",
	[GAUTH_ADMINISTRATOR] = "gauth.tokens, gauth.token, gauth.revocation, "
	"gauth.subject_revocation, gauth.issuer, gauth.key, gauth.access, "
	"gauth.setting, gauth.settings, gauth.policy_store, gauth.policy, "
	"gauth.policy_link, gauth.policy_history, gauth.principal_mapping, "
	"gauth.entity, gauth.entity_binding, gauth.request_attribute, "
	"gauth.party, gauth.party_identity, gauth.evidence, "
	"gauth.representative, gauth.client, gauth.resource_server, "
	"gauth.definition, gauth.definition_version, gauth.definition_event, "
	"gauth.obligation, gauth.mandate_definition, "
	"gauth.authorization_grant, gauth.transaction_record, "
	"gauth.agent_trust, "
	"gauth.mandate, gauth.mandate_history, gauth.budget_consumption, "
	"gauth.budget_hold, gauth.approval_request, gauth.approval, "
	"gauth.mandate_session",
};

/*
 * gauth_capability_name
 *		The name of a capability, as SQL has it.
 */
const char *
gauth_capability_name(GauthCapability capability)
{
	return names[capability];
}

/*
 * gauth_capability_find
 *		The capability of that name; false when there is none.
 */
bool
gauth_capability_find(GauthSpan name, GauthCapability *capability)
{
	int			i;

	for (i = 0; i < GAUTH_CAPABILITY_COUNT; i++)
	{
		if (gauth_span_is(name, names[i]))
		{
			*capability = (GauthCapability) i;
			return true;
		}
	}
	return false;
}

/*
 * gauth_capability_has_objects
 *		May the capability be given for one object only: an issuer, a store?
 */
bool
gauth_capability_has_objects(GauthCapability capability)
{
	return capability == GAUTH_ISSUER || capability == GAUTH_ADMINISTRATOR;
}

/*
 * gauth_extension_owner
 *		Who has run CREATE EXTENSION, or was made the owner since; none when
 *		the extension is not there.
 */
Oid
gauth_extension_owner(void)
{
	Relation	catalog = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			owner = InvalidOid;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum("gauth"));
	scan = systable_beginscan(catalog, ExtensionNameIndexId, true, NULL, 1,
							  &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		owner = ((Form_pg_extension) GETSTRUCT(tuple))->extowner;
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return owner;
}

static bool
acts_for(const char *role)
{
	Oid			number = get_role_oid(role, true);

	return OidIsValid(number) && has_privs_of_role(GetUserId(), number);
}

/* the row's object is all of them, or the one that is asked for */
static bool
object_matches(GauthSpan given, const GauthSpan *wanted)
{
	return given.len == 0 ||
		(wanted != NULL && gauth_span_equal(given, *wanted));
}

static bool
row_allows(const GauthScan *scan, GauthCapability capability,
		   const GauthSpan *object)
{
	GauthSpan	role = gauth_scan_text(scan, ACCESS_ROLE);
	GauthSpan	given = gauth_scan_text(scan, ACCESS_CAPABILITY);
	GauthSpan	given_object = gauth_scan_text(scan, ACCESS_OBJECT);

	/* an administrator of everything may do everything */
	if (!(gauth_span_is(given, names[capability]) &&
		  object_matches(given_object, object)) &&
		!(gauth_span_is(given, names[GAUTH_ADMINISTRATOR]) &&
		  given_object.len == 0))
		return false;
	return acts_for(pnstrdup(role.data, role.len));
}

/*
 * gauth_access_allows
 *		May the current role do what the capability is about, to this object
 *		(NULL: to all of them)?
 *
 * Superusers, members of the extension's owner and administrators may.
 */
bool
gauth_access_allows(GauthCapability capability, const GauthSpan *object)
{
	GauthScan	scan;
	bool		allowed = false;

	if (superuser() || has_privs_of_role(GetUserId(), gauth_extension_owner()))
		return true;
	gauth_scan_begin(&scan, GAUTH_TABLE_ACCESS);
	while (!allowed && gauth_scan_next(&scan))
		allowed = row_allows(&scan, capability, object);
	gauth_scan_end(&scan);
	return allowed;
}

static void
run(const char *what, const char *objects, const char *direction,
	const char *role)
{
	GauthWrite	write = {0};
	StringInfoData statement;

	initStringInfo(&statement);
	appendStringInfo(&statement, "%s %s %s %s", what, objects, direction,
					 quote_identifier(role));
	(void) gauth_write_run(&write, statement.data);
}

static void
apply_functions(const char *role, GauthCapability capability, bool grant)
{
	StringInfoData list;
	int			i;

	initStringInfo(&list);
	for (i = 0; functions[capability][i] != NULL; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ",
						 functions[capability][i]);
	run(grant ? "GRANT EXECUTE ON FUNCTION" : "REVOKE EXECUTE ON FUNCTION",
		list.data, grant ? "TO" : "FROM", role);
}

static void
apply_one(const char *role, GauthCapability capability, bool grant)
{
	apply_functions(role, capability, grant);
	if (relations[capability] != NULL)
		run(grant ? "GRANT SELECT ON" : "REVOKE SELECT ON",
			relations[capability], grant ? "TO" : "FROM", role);
}

/*
 * gauth_access_close
 *		Take the functions of every capability from everybody, and give them
 *		to who owns the extension.
 */
void
gauth_access_close(void)
{
	char	   *owner = GetUserNameFromId(gauth_extension_owner(), false);
	int			i;

	for (i = 0; i < GAUTH_CAPABILITY_COUNT; i++)
	{
		apply_functions("public", (GauthCapability) i, false);
		apply_functions(owner, (GauthCapability) i, true);
	}
}

/*
 * gauth_access_apply
 *		Give the role the privileges of a capability, or take them away; an
 *		administrator has those of all capabilities.
 */
void
gauth_access_apply(const char *role, GauthCapability capability, bool grant)
{
	int			i;

	if (capability != GAUTH_ADMINISTRATOR)
	{
		apply_one(role, capability, grant);
		return;
	}
	for (i = 0; i < GAUTH_CAPABILITY_COUNT; i++)
		apply_one(role, (GauthCapability) i, grant);
}

/* the capabilities of the role that there is a row for */
static void
find_capabilities(const char *role, bool found[GAUTH_CAPABILITY_COUNT])
{
	GauthScan	scan;
	GauthCapability capability;

	memset(found, 0, sizeof(bool) * GAUTH_CAPABILITY_COUNT);
	gauth_scan_begin(&scan, GAUTH_TABLE_ACCESS);
	gauth_scan_key_text(&scan, ACCESS_ROLE, gauth_span_of(role));
	while (gauth_scan_next(&scan))
	{
		if (gauth_capability_find(gauth_scan_text(&scan, ACCESS_CAPABILITY),
								  &capability))
			found[capability] = true;
	}
	gauth_scan_end(&scan);
}

/*
 * gauth_access_withdraw
 *		Take the privileges of a capability back from the role, once its row
 *		is gone: all but those that another row gives as well.
 */
void
gauth_access_withdraw(const char *role, GauthCapability capability)
{
	bool		left[GAUTH_CAPABILITY_COUNT];
	int			i;

	find_capabilities(role, left);
	gauth_access_apply(role, capability, false);
	for (i = 0; i < GAUTH_CAPABILITY_COUNT; i++)
	{
		if (left[i])
			gauth_access_apply(role, (GauthCapability) i, true);
	}
}

/* the roles with a row of this capability for this object */
static List *
find_holders(GauthCapability capability, GauthSpan object)
{
	GauthScan	scan;
	List	   *roles = NIL;

	gauth_scan_begin(&scan, GAUTH_TABLE_ACCESS);
	while (gauth_scan_next(&scan))
	{
		GauthSpan	role = gauth_scan_text(&scan, ACCESS_ROLE);

		if (gauth_span_is(gauth_scan_text(&scan, ACCESS_CAPABILITY),
						  names[capability]) &&
			gauth_span_equal(gauth_scan_text(&scan, ACCESS_OBJECT), object))
			roles = lappend(roles, pnstrdup(role.data, role.len));
	}
	gauth_scan_end(&scan);
	return roles;
}

/*
 * gauth_access_drop_object
 *		Forget every right to an object that is gone.
 */
void
gauth_access_drop_object(GauthCapability capability, GauthSpan object)
{
	List	   *roles = find_holders(capability, object);
	ListCell   *cell;
	GauthWrite	write = {0};

	gauth_write_text(&write, gauth_span_of(names[capability]));
	gauth_write_text(&write, object);
	(void) gauth_write_run(&write, "DELETE FROM gauth.access"
						   " WHERE capability = $1 AND object = $2");
	foreach(cell, roles)
	{
		const char *role = lfirst(cell);

		/* a restore may have left rows of roles that this cluster has not */
		if (OidIsValid(get_role_oid(role, true)))
			gauth_access_withdraw(role, capability);
	}
}

/*
 * gauth_access_apply_all
 *		Give every role in gauth.access the privileges of its capabilities;
 *		returns how many rows were applied.  "missing" hears of roles that do
 *		not exist in this cluster.
 */
int64
gauth_access_apply_all(void (*missing) (const char *role))
{
	GauthScan	scan;
	int64		count = 0;

	gauth_scan_begin(&scan, GAUTH_TABLE_ACCESS);
	while (gauth_scan_next(&scan))
	{
		GauthSpan	name = gauth_scan_text(&scan, ACCESS_ROLE);
		char	   *role = pnstrdup(name.data, name.len);
		GauthCapability capability;

		if (!gauth_capability_find(gauth_scan_text(&scan, ACCESS_CAPABILITY),
								   &capability))
			continue;
		if (!OidIsValid(get_role_oid(role, true)))
		{
			missing(role);
			continue;
		}
		gauth_access_apply(role, capability, true);
		count++;
	}
	gauth_scan_end(&scan);
	return count;
}
