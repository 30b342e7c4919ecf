/*
 * consistency.h
 *		Whether the parts of a credential agree with each other (RFC 0118
 *		section 10.4).
 */
#ifndef GAUTH_POA_CONSISTENCY_H
#define GAUTH_POA_CONSISTENCY_H

#include "poa/credential.h"

/*
 * Rules C-1 to C-6, every one that is broken with its own code.  "modules" is
 * the registry of the profile; one that is not given knows every module.
 *
 * The credential may have problems already: what could not be read of it is
 * absent and breaks no rule, but C-3 and C-4 look at the document itself.
 */
extern void gauth_consistency_check(const GauthCredential *credential,
									const GauthNames *modules,
									GauthProblems *problems);

#endif							/* GAUTH_POA_CONSISTENCY_H */
