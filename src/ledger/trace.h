/*
 * trace.h
 *		The trace context that a session carries (W3C Trace Context).
 */
#ifndef GAUTH_LEDGER_TRACE_H
#define GAUTH_LEDGER_TRACE_H

#include <stdbool.h>

#include "base/span.h"

/* trace id, a dash, parent id */
#define GAUTH_TRACE_SIZE	(32 + 1 + 16)

extern bool gauth_trace_read(GauthSpan traceparent, GauthSpan *trace);

#endif							/* GAUTH_LEDGER_TRACE_H */
