/*
 * chain.c
 *		Whether everybody stands from whom a mandate's power comes (RFC 0111
 *		section 6: powers are verified, and so are the legal capacity of the
 *		principal and the position of who represents it).
 *
 * The parties change seldom and are asked about at every decision: the answer
 * is remembered until one of their tables changes, or until the instant comes
 * at which a position or a proof begins or ends.
 */
#include "store/chain.h"

#include "utils/memutils.h"

#include "store/cache.h"
#include "store/memory.h"

/* that a session remembers */
#define CHAINS_MAX		10000

static GauthCache cache = {
	.title = "gauth chains of authority",
	.group = GAUTH_GROUP_PARTIES,
};

typedef struct Answer
{
	GauthChainFault fault;
	GauthMoment moment;
} Answer;

/* a person or an organisation that has to be there and able */
static bool
stands(GauthSpan name)
{
	GauthParty	party;

	return gauth_party_find(name, &party) && gauth_party_stands(&party);
}

/*
 * The agent itself, or the one that stands in for it.  Whether somebody else
 * presents the mandate is not asked here.
 */
static GauthChainFault
check_agent(const GauthMandate *mandate, GauthSpan agent)
{
	if (!gauth_span_equal(agent, mandate->agent) &&
		!gauth_party_succeeds(mandate->agent, agent))
		return GAUTH_CHAIN_GOOD;
	return stands(agent) ? GAUTH_CHAIN_GOOD : GAUTH_CHAIN_AGENT_INACTIVE;
}

/*
 * Step V of RFC 0111, and who has taken it.  An agent that was brought in for
 * nobody acts for who gives it a mandate, and for nobody else.
 */
static GauthChainFault
check_owner(const GauthMandate *mandate, GauthClient *client,
			GauthMoment *moment)
{
	GauthRepresentative owner;

	if (!gauth_client_find(mandate->agent, client))
	{
		client->principal = mandate->issued_by;
		return GAUTH_CHAIN_GOOD;
	}
	if (!client->active)
		return GAUTH_CHAIN_CLIENT_UNAUTHORIZED;
	if (!stands(client->principal))
		return GAUTH_CHAIN_PRINCIPAL_INCAPABLE;
	if (gauth_span_equal(client->owner, client->principal))
		return GAUTH_CHAIN_GOOD;
	if (!stands(client->owner))
		return GAUTH_CHAIN_OWNER_INCAPABLE;
	if (!gauth_representative_find(client->principal, client->owner,
								   GAUTH_CLIENT_OWNER, &owner) ||
		!gauth_representative_stands(&owner, moment))
		return GAUTH_CHAIN_OWNER_NOT_IN_FORCE;
	return GAUTH_CHAIN_GOOD;
}

/* who gave the mandate at the top: the principal, or somebody for it */
static GauthChainFault
check_issuer(GauthSpan issuer, const GauthClient *client, GauthMoment *moment)
{
	static const char *const kinds[] = {
		GAUTH_OWNER_AUTHORIZER, GAUTH_CLIENT_OWNER, "other"
	};
	GauthRepresentative position;
	GauthSpan	person;
	size_t		i;

	if (!stands(issuer))
		return GAUTH_CHAIN_ISSUER_INCAPABLE;
	if (!gauth_party_root(issuer, moment->at, &person))
		return GAUTH_CHAIN_NO_PERSON;
	if (gauth_span_equal(issuer, client->principal))
		return GAUTH_CHAIN_GOOD;
	for (i = 0; i < lengthof(kinds); i++)
	{
		if (gauth_representative_find(client->principal, issuer, kinds[i],
									  &position) &&
			gauth_representative_stands(&position, moment))
			return GAUTH_CHAIN_GOOD;
	}
	return GAUTH_CHAIN_ISSUER_NOT_IN_FORCE;
}

/*
 * Up to the mandate that was not delegated.  Every agent on the way has to
 * stand: what it has handed on is its own power.
 */
static GauthChainFault
check_chain(const GauthMandate *mandate, GauthSpan agent, GauthMoment *moment)
{
	GauthMandate current = *mandate;
	GauthClient client;
	GauthChainFault fault = check_agent(mandate, agent);

	while (fault == GAUTH_CHAIN_GOOD)
	{
		GauthSpan	parent = current.parent;

		fault = check_owner(&current, &client, moment);
		if (fault != GAUTH_CHAIN_GOOD || parent.data == NULL)
			break;
		if (!gauth_mandate_find(parent, moment->at, &current))
			return GAUTH_CHAIN_ISSUER_NOT_IN_FORCE;
		if (!stands(current.agent))
			return GAUTH_CHAIN_AGENT_INACTIVE;
	}
	if (fault == GAUTH_CHAIN_GOOD)
		fault = check_issuer(current.issued_by, &client, moment);
	return fault;
}

/* of a mandate and who acts under it; a name has no zero byte */
static GauthSpan
make_key(MemoryContext context, GauthSpan mandate, GauthSpan agent)
{
	char	   *key = MemoryContextAlloc(context, mandate.len + agent.len + 1);

	memcpy(key, mandate.data, mandate.len);
	key[mandate.len] = '\0';
	if (agent.len > 0)
		memcpy(key + mandate.len + 1, agent.data, agent.len);
	return gauth_span(key, mandate.len + agent.len + 1);
}

static Answer *
ask(const GauthMandate *mandate, GauthSpan agent, TimestampTz at)
{
	Answer	   *answer = MemoryContextAlloc(cache.context, sizeof(Answer));
	MemoryContext scratch;
	MemoryContext caller;

	scratch = AllocSetContextCreate(CurrentMemoryContext, "gauth chain",
									ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	answer->moment = gauth_moment(at);
	answer->fault = check_chain(mandate, agent, &answer->moment);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return answer;
}

/*
 * gauth_chain_fault
 *		What is wrong with the chain from the agent that acts up to a natural
 *		person, at the instant.
 */
GauthChainFault
gauth_chain_fault(const GauthMandate *mandate, GauthSpan agent,
				  TimestampTz at)
{
	GauthSpan	key = make_key(CurrentMemoryContext, mandate->id, agent);
	Answer	   *answer;

	gauth_cache_limit(&cache, CHAINS_MAX);
	answer = gauth_cache_find(&cache, key);
	if (answer == NULL || at < answer->moment.at ||
		at >= answer->moment.until)
	{
		answer = ask(mandate, agent, at);
		gauth_cache_add(&cache, make_key(cache.context, mandate->id, agent),
						answer);
	}
	return answer->fault;
}
