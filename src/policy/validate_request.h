/*
 * validate_request.h
 *		Do requests, contexts and values fit a schema?
 *
 * These answer GAUTH_OK or the first thing that does not fit, as
 * GAUTH_INVALID_VALUE with a detail that names types and attributes and
 * never repeats a value.
 */
#ifndef GAUTH_POLICY_VALIDATE_REQUEST_H
#define GAUTH_POLICY_VALIDATE_REQUEST_H

#include "base/status.h"
#include "policy/entity.h"
#include "policy/schema.h"

extern GauthStatus gauth_validate_request(const GauthSchema *schema,
										  const GauthRequest *request,
										  GauthError *err);
extern GauthStatus gauth_validate_context(const GauthSchema *schema,
										  const GauthSchemaAction *action,
										  const GauthRecord *context,
										  GauthError *err);
extern GauthStatus gauth_validate_record(const GauthSchema *schema,
										 const GauthRecord *record,
										 const GauthType *type,
										 GauthError *err);
extern GauthStatus gauth_validate_value(const GauthSchema *schema,
										GauthValue value,
										const GauthType *type,
										GauthError *err);
extern GauthStatus gauth_validate_uid(const GauthSchema *schema,
									  const GauthUid *uid, GauthError *err);

#endif							/* GAUTH_POLICY_VALIDATE_REQUEST_H */
