/*
 * extended.h
 *		The claims of an extended token (RFC 0116 section 5, appendix C).
 */
#ifndef GAUTH_POA_EXTENDED_H
#define GAUTH_POA_EXTENDED_H

#include "crypto/algorithm.h"
#include "poa/credential.h"
#include "token/claims.h"
#include "token/jws.h"

/* section 5.6: more than this is not issued */
#define GAUTH_EXTENDED_MAX		4096

/* "sha256:" and hexadecimal digits in lower case */
#define GAUTH_CHECKSUM_LENGTH	(sizeof("sha256:") - 1 + 64)

/* what the token says; points into the claims */
typedef struct GauthExtended
{
	GauthSpan	version;
	GauthSpan	credential;		/* the mandate it is about */
	GauthSpan	customer;
	GauthSpan	project;
	GauthSpan	issued_by;
	GauthProfile profile;
	GauthPhase	phase;
	GauthApproval approval;
	GauthSpan	scope_checksum;
	GauthSpan	tool_permissions_hash;
	GauthSpan	platform_permissions_hash;
	bool		has_mandate;	/* the namespace "gauth_mandate" is there */
	GauthSpan	mandate;
	GauthSpan	mandate_status;
	int64_t		budget_total;	/* cents, or absent */
	int64_t		budget_remaining;
	GauthSpan	capability_hash;	/* empty when absent */
} GauthExtended;

/* what is said about a mandate in a token that is being issued */
typedef struct GauthExtendedSource
{
	GauthSpan	issuer;
	GauthSpan	subject;		/* the agent */
	const GauthSpan *audiences;
	int			audience_count;
	GauthSpan	token_id;
	GauthSpan	mandate;
	GauthSpan	scope;			/* scope tokens; without data: none */
	const GauthCredential *credential;
	GauthSpan	scope_checksum;
	GauthSpan	tool_permissions_hash;
	GauthSpan	platform_permissions_hash;
	GauthSpan	capability_hash;
	int64_t		budget_total;
	int64_t		budget_remaining;
	int64_t		issued_at;		/* seconds, as is "nbf" */
	int64_t		expires_at;
} GauthExtendedSource;

extern bool gauth_extended_is(const GauthClaims *claims);
extern bool gauth_extended_algorithm(GauthAlgorithm algorithm);
extern GauthStatus gauth_extended_check_header(const GauthJws *jws,
											   GauthError *err);
extern GauthStatus gauth_extended_read(const GauthClaims *claims,
									   GauthExtended *extended,
									   GauthError *err);
extern GauthStatus gauth_extended_write(GauthArena *arena,
										const GauthExtendedSource *source,
										GauthSpan *payload);

#endif							/* GAUTH_POA_EXTENDED_H */
