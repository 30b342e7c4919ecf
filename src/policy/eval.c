/*
 * eval.c
 *		The evaluator of eval.h: control, access, literals.
 *
 * Operators over evaluated operands are in eval_operator.c.
 */
#include "policy/eval.h"

#include "policy/eval_operator.h"
#include "policy/extension.h"

/* arguments of a call or items of a set that need no memory of the arena */
#define FEW_ITEMS	8

static inline const GauthNode *
node_at(const GauthEvaluator *evaluator, uint32_t node)
{
	return gauth_blob_at(evaluator->set, node);
}

/*
 * gauth_request_uid
 *		Principal, action or resource of a request.
 */
const GauthUid *
gauth_request_uid(const GauthRequest *request, GauthVariable variable)
{
	switch (variable)
	{
		case GAUTH_VARIABLE_PRINCIPAL:
			return request->principal;
		case GAUTH_VARIABLE_ACTION:
			return request->action;
		default:
			return request->resource;
	}
}

static GauthEvalResult
ask_loader(GauthEvaluator *evaluator, const GauthUid *uid,
		   const GauthEntity **entity)
{
	GauthStatus status;

	status = evaluator->loader->find(evaluator->loader->state, uid, entity,
									 evaluator->err);
	if (status == GAUTH_OK)
		return GAUTH_EVAL_OK;
	evaluator->loader_status = status;
	return GAUTH_EVAL_LOADER;
}

/*
 * gauth_eval_entity
 *		The entity of principal, action or resource; NULL when it does not
 *		exist.  The loader is asked once.
 */
GauthEvalResult
gauth_eval_entity(GauthEvaluator *evaluator, GauthVariable variable,
				  const GauthEntity **entity)
{
	GauthEvalResult result = GAUTH_EVAL_OK;

	if (!evaluator->is_loaded[variable])
	{
		result = ask_loader(evaluator,
							gauth_request_uid(evaluator->request, variable),
							&evaluator->entities[variable]);
		evaluator->is_loaded[variable] = result == GAUTH_EVAL_OK;
	}
	*entity = evaluator->entities[variable];
	return result;
}

/*
 * gauth_eval_find
 *		The entity of any uid; NULL when it does not exist.
 */
GauthEvalResult
gauth_eval_find(GauthEvaluator *evaluator, const GauthUid *uid,
				const GauthEntity **entity)
{
	int			i;

	for (i = 0; i < 3; i++)
	{
		if (gauth_request_uid(evaluator->request, (GauthVariable) i) == uid)
			return gauth_eval_entity(evaluator, (GauthVariable) i, entity);
	}
	return ask_loader(evaluator, uid, entity);
}

static GauthEvalResult
eval_literal(GauthEvaluator *evaluator, const GauthNode *node,
			 GauthValue *value)
{
	const GauthPolicySet *set = evaluator->set;

	switch (node->kind)
	{
		case GAUTH_EXPR_BOOL:
			*value = gauth_value_bool(node->sub);
			return GAUTH_EVAL_OK;
		case GAUTH_EXPR_LONG:
			*value = gauth_value_long(node->number);
			return GAUTH_EVAL_OK;
		case GAUTH_EXPR_STRING:
			*value = gauth_value_string(gauth_blob_text(set, node->a));
			return GAUTH_EVAL_OK;
		case GAUTH_EXPR_ENTITY:
			*value = gauth_value_entity(gauth_blob_at(set, node->a));
			return GAUTH_EVAL_OK;
		case GAUTH_NODE_IPADDR:
			*value = (GauthValue)
			{
				.kind = GAUTH_VALUE_IPADDR,.ip = gauth_blob_at(set, node->a)
			};
			return GAUTH_EVAL_OK;
		default:
			*value = gauth_value_scaled((GauthValueKind) node->sub,
										node->number);
			return GAUTH_EVAL_OK;
	}
}

static GauthEvalResult
eval_variable(const GauthEvaluator *evaluator, GauthVariable variable,
			  GauthValue *value)
{
	if (variable == GAUTH_VARIABLE_CONTEXT)
		*value = gauth_value_record(evaluator->request->context);
	else
		*value = gauth_value_entity(gauth_request_uid(evaluator->request,
													  variable));
	return GAUTH_EVAL_OK;
}

/* nodes of a list into values; "few" has room for FEW_ITEMS */
static GauthEvalResult
eval_list(GauthEvaluator *evaluator, const GauthNode *node, GauthValue *few,
		  GauthValue **values)
{
	const uint32_t *nodes = gauth_blob_at(evaluator->set, node->a);
	GauthEvalResult result = GAUTH_EVAL_OK;
	uint32_t	i;

	*values = few;
	if (node->b > FEW_ITEMS)
		*values = gauth_arena_array(evaluator->arena, node->b,
									sizeof(GauthValue));
	if (*values == NULL)
		return GAUTH_EVAL_MEMORY;
	for (i = 0; i < node->b && result == GAUTH_EVAL_OK; i++)
		result = gauth_eval(evaluator, nodes[i], &(*values)[i]);
	return result;
}

static GauthEvalResult
eval_set(GauthEvaluator *evaluator, const GauthNode *node, GauthValue *value)
{
	GauthValue	few[FEW_ITEMS];
	GauthValue *items;
	GauthEvalResult result = eval_list(evaluator, node, few, &items);

	if (result != GAUTH_EVAL_OK)
		return result;
	if (gauth_set_make(evaluator->arena, items, node->b, value,
					   evaluator->err) != GAUTH_OK)
		return GAUTH_EVAL_MEMORY;
	return gauth_eval_pay(evaluator, value->set->weight);
}

static GauthEvalResult
eval_call(GauthEvaluator *evaluator, const GauthNode *node, GauthValue *value)
{
	GauthValue	few[FEW_ITEMS];
	GauthValue *args;
	GauthEvalResult result = eval_list(evaluator, node, few, &args);

	if (result != GAUTH_EVAL_OK)
		return result;
	memset(value, 0, sizeof(*value));
	switch (gauth_function_call(evaluator->arena, (GauthFunction) node->sub,
								args, node->b, value))
	{
		case GAUTH_CALL_OK:
			return GAUTH_EVAL_OK;
		case GAUTH_CALL_TYPE_ERROR:
		case GAUTH_CALL_ARITY_ERROR:
			return GAUTH_EVAL_TYPE;
		case GAUTH_CALL_NO_MEMORY:
			return GAUTH_EVAL_MEMORY;
		default:
			return GAUTH_EVAL_EXTENSION;
	}
}

static GauthEvalResult
eval_record(GauthEvaluator *evaluator, const GauthNode *node,
			GauthValue *value)
{
	const uint32_t *pairs = gauth_blob_at(evaluator->set, node->a);
	GauthField *fields = gauth_arena_array(evaluator->arena, node->b,
										   sizeof(GauthField));
	GauthEvalResult result = GAUTH_EVAL_OK;
	uint32_t	i;

	if (fields == NULL)
		return GAUTH_EVAL_MEMORY;
	for (i = 0; i < node->b && result == GAUTH_EVAL_OK; i++)
	{
		GauthSpan	name = gauth_blob_text(evaluator->set, pairs[i * 2]);

		fields[i].name = name.data;
		fields[i].name_len = (uint32_t) name.len;
		result = gauth_eval(evaluator, pairs[i * 2 + 1], &fields[i].value);
	}
	if (result != GAUTH_EVAL_OK)
		return result;
	if (gauth_record_make(evaluator->arena, fields, node->b, value,
						  evaluator->err) != GAUTH_OK)
		return GAUTH_EVAL_MEMORY;
	return gauth_eval_pay(evaluator, node->b);
}

/* "and" ends at the first false, "or" at the first true */
static GauthEvalResult
eval_chain(GauthEvaluator *evaluator, const GauthNode *node,
		   GauthValue *value)
{
	const uint32_t *operands = gauth_blob_at(evaluator->set, node->a);
	bool		end = node->kind == GAUTH_EXPR_OR;
	bool		truth = !end;
	GauthEvalResult result = GAUTH_EVAL_OK;
	uint32_t	i;

	for (i = 0; i < node->b && truth != end && result == GAUTH_EVAL_OK; i++)
		result = gauth_eval_bool(evaluator, operands[i], &truth);
	*value = gauth_value_bool(truth);
	return result;
}

static GauthEvalResult
eval_if(GauthEvaluator *evaluator, const GauthNode *node, GauthValue *value)
{
	bool		truth;
	GauthEvalResult result = gauth_eval_bool(evaluator, node->a, &truth);

	return result != GAUTH_EVAL_OK ? result :
		gauth_eval(evaluator, truth ? node->b : node->c, value);
}

static GauthEvalResult
eval_operator(GauthEvaluator *evaluator, const GauthNode *node,
			  GauthValue *value)
{
	GauthValue	left;
	GauthValue	right;
	GauthEvalResult result = gauth_eval(evaluator, node->a, &left);

	if (result != GAUTH_EVAL_OK)
		return result;
	if (node->b == 0)
		return gauth_eval_unary(node->kind, left, value);
	if (node_at(evaluator, node->b)->kind == GAUTH_NODE_CONSTANT_SET &&
		node->kind == GAUTH_EXPR_IN)
		return gauth_eval_in_constant(evaluator, left, node->b, value);
	result = gauth_eval(evaluator, node->b, &right);
	return result != GAUTH_EVAL_OK ? result :
		gauth_eval_binary(evaluator, node->kind, left, right, value);
}

/* a constant set needs no copy to be searched */
static GauthEvalResult
eval_contains(GauthEvaluator *evaluator, const GauthNode *node,
			  GauthValue *value)
{
	GauthValue	item;
	GauthEvalResult result;

	if (node_at(evaluator, node->a)->kind != GAUTH_NODE_CONSTANT_SET)
		return eval_operator(evaluator, node, value);
	result = gauth_eval(evaluator, node->b, &item);
	return result != GAUTH_EVAL_OK ? result :
		gauth_eval_constant_contains(evaluator, node->a, item, value);
}

static GauthEvalResult
eval_node(GauthEvaluator *evaluator, const GauthNode *node, GauthValue *value)
{
	switch (node->kind)
	{
		case GAUTH_EXPR_VARIABLE:
			return eval_variable(evaluator, (GauthVariable) node->sub, value);
		case GAUTH_EXPR_IF:
			return eval_if(evaluator, node, value);
		case GAUTH_EXPR_AND:
		case GAUTH_EXPR_OR:
			return eval_chain(evaluator, node, value);
		case GAUTH_EXPR_GET_ATTR:
			return gauth_eval_get(evaluator, node, value);
		case GAUTH_EXPR_HAS_ATTR:
			return gauth_eval_has(evaluator, node, value);
		case GAUTH_EXPR_LIKE:
			return gauth_eval_like(evaluator, node, value);
		case GAUTH_EXPR_IS:
			return gauth_eval_is(evaluator, node, value);
		case GAUTH_EXPR_SET:
			return eval_set(evaluator, node, value);
		case GAUTH_EXPR_RECORD:
			return eval_record(evaluator, node, value);
		case GAUTH_EXPR_CALL:
			return eval_call(evaluator, node, value);
		case GAUTH_EXPR_CONTAINS:
			return eval_contains(evaluator, node, value);
		case GAUTH_NODE_CONSTANT_SET:
			return gauth_eval_constant_set(evaluator, node, value);
		default:
			return node->kind <= GAUTH_EXPR_ENTITY ||
				node->kind >= GAUTH_NODE_SCALED ?
				eval_literal(evaluator, node, value) :
				eval_operator(evaluator, node, value);
	}
}

/*
 * gauth_eval
 *		The value of a node, or an error.
 *
 * Values may point into the set, the entities and the evaluator's arena.
 */
GauthEvalResult
gauth_eval(GauthEvaluator *evaluator, uint32_t node, GauthValue *value)
{
	GauthEvalResult result;

	if (evaluator->fuel == 0)
		return GAUTH_EVAL_LIMIT;
	evaluator->fuel--;
	result = eval_node(evaluator, node_at(evaluator, node), value);

	/* the innermost node is the first to see the error */
	if (result != GAUTH_EVAL_OK && evaluator->error_node == 0)
		evaluator->error_node = node;
	return result;
}

/*
 * gauth_eval_bool
 *		The value of a node that has to be a Bool.
 */
GauthEvalResult
gauth_eval_bool(GauthEvaluator *evaluator, uint32_t node, bool *truth)
{
	GauthValue	value;
	GauthEvalResult result = gauth_eval(evaluator, node, &value);

	if (result != GAUTH_EVAL_OK)
		return result;
	if (value.kind != GAUTH_VALUE_BOOL)
	{
		evaluator->error_node = node;
		return GAUTH_EVAL_TYPE;
	}
	*truth = value.boolean;
	return GAUTH_EVAL_OK;
}

/*
 * gauth_eval_result_name
 *		A result in words, for a list of errors.
 */
const char *
gauth_eval_result_name(GauthEvalResult result)
{
	static const char *const names[] = {
		"no error", "type error", "attribute does not exist",
		"tag does not exist", "entity does not exist", "integer overflow",
		"extension function error", "evaluation limit exceeded",
		"out of memory", "entities cannot be loaded"
	};

	return names[result];
}
