/*
 * expr_json.h
 *		Expressions of the JSON policy format; for its reader only.
 */
#ifndef GAUTH_POLICY_EXPR_JSON_H
#define GAUTH_POLICY_EXPR_JSON_H

#include "base/json.h"
#include "policy/build.h"

extern GauthStatus gauth_expr_from_json(GauthBuilder *builder,
										const GauthJson *json,
										GauthExpr **expr);
extern bool gauth_word_is_identifier(GauthSpan word);

#endif							/* GAUTH_POLICY_EXPR_JSON_H */
