/*
 * test_poa.h
 *		What the tests of powers of attorney share: documents to mutate, and
 *		problems to look for.
 */
#ifndef GAUTH_UNIT_TEST_POA_H
#define GAUTH_UNIT_TEST_POA_H

#include "base/json.h"
#include "base/text.h"
#include "poa/credential.h"
#include "unit.h"

static GauthArena arena;

UNIT_MAYBE_UNUSED static GauthJson *
parse_span(GauthSpan text)
{
	GauthJson  *json = NULL;

	CHECK_STATUS(gauth_json_parse(&arena, text, &gauth_json_document_limits,
								  &json, NULL), GAUTH_OK);
	return json;
}

UNIT_MAYBE_UNUSED static GauthJson *
parse(const char *text)
{
	return parse_span(gauth_span_of(text));
}

/* the member at a place such as "scope.core_verbs"; its parent in "*object" */
UNIT_MAYBE_UNUSED static GauthJson *
locate(GauthJson *document, const char *place, GauthJson **object,
	   GauthSpan *name)
{
	GauthJson  *at = document;

	while (at != NULL)
	{
		const char *dot = strchr(place, '.');

		*object = at;
		*name = dot == NULL ? gauth_span_of(place) :
			gauth_span(place, (size_t) (dot - place));
		at = (GauthJson *) gauth_json_find(at, *name);
		if (dot == NULL)
			return at;
		place = dot + 1;
	}
	return NULL;
}

/* put a value, or with NULL nothing, at a place; its objects exist */
UNIT_MAYBE_UNUSED static void
mutate(GauthJson *document, const char *place, const char *value)
{
	GauthJson  *object = NULL;
	GauthSpan	name = {NULL, 0};
	GauthJson  *member = locate(document, place, &object, &name);
	GauthJson **link;
	GauthJson  *fresh;

	if (!CHECK(object != NULL && object->type == GAUTH_JSON_OBJECT))
		return;
	for (link = &object->first; *link != NULL && *link != member;)
		link = &(*link)->next;
	if (*link != NULL)
	{
		*link = member->next;
		object->count--;
	}
	if (value == NULL)
		return;
	fresh = parse(value);
	fresh->name = name;
	fresh->next = object->first;
	object->first = fresh;
	object->count++;
}

/* is there a problem with this code at this place? */
UNIT_MAYBE_UNUSED static bool
has_problem(const GauthProblems *problems, const char *code,
			const char *place)
{
	const GauthProblem *problem;

	for (problem = problems->first; problem != NULL; problem = problem->next)
	{
		if (strcmp(problem->code, code) == 0 &&
			gauth_span_is(problem->path, place))
			return true;
	}
	return false;
}

UNIT_MAYBE_UNUSED static void
print_problems(const GauthProblems *problems)
{
	const GauthProblem *problem;

	for (problem = problems->first; problem != NULL; problem = problem->next)
		printf("  %s %.*s: %s\n", problem->code, (int) problem->path.len,
			   problem->path.data == NULL ? "" : problem->path.data,
			   problem->rule);
}

#endif							/* GAUTH_UNIT_TEST_POA_H */
