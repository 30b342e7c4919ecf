/*
 * decision_json.c
 *		Decisions as JSON, for those who may see why.
 *
 * "determining" and "errors" hold names of policies.  What the asker may be
 * told is in "reason_user", from the annotation @reason_user; names and
 * conditions are for administrators and enforcement points, because an agent
 * that learns a threshold will stay just below it.
 */
#include "entry/decision_json.h"

#include "base/json.h"
#include "entry/report.h"
#include "policy/format.h"
#include "store/relation.h"

/*
 * gauth_finish_json
 *		The text, which has to be complete.
 */
GauthSpan
gauth_finish_json(const GauthText *text)
{
	GauthSpan	json;

	if (!gauth_text_finish(text, &json))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "decision");
	return json;
}

static void
append_id(GauthText *text, const GauthPolicySet *set, uint32_t policy,
		  bool first)
{
	if (!first)
		gauth_text_append_char(text, ',');
	gauth_text_append_json_string(text, gauth_policy_set_id(set, policy));
}

/*
 * gauth_append_policy_ids
 *		The determining policies as an array of names.
 */
void
gauth_append_policy_ids(GauthText *text, const GauthPolicySet *set,
						const GauthDecision *decision)
{
	uint32_t	i;

	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->determining_count; i++)
		append_id(text, set, decision->determining[i], i == 0);
	gauth_text_append_char(text, ']');
}

/*
 * gauth_append_failure_ids
 *		The policies that could not be evaluated as an array of names.
 */
void
gauth_append_failure_ids(GauthText *text, const GauthPolicySet *set,
						 const GauthDecision *decision)
{
	uint32_t	i;

	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->failure_count; i++)
		append_id(text, set, decision->failures[i].policy, i == 0);
	gauth_text_append_char(text, ']');
}

/* was the same note on an earlier determining policy? */
static bool
is_repeated(const GauthPolicySet *set, const GauthDecision *decision,
			uint32_t position, const char *name, GauthSpan value)
{
	GauthSpan	earlier;
	uint32_t	i;

	for (i = 0; i < position; i++)
	{
		if (gauth_policy_set_find_note(set, decision->determining[i], name,
									   &earlier) &&
			gauth_span_equal(earlier, value))
			return true;
	}
	return false;
}

/* a note that holds a JSON object is passed on as one */
static void
append_note(GauthText *text, GauthSpan value)
{
	GauthJson  *json;

	if (value.len > 0 && value.data[0] == '{' &&
		gauth_json_parse(text->arena, value, &gauth_json_token_limits, &json,
						 NULL) == GAUTH_OK)
		gauth_text_append(text, value);
	else
		gauth_text_append_json_string(text, value);
}

/*
 * gauth_append_notes
 *		The annotation of that name of all determining policies as an array,
 *		each content once.
 */
void
gauth_append_notes(GauthText *text, const GauthPolicySet *set,
				   const GauthDecision *decision, const char *name)
{
	bool		first = true;
	GauthSpan	value;
	uint32_t	i;

	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->determining_count; i++)
	{
		if (!gauth_policy_set_find_note(set, decision->determining[i], name,
										&value) ||
			is_repeated(set, decision, i, name, value))
			continue;
		if (!first)
			gauth_text_append_char(text, ',');
		append_note(text, value);
		first = false;
	}
	gauth_text_append_char(text, ']');
}

static void
append_name(GauthText *text, const char *name)
{
	gauth_text_append_char(text, text->len == 0 ? '{' : ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
}

static void
append_string(GauthText *text, const char *name, const char *value)
{
	append_name(text, name);
	gauth_text_append_json_string(text, gauth_span_of(value));
}

static void
append_principal(GauthText *text, const GauthUid *principal)
{
	GauthText	uid;
	GauthSpan	written;

	append_name(text, "principal");
	if (principal == NULL)
	{
		gauth_text_append(text, GAUTH_SPAN("null"));
		return;
	}
	gauth_text_init(&uid, text->arena);
	gauth_uid_format(&uid, principal);
	if (gauth_text_finish(&uid, &written))
		gauth_text_append_json_string(text, written);
}

/* everything but the closing brace */
static void
append_decision(GauthText *text, const GauthAnswer *answer)
{
	const GauthDecision *decision = &answer->decision;
	const GauthPolicySet *set = answer->set;

	append_string(text, "decision", answer->permit ? "allow" : "deny");
	append_name(text, "determining");
	gauth_append_policy_ids(text, set, decision);
	append_name(text, "errors");
	gauth_append_failure_ids(text, set, decision);
	append_name(text, "obligations");
	gauth_append_notes(text, set, decision, "obligation");
	append_name(text, "advice");
	gauth_append_notes(text, set, decision, "advice");
	append_name(text, "reason_user");
	gauth_append_notes(text, set, decision, "reason_user");
	append_principal(text, answer->principal);
	if (answer->refusal != GAUTH_REFUSAL_NONE)
		append_string(text, "refusal", gauth_refusal_name(answer->refusal));
	if (answer->store == NULL)
		return;
	append_string(text, "mode", answer->store->mode == GAUTH_POLICY_STRICT ?
				  "strict" : "cedar");
	append_name(text, "version");
	gauth_text_append_int64(text, answer->store->version);
}

/*
 * gauth_decision_json
 *		{decision, determining[], errors[], obligations[], advice[],
 *		reason_user[], principal, mode, version}, and "refusal" when it was
 *		denied before any policy was asked.
 */
GauthSpan
gauth_decision_json(GauthArena *arena, const GauthAnswer *answer)
{
	GauthText	text;

	gauth_text_init(&text, arena);
	append_decision(&text, answer);
	gauth_text_append_char(&text, '}');
	return gauth_finish_json(&text);
}

/* the text of a policy, or of the template that a link was made from */
static GauthSpan
find_source(const GauthPolicyStore *store, uint32_t policy)
{
	GauthSpan	id = gauth_policy_set_template_id(store->set, policy);
	GauthScan	scan;
	GauthSpan	source = {NULL, 0};

	if (id.len == 0)
		id = gauth_policy_set_id(store->set, policy);
	gauth_scan_begin(&scan, GAUTH_TABLE_POLICY);
	gauth_scan_key_text(&scan, POLICY_STORE, store->name);
	gauth_scan_key_text(&scan, POLICY_ID, id);
	if (gauth_scan_next(&scan))
	{
		source = gauth_scan_text(&scan, POLICY_SOURCE);
		source.data = pnstrdup(source.data, source.len);
	}
	gauth_scan_end(&scan);
	return source;
}

/* the part of a policy's text that decided */
static void
append_part(GauthText *text, const GauthPolicyStore *store, uint32_t policy,
			uint32_t offset, uint32_t end)
{
	GauthSpan	source = find_source(store, policy);

	if (end > source.len || offset > end)
		return;
	gauth_text_append(text, GAUTH_SPAN(",\"text\":"));
	gauth_text_append_json_string(text, gauth_span_slice(source, offset,
														 end - offset));
}

static void
append_failures(GauthText *text, const GauthAnswer *answer)
{
	const GauthDecision *decision = &answer->decision;
	uint32_t	i;

	append_name(text, "failures");
	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->failure_count; i++)
	{
		const GauthPolicyFailure *failure = &decision->failures[i];
		const char *error = gauth_eval_result_name(failure->error);

		gauth_text_append(text, i == 0 ? GAUTH_SPAN("{\"policy\":") :
						  GAUTH_SPAN(",{\"policy\":"));
		append_id(text, answer->store->set, failure->policy, true);
		gauth_text_append(text, GAUTH_SPAN(",\"error\":"));
		gauth_text_append_json_string(text, gauth_span_of(error));
		append_part(text, answer->store, failure->policy, failure->offset,
					failure->end);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, ']');
}

static void
append_misses(GauthText *text, const GauthAnswer *answer)
{
	const GauthDecision *decision = &answer->decision;
	uint32_t	i;

	append_name(text, "nearest_misses");
	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->miss_count; i++)
	{
		const GauthPolicyMiss *miss = &decision->misses[i];

		gauth_text_append(text, i == 0 ? GAUTH_SPAN("{\"policy\":") :
						  GAUTH_SPAN(",{\"policy\":"));
		append_id(text, answer->store->set, miss->policy, true);
		gauth_text_append(text, miss->unless ?
						  GAUTH_SPAN(",\"clause\":\"unless\"") :
						  GAUTH_SPAN(",\"clause\":\"when\""));
		append_part(text, answer->store, miss->policy, miss->offset,
					miss->end);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, ']');
}

/*
 * gauth_explanation_json
 *		What gauth_decision_json gives, and "failures" with the error of each
 *		policy, "nearest_misses" with the condition that was false, how many
 *		policies were looked at, and what the refusal was about.
 */
GauthSpan
gauth_explanation_json(GauthArena *arena, const GauthAnswer *answer)
{
	GauthText	text;

	gauth_text_init(&text, arena);
	append_decision(&text, answer);
	append_failures(&text, answer);
	append_misses(&text, answer);
	append_name(&text, "candidates");
	gauth_text_append_int64(&text, answer->decision.candidates);
	if (answer->refusal != GAUTH_REFUSAL_NONE)
		append_string(&text, "detail", answer->error.detail);
	gauth_text_append_char(&text, '}');
	return gauth_finish_json(&text);
}
