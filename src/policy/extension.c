/*
 * extension.c
 *		Calling an extension function: types of arguments and results.
 */
#include "policy/extension.h"

/* the types of the arguments, which is all that tells most calls apart */
typedef struct Signature
{
	uint8_t		arity;
	uint8_t		first;			/* GauthValueKind */
	uint8_t		second;
} Signature;

static const Signature signatures[GAUTH_FUNCTION_COUNT] = {
	[GAUTH_FUNCTION_DECIMAL] = {1, GAUTH_VALUE_STRING, 0},
	[GAUTH_FUNCTION_IP] = {1, GAUTH_VALUE_STRING, 0},
	[GAUTH_FUNCTION_DATETIME] = {1, GAUTH_VALUE_STRING, 0},
	[GAUTH_FUNCTION_DURATION] = {1, GAUTH_VALUE_STRING, 0},
	[GAUTH_FUNCTION_LESS_THAN] =
	{2, GAUTH_VALUE_DECIMAL, GAUTH_VALUE_DECIMAL},
	[GAUTH_FUNCTION_LESS_THAN_OR_EQUAL] =
	{2, GAUTH_VALUE_DECIMAL, GAUTH_VALUE_DECIMAL},
	[GAUTH_FUNCTION_GREATER_THAN] =
	{2, GAUTH_VALUE_DECIMAL, GAUTH_VALUE_DECIMAL},
	[GAUTH_FUNCTION_GREATER_THAN_OR_EQUAL] =
	{2, GAUTH_VALUE_DECIMAL, GAUTH_VALUE_DECIMAL},
	[GAUTH_FUNCTION_IS_IPV4] = {1, GAUTH_VALUE_IPADDR, 0},
	[GAUTH_FUNCTION_IS_IPV6] = {1, GAUTH_VALUE_IPADDR, 0},
	[GAUTH_FUNCTION_IS_LOOPBACK] = {1, GAUTH_VALUE_IPADDR, 0},
	[GAUTH_FUNCTION_IS_MULTICAST] = {1, GAUTH_VALUE_IPADDR, 0},
	[GAUTH_FUNCTION_IS_IN_RANGE] =
	{2, GAUTH_VALUE_IPADDR, GAUTH_VALUE_IPADDR},
	[GAUTH_FUNCTION_OFFSET] =
	{2, GAUTH_VALUE_DATETIME, GAUTH_VALUE_DURATION},
	[GAUTH_FUNCTION_DURATION_SINCE] =
	{2, GAUTH_VALUE_DATETIME, GAUTH_VALUE_DATETIME},
	[GAUTH_FUNCTION_TO_DATE] = {1, GAUTH_VALUE_DATETIME, 0},
	[GAUTH_FUNCTION_TO_TIME] = {1, GAUTH_VALUE_DATETIME, 0},
	[GAUTH_FUNCTION_TO_MILLISECONDS] = {1, GAUTH_VALUE_DURATION, 0},
	[GAUTH_FUNCTION_TO_SECONDS] = {1, GAUTH_VALUE_DURATION, 0},
	[GAUTH_FUNCTION_TO_MINUTES] = {1, GAUTH_VALUE_DURATION, 0},
	[GAUTH_FUNCTION_TO_HOURS] = {1, GAUTH_VALUE_DURATION, 0},
	[GAUTH_FUNCTION_TO_DAYS] = {1, GAUTH_VALUE_DURATION, 0}
};

/*
 * gauth_function_arity
 *		How many arguments a function takes, the receiver among them.
 */
unsigned
gauth_function_arity(GauthFunction function)
{
	return signatures[function].arity;
}

static GauthCallResult
make_ip(GauthArena *arena, GauthSpan text, GauthValue *result)
{
	GauthIp    *ip = gauth_arena_alloc(arena, sizeof(GauthIp));

	if (ip == NULL)
		return GAUTH_CALL_NO_MEMORY;
	if (!gauth_ip_parse(text, ip))
		return GAUTH_CALL_VALUE_ERROR;
	*result = (GauthValue)
	{
		.kind = GAUTH_VALUE_IPADDR,.ip = ip
	};
	return GAUTH_CALL_OK;
}

static GauthCallResult
construct(GauthArena *arena, GauthFunction function, GauthSpan text,
		  GauthValue *result)
{
	switch (function)
	{
		case GAUTH_FUNCTION_DECIMAL:
			result->kind = GAUTH_VALUE_DECIMAL;
			return gauth_decimal_parse(text, &result->number) ?
				GAUTH_CALL_OK : GAUTH_CALL_VALUE_ERROR;
		case GAUTH_FUNCTION_DATETIME:
			result->kind = GAUTH_VALUE_DATETIME;
			return gauth_datetime_parse(text, &result->number) ?
				GAUTH_CALL_OK : GAUTH_CALL_VALUE_ERROR;
		case GAUTH_FUNCTION_DURATION:
			result->kind = GAUTH_VALUE_DURATION;
			return gauth_duration_parse(text, &result->number) ?
				GAUTH_CALL_OK : GAUTH_CALL_VALUE_ERROR;
		default:
			return make_ip(arena, text, result);
	}
}

static bool
test(GauthFunction function, const GauthValue *args)
{
	switch (function)
	{
		case GAUTH_FUNCTION_LESS_THAN:
			return args[0].number < args[1].number;
		case GAUTH_FUNCTION_LESS_THAN_OR_EQUAL:
			return args[0].number <= args[1].number;
		case GAUTH_FUNCTION_GREATER_THAN:
			return args[0].number > args[1].number;
		case GAUTH_FUNCTION_GREATER_THAN_OR_EQUAL:
			return args[0].number >= args[1].number;
		case GAUTH_FUNCTION_IS_IPV4:
			return !args[0].ip->is_v6;
		case GAUTH_FUNCTION_IS_IPV6:
			return args[0].ip->is_v6;
		case GAUTH_FUNCTION_IS_LOOPBACK:
			return gauth_ip_is_loopback(args[0].ip);
		case GAUTH_FUNCTION_IS_MULTICAST:
			return gauth_ip_is_multicast(args[0].ip);
		default:
			return gauth_ip_is_in_range(args[0].ip, args[1].ip);
	}
}

static GauthCallResult
compute_time(GauthFunction function, const GauthValue *args,
			 GauthValue *result)
{
	bool		fits = true;
	int64_t		first = args[0].number;

	switch (function)
	{
		case GAUTH_FUNCTION_OFFSET:
			result->kind = GAUTH_VALUE_DATETIME;
			fits = !__builtin_add_overflow(first, args[1].number,
										   &result->number);
			break;
		case GAUTH_FUNCTION_DURATION_SINCE:
			result->kind = GAUTH_VALUE_DURATION;
			fits = !__builtin_sub_overflow(first, args[1].number,
										   &result->number);
			break;
		case GAUTH_FUNCTION_TO_DATE:
			result->kind = GAUTH_VALUE_DATETIME;
			fits = gauth_datetime_to_date(first, &result->number);
			break;
		default:
			result->kind = GAUTH_VALUE_DURATION;
			result->number = gauth_datetime_to_time(first);
			break;
	}
	return fits ? GAUTH_CALL_OK : GAUTH_CALL_VALUE_ERROR;
}

/* milliseconds in the unit of a to... method, rounded towards zero */
static int64_t
unit_of(GauthFunction function)
{
	switch (function)
	{
		case GAUTH_FUNCTION_TO_SECONDS:
			return 1000;
		case GAUTH_FUNCTION_TO_MINUTES:
			return 60 * 1000;
		case GAUTH_FUNCTION_TO_HOURS:
			return 60 * 60 * 1000;
		case GAUTH_FUNCTION_TO_DAYS:
			return GAUTH_DAY_MILLISECONDS;
		default:
			return 1;
	}
}

/*
 * gauth_function_call
 *		Call an extension function with "count" evaluated arguments.
 */
GauthCallResult
gauth_function_call(GauthArena *arena, GauthFunction function,
					const GauthValue *args, uint32_t count,
					GauthValue *result)
{
	const Signature *signature = &signatures[function];

	if (count != signature->arity)
		return GAUTH_CALL_ARITY_ERROR;
	if (args[0].kind != signature->first ||
		(count == 2 && args[1].kind != signature->second))
		return GAUTH_CALL_TYPE_ERROR;

	if (function <= GAUTH_FUNCTION_DURATION)
		return construct(arena, function, gauth_value_text(args[0]), result);
	if (function <= GAUTH_FUNCTION_IS_IN_RANGE)
	{
		*result = gauth_value_bool(test(function, args));
		return GAUTH_CALL_OK;
	}
	if (function <= GAUTH_FUNCTION_TO_TIME)
		return compute_time(function, args, result);
	*result = gauth_value_long(args[0].number / unit_of(function));
	return GAUTH_CALL_OK;
}
