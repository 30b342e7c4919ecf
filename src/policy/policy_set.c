/*
 * policy_set.c
 *		Compiling a list of policies, reading what was compiled, linking
 *		templates.
 */
#include "policy/policy_set.h"

#include "policy/blob.h"
#include "policy/index.h"

/* the number of uids, and the uids */
static GauthStatus
compile_action_list(GauthBlobWriter *writer, const GauthScope *scope,
					uint32_t *list)
{
	uint32_t	i;
	GauthStatus status;

	status = gauth_blob_reserve(writer, ((size_t) scope->uid_count + 1) *
								sizeof(uint32_t), list);
	if (status == GAUTH_OK)
		((uint32_t *) (writer->data + *list))[0] = scope->uid_count;
	for (i = 0; i < scope->uid_count && status == GAUTH_OK; i++)
	{
		uint32_t	uid;

		status = gauth_blob_put_uid(writer, scope->uids[i], &uid);
		if (status == GAUTH_OK)
			((uint32_t *) (writer->data + *list))[i + 1] = uid;
	}
	return status;
}

static GauthStatus
compile_type_and_uid(GauthBlobWriter *writer, const GauthScope *scope,
					 uint32_t *operand)
{
	uint32_t	pair[2] = {0};
	GauthStatus status = gauth_blob_put_string(writer, scope->type, &pair[0]);

	if (status == GAUTH_OK)
		status = gauth_blob_put_uid(writer, scope->uid, &pair[1]);
	return status != GAUTH_OK ? status :
		gauth_blob_put(writer, pair, sizeof(pair), operand);
}

static GauthStatus
compile_scope(GauthBlobWriter *writer, const GauthScope *scope,
			  GauthBlobScope *compiled)
{
	compiled->kind = scope->kind;
	if (scope->uid != NULL)
		compiled->hash = scope->uid->hash;
	switch (scope->kind)
	{
		case GAUTH_SCOPE_EQ:
		case GAUTH_SCOPE_IN:
			return gauth_blob_put_uid(writer, scope->uid, &compiled->operand);
		case GAUTH_SCOPE_IS:
			return gauth_blob_put_string(writer, scope->type,
										 &compiled->operand);
		case GAUTH_SCOPE_IS_IN:
			return compile_type_and_uid(writer, scope, &compiled->operand);
		case GAUTH_SCOPE_IN_SET:
			return compile_action_list(writer, scope, &compiled->operand);
		default:
			return GAUTH_OK;
	}
}

static GauthStatus
compile_conditions(GauthBlobWriter *writer, const GauthPolicy *policy,
				   GauthBlobPolicy *compiled)
{
	uint32_t	i;
	GauthStatus status;

	compiled->condition_count = policy->condition_count;
	status = gauth_blob_reserve(writer, policy->condition_count *
								sizeof(GauthBlobCondition),
								&compiled->conditions);
	for (i = 0; i < policy->condition_count && status == GAUTH_OK; i++)
	{
		const GauthCondition *from = &policy->conditions[i];
		GauthBlobCondition to = {from->unless, 0, from->offset};

		status = gauth_compile_expr(writer, from->expr, &to.node);
		if (status == GAUTH_OK)
			memcpy(writer->data + compiled->conditions + i * sizeof(to), &to,
				   sizeof(to));
	}
	return status;
}

static GauthStatus
compile_notes(GauthBlobWriter *writer, const GauthPolicy *policy,
			  GauthBlobDetails *compiled)
{
	uint32_t	i;
	GauthStatus status;

	compiled->note_count = policy->annotation_count;
	status = gauth_blob_reserve(writer, policy->annotation_count * 2 *
								sizeof(uint32_t), &compiled->notes);
	for (i = 0; i < policy->annotation_count && status == GAUTH_OK; i++)
	{
		uint32_t	pair[2] = {0};

		status = gauth_blob_put_string(writer, policy->annotations[i].name,
									   &pair[0]);
		if (status == GAUTH_OK)
			status = gauth_blob_put_string(writer,
										   policy->annotations[i].value,
										   &pair[1]);
		if (status == GAUTH_OK)
			memcpy(writer->data + compiled->notes + i * sizeof(pair), pair,
				   sizeof(pair));
	}
	return status;
}

static GauthStatus
compile_policy(GauthBlobWriter *writer, const GauthPolicy *policy,
			   GauthBlobPolicy *compiled)
{
	GauthStatus status;

	if (policy->principal.slot || policy->resource.slot)
		return gauth_fail(writer->err, GAUTH_INVALID_ARGUMENT,
						  "a template cannot be evaluated");
	compiled->effect = policy->effect;
	status = compile_scope(writer, &policy->principal,
						   &compiled->scopes[GAUTH_VARIABLE_PRINCIPAL]);
	if (status == GAUTH_OK)
		status = compile_scope(writer, &policy->action,
							   &compiled->scopes[GAUTH_VARIABLE_ACTION]);
	if (status == GAUTH_OK)
		status = compile_scope(writer, &policy->resource,
							   &compiled->scopes[GAUTH_VARIABLE_RESOURCE]);
	return status != GAUTH_OK ? status :
		compile_conditions(writer, policy, compiled);
}

static GauthStatus
compile_details(GauthBlobWriter *writer, const GauthPolicy *policy,
				uint32_t *details)
{
	GauthBlobDetails compiled = {0};
	GauthStatus status = gauth_blob_put_string(writer, policy->id,
											   &compiled.id);

	if (status == GAUTH_OK && policy->template_id.len > 0)
		status = gauth_blob_put_string(writer, policy->template_id,
									   &compiled.template_id);
	if (status == GAUTH_OK)
		status = compile_notes(writer, policy, &compiled);
	return status != GAUTH_OK ? status :
		gauth_blob_put(writer, &compiled, sizeof(compiled), details);
}

static GauthStatus
reserve_policies(GauthBlobWriter *writer, GauthPolicySet *header)
{
	size_t		size = (size_t) header->policy_count * sizeof(GauthBlobPolicy);
	GauthStatus status;

	/* no policy in two lines, where the set is in memory of its own */
	status = gauth_blob_reserve(writer, size + GAUTH_BLOB_LINE,
								&header->policies);
	header->policies = (header->policies + GAUTH_BLOB_LINE - 1) /
		GAUTH_BLOB_LINE * GAUTH_BLOB_LINE;
	return status;
}

static GauthBlobPolicy *
policy_at(const GauthBlobWriter *writer, const GauthPolicySet *header,
		  uint32_t number)
{
	return (GauthBlobPolicy *) (writer->data + header->policies) + number;
}

static GauthStatus
compile_policies(GauthBlobWriter *writer, const GauthPolicyList *list,
				 GauthPolicySet *header)
{
	const GauthPolicy *policy;
	uint32_t	number = 0;
	GauthStatus status;

	for (policy = list->policies; policy != NULL; policy = policy->next)
		header->policy_count++;
	status = reserve_policies(writer, header);
	for (policy = list->policies; policy != NULL && status == GAUTH_OK;
		 policy = policy->next)
	{
		GauthBlobPolicy compiled = {0};

		status = compile_policy(writer, policy, &compiled);
		if (status == GAUTH_OK)
			*policy_at(writer, header, number++) = compiled;
	}
	number = 0;
	for (policy = list->policies; policy != NULL && status == GAUTH_OK;
		 policy = policy->next)
	{
		uint32_t	details;

		status = compile_details(writer, policy, &details);
		if (status == GAUTH_OK)
			policy_at(writer, header, number++)->details = details;
	}
	return status;
}

/*
 * gauth_policy_set_compile
 *		Make a compiled set of all policies of a list; templates are left out,
 *		their links are policies.
 *
 * The set is a block of gauth_policy_set_size bytes in the arena, aligned to
 * 8 bytes, and refers to nothing outside.  Errors: GAUTH_LIMIT_EXCEEDED,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_policy_set_compile(GauthArena *arena, const GauthPolicyList *list,
						 const GauthPolicyLimits *limits,
						 const GauthPolicySet **set, GauthError *err)
{
	GauthBlobWriter writer = {.arena = arena,.limits = limits,.err = err};
	GauthPolicySet header = {.magic = GAUTH_BLOB_MAGIC};
	uint32_t	offset;
	GauthStatus status;

	status = gauth_blob_reserve(&writer, sizeof(header), &offset);
	if (status == GAUTH_OK)
		status = compile_policies(&writer, list, &header);
	if (status == GAUTH_OK)
		status = gauth_index_build(&writer, list, &header);
	if (status != GAUTH_OK)
		return status;
	header.size = writer.size;
	memcpy(writer.data, &header, sizeof(header));
	*set = (const GauthPolicySet *) writer.data;
	return GAUTH_OK;
}

/*
 * gauth_policy_set_format
 *		A number that is another one whenever the same list is compiled to
 *		something else.
 */
uint64_t
gauth_policy_set_format(void)
{
	return GAUTH_BLOB_MAGIC;
}

/*
 * gauth_policy_set_check
 *		Is this block a compiled set of this version, and all of it there?
 *
 * A guard against mistakes, not against an enemy: what stands in the block
 * is trusted.
 */
bool
gauth_policy_set_check(const void *block, size_t size)
{
	const GauthPolicySet *set = block;

	return size >= sizeof(GauthPolicySet) &&
		(uintptr_t) block % sizeof(uint64_t) == 0 &&
		set->magic == GAUTH_BLOB_MAGIC && set->size <= size;
}

/*
 * gauth_policy_set_size
 *		Bytes of the block.
 */
size_t
gauth_policy_set_size(const GauthPolicySet *set)
{
	return set->size;
}

/*
 * gauth_policy_set_count
 *		How many policies there are; they are numbered from 0 in the order of
 *		the list.
 */
uint32_t
gauth_policy_set_count(const GauthPolicySet *set)
{
	return set->policy_count;
}

/*
 * gauth_policy_set_id
 *		The id of a policy.
 */
GauthSpan
gauth_policy_set_id(const GauthPolicySet *set, uint32_t policy)
{
	return gauth_blob_text(set, gauth_blob_details(set, policy)->id);
}

/*
 * gauth_policy_set_template_id
 *		The id of the template that a policy is a link of; else empty.
 */
GauthSpan
gauth_policy_set_template_id(const GauthPolicySet *set, uint32_t policy)
{
	uint32_t	offset = gauth_blob_details(set, policy)->template_id;

	return offset == 0 ? gauth_span(NULL, 0) : gauth_blob_text(set, offset);
}

/*
 * gauth_policy_set_effect
 *		Does a policy permit or forbid?
 */
GauthEffect
gauth_policy_set_effect(const GauthPolicySet *set, uint32_t policy)
{
	return (GauthEffect) gauth_blob_policy(set, policy)->effect;
}

/*
 * gauth_policy_set_note_count
 *		How many annotations a policy has.
 */
uint32_t
gauth_policy_set_note_count(const GauthPolicySet *set, uint32_t policy)
{
	return gauth_blob_details(set, policy)->note_count;
}

/*
 * gauth_policy_set_note
 *		One annotation of a policy, in the order of the source.
 */
GauthPolicyNote
gauth_policy_set_note(const GauthPolicySet *set, uint32_t policy,
					  uint32_t note)
{
	const uint32_t *pairs;

	pairs = gauth_blob_at(set, gauth_blob_details(set, policy)->notes);
	return (GauthPolicyNote)
	{
		gauth_blob_text(set, pairs[note * 2]),
			gauth_blob_text(set, pairs[note * 2 + 1])
	};
}

/*
 * gauth_policy_set_find_note
 *		The annotation @name of a policy; false when there is none.
 */
bool
gauth_policy_set_find_note(const GauthPolicySet *set, uint32_t policy,
						   const char *name, GauthSpan *value)
{
	uint32_t	count = gauth_policy_set_note_count(set, policy);
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		GauthPolicyNote note = gauth_policy_set_note(set, policy, i);

		if (gauth_span_is(note.name, name))
		{
			*value = note.value;
			return true;
		}
	}
	return false;
}

/* a slot and its value belong together: neither comes alone */
static GauthStatus
fill_slot(GauthScope *scope, const GauthUid *uid, GauthError *err)
{
	if (scope->slot != (uid != NULL))
		return gauth_fail(err, GAUTH_INVALID_ARGUMENT, scope->slot ?
						  "a slot of the template has no value" :
						  "the template has no such slot");
	if (scope->slot)
		scope->uid = uid;
	scope->slot = false;
	return GAUTH_OK;
}

/*
 * gauth_policy_link
 *		The policy that a template becomes when its slots are filled;
 *		"principal" and "resource" are NULL where it has no slot.
 *
 * Conditions and annotations are shared with the template.  Errors:
 * GAUTH_INVALID_ARGUMENT, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_policy_link(GauthArena *arena, const GauthPolicy *template,
				  GauthSpan id, const GauthUid *principal,
				  const GauthUid *resource, GauthPolicy **policy,
				  GauthError *err)
{
	GauthStatus status;

	*policy = gauth_arena_alloc(arena, sizeof(GauthPolicy));
	if (*policy == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "policy");
	**policy = *template;
	(*policy)->next = NULL;
	(*policy)->id = id;
	(*policy)->template_id = template->id;
	(*policy)->is_template = false;
	status = fill_slot(&(*policy)->principal, principal, err);
	return status != GAUTH_OK ? status :
		fill_slot(&(*policy)->resource, resource, err);
}

/*
 * gauth_template_find
 *		The template of this id, or NULL.
 */
const GauthPolicy *
gauth_template_find(const GauthPolicyList *list, GauthSpan id)
{
	const GauthPolicy *template;

	for (template = list->templates; template != NULL;
		 template = template->next)
	{
		if (gauth_span_equal(template->id, id))
			return template;
	}
	return NULL;
}

static void
add_template(GauthPolicyList *list, GauthPolicy *template)
{
	GauthPolicy **end = &list->templates;

	while (*end != NULL)
		end = &(*end)->next;
	*end = template;
	list->template_count++;
}

/*
 * gauth_policy_list_add
 *		Put a policy, such as a link, behind all others; a template behind all
 *		templates.
 */
void
gauth_policy_list_add(GauthPolicyList *list, GauthPolicy *policy)
{
	GauthPolicy **end = list->last == NULL ? &list->policies :
	&list->last->next;

	policy->next = NULL;
	if (policy->is_template)
	{
		add_template(list, policy);
		return;
	}
	while (*end != NULL)
		end = &(*end)->next;
	*end = policy;
	list->last = policy;
	list->policy_count++;
}
