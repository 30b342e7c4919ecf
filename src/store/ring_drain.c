/*
 * ring_drain.c
 *		The worker's side of the ring.
 */
#include "store/ring_drain.h"

#include "utils/timestamp.h"

/* how often a note that nobody waits for is tried */
#define ATTEMPTS_MAX	250

/*
 * gauth_drain_take
 *		All notes of the queue, in its order.
 */
void
gauth_drain_take(GauthRing *ring, GauthDrain *drain)
{
	int			part;

	drain->count = 0;
	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	for (part = ring->queue_first; part != GAUTH_NO_PART;
		 part = ring->parts[part].next)
	{
		pg_atomic_write_u32(&ring->parts[part].state, GAUTH_PART_TAKEN);
		drain->parts[drain->count++] = part;
	}
	ring->queue_first = GAUTH_NO_PART;
	ring->queue_last = GAUTH_NO_PART;
	LWLockRelease(gauth_ring_lock());
}

/*
 * gauth_drain_read
 *		The note's bytes, in the current memory context.
 */
GauthSpan
gauth_drain_read(GauthRing *ring, int part)
{
	size_t		len = ring->parts[part].length;
	char	   *note = palloc(len + 1);
	size_t		done = 0;

	while (done < len && part != GAUTH_NO_PART)
	{
		size_t		piece = Min(len - done, GAUTH_RING_PART_SIZE);

		memcpy(note + done, ring->bytes[part], piece);
		done += piece;
		part = ring->parts[part].more;
	}
	return gauth_span(note, done);
}

/* tell who waits, without the lock */
static void
wake(GauthRing *ring, Latch *const *latches, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		SetLatch(latches[i]);
	ConditionVariableBroadcast(&ring->space);
}

static void
answer(GauthPart *part, GauthPartState state)
{
	pg_write_barrier();
	pg_atomic_write_u32(&part->state, (uint32) state);
}

/*
 * gauth_drain_written
 *		Some of the notes are in the ledger, and committed; that is durable
 *		when the log of the server is flushed up to "commit_end".
 */
void
gauth_drain_written(GauthRing *ring, const GauthDrain *drain, int first,
					int count, XLogRecPtr commit_end)
{
	Latch	   *latches[GAUTH_RING_PARTS];
	int			waiting = 0;
	int			i;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	ring->written += (uint64) count;
	for (i = first; i < first + count; i++)
	{
		GauthPart  *part = &ring->parts[drain->parts[i]];

		if (part->abandoned)
		{
			gauth_ring_free(ring, drain->parts[i]);
			continue;
		}
		part->receipt = drain->receipts[i];
		part->commit_end = commit_end;
		latches[waiting++] = part->latch;
		answer(part, GAUTH_PART_WRITTEN);
	}
	LWLockRelease(gauth_ring_lock());
	wake(ring, latches, waiting);
}

/* nobody waits for it: try again, but not for ever */
static void
retry(GauthRing *ring, int number)
{
	GauthPart  *part = &ring->parts[number];

	if (part->withdrawn || part->attempts >= ATTEMPTS_MAX)
	{
		if (!part->withdrawn)
			pg_atomic_fetch_add_u64(&ring->lost, 1);
		gauth_ring_free(ring, number);
		return;
	}
	part->attempts++;
	gauth_ring_enqueue(ring, number);
}

/*
 * gauth_drain_refused
 *		Some of the notes could not be written, for the reason given.
 */
void
gauth_drain_refused(GauthRing *ring, const GauthDrain *drain, int first,
					int count, int sqlstate)
{
	Latch	   *latches[GAUTH_RING_PARTS];
	int			waiting = 0;
	int			i;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	ring->refused += (uint64) count;
	ring->last_error = sqlstate;
	ring->last_error_at = GetCurrentTimestamp();
	for (i = first; i < first + count; i++)
	{
		GauthPart  *part = &ring->parts[drain->parts[i]];

		if (part->abandoned)
		{
			retry(ring, drain->parts[i]);
			continue;
		}
		latches[waiting++] = part->latch;
		answer(part, GAUTH_PART_REFUSED);
	}
	LWLockRelease(gauth_ring_lock());
	wake(ring, latches, waiting);
}

/*
 * gauth_drain_return
 *		The worker ends before it has settled all notes: those that it has
 *		taken are for the next one.
 */
void
gauth_drain_return(GauthRing *ring, GauthDrain *drain)
{
	int			i;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	for (i = 0; i < drain->count; i++)
	{
		int			part = drain->parts[i];

		if (pg_atomic_read_u32(&ring->parts[part].state) != GAUTH_PART_TAKEN)
			continue;
		if (ring->parts[part].withdrawn)
			gauth_ring_free(ring, part);
		else
			gauth_ring_enqueue(ring, part);
	}
	drain->count = 0;
	LWLockRelease(gauth_ring_lock());
}
