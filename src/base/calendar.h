/*
 * calendar.h
 *		Dates of the proleptic Gregorian calendar, as text of ISO 8601.
 */
#ifndef GAUTH_BASE_CALENDAR_H
#define GAUTH_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/*
 * Steps of a reader: each answers whether the text goes on at "*at" as it
 * should, and moves "*at" behind that.
 */
extern bool gauth_calendar_read_digits(GauthSpan text, size_t *at, int count,
									   int *number);
extern bool gauth_calendar_read_char(GauthSpan text, size_t *at, char c);

/* "2026-01-31", in days since 1970-01-01 */
extern bool gauth_calendar_read_date(GauthSpan text, size_t *at,
									 int64_t *days);

/* "23:59:59", in seconds; "last" is 59, or 60 where leap seconds may come */
extern bool gauth_calendar_read_time(GauthSpan text, size_t *at, int last,
									 int64_t *seconds);

extern int64_t gauth_calendar_days(int year, int month, int day);

#endif							/* GAUTH_BASE_CALENDAR_H */
