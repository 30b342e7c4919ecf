/*
 * eval_operator.c
 *		Operators over values: equality, order, arithmetic, sets, hierarchy,
 *		attributes, tags, patterns.
 *
 * Cedar language reference, "Operators"; the formal model's Evaluator is the
 * arbiter of what is an error.
 */
#include "policy/eval_operator.h"

/* what a comparison costs besides its step: one for so many bytes or items */
#define BYTES_PER_STEP	32

/*
 * gauth_eval_pay
 *		Take fuel for work that grows with the size of a value.
 *
 * Answers GAUTH_EVAL_LIMIT when there is not enough.
 */
GauthEvalResult
gauth_eval_pay(GauthEvaluator *evaluator, uint32_t steps)
{
	if (evaluator->fuel < steps)
	{
		evaluator->fuel = 0;
		return GAUTH_EVAL_LIMIT;
	}
	evaluator->fuel -= steps;
	return GAUTH_EVAL_OK;
}

static inline bool
pay(GauthEvaluator *evaluator, uint32_t steps)
{
	return gauth_eval_pay(evaluator, steps) == GAUTH_EVAL_OK;
}

static GauthEvalResult
answer(GauthValue *value, bool truth)
{
	*value = gauth_value_bool(truth);
	return GAUTH_EVAL_OK;
}

/*
 * gauth_eval_unary
 *		not, minus, isEmpty.
 */
GauthEvalResult
gauth_eval_unary(uint8_t kind, GauthValue operand, GauthValue *value)
{
	if (kind == GAUTH_EXPR_NOT && operand.kind == GAUTH_VALUE_BOOL)
		return answer(value, !operand.boolean);
	if (kind == GAUTH_EXPR_IS_EMPTY && operand.kind == GAUTH_VALUE_SET)
		return answer(value, operand.set->count == 0);
	if (kind != GAUTH_EXPR_NEGATE || operand.kind != GAUTH_VALUE_LONG)
		return GAUTH_EVAL_TYPE;

	value->kind = GAUTH_VALUE_LONG;
	if (__builtin_sub_overflow((int64_t) 0, operand.number, &value->number))
		return GAUTH_EVAL_OVERFLOW;
	return GAUTH_EVAL_OK;
}

static GauthEvalResult
eval_equality(GauthEvaluator *evaluator, bool wanted, GauthValue left,
			  GauthValue right, GauthValue *value)
{
	uint32_t	one = gauth_value_weight(left);
	uint32_t	other = gauth_value_weight(right);

	if (!pay(evaluator, one < other ? one : other))
		return GAUTH_EVAL_LIMIT;
	return answer(value, gauth_value_equal(left, right) == wanted);
}

static GauthEvalResult
eval_order(uint8_t kind, GauthValue left, GauthValue right, GauthValue *value)
{
	if (left.kind != right.kind ||
		(left.kind != GAUTH_VALUE_LONG && left.kind != GAUTH_VALUE_DATETIME &&
		 left.kind != GAUTH_VALUE_DURATION))
		return GAUTH_EVAL_TYPE;

	switch (kind)
	{
		case GAUTH_EXPR_LT:
			return answer(value, left.number < right.number);
		case GAUTH_EXPR_LE:
			return answer(value, left.number <= right.number);
		case GAUTH_EXPR_GT:
			return answer(value, left.number > right.number);
		default:
			return answer(value, left.number >= right.number);
	}
}

static GauthEvalResult
eval_arithmetic(uint8_t kind, GauthValue left, GauthValue right,
				GauthValue *value)
{
	bool		overflow;

	if (left.kind != GAUTH_VALUE_LONG || right.kind != GAUTH_VALUE_LONG)
		return GAUTH_EVAL_TYPE;
	value->kind = GAUTH_VALUE_LONG;
	if (kind == GAUTH_EXPR_ADD)
		overflow = __builtin_add_overflow(left.number, right.number,
										  &value->number);
	else if (kind == GAUTH_EXPR_SUB)
		overflow = __builtin_sub_overflow(left.number, right.number,
										  &value->number);
	else
		overflow = __builtin_mul_overflow(left.number, right.number,
										  &value->number);
	return overflow ? GAUTH_EVAL_OVERFLOW : GAUTH_EVAL_OK;
}

static GauthEvalResult
eval_set_operator(GauthEvaluator *evaluator, uint8_t kind, GauthValue left,
				  GauthValue right, GauthValue *value)
{
	if (left.kind != GAUTH_VALUE_SET)
		return GAUTH_EVAL_TYPE;
	if (kind == GAUTH_EXPR_CONTAINS)
	{
		if (!pay(evaluator, gauth_value_weight(right)))
			return GAUTH_EVAL_LIMIT;
		return answer(value, gauth_set_contains(left.set, right));
	}

	if (right.kind != GAUTH_VALUE_SET)
		return GAUTH_EVAL_TYPE;
	if (!pay(evaluator, right.set->weight))
		return GAUTH_EVAL_LIMIT;
	if (kind == GAUTH_EXPR_CONTAINS_ALL)
		return answer(value, gauth_set_contains_all(left.set, right.set));
	return answer(value, gauth_set_contains_any(left.set, right.set));
}

static bool
is_in(const GauthUid *uid, const GauthEntity *entity, const GauthUid *above)
{
	return gauth_uid_equal(uid, above) ||
		(entity != NULL && gauth_entity_is_in(entity, above));
}

/* every item has to be an entity, also behind one that matches */
static GauthEvalResult
eval_in_set(GauthEvaluator *evaluator, const GauthUid *uid,
			const GauthSet *set, GauthValue *value)
{
	const GauthEntity *entity;
	GauthEvalResult result;
	bool		found = false;
	uint32_t	i;

	if (!pay(evaluator, set->count))
		return GAUTH_EVAL_LIMIT;
	for (i = 0; i < set->count; i++)
	{
		if (set->items[i].kind != GAUTH_VALUE_ENTITY)
			return GAUTH_EVAL_TYPE;
	}
	result = gauth_eval_find(evaluator, uid, &entity);
	if (result != GAUTH_EVAL_OK)
		return result;
	for (i = 0; i < set->count && !found; i++)
		found = is_in(uid, entity, set->items[i].uid);
	return answer(value, found);
}

static GauthEvalResult
eval_in(GauthEvaluator *evaluator, GauthValue left, GauthValue right,
		GauthValue *value)
{
	const GauthEntity *entity;
	GauthEvalResult result;

	if (left.kind != GAUTH_VALUE_ENTITY)
		return GAUTH_EVAL_TYPE;
	if (right.kind == GAUTH_VALUE_SET)
		return eval_in_set(evaluator, left.uid, right.set, value);
	if (right.kind != GAUTH_VALUE_ENTITY)
		return GAUTH_EVAL_TYPE;
	if (gauth_uid_equal(left.uid, right.uid))
		return answer(value, true);
	result = gauth_eval_find(evaluator, left.uid, &entity);
	return result != GAUTH_EVAL_OK ? result :
		answer(value, is_in(left.uid, entity, right.uid));
}

static GauthEvalResult
eval_tag(GauthEvaluator *evaluator, uint8_t kind, GauthValue left,
		 GauthValue right, GauthValue *value)
{
	const GauthEntity *entity;
	const GauthValue *tag = NULL;
	GauthEvalResult result;

	if (left.kind != GAUTH_VALUE_ENTITY || right.kind != GAUTH_VALUE_STRING)
		return GAUTH_EVAL_TYPE;
	result = gauth_eval_find(evaluator, left.uid, &entity);
	if (result != GAUTH_EVAL_OK)
		return result;
	if (entity != NULL)
		tag = gauth_record_get(entity->tags, gauth_value_text(right));
	if (kind == GAUTH_EXPR_HAS_TAG)
		return answer(value, tag != NULL);
	if (entity == NULL)
		return GAUTH_EVAL_NO_ENTITY;
	if (tag == NULL)
		return GAUTH_EVAL_NO_TAG;
	*value = *tag;
	return GAUTH_EVAL_OK;
}

/*
 * gauth_eval_binary
 *		An operator over two values.
 */
GauthEvalResult
gauth_eval_binary(GauthEvaluator *evaluator, uint8_t kind, GauthValue left,
				  GauthValue right, GauthValue *value)
{
	switch (kind)
	{
		case GAUTH_EXPR_EQ:
		case GAUTH_EXPR_NE:
			return eval_equality(evaluator, kind == GAUTH_EXPR_EQ, left, right,
								 value);
		case GAUTH_EXPR_LT:
		case GAUTH_EXPR_LE:
		case GAUTH_EXPR_GT:
		case GAUTH_EXPR_GE:
			return eval_order(kind, left, right, value);
		case GAUTH_EXPR_IN:
			return eval_in(evaluator, left, right, value);
		case GAUTH_EXPR_ADD:
		case GAUTH_EXPR_SUB:
		case GAUTH_EXPR_MUL:
			return eval_arithmetic(kind, left, right, value);
		case GAUTH_EXPR_GET_TAG:
		case GAUTH_EXPR_HAS_TAG:
			return eval_tag(evaluator, kind, left, right, value);
		default:
			return eval_set_operator(evaluator, kind, left, right, value);
	}
}

/*
 * The attribute of a record or an entity: "*found" is NULL when it is not
 * there, and "*exists" tells whether the entity is.
 */
static GauthEvalResult
find_attribute(GauthEvaluator *evaluator, GauthValue object, uint32_t name,
			   const GauthValue **found, bool *exists)
{
	const GauthBlobString *string = gauth_blob_at(evaluator->set, name);
	const GauthRecord *record = NULL;
	const GauthEntity *entity;
	GauthEvalResult result;

	*found = NULL;
	*exists = true;
	if (object.kind == GAUTH_VALUE_RECORD)
		record = object.record;
	else if (object.kind == GAUTH_VALUE_ENTITY)
	{
		result = gauth_eval_find(evaluator, object.uid, &entity);
		if (result != GAUTH_EVAL_OK)
			return result;
		*exists = entity != NULL;
		record = entity == NULL ? NULL : entity->attributes;
	}
	else
		return GAUTH_EVAL_TYPE;

	if (record != NULL)
		*found = gauth_record_find(record,
								   gauth_span(string->bytes, string->len),
								   string->hash);
	return GAUTH_EVAL_OK;
}

/*
 * gauth_eval_get
 *		object.attribute.
 */
GauthEvalResult
gauth_eval_get(GauthEvaluator *evaluator, const GauthNode *node,
			   GauthValue *value)
{
	const uint32_t *path = gauth_blob_at(evaluator->set, node->b);
	const GauthValue *found;
	GauthValue	object;
	bool		exists;
	GauthEvalResult result = gauth_eval(evaluator, node->a, &object);

	if (result == GAUTH_EVAL_OK)
		result = find_attribute(evaluator, object, path[0], &found, &exists);
	if (result != GAUTH_EVAL_OK)
		return result;
	if (!exists)
		return GAUTH_EVAL_NO_ENTITY;
	if (found == NULL)
		return GAUTH_EVAL_NO_ATTRIBUTE;
	*value = *found;
	return GAUTH_EVAL_OK;
}

/*
 * gauth_eval_has
 *		object has a.b.c: the same as has a, and then has b of that, and so on.
 */
GauthEvalResult
gauth_eval_has(GauthEvaluator *evaluator, const GauthNode *node,
			   GauthValue *value)
{
	const uint32_t *path = gauth_blob_at(evaluator->set, node->b);
	GauthValue	object;
	GauthEvalResult result = gauth_eval(evaluator, node->a, &object);
	uint32_t	i;

	for (i = 0; i < node->c && result == GAUTH_EVAL_OK; i++)
	{
		const GauthValue *found;
		bool		exists;

		result = find_attribute(evaluator, object, path[i], &found, &exists);
		if (result == GAUTH_EVAL_OK && found == NULL)
			return answer(value, false);
		if (result == GAUTH_EVAL_OK)
			object = *found;
	}
	return result != GAUTH_EVAL_OK ? result : answer(value, true);
}

/*
 * gauth_eval_like
 *		text like pattern.
 */
GauthEvalResult
gauth_eval_like(GauthEvaluator *evaluator, const GauthNode *node,
				GauthValue *value)
{
	GauthSpan	pattern = gauth_blob_text(evaluator->set, node->b);
	GauthValue	text;
	GauthEvalResult result = gauth_eval(evaluator, node->a, &text);

	if (result != GAUTH_EVAL_OK)
		return result;
	if (text.kind != GAUTH_VALUE_STRING)
		return GAUTH_EVAL_TYPE;
	if (!pay(evaluator, (text.len + pattern.len) / BYTES_PER_STEP))
		return GAUTH_EVAL_LIMIT;
	return answer(value, gauth_pattern_match(gauth_value_text(text), pattern));
}

/*
 * gauth_eval_is
 *		entity is type, entity is type in something.
 */
GauthEvalResult
gauth_eval_is(GauthEvaluator *evaluator, const GauthNode *node,
			  GauthValue *value)
{
	GauthSpan	type = gauth_blob_text(evaluator->set, node->b);
	GauthValue	object;
	GauthValue	above;
	GauthEvalResult result = gauth_eval(evaluator, node->a, &object);

	if (result != GAUTH_EVAL_OK)
		return result;
	if (object.kind != GAUTH_VALUE_ENTITY)
		return GAUTH_EVAL_TYPE;
	if (!gauth_uid_has_type(object.uid, type))
		return answer(value, false);
	if (node->c == 0)
		return answer(value, true);
	result = gauth_eval(evaluator, node->c, &above);
	return result != GAUTH_EVAL_OK ? result :
		eval_in(evaluator, object, above, value);
}

static const uint32_t *
nodes_of(const GauthBlobSet *set)
{
	return (const uint32_t *) (set->hashes + set->count);
}

/*
 * gauth_eval_constant_set
 *		A constant set as a value: only its items have to be written.
 */
GauthEvalResult
gauth_eval_constant_set(GauthEvaluator *evaluator, const GauthNode *node,
						GauthValue *value)
{
	const GauthBlobSet *from = gauth_blob_at(evaluator->set, node->a);
	GauthSet   *set = gauth_arena_alloc(evaluator->arena, sizeof(GauthSet));
	GauthValue *items = gauth_arena_array(evaluator->arena, from->count,
										  sizeof(GauthValue));
	GauthEvalResult result = GAUTH_EVAL_OK;
	uint32_t	i;

	if (set == NULL || items == NULL)
		return GAUTH_EVAL_MEMORY;
	for (i = 0; i < from->count && result == GAUTH_EVAL_OK; i++)
		result = gauth_eval(evaluator, nodes_of(from)[i], &items[i]);
	set->hash = from->hash;
	set->count = from->count;
	set->weight = from->weight;
	set->hashes = from->hashes;
	set->items = items;
	*value = (GauthValue)
	{
		.kind = GAUTH_VALUE_SET,.set = set
	};
	return result;
}

/* the first item of a constant set whose hash is not less */
static uint32_t
search_constant(const GauthBlobSet *set, uint64_t hash)
{
	uint32_t	low = 0;
	uint32_t	high = set->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (set->hashes[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static GauthEvalResult
search_constant_set(GauthEvaluator *evaluator, const GauthBlobSet *set,
					GauthValue wanted, bool *found)
{
	uint64_t	hash = gauth_value_hash(wanted);
	GauthEvalResult result = GAUTH_EVAL_OK;
	uint32_t	i;

	*found = false;
	for (i = search_constant(set, hash); i < set->count && !*found &&
		 set->hashes[i] == hash && result == GAUTH_EVAL_OK; i++)
	{
		GauthValue	item;

		result = gauth_eval(evaluator, nodes_of(set)[i], &item);
		if (result == GAUTH_EVAL_OK)
			*found = gauth_value_equal(item, wanted);
	}
	return result;
}

/*
 * gauth_eval_constant_contains
 *		constant.contains(item), by search.
 */
GauthEvalResult
gauth_eval_constant_contains(GauthEvaluator *evaluator, uint32_t node,
							 GauthValue item, GauthValue *value)
{
	const GauthNode *set_node = gauth_blob_at(evaluator->set, node);
	bool		found;
	GauthEvalResult result;

	if (!pay(evaluator, gauth_value_weight(item)))
		return GAUTH_EVAL_LIMIT;
	result = search_constant_set(evaluator,
								 gauth_blob_at(evaluator->set, set_node->a),
								 item, &found);
	return result != GAUTH_EVAL_OK ? result : answer(value, found);
}

/*
 * gauth_eval_in_constant
 *		entity in [constants]: the entity and each of its ancestors is
 *		searched for in the set.
 */
GauthEvalResult
gauth_eval_in_constant(GauthEvaluator *evaluator, GauthValue left,
					   uint32_t node, GauthValue *value)
{
	const GauthNode *set_node = gauth_blob_at(evaluator->set, node);
	const GauthBlobSet *set = gauth_blob_at(evaluator->set, set_node->a);
	const GauthEntity *entity;
	bool		found;
	uint32_t	i;
	GauthEvalResult result;

	if (left.kind != GAUTH_VALUE_ENTITY || !set->only_entities)
		return GAUTH_EVAL_TYPE;
	result = search_constant_set(evaluator, set, left, &found);
	if (result != GAUTH_EVAL_OK || found)
		return result != GAUTH_EVAL_OK ? result : answer(value, true);
	result = gauth_eval_find(evaluator, left.uid, &entity);
	if (result != GAUTH_EVAL_OK || entity == NULL)
		return result != GAUTH_EVAL_OK ? result : answer(value, false);
	if (!pay(evaluator, entity->ancestor_count))
		return GAUTH_EVAL_LIMIT;
	for (i = 0; i < entity->ancestor_count && !found &&
		 result == GAUTH_EVAL_OK; i++)
		result = search_constant_set(evaluator, set,
									 gauth_value_entity(entity->ancestors[i]),
									 &found);
	return result != GAUTH_EVAL_OK ? result : answer(value, found);
}
