/*
 * fuzz.h
 *		What the fuzz targets share: a property that must hold, an arena per
 *		input, and a copy of the input that ends where it ends.
 */
#ifndef GAUTH_FUZZ_FUZZ_H
#define GAUTH_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/text.h"

#define FUZZ_MAYBE_UNUSED	__attribute__((unused))

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GauthArena arena;

/* an exact copy: one byte too far is seen */
FUZZ_MAYBE_UNUSED static GauthSpan
begin_input(const uint8_t *data, size_t size)
{
	char	   *copy = malloc(size == 0 ? 1 : size);

	REQUIRE(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	return gauth_span(copy, size);
}

FUZZ_MAYBE_UNUSED static int
end_input(GauthSpan input)
{
	gauth_arena_reset(&arena);
	free((char *) input.data);
	return 0;
}

FUZZ_MAYBE_UNUSED static GauthSpan
finished(const GauthText *text)
{
	GauthSpan	result;

	REQUIRE(gauth_text_finish(text, &result));
	return result;
}

/* the part before the next line feed, which is taken away */
FUZZ_MAYBE_UNUSED static GauthSpan
next_line(GauthSpan *rest)
{
	const char *end = rest->len == 0 ? NULL : memchr(rest->data, '\n', rest->len);
	size_t		len = end == NULL ? rest->len : (size_t) (end - rest->data);
	GauthSpan	line = gauth_span_slice(*rest, 0, len);
	size_t		skip = end == NULL ? len : len + 1;

	*rest = gauth_span_slice(*rest, skip, rest->len - skip);
	return line;
}

#endif							/* GAUTH_FUZZ_FUZZ_H */
