/*
 * pattern.c
 *		The operator "like": text against a pattern with "*".
 *
 * Each piece between two wildcards is searched for once, behind the piece
 * before it; the first place is always as good as any later one.  With a
 * linear search for each piece the whole is linear, whatever the pattern.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* memmem */
#endif

#include "policy/eval.h"

#include <string.h>

/* the pattern up to its next wildcard */
static GauthSpan
next_piece(GauthSpan pattern)
{
	const char *star = pattern.len == 0 ? NULL :
	memchr(pattern.data, (unsigned char) GAUTH_PATTERN_WILDCARD,
		   pattern.len);

	return star == NULL ? pattern :
		gauth_span(pattern.data, (size_t) (star - pattern.data));
}

static GauthSpan
skip_bytes(GauthSpan span, size_t count)
{
	return gauth_span_slice(span, count, span.len - count);
}

/*
 * gauth_pattern_match
 *		Does the whole text match the pattern?
 *
 * Bytes are compared: in UTF-8 no character is part of another.
 */
bool
gauth_pattern_match(GauthSpan text, GauthSpan pattern)
{
	GauthSpan	piece = next_piece(pattern);

	if (piece.len == pattern.len)
		return gauth_span_equal(text, pattern);
	if (!gauth_span_starts_with(text, piece))
		return false;
	text = skip_bytes(text, piece.len);
	pattern = skip_bytes(pattern, piece.len + 1);

	for (piece = next_piece(pattern); piece.len != pattern.len;
		 piece = next_piece(pattern))
	{
		const char *found;

		if (piece.len > text.len)
			return false;
		found = piece.len == 0 ? text.data :
			memmem(text.data, text.len, piece.data, piece.len);
		if (piece.len > 0 && found == NULL)
			return false;
		if (piece.len > 0)
			text = skip_bytes(text, (size_t) (found - text.data) + piece.len);
		pattern = skip_bytes(pattern, piece.len + 1);
	}

	/* the last piece stands at the end */
	return piece.len <= text.len &&
		gauth_span_equal(skip_bytes(text, text.len - piece.len), piece);
}
