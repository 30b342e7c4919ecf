/*
 * check.c
 *		How a check says what it found.
 */
#include "decision/check.h"

/*
 * gauth_check_pass, gauth_check_skip
 *		There is nothing to object to; the check does not apply.
 */
void
gauth_check_pass(GauthChecker *checker, const char *detail)
{
	checker->outcome->detail = detail;
}

void
gauth_check_skip(GauthChecker *checker, const char *detail)
{
	checker->outcome->result = GAUTH_CHECK_SKIP;
	checker->outcome->detail = detail;
}

static GauthViolation *
add_violation(GauthChecker *checker, GauthViolationCode code,
			  GauthSeverity severity, const char *message)
{
	GauthViolation *violation = gauth_arena_alloc(checker->arena,
												  sizeof(*violation));

	if (violation == NULL)
	{
		checker->failed = true;
		return NULL;
	}
	violation->check = checker->outcome->check;
	violation->delegated = checker->outcome->delegated;
	violation->code = code;
	violation->severity = severity;
	violation->message = message;
	violation->details = NULL;
	violation->next = NULL;
	*checker->next_violation = violation;
	checker->next_violation = &violation->next;
	return violation;
}

/*
 * gauth_check_fail
 *		Something is wrong, which denies the request.  NULL when there is no
 *		more memory, which denies it too.
 */
GauthViolation *
gauth_check_fail(GauthChecker *checker, GauthViolationCode code,
				 const char *message)
{
	if (checker->outcome->result != GAUTH_CHECK_FAIL)
		checker->outcome->detail = message;
	checker->outcome->result = GAUTH_CHECK_FAIL;
	return add_violation(checker, code, GAUTH_SEVERITY_ERROR, message);
}

/*
 * gauth_check_warn
 *		Something is worth to be known, and changes nothing.
 */
GauthViolation *
gauth_check_warn(GauthChecker *checker, GauthViolationCode code,
				 const char *message)
{
	if (checker->outcome->result == GAUTH_CHECK_SKIP)
		checker->outcome->result = GAUTH_CHECK_PASS;
	if (checker->outcome->result == GAUTH_CHECK_PASS)
		checker->outcome->detail = message;
	return add_violation(checker, code, GAUTH_SEVERITY_WARNING, message);
}

/*
 * gauth_check_constrain
 *		The action may be done within bounds, which whoever does it has to
 *		keep.
 */
void
gauth_check_constrain(GauthChecker *checker, const char *type,
					  GauthFact requested, GauthFact enforced)
{
	GauthConstraint *constraint = gauth_arena_alloc(checker->arena,
													sizeof(*constraint));

	if (constraint == NULL)
	{
		checker->failed = true;
		return;
	}
	if (checker->outcome->result != GAUTH_CHECK_FAIL)
		checker->outcome->result = GAUTH_CHECK_CONSTRAIN;
	constraint->check = checker->outcome->check;
	constraint->delegated = checker->outcome->delegated;
	constraint->type = type;
	constraint->requested = requested;
	constraint->enforced = enforced;
	constraint->next = NULL;
	*checker->next_constraint = constraint;
	checker->next_constraint = &constraint->next;
}

/*
 * gauth_check_detail
 *		Add something to a violation, which may be NULL.
 */
void
gauth_check_detail(GauthChecker *checker, GauthViolation *violation,
				   const char *name, GauthFact fact)
{
	GauthDetail **last;
	GauthDetail *detail;

	if (violation == NULL)
		return;
	detail = gauth_arena_alloc(checker->arena, sizeof(*detail));
	if (detail == NULL)
	{
		checker->failed = true;
		return;
	}
	detail->name = name;
	detail->fact = fact;
	detail->next = NULL;
	for (last = &violation->details; *last != NULL; last = &(*last)->next)
		continue;
	*last = detail;
}

/*
 * gauth_fact_text, gauth_fact_word, gauth_fact_number, gauth_fact_names,
 * gauth_fact_json
 *		A value of an answer; what is absent is null.
 */
GauthFact
gauth_fact_text(GauthSpan text)
{
	GauthFact	fact = {.kind = GAUTH_FACT_NULL,.text = text};

	if (text.len > 0)
		fact.kind = GAUTH_FACT_TEXT;
	return fact;
}

GauthFact
gauth_fact_word(const char *word)
{
	return gauth_fact_text(gauth_span_of(word));
}

GauthFact
gauth_fact_number(int64_t number)
{
	GauthFact	fact = {.kind = GAUTH_FACT_NULL,.number = number};

	if (number != GAUTH_ABSENT)
		fact.kind = GAUTH_FACT_NUMBER;
	return fact;
}

GauthFact
gauth_fact_names(const GauthNames *names)
{
	GauthFact	fact = {.kind = GAUTH_FACT_NAMES,.names = names};

	return fact;
}

GauthFact
gauth_fact_json(const GauthJson *json)
{
	GauthFact	fact = {.kind = GAUTH_FACT_JSON,.json = json};

	return fact;
}

/*
 * gauth_names_contain
 *		Is the name in the list?
 */
bool
gauth_names_contain(const GauthNames *names, GauthSpan name)
{
	uint32_t	i;

	for (i = 0; i < names->count; i++)
	{
		if (gauth_span_equal(names->items[i], name))
			return true;
	}
	return false;
}
