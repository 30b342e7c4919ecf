/*
 * sql_scope.c
 *		The type gauth.scope: input and output, casts, order, hash and set
 *		operators.  What GIN asks is in sql_scope_index.c.
 *
 * A stored value is a varlena of canonical text (token/scope.h), checked on
 * every way in; so equality, order and hash are those of the bytes, and a
 * cast to text is free.  Nothing here echoes what it refuses.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "entry/args.h"
#include "entry/report.h"
#include "store/memory.h"
#include "token/scope.h"

/* enough for the scope of most tokens, without an allocation */
#define SCOPE_ROOM		1024

/* false only after a soft error */
static bool
parse_scope(GauthSpan text, Node *context, Datum *scope)
{
	char		room[SCOPE_ROOM];
	GauthArena	arena;
	GauthSpan	canonical;
	GauthError	err;

	gauth_memory_arena(&arena, room, sizeof(room), CurrentMemoryContext);
	if (gauth_scope_parse(&arena, text, &canonical, &err) != GAUTH_OK)
	{
		gauth_report_scope(&err, 0, context);
		return false;
	}
	*scope = gauth_text_datum(canonical);
	return true;
}

static Datum
parse_scope_or_raise(GauthSpan text)
{
	Datum		scope = (Datum) 0;

	(void) parse_scope(text, NULL, &scope);
	return scope;
}

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_in);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_out);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_recv);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_send);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_from_text);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_from_array);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_tokens);

/*
 * gauth_sql_scope_in
 *		Text to scope, in any order; stored in the canonical one.
 */
Datum
gauth_sql_scope_in(PG_FUNCTION_ARGS)
{
	GauthSpan	text = gauth_span_of(PG_GETARG_CSTRING(0));
	Datum		scope;

	if (!parse_scope(text, (Node *) fcinfo->context, &scope))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(scope);
}

/*
 * gauth_sql_scope_out
 *		The canonical text.
 */
Datum
gauth_sql_scope_out(PG_FUNCTION_ARGS)
{
	GauthSpan	scope = gauth_arg_span(fcinfo, 0);

	PG_RETURN_CSTRING(pnstrdup(scope.data, scope.len));
}

/*
 * gauth_sql_scope_recv
 *		The binary form is the text, and trusted no more than text is.
 */
Datum
gauth_sql_scope_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			len = message->len - message->cursor;
	const char *data = pq_getmsgbytes(message, len);

	PG_RETURN_DATUM(parse_scope_or_raise(gauth_span(data, len)));
}

/*
 * gauth_sql_scope_send
 *		The canonical text, which no client encoding changes.
 */
Datum
gauth_sql_scope_send(PG_FUNCTION_ARGS)
{
	GauthSpan	scope = gauth_arg_span(fcinfo, 0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, scope.data, (int) scope.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/*
 * gauth_sql_scope_from_text
 *		The cast from text.
 */
Datum
gauth_sql_scope_from_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(parse_scope_or_raise(gauth_arg_span(fcinfo, 0)));
}

/* checked one by one: no element may bring two tokens */
static void
append_element(StringInfo list, Datum element, int number)
{
	GauthSpan	token = gauth_varlena_span(DatumGetTextPP(element));
	GauthError	err;

	if (gauth_scope_check_token(token, &err) != GAUTH_OK)
		gauth_report_scope(&err, number, NULL);
	if (list->len > 0)
		appendStringInfoChar(list, ' ');
	appendBinaryStringInfo(list, token.data, (int) token.len);
}

/*
 * gauth_sql_scope_from_array
 *		The cast from text[]: each element is one token.
 */
Datum
gauth_sql_scope_from_array(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	StringInfoData list;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			i;

	if (ARR_NDIM(array) > 1)
		gauth_raise_scope_dimensions();

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &count);
	initStringInfo(&list);
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			gauth_raise_scope_null(i + 1);
		append_element(&list, elements[i], i + 1);
	}
	PG_RETURN_DATUM(parse_scope_or_raise(gauth_span(list.data, list.len)));
}

/*
 * gauth_sql_scope_tokens
 *		The tokens as text[], in canonical order; also the cast to text[].
 */
Datum
gauth_sql_scope_tokens(PG_FUNCTION_ARGS)
{
	GauthSpan	rest = gauth_arg_span(fcinfo, 0);
	GauthSpan	token;
	ArrayBuildState *tokens = initArrayResult(TEXTOID, CurrentMemoryContext,
											  false);

	while (gauth_scope_next(&rest, &token))
		(void) accumArrayResult(tokens, gauth_text_datum(token), false,
								TEXTOID, CurrentMemoryContext);
	PG_RETURN_DATUM(makeArrayResult(tokens, CurrentMemoryContext));
}

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_equal);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_not_equal);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_less);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_less_or_equal);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_greater_or_equal);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_greater);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_compare);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_hash);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_hash_extended);

/* index support does not wait for the end of the query to free a copy */
static int
compare_arguments(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	int			order = gauth_span_compare(gauth_varlena_span(a),
										   gauth_varlena_span(b));

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return order;
}

static bool
arguments_equal(FunctionCallInfo fcinfo)
{
	/* lengths are known without fetching what is stored out of line */
	if (toast_raw_datum_size(PG_GETARG_DATUM(0)) !=
		toast_raw_datum_size(PG_GETARG_DATUM(1)))
		return false;
	return compare_arguments(fcinfo) == 0;
}

/*
 * gauth_sql_scope_equal, gauth_sql_scope_not_equal
 *		The same tokens?
 */
Datum
gauth_sql_scope_equal(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(arguments_equal(fcinfo));
}

Datum
gauth_sql_scope_not_equal(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!arguments_equal(fcinfo));
}

/*
 * gauth_sql_scope_less and the rest of the order
 *		The order of the canonical texts as bytes, in every collation.
 *
 * It exists for indexes, sorting and merging; it is not inclusion.
 */
Datum
gauth_sql_scope_less(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) < 0);
}

Datum
gauth_sql_scope_less_or_equal(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) <= 0);
}

Datum
gauth_sql_scope_greater_or_equal(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) >= 0);
}

Datum
gauth_sql_scope_greater(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) > 0);
}

Datum
gauth_sql_scope_compare(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

/*
 * gauth_sql_scope_hash, gauth_sql_scope_hash_extended
 *		The hash of the canonical text.
 */
Datum
gauth_sql_scope_hash(PG_FUNCTION_ARGS)
{
	struct varlena *scope = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(scope),
								(int) VARSIZE_ANY_EXHDR(scope));

	PG_FREE_IF_COPY(scope, 0);
	PG_RETURN_DATUM(hash);
}

Datum
gauth_sql_scope_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *scope = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(scope),
										 (int) VARSIZE_ANY_EXHDR(scope),
										 (uint64) PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(scope, 0);
	PG_RETURN_DATUM(hash);
}

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_is_superset);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_is_subset);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_overlaps);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_union);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_subtract);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_contains);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_covers);

/*
 * gauth_sql_scope_is_superset
 *		@>, token by token; no wildcard has a meaning here.
 */
Datum
gauth_sql_scope_is_superset(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(gauth_scope_is_subset(gauth_arg_span(fcinfo, 1),
										 gauth_arg_span(fcinfo, 0)));
}

/*
 * gauth_sql_scope_is_subset
 *		<@, token by token; no wildcard has a meaning here.
 */
Datum
gauth_sql_scope_is_subset(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(gauth_scope_is_subset(gauth_arg_span(fcinfo, 0),
										 gauth_arg_span(fcinfo, 1)));
}

/*
 * gauth_sql_scope_overlaps
 *		&&: a token in common?
 */
Datum
gauth_sql_scope_overlaps(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(gauth_scope_overlaps(gauth_arg_span(fcinfo, 0),
										gauth_arg_span(fcinfo, 1)));
}

/*
 * gauth_sql_scope_union
 *		||: the tokens of both.
 */
Datum
gauth_sql_scope_union(PG_FUNCTION_ARGS)
{
	char		room[SCOPE_ROOM];
	GauthArena	arena;
	GauthSpan	result;
	GauthError	err;

	gauth_memory_arena(&arena, room, sizeof(room), CurrentMemoryContext);
	if (gauth_scope_union(&arena, gauth_arg_span(fcinfo, 0),
						  gauth_arg_span(fcinfo, 1), &result,
						  &err) != GAUTH_OK)
		gauth_report_scope(&err, 0, NULL);
	PG_RETURN_DATUM(gauth_text_datum(result));
}

/*
 * gauth_sql_scope_subtract
 *		-: the tokens of the first that are not in the second.
 */
Datum
gauth_sql_scope_subtract(PG_FUNCTION_ARGS)
{
	char		room[SCOPE_ROOM];
	GauthArena	arena;
	GauthSpan	result;
	GauthError	err;

	gauth_memory_arena(&arena, room, sizeof(room), CurrentMemoryContext);
	if (gauth_scope_subtract(&arena, gauth_arg_span(fcinfo, 0),
							 gauth_arg_span(fcinfo, 1), &result,
							 &err) != GAUTH_OK)
		gauth_report_scope(&err, 0, NULL);
	PG_RETURN_DATUM(gauth_text_datum(result));
}

/*
 * gauth_sql_scope_contains
 *		Exactly this token?  Text that is no token is in no scope.
 */
Datum
gauth_sql_scope_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(gauth_scope_contains(gauth_arg_span(fcinfo, 0),
										gauth_arg_span(fcinfo, 1)));
}

/*
 * gauth_sql_covers
 *		Does the granted scope suffice?  The rule: gauth_scope_covers.
 */
Datum
gauth_sql_covers(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(gauth_scope_covers(gauth_arg_span(fcinfo, 0),
									  gauth_arg_span(fcinfo, 1)));
}
