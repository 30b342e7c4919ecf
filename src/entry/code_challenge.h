/*
 * code_challenge.h
 *		Proof that who trades a grant is who asked for it (RFC 7636).
 */
#ifndef GAUTH_ENTRY_CODE_CHALLENGE_H
#define GAUTH_ENTRY_CODE_CHALLENGE_H

#include "postgres.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/span.h"

extern GauthSpan gauth_code_challenge(GauthArena *arena,
									  const GauthJson *document);
extern bool gauth_code_verified(GauthSpan challenge, GauthSpan verifier);

#endif							/* GAUTH_ENTRY_CODE_CHALLENGE_H */
