/*
 * scope.c
 *		Sets of scope tokens: RFC 6749 section 3.3, and wildcards of ours.
 *
 * The grammar is taken at its word: single spaces between tokens and nowhere
 * else, tokens of %x21 / %x23-5B / %x5D-7E.  The one addition is the empty
 * text, which is the empty set.  Order and repetition carry no meaning in the
 * RFC, so both end here: what is stored is sorted and unique.
 *
 * A space sorts before every character of a token.  Therefore the order of
 * two canonical texts as bytes is also the order of their lists of tokens,
 * and a set can be searched by halving its text, without an index beside it.
 *
 * What a token means is the resource's business; only gauth_scope_covers
 * looks inside one.
 */
#include "token/scope.h"

#include <stdlib.h>

/* the reasons continue "Character N is", for entry/ to report */
#define REASON_CHARACTER	"not allowed in a scope token"
#define REASON_SPACE		"a space that does not separate two tokens"
#define REASON_MISSING		"missing"

/* text under construction, in room that is large enough */
typedef struct ScopeText
{
	char	   *data;
	size_t		len;
} ScopeText;

/* NQCHAR without the quotation mark and the backslash */
static bool
is_token_character(char c)
{
	return c >= 0x21 && c <= 0x7e && c != '"' && c != '\\';
}

/*
 * gauth_scope_check_token
 *		Is this one scope token: 1*( %x21 / %x23-5B / %x5D-7E )?
 *
 * Errors: GAUTH_INVALID_SCOPE with the offset, GAUTH_LIMIT_EXCEEDED.
 */
GauthStatus
gauth_scope_check_token(GauthSpan token, GauthError *err)
{
	size_t		i;

	if (token.len == 0)
		return gauth_fail(err, GAUTH_INVALID_SCOPE, REASON_MISSING);
	if (token.len > GAUTH_SCOPE_MAX_SIZE)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "scope");

	for (i = 0; i < token.len; i++)
	{
		if (!is_token_character(token.data[i]))
			return gauth_fail_at(err, GAUTH_INVALID_SCOPE, i,
								 REASON_CHARACTER);
	}
	return GAUTH_OK;
}

/* tokens with one space between two of them */
static GauthStatus
check_text(GauthSpan text, GauthError *err)
{
	bool		inside = false; /* is a token before this character? */
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (text.data[i] == ' ')
		{
			if (!inside || i + 1 == text.len)
				return gauth_fail_at(err, GAUTH_INVALID_SCOPE, i,
									 REASON_SPACE);
			inside = false;
			continue;
		}
		if (!is_token_character(text.data[i]))
			return gauth_fail_at(err, GAUTH_INVALID_SCOPE, i,
								 REASON_CHARACTER);
		inside = true;
	}
	return GAUTH_OK;
}

/* how many tokens; "sorted" says whether each is above the one before it */
static size_t
count_tokens(GauthSpan text, bool *sorted)
{
	GauthSpan	previous = {NULL, 0};
	GauthSpan	token;
	size_t		count = 0;

	*sorted = true;
	while (gauth_scope_next(&text, &token))
	{
		if (gauth_span_compare(previous, token) >= 0)
			*sorted = false;
		previous = token;
		count++;
	}
	return count;
}

static int
compare_tokens(const void *a, const void *b)
{
	return gauth_span_compare(*(const GauthSpan *) a, *(const GauthSpan *) b);
}

static void
append_token(ScopeText *text, GauthSpan token)
{
	if (text->len > 0)
		text->data[text->len++] = ' ';
	memcpy(text->data + text->len, token.data, token.len);
	text->len += token.len;
}

/* the canonical form of text that follows the grammar but has no order */
static GauthStatus
sort_text(GauthArena *arena, GauthSpan text, size_t count,
		  GauthSpan *canonical, GauthError *err)
{
	ScopeText	out = {gauth_arena_alloc(arena, text.len), 0};
	GauthSpan  *tokens = gauth_arena_array(arena, count, sizeof(GauthSpan));
	size_t		i;

	if (out.data == NULL || tokens == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "scope");

	for (i = 0; i < count; i++)
		(void) gauth_scope_next(&text, &tokens[i]);
	qsort(tokens, count, sizeof(GauthSpan), compare_tokens);

	for (i = 0; i < count; i++)
	{
		if (i == 0 || !gauth_span_equal(tokens[i - 1], tokens[i]))
			append_token(&out, tokens[i]);
	}
	*canonical = gauth_span(out.data, out.len);
	return GAUTH_OK;
}

/*
 * gauth_scope_parse
 *		Read a set of scope tokens (RFC 6749 section 3.3) of any order.
 *
 * "canonical" is a copy in the arena.  The empty text is the empty set; a
 * space before, after or beside another is refused, as the grammar has it.
 *
 * Errors: GAUTH_INVALID_SCOPE with the offset of the first byte that does not
 * fit, GAUTH_LIMIT_EXCEEDED above GAUTH_SCOPE_MAX_SIZE, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_scope_parse(GauthArena *arena, GauthSpan text, GauthSpan *canonical,
				  GauthError *err)
{
	GauthStatus status;
	size_t		count;
	bool		sorted;

	if (text.len > GAUTH_SCOPE_MAX_SIZE)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "scope");

	status = check_text(text, err);
	if (status != GAUTH_OK)
		return status;

	count = count_tokens(text, &sorted);
	if (!sorted)
		return sort_text(arena, text, count, canonical, err);
	if (!gauth_arena_copy(arena, text, canonical))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "scope");
	return GAUTH_OK;
}

/*
 * gauth_scope_next
 *		Take the first token from "rest"; false when there is none.
 *
 * Begin with "rest" as the whole scope.  The token is a part of it.
 */
bool
gauth_scope_next(GauthSpan *rest, GauthSpan *token)
{
	const char *space;
	size_t		len;

	if (rest->len == 0)
		return false;

	space = memchr(rest->data, ' ', rest->len);
	len = space == NULL ? rest->len : (size_t) (space - rest->data);
	*token = gauth_span_slice(*rest, 0, len);
	if (space != NULL)
		len++;
	*rest = gauth_span_slice(*rest, len, rest->len - len);
	return true;
}

/* the order of "token" and of what "stem" and "tail" make together */
static int
compare_joined(GauthSpan token, GauthSpan stem, GauthSpan tail)
{
	GauthSpan	head = token;

	if (head.len > stem.len)
		head.len = stem.len;
	if (head.len < stem.len || !gauth_span_equal(head, stem))
		return gauth_span_compare(head, stem);
	return gauth_span_compare(gauth_span_slice(token, stem.len,
											   token.len - stem.len), tail);
}

/* does the scope hold the token that "stem" and "tail" make together? */
static bool
find_joined(GauthSpan scope, GauthSpan stem, GauthSpan tail)
{
	size_t		low = 0;
	size_t		high = scope.len;

	/* both always stand where a token begins, or at the end */
	while (low < high)
	{
		size_t		start = low + (high - low) / 2;
		GauthSpan	rest;
		GauthSpan	token;
		int			order;

		while (start > low && scope.data[start - 1] != ' ')
			start--;
		rest = gauth_span_slice(scope, start, high - start);
		if (!gauth_scope_next(&rest, &token))
			return false;
		order = compare_joined(token, stem, tail);
		if (order == 0)
			return true;
		if (order < 0)
			low = high - rest.len;
		else
			high = start;
	}
	return false;
}

/*
 * gauth_scope_contains
 *		Is exactly this token in the set?  No wildcard has a meaning here.
 *
 * "token" may be any bytes; what is no token is in no set.
 */
bool
gauth_scope_contains(GauthSpan scope, GauthSpan token)
{
	return find_joined(scope, token, GAUTH_SPAN(""));
}

/*
 * gauth_scope_is_subset
 *		Is every token of "part" in "whole"?
 */
bool
gauth_scope_is_subset(GauthSpan part, GauthSpan whole)
{
	GauthSpan	token;

	if (part.len > whole.len)
		return false;
	while (gauth_scope_next(&part, &token))
	{
		if (!gauth_scope_contains(whole, token))
			return false;
	}
	return true;
}

/*
 * gauth_scope_overlaps
 *		Have the two sets a token in common?
 */
bool
gauth_scope_overlaps(GauthSpan a, GauthSpan b)
{
	GauthSpan	token;

	while (gauth_scope_next(&a, &token))
	{
		if (gauth_scope_contains(b, token))
			return true;
	}
	return false;
}

/* the token itself, or a wildcard at one of its colons */
static bool
covers_token(GauthSpan granted, GauthSpan token)
{
	size_t		i;

	if (gauth_scope_contains(granted, token))
		return true;

	/* something has to follow the colon: "orders:*" is not for "orders:" */
	for (i = 0; i + 1 < token.len; i++)
	{
		if (token.data[i] == ':' &&
			find_joined(granted, gauth_span_slice(token, 0, i + 1),
						GAUTH_SPAN("*")))
			return true;
	}
	return false;
}

/*
 * gauth_scope_covers
 *		Does what was granted suffice for what is required?
 *
 * Each required token needs an equal granted token, or a granted one that
 * ends in ":*" and whose part before the asterisk begins the required token
 * with at least one character to follow: "orders:*" covers "orders:read" and
 * "orders:read:own", neither "orders" nor "ordersx:read".
 *
 * An asterisk means something at the end of a granted token and after a colon
 * only.  A lone "*" is a token like another: a power over everything has to
 * be written with its names.  A required "orders:*" asks for the whole
 * subtree, and is covered by itself and by wildcards above it.
 *
 * RFC 6749 leaves the meaning of a token to the server; this rule is ours.
 */
bool
gauth_scope_covers(GauthSpan granted, GauthSpan required)
{
	GauthSpan	token;

	while (gauth_scope_next(&required, &token))
	{
		if (!covers_token(granted, token))
			return false;
	}
	return true;
}

/*
 * gauth_scope_union
 *		The tokens of either set, in the arena.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED above GAUTH_SCOPE_MAX_SIZE,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_scope_union(GauthArena *arena, GauthSpan a, GauthSpan b,
				  GauthSpan *result, GauthError *err)
{
	ScopeText	out = {gauth_arena_alloc(arena, a.len + b.len + 1), 0};
	GauthSpan	token_a;
	GauthSpan	token_b;
	bool		more_a = gauth_scope_next(&a, &token_a);
	bool		more_b = gauth_scope_next(&b, &token_b);

	if (out.data == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "scope");

	while (more_a || more_b)
	{
		int			order = more_a ? -1 : 1;

		if (more_a && more_b)
			order = gauth_span_compare(token_a, token_b);
		append_token(&out, order <= 0 ? token_a : token_b);
		if (order <= 0)
			more_a = gauth_scope_next(&a, &token_a);
		if (order >= 0)
			more_b = gauth_scope_next(&b, &token_b);
	}

	if (out.len > GAUTH_SCOPE_MAX_SIZE)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "scope");
	*result = gauth_span(out.data, out.len);
	return GAUTH_OK;
}

/*
 * gauth_scope_subtract
 *		The tokens of "a" that are not in "b", in the arena.
 *
 * Exact: subtracting "orders:*" does not remove "orders:read".
 * Error: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_scope_subtract(GauthArena *arena, GauthSpan a, GauthSpan b,
					 GauthSpan *result, GauthError *err)
{
	ScopeText	out = {gauth_arena_alloc(arena, a.len), 0};
	GauthSpan	token;

	if (out.data == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "scope");

	while (gauth_scope_next(&a, &token))
	{
		if (!gauth_scope_contains(b, token))
			append_token(&out, token);
	}
	*result = gauth_span(out.data, out.len);
	return GAUTH_OK;
}
