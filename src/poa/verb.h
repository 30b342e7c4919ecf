/*
 * verb.h
 *		The two spellings of a verb: "foundry.file.create" and
 *		"urn:gauth:verb:foundry:file:create" (RFC 0116 section 4.5.1).
 */
#ifndef GAUTH_POA_VERB_H
#define GAUTH_POA_VERB_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/status.h"

#define GAUTH_VERB_PREFIX	"urn:gauth:verb:"

/* what a verb has to be, for a problem or a message */
#define GAUTH_VERB_RULE \
	"must be a verb: names of letters, digits, \"-\" and \"_\", joined by " \
	"dots, or urn:gauth:verb: and such names joined by colons"

extern GauthStatus gauth_verb_canonical(GauthArena *arena, GauthSpan written,
										GauthSpan *verb);

/* does this canonical verb hand powers on, as foundry.agent.delegate does? */
extern bool gauth_verb_delegates(GauthSpan verb);

#endif							/* GAUTH_POA_VERB_H */
