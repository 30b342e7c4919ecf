/*
 * validate_operator.c
 *		The type checker: equality, order, "in", sets, extension functions.
 */
#include "policy/validate_check.h"

#include "policy/extension.h"

/* stands for "an entity or a set of entities" where an operand is expected */
static const GauthType set_of_entities = {
	.kind = GAUTH_TYPE_SET,.height = 2,.size = 2,
	.element = &gauth_type_any_entity
};

static inline bool
is_literal(const GauthCheckNode *node)
{
	return node->kind == GAUTH_EXPR_BOOL || node->kind == GAUTH_EXPR_LONG ||
		node->kind == GAUTH_EXPR_STRING || node->kind == GAUTH_EXPR_ENTITY;
}

/* the uid that a node is for certain: a literal's, or the action's; or NULL */
static const GauthUid *
find_uid(const GauthChecker *checker, const GauthCheckNode *node)
{
	if (node->kind == GAUTH_EXPR_ENTITY)
		return node->uid;
	if (node->kind == GAUTH_EXPR_VARIABLE &&
		node->variable == GAUTH_VARIABLE_ACTION)
		return checker->environment.action->uid;
	return NULL;
}

/* are both literals, where the variable "action" counts as one? */
static bool
compare_literals(const GauthChecker *checker, const GauthCheckNode *a,
				 const GauthCheckNode *b, bool *equal)
{
	const GauthUid *x = find_uid(checker, a);
	const GauthUid *y = find_uid(checker, b);

	if ((x == NULL && !is_literal(a)) || (y == NULL && !is_literal(b)))
		return false;
	if (x != NULL || y != NULL)
		*equal = x != NULL && y != NULL && gauth_uid_equal(x, y);
	else
		*equal = a->shape == b->shape;
	return true;
}

static const GauthType *
find_equality_type(const GauthChecker *checker, const GauthCheckNode *a,
				   const GauthCheckNode *b)
{
	bool		equal;

	if (a->type != NULL && b->type != NULL &&
		gauth_type_is_disjoint(a->type, b->type))
		return &gauth_type_false;
	if (compare_literals(checker, a, b, &equal))
		return gauth_type_singleton(equal);
	return &gauth_type_bool;
}

/*
 * Strict mode wants types that go together, unless the result is certain
 * anyway or a type is not known, which has been reported then.
 */
static GauthStatus
enforce_strict(GauthChecker *checker, GauthCheckNode *node,
			   const GauthType *a, const GauthType *b)
{
	const GauthType *lub;
	GauthStatus status;

	if (checker->mode != GAUTH_VALIDATE_STRICT || a == NULL || b == NULL ||
		node->type->kind != GAUTH_TYPE_BOOL)
		return GAUTH_OK;
	status = gauth_check_lub(checker, a, b, &lub);
	if (status != GAUTH_OK || lub != NULL)
		return status;
	node->failed = true;
	return gauth_check_report_types(checker, node, a, b);
}

/*
 * gauth_check_equality
 *		"==" and the methods that compare members of sets.
 */
GauthStatus
gauth_check_equality(GauthChecker *checker, GauthCheckNode *node,
					 const uint64_t *prior)
{
	GauthCheckNode *left = node->args[0];
	GauthCheckNode *right = node->args[1];
	bool		is_eq = node->kind == GAUTH_EXPR_EQ;
	bool		is_contains = node->kind == GAUTH_EXPR_CONTAINS;
	const GauthType *compared;
	GauthStatus status;

	status = gauth_check_part(checker, left, prior,
							  is_eq ? NULL : &gauth_type_any_set);
	if (status == GAUTH_OK)
		status = gauth_check_part(checker, right, prior,
								  is_eq || is_contains ? NULL :
								  &gauth_type_any_set);
	if (status != GAUTH_OK)
		return status;
	node->failed = left->failed || right->failed;
	node->type = is_eq ? find_equality_type(checker, left, right) :
		&gauth_type_bool;

	compared = left->type;
	if (is_contains && compared != NULL)
		compared = compared->kind == GAUTH_TYPE_SET ? compared->element :
			NULL;
	return enforce_strict(checker, node, compared, right->type);
}

static inline bool
is_ordered(const GauthType *type)
{
	return type->kind == GAUTH_TYPE_LONG ||
		type->kind == GAUTH_TYPE_DATETIME ||
		type->kind == GAUTH_TYPE_DURATION;
}

static const char *
describe_ordered(const GauthType *type)
{
	if (type->kind == GAUTH_TYPE_LONG)
		return "Long";
	return type->kind == GAUTH_TYPE_DATETIME ? "datetime" : "duration";
}

static GauthStatus
report_unordered(GauthChecker *checker, const GauthCheckNode *node)
{
	return gauth_check_report_expected(checker, node,
									   "Long, datetime or duration",
									   node->type);
}

/* "<" or "<=": two operands of one type that has an order */
static GauthStatus
check_order(GauthChecker *checker, GauthCheckNode *node,
			const uint64_t *prior)
{
	GauthCheckNode *left = node->args[0];
	GauthCheckNode *right = node->args[1];
	GauthStatus status = gauth_check_part(checker, left, prior, NULL);

	if (status == GAUTH_OK)
		status = gauth_check_part(checker, right, prior, NULL);
	if (status != GAUTH_OK)
		return status;
	node->type = &gauth_type_bool;
	node->failed = left->failed || right->failed;
	if (left->type == NULL || right->type == NULL)
	{
		node->failed = true;
		return GAUTH_OK;
	}
	if (left->type->kind == right->type->kind && is_ordered(left->type))
		return GAUTH_OK;

	/* one operand may say what the other should be; Long says it best */
	node->failed = true;
	if (left->type->kind == GAUTH_TYPE_LONG ||
		(is_ordered(left->type) && right->type->kind != GAUTH_TYPE_LONG))
		return gauth_check_report_expected(checker, right,
										   describe_ordered(left->type),
										   right->type);
	if (is_ordered(right->type))
		return gauth_check_report_expected(checker, left,
										   describe_ordered(right->type),
										   left->type);
	status = report_unordered(checker, left);
	if (status != GAUTH_OK)
		return status;
	return report_unordered(checker, right);
}

/*
 * Is an action in any of these uids?  GauthType of the answer; NULL when one
 * of them is an action that the schema does not know.  What is no action
 * holds none.
 */
static const GauthType *
find_membership(const GauthChecker *checker, const GauthUid *action,
				const GauthCheckNode *group)
{
	const GauthSchemaAction *member =
	gauth_schema_find_action(checker->schema, action);
	const GauthType *answer = &gauth_type_false;
	bool		single = group->kind != GAUTH_EXPR_SET;
	uint32_t	count = single ? 1 : group->count;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		const GauthUid *uid = find_uid(checker,
									   single ? group : group->args[i]);
		const GauthSchemaAction *other;

		if (!gauth_schema_is_action_type(gauth_uid_type(uid)))
			continue;
		other = gauth_schema_find_action(checker->schema, uid);
		if (other == NULL)
			return NULL;
		if (member != NULL && gauth_schema_action_is_in(member, other))
			answer = &gauth_type_true;
	}
	return answer;
}

/* are all of these uids for certain? */
static bool
has_uids(const GauthChecker *checker, const GauthCheckNode *node)
{
	uint32_t	i;

	if (node->kind != GAUTH_EXPR_SET)
		return find_uid(checker, node) != NULL;
	for (i = 0; i < node->count; i++)
	{
		if (find_uid(checker, node->args[i]) == NULL)
			return false;
	}
	return true;
}

/* may some action of type "lower" be in one of type "upper"? */
static bool
may_action_be_in(const GauthSchema *schema, const GauthEntityType *lower,
				 const GauthEntityType *upper)
{
	uint32_t	i;
	uint32_t	j;

	if (lower->kind != GAUTH_ENTITY_ACTION ||
		upper->kind != GAUTH_ENTITY_ACTION)
		return false;
	for (i = 0; i < schema->action_count; i++)
	{
		const GauthSchemaAction *action = &schema->actions[i];

		for (j = 0; action->type == lower && j < action->ancestor_count; j++)
		{
			if (action->ancestors[j]->type == upper)
				return true;
		}
	}
	return false;
}

static bool
may_be_in(const GauthSchema *schema, const GauthType *lower,
		  const GauthType *upper)
{
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < lower->count; i++)
	{
		for (j = 0; j < upper->count; j++)
		{
			if (lower->entities[i] == upper->entities[j] ||
				gauth_entity_type_has_ancestor(lower->entities[i],
											   upper->entities[j]) ||
				may_action_be_in(schema, lower->entities[i],
								 upper->entities[j]))
				return true;
		}
	}
	return false;
}

static void
find_in_type(GauthChecker *checker, GauthCheckNode *node)
{
	const GauthUid *lower = find_uid(checker, node->args[0]);
	const GauthCheckNode *group = node->args[1];
	const GauthType *upper = group->type;

	node->type = &gauth_type_bool;
	if (lower != NULL && gauth_schema_is_action_type(gauth_uid_type(lower)) &&
		has_uids(checker, group))
	{
		const GauthType *answer = find_membership(checker, lower, group);

		if (answer == NULL)
			node->failed = true;
		else
			node->type = answer;
		return;
	}
	if (upper->kind == GAUTH_TYPE_SET)
		upper = upper->element;
	if (node->args[0]->type->kind == GAUTH_TYPE_ENTITY &&
		upper->kind == GAUTH_TYPE_ENTITY &&
		!may_be_in(checker->schema, node->args[0]->type, upper))
		node->type = &gauth_type_false;
}

static GauthStatus
check_in(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior)
{
	GauthStatus status = gauth_check_part(checker, node->args[0], prior,
										  &gauth_type_any_entity);

	if (status == GAUTH_OK)
		status = gauth_check_part(checker, node->args[1], prior,
								  &set_of_entities);
	if (status != GAUTH_OK)
		return status;
	node->type = &gauth_type_bool;
	node->failed = node->args[0]->failed || node->args[1]->failed;
	if (!node->failed)
		find_in_type(checker, node);
	return GAUTH_OK;
}

/*
 * gauth_check_relation
 *		"<", "<=" and "in".
 */
GauthStatus
gauth_check_relation(GauthChecker *checker, GauthCheckNode *node,
					 const uint64_t *prior)
{
	if (node->kind == GAUTH_EXPR_IN)
		return check_in(checker, node, prior);
	return check_order(checker, node, prior);
}

/* the types of a function's arguments; all have one type but for "offset" */
typedef struct Signature
{
	const GauthType *first;
	const GauthType *second;	/* NULL: one argument */
	const GauthType *result;
} Signature;

#define COMPARES_DECIMALS \
	{&gauth_type_decimal, &gauth_type_decimal, &gauth_type_bool}
#define TESTS_IP	{&gauth_type_ipaddr, NULL, &gauth_type_bool}
#define COUNTS_DURATION		{&gauth_type_duration, NULL, &gauth_type_long}

static const Signature signatures[GAUTH_FUNCTION_COUNT] = {
	[GAUTH_FUNCTION_DECIMAL] = {&gauth_type_string, NULL, &gauth_type_decimal},
	[GAUTH_FUNCTION_IP] = {&gauth_type_string, NULL, &gauth_type_ipaddr},
	[GAUTH_FUNCTION_DATETIME] =
	{&gauth_type_string, NULL, &gauth_type_datetime},
	[GAUTH_FUNCTION_DURATION] =
	{&gauth_type_string, NULL, &gauth_type_duration},
	[GAUTH_FUNCTION_LESS_THAN] = COMPARES_DECIMALS,
	[GAUTH_FUNCTION_LESS_THAN_OR_EQUAL] = COMPARES_DECIMALS,
	[GAUTH_FUNCTION_GREATER_THAN] = COMPARES_DECIMALS,
	[GAUTH_FUNCTION_GREATER_THAN_OR_EQUAL] = COMPARES_DECIMALS,
	[GAUTH_FUNCTION_IS_IPV4] = TESTS_IP,
	[GAUTH_FUNCTION_IS_IPV6] = TESTS_IP,
	[GAUTH_FUNCTION_IS_LOOPBACK] = TESTS_IP,
	[GAUTH_FUNCTION_IS_MULTICAST] = TESTS_IP,
	[GAUTH_FUNCTION_IS_IN_RANGE] =
	{&gauth_type_ipaddr, &gauth_type_ipaddr, &gauth_type_bool},
	[GAUTH_FUNCTION_OFFSET] =
	{&gauth_type_datetime, &gauth_type_duration, &gauth_type_datetime},
	[GAUTH_FUNCTION_DURATION_SINCE] =
	{&gauth_type_datetime, &gauth_type_datetime, &gauth_type_duration},
	[GAUTH_FUNCTION_TO_DATE] =
	{&gauth_type_datetime, NULL, &gauth_type_datetime},
	[GAUTH_FUNCTION_TO_TIME] =
	{&gauth_type_datetime, NULL, &gauth_type_duration},
	[GAUTH_FUNCTION_TO_MILLISECONDS] = COUNTS_DURATION,
	[GAUTH_FUNCTION_TO_SECONDS] = COUNTS_DURATION,
	[GAUTH_FUNCTION_TO_MINUTES] = COUNTS_DURATION,
	[GAUTH_FUNCTION_TO_HOURS] = COUNTS_DURATION,
	[GAUTH_FUNCTION_TO_DAYS] = COUNTS_DURATION
};

static bool
is_parseable(GauthFunction function, GauthSpan text)
{
	int64_t		number;
	GauthIp		ip;

	switch (function)
	{
		case GAUTH_FUNCTION_DECIMAL:
			return gauth_decimal_parse(text, &number);
		case GAUTH_FUNCTION_IP:
			return gauth_ip_parse(text, &ip);
		case GAUTH_FUNCTION_DATETIME:
			return gauth_datetime_parse(text, &number);
		default:
			return gauth_duration_parse(text, &number);
	}
}

/* the literal that a constructor is called with */
static GauthStatus
check_constructor(GauthChecker *checker, GauthCheckNode *node)
{
	static const char *const complaints[] = {
		[GAUTH_FUNCTION_DECIMAL] = "expected a decimal with one to four "
		"digits behind the point, within range",
		[GAUTH_FUNCTION_IP] = "expected an IPv4 or IPv6 address, or a range "
		"of them",
		[GAUTH_FUNCTION_DATETIME] = "expected a date, or a date and a time, "
		"as in 2024-10-15T11:35:00Z",
		[GAUTH_FUNCTION_DURATION] = "expected a duration, as in 1d2h3m4s5ms, "
		"within range"
	};
	bool		literal = true;
	uint32_t	i;

	if (GAUTH_FUNCTION_IS_METHOD(node->function))
		return GAUTH_OK;
	if (node->count == 1 && node->args[0]->kind == GAUTH_EXPR_STRING &&
		!is_parseable((GauthFunction) node->function, node->args[0]->text))
	{
		node->failed = true;
		return gauth_check_report_plain(checker, node,
										complaints[node->function]);
	}
	for (i = 0; i < node->count; i++)
		literal = literal && is_literal(node->args[i]);
	if (literal || checker->mode != GAUTH_VALIDATE_STRICT)
		return GAUTH_OK;
	node->failed = true;
	return gauth_check_report_plain(checker, node,
									"expected a literal: strict validation "
									"does not allow this function to be "
									"called with anything else");
}

static GauthStatus
check_arity(GauthChecker *checker, GauthCheckNode *node)
{
	const Signature *signature = &signatures[node->function];
	uint32_t	expected = signature->second == NULL ? 1 : 2;
	GauthText	text;

	if (node->count == expected)
		return GAUTH_OK;
	node->failed = true;
	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("expected "));
	gauth_text_append_int64(&text, expected);
	gauth_text_append(&text, expected == 1 ? GAUTH_SPAN(" argument to ") :
					  GAUTH_SPAN(" arguments to "));
	gauth_text_append(&text,
					  gauth_span_of(gauth_function_name((GauthFunction)
														node->function)));
	gauth_text_append(&text, GAUTH_SPAN(", found "));
	gauth_text_append_int64(&text, node->count);
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

/*
 * gauth_check_call
 *		An extension function.  Its type is that of its result, whatever its
 *		arguments are.
 */
GauthStatus
gauth_check_call(GauthChecker *checker, GauthCheckNode *node,
				 const uint64_t *prior)
{
	const Signature *signature = &signatures[node->function];
	GauthStatus status = check_arity(checker, node);
	bool		refused;
	uint32_t	i;

	node->type = signature->result;
	if (status == GAUTH_OK)
		status = check_constructor(checker, node);

	/* arguments of a call that is refused already may have any type */
	refused = node->failed;
	for (i = 0; i < node->count && status == GAUTH_OK; i++)
	{
		const GauthType *expected = i == 0 ? signature->first :
		signature->second;

		status = gauth_check_part(checker, node->args[i], prior,
								  refused ? NULL : expected);
		if (node->args[i]->failed)
			node->failed = true;
	}
	return status;
}
