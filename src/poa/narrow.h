/*
 * narrow.h
 *		Powers that are handed on: are they no wider, and what is left of them
 *		(RFC 0117 section 11, RFC 0118 section 8.1)?
 *
 * A "scope" says all; what it leaves out is not restricted.  In a
 * "scope_restriction" what is left out stays as it is above.  Hence two
 * functions for each question.
 *
 * "No wider" is proved, not guessed: where it cannot be told, for two
 * patterns or two constraints, the answer is that it is wider.
 */
#ifndef GAUTH_POA_NARROW_H
#define GAUTH_POA_NARROW_H

#include "poa/credential.h"

/*
 * Every way in which the scope "narrow" is wider than the scope "wide", as a
 * problem GAUTH_CODE_WIDENING whose place begins with "scope".
 */
extern void gauth_narrow_check(const GauthPowers *wide,
							   const GauthPowers *narrow,
							   GauthProblems *problems);

/* the same for a restriction of "wide", with the place of its own */
extern void gauth_restriction_check(const GauthPowers *wide,
									const GauthPowers *restriction,
									GauthSpan place,
									GauthProblems *problems);

/* is a restriction no wider than "wide"?  false too when memory runs out */
extern bool gauth_powers_narrower(GauthArena *arena, const GauthPowers *wide,
								  const GauthPowers *restriction);

/*
 * What is left of "wide" under a restriction: never more than "wide", and
 * never more than the restriction.  A list that has nothing left is empty and
 * allows nothing.  The result has no "json".
 */
extern GauthStatus gauth_powers_intersect(GauthArena *arena,
										  const GauthPowers *wide,
										  const GauthPowers *restriction,
										  GauthPowers *result);

#endif							/* GAUTH_POA_NARROW_H */
