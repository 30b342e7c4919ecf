/*
 * policy_share.h
 *		Compiled policy sets that the sessions of a database share.
 */
#ifndef GAUTH_STORE_POLICY_SHARE_H
#define GAUTH_STORE_POLICY_SHARE_H

#include "postgres.h"

#include "storage/dsm.h"

#include "base/span.h"
#include "crypto/digest.h"
#include "policy/policy_set.h"

/* a set that is mapped, until it is released */
typedef struct GauthSharedSet
{
	dsm_segment *segment;		/* NULL: it is not shared */
	const GauthPolicySet *set;
} GauthSharedSet;

extern bool gauth_policy_share_find(const uint8 key[GAUTH_SHA256_SIZE],
									GauthSharedSet *shared);
extern bool gauth_policy_share_put(const uint8 key[GAUTH_SHA256_SIZE],
								   GauthSpan store, const GauthPolicySet *set,
								   GauthSharedSet *shared);
extern bool gauth_policy_share_uses(const uint8 key[GAUTH_SHA256_SIZE],
									int64 *uses);
extern void gauth_policy_share_release(GauthSharedSet *shared);

#endif							/* GAUTH_STORE_POLICY_SHARE_H */
