/*
 * entity_row.h
 *		Entities that are rows of gauth.entity.
 */
#ifndef GAUTH_STORE_ENTITY_ROW_H
#define GAUTH_STORE_ENTITY_ROW_H

#include "postgres.h"

#include "base/arena.h"
#include "policy/entity.h"

/* columns of gauth.entity */
enum
{
	ENTITY_STORE = 1,
	ENTITY_TYPE,
	ENTITY_ID,
	ENTITY_CONTENT
};

extern bool gauth_entity_is_reserved(GauthSpan type);
extern GauthStatus gauth_entity_row_find(GauthArena *arena, GauthSpan store,
										 const GauthUid *uid,
										 GauthEntity *entity,
										 GauthError *err);
extern bool gauth_entity_row_exists(GauthSpan store, const GauthUid *uid);

#endif							/* GAUTH_STORE_ENTITY_ROW_H */
