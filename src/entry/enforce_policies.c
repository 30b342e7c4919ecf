/*
 * enforce_policies.c
 *		The policies' word on what the checks of RFC 0117 have let through.
 *
 * The store "default" is always asked: what it forbids is denied.  A store
 * that the setting enforce_permits names has to permit as well.  No setting
 * leaves a store out that was asked before, so that none opens anything.
 */
#include "postgres.h"

#include "entry/enforce_policies.h"

#include "base/json_write.h"
#include "entry/decision_json.h"
#include "entry/report.h"
#include "store/enforce_phase.h"
#include "store/enforce_setting.h"

static const char *
verdict_name(const GauthPhaseAnswer *said)
{
	switch (said->verdict)
	{
		case GAUTH_PHASE_PERMITS:
			return "permit";
		case GAUTH_PHASE_FORBIDS:
			return "forbid";
		case GAUTH_PHASE_SILENT:
			break;
	}
	return "none";
}

/* which policies it was is for those who enforce; reasons are for all */
static void
append_answer(GauthText *text, const GauthPhaseAnswer *said, bool trusted)
{
	gauth_text_append_char(text, text->len == 0 ? '[' : ',');
	gauth_text_append(text, GAUTH_SPAN("{\"store\":"));
	gauth_text_append_json_string(text, said->store);
	gauth_text_append_member(text, "decision");
	gauth_text_append_json_string(text, gauth_span_of(verdict_name(said)));
	if (said->set != NULL)
	{
		gauth_text_append_member(text, "reason_user");
		gauth_append_notes(text, said->set, &said->decision, "reason_user");
		gauth_text_append_member(text, "obligations");
		gauth_append_notes(text, said->set, &said->decision, "obligation");
		gauth_text_append_member(text, "advice");
		gauth_append_notes(text, said->set, &said->decision, "advice");
	}
	if (said->set != NULL && trusted)
	{
		gauth_text_append_member(text, "determining");
		gauth_append_policy_ids(text, said->set, &said->decision);
		gauth_text_append_member(text, "errors");
		gauth_append_failure_ids(text, said->set, &said->decision);
	}
	gauth_text_append_char(text, '}');
}

static void
require_ok(GauthStatus status)
{
	if (status != GAUTH_OK)
		gauth_raise_status(status, "policies");
}

/* ask one store; what it says is written down before the next one is asked */
static void
ask(GauthArena *arena, const GauthEnforceCase *it, GauthSpan store,
	GauthEnforceAnswer *answer, GauthText *text)
{
	bool		has_to_permit =
		gauth_names_contain(gauth_enforce_permit_stores(), store);
	GauthPhaseAnswer said;

	require_ok(gauth_enforce_ask_store(arena, it, store, &said));
	if (said.set == NULL && !said.failed && !has_to_permit)
		return;
	append_answer(text, &said, it->trusted);
	if (said.verdict == GAUTH_PHASE_FORBIDS)
		require_ok(gauth_enforce_deny(arena, answer->decision,
									  "a policy forbids the action"));
	else if (has_to_permit && said.verdict != GAUTH_PHASE_PERMITS)
		require_ok(gauth_enforce_deny(arena, answer->decision,
									  "no policy permits the action"));
}

/*
 * gauth_enforce_ask_policies
 *		Hear the policies, where the checks have not denied already.
 */
void
gauth_enforce_ask_policies(GauthArena *arena, const GauthEnforceCase *it,
						   GauthEnforceAnswer *answer)
{
	GauthSpan	standard = GAUTH_SPAN(GAUTH_DEFAULT_STORE);
	const GauthNames *stores = gauth_enforce_permit_stores();
	GauthText	text;
	uint32		i;

	if (answer->decision->ruling == GAUTH_RULING_DENY)
		return;
	gauth_text_init(&text, arena);
	ask(arena, it, standard, answer, &text);
	for (i = 0; i < stores->count; i++)
	{
		if (!gauth_span_equal(stores->items[i], standard))
			ask(arena, it, stores->items[i], answer, &text);
	}
	if (text.len == 0)
		return;
	gauth_text_append_char(&text, ']');
	if (!gauth_text_finish(&text, &answer->record.policies))
		require_ok(GAUTH_OUT_OF_MEMORY);
}
