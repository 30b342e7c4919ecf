/*
 * ext_datetime.c
 *		Cedar's datetime and duration, both int64 milliseconds.
 *
 * Cedar language reference, "datetime" and "duration", and RFC 80 of Cedar.
 * A datetime is YYYY-MM-DD, or that with Thh:mm:ss, optional .SSS, and Z or
 * an offset of +hhmm or -hhmm: no other form of ISO 8601, no leap second.
 * There is no clock here.
 */
#include "policy/extension.h"

#include <stdio.h>

/* exactly "digits" digits at "*at", which moves on */
static bool
read_digits(GauthSpan text, size_t *at, int digits, int *number)
{
	int			value = 0;

	if (text.len - *at < (size_t) digits)
		return false;
	for (; digits > 0; digits--)
	{
		char		c = text.data[(*at)++];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*number = value;
	return true;
}

static bool
read_char(GauthSpan text, size_t *at, char c)
{
	if (*at >= text.len || text.data[*at] != c)
		return false;
	(*at)++;
	return true;
}

static bool
is_leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

/*
 * Days from 1970-01-01 in the proleptic Gregorian calendar.  Counting years
 * from March puts the leap day at the end of a year.
 */
static int64_t
days_since_epoch(int year, int month, int day)
{
	int64_t		y = year - (month <= 2 ? 1 : 0);
	int64_t		era = (y >= 0 ? y : y - 399) / 400;
	int64_t		year_of_era = y - era * 400;
	int64_t		day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
	day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
		year_of_era / 100 + day_of_year - 719468;
}

static bool
read_date(GauthSpan text, size_t *at, int64_t *milliseconds)
{
	int			year;
	int			month;
	int			day;

	if (!read_digits(text, at, 4, &year) || !read_char(text, at, '-') ||
		!read_digits(text, at, 2, &month) || !read_char(text, at, '-') ||
		!read_digits(text, at, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
		return false;
	*milliseconds = GAUTH_DAY_MILLISECONDS *
		days_since_epoch(year, month, day);
	return true;
}

static bool
read_time(GauthSpan text, size_t *at, int64_t *milliseconds)
{
	int			hour;
	int			minute;
	int			second;
	int			fraction = 0;

	if (!read_char(text, at, 'T') ||
		!read_digits(text, at, 2, &hour) || !read_char(text, at, ':') ||
		!read_digits(text, at, 2, &minute) || !read_char(text, at, ':') ||
		!read_digits(text, at, 2, &second))
		return false;
	if (read_char(text, at, '.') && !read_digits(text, at, 3, &fraction))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*milliseconds = ((hour * 60 + minute) * 60 + second) * INT64_C(1000) +
		fraction;
	return true;
}

/* Z, or +hhmm, or -hhmm, and the end of the text */
static bool
read_zone(GauthSpan text, size_t *at, int64_t *milliseconds)
{
	bool		negative;
	int			hour;
	int			minute;

	*milliseconds = 0;
	if (read_char(text, at, 'Z'))
		return *at == text.len;

	negative = read_char(text, at, '-');
	if (!negative && !read_char(text, at, '+'))
		return false;
	if (!read_digits(text, at, 2, &hour) ||
		!read_digits(text, at, 2, &minute) ||
		*at != text.len || hour > 23 || minute > 59)
		return false;
	*milliseconds = (hour * 60 + minute) * INT64_C(60000);
	if (negative)
		*milliseconds = -*milliseconds;
	return true;
}

/*
 * gauth_datetime_parse
 *		Read a datetime, to milliseconds since 1970 UTC; false when it is none.
 */
bool
gauth_datetime_parse(GauthSpan text, int64_t *datetime)
{
	size_t		at = 0;
	int64_t		date;
	int64_t		time;
	int64_t		zone;

	if (!read_date(text, &at, &date))
		return false;
	if (at == text.len)
	{
		*datetime = date;
		return true;
	}
	if (!read_time(text, &at, &time) || !read_zone(text, &at, &zone))
		return false;
	*datetime = date + time - zone;
	return true;
}

typedef struct DurationUnit
{
	const char *name;
	int64_t		milliseconds;
} DurationUnit;

/* in the order in which a duration has to name them */
static const DurationUnit duration_units[] = {
	{"d", GAUTH_DAY_MILLISECONDS},
	{"h", 3600000},
	{"m", 60000},
	{"s", 1000},
	{"ms", 1}
};

#define DURATION_UNITS	(sizeof(duration_units) / sizeof(duration_units[0]))

/* digits at "*at"; false when there are none, or more than int64 holds */
static bool
read_quantity(GauthSpan text, size_t *at, __int128 *quantity)
{
	size_t		begin = *at;
	__int128	value = 0;

	for (; *at < text.len; (*at)++)
	{
		char		c = text.data[*at];

		if (c < '0' || c > '9')
			break;
		value = value * 10 + (c - '0');
		if (value > (__int128) INT64_MAX + 1)
			return false;
	}
	*quantity = value;
	return *at > begin;
}

/* the letters at "*at" as the number of a unit, or DURATION_UNITS */
static size_t
read_unit(GauthSpan text, size_t *at)
{
	size_t		begin = *at;
	size_t		unit;

	while (*at < text.len && text.data[*at] >= 'a' && text.data[*at] <= 'z')
		(*at)++;
	for (unit = 0; unit < DURATION_UNITS; unit++)
	{
		if (gauth_span_is(gauth_span_slice(text, begin, *at - begin),
						  duration_units[unit].name))
			break;
	}
	return unit;
}

/*
 * gauth_duration_parse
 *		Read a duration such as "-1d2h30ms"; false when it is none, or does
 *		not fit.
 */
bool
gauth_duration_parse(GauthSpan text, int64_t *duration)
{
	bool		negative = text.len > 0 && text.data[0] == '-';
	size_t		at = negative ? 1 : 0;
	size_t		next = 0;
	__int128	total = 0;

	if (at == text.len)
		return false;
	while (at < text.len)
	{
		__int128	quantity;
		size_t		unit;

		if (!read_quantity(text, &at, &quantity))
			return false;
		if (!negative && quantity > INT64_MAX)
			return false;
		unit = read_unit(text, &at);
		if (unit < next || unit == DURATION_UNITS)
			return false;
		total += quantity * duration_units[unit].milliseconds;
		next = unit + 1;
	}
	total = negative ? -total : total;
	if (total < INT64_MIN || total > INT64_MAX)
		return false;
	*duration = (int64_t) total;
	return true;
}

/*
 * gauth_duration_write
 *		Milliseconds, as gauth_duration_parse reads them; the length.
 *
 * "text" has room for GAUTH_EXTENSION_TEXT_MAX bytes.
 */
size_t
gauth_duration_write(int64_t duration, char *text)
{
	return (size_t) snprintf(text, GAUTH_EXTENSION_TEXT_MAX, "%lldms",
							 (long long) duration);
}

/*
 * gauth_datetime_to_date
 *		Midnight before the instant; false when that is before all time.
 */
bool
gauth_datetime_to_date(int64_t datetime, int64_t *date)
{
	return !__builtin_sub_overflow(datetime, gauth_datetime_to_time(datetime),
								   date);
}

/*
 * gauth_datetime_to_time
 *		Milliseconds since the midnight before the instant.
 */
int64_t
gauth_datetime_to_time(int64_t datetime)
{
	int64_t		rest = datetime % GAUTH_DAY_MILLISECONDS;

	return rest < 0 ? rest + GAUTH_DAY_MILLISECONDS : rest;
}
