/*
 * eval_operator.h
 *		The operators of the evaluator; for eval.c only.
 */
#ifndef GAUTH_POLICY_EVAL_OPERATOR_H
#define GAUTH_POLICY_EVAL_OPERATOR_H

#include "policy/eval.h"

extern GauthEvalResult gauth_eval_pay(GauthEvaluator *evaluator,
									  uint32_t steps);
extern GauthEvalResult gauth_eval_unary(uint8_t kind, GauthValue operand,
										GauthValue *value);
extern GauthEvalResult gauth_eval_binary(GauthEvaluator *evaluator,
										 uint8_t kind, GauthValue left,
										 GauthValue right, GauthValue *value);
extern GauthEvalResult gauth_eval_get(GauthEvaluator *evaluator,
									  const GauthNode *node,
									  GauthValue *value);
extern GauthEvalResult gauth_eval_has(GauthEvaluator *evaluator,
									  const GauthNode *node,
									  GauthValue *value);
extern GauthEvalResult gauth_eval_like(GauthEvaluator *evaluator,
									   const GauthNode *node,
									   GauthValue *value);
extern GauthEvalResult gauth_eval_is(GauthEvaluator *evaluator,
									 const GauthNode *node,
									 GauthValue *value);
extern GauthEvalResult gauth_eval_constant_set(GauthEvaluator *evaluator,
											   const GauthNode *node,
											   GauthValue *value);
extern GauthEvalResult gauth_eval_constant_contains(GauthEvaluator *evaluator,
													uint32_t node,
													GauthValue item,
													GauthValue *value);
extern GauthEvalResult gauth_eval_in_constant(GauthEvaluator *evaluator,
											  GauthValue left, uint32_t node,
											  GauthValue *value);

#endif							/* GAUTH_POLICY_EVAL_OPERATOR_H */
