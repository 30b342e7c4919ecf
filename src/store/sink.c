/*
 * sink.c
 *		Which sinks there are, and the process that serves them.
 *
 * What a user wrote runs there, not in the process that records and seals: it
 * may take its time.  The process ends when all sinks have been served, and
 * is asked for again after a sealing.
 */
#include "store/sink.h"

#include "utils/timestamp.h"

#include "store/memory.h"
#include "store/process.h"
#include "store/relation.h"

/* seconds after so many failures; then an hour */
#define PAUSE_MAX_POWER		11
#define PAUSE_MAX			3600

static char *
read_string(const GauthScan *scan, AttrNumber column)
{
	GauthSpan	text = gauth_scan_text(scan, column);

	return text.data == NULL ? NULL : pnstrdup(text.data, text.len);
}

static void
read_sink(const GauthScan *scan, GauthSink *sink)
{
	bool		is_null;

	sink->name = gauth_memory_copy(CurrentMemoryContext,
								   gauth_scan_text(scan, SINK_NAME));
	sink->function = read_string(scan, SINK_FUNCTION);
	sink->role = read_string(scan, SINK_ROLE);
	sink->position = (uint64) gauth_scan_int64(scan, SINK_POSITION);
	sink->failures =
		DatumGetInt32(gauth_scan_value(scan, SINK_FAILURES, &is_null));
	sink->changed_at = gauth_scan_time(scan, SINK_CHANGED_AT, 0);
}

/*
 * gauth_sink_find
 *		The sink of that name; false when there is none.
 */
bool
gauth_sink_find(GauthSpan name, GauthSink *sink)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_SINK);
	gauth_scan_key_text(&scan, SINK_NAME, name);
	found = gauth_scan_next(&scan);
	if (found)
		read_sink(&scan, sink);
	gauth_scan_end(&scan);
	return found;
}

/* one that failed is left alone for a while, longer each time */
static bool
is_due(const GauthSink *sink)
{
	int64		pause = sink->failures == 0 ? 0 :
		sink->failures > PAUSE_MAX_POWER ? PAUSE_MAX : 1 << sink->failures;

	return GetCurrentTimestamp() >= sink->changed_at + pause * USECS_PER_SEC;
}

/*
 * gauth_sinks_behind
 *		The names of the sinks that have not had all entries before "limit"
 *		and may be called now; returns how many.
 */
int
gauth_sinks_behind(uint64 limit, GauthSpan **names)
{
	GauthScan	scan;
	int			count = 0;
	int			room = 8;

	*names = palloc(sizeof(GauthSpan) * room);
	gauth_scan_begin(&scan, GAUTH_TABLE_SINK);
	while (gauth_scan_next(&scan))
	{
		GauthSink	sink;

		read_sink(&scan, &sink);
		if (sink.position >= limit || !is_due(&sink))
			continue;
		if (count == room)
		{
			room *= 2;
			*names = repalloc(*names, sizeof(GauthSpan) * room);
		}
		(*names)[count++] = sink.name;
	}
	gauth_scan_end(&scan);
	return count;
}

/* the one that the worker has asked for last */
static GauthProcess process = {
	.function = "gauth_sink_main",
	.type = "gauth sinks",
};

/*
 * gauth_sink_start
 *		Ask for the process, unless it is still there; without a free slot the
 *		sinks wait.  For the worker, which looks after it.
 */
void
gauth_sink_start(void)
{
	if (process.handle == NULL || gauth_process_has_ended(&process))
		(void) gauth_process_start(&process, 0);
}

/*
 * gauth_sink_pid
 *		The number of the process, while it runs; else 0.
 */
pid_t
gauth_sink_pid(void)
{
	return gauth_process_pid(&process);
}

/*
 * gauth_sink_stop
 *		Have the process end, in the middle of a call, too: what it had not
 *		committed is told again another time.
 */
void
gauth_sink_stop(void)
{
	gauth_process_end(&process);
}
