/*
 * problem.h
 *		What is wrong with a document, all of it at once (RFC 0118 section 10).
 */
#ifndef GAUTH_POA_PROBLEM_H
#define GAUTH_POA_PROBLEM_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

typedef struct GauthProblem GauthProblem;

struct GauthProblem
{
	const char *code;			/* of RFC 0118 section 12; static */
	GauthSpan	path;			/* where, such as "scope.core_verbs" */
	const char *rule;			/* what was broken, in English; static */
	GauthProblem *next;
};

/* in the order in which they were found; at most GAUTH_PROBLEMS_MAX */
typedef struct GauthProblems
{
	GauthArena *arena;
	GauthProblem *first;
	GauthProblem *last;
	uint32_t	count;
	bool		failed;			/* no more memory: the list is not complete */
} GauthProblems;

#define GAUTH_PROBLEMS_MAX	100

extern void gauth_problems_init(GauthProblems *problems, GauthArena *arena);
extern void gauth_problem_add(GauthProblems *problems, const char *code,
							  GauthSpan path, const char *rule);

#endif							/* GAUTH_POA_PROBLEM_H */
