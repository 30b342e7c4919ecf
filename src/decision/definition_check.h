/*
 * definition_check.h
 *		What the legal form of a power of attorney (RFC 0115) says about an
 *		action, as findings for the seventeen checks.
 */
#ifndef GAUTH_DECISION_DEFINITION_CHECK_H
#define GAUTH_DECISION_DEFINITION_CHECK_H

#include "decision/enforce.h"

/* a limit that no database can see: somebody has to attest that it is kept */
typedef struct GauthAttestedLimit
{
	const char *name;			/* of the evidence, too */
	const char *path;			/* in the definition */
	const char *missing;		/* what is said without evidence */
} GauthAttestedLimit;

#define GAUTH_ATTESTED_COUNT	4

extern const GauthAttestedLimit gauth_attested_limits[GAUTH_ATTESTED_COUNT];

/* at most that many: one for each rule */
#define GAUTH_DEFINITION_FINDINGS_MAX	24

/* what is known beside the document; "names" that are not given: none */
typedef struct GauthDefinitionFacts
{
	const GauthJson *definition;
	bool		active;			/* put in force, neither suspended nor over */
	bool		delegated;		/* the mandate was handed on */
	bool		overdue;		/* a duty that blocks is overdue */
	bool		server_verified;	/* identity of the resource server's owner */
	GauthNames	raised;			/* events that have come */
	GauthNames	stops;			/* events that must not have come */
	GauthNames	proved;			/* of what there is proof about the agent */
	GauthNames	partners;		/* other sides of its transactions so far */
	int64_t		spent_today;	/* cents, since midnight in UTC */
	GauthSpan	owner;			/* of the client */
} GauthDefinitionFacts;

typedef struct GauthFindingList
{
	uint32_t	count;
	uint32_t	room;
	GauthFinding *items;
} GauthFindingList;

/* what a judgement needs of the facts, so that no more is looked up */
extern bool gauth_definition_counts_days(const GauthJson *definition);
extern int64_t gauth_definition_partner_limit(const GauthJson *definition);

extern void gauth_definition_judge(const GauthDefinitionFacts *facts,
								   const GauthEnforceRequest *request,
								   int64_t now, int64_t cost,
								   GauthFindingList *findings);
extern bool gauth_definition_quorum(const GauthDefinitionFacts *facts,
									GauthArena *arena, GauthQuorum *quorum);

#endif							/* GAUTH_DECISION_DEFINITION_CHECK_H */
