/*
 * worker_start.c
 *		Asking the server for the process that writes what is in the ring.
 *
 * Whoever needs it starts it; of several who do so at once one succeeds.  The
 * server says nothing of a process that could not begin, so that a start that
 * has taken too long counts as failed.
 */
#include "store/worker.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "store/process.h"

#define START_PATIENCE		3000	/* milliseconds, doubled at each failure */
#define PATIENCE_DOUBLINGS	6

bool		gauth_worker_is_me = false;

static GauthProcess process = {
	.function = "gauth_worker_main",
	.type = "gauth ledger",
};

/* of the one that this process has asked for last */
static uint32 asked_for;

static bool
is_overdue(const GauthRing *ring)
{
	uint32		doublings = Min(ring->failed_starts, PATIENCE_DOUBLINGS);

	if (asked_for == ring->incarnation && gauth_process_has_ended(&process))
		return true;
	return TimestampDifferenceExceeds(ring->worker_since,
									  GetCurrentTimestamp(),
									  START_PATIENCE << doublings);
}

/* the right to ask for one, which nobody else has then; with the lock held */
static bool
claim(GauthRing *ring)
{
	if (ring->worker_state == GAUTH_WORKER_RUNNING)
		return false;
	if (ring->worker_state == GAUTH_WORKER_STARTING)
	{
		if (!is_overdue(ring))
			return false;
		ring->failed_starts++;
	}
	ring->worker_state = GAUTH_WORKER_STARTING;
	ring->incarnation++;
	ring->worker_since = GetCurrentTimestamp();
	return true;
}

static bool
ask_for(uint32 incarnation)
{
	if (!gauth_process_start(&process, incarnation))
		return false;
	asked_for = incarnation;
	return true;
}

/*
 * gauth_worker_start
 *		See to it that there is a worker; false when the server has no slot
 *		for one.
 */
bool
gauth_worker_start(GauthRing *ring)
{
	uint32		incarnation;
	bool		is_claimed;

	/* without the lock: who is wrong here asks again in a moment */
	if (ring->worker_state == GAUTH_WORKER_RUNNING || gauth_worker_is_me)
		return true;
	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	is_claimed = claim(ring);
	incarnation = ring->incarnation;
	LWLockRelease(gauth_ring_lock());
	if (!is_claimed || ask_for(incarnation))
		return true;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	if (ring->incarnation == incarnation)
		ring->worker_state = GAUTH_WORKER_NONE;
	LWLockRelease(gauth_ring_lock());
	return false;
}

/* this transaction leaves something to seal */
static bool is_wanted = false;

static void
wake_worker(GauthRing *ring)
{
	Latch	   *latch = ring->worker_latch;

	if (pg_atomic_read_u32(&ring->idle) != 0 && latch != NULL)
		SetLatch(latch);
}

static void
tell_worker(GauthRing *ring)
{
	pg_atomic_fetch_add_u64(&ring->commits, 1);
	wake_worker(ring);
}

/* nothing may be raised once the transaction is committed */
static void
transaction_ended(XactEvent event, void *argument)
{
	GauthRing  *ring;

	if (!is_wanted)
		return;
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
			ring = gauth_ring();
			if (ring != NULL)
				(void) gauth_worker_start(ring);
			break;
		case XACT_EVENT_COMMIT:
			ring = gauth_ring_entered();
			if (ring != NULL)
				tell_worker(ring);
			is_wanted = false;
			break;
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			is_wanted = false;
			break;
		default:
			break;
	}
}

/*
 * gauth_worker_want
 *		This transaction has written entries: see to it, when it commits, that
 *		there is somebody to seal them.  Without a slot for a worker they are
 *		sealed some time later.
 */
void
gauth_worker_want(void)
{
	static bool is_registered = false;

	if (gauth_worker_is_me)
		return;
	if (!is_registered)
		RegisterXactCallback(transaction_ended, NULL);
	is_registered = true;
	is_wanted = true;
}

/*
 * gauth_worker_nudge
 *		Somebody waits for something to be sealed.  In a transaction.
 */
void
gauth_worker_nudge(void)
{
	GauthRing  *ring = gauth_ring();

	if (ring == NULL)
		return;
	(void) gauth_worker_start(ring);
	tell_worker(ring);
}

/*
 * gauth_worker_want_sinks
 *		Somebody wants the sinks served now.  In a transaction.
 */
void
gauth_worker_want_sinks(void)
{
	GauthRing  *ring = gauth_ring();

	if (ring == NULL)
		return;
	pg_atomic_write_u32(&ring->sinks_wanted, 1);
	pg_memory_barrier();
	(void) gauth_worker_start(ring);
	wake_worker(ring);
}
