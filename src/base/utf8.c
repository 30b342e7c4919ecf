/*
 * utf8.c
 *		UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates,
 *		nothing above U+10FFFF.
 */
#include "base/utf8.h"

static bool
is_continuation(char c)
{
	return ((uint8_t) c & 0xc0) == 0x80;
}

/* the range of the second byte that keeps a sequence shortest and legal */
static bool
second_byte_fits(uint8_t first, uint8_t second)
{
	switch (first)
	{
		case 0xe0:
			return second >= 0xa0 && second <= 0xbf;
		case 0xed:
			return second >= 0x80 && second <= 0x9f;
		case 0xf0:
			return second >= 0x90 && second <= 0xbf;
		case 0xf4:
			return second >= 0x80 && second <= 0x8f;
		default:
			return is_continuation((char) second);
	}
}

/*
 * gauth_utf8_sequence
 *		Length of the sequence that "data" begins with, 0 when it is not
 *		valid; "len" is at least 1.
 */
size_t
gauth_utf8_sequence(const char *data, size_t len)
{
	uint8_t		first = (uint8_t) data[0];
	size_t		need;
	size_t		i;

	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		need = 2;
	else if (first >= 0xe0 && first <= 0xef)
		need = 3;
	else if (first >= 0xf0 && first <= 0xf4)
		need = 4;
	else
		return 0;

	if (len < need || !second_byte_fits(first, (uint8_t) data[1]))
		return 0;
	for (i = 2; i < need; i++)
	{
		if (!is_continuation(data[i]))
			return 0;
	}
	return need;
}

/*
 * gauth_utf8_valid_prefix
 *		How many bytes from the start are valid; text.len when all are.
 */
size_t
gauth_utf8_valid_prefix(GauthSpan text)
{
	size_t		i = 0;

	while (i < text.len)
	{
		size_t		step = gauth_utf8_sequence(text.data + i, text.len - i);

		if (step == 0)
			break;
		i += step;
	}
	return i;
}

/*
 * gauth_utf8_encode
 *		Write a code point (at most U+10FFFF, no surrogate) to "out", which
 *		has room for 4 bytes; returns how many were written.
 */
size_t
gauth_utf8_encode(uint32_t code_point, char *out)
{
	if (code_point < 0x80)
	{
		out[0] = (char) code_point;
		return 1;
	}
	if (code_point < 0x800)
	{
		out[0] = (char) (0xc0 | code_point >> 6);
		out[1] = (char) (0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point < 0x10000)
	{
		out[0] = (char) (0xe0 | code_point >> 12);
		out[1] = (char) (0x80 | (code_point >> 6 & 0x3f));
		out[2] = (char) (0x80 | (code_point & 0x3f));
		return 3;
	}
	out[0] = (char) (0xf0 | code_point >> 18);
	out[1] = (char) (0x80 | (code_point >> 12 & 0x3f));
	out[2] = (char) (0x80 | (code_point >> 6 & 0x3f));
	out[3] = (char) (0x80 | (code_point & 0x3f));
	return 4;
}

/*
 * gauth_utf8_decode
 *		The code point that "data" begins with; returns the length of its
 *		sequence, 0 when it is not valid.
 */
size_t
gauth_utf8_decode(const char *data, size_t len, uint32_t *code_point)
{
	static const uint8_t first_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	size_t		need = len == 0 ? 0 : gauth_utf8_sequence(data, len);
	size_t		i;

	if (need == 0)
		return 0;

	*code_point = (uint8_t) data[0] & first_mask[need];
	for (i = 1; i < need; i++)
		*code_point = *code_point << 6 | ((uint8_t) data[i] & 0x3f);
	return need;
}
