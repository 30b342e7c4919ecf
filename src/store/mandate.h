/*
 * mandate.h
 *		Mandates as a decision sees them: the document, parsed once, and the
 *		row, read anew every time.
 */
#ifndef GAUTH_STORE_MANDATE_H
#define GAUTH_STORE_MANDATE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "crypto/digest.h"
#include "poa/credential.h"
#include "poa/lifecycle.h"

/* columns, in the order of the install script */
enum
{
	MANDATE_ID = 1,
	MANDATE_DOCUMENT,
	MANDATE_DOCUMENT_HASH,
	MANDATE_VERSION,
	MANDATE_AGENT,
	MANDATE_CUSTOMER,
	MANDATE_PROJECT,
	MANDATE_ISSUED_BY,
	MANDATE_APPROVERS,
	MANDATE_PROFILE,
	MANDATE_SCOPE_CHECKSUM,
	MANDATE_TOOL_PERMISSIONS_HASH,
	MANDATE_PLATFORM_PERMISSIONS_HASH,
	MANDATE_STATUS,
	MANDATE_REASON,
	MANDATE_SUSPENDED_WITH,
	MANDATE_PARENT,
	MANDATE_DEPTH,
	MANDATE_BUDGET_TOTAL,
	MANDATE_BUDGET_REMAINING,
	MANDATE_TTL_SECONDS,
	MANDATE_EVENTS,
	MANDATE_CREATED_AT,
	MANDATE_ACTIVATED_AT,
	MANDATE_EXPIRES_AT,
	MANDATE_ENDED_AT
};
enum
{
	CONSUMPTION_REQUEST_ID = 1,
	CONSUMPTION_MANDATE,
	CONSUMPTION_CENTS,
	CONSUMPTION_REMAINING,
	CONSUMPTION_REPORTED_BY,
	CONSUMPTION_REPORTED_AT
};
enum
{
	HOLD_MANDATE = 1,
	HOLD_ID,
	HOLD_CENTS,
	HOLD_HELD_BY,
	HOLD_HELD_AT,
	HOLD_EXPIRES_AT
};
enum
{
	REQUEST_MANDATE = 1,
	REQUEST_ID,
	REQUEST_VERB,
	REQUEST_RESOURCE,
	REQUEST_CENTS,
	REQUEST_NEEDED,
	REQUEST_REQUESTED_BY,
	REQUEST_REASON,
	REQUEST_STATUS,
	REQUEST_REQUESTED_AT,
	REQUEST_DECIDED_AT,
	REQUEST_EXPIRES_AT
};
enum
{
	APPROVAL_REQUEST = 1,
	APPROVAL_APPROVER,
	APPROVAL_MANDATE,
	APPROVAL_APPROVED,
	APPROVAL_COMMENT,
	APPROVAL_DECIDED_AT
};
enum
{
	SESSION_MANDATE = 1,
	SESSION_SESSION,
	SESSION_STARTED_AT,
	SESSION_TOOL_CALLS
};

/*
 * A mandate at a point in time.  Texts are copies in the memory context of
 * the call; the credential is remembered by the session, and stays until
 * hundreds of others have been read.
 */
typedef struct GauthMandate
{
	GauthSpan	id;
	int64		version;		/* of the document */
	GauthSpan	agent;
	GauthSpan	customer;
	GauthSpan	project;
	GauthSpan	issued_by;		/* a party */
	GauthSpan	scope_checksum; /* "sha256:" and hexadecimal, as all three */
	GauthSpan	tool_permissions_hash;
	GauthSpan	platform_permissions_hash;
	GauthMandateStatus status;	/* EXPIRED as soon as its time is up */
	GauthMandateStatus stored;	/* as the row has it */
	GauthSpan	suspended_with; /* without data: by itself */
	GauthSpan	parent;			/* without data: none */
	int			depth;			/* mandates above it */
	int64		budget_total;	/* cents */
	int64		budget_remaining;	/* cents, those on hold included */
	int64		ttl_seconds;
	TimestampTz created_at;
	TimestampTz activated_at;	/* DT_NOBEGIN in a draft */
	TimestampTz expires_at;		/* DT_NOEND in a draft */
	const GauthCredential *credential;
} GauthMandate;

/* an action that an approval may be about */
typedef struct GauthApprovalQuery
{
	GauthSpan	mandate;
	GauthSpan	verb;			/* a URN */
	GauthSpan	resource;		/* empty: none */
	int64		cents;			/* 0: no money */
} GauthApprovalQuery;

typedef struct GauthMandateSession
{
	TimestampTz started_at;
	int64		tool_calls;
} GauthMandateSession;

extern bool gauth_mandate_find(GauthSpan id, TimestampTz at,
							   GauthMandate *mandate);
extern int64 gauth_mandate_held(GauthSpan id, TimestampTz at,
								GauthSpan except);
extern int64 gauth_mandate_available(const GauthMandate *mandate,
									 TimestampTz at, GauthSpan except);
extern bool gauth_mandate_hold(GauthSpan id, GauthSpan hold, TimestampTz at,
							   int64 *cents);
extern int	gauth_mandate_approvals(const GauthApprovalQuery *query,
									TimestampTz at, GauthSpan **approvers);
extern bool gauth_mandate_has_approvals(GauthSpan id, TimestampTz at);
extern bool gauth_mandate_session(GauthSpan id, GauthSpan session,
								  GauthMandateSession *found);
extern GauthStatus gauth_mandate_parse(GauthArena *arena, GauthSpan document,
									   GauthCredentialForm form,
									   GauthCredential *credential,
									   GauthProblems *problems,
									   GauthError *err);
extern void gauth_mandate_hash(GauthSpan document,
							   uint8 hash[GAUTH_SHA256_SIZE]);
extern const char *gauth_mandate_status_name(GauthMandateStatus status);
extern bool gauth_mandate_is_over(GauthMandateStatus status);

#endif							/* GAUTH_STORE_MANDATE_H */
