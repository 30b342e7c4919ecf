/*
 * ledger_decide.c
 *		Entries about decisions.
 *
 * A permit is part of the transaction that makes use of it.  A denial has to
 * outlive its transaction, which is likely to be rolled back because of it, so
 * that it goes through the ring; so does a permit where the transaction may
 * not write.  A permit that cannot be recorded is refused.  A denial denies,
 * whatever becomes of its entry: that is left in the ring, or kept here until
 * there is room in it.
 *
 * A statement that is denied the same thing again and again says so twice: the
 * first denial is durable before the call returns, the others are counted, and
 * their number is sent when the statement or its transaction is over.
 */
#include "store/ledger.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/memutils.h"

#include "store/ledger_shard.h"
#include "store/refuse.h"
#include "store/ring_note.h"
#include "store/ring_shared.h"

#define SEEN_MAX		64
#define KEPT_MAX		64
#define KEPT_BYTES_MAX	(256 * 1024)

/* a denial of the current statement */
typedef struct Seen
{
	GauthSpan	note;
	GauthReceipt receipt;
	uint32		more;			/* equal ones that have not been sent */
} Seen;

static struct
{
	TimestampTz statement;		/* when it began */
	bool		is_stuck;		/* one of its notes got no answer */
	MemoryContext memory;		/* of the notes */
	int			count;
	Seen		seen[SEEN_MAX];
}			current;

/* notes that found no room in the ring, the oldest first */
static struct
{
	int			count;
	size_t		bytes;
	GauthSpan	notes[KEPT_MAX];
}			kept;

static void
count_lost(uint32 count)
{
	GauthRing  *ring = gauth_ring_entered();

	if (ring != NULL)
		pg_atomic_fetch_add_u64(&ring->lost, count);
	elog(LOG, "denials that gauth could not record: %u", count);
}

static void
count_kept(int32 change)
{
	GauthRing  *ring = gauth_ring_entered();

	if (ring != NULL)
		pg_atomic_fetch_add_u32(&ring->kept, change);
}

/* at any time; raises nothing */
static void
keep(GauthSpan note)
{
	char	   *copy = NULL;

	if (kept.count < KEPT_MAX && kept.bytes + note.len <= KEPT_BYTES_MAX)
		copy = MemoryContextAllocExtended(TopMemoryContext, note.len,
										  MCXT_ALLOC_NO_OOM);
	if (copy == NULL)
	{
		count_lost(1);
		return;
	}
	memcpy(copy, note.data, note.len);
	kept.notes[kept.count++] = gauth_span(copy, note.len);
	kept.bytes += note.len;
	count_kept(1);
}

static void
send_kept(void)
{
	int			sent = 0;
	int			i;

	while (sent < kept.count &&
		   gauth_ring_post(kept.notes[sent]) == GAUTH_RING_POSTED)
		sent++;
	for (i = 0; i < sent; i++)
	{
		kept.bytes -= kept.notes[i].len;
		pfree((void *) kept.notes[i].data);
	}
	if (sent == 0)
		return;
	kept.count -= sent;
	memmove(kept.notes, kept.notes + sent, sizeof(GauthSpan) * kept.count);
	count_kept(-sent);
}

static void
send_counts(void)
{
	int			i;

	for (i = 0; i < current.count; i++)
	{
		Seen	   *seen = &current.seen[i];

		if (seen->more == 0)
			continue;
		gauth_ring_note_set_count(seen->note, seen->more);
		if (gauth_ring_post(seen->note) != GAUTH_RING_POSTED)
			keep(seen->note);
		seen->more = 0;
	}
}

/* the transaction ends, and with it what could be rolled back */
static void
transaction_ended(XactEvent event, void *argument)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT &&
		event != XACT_EVENT_PREPARE)
		return;
	send_counts();
	if (kept.count > 0)
		send_kept();
}

static void
process_ends(int status, Datum argument)
{
	send_counts();
	send_kept();
	if (kept.count == 0)
		return;
	count_lost((uint32) kept.count);
	count_kept(-kept.count);
	kept.count = 0;
}

static void
begin_statement(void)
{
	send_counts();
	current.count = 0;
	current.is_stuck = false;
	current.statement = GetCurrentStatementStartTimestamp();
	if (current.memory != NULL)
	{
		MemoryContextReset(current.memory);
		return;
	}
	current.memory = AllocSetContextCreate(TopMemoryContext, "gauth denials",
										   ALLOCSET_SMALL_SIZES);
	RegisterXactCallback(transaction_ended, NULL);

	/* before the ring's own, which takes its leave of the ring */
	(void) gauth_ring();
	before_shmem_exit(process_ends, (Datum) 0);
}

static Seen *
find_seen(GauthSpan note)
{
	GauthSpan	substance = gauth_ring_note_substance(note);
	int			i;

	for (i = 0; i < current.count; i++)
	{
		Seen	   *seen = &current.seen[i];

		if (gauth_span_equal(gauth_ring_note_substance(seen->note),
							 substance))
			return seen;
	}
	return NULL;
}

/* one that got no answer as well: its equals need not wait for one again */
static void
remember(GauthSpan note, const GauthReceipt *receipt)
{
	Seen	   *seen;
	char	   *copy;

	if (current.count == SEEN_MAX)
		return;
	copy = MemoryContextAlloc(current.memory, note.len);
	memcpy(copy, note.data, note.len);
	seen = &current.seen[current.count++];
	seen->note = gauth_span(copy, note.len);
	seen->receipt = *receipt;
	seen->more = 0;
}

static GauthRingAnswer
send_denial(GauthSpan note, GauthReceipt *receipt)
{
	GauthRingAnswer answer;

	if (current.is_stuck)
		answer = gauth_ring_post(note);
	else
		answer = gauth_ring_write(note, GAUTH_RING_LEAVE, receipt);
	if (answer == GAUTH_RING_FULL || answer == GAUTH_RING_NO_MEMORY)
		keep(note);
	return answer;
}

static void
record_denial(GauthEntry *entry, GauthReceipt *receipt)
{
	GauthSpan	note = gauth_ring_note_pack(entry, GAUTH_RING_NOTE_MAX);
	Seen	   *seen;

	if (current.memory == NULL ||
		current.statement != GetCurrentStatementStartTimestamp())
		begin_statement();
	if (kept.count > 0)
		send_kept();
	seen = find_seen(note);
	if (seen != NULL)
	{
		seen->more += entry->count;
		*receipt = seen->receipt;
		return;
	}
	if (send_denial(note, receipt) != GAUTH_RING_WRITTEN)
		current.is_stuck = true;
	remember(note, receipt);
}

static const char *
reason(GauthRingAnswer answer)
{
	switch (answer)
	{
		case GAUTH_RING_FULL:
			return "Too much waits to be recorded.";
		case GAUTH_RING_NO_MEMORY:
			return "The server has no shared memory left.";
		case GAUTH_RING_NO_WORKER:
			return "All of max_worker_processes are in use.";
		case GAUTH_RING_REFUSED:
			return "The process that records could not write it.";
		default:
			return "The process that records did not answer in time.";
	}
}

static void
record_permit(GauthEntry *entry, GauthReceipt *receipt)
{
	GauthSpan	note = gauth_ring_note_pack(entry, GAUTH_RING_NOTE_MAX);
	GauthRingAnswer answer = gauth_ring_write(note, GAUTH_RING_WITHDRAW,
											  receipt);

	if (answer != GAUTH_RING_WRITTEN)
		gauth_refuse(GAUTH_CANNOT_RECORD, reason(answer));
}

static void
send(const GauthNote *note, bool is_denial, GauthReceipt *receipt)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "gauth decision",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	GauthEntry	entry;

	gauth_ledger_capture(note, &entry);
	if (is_denial)
		record_denial(&entry, receipt);
	else
		record_permit(&entry, receipt);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

/*
 * gauth_ledger_decide
 *		An entry about a decision; "receipt" is empty behind a denial that is
 *		not in the ledger yet.
 */
void
gauth_ledger_decide(const GauthNote *note, GauthReceipt *receipt)
{
	bool		is_denial = note->verdict == GAUTH_VERDICT_DENY ||
		note->verdict == GAUTH_VERDICT_ERROR;
	GauthReceipt ignored;

	if (receipt == NULL)
		receipt = &ignored;
	memset(receipt, 0, sizeof(*receipt));
	gauth_shard_require_primary();
	if (is_denial || XactReadOnly)
		send(note, is_denial, receipt);
	else
		gauth_ledger_append(note, receipt);
}
