/*
 * entity_overlay.h
 *		What a request says of entities, as far as it may.
 */
#ifndef GAUTH_STORE_ENTITY_OVERLAY_H
#define GAUTH_STORE_ENTITY_OVERLAY_H

#include "postgres.h"

#include "store/entity_memory.h"

typedef struct GauthOverlay
{
	const GauthEntityMemory *remembered;	/* has what is allowed */
	const GauthSchema *schema;	/* NULL: the store has none */
	GauthArena *arena;			/* for the attributes that come out */
	const GauthEntity *brought; /* by the request */
} GauthOverlay;

extern GauthStatus gauth_entity_overlay(const GauthOverlay *overlay,
										GauthEntityNode *node,
										GauthError *err);

#endif							/* GAUTH_STORE_ENTITY_OVERLAY_H */
