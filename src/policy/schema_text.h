/*
 * schema_text.h
 *		Schemas in Cedar's human syntax.
 */
#ifndef GAUTH_POLICY_SCHEMA_TEXT_H
#define GAUTH_POLICY_SCHEMA_TEXT_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "base/text.h"
#include "policy/schema_tree.h"

extern GauthStatus gauth_schema_text_parse(GauthArena *arena,
										   GauthSpan source,
										   const GauthSchemaLimits *limits,
										   GauthSchemaTree **tree,
										   GauthError *err);
extern GauthStatus gauth_schema_text_write(const GauthSchemaTree *tree,
										   GauthText *text, GauthError *err);

#endif							/* GAUTH_POLICY_SCHEMA_TEXT_H */
