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

#include "policy/entity.h"
#include "store/entity_source.h"
#include "store/identity.h"

#define AGENT_TYPE		"GAuth::Agent"
#define MANDATE_TYPE	"GAuth::Mandate"
#define RESOURCE_TYPE	"GAuth::Resource"

/* most members that a record of ours has */
#define FIELDS_MAX		12

/* a record in the making; the first failure stays */
typedef struct Builder
{
	GauthArena *arena;
	GauthField	fields[FIELDS_MAX];
	uint32_t	count;
	GauthStatus status;
} Builder;

static void
add(Builder *builder, const char *name, GauthValue value)
{
	GauthField *field = &builder->fields[builder->count++];

	Assert(builder->count <= FIELDS_MAX);
	field->name = name;
	field->name_len = (uint32_t) strlen(name);
	field->name_hash = gauth_name_hash(gauth_span_of(name));
	field->value = value;
}

static void
add_text(Builder *builder, const char *name, GauthSpan text)
{
	if (text.len > 0)
		add(builder, name, gauth_value_string(text));
}

static void
add_number(Builder *builder, const char *name, int64_t number)
{
	if (number != GAUTH_ABSENT)
		add(builder, name, gauth_value_long(number));
}

static GauthValue
finish(Builder *builder)
{
	GauthField *fields = gauth_arena_array(builder->arena, FIELDS_MAX,
										   sizeof(GauthField));
	GauthValue	record = gauth_value_record(&gauth_empty_record);

	if (fields == NULL)
	{
		builder->status = GAUTH_OUT_OF_MEMORY;
		return record;
	}
	memcpy(fields, builder->fields, sizeof(GauthField) * builder->count);
	builder->status = gauth_record_make(builder->arena, fields,
										builder->count, &record, NULL);
	builder->count = 0;
	return record;
}

static GauthValue
make_approvals(Builder *builder, const GauthLiveMandate *live)
{
	GauthValue *items = gauth_arena_array(builder->arena,
										  live->approval_count,
										  sizeof(GauthValue));
	GauthValue	set = {0};
	uint32_t	i;

	if (items == NULL)
	{
		builder->status = GAUTH_OUT_OF_MEMORY;
		return set;
	}
	for (i = 0; i < live->approval_count; i++)
		items[i] = gauth_value_string(live->approvals[i].approver);
	builder->status = gauth_set_make(builder->arena, items,
									 live->approval_count, &set, NULL);
	return set;
}

/* what is asked, in the words of RFC 0117 */
static GauthStatus
make_request(GauthArena *arena, const GauthEnforceRequest *request,
			 GauthValue *record)
{
	Builder		builder = {.arena = arena};

	add_text(&builder, "sector", request->sector);
	add_text(&builder, "region", request->region);
	add_text(&builder, "transaction_type", request->transaction_type);
	add_text(&builder, "decision_type", request->decision_type);
	add_text(&builder, "environment", request->environment);
	add_text(&builder, "command", request->command);
	add_number(&builder, "amount_cents", request->amount_cents);
	*record = finish(&builder);
	return builder.status;
}

static GauthStatus
make_budget(GauthArena *arena, const GauthLiveMandate *live,
			GauthValue *record)
{
	Builder		builder = {.arena = arena};

	add(&builder, "total_cents", gauth_value_long(live->budget_total));
	add(&builder, "remaining_cents", gauth_value_long(live->budget_remaining));
	*record = finish(&builder);
	return builder.status;
}

static GauthStatus
make_context(GauthArena *arena, const GauthEnforceCase *it,
			 const GauthUid *mandate, const GauthRecord **context)
{
	const GauthEnforceInput *input = &it->input;
	const GauthLiveMandate *live = &input->live;
	Builder		builder = {.arena = arena};
	GauthValue	record;
	GauthStatus status = make_request(arena, input->request, &record);

	if (status != GAUTH_OK)
		return status;
	add(&builder, "request", record);
	add(&builder, "now", gauth_value_scaled(GAUTH_VALUE_DATETIME,
											input->now * 1000));
	add(&builder, "issuer", gauth_value_string(input->credential->issuer));
	add(&builder, "subject", gauth_value_string(input->request->agent));
	if (gauth_set_make(arena, NULL, 0, &record, NULL) != GAUTH_OK)
		return GAUTH_OUT_OF_MEMORY;
	add(&builder, "scopes", record);
	add_text(&builder, "token_id", input->evidence.token_id);
	if (mandate != NULL)
		add(&builder, "mandate", gauth_value_entity(mandate));
	add(&builder, "approvals", make_approvals(&builder, live));
	if (live->budget_total != GAUTH_ABSENT &&
		live->budget_remaining != GAUTH_ABSENT)
	{
		status = make_budget(arena, live, &record);
		add(&builder, "budget", record);
	}
	if (builder.status != GAUTH_OK || status != GAUTH_OK)
		return GAUTH_OUT_OF_MEMORY;
	record = finish(&builder);
	add(&builder, "gauth", record);
	*context = finish(&builder).record;
	return builder.status;
}

static GauthStatus
add_entity(GauthArena *arena, GauthEntityStore *store, const GauthUid *uid,
		   const GauthUid *parent, const GauthRecord *attributes)
{
	GauthEntity entity = {.uid = uid,.attributes = attributes};

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

/* the mandate and those above it; each is below its parent */
static GauthStatus
add_mandates(GauthArena *arena, const GauthEnforceCase *it,
			 GauthEntityStore *store, const GauthUid *mandate)
{
	GauthMandate above = it->mandate;
	const GauthUid *uid = mandate;
	int			steps;

	for (steps = 0; uid != NULL; steps++)
	{
		const GauthUid *parent = NULL;

		if (above.parent.data != NULL)
		{
			if (steps > GAUTH_CHAIN_MAX)
				return GAUTH_LIMIT_EXCEEDED;
			parent = gauth_uid_make(arena, GAUTH_SPAN(MANDATE_TYPE),
									above.parent);
			if (parent == NULL)
				return GAUTH_OUT_OF_MEMORY;
		}
		if (add_entity(arena, store, uid, parent, NULL) != GAUTH_OK)
			return GAUTH_OUT_OF_MEMORY;
		if (parent != NULL &&
			!gauth_mandate_find(above.parent, it->now, &above))
			return GAUTH_INVALID_VALUE;
		uid = parent;
	}
	return GAUTH_OK;
}

/* the entities that are ours, and behind them those of the policy store */
typedef struct Sources
{
	GauthEntityLoader ours;
	GauthEntityLoader theirs;
} Sources;

static GauthStatus
find_entity(void *state, const GauthUid *uid, const GauthEntity **entity,
			GauthError *err)
{
	Sources    *sources = state;

	if (gauth_span_starts_with(gauth_uid_type(uid), GAUTH_SPAN("GAuth::")))
		return sources->ours.find(sources->ours.state, uid, entity, err);
	return sources->theirs.find(sources->theirs.state, uid, entity, err);
}

static GauthStatus
make_resource(GauthArena *arena, const GauthEnforceRequest *request,
			  GauthEntityStore *store, const GauthUid **uid)
{
	Builder		builder = {.arena = arena};
	GauthValue	attributes;

	*uid = gauth_uid_make(arena, GAUTH_SPAN(RESOURCE_TYPE), request->resource);
	add_text(&builder, "type", request->resource_type);
	attributes = finish(&builder);
	if (*uid == NULL || builder.status != GAUTH_OK)
		return GAUTH_OUT_OF_MEMORY;
	return add_entity(arena, store, *uid, NULL, attributes.record);
}

static GauthStatus
make_question(GauthArena *arena, const GauthEnforceCase *it,
			  GauthEntityStore *store, GauthRequest *question)
{
	const GauthEnforceRequest *request = it->input.request;
	GauthSpan	id = it->has_mandate ? it->mandate.id : request->mandate;
	const GauthUid *mandate = NULL;
	GauthStatus status;

	if (id.len > 0)
		mandate = gauth_uid_make(arena, GAUTH_SPAN(MANDATE_TYPE), id);
	question->principal = gauth_uid_make(arena, GAUTH_SPAN(AGENT_TYPE),
										 request->agent);
	question->action = gauth_uid_make(arena, GAUTH_SPAN("Action"),
									  request->verb);
	if (question->principal == NULL || question->action == NULL ||
		(id.len > 0 && mandate == NULL))
		return GAUTH_OUT_OF_MEMORY;
	status = make_resource(arena, request, store, &question->resource);
	if (status == GAUTH_OK)
		status = add_entity(arena, store, question->principal, mandate, NULL);
	if (status == GAUTH_OK)
		status = add_mandates(arena, it, store, mandate);
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(store, NULL);
	if (status == GAUTH_OK)
		status = make_context(arena, it, mandate, &question->context);
	return status;
}

/* is there an action that agents may be asked about? */
static bool
is_about_agents(const GauthSchema *schema)
{
	const GauthEntityType *agent =
		gauth_schema_find_type(schema, GAUTH_SPAN(AGENT_TYPE));
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
	GauthEntityStore *entities;
	Sources		sources;
	GauthEntityLoader loader = {find_entity, &sources};
	GauthDecisionInput input = {
		.set = store->set,.loader = &loader,
		.limits = &gauth_policy_default_limits,.mode = store->mode
	};
	GauthRequest question;
	GauthStatus status;

	status = gauth_entity_store_create(arena, &gauth_policy_default_limits,
									   &entities, NULL);
	if (status == GAUTH_OK)
		status = make_question(arena, it, entities, &question);
	if (status != GAUTH_OK)
		return status;
	sources.ours = gauth_entity_store_loader(entities);
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
