/*
 * eval.h
 *		Evaluation of one expression of a compiled set.
 *
 * Cedar language reference, "Evaluation semantics", as in SDK 4.10.
 * Evaluation always ends: every step costs fuel, and recursion is as deep as
 * the expression, whose height was limited when it was read.
 */
#ifndef GAUTH_POLICY_EVAL_H
#define GAUTH_POLICY_EVAL_H

#include "policy/blob.h"
#include "policy/entity.h"

/*
 * Up to GAUTH_EVAL_EXTENSION: errors of the language, which concern one
 * policy.  Behind it: failures, which end the whole decision.
 */
typedef enum GauthEvalResult
{
	GAUTH_EVAL_OK,
	GAUTH_EVAL_TYPE,			/* an operand of the wrong type */
	GAUTH_EVAL_NO_ATTRIBUTE,
	GAUTH_EVAL_NO_TAG,
	GAUTH_EVAL_NO_ENTITY,
	GAUTH_EVAL_OVERFLOW,		/* of a 64-bit integer */
	GAUTH_EVAL_EXTENSION,		/* in an extension function */

	GAUTH_EVAL_LIMIT,			/* out of fuel */
	GAUTH_EVAL_MEMORY,
	GAUTH_EVAL_LOADER			/* the loader failed; its status is kept */
} GauthEvalResult;

#define GAUTH_EVAL_IS_FAILURE(result)	((result) >= GAUTH_EVAL_LIMIT)

typedef struct GauthEvaluator
{
	const GauthPolicySet *set;
	const GauthRequest *request;
	const GauthEntityLoader *loader;
	GauthArena *arena;			/* for values that are made on the way */
	GauthError *err;
	uint32_t	fuel;
	GauthStatus loader_status;
	uint32_t	error_node;		/* where the last error happened */
	bool		is_loaded[3];	/* by GauthVariable: was the loader asked? */
	const GauthEntity *entities[3]; /* NULL: there is no such entity */
} GauthEvaluator;

extern GauthEvalResult gauth_eval(GauthEvaluator *evaluator, uint32_t node,
								  GauthValue *value);
extern GauthEvalResult gauth_eval_bool(GauthEvaluator *evaluator,
									   uint32_t node, bool *truth);
extern GauthEvalResult gauth_eval_entity(GauthEvaluator *evaluator,
										 GauthVariable variable,
										 const GauthEntity **entity);
extern GauthEvalResult gauth_eval_find(GauthEvaluator *evaluator,
									   const GauthUid *uid,
									   const GauthEntity **entity);
extern const GauthUid *gauth_request_uid(const GauthRequest *request,
										 GauthVariable variable);
extern bool gauth_pattern_match(GauthSpan text, GauthSpan pattern);
extern const char *gauth_eval_result_name(GauthEvalResult result);

#endif							/* GAUTH_POLICY_EVAL_H */
