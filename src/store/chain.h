/*
 * chain.h
 *		Whether everybody stands from whom a mandate's power comes.
 */
#ifndef GAUTH_STORE_CHAIN_H
#define GAUTH_STORE_CHAIN_H

#include "postgres.h"

#include "store/mandate.h"
#include "store/party.h"

/* the first that does not stand, from the agent up */
typedef enum GauthChainFault
{
	GAUTH_CHAIN_GOOD,
	GAUTH_CHAIN_AGENT_INACTIVE,
	GAUTH_CHAIN_CLIENT_UNAUTHORIZED,
	GAUTH_CHAIN_PRINCIPAL_INCAPABLE,
	GAUTH_CHAIN_OWNER_INCAPABLE,
	GAUTH_CHAIN_OWNER_NOT_IN_FORCE,
	GAUTH_CHAIN_ISSUER_INCAPABLE,
	GAUTH_CHAIN_ISSUER_NOT_IN_FORCE,
	GAUTH_CHAIN_NO_PERSON,
	GAUTH_CHAIN_FAULT_COUNT
} GauthChainFault;

extern GauthChainFault gauth_chain_fault(const GauthMandate *mandate,
										 GauthSpan agent, TimestampTz at);

#endif							/* GAUTH_STORE_CHAIN_H */
