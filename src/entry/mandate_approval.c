/*
 * mandate_approval.c
 *		Asking for approvals, and what waits for them.
 *
 * With delegation_approval on, a part that is delegated of a supervised or a
 * four-eyes mandate begins as a draft below its parent and waits for the
 * parent's approvers.  Its money is out of the parent's hands meanwhile, and
 * comes back when the part is denied.
 */
#include "entry/mandate_approval.h"

#include "catalog/pg_type.h"

#include "entry/report.h"

/*
 * gauth_approval_ask
 *		Asks for an approval under the locked mandate; the request's name.
 */
GauthSpan
gauth_approval_ask(const GauthMandateChange *change,
				   const GauthApprovalAsk *ask)
{
	TimestampTz until = change->now + ask->seconds * USECS_PER_SEC;
	GauthSpan	id = gauth_mandate_new_id("apr_");
	GauthWrite	write = {0};
	int			needed = 1;

	if (change->mandate.credential->approval == GAUTH_APPROVAL_FOUR_EYES)
		needed = 2;
	gauth_write_text(&write, change->mandate.id);
	gauth_write_text(&write, id);
	gauth_write_text(&write, ask->verb);
	gauth_write_text(&write, ask->resource);
	gauth_write_value(&write, INT8OID, Int64GetDatum(ask->cents),
					  !ask->limited);
	gauth_write_value(&write, INT4OID, Int32GetDatum(needed), false);
	gauth_write_text(&write, change->actor);
	gauth_write_text(&write, ask->reason);
	gauth_mandate_write_time(&write, change->now);
	gauth_mandate_write_time(&write, Min(until, change->mandate.expires_at));
	(void) gauth_mandate_write(&write, "INSERT INTO gauth.approval_request"
							   " (mandate, id, verb, resource, cents, needed,"
							   " requested_by, reason, status, requested_at,"
							   " expires_at) VALUES ($1, $2, $3, $4, $5, $6,"
							   " $7, $8, 'PENDING', $9, $10)");
	gauth_mandate_remark(change, "APPROVAL_REQUEST",
						 "mandate.approval.request",
						 psprintf("{\"request_id\": \"%.*s\"}", (int) id.len,
								  id.data));
	return id;
}

/*
 * gauth_pending_lock
 *		Locks the part of that name which waits below the parent; false when
 *		there is none.
 */
bool
gauth_pending_lock(const GauthMandateChange *parent, GauthSpan id,
				   GauthMandateChange *child)
{
	GauthMandate found;

	if (id.data == NULL || !gauth_mandate_find(id, parent->now, &found) ||
		found.parent.data == NULL ||
		!gauth_span_equal(found.parent, parent->mandate.id))
		return false;
	*child = *parent;
	gauth_mandate_lock(child, id);
	return child->mandate.stored == GAUTH_MANDATE_DRAFT;
}

/*
 * gauth_pending_accept
 *		Puts a locked part into force, no longer than its parent is.
 */
void
gauth_pending_accept(const GauthMandateChange *parent,
					 GauthMandateChange *child)
{
	GauthMandateEvent event = {
		.event = "ACTIVATE",.kind = "mandate.activate"
	};
	TimestampTz until = child->now +
	child->mandate.ttl_seconds * USECS_PER_SEC;

	child->mandate.activated_at = child->now;
	child->mandate.expires_at = Min(until, parent->mandate.expires_at);
	gauth_mandate_move(child, &child->mandate, GAUTH_MANDATE_ACTIVE,
					   gauth_span(NULL, 0), &event);
}

/*
 * gauth_pending_reject
 *		Takes a locked part away; its money goes back to the parent.
 */
void
gauth_pending_reject(GauthMandateChange *parent, GauthMandateChange *child)
{
	int64		cents = child->mandate.budget_total;
	GauthMandateEvent event = {
		.event = "DELETE",.kind = "mandate.delete",.before = "DRAFT"
	};
	GauthWrite	give_back = {0};
	GauthWrite	remove = {0};

	gauth_write_text(&give_back, parent->mandate.id);
	gauth_write_value(&give_back, INT8OID, Int64GetDatum(cents), false);
	(void) gauth_mandate_write(&give_back, "UPDATE gauth.mandate"
							   " SET budget_remaining = budget_remaining + $2"
							   " WHERE id = $1");
	parent->mandate.budget_remaining += cents;
	gauth_mandate_remark(parent, "BUDGET_RELEASE", "mandate.release",
						 psprintf("{\"delegated_mandate_id\": \"%.*s\","
								  " \"cents\": " INT64_FORMAT "}",
								  (int) child->mandate.id.len,
								  child->mandate.id.data, cents));
	gauth_mandate_record(child, &child->mandate, &event);
	gauth_write_text(&remove, child->mandate.id);
	(void) gauth_mandate_write(&remove,
							   "DELETE FROM gauth.mandate WHERE id = $1");
}
