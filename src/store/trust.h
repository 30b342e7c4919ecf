/*
 * trust.h
 *		How far agents are trusted (RFC 0117 CHK-17).
 */
#ifndef GAUTH_STORE_TRUST_H
#define GAUTH_STORE_TRUST_H

#include "postgres.h"

#include "poa/credential.h"

/* columns of gauth.agent_trust */
enum
{
	TRUST_AGENT = 1,
	TRUST_LOCAL_CLASS,
	TRUST_ATTESTED_CLASS
};

extern void gauth_trust_of_agent(GauthSpan agent, GauthTrust *local,
								 GauthTrust *attested);

#endif							/* GAUTH_STORE_TRUST_H */
