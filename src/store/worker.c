/*
 * worker.c
 *		The process that writes what is in the ring, and seals.
 *
 * One for each database that has something to write or to seal; it ends when
 * there has been nothing for a while.  It logs in as the bootstrap superuser,
 * because a role that may not log in can be nobody's process before PostgreSQL
 * 17, but works with the rights of the extension's owner, restricted, and runs
 * nothing but what is in this library.
 *
 * What can go wrong with one note ends that note alone.  A note that has been
 * taken and not settled when the process ends, for whatever reason, was not
 * committed, and goes back into the queue: it is settled as part of the
 * commit, where nothing can interrupt it, and a crash takes the ring with it.
 */
#include "store/worker.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_database.h"
#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "replication/syncrep.h"
#include "storage/ipc.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

#include "store/access.h"
#include "store/generation.h"
#include "store/ledger.h"
#include "store/ledger_seal.h"
#include "store/ledger_shard.h"
#include "store/ledger_stream.h"
#include "store/process.h"
#include "store/ring_drain.h"
#include "store/ring_note.h"
#include "store/setting.h"
#include "store/sink.h"

/* milliseconds */
#define LOCK_TIMEOUT		"1000"
#define LOOK_AROUND			200 /* between two looks at who else is here */
#define SEAL_ANYWAY			2000	/* what no session has told of */
#define RETRY_PAUSE			200
#define RECORD_TIMEOUT_MIN	100
#define TASK_TIMEOUT		(600 * 1000)	/* of what nobody waits for */

static struct
{
	GauthRing  *ring;
	uint32		incarnation;
	int			durability;		/* of synchronous_commit, as configured */
	uint64		commits;		/* as of the last sealing */
	uint64		heard;			/* as of the last look at the settings */
	bool		unsealed;		/* own entries, or what was left over */
	bool		backlog;		/* of which the last sealing took a part */
	bool		cannot_seal;
	TimestampTz sealed_at;
	TimestampTz looked_at;
	TimestampTz busy_at;
	bool		has_settings;
	uint64		generation;		/* of the settings */
	Oid			owner;			/* of the extension */
	int64		seal_interval;	/* milliseconds */
	int64		idle_limit;
}			self;

static GauthDrain drain;

static void
set_option(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_SUSET, PGC_S_OVERRIDE,
							 GUC_ACTION_SET, true, 0, false);
}

/*
 * Who waits for a note flushes the log of the server itself, so that many do
 * it at once and nobody waits for the next turn of this process.  A standby
 * that has to have it as well is waited for here.  What the server is
 * configured to does not make it less.
 */
static void
set_durability(void)
{
	if (SyncRepStandbyNames == NULL || SyncRepStandbyNames[0] == '\0')
		set_option("synchronous_commit", "off");
	else if (self.durability == SYNCHRONOUS_COMMIT_REMOTE_APPLY)
		set_option("synchronous_commit", "remote_apply");
	else
		set_option("synchronous_commit", "on");
}

static void
set_options(void)
{
	self.durability = synchronous_commit;
	set_durability();
	set_option("default_transaction_read_only", "off");
	set_option("default_transaction_isolation", "read committed");
	set_option("search_path", "pg_catalog, pg_temp");
	set_option("lock_timeout", LOCK_TIMEOUT);
	if (GetConfigOption("transaction_timeout", true, false) != NULL)
		set_option("transaction_timeout", "0");
}

/* the next one may begin; with the lock held */
static void
give_up_office(void)
{
	GauthRing  *ring = self.ring;

	if (ring->incarnation != self.incarnation ||
		ring->worker_state != GAUTH_WORKER_RUNNING)
		return;
	ring->worker_state = GAUTH_WORKER_NONE;
	ring->worker_pid = 0;
	ring->worker_latch = NULL;
	ring->worker_since = GetCurrentTimestamp();
}

/* the process ends, for whatever reason */
static void
retire(int status, Datum argument)
{
	gauth_drain_return(self.ring, &drain);
	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	give_up_office();
	LWLockRelease(gauth_ring_lock());
}

/* become the worker, unless another one was asked for since */
static bool
take_office(void)
{
	GauthRing  *ring = gauth_ring();
	bool		is_mine;

	if (ring == NULL || !OidIsValid(gauth_extension_owner()))
		return false;
	self.ring = ring;
	before_shmem_exit(retire, (Datum) 0);
	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	is_mine = ring->incarnation == self.incarnation;
	if (is_mine)
	{
		ring->worker_state = GAUTH_WORKER_RUNNING;
		ring->failed_starts = 0;
		ring->worker_pid = MyProcPid;
		ring->worker_latch = MyLatch;
		ring->worker_since = GetCurrentTimestamp();
	}
	LWLockRelease(gauth_ring_lock());
	return is_mine;
}

/* to drop the extension changes the table of settings, too */
static void
read_settings(void)
{
	int64		timeout;

	(void) gauth_generation_refresh();
	if (self.has_settings &&
		self.generation == gauth_generation(GAUTH_GROUP_SETTINGS))
		return;
	self.has_settings = true;
	self.generation = gauth_generation(GAUTH_GROUP_SETTINGS);
	self.owner = gauth_extension_owner();
	if (!OidIsValid(self.owner))
		proc_exit(0);
	self.seal_interval = gauth_setting_milliseconds("seal_interval");
	self.idle_limit = gauth_setting_milliseconds("worker_idle");
	timeout = gauth_setting_milliseconds("record_timeout");
	timeout = Max(RECORD_TIMEOUT_MIN, Min(timeout, TASK_TIMEOUT));
	pg_atomic_write_u32(&self.ring->record_timeout, (uint32) timeout);
}

typedef void (*Task) (void *argument);

static void
run_as_owner(Task task, void *argument)
{
	Oid			role;
	int			context;

	read_settings();
	GetUserIdAndSecContext(&role, &context);
	SetUserIdAndSecContext(self.owner, SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	task(argument);
	SetUserIdAndSecContext(role, context);
}

/* one transaction; its SQLSTATE when it failed, 0 when it is committed */
static int
run(Task task, void *argument, int timeout)
{
	volatile int failure = 0;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PG_TRY();
	{
		enable_timeout_after(STATEMENT_TIMEOUT, timeout);
		PushActiveSnapshot(GetTransactionSnapshot());
		run_as_owner(task, argument);
		PopActiveSnapshot();
		disable_timeout(STATEMENT_TIMEOUT, false);
		CommitTransactionCommand();
	}
	PG_CATCH();
	{
		HOLD_INTERRUPTS();
		failure = geterrcode();
		disable_timeout(STATEMENT_TIMEOUT, false);
		QueryCancelPending = false;
		EmitErrorReport();
		AbortCurrentTransaction();
		FlushErrorState();
		RESUME_INTERRUPTS();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(TopMemoryContext);
	pgstat_report_stat(false);
	return failure;
}

/* some of the notes that were taken */
typedef struct Span
{
	int			first;
	int			count;
	bool		written;
} Span;

/* what the current transaction writes */
static Span *writing;

/*
 * The transaction is in the log of the server and visible: who waits need not
 * wait until its resources are given back.
 */
static void
transaction_ended(XactEvent event, void *argument)
{
	if (writing == NULL || (event != XACT_EVENT_COMMIT &&
							event != XACT_EVENT_ABORT))
		return;
	if (event == XACT_EVENT_COMMIT)
	{
		gauth_drain_written(self.ring, &drain, writing->first, writing->count,
							XactLastCommitEnd);
		writing->written = true;
	}
	writing = NULL;
}

static void
write_notes(void *argument)
{
	Span	   *span = argument;
	int			i;

	for (i = span->first; i < span->first + span->count; i++)
	{
		GauthSpan	note = gauth_drain_read(self.ring, drain.parts[i]);
		GauthEntry	entry;

		if (!gauth_ring_note_unpack(note, &entry))
			elog(ERROR, "a note in the ring of gauth is malformed");
		gauth_ledger_write(&entry, &drain.receipts[i]);
	}
	writing = span;
}

/* what lies in the state of the server, and not in a note */
static bool
is_of_the_server(int sqlstate)
{
	int			category = ERRCODE_TO_CATEGORY(sqlstate);

	return category == ERRCODE_INSUFFICIENT_RESOURCES ||
		category == ERRCODE_OPERATOR_INTERVENTION ||
		category == ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE ||
		category == ERRCODE_TO_CATEGORY(ERRCODE_IO_ERROR);
}

static int
write_span(int first, int count)
{
	Span		span = {first, count, false};
	uint32		timeout = pg_atomic_read_u32(&self.ring->record_timeout);
	int			failure = run(write_notes, &span, (int) timeout);

	if (!span.written)
		return failure;
	self.unsealed = true;
	return 0;
}

/* none suffers from another one; says whether any was written */
static bool
write_each(void)
{
	bool		is_written = false;
	int			i;

	for (i = 0; i < drain.count; i++)
	{
		int			failure = write_span(i, 1);

		if (failure == 0)
			is_written = true;
		else if (is_of_the_server(failure))
		{
			gauth_drain_refused(self.ring, &drain, i, drain.count - i,
								failure);
			break;
		}
		else
			gauth_drain_refused(self.ring, &drain, i, 1, failure);
	}
	return is_written;
}

/* all in one transaction, if that can be; says whether any was written */
static bool
write_all(void)
{
	int			failure = write_span(0, drain.count);
	bool		is_written = failure == 0;

	if (failure != 0 && (drain.count == 1 || is_of_the_server(failure)))
		gauth_drain_refused(self.ring, &drain, 0, drain.count, failure);
	else if (failure != 0)
		is_written = write_each();
	drain.count = 0;
	return is_written;
}

/* so that nobody does it in a transaction that lasts */
static void
open_log(void *argument)
{
	if (!gauth_shard_is_mirror())
		(void) gauth_shard_live();
}

/* of much a part, so that who waits for a note does not wait for all of it */
static void
seal(void *argument)
{
	int64	   *sealed = argument;

	*sealed = gauth_ledger_seal(false, &self.backlog);
}

/* whoever is to be told of what was sealed */
static void
serve_sinks(void *argument)
{
	GauthSpan  *names;

	if (gauth_sinks_behind(gauth_stream_limit(GetActiveSnapshot()),
						   &names) > 0)
		gauth_sink_start();
}

static bool
is_due(TimestampTz since, int64 interval, TimestampTz now)
{
	return now >= since + interval * 1000;
}

static bool
has_unsealed(void)
{
	return self.unsealed ||
		pg_atomic_read_u64(&self.ring->commits) != self.commits;
}

static int64
seal_interval(void)
{
	if (self.backlog)
		return 0;
	if (!has_unsealed() || self.cannot_seal)
		return Max(SEAL_ANYWAY, self.seal_interval);
	return self.seal_interval;
}

static void
seal_when_due(TimestampTz now)
{
	uint64		commits = pg_atomic_read_u64(&self.ring->commits);
	int64		sealed = 0;

	if (!is_due(self.sealed_at, seal_interval(), now))
		return;
	pg_read_barrier();
	self.sealed_at = now;
	self.cannot_seal = run(seal, &sealed, TASK_TIMEOUT) != 0;
	self.backlog = self.backlog && !self.cannot_seal;
	if (self.cannot_seal)
		return;
	self.commits = commits;
	self.unsealed = sealed != 0;
	if (sealed > 0)
	{
		self.busy_at = now;
		(void) run(serve_sinks, NULL, TASK_TIMEOUT);
	}
	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	self.ring->sealed_at = now;
	LWLockRelease(gauth_ring_lock());
}

static void
do_nothing(void *argument)
{
}

/* whoever changes a setting leaves an entry */
static void
hear_of_settings(void)
{
	uint64		commits = pg_atomic_read_u64(&self.ring->commits);

	if (commits == self.heard)
		return;
	self.heard = commits;
	(void) run(do_nothing, NULL, TASK_TIMEOUT);
}

static void
serve_when_asked(void)
{
	if (pg_atomic_exchange_u32(&self.ring->sinks_wanted, 0) != 0)
		(void) run(serve_sinks, NULL, TASK_TIMEOUT);
}

/* this process, and the one that serves the sinks when it is connected */
static int
count_own(void)
{
	pid_t		sinks = gauth_sink_pid();
	PGPROC	   *process = sinks == 0 ? NULL : BackendPidGetProc(sinks);

	return process != NULL && process->databaseId == MyDatabaseId ? 2 : 1;
}

/*
 * Somebody wants to drop, copy or move the database and waits until nobody is
 * connected: we are not the one to wait for.  As long as sessions are here
 * that is their affair, and they may need us.
 */
static bool
is_in_the_way(TimestampTz now)
{
	LOCKTAG		database;
	bool		is_free;

	if (!is_due(self.looked_at, LOOK_AROUND, now))
		return false;
	self.looked_at = now;
	if (CountDBBackends(MyDatabaseId) > count_own())
		return false;
	StartTransactionCommand();
	SET_LOCKTAG_OBJECT(database, InvalidOid, DatabaseRelationId, MyDatabaseId,
					   0);
	is_free = LockAcquire(&database, RowExclusiveLock, false, true) !=
		LOCKACQUIRE_NOT_AVAIL;
	CommitTransactionCommand();
	MemoryContextSwitchTo(TopMemoryContext);
	return !is_free;
}

/* there is nothing in the queue, and who posts something finds nobody here */
static bool
resign(void)
{
	bool		is_empty;

	LWLockAcquire(gauth_ring_lock(), LW_EXCLUSIVE);
	is_empty = self.ring->queue_first == GAUTH_NO_PART;
	if (is_empty)
		give_up_office();
	LWLockRelease(gauth_ring_lock());
	return is_empty;
}

/* a sink may hang, and is not in the way as long as this process looks on */
static bool
is_idle(TimestampTz now)
{
	return !has_unsealed() && self.idle_limit > 0 &&
		is_due(self.busy_at, self.idle_limit, now) && gauth_sink_pid() == 0;
}

static bool
is_over(TimestampTz now)
{
	if (!is_in_the_way(now))
		return is_idle(now) && resign();
	gauth_sink_stop();
	return resign();
}

/* until something happens, or is due */
static void
nap(TimestampTz now)
{
	long		timeout = LOOK_AROUND;

	pg_atomic_write_u32(&self.ring->idle, 1);
	pg_memory_barrier();
	if (has_unsealed())
	{
		TimestampTz due = self.sealed_at + seal_interval() * 1000;

		pg_atomic_write_u32(&self.ring->idle, 0);
		timeout = Min(timeout, TimestampDifferenceMilliseconds(now, due));
	}
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
					 timeout, PG_WAIT_EXTENSION);
	pg_atomic_write_u32(&self.ring->idle, 0);
}

static void
work(void)
{
	(void) run(open_log, NULL, TASK_TIMEOUT);
	for (;;)
	{
		TimestampTz now;
		bool		is_written = false;

		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			ProcessConfigFile(PGC_SIGHUP);
			set_durability();
		}
		gauth_drain_take(self.ring, &drain);
		now = GetCurrentTimestamp();
		if (drain.count > 0)
		{
			self.busy_at = now;
			is_written = write_all();
			if (!is_written)
				pg_usleep(RETRY_PAUSE * 1000L);
		}
		seal_when_due(now);
		serve_when_asked();
		if (is_written)
			continue;
		hear_of_settings();
		if (is_over(now))
			break;
		nap(now);
	}
}

/*
 * gauth_worker_main
 *		The process from its beginning to its end.
 */
void
gauth_worker_main(Datum database)
{
	TimestampTz now = GetCurrentTimestamp();
	bool		is_mine;

	gauth_worker_is_me = true;
	self.incarnation = gauth_process_argument();
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(database),
											  InvalidOid,
											  BGWORKER_BYPASS_ALLOWCONN);
	set_options();

	StartTransactionCommand();
	is_mine = take_office();
	CommitTransactionCommand();
	MemoryContextSwitchTo(TopMemoryContext);
	self.busy_at = now;
	self.looked_at = now;
	if (is_mine)
	{
		RegisterXactCallback(transaction_ended, NULL);
		work();
	}
	proc_exit(0);
}
