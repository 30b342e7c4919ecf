/*
 * ledger_lane.h
 *		The chain of entries of one session.
 */
#ifndef GAUTH_STORE_LEDGER_LANE_H
#define GAUTH_STORE_LEDGER_LANE_H

#include "postgres.h"

#include "ledger/entry.h"

/* where the session's next entry goes */
typedef struct GauthLane
{
	uint64		number;
	uint64		seq;			/* of the last entry, 0 before the first */
	uint8		leaf[GAUTH_HASH_SIZE];	/* of the last entry */
} GauthLane;

extern void gauth_lane_init(void);
extern const GauthLane *gauth_lane_current(uint32 shard);
extern void gauth_lane_forget(void);
extern void gauth_lane_advance(const uint8 leaf[GAUTH_HASH_SIZE]);

#endif							/* GAUTH_STORE_LEDGER_LANE_H */
