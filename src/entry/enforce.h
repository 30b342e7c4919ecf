/*
 * enforce.h
 *		A decision for another function, as gauth.enforce gives and records it.
 */
#ifndef GAUTH_ENTRY_ENFORCE_H
#define GAUTH_ENTRY_ENFORCE_H

#include "postgres.h"

#include "base/span.h"
#include "decision/enforce.h"

extern Datum gauth_enforce_request(GauthSpan request, bool trusted,
								   GauthRuling *ruling);

#endif							/* GAUTH_ENTRY_ENFORCE_H */
