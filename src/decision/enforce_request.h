/*
 * enforce_request.h
 *		An enforcement request (RFC 0117 section 4.1), read.
 *
 * What a caller says about a mandate's state is kept apart: only one who is
 * trusted with it is heard.
 */
#ifndef GAUTH_DECISION_ENFORCE_REQUEST_H
#define GAUTH_DECISION_ENFORCE_REQUEST_H

#include "base/json.h"
#include "decision/action.h"
#include "poa/credential.h"

/* limits of RFC 0117 section 15.7 */
#define GAUTH_ENFORCE_REQUEST_MAX	(64 * 1024)
#define GAUTH_ENFORCE_BATCH_MAX		50

typedef enum GauthCredentialFormat
{
	GAUTH_FORMAT_JWT,
	GAUTH_FORMAT_W3C_VC,
	GAUTH_FORMAT_SD_JWT
} GauthCredentialFormat;

/* RFC 0117 section 6.2: the request was not evaluated, which is a denial */
typedef enum GauthEnforceErrorCode
{
	GAUTH_ENFORCE_NO_ERROR,
	GAUTH_ENFORCE_INVALID_REQUEST,
	GAUTH_ENFORCE_CREDENTIAL_PARSE_ERROR,
	GAUTH_ENFORCE_ISSUER_UNREACHABLE,
	GAUTH_ENFORCE_EVALUATION_TIMEOUT,
	GAUTH_ENFORCE_INTERNAL_ERROR
} GauthEnforceErrorCode;

typedef struct GauthEnforceError
{
	GauthEnforceErrorCode code;
	GauthSpan	request_id;		/* empty when it is not known */
	GauthSpan	failed_field;	/* of an invalid request, or empty */
	const char *rule;			/* what is wrong with it; static */
} GauthEnforceError;

/* how much of a session is used up, as the caller counts */
typedef struct GauthSessionState
{
	bool		given;
	int64_t		tool_calls_used;	/* or absent */
	int64_t		lines_committed;	/* or absent */
	int64_t		started_at;		/* seconds, or absent */
	int64_t		cost_cents;		/* or absent */
} GauthSessionState;

/* an absent text is empty, an absent number GAUTH_ABSENT */
typedef struct GauthEnforceRequest
{
	GauthSpan	request_id;
	int64_t		timestamp;		/* seconds; the caller's clock */

	/* action */
	GauthSpan	verb;			/* canonical, or as written if it is none */
	bool		verb_good;		/* it is one */
	GauthActionClass action;
	GauthSpan	resource;
	GauthSpan	resource_type;
	GauthSpan	sector;
	GauthSpan	region;
	GauthSpan	transaction_type;
	GauthSpan	decision_type;
	const GauthJson *parameters;	/* an object, or NULL */

	/* parameters.  Only the first is of the RFC. */
	int64_t		amount_cents;
	int64_t		file_size;		/* bytes */
	int64_t		lines;			/* of this change */
	int64_t		delegation_depth;	/* of the chain before this delegation */
	GauthSpan	command;
	GauthSpan	environment;	/* dev, staging, prod, or of the caller */
	GauthSpan	domain;			/* of an external API */
	GauthFlag	auto_deploy;
	GauthFlag	verified;		/* a package */
	GauthSpan	hold;			/* of the budget, taken by the caller */

	/* agent */
	GauthSpan	agent;
	GauthSpan	service;
	GauthSpan	session;
	GauthSpan	did;

	/* credential */
	GauthCredentialFormat format;
	GauthSpan	token;
	GauthSpan	mandate;
	const GauthJson *snapshot;	/* poa_snapshot, or NULL */

	/* context */
	GauthSessionState state;
	const GauthJson *live;		/* live_mandate_state, or NULL */
} GauthEnforceRequest;

extern GauthStatus gauth_enforce_parse(GauthArena *arena, GauthSpan text,
									   const GauthJson **json,
									   GauthEnforceError *error);
extern GauthStatus gauth_enforce_parse_batch(GauthArena *arena,
											 GauthSpan text,
											 const GauthJson **json,
											 GauthEnforceError *error);
extern GauthStatus gauth_enforce_read_request(GauthArena *arena,
											  const GauthJson *json,
											  bool trusted,
											  GauthEnforceRequest *request,
											  GauthEnforceError *error);
extern GauthStatus gauth_enforce_read_reference(GauthArena *arena,
												const GauthJson *json,
												bool trusted,
												GauthEnforceRequest *request,
												GauthEnforceError *error);

#endif							/* GAUTH_DECISION_ENFORCE_REQUEST_H */
