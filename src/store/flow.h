/*
 * flow.h
 *		Grants, and the other side of a transaction.
 */
#ifndef GAUTH_STORE_FLOW_H
#define GAUTH_STORE_FLOW_H

#include "postgres.h"

#include "store/party.h"

/* columns of gauth.authorization_grant, in the order of the install script */
enum
{
	GRANT_ID = 1,
	GRANT_MANDATE,
	GRANT_AGENT,
	GRANT_SERVER,
	GRANT_SCOPE,
	GRANT_REQUEST,
	GRANT_GRANTED_AT,
	GRANT_EXPIRES_AT,
	GRANT_USED_AT,
	GRANT_TOKEN_ID,
	GRANT_REVOKED_AT,
	GRANT_CODE_CHALLENGE
};

enum
{
	TRANSACTION_ID = 1,
	TRANSACTION_MANDATE,
	TRANSACTION_AGENT,
	TRANSACTION_VERB,
	TRANSACTION_RESOURCE,
	TRANSACTION_TYPE,
	TRANSACTION_CENTS,
	TRANSACTION_TOKEN_ID,
	TRANSACTION_PARTNER,
	TRANSACTION_PROCESSED_AT
};

/* texts are copies in the memory context of the call */
typedef struct GauthGrant
{
	GauthSpan	id;
	GauthSpan	mandate;
	GauthSpan	agent;
	GauthSpan	server;
	GauthSpan	scope;			/* canonical */
	GauthSpan	challenge;		/* of RFC 7636; without data: none */
	TimestampTz expires_at;
	bool		used;
	bool		revoked;
} GauthGrant;

extern GauthSpan gauth_flow_mandate(GauthSpan agent, GauthSpan project,
									TimestampTz at);
extern bool gauth_grant_find(GauthSpan id, GauthGrant *grant);
extern const char *gauth_counterparty_reason(const GauthResourceServer *server,
											 GauthMoment *moment);

#endif							/* GAUTH_STORE_FLOW_H */
