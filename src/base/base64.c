/*
 * base64.c
 *		Strict base64: one text for one byte string, by way of base64url.
 */
#include "base/base64.h"

#include "base/base64url.h"

/* the other alphabet's characters for 62 and 63; what is in neither stays */
static char
to_url(char c)
{
	switch (c)
	{
		case '+':
			return '-';
		case '/':
			return '_';
		case '-':
		case '_':
			return '=';
		default:
			return c;
	}
}

static char
from_url(char c)
{
	switch (c)
	{
		case '-':
			return '+';
		case '_':
			return '/';
		default:
			return c;
	}
}

/*
 * gauth_base64_decode
 *		Decode "text" into bytes in the arena.
 *
 * Errors: GAUTH_INVALID_ENCODING with the offset, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_base64_decode(GauthArena *arena, GauthSpan text, GauthSpan *bytes,
					GauthError *err)
{
	size_t		len = text.len;
	size_t		i;
	char	   *url;

	if (text.len % 4 != 0)
		return gauth_fail_at(err, GAUTH_INVALID_ENCODING, text.len, "base64");
	while (len > 0 && text.len - len < 2 && text.data[len - 1] == '=')
		len--;
	url = gauth_arena_alloc(arena, len);
	if (url == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "base64");
	for (i = 0; i < len; i++)
		url[i] = to_url(text.data[i]);
	return gauth_base64url_decode(arena, gauth_span(url, len), bytes, err);
}

/*
 * gauth_base64_append
 *		Append "bytes" in base64.
 */
void
gauth_base64_append(GauthText *text, GauthSpan bytes)
{
	size_t		start = text->len;

	gauth_text_append_base64url(text, bytes);
	if (text->failed)
		return;
	for (; start < text->len; start++)
		text->data[start] = from_url(text->data[start]);
	for (start = bytes.len; start % 3 != 0; start++)
		gauth_text_append_char(text, '=');
}
