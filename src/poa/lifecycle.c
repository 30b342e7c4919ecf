/*
 * lifecycle.c
 *		The transitions of RFC 0118 section 6.1.
 *
 *	from		to					what does it, and who may
 *	DRAFT		ACTIVE				activation; issuer, approvers
 *	ACTIVE		SUSPENDED			suspension; issuer, approvers, a parent's
 *	SUSPENDED	ACTIVE				resumption; issuer, approvers, a parent's
 *	either		REVOKED				revocation; issuer, approvers, a parent's
 *	either		EXPIRED				its time is up, which runs in suspension
 *	ACTIVE		BUDGET_EXCEEDED		its budget is spent
 *	ACTIVE		SUPERSEDED			another of the same agent and project
 *
 * A draft may besides be deleted, by its issuer.  From the other four states
 * nothing leads away.
 */
#include "poa/lifecycle.h"

#define TO(status)	(1u << GAUTH_MANDATE_##status)

static const unsigned targets[GAUTH_MANDATE_STATUS_COUNT] = {
	[GAUTH_MANDATE_DRAFT] = TO(ACTIVE),
	[GAUTH_MANDATE_ACTIVE] = TO(SUSPENDED) | TO(REVOKED) | TO(EXPIRED) |
		TO(BUDGET_EXCEEDED) | TO(SUPERSEDED),
	[GAUTH_MANDATE_SUSPENDED] = TO(ACTIVE) | TO(REVOKED) | TO(EXPIRED),
};

/*
 * gauth_lifecycle_allows
 *		May a mandate go from one state to the other?  Staying is no change.
 */
bool
gauth_lifecycle_allows(GauthMandateStatus from, GauthMandateStatus to)
{
	return (targets[from] & (1u << to)) != 0;
}
