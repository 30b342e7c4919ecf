/*
 * sink.h
 *		Which sinks there are, and the process that serves them.
 */
#ifndef GAUTH_STORE_SINK_H
#define GAUTH_STORE_SINK_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/snapshot.h"

#include "base/span.h"

/* columns of gauth.sink */
enum
{
	SINK_NAME = 1,
	SINK_FUNCTION,
	SINK_ROLE,
	SINK_POSITION,
	SINK_FAILURES,
	SINK_FAILURE,
	SINK_CHANGED_AT
};

/* in the memory context that was current when it was read */
typedef struct GauthSink
{
	GauthSpan	name;			/* empty: the server log */
	char	   *function;		/* NULL for the server log */
	char	   *role;
	uint64		position;
	int32		failures;
	TimestampTz changed_at;
} GauthSink;

extern bool gauth_sink_find(GauthSpan name, GauthSink *sink);
extern int	gauth_sinks_behind(uint64 limit, GauthSpan **names);
extern void gauth_sink_start(void);
extern pid_t gauth_sink_pid(void);
extern void gauth_sink_stop(void);

#endif							/* GAUTH_STORE_SINK_H */
