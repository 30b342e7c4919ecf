/*
 * problem.h
 *		What is wrong with a document, all of it at once (RFC 0118 section 10).
 */
#ifndef GAUTH_POA_PROBLEM_H
#define GAUTH_POA_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* codes of RFC 0118 section 12, and those of its consistency rules */
#define GAUTH_CODE_SCHEMA			"SCHEMA_VALIDATION_FAILED"
#define GAUTH_CODE_PROFILE			"PROFILE_NOT_FOUND"
#define GAUTH_CODE_CEILING			"CEILING_VIOLATION"
#define GAUTH_CODE_WIDENING			"DELEGATION_SCOPE_WIDENING"
#define GAUTH_CODE_FOUR_EYES		"FOUR_EYES_MISSING_APPROVERS"
#define GAUTH_CODE_PATH_CONFLICT	"PATH_CONFLICT"
#define GAUTH_CODE_BUDGET			"INVALID_BUDGET"
#define GAUTH_CODE_TTL				"TTL_TOO_SHORT"
#define GAUTH_CODE_MODULE			"UNKNOWN_MODULE"

typedef struct GauthProblem GauthProblem;

struct GauthProblem
{
	const char *code;			/* of RFC 0118 section 12; static */
	GauthSpan	path;			/* where: scope.core_verbs["a.b"].allowed */
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
extern bool gauth_problems_good(const GauthProblems *problems);

#endif							/* GAUTH_POA_PROBLEM_H */
