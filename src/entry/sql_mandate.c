/*
 * sql_mandate.c
 *		The life of a mandate: RFC 0118 sections 4 and 6.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "entry/args.h"
#include "entry/authority.h"
#include "entry/mandate_approval.h"
#include "entry/mandate_cascade.h"
#include "entry/mandate_change.h"
#include "entry/mandate_document.h"
#include "entry/mandate_rule.h"
#include "entry/report.h"
#include "entry/require.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_guard_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_create_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_update_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_activate_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_suspend_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_resume_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_revoke_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_delete_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_expire_mandates);

#define BY_ISSUER_OR_APPROVER	(GAUTH_BY_ISSUER | GAUTH_BY_APPROVER)

/*
 * gauth.guard_mandate() returns trigger
 */
Datum
gauth_sql_guard_mandate(PG_FUNCTION_ARGS)
{
	Relation	table;

	if (!CALLED_AS_TRIGGER(fcinfo))
		gauth_raise_not_a_trigger();
	table = ((TriggerData *) fcinfo->context)->tg_relation;
	if (!gauth_mandate_write_announced())
		gauth_raise_rule(strcmp(RelationGetRelationName(table),
								"mandate") == 0 ?
						 "MANDATE_NOT_DRAFT" : "INSUFFICIENT_AUTHORITY");
	PG_RETURN_POINTER(NULL);
}

static void
require_giver(const GauthMandateChange *change,
			  const GauthCredential *credential)
{
	gauth_mandate_require_issuer(change, credential);
	gauth_mandate_require_position(change->actor, credential,
								   credential->budget_total, change->now);
}

/*
 * gauth.create_mandate(request json) returns jsonb
 */
Datum
gauth_sql_create_mandate(PG_FUNCTION_ARGS)
{
	GauthMandateEvent event = {
		.event = "CREATE",.kind = "mandate.create",.after = "DRAFT"
	};
	GauthMandateRow row = {
		.status = GAUTH_MANDATE_DRAFT,.activated_at = DT_NOBEGIN,
		.expires_at = DT_NOEND
	};
	GauthMandateDocument document;
	GauthMandateChange change;

	gauth_mandate_party(&change);
	if (!gauth_mandate_document_read(&document, gauth_arg_span(fcinfo, 0),
									 false))
		PG_RETURN_DATUM(gauth_mandate_document_refusal(&document));
	require_giver(&change, &document.credential);

	row.id = gauth_mandate_new_id("mdt_");
	gauth_mandate_document_insert(&change, &document, &row);
	if (!gauth_mandate_find(row.id, change.now, &change.mandate))
		elog(ERROR, "a mandate has gone");
	gauth_mandate_record(&change, &change.mandate, &event);
	PG_RETURN_DATUM(gauth_mandate_show(&change, "{\"accepted\": true}"));
}

/* a draft below a parent is not its issuer's alone: it waits for approvers */
static void
require_draft(const GauthMandate *mandate)
{
	if (mandate->status != GAUTH_MANDATE_DRAFT)
		gauth_raise_rule("MANDATE_NOT_DRAFT");
	if (mandate->parent.data != NULL)
		gauth_raise_rule("INVALID_STATE_TRANSITION");
}

/*
 * gauth.update_mandate(id text, request json) returns jsonb
 */
Datum
gauth_sql_update_mandate(PG_FUNCTION_ARGS)
{
	GauthMandateEvent event = {
		.event = "UPDATE",.kind = "mandate.update",.before = "DRAFT",
		.after = "DRAFT"
	};
	GauthMandateDocument document;
	GauthMandateChange change;

	gauth_mandate_party(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, GAUTH_BY_ISSUER);
	require_draft(&change.mandate);
	if (!gauth_mandate_document_read(&document, gauth_arg_span(fcinfo, 1),
									 false))
		PG_RETURN_DATUM(gauth_mandate_document_refusal(&document));
	require_giver(&change, &document.credential);

	gauth_mandate_document_replace(&change, &document);
	event.details = psprintf("{\"version\": " INT64_FORMAT "}",
							 change.mandate.version + 1);
	gauth_mandate_record(&change, &change.mandate, &event);
	PG_RETURN_DATUM(gauth_mandate_show(&change, "{\"accepted\": true}"));
}

/* the rules may have become stricter since the draft was written */
static void
validate_again(const GauthMandate *mandate)
{
	GauthWrite	write = {0};
	GauthMandateDocument document;
	GauthSpan	content;
	Datum		stored;

	gauth_write_text(&write, mandate->id);
	if (!gauth_write_returning(&write, "SELECT document::text"
							   " FROM gauth.mandate WHERE id = $1"
							   " AND document_hash = sha256("
							   "convert_to(document::text, 'UTF8'))",
							   &stored))
		elog(ERROR, "a mandate's document was changed from outside");
	content = gauth_varlena_span(DatumGetTextPP(stored));
	if (!gauth_mandate_document_read(&document, content, false))
		gauth_mandate_document_raise(&document);
}

/*
 * Ends the agent's mandate in force in the same project; its name, without
 * data when there is none.  Another session's that is not committed yet is
 * not seen: then the index refuses what follows.
 */
static GauthSpan
end_predecessor(const GauthMandateChange *change)
{
	GauthMandateChange other = *change;
	GauthWrite	write = {0};
	Datum		id;

	gauth_write_text(&write, change->mandate.agent);
	gauth_write_text(&write, change->mandate.project);
	if (!gauth_mandate_write_returning(&write, "SELECT id FROM gauth.mandate"
									   " WHERE agent = $1 AND project = $2"
									   " AND parent IS NULL"
									   " AND status = 'ACTIVE'"
									   " FOR NO KEY UPDATE", &id))
		return gauth_span(NULL, 0);
	gauth_mandate_lock(&other, gauth_varlena_span(DatumGetTextPP(id)));
	if (other.mandate.status == GAUTH_MANDATE_EXPIRED)
		gauth_mandate_expire(&other);
	else
		gauth_mandate_supersede(&other, change->mandate.id);
	return other.mandate.id;
}

/*
 * gauth.activate_mandate(id text) returns jsonb
 */
Datum
gauth_sql_activate_mandate(PG_FUNCTION_ARGS)
{
	GauthMandateEvent event = {
		.event = "ACTIVATE",.kind = "mandate.activate"
	};
	const char *more = "{}";
	GauthMandateChange change;
	GauthSpan	old;

	gauth_mandate_party(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, BY_ISSUER_OR_APPROVER);
	require_draft(&change.mandate);
	validate_again(&change.mandate);
	gauth_mandate_require_person(change.mandate.issued_by, change.now);
	gauth_mandate_require_agent(change.mandate.agent);
	gauth_mandate_require_position(change.mandate.issued_by,
								   change.mandate.credential,
								   change.mandate.budget_total, change.now);
	gauth_authority_require(&change.mandate);

	old = end_predecessor(&change);
	if (old.data != NULL)
	{
		more = psprintf("{\"superseded_mandate_id\": \"%.*s\"}",
						(int) old.len, old.data);
		event.details = more;
	}
	change.mandate.activated_at = change.now;
	change.mandate.expires_at = change.now +
		change.mandate.ttl_seconds * USECS_PER_SEC;
	gauth_mandate_move(&change, &change.mandate, GAUTH_MANDATE_ACTIVE,
					   gauth_span(NULL, 0), &event);
	PG_RETURN_DATUM(gauth_mandate_show(&change, more));
}

/* the mandate, and how many below it were changed with it */
static Datum
show_cascade(const GauthMandateChange *change, int count)
{
	return gauth_mandate_show(change, psprintf("{\"cascaded\": %d}", count));
}

/*
 * gauth.suspend_mandate(id text, reason text) returns jsonb
 */
Datum
gauth_sql_suspend_mandate(PG_FUNCTION_ARGS)
{
	GauthSpan	reason = gauth_arg_span(fcinfo, 1);
	GauthMandateChange change;

	gauth_mandate_party(&change);
	gauth_mandate_check_text(reason, "reason", GAUTH_REASON_MAX);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, BY_ISSUER_OR_APPROVER |
							GAUTH_BY_DELEGATOR);
	if (change.mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("MANDATE_NOT_ACTIVE");
	PG_RETURN_DATUM(show_cascade(&change,
								 gauth_mandate_suspend(&change, reason)));
}

/* below a mandate that is not in force, nothing comes into force */
static void
require_parent_active(const GauthMandateChange *change)
{
	GauthMandate parent;

	if (change->mandate.parent.data == NULL)
		return;
	if (!gauth_mandate_find(change->mandate.parent, change->now, &parent) ||
		parent.status == GAUTH_MANDATE_SUSPENDED)
		gauth_raise_rule("PARENT_MANDATE_NOT_ACTIVE");
}

/*
 * gauth.resume_mandate(id text) returns jsonb
 */
Datum
gauth_sql_resume_mandate(PG_FUNCTION_ARGS)
{
	GauthMandateChange change;

	gauth_mandate_party(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, BY_ISSUER_OR_APPROVER);
	if (change.mandate.status == GAUTH_MANDATE_EXPIRED)
		gauth_raise_rule("MANDATE_EXPIRED");
	if (change.mandate.status != GAUTH_MANDATE_SUSPENDED)
		gauth_raise_rule("MANDATE_NOT_SUSPENDED");
	require_parent_active(&change);
	PG_RETURN_DATUM(show_cascade(&change, gauth_mandate_resume(&change)));
}

/*
 * gauth.revoke_mandate(id text, reason text) returns jsonb
 */
Datum
gauth_sql_revoke_mandate(PG_FUNCTION_ARGS)
{
	GauthSpan	reason = gauth_arg_span(fcinfo, 1);
	GauthMandateChange change;

	gauth_mandate_party(&change);
	gauth_mandate_check_text(reason, "reason", GAUTH_REASON_MAX);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, BY_ISSUER_OR_APPROVER |
							GAUTH_BY_DELEGATOR);
	if (change.mandate.status != GAUTH_MANDATE_ACTIVE &&
		change.mandate.status != GAUTH_MANDATE_SUSPENDED)
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	PG_RETURN_DATUM(show_cascade(&change,
								 gauth_mandate_revoke(&change, reason)));
}

/*
 * gauth.delete_mandate(id text) returns jsonb
 */
Datum
gauth_sql_delete_mandate(PG_FUNCTION_ARGS)
{
	GauthMandateEvent event = {
		.event = "DELETE",.kind = "mandate.delete",.before = "DRAFT"
	};
	GauthMandateChange change;
	GauthWrite	write = {0};
	Datum		shown;

	gauth_mandate_party(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	gauth_mandate_authorize(&change, GAUTH_BY_ISSUER);
	require_draft(&change.mandate);
	shown = gauth_mandate_show(&change, "{\"deleted\": true}");
	gauth_mandate_record(&change, &change.mandate, &event);
	gauth_write_text(&write, change.mandate.id);
	(void) gauth_mandate_write(&write,
							   "DELETE FROM gauth.mandate WHERE id = $1");
	PG_RETURN_DATUM(shown);
}

/* one that nobody else is changing, locked; false when there is none */
static bool
find_overdue(TimestampTz at, GauthSpan *id)
{
	GauthWrite	write = {0};
	Datum		found;

	gauth_mandate_write_time(&write, at);
	if (!gauth_mandate_write_returning(&write, "SELECT id FROM gauth.mandate"
									   " WHERE status IN"
									   " ('ACTIVE', 'SUSPENDED')"
									   " AND expires_at <= $1"
									   " ORDER BY expires_at LIMIT 1"
									   " FOR NO KEY UPDATE SKIP LOCKED",
									   &found))
		return false;
	*id = gauth_varlena_span(DatumGetTextPP(found));
	return true;
}

/*
 * A part that nobody will approve any more: too late, or the parent is over.
 * The parent is locked, unless somebody else is at it: this never waits, so
 * it can hold many locks in whatever order.
 */
static bool
find_waited(TimestampTz at, GauthSpan *parent, GauthSpan *child)
{
	GauthWrite	write = {0};
	GauthMandate mandate;
	Datum		found;

	gauth_mandate_write_time(&write, at);
	if (!gauth_mandate_write_returning(&write, "SELECT m.id"
									   " FROM gauth.mandate m"
									   " JOIN gauth.mandate p"
									   " ON p.id = m.parent"
									   " WHERE m.status = 'DRAFT'"
									   " AND (p.status NOT IN"
									   " ('ACTIVE', 'SUSPENDED')"
									   " OR NOT EXISTS (SELECT"
									   " FROM gauth.approval_request r"
									   " WHERE r.mandate = p.id"
									   " AND r.resource = m.id"
									   " AND r.status = 'PENDING'"
									   " AND r.expires_at > $1))"
									   " ORDER BY m.created_at LIMIT 1"
									   " FOR NO KEY UPDATE OF p SKIP LOCKED",
									   &found))
		return false;
	*child = gauth_varlena_span(DatumGetTextPP(found));
	if (!gauth_mandate_find(*child, at, &mandate))
		return false;
	*parent = mandate.parent;
	return true;
}

static void
reject_waiting(void)
{
	GauthMandateChange parent;
	GauthMandateChange child;
	GauthSpan	above;
	GauthSpan	id;

	for (gauth_mandate_system(&parent); find_waited(parent.now, &above, &id);
		 gauth_mandate_system(&parent))
	{
		CHECK_FOR_INTERRUPTS();
		gauth_mandate_lock(&parent, above);
		if (!gauth_pending_lock(&parent, id, &child))
			return;
		gauth_pending_reject(&parent, &child);
	}
}

/*
 * gauth.expire_mandates() returns bigint
 */
Datum
gauth_sql_expire_mandates(PG_FUNCTION_ARGS)
{
	MemoryContext turn = AllocSetContextCreate(CurrentMemoryContext,
											   "gauth expiry",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(turn);
	GauthMandateChange change;
	GauthWrite	write = {0};
	GauthSpan	id;
	int64		count = 0;

	gauth_require_capability(GAUTH_ENFORCER, NULL);
	for (gauth_mandate_system(&change); find_overdue(change.now, &id);
		 gauth_mandate_system(&change))
	{
		CHECK_FOR_INTERRUPTS();
		gauth_mandate_lock(&change, id);
		gauth_mandate_expire(&change);
		count++;
		MemoryContextReset(turn);
	}
	reject_waiting();
	gauth_mandate_write_time(&write, change.now);
	(void) gauth_mandate_write(&write, "DELETE FROM gauth.budget_hold"
							   " WHERE expires_at <= $1");
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(turn);
	PG_RETURN_INT64(count);
}
