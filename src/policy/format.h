/*
 * format.h
 *		Cedar's human syntax, written in one canonical way.
 */
#ifndef GAUTH_POLICY_FORMAT_H
#define GAUTH_POLICY_FORMAT_H

#include "base/text.h"
#include "policy/ast.h"

extern void gauth_policy_format(GauthText *text, const GauthPolicy *policy);
extern void gauth_expr_format(GauthText *text, const GauthExpr *expr);
extern void gauth_expr_format_lines(GauthText *text, const GauthExpr *expr);
extern void gauth_string_format(GauthText *text, GauthSpan content);
extern void gauth_uid_format(GauthText *text, const GauthUid *uid);
extern GauthStatus gauth_policy_format_source(GauthArena *arena,
											  GauthSpan source,
											  const GauthPolicyLimits *limits,
											  GauthSpan *formatted,
											  GauthError *err);

#endif							/* GAUTH_POLICY_FORMAT_H */
