/*
 * entity_json.h
 *		Cedar's JSON for values, entities, contexts and requests.
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
#include "policy/schema.h"

/*
 * With a schema the short forms are accepted wherever it says what stands
 * there: {"type", "id"} for an entity, a string or {"fn", "arg"} for an
 * extension value.  That is all the schema does here: whether a value has
 * its type is the validator's question.
 */
typedef struct GauthEntityReader
{
	GauthArena *arena;
	const GauthPolicyLimits *limits;
	const GauthSchema *schema;	/* may be NULL */
	GauthError *err;
} GauthEntityReader;

extern GauthStatus gauth_uid_from_json(GauthArena *arena,
									   const GauthJson *json,
									   const GauthUid **uid, GauthError *err);
extern GauthStatus gauth_value_from_json(const GauthEntityReader *reader,
										 const GauthJson *json,
										 const GauthType *type,
										 GauthValue *value);
extern GauthStatus gauth_context_from_json(const GauthEntityReader *reader,
										   const GauthJson *json,
										   const GauthUid *action,
										   const GauthRecord **context);
extern GauthStatus gauth_request_from_json(const GauthEntityReader *reader,
										   const GauthJson *json,
										   GauthRequest *request);
extern GauthStatus gauth_entity_from_json(const GauthEntityReader *reader,
										  const GauthJson *json,
										  GauthEntity *entity);
extern GauthStatus gauth_entities_from_json(const GauthEntityReader *reader,
											GauthSpan text,
											GauthEntityStore *store);
extern GauthStatus gauth_entity_store_add_actions(GauthEntityStore *store,
												  const GauthSchema *schema,
												  GauthArena *arena,
												  GauthError *err);
extern bool gauth_type_name_is_valid(GauthSpan name);

#endif							/* GAUTH_POLICY_ENTITY_JSON_H */
