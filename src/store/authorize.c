/*
 * authorize.c
 *		A decision of a policy store about one request, with everything that
 *		the server adds to it: principal, entities, context.
 *
 * Whatever cannot be known denies: no identity, no mapping, a store that does
 * not compile, an entity that fails to load.  Only misuse of the call itself
 * is an error.
 */
#include "store/authorize.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/text.h"
#include "policy/entity_json.h"
#include "policy/validate_request.h"
#include "store/access.h"
#include "store/compat.h"
#include "store/entity_row.h"
#include "store/fields.h"
#include "store/generation.h"
#include "store/identity.h"
#include "store/memory.h"

/*
 * gauth_refusal_name
 *		The code of a refusal, as clients see it.
 */
const char *
gauth_refusal_name(GauthRefusal refusal)
{
	switch (refusal)
	{
		case GAUTH_REFUSAL_NONE:
			return "NONE";
		case GAUTH_REFUSAL_NO_IDENTITY:
			return "NO_IDENTITY";
		case GAUTH_REFUSAL_NO_MAPPING:
			return "NO_MAPPING";
		case GAUTH_REFUSAL_NO_SCHEMA:
			return "NO_SCHEMA";
		case GAUTH_REFUSAL_REQUEST:
			return "REQUEST_INVALID";
		case GAUTH_REFUSAL_STORE:
			return "STORE_UNUSABLE";
		case GAUTH_REFUSAL_EVALUATION:
			return "EVALUATION_FAILED";
	}
	return "REFUSED";
}

/*
 * What context.gauth says of the identity, or (NULL) of somebody who shows no
 * token, and so has no scope either.
 */
static GauthContextFacts
collect_facts(const GauthIdentity *identity)
{
	static const GauthIdentity nobody = {
		.subject = {"", 0},.issuer = {"", 0},.scope = {"", 0}
	};
	const GauthIdentity *who = identity == NULL ? &nobody : identity;
	TimestampTz now = GetCurrentStatementStartTimestamp();
	GauthContextFacts facts = {
		/* milliseconds since 1970, which is what Cedar counts a datetime in */
		.now = (now - gauth_seconds_timestamp(0)) / 1000,
		.issuer = who->issuer,
		.subject = who->subject,
		.scope = who->scope,
		.token_id = who->token_id,
		.budget_total = GAUTH_ABSENT,
		.budget_remaining = GAUTH_ABSENT
	};

	return facts;
}

/* the claim's text behind the issuer's namespace; false when it has none */
static bool
principal_id(GauthArena *arena, const GauthIdentity *identity,
			 GauthSpan claim, GauthSpan *id)
{
	GauthSpan	namespace = identity->subject;
	GauthJson  *claims;
	const GauthJson *member;
	GauthText	text;

	*id = identity->subject;
	if (gauth_span_is(claim, "sub"))
		return true;
	if (gauth_json_parse(arena, identity->claims, &gauth_json_token_limits,
						 &claims, NULL) != GAUTH_OK)
		return false;
	for (member = claims->first; member != NULL; member = member->next)
	{
		if (gauth_span_equal(member->name, claim))
			break;
	}
	if (member == NULL || member->type != GAUTH_JSON_STRING ||
		member->text.len == 0)
		return false;
	namespace.len -= identity->issuer_subject.len;
	gauth_text_init(&text, arena);
	gauth_text_append(&text, namespace);
	gauth_text_append(&text, member->text);
	return gauth_text_finish(&text, id);
}

/* the subject of an issuer whose subjects are of some type in this store */
static GauthStatus
make_mapped(GauthSession *session, GauthArena *arena,
			const GauthIdentity *identity)
{
	GauthContextFacts facts = collect_facts(identity);
	GauthSpan	type;
	GauthSpan	claim;
	GauthSpan	id;

	session->identity_refusal = GAUTH_REFUSAL_NO_MAPPING;
	if (!gauth_policy_mapping_find(session->name, identity->issuer,
								   session->kept, &type, &claim) ||
		!principal_id(arena, identity, claim, &id))
		return GAUTH_OK;
	session->identity = gauth_uid_make(arena, type, id);
	if (session->identity == NULL)
		return GAUTH_OUT_OF_MEMORY;
	session->identity_refusal = GAUTH_REFUSAL_NONE;
	return gauth_context_make(arena, &facts, &session->identity_context);
}

/* an agent below its mandate, and what context.gauth says of the two */
static GauthStatus
describe_agent(GauthArena *arena, GauthSpan id, const GauthMandate *mandate,
			   GauthAgent *agent, GauthContextFacts *facts)
{
	TimestampTz at = GetCurrentStatementStartTimestamp();
	GauthStatus status = gauth_agent_make(arena, id, mandate->id, agent);

	if (status == GAUTH_OK)
		status = gauth_agent_climb(arena, agent, mandate, at);
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(agent->entities, NULL);
	facts->mandate = agent->mandate;
	facts->has_approvals = true;
	facts->budget_total = mandate->budget_total;
	facts->budget_remaining =
		gauth_mandate_available(mandate, at, gauth_span(NULL, 0));
	return status;
}

/*
 * The mandate is read once more than the identity was: should it have ended
 * in between, there is no identity either.
 */
static GauthStatus
make_agent(GauthSession *session, GauthArena *arena,
		   const GauthIdentity *identity)
{
	GauthContextFacts *facts = &session->agent_facts;
	GauthAgent *agent = &session->agent;
	TimestampTz at = GetCurrentStatementStartTimestamp();
	GauthMandate mandate;
	GauthStatus status;

	if (!gauth_mandate_find(identity->mandate, at, &mandate) ||
		mandate.status != GAUTH_MANDATE_ACTIVE)
		return GAUTH_OK;
	*facts = collect_facts(identity);
	status = describe_agent(arena, identity->issuer_subject, &mandate, agent,
							facts);
	if (status != GAUTH_OK)
		return status;
	session->any_approval = gauth_mandate_has_approvals(mandate.id, at);
	session->identity = agent->uid;
	session->identity_refusal = GAUTH_REFUSAL_NONE;
	return gauth_context_make(arena, facts, &session->identity_context);
}

static GauthStatus
make_identity(GauthSession *session, GauthArena *arena)
{
	const GauthIdentity *identity = gauth_identity_current();

	session->identity = NULL;
	session->identity_refusal = GAUTH_REFUSAL_NO_IDENTITY;
	session->agent.entities = NULL;
	session->any_approval = false;
	if (identity == NULL)
		return GAUTH_OK;
	if (identity->mandate.len > 0)
		return make_agent(session, arena, identity);
	return make_mapped(session, arena, identity);
}

static GauthStatus
make_other(GauthSession *session, GauthArena *arena)
{
	GauthContextFacts facts = collect_facts(NULL);

	return gauth_context_make(arena, &facts, &session->other_context);
}

static bool
is_current(const GauthSession *session, GauthSpan name, uint64 statement)
{
	return session->kept != NULL && session->statement == statement &&
		session->serial == gauth_identity_serial() &&
		session->generation == gauth_generation(GAUTH_GROUP_POLICIES) &&
		gauth_span_equal(session->name, name);
}

/* what all requests of the statement share */
static GauthStatus
begin(GauthSession *session, GauthSpan name, const GauthEntityStore *brought,
	  GauthError *err)
{
	MemoryContext caller;
	GauthArena	arena;
	GauthStatus status;

	if (session->kept != NULL)
		MemoryContextDelete(session->kept);
	session->kept = NULL;
	session->kept = AllocSetContextCreate(session->memory, "gauth decisions",
										  ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(session->kept);
	gauth_memory_arena(&arena, NULL, 0, session->kept);
	session->name = gauth_memory_copy(session->kept, name);
	session->source = NULL;
	status = gauth_policy_store_find(name, &session->store, err);
	if (status == GAUTH_OK && session->store != NULL)
	{
		session->source = gauth_entity_source_open(session->store, brought);
		session->may_ask_for_others =
			gauth_access_allows(GAUTH_ENFORCER, NULL) ||
			gauth_access_allows(GAUTH_ADMINISTRATOR, &session->name);
		status = make_identity(session, &arena);
		if (status == GAUTH_OK)
			status = make_other(session, &arena);
	}
	MemoryContextSwitchTo(caller);

	session->statement = gauth_generation_refresh();
	session->serial = gauth_identity_serial();
	session->generation = gauth_generation(GAUTH_GROUP_POLICIES);
	return status;
}

static bool
is_reserved(const GauthUid *uid)
{
	return gauth_entity_is_reserved(gauth_uid_type(uid));
}

/* recursion as deep as the reader allowed */
static bool
mentions_reserved(GauthValue value)
{
	uint32_t	i;

	switch ((GauthValueKind) value.kind)
	{
		case GAUTH_VALUE_ENTITY:
			return is_reserved(value.uid);
		case GAUTH_VALUE_SET:
			for (i = 0; i < value.set->count; i++)
			{
				if (mentions_reserved(value.set->items[i]))
					return true;
			}
			return false;
		case GAUTH_VALUE_RECORD:
			for (i = 0; i < value.record->count; i++)
			{
				if (mentions_reserved(value.record->fields[i].value))
					return true;
			}
			return false;
		default:
			return false;
	}
}

/* with a schema only where the action's context has a place for it */
static bool
wants_gauth(const GauthPolicyStore *store, const GauthUid *action)
{
	const GauthSchemaAction *found;

	if (store->schema == NULL)
		return true;
	found = gauth_schema_find_action(store->schema, action);
	return found != NULL &&
		gauth_type_find_attribute(found->context,
								  GAUTH_SPAN("gauth")) != NULL;
}

/* the caller's context and ours */
static GauthStatus
join_context(GauthArena *arena, const GauthRecord *given,
			 const GauthRecord *ours, const GauthRecord **context,
			 GauthError *err)
{
	GauthField *fields;
	GauthValue	record;
	GauthStatus status;

	fields = gauth_arena_array(arena, given->count + 1, sizeof(GauthField));
	if (fields == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "context");
	if (given->count > 0)
		memcpy(fields, given->fields, given->count * sizeof(GauthField));
	gauth_field_set(&fields[given->count], "gauth", gauth_value_record(ours));
	status = gauth_record_make(arena, fields, given->count + 1, &record, err);
	if (status == GAUTH_OK)
		*context = record.record;
	return status;
}

static GauthStatus
read_context(const GauthSession *session, GauthArena *arena,
			 const GauthAsk *ask, const GauthRecord **context, GauthError *err)
{
	GauthEntityReader reader = {
		arena, &gauth_policy_default_limits, session->store->schema, err
	};
	GauthJson  *json;
	GauthStatus status;

	*context = &gauth_empty_record;
	if (ask->context.len <= 2)
		return GAUTH_OK;
	status = gauth_json_parse(arena, ask->context,
							  &gauth_json_document_limits, &json, err);
	if (status == GAUTH_OK && json->type != GAUTH_JSON_OBJECT)
		status = gauth_fail(err, GAUTH_INVALID_VALUE, "context");
	if (status == GAUTH_OK && gauth_json_get(json, "gauth") != NULL)
		status = gauth_fail(err, GAUTH_INVALID_VALUE, "context.gauth");
	if (status == GAUTH_OK)
		status = gauth_context_from_json(&reader, json, ask->action, context);
	if (status == GAUTH_OK && mentions_reserved(gauth_value_record(*context)))
		status = gauth_fail(err, GAUTH_INVALID_VALUE, "entity of GAuth");
	return status;
}

/*
 * What was approved is about one action: it is looked at for each request,
 * but only where there is any.  The amount is not known, so that an approval
 * up to some amount does not count.
 */
static GauthStatus
add_approvals(GauthArena *arena, const GauthAsk *ask,
			  GauthContextFacts facts, const GauthRecord **context)
{
	GauthApprovalQuery query = {
		.mandate = gauth_uid_id(facts.mandate),
		.verb = gauth_uid_id(ask->action),
		.resource = gauth_uid_id(ask->resource),
		.cents = PG_INT64_MAX
	};
	TimestampTz at = GetCurrentStatementStartTimestamp();
	GauthSpan  *approvers;

	if (gauth_uid_has_type(ask->action, GAUTH_SPAN("Action")))
	{
		facts.approver_count = (uint32)
			gauth_mandate_approvals(&query, at, &approvers);
		facts.approvers = approvers;
	}
	return gauth_context_make(arena, &facts, context);
}

static GauthStatus
own_context(const GauthSession *session, GauthArena *arena,
			const GauthAsk *ask, const GauthRecord **context)
{
	*context = session->identity_context;
	if (!session->any_approval)
		return GAUTH_OK;
	return add_approvals(arena, ask, session->agent_facts, context);
}

/*
 * The agent of a recorded request, under the mandate as it is now, in force or
 * not: shown by nobody's token.
 */
static GauthStatus
make_recorded(GauthArena *arena, const GauthAsk *ask, GauthAgent *agent,
			  const GauthRecord **context)
{
	GauthContextFacts facts = collect_facts(NULL);
	GauthMandate mandate;
	GauthStatus status;

	if (!gauth_mandate_find(ask->mandate, GetCurrentStatementStartTimestamp(),
							&mandate))
		return GAUTH_INVALID_VALUE;
	status = describe_agent(arena, gauth_uid_id(ask->principal), &mandate,
							agent, &facts);
	if (status == GAUTH_OK)
		status = add_approvals(arena, ask, facts, context);
	return status;
}

static bool
is_recorded(const GauthAsk *ask)
{
	return ask->mandate.data != NULL && ask->principal != NULL &&
		gauth_uid_has_type(ask->principal, GAUTH_SPAN(GAUTH_AGENT_TYPE));
}

static bool
is_own(const GauthSession *session, const GauthAsk *ask)
{
	return ask->principal == NULL ||
		(session->identity != NULL && !is_recorded(ask) &&
		 gauth_uid_equal(ask->principal, session->identity));
}

/*
 * Who asks, and what context.gauth says of him; of the identity only where
 * that is asked for, because it reads what was approved.
 */
static GauthStatus
find_principal(const GauthSession *session, GauthArena *arena,
			   const GauthAsk *ask, bool wanted, GauthAgent *agent,
			   const GauthUid **principal, const GauthRecord **ours)
{
	GauthStatus status;

	*agent = session->agent;
	*ours = session->other_context;
	if (is_recorded(ask))
	{
		status = make_recorded(arena, ask, agent, ours);
		*principal = agent->uid;
		return status;
	}
	if (is_own(session, ask))
	{
		*principal = session->identity;
		return wanted ? own_context(session, arena, ask, ours) : GAUTH_OK;
	}
	*principal = ask->principal;
	return GAUTH_OK;
}

static GauthStatus
make_request(const GauthSession *session, GauthArena *arena,
			 const GauthAsk *ask, GauthAgent *agent, GauthRequest *request,
			 GauthError *err)
{
	bool		wanted = wants_gauth(session->store, ask->action);
	const GauthRecord *ours;
	GauthStatus status = read_context(session, arena, ask, &request->context,
									  err);

	request->action = ask->action;
	request->resource = ask->resource;
	if (status != GAUTH_OK)
		return status;
	status = find_principal(session, arena, ask, wanted, agent,
							&request->principal, &ours);
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "principal");
	if (!wanted)
		return GAUTH_OK;
	return join_context(arena, request->context, ours, &request->context,
						err);
}

static void
refuse(GauthAnswer *answer, GauthRefusal refusal)
{
	answer->permit = false;
	answer->refusal = refusal;
}

/* GAUTH_OK also when it is refused; an error is a misuse of the call */
static GauthStatus
check_ask(const GauthSession *session, const GauthAsk *ask, GauthError *err)
{
	if ((ask->principal != NULL && !is_recorded(ask) &&
		 is_reserved(ask->principal)) ||
		is_reserved(ask->action) || is_reserved(ask->resource))
		return gauth_fail(err, GAUTH_INVALID_VALUE, "entity of GAuth");
	if (!session->may_ask_for_others && !is_own(session, ask))
		return gauth_fail(err, GAUTH_CAPABILITY_MISSING, "enforcer");
	return GAUTH_OK;
}

/* an agent has ancestors in its own request alone */
static GauthEntityLoader
find_loader(const GauthSession *session, const GauthUid *mandate,
			const GauthAgent *agent, GauthAgentSources *sources)
{
	GauthEntityLoader stored = gauth_entity_source_loader(session->source);

	if (mandate == NULL)
		return stored;
	sources->ours = gauth_entity_store_loader(agent->entities);
	sources->theirs = stored;
	return gauth_agent_loader(sources);
}

static void
decide(const GauthSession *session, GauthArena *arena, const GauthAsk *ask,
	   const GauthRequest *request, const GauthAgent *agent,
	   GauthAnswer *answer)
{
	GauthAgentSources sources;
	GauthEntityLoader loader = find_loader(session, answer->mandate, agent,
										   &sources);
	GauthDecisionInput input = {
		.set = answer->set,
		.loader = &loader,
		.limits = &gauth_policy_default_limits,
		.mode = session->store->mode,
		.explain = ask->explain
	};

	if (session->store->mode == GAUTH_POLICY_STRICT &&
		gauth_validate_request(session->store->schema, request,
							   &answer->error) != GAUTH_OK)
	{
		refuse(answer, GAUTH_REFUSAL_REQUEST);
		return;
	}
	if (gauth_policy_decide(arena, &input, request, &answer->decision,
							&answer->error) != GAUTH_OK)
	{
		memset(&answer->decision, 0, sizeof(answer->decision));
		refuse(answer, GAUTH_REFUSAL_EVALUATION);
		return;
	}
	answer->permit = answer->decision.permit;
}

/*
 * gauth_authorize
 *		Decide about one request.
 *
 * Errors, all of them misuse: GAUTH_STORE_UNKNOWN; GAUTH_CAPABILITY_MISSING
 * for asking about another principal than the identity; GAUTH_INVALID_VALUE
 * for a context that is none, holds "gauth", or an entity of GAuth, and for
 * an unknown mandate of a recorded request.
 */
GauthStatus
gauth_authorize(GauthSession *session, GauthArena *arena, const GauthAsk *ask,
				GauthAnswer *answer, GauthError *err)
{
	uint64		statement = gauth_generation_refresh();
	GauthRequest request;
	GauthAgent	agent;
	GauthStatus status = GAUTH_OK;

	memset(answer, 0, sizeof(*answer));
	if (!is_current(session, ask->store, statement))
		status = begin(session, ask->store, ask->brought, &answer->error);
	if (status != GAUTH_OK)
	{
		/* the next call tries again, and the next statement may succeed */
		session->statement = 0;
		refuse(answer, GAUTH_REFUSAL_STORE);
		return GAUTH_OK;
	}
	if (session->store == NULL)
		return gauth_fail(err, GAUTH_STORE_UNKNOWN, "store");
	answer->store = session->store;
	answer->set = ask->set != NULL ? ask->set : session->store->set;

	status = check_ask(session, ask, err);
	if (status != GAUTH_OK)
		return status;
	if (ask->principal == NULL && session->identity == NULL)
		refuse(answer, session->identity_refusal);
	else if (session->store->mode == GAUTH_POLICY_STRICT &&
			 session->store->schema == NULL)
		refuse(answer, GAUTH_REFUSAL_NO_SCHEMA);
	if (answer->refusal != GAUTH_REFUSAL_NONE)
		return GAUTH_OK;

	status = make_request(session, arena, ask, &agent, &request, err);
	if (status != GAUTH_OK)
		return status;
	answer->principal = request.principal;
	if (agent.entities != NULL && request.principal == agent.uid)
		answer->mandate = agent.mandate;
	decide(session, arena, ask, &request, &agent, answer);
	return GAUTH_OK;
}
