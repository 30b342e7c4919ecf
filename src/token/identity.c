/*
 * identity.c
 *		The verified record of who acts, as one text.
 *
 * "1", then every field as its length in decimal, a colon and its bytes; a
 * number is a field of decimal digits.  Lengths before contents: no content
 * can pass for a boundary.
 */
#include "token/identity.h"

#include "base/text.h"

#define VERSION			'1'

/* the fields in the order in which they are written */
static const size_t text_fields[] = {
	offsetof(GauthIdentity, subject),
	offsetof(GauthIdentity, issuer),
	offsetof(GauthIdentity, issuer_subject),
	offsetof(GauthIdentity, token_id),
	offsetof(GauthIdentity, token_hash),
	offsetof(GauthIdentity, kid),
	offsetof(GauthIdentity, mandate),
	offsetof(GauthIdentity, scope),
	offsetof(GauthIdentity, claims),
};
static const size_t number_fields[] = {
	offsetof(GauthIdentity, key_version),
	offsetof(GauthIdentity, issued_at),
	offsetof(GauthIdentity, expires_at),
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static void
write_field(GauthText *text, GauthSpan field)
{
	gauth_text_append_int64(text, (int64_t) field.len);
	gauth_text_append_char(text, ':');
	gauth_text_append(text, field);
}

/*
 * gauth_identity_write
 *		Write the record into the arena.
 *
 * Errors: GAUTH_CLAIM_INVALID when a field holds a zero byte, which no text
 * of the server can carry, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_identity_write(GauthArena *arena, const GauthIdentity *identity,
					 GauthSpan *record)
{
	const char *base = (const char *) identity;
	GauthText	text;
	size_t		i;

	gauth_text_init(&text, arena);
	gauth_text_append_char(&text, VERSION);
	for (i = 0; i < COUNT(text_fields); i++)
		write_field(&text, *(const GauthSpan *) (base + text_fields[i]));
	for (i = 0; i < COUNT(number_fields); i++)
	{
		gauth_text_append_int64(&text,
								*(const int64_t *) (base + number_fields[i]));
		gauth_text_append_char(&text, ';');
	}

	if (!gauth_text_finish(&text, record))
		return GAUTH_OUT_OF_MEMORY;
	if (memchr(record->data, 0, record->len) != NULL)
		return GAUTH_CLAIM_INVALID;
	return GAUTH_OK;
}

/*
 * Decimal digits up to "stop", which is consumed; false for anything else,
 * another spelling of the same number included.  The sum is kept negative,
 * where there is room for one number more.
 */
static bool
read_number(GauthSpan *rest, char stop, int64_t *number)
{
	bool		negative = rest->len > 0 && rest->data[0] == '-';
	int64_t		value = 0;
	size_t		first = negative ? 1 : 0;
	size_t		i;

	for (i = first; i < rest->len && rest->data[i] != stop; i++)
	{
		int			digit = rest->data[i] - '0';

		if (digit < 0 || digit > 9 || (value == 0 && i > first) ||
			__builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, digit, &value))
			return false;
	}
	if (i == first || i == rest->len || (negative && value == 0))
		return false;
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	*number = value;
	*rest = gauth_span_slice(*rest, i + 1, rest->len - i - 1);
	return true;
}

static bool
read_field(GauthSpan *rest, GauthSpan *field)
{
	int64_t		len;

	if (!read_number(rest, ':', &len) || len < 0 || (size_t) len > rest->len)
		return false;
	*field = gauth_span_slice(*rest, 0, (size_t) len);
	*rest = gauth_span_slice(*rest, (size_t) len, rest->len - (size_t) len);
	return true;
}

/*
 * gauth_identity_read
 *		Read a record; the fields point into it.
 *
 * Error: GAUTH_INVALID_VALUE for anything that gauth_identity_write has not
 * written.
 */
GauthStatus
gauth_identity_read(GauthSpan record, GauthIdentity *identity)
{
	char	   *base = (char *) identity;
	GauthSpan	rest;
	size_t		i;

	memset(identity, 0, sizeof(*identity));
	if (record.len == 0 || record.data[0] != VERSION ||
		memchr(record.data, 0, record.len) != NULL)
		return GAUTH_INVALID_VALUE;

	rest = gauth_span_slice(record, 1, record.len - 1);
	for (i = 0; i < COUNT(text_fields); i++)
	{
		if (!read_field(&rest, (GauthSpan *) (base + text_fields[i])))
			return GAUTH_INVALID_VALUE;
	}
	for (i = 0; i < COUNT(number_fields); i++)
	{
		if (!read_number(&rest, ';', (int64_t *) (base + number_fields[i])))
			return GAUTH_INVALID_VALUE;
	}
	return rest.len == 0 ? GAUTH_OK : GAUTH_INVALID_VALUE;
}
