/*
 * authzen_answer.h
 *		Responses of the AuthZEN API, as JSON.
 */
#ifndef GAUTH_DECISION_AUTHZEN_ANSWER_H
#define GAUTH_DECISION_AUTHZEN_ANSWER_H

#include "base/text.h"
#include "decision/authzen.h"
#include "decision/authzen_search.h"
#include "policy/authorize.h"

/* what a failed evaluation says, in the numbers of HTTP */
#define GAUTH_AUTHZEN_BAD_REQUEST		400
#define GAUTH_AUTHZEN_INTERNAL_ERROR	500

typedef struct GauthAuthzenVerdict
{
	bool		permit;
	const GauthPolicySet *set;	/* NULL: no policy was asked */
	const GauthDecision *decision;
	int			error;			/* 0, or why no policy was asked */
	const char *message;		/* with an error: its code or its words */
	bool		administrator;	/* may the asker know policies by name? */
	int64_t		version;		/* of the store */
} GauthAuthzenVerdict;

extern void gauth_authzen_append_verdict(GauthText *text,
										 const GauthAuthzenVerdict *verdict);
extern void gauth_authzen_append_result(GauthText *text,
										const GauthAuthzenQuestion *question,
										GauthSpan id,
										const GauthAuthzenVerdict *verdict);
extern void gauth_authzen_append_page(GauthText *text,
									  const GauthAuthzenPage *page,
									  const GauthAuthzenPosition *next,
									  uint32_t count);
extern GauthStatus gauth_authzen_append_configuration(GauthText *text,
													  GauthSpan identifier,
													  GauthError *err);

#endif							/* GAUTH_DECISION_AUTHZEN_ANSWER_H */
