/*
 * ledger.c
 *		Writing an entry: a row of this transaction, past SQL.
 *
 * No statement, no trigger, no search path and no privilege of the caller
 * takes part.  Writers share nothing: no head, no lock, no number but that of
 * their transaction.  What is written becomes part of a log when it is sealed
 * (ledger_seal.c).
 */
#include "store/ledger.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "crypto/compare.h"
#include "ledger/trace.h"
#include "store/compat.h"
#include "store/crypto.h"
#include "store/identity.h"
#include "store/ledger_lane.h"
#include "store/ledger_row.h"
#include "store/ledger_shard.h"
#include "store/refuse.h"
#include "store/worker.h"

#define RANDOM_POOL		4096
#define EPOCH_MICROS \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)

/* one transaction's entries are sealed together, and have to fit */
#define TRANSACTION_ENTRIES_MAX		(16 * 1024 * 1024)

char	   *gauth_trace_context = NULL;

/* random bytes that have not been used */
static struct
{
	size_t		left;
	uint8		bytes[RANDOM_POOL];
}			pool;

/* entries that the current transaction tried to write */
static struct
{
	FullTransactionId xid;
	uint32		count;
}			written;

/*
 * gauth_ledger_init
 *		Once in the life of a process.
 */
void
gauth_ledger_init(void)
{
	gauth_lane_init();
}

/* to ask for 16 bytes at a time costs more than to hash an entry */
static void
take_salt(uint8 salt[GAUTH_SALT_SIZE])
{
	if (pool.left < GAUTH_SALT_SIZE)
	{
		if (!pg_strong_random(pool.bytes, sizeof(pool.bytes)))
			gauth_refuse(GAUTH_CRYPTO_FAILED, "random");
		pool.left = sizeof(pool.bytes);
	}
	pool.left -= GAUTH_SALT_SIZE;
	memcpy(salt, pool.bytes + pool.left, GAUTH_SALT_SIZE);
	gauth_wipe(pool.bytes + pool.left, GAUTH_SALT_SIZE);
}

static GauthSpan
or_else(GauthSpan given, GauthSpan otherwise)
{
	if (given.data != NULL || otherwise.len == 0)
		return given;
	return otherwise;
}

/* who acts under a mandate is its agent */
static void
capture_identity(GauthEntry *entry)
{
	const GauthIdentity *identity = gauth_identity_current();

	if (identity == NULL)
		return;
	if (identity->mandate.len > 0)
		entry->agent = or_else(entry->agent, identity->subject);
	entry->actor = or_else(entry->actor, identity->subject);
	entry->mandate = or_else(entry->mandate, identity->mandate);
	entry->token_id = or_else(entry->token_id, identity->token_id);
}

/*
 * gauth_ledger_capture
 *		What the note says, with who, when and the trace.
 */
void
gauth_ledger_capture(const GauthNote *note, GauthEntry *entry)
{
	char	   *role = GetUserNameFromId(GetSessionUserId(), true);

	if (note->payload.len > GAUTH_PAYLOAD_MAX)
		gauth_refuse(GAUTH_LIMIT_EXCEEDED, "payload");
	memset(entry, 0, sizeof(*entry));
	entry->micros = GetCurrentTimestamp() + EPOCH_MICROS;
	entry->kind = gauth_span_of(note->kind);
	entry->verdict = note->verdict;
	entry->count = Max(note->count, 1);
	entry->action = note->action;
	entry->resource = note->resource;
	entry->rule = note->rule;
	entry->mandate = note->mandate;
	entry->token_id = note->token_id;
	entry->actor = note->actor;
	entry->agent = note->agent;
	entry->payload = note->payload;
	if (role != NULL)
		entry->role = gauth_span_of(role);
	if (gauth_trace_context != NULL)
		(void) gauth_trace_read(gauth_span_of(gauth_trace_context),
								&entry->trace);
	capture_identity(entry);
}

static void
check_transaction(void)
{
	gauth_shard_require_primary();
	PreventCommandIfReadOnly("a change that the ledger records");
	PreventCommandIfParallelMode("a change that the ledger records");
}

static void
count_entry(FullTransactionId xid)
{
	if (!FullTransactionIdEquals(written.xid, xid))
	{
		written.xid = xid;
		written.count = 0;
	}
	if (written.count++ >= TRANSACTION_ENTRIES_MAX)
		gauth_refuse(GAUTH_LIMIT_EXCEEDED, "entries of one transaction");
}

static void
insert_row(const GauthEntryRow *row)
{
	Relation	table = table_open(gauth_shard_partition(row->entry.shard),
								   RowExclusiveLock);
	EState	   *estate = CreateExecutorState();
	ResultRelInfo *result = makeNode(ResultRelInfo);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(table),
													&TTSOpsHeapTuple);

	InitResultRelInfo(result, table, 0, NULL, 0);
	ExecOpenIndices(result, false);
	gauth_entry_row_form(row, slot->tts_values, slot->tts_isnull);
	ExecStoreVirtualTuple(slot);
	table_tuple_insert(table, slot, GetCurrentCommandId(true), 0, NULL);
	(void) GAUTH_INSERT_INDEX_TUPLES(result, slot, estate);
	ExecCloseIndices(result);
	ExecDropSingleTupleTableSlot(slot);
	FreeExecutorState(estate);
	table_close(table, NoLock);
}

static void
require(GauthStatus status)
{
	if (status != GAUTH_OK)
		gauth_refuse(status, "entry");
}

static void
make_leaf(const GauthEntry *entry, const uint8 salt[GAUTH_SALT_SIZE],
		  uint8 leaf[GAUTH_HASH_SIZE])
{
	uint8		commitment[GAUTH_HASH_SIZE];

	require(gauth_entry_commit(gauth_crypto(), entry, salt, commitment));
	require(gauth_entry_leaf(gauth_crypto(), entry, commitment, leaf));
}

/*
 * gauth_ledger_write
 *		Give a captured entry its place, and write it into this transaction.
 */
void
gauth_ledger_write(GauthEntry *entry, GauthReceipt *receipt)
{
	GauthEntryRow row = {0};
	FullTransactionId xid;
	const GauthLane *lane;
	uint8		salt[GAUTH_SALT_SIZE];
	uint8		leaf[GAUTH_HASH_SIZE];

	check_transaction();
	xid = GetTopFullTransactionId();
	count_entry(xid);
	entry->shard = gauth_shard_live();
	lane = gauth_lane_current(entry->shard);
	entry->xid = U64FromFullTransactionId(xid);
	entry->lane = lane->number;
	entry->lane_seq = lane->seq + 1;
	entry->previous = gauth_span(lane->leaf, sizeof(lane->leaf));
	take_salt(salt);
	make_leaf(entry, salt, leaf);

	row.entry = *entry;
	row.salt = gauth_span(salt, sizeof(salt));
	insert_row(&row);
	gauth_lane_advance(leaf);
	gauth_worker_want();
	if (receipt == NULL)
		return;
	receipt->shard = entry->shard;
	receipt->xid = entry->xid;
	receipt->lane = entry->lane;
	receipt->lane_seq = entry->lane_seq;
	memcpy(receipt->leaf, leaf, sizeof(leaf));
	receipt->has_leaf = true;
}

/*
 * gauth_ledger_append
 *		An entry of this transaction, gone if it rolls back.
 */
void
gauth_ledger_append(const GauthNote *note, GauthReceipt *receipt)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth entry",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	GauthEntry	entry;

	gauth_ledger_capture(note, &entry);
	gauth_ledger_write(&entry, receipt);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}
