/*
 * index.h
 *		Which policies can a request concern at all?
 *
 * A tree of three levels, action, principal, resource, inside the compiled
 * set.  At each level a policy stands under the uid that its scope names
 * ("==" and "in" alike), under the type ("is"), or under "any".  A request
 * follows the edges of itself and of everything above it.  What it finds is
 * a superset of the policies whose scope matches: the scope is tested again.
 */
#ifndef GAUTH_POLICY_INDEX_H
#define GAUTH_POLICY_INDEX_H

#include "policy/blob.h"

/* one of principal, action, resource, with what stands above it */
typedef struct GauthIndexKey
{
	const GauthUid *uid;
	const uint64_t *ancestor_hashes;
	uint32_t	ancestor_count;
} GauthIndexKey;

/* policy numbers: first in "few", then in memory of the arena */
typedef struct GauthCandidates
{
	uint32_t   *policies;
	uint32_t	count;
	uint32_t	room;
	uint32_t	few[64];
} GauthCandidates;

extern GauthStatus gauth_index_build(GauthBlobWriter *writer,
									 const GauthPolicyList *list,
									 GauthPolicySet *header);
extern GauthStatus gauth_index_find(const GauthPolicySet *set,
									GauthArena *arena,
									const GauthIndexKey keys[3],
									GauthCandidates *candidates,
									uint32_t *fuel);

#endif							/* GAUTH_POLICY_INDEX_H */
