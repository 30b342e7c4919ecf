/*
 * instant.c
 *		The date-time of RFC 3339 section 5.6, in the proleptic Gregorian
 *		calendar.
 *
 * A leap second counts as the second after it, as POSIX time has it.  A
 * fraction of a second is read and dropped.
 */
#include "base/instant.h"

#include <stdio.h>

#include "base/calendar.h"

#define DAY		INT64_C(86400)

/* the years that four digits can write, in seconds since 1970 */
#define FIRST	INT64_C(-62167219200)
#define LAST	INT64_C(253402300799)

/* one of the two */
static bool
read_either(GauthSpan text, size_t *at, char a, char b)
{
	return gauth_calendar_read_char(text, at, a) ||
		gauth_calendar_read_char(text, at, b);
}

/* any number of digits behind a point, which say too much */
static bool
skip_fraction(GauthSpan text, size_t *at)
{
	int			digit;

	if (!gauth_calendar_read_char(text, at, '.'))
		return true;
	if (!gauth_calendar_read_digits(text, at, 1, &digit))
		return false;
	while (gauth_calendar_read_digits(text, at, 1, &digit))
		continue;
	return true;
}

/* "Z", or the distance from UTC, which is taken away */
static bool
read_offset(GauthSpan text, size_t *at, int64_t *seconds)
{
	bool		east;
	int			hour;
	int			minute;
	int64_t		distance;

	if (read_either(text, at, 'Z', 'z'))
		return true;
	east = *at < text.len && text.data[*at] == '+';
	if (!read_either(text, at, '+', '-') ||
		!gauth_calendar_read_digits(text, at, 2, &hour) ||
		!gauth_calendar_read_char(text, at, ':') ||
		!gauth_calendar_read_digits(text, at, 2, &minute) ||
		hour > 23 || minute > 59)
		return false;
	distance = hour * 3600 + minute * 60;
	*seconds += east ? -distance : distance;
	return true;
}

/*
 * gauth_instant_read
 *		Read "2026-01-31T12:00:00Z", with an offset and a fraction if it has
 *		them; false for anything else.
 */
bool
gauth_instant_read(GauthSpan text, int64_t *seconds)
{
	size_t		at = 0;
	int64_t		days;
	int64_t		time;
	int64_t		instant;

	if (!gauth_calendar_read_date(text, &at, &days) ||
		!(read_either(text, &at, 'T', 't') ||
		  gauth_calendar_read_char(text, &at, ' ')) ||
		!gauth_calendar_read_time(text, &at, 60, &time) ||
		!skip_fraction(text, &at))
		return false;
	instant = days * DAY + time;
	if (!read_offset(text, &at, &instant) || at != text.len)
		return false;
	if (instant < FIRST || instant > LAST)
		return false;
	*seconds = instant;
	return true;
}

/*
 * gauth_instant_write
 *		Write "2026-01-31T12:00:00Z" into at least GAUTH_INSTANT_TEXT_MAX
 *		bytes; returns its length.
 *
 * An instant that four digits of a year cannot write becomes the nearest one
 * that they can.
 */
size_t
gauth_instant_write(int64_t seconds, char *text)
{
	int64_t		at = seconds < FIRST ? FIRST : seconds > LAST ? LAST : seconds;
	int64_t		days = (at - FIRST) / DAY;
	int64_t		rest = (at - FIRST) % DAY;
	int			year = (int) (days / 366);
	int			month = 1;

	days += gauth_calendar_days(0, 1, 1);
	while (gauth_calendar_days(year + 1, 1, 1) <= days)
		year++;
	while (month < 12 && gauth_calendar_days(year, month + 1, 1) <= days)
		month++;
	days -= gauth_calendar_days(year, month, 1);
	return (size_t) snprintf(text, GAUTH_INSTANT_TEXT_MAX,
							 "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month,
							 (int) days + 1, (int) (rest / 3600),
							 (int) (rest / 60 % 60), (int) (rest % 60));
}
