/*
 * schema_json_reader.h
 *		What the two halves of the JSON form's reader share; nobody else
 *		includes it.
 */
#ifndef GAUTH_POLICY_SCHEMA_JSON_READER_H
#define GAUTH_POLICY_SCHEMA_JSON_READER_H

#include "base/json.h"
#include "policy/schema_tree.h"

typedef GauthStatus (*GauthSchemaReadText) (GauthSchemaBuilder *builder,
											const GauthJson *json,
											GauthSpan *text);

extern GauthStatus gauth_schema_read_fail(GauthSchemaBuilder *builder,
										  const GauthJson *json,
										  const char *message);
extern GauthStatus gauth_schema_read_missing(GauthSchemaBuilder *builder,
											 const GauthJson *json,
											 const char *name);
extern GauthStatus gauth_schema_read_members(GauthSchemaBuilder *builder,
											 const GauthJson *json,
											 const char *const *known);
extern GauthStatus gauth_schema_read_string(GauthSchemaBuilder *builder,
											const GauthJson *json,
											GauthSpan *text);
extern GauthStatus gauth_schema_read_path(GauthSchemaBuilder *builder,
										  const GauthJson *json,
										  GauthSpan *path);
extern GauthStatus gauth_schema_read_names(GauthSchemaBuilder *builder,
										   const GauthJson *json,
										   GauthSchemaReadText read_one,
										   const GauthSchemaName **names);
extern GauthStatus gauth_schema_read_notes(GauthSchemaBuilder *builder,
										   const GauthJson *parent,
										   const GauthSchemaNote **notes);
extern GauthStatus gauth_schema_read_type(GauthSchemaBuilder *builder,
										  const GauthJson *json,
										  bool is_attribute,
										  const GauthSchemaType **type);

#endif							/* GAUTH_POLICY_SCHEMA_JSON_READER_H */
