/*
 * span.h
 *		Borrowed bytes: a pointer, a length, no ownership, no zero byte.
 */
#ifndef GAUTH_BASE_SPAN_H
#define GAUTH_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct GauthSpan
{
	const char *data;			/* NULL only when "len" is 0 */
	size_t		len;
} GauthSpan;

/* a span over a string literal, its length known to the compiler */
#define GAUTH_SPAN(literal) \
	((GauthSpan) {"" literal, sizeof(literal) - 1})

static inline GauthSpan
gauth_span(const void *data, size_t len)
{
	GauthSpan	span = {(const char *) data, len};

	return span;
}

static inline GauthSpan
gauth_span_of(const char *text)
{
	return gauth_span(text, strlen(text));
}

/* not in constant time: for names, never for secrets */
static inline bool
gauth_span_equal(GauthSpan a, GauthSpan b)
{
	return a.len == b.len &&
		(a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
gauth_span_is(GauthSpan a, const char *text)
{
	return gauth_span_equal(a, gauth_span_of(text));
}

/* of ASCII; every other character stays as it is */
static inline char
gauth_char_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* the same but for upper and lower case of ASCII */
static inline bool
gauth_span_equal_any_case(GauthSpan a, GauthSpan b)
{
	size_t		i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
	{
		if (gauth_char_lower(a.data[i]) != gauth_char_lower(b.data[i]))
			return false;
	}
	return true;
}

/* byte order, a shorter prefix first; <0, 0, >0 */
static inline int
gauth_span_compare(GauthSpan a, GauthSpan b)
{
	size_t		common = a.len < b.len ? a.len : b.len;
	int			order = common == 0 ? 0 : memcmp(a.data, b.data, common);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

/* "len" bytes of "a" from "start" on; the caller checked the range */
static inline GauthSpan
gauth_span_slice(GauthSpan a, size_t start, size_t len)
{
	return gauth_span(a.data == NULL ? NULL : a.data + start, len);
}

static inline bool
gauth_span_starts_with(GauthSpan a, GauthSpan prefix)
{
	return a.len >= prefix.len &&
		gauth_span_equal(gauth_span_slice(a, 0, prefix.len), prefix);
}

#endif							/* GAUTH_BASE_SPAN_H */
