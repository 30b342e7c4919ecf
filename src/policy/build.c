/*
 * build.c
 *		The constructors of build.h.
 */
#include "policy/build.h"

#include <stdlib.h>

/*
 * gauth_build_charge
 *		Count one node against the limit.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED.
 */
GauthStatus
gauth_build_charge(GauthBuilder *builder, size_t offset)
{
	if (++builder->nodes > builder->limits->nodes)
		return gauth_fail_at(builder->err, GAUTH_LIMIT_EXCEEDED, offset,
							 "policy nodes");
	return GAUTH_OK;
}

/*
 * gauth_build_expr
 *		An empty expression of a kind, of height one.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_build_expr(GauthBuilder *builder, GauthExprKind kind, size_t offset,
				 size_t end, GauthExpr **expr)
{
	GauthStatus status = gauth_build_charge(builder, offset);

	if (status != GAUTH_OK)
		return status;
	*expr = gauth_arena_zalloc(builder->arena, sizeof(GauthExpr));
	if (*expr == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	(*expr)->kind = (uint8_t) kind;
	(*expr)->height = 1;
	(*expr)->offset = (uint32_t) offset;
	(*expr)->end = (uint32_t) end;
	return GAUTH_OK;
}

/*
 * gauth_build_raise
 *		Make "expr" higher than its new child, and check the limit.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED.
 */
GauthStatus
gauth_build_raise(GauthBuilder *builder, GauthExpr *expr,
				  const GauthExpr *child)
{
	if (child->height >= expr->height)
		expr->height = (uint16_t) (child->height + 1);
	if (expr->height > builder->limits->height || expr->height == UINT16_MAX)
		return gauth_fail_at(builder->err, GAUTH_LIMIT_EXCEEDED, expr->offset,
							 "policy expression height");
	return GAUTH_OK;
}

/*
 * gauth_build_operator
 *		An operator over one or two (else "right" is NULL) operands, from the
 *		beginning of the first to the end of the last.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_build_operator(GauthBuilder *builder, GauthExprKind kind,
					 GauthExpr *left, GauthExpr *right, GauthExpr **expr)
{
	GauthStatus status;

	status = gauth_build_expr(builder, kind, left->offset,
							  right == NULL ? left->end : right->end, expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->args[0] = left;
	(*expr)->args[1] = right;
	status = gauth_build_raise(builder, *expr, left);
	if (status == GAUTH_OK && right != NULL)
		status = gauth_build_raise(builder, *expr, right);
	return status;
}

/*
 * gauth_build_append
 *		Add an item of "size" bytes to a list.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED past set_size, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_build_append(GauthBuilder *builder, GauthList *list, const void *item,
				   size_t size)
{
	if (list->count >= builder->limits->set_size)
		return gauth_fail(builder->err, GAUTH_LIMIT_EXCEEDED,
						  "items of one set, record or list");
	if (list->count == list->room)
	{
		uint32_t	room = list->room == 0 ? 4 : list->room * 2;
		void	   *items = gauth_arena_alloc(builder->arena, room * size);

		if (items == NULL)
			return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
		if (list->count > 0)
			memcpy(items, list->items, list->count * size);
		list->items = items;
		list->room = room;
	}
	memcpy((char *) list->items + list->count * size, item, size);
	list->count++;
	return GAUTH_OK;
}

/* two names that are equal stand side by side once sorted */
static int
compare_names(const void *a, const void *b)
{
	const GauthName *const *left = a;
	const GauthName *const *right = b;

	return gauth_span_compare((*left)->text, (*right)->text);
}

/*
 * gauth_build_check_fields
 *		Refuse a record literal that names a field twice.
 *
 * Errors: GAUTH_DUPLICATE_MEMBER, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_build_check_fields(GauthBuilder *builder, GauthExprField *fields,
						 uint32_t count)
{
	const GauthName **names;
	uint32_t	i;

	if (count < 2)
		return GAUTH_OK;
	names = gauth_arena_array(builder->arena, count, sizeof(GauthName *));
	if (names == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	for (i = 0; i < count; i++)
		names[i] = &fields[i].name;
	qsort(names, count, sizeof(GauthName *), compare_names);
	for (i = 1; i < count; i++)
	{
		if (gauth_span_equal(names[i - 1]->text, names[i]->text))
			return gauth_fail_at(builder->err, GAUTH_DUPLICATE_MEMBER,
								 names[i]->offset,
								 "a record names a field twice");
	}
	return GAUTH_OK;
}

/*
 * gauth_build_check_action
 *		Refuse an entity in the scope of actions whose type is not Action.
 *
 * The last part of the type's name counts, so that NS::Action is one.
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_build_check_action(GauthBuilder *builder, const GauthUid *uid,
						 size_t offset)
{
	GauthSpan	type = gauth_uid_type(uid);
	GauthSpan	suffix = GAUTH_SPAN("::Action");

	if (gauth_span_is(type, "Action") ||
		(type.len > suffix.len &&
		 gauth_span_equal(gauth_span_slice(type, type.len - suffix.len,
										   suffix.len), suffix)))
		return GAUTH_OK;
	return gauth_fail_at(builder->err, GAUTH_INVALID_VALUE, offset,
						 "an entity of type Action is expected in the scope "
						 "of actions");
}

static int
compare_ids(const void *a, const void *b)
{
	const GauthPolicy *const *left = a;
	const GauthPolicy *const *right = b;

	return gauth_span_compare((*left)->id, (*right)->id);
}

/*
 * gauth_build_check_ids
 *		Refuse a set in which two policies or templates share an id.
 *
 * Errors: GAUTH_DUPLICATE_MEMBER, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_build_check_ids(GauthBuilder *builder, const GauthPolicyList *list)
{
	uint32_t	total = list->policy_count + list->template_count;
	const GauthPolicy **sorted;
	const GauthPolicy *policy;
	uint32_t	count = 0;
	uint32_t	i;

	sorted = gauth_arena_array(builder->arena, total, sizeof(GauthPolicy *));
	if (sorted == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	for (policy = list->policies; policy != NULL; policy = policy->next)
		sorted[count++] = policy;
	for (policy = list->templates; policy != NULL; policy = policy->next)
		sorted[count++] = policy;

	if (total > 1)
		qsort(sorted, total, sizeof(GauthPolicy *), compare_ids);
	for (i = 1; i < total; i++)
	{
		if (gauth_span_equal(sorted[i - 1]->id, sorted[i]->id))
			return gauth_fail_at(builder->err, GAUTH_DUPLICATE_MEMBER,
								 sorted[i]->offset, "policy id");
	}
	return GAUTH_OK;
}
