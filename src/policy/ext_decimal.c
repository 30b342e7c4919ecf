/*
 * ext_decimal.c
 *		Cedar's decimal: a number with at most four digits after the point,
 *		kept as int64 ten-thousandths.
 *
 * Cedar language reference, "decimal": an optional minus, one or more
 * digits, a point, one to four digits; nothing else.
 */
#include "policy/extension.h"

#include <stdio.h>

/*
 * gauth_decimal_parse
 *		Read a decimal; false when the text is none, or out of range.
 */
bool
gauth_decimal_parse(GauthSpan text, int64_t *decimal)
{
	size_t		at = 0;
	bool		negative = text.len > 0 && text.data[0] == '-';
	__int128	value = 0;
	size_t		begin;
	int			digits = 0;

	if (negative)
		at++;
	begin = at;
	for (; at < text.len && text.data[at] >= '0' && text.data[at] <= '9'; at++)
	{
		if (value > INT64_MAX)
			return false;
		value = value * 10 + (text.data[at] - '0');
	}
	if (at == begin || at == text.len || text.data[at] != '.')
		return false;

	for (at++; at < text.len && digits < 4; at++, digits++)
	{
		if (text.data[at] < '0' || text.data[at] > '9')
			return false;
		value = value * 10 + (text.data[at] - '0');
	}
	if (digits == 0 || at != text.len)
		return false;
	for (; digits < 4; digits++)
		value *= 10;

	value = negative ? -value : value;
	if (value < INT64_MIN || value > INT64_MAX)
		return false;
	*decimal = (int64_t) value;
	return true;
}

/*
 * gauth_decimal_write
 *		The shortest text that reads back as "decimal"; its length.
 *
 * "text" has room for GAUTH_EXTENSION_TEXT_MAX bytes.
 */
size_t
gauth_decimal_write(int64_t decimal, char *text)
{
	uint64_t	size = decimal < 0 ? -(uint64_t) decimal : (uint64_t) decimal;
	int			len;

	len = snprintf(text, GAUTH_EXTENSION_TEXT_MAX, "%s%llu.%04llu",
				   decimal < 0 ? "-" : "",
				   (unsigned long long) (size / GAUTH_DECIMAL_SCALE),
				   (unsigned long long) (size % GAUTH_DECIMAL_SCALE));
	while (text[len - 1] == '0' && text[len - 2] != '.')
		text[--len] = '\0';
	return (size_t) len;
}
