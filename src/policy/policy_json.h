/*
 * policy_json.h
 *		Cedar's JSON policy format, both ways.
 *
 * Cedar documentation, "JSON policy format": one policy or template, or a
 * policy set with staticPolicies, templates and templateLinks.
 */
#ifndef GAUTH_POLICY_POLICY_JSON_H
#define GAUTH_POLICY_POLICY_JSON_H

#include "base/json.h"
#include "base/text.h"
#include "policy/ast.h"

extern GauthStatus gauth_policy_to_json(GauthText *text,
										const GauthPolicy *policy,
										const GauthPolicyLimits *limits,
										GauthError *err);
extern GauthStatus gauth_policy_list_to_json(GauthText *text,
											 const GauthPolicyList *list,
											 const GauthPolicyLimits *limits,
											 GauthError *err);
extern GauthStatus gauth_policy_list_from_json(GauthArena *arena,
											   GauthSpan source,
											   const GauthPolicyLimits *limits,
											   GauthPolicyList *list,
											   GauthError *err);

/* the JSON names of operators with one "arg" or with "left" and "right" */
extern const char *gauth_expr_json_name(GauthExprKind kind);
extern bool gauth_expr_json_find(GauthSpan name, GauthExprKind *kind);

#endif							/* GAUTH_POLICY_POLICY_JSON_H */
