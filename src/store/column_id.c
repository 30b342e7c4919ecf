/*
 * column_id.c
 *		Columns of bound tables as ids of entities, and the way back.
 *
 * An id is the text of a value in one form only: "007" is no integer here and
 * upper case no uuid, so that one row never answers to two ids.
 */
#include "store/column.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "store/compat.h"

/* without the blanks that fill it up, as the cast to text has it */
static GauthSpan
trim_blanks(GauthSpan text)
{
	while (text.len > 0 && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

static GauthSpan
varlena_span(Datum datum)
{
	struct varlena *bytes = PG_DETOAST_DATUM_PACKED(datum);

	return gauth_span(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/*
 * gauth_column_id
 *		A value of a type that can name entities as text, perhaps in the
 *		current memory context.
 */
GauthSpan
gauth_column_id(Oid type, Datum datum)
{
	switch (type)
	{
		case INT2OID:
			return gauth_span_of(psprintf("%d", DatumGetInt16(datum)));
		case INT4OID:
			return gauth_span_of(psprintf("%d", DatumGetInt32(datum)));
		case INT8OID:
			return gauth_span_of(psprintf(INT64_FORMAT, DatumGetInt64(datum)));
		case NAMEOID:
			return gauth_span_of(NameStr(*DatumGetName(datum)));
		case UUIDOID:
			return gauth_span_of(DatumGetCString(DirectFunctionCall1(uuid_out,
																	 datum)));
		case BPCHAROID:
			return trim_blanks(varlena_span(datum));
		default:
			return varlena_span(datum);
	}
}

/* in the form in which it is written: no sign but "-", no leading zeros */
static bool
read_number(GauthSpan id, int64 least, int64 most, int64 *number)
{
	char		text[GAUTH_COLUMN_KEY_MAX];
	char		again[GAUTH_COLUMN_KEY_MAX];

	if (id.len == 0 || id.len >= sizeof(text))
		return false;
	memcpy(text, id.data, id.len);
	text[id.len] = '\0';
	errno = 0;
	*number = strtoll(text, NULL, 10);
	snprintf(again, sizeof(again), INT64_FORMAT, *number);
	return errno == 0 && *number >= least && *number <= most &&
		gauth_span_is(id, again);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 8-4-4-4-12 digits, lower case, as uuid_out writes it */
static bool
read_uuid(GauthSpan id, Datum *key)
{
	pg_uuid_t  *uuid = palloc0(sizeof(pg_uuid_t));
	size_t		i;
	int			digits = 0;

	if (id.len != 36)
		return false;
	for (i = 0; i < id.len; i++)
	{
		bool		is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		int			digit = hex_digit(id.data[i]);

		if (is_dash ? id.data[i] != '-' : digit < 0)
			return false;
		if (is_dash)
			continue;
		uuid->data[digits / 2] |= digit << (digits % 2 == 0 ? 4 : 0);
		digits++;
	}
	*key = UUIDPGetDatum(uuid);
	return true;
}

static bool
read_name(GauthSpan id, Datum *key)
{
	Name		name = palloc0(sizeof(NameData));

	if (id.len >= NAMEDATALEN)
		return false;
	memcpy(NameStr(*name), id.data, id.len);
	*key = NameGetDatum(name);
	return true;
}

/*
 * gauth_column_key
 *		The value of a type that can name entities whose text is "id"; false
 *		when there is none.
 */
bool
gauth_column_key(Oid type, GauthSpan id, Datum *key)
{
	int64		number = 0;
	bool		found;

	if (id.len > 0 && memchr(id.data, '\0', id.len) != NULL)
		return false;
	switch (type)
	{
		case INT2OID:
			found = read_number(id, PG_INT16_MIN, PG_INT16_MAX, &number);
			*key = Int16GetDatum(found ? (int16) number : 0);
			return found;
		case INT4OID:
			found = read_number(id, PG_INT32_MIN, PG_INT32_MAX, &number);
			*key = Int32GetDatum(found ? (int32) number : 0);
			return found;
		case INT8OID:
			found = read_number(id, PG_INT64_MIN, PG_INT64_MAX, &number);
			*key = Int64GetDatum(number);
			return found;
		case NAMEOID:
			return read_name(id, key);
		case UUIDOID:
			return read_uuid(id, key);
		default:
			*key = PointerGetDatum(cstring_to_text_with_len(id.data,
															(int) id.len));
			return true;
	}
}
