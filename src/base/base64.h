/*
 * base64.h
 *		RFC 4648 section 4, padded, as signed notes have it.
 */
#ifndef GAUTH_BASE_BASE64_H
#define GAUTH_BASE_BASE64_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "base/text.h"

extern GauthStatus gauth_base64_decode(GauthArena *arena, GauthSpan text,
									   GauthSpan *bytes, GauthError *err);
extern void gauth_base64_append(GauthText *text, GauthSpan bytes);

#endif							/* GAUTH_BASE_BASE64_H */
