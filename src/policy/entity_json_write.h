/*
 * entity_json_write.h
 *		Entities as Cedar's JSON, in one form.
 */
#ifndef GAUTH_POLICY_ENTITY_JSON_WRITE_H
#define GAUTH_POLICY_ENTITY_JSON_WRITE_H

#include "base/text.h"
#include "policy/entity.h"

extern void gauth_entity_to_json(GauthText *text, const GauthEntity *entity);

#endif							/* GAUTH_POLICY_ENTITY_JSON_WRITE_H */
