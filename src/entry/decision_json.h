/*
 * decision_json.h
 *		Decisions as JSON, for those who may see why.
 */
#ifndef GAUTH_ENTRY_DECISION_JSON_H
#define GAUTH_ENTRY_DECISION_JSON_H

#include "postgres.h"

#include "base/arena.h"
#include "base/text.h"
#include "store/authorize.h"

extern GauthSpan gauth_decision_json(GauthArena *arena,
									 const GauthAnswer *answer);
extern GauthSpan gauth_explanation_json(GauthArena *arena,
										const GauthAnswer *answer);
extern void gauth_append_policy_ids(GauthText *text, const GauthPolicySet *set,
									const GauthDecision *decision);
extern void gauth_append_failure_ids(GauthText *text,
									 const GauthPolicySet *set,
									 const GauthDecision *decision);
extern void gauth_append_notes(GauthText *text, const GauthPolicySet *set,
							   const GauthDecision *decision,
							   const char *name);
extern GauthSpan gauth_finish_json(const GauthText *text);

#endif							/* GAUTH_ENTRY_DECISION_JSON_H */
