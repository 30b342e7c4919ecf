/*
 * ast.c
 *		What parser, formatter, validator and compiler know alike about the
 *		syntax tree: arities, names of functions, equality.
 */
#include "policy/ast.h"

const GauthPolicyLimits gauth_policy_default_limits = {
	.source_size = 16 * 1024 * 1024,
	.nodes = 2 * 1024 * 1024,
	.nesting = 200,
	.height = 1000,
	.set_size = 100 * 1000,
	.fuel = 10 * 1000 * 1000,
	.entities = 200 * 1000,
	.ancestors = 4096,
	.ancestor_total = 1024 * 1024,
	.value_depth = 100
};

static const char *const function_names[GAUTH_FUNCTION_COUNT] = {
	[GAUTH_FUNCTION_DECIMAL] = "decimal",
	[GAUTH_FUNCTION_IP] = "ip",
	[GAUTH_FUNCTION_DATETIME] = "datetime",
	[GAUTH_FUNCTION_DURATION] = "duration",
	[GAUTH_FUNCTION_LESS_THAN] = "lessThan",
	[GAUTH_FUNCTION_LESS_THAN_OR_EQUAL] = "lessThanOrEqual",
	[GAUTH_FUNCTION_GREATER_THAN] = "greaterThan",
	[GAUTH_FUNCTION_GREATER_THAN_OR_EQUAL] = "greaterThanOrEqual",
	[GAUTH_FUNCTION_IS_IPV4] = "isIpv4",
	[GAUTH_FUNCTION_IS_IPV6] = "isIpv6",
	[GAUTH_FUNCTION_IS_LOOPBACK] = "isLoopback",
	[GAUTH_FUNCTION_IS_MULTICAST] = "isMulticast",
	[GAUTH_FUNCTION_IS_IN_RANGE] = "isInRange",
	[GAUTH_FUNCTION_OFFSET] = "offset",
	[GAUTH_FUNCTION_DURATION_SINCE] = "durationSince",
	[GAUTH_FUNCTION_TO_DATE] = "toDate",
	[GAUTH_FUNCTION_TO_TIME] = "toTime",
	[GAUTH_FUNCTION_TO_MILLISECONDS] = "toMilliseconds",
	[GAUTH_FUNCTION_TO_SECONDS] = "toSeconds",
	[GAUTH_FUNCTION_TO_MINUTES] = "toMinutes",
	[GAUTH_FUNCTION_TO_HOURS] = "toHours",
	[GAUTH_FUNCTION_TO_DAYS] = "toDays"
};

/*
 * gauth_expr_arity
 *		How many of "args" an operator uses; 0 for what is no operator.
 */
unsigned
gauth_expr_arity(GauthExprKind kind)
{
	switch (kind)
	{
		case GAUTH_EXPR_IF:
			return 3;
		case GAUTH_EXPR_NOT:
		case GAUTH_EXPR_NEGATE:
		case GAUTH_EXPR_IS_EMPTY:
			return 1;
		default:
			return kind > GAUTH_EXPR_IF && kind < GAUTH_EXPR_GET_ATTR ? 2 : 0;
	}
}

/*
 * gauth_function_name
 *		The name of an extension function, as policies write it.
 */
const char *
gauth_function_name(GauthFunction function)
{
	return function_names[function];
}

/*
 * gauth_function_find
 *		The extension function of this name; false when there is none.
 */
bool
gauth_function_find(GauthSpan name, GauthFunction *function)
{
	unsigned	i;

	for (i = 0; i < GAUTH_FUNCTION_COUNT; i++)
	{
		if (gauth_span_is(name, function_names[i]))
		{
			*function = (GauthFunction) i;
			return true;
		}
	}
	return false;
}

/*
 * gauth_policy_annotation
 *		The annotation @name of a policy, or NULL.
 */
const GauthAnnotation *
gauth_policy_annotation(const GauthPolicy *policy, const char *name)
{
	uint32_t	i;

	for (i = 0; i < policy->annotation_count; i++)
	{
		if (gauth_span_is(policy->annotations[i].name, name))
			return &policy->annotations[i];
	}
	return NULL;
}

static bool is_equal_expr(const GauthExpr *a, const GauthExpr *b);

static bool
is_equal_list(GauthExpr **a, GauthExpr **b, uint32_t count)
{
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		if (!is_equal_expr(a[i], b[i]))
			return false;
	}
	return true;
}

static bool
is_equal_access(const GauthExpr *a, const GauthExpr *b)
{
	uint32_t	i;

	if (a->access.path_len != b->access.path_len)
		return false;
	for (i = 0; i < a->access.path_len; i++)
	{
		if (!gauth_span_equal(a->access.path[i].text, b->access.path[i].text))
			return false;
	}
	return is_equal_expr(a->access.object, b->access.object);
}

static bool
is_equal_record(const GauthExpr *a, const GauthExpr *b)
{
	uint32_t	i;

	if (a->record.count != b->record.count)
		return false;
	for (i = 0; i < a->record.count; i++)
	{
		if (!gauth_span_equal(a->record.fields[i].name.text,
							  b->record.fields[i].name.text) ||
			!is_equal_expr(a->record.fields[i].value,
						   b->record.fields[i].value))
			return false;
	}
	return true;
}

static bool
is_equal_expr(const GauthExpr *a, const GauthExpr *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind)
		return false;

	switch ((GauthExprKind) a->kind)
	{
		case GAUTH_EXPR_BOOL:
			return a->boolean == b->boolean;
		case GAUTH_EXPR_LONG:
			return a->number == b->number;
		case GAUTH_EXPR_STRING:
			return gauth_span_equal(a->text, b->text);
		case GAUTH_EXPR_ENTITY:
			return gauth_uid_equal(a->uid, b->uid);
		case GAUTH_EXPR_VARIABLE:
			return a->variable == b->variable;
		case GAUTH_EXPR_GET_ATTR:
		case GAUTH_EXPR_HAS_ATTR:
			return is_equal_access(a, b);
		case GAUTH_EXPR_LIKE:
			return gauth_span_equal(a->like.pattern, b->like.pattern) &&
				is_equal_expr(a->like.object, b->like.object);
		case GAUTH_EXPR_IS:
			return gauth_span_equal(a->is.type, b->is.type) &&
				is_equal_expr(a->is.object, b->is.object) &&
				is_equal_expr(a->is.in, b->is.in);
		case GAUTH_EXPR_SET:
			return a->set.count == b->set.count &&
				is_equal_list(a->set.items, b->set.items, a->set.count);
		case GAUTH_EXPR_RECORD:
			return is_equal_record(a, b);
		case GAUTH_EXPR_CALL:
			return a->call.function == b->call.function &&
				a->call.count == b->call.count &&
				is_equal_list(a->call.args, b->call.args, a->call.count);
		default:
			return is_equal_list((GauthExpr **) a->args,
								 (GauthExpr **) b->args,
								 gauth_expr_arity(a->kind));
	}
}

static bool
is_equal_uid(const GauthUid *a, const GauthUid *b)
{
	return a == b || (a != NULL && b != NULL && gauth_uid_equal(a, b));
}

static bool
is_equal_scope(const GauthScope *a, const GauthScope *b)
{
	uint32_t	i;

	if (a->kind != b->kind || a->slot != b->slot ||
		a->uid_count != b->uid_count || !gauth_span_equal(a->type, b->type) ||
		!is_equal_uid(a->uid, b->uid))
		return false;
	for (i = 0; i < a->uid_count; i++)
	{
		if (!gauth_uid_equal(a->uids[i], b->uids[i]))
			return false;
	}
	return true;
}

static bool
is_equal_annotations(const GauthPolicy *a, const GauthPolicy *b)
{
	uint32_t	i;

	if (a->annotation_count != b->annotation_count)
		return false;
	for (i = 0; i < a->annotation_count; i++)
	{
		if (!gauth_span_equal(a->annotations[i].name,
							  b->annotations[i].name) ||
			!gauth_span_equal(a->annotations[i].value,
							  b->annotations[i].value))
			return false;
	}
	return true;
}

/*
 * gauth_policy_is_equal
 *		Are two policies the same tree?  Ids and places in the source do not
 *		count.
 */
bool
gauth_policy_is_equal(const GauthPolicy *a, const GauthPolicy *b)
{
	uint32_t	i;

	if (a->effect != b->effect || a->condition_count != b->condition_count ||
		!is_equal_annotations(a, b) ||
		!is_equal_scope(&a->principal, &b->principal) ||
		!is_equal_scope(&a->action, &b->action) ||
		!is_equal_scope(&a->resource, &b->resource))
		return false;
	for (i = 0; i < a->condition_count; i++)
	{
		if (a->conditions[i].unless != b->conditions[i].unless ||
			!is_equal_expr(a->conditions[i].expr, b->conditions[i].expr))
			return false;
	}
	return true;
}
