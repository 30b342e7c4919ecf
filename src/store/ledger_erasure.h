/*
 * ledger_erasure.h
 *		Which entries were erased, and which erasures were recorded.
 */
#ifndef GAUTH_STORE_LEDGER_ERASURE_H
#define GAUTH_STORE_LEDGER_ERASURE_H

#include "postgres.h"

#include "store/ledger_row.h"

typedef struct GauthErasures GauthErasures;

/* hears of an entry that was erased though nothing says so */
typedef void (*GauthErasureMissing) (void *state, const char *entry);

extern GauthErasures *gauth_erasures_begin(void);
extern void gauth_erasures_note(GauthErasures *erasures,
								const GauthEntryRow *row);
extern void gauth_erasures_finish(GauthErasures *erasures,
								  GauthErasureMissing missing, void *state);

#endif							/* GAUTH_STORE_LEDGER_ERASURE_H */
