/*
 * pattern.c
 *		Patterns of paths: what they match, and which covers which.
 *
 * A pattern is a row of parts, a part is a row of tokens.  At both levels one
 * star remembers where it stood, and whatever does not fit afterwards makes
 * it take one more: an older star never has to move again.  So no pattern
 * costs more than its length times that of the path.
 *
 * "wide covers narrow" is the same walk over two patterns: every token of the
 * narrow one has to be taken by a star of the wide one, or by one token that
 * matches all that it matches.  Such a walk is a proof, so the answer "yes"
 * is right; a "no" may be wrong, and then a delegation is refused that could
 * have been allowed.
 */
#include "base/utf8.h"
#include "poa/path.h"

#define WILDCARDS_MAX	32

typedef enum TokenKind
{
	TOKEN_CHARACTER,
	TOKEN_ANY,					/* "?" */
	TOKEN_CLASS,				/* "[...]" */
	TOKEN_STARS,				/* "*" */
	TOKEN_INVALID
} TokenKind;

typedef struct Token
{
	TokenKind	kind;
	GauthSpan	text;
} Token;

/* what is on the right side of the walk */
typedef enum Mode
{
	MODE_PATH,
	MODE_PATH_ANY_CASE,
	MODE_PATTERN
} Mode;

/* what is left of a pattern or a path */
typedef struct Parts
{
	GauthSpan	rest;
	bool		before;			/* does "**" come before the rest? */
	bool		behind;			/* and after it? */
} Parts;

static bool
next_part(Parts *parts, GauthSpan *part)
{
	if (parts->before)
	{
		parts->before = false;
		*part = GAUTH_SPAN("**");
		return true;
	}
	while (parts->rest.len > 0)
	{
		const char *slash = memchr(parts->rest.data, '/', parts->rest.len);
		size_t		len = slash == NULL ? parts->rest.len :
			(size_t) (slash - parts->rest.data);
		size_t		skip = slash == NULL ? len : len + 1;

		*part = gauth_span_slice(parts->rest, 0, len);
		parts->rest = gauth_span_slice(parts->rest, skip,
									   parts->rest.len - skip);
		if (part->len > 0 && !gauth_span_is(*part, "."))
			return true;
	}
	if (!parts->behind)
		return false;
	parts->behind = false;
	*part = GAUTH_SPAN("**");
	return true;
}

static Parts
parts_of_path(GauthSpan path)
{
	Parts		parts = {path, false, false};

	return parts;
}

/* with no slash it may stand anywhere, with one at its end it is all below */
static Parts
parts_of_pattern(GauthSpan pattern)
{
	Parts		parts = {pattern, false, false};
	bool		anywhere = pattern.len > 0 &&
		memchr(pattern.data, '/', pattern.len) == NULL &&
		!gauth_span_is(pattern, ".");

	parts.before = anywhere;
	parts.behind = anywhere ||
		(pattern.len > 0 && pattern.data[pattern.len - 1] == '/');
	return parts;
}

/* "[abc]" at "*at", which moves behind it */
static bool
read_class(GauthSpan part, size_t *at, GauthSpan *text)
{
	size_t		start = *at;
	size_t		i = start + 1;

	if (i < part.len && (part.data[i] == '!' || part.data[i] == '^'))
		i++;
	for (*at = i + 1; *at < part.len; (*at)++)
	{
		if ((unsigned char) part.data[*at - 1] >= 0x80)
			return false;
		/* the first character may be the bracket itself */
		if (part.data[*at] == ']')
		{
			*text = gauth_span_slice(part, start, ++(*at) - start);
			return true;
		}
	}
	return false;
}

/* the next token of a part, or of a name if it is no pattern */
static Token
next_token(GauthSpan part, size_t *at, bool pattern)
{
	Token		token = {TOKEN_CHARACTER, {NULL, 0}};
	size_t		len = gauth_utf8_sequence(part.data + *at, part.len - *at);
	char		c = part.data[*at];

	if (pattern && c == '[')
	{
		token.kind = TOKEN_CLASS;
		if (!read_class(part, at, &token.text))
		{
			token.kind = TOKEN_INVALID;
			*at = part.len;
		}
		return token;
	}
	if (pattern && c == '*')
		token.kind = TOKEN_STARS;
	if (pattern && c == '?')
		token.kind = TOKEN_ANY;
	token.text = gauth_span_slice(part, *at, len == 0 ? 1 : len);
	*at += token.text.len;
	return token;
}

static char
other_case(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char) (c - 'a' + 'A');
	if (c >= 'A' && c <= 'Z')
		return (char) (c - 'A' + 'a');
	return c;
}

/* is the character, one byte, in "[...]"? */
static bool
class_has(GauthSpan class, char c)
{
	bool		negative = class.data[1] == '!' || class.data[1] == '^';
	size_t		end = class.len - 1;
	size_t		i;

	for (i = negative ? 2 : 1; i < end; i++)
	{
		char		low = class.data[i];
		char		high = low;

		if (i + 2 < end && class.data[i + 1] == '-')
		{
			high = class.data[i + 2];
			i += 2;
		}
		if (c >= low && c <= high)
			return !negative;
	}
	return negative;
}

/* a class holds ASCII only: any other character is in its complement */
static bool
class_takes(GauthSpan class, GauthSpan character)
{
	if (character.len == 1 && (unsigned char) character.data[0] < 0x80)
		return class_has(class, character.data[0]);
	return class.data[1] == '!' || class.data[1] == '^';
}

/* does "wide" match all that "narrow", not being stars, matches? */
static bool
token_covers(Token wide, Token narrow)
{
	if (wide.kind == TOKEN_ANY)
		return true;
	if (wide.kind == TOKEN_CLASS && narrow.kind == TOKEN_CHARACTER)
		return class_takes(wide.text, narrow.text);
	return wide.kind == narrow.kind &&
		gauth_span_equal(wide.text, narrow.text);
}

static bool
token_takes(Token wide, Token narrow, Mode mode)
{
	Token		other = narrow;
	char		c;

	if (narrow.kind == TOKEN_STARS || wide.kind == TOKEN_STARS ||
		narrow.kind == TOKEN_INVALID || wide.kind == TOKEN_INVALID)
		return false;
	if (token_covers(wide, narrow))
		return true;
	if (mode != MODE_PATH_ANY_CASE || narrow.text.len != 1)
		return false;
	c = other_case(narrow.text.data[0]);
	other.text = gauth_span(&c, 1);
	return token_covers(wide, other);
}

/* one part of the left side against one of the right */
static bool
part_takes(GauthSpan wide, GauthSpan narrow, Mode mode)
{
	size_t		left = 0;
	size_t		right = 0;
	size_t		star = 0;		/* behind the last star */
	size_t		retry = 0;		/* up to where it took the right side */
	bool		starred = false;

	if (mode == MODE_PATTERN && gauth_span_is(narrow, "**"))
		return false;
	while (right < narrow.len || left < wide.len)
	{
		size_t		left_next = left;
		size_t		right_next = right;
		Token		token = {TOKEN_INVALID, {NULL, 0}};

		if (left < wide.len)
			token = next_token(wide, &left_next, true);
		if (token.kind == TOKEN_STARS)
		{
			starred = true;
			star = left = left_next;
			retry = right;
			continue;
		}
		if (right == narrow.len)
			return false;
		if (left < wide.len &&
			token_takes(token, next_token(narrow, &right_next,
										  mode == MODE_PATTERN), mode))
		{
			left = left_next;
			right = right_next;
			continue;
		}
		if (!starred)
			return false;
		(void) next_token(narrow, &retry, mode == MODE_PATTERN);
		left = star;
		right = retry;
	}
	return true;
}

static bool
walk(Parts wide, Parts narrow, Mode mode)
{
	Parts		star = wide;	/* behind the last "**" */
	Parts		retry = narrow; /* behind what it took of the right side */
	bool		starred = false;

	for (;;)
	{
		Parts		wide_next = wide;
		Parts		narrow_next = narrow;
		GauthSpan	part = {NULL, 0};
		GauthSpan	name = {NULL, 0};
		bool		has_part = next_part(&wide_next, &part);

		if (has_part && gauth_span_is(part, "**"))
		{
			starred = true;
			star = wide = wide_next;
			retry = narrow;
			continue;
		}
		if (!next_part(&narrow_next, &name))
			return !has_part;
		if (has_part && part_takes(part, name, mode))
		{
			wide = wide_next;
			narrow = narrow_next;
			continue;
		}
		if (!starred)
			return false;
		(void) next_part(&retry, &name);
		wide = star;
		narrow = retry;
	}
}

/* the wildcards of one part, or more than are allowed if it is not valid */
static int
count_wildcards(GauthSpan part)
{
	size_t		at = 0;
	int			count = 0;

	if (gauth_span_is(part, ".."))
		return WILDCARDS_MAX + 1;
	while (at < part.len)
	{
		Token		token = next_token(part, &at, true);

		if (token.kind == TOKEN_INVALID)
			return WILDCARDS_MAX + 1;
		count += token.kind != TOKEN_CHARACTER;
	}
	return count;
}

/*
 * gauth_pattern_valid
 *		Is this a pattern, see GAUTH_PATTERN_RULE, of at most GAUTH_TEXT_MAX
 *		bytes?
 */
bool
gauth_pattern_valid(GauthSpan pattern)
{
	Parts		parts = parts_of_path(pattern);
	GauthSpan	part;
	int			count = 0;

	if (pattern.len == 0 || pattern.len > GAUTH_TEXT_MAX ||
		pattern.data[0] == '!' || !gauth_path_characters_good(pattern) ||
		memchr(pattern.data, '{', pattern.len) != NULL ||
		memchr(pattern.data, '}', pattern.len) != NULL)
		return false;
	while (next_part(&parts, &part))
	{
		count += count_wildcards(part);
		if (count > WILDCARDS_MAX)
			return false;
	}
	return true;
}

/*
 * gauth_pattern_allows
 *		Does a valid pattern that allows match this canonical path?
 */
bool
gauth_pattern_allows(GauthSpan pattern, GauthSpan path)
{
	return walk(parts_of_pattern(pattern), parts_of_path(path), MODE_PATH);
}

/*
 * gauth_pattern_denies
 *		Does a valid pattern that denies match this canonical path, or
 *		something above it?
 */
bool
gauth_pattern_denies(GauthSpan pattern, GauthSpan path)
{
	Parts		parts = parts_of_pattern(pattern);

	parts.behind = true;
	return walk(parts, parts_of_path(path), MODE_PATH_ANY_CASE);
}

/*
 * gauth_pattern_covers
 *		Is it certain that "wide" matches whatever "narrow" matches?  Both are
 *		valid, and both allow or both deny.
 */
bool
gauth_pattern_covers(GauthSpan wide, GauthSpan narrow)
{
	if (gauth_span_equal(wide, narrow))
		return true;
	return walk(parts_of_pattern(wide), parts_of_pattern(narrow),
				MODE_PATTERN);
}

/*
 * gauth_paths_allow
 *		Does one of the patterns allow the canonical path?  An absent list
 *		allows every path, an empty one none.
 */
bool
gauth_paths_allow(const GauthNames *patterns, GauthSpan path)
{
	uint32_t	i;

	for (i = 0; i < patterns->count; i++)
	{
		if (gauth_pattern_allows(patterns->items[i], path))
			return true;
	}
	return !patterns->given;
}

/*
 * gauth_paths_deny
 *		Does one of the patterns deny the canonical path?
 */
bool
gauth_paths_deny(const GauthNames *patterns, GauthSpan path)
{
	uint32_t	i;

	for (i = 0; i < patterns->count; i++)
	{
		if (gauth_pattern_denies(patterns->items[i], path))
			return true;
	}
	return false;
}
