/*
 * unit.h
 *		What a test program of the pure floors needs: CHECK, a count, and the
 *		folders of vectors.
 *
 * A test program is plain C: main() calls its groups and returns
 * unit_finish("name"), which prints "name: 12 passed, 0 failed" and is the
 * exit status.  A failed CHECK says where and goes on.
 *
 * Vectors are never part of the project.  They are looked for in
 * ${GAUTH_VECTORS:-../shared/vectors} and ${GAUTH_CORPORA:-../shared/corpora},
 * seen from the top of the checkout; where they are missing, the group prints
 * one line "skipped" and does not count.
 */
#ifndef GAUTH_UNIT_UNIT_H
#define GAUTH_UNIT_UNIT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "base/status.h"

#define UNIT_MAYBE_UNUSED	__attribute__((unused))
#define UNIT_PATH_MAX		1024

static unsigned unit_passed;
static unsigned unit_failed;

#define CHECK(condition) \
	unit_check((condition), #condition, __FILE__, __LINE__)

#define CHECK_STATUS(call, expected) \
	unit_check_status((call), (expected), #call, __FILE__, __LINE__)

static inline bool
unit_check(bool good, const char *what, const char *file, int line)
{
	if (good)
		unit_passed++;
	else
	{
		unit_failed++;
		printf("%s:%d: failed: %s\n", file, line, what);
	}
	return good;
}

static inline bool
unit_check_status(GauthStatus status, GauthStatus expected, const char *what,
				  const char *file, int line)
{
	if (status == expected)
	{
		unit_passed++;
		return true;
	}
	unit_failed++;
	printf("%s:%d: failed: %s gave %s, not %s\n", file, line, what,
		   gauth_status_name(status), gauth_status_name(expected));
	return false;
}

/* the last line of a test program, and its exit status */
UNIT_MAYBE_UNUSED static int
unit_finish(const char *name)
{
	printf("%s: %u passed, %u failed\n", name, unit_passed, unit_failed);
	return unit_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

UNIT_MAYBE_UNUSED static const char *
unit_folder(const char *variable, const char *otherwise)
{
	const char *folder = getenv(variable);

	return folder != NULL && folder[0] != '\0' ? folder : otherwise;
}

UNIT_MAYBE_UNUSED static const char *
unit_vectors(void)
{
	return unit_folder("GAUTH_VECTORS", "../shared/vectors");
}

UNIT_MAYBE_UNUSED static const char *
unit_corpora(void)
{
	return unit_folder("GAUTH_CORPORA", "../shared/corpora");
}

static inline char *
unit_read_stream(FILE *stream, size_t *size)
{
	size_t		room = 64 * 1024;
	char	   *data = malloc(room);

	*size = 0;
	while (data != NULL)
	{
		char	   *larger;

		*size += fread(data + *size, 1, room - *size, stream);
		if (*size < room)
			return data;
		room *= 2;
		larger = realloc(data, room);
		if (larger == NULL)
			free(data);
		data = larger;
	}
	return NULL;
}

/*
 * A whole file into memory of malloc, which the caller frees through
 * (char *) content.data; false when it cannot be read.
 */
UNIT_MAYBE_UNUSED static bool
unit_read_file(const char *path, GauthSpan *content)
{
	FILE	   *stream = fopen(path, "rb");
	char	   *data;
	size_t		size;

	*content = gauth_span(NULL, 0);
	if (stream == NULL)
		return false;
	data = unit_read_stream(stream, &size);
	fclose(stream);
	if (data == NULL)
		return false;
	*content = gauth_span(data, size);
	return true;
}

/* a file below the folder of vectors; says "skipped" where it is missing */
UNIT_MAYBE_UNUSED static bool
unit_read_vectors(const char *name, GauthSpan *content)
{
	char		path[UNIT_PATH_MAX];

	int			size;

	size = snprintf(path, sizeof(path), "%s/%s", unit_vectors(), name);
	if (size < UNIT_PATH_MAX && unit_read_file(path, content))
		return true;
	printf("%s: skipped, no vectors\n", name);
	return false;
}

#endif							/* GAUTH_UNIT_UNIT_H */
