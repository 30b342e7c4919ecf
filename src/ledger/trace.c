/*
 * trace.c
 *		The header "traceparent" (W3C Trace Context, section 3.2).
 *
 * Only what is recorded is read: the ids of trace and parent.  A version that
 * is not known may have more fields behind the flags.
 */
#include "ledger/trace.h"

#include <stdint.h>

#define VERSION_SIZE	2
#define TRACE_START		3
#define TRACE_ID_SIZE	32
#define PARENT_START	36
#define PARENT_ID_SIZE	16
#define FLAGS_START		53
#define FLAGS_SIZE		2
#define WHOLE_SIZE		55

/* lower-case hexadecimal, as the standard wants it */
static bool
is_hex(GauthSpan text, size_t start, size_t len)
{
	size_t		i;

	for (i = start; i < start + len; i++)
	{
		char		c = text.data[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

/* an id of nothing but zeros is none */
static bool
is_id(GauthSpan text, size_t start, size_t len)
{
	size_t		i;

	if (!is_hex(text, start, len))
		return false;
	for (i = start; i < start + len; i++)
	{
		if (text.data[i] != '0')
			return true;
	}
	return false;
}

static bool
has_dashes(GauthSpan text)
{
	return text.data[TRACE_START - 1] == '-' &&
		text.data[PARENT_START - 1] == '-' &&
		text.data[FLAGS_START - 1] == '-';
}

/* version 0 ends behind the flags, a later one may go on with a dash */
static bool
version_fits(GauthSpan text)
{
	GauthSpan	version = gauth_span_slice(text, 0, VERSION_SIZE);

	if (!is_hex(text, 0, VERSION_SIZE) || gauth_span_is(version, "ff"))
		return false;
	if (gauth_span_is(version, "00"))
		return text.len == WHOLE_SIZE;
	return text.len == WHOLE_SIZE || text.data[WHOLE_SIZE] == '-';
}

/*
 * gauth_trace_read
 *		"trace-id-parent-id" within a traceparent, or false for one that is
 *		malformed.
 */
bool
gauth_trace_read(GauthSpan traceparent, GauthSpan *trace)
{
	if (traceparent.len < WHOLE_SIZE || !version_fits(traceparent) ||
		!has_dashes(traceparent) ||
		!is_id(traceparent, TRACE_START, TRACE_ID_SIZE) ||
		!is_id(traceparent, PARENT_START, PARENT_ID_SIZE) ||
		!is_hex(traceparent, FLAGS_START, FLAGS_SIZE))
		return false;
	*trace = gauth_span_slice(traceparent, TRACE_START, GAUTH_TRACE_SIZE);
	return true;
}
