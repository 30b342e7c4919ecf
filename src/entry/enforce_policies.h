/*
 * enforce_policies.h
 *		The policies' word on what the checks of RFC 0117 have let through.
 */
#ifndef GAUTH_ENTRY_ENFORCE_POLICIES_H
#define GAUTH_ENTRY_ENFORCE_POLICIES_H

#include "postgres.h"

#include "decision/enforce_answer.h"
#include "store/enforce.h"

extern void gauth_enforce_ask_policies(GauthArena *arena,
									   const GauthEnforceCase *it,
									   GauthEnforceAnswer *answer);

#endif							/* GAUTH_ENTRY_ENFORCE_POLICIES_H */
