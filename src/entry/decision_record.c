/*
 * decision_record.c
 *		What the ledger hears of a decision of a policy store.
 */
#include "postgres.h"

#include "entry/decision_record.h"

#include "base/json_write.h"
#include "entry/decision_json.h"
#include "entry/report.h"
#include "policy/format.h"
#include "store/ledger.h"

static GauthSpan
finish(const GauthText *text)
{
	GauthSpan	result;

	if (!gauth_text_finish(text, &result))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "decision");
	return result;
}

static GauthSpan
format_uid(GauthArena *arena, const GauthUid *uid)
{
	GauthText	text;

	if (uid == NULL)
		return gauth_span(NULL, 0);
	gauth_text_init(&text, arena);
	gauth_uid_format(&text, uid);
	return finish(&text);
}

/* the code of a refusal, or the first policy that determined the answer */
static GauthSpan
find_rule(const GauthAnswer *answer)
{
	if (answer->refusal != GAUTH_REFUSAL_NONE)
		return gauth_span_of(gauth_refusal_name(answer->refusal));
	if (answer->decision.determining_count == 0)
		return GAUTH_SPAN("NO_PERMIT");
	return gauth_policy_set_id(answer->set, answer->decision.determining[0]);
}

static void
append_uid(GauthText *text, const char *name, const GauthUid *uid)
{
	GauthSpan	written = format_uid(text->arena, uid);

	if (written.data == NULL)
		return;
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, written);
}

/*
 * As gauth.diff_policies takes it, so that it can be asked once more; an agent
 * with the mandate that is above it.
 */
static void
append_request(GauthText *text, const GauthAsk *ask,
			   const GauthAnswer *answer, bool with_context)
{
	gauth_text_append(text, GAUTH_SPAN(",\"request\":{"));
	append_uid(text, "action", ask->action);
	append_uid(text, "resource", ask->resource);
	append_uid(text, "principal", answer->principal);
	if (answer->mandate != NULL)
	{
		gauth_text_append_member(text, "mandate");
		gauth_text_append_json_string(text, gauth_uid_id(answer->mandate));
	}
	if (with_context && ask->context.data != NULL)
	{
		gauth_text_append_member(text, "context");
		gauth_text_append(text, ask->context);
	}
	gauth_text_append_char(text, '}');
}

/* how much of it, as far as it fits */
typedef enum Extent
{
	EXTENT_STORE,
	EXTENT_REQUEST,				/* what was asked, but for its context */
	EXTENT_ALL
} Extent;

/* which policies of which version of which store, and what was asked */
static GauthSpan
make_payload(GauthArena *arena, const GauthAsk *ask,
			 const GauthAnswer *answer, Extent extent)
{
	GauthText	text;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"store\":"));
	gauth_text_append_json_string(&text, ask->store);
	if (answer->store != NULL)
	{
		gauth_text_append(&text, GAUTH_SPAN(",\"version\":"));
		gauth_text_append_int64(&text, answer->store->version);
	}
	if (extent >= EXTENT_REQUEST)
		append_request(&text, ask, answer, extent == EXTENT_ALL);
	if (extent == EXTENT_ALL && answer->refusal == GAUTH_REFUSAL_NONE)
	{
		gauth_text_append(&text, GAUTH_SPAN(",\"determining\":"));
		gauth_append_policy_ids(&text, answer->set, &answer->decision);
		gauth_text_append(&text, GAUTH_SPAN(",\"errors\":"));
		gauth_append_failure_ids(&text, answer->set, &answer->decision);
	}
	if (extent < EXTENT_ALL)
		gauth_text_append(&text, GAUTH_SPAN(",\"shortened\":true"));
	gauth_text_append_char(&text, '}');
	return finish(&text);
}

/*
 * gauth_decision_record
 *		Write the decision into the ledger; raises what gauth_ledger_decide
 *		raises.
 */
void
gauth_decision_record(GauthArena *arena, const GauthAsk *ask,
					  const GauthAnswer *answer)
{
	GauthNote	note = {0};

	note.kind = "decision";
	note.verdict = answer->permit ? GAUTH_VERDICT_PERMIT : GAUTH_VERDICT_DENY;
	note.action = format_uid(arena, ask->action);
	note.resource = format_uid(arena, ask->resource);
	note.rule = find_rule(answer);
	note.payload = make_payload(arena, ask, answer, EXTENT_ALL);
	if (note.payload.len > GAUTH_PAYLOAD_MAX)
		note.payload = make_payload(arena, ask, answer, EXTENT_REQUEST);
	if (note.payload.len > GAUTH_PAYLOAD_MAX)
		note.payload = make_payload(arena, ask, answer, EXTENT_STORE);

	/* about somebody else: the identity is who has asked */
	note.actor = format_uid(arena, ask->principal);
	gauth_ledger_decide(&note, NULL);
}
