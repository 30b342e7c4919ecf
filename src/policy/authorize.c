/*
 * authorize.c
 *		The authorizer of authorize.h.
 *
 * Whatever ends a decision early, be it a limit, memory or a loader, is a
 * failure of the whole and never a permit.
 */
#include "policy/authorize.h"

#include "policy/index.h"

typedef struct Authorizer
{
	GauthEvaluator evaluator;	/* must be first: nothing else is hot */
	const GauthDecisionInput *input;
	GauthDecision *decision;
	uint32_t   *permits;		/* satisfied */
	uint32_t   *forbids;
	uint32_t	permit_count;
	uint32_t	forbid_count;
	GauthPolicyFailure *failures;
	uint32_t	failure_count;
	GauthPolicyMiss *misses;
	uint32_t	miss_count;
	uint32_t	room;			/* of each list */
	bool		forbid_failed;
} Authorizer;

typedef enum Verdict
{
	VERDICT_NOT_APPLICABLE,		/* the scope does not match */
	VERDICT_MISSED,				/* a condition does not hold */
	VERDICT_SATISFIED
} Verdict;

/* "hash" is that of "above", which is not touched as long as nothing fits */
static GauthEvalResult
match_in(GauthEvaluator *evaluator, GauthVariable variable, uint64_t hash,
		 const GauthUid *above, bool *matches)
{
	const GauthUid *uid = gauth_request_uid(evaluator->request, variable);
	const GauthEntity *entity;
	GauthEvalResult result;

	*matches = uid->hash == hash && gauth_uid_equal(uid, above);
	if (*matches)
		return GAUTH_EVAL_OK;
	result = gauth_eval_entity(evaluator, variable, &entity);
	*matches = result == GAUTH_EVAL_OK && entity != NULL &&
		gauth_entity_has_hash(entity, hash) &&
		gauth_entity_is_in(entity, above);
	return result;
}

static GauthEvalResult
match_any_of(GauthEvaluator *evaluator, GauthVariable variable,
			 const GauthBlobScope *scope, bool *matches)
{
	const uint32_t *list = gauth_blob_at(evaluator->set, scope->operand);
	uint32_t	count = list[0];
	GauthEvalResult result = GAUTH_EVAL_OK;
	uint32_t	i;

	*matches = false;
	if (evaluator->fuel < count)
		return GAUTH_EVAL_LIMIT;
	evaluator->fuel -= count;
	for (i = 1; i <= count && !*matches && result == GAUTH_EVAL_OK; i++)
	{
		const GauthUid *above = gauth_blob_at(evaluator->set, list[i]);

		result = match_in(evaluator, variable, above->hash, above, matches);
	}
	return result;
}

static bool
match_type(const GauthPolicySet *set, const GauthUid *uid, uint32_t type)
{
	return gauth_uid_has_type(uid, gauth_blob_text(set, type));
}

static GauthEvalResult
match_is_in(GauthEvaluator *evaluator, GauthVariable variable,
			const GauthBlobScope *scope, bool *matches)
{
	const uint32_t *pair = gauth_blob_at(evaluator->set, scope->operand);

	*matches = match_type(evaluator->set,
						  gauth_request_uid(evaluator->request, variable),
						  pair[0]);
	if (!*matches)
		return GAUTH_EVAL_OK;
	return match_in(evaluator, variable, scope->hash,
					gauth_blob_at(evaluator->set, pair[1]), matches);
}

static GauthEvalResult
match_scope(GauthEvaluator *evaluator, GauthVariable variable,
			const GauthBlobScope *scope, bool *matches)
{
	const GauthPolicySet *set = evaluator->set;
	const void *operand = gauth_blob_at(set, scope->operand);
	const GauthUid *uid = gauth_request_uid(evaluator->request, variable);

	switch (scope->kind)
	{
		case GAUTH_SCOPE_EQ:
			*matches = uid->hash == scope->hash &&
				gauth_uid_equal(uid, operand);
			return GAUTH_EVAL_OK;
		case GAUTH_SCOPE_IN:
			return match_in(evaluator, variable, scope->hash, operand,
							matches);
		case GAUTH_SCOPE_IN_SET:
			return match_any_of(evaluator, variable, scope, matches);
		case GAUTH_SCOPE_IS:
			*matches = match_type(set, uid, scope->operand);
			return GAUTH_EVAL_OK;
		case GAUTH_SCOPE_IS_IN:
			return match_is_in(evaluator, variable, scope, matches);
		default:
			*matches = true;
			return GAUTH_EVAL_OK;
	}
}

/* the action first: it tells most policies apart */
static GauthEvalResult
match_scopes(GauthEvaluator *evaluator, const GauthBlobPolicy *policy,
			 bool *matches)
{
	static const GauthVariable order[] = {
		GAUTH_VARIABLE_ACTION, GAUTH_VARIABLE_PRINCIPAL,
		GAUTH_VARIABLE_RESOURCE
	};
	GauthEvalResult result = GAUTH_EVAL_OK;
	int			i;

	*matches = true;
	for (i = 0; i < 3 && *matches && result == GAUTH_EVAL_OK; i++)
		result = match_scope(evaluator, order[i], &policy->scopes[order[i]],
							 matches);
	return result;
}

/*
 * The operand of a chain of && that was false: evaluated again, for an
 * explanation only.
 */
static const GauthNode *
find_false_operand(GauthEvaluator *evaluator, uint32_t node)
{
	const GauthNode *at = gauth_blob_at(evaluator->set, node);

	while (at->kind == GAUTH_EXPR_AND)
	{
		const uint32_t *operands = gauth_blob_at(evaluator->set, at->a);
		const GauthNode *next = NULL;
		uint32_t	i;

		for (i = 0; i < at->b && next == NULL; i++)
		{
			bool		truth;

			if (gauth_eval_bool(evaluator, operands[i], &truth) !=
				GAUTH_EVAL_OK)
				return at;
			if (!truth)
				next = gauth_blob_at(evaluator->set, operands[i]);
		}
		if (next == NULL)
			return at;
		at = next;
	}
	return at;
}

static void
note_miss(Authorizer *authorizer, uint32_t number,
		  const GauthBlobCondition *condition, uint32_t position)
{
	GauthEvaluator *evaluator = &authorizer->evaluator;
	const GauthNode *node = gauth_blob_at(evaluator->set, condition->node);

	if (!condition->unless)
		node = find_false_operand(evaluator, condition->node);
	authorizer->misses[authorizer->miss_count++] = (GauthPolicyMiss)
	{
		number, position, condition->unless, node->offset, node->end
	};
}

static GauthEvalResult
test_policy(Authorizer *authorizer, uint32_t number, Verdict *verdict)
{
	GauthEvaluator *evaluator = &authorizer->evaluator;
	const GauthBlobPolicy *policy = gauth_blob_policy(evaluator->set, number);
	const GauthBlobCondition *conditions;
	GauthEvalResult result;
	bool		matches;
	uint32_t	i;

	if (evaluator->fuel == 0)
		return GAUTH_EVAL_LIMIT;
	evaluator->fuel--;
	evaluator->error_node = 0;
	*verdict = VERDICT_NOT_APPLICABLE;
	result = match_scopes(evaluator, policy, &matches);
	if (result != GAUTH_EVAL_OK || !matches)
		return result;

	conditions = gauth_blob_at(evaluator->set, policy->conditions);
	for (i = 0; i < policy->condition_count; i++)
	{
		bool		truth;

		result = gauth_eval_bool(evaluator, conditions[i].node, &truth);
		if (result != GAUTH_EVAL_OK)
			return result;
		if (truth != conditions[i].unless)
			continue;
		*verdict = VERDICT_MISSED;
		if (authorizer->input->explain &&
			policy->effect == GAUTH_EFFECT_PERMIT)
			note_miss(authorizer, number, &conditions[i], i);
		return GAUTH_EVAL_OK;
	}
	*verdict = VERDICT_SATISFIED;
	return GAUTH_EVAL_OK;
}

static void
note_failure(Authorizer *authorizer, uint32_t number, GauthEvalResult error)
{
	const GauthEvaluator *evaluator = &authorizer->evaluator;
	GauthPolicyFailure *failure;

	failure = &authorizer->failures[authorizer->failure_count++];
	memset(failure, 0, sizeof(*failure));
	failure->policy = number;
	failure->error = error;
	if (evaluator->error_node != 0)
	{
		const GauthNode *node = gauth_blob_at(evaluator->set,
											  evaluator->error_node);

		failure->offset = node->offset;
		failure->end = node->end;
	}
	if (gauth_policy_set_effect(evaluator->set, number) ==
		GAUTH_EFFECT_FORBID)
		authorizer->forbid_failed = true;
}

static void *
grow_list(Authorizer *authorizer, const void *list, uint32_t count,
		  uint32_t room, size_t size)
{
	void	   *larger = gauth_arena_alloc(authorizer->evaluator.arena,
										   room * size);

	if (larger != NULL && count > 0)
		memcpy(larger, list, count * size);
	return larger;
}

/* room for one more in every list: most decisions never come back here */
static bool
make_room(Authorizer *authorizer)
{
	uint32_t	room = authorizer->room == 0 ? 8 : authorizer->room * 2;

	if (authorizer->permit_count < authorizer->room &&
		authorizer->forbid_count < authorizer->room &&
		authorizer->failure_count < authorizer->room &&
		authorizer->miss_count < authorizer->room)
		return true;
	authorizer->permits = grow_list(authorizer, authorizer->permits,
									authorizer->permit_count, room,
									sizeof(uint32_t));
	authorizer->forbids = grow_list(authorizer, authorizer->forbids,
									authorizer->forbid_count, room,
									sizeof(uint32_t));
	authorizer->failures = grow_list(authorizer, authorizer->failures,
									 authorizer->failure_count, room,
									 sizeof(GauthPolicyFailure));
	authorizer->misses = grow_list(authorizer, authorizer->misses,
								   authorizer->miss_count, room,
								   sizeof(GauthPolicyMiss));
	authorizer->room = room;
	return authorizer->permits != NULL && authorizer->forbids != NULL &&
		authorizer->failures != NULL && authorizer->misses != NULL;
}

static GauthEvalResult
run_policy(Authorizer *authorizer, uint32_t number)
{
	Verdict		verdict;
	GauthEvalResult result;

	if (!make_room(authorizer))
		return GAUTH_EVAL_MEMORY;
	result = test_policy(authorizer, number, &verdict);
	if (GAUTH_EVAL_IS_FAILURE(result))
		return result;
	if (result != GAUTH_EVAL_OK)
		note_failure(authorizer, number, result);
	else if (verdict == VERDICT_SATISFIED)
	{
		if (gauth_policy_set_effect(authorizer->evaluator.set, number) ==
			GAUTH_EFFECT_FORBID)
			authorizer->forbids[authorizer->forbid_count++] = number;
		else
			authorizer->permits[authorizer->permit_count++] = number;
	}
	return GAUTH_EVAL_OK;
}

static GauthStatus
fail_decision(Authorizer *authorizer, GauthEvalResult result)
{
	GauthError *err = authorizer->evaluator.err;

	switch (result)
	{
		case GAUTH_EVAL_OK:
			return GAUTH_OK;
		case GAUTH_EVAL_LOADER:
			return authorizer->evaluator.loader_status;
		case GAUTH_EVAL_MEMORY:
			return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "policy decision");
		default:
			return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "policy evaluation");
	}
}

static GauthStatus
run_linear(Authorizer *authorizer)
{
	uint32_t	count = authorizer->input->set->policy_count;
	GauthEvalResult result = GAUTH_EVAL_OK;
	uint32_t	i;

	for (i = 0; i < count && result == GAUTH_EVAL_OK; i++)
		result = run_policy(authorizer, i);
	authorizer->decision->candidates = count;
	return fail_decision(authorizer, result);
}

static GauthStatus
run_indexed(Authorizer *authorizer)
{
	GauthEvaluator *evaluator = &authorizer->evaluator;
	GauthCandidates candidates;
	GauthIndexKey keys[3];
	GauthEvalResult result = GAUTH_EVAL_OK;
	GauthStatus status;
	uint32_t	i;

	for (i = 0; i < 3 && result == GAUTH_EVAL_OK; i++)
	{
		const GauthEntity *entity;

		result = gauth_eval_entity(evaluator, (GauthVariable) i, &entity);
		if (result != GAUTH_EVAL_OK)
			return fail_decision(authorizer, result);
		keys[i].uid = gauth_request_uid(evaluator->request,
										(GauthVariable) i);
		keys[i].ancestor_hashes = entity == NULL ? NULL :
			entity->ancestor_hashes;
		keys[i].ancestor_count = entity == NULL ? 0 : entity->ancestor_count;
	}
	status = gauth_index_find(evaluator->set, evaluator->arena, keys,
							  &candidates, &evaluator->fuel);
	if (status != GAUTH_OK)
		return gauth_fail(evaluator->err, status, "policy evaluation");

	for (i = 0; i < candidates.count && result == GAUTH_EVAL_OK; i++)
		result = run_policy(authorizer, candidates.policies[i]);
	authorizer->decision->candidates = candidates.count;
	return fail_decision(authorizer, result);
}

static void
conclude(Authorizer *authorizer)
{
	GauthDecision *decision = authorizer->decision;
	bool		denied = authorizer->forbid_count > 0;

	if (authorizer->input->mode != GAUTH_POLICY_CEDAR &&
		authorizer->forbid_failed)
		denied = true;
	decision->permit = !denied && authorizer->permit_count > 0;
	decision->determining = decision->permit ?
		authorizer->permits : authorizer->forbids;
	decision->determining_count = decision->permit ?
		authorizer->permit_count : authorizer->forbid_count;
	decision->failures = authorizer->failures;
	decision->failure_count = authorizer->failure_count;
	decision->misses = authorizer->misses;
	decision->miss_count = authorizer->miss_count;
}

/*
 * gauth_policy_decide
 *		Decide a request.
 *
 * The answer's lists are in the arena, which also serves as scratch memory.
 * With and without "linear" the answer is the same, but for "candidates" and
 * "fuel_used".  Errors, all of which mean "denied": GAUTH_LIMIT_EXCEEDED,
 * GAUTH_OUT_OF_MEMORY, and whatever the loader fails with.
 */
GauthStatus
gauth_policy_decide(GauthArena *arena, const GauthDecisionInput *input,
					const GauthRequest *request, GauthDecision *decision,
					GauthError *err)
{
	Authorizer	authorizer;
	GauthStatus status;

	memset(&authorizer, 0, sizeof(authorizer));
	memset(decision, 0, sizeof(*decision));
	authorizer.input = input;
	authorizer.decision = decision;
	authorizer.evaluator.set = input->set;
	authorizer.evaluator.request = request;
	authorizer.evaluator.loader = input->loader;
	authorizer.evaluator.arena = arena;
	authorizer.evaluator.err = err;
	authorizer.evaluator.fuel = input->limits->fuel;

	status = input->linear ? run_linear(&authorizer) :
		run_indexed(&authorizer);
	if (status == GAUTH_OK)
		conclude(&authorizer);
	decision->fuel_used = input->limits->fuel - authorizer.evaluator.fuel;
	return status;
}
