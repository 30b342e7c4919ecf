/*
 * entity_json.h
 *		Cedar's JSON for values, entities, contexts and requests, without a
 *		schema.
 *
 * Cedar documentation, "Entities and context syntax".  An entity reference
 * inside a value is {"__entity": {"type", "id"}}, an extension value is
 * {"__extn": {"fn", "arg"}}; where only an entity can stand the short form
 * {"type", "id"} and the text Type::"id" are accepted too.
 */
#ifndef GAUTH_POLICY_ENTITY_JSON_H
#define GAUTH_POLICY_ENTITY_JSON_H

#include "base/json.h"
#include "policy/entity.h"

extern GauthStatus gauth_uid_from_json(GauthArena *arena,
									   const GauthJson *json,
									   const GauthUid **uid, GauthError *err);
extern GauthStatus gauth_value_from_json(GauthArena *arena,
										 const GauthJson *json,
										 const GauthPolicyLimits *limits,
										 GauthValue *value, GauthError *err);
extern GauthStatus gauth_context_from_json(GauthArena *arena,
										   const GauthJson *json,
										   const GauthPolicyLimits *limits,
										   const GauthRecord **context,
										   GauthError *err);
extern GauthStatus gauth_request_from_json(GauthArena *arena,
										   const GauthJson *json,
										   const GauthPolicyLimits *limits,
										   GauthRequest *request,
										   GauthError *err);
extern GauthStatus gauth_entity_from_json(GauthArena *arena,
										  const GauthJson *json,
										  const GauthPolicyLimits *limits,
										  GauthEntity *entity,
										  GauthError *err);
extern GauthStatus gauth_entities_from_json(GauthArena *arena,
											GauthSpan text,
											const GauthPolicyLimits *limits,
											GauthEntityStore *store,
											GauthError *err);
extern bool gauth_type_name_is_valid(GauthSpan name);

#endif							/* GAUTH_POLICY_ENTITY_JSON_H */
