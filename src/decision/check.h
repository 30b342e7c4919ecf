/*
 * check.h
 *		What the checks of RFC 0117 share.  For check_*.c and enforce.c only.
 *
 * A check looks at what the checker holds and says what it found.  One that
 * says nothing has passed.
 */
#ifndef GAUTH_DECISION_CHECK_H
#define GAUTH_DECISION_CHECK_H

#include "decision/enforce.h"

typedef struct GauthChecker
{
	GauthArena *arena;
	const GauthEnforceInput *input;
	const GauthEnforceRequest *request;
	const GauthCredential *credential;	/* never NULL in a check, but for the
										 * first */
	const GauthPowers *powers;	/* of this pass */
	const GauthPowers *effective;	/* what a delegation left; NULL: all */
	GauthEnforceMode mode;
	GauthEnforceDecision *decision;
	GauthCheckOutcome *outcome; /* of the check that is being made */
	GauthViolation **next_violation;
	GauthConstraint **next_constraint;
	bool		failed;			/* no more memory */
} GauthChecker;

typedef void (*GauthCheck) (GauthChecker *checker);

extern void gauth_check_credential(GauthChecker *checker);
extern void gauth_check_status(GauthChecker *checker);
extern void gauth_check_profile(GauthChecker *checker);
extern void gauth_check_phase(GauthChecker *checker);
extern void gauth_check_sector(GauthChecker *checker);
extern void gauth_check_region(GauthChecker *checker);
extern void gauth_check_path(GauthChecker *checker);
extern void gauth_check_verb(GauthChecker *checker);
extern void gauth_check_constraint(GauthChecker *checker);
extern void gauth_check_platform(GauthChecker *checker);
extern void gauth_check_transaction(GauthChecker *checker);
extern void gauth_check_decision(GauthChecker *checker);
extern void gauth_check_budget(GauthChecker *checker);
extern void gauth_check_session(GauthChecker *checker);
extern void gauth_check_approval(GauthChecker *checker);
extern void gauth_check_delegation(GauthChecker *checker);
extern void gauth_check_condition(GauthChecker *checker);

extern void gauth_check_pass(GauthChecker *checker, const char *detail);
extern void gauth_check_skip(GauthChecker *checker, const char *detail);
extern GauthViolation *gauth_check_fail(GauthChecker *checker,
										GauthViolationCode code,
										const char *message);
extern GauthViolation *gauth_check_warn(GauthChecker *checker,
										GauthViolationCode code,
										const char *message);
extern void gauth_check_constrain(GauthChecker *checker, const char *type,
								  GauthFact requested, GauthFact enforced);
extern void gauth_check_detail(GauthChecker *checker,
							   GauthViolation *violation, const char *name,
							   GauthFact fact);

extern GauthFact gauth_fact_text(GauthSpan text);
extern GauthFact gauth_fact_word(const char *word);
extern GauthFact gauth_fact_number(int64_t number);
extern GauthFact gauth_fact_names(const GauthNames *names);
extern GauthFact gauth_fact_json(const GauthJson *json);

/* the policy of the request's verb in the powers of this pass, or NULL */
static inline const GauthVerb *
gauth_check_find_verb(const GauthChecker *checker)
{
	if (!checker->request->verb_good)
		return NULL;
	return gauth_powers_find_verb(checker->powers, checker->request->verb);
}

extern bool gauth_check_needs_approval(const GauthEnforceRequest *request,
									   const GauthCredential *credential);
extern unsigned gauth_enforce_environment(const GauthEnforceRequest *request);

#endif							/* GAUTH_DECISION_CHECK_H */
