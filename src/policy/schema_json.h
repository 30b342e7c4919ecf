/*
 * schema_json.h
 *		Schemas in Cedar's JSON form.
 */
#ifndef GAUTH_POLICY_SCHEMA_JSON_H
#define GAUTH_POLICY_SCHEMA_JSON_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "base/text.h"
#include "policy/schema_tree.h"

extern GauthStatus gauth_schema_json_parse(GauthArena *arena,
										   GauthSpan source,
										   const GauthSchemaLimits *limits,
										   GauthSchemaTree **tree,
										   GauthError *err);
extern void gauth_schema_json_write(const GauthSchemaTree *tree,
									GauthText *text);

#endif							/* GAUTH_POLICY_SCHEMA_JSON_H */
