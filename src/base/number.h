/*
 * number.h
 *		JSON numbers as IEEE 754 doubles, and doubles as ECMAScript writes
 *		them: the numbers of RFC 8785.
 */
#ifndef GAUTH_BASE_NUMBER_H
#define GAUTH_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* the largest integer up to which every integer is a double of its own */
#define GAUTH_SAFE_INTEGER_MAX	INT64_C(9007199254740991)

/* room for what gauth_number_write makes, with a zero byte */
#define GAUTH_NUMBER_TEXT_MAX	32

extern bool gauth_number_read(GauthSpan text, double *number);
extern size_t gauth_number_write(double number, char *text);

#endif							/* GAUTH_BASE_NUMBER_H */
