/*
 * ring_shared.h
 *		The layout of the ring, for ring.c and the worker.
 */
#ifndef GAUTH_STORE_RING_SHARED_H
#define GAUTH_STORE_RING_SHARED_H

#include "postgres.h"

#include "access/xlogdefs.h"
#include "datatype/timestamp.h"
#include "port/atomics.h"
#include "storage/condition_variable.h"
#include "storage/latch.h"
#include "storage/lwlock.h"

#include "store/ring.h"

#define GAUTH_NO_PART	(-1)

typedef enum GauthPartState
{
	GAUTH_PART_FREE,
	GAUTH_PART_HELD,			/* being filled, or the rest of another */
	GAUTH_PART_WAITING,			/* in the queue */
	GAUTH_PART_TAKEN,			/* the worker is writing it */
	GAUTH_PART_WRITTEN,			/* its transaction has committed, if it is
								 * flushed */
	GAUTH_PART_REFUSED			/* it could not be written */
} GauthPartState;

/* all but the state is read and written with the room's lock held */
typedef struct GauthPart
{
	pg_atomic_uint32 state;		/* changed under the lock, read without */
	int16		next;			/* in the queue, or of the free ones */
	int16		more;			/* holds what did not fit in this one */
	bool		abandoned;		/* nobody waits for the answer */
	bool		withdrawn;		/* nor wants it written, if that can be helped */
	uint8		attempts;
	uint32		length;			/* of the whole note, bytes */
	Latch	   *latch;			/* of who waits */
	GauthReceipt receipt;		/* when it is written */
	XLogRecPtr	commit_end;		/* of the record of its transaction */
} GauthPart;

typedef enum GauthWorkerState
{
	GAUTH_WORKER_NONE,
	GAUTH_WORKER_STARTING,		/* the server was asked for one */
	GAUTH_WORKER_RUNNING
} GauthWorkerState;

typedef struct GauthRing
{
	/* the worker; guarded by the room's lock */
	GauthWorkerState worker_state;
	uint32		incarnation;	/* which of them may work */
	uint32		failed_starts;	/* since one has begun to work */
	TimestampTz worker_since;	/* when it was asked for, or has begun */
	int			worker_pid;
	Latch	   *worker_latch;

	/* read and written without the lock */
	pg_atomic_uint32 idle;		/* the worker waits for something to seal */
	pg_atomic_uint64 commits;	/* transactions that have left entries */
	pg_atomic_uint32 sinks_wanted;	/* somebody wants them served now */
	pg_atomic_uint32 record_timeout;	/* milliseconds */
	pg_atomic_uint32 kept;		/* notes that sessions keep for later */
	pg_atomic_uint64 lost;		/* that were given up */

	/* guarded by the room's lock */
	uint64		posted;
	uint64		written;
	uint64		refused;
	TimestampTz sealed_at;		/* the worker's last run of the sealer */
	int			last_error;		/* SQLSTATE of the last refusal */
	TimestampTz last_error_at;
	int16		free_first;
	int16		free_count;
	int16		free_least;		/* there have ever been */
	int16		queue_first;
	int16		queue_last;
	int			owners[GAUTH_RING_PARTS];	/* pid; 0: nobody any more */
	ConditionVariable space;	/* parts have become free */
	GauthPart	parts[GAUTH_RING_PARTS];
	char		bytes[GAUTH_RING_PARTS][GAUTH_RING_PART_SIZE];
} GauthRing;

extern GauthRing *gauth_ring(void);
extern GauthRing *gauth_ring_entered(void);
extern LWLock *gauth_ring_lock(void);
extern void gauth_ring_enqueue(GauthRing *ring, int part);
extern void gauth_ring_free(GauthRing *ring, int part);

#endif							/* GAUTH_STORE_RING_SHARED_H */
