/*
 * authorize.h
 *		The decision about one request by all policies of a compiled set.
 *
 * Cedar language reference, "Authorization": permit when at least one permit
 * is satisfied and no forbid is; a policy whose evaluation fails is left out
 * and listed.  Mode "strict" differs in one point: a forbid that fails
 * denies as if it were satisfied, without being a determining policy.
 */
#ifndef GAUTH_POLICY_AUTHORIZE_H
#define GAUTH_POLICY_AUTHORIZE_H

#include "policy/eval.h"
#include "policy/policy_set.h"

typedef enum GauthPolicyMode
{
	GAUTH_POLICY_STRICT,
	GAUTH_POLICY_CEDAR
} GauthPolicyMode;

/* a policy that could not be evaluated */
typedef struct GauthPolicyFailure
{
	uint32_t	policy;
	GauthEvalResult error;
	uint32_t	offset;			/* of the expression in the source */
	uint32_t	end;
} GauthPolicyFailure;

/*
 * A permit that the scope let through and one condition did not.  Offset and
 * end are those of the part of the condition that decided it.
 */
typedef struct GauthPolicyMiss
{
	uint32_t	policy;
	uint32_t	condition;
	bool		unless;
	uint32_t	offset;
	uint32_t	end;
} GauthPolicyMiss;

/* lists are in the order of the set, without duplicates */
typedef struct GauthDecision
{
	bool		permit;
	uint32_t	determining_count;
	uint32_t	failure_count;
	uint32_t	miss_count;		/* 0 unless asked to explain */
	const uint32_t *determining;	/* numbers of policies */
	const GauthPolicyFailure *failures;
	const GauthPolicyMiss *misses;
	uint32_t	candidates;		/* policies whose scope was tested */
	uint32_t	fuel_used;
} GauthDecision;

typedef struct GauthDecisionInput
{
	const GauthPolicySet *set;
	const GauthEntityLoader *loader;
	const GauthPolicyLimits *limits;
	GauthPolicyMode mode;
	bool		explain;		/* collect nearest misses */
	bool		linear;			/* test every policy instead of the index's */
} GauthDecisionInput;

extern GauthStatus gauth_policy_decide(GauthArena *arena,
									   const GauthDecisionInput *input,
									   const GauthRequest *request,
									   GauthDecision *decision,
									   GauthError *err);

#endif							/* GAUTH_POLICY_AUTHORIZE_H */
