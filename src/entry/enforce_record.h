/*
 * enforce_record.h
 *		What the ledger hears of enforcement.
 */
#ifndef GAUTH_ENTRY_ENFORCE_RECORD_H
#define GAUTH_ENTRY_ENFORCE_RECORD_H

#include "postgres.h"

#include "decision/enforce_answer.h"

extern GauthSpan gauth_enforce_finish(const GauthText *text);
extern void gauth_enforce_record(GauthArena *arena,
								 const GauthEnforceAnswer *answer);
extern void gauth_enforce_record_trust(GauthSpan agent);

#endif							/* GAUTH_ENTRY_ENFORCE_RECORD_H */
