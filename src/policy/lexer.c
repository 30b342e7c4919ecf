/*
 * lexer.c
 *		The scanner of lexer.h.
 *
 * Cedar language reference, "Grammar".  White space is what Unicode calls
 * so; a comment runs from "//" to the end of its line.  Strings follow
 * Rust's rules for escapes (The Rust Reference, "String literals"), without
 * the escaped line end; patterns know "\*" besides.
 */
#include "policy/lexer.h"

#include "base/utf8.h"
#include "policy/ast.h"

/*
 * gauth_source_position
 *		Line and column of an offset, both from 1; columns count code points.
 */
void
gauth_source_position(GauthSpan source, size_t offset, unsigned *line,
					  unsigned *column)
{
	size_t		i;

	*line = 1;
	*column = 1;
	for (i = 0; i < offset && i < source.len; i++)
	{
		if (source.data[i] == '\n')
		{
			(*line)++;
			*column = 1;
		}
		else if (((unsigned char) source.data[i] & 0xc0) != 0x80)
			(*column)++;
	}
}

/*
 * gauth_lexer_fail_at
 *		Report "message" with line and column; answers "status".
 */
GauthStatus
gauth_lexer_fail_at(GauthLexer *lexer, GauthStatus status, size_t offset,
					const char *message)
{
	unsigned	line;
	unsigned	column;

	gauth_source_position(lexer->source, offset, &line, &column);
	return gauth_fail_format(lexer->err, status, offset,
							 "line %u, column %u: %s", line, column, message);
}

/*
 * gauth_lexer_fail
 *		GAUTH_INVALID_SYNTAX at the current token: what was expected there.
 */
GauthStatus
gauth_lexer_fail(GauthLexer *lexer, const char *expected)
{
	unsigned	line;
	unsigned	column;

	gauth_source_position(lexer->source, lexer->token.offset, &line, &column);
	return gauth_fail_format(lexer->err, GAUTH_INVALID_SYNTAX,
							 lexer->token.offset,
							 "line %u, column %u: expected %s", line, column,
							 expected);
}

/*
 * gauth_word_is_reserved
 *		Is this one of the words that name nothing?
 */
bool
gauth_word_is_reserved(GauthSpan word)
{
	static const char *const reserved[] = {
		"true", "false", "if", "then", "else", "in", "like", "has", "is",
		"__cedar"
	};
	size_t		i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
	{
		if (gauth_span_is(word, reserved[i]))
			return true;
	}
	return false;
}

static inline bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_';
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* bytes of white space at "at", 0 when there is none */
static size_t
space_length(GauthSpan source, size_t at)
{
	unsigned char c = (unsigned char) source.data[at];
	uint32_t	code_point;
	size_t		len;

	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r') ? 1 : 0;

	len = gauth_utf8_decode(source.data + at, source.len - at, &code_point);
	switch (code_point)
	{
		case 0x85:
		case 0xa0:
		case 0x1680:
		case 0x2028:
		case 0x2029:
		case 0x202f:
		case 0x205f:
		case 0x3000:
			return len;
		default:
			return code_point >= 0x2000 && code_point <= 0x200a ? len : 0;
	}
}

/* a carriage return ends a line too: nothing may hide in a comment */
static size_t
line_length(GauthSpan source, size_t at)
{
	size_t		i;

	for (i = at; i < source.len; i++)
	{
		if (source.data[i] == '\n' || source.data[i] == '\r')
			break;
	}
	return i - at;
}

static void
skip_space(GauthLexer *lexer)
{
	const GauthSpan source = lexer->source;

	while (lexer->at < source.len)
	{
		size_t		len = space_length(source, lexer->at);

		if (len == 0 && lexer->at + 1 < source.len &&
			source.data[lexer->at] == '/' && source.data[lexer->at + 1] == '/')
		{
			len = line_length(source, lexer->at);
		}
		if (len == 0)
			return;
		lexer->at += len;
	}
}

/* the length of the string that begins at "at", quotes included; 0 if open */
static size_t
string_length(GauthSpan source, size_t at)
{
	size_t		i;

	for (i = at + 1; i < source.len && source.data[i] != '"'; i++)
	{
		if (source.data[i] == '\\')
			i++;
	}
	return i < source.len ? i + 1 - at : 0;
}

/* the length of the operator or bracket at "at", 0 when there is none */
static size_t
punctuation_length(GauthSpan source, size_t at)
{
	static const char pairs[] = "::==!=<=>=&&||";
	char		c = source.data[at];
	size_t		i;

	for (i = 0; at + 1 < source.len && i < sizeof(pairs) - 1; i += 2)
	{
		if (c == pairs[i] && source.data[at + 1] == pairs[i + 1])
			return 2;
	}
	return c != '\0' && strchr("@.,;(){}[]+-*<>!:?=", c) != NULL ? 1 : 0;
}

/*
 * gauth_lexer_advance
 *		Go to the next token.
 *
 * Errors: GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_lexer_advance(GauthLexer *lexer)
{
	const GauthSpan source = lexer->source;
	size_t		len = 0;
	char		c;

	lexer->last_end = lexer->token.offset + lexer->token.text.len;
	skip_space(lexer);
	lexer->token.offset = lexer->at;
	lexer->token.text = gauth_span_slice(source, lexer->at, 0);
	if (lexer->at == source.len)
	{
		lexer->token.kind = GAUTH_TOKEN_END;
		return GAUTH_OK;
	}

	c = source.data[lexer->at];
	if (is_digit(c))
	{
		lexer->token.kind = GAUTH_TOKEN_NUMBER;
		while (lexer->at + len < source.len &&
			   is_digit(source.data[lexer->at + len]))
			len++;
	}
	else if (is_word_char(c))
	{
		lexer->token.kind = GAUTH_TOKEN_WORD;
		while (lexer->at + len < source.len &&
			   is_word_char(source.data[lexer->at + len]))
			len++;
	}
	else if (c == '"')
	{
		lexer->token.kind = GAUTH_TOKEN_STRING;
		len = string_length(source, lexer->at);
		if (len == 0)
			return gauth_lexer_fail(lexer, "a closing quote for this string");
	}
	else
	{
		lexer->token.kind = GAUTH_TOKEN_PUNCTUATION;
		len = punctuation_length(source, lexer->at);
		if (len == 0)
			return gauth_lexer_fail(lexer, "a token");
	}
	lexer->token.text.len = len;
	lexer->at += len;
	return GAUTH_OK;
}

/*
 * gauth_lexer_init
 *		Begin to scan "source", which has to be UTF-8 and must outlive what is
 *		read from it, and go to the first token.
 *
 * Errors: GAUTH_INVALID_ENCODING, GAUTH_LIMIT_EXCEEDED when offsets would not
 * fit 32 bits, GAUTH_INVALID_SYNTAX.
 */
GauthStatus
gauth_lexer_init(GauthLexer *lexer, GauthArena *arena, GauthSpan source,
				 GauthError *err)
{
	size_t		valid;

	memset(lexer, 0, sizeof(*lexer));
	lexer->source = source;
	lexer->arena = arena;
	lexer->err = err;
	if (source.len >= UINT32_MAX / 2)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "source size");
	valid = gauth_utf8_valid_prefix(source);
	if (valid != source.len)
		return gauth_lexer_fail_at(lexer, GAUTH_INVALID_ENCODING, valid,
								   "the source is not UTF-8");
	return gauth_lexer_advance(lexer);
}

static int
hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* behind "\x": two digits, ASCII only */
static bool
read_hex_escape(GauthSpan text, size_t *at, uint32_t *code_point)
{
	int			high;
	int			low;

	if (text.len - *at < 2)
		return false;
	high = hex_digit(text.data[*at]);
	low = hex_digit(text.data[*at + 1]);
	*at += 2;
	if (high < 0 || high > 7 || low < 0)
		return false;
	*code_point = (uint32_t) (high * 16 + low);
	return true;
}

/* behind "\u": one to six digits in braces, underscores between them */
static bool
read_unicode_escape(GauthSpan text, size_t *at, uint32_t *code_point)
{
	uint32_t	value = 0;
	int			digits = 0;

	if (*at == text.len || text.data[(*at)++] != '{')
		return false;
	for (; *at < text.len && text.data[*at] != '}'; (*at)++)
	{
		int			digit = hex_digit(text.data[*at]);

		if (text.data[*at] == '_' && digits > 0)
			continue;
		if (digit < 0 || ++digits > 6)
			return false;
		value = value << 4 | (uint32_t) digit;
	}
	if (*at == text.len || digits == 0 || value > 0x10ffff ||
		(value >= 0xd800 && value <= 0xdfff))
		return false;
	(*at)++;
	*code_point = value;
	return true;
}

/* behind a backslash; writes what the escape stands for */
static bool
read_escape(GauthSpan text, size_t *at, bool is_pattern, char **out)
{
	static const char plain[] = "n\nr\rt\t\\\\'\'\"\"";
	uint32_t	code_point;
	char		c;
	size_t		i;

	if (*at == text.len)
		return false;
	c = text.data[(*at)++];
	for (i = 0; i < sizeof(plain) - 1; i += 2)
	{
		if (plain[i] == c)
		{
			*(*out)++ = plain[i + 1];
			return true;
		}
	}
	if (c == '0' || (c == '*' && is_pattern))
	{
		*(*out)++ = c == '0' ? '\0' : '*';
		return true;
	}
	if (!(c == 'x' && read_hex_escape(text, at, &code_point)) &&
		!(c == 'u' && read_unicode_escape(text, at, &code_point)))
		return false;
	*out += gauth_utf8_encode(code_point, *out);
	return true;
}

/*
 * gauth_lexer_unescape
 *		The content of the current token, which is a string; in a pattern "*"
 *		becomes GAUTH_PATTERN_WILDCARD.
 *
 * Errors: GAUTH_INVALID_SYNTAX, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_lexer_unescape(GauthLexer *lexer, bool is_pattern, GauthSpan *text)
{
	GauthSpan	raw = gauth_span_slice(lexer->token.text, 1,
									   lexer->token.text.len - 2);
	size_t		start = lexer->token.offset + 1;
	size_t		at = 0;
	char	   *copy;
	char	   *out;

	if (raw.len == 0 ||
		(memchr(raw.data, '\\', raw.len) == NULL &&
		 memchr(raw.data, '\r', raw.len) == NULL && !is_pattern))
	{
		*text = raw;
		return GAUTH_OK;
	}

	/* an escape is never shorter than what it stands for */
	copy = out = gauth_arena_alloc(lexer->arena, raw.len);
	if (copy == NULL)
		return gauth_fail(lexer->err, GAUTH_OUT_OF_MEMORY, "string");
	while (at < raw.len)
	{
		char		c = raw.data[at++];
		size_t		escape = at;

		if (c == '\\' && !read_escape(raw, &at, is_pattern, &out))
			return gauth_lexer_fail_at(lexer, GAUTH_INVALID_SYNTAX,
									   start + escape - 1, "invalid escape");
		if (c == '\r')
			return gauth_lexer_fail_at(lexer, GAUTH_INVALID_SYNTAX,
									   start + at - 1,
									   "a carriage return has to be escaped");
		if (c != '\\')
			*out++ = c == '*' && is_pattern ? GAUTH_PATTERN_WILDCARD : c;
	}
	*text = gauth_span(copy, (size_t) (out - copy));
	return GAUTH_OK;
}
