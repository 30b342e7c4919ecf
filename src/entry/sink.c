/*
 * sink.c
 *		Who is told of sealed entries: the process that serves the sinks.
 *
 * A sink is a function of a user's.  It runs as the role that registered it,
 * restricted as the server restricts an index expression: it cannot become
 * somebody else.  Its effects and its progress are one transaction; when it
 * fails both are undone, and it is asked again later.  One that hangs is in
 * nobody's way: the process that seals ends this one when somebody waits for
 * the database.
 */
#include "entry/sink.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timeout.h"

#include "entry/audit_json.h"
#include "entry/decision_json.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "store/ledger_stream.h"
#include "store/memory.h"
#include "store/sink.h"
#include "store/write.h"

#define ENTRIES_MAX		100		/* of one call */
#define CALL_TIMEOUT	10000	/* milliseconds that a call may take */
#define FAILURE_MAX		500		/* bytes of a message that are kept */

/*
 * gauth_sink_mirror
 *		Begin to write entries to the server log, or stop.
 */
void
gauth_sink_mirror(bool on)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	GauthWrite	write = {0};

	gauth_write_value(&write, INT8OID,
					  Int64GetDatum((int64) gauth_stream_limit(snapshot)),
					  false);
	UnregisterSnapshot(snapshot);
	if (on)
		(void) gauth_write_run(&write,
							   "INSERT INTO gauth.sink (name, \"position\","
							   " failures, changed_at)"
							   " VALUES ('', $1, 0, clock_timestamp())"
							   " ON CONFLICT DO NOTHING");
	else
		(void) gauth_write_run(&write, "DELETE FROM gauth.sink"
							   " WHERE name = '' AND $1 IS NOT NULL");
}

/* what one call gets */
typedef struct Portion
{
	GauthArena	arena;
	GauthText	text;			/* a JSON array; for the log, one line each */
	uint64		next;			/* position behind it */
	bool		more;
} Portion;

static void
add_entry(Portion *portion, const GauthStream *stream, bool is_log)
{
	GauthText	line;

	if (!is_log)
	{
		if (portion->text.len > 1)
			gauth_text_append_char(&portion->text, ',');
		gauth_audit_append_entry(&portion->text, &stream->entries.row,
								 stream->position, false);
		return;
	}
	gauth_text_init(&line, &portion->arena);
	gauth_audit_append_entry(&line, &stream->entries.row, stream->position,
							 false);
	gauth_report_entry(gauth_finish_json(&line));
}

/* the server log is told at once: what it has been told stays told */
static void
read_portion(const GauthSink *sink, Portion *portion)
{
	Snapshot	snapshot = GetActiveSnapshot();
	GauthStream stream;
	int			count = 0;

	gauth_memory_arena(&portion->arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&portion->text, &portion->arena);
	gauth_text_append_char(&portion->text, '[');
	portion->next = sink->position;
	gauth_stream_begin(&stream, sink->position, snapshot);
	while (count < ENTRIES_MAX && gauth_stream_next(&stream))
	{
		add_entry(portion, &stream, sink->function == NULL);
		portion->next = stream.position + 1;
		count++;
	}
	gauth_stream_end(&stream);
	gauth_text_append_char(&portion->text, ']');
	portion->more = count == ENTRIES_MAX;
}

static void
call_function(const GauthSink *sink, Datum entries)
{
	Oid			types[] = {JSONBOID};
	Oid			role = get_role_oid(sink->role, false);
	Oid			caller;
	int			context;
	int			settings = NewGUCNestLevel();

	GetUserIdAndSecContext(&caller, &context);
	SetUserIdAndSecContext(role, context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	enable_timeout_after(STATEMENT_TIMEOUT, CALL_TIMEOUT);
	SPI_connect();
	if (SPI_execute_with_args(psprintf("SELECT %s($1)", sink->function), 1,
							  types, &entries, NULL, false, 0) < 0)
		elog(ERROR, "could not call a sink");
	SPI_finish();
	disable_timeout(STATEMENT_TIMEOUT, false);
	AtEOXact_GUC(false, settings);
	SetUserIdAndSecContext(caller, context);
}

static void
advance(const GauthSink *sink, uint64 position)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, sink->name);
	gauth_write_value(&write, INT8OID, Int64GetDatum((int64) position),
					  false);
	(void) gauth_write_run(&write, "UPDATE gauth.sink SET \"position\" = $2,"
						   " failures = 0, failure = NULL,"
						   " changed_at = clock_timestamp()"
						   " WHERE name = $1");
}

static bool
lock_sink(GauthSpan name)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, name);
	return gauth_write_run(&write, "SELECT FROM gauth.sink WHERE name = $1"
						   " FOR UPDATE SKIP LOCKED") > 0;
}

/* one portion for one sink; true: there is more */
static bool
serve(GauthSpan name)
{
	GauthSink	sink;
	Portion		portion;

	if (!lock_sink(name) || !gauth_sink_find(name, &sink))
		return false;
	read_portion(&sink, &portion);
	if (portion.next == sink.position)
		return false;
	if (sink.function != NULL)
		call_function(&sink,
					  gauth_jsonb_from_text(gauth_finish_json(&portion.text)));
	advance(&sink, portion.next);
	return portion.more;
}

static void
record_failure(GauthSpan name, const char *message)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, name);
	gauth_write_text(&write, gauth_span(message, strnlen(message,
														 FAILURE_MAX)));
	(void) gauth_write_run(&write, "UPDATE gauth.sink SET"
						   " failures = failures + 1, failure = $2,"
						   " changed_at = clock_timestamp()"
						   " WHERE name = $1");
}

static void
begin(void)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
}

static void
commit(void)
{
	PopActiveSnapshot();
	CommitTransactionCommand();
}

/* a portion in a transaction of its own, or a failure in one of its own */
static bool
serve_safely(GauthSpan name)
{
	MemoryContext memory = CurrentMemoryContext;
	volatile bool more = false;

	PG_TRY();
	{
		begin();
		more = serve(name);
		commit();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(memory);
		error = CopyErrorData();
		FlushErrorState();
		disable_all_timeouts(false);
		QueryCancelPending = false;
		AbortCurrentTransaction();
		begin();
		record_failure(name, error->message);
		commit();
		more = false;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(memory);
	return more;
}

/* names in "memory", which outlives the transaction */
static int
find_behind(MemoryContext memory, GauthSpan **names)
{
	GauthSpan  *found;
	int			count;
	int			i;

	begin();
	count = gauth_sinks_behind(gauth_stream_limit(GetActiveSnapshot()),
							   &found);
	*names = MemoryContextAlloc(memory, sizeof(GauthSpan) * (count + 1));
	for (i = 0; i < count; i++)
		(*names)[i] = gauth_memory_copy(memory, found[i]);
	commit();
	return count;
}

static void
serve_all(void)
{
	MemoryContext memory = AllocSetContextCreate(TopMemoryContext,
												 "gauth sinks",
												 ALLOCSET_DEFAULT_SIZES);
	bool		is_done = false;

	while (!is_done)
	{
		GauthSpan  *names;
		int			count;
		int			i;

		MemoryContextReset(memory);
		MemoryContextSwitchTo(memory);
		count = find_behind(memory, &names);
		is_done = count == 0;
		for (i = 0; i < count; i++)
		{
			while (serve_safely(names[i]))
				CHECK_FOR_INTERRUPTS();
		}
	}
}

/*
 * gauth_sink_main
 *		The process from its beginning to its end.
 */
void
gauth_sink_main(Datum database)
{
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(database),
											  InvalidOid, 0);
	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_SUSET, PGC_S_OVERRIDE, GUC_ACTION_SET, true,
							 0, false);
	serve_all();
	proc_exit(0);
}
