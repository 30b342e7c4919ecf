/*
 * mandate_approval.h
 *		Asking for approvals, and what waits for them.
 */
#ifndef GAUTH_ENTRY_MANDATE_APPROVAL_H
#define GAUTH_ENTRY_MANDATE_APPROVAL_H

#include "entry/mandate_change.h"

#define GAUTH_DELEGATE_VERB	"urn:gauth:verb:foundry:agent:delegate"

/* what is asked for */
typedef struct GauthApprovalAsk
{
	GauthSpan	verb;			/* a URN */
	GauthSpan	resource;		/* without data: any */
	bool		limited;
	int64		cents;			/* at most, when limited */
	GauthSpan	reason;			/* without data: none */
	int64		seconds;		/* until it is over */
} GauthApprovalAsk;

extern GauthSpan gauth_approval_ask(const GauthMandateChange *change,
									const GauthApprovalAsk *ask);
extern bool gauth_pending_lock(const GauthMandateChange *parent, GauthSpan id,
							   GauthMandateChange *child);
extern void gauth_pending_accept(const GauthMandateChange *parent,
								 GauthMandateChange *child);
extern void gauth_pending_reject(GauthMandateChange *parent,
								 GauthMandateChange *child);

#endif							/* GAUTH_ENTRY_MANDATE_APPROVAL_H */
