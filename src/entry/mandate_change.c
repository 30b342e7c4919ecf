/*
 * mandate_change.c
 *		A change of one mandate: who, locked, by the rules, written down.
 *
 * The row is locked first and read afterwards, so that changes come one after
 * the other and each one is judged by what is there.  Mandates are locked
 * from the top down, the parent before what was delegated from it.
 */
#include "entry/mandate_change.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "entry/record.h"
#include "entry/report.h"
#include "store/access.h"
#include "store/party.h"

static void
begin(GauthMandateChange *change)
{
	if (RecoveryInProgress())
		gauth_raise_status(GAUTH_PRIMARY_NEEDED, "This server is a standby.");
	memset(change, 0, sizeof(*change));
	change->now = GetCurrentTimestamp();
}

/*
 * gauth_mandate_actor
 *		Who acts: a party, or for what a capability is enough for, a role.
 */
void
gauth_mandate_actor(GauthMandateChange *change)
{
	GauthParty	party;

	begin(change);
	change->is_party = gauth_party_actor(&change->actor);
	if (!change->is_party)
	{
		const char *role = GetUserNameFromId(GetSessionUserId(), false);

		change->actor = gauth_span_of(psprintf("role:%s", role));
		return;
	}
	if (!gauth_party_find(change->actor, &party) ||
		!gauth_party_stands(&party))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	change->is_agent = party.kind == GAUTH_PARTY_AGENT;
}

/*
 * gauth_mandate_system
 *		For what nobody does: time, death, incapacity.
 */
void
gauth_mandate_system(GauthMandateChange *change)
{
	begin(change);
	change->actor = GAUTH_SPAN("system");
}

/*
 * gauth_mandate_party
 *		The same where only a party may act; raises INSUFFICIENT_AUTHORITY.
 */
void
gauth_mandate_party(GauthMandateChange *change)
{
	gauth_mandate_actor(change);
	if (!change->is_party)
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/*
 * gauth_mandate_lock
 *		Locks the mandate for this transaction, and reads it; raises
 *		MANDATE_NOT_FOUND.
 */
void
gauth_mandate_lock(GauthMandateChange *change, GauthSpan id)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, id);
	if (gauth_mandate_write(&write, "SELECT FROM gauth.mandate WHERE id = $1"
							" FOR NO KEY UPDATE") == 0)
		gauth_raise_rule("MANDATE_NOT_FOUND");
	change->now = GetCurrentTimestamp();
	if (!gauth_mandate_find(id, change->now, &change->mandate))
		gauth_raise_rule("MANDATE_NOT_FOUND");
}

static bool
is_named(const GauthNames *names, GauthSpan name)
{
	uint32		i;

	for (i = 0; i < names->count; i++)
	{
		if (gauth_span_equal(names->items[i], name))
			return true;
	}
	return false;
}

/* the agent, or who takes its place while it cannot act */
static bool
stands_for(const GauthMandate *mandate, GauthSpan agent)
{
	return gauth_span_equal(mandate->agent, agent) ||
		gauth_party_succeeds(mandate->agent, agent);
}

/* the agent right above: it may take back what it gave */
static bool
is_delegator(const GauthMandate *mandate, GauthSpan agent)
{
	const GauthCredential *credential = mandate->credential;
	uint32		count = credential->delegation_count;

	return mandate->parent.data != NULL && count > 0 &&
		gauth_span_equal(credential->delegations[count - 1].delegator, agent);
}

/*
 * gauth_mandate_authorize
 *		Is the actor one of those who may make the change?  An agent is never
 *		issuer or approver (RFC 0111 section 2: no agent holds authority to
 *		authorize).  Raises INSUFFICIENT_AUTHORITY.
 */
void
gauth_mandate_authorize(const GauthMandateChange *change, unsigned who)
{
	const GauthMandate *mandate = &change->mandate;
	bool		allowed = false;

	if (change->is_agent)
		allowed = ((who & GAUTH_BY_AGENT) != 0 &&
				   stands_for(mandate, change->actor)) ||
			((who & GAUTH_BY_DELEGATOR) != 0 &&
			 is_delegator(mandate, change->actor));
	else if (change->is_party)
		allowed = ((who & GAUTH_BY_ISSUER) != 0 &&
				   gauth_span_equal(mandate->issued_by, change->actor)) ||
			((who & GAUTH_BY_APPROVER) != 0 &&
			 is_named(&mandate->credential->approval_chain, change->actor));
	if (!allowed)
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/*
 * gauth_mandate_reader
 *		The party that reads; without data when it is none.
 */
GauthSpan
gauth_mandate_reader(void)
{
	GauthSpan	actor = gauth_span(NULL, 0);

	(void) gauth_party_actor(&actor);
	return actor;
}

/*
 * gauth_mandate_sees_all
 *		May the caller read about all mandates?
 */
bool
gauth_mandate_sees_all(void)
{
	return gauth_access_allows(GAUTH_ENFORCER, NULL) ||
		gauth_access_allows(GAUTH_AUDITOR, NULL);
}

/*
 * gauth_mandate_find_visible
 *		The mandate at the time of the statement, for its agent, the agent
 *		right above, its issuer, its approvers, and whoever sees all.  Raises
 *		MANDATE_NOT_FOUND, INSUFFICIENT_AUTHORITY.
 */
void
gauth_mandate_find_visible(GauthSpan id, GauthMandate *mandate)
{
	GauthSpan	reader = gauth_mandate_reader();

	if (!gauth_mandate_find(id, GetCurrentStatementStartTimestamp(), mandate))
		gauth_raise_rule("MANDATE_NOT_FOUND");
	if (reader.data != NULL &&
		(stands_for(mandate, reader) || is_delegator(mandate, reader) ||
		 gauth_span_equal(reader, mandate->issued_by) ||
		 is_named(&mandate->credential->approval_chain, reader)))
		return;
	if (!gauth_mandate_sees_all())
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/*
 * gauth_mandate_require_live
 *		Raises MANDATE_EXPIRED or MANDATE_NOT_ACTIVE unless the mandate is in
 *		force or suspended.
 */
void
gauth_mandate_require_live(const GauthMandate *mandate)
{
	if (mandate->status == GAUTH_MANDATE_EXPIRED)
		gauth_raise_rule("MANDATE_EXPIRED");
	if (mandate->status != GAUTH_MANDATE_ACTIVE &&
		mandate->status != GAUTH_MANDATE_SUSPENDED)
		gauth_raise_rule("MANDATE_NOT_ACTIVE");
}

/*
 * gauth_mandate_write_time
 *		Appends a point in time; the two ends of time are nulls.
 */
void
gauth_mandate_write_time(GauthWrite *write, TimestampTz time)
{
	gauth_write_value(write, TIMESTAMPTZOID, TimestampTzGetDatum(time),
					  TIMESTAMP_NOT_FINITE(time));
}

static void
write_label(GauthWrite *write, const char *label)
{
	gauth_write_text(write, label == NULL ? gauth_span(NULL, 0) :
					 gauth_span_of(label));
}

/*
 * An event in the ledger beside the one in the history.  The reason is in
 * somebody's words, so it stands where it can be erased.
 */
static void
append_to_ledger(const GauthMandateChange *change,
				 const GauthMandate *mandate, const GauthMandateEvent *event)
{
	GauthRecorder record;

	gauth_record_begin(&record, event->kind, event->request_id);
	record.note.mandate = mandate->id;
	record.note.actor = change->actor;
	record.note.agent = mandate->agent;
	record.note.action = gauth_span_of(event->event);
	gauth_record_text(&record, "reason", event->reason);
	if (event->details != NULL)
		gauth_record_json(&record, "details", gauth_span_of(event->details));
	gauth_record_end(&record);
}

/*
 * gauth_mandate_record
 *		Writes an event into the mandate's history and into the ledger; the
 *		mandate is locked, or new.
 */
void
gauth_mandate_record(const GauthMandateChange *change,
					 const GauthMandate *mandate,
					 const GauthMandateEvent *event)
{
	const char *role = GetUserNameFromId(GetSessionUserId(), false);
	const char *details = event->details == NULL ? "{}" : event->details;
	GauthWrite	write = {0};

	gauth_write_text(&write, mandate->id);
	write_label(&write, event->event);
	write_label(&write, event->before);
	write_label(&write, event->after);
	gauth_write_text(&write, change->actor);
	gauth_write_text(&write, gauth_span_of(role));
	gauth_write_text(&write, event->reason);
	gauth_write_text(&write, event->request_id);
	gauth_write_text(&write, gauth_span_of(details));
	gauth_mandate_write_time(&write, change->now);
	if (gauth_mandate_write(&write,
							"WITH m AS (UPDATE gauth.mandate"
							" SET events = events + 1 WHERE id = $1"
							" RETURNING events)"
							" INSERT INTO gauth.mandate_history (mandate,"
							" sequence, event, status_before, status_after,"
							" performed_by, role, reason,"
							" enforcement_request_id, details, performed_at)"
							" SELECT $1, m.events, $2, $3, $4, $5, $6, $7,"
							" $8, $9::jsonb, $10 FROM m") != 1)
		elog(ERROR, "a mandate has gone");
	append_to_ledger(change, mandate, event);
}

/*
 * gauth_mandate_remark
 *		gauth_mandate_record of what leaves the locked mandate's status as it
 *		is; "details" is a JSON object.
 */
void
gauth_mandate_remark(const GauthMandateChange *change, const char *event,
					 const char *kind, const char *details)
{
	const char *status = gauth_mandate_status_name(change->mandate.stored);
	GauthMandateEvent record = {
		.event = event,.kind = kind,.before = status,.after = status,
		.details = details
	};

	gauth_mandate_record(change, &change->mandate, &record);
}

/*
 * gauth_mandate_write_unique
 *		gauth_mandate_write of what an index may refuse: at most one mandate of
 *		an agent and project is in force.  Raises DUPLICATE_MANDATE.
 */
void
gauth_mandate_write_unique(GauthWrite *write, const char *statement)
{
	MemoryContext caller = CurrentMemoryContext;

	PG_TRY();
	{
		(void) gauth_mandate_write(write, statement);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		if (geterrcode() != ERRCODE_UNIQUE_VIOLATION)
			PG_RE_THROW();
		FlushErrorState();
		gauth_raise_rule("DUPLICATE_MANDATE");
	}
	PG_END_TRY();
}

/*
 * gauth_mandate_move
 *		Gives the mandate another status, and writes that down.  "with" is
 *		what it is suspended with, without data for nothing; the statuses of
 *		the event are filled in here.  Raises DUPLICATE_MANDATE, and whatever
 *		the caller has looked at, INVALID_STATE_TRANSITION.
 */
void
gauth_mandate_move(const GauthMandateChange *change, GauthMandate *mandate,
				   GauthMandateStatus to, GauthSpan with,
				   GauthMandateEvent *event)
{
	GauthWrite	write = {0};

	if (!gauth_lifecycle_allows(mandate->stored, to))
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	event->before = gauth_mandate_status_name(mandate->stored);
	event->after = gauth_mandate_status_name(to);
	gauth_write_text(&write, mandate->id);
	write_label(&write, event->after);
	gauth_write_text(&write, event->reason);
	gauth_write_text(&write, with);
	gauth_mandate_write_time(&write, gauth_mandate_is_over(to) ?
							 change->now : DT_NOEND);
	gauth_mandate_write_time(&write, mandate->activated_at);
	gauth_mandate_write_time(&write, mandate->expires_at);
	gauth_mandate_write_unique(&write, "UPDATE gauth.mandate"
							   " SET status = $2, reason = $3,"
							   " suspended_with = $4, ended_at = $5,"
							   " activated_at = $6, expires_at = $7"
							   " WHERE id = $1");
	mandate->stored = to;
	mandate->status = to;
	mandate->suspended_with = with;
	gauth_mandate_record(change, mandate, event);
}

/*
 * gauth_mandate_show
 *		The mandate as it is after the change, and the members of a JSON
 *		object "more", as jsonb.
 */
Datum
gauth_mandate_show(const GauthMandateChange *change, const char *more)
{
	GauthWrite	write = {0};
	Datum		shown;

	gauth_write_text(&write, change->mandate.id);
	gauth_mandate_write_time(&write, change->now);
	gauth_write_text(&write, gauth_span_of(more));
	if (!gauth_write_returning(&write,
							   "SELECT gauth.mandate_json(m, $2)"
							   " || $3::jsonb"
							   " FROM gauth.mandate m WHERE m.id = $1",
							   &shown))
		elog(ERROR, "a mandate has gone");
	return shown;
}

/*
 * gauth_mandate_new_id
 *		A name that nobody can guess: the prefix and a random UUID.
 */
GauthSpan
gauth_mandate_new_id(const char *prefix)
{
	Datum		uuid = OidFunctionCall0(F_GEN_RANDOM_UUID);
	char	   *text = DatumGetCString(DirectFunctionCall1(uuid_out, uuid));

	return gauth_span_of(psprintf("%s%s", prefix, text));
}

/*
 * gauth_mandate_check_text
 *		Raises 22023 for a text argument that is empty or too long.
 */
void
gauth_mandate_check_text(GauthSpan text, const char *argument, size_t limit)
{
	if (text.len == 0 || text.len > limit)
		gauth_raise_argument(argument,
							 psprintf("a text of 1 to %zu bytes", limit));
}
