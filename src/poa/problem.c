/*
 * problem.c
 *		Collecting what is wrong with a document.
 */
#include "poa/problem.h"

/*
 * gauth_problems_init
 *		Begin an empty list; its members will be in "arena".
 */
void
gauth_problems_init(GauthProblems *problems, GauthArena *arena)
{
	memset(problems, 0, sizeof(*problems));
	problems->arena = arena;
}

/*
 * gauth_problem_add
 *		Note one problem; those beyond GAUTH_PROBLEMS_MAX are dropped.
 *
 * "code" and "rule" must outlive the list, "path" is copied.
 */
void
gauth_problem_add(GauthProblems *problems, const char *code, GauthSpan path,
				  const char *rule)
{
	GauthProblem *problem;

	if (problems->count >= GAUTH_PROBLEMS_MAX)
		return;
	problem = gauth_arena_zalloc(problems->arena, sizeof(GauthProblem));
	if (problem == NULL ||
		!gauth_arena_copy(problems->arena, path, &problem->path))
	{
		problems->failed = true;
		return;
	}
	problem->code = code;
	problem->rule = rule;
	if (problems->last == NULL)
		problems->first = problem;
	else
		problems->last->next = problem;
	problems->last = problem;
	problems->count++;
}

/*
 * gauth_problems_good
 *		Is there no problem, and was there room to note one?
 */
bool
gauth_problems_good(const GauthProblems *problems)
{
	return problems->count == 0 && !problems->failed;
}
