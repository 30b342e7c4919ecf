/*
 * mandate_rule.c
 *		What has to be true of the parties before power is given (RFC 0111
 *		sections 5 and 6).
 */
#include "entry/mandate_rule.h"

#include "entry/report.h"
#include "poa/narrow.h"
#include "store/memory.h"
#include "store/party.h"

/*
 * gauth_mandate_require_person
 *		A natural person answers for the party.
 */
void
gauth_mandate_require_person(GauthSpan party, TimestampTz at)
{
	GauthSpan	person;

	if (!gauth_party_root(party, at, &person))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/*
 * gauth_mandate_require_issuer
 *		Who is named as giving the power is who acts, and is no agent.
 */
void
gauth_mandate_require_issuer(const GauthMandateChange *change,
							 const GauthCredential *credential)
{
	if (change->is_agent ||
		!gauth_span_equal(credential->issued_by, change->actor))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_mandate_require_person(change->actor, change->now);
}

/*
 * gauth_mandate_require_agent
 *		Only an agent of the register can be empowered, and not one whose
 *		authorization as a client was taken back.
 */
void
gauth_mandate_require_agent(GauthSpan agent)
{
	GauthParty	party;
	GauthClient client;

	if (!gauth_party_find(agent, &party) || party.kind != GAUTH_PARTY_AGENT ||
		!gauth_party_stands(&party))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (gauth_client_find(agent, &client) && !client.active)
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

static bool
find_position(GauthSpan principal, GauthSpan issuer, TimestampTz at,
			  GauthRepresentative *position)
{
	GauthMoment moment = gauth_moment(at);

	return (gauth_representative_find(principal, issuer, GAUTH_CLIENT_OWNER,
									  position) &&
			gauth_representative_stands(position, &moment)) ||
		(gauth_representative_find(principal, issuer, GAUTH_OWNER_AUTHORIZER,
								   position) &&
		 gauth_representative_stands(position, &moment));
}

/* nobody gives more than he has */
static void
check_powers(const GauthRepresentative *position,
			 const GauthCredential *credential)
{
	GauthArena	arena;
	GauthJson  *json;
	GauthPowers powers;
	GauthProblems problems;
	GauthError	err = {0};

	if (position->powers.len == 0)
		return;
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_problems_init(&problems, &arena);
	if (gauth_json_parse(&arena, position->powers, &gauth_json_document_limits,
						 &json, &err) != GAUTH_OK ||
		gauth_restriction_read(&arena, json, GAUTH_SPAN("powers"), &powers,
							   &problems) != GAUTH_OK ||
		!gauth_problems_good(&problems))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	gauth_narrow_check(&powers, &credential->powers, &problems);
	if (!gauth_problems_good(&problems))
		gauth_raise_rule("DELEGATION_SCOPE_WIDENING");
}

/*
 * gauth_mandate_require_position
 *		The issuer may speak for the principal that the agent was brought in
 *		for, and gives no more than the issuer's own position allows.  An agent
 *		that was brought in for nobody acts for the issuer alone.
 *
 * Raises INSUFFICIENT_AUTHORITY, DELEGATION_SCOPE_WIDENING,
 * DELEGATION_BUDGET_EXCEEDED.
 */
void
gauth_mandate_require_position(GauthSpan issuer,
							   const GauthCredential *credential,
							   int64 budget, TimestampTz at)
{
	GauthClient client;
	GauthRepresentative position;

	if (!gauth_client_find(credential->subject, &client))
		return;
	if (!client.active)
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (gauth_span_equal(issuer, client.principal))
		return;
	if (!find_position(client.principal, issuer, at, &position))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	if (position.limit_cents >= 0 && budget > position.limit_cents)
		gauth_raise_rule("DELEGATION_BUDGET_EXCEEDED");
	check_powers(&position, credential);
}
