/*
 * authzen_answer.c
 *		Responses of the AuthZEN API, as JSON.
 *
 * Authorization API 1.0, sections 5.5 (decision), 7.2, 8.3 and 9 (metadata);
 * obligations as the draft "AuthZEN Obligations Profile 1.0" has them.  What
 * a policy says to the asker is its annotation @reason_user.  Names of
 * policies are for administrators: they tell which rule to probe.
 */
#include "decision/authzen_answer.h"

#include <stdio.h>

#include "base/json_write.h"

#define IDENTIFIER_MAX	2000

static void
append_number(GauthText *text, const char *name, int64_t number)
{
	gauth_text_append_member(text, name);
	gauth_text_append_int64(text, number);
}

static void
append_string(GauthText *text, const char *name, GauthSpan content)
{
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, content);
}

/* was the same note on an earlier determining policy? */
static bool
is_repeated(const GauthAuthzenVerdict *verdict, uint32_t position,
			const char *name, GauthSpan value)
{
	GauthSpan	earlier;
	uint32_t	i;

	for (i = 0; i < position; i++)
	{
		if (gauth_policy_set_find_note(verdict->set,
									   verdict->decision->determining[i], name,
									   &earlier) &&
			gauth_span_equal(earlier, value))
			return true;
	}
	return false;
}

/*
 * The note of that name on the next determining policy, from "*position" on,
 * that says something new; false when there is none.
 */
static bool
next_note(const GauthAuthzenVerdict *verdict, const char *name,
		  uint32_t *position, GauthSpan *value)
{
	const GauthDecision *decision = verdict->decision;

	while (verdict->set != NULL && *position < decision->determining_count)
	{
		uint32_t	at = (*position)++;

		if (gauth_policy_set_find_note(verdict->set,
									   decision->determining[at], name,
									   value) &&
			!is_repeated(verdict, at, name, *value))
			return true;
	}
	return false;
}

/* the note as an object, or NULL when it is plain text */
static const GauthJson *
parse_note(GauthArena *arena, GauthSpan note)
{
	GauthJson  *json;

	if (note.len == 0 || note.data[0] != '{' ||
		gauth_json_parse(arena, note, &gauth_json_token_limits, &json,
						 NULL) != GAUTH_OK ||
		json->type != GAUTH_JSON_OBJECT)
		return NULL;
	return json;
}

/* a string member, or what stands for it */
static GauthSpan
member_or(const GauthJson *object, const char *name, GauthSpan otherwise)
{
	const GauthJson *value = gauth_json_get(object, name);

	return value != NULL && value->type == GAUTH_JSON_STRING ?
		value->text : otherwise;
}

/*
 * {id, type, properties}: a note that is such an object as it is, any other
 * one as the properties of a custom obligation.  An id is only unique here.
 */
static void
append_note(GauthText *text, GauthSpan note, uint32_t number)
{
	const GauthJson *json = parse_note(text->arena, note);
	const GauthJson *properties = gauth_json_get(json, "properties");
	bool		complete = json != NULL &&
	member_or(json, "type", GAUTH_SPAN("")).len > 0 &&
	(properties == NULL || properties->type == GAUTH_JSON_OBJECT);
	char		digits[16];

	(void) snprintf(digits, sizeof(digits), "%u", number);
	gauth_text_append_char(text, '{');
	append_string(text, "id", member_or(complete ? json : NULL, "id",
										gauth_span_of(digits)));
	append_string(text, "type", member_or(complete ? json : NULL, "type",
										  GAUTH_SPAN("custom")));
	gauth_text_append_member(text, "properties");
	if (!complete)
		properties = json;
	if (properties != NULL)
		gauth_text_append_json(text, properties);
	else
	{
		gauth_text_append_char(text, '{');
		if (json == NULL)
			append_string(text, "text", note);
		gauth_text_append_char(text, '}');
	}
	gauth_text_append_char(text, '}');
}

static void
append_notes(GauthText *text, const GauthAuthzenVerdict *verdict,
			 const char *note, const char *name)
{
	uint32_t	position = 0;
	uint32_t	number = 0;
	GauthSpan	value;

	while (next_note(verdict, note, &position, &value))
	{
		if (number++ == 0)
		{
			gauth_text_append_member(text, name);
			gauth_text_append_char(text, '[');
		}
		else
			gauth_text_append_char(text, ',');
		append_note(text, value, number);
	}
	if (number > 0)
		gauth_text_append_char(text, ']');
}

/* what HTTP would have answered, as the specification's example has it */
static const char *
reason_code(const GauthAuthzenVerdict *verdict)
{
	return verdict->permit ? "200" : "403";
}

static void
append_reason_user(GauthText *text, const GauthAuthzenVerdict *verdict)
{
	uint32_t	position = 0;
	GauthText	words;
	GauthSpan	value;

	gauth_text_init(&words, text->arena);
	while (next_note(verdict, "reason_user", &position, &value))
	{
		if (words.len > 0)
			gauth_text_append_char(&words, ' ');
		gauth_text_append(&words, value);
	}
	text->failed |= words.failed;
	if (words.len == 0)
		return;
	gauth_text_append_member(text, "reason_user");
	gauth_text_append_char(text, '{');
	append_string(text, reason_code(verdict),
				  gauth_span(words.data, words.len));
	gauth_text_append_char(text, '}');
}

static void
append_id(GauthText *text, const GauthPolicySet *set, uint32_t policy,
		  bool first)
{
	if (!first)
		gauth_text_append_char(text, ',');
	gauth_text_append_json_string(text, gauth_policy_set_id(set, policy));
}

static const char *
admin_words(const GauthAuthzenVerdict *verdict)
{
	if (verdict->permit)
		return "permitted";
	if (verdict->error != 0)
		return verdict->message;
	if (verdict->decision->determining_count > 0)
		return "forbidden";
	return verdict->decision->failure_count > 0 ?
		"not permitted, and policies failed" : "not permitted";
}

static void
append_reason_admin(GauthText *text, const GauthAuthzenVerdict *verdict)
{
	const GauthDecision *decision = verdict->decision;
	uint32_t	i;

	if (!verdict->administrator || verdict->set == NULL)
		return;
	gauth_text_append_member(text, "reason_admin");
	gauth_text_append_char(text, '{');
	append_string(text, reason_code(verdict),
				  gauth_span_of(admin_words(verdict)));
	gauth_text_append_member(text, "determining");
	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->determining_count; i++)
		append_id(text, verdict->set, decision->determining[i], i == 0);
	gauth_text_append_char(text, ']');
	gauth_text_append_member(text, "errors");
	gauth_text_append_char(text, '[');
	for (i = 0; i < decision->failure_count; i++)
		append_id(text, verdict->set, decision->failures[i].policy, i == 0);
	gauth_text_append_char(text, ']');
	append_number(text, "version", verdict->version);
	gauth_text_append_char(text, '}');
}

static void
append_error(GauthText *text, const GauthAuthzenVerdict *verdict)
{
	if (verdict->error == 0)
		return;
	gauth_text_append_member(text, "error");
	gauth_text_append_char(text, '{');
	append_number(text, "status", verdict->error);
	append_string(text, "message", gauth_span_of(verdict->message));
	gauth_text_append_char(text, '}');
}

/*
 * gauth_authzen_append_verdict
 *		Append {decision, context}; the context only where it says something:
 *		reason_user, reason_admin, obligations, advice, error.
 */
void
gauth_authzen_append_verdict(GauthText *text,
							 const GauthAuthzenVerdict *verdict)
{
	GauthText	context;
	GauthSpan	written;

	gauth_text_init(&context, text->arena);
	gauth_text_append_char(&context, '{');
	append_error(&context, verdict);
	append_reason_user(&context, verdict);
	append_reason_admin(&context, verdict);
	append_notes(&context, verdict, "obligation", "obligations");
	append_notes(&context, verdict, "advice", "advice");
	gauth_text_append_char(&context, '}');

	gauth_text_append_char(text, '{');
	gauth_text_append_member(text, "decision");
	gauth_text_append(text, verdict->permit ? GAUTH_SPAN("true") :
					  GAUTH_SPAN("false"));
	text->failed |= !gauth_text_finish(&context, &written);
	if (written.len > 2)
	{
		gauth_text_append_member(text, "context");
		gauth_text_append(text, written);
	}
	gauth_text_append_char(text, '}');
}

/*
 * gauth_authzen_append_result
 *		Append one result of a search: {type, id} or {name}, and the
 *		obligations that come with it.
 */
void
gauth_authzen_append_result(GauthText *text,
							const GauthAuthzenQuestion *question, GauthSpan id,
							const GauthAuthzenVerdict *verdict)
{
	gauth_text_append_char(text, '{');
	if (question->searched == GAUTH_AUTHZEN_ACTION)
		append_string(text, "name", id);
	else
	{
		append_string(text, "type",
					  question->searched == GAUTH_AUTHZEN_SUBJECT ?
					  question->subject.type : question->resource.type);
		append_string(text, "id", id);
	}
	append_notes(text, verdict, "obligation", "obligations");
	gauth_text_append_char(text, '}');
}

/*
 * gauth_authzen_append_page
 *		Append {next_token, count}; "next" NULL: there are no more results.
 */
void
gauth_authzen_append_page(GauthText *text, const GauthAuthzenPage *page,
						  const GauthAuthzenPosition *next, uint32_t count)
{
	gauth_text_append(text, GAUTH_SPAN("{\"next_token\":\""));
	if (next != NULL)
		gauth_authzen_append_token(text, page, next);
	gauth_text_append_char(text, '"');
	append_number(text, "count", count);
	gauth_text_append_char(text, '}');
}

/* an https URL of printable characters, without query and fragment */
static bool
is_identifier(GauthSpan identifier)
{
	GauthSpan	scheme = GAUTH_SPAN("https://");
	size_t		i;

	if (identifier.len > IDENTIFIER_MAX || identifier.len <= scheme.len ||
		!gauth_span_starts_with(identifier, scheme) ||
		identifier.data[scheme.len] == '/')
		return false;
	for (i = 0; i < identifier.len; i++)
	{
		char		c = identifier.data[i];

		if (c <= ' ' || c >= 0x7f || strchr("?#\"<>\\^`{|}", c) != NULL)
			return false;
	}
	return true;
}

/*
 * gauth_authzen_append_configuration
 *		Append the metadata of a policy decision point (section 9), with its
 *		endpoints at their default paths (section 10.1).
 *
 * Errors: GAUTH_INVALID_VALUE when the identifier is not an https URL without
 * query and fragment.
 */
GauthStatus
gauth_authzen_append_configuration(GauthText *text, GauthSpan identifier,
								   GauthError *err)
{
	static const char *const endpoints[][2] = {
		{"access_evaluation_endpoint", "/access/v1/evaluation"},
		{"access_evaluations_endpoint", "/access/v1/evaluations"},
		{"search_subject_endpoint", "/access/v1/search/subject"},
		{"search_resource_endpoint", "/access/v1/search/resource"},
		{"search_action_endpoint", "/access/v1/search/action"},
	};
	GauthSpan	base = identifier;
	size_t		i;

	if (!is_identifier(identifier))
		return gauth_fail(err, GAUTH_INVALID_VALUE, "policy_decision_point");
	while (base.data[base.len - 1] == '/')
		base.len--;
	gauth_text_append_char(text, '{');
	append_string(text, "policy_decision_point", identifier);
	for (i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
	{
		/* nothing in either half needs an escape */
		gauth_text_append_member(text, endpoints[i][0]);
		gauth_text_append_char(text, '"');
		gauth_text_append(text, base);
		gauth_text_append(text, gauth_span_of(endpoints[i][1]));
		gauth_text_append_char(text, '"');
	}
	gauth_text_append_char(text, '}');
	return GAUTH_OK;
}
