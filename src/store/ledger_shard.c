/*
 * ledger_shard.c
 *		The logs of the ledger, and which one is written to.
 *
 * A log must not go on after its database was restored, copied, upgraded or
 * promoted: two copies would both extend it, and both would have its name.
 * So every life of a database has a shard of its own, opened by whoever
 * writes first.
 */
#include "store/ledger_shard.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_class.h"
#include "catalog/pg_subscription_rel.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "base/hex.h"
#include "store/generation.h"
#include "store/ledger_batch.h"
#include "store/ledger_lane.h"
#include "store/memory.h"
#include "store/refuse.h"
#include "store/relation.h"
#include "store/ring_shared.h"
#include "store/worker.h"
#include "store/write.h"

#define ORIGIN_PREFIX	"gauth/"
#define ORIGIN_SIZE		16		/* random bytes */

/* milliseconds that another process gets for opening a log, and for a turn */
#define OPENING_PATIENCE	1000
#define OPENING_TURN		2

/* where this session writes, until gauth.shard changes */
static struct
{
	bool		known;
	uint64		generation;
	uint32		shard;
	Oid			table;			/* gauth.shard */
}			live;

/* whether a subscription writes there, until some subscription changes */
static struct
{
	uint64		changes;		/* from 1 once somebody hears of them */
	uint64		known;			/* as of this change */
	Oid			table;			/* gauth.shard */
	bool		answer;
}			mirror;

static int32
read_int32(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;

	return DatumGetInt32(gauth_scan_value(scan, column, &is_null));
}

/*
 * The numbers of transactions go on after a promotion and start anew in
 * another cluster; another number of the table means another database, or the
 * same one emptied and restored.
 */
static GauthShardLife
read_life(const GauthScan *scan, uint32 shard)
{
	GauthBatch	last;

	if (gauth_scan_int64(scan, SHARD_SYSTEM_IDENTIFIER) !=
		(int64) GetSystemIdentifier() ||
		gauth_scan_int64(scan, SHARD_RELATION) !=
		(int64) gauth_table_oid(GAUTH_TABLE_SHARD))
		return GAUTH_SHARD_FOREIGN;
	if (gauth_batch_last(shard, &last) &&
		FullTransactionIdPrecedes(ReadNextFullTransactionId(), last.xmax))
		return GAUTH_SHARD_FOREIGN;
	if (RecoveryInProgress() ||
		read_int32(scan, SHARD_TIMELINE) != (int32) GetWALInsertionTimeLine())
		return GAUTH_SHARD_PAST;
	return GAUTH_SHARD_LIVE;
}

static void
read_shard(const GauthScan *scan, GauthShard *shard)
{
	shard->number = (uint32) read_int32(scan, SHARD_SHARD);
	shard->life = read_life(scan, shard->number);
	shard->opened_at = gauth_scan_time(scan, SHARD_OPENED_AT, 0);
}

/*
 * gauth_shard_find
 *		The shard of that number; false when there is none.
 *
 * One before the last is past, if it is not foreign.
 */
bool
gauth_shard_find(uint32 number, GauthShard *shard)
{
	GauthScan	scan;
	bool		found;

	memset(shard, 0, sizeof(*shard));
	gauth_scan_begin(&scan, GAUTH_TABLE_SHARD);
	gauth_scan_key_int(&scan, SHARD_SHARD, (int32) number);
	found = gauth_scan_next(&scan);
	if (found)
		read_shard(&scan, shard);
	gauth_scan_end(&scan);
	if (found && shard->life == GAUTH_SHARD_LIVE &&
		number != gauth_shard_last())
		shard->life = GAUTH_SHARD_PAST;
	return found;
}

/*
 * gauth_shard_origin
 *		The name of the log, in the current memory context; without data when
 *		there is none of this number.
 */
GauthSpan
gauth_shard_origin(uint32 number)
{
	GauthScan	scan;
	GauthSpan	origin = {NULL, 0};

	gauth_scan_begin(&scan, GAUTH_TABLE_SHARD);
	gauth_scan_key_int(&scan, SHARD_SHARD, (int32) number);
	if (gauth_scan_next(&scan))
		origin = gauth_memory_copy(CurrentMemoryContext,
								   gauth_scan_text(&scan, SHARD_ORIGIN));
	gauth_scan_end(&scan);
	return origin;
}

/*
 * gauth_shard_opening
 *		What the shard noted of the one before; false when there is none of
 *		this number.
 */
bool
gauth_shard_opening(uint32 number, GauthShardOpening *opening)
{
	GauthScan	scan;
	bool		found;
	bool		is_null;
	Datum		size;

	memset(opening, 0, sizeof(*opening));
	gauth_scan_begin(&scan, GAUTH_TABLE_SHARD);
	gauth_scan_key_int(&scan, SHARD_SHARD, (int32) number);
	found = gauth_scan_next(&scan);
	if (found)
	{
		size = gauth_scan_value(&scan, SHARD_PREVIOUS_SIZE, &is_null);
		opening->previous_size = is_null ? 0 : (uint64) DatumGetInt64(size);
		opening->previous_root =
			gauth_memory_copy(CurrentMemoryContext,
							  gauth_scan_text(&scan, SHARD_PREVIOUS_ROOT));
	}
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_shard_last
 *		The number of the newest shard, 0 when there is none.
 */
uint32
gauth_shard_last(void)
{
	GauthScan	scan;
	uint32		last = 0;

	gauth_scan_begin(&scan, GAUTH_TABLE_SHARD);
	while (gauth_scan_next(&scan))
		last = Max(last, (uint32) read_int32(&scan, SHARD_SHARD));
	gauth_scan_end(&scan);
	return last;
}

/*
 * gauth_shard_partition
 *		The table that holds the shard's entries.
 */
Oid
gauth_shard_partition(uint32 shard)
{
	char		name[NAMEDATALEN];

	snprintf(name, sizeof(name), "entry_%02u", shard % GAUTH_PARTITIONS);
	return gauth_relation_find(name);
}

static LOCKTAG
lock_tag(void)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, RelationRelationId,
					   gauth_table_oid(GAUTH_TABLE_SEAL_BATCH), 0);
	return tag;
}

/*
 * gauth_shard_lock
 *		Be the one who seals, opens and closes logs, until the transaction
 *		ends; false when somebody else is and "wait" is not wanted.
 *
 * Not an advisory lock, which anybody may take.  Whoever gets it also knows
 * that all messages of whoever had it before have been sent: a lock goes after
 * them.
 */
bool
gauth_shard_lock(bool wait)
{
	LOCKTAG		tag = lock_tag();

	if (LockAcquire(&tag, ExclusiveLock, false, !wait) ==
		LOCKACQUIRE_NOT_AVAIL)
		return false;
	AcceptInvalidationMessages();
	return true;
}

/*
 * gauth_shard_unlock
 *		Give the lock up before the transaction ends, once for each time that
 *		it was got; only for who has changed nothing under it.
 */
void
gauth_shard_unlock(void)
{
	LOCKTAG		tag = lock_tag();

	(void) LockRelease(&tag, ExclusiveLock, false);
}

static bool
has_subscription(Oid table)
{
	Relation	catalog = table_open(SubscriptionRelRelationId,
									 AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	bool		found;

	ScanKeyInit(&key, Anum_pg_subscription_rel_srrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(table));
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

static void
subscriptions_changed(Datum argument, int cache, uint32 hash)
{
	mirror.changes++;
}

/*
 * gauth_shard_is_mirror
 *		Does a subscription write into the ledger?  Then it is another's.
 *
 * Every entry asks, and no index of the catalog answers.
 */
bool
gauth_shard_is_mirror(void)
{
	Oid			table = gauth_table_oid(GAUTH_TABLE_SHARD);
	uint64		changes;

	if (mirror.changes == 0)
	{
		CacheRegisterSyscacheCallback(SUBSCRIPTIONRELMAP,
									  subscriptions_changed, (Datum) 0);
		mirror.changes = 1;
	}
	if (mirror.known == mirror.changes && mirror.table == table)
		return mirror.answer;
	changes = mirror.changes;
	mirror.answer = has_subscription(table);
	mirror.table = table;
	mirror.known = changes;
	return mirror.answer;
}

/*
 * gauth_shard_require_primary
 *		Raises unless this is where the ledger is written.
 */
void
gauth_shard_require_primary(void)
{
	if (RecoveryInProgress())
		gauth_refuse(GAUTH_PRIMARY_NEEDED, "This server is a standby.");
	if (gauth_shard_is_mirror())
		gauth_refuse(GAUTH_PRIMARY_NEEDED,
					 "A subscription writes into this ledger.");
}

/*
 * gauth_shard_of_origin
 *		The shard that has this name; 0 when none has.
 */
uint32
gauth_shard_of_origin(GauthSpan origin)
{
	GauthScan	scan;
	bool		is_null;
	uint32		shard = 0;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_SHARD, "shard_origin_key");
	gauth_scan_key_text(&scan, SHARD_ORIGIN, origin);
	if (gauth_scan_next(&scan))
		shard = (uint32)
			DatumGetInt32(gauth_scan_value(&scan, SHARD_SHARD, &is_null));
	gauth_scan_end(&scan);
	return shard;
}

static char *
make_origin(void)
{
	uint8_t		bytes[ORIGIN_SIZE];
	char	   *origin = palloc0(sizeof(ORIGIN_PREFIX) + 2 * sizeof(bytes));

	if (!pg_strong_random(bytes, sizeof(bytes)))
		gauth_refuse(GAUTH_CRYPTO_FAILED, "random");
	strcpy(origin, ORIGIN_PREFIX);
	gauth_hex_encode(gauth_span(bytes, sizeof(bytes)),
					 origin + strlen(ORIGIN_PREFIX));
	return origin;
}

static void
write_int64(GauthWrite *write, int64 value)
{
	gauth_write_value(write, INT8OID, Int64GetDatum(value), false);
}

/* what has been sealed of the shard before, if anything */
static void
write_previous(GauthWrite *write, uint32 last)
{
	GauthBatch	batch;

	if (last > 0 && gauth_batch_last(last, &batch))
	{
		write_int64(write, (int64) batch.end);
		gauth_write_bytes(write, gauth_span(batch.root.bytes,
											sizeof(batch.root.bytes)));
		return;
	}
	gauth_write_value(write, INT8OID, (Datum) 0, true);
	gauth_write_value(write, BYTEAOID, (Datum) 0, true);
}

static void
insert_shard(uint32 last, const char *reason)
{
	GauthWrite	write = {0};
	FullTransactionId xid = GetTopFullTransactionId();

	gauth_write_value(&write, INT4OID, Int32GetDatum((int32) last + 1), false);
	gauth_write_text(&write, gauth_span_of(make_origin()));
	write_int64(&write, (int64) GetSystemIdentifier());
	gauth_write_value(&write, INT4OID,
					  Int32GetDatum((int32) GetWALInsertionTimeLine()), false);
	write_int64(&write, (int64) gauth_table_oid(GAUTH_TABLE_SHARD));
	gauth_write_value(&write, XID8OID, FullTransactionIdGetDatum(xid), false);
	gauth_write_text(&write, gauth_span_of(reason));
	write_previous(&write, last);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.shard (shard, origin,"
						   " system_identifier, timeline, relation,"
						   " opened_xid, opened_at, reason, previous_size,"
						   " previous_root) VALUES ($1, $2, $3, $4, $5, $6,"
						   " clock_timestamp(), $7, $8, $9)");
	CommandCounterIncrement();
}

/*
 * gauth_shard_open
 *		Open the next shard, by whoever has the lock; returns its number.
 */
uint32
gauth_shard_open(const char *reason)
{
	uint32		last = gauth_shard_last();

	gauth_shard_require_primary();
	if (last >= GAUTH_SHARD_MAX)
		gauth_refuse(GAUTH_LIMIT_EXCEEDED, "shards of the ledger");
	insert_shard(last, reason);
	return last + 1;
}

static uint32
find_live(void)
{
	uint32		last = gauth_shard_last();
	GauthShard	shard;

	if (last > 0 && gauth_shard_find(last, &shard) &&
		shard.life == GAUTH_SHARD_LIVE)
		return last;
	return 0;
}

/* nobody else sees the tables yet */
static bool
is_being_installed(void)
{
	Relation	table = table_open(gauth_table_oid(GAUTH_TABLE_SHARD),
								   AccessShareLock);
	bool		is_new = table->rd_createSubid != InvalidSubTransactionId;

	table_close(table, AccessShareLock);
	return is_new;
}

/*
 * The process that seals opens logs in transactions that end at once: whoever
 * opens one in a transaction that lasts keeps all others waiting.  0 when it
 * cannot, or does not in time.
 */
static uint32
have_opened(void)
{
	GauthRing  *ring;
	TimestampTz end;
	uint32		shard = 0;

	if (gauth_worker_is_me || is_being_installed() ||
		gauth_shard_is_mirror())
		return 0;
	ring = gauth_ring();
	if (ring == NULL || !gauth_worker_start(ring))
		return 0;
	end = GetCurrentTimestamp() + OPENING_PATIENCE * INT64CONST(1000);
	while (shard == 0 && GetCurrentTimestamp() < end)
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT |
						 WL_EXIT_ON_PM_DEATH, OPENING_TURN,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		shard = find_live();
	}
	return shard;
}

static uint32
find_or_open(void)
{
	uint32		shard = find_live();
	GauthShard	last;

	if (shard == 0)
		shard = have_opened();
	if (shard > 0)
		return shard;
	(void) gauth_shard_lock(true);
	shard = find_live();
	if (shard > 0)
		return shard;
	if (!gauth_shard_find(gauth_shard_last(), &last))
		return gauth_shard_open("first");
	return gauth_shard_open(last.life == GAUTH_SHARD_FOREIGN ?
							"restored" : "recovered");
}

/* the extension was dropped and made again: its logs count from 1 again */
static void
note_table(void)
{
	Oid			table = gauth_table_oid(GAUTH_TABLE_SHARD);

	if (live.table != table)
		gauth_lane_forget();
	live.table = table;
}

/*
 * gauth_shard_live
 *		The shard that this transaction writes to.
 *
 * The caller has a transaction number already: whoever gets one after another
 * shard was opened hears of that here (see gauth_seal_may_close).
 */
uint32
gauth_shard_live(void)
{
	AcceptInvalidationMessages();
	if (!live.known ||
		live.generation != gauth_generation(GAUTH_GROUP_SHARDS))
	{
		uint64		generation = gauth_generation(GAUTH_GROUP_SHARDS);

		live.known = false;
		live.shard = find_or_open();
		note_table();
		live.generation = generation;
		live.known = true;
	}
	return live.shard;
}
