/*
 * enforce_answer.c
 *		Decisions and errors as JSON (RFC 0117 sections 5.1, 6.1 and 7.2).
 */
#include "decision/enforce_answer.h"

#include <stdio.h>

#include "base/instant.h"
#include "base/json_write.h"

static void
append_string(GauthText *text, const char *name, GauthSpan value)
{
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, value);
}

static void
append_word(GauthText *text, const char *name, const char *value)
{
	append_string(text, name, gauth_span_of(value));
}

/* a member that is left out when there is nothing to say */
static void
append_optional(GauthText *text, const char *name, GauthSpan value)
{
	if (value.len > 0)
		append_string(text, name, value);
}

static void
append_number(GauthText *text, const char *name, int64_t value)
{
	gauth_text_append_member(text, name);
	gauth_text_append_int64(text, value);
}

static void
append_instant(GauthText *text, const char *name, int64_t seconds)
{
	char		buffer[GAUTH_INSTANT_TEXT_MAX];
	size_t		len = gauth_instant_write(seconds, buffer);

	append_string(text, name, gauth_span(buffer, len));
}

/*
 * gauth_enforce_append_names
 *		An array of strings.
 */
void
gauth_enforce_append_names(GauthText *text, const GauthNames *names)
{
	uint32_t	i;

	gauth_text_append_char(text, '[');
	for (i = 0; i < names->count; i++)
	{
		if (i > 0)
			gauth_text_append_char(text, ',');
		gauth_text_append_json_string(text, names->items[i]);
	}
	gauth_text_append_char(text, ']');
}

static void
append_fact(GauthText *text, const GauthFact *fact)
{
	switch (fact->kind)
	{
		case GAUTH_FACT_NULL:
			gauth_text_append(text, GAUTH_SPAN("null"));
			break;
		case GAUTH_FACT_TEXT:
			gauth_text_append_json_string(text, fact->text);
			break;
		case GAUTH_FACT_NUMBER:
			gauth_text_append_int64(text, fact->number);
			break;
		case GAUTH_FACT_NAMES:
			gauth_enforce_append_names(text, fact->names);
			break;
		case GAUTH_FACT_JSON:
			gauth_text_append_json(text, fact->json);
			break;
	}
}

static void
open_item(GauthText *text, bool first)
{
	if (!first)
		gauth_text_append_char(text, ',');
	gauth_text_append_char(text, '{');
}

static void
append_checks(GauthText *text, const GauthEnforceDecision *decision)
{
	uint32_t	i;

	gauth_text_append_member(text, "checks");
	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->outcome_count; i++)
	{
		const GauthCheckOutcome *outcome = &decision->outcomes[i];

		open_item(text, i == 0);
		append_word(text, "check_id",
					gauth_check_id(outcome->check, outcome->delegated));
		append_word(text, "check_name", gauth_check_name(outcome->check));
		append_word(text, "result", gauth_check_result_name(outcome->result));
		if (outcome->detail != NULL)
			append_word(text, "detail", outcome->detail);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, ']');
}

static void
append_constraints(GauthText *text, const GauthEnforceDecision *decision)
{
	const GauthConstraint *constraint;

	gauth_text_append_member(text, "enforced_constraints");
	gauth_text_append_char(text, '[');
	for (constraint = decision->constraints; constraint != NULL;
		 constraint = constraint->next)
	{
		open_item(text, constraint == decision->constraints);
		append_word(text, "constraint_type", constraint->type);
		append_word(text, "check_id",
					gauth_check_id(constraint->check, constraint->delegated));
		gauth_text_append_member(text, "requested");
		append_fact(text, &constraint->requested);
		gauth_text_append_member(text, "enforced");
		append_fact(text, &constraint->enforced);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, ']');
}

static void
append_details(GauthText *text, const GauthDetail *detail)
{
	if (detail == NULL)
		return;
	gauth_text_append_member(text, "details");
	gauth_text_append_char(text, '{');
	for (; detail != NULL; detail = detail->next)
	{
		gauth_text_append_member(text, detail->name);
		append_fact(text, &detail->fact);
	}
	gauth_text_append_char(text, '}');
}

static void
append_violations(GauthText *text, const GauthEnforceDecision *decision)
{
	const GauthViolation *violation;

	gauth_text_append_member(text, "violations");
	gauth_text_append_char(text, '[');
	for (violation = decision->violations; violation != NULL;
		 violation = violation->next)
	{
		open_item(text, violation == decision->violations);
		append_word(text, "code", gauth_violation_code_name(violation->code));
		append_word(text, "message", violation->message);
		append_word(text, "check_id",
					gauth_check_id(violation->check, violation->delegated));
		append_word(text, "severity",
					violation->severity == GAUTH_SEVERITY_ERROR
					? "error" : "warning");
		append_details(text, violation->details);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, ']');
}

static int64_t
count_results(const GauthEnforceDecision *decision, GauthCheckResult result)
{
	int64_t		count = 0;
	uint32_t	i;

	for (i = 0; i < decision->outcome_count; i++)
		count += decision->outcomes[i].result == result;
	return count;
}

static void
append_time_taken(GauthText *text, int64_t micros)
{
	char		buffer[32];
	int			len;

	if (micros < 0)
		micros = 0;
	len = snprintf(buffer, sizeof(buffer), "%lld.%03d",
				   (long long) (micros / 1000), (int) (micros % 1000));
	gauth_text_append_member(text, "processing_time_ms");
	gauth_text_append(text, gauth_span(buffer, (size_t) len));
}

static void
append_audit(GauthText *text, const GauthEnforceAnswer *answer)
{
	const GauthEnforceRequest *request = answer->input->request;
	const GauthEnforceDecision *decision = answer->decision;

	gauth_text_append_member(text, "audit");
	gauth_text_append_char(text, '{');
	append_time_taken(text, answer->record.micros);
	append_word(text, "pep_version", answer->record.version);
	append_word(text, "pep_interface_version", GAUTH_PEP_INTERFACE_VERSION);
	append_optional(text, "credential_jti", answer->input->evidence.token_id);
	append_optional(text, "mandate_id", answer->record.mandate);
	append_string(text, "agent_id", request->agent);
	append_string(text, "action_verb", request->verb);
	append_string(text, "action_resource", request->resource);
	append_number(text, "checks_performed", decision->outcome_count);
	append_number(text, "checks_passed",
				  count_results(decision, GAUTH_CHECK_PASS));
	append_number(text, "checks_failed",
				  count_results(decision, GAUTH_CHECK_FAIL));
	append_number(text, "checks_skipped",
				  count_results(decision, GAUTH_CHECK_SKIP));
	append_number(text, "checks_constrained",
				  count_results(decision, GAUTH_CHECK_CONSTRAIN));
	gauth_text_append_char(text, '}');
}

static void
append_decision(GauthText *text, const GauthEnforceAnswer *answer)
{
	const GauthEnforceDecision *decision = answer->decision;

	gauth_text_append_char(text, '{');
	append_string(text, "request_id", answer->input->request->request_id);
	append_word(text, "decision", gauth_ruling_name(decision->ruling));
	append_instant(text, "timestamp", answer->record.timestamp);
	append_word(text, "enforcement_mode",
				gauth_enforce_mode_name(decision->mode));
	append_checks(text, decision);
	append_constraints(text, decision);
	append_violations(text, decision);
	if (answer->record.policies.len > 0)
	{
		gauth_text_append_member(text, "policies");
		gauth_text_append(text, answer->record.policies);
	}
	append_audit(text, answer);
	gauth_text_append_char(text, '}');
}

/*
 * gauth_enforce_error_name
 *		An error as section 6.2 has it.
 */
const char *
gauth_enforce_error_name(GauthEnforceErrorCode code)
{
	static const char *const names[] = {
		"", "INVALID_REQUEST", "CREDENTIAL_PARSE_ERROR",
		"ISSUER_UNREACHABLE", "EVALUATION_TIMEOUT", "PEP_INTERNAL_ERROR"
	};

	return names[code];
}

static const char *
error_message(GauthEnforceErrorCode code)
{
	switch (code)
	{
		case GAUTH_ENFORCE_INVALID_REQUEST:
			return "the request is malformed or lacks a required field";
		case GAUTH_ENFORCE_CREDENTIAL_PARSE_ERROR:
			return "the credential could not be read";
		case GAUTH_ENFORCE_ISSUER_UNREACHABLE:
			return "the issuer's state of the mandate could not be read";
		case GAUTH_ENFORCE_EVALUATION_TIMEOUT:
			return "the evaluation took too long";
		default:
			return "the request could not be evaluated";
	}
}

/*
 * gauth_enforce_append_error
 *		Append an error object.
 */
void
gauth_enforce_append_error(GauthText *text, const GauthEnforceError *error,
						   int64_t timestamp)
{
	gauth_text_append_char(text, '{');
	append_word(text, "error_code", gauth_enforce_error_name(error->code));
	append_word(text, "message", error_message(error->code));
	append_instant(text, "timestamp", timestamp);
	append_optional(text, "request_id", error->request_id);
	if (error->failed_field.len > 0 || error->rule != NULL)
	{
		gauth_text_append_member(text, "detail");
		gauth_text_append_char(text, '{');
		append_optional(text, "failed_field", error->failed_field);
		if (error->rule != NULL)
			append_word(text, "rule", error->rule);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, '}');
}

/*
 * gauth_enforce_append_answer
 *		Append a decision object, or an error object.
 */
void
gauth_enforce_append_answer(GauthText *text, const GauthEnforceAnswer *answer)
{
	if (answer->decision == NULL)
		gauth_enforce_append_error(text, &answer->error,
								   answer->record.timestamp);
	else
		append_decision(text, answer);
}

/*
 * gauth_enforce_append_refusal
 *		Append why a credential does not count, where nothing was asked.
 */
void
gauth_enforce_append_refusal(GauthText *text,
							 const GauthEnforceDecision *decision)
{
	gauth_text_append_char(text, '{');
	append_word(text, "decision", gauth_ruling_name(decision->ruling));
	append_violations(text, decision);
	gauth_text_append_char(text, '}');
}

/*
 * gauth_batch_mode_find
 *		The mode of that name; false when there is none.
 */
bool
gauth_batch_mode_find(GauthSpan name, GauthBatchMode *mode)
{
	*mode = GAUTH_BATCH_INDEPENDENT;
	if (gauth_span_is(name, "independent"))
		return true;
	*mode = GAUTH_BATCH_ALL_OR_NOTHING;
	return gauth_span_is(name, "all_or_nothing");
}

/*
 * gauth_enforce_answer_ruling
 *		What an answer comes to: an error is a denial (section 6.2).
 */
GauthRuling
gauth_enforce_answer_ruling(const GauthEnforceAnswer *answer)
{
	return answer->decision == NULL ? GAUTH_RULING_DENY
		: answer->decision->ruling;
}

/*
 * gauth_enforce_deny
 *		Deny what the checks have let through, for a reason that is not theirs;
 *		the registry has no code for it but that of a constraint.
 */
GauthStatus
gauth_enforce_deny(GauthArena *arena, GauthEnforceDecision *decision,
				   const char *message)
{
	GauthViolation *violation = gauth_arena_zalloc(arena, sizeof(*violation));
	GauthViolation **last = &decision->violations;

	if (violation == NULL)
		return GAUTH_OUT_OF_MEMORY;
	violation->check = GAUTH_CHECK_CONSTRAINT;
	violation->code = GAUTH_CONSTRAINT_VIOLATED;
	violation->message = message;
	while (*last != NULL)
		last = &(*last)->next;
	*last = violation;
	decision->ruling = GAUTH_RULING_DENY;
	decision->constraints = NULL;
	return GAUTH_OK;
}

/*
 * gauth_enforce_combine
 *		What a batch comes to; where it is all or nothing and one is denied,
 *		all are (section 7.2).
 */
GauthStatus
gauth_enforce_combine(GauthArena *arena, GauthEnforceAnswer *answers,
					  uint32_t count, GauthBatchMode mode,
					  GauthRuling *overall)
{
	uint32_t	i;

	*overall = GAUTH_RULING_PERMIT;
	for (i = 0; i < count; i++)
	{
		GauthRuling ruling = gauth_enforce_answer_ruling(&answers[i]);

		if (ruling == GAUTH_RULING_DENY)
			*overall = GAUTH_RULING_DENY;
		else if (*overall == GAUTH_RULING_PERMIT)
			*overall = ruling;
	}
	if (mode == GAUTH_BATCH_INDEPENDENT || *overall != GAUTH_RULING_DENY)
		return GAUTH_OK;
	for (i = 0; i < count; i++)
	{
		if (gauth_enforce_answer_ruling(&answers[i]) == GAUTH_RULING_DENY)
			continue;
		if (gauth_enforce_deny(arena, answers[i].decision,
							   "another request of the batch was denied") !=
			GAUTH_OK)
			return GAUTH_OUT_OF_MEMORY;
	}
	return GAUTH_OK;
}
