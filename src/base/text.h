/*
 * text.h
 *		Text that grows in an arena.
 *
 * A writer appends without looking and asks once, at the end, whether all of
 * it fitted: a builder that ran out of memory ignores what follows.
 */
#ifndef GAUTH_BASE_TEXT_H
#define GAUTH_BASE_TEXT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

typedef struct GauthText
{
	GauthArena *arena;
	char	   *data;
	size_t		len;
	size_t		room;
	bool		failed;			/* no more memory; "data" is not complete */
} GauthText;

extern void gauth_text_init(GauthText *text, GauthArena *arena);
extern void gauth_text_append(GauthText *text, GauthSpan part);
extern void gauth_text_append_char(GauthText *text, char c);
extern void gauth_text_append_int64(GauthText *text, int64_t number);
extern void gauth_text_append_json_string(GauthText *text, GauthSpan content);
extern void gauth_text_append_base64url(GauthText *text, GauthSpan bytes);
extern bool gauth_text_finish(const GauthText *text, GauthSpan *result);

#endif							/* GAUTH_BASE_TEXT_H */
