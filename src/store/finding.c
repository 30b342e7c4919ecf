/*
 * finding.c
 *		What the register says about those behind a mandate (RFC 0111 section
 *		6): the agent, its owner, the principal, and the owner's position.
 *
 * An agent that the register does not know has no owner to look at; mandates
 * are given to registered agents only, so that is one of another server's.
 */
#include "store/finding.h"

#include "store/party.h"

/* one for each rule below */
#define FINDINGS_MAX	4

typedef struct Collector
{
	GauthEnforceInput *input;
	GauthFinding *findings;
} Collector;

static void
add(Collector *collector, GauthViolationCode code, const char *message)
{
	GauthFinding *finding =
		&collector->findings[collector->input->finding_count++];

	finding->check = GAUTH_CHECK_STATUS;
	finding->code = code;
	finding->severity = GAUTH_SEVERITY_ERROR;
	finding->message = message;
	finding->details = NULL;
}

static bool
stands(GauthSpan name)
{
	GauthParty	party;

	return gauth_party_find(name, &party) && gauth_party_stands(&party);
}

static void
look_at_owner(Collector *collector, const GauthClient *client,
			  TimestampTz at)
{
	GauthMoment moment = gauth_moment(at);
	GauthRepresentative position;

	if (!stands(client->principal))
		add(collector, GAUTH_CREDENTIAL_REVOKED,
			"the principal cannot act at present");
	if (gauth_span_equal(client->owner, client->principal))
		return;
	if (!stands(client->owner))
		add(collector, GAUTH_CREDENTIAL_REVOKED,
			"the agent's owner cannot act at present");
	else if (!gauth_representative_find(client->principal, client->owner,
										GAUTH_CLIENT_OWNER, &position) ||
			 !gauth_representative_stands(&position, &moment))
		add(collector, GAUTH_CREDENTIAL_REVOKED,
			"the agent's owner does not represent the principal");
}

/*
 * gauth_findings_collect
 *		Add to the input what speaks against the mandate's agent, its owner
 *		and the principal; in the memory context of the call.
 */
void
gauth_findings_collect(const GauthMandate *mandate, TimestampTz at,
					   GauthEnforceInput *input)
{
	Collector	collector = {input, NULL};
	GauthSpan	agent = input->request->agent;
	GauthParty	party;
	GauthClient client;

	collector.findings = palloc(sizeof(GauthFinding) * FINDINGS_MAX);
	input->findings = collector.findings;
	if (gauth_party_find(agent, &party) && !gauth_party_stands(&party))
		add(&collector, GAUTH_CREDENTIAL_REVOKED,
			"the agent is not in service");
	if (!gauth_client_find(mandate->agent, &client))
		return;
	if (!client.active)
		add(&collector, GAUTH_CREDENTIAL_REVOKED,
			"the agent is no longer authorized by its owner");
	look_at_owner(&collector, &client, at);
}
