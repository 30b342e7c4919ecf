/*
 * validate_tree.c
 *		Spelling a policy out for the validator.
 *
 * Cedar documentation, "Policy syntax": which forms stand for which.  The
 * recursion follows the expression, whose height its makers limit; what a
 * path adds to it is counted here.
 */
#include "policy/validate_tree.h"

#include <stdlib.h>

/* frames of the walks over a tree; above what the parser lets through */
#define HEIGHT_LIMIT	2000

static GauthStatus build(GauthCheckTree *tree, const GauthExpr *expr,
						 GauthCheckNode **node);

static GauthStatus
no_memory(GauthCheckTree *tree)
{
	return gauth_fail(tree->err, GAUTH_OUT_OF_MEMORY, "validator");
}

/* a node of "count" parts, which the caller fills in before finish_node */
static GauthStatus
new_node(GauthCheckTree *tree, unsigned kind, uint32_t count,
		 const GauthExpr *place, GauthCheckNode **node)
{
	*node = gauth_arena_zalloc(tree->arena, sizeof(GauthCheckNode));
	if (*node == NULL)
		return no_memory(tree);
	(*node)->kind = (uint8_t) kind;
	(*node)->count = count;
	(*node)->offset = place->offset;
	(*node)->end = place->end;
	(*node)->args = gauth_arena_array(tree->arena, count,
									  sizeof(GauthCheckNode *));
	return (*node)->args == NULL ? no_memory(tree) : GAUTH_OK;
}

/* the shape of getting the attribute or tag that this node is about */
static GauthStatus
find_access(GauthCheckTree *tree, GauthCheckNode *node)
{
	bool		is_tag = node->kind == GAUTH_EXPR_GET_TAG ||
	node->kind == GAUTH_EXPR_HAS_TAG;
	GauthCheckNode *getter = node;
	GauthCheckShape *shape;
	GauthStatus status;

	if (node->kind == GAUTH_EXPR_HAS_ATTR || node->kind == GAUTH_EXPR_HAS_TAG)
	{
		getter = gauth_arena_alloc(tree->arena, sizeof(*getter));
		if (getter == NULL)
			return no_memory(tree);
		*getter = *node;
		getter->kind = is_tag ? GAUTH_EXPR_GET_TAG : GAUTH_EXPR_GET_ATTR;
	}
	status = gauth_check_find_shape(tree, getter, &node->access);
	if (status != GAUTH_OK || getter == node)
		return status;
	shape = &tree->shapes[node->access];
	if (shape->capability == GAUTH_NO_CAPABILITY)
		shape->capability = tree->capability_count++;
	return GAUTH_OK;
}

static GauthStatus
finish_node(GauthCheckTree *tree, GauthCheckNode *node)
{
	GauthStatus status;
	uint32_t	i;

	for (i = 0; i < node->count; i++)
	{
		if (node->args[i]->height > node->height)
			node->height = node->args[i]->height;
	}
	if (++node->height > HEIGHT_LIMIT)
		return gauth_fail_at(tree->err, GAUTH_LIMIT_EXCEEDED, node->offset,
							 "expressions within expressions");

	if (node->kind == GAUTH_EXPR_ENTITY || node->kind == GAUTH_EXPR_IS)
	{
		*tree->last_named = node;
		tree->last_named = &node->next_named;
	}
	status = gauth_check_find_shape(tree, node, &node->shape);
	if (status == GAUTH_OK &&
		(node->kind == GAUTH_EXPR_GET_ATTR ||
		 node->kind == GAUTH_EXPR_HAS_ATTR ||
		 node->kind == GAUTH_EXPR_GET_TAG ||
		 node->kind == GAUTH_EXPR_HAS_TAG))
		status = find_access(tree, node);
	return status;
}

static GauthStatus
make_unary(GauthCheckTree *tree, unsigned kind, GauthCheckNode *arg,
		   const GauthExpr *place, GauthCheckNode **node)
{
	GauthStatus status = new_node(tree, kind, 1, place, node);

	if (status != GAUTH_OK)
		return status;
	(*node)->args[0] = arg;
	return finish_node(tree, *node);
}

static GauthStatus
make_binary(GauthCheckTree *tree, unsigned kind, GauthCheckNode *pair[2],
			const GauthExpr *place, GauthCheckNode **node)
{
	GauthCheckNode *left = pair[0]; /* "node" may be one of the pair */
	GauthCheckNode *right = pair[1];
	GauthStatus status = new_node(tree, kind, 2, place, node);

	if (status != GAUTH_OK)
		return status;
	(*node)->args[0] = left;
	(*node)->args[1] = right;
	return finish_node(tree, *node);
}

/* GET_ATTR, HAS_ATTR, IS or LIKE */
static GauthStatus
make_named(GauthCheckTree *tree, unsigned kind, GauthCheckNode *object,
		   GauthSpan text, const GauthExpr *place, GauthCheckNode **node)
{
	GauthStatus status = new_node(tree, kind, 1, place, node);

	if (status != GAUTH_OK)
		return status;
	(*node)->args[0] = object;
	(*node)->text = text;
	return finish_node(tree, *node);
}

/* x has a.b.c: (x has a && x.a has b) && x.a.b has c */
static GauthStatus
build_has(GauthCheckTree *tree, const GauthExpr *expr, GauthCheckNode **node)
{
	GauthCheckNode *object;
	GauthCheckNode *pair[2];
	GauthStatus status = build(tree, expr->access.object, &object);
	uint32_t	i;

	if (status == GAUTH_OK)
		status = make_named(tree, GAUTH_EXPR_HAS_ATTR, object,
							expr->access.path[0].text, expr, node);
	for (i = 1; i < expr->access.path_len && status == GAUTH_OK; i++)
	{
		status = make_named(tree, GAUTH_EXPR_GET_ATTR, object,
							expr->access.path[i - 1].text, expr, &object);
		if (status == GAUTH_OK)
			status = make_named(tree, GAUTH_EXPR_HAS_ATTR, object,
								expr->access.path[i].text, expr, &pair[1]);
		if (status != GAUTH_OK)
			break;
		pair[0] = *node;
		status = make_binary(tree, GAUTH_EXPR_AND, pair, expr, node);
	}
	return status;
}

static GauthStatus
build_get(GauthCheckTree *tree, const GauthExpr *expr, GauthCheckNode **node)
{
	GauthStatus status = build(tree, expr->access.object, node);
	uint32_t	i;

	for (i = 0; i < expr->access.path_len && status == GAUTH_OK; i++)
		status = make_named(tree, GAUTH_EXPR_GET_ATTR, *node,
							expr->access.path[i].text, expr, node);
	return status;
}

/* x is T in y: x is T && x in y */
static GauthStatus
build_is(GauthCheckTree *tree, const GauthExpr *expr, GauthCheckNode **node)
{
	GauthCheckNode *pair[2];
	GauthCheckNode *object;
	GauthStatus status = build(tree, expr->is.object, &object);

	if (status == GAUTH_OK)
		status = make_named(tree, GAUTH_EXPR_IS, object, expr->is.type, expr,
							node);
	if (status != GAUTH_OK || expr->is.in == NULL)
		return status;

	pair[0] = object;
	status = build(tree, expr->is.in, &pair[1]);
	if (status == GAUTH_OK)
		status = make_binary(tree, GAUTH_EXPR_IN, pair, expr, &pair[1]);
	if (status != GAUTH_OK)
		return status;
	pair[0] = *node;
	return make_binary(tree, GAUTH_EXPR_AND, pair, expr, node);
}

/* "a != b" is "!(a == b)", "a > b" is "!(a <= b)", "a >= b" "!(a < b)" */
static GauthStatus
build_operator(GauthCheckTree *tree, const GauthExpr *expr,
			   GauthCheckNode **node)
{
	unsigned	kind = expr->kind;
	bool		negated = kind == GAUTH_EXPR_NE || kind == GAUTH_EXPR_GT ||
	kind == GAUTH_EXPR_GE;
	uint32_t	arity = gauth_expr_arity(expr->kind);
	GauthStatus status;
	uint32_t	i;

	if (negated)
		kind = kind == GAUTH_EXPR_NE ? GAUTH_EXPR_EQ :
			kind == GAUTH_EXPR_GT ? GAUTH_EXPR_LE : GAUTH_EXPR_LT;
	status = new_node(tree, kind, arity, expr, node);
	for (i = 0; i < arity && status == GAUTH_OK; i++)
		status = build(tree, expr->args[i], &(*node)->args[i]);
	if (status == GAUTH_OK)
		status = finish_node(tree, *node);
	if (status == GAUTH_OK && negated)
		status = make_unary(tree, GAUTH_EXPR_NOT, *node, expr, node);
	return status;
}

static GauthStatus
build_items(GauthCheckTree *tree, GauthExpr *const *items, uint32_t count,
			const GauthExpr *expr, GauthCheckNode **node)
{
	GauthStatus status = new_node(tree, expr->kind, count, expr, node);
	uint32_t	i;

	if (status == GAUTH_OK && expr->kind == GAUTH_EXPR_CALL)
		(*node)->function = (uint8_t) expr->call.function;
	for (i = 0; i < count && status == GAUTH_OK; i++)
		status = build(tree, items[i], &(*node)->args[i]);
	if (status != GAUTH_OK)
		return status;
	return finish_node(tree, *node);
}

static int
compare_fields(const void *a, const void *b)
{
	return gauth_span_compare((*(GauthExprField *const *) a)->name.text,
							  (*(GauthExprField *const *) b)->name.text);
}

/* fields ascend by name: in which order they were written says nothing */
static GauthStatus
build_record(GauthCheckTree *tree, const GauthExpr *expr,
			 GauthCheckNode **node)
{
	uint32_t	count = expr->record.count;
	GauthExprField **fields = gauth_arena_array(tree->arena, count,
												sizeof(fields[0]));
	GauthSpan  *names = gauth_arena_array(tree->arena, count,
										  sizeof(GauthSpan));
	GauthStatus status = new_node(tree, GAUTH_EXPR_RECORD, count, expr, node);
	uint32_t	i;

	if (fields == NULL || names == NULL)
		return no_memory(tree);
	if (status != GAUTH_OK)
		return status;
	for (i = 0; i < count; i++)
		fields[i] = &expr->record.fields[i];
	qsort(fields, count, sizeof(fields[0]), compare_fields);
	(*node)->names = names;
	for (i = 0; i < count && status == GAUTH_OK; i++)
	{
		names[i] = fields[i]->name.text;
		status = build(tree, fields[i]->value, &(*node)->args[i]);
	}
	if (status != GAUTH_OK)
		return status;
	return finish_node(tree, *node);
}

static GauthStatus
build_leaf(GauthCheckTree *tree, const GauthExpr *expr, GauthCheckNode **node)
{
	GauthStatus status = new_node(tree, expr->kind, 0, expr, node);

	if (status != GAUTH_OK)
		return status;
	switch (expr->kind)
	{
		case GAUTH_EXPR_BOOL:
			(*node)->boolean = expr->boolean;
			break;
		case GAUTH_EXPR_LONG:
			(*node)->number = expr->number;
			break;
		case GAUTH_EXPR_STRING:
			(*node)->text = expr->text;
			break;
		case GAUTH_EXPR_ENTITY:
			(*node)->uid = expr->uid;
			break;
		default:
			(*node)->variable = (uint8_t) expr->variable;
			break;
	}
	return finish_node(tree, *node);
}

static GauthStatus
build(GauthCheckTree *tree, const GauthExpr *expr, GauthCheckNode **node)
{
	GauthCheckNode *object;
	GauthStatus status;

	switch (expr->kind)
	{
		case GAUTH_EXPR_BOOL:
		case GAUTH_EXPR_LONG:
		case GAUTH_EXPR_STRING:
		case GAUTH_EXPR_ENTITY:
		case GAUTH_EXPR_VARIABLE:
			return build_leaf(tree, expr, node);
		case GAUTH_EXPR_GET_ATTR:
			return build_get(tree, expr, node);
		case GAUTH_EXPR_HAS_ATTR:
			return build_has(tree, expr, node);
		case GAUTH_EXPR_LIKE:
			status = build(tree, expr->like.object, &object);
			if (status != GAUTH_OK)
				return status;
			return make_named(tree, GAUTH_EXPR_LIKE, object,
							  expr->like.pattern, expr, node);
		case GAUTH_EXPR_IS:
			return build_is(tree, expr, node);
		case GAUTH_EXPR_SET:
			return build_items(tree, expr->set.items, expr->set.count, expr,
							   node);
		case GAUTH_EXPR_CALL:
			return build_items(tree, expr->call.args, expr->call.count, expr,
							   node);
		case GAUTH_EXPR_RECORD:
			return build_record(tree, expr, node);
		default:
			return build_operator(tree, expr, node);
	}
}

/* a literal uid, or the slot that stands for one */
static GauthStatus
make_reference(GauthCheckTree *tree, const GauthScope *scope,
			   GauthVariable variable, const GauthUid *uid,
			   GauthCheckNode **node)
{
	GauthExpr	place = {.offset = scope->offset,.end = scope->end};
	unsigned	kind = scope->slot ? GAUTH_CHECK_SLOT : GAUTH_EXPR_ENTITY;
	GauthStatus status = new_node(tree, kind, 0, &place, node);

	if (status != GAUTH_OK)
		return status;
	if (scope->slot)
		(*node)->variable = (uint8_t) variable;
	else
		(*node)->uid = uid;
	return finish_node(tree, *node);
}

/* what an action's scope is "in" is a set, also where it is one action */
static GauthStatus
make_action_set(GauthCheckTree *tree, const GauthScope *scope,
				GauthCheckNode **node)
{
	GauthExpr	place = {.offset = scope->offset,.end = scope->end};
	bool		single = scope->kind == GAUTH_SCOPE_IN;
	uint32_t	count = single ? 1 : scope->uid_count;
	GauthStatus status = new_node(tree, GAUTH_EXPR_SET, count, &place, node);
	uint32_t	i;

	for (i = 0; i < count && status == GAUTH_OK; i++)
		status = make_reference(tree, scope, GAUTH_VARIABLE_ACTION,
								single ? scope->uid : scope->uids[i],
								&(*node)->args[i]);
	if (status != GAUTH_OK)
		return status;
	return finish_node(tree, *node);
}

/* "variable == uid" or "variable in uid", without the test of the type */
static GauthStatus
make_scope_relation(GauthCheckTree *tree, const GauthScope *scope,
					GauthVariable variable, GauthCheckNode *subject,
					GauthCheckNode **node)
{
	GauthExpr	place = {.offset = scope->offset,.end = scope->end};
	unsigned	kind = scope->kind == GAUTH_SCOPE_EQ ? GAUTH_EXPR_EQ :
	GAUTH_EXPR_IN;
	GauthCheckNode *pair[2] = {subject, NULL};
	GauthStatus status;

	if (variable == GAUTH_VARIABLE_ACTION && kind == GAUTH_EXPR_IN)
		status = make_action_set(tree, scope, &pair[1]);
	else
		status = make_reference(tree, scope, variable, scope->uid, &pair[1]);
	if (status != GAUTH_OK)
		return status;
	return make_binary(tree, kind, pair, &place, node);
}

static GauthStatus
build_scope(GauthCheckTree *tree, const GauthScope *scope,
			GauthVariable variable, GauthCheckNode **node)
{
	GauthExpr	place = {.offset = scope->offset,.end = scope->end};
	GauthCheckNode *subject;
	GauthCheckNode *pair[2];
	GauthStatus status;

	if (scope->kind == GAUTH_SCOPE_ANY)
	{
		place.kind = GAUTH_EXPR_BOOL;
		place.boolean = true;
		return build_leaf(tree, &place, node);
	}
	place.kind = GAUTH_EXPR_VARIABLE;
	place.variable = variable;
	status = build_leaf(tree, &place, &subject);
	if (status != GAUTH_OK)
		return status;
	if (scope->kind != GAUTH_SCOPE_IS && scope->kind != GAUTH_SCOPE_IS_IN)
		return make_scope_relation(tree, scope, variable, subject, node);

	status = make_named(tree, GAUTH_EXPR_IS, subject, scope->type, &place,
						node);
	if (status != GAUTH_OK || scope->kind == GAUTH_SCOPE_IS)
		return status;
	pair[0] = *node;
	status = make_scope_relation(tree, scope, variable, subject, &pair[1]);
	if (status != GAUTH_OK)
		return status;
	return make_binary(tree, GAUTH_EXPR_AND, pair, &place, node);
}

/* c1 && (c2 && c3), or true where there is no condition */
static GauthStatus
build_conditions(GauthCheckTree *tree, const GauthPolicy *policy,
				 GauthCheckNode **node)
{
	GauthExpr	place = {.kind = GAUTH_EXPR_BOOL,.offset = policy->offset,
	.end = policy->end};
	uint32_t	i;

	place.boolean = true;
	if (policy->condition_count == 0)
		return build_leaf(tree, &place, node);
	for (i = policy->condition_count; i > 0; i--)
	{
		const GauthCondition *condition = &policy->conditions[i - 1];
		GauthCheckNode *pair[2];
		GauthStatus status = build(tree, condition->expr, &pair[0]);

		if (status == GAUTH_OK && condition->unless)
			status = make_unary(tree, GAUTH_EXPR_NOT, pair[0],
								condition->expr, &pair[0]);
		if (status != GAUTH_OK)
			return status;
		pair[1] = *node;
		if (i == policy->condition_count)
			*node = pair[0];
		else
			status = make_binary(tree, GAUTH_EXPR_AND, pair, &place, node);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

/*
 * gauth_check_tree_make
 *		Spell out a policy or template: principal && (action && (resource &&
 *		conditions)).
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_check_tree_make(GauthCheckTree *tree, GauthArena *arena,
					  const GauthPolicy *policy, GauthError *err)
{
	const GauthScope *scopes[3] = {
		&policy->resource, &policy->action, &policy->principal
	};
	static const GauthVariable variables[3] = {
		GAUTH_VARIABLE_RESOURCE, GAUTH_VARIABLE_ACTION,
		GAUTH_VARIABLE_PRINCIPAL
	};
	GauthExpr	place = {.offset = policy->offset,.end = policy->end};
	GauthCheckNode *pair[2] = {NULL, NULL};
	GauthStatus status;
	int			i;

	memset(tree, 0, sizeof(*tree));
	tree->arena = arena;
	tree->err = err;
	tree->last_named = &tree->named;
	status = build_conditions(tree, policy, &pair[1]);
	for (i = 0; i < 3 && status == GAUTH_OK; i++)
	{
		status = build_scope(tree, scopes[i], variables[i], &pair[0]);
		if (status == GAUTH_OK)
			status = make_binary(tree, GAUTH_EXPR_AND, pair, &place,
								 &tree->root);
		pair[1] = tree->root;
	}
	return status;
}
