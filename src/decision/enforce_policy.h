/*
 * enforce_policy.h
 *		What a mandate allows, in short (RFC 0117 section 7.3).
 */
#ifndef GAUTH_DECISION_ENFORCE_POLICY_H
#define GAUTH_DECISION_ENFORCE_POLICY_H

#include "base/text.h"
#include "decision/definition_check.h"

extern void gauth_enforce_append_policy(GauthText *text,
										const GauthEnforceInput *input,
										const GauthDefinitionFacts *facts);

#endif							/* GAUTH_DECISION_ENFORCE_POLICY_H */
