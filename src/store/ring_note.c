/*
 * ring_note.c
 *		A captured entry as bytes that another process can read.
 *
 * Not the entry's canonical bytes: those want a place in the log, which it is
 * given by whoever writes it.  The bytes never leave this server's memory, so
 * that numbers are in its own order.
 */
#include "store/ring_note.h"

#include "mb/pg_wchar.h"

/* what a string is cut to when its note is too large */
#define CUT_STRING		2048
#define ABSENT			PG_UINT32_MAX
#define STRING_COUNT	11

/* what two notes of the same decision may differ in stands first */
typedef struct NoteHead
{
	int64		micros;
	uint32		count;
	uint32		verdict;
} NoteHead;

#define SUBSTANCE_START	offsetof(NoteHead, verdict)

static void
list_strings(GauthEntry *entry, GauthSpan *strings[STRING_COUNT])
{
	strings[0] = &entry->kind;
	strings[1] = &entry->action;
	strings[2] = &entry->rule;
	strings[3] = &entry->mandate;
	strings[4] = &entry->token_id;
	strings[5] = &entry->trace;
	strings[6] = &entry->actor;
	strings[7] = &entry->agent;
	strings[8] = &entry->role;
	strings[9] = &entry->resource;
	strings[10] = &entry->payload;
}

static size_t
packed_size(GauthSpan *const strings[STRING_COUNT])
{
	size_t		size = sizeof(NoteHead);
	int			i;

	for (i = 0; i < STRING_COUNT; i++)
		size += sizeof(uint32) + strings[i]->len;
	return size;
}

/* a denial is written down, however much its asker had to say */
static void
shorten(GauthEntry *entry, GauthSpan *const strings[STRING_COUNT])
{
	int			i;

	entry->payload = gauth_span(NULL, 0);
	for (i = 0; i < STRING_COUNT; i++)
	{
		GauthSpan  *string = strings[i];

		if (string->len > CUT_STRING)
			string->len = pg_mbcliplen(string->data, (int) string->len,
									   CUT_STRING);
	}
}

static char *
put_string(char *to, GauthSpan string)
{
	uint32		length = string.data == NULL ? ABSENT : (uint32) string.len;

	memcpy(to, &length, sizeof(length));
	to += sizeof(length);
	if (string.len > 0)
		memcpy(to, string.data, string.len);
	return to + string.len;
}

/*
 * gauth_ring_note_pack
 *		The entry in the current memory context; one of more than "limit" bytes
 *		loses its payload and the ends of its strings.
 */
GauthSpan
gauth_ring_note_pack(GauthEntry *entry, size_t limit)
{
	GauthSpan  *strings[STRING_COUNT];
	NoteHead	head = {entry->micros, entry->count, (uint32) entry->verdict};
	size_t		size;
	char	   *note;
	char	   *to;
	int			i;

	list_strings(entry, strings);
	if (packed_size(strings) > limit)
		shorten(entry, strings);
	size = packed_size(strings);
	note = palloc(size);
	memcpy(note, &head, sizeof(head));
	to = note + sizeof(head);
	for (i = 0; i < STRING_COUNT; i++)
		to = put_string(to, *strings[i]);
	return gauth_span(note, size);
}

static bool
take_string(GauthSpan *rest, GauthSpan *string)
{
	uint32		length;

	if (rest->len < sizeof(length))
		return false;
	memcpy(&length, rest->data, sizeof(length));
	*rest = gauth_span(rest->data + sizeof(length),
					   rest->len - sizeof(length));
	*string = gauth_span(NULL, 0);
	if (length == ABSENT)
		return true;
	if (rest->len < length)
		return false;
	*string = gauth_span(rest->data, length);
	*rest = gauth_span(rest->data + length, rest->len - length);
	return true;
}

/*
 * gauth_ring_note_unpack
 *		The entry, its strings inside the note; false when it is not one.
 */
bool
gauth_ring_note_unpack(GauthSpan note, GauthEntry *entry)
{
	GauthSpan  *strings[STRING_COUNT];
	NoteHead	head;
	int			i;

	if (note.len < sizeof(head))
		return false;
	memcpy(&head, note.data, sizeof(head));
	memset(entry, 0, sizeof(*entry));
	entry->micros = head.micros;
	entry->count = head.count;
	entry->verdict = (GauthVerdict) head.verdict;
	note = gauth_span(note.data + sizeof(head), note.len - sizeof(head));
	list_strings(entry, strings);
	for (i = 0; i < STRING_COUNT; i++)
	{
		if (!take_string(&note, strings[i]))
			return false;
	}
	return note.len == 0;
}

/*
 * gauth_ring_note_set_count
 *		Say how many equal decisions a packed note is about.
 */
void
gauth_ring_note_set_count(GauthSpan note, uint32 count)
{
	memcpy((char *) note.data + offsetof(NoteHead, count), &count,
		   sizeof(count));
}

/*
 * gauth_ring_note_substance
 *		The part of a packed note that is the same for equal decisions.
 */
GauthSpan
gauth_ring_note_substance(GauthSpan note)
{
	return gauth_span(note.data + SUBSTANCE_START, note.len - SUBSTANCE_START);
}
