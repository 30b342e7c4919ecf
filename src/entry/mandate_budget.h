/*
 * mandate_budget.h
 *		The money of a mandate: kept back, spent, each cent once.
 */
#ifndef GAUTH_ENTRY_MANDATE_BUDGET_H
#define GAUTH_ENTRY_MANDATE_BUDGET_H

#include "entry/mandate_change.h"

typedef struct GauthSpending
{
	GauthSpan	request_id;		/* the enforcement request, unique */
	GauthSpan	hold;			/* what it was held with; no data: nothing */
	int64		cents;			/* more than none */
} GauthSpending;

typedef enum GauthSpent
{
	GAUTH_SPENT,
	GAUTH_SPENT_BEFORE,			/* this request has been reported */
	GAUTH_SPENT_TOO_MUCH		/* there is not as much */
} GauthSpent;

extern int64 gauth_budget_available(const GauthMandateChange *change,
									GauthSpan except);
extern void gauth_budget_reserve(GauthMandateChange *parent, GauthSpan child,
								 int64 cents);
extern GauthSpan gauth_budget_hold(GauthMandateChange *change, int64 cents,
								   TimestampTz until);
extern bool gauth_budget_drop_hold(GauthMandateChange *change,
								   GauthSpan hold);
extern GauthSpent gauth_budget_spend(GauthMandateChange *change,
									 GauthSpending *spending);

#endif							/* GAUTH_ENTRY_MANDATE_BUDGET_H */
