/*
 * calendar.c
 *		Dates of the proleptic Gregorian calendar.
 */
#include "base/calendar.h"

/*
 * gauth_calendar_read_digits
 *		Exactly "count" digits.
 */
bool
gauth_calendar_read_digits(GauthSpan text, size_t *at, int count, int *number)
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

/*
 * gauth_calendar_read_char
 *		Exactly this character.
 */
bool
gauth_calendar_read_char(GauthSpan text, size_t *at, char c)
{
	if (*at >= text.len || text.data[*at] != c)
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
 * gauth_calendar_days
 *		Days from 1970-01-01 to a date.
 *
 * The year is taken to begin in March, so that the day that may be missing is
 * its last.
 */
int64_t
gauth_calendar_days(int year, int month, int day)
{
	int64_t		y = month <= 2 ? year - 1 : year;
	int64_t		era = (y >= 0 ? y : y - 399) / 400;
	int64_t		year_of_era = y - era * 400;
	int			month_of_year = month + (month > 2 ? -3 : 9);
	int64_t		day_of_year = (153 * month_of_year + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
		year_of_era / 100 + day_of_year - 719468;
}

/*
 * gauth_calendar_read_date
 *		A date that exists, in the years 0 to 9999.
 */
bool
gauth_calendar_read_date(GauthSpan text, size_t *at, int64_t *days)
{
	int			year;
	int			month;
	int			day;

	if (!gauth_calendar_read_digits(text, at, 4, &year) ||
		!gauth_calendar_read_char(text, at, '-') ||
		!gauth_calendar_read_digits(text, at, 2, &month) ||
		!gauth_calendar_read_char(text, at, '-') ||
		!gauth_calendar_read_digits(text, at, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 ||
		day > days_of_month(year, month))
		return false;
	*days = gauth_calendar_days(year, month, day);
	return true;
}

/*
 * gauth_calendar_read_time
 *		A time of the day.
 */
bool
gauth_calendar_read_time(GauthSpan text, size_t *at, int last,
						 int64_t *seconds)
{
	int			hour;
	int			minute;
	int			second;

	if (!gauth_calendar_read_digits(text, at, 2, &hour) ||
		!gauth_calendar_read_char(text, at, ':') ||
		!gauth_calendar_read_digits(text, at, 2, &minute) ||
		!gauth_calendar_read_char(text, at, ':') ||
		!gauth_calendar_read_digits(text, at, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > last)
		return false;
	*seconds = (hour * 60 + minute) * 60 + second;
	return true;
}
