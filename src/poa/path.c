/*
 * path.c
 *		The one spelling of a path.
 */
#include "poa/path.h"

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		(c >= 'A' && c <= 'F');
}

/*
 * gauth_path_characters_good
 *		Does the text, a path or a pattern, mean to everybody what it says?
 *
 * A backslash separates parts on some systems, a percent code is another
 * character to whoever decodes it, and a control character may end a name.
 */
bool
gauth_path_characters_good(GauthSpan text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		unsigned char c = (unsigned char) text.data[i];

		if (c < 0x20 || c == 0x7f || c == '\\')
			return false;
		if (c == '%' && i + 2 < text.len && is_hex(text.data[i + 1]) &&
			is_hex(text.data[i + 2]))
			return false;
	}
	return true;
}

/* drop the last part of what was written; false when there is none */
static bool
drop_part(char *path, size_t *len)
{
	if (*len == 0)
		return false;
	while (*len > 0 && path[*len - 1] != '/')
		(*len)--;
	if (*len > 0)
		(*len)--;
	return true;
}

static void
add_part(char *path, size_t *len, GauthSpan part)
{
	if (*len > 0)
		path[(*len)++] = '/';
	memcpy(path + *len, part.data, part.len);
	*len += part.len;
}

/*
 * gauth_path_canonical
 *		The path without ".", "..", double, leading and trailing slashes; the
 *		root is ".".
 *
 * Errors: GAUTH_INVALID_VALUE for a path that is empty, leaves the root or
 * has a character that is refused; GAUTH_LIMIT_EXCEEDED; GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_path_canonical(GauthArena *arena, GauthSpan written, GauthSpan *path)
{
	char	   *copy;
	size_t		len = 0;
	size_t		start = 0;

	if (written.len > GAUTH_TEXT_MAX)
		return GAUTH_LIMIT_EXCEEDED;
	if (written.len == 0 || !gauth_path_characters_good(written))
		return GAUTH_INVALID_VALUE;
	copy = gauth_arena_alloc(arena, written.len);
	if (copy == NULL)
		return GAUTH_OUT_OF_MEMORY;

	while (start < written.len)
	{
		const char *from = written.data + start;
		const char *slash = memchr(from, '/', written.len - start);
		size_t		part_len = slash == NULL ? written.len - start :
			(size_t) (slash - from);
		GauthSpan	part = gauth_span(from, part_len);

		start += part_len + 1;
		if (part.len == 0 || gauth_span_is(part, "."))
			continue;
		if (!gauth_span_is(part, ".."))
			add_part(copy, &len, part);
		else if (!drop_part(copy, &len))
			return GAUTH_INVALID_VALUE;
	}
	if (len == 0)
		copy[len++] = '.';
	*path = gauth_span(copy, len);
	return GAUTH_OK;
}
