/*
 * number.c
 *		Doubles, read and written as RFC 8785 section 3.2.2.3 says.
 *
 * The C library rounds correctly in both directions; what it lacks is the
 * shortest text, and independence of the locale's decimal point.  So texts
 * with a point are never handed to it: "1.25e3" is read as "125e1", and of
 * what it writes only the digits and the exponent are looked at.
 */
#include "base/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * No double, and no middle between two, has more digits than this: of what
 * follows it matters only whether it is zero.
 */
#define DIGITS_MAX		780

/* more digits than this no double needs */
#define DIGITS_SHORTEST	17

/* any exponent beyond this is zero or infinity, whatever the digits */
#define EXPONENT_BOUND	INT64_C(1000000)

/* a decimal number: digits times ten to the exponent */
typedef struct Decimal
{
	char		digits[DIGITS_MAX + 2];
	int			count;
	int64_t		exponent;
} Decimal;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* one more digit of the significand, which lies behind the point or not */
static void
add_digit(Decimal *decimal, char digit, bool fraction)
{
	if (decimal->count == 0 && digit == '0')
	{
		decimal->exponent -= fraction;
		return;
	}
	if (decimal->count < DIGITS_MAX)
	{
		decimal->digits[decimal->count++] = digit;
		decimal->exponent -= fraction;
		return;
	}
	/* a digit that only tells that the rest is not zero */
	if (digit != '0' && decimal->count == DIGITS_MAX)
	{
		decimal->digits[decimal->count++] = '1';
		decimal->exponent--;
	}
	decimal->exponent += !fraction;
}

static int64_t
read_exponent(GauthSpan text)
{
	bool		negative = text.len > 0 && text.data[0] == '-';
	int64_t		exponent = 0;
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (is_digit(text.data[i]) && exponent < EXPONENT_BOUND * 1000)
			exponent = exponent * 10 + (text.data[i] - '0');
	}
	return negative ? -exponent : exponent;
}

/*
 * gauth_number_read
 *		The double nearest to a JSON number, ties to even; false where that is
 *		infinity.
 *
 * "text" follows the grammar of JSON: the reader has seen to that.
 */
bool
gauth_number_read(GauthSpan text, double *number)
{
	Decimal		decimal = {.count = 0};
	char		plain[DIGITS_MAX + 32];
	bool		fraction = false;
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		if (text.data[i] == 'e' || text.data[i] == 'E')
			break;
		if (text.data[i] == '.')
			fraction = true;
		else if (is_digit(text.data[i]))
			add_digit(&decimal, text.data[i], fraction);
	}
	if (i < text.len)
		decimal.exponent += read_exponent(gauth_span_slice(text, i + 1,
														   text.len - i - 1));
	if (decimal.count == 0)
	{
		*number = 0;
		return true;
	}
	if (decimal.exponent > EXPONENT_BOUND)
		decimal.exponent = EXPONENT_BOUND;
	if (decimal.exponent < -EXPONENT_BOUND)
		decimal.exponent = -EXPONENT_BOUND;

	decimal.digits[decimal.count] = '\0';
	(void) snprintf(plain, sizeof(plain), "%s%se%d",
					text.data[0] == '-' ? "-" : "", decimal.digits,
					(int) decimal.exponent);
	*number = strtod(plain, NULL);
	return isfinite(*number);
}

/* the "count" digits nearest to a positive number */
static void
round_to(double number, int count, Decimal *decimal)
{
	char		text[64];
	const char *at;

	(void) snprintf(text, sizeof(text), "%.*e", count - 1, number);
	decimal->count = 0;
	for (at = text; *at != 'e'; at++)
	{
		if (is_digit(*at))
			decimal->digits[decimal->count++] = *at;
	}
	decimal->digits[decimal->count] = '\0';
	decimal->exponent = atoi(at + 1) - (count - 1);
}

static bool
is_number(const Decimal *decimal, double number)
{
	char		text[64];

	(void) snprintf(text, sizeof(text), "%.*se%d", DIGITS_SHORTEST,
					decimal->digits, (int) decimal->exponent);
	return strtod(text, NULL) == number;
}

/* the next larger decimal of as many digits */
static void
step_up(Decimal *decimal)
{
	int			i = decimal->count - 1;

	while (i >= 0 && decimal->digits[i] == '9')
		decimal->digits[i--] = '0';
	if (i >= 0)
	{
		decimal->digits[i]++;
		return;
	}
	decimal->digits[0] = '1';
	decimal->exponent++;
}

/*
 * The fewest digits that are read as "number".  Below a power of two doubles
 * lie closer than above it, so there the nearest decimal of some length may
 * belong to the neighbour and the next larger one still to us.
 */
static void
find_shortest(double number, Decimal *decimal)
{
	int			count;

	for (count = 1; count < DIGITS_SHORTEST; count++)
	{
		round_to(number, count, decimal);
		if (is_number(decimal, number))
			return;
		step_up(decimal);
		if (is_number(decimal, number))
			return;
	}
	round_to(number, DIGITS_SHORTEST, decimal);
}

/* digits with zeros behind them, or a point among or before them */
static int
write_plain(const Decimal *decimal, int point, char *text)
{
	if (point >= decimal->count)
		return snprintf(text, GAUTH_NUMBER_TEXT_MAX, "%s%.*s",
						decimal->digits, point - decimal->count,
						"000000000000000000000");
	if (point > 0)
		return snprintf(text, GAUTH_NUMBER_TEXT_MAX, "%.*s.%s", point,
						decimal->digits, decimal->digits + point);
	return snprintf(text, GAUTH_NUMBER_TEXT_MAX, "0.%.*s%s", -point,
					"00000", decimal->digits);
}

/*
 * gauth_number_write
 *		A finite number as ECMAScript's Number::toString writes it (ECMA-262
 *		section 6.1.6.1.20), into at least GAUTH_NUMBER_TEXT_MAX bytes;
 *		returns its length.
 */
size_t
gauth_number_write(double number, char *text)
{
	Decimal		decimal;
	int			point;			/* digits before the decimal point */
	int			len = 0;

	/* most numbers are whole and have all their digits, minus zero is zero */
	if (fabs(number) <= (double) GAUTH_SAFE_INTEGER_MAX &&
		number == (double) (int64_t) number)
		return (size_t) snprintf(text, GAUTH_NUMBER_TEXT_MAX, "%" PRId64,
								 (int64_t) number);
	if (number < 0)
		text[len++] = '-';
	find_shortest(fabs(number), &decimal);
	point = decimal.count + (int) decimal.exponent;
	if (point > -6 && point <= 21)
		return (size_t) (len + write_plain(&decimal, point, text + len));

	return (size_t)
		(len + snprintf(text + len, (size_t) (GAUTH_NUMBER_TEXT_MAX - len),
						"%c%s%se%c%d", decimal.digits[0],
						decimal.count > 1 ? "." : "", decimal.digits + 1,
						point > 0 ? '+' : '-', abs(point - 1)));
}
