/*
 * blob.c
 *		The writer of compiled policy sets: a growing block and the strings
 *		and uids that it holds already.
 */
#include "policy/blob.h"

#define ROOM_FIRST		(64 * 1024)
#define TABLE_FIRST		256
#define BLOB_ALIGN		8

/* slots that one search may look at; more means chosen collisions */
#define PROBE_MAX		1024

/*
 * gauth_blob_reserve
 *		Zeroed room at the end of the block, aligned to 8 bytes.
 *
 * The block may move: pointers into it are good until the next call.
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_blob_reserve(GauthBlobWriter *writer, size_t size, uint32_t *offset)
{
	size_t		begin = ((size_t) writer->size + BLOB_ALIGN - 1) /
	BLOB_ALIGN * BLOB_ALIGN;
	size_t		need = begin + size;
	size_t		room = writer->room == 0 ? ROOM_FIRST : writer->room;
	char	   *data;

	if (size > GAUTH_BLOB_SIZE_MAX || need > GAUTH_BLOB_SIZE_MAX)
		return gauth_fail(writer->err, GAUTH_LIMIT_EXCEEDED,
						  "compiled policy set");
	if (need > writer->room)
	{
		while (room < need)
			room *= 2;
		data = gauth_arena_alloc(writer->arena, room);
		if (data == NULL)
			return gauth_fail(writer->err, GAUTH_OUT_OF_MEMORY, "policy set");
		if (writer->size > 0)
			memcpy(data, writer->data, writer->size);
		writer->data = data;
		writer->room = (uint32_t) room;
	}
	memset(writer->data + writer->size, 0, need - writer->size);
	writer->size = (uint32_t) need;
	*offset = (uint32_t) begin;
	return GAUTH_OK;
}

/*
 * gauth_blob_put
 *		Copy "size" bytes to the end of the block.
 *
 * Errors: as gauth_blob_reserve.
 */
GauthStatus
gauth_blob_put(GauthBlobWriter *writer, const void *data, size_t size,
			   uint32_t *offset)
{
	GauthStatus status = gauth_blob_reserve(writer, size, offset);

	if (status == GAUTH_OK && size > 0)
		memcpy(writer->data + *offset, data, size);
	return status;
}

/* strings carry 32 bits of hash, uids 64, at the same place */
static uint32_t
hash_at(const GauthBlobWriter *writer, uint32_t offset, bool is_uid)
{
	if (is_uid)
		return (uint32_t) ((const GauthUid *) (writer->data + offset))->hash;
	return ((const GauthBlobString *) (writer->data + offset))->hash;
}

/* keeps a table at most half full */
static GauthStatus
grow_table(GauthBlobWriter *writer, GauthInternTable *table, bool is_uid)
{
	GauthInternTable larger;
	uint32_t	i;

	if (table->offsets != NULL && table->count * 2 <= table->mask)
		return GAUTH_OK;
	larger.count = table->count;
	larger.mask = table->offsets == NULL ? TABLE_FIRST - 1 :
		table->mask * 2 + 1;
	larger.offsets = gauth_arena_array(writer->arena, (size_t) larger.mask + 1,
									   sizeof(uint32_t));
	if (larger.offsets == NULL)
		return gauth_fail(writer->err, GAUTH_OUT_OF_MEMORY, "policy set");
	for (i = 0; table->offsets != NULL && i <= table->mask; i++)
	{
		uint32_t	slot;

		if (table->offsets[i] == 0)
			continue;
		slot = hash_at(writer, table->offsets[i], is_uid) & larger.mask;
		while (larger.offsets[slot] != 0)
			slot = (slot + 1) & larger.mask;
		larger.offsets[slot] = table->offsets[i];
	}
	*table = larger;
	return GAUTH_OK;
}

static bool
is_string_at(const GauthBlobWriter *writer, uint32_t offset, GauthSpan text,
			 uint32_t hash)
{
	const GauthBlobString *string;

	string = (const GauthBlobString *) (writer->data + offset);
	return string->hash == hash &&
		gauth_span_equal(gauth_span(string->bytes, string->len), text);
}

/*
 * gauth_blob_put_string
 *		A string, written once however often it is asked for.
 *
 * Errors: as gauth_blob_reserve.
 */
GauthStatus
gauth_blob_put_string(GauthBlobWriter *writer, GauthSpan text,
					  uint32_t *offset)
{
	uint32_t	hash = gauth_name_hash(text);
	GauthBlobString *string;
	uint32_t	slot;
	uint32_t	probes = 0;
	GauthStatus status = grow_table(writer, &writer->strings, false);

	if (status != GAUTH_OK)
		return status;
	slot = hash & writer->strings.mask;
	while (writer->strings.offsets[slot] != 0)
	{
		*offset = writer->strings.offsets[slot];
		if (is_string_at(writer, *offset, text, hash))
			return GAUTH_OK;
		if (++probes > PROBE_MAX)
			return gauth_fail(writer->err, GAUTH_LIMIT_EXCEEDED,
							  "policy string hash");
		slot = (slot + 1) & writer->strings.mask;
	}

	status = gauth_blob_reserve(writer, sizeof(GauthBlobString) + text.len,
								offset);
	if (status != GAUTH_OK)
		return status;
	string = (GauthBlobString *) (writer->data + *offset);
	string->hash = hash;
	string->len = (uint32_t) text.len;
	if (text.len > 0)
		memcpy(string->bytes, text.data, text.len);
	writer->strings.offsets[slot] = *offset;
	writer->strings.count++;
	return GAUTH_OK;
}

/*
 * gauth_blob_put_uid
 *		A uid, written once however often it is asked for.
 *
 * Errors: as gauth_blob_reserve.
 */
GauthStatus
gauth_blob_put_uid(GauthBlobWriter *writer, const GauthUid *uid,
				   uint32_t *offset)
{
	uint32_t	slot;
	uint32_t	probes = 0;
	GauthStatus status = grow_table(writer, &writer->uids, true);

	if (status != GAUTH_OK)
		return status;
	slot = (uint32_t) uid->hash & writer->uids.mask;
	while (writer->uids.offsets[slot] != 0)
	{
		*offset = writer->uids.offsets[slot];
		if (gauth_uid_equal((const GauthUid *) (writer->data + *offset), uid))
			return GAUTH_OK;
		if (++probes > PROBE_MAX)
			return gauth_fail(writer->err, GAUTH_LIMIT_EXCEEDED,
							  "policy entity hash");
		slot = (slot + 1) & writer->uids.mask;
	}

	status = gauth_blob_put(writer, uid,
							gauth_uid_size(gauth_uid_type(uid),
										   gauth_uid_id(uid)), offset);
	if (status != GAUTH_OK)
		return status;
	writer->uids.offsets[slot] = *offset;
	writer->uids.count++;
	return GAUTH_OK;
}
