/*
 * party.c
 *		Persons, organisations and agents, and for whom they may act.
 *
 * Everything here is read anew with a fresh snapshot: what another session
 * has committed counts at once.  Nothing is remembered between two calls.
 */
#include "store/party.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "store/identity.h"
#include "store/relation.h"

/* an agent's owner, an organisation's person: never a long way up */
#define ROOT_STEPS_MAX	8

/*
 * gauth_moment
 *		A question that is asked about this instant.
 */
GauthMoment
gauth_moment(TimestampTz at)
{
	GauthMoment moment = {at, DT_NOEND};

	return moment;
}

/*
 * gauth_moment_bound
 *		What was answered may change at that instant.
 */
void
gauth_moment_bound(GauthMoment *moment, TimestampTz change)
{
	if (change > moment->at && change < moment->until)
		moment->until = change;
}

static bool
find_identity(GauthSpan issuer, GauthSpan subject, GauthSpan *party)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_PARTY_IDENTITY);
	gauth_scan_key_text(&scan, PARTY_IDENTITY_ISSUER, issuer);
	gauth_scan_key_text(&scan, PARTY_IDENTITY_SUBJECT, subject);
	found = gauth_scan_next(&scan);
	if (found)
		*party = gauth_scan_copy(&scan, PARTY_IDENTITY_PARTY);
	gauth_scan_end(&scan);
	return found;
}

/* a token of a mandate was issued to the agent under the agent's own name */
static bool
find_bearer(const GauthIdentity *identity, GauthSpan *party)
{
	GauthParty	agent;

	if (find_identity(identity->issuer, identity->issuer_subject, party))
		return true;
	if (identity->mandate.len == 0 ||
		!gauth_party_find(identity->issuer_subject, &agent) ||
		agent.kind != GAUTH_PARTY_AGENT)
		return false;
	*party = agent.party;
	return true;
}

/*
 * gauth_party_actor
 *		The party that acts in this transaction; false when it is none.
 *
 * It is the party of the identity.  Only without any identity it is that of
 * the role that logged in: a bearer who is nobody here, or whose token has
 * ended, does not become what the connection is.
 */
bool
gauth_party_actor(GauthSpan *party)
{
	const GauthIdentity *identity = gauth_identity_current();
	const char *role;

	if (identity != NULL)
		return find_bearer(identity, party);
	if (gauth_identity_record != NULL && gauth_identity_record[0] != '\0')
		return false;
	role = GetUserNameFromId(GetSessionUserId(), true);
	return role != NULL &&
		find_identity(GAUTH_SPAN(""), gauth_span_of(role), party);
}

static GauthPartyKind
read_kind(GauthSpan kind)
{
	if (gauth_span_is(kind, "natural_person"))
		return GAUTH_PARTY_PERSON;
	if (gauth_span_is(kind, "organization"))
		return GAUTH_PARTY_ORGANIZATION;
	return GAUTH_PARTY_AGENT;
}

/*
 * gauth_party_find
 *		The party of that name in the register; false when there is none.
 */
bool
gauth_party_find(GauthSpan name, GauthParty *party)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_PARTY);
	gauth_scan_key_text(&scan, PARTY_PARTY, name);
	found = gauth_scan_next(&scan);
	if (found)
	{
		party->party = gauth_scan_copy(&scan, PARTY_PARTY);
		party->kind = read_kind(gauth_scan_text(&scan, PARTY_KIND));
		party->form = gauth_scan_copy(&scan, PARTY_FORM);
		party->name = gauth_scan_copy(&scan, PARTY_NAME);
		party->version = gauth_scan_copy(&scan, PARTY_VERSION);
		party->status = gauth_scan_copy(&scan, PARTY_STATUS);
		party->legal_capacity = gauth_scan_bool(&scan, PARTY_LEGAL_CAPACITY);
		party->deceased = gauth_scan_bool(&scan, PARTY_DECEASED);
		party->successor = gauth_scan_copy(&scan, PARTY_SUCCESSOR);
	}
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_party_stands
 *		May the party take part at all: active, alive, able to bind itself?
 */
bool
gauth_party_stands(const GauthParty *party)
{
	return gauth_span_is(party->status, "active") && !party->deceased &&
		party->legal_capacity;
}

/*
 * gauth_party_succeeds
 *		Does this agent stand in for that one, which cannot act itself (RFC
 *		0111 section 6)?
 */
bool
gauth_party_succeeds(GauthSpan name, GauthSpan successor)
{
	GauthParty	agent;
	GauthParty	other;

	return gauth_party_find(name, &agent) &&
		!gauth_span_is(agent.status, "active") &&
		agent.successor.len > 0 &&
		gauth_span_equal(agent.successor, successor) &&
		gauth_party_find(successor, &other) && gauth_party_stands(&other);
}

/*
 * gauth_evidence_exists
 *		Is there evidence of this kind about it that counts at the moment?
 */
bool
gauth_evidence_exists(const char *about, GauthSpan subject, const char *kind,
					  GauthMoment *moment)
{
	GauthScan	scan;
	bool		found = false;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_EVIDENCE, "evidence_subject");
	gauth_scan_key_text(&scan, EVIDENCE_ABOUT, gauth_span_of(about));
	gauth_scan_key_text(&scan, EVIDENCE_SUBJECT, subject);
	gauth_scan_key_text(&scan, EVIDENCE_KIND, gauth_span_of(kind));
	while (!found && gauth_scan_next(&scan))
	{
		TimestampTz valid = gauth_scan_time(&scan, EVIDENCE_VALID_UNTIL,
											DT_NOEND);
		TimestampTz withdrawn = gauth_scan_time(&scan,
												EVIDENCE_WITHDRAWN_AT,
												DT_NOEND);
		TimestampTz end = Min(valid, withdrawn);

		gauth_moment_bound(moment, end);
		found = end > moment->at;
	}
	gauth_scan_end(&scan);
	return found;
}

static void
read_representative(const GauthScan *scan, GauthRepresentative *position)
{
	bool		is_null;
	Datum		limit;

	position->principal = gauth_scan_copy(scan, REPRESENTATIVE_PRINCIPAL);
	position->party = gauth_scan_copy(scan, REPRESENTATIVE_PARTY);
	position->kind = gauth_scan_copy(scan, REPRESENTATIVE_KIND);
	position->authorizer = gauth_scan_copy(scan, REPRESENTATIVE_AUTHORIZER);
	position->powers = gauth_scan_copy(scan, REPRESENTATIVE_POWERS);
	limit = gauth_scan_value(scan, REPRESENTATIVE_LIMIT_CENTS, &is_null);
	position->limit_cents = is_null ? -1 : DatumGetInt64(limit);
	position->valid_from = gauth_scan_time(scan, REPRESENTATIVE_VALID_FROM,
										   DT_NOEND);
	position->valid_until = gauth_scan_time(scan, REPRESENTATIVE_VALID_UNTIL,
											DT_NOEND);
	(void) gauth_scan_value(scan, REPRESENTATIVE_REVOKED_AT, &is_null);
	position->revoked = !is_null;
}

/*
 * gauth_representative_find
 *		The position of a person for a principal, in force or not.
 */
bool
gauth_representative_find(GauthSpan principal, GauthSpan party,
						  const char *kind, GauthRepresentative *position)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_REPRESENTATIVE);
	gauth_scan_key_text(&scan, REPRESENTATIVE_PRINCIPAL, principal);
	gauth_scan_key_text(&scan, REPRESENTATIVE_PARTY, party);
	gauth_scan_key_text(&scan, REPRESENTATIVE_KIND, gauth_span_of(kind));
	found = gauth_scan_next(&scan);
	if (found)
		read_representative(&scan, position);
	gauth_scan_end(&scan);
	return found;
}

static bool
is_in_time(const GauthRepresentative *position, GauthMoment *moment)
{
	gauth_moment_bound(moment, position->valid_from);
	gauth_moment_bound(moment, position->valid_until);
	return !position->revoked && position->valid_from <= moment->at &&
		position->valid_until > moment->at;
}

static bool
person_stands(GauthSpan name, GauthMoment *moment)
{
	GauthParty	person;

	return gauth_party_find(name, &person) &&
		person.kind == GAUTH_PARTY_PERSON && gauth_party_stands(&person) &&
		gauth_evidence_exists("party", name, "identity", moment);
}

/*
 * gauth_representative_stands
 *		Does the position hold at the moment: neither revoked nor over, the
 *		person alive, able and of proven identity, and so too whoever
 *		authorized it (RFC 0111 section 6)?
 */
bool
gauth_representative_stands(const GauthRepresentative *position,
							GauthMoment *moment)
{
	GauthRepresentative authorizer;

	if (!is_in_time(position, moment) ||
		!person_stands(position->party, moment))
		return false;
	if (gauth_span_is(position->kind, GAUTH_OWNER_AUTHORIZER))
		return true;
	return gauth_representative_find(position->principal,
									 position->authorizer,
									 GAUTH_OWNER_AUTHORIZER, &authorizer) &&
		is_in_time(&authorizer, moment) &&
		person_stands(authorizer.party, moment);
}

/*
 * gauth_representative_any
 *		Has the person a position of this kind in force, for anybody?
 */
bool
gauth_representative_any(GauthSpan party, const char *kind,
						 GauthMoment *moment)
{
	GauthScan	scan;
	bool		found = false;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_REPRESENTATIVE,
						"representative_party");
	gauth_scan_key_text(&scan, REPRESENTATIVE_PARTY, party);
	gauth_scan_key_text(&scan, REPRESENTATIVE_KIND, gauth_span_of(kind));
	while (!found && gauth_scan_next(&scan))
	{
		GauthRepresentative position;

		read_representative(&scan, &position);
		found = gauth_representative_stands(&position, moment);
	}
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_client_find
 *		The authorization of an agent, active or not.
 */
bool
gauth_client_find(GauthSpan agent, GauthClient *client)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_CLIENT);
	gauth_scan_key_text(&scan, CLIENT_AGENT, agent);
	found = gauth_scan_next(&scan);
	if (found)
	{
		client->agent = gauth_scan_copy(&scan, CLIENT_AGENT);
		client->principal = gauth_scan_copy(&scan, CLIENT_PRINCIPAL);
		client->owner = gauth_scan_copy(&scan, CLIENT_OWNER);
		client->approved_by = gauth_scan_copy(&scan, CLIENT_APPROVED_BY);
		client->active = gauth_scan_bool(&scan, CLIENT_ACTIVE);
	}
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_resource_server_find
 *		The authorization of a server, active or not.
 */
bool
gauth_resource_server_find(GauthSpan server, GauthResourceServer *found)
{
	GauthScan	scan;
	bool		exists;

	gauth_scan_begin(&scan, GAUTH_TABLE_RESOURCE_SERVER);
	gauth_scan_key_text(&scan, RESOURCE_SERVER_SERVER, server);
	exists = gauth_scan_next(&scan);
	if (exists)
	{
		found->server = gauth_scan_copy(&scan, RESOURCE_SERVER_SERVER);
		found->principal = gauth_scan_copy(&scan, RESOURCE_SERVER_PRINCIPAL);
		found->owner = gauth_scan_copy(&scan, RESOURCE_SERVER_OWNER);
		found->agent = gauth_scan_copy(&scan, RESOURCE_SERVER_AGENT);
		found->active = gauth_scan_bool(&scan, RESOURCE_SERVER_ACTIVE);
	}
	gauth_scan_end(&scan);
	return exists;
}

/* a person in force for the organisation; whom it is does not matter */
static bool
find_person_of(GauthSpan principal, TimestampTz at, GauthSpan *person)
{
	GauthMoment moment = gauth_moment(at);
	GauthScan	scan;
	bool		found = false;

	gauth_scan_begin(&scan, GAUTH_TABLE_REPRESENTATIVE);
	gauth_scan_key_text(&scan, REPRESENTATIVE_PRINCIPAL, principal);
	while (!found && gauth_scan_next(&scan))
	{
		GauthRepresentative position;

		read_representative(&scan, &position);
		found = gauth_representative_stands(&position, &moment);
		if (found)
			*person = position.party;
	}
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_party_root
 *		The natural person who answers for the party at the instant; false
 *		when there is none (RFC 0111 section 5).
 *
 * A person answers for itself, an organisation through a person in force for
 * it, an agent through its owner.
 */
bool
gauth_party_root(GauthSpan party, TimestampTz at, GauthSpan *person)
{
	int			step;

	for (step = 0; step < ROOT_STEPS_MAX; step++)
	{
		GauthParty	found;
		GauthClient client;

		if (!gauth_party_find(party, &found))
			return false;
		if (found.kind == GAUTH_PARTY_PERSON)
		{
			*person = found.party;
			return !found.deceased;
		}
		if (found.kind == GAUTH_PARTY_ORGANIZATION)
			return find_person_of(party, at, person);
		if (!gauth_client_find(party, &client))
			return false;
		party = client.owner;
	}
	return false;
}
