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

#include "base/calendar.h"

static bool
read_time(GauthSpan text, size_t *at, int64_t *milliseconds)
{
	int64_t		seconds;
	int			fraction = 0;

	if (!gauth_calendar_read_char(text, at, 'T') ||
		!gauth_calendar_read_time(text, at, 59, &seconds))
		return false;
	if (gauth_calendar_read_char(text, at, '.') &&
		!gauth_calendar_read_digits(text, at, 3, &fraction))
		return false;
	*milliseconds = seconds * 1000 + fraction;
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
	if (gauth_calendar_read_char(text, at, 'Z'))
		return *at == text.len;

	negative = gauth_calendar_read_char(text, at, '-');
	if (!negative && !gauth_calendar_read_char(text, at, '+'))
		return false;
	if (!gauth_calendar_read_digits(text, at, 2, &hour) ||
		!gauth_calendar_read_digits(text, at, 2, &minute) ||
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

	if (!gauth_calendar_read_date(text, &at, &date))
		return false;
	date *= GAUTH_DAY_MILLISECONDS;
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
