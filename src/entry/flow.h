/*
 * flow.h
 *		What the three flows have in common: asking for a decision.
 */
#ifndef GAUTH_ENTRY_FLOW_H
#define GAUTH_ENTRY_FLOW_H

#include "postgres.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"

/* an action that is to be decided; an empty text is absent */
typedef struct GauthFlowAction
{
	GauthSpan	request_id;
	GauthSpan	agent;
	GauthSpan	session;
	GauthSpan	verb;
	GauthSpan	resource;		/* where the document has none */
	const GauthJson *document;	/* where the other members are taken from */
	GauthSpan	token;			/* the credential: a token, or else */
	GauthSpan	mandate;		/* the name of a mandate */
} GauthFlowAction;

extern Datum gauth_flow_decide(GauthArena *arena,
							   const GauthFlowAction *action,
							   bool *permitted);

#endif							/* GAUTH_ENTRY_FLOW_H */
