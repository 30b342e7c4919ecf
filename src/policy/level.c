/*
 * level.c
 *		Level validation over a tree that the type checker has annotated.
 *
 * RFC 76 of cedar-policy/rfcs; cedar-spec, Validation/Levels.  What the type
 * checker found unreachable does not count.
 */
#include "policy/level.h"

/* the attributes of records that lead from an expression to an entity */
typedef struct Path
{
	GauthSpan	attribute;
	const struct Path *rest;
} Path;

typedef struct LevelChecker
{
	GauthChecker *checker;
	uint32_t	limit;
} LevelChecker;

static GauthStatus check_level(LevelChecker *level, GauthCheckNode *node);
static GauthStatus find_level(LevelChecker *level, GauthCheckNode *node,
							  const Path *path, uint32_t *found);

static GauthStatus
take_step(LevelChecker *level)
{
	if (*level->checker->steps == 0)
		return gauth_fail(level->checker->err, GAUTH_LIMIT_EXCEEDED,
						  "validation steps");
	(*level->checker->steps)--;
	return GAUTH_OK;
}

static inline bool
is_entity(const GauthCheckNode *node)
{
	return node->type != NULL && (node->type->kind == GAUTH_TYPE_ENTITY ||
								  node->type->kind == GAUTH_TYPE_ANY_ENTITY);
}

static inline bool
is_certain(const GauthCheckNode *node, bool boolean)
{
	return node->type != NULL &&
		node->type->kind == gauth_type_singleton(boolean)->kind;
}

static GauthStatus
report_literal(LevelChecker *level, const GauthCheckNode *node)
{
	return gauth_check_report_plain(level->checker, node,
									"expected what the request leads to: at "
									"a level, an entity that the policy "
									"names cannot be looked up");
}

/* the entity in a record literal that the path ends in, and its siblings */
static GauthStatus
find_record_level(LevelChecker *level, GauthCheckNode *node,
				  const Path *path, uint32_t *found)
{
	GauthCheckNode *target = NULL;
	uint32_t	i;

	for (i = 0; i < node->count; i++)
	{
		GauthStatus status;

		if (path != NULL && gauth_span_equal(node->names[i], path->attribute))
		{
			target = node->args[i];
			continue;
		}
		status = check_level(level, node->args[i]);
		if (status != GAUTH_OK)
			return status;
	}
	if (target == NULL)
		return report_literal(level, node);
	return find_level(level, target, path->rest, found);
}

static GauthStatus
find_branch_level(LevelChecker *level, GauthCheckNode *node,
				  const Path *path, uint32_t *found)
{
	uint32_t	other = 0;
	GauthStatus status = check_level(level, node->args[0]);

	if (status == GAUTH_OK && !is_certain(node->args[0], false))
		status = find_level(level, node->args[1], path, found);
	if (status == GAUTH_OK && !is_certain(node->args[0], true))
		status = find_level(level, node->args[2], path, &other);
	if (other > *found)
		*found = other;
	return status;
}

static GauthStatus
find_attribute_level(LevelChecker *level, GauthCheckNode *node,
					 const Path *path, uint32_t *found)
{
	Path		longer = {node->text, path};
	GauthStatus status;

	if (!is_entity(node->args[0]))
		return find_level(level, node->args[0], &longer, found);
	status = find_level(level, node->args[0], path, found);
	(*found)++;
	return status;
}

/*
 * How many look-ups lead to the entity that "node" yields, or that is behind
 * "path" in the record that it yields?
 */
static GauthStatus
find_level(LevelChecker *level, GauthCheckNode *node, const Path *path,
		   uint32_t *found)
{
	GauthStatus status = take_step(level);

	*found = 0;
	if (status != GAUTH_OK)
		return status;
	switch (node->kind)
	{
		case GAUTH_EXPR_VARIABLE:
			return GAUTH_OK;
		case GAUTH_EXPR_ENTITY:
			if (gauth_uid_equal(node->uid,
								level->checker->environment.action->uid))
				return GAUTH_OK;
			return report_literal(level, node);
		case GAUTH_EXPR_IF:
			return find_branch_level(level, node, path, found);
		case GAUTH_EXPR_GET_ATTR:
			return find_attribute_level(level, node, path, found);
		case GAUTH_EXPR_GET_TAG:
			status = find_level(level, node->args[0], path, found);
			(*found)++;
			if (status != GAUTH_OK)
				return status;
			return check_level(level, node->args[1]);
		case GAUTH_EXPR_RECORD:
			return find_record_level(level, node, path, found);
		default:
			return report_literal(level, node);
	}
}

/* "node" looks up the entity that "target" yields */
static GauthStatus
check_lookup(LevelChecker *level, GauthCheckNode *node,
			 GauthCheckNode *target)
{
	uint32_t	found;
	GauthText	text;
	GauthStatus status = find_level(level, target, NULL, &found);

	if (status != GAUTH_OK || found < level->limit)
		return status;
	gauth_text_init(&text, level->checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("expected at most level "));
	gauth_text_append_int64(&text, level->limit);
	gauth_text_append(&text, GAUTH_SPAN(", this needs level "));
	gauth_text_append_int64(&text, (int64_t) found + 1);
	return gauth_check_report(level->checker, node, GAUTH_SEVERITY_ERROR,
							  &text);
}

/* the parts that are evaluated at all */
static GauthStatus
check_parts(LevelChecker *level, GauthCheckNode *node)
{
	uint32_t	i;

	for (i = 0; i < node->count; i++)
	{
		GauthStatus status;

		if (node->kind == GAUTH_EXPR_IF && i > 0 &&
			is_certain(node->args[0], i == 2))
			continue;
		status = check_level(level, node->args[i]);
		if (status != GAUTH_OK)
			return status;
		if ((node->kind == GAUTH_EXPR_AND &&
			 is_certain(node->args[0], false)) ||
			(node->kind == GAUTH_EXPR_OR && is_certain(node->args[0], true)))
			return GAUTH_OK;
	}
	return GAUTH_OK;
}

static GauthStatus
check_level(LevelChecker *level, GauthCheckNode *node)
{
	GauthStatus status = take_step(level);

	if (status != GAUTH_OK)
		return status;
	switch (node->kind)
	{
		case GAUTH_EXPR_IN:
		case GAUTH_EXPR_GET_TAG:
		case GAUTH_EXPR_HAS_TAG:
			status = check_lookup(level, node, node->args[0]);
			if (status != GAUTH_OK)
				return status;
			return check_level(level, node->args[1]);
		case GAUTH_EXPR_GET_ATTR:
		case GAUTH_EXPR_HAS_ATTR:
			if (is_entity(node->args[0]))
				return check_lookup(level, node, node->args[0]);
			return check_level(level, node->args[0]);
		default:
			return check_parts(level, node);
	}
}

/*
 * gauth_level_check
 *		Report where the policy, just checked in the environment at hand,
 *		looks up more than "level" entities one after another.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_level_check(GauthChecker *checker, uint32_t level)
{
	LevelChecker level_checker = {checker, level};

	return check_level(&level_checker, checker->tree.root);
}
