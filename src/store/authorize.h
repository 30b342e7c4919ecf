/*
 * authorize.h
 *		A decision of a policy store about one request, with everything that
 *		the server adds to it: principal, entities, context.
 */
#ifndef GAUTH_STORE_AUTHORIZE_H
#define GAUTH_STORE_AUTHORIZE_H

#include "postgres.h"

#include "policy/authorize.h"
#include "store/agent.h"
#include "store/entity_source.h"
#include "store/policy_store.h"

/* why it was denied before any policy was asked */
typedef enum GauthRefusal
{
	GAUTH_REFUSAL_NONE,
	GAUTH_REFUSAL_NO_IDENTITY,	/* nobody is authenticated */
	GAUTH_REFUSAL_NO_MAPPING,	/* the issuer's subjects are no principals */
	GAUTH_REFUSAL_NO_SCHEMA,	/* a strict store without a schema */
	GAUTH_REFUSAL_REQUEST,		/* the request does not fit the schema */
	GAUTH_REFUSAL_STORE,		/* a stored policy or schema is of no use */
	GAUTH_REFUSAL_EVALUATION	/* a limit, or an entity that failed to load */
} GauthRefusal;

/* what is asked */
typedef struct GauthAsk
{
	GauthSpan	store;
	const GauthUid *principal;	/* NULL: the identity of this transaction */
	const GauthUid *action;
	const GauthUid *resource;
	GauthSpan	context;		/* a JSON object; without data: none */
	const GauthEntityStore *brought;	/* entities of the request, or NULL */
	GauthSpan	mandate;		/* of a recorded request, whose principal is
								 * the agent under it; without data: none */
	const GauthPolicySet *set;	/* in place of the store's own, or NULL */
	bool		explain;		/* collect nearest misses */
} GauthAsk;

/* what came of it; in the arena, valid until the next decision */
typedef struct GauthAnswer
{
	bool		permit;
	GauthRefusal refusal;
	GauthError	error;			/* says more about a refusal */
	const GauthPolicyStore *store;
	const GauthPolicySet *set;	/* that decided */
	const GauthUid *principal;	/* NULL when there is none */
	const GauthUid *mandate;	/* NULL: the principal acts under none */
	GauthDecision decision;		/* empty after a refusal */
} GauthAnswer;

/*
 * What stays the same for all requests of one statement; zeroed by its owner,
 * who keeps it as long as the statement may run.
 */
typedef struct GauthSession
{
	MemoryContext memory;		/* of the owner's choice */
	MemoryContext kept;			/* holds what is below */
	uint64		statement;
	uint64		serial;			/* of the identity */
	uint64		generation;		/* of the policies */
	GauthSpan	name;			/* of the store */
	const GauthPolicyStore *store;
	GauthEntitySource *source;
	GauthRefusal identity_refusal;
	const GauthUid *identity;	/* the principal that the identity is */
	const GauthRecord *identity_context;	/* context.gauth for it */
	const GauthRecord *other_context;	/* context.gauth for others */
	GauthAgent	agent;			/* the identity under a mandate; without
								 * entities: it is under none */
	GauthContextFacts agent_facts;	/* with no approval among them */
	bool		any_approval;	/* under the mandate, of any action */
	bool		may_ask_for_others;
} GauthSession;

extern GauthStatus gauth_authorize(GauthSession *session, GauthArena *arena,
								   const GauthAsk *ask, GauthAnswer *answer,
								   GauthError *err);
extern const char *gauth_refusal_name(GauthRefusal refusal);

#endif							/* GAUTH_STORE_AUTHORIZE_H */
