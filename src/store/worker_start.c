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
#include "postmaster/bgworker.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define START_PATIENCE		3000	/* milliseconds, doubled at each failure */
#define PATIENCE_DOUBLINGS	6

bool		gauth_worker_is_me = false;

/* the last process that this one has asked for */
static struct
{
	BackgroundWorkerHandle *handle;
	uint32		incarnation;
}			asked;

static bool
has_stopped(const GauthRing *ring)
{
	pid_t		pid;

	return asked.handle != NULL && asked.incarnation == ring->incarnation &&
		GetBackgroundWorkerPid(asked.handle, &pid) == BGWH_STOPPED;
}

static bool
is_overdue(const GauthRing *ring)
{
	uint32		doublings = Min(ring->failed_starts, PATIENCE_DOUBLINGS);

	return has_stopped(ring) ||
		TimestampDifferenceExceeds(ring->worker_since, GetCurrentTimestamp(),
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
	BackgroundWorker worker = {0};
	BackgroundWorkerHandle *handle;
	MemoryContext caller;
	bool		is_granted;

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS |
		BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = ObjectIdGetDatum(MyDatabaseId);
	worker.bgw_notify_pid = MyProcPid;
	memcpy(worker.bgw_extra, &incarnation, sizeof(incarnation));
	strlcpy(worker.bgw_library_name, "gauth", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, "gauth_worker_main",
			sizeof(worker.bgw_function_name));
	strlcpy(worker.bgw_type, "gauth ledger", sizeof(worker.bgw_type));
	snprintf(worker.bgw_name, sizeof(worker.bgw_name),
			 "gauth ledger of database %u", MyDatabaseId);

	caller = MemoryContextSwitchTo(TopMemoryContext);
	is_granted = RegisterDynamicBackgroundWorker(&worker, &handle);
	MemoryContextSwitchTo(caller);
	if (!is_granted)
		return false;
	if (asked.handle != NULL)
		pfree(asked.handle);
	asked.handle = handle;
	asked.incarnation = incarnation;
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
tell_worker(GauthRing *ring)
{
	Latch	   *latch = ring->worker_latch;

	pg_atomic_fetch_add_u64(&ring->commits, 1);
	if (pg_atomic_read_u32(&ring->idle) != 0 && latch != NULL)
		SetLatch(latch);
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
