/*
 * validate.h
 *		Does a policy fit a schema?
 *
 * A policy set that validates in strict mode cannot err at run time but by
 * arithmetic overflow, by an entity that is not there, or by an extension
 * function's range.  Permissive mode lets types mix where the evaluator
 * would not mind.  The semantics are those of Cedar SDK 4.10 (language
 * version 4.5).
 *
 * Cedar documentation, "Policy validation"; RFC 76 (levels) of
 * cedar-policy/rfcs.
 */
#ifndef GAUTH_POLICY_VALIDATE_H
#define GAUTH_POLICY_VALIDATE_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "policy/ast.h"
#include "policy/diagnostic.h"
#include "policy/entity.h"
#include "policy/schema.h"

/* for GauthValidateOptions.level: no limit */
#define GAUTH_LEVEL_ANY		UINT32_MAX

/* a generous allowance of work, some seconds of it at most */
#define GAUTH_VALIDATE_STEPS	UINT64_C(50000000)

typedef struct GauthValidateOptions
{
	GauthValidationMode mode;
	uint32_t	level;			/* most entities that may be looked up one
								 * after another, or GAUTH_LEVEL_ANY */
	uint64_t	steps;			/* nodes visited, all environments together */
	GauthSpan	source;			/* of the policies, for lines; may be empty */
} GauthValidateOptions;

extern const GauthValidateOptions gauth_validate_strict;
extern const GauthValidateOptions gauth_validate_permissive;

extern GauthStatus gauth_validate_policies(GauthArena *arena,
										   const GauthSchema *schema,
										   const GauthPolicyList *list,
										   const GauthValidateOptions *options,
										   GauthDiagnosticList *result,
										   GauthError *err);
extern GauthStatus gauth_validate_policy(GauthArena *arena,
										 const GauthSchema *schema,
										 const GauthPolicy *policy,
										 const GauthValidateOptions *options,
										 GauthDiagnosticList *result,
										 GauthError *err);

#endif							/* GAUTH_POLICY_VALIDATE_H */
