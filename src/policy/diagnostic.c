/*
 * diagnostic.c
 *		Lists of errors and warnings, and where they stand in a source.
 */
#include "policy/diagnostic.h"

/*
 * gauth_diagnostic_append
 *		Append a copy of a diagnostic with its message.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_diagnostic_append(GauthArena *arena, GauthDiagnosticList *list,
						const GauthDiagnostic *diagnostic, GauthError *err)
{
	GauthDiagnostic *copy = gauth_arena_alloc(arena, sizeof(GauthDiagnostic));

	if (copy == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "diagnostic");
	*copy = *diagnostic;
	copy->next = NULL;
	if (!gauth_arena_copy(arena, diagnostic->message, &copy->message))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "diagnostic");

	if (list->last == NULL)
		list->first = copy;
	else
		list->last->next = copy;
	list->last = copy;
	if (copy->severity == GAUTH_SEVERITY_ERROR)
		list->error_count++;
	else
		list->warning_count++;
	return GAUTH_OK;
}

/*
 * gauth_diagnostic_append_new
 *		Append a copy of a diagnostic, unless the list says the same already.
 *
 * A validator looks at one policy once for each request environment; what it
 * finds again says nothing more.  Looks through the whole list: callers keep
 * one for each policy, of limited length, and join them.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_diagnostic_append_new(GauthArena *arena, GauthDiagnosticList *list,
							const GauthDiagnostic *diagnostic, GauthError *err)
{
	const GauthDiagnostic *earlier;

	for (earlier = list->first; earlier != NULL; earlier = earlier->next)
	{
		if (earlier->offset == diagnostic->offset &&
			earlier->severity == diagnostic->severity &&
			gauth_span_equal(earlier->message, diagnostic->message))
			return GAUTH_OK;
	}
	return gauth_diagnostic_append(arena, list, diagnostic, err);
}

/*
 * gauth_diagnostic_join
 *		Move the diagnostics of "from" to the end of "list".
 */
void
gauth_diagnostic_join(GauthDiagnosticList *list, GauthDiagnosticList *from)
{
	if (from->first == NULL)
		return;
	if (list->last == NULL)
		list->first = from->first;
	else
		list->last->next = from->first;
	list->last = from->last;
	list->error_count += from->error_count;
	list->warning_count += from->warning_count;
	memset(from, 0, sizeof(*from));
}

/* a walk over a source that knows its line and column, forth and back */
typedef struct Walk
{
	GauthSpan	source;
	size_t		at;
	uint32_t	line;
	uint32_t	column;
} Walk;

static inline bool
begins_character(char c)
{
	return ((unsigned char) c & 0xc0) != 0x80;
}

static void
walk_forth(Walk *walk, size_t offset)
{
	for (; walk->at < offset && walk->at < walk->source.len; walk->at++)
	{
		if (walk->source.data[walk->at] == '\n')
		{
			walk->line++;
			walk->column = 1;
		}
		else if (begins_character(walk->source.data[walk->at]))
			walk->column++;
	}
}

static void
walk_back(Walk *walk, size_t offset)
{
	bool		crossed = false;
	size_t		i;

	for (; walk->at > offset; walk->at--)
	{
		char		c = walk->source.data[walk->at - 1];

		if (c == '\n')
		{
			walk->line--;
			crossed = true;
		}
		else if (begins_character(c))
			walk->column--;
	}
	if (!crossed)
		return;
	walk->column = 1;
	for (i = walk->at; i > 0 && walk->source.data[i - 1] != '\n'; i--)
	{
		if (begins_character(walk->source.data[i - 1]))
			walk->column++;
	}
}

/*
 * gauth_diagnostic_locate
 *		Compute line and column of each diagnostic from its offset.
 *
 * A column counts characters, not bytes, so that it is where an editor says
 * it is.  Neighbours in the list are near each other in the source, so the
 * walk goes from one to the next instead of beginning anew.  Without a source
 * there are no lines.
 */
void
gauth_diagnostic_locate(GauthDiagnosticList *list, GauthSpan source)
{
	Walk		walk = {source, 0, 1, 1};
	GauthDiagnostic *diagnostic;

	if (source.len == 0)
		return;
	for (diagnostic = list->first; diagnostic != NULL;
		 diagnostic = diagnostic->next)
	{
		walk_back(&walk, diagnostic->offset);
		walk_forth(&walk, diagnostic->offset);
		diagnostic->line = walk.line;
		diagnostic->column = walk.column;
	}
}
