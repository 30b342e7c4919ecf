/*
 * base64url.h
 *		RFC 4648 section 5 without padding, as RFC 7515 section 2 demands it.
 */
#ifndef GAUTH_BASE_BASE64URL_H
#define GAUTH_BASE_BASE64URL_H

#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* bytes that "len" characters decode to; characters for "len" bytes */
#define GAUTH_BASE64URL_DECODED_SIZE(len)	((len) / 4 * 3 + (len) % 4 * 3 / 4)
#define GAUTH_BASE64URL_ENCODED_SIZE(len) \
	((len) / 3 * 4 + ((len) % 3 * 4 + 2) / 3)

extern GauthStatus gauth_base64url_decode(GauthArena *arena, GauthSpan text,
										  GauthSpan *bytes, GauthError *err);
extern size_t gauth_base64url_encode(GauthSpan bytes, char *text);

#endif							/* GAUTH_BASE_BASE64URL_H */
