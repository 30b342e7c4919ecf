/*
 * status.c
 *		Filling in a GauthError, and the names of the statuses.
 *
 * The names are machine-readable codes: they appear in the DETAIL of an
 * error and in the "reason" of gauth.inspect_token, so they are part of the
 * interface.
 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const status_names[GAUTH_STATUS_COUNT] = {
	[GAUTH_OK] = "OK",
	[GAUTH_OUT_OF_MEMORY] = "OUT_OF_MEMORY",
	[GAUTH_INVALID_ARGUMENT] = "INVALID_ARGUMENT",
	[GAUTH_LIMIT_EXCEEDED] = "LIMIT_EXCEEDED",
	[GAUTH_CRYPTO_FAILED] = "CRYPTO_FAILED",
	[GAUTH_INVALID_ENCODING] = "INVALID_ENCODING",
	[GAUTH_INVALID_JSON] = "INVALID_JSON",
	[GAUTH_DUPLICATE_MEMBER] = "DUPLICATE_MEMBER",
	[GAUTH_INVALID_SCOPE] = "INVALID_SCOPE",
	[GAUTH_INVALID_SYNTAX] = "INVALID_SYNTAX",
	[GAUTH_INVALID_VALUE] = "INVALID_VALUE",
	[GAUTH_STORE_UNKNOWN] = "STORE_UNKNOWN",
	[GAUTH_CAPABILITY_MISSING] = "CAPABILITY_MISSING",
	[GAUTH_PRIMARY_NEEDED] = "PRIMARY_NEEDED",
	[GAUTH_CANNOT_RECORD] = "CANNOT_RECORD",
	[GAUTH_LEDGER_DAMAGED] = "LEDGER_DAMAGED",
	[GAUTH_PROOF_INVALID] = "PROOF_INVALID",
	[GAUTH_KEY_MALFORMED] = "KEY_MALFORMED",
	[GAUTH_KEY_UNSUPPORTED] = "KEY_UNSUPPORTED",
	[GAUTH_KEY_WEAK] = "KEY_WEAK",
	[GAUTH_KEY_PRIVATE] = "KEY_PRIVATE",
	[GAUTH_KEY_LOCKED] = "KEY_LOCKED",
	[GAUTH_ROOT_KEY_INVALID] = "ROOT_KEY_INVALID",
	[GAUTH_TOKEN_MALFORMED] = "TOKEN_MALFORMED",
	[GAUTH_TOKEN_TOO_LARGE] = "TOKEN_TOO_LARGE",
	[GAUTH_ALGORITHM_REFUSED] = "ALGORITHM_REFUSED",
	[GAUTH_HEADER_REFUSED] = "HEADER_REFUSED",
	[GAUTH_ISSUER_UNKNOWN] = "ISSUER_UNKNOWN",
	[GAUTH_KEY_NOT_FOUND] = "KEY_NOT_FOUND",
	[GAUTH_SIGNATURE_INVALID] = "SIGNATURE_INVALID",
	[GAUTH_TYPE_REFUSED] = "TYPE_REFUSED",
	[GAUTH_CLAIM_MISSING] = "CLAIM_MISSING",
	[GAUTH_CLAIM_INVALID] = "CLAIM_INVALID",
	[GAUTH_ISSUER_REFUSED] = "ISSUER_REFUSED",
	[GAUTH_AUDIENCE_REFUSED] = "AUDIENCE_REFUSED",
	[GAUTH_TOKEN_EXPIRED] = "TOKEN_EXPIRED",
	[GAUTH_TOKEN_NOT_YET_VALID] = "TOKEN_NOT_YET_VALID",
	[GAUTH_TOKEN_TOO_LONG_LIVED] = "TOKEN_TOO_LONG_LIVED",
	[GAUTH_TOKEN_REVOKED] = "TOKEN_REVOKED",
};

/*
 * gauth_status_name
 *		The code of a status, as clients see it.
 */
const char *
gauth_status_name(GauthStatus status)
{
	if ((unsigned) status >= GAUTH_STATUS_COUNT)
		return "INVALID_STATUS";
	return status_names[status];
}

/*
 * gauth_fail_format
 *		Record a failure with a composed detail; returns "status".
 *
 * "err" may be NULL: a caller in a hurry wants only the status.
 */
GauthStatus
gauth_fail_format(GauthError *err, GauthStatus status, size_t offset,
				  const char *format,...)
{
	va_list		args;

	if (err == NULL)
		return status;

	err->status = status;
	err->offset = offset;
	va_start(args, format);
	(void) vsnprintf(err->detail, sizeof(err->detail), format, args);
	va_end(args);
	return status;
}

/*
 * gauth_fail_at
 *		Record a failure at "offset" bytes into the input; returns "status".
 */
GauthStatus
gauth_fail_at(GauthError *err, GauthStatus status, size_t offset,
			  const char *detail)
{
	return gauth_fail_format(err, status, offset, "%s", detail);
}

/*
 * gauth_fail
 *		Record a failure that has no place in the input; returns "status".
 */
GauthStatus
gauth_fail(GauthError *err, GauthStatus status, const char *detail)
{
	return gauth_fail_at(err, status, 0, detail);
}
