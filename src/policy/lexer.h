/*
 * lexer.h
 *		Tokens of Cedar's human syntax.
 *
 * Policies and schemas share the tokens: words, numbers, strings, and
 * punctuation.  Which words are reserved is the parsers' business.
 */
#ifndef GAUTH_POLICY_LEXER_H
#define GAUTH_POLICY_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

typedef enum GauthTokenKind
{
	GAUTH_TOKEN_END,			/* of the source */
	GAUTH_TOKEN_WORD,
	GAUTH_TOKEN_NUMBER,			/* digits */
	GAUTH_TOKEN_STRING,			/* with its quotes and escapes */
	GAUTH_TOKEN_PUNCTUATION
} GauthTokenKind;

typedef struct GauthToken
{
	GauthTokenKind kind;
	GauthSpan	text;			/* as it stands in the source */
	size_t		offset;
} GauthToken;

typedef struct GauthLexer
{
	GauthSpan	source;
	size_t		at;				/* behind "token" */
	size_t		last_end;		/* where the token before "token" ended */
	GauthToken	token;			/* the one to look at */
	GauthArena *arena;			/* for strings with escapes */
	GauthError *err;
} GauthLexer;

extern GauthStatus gauth_lexer_init(GauthLexer *lexer, GauthArena *arena,
									GauthSpan source, GauthError *err);
extern GauthStatus gauth_lexer_advance(GauthLexer *lexer);
extern GauthStatus gauth_lexer_unescape(GauthLexer *lexer, bool is_pattern,
										GauthSpan *text);
extern GauthStatus gauth_lexer_fail(GauthLexer *lexer, const char *expected);
extern GauthStatus gauth_lexer_fail_at(GauthLexer *lexer, GauthStatus status,
									   size_t offset, const char *message);
extern void gauth_source_position(GauthSpan source, size_t offset,
								  unsigned *line, unsigned *column);
extern bool gauth_word_is_reserved(GauthSpan word);

static inline bool
gauth_token_is(const GauthLexer *lexer, const char *text)
{
	return (lexer->token.kind == GAUTH_TOKEN_PUNCTUATION ||
			lexer->token.kind == GAUTH_TOKEN_WORD) &&
		gauth_span_is(lexer->token.text, text);
}

/* a word that may name a type, an attribute, a function */
static inline bool
gauth_token_is_identifier(const GauthLexer *lexer)
{
	return lexer->token.kind == GAUTH_TOKEN_WORD &&
		!gauth_word_is_reserved(lexer->token.text);
}

#endif							/* GAUTH_POLICY_LEXER_H */
