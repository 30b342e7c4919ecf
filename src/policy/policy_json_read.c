/*
 * policy_json_read.c
 *		From Cedar's JSON policy format to the tree: policies and sets.
 *
 * Expressions are in expr_json_read.c.  Unknown members are refused: what a
 * reader ignores may be what the writer meant.
 */
#include "policy/policy_json.h"

#include <stdio.h>

#include "policy/entity_json.h"
#include "policy/expr_json.h"
#include "policy/policy_set.h"

static GauthStatus
fail(GauthBuilder *builder, const GauthJson *json, const char *detail)
{
	return gauth_fail_at(builder->err, GAUTH_INVALID_VALUE,
						 json == NULL ? 0 : json->offset, detail);
}

static GauthStatus
read_type_name(GauthBuilder *builder, const GauthJson *json, GauthSpan *type)
{
	if (json == NULL || json->type != GAUTH_JSON_STRING ||
		!gauth_type_name_is_valid(json->text))
		return fail(builder, json, "entity_type is the name of a type");
	*type = json->text;
	return GAUTH_OK;
}

/* {"entity": uid} or {"slot": "?principal"} among the members of "json" */
static GauthStatus
read_uid_or_slot(GauthBuilder *builder, const GauthJson *json,
				 const char *slot, GauthScope *scope)
{
	const GauthJson *entity = gauth_json_get(json, "entity");
	const GauthJson *given = gauth_json_get(json, "slot");

	if ((entity == NULL) == (given == NULL))
		return fail(builder, json, "a scope has either entity or slot");
	if (entity != NULL)
		return gauth_uid_from_json(builder->arena, entity, &scope->uid,
								   builder->err);
	if (slot == NULL || !gauth_json_is_string(given, slot))
		return fail(builder, given, "slot is ?principal or ?resource, each "
					"in its own scope");
	scope->slot = true;
	return GAUTH_OK;
}

static GauthStatus
read_entities(GauthBuilder *builder, const GauthJson *json, GauthScope *scope)
{
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (json->type != GAUTH_JSON_ARRAY)
		return fail(builder, json, "entities is an array");
	if (json->count > builder->limits->set_size)
		return gauth_fail_at(builder->err, GAUTH_LIMIT_EXCEEDED, json->offset,
							 "entities of one scope");
	scope->kind = GAUTH_SCOPE_IN_SET;
	scope->uids = gauth_arena_array(builder->arena, json->count,
									sizeof(GauthUid *));
	if (scope->uids == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		const GauthUid **uid = &scope->uids[scope->uid_count++];

		status = gauth_uid_from_json(builder->arena, child, uid, builder->err);
		if (status == GAUTH_OK)
			status = gauth_build_check_action(builder, *uid, child->offset);
	}
	return status;
}

static GauthStatus
read_is_scope(GauthBuilder *builder, const GauthJson *json, const char *slot,
			  GauthScope *scope)
{
	const GauthJson *in = gauth_json_get(json, "in");
	GauthStatus status;

	if (slot == NULL)
		return fail(builder, json, "is cannot stand in the scope of actions");
	scope->kind = in == NULL ? GAUTH_SCOPE_IS : GAUTH_SCOPE_IS_IN;
	status = read_type_name(builder, gauth_json_get(json, "entity_type"),
							&scope->type);
	if (status != GAUTH_OK || in == NULL)
		return status;
	return read_uid_or_slot(builder, in, slot, scope);
}

/* "slot" is the slot that may stand here; NULL for actions */
static GauthStatus
read_scope(GauthBuilder *builder, const GauthJson *json, const char *slot,
		   GauthScope *scope)
{
	const GauthJson *op = gauth_json_get(json, "op");
	const GauthJson *entities = gauth_json_get(json, "entities");
	GauthStatus status;

	if (json == NULL || json->type != GAUTH_JSON_OBJECT || op == NULL)
		return fail(builder, json, "a scope is an object with op");
	scope->offset = scope->end = (uint32_t) json->offset;
	if (gauth_json_is_string(op, "All"))
		return json->count == 1 ? GAUTH_OK :
			fail(builder, json, "op All has no other members");
	if (gauth_json_is_string(op, "is"))
		return read_is_scope(builder, json, slot, scope);
	if (!gauth_json_is_string(op, "==") && !gauth_json_is_string(op, "in"))
		return fail(builder, op, "op is one of All, ==, in, is");
	if (json->count != 2)
		return fail(builder, json, "a scope has op and what it applies to");

	scope->kind = gauth_json_is_string(op, "in") ?
		GAUTH_SCOPE_IN : GAUTH_SCOPE_EQ;
	if (entities != NULL && slot == NULL && scope->kind == GAUTH_SCOPE_IN)
		return read_entities(builder, entities, scope);
	status = read_uid_or_slot(builder, json, slot, scope);
	if (status == GAUTH_OK && slot == NULL)
		status = gauth_build_check_action(builder, scope->uid, json->offset);
	return status;
}

static GauthStatus
read_conditions(GauthBuilder *builder, const GauthJson *json,
				GauthPolicy *policy)
{
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (json == NULL)
		return GAUTH_OK;
	if (json->type != GAUTH_JSON_ARRAY)
		return fail(builder, json, "conditions is an array");
	policy->conditions = gauth_arena_array(builder->arena, json->count,
										   sizeof(GauthCondition));
	if (policy->conditions == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		GauthCondition *to = &policy->conditions[policy->condition_count++];
		const GauthJson *kind = gauth_json_get(child, "kind");
		const GauthJson *body = gauth_json_get(child, "body");

		to->offset = (uint32_t) child->offset;
		to->unless = gauth_json_is_string(kind, "unless");
		if (body == NULL || child->count != 2 ||
			(!to->unless && !gauth_json_is_string(kind, "when")))
			return fail(builder, child, "a condition has kind, which is when "
						"or unless, and body");
		status = gauth_expr_from_json(builder, body, &to->expr);
	}
	return status;
}

static GauthStatus
read_annotations(GauthBuilder *builder, const GauthJson *json,
				 GauthPolicy *policy)
{
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (json == NULL)
		return GAUTH_OK;
	if (json->type != GAUTH_JSON_OBJECT)
		return fail(builder, json, "annotations is an object");
	policy->annotations = gauth_arena_array(builder->arena, json->count,
											sizeof(GauthAnnotation));
	if (policy->annotations == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		GauthAnnotation *to = &policy->annotations[policy->annotation_count++];

		if (!gauth_word_is_identifier(child->name) ||
			(child->type != GAUTH_JSON_STRING &&
			 child->type != GAUTH_JSON_NULL))
			return fail(builder, child, "an annotation is a name and a "
						"string");
		to->name = child->name;
		to->value = child->text;
		to->has_value = child->type == GAUTH_JSON_STRING;
		to->offset = (uint32_t) child->offset;
		status = gauth_build_charge(builder, child->offset);
	}
	return status;
}

static GauthStatus
check_members(GauthBuilder *builder, const GauthJson *json)
{
	static const char *const names[] = {
		"effect", "principal", "action", "resource", "conditions",
		"annotations"
	};
	const GauthJson *member;
	size_t		i;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(builder, json, "a policy is an object");
	for (member = json->first; member != NULL; member = member->next)
	{
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		{
			if (gauth_span_is(member->name, names[i]))
				break;
		}
		if (i == sizeof(names) / sizeof(names[0]))
			return fail(builder, member, "a policy has effect, principal, "
						"action, resource, conditions, annotations");
	}
	return GAUTH_OK;
}

static GauthStatus
read_policy(GauthBuilder *builder, const GauthJson *json, GauthPolicy **made)
{
	const GauthJson *effect = gauth_json_get(json, "effect");
	GauthPolicy *policy = gauth_arena_zalloc(builder->arena,
											 sizeof(GauthPolicy));
	GauthStatus status = check_members(builder, json);

	if (policy == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	if (status == GAUTH_OK)
		status = gauth_build_charge(builder, json->offset);
	if (status != GAUTH_OK)
		return status;
	if (gauth_json_is_string(effect, "forbid"))
		policy->effect = GAUTH_EFFECT_FORBID;
	else if (!gauth_json_is_string(effect, "permit"))
		return fail(builder, json, "effect is permit or forbid");

	policy->offset = policy->end = (uint32_t) json->offset;
	status = read_scope(builder, gauth_json_get(json, "principal"),
						"?principal", &policy->principal);
	if (status == GAUTH_OK)
		status = read_scope(builder, gauth_json_get(json, "action"), NULL,
							&policy->action);
	if (status == GAUTH_OK)
		status = read_scope(builder, gauth_json_get(json, "resource"),
							"?resource", &policy->resource);
	if (status == GAUTH_OK)
		status = read_conditions(builder, gauth_json_get(json, "conditions"),
								 policy);
	if (status == GAUTH_OK)
		status = read_annotations(builder,
								  gauth_json_get(json, "annotations"), policy);
	policy->is_template = policy->principal.slot || policy->resource.slot;
	*made = policy;
	return status;
}

/* policies keyed by id, to the end of a list */
static GauthStatus
read_policies(GauthBuilder *builder, const GauthJson *json, bool templates,
			  GauthPolicyList *list)
{
	GauthPolicy **end = templates ? &list->templates : &list->policies;
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (json != NULL && json->type != GAUTH_JSON_OBJECT)
		return fail(builder, json, "policies are an object, keyed by id");
	for (child = json == NULL ? NULL : json->first;
		 child != NULL && status == GAUTH_OK; child = child->next)
	{
		status = read_policy(builder, child, end);
		if (status != GAUTH_OK)
			return status;
		if ((*end)->is_template != templates)
			return fail(builder, child, templates ?
						"a template has a slot" :
						"a static policy has no slot");
		(*end)->id = child->name;
		end = &(*end)->next;
		*(templates ? &list->template_count : &list->policy_count) += 1;
	}
	return status;
}

static GauthStatus
read_slot_values(GauthBuilder *builder, const GauthJson *json,
				 const GauthUid **principal, const GauthUid **resource)
{
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (json == NULL || json->type != GAUTH_JSON_OBJECT)
		return fail(builder, json, "values is an object");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		if (gauth_span_is(child->name, "?principal"))
			status = gauth_uid_from_json(builder->arena, child, principal,
										 builder->err);
		else if (gauth_span_is(child->name, "?resource"))
			status = gauth_uid_from_json(builder->arena, child, resource,
										 builder->err);
		else
			return fail(builder, child, "values has ?principal, ?resource");
	}
	return status;
}

static GauthStatus
read_link(GauthBuilder *builder, const GauthJson *json,
		  const GauthPolicyList *list, GauthPolicy **link)
{
	const GauthJson *template_id = gauth_json_get(json, "templateId");
	const GauthJson *new_id = gauth_json_get(json, "newId");
	const GauthUid *principal = NULL;
	const GauthUid *resource = NULL;
	const GauthPolicy *template;
	GauthStatus status;

	if (template_id == NULL || template_id->type != GAUTH_JSON_STRING ||
		new_id == NULL || new_id->type != GAUTH_JSON_STRING ||
		json->count != 3)
		return fail(builder, json, "a link has templateId, newId and values");
	template = gauth_template_find(list, template_id->text);
	if (template == NULL)
		return fail(builder, template_id, "there is no such template");
	status = gauth_build_charge(builder, json->offset);
	if (status == GAUTH_OK)
		status = read_slot_values(builder, gauth_json_get(json, "values"),
								  &principal, &resource);
	if (status != GAUTH_OK)
		return status;
	return gauth_policy_link(builder->arena, template, new_id->text,
							 principal, resource, link, builder->err);
}

static GauthStatus
read_links(GauthBuilder *builder, const GauthJson *json,
		   GauthPolicyList *list)
{
	GauthPolicy **end = &list->policies;
	const GauthJson *child;
	GauthStatus status = GAUTH_OK;

	if (json != NULL && json->type != GAUTH_JSON_ARRAY)
		return fail(builder, json, "templateLinks is an array");
	while (*end != NULL)
		end = &(*end)->next;
	for (child = json == NULL ? NULL : json->first;
		 child != NULL && status == GAUTH_OK; child = child->next)
	{
		status = read_link(builder, child, list, end);
		if (status == GAUTH_OK)
		{
			end = &(*end)->next;
			list->policy_count++;
		}
	}
	return status;
}

static GauthStatus
read_set(GauthBuilder *builder, const GauthJson *json, GauthPolicyList *list)
{
	const GauthJson *member;
	GauthStatus status;

	for (member = json->first; member != NULL; member = member->next)
	{
		if (!gauth_span_is(member->name, "staticPolicies") &&
			!gauth_span_is(member->name, "templates") &&
			!gauth_span_is(member->name, "templateLinks"))
			return fail(builder, member, "a policy set has staticPolicies, "
						"templates and templateLinks");
	}
	status = read_policies(builder, gauth_json_get(json, "staticPolicies"),
						   false, list);
	if (status == GAUTH_OK)
		status = read_policies(builder, gauth_json_get(json, "templates"),
							   true, list);
	if (status == GAUTH_OK)
		status = read_links(builder, gauth_json_get(json, "templateLinks"),
							list);
	return status != GAUTH_OK ? status : gauth_build_check_ids(builder, list);
}

/* one policy: its id is its annotation, or policy0 */
static GauthStatus
read_single(GauthBuilder *builder, const GauthJson *json,
			GauthPolicyList *list)
{
	const GauthAnnotation *id;
	GauthPolicy *policy;
	GauthStatus status = read_policy(builder, json, &policy);

	if (status != GAUTH_OK)
		return status;
	id = gauth_policy_annotation(policy, "id");
	policy->id = id != NULL && id->has_value ? id->value :
		GAUTH_SPAN("policy0");
	if (policy->is_template)
	{
		list->templates = policy;
		list->template_count = 1;
		return GAUTH_OK;
	}
	list->policies = policy;
	list->policy_count = 1;
	return GAUTH_OK;
}

/*
 * gauth_policy_list_from_json
 *		Read one policy or template, or a policy set with its links.
 *
 * Strings may point into the source, which must outlive the list.  Errors,
 * with the offset in the source: as gauth_json_parse, GAUTH_INVALID_VALUE,
 * GAUTH_INVALID_ARGUMENT (a link without a value for a slot),
 * GAUTH_DUPLICATE_MEMBER, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_policy_list_from_json(GauthArena *arena, GauthSpan source,
							const GauthPolicyLimits *limits,
							GauthPolicyList *list, GauthError *err)
{
	/* an expression one higher is two objects deeper */
	GauthJsonLimits json_limits = {
		.depth = limits->height * 2 + 32,.nodes = limits->nodes,
		.zero_bytes = true
	};
	GauthBuilder builder = {.arena = arena,.limits = limits,.err = err};
	GauthJson  *json;
	GauthStatus status;

	memset(list, 0, sizeof(*list));
	if (source.len > limits->source_size)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "policy source size");
	status = gauth_json_parse(arena, source, &json_limits, &json, err);
	if (status != GAUTH_OK)
		return status;
	if (json->type != GAUTH_JSON_OBJECT)
		return fail(&builder, json, "a policy or a policy set is an object");
	if (gauth_json_get(json, "effect") != NULL)
		return read_single(&builder, json, list);
	return read_set(&builder, json, list);
}
