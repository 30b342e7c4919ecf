/*
 * party.h
 *		Persons, organisations and agents, and for whom they may act.
 */
#ifndef GAUTH_STORE_PARTY_H
#define GAUTH_STORE_PARTY_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "base/span.h"

/* columns, in the order of the install script */
enum
{
	PARTY_PARTY = 1,
	PARTY_KIND,
	PARTY_FORM,
	PARTY_FORM_OTHER,
	PARTY_NAME,
	PARTY_IDENTITY,
	PARTY_VERSION,
	PARTY_STATUS,
	PARTY_LEGAL_CAPACITY,
	PARTY_DECEASED,
	PARTY_SUCCESSOR
};
enum
{
	PARTY_IDENTITY_ISSUER = 1,
	PARTY_IDENTITY_SUBJECT,
	PARTY_IDENTITY_PARTY
};
enum
{
	EVIDENCE_ID = 1,
	EVIDENCE_ABOUT,
	EVIDENCE_SUBJECT,
	EVIDENCE_KIND,
	EVIDENCE_METHOD,
	EVIDENCE_REFERENCE,
	EVIDENCE_DETAIL,
	EVIDENCE_RECORDED_BY,
	EVIDENCE_RECORDED_AT,
	EVIDENCE_VALID_UNTIL,
	EVIDENCE_WITHDRAWN_AT
};
enum
{
	REPRESENTATIVE_PRINCIPAL = 1,
	REPRESENTATIVE_PARTY,
	REPRESENTATIVE_KIND,
	REPRESENTATIVE_BASIS,
	REPRESENTATIVE_BASIS_OTHER,
	REPRESENTATIVE_REGISTER_ENTRY,
	REPRESENTATIVE_POWERS,
	REPRESENTATIVE_LIMIT_CENTS,
	REPRESENTATIVE_AUTHORIZER,
	REPRESENTATIVE_VALID_FROM,
	REPRESENTATIVE_VALID_UNTIL,
	REPRESENTATIVE_REVOKED_AT
};
enum
{
	CLIENT_AGENT = 1,
	CLIENT_PRINCIPAL,
	CLIENT_OWNER,
	CLIENT_AUTHORIZED_AT,
	CLIENT_APPROVED_BY,
	CLIENT_APPROVED_AT,
	CLIENT_ACTIVE
};
enum
{
	RESOURCE_SERVER_SERVER = 1,
	RESOURCE_SERVER_PRINCIPAL,
	RESOURCE_SERVER_OWNER,
	RESOURCE_SERVER_NAME,
	RESOURCE_SERVER_IDENTITY,
	RESOURCE_SERVER_AGENT,
	RESOURCE_SERVER_AUTHORIZED_AT,
	RESOURCE_SERVER_ACTIVE
};

/* kinds of a representative */
#define GAUTH_OWNER_AUTHORIZER	"owner_authorizer"
#define GAUTH_CLIENT_OWNER		"client_owner"
#define GAUTH_RESOURCE_OWNER	"resource_owner"

/*
 * When a question is asked, and until when the answer stays the same as long
 * as no table changes.
 */
typedef struct GauthMoment
{
	TimestampTz at;
	TimestampTz until;
} GauthMoment;

typedef enum GauthPartyKind
{
	GAUTH_PARTY_PERSON,
	GAUTH_PARTY_ORGANIZATION,
	GAUTH_PARTY_AGENT
} GauthPartyKind;

/* texts are copies in the memory context of the call */
typedef struct GauthParty
{
	GauthSpan	party;
	GauthPartyKind kind;
	GauthSpan	form;			/* empty for a person */
	GauthSpan	name;
	GauthSpan	version;		/* empty for all but agents */
	GauthSpan	status;
	bool		legal_capacity;
	bool		deceased;
	GauthSpan	successor;		/* empty: none */
} GauthParty;

typedef struct GauthRepresentative
{
	GauthSpan	principal;
	GauthSpan	party;
	GauthSpan	kind;
	GauthSpan	authorizer;		/* empty for an authorizer */
	GauthSpan	powers;			/* JSON; empty: as much as the principal */
	int64		limit_cents;	/* -1: any */
	TimestampTz valid_from;
	TimestampTz valid_until;	/* DT_NOEND: for good */
	bool		revoked;
} GauthRepresentative;

typedef struct GauthClient
{
	GauthSpan	agent;
	GauthSpan	principal;
	GauthSpan	owner;
	GauthSpan	approved_by;	/* empty: nobody */
	bool		active;
} GauthClient;

typedef struct GauthResourceServer
{
	GauthSpan	server;
	GauthSpan	principal;
	GauthSpan	owner;
	GauthSpan	agent;			/* empty: none */
	bool		active;
} GauthResourceServer;

extern bool gauth_party_actor(GauthSpan *party);
extern bool gauth_party_find(GauthSpan name, GauthParty *party);
extern bool gauth_party_stands(const GauthParty *party);
extern bool gauth_party_succeeds(GauthSpan agent, GauthSpan successor);
extern bool gauth_party_root(GauthSpan party, TimestampTz at,
							 GauthSpan *person);
extern GauthMoment gauth_moment(TimestampTz at);
extern void gauth_moment_bound(GauthMoment *moment, TimestampTz change);
extern bool gauth_evidence_exists(const char *about, GauthSpan subject,
								  const char *kind, GauthMoment *moment);
extern bool gauth_representative_find(GauthSpan principal, GauthSpan party,
									  const char *kind,
									  GauthRepresentative *representative);
extern bool gauth_representative_stands(const GauthRepresentative *position,
										GauthMoment *moment);
extern bool gauth_representative_any(GauthSpan party, const char *kind,
									 GauthMoment *moment);
extern bool gauth_client_find(GauthSpan agent, GauthClient *client);
extern bool gauth_resource_server_find(GauthSpan server,
									   GauthResourceServer *found);

#endif							/* GAUTH_STORE_PARTY_H */
