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

#define DAY		INT64_C(86400)

/* the years that four digits can write, in seconds since 1970 */
#define FIRST	INT64_C(-62167219200)
#define LAST	INT64_C(253402300799)

/* exactly "count" digits at "*at", which moves on */
static bool
read_digits(GauthSpan text, size_t *at, int count, int *number)
{
	*number = 0;
	while (count-- > 0)
	{
		if (*at >= text.len || text.data[*at] < '0' || text.data[*at] > '9')
			return false;
		*number = *number * 10 + (text.data[(*at)++] - '0');
	}
	return true;
}

static bool
read_char(GauthSpan text, size_t *at, const char *choices)
{
	if (*at >= text.len || text.data[*at] == '\0' ||
		strchr(choices, text.data[*at]) == NULL)
		return false;
	(*at)++;
	return true;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool		leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/*
 * Days since 1970-01-01.  The year is taken to begin in March, so that the
 * day that may be missing is its last.
 */
static int64_t
days_of_date(int year, int month, int day)
{
	int64_t		y = month <= 2 ? year - 1 : year;
	int64_t		era = (y >= 0 ? y : y - 399) / 400;
	int64_t		year_of_era = y - era * 400;
	int64_t		day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
		day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
		year_of_era / 100 + day_of_year - 719468;
}

static bool
read_date(GauthSpan text, size_t *at, int64_t *seconds)
{
	int			year;
	int			month;
	int			day;

	if (!read_digits(text, at, 4, &year) || !read_char(text, at, "-") ||
		!read_digits(text, at, 2, &month) || !read_char(text, at, "-") ||
		!read_digits(text, at, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 ||
		day > days_of_month(year, month))
		return false;
	*seconds = days_of_date(year, month, day) * DAY;
	return true;
}

static bool
read_time(GauthSpan text, size_t *at, int64_t *seconds)
{
	int			hour;
	int			minute;
	int			second;
	int			digit;

	if (!read_digits(text, at, 2, &hour) || !read_char(text, at, ":") ||
		!read_digits(text, at, 2, &minute) || !read_char(text, at, ":") ||
		!read_digits(text, at, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds += hour * 3600 + minute * 60 + second;

	if (!read_char(text, at, "."))
		return true;
	if (!read_digits(text, at, 1, &digit))
		return false;
	while (read_digits(text, at, 1, &digit))
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

	if (read_char(text, at, "Zz"))
		return true;
	east = *at < text.len && text.data[*at] == '+';
	if (!read_char(text, at, "+-") || !read_digits(text, at, 2, &hour) ||
		!read_char(text, at, ":") || !read_digits(text, at, 2, &minute) ||
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
	int64_t		instant;

	if (!read_date(text, &at, &instant) || !read_char(text, &at, "Tt ") ||
		!read_time(text, &at, &instant) ||
		!read_offset(text, &at, &instant) || at != text.len)
		return false;
	if (instant < FIRST || instant > LAST)
		return false;
	*seconds = instant;
	return true;
}

/*
 * gauth_date_read
 *		Read "2026-01-31" as the first second of that day in UTC.
 */
bool
gauth_date_read(GauthSpan text, int64_t *seconds)
{
	size_t		at = 0;
	int64_t		instant;

	if (!read_date(text, &at, &instant) || at != text.len)
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
	int64_t		first = days_of_date(0, 1, 1);

	while (days_of_date(year + 1, 1, 1) - first <= days)
		year++;
	while (month < 12 && days_of_date(year, month + 1, 1) - first <= days)
		month++;
	days -= days_of_date(year, month, 1) - first;
	return (size_t) snprintf(text, GAUTH_INSTANT_TEXT_MAX,
							 "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month,
							 (int) days + 1, (int) (rest / 3600),
							 (int) (rest / 60 % 60), (int) (rest % 60));
}
