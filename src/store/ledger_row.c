/*
 * ledger_row.c
 *		Entries as rows of gauth.entry.
 */
#include "store/ledger_row.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "store/compat.h"
#include "store/crypto.h"

/* PostgreSQL counts from 2000, an entry from 1970 */
#define EPOCH_MICROS \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)

/* which member of an entry is in which column */
static const struct
{
	int			column;
	size_t		offset;
}			strings[] = {
	{ENTRY_KIND, offsetof(GauthEntryRow, entry.kind)},
	{ENTRY_ACTION, offsetof(GauthEntryRow, entry.action)},
	{ENTRY_RULE, offsetof(GauthEntryRow, entry.rule)},
	{ENTRY_MANDATE, offsetof(GauthEntryRow, entry.mandate)},
	{ENTRY_TOKEN_ID, offsetof(GauthEntryRow, entry.token_id)},
	{ENTRY_TRACE, offsetof(GauthEntryRow, entry.trace)},
	{ENTRY_ACTOR, offsetof(GauthEntryRow, entry.actor)},
	{ENTRY_AGENT, offsetof(GauthEntryRow, entry.agent)},
	{ENTRY_ROLE, offsetof(GauthEntryRow, entry.role)},
	{ENTRY_RESOURCE, offsetof(GauthEntryRow, entry.resource)},
	{ENTRY_PAYLOAD, offsetof(GauthEntryRow, entry.payload)},
	{ENTRY_SALT, offsetof(GauthEntryRow, salt)},
	{ENTRY_COMMITMENT, offsetof(GauthEntryRow, commitment)},
	{ENTRY_PREVIOUS, offsetof(GauthEntryRow, entry.previous)},
};

/*
 * gauth_entry_made_at
 *		The entry's time as PostgreSQL counts.
 */
TimestampTz
gauth_entry_made_at(const GauthEntry *entry)
{
	return entry->micros - EPOCH_MICROS;
}

/*
 * gauth_entry_row_form
 *		The columns of a row; what is by reference is in the current memory
 *		context.
 */
void
gauth_entry_row_form(const GauthEntryRow *row, Datum *values, bool *nulls)
{
	const GauthEntry *entry = &row->entry;
	size_t		i;

	memset(nulls, 0, sizeof(bool) * GAUTH_ENTRY_COLUMNS);
	values[ENTRY_SHARD - 1] = Int32GetDatum((int32) entry->shard);
	values[ENTRY_DECISION - 1] = Int16GetDatum((int16) entry->verdict);
	values[ENTRY_XID - 1] = UInt64GetDatum(entry->xid);
	values[ENTRY_LANE - 1] = UInt64GetDatum(entry->lane);
	values[ENTRY_LANE_SEQ - 1] = UInt64GetDatum(entry->lane_seq);
	values[ENTRY_MADE_AT - 1] =
		TimestampTzGetDatum(gauth_entry_made_at(entry));
	values[ENTRY_COUNT - 1] = Int64GetDatum((int64) entry->count);
	for (i = 0; i < lengthof(strings); i++)
	{
		int			column = strings[i].column - 1;
		const GauthSpan *text = (const GauthSpan *)
			((const char *) row + strings[i].offset);

		nulls[column] = text->data == NULL;
		values[column] = nulls[column] ? (Datum) 0 :
			PointerGetDatum(cstring_to_text_with_len(text->data,
													 (int) text->len));
	}
}

/* a column has room for more than the canonical bytes have */
static bool
has_foreign_number(const Datum *values)
{
	int16		decision = DatumGetInt16(values[ENTRY_DECISION - 1]);
	int64		count = DatumGetInt64(values[ENTRY_COUNT - 1]);

	return decision < 0 || decision > GAUTH_VERDICT_ERROR || count < 1 ||
		count > UINT32_MAX;
}

/*
 * gauth_entry_row_read
 *		The row in a slot.  Its strings are the slot's, or in the current
 *		memory context where they were compressed or stored apart.
 */
void
gauth_entry_row_read(TupleTableSlot *slot, GauthEntryRow *row)
{
	GauthEntry *entry = &row->entry;
	const Datum *values;
	size_t		i;

	slot_getallattrs(slot);
	values = slot->tts_values;
	entry->shard = (uint32) DatumGetInt32(values[ENTRY_SHARD - 1]);
	entry->verdict = (GauthVerdict) DatumGetInt16(values[ENTRY_DECISION - 1]);
	entry->xid = DatumGetUInt64(values[ENTRY_XID - 1]);
	entry->lane = DatumGetUInt64(values[ENTRY_LANE - 1]);
	entry->lane_seq = DatumGetUInt64(values[ENTRY_LANE_SEQ - 1]);
	entry->micros = DatumGetTimestampTz(values[ENTRY_MADE_AT - 1]) +
		EPOCH_MICROS;
	entry->count = (uint32) DatumGetInt64(values[ENTRY_COUNT - 1]);
	row->malformed = has_foreign_number(values);
	for (i = 0; i < lengthof(strings); i++)
	{
		int			column = strings[i].column - 1;
		GauthSpan  *text = (GauthSpan *) ((char *) row + strings[i].offset);
		struct varlena *bytes;

		if (slot->tts_isnull[column])
		{
			*text = gauth_span(NULL, 0);
			continue;
		}
		bytes = PG_DETOAST_DATUM_PACKED(values[column]);
		*text = gauth_span(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	}
}

/* nothing may stand where a commitment alone would vouch for it */
static bool
is_erased(const GauthEntryRow *row)
{
	const GauthEntry *entry = &row->entry;

	return row->salt.data == NULL && entry->actor.data == NULL &&
		entry->agent.data == NULL && entry->role.data == NULL &&
		entry->resource.data == NULL && entry->payload.data == NULL;
}

/* stored when the entry was erased, else from what stands behind it */
static GauthStatus
find_commitment(const GauthEntryRow *row, uint8_t commitment[GAUTH_HASH_SIZE])
{
	if (row->malformed)
		return GAUTH_INVALID_VALUE;
	if (row->salt.len == GAUTH_SALT_SIZE && row->commitment.data == NULL)
		return gauth_entry_commit(gauth_crypto(), &row->entry,
								  (const uint8_t *) row->salt.data,
								  commitment);
	if (row->commitment.len != GAUTH_HASH_SIZE || !is_erased(row))
		return GAUTH_INVALID_VALUE;
	memcpy(commitment, row->commitment.data, GAUTH_HASH_SIZE);
	return GAUTH_OK;
}

/*
 * gauth_entry_row_leaf
 *		The leaf that the row has now, whatever was sealed.
 *
 * GAUTH_INVALID_VALUE when no entry has such a number, or when there is not
 * exactly one of what the commitment is made of and the commitment;
 * GAUTH_INVALID_ARGUMENT when no leaf before is like that.
 */
GauthStatus
gauth_entry_row_leaf(const GauthEntryRow *row, uint8_t leaf[GAUTH_HASH_SIZE])
{
	uint8_t		commitment[GAUTH_HASH_SIZE];
	GauthStatus status = find_commitment(row, commitment);

	if (status != GAUTH_OK)
		return status;
	return gauth_entry_leaf(gauth_crypto(), &row->entry, commitment, leaf);
}

/*
 * gauth_entry_row_encode
 *		The canonical bytes of the row, in the arena; fails as its leaf does.
 */
GauthStatus
gauth_entry_row_encode(GauthArena *arena, const GauthEntryRow *row,
					   GauthSpan *bytes)
{
	uint8_t		commitment[GAUTH_HASH_SIZE];
	GauthStatus status = find_commitment(row, commitment);

	if (status != GAUTH_OK)
		return status;
	return gauth_entry_encode(arena, &row->entry, commitment, bytes);
}
