/*
 * agent.c
 *		Who acts, as policies see it: context.gauth, and an agent below its
 *		mandates.
 *
 * Under a mandate the principal is GAuth::Agent, whose ancestors are its
 * GAuth::Mandate and the mandates above that one, so that a forbid on a
 * mandate reaches every delegate.
 */
#include "store/agent.h"

#include "store/entity_row.h"
#include "store/fields.h"
#include "token/scope.h"

#define MANDATE_TYPE	"GAuth::Mandate"

/* the tokens of a canonical scope as a set of strings */
static void
add_scopes(GauthFields *fields, GauthSpan scope)
{
	GauthSpan	rest = scope;
	GauthSpan	token;
	GauthSpan  *tokens;
	uint32		count = 0;

	while (gauth_scope_next(&rest, &token))
		count++;
	tokens = gauth_arena_array(fields->arena, count, sizeof(GauthSpan));
	if (tokens == NULL)
	{
		fields->status = GAUTH_OUT_OF_MEMORY;
		return;
	}
	count = 0;
	for (rest = scope; gauth_scope_next(&rest, &token);)
		tokens[count++] = token;
	gauth_fields_add_texts(fields, "scopes", tokens, count);
}

static void
add_budget(GauthFields *fields, const GauthContextFacts *facts)
{
	GauthFields budget = {.arena = fields->arena};
	const GauthRecord *record;
	GauthStatus status;

	gauth_fields_add(&budget, "total_cents",
					 gauth_value_long(facts->budget_total));
	gauth_fields_add(&budget, "remaining_cents",
					 gauth_value_long(facts->budget_remaining));
	status = gauth_fields_finish(&budget, &record);
	if (status == GAUTH_OK)
		gauth_fields_add(fields, "budget", gauth_value_record(record));
	else
		fields->status = status;
}

/*
 * gauth_context_make
 *		The record context.gauth, in the arena; texts are those of the facts.
 */
GauthStatus
gauth_context_make(GauthArena *arena, const GauthContextFacts *facts,
				   const GauthRecord **context)
{
	GauthFields fields = {.arena = arena};

	gauth_fields_add(&fields, "now",
					 gauth_value_scaled(GAUTH_VALUE_DATETIME, facts->now));
	gauth_fields_add(&fields, "issuer", gauth_value_string(facts->issuer));
	gauth_fields_add(&fields, "subject", gauth_value_string(facts->subject));
	add_scopes(&fields, facts->scope);
	gauth_fields_add_text(&fields, "token_id", facts->token_id);
	if (facts->mandate != NULL)
		gauth_fields_add(&fields, "mandate",
						 gauth_value_entity(facts->mandate));
	if (facts->has_approvals)
		gauth_fields_add_texts(&fields, "approvals", facts->approvers,
							   facts->approver_count);
	if (facts->budget_total != GAUTH_ABSENT &&
		facts->budget_remaining != GAUTH_ABSENT)
		add_budget(&fields, facts);
	if (facts->request != NULL)
		gauth_fields_add(&fields, "request",
						 gauth_value_record(facts->request));
	return gauth_fields_finish(&fields, context);
}

static GauthStatus
add_entity(GauthArena *arena, GauthEntityStore *store, const GauthUid *uid,
		   const GauthUid *parent)
{
	GauthEntity entity = {.uid = uid};

	if (parent != NULL)
	{
		entity.parents = gauth_arena_array(arena, 1, sizeof(GauthUid *));
		if (entity.parents == NULL)
			return GAUTH_OUT_OF_MEMORY;
		entity.parents[0] = parent;
		entity.parent_count = 1;
	}
	return gauth_entity_store_add(store, &entity, NULL);
}

/*
 * gauth_agent_make
 *		An agent below a mandate (empty: none), in the arena.
 *
 * What is above the mandate is added by gauth_agent_climb.
 */
GauthStatus
gauth_agent_make(GauthArena *arena, GauthSpan id, GauthSpan mandate,
				 GauthAgent *agent)
{
	GauthStatus status;

	agent->mandate = NULL;
	agent->uid = gauth_uid_make(arena, GAUTH_SPAN(GAUTH_AGENT_TYPE), id);
	if (mandate.len > 0)
		agent->mandate = gauth_uid_make(arena, GAUTH_SPAN(MANDATE_TYPE),
										mandate);
	if (agent->uid == NULL || (mandate.len > 0 && agent->mandate == NULL))
		return GAUTH_OUT_OF_MEMORY;
	status = gauth_entity_store_create(arena, &gauth_policy_default_limits,
									   &agent->entities, NULL);
	if (status == GAUTH_OK)
		status = add_entity(arena, agent->entities, agent->uid,
							agent->mandate);
	return status;
}

/*
 * gauth_agent_climb
 *		The agent's mandate and those above it, each below its parent; the
 *		record is NULL for a mandate of another server, which has none above.
 *
 * GAUTH_INVALID_VALUE: one of them is not there; GAUTH_LIMIT_EXCEEDED.
 */
GauthStatus
gauth_agent_climb(GauthArena *arena, const GauthAgent *agent,
				  const GauthMandate *mandate, TimestampTz at)
{
	GauthMandate above;
	const GauthUid *uid = agent->mandate;
	int			steps;

	for (steps = 0; uid != NULL; steps++)
	{
		const GauthUid *parent = NULL;
		GauthStatus status;

		if (mandate != NULL && mandate->parent.data != NULL)
		{
			if (steps > GAUTH_CHAIN_MAX)
				return GAUTH_LIMIT_EXCEEDED;
			parent = gauth_uid_make(arena, GAUTH_SPAN(MANDATE_TYPE),
									mandate->parent);
			if (parent == NULL)
				return GAUTH_OUT_OF_MEMORY;
		}
		status = add_entity(arena, agent->entities, uid, parent);
		if (status != GAUTH_OK)
			return status;
		if (parent != NULL && !gauth_mandate_find(mandate->parent, at, &above))
			return GAUTH_INVALID_VALUE;
		mandate = &above;
		uid = parent;
	}
	return GAUTH_OK;
}

static GauthStatus
find_entity(void *state, const GauthUid *uid, const GauthEntity **entity,
			GauthError *err)
{
	GauthAgentSources *sources = state;
	const GauthEntityLoader *loader = &sources->theirs;

	if (gauth_entity_is_reserved(gauth_uid_type(uid)))
		loader = &sources->ours;
	return loader->find(loader->state, uid, entity, err);
}

/*
 * gauth_agent_loader
 *		A loader over both sources, which have to live as long.
 */
GauthEntityLoader
gauth_agent_loader(GauthAgentSources *sources)
{
	return (GauthEntityLoader)
	{
		find_entity, sources
	};
}
