/*
 * validate_boolean.c
 *		The type checker: "&&", "||", "!" and "if".
 *
 * cedar-spec, Validation/Typechecker; Cedar SDK 4.10.  An operand whose value
 * is certain decides what is checked at all.
 */
#include "policy/validate_check.h"

/* the right operand of "&&"; "found" holds what the left one vouches for */
static GauthStatus
check_and_right(GauthChecker *checker, GauthCheckNode *node,
				const uint64_t *prior, GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthCheckNode *right = node->args[1];
	GauthCapabilities known = gauth_capabilities_take(checker);
	GauthCapabilities more = gauth_capabilities_take(checker);
	GauthStatus status;

	gauth_capabilities_copy(checker, known, prior);
	gauth_capabilities_unite(checker, known, found);
	status = gauth_check_expect(checker, right, known, more,
								&gauth_type_bool);
	node->failed = left->failed || right->failed;
	node->type = &gauth_type_bool;
	if (left->type == NULL || right->type == NULL)
		node->failed = true;
	else if (gauth_check_is(right, GAUTH_TYPE_FALSE))
	{
		node->type = &gauth_type_false;
		gauth_capabilities_clear(checker, found);
	}
	else if (gauth_check_is(right, GAUTH_TYPE_TRUE))
	{
		node->type = left->type;
		gauth_capabilities_unite(checker, found, more);
	}
	else if (gauth_check_is(left, GAUTH_TYPE_TRUE))
	{
		/* what the certain operand vouches for is not passed on */
		node->type = right->type;
		gauth_capabilities_copy(checker, found, more);
	}
	else
		gauth_capabilities_unite(checker, found, more);
	gauth_capabilities_give_back(checker, known);
	return status;
}

/*
 * gauth_check_and
 *		"&&": what the left operand vouches for holds for the right one.
 *
 * Errors: as gauth_check_node.
 */
GauthStatus
gauth_check_and(GauthChecker *checker, GauthCheckNode *node,
				const uint64_t *prior, GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthStatus status = gauth_check_expect(checker, left, prior, found,
											&gauth_type_bool);

	if (status != GAUTH_OK)
		return status;
	if (!gauth_check_is(left, GAUTH_TYPE_FALSE))
		return check_and_right(checker, node, prior, found);
	node->type = &gauth_type_false;
	node->failed = left->failed;
	gauth_capabilities_clear(checker, found);
	return GAUTH_OK;
}

static GauthStatus
check_or_right(GauthChecker *checker, GauthCheckNode *node,
			   const uint64_t *prior, GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthCheckNode *right = node->args[1];
	GauthCapabilities more = gauth_capabilities_take(checker);
	GauthStatus status = gauth_check_expect(checker, right, prior, more,
											&gauth_type_bool);

	node->failed = left->failed || right->failed;
	node->type = &gauth_type_bool;
	if (left->type == NULL || right->type == NULL)
		node->failed = true;
	else if (gauth_check_is(right, GAUTH_TYPE_TRUE))
	{
		node->type = &gauth_type_true;
		gauth_capabilities_copy(checker, found, more);
	}
	else if (gauth_check_is(right, GAUTH_TYPE_FALSE))
		node->type = left->type;
	else if (gauth_check_is(left, GAUTH_TYPE_FALSE))
	{
		node->type = right->type;
		gauth_capabilities_copy(checker, found, more);
	}
	else
		gauth_capabilities_intersect(checker, found, more);
	gauth_capabilities_give_back(checker, more);
	return status;
}

/*
 * gauth_check_or
 *		"||": only what both operands vouch for holds behind it.
 *
 * Errors: as gauth_check_node.
 */
GauthStatus
gauth_check_or(GauthChecker *checker, GauthCheckNode *node,
			   const uint64_t *prior, GauthCapabilities found)
{
	GauthCheckNode *left = node->args[0];
	GauthStatus status = gauth_check_expect(checker, left, prior, found,
											&gauth_type_bool);

	if (status != GAUTH_OK)
		return status;
	if (!gauth_check_is(left, GAUTH_TYPE_TRUE))
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
	bool		taken = gauth_check_is(node->args[0], GAUTH_TYPE_TRUE);
	GauthCheckNode *branch = node->args[taken ? 1 : 2];
	GauthCapabilities known = gauth_capabilities_take(checker);
	GauthCapabilities more = gauth_capabilities_take(checker);
	GauthStatus status;

	gauth_capabilities_copy(checker, known, prior);
	if (taken)
		gauth_capabilities_unite(checker, known, found);
	else
		gauth_capabilities_clear(checker, found);
	status = gauth_check_node(checker, branch, known, more);
	gauth_capabilities_unite(checker, found, more);
	node->type = branch->type;
	node->failed = node->args[0]->failed || branch->failed;
	gauth_capabilities_give_back(checker, known);
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
	GauthCapabilities known = gauth_capabilities_take(checker);
	GauthCapabilities more = gauth_capabilities_take(checker);
	GauthStatus status;

	gauth_capabilities_copy(checker, known, prior);
	gauth_capabilities_unite(checker, known, found);
	status = gauth_check_node(checker, node->args[1], known, more);
	if (node->args[1]->failed)
		gauth_capabilities_clear(checker, found);
	else
		gauth_capabilities_unite(checker, found, more);
	if (status == GAUTH_OK)
		status = gauth_check_node(checker, node->args[2], prior, more);
	gauth_capabilities_intersect(checker, found, more);
	gauth_capabilities_give_back(checker, known);
	if (status != GAUTH_OK)
		return status;
	return join_branches(checker, node);
}

/*
 * gauth_check_if
 *		"if": what the condition vouches for holds in the first branch.
 *
 * Errors: as gauth_check_node.
 */
GauthStatus
gauth_check_if(GauthChecker *checker, GauthCheckNode *node,
			   const uint64_t *prior, GauthCapabilities found)
{
	GauthCheckNode *test = node->args[0];
	GauthStatus status = gauth_check_expect(checker, test, prior, found,
											&gauth_type_bool);

	if (status != GAUTH_OK)
		return status;
	if (gauth_check_is(test, GAUTH_TYPE_TRUE) ||
		gauth_check_is(test, GAUTH_TYPE_FALSE))
		return check_branch(checker, node, prior, found);
	return check_both_branches(checker, node, prior, found);
}

/*
 * gauth_check_not
 *		"!", which vouches for nothing.
 *
 * Errors: as gauth_check_node.
 */
GauthStatus
gauth_check_not(GauthChecker *checker, GauthCheckNode *node,
				const uint64_t *prior)
{
	GauthCheckNode *arg = node->args[0];
	GauthStatus status = gauth_check_part(checker, arg, prior,
										  &gauth_type_bool);

	node->failed = arg->failed;
	node->type = &gauth_type_bool;
	if (gauth_check_is(arg, GAUTH_TYPE_TRUE))
		node->type = &gauth_type_false;
	else if (gauth_check_is(arg, GAUTH_TYPE_FALSE))
		node->type = &gauth_type_true;
	return status;
}
