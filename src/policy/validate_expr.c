/*
 * validate_expr.c
 *		The type checker: dispatch, literals, variables, sets, records.
 *
 * cedar-spec, Validation/Typechecker, says which types exist; what an
 * expression that failed still has as its type, and the order of the checks,
 * follow Cedar SDK 4.10.  Operators whose result is certain have one of the
 * singleton boolean types, and what then cannot be reached is not checked.
 */
#include "policy/validate_check.h"

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
	gauth_capabilities_clear(checker, found);
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
	GauthCapabilities found = gauth_capabilities_take(checker);
	GauthStatus status;

	if (expected == NULL)
		status = gauth_check_node(checker, node, prior, found);
	else
		status = gauth_check_expect(checker, node, prior, found, expected);
	gauth_capabilities_give_back(checker, found);
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
			return gauth_check_if(checker, node, prior, found);
		case GAUTH_EXPR_AND:
			return gauth_check_and(checker, node, prior, found);
		case GAUTH_EXPR_OR:
			return gauth_check_or(checker, node, prior, found);
		case GAUTH_EXPR_NOT:
			return gauth_check_not(checker, node, prior);
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
	gauth_capabilities_clear(checker, found);
	status = dispatch(checker, node, prior, found);
	if (node->failed)
		gauth_capabilities_clear(checker, found);
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
	GauthCapabilities none = gauth_capabilities_take(checker);
	GauthCapabilities found = gauth_capabilities_take(checker);
	GauthStatus status;

	gauth_capabilities_clear(checker, none);
	status = gauth_check_expect(checker, checker->tree.root, none, found,
								&gauth_type_bool);
	gauth_capabilities_give_back(checker, none);
	return status;
}
