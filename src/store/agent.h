/*
 * agent.h
 *		Who acts, as policies see it: context.gauth, and an agent below its
 *		mandates.
 */
#ifndef GAUTH_STORE_AGENT_H
#define GAUTH_STORE_AGENT_H

#include "postgres.h"

#include "policy/entity.h"
#include "store/mandate.h"

/* types of the schema's own fragment; nobody else makes entities of these */
#define GAUTH_AGENT_TYPE	"GAuth::Agent"
#define GAUTH_RESOURCE_TYPE	"GAuth::Resource"

/* what context.gauth says; what is empty or NULL is left out of it */
typedef struct GauthContextFacts
{
	int64		now;			/* milliseconds since 1970 */
	GauthSpan	issuer;
	GauthSpan	subject;
	GauthSpan	scope;			/* canonical */
	GauthSpan	token_id;
	const GauthUid *mandate;
	bool		has_approvals;
	const GauthSpan *approvers; /* parties */
	uint32		approver_count;
	int64		budget_total;	/* cents, or GAUTH_ABSENT */
	int64		budget_remaining;	/* cents, or GAUTH_ABSENT */
	const GauthRecord *request;
} GauthContextFacts;

/* an agent that acts under a mandate */
typedef struct GauthAgent
{
	const GauthUid *uid;
	const GauthUid *mandate;	/* NULL: under none that has a name */
	GauthEntityStore *entities; /* both, and the mandates above; open for more
								 * until it is closed */
} GauthAgent;

/* the entities that are ours, and behind them those of a policy store */
typedef struct GauthAgentSources
{
	GauthEntityLoader ours;
	GauthEntityLoader theirs;
} GauthAgentSources;

extern GauthStatus gauth_context_make(GauthArena *arena,
									  const GauthContextFacts *facts,
									  const GauthRecord **context);
extern GauthStatus gauth_agent_make(GauthArena *arena, GauthSpan id,
									GauthSpan mandate, GauthAgent *agent);
extern GauthStatus gauth_agent_climb(GauthArena *arena,
									 const GauthAgent *agent,
									 const GauthMandate *mandate,
									 TimestampTz at);
extern GauthEntityLoader gauth_agent_loader(GauthAgentSources *sources);

#endif							/* GAUTH_STORE_AGENT_H */
