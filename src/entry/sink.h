/*
 * sink.h
 *		Who is told of sealed entries.
 */
#ifndef GAUTH_ENTRY_SINK_H
#define GAUTH_ENTRY_SINK_H

#include "postgres.h"

#include "base/span.h"

extern void gauth_sink_mirror(bool on);

PGDLLEXPORT void gauth_sink_main(Datum database);

#endif							/* GAUTH_ENTRY_SINK_H */
