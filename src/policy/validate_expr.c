/*
 * validate_expr.c
 *		The type checker: dispatch, boolean operators, literals, sets, records.
 *
 * cedar-spec, Validation/Typechecker, says which types exist; what an
 * expression that failed still has as its type, and the order of the checks,
 * follow Cedar SDK 4.10.  Operators whose result is certain have one of the
 * singleton boolean types, and what then cannot be reached is not checked.
 */
#include "policy/validate_check.h"

static inline void
clear(const GauthChecker *checker, GauthCapabilities set)
{
	memset(set, 0, checker->words * sizeof(uint64_t));
}

static inline void
copy(const GauthChecker *checker, GauthCapabilities to, const uint64_t *from)
{
	memcpy(to, from, checker->words * sizeof(uint64_t));
}

static inline void
unite(const GauthChecker *checker, GauthCapabilities set,
	  const uint64_t *other)
{
	uint32_t	i;

	for (i = 0; i < checker->words; i++)
		set[i] |= other[i];
}

static inline void
intersect(const GauthChecker *checker, GauthCapabilities set,
		  const uint64_t *other)
{
	uint32_t	i;

	for (i = 0; i < checker->words; i++)
		set[i] &= other[i];
}

/* sets are taken and given back in order; the stack has room for the tree */
static inline GauthCapabilities
take_set(GauthChecker *checker)
{
	GauthCapabilities set = checker->capabilities;

	checker->capabilities += checker->words;
	return set;
}

static inline void
give_back(GauthChecker *checker, GauthCapabilities set)
{
	checker->capabilities = set;
}

static inline bool
is_kind(const GauthCheckNode *node, GauthTypeKind kind)
{
	return node->type != NULL && node->type->kind == kind;
}

/*
 * gauth_check_report
 *		Add a diagnostic about "node".
 */
GauthStatus
gauth_check_report(GauthChecker *checker, const GauthCheckNode *node,
				   GauthSeverity severity, const GauthText *message)
{
	GauthDiagnostic diagnostic = {0};

	diagnostic.severity = severity;
	diagnostic.policy = checker->policy;
	diagnostic.offset = node->offset;
	diagnostic.end = node->end;
	if (!gauth_text_finish(message, &diagnostic.message))
		return gauth_fail(checker->err, GAUTH_OUT_OF_MEMORY, "validator");
	if (checker->diagnostics->error_count +
		checker->diagnostics->warning_count >= GAUTH_DIAGNOSTICS_MAX)
		return GAUTH_OK;
	return gauth_diagnostic_append_new(checker->result_arena,
									   checker->diagnostics, &diagnostic,
									   checker->err);
}

/*
 * gauth_check_report_plain
 *		Add an error about "node".
 */
GauthStatus
gauth_check_report_plain(GauthChecker *checker, const GauthCheckNode *node,
						 const char *message)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, gauth_span_of(message));
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

/*
 * gauth_check_report_types
 *		Add the error that these types do not go together.
 */
GauthStatus
gauth_check_report_types(GauthChecker *checker, const GauthCheckNode *node,
						 const GauthType *a, const GauthType *b)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("expected types that go together, "
										"found "));
	gauth_type_describe(&text, a);
	gauth_text_append(&text, GAUTH_SPAN(" and "));
	gauth_type_describe(&text, b);
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

/*
 * gauth_check_report_expected
 *		Add the error that "node" has another type than expected.
 */
GauthStatus
gauth_check_report_expected(GauthChecker *checker, const GauthCheckNode *node,
							const char *expected, const GauthType *actual)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("expected "));
	gauth_text_append(&text, gauth_span_of(expected));
	gauth_text_append(&text, GAUTH_SPAN(", found "));
	gauth_type_describe(&text, actual);
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

/*
 * gauth_check_lub
 *		The least upper bound in the mode at hand; NULL when there is none.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_check_lub(GauthChecker *checker, const GauthType *a,
				const GauthType *b, const GauthType **lub)
{
	uint64_t	work = a == b ? 0 : a->size < b->size ? a->size : b->size;

	if (work >= *checker->steps)
		return gauth_fail(checker->err, GAUTH_LIMIT_EXCEEDED,
						  "validation steps");
	*checker->steps -= work;
	if (gauth_type_lub(checker->arena, checker->mode, a, b, lub) ==
		GAUTH_LUB_NO_MEMORY)
		return gauth_fail(checker->err, GAUTH_OUT_OF_MEMORY, "validator");
	return GAUTH_OK;
}

static const char *
describe_expected(const GauthType *expected)
{
	switch (expected->kind)
	{
		case GAUTH_TYPE_BOOL:
			return "Bool";
		case GAUTH_TYPE_LONG:
			return "Long";
		case GAUTH_TYPE_STRING:
			return "String";
		case GAUTH_TYPE_ANY_SET:
			return "a set";
		case GAUTH_TYPE_ANY_ENTITY:
			return "an entity";
		case GAUTH_TYPE_RECORD:
			return "an entity or a record";
		case GAUTH_TYPE_SET:
			return "an entity or a set of entities";
		case GAUTH_TYPE_DECIMAL:
			return "decimal";
		case GAUTH_TYPE_IPADDR:
			return "ipaddr";
		case GAUTH_TYPE_DATETIME:
			return "datetime";
		default:
			return "duration";
	}
}

/*
 * Operands are held against "any entity" and "any record", which stand above
 * everything of their kind, so permissive mode is right for both modes.  A
 * record or a set that is expected stands for "that or an entity".
 */
static bool
meets(const GauthType *actual, const GauthType *expected)
{
	if (gauth_type_is_subtype(actual, expected, GAUTH_VALIDATE_PERMISSIVE))
		return true;
	return (expected->kind == GAUTH_TYPE_RECORD ||
			expected->kind == GAUTH_TYPE_SET) &&
		gauth_type_is_subtype(actual, &gauth_type_any_entity,
							  GAUTH_VALIDATE_PERMISSIVE);
}

/*
 * gauth_check_expect
 *		Check a node, whose type then has to be "expected" or below; else the
 *		node has failed and has no type.
 */
GauthStatus
gauth_check_expect(GauthChecker *checker, GauthCheckNode *node,
				   const uint64_t *prior, GauthCapabilities found,
				   const GauthType *expected)
{
	GauthStatus status = gauth_check_node(checker, node, prior, found);

	if (status != GAUTH_OK || (node->type != NULL &&
							   meets(node->type, expected)))
		return status;
	if (node->type != NULL)
		status = gauth_check_report_expected(checker, node,
											 describe_expected(expected),
											 node->type);
	node->type = NULL;
	node->failed = true;
	clear(checker, found);
	return status;
}

/*
 * gauth_check_part
 *		gauth_check_expect where capabilities do not matter; with "expected"
 *		NULL any type will do.
 */
GauthStatus
gauth_check_part(GauthChecker *checker, GauthCheckNode *node,
				 const uint64_t *prior, const GauthType *expected)
{
	GauthCapabilities found = take_set(checker);
	GauthStatus status;

	if (expected == NULL)
		status = gauth_check_node(checker, node, prior, found);
	else
		status = gauth_check_expect(checker, node, prior, found, expected);
	give_back(checker, found);
	return status;
}

/* the right operand of "&&"; "found" holds what the left one vouches for */
static GauthStatus
check_and_right(GauthChecker *checker, GauthCheckNode *node,
				const uint64_t *prior, GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthCheckNode *right = node->args[1];
	GauthCapabilities known = take_set(checker);
	GauthCapabilities more = take_set(checker);
	GauthStatus status;

	copy(checker, known, prior);
	unite(checker, known, found);
	status = gauth_check_expect(checker, right, known, more,
								&gauth_type_bool);
	node->failed = left->failed || right->failed;
	node->type = &gauth_type_bool;
	if (left->type == NULL || right->type == NULL)
		node->failed = true;
	else if (is_kind(right, GAUTH_TYPE_FALSE))
	{
		node->type = &gauth_type_false;
		clear(checker, found);
	}
	else if (is_kind(right, GAUTH_TYPE_TRUE))
	{
		node->type = left->type;
		unite(checker, found, more);
	}
	else if (is_kind(left, GAUTH_TYPE_TRUE))
	{
		/* what the certain operand vouches for is not passed on */
		node->type = right->type;
		copy(checker, found, more);
	}
	else
		unite(checker, found, more);
	give_back(checker, known);
	return status;
}

static GauthStatus
check_and(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior,
		  GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthStatus status = gauth_check_expect(checker, left, prior, found,
											&gauth_type_bool);

	if (status != GAUTH_OK)
		return status;
	if (!is_kind(left, GAUTH_TYPE_FALSE))
		return check_and_right(checker, node, prior, found);
	node->type = &gauth_type_false;
	node->failed = left->failed;
	clear(checker, found);
	return GAUTH_OK;
}

static GauthStatus
check_or_right(GauthChecker *checker, GauthCheckNode *node,
			   const uint64_t *prior, GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthCheckNode *right = node->args[1];
	GauthCapabilities more = take_set(checker);
	GauthStatus status = gauth_check_expect(checker, right, prior, more,
											&gauth_type_bool);

	node->failed = left->failed || right->failed;
	node->type = &gauth_type_bool;
	if (left->type == NULL || right->type == NULL)
		node->failed = true;
	else if (is_kind(right, GAUTH_TYPE_TRUE))
	{
		node->type = &gauth_type_true;
		copy(checker, found, more);
	}
	else if (is_kind(right, GAUTH_TYPE_FALSE))
		node->type = left->type;
	else if (is_kind(left, GAUTH_TYPE_FALSE))
	{
		node->type = right->type;
		copy(checker, found, more);
	}
	else
		intersect(checker, found, more);
	give_back(checker, more);
	return status;
}

static GauthStatus
check_or(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior,
		 GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthStatus status = gauth_check_expect(checker, left, prior, found,
											&gauth_type_bool);

	if (status != GAUTH_OK)
		return status;
	if (!is_kind(left, GAUTH_TYPE_TRUE))
		return check_or_right(checker, node, prior, found);
	node->type = &gauth_type_true;
	node->failed = left->failed;
	return GAUTH_OK;
}

/* the one branch that a certain condition leaves */
static GauthStatus
check_branch(GauthChecker *checker, GauthCheckNode *node,
			 const uint64_t *prior, GauthCapabilities found)
{
	bool		taken = is_kind(node->args[0], GAUTH_TYPE_TRUE);
	GauthCheckNode *branch = node->args[taken ? 1 : 2];
	GauthCapabilities known = take_set(checker);
	GauthCapabilities more = take_set(checker);
	GauthStatus status;

	copy(checker, known, prior);
	if (taken)
		unite(checker, known, found);
	else
		clear(checker, found);
	status = gauth_check_node(checker, branch, known, more);
	unite(checker, found, more);
	node->type = branch->type;
	node->failed = node->args[0]->failed || branch->failed;
	give_back(checker, known);
	return status;
}

static GauthStatus
join_branches(GauthChecker *checker, GauthCheckNode *node)
{
	const GauthType *then_type = node->args[1]->type;
	const GauthType *else_type = node->args[2]->type;
	GauthStatus status;

	node->type = NULL;
	node->failed = node->args[0]->failed || node->args[1]->failed ||
		node->args[2]->failed;
	if (then_type == NULL || else_type == NULL)
	{
		node->failed = true;
		return GAUTH_OK;
	}
	status = gauth_check_lub(checker, then_type, else_type, &node->type);
	if (status != GAUTH_OK || node->type != NULL)
		return status;
	node->failed = true;
	return gauth_check_report_types(checker, node, then_type, else_type);
}

static GauthStatus
check_both_branches(GauthChecker *checker, GauthCheckNode *node,
					const uint64_t *prior, GauthCapabilities found)
{
	GauthCapabilities known = take_set(checker);
	GauthCapabilities more = take_set(checker);
	GauthStatus status;

	copy(checker, known, prior);
	unite(checker, known, found);
	status = gauth_check_node(checker, node->args[1], known, more);
	if (node->args[1]->failed)
		clear(checker, found);
	else
		unite(checker, found, more);
	if (status == GAUTH_OK)
		status = gauth_check_node(checker, node->args[2], prior, more);
	intersect(checker, found, more);
	give_back(checker, known);
	if (status != GAUTH_OK)
		return status;
	return join_branches(checker, node);
}

static GauthStatus
check_if(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior,
		 GauthCapabilities found)
{
	GauthCheckNode *test = node->args[0];
	GauthStatus status = gauth_check_expect(checker, test, prior, found,
											&gauth_type_bool);

	if (status != GAUTH_OK)
		return status;
	if (is_kind(test, GAUTH_TYPE_TRUE) || is_kind(test, GAUTH_TYPE_FALSE))
		return check_branch(checker, node, prior, found);
	return check_both_branches(checker, node, prior, found);
}

static GauthStatus
check_not(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior)
{
	GauthCheckNode *arg = node->args[0];
	GauthStatus status = gauth_check_part(checker, arg, prior,
										  &gauth_type_bool);

	node->failed = arg->failed;
	node->type = &gauth_type_bool;
	if (is_kind(arg, GAUTH_TYPE_TRUE))
		node->type = &gauth_type_false;
	else if (is_kind(arg, GAUTH_TYPE_FALSE))
		node->type = &gauth_type_true;
	return status;
}

/* an operator whose result has one type whatever its operands have */
static GauthStatus
check_simple(GauthChecker *checker, GauthCheckNode *node,
			 const uint64_t *prior, const GauthType *operand)
{
	uint32_t	i;

	node->type = operand == &gauth_type_long ? operand : &gauth_type_bool;
	for (i = 0; i < node->count; i++)
	{
		GauthStatus status = gauth_check_part(checker, node->args[i], prior,
											  operand);

		if (status != GAUTH_OK)
			return status;
		if (node->args[i]->failed)
			node->failed = true;
	}
	return GAUTH_OK;
}

static GauthStatus
check_is(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior)
{
	GauthCheckNode *object = node->args[0];
	GauthStatus status = gauth_check_part(checker, object, prior,
										  &gauth_type_any_entity);
	const GauthType *type = object->type;
	uint32_t	i;

	node->failed = object->failed || type == NULL;
	node->type = &gauth_type_bool;
	if (type == NULL || type->kind != GAUTH_TYPE_ENTITY)
		return status;
	for (i = 0; i < type->count; i++)
	{
		if (gauth_span_equal(type->entities[i]->name, node->text))
			break;
	}
	if (i == type->count)
		node->type = &gauth_type_false;
	else if (type->count == 1)
		node->type = &gauth_type_true;
	return status;
}

static GauthStatus
join_items(GauthChecker *checker, GauthCheckNode *node)
{
	const GauthType *element = &gauth_type_never;
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	for (i = 0; i < node->count; i++)
	{
		const GauthType *joined;

		status = gauth_check_lub(checker, element, node->args[i]->type,
								 &joined);
		if (status != GAUTH_OK)
			return status;
		if (joined == NULL)
		{
			node->failed = true;
			return gauth_check_report_types(checker, node, element,
											node->args[i]->type);
		}
		element = joined;
	}
	node->type = gauth_type_make_set(checker->arena, element);
	if (node->type == NULL)
		return gauth_fail(checker->err, GAUTH_OUT_OF_MEMORY, "validator");
	return GAUTH_OK;
}

/* check all parts; "known" says whether all of them have types */
static GauthStatus
check_items(GauthChecker *checker, GauthCheckNode *node,
			const uint64_t *prior, bool *known)
{
	uint32_t	i;

	*known = true;
	for (i = 0; i < node->count; i++)
	{
		GauthStatus status = gauth_check_part(checker, node->args[i], prior,
											  NULL);

		if (status != GAUTH_OK)
			return status;
		if (node->args[i]->failed)
			node->failed = true;
		if (node->args[i]->type == NULL)
			*known = false;
	}
	return GAUTH_OK;
}

static GauthStatus
check_set(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior)
{
	bool		known;
	GauthStatus status = check_items(checker, node, prior, &known);

	if (status != GAUTH_OK)
		return status;
	if (node->count == 0 && checker->mode == GAUTH_VALIDATE_STRICT)
	{
		node->failed = true;
		return gauth_check_report_plain(checker, node,
										"an empty set has no type: strict "
										"validation does not allow it");
	}
	if (known)
		return join_items(checker, node);
	node->failed = true;
	return GAUTH_OK;
}

static GauthStatus
check_record(GauthChecker *checker, GauthCheckNode *node,
			 const uint64_t *prior)
{
	GauthAttribute *attributes;
	bool		known;
	GauthStatus status = check_items(checker, node, prior, &known);
	uint32_t	i;

	if (status != GAUTH_OK)
		return status;
	if (!known)
	{
		node->failed = true;
		return GAUTH_OK;
	}
	attributes = gauth_arena_array(checker->arena, node->count,
								   sizeof(GauthAttribute));
	if (attributes == NULL)
		return gauth_fail(checker->err, GAUTH_OUT_OF_MEMORY, "validator");
	for (i = 0; i < node->count; i++)
	{
		attributes[i] = (GauthAttribute)
		{
			node->names[i], node->args[i]->type, true
		};
	}
	node->type = gauth_type_make_record(checker->arena, attributes,
										node->count, false);
	if (node->type == NULL)
		return gauth_fail(checker->err, GAUTH_OUT_OF_MEMORY, "validator");
	return GAUTH_OK;
}

/* that the uid is unknown has been said, once for all environments */
static void
check_entity(const GauthChecker *checker, GauthCheckNode *node)
{
	GauthSpan	name = gauth_uid_type(node->uid);
	const GauthEntityType *type = gauth_schema_find_type(checker->schema,
														 name);

	if (type != NULL && type->kind == GAUTH_ENTITY_ACTION &&
		gauth_schema_find_action(checker->schema, node->uid) == NULL)
		type = NULL;
	node->type = type == NULL ? NULL : type->reference;
	node->failed = type == NULL;
}

static void
check_variable(const GauthChecker *checker, GauthCheckNode *node)
{
	const GauthEnvironment *environment = &checker->environment;

	switch ((GauthVariable) node->variable)
	{
		case GAUTH_VARIABLE_PRINCIPAL:
			node->type = environment->principal->reference;
			break;
		case GAUTH_VARIABLE_ACTION:
			node->type = environment->action->type->reference;
			break;
		case GAUTH_VARIABLE_RESOURCE:
			node->type = environment->resource->reference;
			break;
		case GAUTH_VARIABLE_CONTEXT:
			node->type = environment->action->context;
			break;
	}
}

static GauthStatus
dispatch(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior,
		 GauthCapabilities found)
{
	switch (node->kind)
	{
		case GAUTH_EXPR_BOOL:
			node->type = gauth_type_singleton(node->boolean);
			return GAUTH_OK;
		case GAUTH_EXPR_LONG:
			node->type = &gauth_type_long;
			return GAUTH_OK;
		case GAUTH_EXPR_STRING:
			node->type = &gauth_type_string;
			return GAUTH_OK;
		case GAUTH_EXPR_ENTITY:
			check_entity(checker, node);
			return GAUTH_OK;
		case GAUTH_EXPR_VARIABLE:
		case GAUTH_CHECK_SLOT:
			check_variable(checker, node);
			return GAUTH_OK;
		case GAUTH_EXPR_IF:
			return check_if(checker, node, prior, found);
		case GAUTH_EXPR_AND:
			return check_and(checker, node, prior, found);
		case GAUTH_EXPR_OR:
			return check_or(checker, node, prior, found);
		case GAUTH_EXPR_NOT:
			return check_not(checker, node, prior);
		case GAUTH_EXPR_NEGATE:
		case GAUTH_EXPR_ADD:
		case GAUTH_EXPR_SUB:
		case GAUTH_EXPR_MUL:
			return check_simple(checker, node, prior, &gauth_type_long);
		case GAUTH_EXPR_IS_EMPTY:
			return check_simple(checker, node, prior, &gauth_type_any_set);
		case GAUTH_EXPR_LIKE:
			return check_simple(checker, node, prior, &gauth_type_string);
		case GAUTH_EXPR_IS:
			return check_is(checker, node, prior);
		case GAUTH_EXPR_SET:
			return check_set(checker, node, prior);
		case GAUTH_EXPR_RECORD:
			return check_record(checker, node, prior);
		case GAUTH_EXPR_CALL:
			return gauth_check_call(checker, node, prior);
		case GAUTH_EXPR_GET_ATTR:
		case GAUTH_EXPR_HAS_ATTR:
		case GAUTH_EXPR_GET_TAG:
		case GAUTH_EXPR_HAS_TAG:
			return gauth_check_access(checker, node, prior, found);
		case GAUTH_EXPR_EQ:
		case GAUTH_EXPR_CONTAINS:
		case GAUTH_EXPR_CONTAINS_ALL:
		case GAUTH_EXPR_CONTAINS_ANY:
			return gauth_check_equality(checker, node, prior);
		default:
			return gauth_check_relation(checker, node, prior);
	}
}

/*
 * gauth_check_node
 *		Find the type of a node in the environment at hand.
 *
 * "prior" holds the capabilities that hold where the node is evaluated;
 * "found" receives those that hold where it came out true.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY; what is wrong with the
 * policy is a diagnostic.
 */
GauthStatus
gauth_check_node(GauthChecker *checker, GauthCheckNode *node,
				 const uint64_t *prior, GauthCapabilities found)
{
	GauthStatus status;

	if (*checker->steps == 0)
		return gauth_fail(checker->err, GAUTH_LIMIT_EXCEEDED,
						  "validation steps");
	(*checker->steps)--;
	node->type = NULL;
	node->failed = false;
	clear(checker, found);
	status = dispatch(checker, node, prior, found);
	if (node->failed)
		clear(checker, found);
	return status;
}

/*
 * gauth_check_environment
 *		Check the whole policy, which has to be Bool, in the environment that
 *		the checker holds.
 *
 * Errors: as gauth_check_node.
 */
GauthStatus
gauth_check_environment(GauthChecker *checker)
{
	GauthCapabilities none = take_set(checker);
	GauthCapabilities found = take_set(checker);
	GauthStatus status;

	clear(checker, none);
	status = gauth_check_expect(checker, checker->tree.root, none, found,
								&gauth_type_bool);
	give_back(checker, none);
	return status;
}
