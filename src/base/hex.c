/*
 * hex.c
 *		Lower-case hexadecimal.
 */
#include "base/hex.h"

/*
 * gauth_hex_encode
 *		Write two characters for each byte, without a zero byte.
 */
void
gauth_hex_encode(GauthSpan bytes, char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t		i;

	for (i = 0; i < bytes.len; i++)
	{
		uint8_t		byte = (uint8_t) bytes.data[i];

		text[2 * i] = digits[byte >> 4];
		text[2 * i + 1] = digits[byte & 0x0f];
	}
}

/* the value of a digit of either case, or -1 */
static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * gauth_hex_decode
 *		Read text.len / 2 bytes; both cases are understood.
 *
 * Error: GAUTH_INVALID_ENCODING with the offset.
 */
GauthStatus
gauth_hex_decode(GauthSpan text, uint8_t *bytes, GauthError *err)
{
	size_t		i;

	if (text.len % 2 != 0)
		return gauth_fail_at(err, GAUTH_INVALID_ENCODING, text.len, "hex");

	for (i = 0; i < text.len; i += 2)
	{
		int			high = digit_value(text.data[i]);
		int			low = digit_value(text.data[i + 1]);

		if (high < 0 || low < 0)
			return gauth_fail_at(err, GAUTH_INVALID_ENCODING, i, "hex");
		bytes[i / 2] = (uint8_t) (high << 4 | low);
	}
	return GAUTH_OK;
}
