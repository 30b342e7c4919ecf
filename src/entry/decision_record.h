/*
 * decision_record.h
 *		What the ledger hears of a decision of a policy store.
 */
#ifndef GAUTH_ENTRY_DECISION_RECORD_H
#define GAUTH_ENTRY_DECISION_RECORD_H

#include "postgres.h"

#include "store/authorize.h"

extern void gauth_decision_record(GauthArena *arena, const GauthAsk *ask,
								  const GauthAnswer *answer);

#endif							/* GAUTH_ENTRY_DECISION_RECORD_H */
