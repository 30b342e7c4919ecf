/*
 * lifecycle.h
 *		The states of a mandate, and from which to which it may go (RFC 0118
 *		sections 3.2 and 6.1).
 */
#ifndef GAUTH_POA_LIFECYCLE_H
#define GAUTH_POA_LIFECYCLE_H

#include <stdbool.h>

typedef enum GauthMandateStatus
{
	GAUTH_MANDATE_DRAFT,
	GAUTH_MANDATE_ACTIVE,
	GAUTH_MANDATE_SUSPENDED,
	GAUTH_MANDATE_REVOKED,
	GAUTH_MANDATE_EXPIRED,
	GAUTH_MANDATE_BUDGET_EXCEEDED,
	GAUTH_MANDATE_SUPERSEDED,
	GAUTH_MANDATE_STATUS_COUNT
} GauthMandateStatus;

extern bool gauth_lifecycle_allows(GauthMandateStatus from,
								   GauthMandateStatus to);

#endif							/* GAUTH_POA_LIFECYCLE_H */
