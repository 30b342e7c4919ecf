/*
 * text.c
 *		Text that grows in an arena.
 */
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/base64url.h"

#define FIRST_ROOM		256

/*
 * gauth_text_init
 *		Begin an empty text.
 */
void
gauth_text_init(GauthText *text, GauthArena *arena)
{
	memset(text, 0, sizeof(*text));
	text->arena = arena;
}

/* room for "more" bytes behind the text, or NULL once memory has run out */
static char *
reserve(GauthText *text, size_t more)
{
	size_t		room = text->room == 0 ? FIRST_ROOM : text->room;
	char	   *data;

	if (text->failed || more > SIZE_MAX / 4 - text->len)
	{
		text->failed = true;
		return NULL;
	}
	if (text->room - text->len >= more && text->room > 0)
		return text->data + text->len;

	while (room - text->len < more)
		room *= 2;
	data = gauth_arena_alloc(text->arena, room);
	if (data == NULL)
	{
		text->failed = true;
		return NULL;
	}
	if (text->len > 0)
		memcpy(data, text->data, text->len);
	text->data = data;
	text->room = room;
	return data + text->len;
}

/*
 * gauth_text_append
 *		Append bytes as they are.
 */
void
gauth_text_append(GauthText *text, GauthSpan part)
{
	char	   *at = reserve(text, part.len);

	if (at == NULL || part.len == 0)
		return;
	memcpy(at, part.data, part.len);
	text->len += part.len;
}

/*
 * gauth_text_append_char
 *		Append one byte.
 */
void
gauth_text_append_char(GauthText *text, char c)
{
	gauth_text_append(text, gauth_span(&c, 1));
}

/*
 * gauth_text_append_int64
 *		Append a number in decimal.
 */
void
gauth_text_append_int64(GauthText *text, int64_t number)
{
	char		digits[24];
	int			len = snprintf(digits, sizeof(digits), "%" PRId64, number);

	gauth_text_append(text, gauth_span(digits, (size_t) len));
}

/* what a character is escaped with, in the shortest form; NULL if it is not */
static const char *
short_escape(char c)
{
	switch (c)
	{
		case '"':
			return "\\\"";
		case '\\':
			return "\\\\";
		case '\b':
			return "\\b";
		case '\f':
			return "\\f";
		case '\n':
			return "\\n";
		case '\r':
			return "\\r";
		case '\t':
			return "\\t";
		default:
			return NULL;
	}
}

/*
 * gauth_text_append_json_string
 *		Append a JSON string with its quotes, escaped as RFC 8785 section
 *		3.2.2.2 says; "content" is valid UTF-8.
 */
void
gauth_text_append_json_string(GauthText *text, GauthSpan content)
{
	size_t		plain = 0;		/* start of what needs no escape */
	size_t		i;

	gauth_text_append_char(text, '"');
	for (i = 0; i < content.len; i++)
	{
		unsigned char c = (unsigned char) content.data[i];
		const char *escape = short_escape((char) c);
		char		hex[8];

		if (escape == NULL && c >= 0x20)
			continue;
		if (escape == NULL)
		{
			(void) snprintf(hex, sizeof(hex), "\\u%04x", c);
			escape = hex;
		}
		gauth_text_append(text, gauth_span_slice(content, plain, i - plain));
		gauth_text_append(text, gauth_span_of(escape));
		plain = i + 1;
	}
	gauth_text_append(text,
					  gauth_span_slice(content, plain, content.len - plain));
	gauth_text_append_char(text, '"');
}

/*
 * gauth_text_append_base64url
 *		Append bytes in base64url.
 */
void
gauth_text_append_base64url(GauthText *text, GauthSpan bytes)
{
	char	   *at = reserve(text, GAUTH_BASE64URL_ENCODED_SIZE(bytes.len));

	if (at != NULL)
		text->len += gauth_base64url_encode(bytes, at);
}

/*
 * gauth_text_finish
 *		What was written; false when memory ran out on the way.
 */
bool
gauth_text_finish(const GauthText *text, GauthSpan *result)
{
	*result = gauth_span(text->data, text->len);
	return !text->failed;
}
