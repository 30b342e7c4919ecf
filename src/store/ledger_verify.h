/*
 * ledger_verify.h
 *		Is the ledger what was sealed?
 */
#ifndef GAUTH_STORE_LEDGER_VERIFY_H
#define GAUTH_STORE_LEDGER_VERIFY_H

#include "postgres.h"

#include "utils/snapshot.h"

#include "store/ledger_erasure.h"

/* what is wrong, and with which entry or batch */
typedef void (*GauthFinding) (void *state, const char *severity,
							  const char *entry, const char *finding);

typedef struct GauthVerification
{
	Snapshot	snapshot;
	uint64		since;			/* positions; the batches they are in */
	uint64		until;
	bool		whole;			/* nothing is left out: completeness, too */
	GauthFinding report;
	void	   *state;
	uint64		checked;		/* entries so far */
	uint64		total;			/* of them, about */
	uint32		findings;
	GauthErasures *erasures;	/* NULL: not looked for */
} GauthVerification;

/* after so many findings the rest is not worth telling */
#define GAUTH_FINDINGS_MAX	1000

extern void gauth_ledger_verify(GauthVerification *verification);

#endif							/* GAUTH_STORE_LEDGER_VERIFY_H */
