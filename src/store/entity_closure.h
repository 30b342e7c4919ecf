/*
 * entity_closure.h
 *		Everybody who stands above an entity.
 */
#ifndef GAUTH_STORE_ENTITY_CLOSURE_H
#define GAUTH_STORE_ENTITY_CLOSURE_H

#include "postgres.h"

#include "store/entity_table.h"

/* finds the node of a uid, whether such an entity exists or not */
typedef struct GauthNodeFinder
{
	GauthStatus (*find) (void *state, const GauthUid *uid,
						 GauthEntityNode **node, GauthError *err);
	void	   *state;
} GauthNodeFinder;

/* in the current memory context */
typedef struct GauthEntityClosure
{
	const GauthUid **ancestors; /* ascending, each once */
	uint32_t	count;
	bool		lasting;		/* as all that it depends on */
} GauthEntityClosure;

extern GauthStatus gauth_entity_closure(const GauthNodeFinder *finder,
										GauthEntityNode *node,
										GauthEntityClosure *closure,
										GauthError *err);
extern GauthStatus gauth_entity_set_ancestors(GauthArena *arena,
											  const GauthEntityClosure *closure,
											  GauthEntity *entity,
											  GauthError *err);

#endif							/* GAUTH_STORE_ENTITY_CLOSURE_H */
