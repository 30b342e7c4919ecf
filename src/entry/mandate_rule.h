/*
 * mandate_rule.h
 *		What has to be true of the parties before power is given.
 */
#ifndef GAUTH_ENTRY_MANDATE_RULE_H
#define GAUTH_ENTRY_MANDATE_RULE_H

#include "entry/mandate_change.h"

extern void gauth_mandate_require_issuer(const GauthMandateChange *change,
										 const GauthCredential *credential);
extern void gauth_mandate_require_person(GauthSpan party, TimestampTz at);
extern void gauth_mandate_require_agent(GauthSpan agent);
extern void gauth_mandate_require_position(GauthSpan issuer,
										   const GauthCredential *credential,
										   int64 budget, TimestampTz at);

#endif							/* GAUTH_ENTRY_MANDATE_RULE_H */
