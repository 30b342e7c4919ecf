/*
 * ring.h
 *		Notes on their way to the process that writes them into the ledger.
 */
#ifndef GAUTH_STORE_RING_H
#define GAUTH_STORE_RING_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "base/span.h"
#include "ledger/receipt.h"

#define GAUTH_RING_PARTS		256
#define GAUTH_RING_PART_SIZE	1024
/* parts that the notes of one process may take up */
#define GAUTH_RING_SHARE		(GAUTH_RING_PARTS / 8)
#define GAUTH_RING_NOTE_MAX		(GAUTH_RING_SHARE * GAUTH_RING_PART_SIZE)

typedef enum GauthRingAnswer
{
	GAUTH_RING_WRITTEN,			/* and committed */
	GAUTH_RING_POSTED,			/* will be written when a worker can */
	GAUTH_RING_FULL,
	GAUTH_RING_NO_MEMORY,		/* the server has none to share */
	GAUTH_RING_NO_WORKER,		/* no process can be started */
	GAUTH_RING_TIMEOUT,
	GAUTH_RING_REFUSED			/* the worker could not write it */
} GauthRingAnswer;

/* what becomes of a note that cannot be written now */
typedef enum GauthRingPatience
{
	GAUTH_RING_WITHDRAW,		/* it is taken back */
	GAUTH_RING_LEAVE			/* it stays in the ring for a later worker */
} GauthRingPatience;

/* what an operator may want to know */
typedef struct GauthRingStatus
{
	const char *worker;			/* "none", "starting", "running" */
	int			worker_pid;
	TimestampTz worker_since;	/* 0: never */
	int			parts;
	int			parts_used;
	int			parts_most;		/* that were ever used at once */
	int			waiting;		/* notes in the queue */
	int			unwritten;		/* of them, those nobody waits for */
	uint64		posted;
	uint64		written;
	uint64		refused;
	uint64		kept;			/* by sessions, for want of room */
	uint64		lost;
	TimestampTz sealed_at;		/* 0: never */
	int			last_error;		/* SQLSTATE, 0: none */
	TimestampTz last_error_at;
} GauthRingStatus;

extern GauthRingAnswer gauth_ring_write(GauthSpan note,
										GauthRingPatience patience,
										GauthReceipt *receipt);
extern GauthRingAnswer gauth_ring_post(GauthSpan note);
extern bool gauth_ring_status(GauthRingStatus *status);

#endif							/* GAUTH_STORE_RING_H */
