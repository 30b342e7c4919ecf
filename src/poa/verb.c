/*
 * verb.c
 *		The canonical spelling of a verb, which is the URN of RFC 0117 section
 *		4.2.
 */
#include "poa/verb.h"

#define PREFIX	GAUTH_SPAN(GAUTH_VERB_PREFIX)

static bool
is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* names that are not empty, one "separator" between two of them */
static bool
are_names(GauthSpan text, char separator)
{
	bool		inside = false;
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (is_name_character(text.data[i]))
			inside = true;
		else if (text.data[i] == separator && inside)
			inside = false;
		else
			return false;
	}
	return inside;
}

/*
 * gauth_verb_canonical
 *		"*verb" is "written" itself if it is canonical already, otherwise a
 *		copy in the arena.
 *
 * Errors: GAUTH_INVALID_VALUE for what is no verb, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_verb_canonical(GauthArena *arena, GauthSpan written, GauthSpan *verb)
{
	GauthSpan	prefix = PREFIX;
	char	   *copy;
	size_t		i;

	if (gauth_span_starts_with(written, prefix))
	{
		if (!are_names(gauth_span_slice(written, prefix.len,
										written.len - prefix.len), ':'))
			return GAUTH_INVALID_VALUE;
		*verb = written;
		return GAUTH_OK;
	}
	if (!are_names(written, '.'))
		return GAUTH_INVALID_VALUE;

	copy = gauth_arena_alloc(arena, prefix.len + written.len);
	if (copy == NULL)
		return GAUTH_OUT_OF_MEMORY;
	memcpy(copy, prefix.data, prefix.len);
	for (i = 0; i < written.len; i++)
		copy[prefix.len + i] = written.data[i] == '.' ? ':' : written.data[i];
	*verb = gauth_span(copy, prefix.len + written.len);
	return GAUTH_OK;
}

/*
 * gauth_verb_delegates
 *		Any verb that ends in "agent:delegate".
 */
bool
gauth_verb_delegates(GauthSpan verb)
{
	GauthSpan	end = GAUTH_SPAN(":agent:delegate");

	return verb.len > end.len &&
		gauth_span_equal(gauth_span_slice(verb, verb.len - end.len, end.len),
						 end);
}
