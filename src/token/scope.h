/*
 * scope.h
 *		Sets of scope tokens (RFC 6749 section 3.3), kept as canonical text.
 *
 * Canonical text is sorted bytewise, holds each token once and has a single
 * space between two tokens; the empty set is the empty text.  Two sets are
 * equal exactly when their canonical texts are, so gauth_span_equal and
 * gauth_span_compare serve them.  Every function that takes a "scope" trusts
 * it to be canonical: it came from gauth_scope_parse or from a function here.
 */
#ifndef GAUTH_TOKEN_SCOPE_H
#define GAUTH_TOKEN_SCOPE_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* bytes of text, read or made; as much as a whole token may have */
#define GAUTH_SCOPE_MAX_SIZE	(16 * 1024)

extern GauthStatus gauth_scope_check_token(GauthSpan token, GauthError *err);
extern GauthStatus gauth_scope_parse(GauthArena *arena, GauthSpan text,
									 GauthSpan *canonical, GauthError *err);
extern bool gauth_scope_next(GauthSpan *rest, GauthSpan *token);
extern bool gauth_scope_contains(GauthSpan scope, GauthSpan token);
extern bool gauth_scope_is_subset(GauthSpan part, GauthSpan whole);
extern bool gauth_scope_overlaps(GauthSpan a, GauthSpan b);
extern bool gauth_scope_covers(GauthSpan granted, GauthSpan required);
extern GauthStatus gauth_scope_union(GauthArena *arena, GauthSpan a,
									 GauthSpan b, GauthSpan *result,
									 GauthError *err);
extern GauthStatus gauth_scope_subtract(GauthArena *arena, GauthSpan a,
										GauthSpan b, GauthSpan *result,
										GauthError *err);

#endif							/* GAUTH_TOKEN_SCOPE_H */
