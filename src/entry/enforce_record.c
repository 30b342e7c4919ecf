/*
 * enforce_record.c
 *		What the ledger hears of enforcement (RFC 0117 section 15.4): the
 *		decision, the mode, how long it took, which check decided; of the
 *		credential its id alone.
 */
#include "postgres.h"

#include "entry/enforce_record.h"

#include "base/json_write.h"
#include "entry/report.h"
#include "store/ledger.h"

/*
 * gauth_enforce_finish
 *		What was written of an enforcement; raises when memory ran out.
 */
GauthSpan
gauth_enforce_finish(const GauthText *text)
{
	GauthSpan	result;

	if (!gauth_text_finish(text, &result))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "enforcement");
	return result;
}

static void
append_word(GauthText *text, const char *name, const char *word)
{
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, gauth_span_of(word));
}

static void
append_violations(GauthText *text, const GauthViolation *violation)
{
	bool		first = true;

	gauth_text_append_member(text, "violations");
	gauth_text_append_char(text, '[');
	for (; violation != NULL; violation = violation->next)
	{
		if (!first)
			gauth_text_append_char(text, ',');
		gauth_text_append_char(text, '{');
		append_word(text, "check",
					gauth_check_id(violation->check, violation->delegated));
		append_word(text, "code", gauth_violation_code_name(violation->code));
		gauth_text_append_char(text, '}');
		first = false;
	}
	gauth_text_append_char(text, ']');
}

static void
append_constraints(GauthText *text, const GauthConstraint *constraint)
{
	bool		first = true;

	gauth_text_append_member(text, "constraints");
	gauth_text_append_char(text, '[');
	for (; constraint != NULL; constraint = constraint->next)
	{
		if (!first)
			gauth_text_append_char(text, ',');
		gauth_text_append_json_string(text, gauth_span_of(constraint->type));
		first = false;
	}
	gauth_text_append_char(text, ']');
}

/* which request it was, where that is known */
static GauthSpan
make_error_payload(GauthArena *arena, const GauthEnforceError *error)
{
	GauthText	text;

	if (error->request_id.len == 0)
		return gauth_span(NULL, 0);
	gauth_text_init(&text, arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"request_id\":"));
	gauth_text_append_json_string(&text, error->request_id);
	gauth_text_append_char(&text, '}');
	return gauth_enforce_finish(&text);
}

static GauthSpan
make_payload(GauthArena *arena, const GauthEnforceAnswer *answer)
{
	const GauthEnforceDecision *decision = answer->decision;
	GauthText	text;

	gauth_text_init(&text, arena);
	gauth_text_append_char(&text, '{');
	gauth_text_append_member(&text, "request_id");
	gauth_text_append_json_string(&text, answer->input->request->request_id);
	append_word(&text, "mode", gauth_enforce_mode_name(decision->mode));
	append_word(&text, "interface", GAUTH_PEP_INTERFACE_VERSION);
	append_violations(&text, decision->violations);
	append_constraints(&text, decision->constraints);
	if (answer->record.policies.len > 0 &&
		answer->record.policies.len < GAUTH_PAYLOAD_MAX / 2)
	{
		gauth_text_append_member(&text, "policies");
		gauth_text_append(&text, answer->record.policies);
	}
	gauth_text_append_char(&text, '}');
	return gauth_enforce_finish(&text);
}

/* the first error, else the first constraint, else that nothing was found */
static GauthSpan
find_rule(const GauthEnforceDecision *decision)
{
	const GauthViolation *violation;

	for (violation = decision->violations; violation != NULL;
		 violation = violation->next)
	{
		if (violation->severity == GAUTH_SEVERITY_ERROR)
			return gauth_span_of(gauth_violation_code_name(violation->code));
	}
	if (decision->constraints != NULL)
		return gauth_span_of(decision->constraints->type);
	return GAUTH_SPAN("ALL_CHECKS_PASSED");
}

static GauthVerdict
find_verdict(GauthRuling ruling)
{
	switch (ruling)
	{
		case GAUTH_RULING_PERMIT:
			return GAUTH_VERDICT_PERMIT;
		case GAUTH_RULING_CONSTRAIN:
			return GAUTH_VERDICT_CONSTRAIN;
		case GAUTH_RULING_DENY:
			break;
	}
	return GAUTH_VERDICT_DENY;
}

/*
 * gauth_enforce_record
 *		Write a decision or an error into the ledger; raises what
 *		gauth_ledger_decide raises.
 */
void
gauth_enforce_record(GauthArena *arena, const GauthEnforceAnswer *answer)
{
	GauthNote	note = {0};

	note.kind = "enforce";
	if (answer->decision == NULL)
	{
		note.verdict = GAUTH_VERDICT_ERROR;
		note.rule =
			gauth_span_of(gauth_enforce_error_name(answer->error.code));
		note.payload = make_error_payload(arena, &answer->error);
		gauth_ledger_decide(&note, NULL);
		return;
	}
	note.verdict = find_verdict(answer->decision->ruling);
	note.action = answer->input->request->verb;
	note.resource = answer->input->request->resource;
	note.agent = answer->input->request->agent;
	note.rule = find_rule(answer->decision);
	if (answer->record.mandate.len > 0)
		note.mandate = answer->record.mandate;
	if (answer->input->evidence.token_id.len > 0)
		note.token_id = answer->input->evidence.token_id;
	note.payload = make_payload(arena, answer);
	gauth_ledger_decide(&note, NULL);
}

/*
 * gauth_enforce_record_trust
 *		Write down that the trust in an agent was recorded anew.
 */
void
gauth_enforce_record_trust(GauthSpan agent)
{
	GauthNote	note = {0};

	note.kind = "trust.record";
	note.agent = agent;
	gauth_ledger_append(&note, NULL);
}
