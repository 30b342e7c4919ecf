/*
 * mandate_cascade.h
 *		What happens to a mandate happens to all that was delegated from it.
 */
#ifndef GAUTH_ENTRY_MANDATE_CASCADE_H
#define GAUTH_ENTRY_MANDATE_CASCADE_H

#include "entry/mandate_change.h"

extern int	gauth_mandate_revoke(GauthMandateChange *change, GauthSpan reason);
extern int	gauth_mandate_suspend(GauthMandateChange *change,
								  GauthSpan reason);
extern int	gauth_mandate_resume(GauthMandateChange *change);
extern void gauth_mandate_supersede(GauthMandateChange *change,
									GauthSpan successor);
extern void gauth_mandate_expire(GauthMandateChange *change);

#endif							/* GAUTH_ENTRY_MANDATE_CASCADE_H */
