/*
 * ledger_stream.c
 *		Sealed entries in the order of their positions.
 *
 * The entries of a batch are found the way they were sealed, by the snapshots
 * of the batch and the one before.
 */
#include "store/ledger_stream.h"

#include "utils/memutils.h"

#include "store/ledger_shard.h"

/*
 * gauth_stream_limit
 *		The position behind the last sealed entry that the snapshot shows.
 */
uint64
gauth_stream_limit(Snapshot snapshot)
{
	uint32		shard;
	uint64		limit = 0;
	GauthBatch	batch;

	for (shard = gauth_shard_last(); shard > 0; shard--)
	{
		if (gauth_batch_last_seen(shard, snapshot, &batch))
			limit = Max(limit, batch.position + batch.size);
	}
	return limit;
}

static void
close_batch(GauthStream *stream)
{
	if (!stream->in_batch)
		return;
	gauth_entry_scan_end(&stream->entries);
	gauth_batch_scan_end(&stream->batches);
	stream->in_batch = false;
}

/* the batch before, or nothing sealed; then the batch itself */
static bool
read_batches(GauthStream *stream, const GauthBatch *found)
{
	GauthBatch *before = &stream->before;

	memset(before, 0, offsetof(GauthBatch, frontier));
	gauth_frontier_init(&before->frontier);
	gauth_batch_scan_begin(&stream->batches, found->shard,
						   Max(found->number, 2) - 1, stream->snapshot);
	if (found->number > 1)
	{
		if (!gauth_batch_scan_next(&stream->batches))
			return false;

		/* what the scan points to is gone when it goes on */
		*before = stream->batches.batch;
		before->xip = palloc(sizeof(FullTransactionId) *
							 (before->xip_count + 1));
		memcpy(before->xip, stream->batches.batch.xip,
			   sizeof(FullTransactionId) * before->xip_count);
	}
	return gauth_batch_scan_next(&stream->batches);
}

static void
open_entries(GauthStream *stream)
{
	gauth_entry_scan_begin(&stream->entries, stream->batches.batch.shard,
						   stream->snapshot);
	gauth_entry_scan_between(&stream->entries, &stream->before,
							 &stream->batches.batch);
	stream->in_batch = true;
	stream->new_batch = true;
	stream->next = stream->batches.batch.position;
}

/*
 * Opens the batch that holds the position.  It is looked up rather than
 * counted: the batches of two logs take turns while one of them is closing.
 */
static bool
open_batch(GauthStream *stream, uint64 position)
{
	MemoryContext caller;
	GauthBatch	found;
	bool		is_there;

	close_batch(stream);
	MemoryContextReset(stream->memory);
	caller = MemoryContextSwitchTo(stream->memory);
	is_there = gauth_batch_at_position(position, stream->snapshot, &found);
	if (is_there && read_batches(stream, &found))
		open_entries(stream);
	else if (is_there)
	{
		gauth_batch_scan_end(&stream->batches);
		is_there = false;
	}
	MemoryContextSwitchTo(caller);
	return is_there;
}

/*
 * gauth_stream_begin
 *		Read from a position on, under a snapshot that the caller keeps.
 */
void
gauth_stream_begin(GauthStream *stream, uint64 position, Snapshot snapshot)
{
	memset(stream, 0, sizeof(*stream));
	stream->snapshot = snapshot;
	stream->start = position;
	stream->next = position;
	stream->memory = AllocSetContextCreate(CurrentMemoryContext,
										   "gauth stream",
										   ALLOCSET_DEFAULT_SIZES);
}

/* the next one of the batch; the batch ends where it says */
static bool
next_of_batch(GauthStream *stream)
{
	const GauthBatch *batch = &stream->batches.batch;

	while (stream->next < batch->position + batch->size &&
		   gauth_entry_scan_next(&stream->entries))
	{
		stream->position = stream->next++;
		if (stream->position >= stream->start)
			return true;
	}
	stream->next = batch->position + batch->size;
	return false;
}

/*
 * gauth_stream_next
 *		Go to the next entry, in stream->entries.row; false at the end.
 *
 * Where entries have been removed the stream goes on behind them.
 */
bool
gauth_stream_next(GauthStream *stream)
{
	uint64		limit;

	if (stream->in_batch)
	{
		stream->new_batch = false;
		if (next_of_batch(stream))
			return true;
	}
	limit = gauth_stream_limit(stream->snapshot);
	while (stream->next < limit)
	{
		if (!open_batch(stream, stream->next))
		{
			stream->next = gauth_batch_next_position(stream->next,
													 stream->snapshot, limit);
			continue;
		}
		if (next_of_batch(stream))
			return true;
	}
	return false;
}

/*
 * gauth_stream_end
 *		Stop reading.
 */
void
gauth_stream_end(GauthStream *stream)
{
	close_batch(stream);
	MemoryContextDelete(stream->memory);
}
