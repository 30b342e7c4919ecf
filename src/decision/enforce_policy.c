/*
 * enforce_policy.c
 *		A mandate's powers for somebody who wants to know them before he asks
 *		(RFC 0117 section 7.3).  Decides nothing.
 */
#include "decision/enforce_policy.h"

#include "base/json_write.h"
#include "decision/enforce_answer.h"
#include "poa/definition_rule.h"

static void
append_word(GauthText *text, const char *name, const char *word)
{
	gauth_text_append_member(text, name);
	gauth_text_append_json_string(text, gauth_span_of(word));
}

static void
append_number(GauthText *text, const char *name, int64_t number)
{
	gauth_text_append_member(text, name);
	if (number == GAUTH_ABSENT)
		gauth_text_append(text, GAUTH_SPAN("null"));
	else
		gauth_text_append_int64(text, number);
}

/* null: not restricted */
static void
append_names(GauthText *text, const char *name, const GauthNames *names)
{
	gauth_text_append_member(text, name);
	if (names->given)
		gauth_enforce_append_names(text, names);
	else
		gauth_text_append(text, GAUTH_SPAN("null"));
}

static void
append_verbs(GauthText *text, const GauthPowers *powers)
{
	bool		first = true;
	uint32_t	i;

	gauth_text_append_member(text, "allowed_verbs");
	gauth_text_append_char(text, '[');
	for (i = 0; i < powers->verb_count; i++)
	{
		if (!powers->verbs[i].allowed)
			continue;
		if (!first)
			gauth_text_append_char(text, ',');
		gauth_text_append_json_string(text, powers->verbs[i].name);
		first = false;
	}
	gauth_text_append_char(text, ']');
}

static void
append_permissions(GauthText *text, const GauthPowers *powers)
{
	const GauthJson *json = gauth_json_get(powers->json,
										   "platform_permissions");

	gauth_text_append_member(text, "permissions");
	if (json == NULL)
		gauth_text_append(text, GAUTH_SPAN("{}"));
	else
		gauth_text_append_json(text, json);
}

static void
append_budget(GauthText *text, const GauthEnforceInput *input)
{
	const GauthLiveMandate *live = &input->live;
	const GauthCredential *credential = input->credential;

	gauth_text_append_member(text, "budget");
	gauth_text_append_char(text, '{');
	append_number(text, "total_cents",
				  live->known ? live->budget_total : credential->budget_total);
	append_number(text, "remaining_cents",
				  live->known ? live->budget_remaining
				  : credential->budget_remaining);
	gauth_text_append_char(text, '}');
}

static void
append_session(GauthText *text, const GauthCredential *credential)
{
	gauth_text_append_member(text, "session_limits");
	gauth_text_append_char(text, '{');
	append_number(text, "max_tool_calls", credential->max_tool_calls);
	append_number(text, "max_lines_per_commit",
				  credential->max_lines_per_commit);
	append_number(text, "max_session_duration_minutes",
				  credential->max_session_minutes);
	append_number(text, "ttl_seconds", credential->ttl_seconds);
	gauth_text_append_char(text, '}');
}

/* is there a verb that delegates, and how many links may the chain have? */
static void
append_delegation(GauthText *text, const GauthEnforceInput *input)
{
	const GauthPowers *powers = &input->credential->powers;
	int64_t		depth = input->ceiling == NULL ? 0
		: input->ceiling->delegation_depth;
	bool		allowed = false;
	uint32_t	i;

	for (i = 0; i < powers->verb_count; i++)
	{
		const GauthVerb *verb = &powers->verbs[i];
		GauthActionClass action = gauth_action_classify(verb->name,
														gauth_span(NULL, 0));

		if (!verb->allowed || action.kind != GAUTH_ACTION_DELEGATE)
			continue;
		allowed = true;
		if (verb->max_delegation_depth != GAUTH_ABSENT &&
			(depth == GAUTH_ABSENT || verb->max_delegation_depth < depth))
			depth = verb->max_delegation_depth;
	}
	gauth_text_append_member(text, "delegation");
	gauth_text_append(text, allowed && depth != 0
					  ? GAUTH_SPAN("{\"allowed\":true")
					  : GAUTH_SPAN("{\"allowed\":false"));
	append_number(text, "max_depth", allowed ? depth : 0);
	gauth_text_append_char(text, '}');
}

/* null: the definition does not demand it */
static void
append_attested(GauthText *text, const GauthAttestedLimit *limit,
				const GauthDefinitionFacts *facts)
{
	const GauthJson *demands = gauth_definition_limit(facts->definition,
													  limit->path);
	bool		attested = gauth_names_contain(&facts->proved,
											   gauth_span_of(limit->name));

	gauth_text_append_member(text, limit->name);
	if (demands == NULL)
	{
		gauth_text_append(text, GAUTH_SPAN("null"));
		return;
	}
	gauth_text_append(text, GAUTH_SPAN("{\"demands\":"));
	gauth_text_append_json(text, demands);
	gauth_text_append_member(text, "attested");
	gauth_text_append(text, attested ? GAUTH_SPAN("true")
					  : GAUTH_SPAN("false"));
	gauth_text_append_char(text, '}');
}

/*
 * What the legal form demands of the agent that no check can see is told to
 * the relying party (RFC 0115 section 3, C).  RFC 0117 has no place for it:
 * without a definition the member is not there.
 */
static void
append_definition(GauthText *text, const GauthDefinitionFacts *facts)
{
	size_t		i;

	gauth_text_append_member(text, "attested_limits");
	gauth_text_append_char(text, '{');
	for (i = 0; i < GAUTH_ATTESTED_COUNT; i++)
		append_attested(text, &gauth_attested_limits[i], facts);
	gauth_text_append_char(text, '}');
}

/*
 * gauth_enforce_append_policy
 *		Append the summary; "input" has a credential, "facts" are NULL where
 *		there is no definition.
 */
void
gauth_enforce_append_policy(GauthText *text, const GauthEnforceInput *input,
							const GauthDefinitionFacts *facts)
{
	const GauthCredential *credential = input->credential;
	const GauthPowers *powers = &credential->powers;

	gauth_text_append_char(text, '{');
	append_word(text, "governance_profile",
				gauth_profile_name(powers->profile));
	append_word(text, "phase", gauth_phase_name(powers->phase));
	append_verbs(text, powers);
	append_names(text, "allowed_paths", &powers->allowed_paths);
	append_names(text, "denied_paths", &powers->denied_paths);
	append_names(text, "allowed_sectors", &powers->allowed_sectors);
	append_names(text, "allowed_regions", &powers->allowed_regions);
	append_names(text, "allowed_transactions", &powers->allowed_transactions);
	append_names(text, "allowed_decisions", &powers->allowed_decisions);
	append_permissions(text, powers);
	append_budget(text, input);
	append_session(text, credential);
	append_word(text, "approval_mode",
				gauth_approval_name(credential->approval));
	append_delegation(text, input);
	if (facts != NULL)
		append_definition(text, facts);
	gauth_text_append_char(text, '}');
}
