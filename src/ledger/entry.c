/*
 * entry.c
 *		The canonical bytes of an entry, and what is hashed from them.
 *
 * Verification hashes every entry of a log again, so nothing here allocates
 * for a hash: the bytes are put side by side in a buffer on the stack, and
 * only a string that does not fit there is handed to the digest where it is.
 */
#include "ledger/entry.h"

#include <string.h>

#define TAG_LEAF		0x00
#define TAG_COMMITMENT	0x03
#define VERSION			0x01

#define ABSENT			UINT32_MAX

/* an entry is usually some 200 bytes; a payload may have 8 KiB */
#define BUFFER_SIZE		1024

/* at most seven strings stay where they are, with a piece around each */
#define PARTS_MAX		16

/*
 * Bytes as a list of parts: pieces of "buffer" and strings of the caller's.
 * Room for all that has a fixed size is kept, so only a string can fail to
 * fit.
 */
typedef struct Gather
{
	uint8_t		buffer[BUFFER_SIZE];
	size_t		used;
	size_t		begun;			/* where the piece that grows begins */
	size_t		reserved;		/* for what has a fixed size and is to come */
	GauthSpan	parts[PARTS_MAX];
	size_t		count;
	size_t		outside;		/* bytes of strings that are not in "buffer" */
	bool		too_long;
} Gather;

static void
gather_begin(Gather *gather, size_t reserved)
{
	gather->used = 0;
	gather->begun = 0;
	gather->reserved = reserved;
	gather->count = 0;
	gather->outside = 0;
	gather->too_long = false;
}

static void
put_bytes(Gather *gather, const void *bytes, size_t size)
{
	memcpy(gather->buffer + gather->used, bytes, size);
	gather->used += size;
}

static void
put_byte(Gather *gather, uint8_t byte)
{
	gather->buffer[gather->used++] = byte;
}

static void
put_u32(Gather *gather, uint32_t number)
{
	const uint8_t bytes[] = {
		(uint8_t) (number >> 24), (uint8_t) (number >> 16),
		(uint8_t) (number >> 8), (uint8_t) number
	};

	put_bytes(gather, bytes, sizeof(bytes));
}

static void
put_u64(Gather *gather, uint64_t number)
{
	put_u32(gather, (uint32_t) (number >> 32));
	put_u32(gather, (uint32_t) number);
}

static void
close_piece(Gather *gather)
{
	if (gather->used > gather->begun)
		gather->parts[gather->count++] =
			gauth_span(gather->buffer + gather->begun,
					   gather->used - gather->begun);
	gather->begun = gather->used;
}

static void
put_string(Gather *gather, GauthSpan string)
{
	gather->reserved -= sizeof(uint32_t);
	if (string.data == NULL)
	{
		put_u32(gather, ABSENT);
		return;
	}
	gather->too_long |= string.len >= ABSENT;
	put_u32(gather, (uint32_t) string.len);
	if (string.len + gather->reserved <= BUFFER_SIZE - gather->used)
	{
		put_bytes(gather, string.data, string.len);
		return;
	}
	close_piece(gather);
	gather->parts[gather->count++] = string;
	gather->outside += string.len;
}

/* what is put after the strings */
static void
put_last(Gather *gather, const void *bytes, size_t size)
{
	put_bytes(gather, bytes, size);
	gather->reserved -= size;
}

static GauthStatus
gather_digest(GauthCrypto *crypto, Gather *gather,
			  uint8_t digest[GAUTH_HASH_SIZE])
{
	close_piece(gather);
	if (gather->too_long)
		return GAUTH_LIMIT_EXCEEDED;
	return gauth_sha256_parts(crypto, gather->parts, gather->count, digest);
}

/* everything behind the leaf's 0x00 */
static void
put_entry(Gather *gather, const GauthEntry *entry,
		  const uint8_t commitment[GAUTH_HASH_SIZE])
{
	size_t		start = gather->used;

	put_byte(gather, VERSION);
	put_u32(gather, entry->shard);
	put_u64(gather, entry->xid);
	put_u64(gather, entry->lane);
	put_u64(gather, entry->lane_seq);
	put_u64(gather, (uint64_t) entry->micros);
	put_byte(gather, (uint8_t) entry->verdict);
	put_u32(gather, entry->count);
	put_bytes(gather, entry->previous.data, GAUTH_HASH_SIZE);
	put_string(gather, entry->kind);
	put_string(gather, entry->action);
	put_string(gather, entry->rule);
	put_string(gather, entry->mandate);
	put_string(gather, entry->token_id);
	put_string(gather, entry->trace);
	put_last(gather, commitment, GAUTH_HASH_SIZE);
	gather->too_long |= gather->used + gather->outside - start >
		GAUTH_ENTRY_MAX;
}

#define ENTRY_RESERVED		(6 * sizeof(uint32_t) + GAUTH_HASH_SIZE)
#define COMMIT_RESERVED		(5 * sizeof(uint32_t))

/*
 * gauth_entry_commit
 *		The commitment to what may be erased.
 */
GauthStatus
gauth_entry_commit(GauthCrypto *crypto, const GauthEntry *entry,
				   const uint8_t salt[GAUTH_SALT_SIZE],
				   uint8_t commitment[GAUTH_HASH_SIZE])
{
	Gather		gather;

	gather_begin(&gather, COMMIT_RESERVED);
	put_byte(&gather, TAG_COMMITMENT);
	put_bytes(&gather, salt, GAUTH_SALT_SIZE);
	put_string(&gather, entry->actor);
	put_string(&gather, entry->agent);
	put_string(&gather, entry->role);
	put_string(&gather, entry->resource);
	put_string(&gather, entry->payload);
	return gather_digest(crypto, &gather, commitment);
}

/*
 * gauth_entry_leaf
 *		The leaf of an entry in the tree (RFC 6962 section 2.1).
 */
GauthStatus
gauth_entry_leaf(GauthCrypto *crypto, const GauthEntry *entry,
				 const uint8_t commitment[GAUTH_HASH_SIZE],
				 uint8_t leaf[GAUTH_HASH_SIZE])
{
	Gather		gather;

	if (entry->previous.len != GAUTH_HASH_SIZE)
		return GAUTH_INVALID_ARGUMENT;
	gather_begin(&gather, ENTRY_RESERVED);
	put_byte(&gather, TAG_LEAF);
	put_entry(&gather, entry, commitment);
	return gather_digest(crypto, &gather, leaf);
}

/*
 * gauth_entry_encode
 *		The bytes of an entry, in the arena.
 *
 * GAUTH_OUT_OF_MEMORY; GAUTH_LIMIT_EXCEEDED; GAUTH_INVALID_ARGUMENT.
 */
GauthStatus
gauth_entry_encode(GauthArena *arena, const GauthEntry *entry,
				   const uint8_t commitment[GAUTH_HASH_SIZE],
				   GauthSpan *bytes)
{
	Gather		gather;
	char	   *out;
	size_t		i;

	if (entry->previous.len != GAUTH_HASH_SIZE)
		return GAUTH_INVALID_ARGUMENT;
	gather_begin(&gather, ENTRY_RESERVED);
	put_entry(&gather, entry, commitment);
	close_piece(&gather);
	if (gather.too_long)
		return GAUTH_LIMIT_EXCEEDED;

	out = gauth_arena_alloc(arena, gather.used + gather.outside);
	if (out == NULL)
		return GAUTH_OUT_OF_MEMORY;
	*bytes = gauth_span(out, gather.used + gather.outside);
	for (i = 0; i < gather.count; i++)
	{
		memcpy(out, gather.parts[i].data, gather.parts[i].len);
		out += gather.parts[i].len;
	}
	return GAUTH_OK;
}
