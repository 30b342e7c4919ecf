/*
 * base64url.c
 *		Strict base64url: one text for one byte string.
 *
 * Refused: padding, the characters of plain base64, white space, a length
 * that no byte string has, and spare bits that are not zero.  A lenient
 * decoder gives one token many spellings, and every list of seen or revoked
 * tokens a way around it.
 */
#include "base/base64url.h"

#include <stdint.h>

#define INVALID		0xff

/* the value of each character, or INVALID; built from the alphabet below */
#define ROW(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) \
	a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p
#define NONE	ROW(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, \
					0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)

static const uint8_t values[256] = {
	NONE,
	NONE,
	/* '-' */
	ROW(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 62, 0xff, 0xff),
	/* '0' to '9' */
	ROW(52, 53, 54, 55, 56, 57, 58, 59,
		60, 61, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
	/* 'A' to 'Z', '_' */
	ROW(0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
	ROW(15, 16, 17, 18, 19, 20, 21, 22,
		23, 24, 25, 0xff, 0xff, 0xff, 0xff, 63),
	/* 'a' to 'z' */
	ROW(0xff, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40),
	ROW(41, 42, 43, 44, 45, 46, 47, 48,
		49, 50, 51, 0xff, 0xff, 0xff, 0xff, 0xff),
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
};

static const char alphabet[] =
"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* the first character that is not of the alphabet, for an error's offset */
static size_t
find_invalid(GauthSpan text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (values[(uint8_t) text.data[i]] == INVALID)
			return i;
	}
	return text.len;
}

/* the last 2 or 3 characters; false when their spare bits are not zero */
static bool
decode_tail(const uint8_t *in, size_t len, uint8_t *out, uint8_t *seen)
{
	uint8_t		a = values[in[0]];
	uint8_t		b = values[in[1]];
	uint8_t		c = len == 3 ? values[in[2]] : 0;

	*seen |= a | b | c;
	out[0] = (uint8_t) (a << 2 | b >> 4);
	if (len == 2)
		return (b & 0x0f) == 0;
	out[1] = (uint8_t) (b << 4 | c >> 2);
	return (c & 0x03) == 0;
}

/*
 * gauth_base64url_decode
 *		Decode "text" into bytes in the arena (RFC 7515 section 2, appendix C).
 *
 * Errors: GAUTH_INVALID_ENCODING with the offset, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_base64url_decode(GauthArena *arena, GauthSpan text, GauthSpan *bytes,
					   GauthError *err)
{
	size_t		size = GAUTH_BASE64URL_DECODED_SIZE(text.len);
	const uint8_t *in = (const uint8_t *) text.data;
	uint8_t    *start = gauth_arena_alloc(arena, size);
	uint8_t    *out = start;
	uint8_t		seen = 0;		/* a value above 63 leaves its top bit here */
	size_t		i;
	bool		canonical = text.len % 4 != 1;

	if (start == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "base64url");

	for (i = 0; i + 4 <= text.len; i += 4)
	{
		uint8_t		a = values[in[i]];
		uint8_t		b = values[in[i + 1]];
		uint8_t		c = values[in[i + 2]];
		uint8_t		d = values[in[i + 3]];

		seen |= a | b | c | d;
		*out++ = (uint8_t) (a << 2 | b >> 4);
		*out++ = (uint8_t) (b << 4 | c >> 2);
		*out++ = (uint8_t) (c << 6 | d);
	}

	if (text.len % 4 > 1)
		canonical = decode_tail(in + i, text.len % 4, out, &seen);

	if (seen > 63)
		return gauth_fail_at(err, GAUTH_INVALID_ENCODING, find_invalid(text),
							 "base64url");
	if (!canonical)
		return gauth_fail_at(err, GAUTH_INVALID_ENCODING, text.len,
							 "base64url");

	*bytes = gauth_span(start, size);
	return GAUTH_OK;
}

/*
 * gauth_base64url_encode
 *		Write "bytes" to "text", without padding and without a zero byte.
 *
 * The caller gives GAUTH_BASE64URL_ENCODED_SIZE(bytes.len) characters of
 * room; returns how many were written, which is exactly that.
 */
size_t
gauth_base64url_encode(GauthSpan bytes, char *text)
{
	const uint8_t *in = (const uint8_t *) bytes.data;
	char	   *out = text;
	size_t		i;

	for (i = 0; i + 3 <= bytes.len; i += 3)
	{
		*out++ = alphabet[in[i] >> 2];
		*out++ = alphabet[(in[i] & 0x03) << 4 | in[i + 1] >> 4];
		*out++ = alphabet[(in[i + 1] & 0x0f) << 2 | in[i + 2] >> 6];
		*out++ = alphabet[in[i + 2] & 0x3f];
	}

	if (bytes.len - i == 1)
	{
		*out++ = alphabet[in[i] >> 2];
		*out++ = alphabet[(in[i] & 0x03) << 4];
	}
	else if (bytes.len - i == 2)
	{
		*out++ = alphabet[in[i] >> 2];
		*out++ = alphabet[(in[i] & 0x03) << 4 | in[i + 1] >> 4];
		*out++ = alphabet[(in[i + 1] & 0x0f) << 2];
	}
	return (size_t) (out - text);
}
