/*
 * ledger_stream.h
 *		Sealed entries in the order of their positions.
 *
 * A position is the place of an entry in the order of sealing over all logs.
 * It never changes, has no gaps but those of removed logs, and nothing is
 * ever sealed before one that has been read.
 */
#ifndef GAUTH_STORE_LEDGER_STREAM_H
#define GAUTH_STORE_LEDGER_STREAM_H

#include "postgres.h"

#include "store/ledger_scan.h"

typedef struct GauthStream
{
	Snapshot	snapshot;
	MemoryContext memory;		/* of the batch in hand */
	GauthBatch	before;
	GauthBatchScan batches;
	GauthEntryScan entries;
	bool		in_batch;		/* both scans are open */
	bool		new_batch;		/* the current entry is its batch's first */
	uint64		start;			/* position of the first wanted entry */
	uint64		position;		/* of the current entry */
	uint64		next;			/* position of the next one */
} GauthStream;

extern void gauth_stream_begin(GauthStream *stream, uint64 position,
							   Snapshot snapshot);
extern bool gauth_stream_next(GauthStream *stream);
extern void gauth_stream_end(GauthStream *stream);
extern uint64 gauth_stream_limit(Snapshot snapshot);

#endif							/* GAUTH_STORE_LEDGER_STREAM_H */
