/*
 * level.h
 *		How many entities a policy looks up one after another.
 *
 * At level n, a decision needs only entities that are reached from the
 * request by following at most n references, so that a loader can fetch
 * them beforehand (RFC 76 of cedar-policy/rfcs).
 */
#ifndef GAUTH_POLICY_LEVEL_H
#define GAUTH_POLICY_LEVEL_H

#include "policy/validate_check.h"

extern GauthStatus gauth_level_check(GauthChecker *checker, uint32_t level);

#endif							/* GAUTH_POLICY_LEVEL_H */
