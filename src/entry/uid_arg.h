/*
 * uid_arg.h
 *		Entity uids as arguments: Type::"id", or {"type", "id"} as JSON.
 */
#ifndef GAUTH_ENTRY_UID_ARG_H
#define GAUTH_ENTRY_UID_ARG_H

#include "postgres.h"

#include "base/arena.h"
#include "base/span.h"
#include "policy/value.h"

extern const GauthUid *gauth_uid_argument(GauthArena *arena, GauthSpan text,
										  const char *argument);

#endif							/* GAUTH_ENTRY_UID_ARG_H */
