/*
 * ring.c
 *		Notes on their way to the process that writes them into the ledger:
 *		the side of who has one to write.
 *
 * What must survive the rollback of its transaction, and what a read-only
 * transaction has to say, is written by another process in a transaction of
 * that process's own (worker.c), and who waits for it goes on when that has
 * committed.  A note lies in parts of one size, chained; nobody has more than
 * an eighth of them, so that one session cannot silence the others.
 *
 * No wait is endless and every wait can be interrupted.  Who leaves without an
 * answer takes the note back or leaves it to a later worker.
 */
#include "store/ring.h"

#include "access/xlog.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "utils/timestamp.h"

#include "store/ring_shared.h"
#include "store/shared.h"
#include "store/worker.h"

/* how long to wait at most before looking whether the worker is still there */
#define WAIT_SLICE			100L
#define RECORD_TIMEOUT		5000

static void
furnish(void *place)
{
	GauthRing  *ring = place;
	int			i;

	pg_atomic_init_u32(&ring->idle, 0);
	pg_atomic_init_u64(&ring->commits, 0);
	pg_atomic_init_u32(&ring->sinks_wanted, 0);
	pg_atomic_init_u32(&ring->record_timeout, RECORD_TIMEOUT);
	pg_atomic_init_u32(&ring->kept, 0);
	pg_atomic_init_u64(&ring->lost, 0);
	ConditionVariableInit(&ring->space);
	ring->queue_first = GAUTH_NO_PART;
	ring->queue_last = GAUTH_NO_PART;
	ring->free_first = 0;
	ring->free_count = GAUTH_RING_PARTS;
	ring->free_least = GAUTH_RING_PARTS;
	for (i = 0; i < GAUTH_RING_PARTS; i++)
	{
		pg_atomic_init_u32(&ring->parts[i].state, GAUTH_PART_FREE);
		ring->parts[i].next = (int16) (i + 1 < GAUTH_RING_PARTS ? i + 1 :
									   GAUTH_NO_PART);
	}
}

static GauthRoom room = {
	.number = GAUTH_ROOM_RING,
	.size = sizeof(GauthRing),
	.furnish = furnish,
};

/* the note that this process waits for */
static struct
{
	int			part;
	GauthRingPatience patience;
	XLogRecPtr	commit_end;
}			current = {GAUTH_NO_PART, GAUTH_RING_WITHDRAW, InvalidXLogRecPtr};

/*
 * gauth_ring_entered
 *		The ring, if this process has it; at any time.
 */
GauthRing *
gauth_ring_entered(void)
{
	return room.segment == NULL ? NULL : gauth_room_enter(&room);
}

/*
 * gauth_ring_lock
 *		Guards the ring; of a process that has entered it.
 */
LWLock *
gauth_ring_lock(void)
{
	return gauth_room_lock(&room);
}

static void
set_state(GauthRing *ring, int part, GauthPartState state)
{
	pg_write_barrier();
	pg_atomic_write_u32(&ring->parts[part].state, (uint32) state);
}

static GauthPartState
get_state(GauthRing *ring, int part)
{
	uint32		state = pg_atomic_read_u32(&ring->parts[part].state);

	pg_read_barrier();
	return (GauthPartState) state;
}

/*
 * gauth_ring_enqueue
 *		Put a note at the end of the queue.  With the lock held.
 */
void
gauth_ring_enqueue(GauthRing *ring, int part)
{
	set_state(ring, part, GAUTH_PART_WAITING);
	ring->parts[part].next = GAUTH_NO_PART;
	if (ring->queue_last == GAUTH_NO_PART)
		ring->queue_first = (int16) part;
	else
		ring->parts[ring->queue_last].next = (int16) part;
	ring->queue_last = (int16) part;
}

static void
unqueue(GauthRing *ring, int part)
{
	int			before = GAUTH_NO_PART;
	int			i;

	for (i = ring->queue_first; i != part; i = ring->parts[i].next)
		before = i;
	if (before == GAUTH_NO_PART)
		ring->queue_first = ring->parts[part].next;
	else
		ring->parts[before].next = ring->parts[part].next;
	if (ring->queue_last == part)
		ring->queue_last = (int16) before;
}

/*
 * gauth_ring_free
 *		Give back the parts of a note.  With the lock held; the caller wakes
 *		who waits for room.
 */
void
gauth_ring_free(GauthRing *ring, int part)
{
	while (part != GAUTH_NO_PART)
	{
		int			more = ring->parts[part].more;

		set_state(ring, part, GAUTH_PART_FREE);
		ring->owners[part] = 0;
		ring->parts[part].next = ring->free_first;
		ring->free_first = (int16) part;
		ring->free_count++;
		part = more;
	}
}

static int
count_mine(const GauthRing *ring)
{
	int			count = 0;
	int			i;

	for (i = 0; i < GAUTH_RING_PARTS; i++)
		count += ring->owners[i] == MyProcPid;
	return count;
}

/* chained parts, or none when there are not enough; with the lock held */
static int
take_parts(GauthRing *ring, int count)
{
	int			first = GAUTH_NO_PART;

	if (ring->free_count < count ||
		count_mine(ring) + count > GAUTH_RING_SHARE)
		return GAUTH_NO_PART;
	while (count-- > 0)
	{
		int			part = ring->free_first;

		ring->free_first = ring->parts[part].next;
		ring->free_count--;
		ring->owners[part] = MyProcPid;
		set_state(ring, part, GAUTH_PART_HELD);
		ring->parts[part].more = (int16) first;
		first = part;
	}
	ring->free_least = Min(ring->free_least, ring->free_count);
	return first;
}

static void
fill(GauthRing *ring, int part, GauthSpan note)
{
	ring->parts[part].length = (uint32) note.len;
	ring->parts[part].latch = MyLatch;
	ring->parts[part].attempts = 0;
	ring->parts[part].withdrawn = false;
	while (note.len > 0)
	{
		size_t		piece = Min(note.len, GAUTH_RING_PART_SIZE);

		memcpy(ring->bytes[part], note.data, piece);
		note = gauth_span(note.data + piece, note.len - piece);
		part = ring->parts[part].more;
	}
}

static int
reserve(GauthRing *ring, GauthSpan note)
{
	int			count = (int) ((note.len + GAUTH_RING_PART_SIZE - 1) /
							   GAUTH_RING_PART_SIZE);
	int			part;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	part = take_parts(ring, count);
	LWLockRelease(gauth_ring_lock());
	return part;
}

static void
post(GauthRing *ring, int part, bool abandoned)
{
	Latch	   *worker;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	ring->parts[part].abandoned = abandoned;
	ring->posted++;
	gauth_ring_enqueue(ring, part);
	worker = ring->worker_latch;
	LWLockRelease(gauth_ring_lock());
	if (worker != NULL)
		SetLatch(worker);
}

/* with the lock held; says whether parts have become free */
static bool
let_go(GauthRing *ring, int part, GauthRingPatience patience)
{
	switch (get_state(ring, part))
	{
		case GAUTH_PART_WRITTEN:
			gauth_ring_free(ring, part);
			return true;
		case GAUTH_PART_WAITING:
			if (patience == GAUTH_RING_LEAVE)
				break;
			unqueue(ring, part);
			gauth_ring_free(ring, part);
			return true;
		case GAUTH_PART_REFUSED:
			if (patience == GAUTH_RING_WITHDRAW)
			{
				gauth_ring_free(ring, part);
				return true;
			}
			gauth_ring_enqueue(ring, part);
			break;
		default:
			break;
	}
	ring->parts[part].abandoned = true;
	ring->parts[part].withdrawn = patience == GAUTH_RING_WITHDRAW;
	return false;
}

/*
 * Stop waiting for the current note, whatever has become of it; says whether
 * it has been written after all.
 */
static bool
leave_current(GauthRing *ring, GauthReceipt *receipt)
{
	int			part = current.part;
	bool		is_written;
	bool		is_freed;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	is_written = get_state(ring, part) == GAUTH_PART_WRITTEN;
	current.commit_end = ring->parts[part].commit_end;
	if (is_written && receipt != NULL)
		*receipt = ring->parts[part].receipt;
	is_freed = let_go(ring, part, current.patience);
	LWLockRelease(gauth_ring_lock());
	current.part = GAUTH_NO_PART;
	if (is_freed)
		ConditionVariableBroadcast(&ring->space);
	return is_written;
}

/* the process ends: what it has posted belongs to nobody */
static void
leave_ring(int status, Datum argument)
{
	GauthRing  *ring = gauth_ring_entered();
	bool		is_waiting;
	int			i;

	if (ring == NULL)
		return;
	if (current.part != GAUTH_NO_PART)
		(void) leave_current(ring, NULL);
	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	for (i = 0; i < GAUTH_RING_PARTS; i++)
	{
		if (ring->owners[i] == MyProcPid)
			ring->owners[i] = 0;
	}
	is_waiting = ring->queue_first != GAUTH_NO_PART;
	LWLockRelease(gauth_ring_lock());
	if (is_waiting)
		(void) gauth_worker_start(ring);
}

/*
 * gauth_ring
 *		The ring of this database, or NULL when there is no memory for it.  In
 *		a transaction.
 */
GauthRing *
gauth_ring(void)
{
	static bool watches_exit = false;
	GauthRing  *ring = gauth_room_enter(&room);

	if (ring != NULL && !watches_exit)
	{
		before_shmem_exit(leave_ring, (Datum) 0);
		watches_exit = true;
	}
	return ring;
}

static long
time_left(TimestampTz deadline)
{
	return TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline);
}

/* parts for the note, as soon as there are enough */
static int
wait_for_room(GauthRing *ring, GauthSpan note, TimestampTz deadline)
{
	int			part = reserve(ring, note);

	while (part == GAUTH_NO_PART)
	{
		long		left = time_left(deadline);

		if (left <= 0 || !gauth_worker_start(ring))
			break;
		(void) ConditionVariableTimedSleep(&ring->space,
										   Min(left, WAIT_SLICE),
										   PG_WAIT_EXTENSION);
		part = reserve(ring, note);
	}
	ConditionVariableCancelSleep();
	return part;
}

static GauthRingAnswer
wait_for_answer(GauthRing *ring, TimestampTz deadline)
{
	for (;;)
	{
		GauthPartState state = get_state(ring, current.part);
		long		left;

		if (state == GAUTH_PART_WRITTEN)
			return GAUTH_RING_WRITTEN;
		if (state == GAUTH_PART_REFUSED)
			return GAUTH_RING_REFUSED;
		if (!gauth_worker_start(ring))
			return GAUTH_RING_NO_WORKER;
		left = time_left(deadline);
		if (left <= 0)
			return GAUTH_RING_TIMEOUT;
		(void) WaitLatch(MyLatch,
						 WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 Min(left, WAIT_SLICE), PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

/*
 * gauth_ring_write
 *		Have a note written, and wait until that is durable; in a transaction.
 *
 * With any other answer than GAUTH_RING_WRITTEN nothing is known to be
 * written; "patience" says whether it still may be.  An interrupted wait ends
 * the same way.
 */
GauthRingAnswer
gauth_ring_write(GauthSpan note, GauthRingPatience patience,
				 GauthReceipt *receipt)
{
	GauthRing  *ring = gauth_ring();
	TimestampTz deadline;
	volatile GauthRingAnswer answer = GAUTH_RING_TIMEOUT;
	int			part;

	if (ring == NULL)
		return GAUTH_RING_NO_MEMORY;
	deadline = GetCurrentTimestamp() + INT64CONST(1000) *
		pg_atomic_read_u32(&ring->record_timeout);
	part = wait_for_room(ring, note, deadline);
	if (part == GAUTH_NO_PART)
		return GAUTH_RING_FULL;
	fill(ring, part, note);
	current.part = part;
	current.patience = patience;
	post(ring, part, false);
	PG_TRY();
	{
		answer = wait_for_answer(ring, deadline);
	}
	PG_CATCH();
	{
		(void) leave_current(ring, NULL);
		PG_RE_THROW();
	}
	PG_END_TRY();
	if (!leave_current(ring, receipt))
		return answer;

	/* together with all others who wait for the disk, and not the worker */
	XLogFlush(current.commit_end);
	return GAUTH_RING_WRITTEN;
}

/*
 * gauth_ring_post
 *		Have a note written some time later, if there is room for it.  At any
 *		time, also while a transaction ends; raises nothing.
 */
GauthRingAnswer
gauth_ring_post(GauthSpan note)
{
	GauthRing  *ring = gauth_ring_entered();
	int			part;

	if (ring == NULL)
		return GAUTH_RING_NO_MEMORY;
	part = reserve(ring, note);
	if (part == GAUTH_NO_PART)
		return GAUTH_RING_FULL;
	fill(ring, part, note);
	post(ring, part, true);
	(void) gauth_worker_start(ring);
	return GAUTH_RING_POSTED;
}

static void
count_queue(GauthRing *ring, GauthRingStatus *status)
{
	int			i;

	for (i = ring->queue_first; i != GAUTH_NO_PART; i = ring->parts[i].next)
	{
		status->waiting++;
		status->unwritten += ring->parts[i].abandoned;
	}
}

/*
 * gauth_ring_status
 *		What an operator may want to know; false when there is no ring.  In a
 *		transaction.
 */
bool
gauth_ring_status(GauthRingStatus *status)
{
	static const char *const words[] = {
		[GAUTH_WORKER_NONE] = "none",
		[GAUTH_WORKER_STARTING] = "starting",
		[GAUTH_WORKER_RUNNING] = "running",
	};
	GauthRing  *ring = gauth_ring();

	memset(status, 0, sizeof(*status));
	if (ring == NULL)
		return false;
	LWLockAcquire(gauth_ring_lock(), LW_SHARED);
	status->worker = words[ring->worker_state];
	status->worker_pid = ring->worker_pid;
	status->worker_since = ring->worker_since;
	status->parts = GAUTH_RING_PARTS;
	status->parts_used = GAUTH_RING_PARTS - ring->free_count;
	status->parts_most = GAUTH_RING_PARTS - ring->free_least;
	count_queue(ring, status);
	status->posted = ring->posted;
	status->written = ring->written;
	status->refused = ring->refused;
	status->sealed_at = ring->sealed_at;
	status->last_error = ring->last_error;
	status->last_error_at = ring->last_error_at;
	LWLockRelease(gauth_ring_lock());
	status->kept = pg_atomic_read_u32(&ring->kept);
	status->lost = pg_atomic_read_u64(&ring->lost);
	return true;
}
