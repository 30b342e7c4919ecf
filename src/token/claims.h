/*
 * claims.h
 *		The claims of a JWT (RFC 7519 section 4) and the rules they must meet.
 */
#ifndef GAUTH_TOKEN_CLAIMS_H
#define GAUTH_TOKEN_CLAIMS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/span.h"
#include "base/status.h"

/* the end of the year 9999, the last second that a date has a place for */
#define GAUTH_TIME_MAX		INT64_C(253402300799)
#define GAUTH_LEEWAY_MAX	600 /* seconds */

typedef struct GauthClaims
{
	const GauthJson *json;		/* the object, whole */
	GauthSpan	issuer;
	GauthSpan	subject;
	GauthSpan	token_id;
	const GauthJson *audience;	/* a string, an array of strings, or NULL */
	int64_t		expires_at;		/* seconds since 1970 */
	int64_t		not_before;
	int64_t		issued_at;
	bool		has_issuer;
	bool		has_subject;
	bool		has_token_id;
	bool		has_expires_at;
	bool		has_not_before;
	bool		has_issued_at;
} GauthClaims;

typedef struct GauthClaimRules
{
	int64_t		now;			/* seconds since 1970 */
	int64_t		leeway;			/* seconds, 0 to GAUTH_LEEWAY_MAX */
	int64_t		max_lifetime;	/* seconds; 0 = no cap */
	const GauthSpan *issuer;	/* NULL = any, or none */
	const GauthSpan *audiences; /* one of them must be named */
	int			audience_count; /* 0: a token for somebody is refused */
	const GauthSpan *required;	/* names of claims that must be there */
	int			required_count;
	GauthSpan	nonce;			/* empty = any, or none */
	GauthSpan	client;			/* whose ID token it is; empty = no matter */
} GauthClaimRules;

extern GauthStatus gauth_claims_read(GauthArena *arena, GauthSpan payload,
									 GauthClaims *claims, GauthError *err);
extern GauthStatus gauth_claims_check(const GauthClaims *claims,
									  const GauthClaimRules *rules,
									  GauthError *err);
extern GauthStatus gauth_claims_scope(GauthArena *arena,
									  const GauthClaims *claims,
									  GauthSpan *scope, GauthError *err);
extern bool gauth_claims_is_registered(GauthSpan name);

#endif							/* GAUTH_TOKEN_CLAIMS_H */
