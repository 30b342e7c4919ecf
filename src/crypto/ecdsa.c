/*
 * ecdsa.c
 *		The two forms of an ECDSA signature: r and s side by side, as JOSE has
 *		them (RFC 7518 section 3.4), and SEQUENCE { INTEGER r, INTEGER s } in
 *		DER (RFC 3279 section 2.2.3), as OpenSSL takes and gives them.
 *
 * Written by hand because building two big numbers only to write them out
 * again costs eight times as much.  Whether r and s are in range is for the
 * verification to say, not for this file.
 */
#include "crypto/internal.h"

#include <string.h>

#define DER_SEQUENCE	0x30
#define DER_INTEGER		0x02
#define DER_LONG_1		0x81	/* the length follows in one byte */

/* an unsigned number as an INTEGER; returns its size */
static size_t
write_integer(const uint8_t *number, size_t len, uint8_t *der)
{
	size_t		pad;

	while (len > 1 && *number == 0)
	{
		number++;
		len--;
	}

	/* a first bit that is set would make it negative */
	pad = *number >> 7;
	der[0] = DER_INTEGER;
	der[1] = (uint8_t) (pad + len);
	der[2] = 0;
	memcpy(der + 2 + pad, number, len);
	return 2 + pad + len;
}

/*
 * gauth_ecdsa_to_der
 *		"raw" is r and s of "half" bytes each, at most 66; returns the size.
 */
size_t
gauth_ecdsa_to_der(const uint8_t *raw, size_t half,
				   uint8_t der[GAUTH_ECDSA_DER_MAX])
{
	uint8_t		content[GAUTH_ECDSA_DER_MAX];
	size_t		len;
	size_t		head = 0;

	len = write_integer(raw, half, content);
	len += write_integer(raw + half, half, content + len);

	der[head++] = DER_SEQUENCE;
	if (len > 0x7f)
		der[head++] = DER_LONG_1;
	der[head++] = (uint8_t) len;
	memcpy(der + head, content, len);
	return head + len;
}

/* an INTEGER at "*at" into exactly "half" bytes; moves "*at" behind it */
static bool
read_integer(const uint8_t **at, const uint8_t *end, uint8_t *number,
			 size_t half)
{
	const uint8_t *from = *at + 2;
	size_t		len;

	if (end - *at < 2 || (*at)[0] != DER_INTEGER)
		return false;
	len = (*at)[1];
	if (len == 0 || len > 0x7f || len > (size_t) (end - from))
		return false;
	*at = from + len;

	while (len > 0 && *from == 0)
	{
		from++;
		len--;
	}
	if (len > half)
		return false;
	memset(number, 0, half - len);
	memcpy(number + half - len, from, len);
	return true;
}

/*
 * gauth_ecdsa_from_der
 *		What OpenSSL signed into r and s of "half" bytes each; false for
 *		anything that is not one sequence of two numbers of that size.
 */
bool
gauth_ecdsa_from_der(const uint8_t *der, size_t len, uint8_t *raw, size_t half)
{
	const uint8_t *end = der + len;
	const uint8_t *at;
	size_t		head;

	if (len < 3 || der[0] != DER_SEQUENCE)
		return false;
	head = der[1] == DER_LONG_1 ? 3 : 2;
	if (der[head - 1] != len - head)
		return false;
	at = der + head;
	return read_integer(&at, end, raw, half) &&
		read_integer(&at, end, raw + half, half) && at == end;
}
