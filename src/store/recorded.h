/*
 * recorded.h
 *		Decisions that the ledger holds.
 */
#ifndef GAUTH_STORE_RECORDED_H
#define GAUTH_STORE_RECORDED_H

#include "postgres.h"

#include "base/span.h"

/* "payload" is valid during the call; false ends the walk */
typedef bool (*GauthRecordedVisitor) (void *state, GauthSpan payload);

extern void gauth_recorded_each(GauthRecordedVisitor visit, void *state);

#endif							/* GAUTH_STORE_RECORDED_H */
