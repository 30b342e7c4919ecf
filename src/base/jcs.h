/*
 * jcs.h
 *		The canonical form of JSON (RFC 8785), to be hashed or signed.
 *
 * Two texts that mean the same have the same form.  What it takes for the
 * same: numbers that are the same IEEE 754 double, however they are spelled,
 * so integers beyond 2^53 may meet; members in any order.
 */
#ifndef GAUTH_BASE_JCS_H
#define GAUTH_BASE_JCS_H

#include "base/json.h"
#include "base/text.h"

extern GauthStatus gauth_jcs_append(GauthText *text, const GauthJson *json,
									GauthError *err);
extern GauthStatus gauth_jcs_write(GauthArena *arena, const GauthJson *json,
								   GauthSpan *result, GauthError *err);

#endif							/* GAUTH_BASE_JCS_H */
