/*
 * entity_put.h
 *		Storing entities in a policy store.
 */
#ifndef GAUTH_ENTRY_ENTITY_PUT_H
#define GAUTH_ENTRY_ENTITY_PUT_H

#include "postgres.h"

#include "base/span.h"
#include "store/policy_store.h"

extern int32 gauth_entity_put(const GauthPolicyStore *store, GauthSpan json);

#endif							/* GAUTH_ENTRY_ENTITY_PUT_H */
