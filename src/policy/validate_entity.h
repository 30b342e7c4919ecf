/*
 * validate_entity.h
 *		Do entities fit a schema?
 *
 * As with validate_request.h, the answer is GAUTH_OK or the first thing that
 * does not fit.
 */
#ifndef GAUTH_POLICY_VALIDATE_ENTITY_H
#define GAUTH_POLICY_VALIDATE_ENTITY_H

#include "base/status.h"
#include "policy/entity.h"
#include "policy/schema.h"

extern GauthStatus gauth_validate_entity(const GauthSchema *schema,
										 const GauthEntity *entity,
										 GauthError *err);
extern GauthStatus gauth_validate_entities(const GauthSchema *schema,
										   const GauthEntityStore *store,
										   GauthError *err);

#endif							/* GAUTH_POLICY_VALIDATE_ENTITY_H */
