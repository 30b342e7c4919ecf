/*
 * extension.h
 *		Cedar's extension types: decimal, ipaddr, datetime, duration.
 *
 * The constructors take the text between the quotes; they answer
 * GAUTH_INVALID_VALUE for a text that is none of theirs.
 */
#ifndef GAUTH_POLICY_EXTENSION_H
#define GAUTH_POLICY_EXTENSION_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "policy/ast.h"
#include "policy/value.h"

#define GAUTH_DECIMAL_SCALE		10000
#define GAUTH_DAY_MILLISECONDS	INT64_C(86400000)

/* room for any text that the writers below make, with its zero byte */
#define GAUTH_EXTENSION_TEXT_MAX	64

/* what calling a function came to */
typedef enum GauthCallResult
{
	GAUTH_CALL_OK,
	GAUTH_CALL_TYPE_ERROR,		/* an argument of the wrong type */
	GAUTH_CALL_ARITY_ERROR,		/* too many arguments, or too few */
	GAUTH_CALL_VALUE_ERROR,		/* not a decimal, out of range, ... */
	GAUTH_CALL_NO_MEMORY
} GauthCallResult;

extern bool gauth_decimal_parse(GauthSpan text, int64_t *decimal);
extern bool gauth_ip_parse(GauthSpan text, GauthIp *ip);
extern bool gauth_datetime_parse(GauthSpan text, int64_t *datetime);
extern bool gauth_duration_parse(GauthSpan text, int64_t *duration);

extern size_t gauth_decimal_write(int64_t decimal, char *text);
extern size_t gauth_ip_write(const GauthIp *ip, char *text);
extern size_t gauth_duration_write(int64_t duration, char *text);

extern bool gauth_ip_is_in_range(const GauthIp *ip, const GauthIp *range);
extern bool gauth_ip_is_loopback(const GauthIp *ip);
extern bool gauth_ip_is_multicast(const GauthIp *ip);
extern bool gauth_datetime_to_date(int64_t datetime, int64_t *date);
extern int64_t gauth_datetime_to_time(int64_t datetime);

extern GauthCallResult gauth_function_call(GauthArena *arena,
										   GauthFunction function,
										   const GauthValue *args,
										   uint32_t count,
										   GauthValue *result);

#endif							/* GAUTH_POLICY_EXTENSION_H */
