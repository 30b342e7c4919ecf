/*
 * enforce_phase.c
 *		Phase two of enforcement: what the policies of a store say about a
 *		request that the checks have let through.
 *
 * The principal is GAuth::Agent, below its mandate and the mandates above
 * that one; the action is Action::"urn:gauth:verb:..."; the resource is
 * GAuth::Resource, with its type.  The mandate has granted already, so that
 * policies forbid, and a store that has no word about enforcement keeps
 * silent: one without policies, or whose schema has no action for agents.
 */
#include "store/enforce_phase.h"

#include "store/agent.h"
#include "store/entity_source.h"
#include "store/fields.h"
#include "store/issuer.h"

/* what is asked, in the words of RFC 0117 */
static GauthStatus
make_request(GauthArena *arena, const GauthEnforceRequest *request,
			 const GauthRecord **record)
{
	GauthFields fields = {.arena = arena};

	gauth_fields_add_text(&fields, "sector", request->sector);
	gauth_fields_add_text(&fields, "region", request->region);
	gauth_fields_add_text(&fields, "transaction_type",
						  request->transaction_type);
	gauth_fields_add_text(&fields, "decision_type", request->decision_type);
	gauth_fields_add_text(&fields, "environment", request->environment);
	gauth_fields_add_text(&fields, "command", request->command);
	gauth_fields_add_number(&fields, "amount_cents", request->amount_cents);
	return gauth_fields_finish(&fields, record);
}

static GauthStatus
add_approvers(GauthArena *arena, const GauthLiveMandate *live,
			  GauthContextFacts *facts)
{
	GauthSpan  *approvers = gauth_arena_array(arena, live->approval_count,
											  sizeof(GauthSpan));
	uint32		i;

	if (approvers == NULL)
		return GAUTH_OUT_OF_MEMORY;
	for (i = 0; i < live->approval_count; i++)
		approvers[i] = live->approvals[i].approver;
	facts->has_approvals = true;
	facts->approvers = approvers;
	facts->approver_count = live->approval_count;
	return GAUTH_OK;
}

/* the agent as a subject: nobody, where its issuer is none of ours */
static GauthStatus
find_subject(GauthArena *arena, const GauthEnforceInput *input,
			 GauthSpan *subject)
{
	const GauthIssuer *issuer = gauth_issuer_find(input->credential->issuer);
	GauthStatus status = GAUTH_CLAIM_INVALID;

	if (issuer != NULL)
		status = gauth_issuer_subject(arena, issuer, input->request->agent,
									  subject, NULL);
	if (status != GAUTH_CLAIM_INVALID)
		return status;
	*subject = GAUTH_SPAN("");
	return GAUTH_OK;
}

static GauthStatus
make_context(GauthArena *arena, const GauthEnforceCase *it,
			 const GauthUid *mandate, const GauthRecord **context)
{
	const GauthEnforceInput *input = &it->input;
	GauthContextFacts facts = {
		.now = input->now * 1000,
		.issuer = input->credential->issuer,
		.scope = input->evidence.scope,
		.token_id = input->evidence.token_id,
		.mandate = mandate,
		.budget_total = input->live.budget_total,
		.budget_remaining = input->live.budget_remaining
	};
	GauthFields fields = {.arena = arena};
	const GauthRecord *ours;
	GauthStatus status = make_request(arena, input->request, &facts.request);

	if (status == GAUTH_OK)
		status = find_subject(arena, input, &facts.subject);
	if (status == GAUTH_OK)
		status = add_approvers(arena, &input->live, &facts);
	if (status == GAUTH_OK)
		status = gauth_context_make(arena, &facts, &ours);
	if (status != GAUTH_OK)
		return status;
	gauth_fields_add(&fields, "gauth", gauth_value_record(ours));
	return gauth_fields_finish(&fields, context);
}

static GauthStatus
add_resource(GauthArena *arena, const GauthEnforceRequest *request,
			 GauthEntityStore *store, const GauthUid **uid)
{
	GauthFields fields = {.arena = arena};
	GauthEntity entity = {0};
	GauthStatus status;

	*uid = gauth_uid_make(arena, GAUTH_SPAN(GAUTH_RESOURCE_TYPE),
						  request->resource);
	gauth_fields_add_text(&fields, "type", request->resource_type);
	status = gauth_fields_finish(&fields, &entity.attributes);
	if (*uid == NULL || status != GAUTH_OK)
		return GAUTH_OUT_OF_MEMORY;
	entity.uid = *uid;
	return gauth_entity_store_add(store, &entity, NULL);
}

static GauthStatus
make_question(GauthArena *arena, const GauthEnforceCase *it,
			  GauthAgent *agent, GauthRequest *question)
{
	const GauthEnforceRequest *request = it->input.request;
	GauthSpan	id = it->has_mandate ? it->mandate.id : request->mandate;
	GauthStatus status = gauth_agent_make(arena, request->agent, id, agent);

	if (status != GAUTH_OK)
		return status;
	question->principal = agent->uid;
	question->action = gauth_uid_make(arena, GAUTH_SPAN("Action"),
									  request->verb);
	if (question->action == NULL)
		return GAUTH_OUT_OF_MEMORY;
	status = add_resource(arena, request, agent->entities,
						  &question->resource);
	if (status == GAUTH_OK)
		status = gauth_agent_climb(arena, agent,
								   it->has_mandate ? &it->mandate : NULL,
								   it->now);
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(agent->entities, NULL);
	if (status == GAUTH_OK)
		status = make_context(arena, it, agent->mandate, &question->context);
	return status;
}

/* is there an action that agents may be asked about? */
static bool
is_about_agents(const GauthSchema *schema)
{
	const GauthEntityType *agent =
		gauth_schema_find_type(schema, GAUTH_SPAN(GAUTH_AGENT_TYPE));
	uint32		i;
	uint32		j;

	for (i = 0; i < schema->action_count; i++)
	{
		const GauthSchemaAction *action = &schema->actions[i];

		for (j = 0; j < action->principal_count; j++)
		{
			if (action->principals[j] == agent)
				return true;
		}
	}
	return false;
}

static GauthStatus
decide(GauthArena *arena, const GauthEnforceCase *it,
	   const GauthPolicyStore *store, GauthPhaseAnswer *answer)
{
	GauthAgent	agent;
	GauthAgentSources sources;
	GauthEntityLoader loader = gauth_agent_loader(&sources);
	GauthDecisionInput input = {
		.set = store->set,.loader = &loader,
		.limits = &gauth_policy_default_limits,.mode = store->mode
	};
	GauthRequest question;
	GauthStatus status = make_question(arena, it, &agent, &question);

	if (status != GAUTH_OK)
		return status;
	sources.ours = gauth_entity_store_loader(agent.entities);
	sources.theirs =
		gauth_entity_source_loader(gauth_entity_source_open(store, NULL));
	return gauth_policy_decide(arena, &input, &question, &answer->decision,
							   NULL);
}

/*
 * A forbid that applies forbids; so does, in a strict store, one that cannot
 * be evaluated.  Without either there is no more than the lack of a permit.
 */
static GauthPhaseVerdict
find_verdict(const GauthPolicyStore *store, const GauthDecision *decision)
{
	uint32		i;

	if (decision->permit)
		return GAUTH_PHASE_PERMITS;
	if (decision->determining_count > 0)
		return GAUTH_PHASE_FORBIDS;
	if (store->mode != GAUTH_POLICY_STRICT)
		return GAUTH_PHASE_SILENT;
	for (i = 0; i < decision->failure_count; i++)
	{
		if (gauth_policy_set_effect(store->set, decision->failures[i].policy)
			== GAUTH_EFFECT_FORBID)
			return GAUTH_PHASE_FORBIDS;
	}
	return GAUTH_PHASE_SILENT;
}

/*
 * gauth_enforce_ask_store
 *		What a store says about a request that was collected and has a
 *		credential.
 *
 * A store that cannot be read, and a question that cannot be decided, forbid.
 * GAUTH_OUT_OF_MEMORY is the only other status.
 */
GauthStatus
gauth_enforce_ask_store(GauthArena *arena, const GauthEnforceCase *it,
						GauthSpan name, GauthPhaseAnswer *answer)
{
	const GauthPolicyStore *store;
	GauthStatus status;

	memset(answer, 0, sizeof(*answer));
	answer->store = name;
	answer->verdict = GAUTH_PHASE_SILENT;
	status = gauth_policy_store_find(name, &store, NULL);
	if (status == GAUTH_OK &&
		(store == NULL || gauth_policy_set_count(store->set) == 0 ||
		 (store->schema != NULL && !is_about_agents(store->schema))))
		return GAUTH_OK;
	if (status == GAUTH_OK)
	{
		answer->set = store->set;
		status = decide(arena, it, store, answer);
	}
	if (status == GAUTH_OK)
	{
		answer->verdict = find_verdict(store, &answer->decision);
		return GAUTH_OK;
	}
	memset(&answer->decision, 0, sizeof(answer->decision));
	answer->verdict = GAUTH_PHASE_FORBIDS;
	answer->failed = true;
	return status == GAUTH_OUT_OF_MEMORY ? status : GAUTH_OK;
}
