/*
 * sql_scope_index.c
 *		What a GIN index asks of gauth.scope: its keys are the tokens.
 *
 * Answers @>, <@, && and =.  gauth.covers is not among them: a required token
 * is covered by tokens that it does not name.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "fmgr.h"

#include "entry/args.h"
#include "token/scope.h"

/* strategies of the operator class, as those of built-in arrays */
#define STRATEGY_OVERLAPS		1
#define STRATEGY_CONTAINS		2
#define STRATEGY_CONTAINED		3
#define STRATEGY_EQUAL			4

/*
 * A key has to fit into an index page several times.  A longer token is
 * indexed by its beginning, and a match of such a key is rechecked.
 */
#define INDEX_KEY_MAX			1024

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_extract_value);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_extract_query);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_consistent);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_scope_triconsistent);

/* a text for each token, or for its beginning */
static Datum *
make_keys(GauthSpan scope, int32 *count)
{
	Datum	   *keys;
	GauthSpan	rest = scope;
	GauthSpan	token;

	for (*count = 0; gauth_scope_next(&rest, &token);)
		(*count)++;

	keys = palloc(sizeof(Datum) * Max(*count, 1));
	for (*count = 0; gauth_scope_next(&scope, &token); (*count)++)
	{
		token.len = Min(token.len, INDEX_KEY_MAX);
		keys[*count] = gauth_text_datum(token);
	}
	return keys;
}

/*
 * gauth_sql_scope_extract_value
 *		GIN: the keys of a stored scope are its tokens.
 */
Datum
gauth_sql_scope_extract_value(PG_FUNCTION_ARGS)
{
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);

	PG_RETURN_POINTER(make_keys(gauth_arg_span(fcinfo, 0), count));
}

/* which rows a query without keys has to look at */
static int32
search_mode(StrategyNumber strategy, int32 count)
{
	switch (strategy)
	{
		case STRATEGY_OVERLAPS:
			return GIN_SEARCH_MODE_DEFAULT;
		case STRATEGY_CONTAINS:
			return count > 0 ? GIN_SEARCH_MODE_DEFAULT : GIN_SEARCH_MODE_ALL;
		case STRATEGY_CONTAINED:
			return GIN_SEARCH_MODE_INCLUDE_EMPTY;
		case STRATEGY_EQUAL:
			return count > 0 ?
				GIN_SEARCH_MODE_DEFAULT : GIN_SEARCH_MODE_INCLUDE_EMPTY;
		default:
			elog(ERROR, "unrecognized strategy of a scope index: %d",
				 strategy);
	}
}

/*
 * gauth_sql_scope_extract_query
 *		GIN: the keys that a query looks for.
 */
Datum
gauth_sql_scope_extract_query(PG_FUNCTION_ARGS)
{
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	int32	   *mode = (int32 *) PG_GETARG_POINTER(6);
	Datum	   *keys = make_keys(gauth_arg_span(fcinfo, 0), count);

	*mode = search_mode(strategy, *count);
	PG_RETURN_POINTER(keys);
}

/* a key that may have been cut says "perhaps" where others say "yes" */
static GinTernaryValue
key_presence(GinTernaryValue found, Datum key)
{
	if (found == GIN_TRUE &&
		VARSIZE_ANY_EXHDR(DatumGetPointer(key)) >= INDEX_KEY_MAX)
		return GIN_MAYBE;
	return found;
}

static GinTernaryValue
any_key(const GinTernaryValue *found, const Datum *keys, int32 count)
{
	GinTernaryValue result = GIN_FALSE;
	int32		i;

	for (i = 0; i < count; i++)
	{
		GinTernaryValue presence = key_presence(found[i], keys[i]);

		if (presence == GIN_TRUE)
			return GIN_TRUE;
		if (presence == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

static GinTernaryValue
every_key(const GinTernaryValue *found, const Datum *keys, int32 count)
{
	GinTernaryValue result = GIN_TRUE;
	int32		i;

	for (i = 0; i < count; i++)
	{
		GinTernaryValue presence = key_presence(found[i], keys[i]);

		if (presence == GIN_FALSE)
			return GIN_FALSE;
		if (presence == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

/* does a row with these keys satisfy the query? */
static GinTernaryValue
match_keys(StrategyNumber strategy, const GinTernaryValue *found,
		   const Datum *keys, int32 count)
{
	switch (strategy)
	{
		case STRATEGY_OVERLAPS:
			return any_key(found, keys, count);
		case STRATEGY_CONTAINS:
			return every_key(found, keys, count);
		case STRATEGY_CONTAINED:
			/* the index does not say which other keys the row has */
			return GIN_MAYBE;
		case STRATEGY_EQUAL:
			if (every_key(found, keys, count) == GIN_FALSE)
				return GIN_FALSE;
			return GIN_MAYBE;
		default:
			elog(ERROR, "unrecognized strategy of a scope index: %d",
				 strategy);
	}
}

/*
 * gauth_sql_scope_consistent
 *		GIN: does a row satisfy the query, and is that certain?
 */
Datum
gauth_sql_scope_consistent(PG_FUNCTION_ARGS)
{
	const bool *found = (const bool *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		count = PG_GETARG_INT32(3);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	const Datum *keys = (const Datum *) PG_GETARG_POINTER(6);
	GinTernaryValue result;

	/* a bool is a ternary value that is never "maybe" */
	result = match_keys(strategy, (const GinTernaryValue *) found, keys,
						count);
	*recheck = result == GIN_MAYBE;
	PG_RETURN_BOOL(result != GIN_FALSE);
}

/*
 * gauth_sql_scope_triconsistent
 *		GIN: the same with keys of which it is not known whether they match.
 */
Datum
gauth_sql_scope_triconsistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *found = (GinTernaryValue *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		count = PG_GETARG_INT32(3);
	const Datum *keys = (const Datum *) PG_GETARG_POINTER(5);

	PG_RETURN_GIN_TERNARY_VALUE(match_keys(strategy, found, keys, count));
}
