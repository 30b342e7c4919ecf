/*
 * ledger_lane.c
 *		The chain of entries of one session.
 *
 * Each entry has the leaf of the one that the same session wrote before, so
 * that one that is taken away before it is sealed leaves a gap.  The head of
 * the chain is in this process alone and needs no lock.  It follows savepoints
 * and transactions: what is rolled back was never part of the chain.
 */
#include "store/ledger_lane.h"

#include "access/xact.h"
#include "commands/sequence.h"
#include "utils/memutils.h"

#include "store/relation.h"

#define SAVED_ROOM_FIRST	8

/* what the head was before a subtransaction's first entry */
typedef struct Saved
{
	SubTransactionId owner;
	GauthLane	head;
} Saved;

static struct
{
	uint32		shard;
	GauthLane	head;			/* number 0: there is no lane */
	GauthLane	committed;
	Saved	   *saved;			/* the outermost first */
	uint32		depth;
	uint32		room;
}			lane;

/*
 * gauth_lane_forget
 *		The next entry begins another chain.
 */
void
gauth_lane_forget(void)
{
	memset(&lane.head, 0, sizeof(lane.head));
	lane.committed = lane.head;
	lane.depth = 0;
}

static void
transaction_ended(XactEvent event, void *argument)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
			lane.committed = lane.head;
			lane.depth = 0;
			break;
		case XACT_EVENT_ABORT:
			lane.head = lane.committed;
			lane.depth = 0;
			break;
		case XACT_EVENT_PREPARE:

			/* what becomes of the entries is for others to decide */
			gauth_lane_forget();
			break;
		default:
			break;
	}
}

static void
subtransaction_ended(SubXactEvent event, SubTransactionId mine,
					 SubTransactionId parent, void *argument)
{
	Saved	   *last;

	if (lane.depth == 0)
		return;
	last = &lane.saved[lane.depth - 1];
	if (last->owner != mine)
		return;
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		lane.head = last->head;
		lane.depth--;
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
	{
		/* the parent's own memory is older */
		if (lane.depth > 1 && lane.saved[lane.depth - 2].owner == parent)
			lane.depth--;
		else
			last->owner = parent;
	}
}

/*
 * gauth_lane_init
 *		Follow the transactions of this session; once in its life.
 */
void
gauth_lane_init(void)
{
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

static void
open_lane(uint32 shard)
{
	Oid			sequence = gauth_relation_find("lane_number");
	uint64		number = (uint64) nextval_internal(sequence, false);

	memset(&lane.head, 0, sizeof(lane.head));
	lane.head.number = number;
	lane.committed = lane.head;
	lane.shard = shard;
	lane.depth = 0;
}

/* room first: nothing may fail between saving and the entry */
static void
make_room(void)
{
	if (lane.depth < lane.room)
		return;
	if (lane.saved == NULL)
	{
		lane.saved = MemoryContextAlloc(TopMemoryContext,
										sizeof(Saved) * SAVED_ROOM_FIRST);
		lane.room = SAVED_ROOM_FIRST;
		return;
	}
	lane.saved = repalloc(lane.saved, sizeof(Saved) * lane.room * 2);
	lane.room *= 2;
}

static void
save_head(void)
{
	SubTransactionId current = GetCurrentSubTransactionId();

	if (lane.depth > 0 && lane.saved[lane.depth - 1].owner == current)
		return;
	make_room();
	lane.saved[lane.depth].owner = current;
	lane.saved[lane.depth].head = lane.head;
	lane.depth++;
}

/*
 * gauth_lane_current
 *		Where the next entry of this session goes.
 */
const GauthLane *
gauth_lane_current(uint32 shard)
{
	if (lane.head.number == 0 || lane.shard != shard)
		open_lane(shard);
	return &lane.head;
}

/*
 * gauth_lane_advance
 *		The entry was written: it is the head, unless it is rolled back.
 */
void
gauth_lane_advance(const uint8 leaf[GAUTH_HASH_SIZE])
{
	save_head();
	lane.head.seq++;
	memcpy(lane.head.leaf, leaf, GAUTH_HASH_SIZE);
}
