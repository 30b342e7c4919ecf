/*
 * mandate_budget.c
 *		The money of a mandate: kept back, spent, each cent once.
 *
 * Every function here works on a mandate that is locked, so that what is
 * left cannot change between looking and taking.  What is on hold is still in
 * budget_remaining, and nobody but its holder may take it.
 */
#include "entry/mandate_budget.h"

#include "catalog/pg_type.h"

#include "entry/report.h"
#include "store/setting.h"

/*
 * gauth_budget_available
 *		Cents that may be taken: those left, without what others hold.
 */
int64
gauth_budget_available(const GauthMandateChange *change, GauthSpan except)
{
	int64		held = gauth_mandate_held(change->mandate.id, change->now,
										  except);

	return Max(change->mandate.budget_remaining - held, 0);
}

static void
take(GauthMandateChange *change, int64 cents)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, change->mandate.id);
	gauth_write_value(&write, INT8OID, Int64GetDatum(cents), false);
	(void) gauth_mandate_write(&write, "UPDATE gauth.mandate"
							   " SET budget_remaining = budget_remaining - $2"
							   " WHERE id = $1");
	change->mandate.budget_remaining -= cents;
}

/*
 * gauth_budget_reserve
 *		Takes cents out of the parent for a child, for good (RFC 0118 section
 *		8.1).  Raises DELEGATION_BUDGET_EXCEEDED.
 */
void
gauth_budget_reserve(GauthMandateChange *parent, GauthSpan child, int64 cents)
{
	if (cents > gauth_budget_available(parent, gauth_span(NULL, 0)))
		gauth_raise_rule("DELEGATION_BUDGET_EXCEEDED");
	take(parent, cents);
	gauth_mandate_remark(parent, "DELEGATE", "mandate.delegate",
						 psprintf("{\"delegated_mandate_id\": \"%.*s\","
								  " \"cents\": " INT64_FORMAT ","
								  " \"remaining_cents\": " INT64_FORMAT "}",
								  (int) child.len, child.data, cents,
								  parent->mandate.budget_remaining));
}

/*
 * gauth_budget_hold
 *		Keeps cents back until then; the hold's name, without data when there
 *		is not as much.  Raises MANDATE_NOT_ACTIVE.
 */
GauthSpan
gauth_budget_hold(GauthMandateChange *change, int64 cents, TimestampTz until)
{
	GauthWrite	write = {0};
	GauthSpan	hold;

	if (change->mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("MANDATE_NOT_ACTIVE");
	if (cents > gauth_budget_available(change, gauth_span(NULL, 0)))
		return gauth_span(NULL, 0);
	hold = gauth_mandate_new_id("hld_");
	gauth_write_text(&write, change->mandate.id);
	gauth_write_text(&write, hold);
	gauth_write_value(&write, INT8OID, Int64GetDatum(cents), false);
	gauth_write_text(&write, change->actor);
	gauth_mandate_write_time(&write, change->now);
	gauth_mandate_write_time(&write, until);
	(void) gauth_mandate_write(&write, "INSERT INTO gauth.budget_hold"
							   " (mandate, id, cents, held_by, held_at,"
							   " expires_at)"
							   " VALUES ($1, $2, $3, $4, $5, $6)");
	gauth_mandate_remark(change, "BUDGET_HOLD", "mandate.hold",
						 psprintf("{\"hold_id\": \"%.*s\","
								  " \"cents\": " INT64_FORMAT "}",
								  (int) hold.len, hold.data, cents));
	return hold;
}

static bool
delete_hold(GauthMandateChange *change, GauthSpan hold)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, change->mandate.id);
	gauth_write_text(&write, hold);
	return gauth_mandate_write(&write, "DELETE FROM gauth.budget_hold"
							   " WHERE mandate = $1 AND id = $2") > 0;
}

/*
 * gauth_budget_drop_hold
 *		Ends a hold of the mandate without taking anything; false when there
 *		is none of that name.
 */
bool
gauth_budget_drop_hold(GauthMandateChange *change, GauthSpan hold)
{
	if (!delete_hold(change, hold))
		return false;
	gauth_mandate_remark(change, "BUDGET_RELEASE", "mandate.release",
						 psprintf("{\"hold_id\": \"%.*s\"}", (int) hold.len,
								  hold.data));
	return true;
}

/* true: no request of this name was reported before, of whatever mandate */
static bool
insert_consumption(const GauthMandateChange *change,
				   const GauthSpending *spending)
{
	int64		remaining = change->mandate.budget_remaining - spending->cents;
	GauthWrite	write = {0};

	gauth_write_text(&write, spending->request_id);
	gauth_write_text(&write, change->mandate.id);
	gauth_write_value(&write, INT8OID, Int64GetDatum(spending->cents), false);
	gauth_write_value(&write, INT8OID, Int64GetDatum(remaining), false);
	gauth_write_text(&write, change->actor);
	gauth_mandate_write_time(&write, change->now);
	return gauth_mandate_write(&write, "INSERT INTO gauth.budget_consumption"
							   " (enforcement_request_id, mandate, cents,"
							   " remaining, reported_by, reported_at)"
							   " VALUES ($1, $2, $3, $4, $5, $6)"
							   " ON CONFLICT DO NOTHING") > 0;
}

static bool
was_reported(GauthSpan request_id)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, request_id);
	return gauth_mandate_write(&write, "SELECT FROM gauth.budget_consumption"
							   " WHERE enforcement_request_id = $1") > 0;
}

static void
record_consumption(GauthMandateChange *change, const GauthSpending *spending)
{
	const char *status = gauth_mandate_status_name(change->mandate.stored);
	GauthMandateEvent event = {
		.event = "BUDGET_CONSUMPTION",.kind = "mandate.consume",
		.before = status,.after = status,.request_id = spending->request_id
	};

	event.details = psprintf("{\"cents\": " INT64_FORMAT ","
							 " \"remaining_cents\": " INT64_FORMAT "}",
							 spending->cents,
							 change->mandate.budget_remaining);
	gauth_mandate_record(change, &change->mandate, &event);
}

/*
 * gauth_budget_spend
 *		Takes what an action has cost (RFC 0118 section 7.3), out of the hold
 *		if there was one; nothing is taken unless all of it can be, or
 *		consumption_clamps says to take what there is: "spending" then has it.
 *
 * A report that was made before is told so whatever has become of the mandate
 * since.  With the last cent the mandate becomes BUDGET_EXCEEDED.  Raises
 * MANDATE_NOT_ACTIVE.
 */
GauthSpent
gauth_budget_spend(GauthMandateChange *change, GauthSpending *spending)
{
	int64		available;
	GauthMandateEvent exhausted = {
		.event = "STATUS_TRANSITION",.kind = "mandate.transition"
	};

	if (was_reported(spending->request_id))
		return GAUTH_SPENT_BEFORE;
	if (change->mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("MANDATE_NOT_ACTIVE");
	available = gauth_budget_available(change, spending->hold);
	if (spending->cents > available && available > 0 &&
		gauth_setting_bool("consumption_clamps"))
		spending->cents = available;
	if (spending->cents > available)
		return GAUTH_SPENT_TOO_MUCH;
	if (!insert_consumption(change, spending))
		return GAUTH_SPENT_BEFORE;
	if (spending->hold.data != NULL)
		(void) delete_hold(change, spending->hold);
	take(change, spending->cents);
	record_consumption(change, spending);
	if (change->mandate.budget_remaining == 0)
		gauth_mandate_move(change, &change->mandate,
						   GAUTH_MANDATE_BUDGET_EXCEEDED, gauth_span(NULL, 0),
						   &exhausted);
	return GAUTH_SPENT;
}
