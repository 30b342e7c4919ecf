/*
 * mandate_cascade.c
 *		What happens to a mandate happens to all that was delegated from it
 *		(RFC 0118 section 8.2): in the same transaction, so that others see
 *		all of it or nothing.
 *
 * Children are locked before they are looked for.  Nobody can delegate from a
 * locked mandate, so none is missed; one that was delegated just before is
 * found because the search has a snapshot of its own.
 */
#include "entry/mandate_cascade.h"

#include "miscadmin.h"
#include "nodes/pg_list.h"

#include "entry/report.h"
#include "store/memory.h"
#include "store/relation.h"

/* what is done to each mandate below; NULL: nothing has to be */
typedef struct Cascade
{
	GauthMandateChange *change;
	GauthSpan	root;			/* the mandate that it began with */
	const char *reason;
	GauthMandateStatus to;
	int			count;			/* mandates that it was done to */
} Cascade;

/* the names of the mandates right below, locked */
static List *
lock_children(GauthSpan parent)
{
	List	   *children = NIL;
	GauthWrite	write = {0};
	GauthScan	scan;

	gauth_write_text(&write, parent);
	(void) gauth_mandate_write(&write, "SELECT FROM gauth.mandate"
							   " WHERE parent = $1 ORDER BY id"
							   " FOR NO KEY UPDATE");
	gauth_scan_begin_by(&scan, GAUTH_TABLE_MANDATE, "mandate_parent");
	gauth_scan_key_text(&scan, MANDATE_PARENT, parent);
	while (gauth_scan_next(&scan))
	{
		GauthSpan  *id = palloc(sizeof(*id));

		*id = gauth_memory_copy(CurrentMemoryContext,
								gauth_scan_text(&scan, MANDATE_ID));
		children = lappend(children, id);
	}
	gauth_scan_end(&scan);
	return children;
}

static GauthMandateEvent
event_of(GauthMandateStatus to, GauthSpan reason)
{
	GauthMandateEvent event = {0};

	switch (to)
	{
		case GAUTH_MANDATE_REVOKED:
			event.event = "REVOKE";
			event.kind = "mandate.revoke";
			break;
		case GAUTH_MANDATE_SUSPENDED:
			event.event = "SUSPEND";
			event.kind = "mandate.suspend";
			break;
		case GAUTH_MANDATE_ACTIVE:
			event.event = "RESUME";
			event.kind = "mandate.resume";
			break;
		default:
			event.event = "STATUS_TRANSITION";
			event.kind = "mandate.transition";
			break;
	}
	event.reason = reason;
	return event;
}

/* is this mandate one that the cascade changes? */
static bool
concerns(const Cascade *cascade, const GauthMandate *mandate)
{
	if (mandate->status != GAUTH_MANDATE_ACTIVE &&
		mandate->status != GAUTH_MANDATE_SUSPENDED)
		return false;
	switch (cascade->to)
	{
		case GAUTH_MANDATE_SUSPENDED:
			return mandate->status == GAUTH_MANDATE_ACTIVE;
		case GAUTH_MANDATE_ACTIVE:
			return mandate->suspended_with.data != NULL &&
				gauth_span_equal(mandate->suspended_with, cascade->root);
		default:
			return true;
	}
}

static void
change_one(Cascade *cascade, GauthSpan id)
{
	GauthMandateEvent event = event_of(cascade->to,
									   gauth_span_of(cascade->reason));
	GauthSpan	with = gauth_span(NULL, 0);
	GauthMandate mandate;

	if (!gauth_mandate_find(id, cascade->change->now, &mandate) ||
		!concerns(cascade, &mandate))
		return;
	if (cascade->to == GAUTH_MANDATE_SUSPENDED)
		with = cascade->root;
	gauth_mandate_move(cascade->change, &mandate, cascade->to, with, &event);
	cascade->count++;
}

/*
 * Goes through all that was delegated, whatever its own status: below a
 * mandate whose budget is used up there may be one in force.
 */
static int
descend(Cascade *cascade)
{
	List	   *open = list_make1(&cascade->root);

	while (open != NIL)
	{
		const GauthSpan *parent = linitial(open);
		List	   *children = lock_children(*parent);
		ListCell   *cell;

		CHECK_FOR_INTERRUPTS();
		open = list_delete_first(open);
		foreach(cell, children)
			change_one(cascade, *(GauthSpan *) lfirst(cell));
		open = list_concat(open, children);
	}
	return cascade->count;
}

static int
cascade(GauthMandateChange *change, GauthMandateStatus to, const char *reason)
{
	Cascade		cascade = {
		.change = change,.root = change->mandate.id,.reason = reason,.to = to
	};

	return descend(&cascade);
}

/*
 * gauth_mandate_revoke
 *		Revokes the locked mandate and all below; returns how many those were.
 */
int
gauth_mandate_revoke(GauthMandateChange *change, GauthSpan reason)
{
	GauthMandateEvent event = event_of(GAUTH_MANDATE_REVOKED, reason);

	gauth_mandate_move(change, &change->mandate, GAUTH_MANDATE_REVOKED,
					   gauth_span(NULL, 0), &event);
	return cascade(change, GAUTH_MANDATE_REVOKED, "PARENT_REVOKED");
}

/*
 * gauth_mandate_suspend
 *		Suspends the locked mandate and all below that are in force; returns
 *		how many those were.
 */
int
gauth_mandate_suspend(GauthMandateChange *change, GauthSpan reason)
{
	GauthMandateEvent event = event_of(GAUTH_MANDATE_SUSPENDED, reason);

	gauth_mandate_move(change, &change->mandate, GAUTH_MANDATE_SUSPENDED,
					   gauth_span(NULL, 0), &event);
	return cascade(change, GAUTH_MANDATE_SUSPENDED, "PARENT_SUSPENDED");
}

/*
 * gauth_mandate_resume
 *		Ends the suspension of the locked mandate and of all that it had
 *		suspended; returns how many those were.
 */
int
gauth_mandate_resume(GauthMandateChange *change)
{
	GauthMandateEvent event = event_of(GAUTH_MANDATE_ACTIVE,
									   gauth_span(NULL, 0));

	gauth_mandate_move(change, &change->mandate, GAUTH_MANDATE_ACTIVE,
					   gauth_span(NULL, 0), &event);
	return cascade(change, GAUTH_MANDATE_ACTIVE, "PARENT_RESUMED");
}

/*
 * gauth_mandate_supersede
 *		Another mandate takes the place of the locked one; what was delegated
 *		from it rested on it and is revoked.
 */
void
gauth_mandate_supersede(GauthMandateChange *change, GauthSpan successor)
{
	GauthMandateEvent event = event_of(GAUTH_MANDATE_SUPERSEDED,
									   gauth_span(NULL, 0));

	event.details = psprintf("{\"superseded_by\": \"%.*s\"}",
							 (int) successor.len, successor.data);
	gauth_mandate_move(change, &change->mandate, GAUTH_MANDATE_SUPERSEDED,
					   gauth_span(NULL, 0), &event);
	(void) cascade(change, GAUTH_MANDATE_REVOKED, "PARENT_SUPERSEDED");
}

/*
 * gauth_mandate_expire
 *		Writes down that the time of the locked mandate is up.  Nothing below
 *		it has more time, so nothing else has to be done.
 */
void
gauth_mandate_expire(GauthMandateChange *change)
{
	GauthMandateEvent event = event_of(GAUTH_MANDATE_EXPIRED,
									   gauth_span(NULL, 0));

	gauth_mandate_move(change, &change->mandate, GAUTH_MANDATE_EXPIRED,
					   gauth_span(NULL, 0), &event);
}
