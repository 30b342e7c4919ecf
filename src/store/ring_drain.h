/*
 * ring_drain.h
 *		The worker's side of the ring.
 */
#ifndef GAUTH_STORE_RING_DRAIN_H
#define GAUTH_STORE_RING_DRAIN_H

#include "postgres.h"

#include "store/ring_shared.h"

/* notes that the worker has taken, until it settles them */
typedef struct GauthDrain
{
	int			count;
	int			parts[GAUTH_RING_PARTS];
	GauthReceipt receipts[GAUTH_RING_PARTS];
} GauthDrain;

extern void gauth_drain_take(GauthRing *ring, GauthDrain *drain);
extern GauthSpan gauth_drain_read(GauthRing *ring, int part);
extern void gauth_drain_written(GauthRing *ring, const GauthDrain *drain,
								int first, int count, XLogRecPtr commit_end);
extern void gauth_drain_refused(GauthRing *ring, const GauthDrain *drain,
								int first, int count, int sqlstate);
extern void gauth_drain_return(GauthRing *ring, GauthDrain *drain);

#endif							/* GAUTH_STORE_RING_DRAIN_H */
