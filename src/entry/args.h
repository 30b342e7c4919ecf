/*
 * args.h
 *		Arguments and results of SQL functions as the pure floors know them.
 */
#ifndef GAUTH_ENTRY_ARGS_H
#define GAUTH_ENTRY_ARGS_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "base/span.h"
#include "store/compat.h"

/* a varlena's bytes, borrowed; "value" is detoasted as far as need be */
static inline GauthSpan
gauth_varlena_span(const struct varlena *value)
{
	return gauth_span(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* a text, json or bytea argument */
static inline GauthSpan
gauth_arg_span(FunctionCallInfo fcinfo, int number)
{
	return gauth_varlena_span(PG_GETARG_VARLENA_PP(number));
}

/* the same, an empty span without data for a null */
static inline GauthSpan
gauth_arg_span_or_null(FunctionCallInfo fcinfo, int number)
{
	if (PG_ARGISNULL(number))
		return gauth_span(NULL, 0);
	return gauth_arg_span(fcinfo, number);
}

static inline Datum
gauth_text_datum(GauthSpan span)
{
	return PointerGetDatum(cstring_to_text_with_len(span.data,
													(int) span.len));
}

#endif							/* GAUTH_ENTRY_ARGS_H */
