/*
 * status.h
 *		What a function of the pure floors answers.
 *
 * Nothing below entry/ raises: a function returns a GauthStatus and, where
 * the caller passed a GauthError, says there what was wrong and where.  Only
 * entry/report.c turns a status into words for a person.
 */
#ifndef GAUTH_BASE_STATUS_H
#define GAUTH_BASE_STATUS_H

#include <stddef.h>

typedef enum GauthStatus
{
	GAUTH_OK = 0,

	/* the caller's resources and arguments */
	GAUTH_OUT_OF_MEMORY,
	GAUTH_INVALID_ARGUMENT,
	GAUTH_LIMIT_EXCEEDED,		/* larger or deeper than a limit allows */
	GAUTH_CRYPTO_FAILED,		/* a library call that cannot fail did */

	/* text that has to follow a grammar */
	GAUTH_INVALID_ENCODING,		/* base64url, hexadecimal, UTF-8 */
	GAUTH_INVALID_JSON,
	GAUTH_DUPLICATE_MEMBER,
	GAUTH_INVALID_SCOPE,
	GAUTH_INVALID_SYNTAX,		/* a policy, a schema */
	GAUTH_INVALID_VALUE,		/* well formed, of the wrong kind or range */

	/* policy stores */
	GAUTH_STORE_UNKNOWN,
	GAUTH_CAPABILITY_MISSING,

	/* the ledger */
	GAUTH_PRIMARY_NEEDED,		/* a standby, or a mirror, cannot write */
	GAUTH_CANNOT_RECORD,		/* no entry, so no answer */
	GAUTH_LEDGER_DAMAGED,		/* a part of what was sealed is missing */
	GAUTH_PROOF_INVALID,		/* it does not lead to the root */

	/* keys */
	GAUTH_KEY_MALFORMED,
	GAUTH_KEY_UNSUPPORTED,
	GAUTH_KEY_WEAK,
	GAUTH_KEY_PRIVATE,			/* a private half where none may be */
	GAUTH_KEY_LOCKED,			/* wrapped, and the root key is not there */
	GAUTH_ROOT_KEY_INVALID,		/* its file is unreadable or too short */

	/* tokens, before the signature has verified */
	GAUTH_TOKEN_MALFORMED,
	GAUTH_TOKEN_TOO_LARGE,
	GAUTH_ALGORITHM_REFUSED,
	GAUTH_HEADER_REFUSED,		/* crit, b64, a foreign typ */
	GAUTH_ISSUER_UNKNOWN,
	GAUTH_KEY_NOT_FOUND,
	GAUTH_SIGNATURE_INVALID,

	/* tokens, after it */
	GAUTH_TYPE_REFUSED,
	GAUTH_CLAIM_MISSING,
	GAUTH_CLAIM_INVALID,
	GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED,
	GAUTH_TOKEN_EXPIRED,
	GAUTH_TOKEN_NOT_YET_VALID,
	GAUTH_TOKEN_TOO_LONG_LIVED,
	GAUTH_TOKEN_REVOKED,

	GAUTH_STATUS_COUNT
} GauthStatus;

/* room for a claim's name or a parser's expectation, with its zero byte */
#define GAUTH_ERROR_DETAIL_MAX	160

typedef struct GauthError
{
	GauthStatus status;
	size_t		offset;			/* bytes into the input, if it has any */
	char		detail[GAUTH_ERROR_DETAIL_MAX]; /* names, never values */
} GauthError;

extern GauthStatus gauth_fail(GauthError *err, GauthStatus status,
							  const char *detail);
extern GauthStatus gauth_fail_at(GauthError *err, GauthStatus status,
								 size_t offset, const char *detail);
extern GauthStatus gauth_fail_format(GauthError *err, GauthStatus status,
									 size_t offset, const char *format,...)
			__attribute__((format(printf, 4, 5)));
extern const char *gauth_status_name(GauthStatus status);

#endif							/* GAUTH_BASE_STATUS_H */
