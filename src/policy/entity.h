/*
 * entity.h
 *		Entities: attributes, tags and ancestors behind a uid.
 *
 * The evaluator asks a loader for an entity when it needs one; the server
 * answers from tables, tests and requests from the store in this file, which
 * holds entities in a hash table and computes at load time who stands above
 * whom.
 */
#ifndef GAUTH_POLICY_ENTITY_H
#define GAUTH_POLICY_ENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "policy/ast.h"
#include "policy/value.h"

/*
 * "ancestors" is the transitive closure without the entity itself, ascending
 * by hash; "ancestor_hashes" are their hashes in the same order, so that a
 * search touches integers only.
 */
typedef struct GauthEntity
{
	const GauthUid *uid;
	const GauthRecord *attributes;
	const GauthRecord *tags;
	const GauthUid **parents;	/* as given, without duplicates */
	const GauthUid **ancestors;
	const uint64_t *ancestor_hashes;
	uint32_t	parent_count;
	uint32_t	ancestor_count;
} GauthEntity;

/*
 * "*entity" is NULL when there is no such entity, which is not a failure.
 * What it points to must live until the end of the decision.
 */
typedef struct GauthEntityLoader
{
	GauthStatus (*find) (void *state, const GauthUid *uid,
						 const GauthEntity **entity, GauthError *err);
	void	   *state;
} GauthEntityLoader;

typedef struct GauthEntityStore GauthEntityStore;

extern GauthStatus gauth_entity_store_create(GauthArena *arena,
											 const GauthPolicyLimits *limits,
											 GauthEntityStore **store,
											 GauthError *err);
extern GauthStatus gauth_entity_store_add(GauthEntityStore *store,
										  const GauthEntity *entity,
										  GauthError *err);
extern GauthStatus gauth_entity_store_close(GauthEntityStore *store,
											GauthError *err);
extern const GauthEntity *gauth_entity_store_find(const GauthEntityStore *from,
												  const GauthUid *uid);
extern uint32_t gauth_entity_store_count(const GauthEntityStore *store);
extern const GauthEntity *gauth_entity_store_at(const GauthEntityStore *store,
												uint32_t position);
extern GauthEntityLoader gauth_entity_store_loader(GauthEntityStore *store);

extern bool gauth_entity_is_in(const GauthEntity *entity,
							   const GauthUid *ancestor);

/* false: surely not below a uid of this hash; true: perhaps */
static inline bool
gauth_entity_has_hash(const GauthEntity *entity, uint64_t hash)
{
	uint32_t	i;

	if (entity->ancestor_count > 8)
		return true;
	for (i = 0; i < entity->ancestor_count; i++)
	{
		if (entity->ancestor_hashes[i] == hash)
			return true;
	}
	return false;
}

/* who asks to do what to which, under which circumstances */
typedef struct GauthRequest
{
	const GauthUid *principal;
	const GauthUid *action;
	const GauthUid *resource;
	const GauthRecord *context;
} GauthRequest;

#endif							/* GAUTH_POLICY_ENTITY_H */
