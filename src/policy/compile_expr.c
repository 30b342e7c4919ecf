/*
 * compile_expr.c
 *		From expression trees to the nodes of a compiled set.
 *
 * What is constant is computed once: extension values written as literals,
 * and sets of scalars, which are brought into canonical order.  A constant
 * that cannot be computed, such as ip("x"), stays a call, because its error
 * belongs to the evaluation.  Chains of && and || become one node with many
 * operands, so that a long chain is no deep one.
 */
#include "policy/blob.h"
#include "policy/extension.h"

/* a node whose operands are written already */
static GauthStatus
put_node(GauthBlobWriter *writer, const GauthExpr *expr, GauthNode node,
		 uint32_t *offset)
{
	if (expr != NULL)
	{
		node.offset = expr->offset;
		node.end = expr->end;
	}
	return gauth_blob_put(writer, &node, sizeof(node), offset);
}

static GauthStatus
compile_list(GauthBlobWriter *writer, GauthExpr *const *items, uint32_t count,
			 uint32_t *list)
{
	uint32_t	i;
	GauthStatus status;

	status = gauth_blob_reserve(writer, count * sizeof(uint32_t), list);
	for (i = 0; i < count && status == GAUTH_OK; i++)
	{
		uint32_t	offset;

		status = gauth_compile_expr(writer, items[i], &offset);
		if (status == GAUTH_OK)
			((uint32_t *) (writer->data + *list))[i] = offset;
	}
	return status;
}

static GauthStatus
compile_operator(GauthBlobWriter *writer, const GauthExpr *expr,
				 uint32_t *offset)
{
	unsigned	arity = gauth_expr_arity(expr->kind);
	uint32_t	operands[3] = {0};
	GauthNode	node = {.kind = expr->kind};
	GauthStatus status = GAUTH_OK;
	unsigned	i;

	for (i = 0; i < arity && status == GAUTH_OK; i++)
		status = gauth_compile_expr(writer, expr->args[i], &operands[i]);
	if (status != GAUTH_OK)
		return status;
	node.a = operands[0];
	node.b = operands[1];
	node.c = operands[2];
	return put_node(writer, expr, node, offset);
}

/* && and || are associative in value, order and errors */
static GauthStatus
compile_chain(GauthBlobWriter *writer, const GauthExpr *expr,
			  uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind,.b = 1};
	const GauthExpr *at;
	GauthExpr **operands;
	uint32_t	left;
	GauthStatus status;

	for (at = expr; at->kind == expr->kind; at = at->args[0])
		node.b++;
	operands = gauth_arena_array(writer->arena, node.b, sizeof(GauthExpr *));
	if (operands == NULL)
		return gauth_fail(writer->err, GAUTH_OUT_OF_MEMORY, "policy set");
	left = node.b;
	for (at = expr; at->kind == expr->kind; at = at->args[0])
		operands[--left] = at->args[1];
	operands[0] = (GauthExpr *) at;

	status = compile_list(writer, operands, node.b, &node.a);
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

static GauthStatus
compile_access(GauthBlobWriter *writer, const GauthExpr *expr,
			   uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind,.c = expr->access.path_len};
	uint32_t	i;
	GauthStatus status;

	status = gauth_compile_expr(writer, expr->access.object, &node.a);
	if (status == GAUTH_OK)
		status = gauth_blob_reserve(writer, node.c * sizeof(uint32_t),
									&node.b);
	for (i = 0; i < node.c && status == GAUTH_OK; i++)
	{
		uint32_t	name;

		status = gauth_blob_put_string(writer, expr->access.path[i].text,
									   &name);
		if (status == GAUTH_OK)
			((uint32_t *) (writer->data + node.b))[i] = name;
	}
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

static GauthStatus
compile_like(GauthBlobWriter *writer, const GauthExpr *expr, uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind};
	GauthStatus status;

	status = gauth_compile_expr(writer, expr->like.object, &node.a);
	if (status == GAUTH_OK)
		status = gauth_blob_put_string(writer, expr->like.pattern, &node.b);
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

static GauthStatus
compile_is(GauthBlobWriter *writer, const GauthExpr *expr, uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind};
	GauthStatus status;

	status = gauth_compile_expr(writer, expr->is.object, &node.a);
	if (status == GAUTH_OK)
		status = gauth_blob_put_string(writer, expr->is.type, &node.b);
	if (status == GAUTH_OK && expr->is.in != NULL)
		status = gauth_compile_expr(writer, expr->is.in, &node.c);
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

static GauthStatus
compile_record(GauthBlobWriter *writer, const GauthExpr *expr,
			   uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind,.b = expr->record.count};
	uint32_t	i;
	GauthStatus status;

	status = gauth_blob_reserve(writer, node.b * 2 * sizeof(uint32_t),
								&node.a);
	for (i = 0; i < node.b && status == GAUTH_OK; i++)
	{
		uint32_t	pair[2] = {0};

		status = gauth_blob_put_string(writer,
									   expr->record.fields[i].name.text,
									   &pair[0]);
		if (status == GAUTH_OK)
			status = gauth_compile_expr(writer, expr->record.fields[i].value,
										&pair[1]);
		if (status == GAUTH_OK)
			memcpy(writer->data + node.a + i * sizeof(pair), pair,
				   sizeof(pair));
	}
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

/* an extension value written as a literal; false when it is something else */
static bool
fold_call(GauthBlobWriter *writer, const GauthExpr *expr, GauthValue *value)
{
	GauthValue	arg;

	if (GAUTH_FUNCTION_IS_METHOD(expr->call.function) ||
		expr->call.count != 1 ||
		expr->call.args[0]->kind != GAUTH_EXPR_STRING)
		return false;
	arg = gauth_value_string(expr->call.args[0]->text);
	memset(value, 0, sizeof(*value));
	return gauth_function_call(writer->arena, expr->call.function, &arg, 1,
							   value) == GAUTH_CALL_OK;
}

/* the value of a constant scalar; false for everything else */
static bool
fold_scalar(GauthBlobWriter *writer, const GauthExpr *expr, GauthValue *value)
{
	switch ((GauthExprKind) expr->kind)
	{
		case GAUTH_EXPR_BOOL:
			*value = gauth_value_bool(expr->boolean);
			return true;
		case GAUTH_EXPR_LONG:
			*value = gauth_value_long(expr->number);
			return true;
		case GAUTH_EXPR_STRING:
			*value = gauth_value_string(expr->text);
			return true;
		case GAUTH_EXPR_ENTITY:
			*value = gauth_value_entity(expr->uid);
			return true;
		case GAUTH_EXPR_CALL:
			return fold_call(writer, expr, value);
		default:
			return false;
	}
}

static GauthStatus
put_scalar(GauthBlobWriter *writer, const GauthExpr *expr, GauthValue value,
		   uint32_t *offset)
{
	GauthNode	node = {0};
	GauthStatus status = GAUTH_OK;

	switch ((GauthValueKind) value.kind)
	{
		case GAUTH_VALUE_BOOL:
			node.kind = GAUTH_EXPR_BOOL;
			node.sub = value.boolean;
			break;
		case GAUTH_VALUE_LONG:
			node.kind = GAUTH_EXPR_LONG;
			node.number = value.number;
			break;
		case GAUTH_VALUE_STRING:
			node.kind = GAUTH_EXPR_STRING;
			status = gauth_blob_put_string(writer, gauth_value_text(value),
										   &node.a);
			break;
		case GAUTH_VALUE_ENTITY:
			node.kind = GAUTH_EXPR_ENTITY;
			status = gauth_blob_put_uid(writer, value.uid, &node.a);
			break;
		case GAUTH_VALUE_IPADDR:
			node.kind = GAUTH_NODE_IPADDR;
			status = gauth_blob_put(writer, value.ip, sizeof(GauthIp),
									&node.a);
			break;
		default:
			node.kind = GAUTH_NODE_SCALED;
			node.sub = value.kind;
			node.number = value.number;
			break;
	}
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

/* all items as values, or false when one of them is no constant scalar */
static bool
fold_items(GauthBlobWriter *writer, const GauthExpr *expr, GauthValue *values)
{
	uint32_t	i;

	for (i = 0; i < expr->set.count; i++)
	{
		if (!fold_scalar(writer, expr->set.items[i], &values[i]))
			return false;
	}
	return true;
}

/* hashes, then nodes, of a canonical set */
static GauthStatus
put_items(GauthBlobWriter *writer, const GauthSet *set, uint32_t offset)
{
	size_t		nodes = offset + sizeof(GauthBlobSet) +
	set->count * sizeof(uint64_t);
	GauthBlobSet *header = (GauthBlobSet *) (writer->data + offset);
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	header->hash = set->hash;
	header->count = set->count;
	header->weight = set->weight;
	header->only_entities = true;
	for (i = 0; i < set->count; i++)
	{
		header->hashes[i] = set->hashes[i];
		if (set->items[i].kind != GAUTH_VALUE_ENTITY)
			header->only_entities = false;
	}
	for (i = 0; i < set->count && status == GAUTH_OK; i++)
	{
		uint32_t	node;

		status = put_scalar(writer, NULL, set->items[i], &node);
		if (status == GAUTH_OK)
			((uint32_t *) (writer->data + nodes))[i] = node;
	}
	return status;
}

static GauthStatus
compile_constant_set(GauthBlobWriter *writer, const GauthExpr *expr,
					 const GauthValue *values, uint32_t *offset)
{
	GauthNode	node = {.kind = GAUTH_NODE_CONSTANT_SET};
	GauthValue	value;
	GauthStatus status;

	status = gauth_set_make(writer->arena, values, expr->set.count, &value,
							writer->err);
	if (status == GAUTH_OK)
		status = gauth_blob_reserve(writer, sizeof(GauthBlobSet) +
									value.set->count *
									(sizeof(uint64_t) + sizeof(uint32_t)),
									&node.a);
	if (status == GAUTH_OK)
		status = put_items(writer, value.set, node.a);
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

static GauthStatus
compile_set(GauthBlobWriter *writer, const GauthExpr *expr, uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind,.b = expr->set.count};
	GauthValue *values;
	GauthStatus status;

	values = gauth_arena_array(writer->arena, expr->set.count,
							   sizeof(GauthValue));
	if (values == NULL)
		return gauth_fail(writer->err, GAUTH_OUT_OF_MEMORY, "policy set");
	if (fold_items(writer, expr, values))
		return compile_constant_set(writer, expr, values, offset);
	status = compile_list(writer, expr->set.items, node.b, &node.a);
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

static GauthStatus
compile_call(GauthBlobWriter *writer, const GauthExpr *expr, uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind,.b = expr->call.count};
	GauthStatus status;

	node.sub = (uint8_t) expr->call.function;
	status = compile_list(writer, expr->call.args, node.b, &node.a);
	return status != GAUTH_OK ? status : put_node(writer, expr, node, offset);
}

/*
 * gauth_compile_expr
 *		Write an expression; "*offset" is its node.
 *
 * Recurses as deep as the tree is high, which its makers limit.  Errors:
 * GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_compile_expr(GauthBlobWriter *writer, const GauthExpr *expr,
				   uint32_t *offset)
{
	GauthNode	node = {.kind = expr->kind};
	GauthValue	value;

	if (fold_scalar(writer, expr, &value))
		return put_scalar(writer, expr, value, offset);

	switch ((GauthExprKind) expr->kind)
	{
		case GAUTH_EXPR_VARIABLE:
			node.sub = (uint8_t) expr->variable;
			return put_node(writer, expr, node, offset);
		case GAUTH_EXPR_AND:
		case GAUTH_EXPR_OR:
			return compile_chain(writer, expr, offset);
		case GAUTH_EXPR_GET_ATTR:
		case GAUTH_EXPR_HAS_ATTR:
			return compile_access(writer, expr, offset);
		case GAUTH_EXPR_LIKE:
			return compile_like(writer, expr, offset);
		case GAUTH_EXPR_IS:
			return compile_is(writer, expr, offset);
		case GAUTH_EXPR_SET:
			return compile_set(writer, expr, offset);
		case GAUTH_EXPR_RECORD:
			return compile_record(writer, expr, offset);
		case GAUTH_EXPR_CALL:
			return compile_call(writer, expr, offset);
		default:
			return compile_operator(writer, expr, offset);
	}
}
