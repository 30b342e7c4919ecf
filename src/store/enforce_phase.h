/*
 * enforce_phase.h
 *		Phase two of enforcement: what the policies say.
 */
#ifndef GAUTH_STORE_ENFORCE_PHASE_H
#define GAUTH_STORE_ENFORCE_PHASE_H

#include "postgres.h"

#include "base/text.h"
#include "store/enforce.h"
#include "store/policy_store.h"

typedef enum GauthPhaseVerdict
{
	GAUTH_PHASE_SILENT,			/* the store has nothing to say */
	GAUTH_PHASE_PERMITS,
	GAUTH_PHASE_FORBIDS
} GauthPhaseVerdict;

/* what one store says; valid until the next decision of any store */
typedef struct GauthPhaseAnswer
{
	GauthSpan	store;
	GauthPhaseVerdict verdict;
	bool		failed;			/* it could not be asked, which forbids */
	const GauthPolicySet *set;	/* NULL: none was asked */
	GauthDecision decision;
} GauthPhaseAnswer;

extern GauthStatus gauth_enforce_ask_store(GauthArena *arena,
										   const GauthEnforceCase *it,
										   GauthSpan store,
										   GauthPhaseAnswer *answer);

#endif							/* GAUTH_STORE_ENFORCE_PHASE_H */
