/*
 * flow.c
 *		What the three flows have in common: asking for a decision.
 *
 * The flows decide nothing themselves.  They write an enforcement request
 * (RFC 0117 section 4.1) and ask as every other enforcement point does, so
 * that there is one set of checks, and one record of them.
 */
#include "entry/flow.h"

#include "utils/timestamp.h"

#include "base/instant.h"
#include "base/json_write.h"
#include "entry/enforce.h"
#include "entry/report.h"
#include "store/issuer.h"

static void
append_name(GauthText *text, const char *name)
{
	if (text->len > 0 && text->data != NULL &&
		text->data[text->len - 1] != '{')
		gauth_text_append_char(text, ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
}

static void
append_string(GauthText *text, const char *name, GauthSpan value)
{
	if (value.len == 0)
		return;
	append_name(text, name);
	gauth_text_append_json_string(text, value);
}

/* a member of the caller's document, under its own name */
static void
append_member(GauthText *text, const GauthJson *document, const char *name)
{
	const GauthJson *member = gauth_json_get(document, name);

	if (member == NULL)
		return;
	append_name(text, name);
	gauth_text_append_json(text, member);
}

/* the caller's own parameters, and those that have a place of their own */
static void
append_parameters(GauthText *text, const GauthJson *document)
{
	static const char *const named[] = {
		"amount_cents", "partner", "tool", "resource_server", "hold"
	};
	const GauthJson *parameters = gauth_json_get(document, "parameters");
	const GauthJson *member;
	size_t		i;

	append_name(text, "parameters");
	gauth_text_append_char(text, '{');
	for (i = 0; i < lengthof(named); i++)
		append_member(text, document, named[i]);
	for (member = parameters == NULL ? NULL : parameters->first;
		 member != NULL; member = member->next)
	{
		bool		taken = false;

		for (i = 0; i < lengthof(named) && !taken; i++)
			taken = gauth_span_is(member->name, named[i]);
		if (taken)
			gauth_raise_argument("parameters", "without amount_cents, "
								 "partner, tool and resource_server, which "
								 "stand beside it, and without a hold");
		append_name(text, pnstrdup(member->name.data, member->name.len));
		gauth_text_append_json(text, member);
	}
	gauth_text_append_char(text, '}');
}

static void
append_action(GauthText *text, const GauthFlowAction *action)
{
	static const char *const copied[] = {
		"resource_type", "sector", "region", "transaction_type",
		"decision_type"
	};
	const GauthJson *given = gauth_json_get(action->document, "resource");
	size_t		i;

	append_name(text, "action");
	gauth_text_append_char(text, '{');
	append_string(text, "verb", action->verb);
	append_string(text, "resource",
				  given == NULL ? action->resource : given->text);
	for (i = 0; i < lengthof(copied); i++)
		append_member(text, action->document, copied[i]);
	append_parameters(text, action->document);
	gauth_text_append_char(text, '}');
}

static void
append_rest(GauthText *text, const GauthFlowAction *action)
{
	append_name(text, "agent");
	gauth_text_append_char(text, '{');
	append_string(text, "agent_id", action->agent);
	append_string(text, "session_id", action->session);
	gauth_text_append_char(text, '}');
	append_name(text, "credential");
	gauth_text_append(text, GAUTH_SPAN("{\"format\":\"jwt\""));
	append_string(text, "token", action->token);
	append_string(text, "mandate_id", action->mandate);
	gauth_text_append_char(text, '}');
}

/*
 * gauth_flow_decide
 *		The decision about the action, as gauth.enforce gives and records it,
 *		and whether the action may happen: an error does not let it.
 *
 * A mandate that is named without a token is one that the caller of this has
 * found to be the agent's; nothing else that trust would allow is written.
 */
Datum
gauth_flow_decide(GauthArena *arena, const GauthFlowAction *action,
				  bool *permitted)
{
	GauthRuling ruling;
	Datum		decision;
	char		instant[GAUTH_INSTANT_TEXT_MAX];
	size_t		len;
	GauthText	text;
	GauthSpan	request;

	len = gauth_instant_write(gauth_timestamp_seconds(GetCurrentTimestamp()),
							  instant);
	gauth_text_init(&text, arena);
	gauth_text_append_char(&text, '{');
	append_string(&text, "request_id", action->request_id);
	append_string(&text, "timestamp", gauth_span(instant, len));
	append_action(&text, action);
	append_rest(&text, action);
	gauth_text_append_char(&text, '}');
	if (!gauth_text_finish(&text, &request))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "request");
	decision = gauth_enforce_request(request, action->token.len == 0, &ruling);
	*permitted = ruling == GAUTH_RULING_PERMIT ||
		ruling == GAUTH_RULING_CONSTRAIN;
	return decision;
}
