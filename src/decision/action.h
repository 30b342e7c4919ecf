/*
 * action.h
 *		What kind of action a verb is, as far as phases, modes and platform
 *		permissions care (RFC 0117 sections 9 and 10).
 */
#ifndef GAUTH_DECISION_ACTION_H
#define GAUTH_DECISION_ACTION_H

#include <stdbool.h>

#include "base/span.h"

/* what is done; whatever is not known to be harmless is a change */
typedef enum GauthActionKind
{
	GAUTH_ACTION_READ,
	GAUTH_ACTION_CHANGE,
	GAUTH_ACTION_RUN,			/* a command of a shell, or what may be one */
	GAUTH_ACTION_DEPLOY,
	GAUTH_ACTION_DELEGATE
} GauthActionKind;

/* what it is done to */
typedef enum GauthResourceKind
{
	GAUTH_RESOURCE_OTHER,		/* known, and no group of permissions */
	GAUTH_RESOURCE_UNKNOWN,
	GAUTH_RESOURCE_FILE,
	GAUTH_RESOURCE_DATABASE,
	GAUTH_RESOURCE_SHELL,
	GAUTH_RESOURCE_PACKAGE,
	GAUTH_RESOURCE_SECRET,
	GAUTH_RESOURCE_API,
	GAUTH_RESOURCE_DEPLOYMENT,
	GAUTH_RESOURCE_AGENT
} GauthResourceKind;

typedef struct GauthActionClass
{
	GauthActionKind kind;
	GauthResourceKind by_verb;	/* says the verb's category */
	GauthResourceKind by_type;	/* says the resource type */
	bool		migrates;		/* changes the shape of a database */
} GauthActionClass;

extern GauthActionClass gauth_action_classify(GauthSpan verb,
											  GauthSpan resource_type);
extern bool gauth_action_touches(const GauthActionClass *action,
								 GauthResourceKind target);

#endif							/* GAUTH_DECISION_ACTION_H */
