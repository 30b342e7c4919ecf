/*
 * ledger_shard.h
 *		The logs of the ledger, and which one is written to.
 */
#ifndef GAUTH_STORE_LEDGER_SHARD_H
#define GAUTH_STORE_LEDGER_SHARD_H

#include "postgres.h"

#include "access/transam.h"
#include "datatype/timestamp.h"

#include "base/span.h"

/* columns of gauth.shard */
enum
{
	SHARD_SHARD = 1,
	SHARD_ORIGIN,
	SHARD_SYSTEM_IDENTIFIER,
	SHARD_TIMELINE,
	SHARD_RELATION,
	SHARD_OPENED_XID,
	SHARD_OPENED_AT,
	SHARD_REASON,
	SHARD_PREVIOUS_SIZE,
	SHARD_PREVIOUS_ROOT
};

/* shards share the partitions in turn, and their list ends */
#define GAUTH_PARTITIONS	16
#define GAUTH_SHARD_MAX		(64 * GAUTH_PARTITIONS - 1)

/* how the shard's transaction numbers relate to those of this server */
typedef enum GauthShardLife
{
	GAUTH_SHARD_LIVE,			/* written by this life of the database */
	GAUTH_SHARD_PAST,			/* by an earlier one, or before a rotation */
	GAUTH_SHARD_FOREIGN			/* restored: they mean nothing here */
} GauthShardLife;

typedef struct GauthShard
{
	uint32		number;			/* 0: there is none */
	GauthShardLife life;
	TimestampTz opened_at;
} GauthShard;

/* what was noted of the shard before when one was opened */
typedef struct GauthShardOpening
{
	uint64		previous_size;	/* 0: nothing was sealed */
	GauthSpan	previous_root;
} GauthShardOpening;

extern bool gauth_shard_opening(uint32 number, GauthShardOpening *opening);
extern GauthSpan gauth_shard_origin(uint32 number);
extern bool gauth_shard_find(uint32 number, GauthShard *shard);
extern uint32 gauth_shard_of_origin(GauthSpan origin);
extern uint32 gauth_shard_last(void);
extern uint32 gauth_shard_live(void);
extern uint32 gauth_shard_open(const char *reason);
extern Oid	gauth_shard_partition(uint32 shard);
extern bool gauth_shard_lock(bool wait);
extern void gauth_shard_unlock(void);
extern bool gauth_shard_is_mirror(void);
extern void gauth_shard_require_primary(void);

#endif							/* GAUTH_STORE_LEDGER_SHARD_H */
