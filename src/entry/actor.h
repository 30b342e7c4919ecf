/*
 * actor.h
 *		Who calls, and whether that is enough.
 */
#ifndef GAUTH_ENTRY_ACTOR_H
#define GAUTH_ENTRY_ACTOR_H

#include "postgres.h"

#include "store/party.h"

extern GauthSpan gauth_actor_require(void);
extern GauthSpan gauth_actor_name(void);
extern bool gauth_actor_is(GauthSpan party);
extern bool gauth_actor_administers(void);
extern bool gauth_actor_represents(GauthSpan principal, const char *kind,
								   GauthRepresentative *position);

#endif							/* GAUTH_ENTRY_ACTOR_H */
