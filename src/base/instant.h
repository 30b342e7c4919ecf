/*
 * instant.h
 *		Points in time as RFC 3339 writes them, in seconds since 1970.
 */
#ifndef GAUTH_BASE_INSTANT_H
#define GAUTH_BASE_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* room for what gauth_instant_write makes, with a zero byte */
#define GAUTH_INSTANT_TEXT_MAX	32

extern bool gauth_instant_read(GauthSpan text, int64_t *seconds);
extern size_t gauth_instant_write(int64_t seconds, char *text);

#endif							/* GAUTH_BASE_INSTANT_H */
