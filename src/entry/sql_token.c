/*
 * sql_token.c
 *		Verification of tokens: with keys of the caller's, and against the
 *		issuers.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "entry/args.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "store/access.h"
#include "store/issuer.h"
#include "store/keyset_cache.h"
#include "store/memory.h"
#include "store/revocation.h"
#include "entry/strings.h"
#include "token/jwt.h"

/* what one token of the usual size needs: no allocation at all */
#define STACK_ARENA		(6 * 1024)

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify_jws);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify_jwt);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_verify);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_inspect_token);

/*
 * gauth.verify_jws(jws text, key json, algorithms text[]) returns bytea
 */
Datum
gauth_sql_verify_jws(PG_FUNCTION_ARGS)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthAlgorithmList accepted = {0};
	const GauthKeySet *keys;
	const GauthKeyEntry *entry;
	GauthJws	jws;
	GauthError	err;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(2))
		gauth_algorithms_argument(PG_GETARG_DATUM(2), &accepted);

	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	if (gauth_keyset_cached(gauth_arg_span(fcinfo, 1), &accepted, &keys,
							&err) != GAUTH_OK ||
		gauth_jws_parse(&arena, gauth_arg_span(fcinfo, 0), &jws,
						&err) != GAUTH_OK ||
		gauth_keyset_verify(keys, &jws, &entry, &err) != GAUTH_OK)
		gauth_raise(&err);
	PG_RETURN_DATUM(gauth_text_datum(jws.payload));
}

/* the rules argument, read once for all rows of a statement */
typedef struct RulesCache
{
	MemoryContext memory;		/* of what is below */
	GauthSpan	source;			/* the bytes of the argument */
	GauthJwtRules rules;
	GauthSpan	issuer;
	bool		has_now;
} RulesCache;

static bool
string_rule(const GauthJson *rule, GauthSpan *value)
{
	*value = rule->text;
	return rule->type == GAUTH_JSON_STRING;
}

/* an empty one would ask for nothing */
static bool
name_rule(const GauthJson *rule, GauthSpan *value)
{
	return string_rule(rule, value) && value->len > 0;
}

static bool
number_rule(const GauthJson *rule, int64 max, int64_t *value)
{
	return gauth_json_to_int64(rule, value) && *value >= 0 && *value <= max;
}

/* one string, or an array of them */
static bool
strings_rule(const GauthJson *rule, const GauthSpan **values, int *count)
{
	const GauthJson *element;
	GauthSpan  *list;

	if (rule->type != GAUTH_JSON_STRING &&
		(rule->type != GAUTH_JSON_ARRAY || rule->count == 0))
		return false;
	list = palloc0(sizeof(GauthSpan) * (rule->count + 1));
	*values = list;
	*count = 0;
	if (rule->type == GAUTH_JSON_STRING)
	{
		list[(*count)++] = rule->text;
		return true;
	}
	for (element = rule->first; element != NULL; element = element->next)
	{
		if (element->type != GAUTH_JSON_STRING)
			return false;
		list[(*count)++] = element->text;
	}
	return true;
}

static bool
algorithms_rule(const GauthJson *rule, GauthAlgorithmList *accepted)
{
	const GauthSpan *names;
	int			count;

	return rule->type == GAUTH_JSON_ARRAY &&
		strings_rule(rule, &names, &count) &&
		gauth_algorithms_from_names(names, count, accepted);
}

static bool
read_rule(const GauthJson *rule, RulesCache *cache)
{
	GauthJwtRules *rules = &cache->rules;
	GauthClaimRules *claims = &rules->claims;

	if (gauth_span_is(rule->name, "algorithms"))
		return algorithms_rule(rule, &rules->accepted);
	if (gauth_span_is(rule->name, "issuer"))
	{
		claims->issuer = &cache->issuer;
		return string_rule(rule, &cache->issuer);
	}
	if (gauth_span_is(rule->name, "audience"))
		return strings_rule(rule, &claims->audiences, &claims->audience_count);
	if (gauth_span_is(rule->name, "now"))
	{
		cache->has_now = true;
		return number_rule(rule, GAUTH_TIME_MAX, &claims->now);
	}
	if (gauth_span_is(rule->name, "leeway"))
		return number_rule(rule, GAUTH_LEEWAY_MAX, &claims->leeway);
	if (gauth_span_is(rule->name, "require"))
		return strings_rule(rule, &claims->required, &claims->required_count);
	if (gauth_span_is(rule->name, "typ"))
		return name_rule(rule, &rules->typ) &&
			!gauth_jws_type_is_foreign(rules->typ);
	if (gauth_span_is(rule->name, "nonce"))
		return name_rule(rule, &claims->nonce);
	if (gauth_span_is(rule->name, "client"))
		return name_rule(rule, &claims->client);
	return false;
}

/* in the current memory context, which is the cache's own */
static void
read_rules(Jsonb *source, RulesCache *cache)
{
	char	   *text = JsonbToCString(NULL, &source->root, VARSIZE(source));
	GauthArena	arena;
	GauthJson  *json;
	GauthJson  *rule;
	GauthError	err;

	gauth_memory_arena(&arena, NULL, 0, cache->memory);
	if (gauth_json_parse(&arena, gauth_span_of(text),
						 &gauth_json_token_limits, &json, &err) != GAUTH_OK)
		gauth_raise(&err);
	if (json->type != GAUTH_JSON_OBJECT)
		gauth_raise_argument("rules", "a JSON object");
	for (rule = json->first; rule != NULL; rule = rule->next)
	{
		if (!read_rule(rule, cache))
			gauth_raise_rule_unknown(rule->name);
	}
	cache->source = gauth_memory_copy(cache->memory,
									  gauth_span(source, VARSIZE(source)));
}

static RulesCache *
get_cache(FunctionCallInfo fcinfo)
{
	MemoryContext memory = fcinfo->flinfo->fn_mcxt;
	RulesCache *cache = fcinfo->flinfo->fn_extra;

	if (cache != NULL)
		return cache;
	cache = MemoryContextAllocZero(memory, sizeof(RulesCache));
	cache->memory = AllocSetContextCreate(memory, "gauth rules",
										  ALLOCSET_SMALL_SIZES);
	fcinfo->flinfo->fn_extra = cache;
	return cache;
}

/* what was read from an argument of before is thrown away */
static RulesCache *
get_rules(FunctionCallInfo fcinfo, int number)
{
	Jsonb	   *source = PG_GETARG_JSONB_P(number);
	RulesCache *cache = get_cache(fcinfo);
	MemoryContext memory = cache->memory;

	if (!gauth_span_equal(cache->source, gauth_span(source, VARSIZE(source))))
	{
		MemoryContext caller = MemoryContextSwitchTo(memory);

		MemoryContextReset(memory);
		memset(cache, 0, sizeof(*cache));
		cache->memory = memory;
		read_rules(source, cache);
		MemoryContextSwitchTo(caller);
	}
	if (!cache->has_now)
		cache->rules.claims.now =
			gauth_timestamp_seconds(GetCurrentStatementStartTimestamp());
	return cache;
}

/*
 * gauth.verify_jwt(token text, keys json, rules jsonb) returns jsonb
 */
Datum
gauth_sql_verify_jwt(PG_FUNCTION_ARGS)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	const RulesCache *cache;
	const GauthKeySet *keys;
	GauthJwt	jwt;
	GauthError	err;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	cache = get_rules(fcinfo, 2);
	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	if (gauth_keyset_cached(gauth_arg_span(fcinfo, 1), &cache->rules.accepted,
							&keys, &err) != GAUTH_OK ||
		gauth_jwt_verify(&arena, gauth_arg_span(fcinfo, 0), keys,
						 &cache->rules, &jwt, &err) != GAUTH_OK)
		gauth_raise(&err);
	PG_RETURN_DATUM(gauth_jsonb_from(jwt.claims.json));
}

/*
 * gauth.verify(token text, audience text) returns jsonb
 */
Datum
gauth_sql_verify(PG_FUNCTION_ARGS)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthIssuer *issuer;
	GauthSpan	audience;
	GauthJwt	jwt;
	GauthError	err;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	audience = gauth_arg_span_or_null(fcinfo, 1);
	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	if (gauth_token_verify(&arena, gauth_arg_span(fcinfo, 0),
						   PG_ARGISNULL(1) ? NULL : &audience, &jwt, &issuer,
						   &err) != GAUTH_OK)
		gauth_raise(&err);
	PG_RETURN_DATUM(gauth_jsonb_from(jwt.claims.json));
}

/* only for an administrator: a forger would learn from it */
static Datum
make_reason(GauthStatus status)
{
	if (gauth_access_allows(GAUTH_ADMINISTRATOR, NULL))
		return CStringGetTextDatum(gauth_status_name(status));
	return CStringGetTextDatum("INVALID_TOKEN");
}

/* the key that would tell is not there: nothing was verified either */
static bool
signature_verified(GauthStatus status)
{
	return status == GAUTH_OK ||
		(status >= GAUTH_TYPE_REFUSED && status < GAUTH_STATUS_COUNT);
}

/*
 * gauth.inspect_token(token text, audience text)
 *		returns (active boolean, reason text, header jsonb, claims jsonb)
 */
Datum
gauth_sql_inspect_token(PG_FUNCTION_ARGS)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthIssuer *issuer;
	GauthSpan	audience;
	GauthJwt	jwt;
	GauthStatus status = GAUTH_TOKEN_MALFORMED;
	TupleDesc	row;
	Datum		values[4] = {0};
	bool		nulls[4] = {false, true, true, true};

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	audience = gauth_arg_span_or_null(fcinfo, 1);
	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	if (!PG_ARGISNULL(0))
		status = gauth_token_verify(&arena, gauth_arg_span(fcinfo, 0),
									PG_ARGISNULL(1) ? NULL : &audience, &jwt,
									&issuer, NULL);

	values[0] = BoolGetDatum(status == GAUTH_OK);
	if (status != GAUTH_OK)
	{
		values[1] = make_reason(status);
		nulls[1] = false;
	}
	if (signature_verified(status))
	{
		values[2] = gauth_jsonb_from(jwt.jws.header);
		values[3] = gauth_jsonb_from(jwt.claims.json);
		nulls[2] = nulls[3] = false;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row),
													  values, nulls)));
}
