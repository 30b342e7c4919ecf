/*
 * validate_access.c
 *		The type checker: attributes and tags.
 *
 * What may be absent can be got only where "has" or "hasTag" has vouched
 * for it on the same expression, which is what capabilities record.
 */
#include "policy/validate_check.h"

/* the capability that getting this attribute or tag needs */
static inline uint32_t
find_capability(const GauthChecker *checker, const GauthCheckNode *node)
{
	return checker->tree.shapes[node->access].capability;
}

static inline bool
holds(const GauthChecker *checker, const GauthCheckNode *node,
	  const uint64_t *set)
{
	uint32_t	capability = find_capability(checker, node);

	return capability != GAUTH_NO_CAPABILITY &&
		(set[capability / 64] >> (capability % 64) & 1) != 0;
}

static inline void
vouch(const GauthChecker *checker, const GauthCheckNode *node,
	  GauthCapabilities set)
{
	uint32_t	capability = find_capability(checker, node);

	set[capability / 64] |= UINT64_C(1) << (capability % 64);
}

/*
 * The attribute that all entities of a union have, its type joined as
 * permissive mode joins; "*found" is false when there is none.
 */
static GauthStatus
find_union_attribute(GauthChecker *checker, const GauthType *type,
					 GauthSpan name, GauthAttribute *attribute, bool *found)
{
	uint32_t	i;

	*found = false;
	for (i = 0; i < type->count; i++)
	{
		const GauthAttribute *other =
		gauth_type_find_attribute(type->entities[i]->shape, name);
		const GauthType *joined;

		if (other == NULL)
			return GAUTH_OK;
		if (i == 0)
		{
			*attribute = *other;
			continue;
		}
		switch (gauth_type_lub(checker->arena, GAUTH_VALIDATE_PERMISSIVE,
							   attribute->type, other->type, &joined))
		{
			case GAUTH_LUB_NO_MEMORY:
				return gauth_fail(checker->err, GAUTH_OUT_OF_MEMORY,
								  "validator");
			case GAUTH_LUB_NONE:
				return GAUTH_OK;
			case GAUTH_LUB_FOUND:
				attribute->type = joined;
				attribute->required = attribute->required && other->required;
		}
	}
	*found = type->count > 0;
	return GAUTH_OK;
}

static GauthStatus
find_attribute(GauthChecker *checker, const GauthCheckNode *node,
			   GauthAttribute *attribute, bool *found)
{
	const GauthType *type = node->args[0]->type;
	const GauthAttribute *known;

	*found = false;
	if (type->kind == GAUTH_TYPE_ENTITY)
		return find_union_attribute(checker, type, node->text, attribute,
									found);
	if (type->kind != GAUTH_TYPE_RECORD)
		return GAUTH_OK;
	known = gauth_type_find_attribute(type, node->text);
	*found = known != NULL;
	if (known != NULL)
		*attribute = *known;
	return GAUTH_OK;
}

/* could a value of this type have the attribute, though not all have it? */
static bool
may_have_attribute(const GauthType *type, GauthSpan name)
{
	uint32_t	i;

	if (type->kind == GAUTH_TYPE_RECORD)
		return type->open || gauth_type_find_attribute(type, name) != NULL;
	for (i = 0; type->kind == GAUTH_TYPE_ENTITY && i < type->count; i++)
	{
		if (gauth_type_find_attribute(type->entities[i]->shape, name) != NULL)
			return true;
	}
	return type->kind == GAUTH_TYPE_NEVER ||
		type->kind == GAUTH_TYPE_ANY_ENTITY;
}

static GauthStatus
report_access(GauthChecker *checker, const GauthCheckNode *node,
			  const char *problem)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("attribute \""));
	gauth_text_append(&text, node->text.len <= GAUTH_SCHEMA_NAME_MAX ?
					  node->text : GAUTH_SPAN("..."));
	gauth_text_append(&text, GAUTH_SPAN("\" of "));
	gauth_type_describe(&text, node->args[0]->type);
	gauth_text_append_char(&text, ' ');
	gauth_text_append(&text, gauth_span_of(problem));
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

static GauthStatus
check_get(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior)
{
	GauthAttribute attribute;
	bool		found;
	GauthStatus status = find_attribute(checker, node, &attribute, &found);

	if (status != GAUTH_OK)
		return status;
	if (!found)
	{
		node->failed = true;
		return report_access(checker, node,
							 may_have_attribute(node->args[0]->type,
												node->text) ?
							 "is not there for all of them, or not of one "
							 "type" : "does not exist");
	}
	node->type = attribute.type;
	if (attribute.required || holds(checker, node, prior))
		return GAUTH_OK;
	node->failed = true;
	return report_access(checker, node, "is optional: ask for it with "
						 "\"has\" first");
}

static GauthStatus
check_has(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior,
		  GauthCapabilities found)
{
	const GauthType *type = node->args[0]->type;
	GauthAttribute attribute;
	bool		exists;
	GauthStatus status = find_attribute(checker, node, &attribute, &exists);

	if (status != GAUTH_OK)
		return status;
	if (!exists)
	{
		if (!may_have_attribute(type, node->text))
			node->type = &gauth_type_false;
		return GAUTH_OK;
	}

	/* an entity need not exist, so it may lack what it is required to have */
	if (holds(checker, node, prior) ||
		(attribute.required && type->kind == GAUTH_TYPE_RECORD))
		node->type = &gauth_type_true;
	vouch(checker, node, found);
	return GAUTH_OK;
}

static GauthStatus
check_attribute(GauthChecker *checker, GauthCheckNode *node,
				const uint64_t *prior, GauthCapabilities found)
{
	bool		is_has = node->kind == GAUTH_EXPR_HAS_ATTR;
	GauthCheckNode *object = node->args[0];
	GauthStatus status = gauth_check_part(checker, object, prior,
										  &gauth_type_any_record);

	if (status != GAUTH_OK)
		return status;
	node->type = is_has ? &gauth_type_bool : NULL;
	node->failed = object->failed || object->type == NULL;
	if (object->type == NULL)
		return GAUTH_OK;
	if (is_has)
		return check_has(checker, node, prior, found);
	return check_get(checker, node, prior);
}

/*
 * The type of the tags of those entities that may have any, joined; NULL
 * where none may.  "*joined" is false where types do not go together.
 */
static GauthStatus
find_tag_type(GauthChecker *checker, GauthCheckNode *node,
			  const GauthType **tags)
{
	const GauthType *type = node->args[0]->type;
	GauthStatus status;
	uint32_t	i;

	*tags = NULL;
	for (i = 0; type->kind == GAUTH_TYPE_ENTITY && i < type->count; i++)
	{
		const GauthType *other = type->entities[i]->tags;
		const GauthType *joined;

		if (other == NULL || *tags == NULL)
		{
			*tags = other == NULL ? *tags : other;
			continue;
		}
		status = gauth_check_lub(checker, *tags, other, &joined);
		if (status != GAUTH_OK)
			return status;
		if (joined == NULL)
		{
			node->failed = true;
			return gauth_check_report_types(checker, node, *tags, other);
		}
		*tags = joined;
	}
	return GAUTH_OK;
}

static bool
may_have_tags(const GauthType *type)
{
	uint32_t	i;

	for (i = 0; type->kind == GAUTH_TYPE_ENTITY && i < type->count; i++)
	{
		if (type->entities[i]->tags != NULL)
			return true;
	}
	return false;
}

static GauthStatus
report_tag(GauthChecker *checker, const GauthCheckNode *node,
		   const char *before, const char *after)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, gauth_span_of(before));
	gauth_type_describe(&text, node->args[0]->type);
	gauth_text_append(&text, gauth_span_of(after));
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

static GauthStatus
check_get_tag(GauthChecker *checker, GauthCheckNode *node,
			  const uint64_t *prior)
{
	GauthStatus status;

	if (!holds(checker, node, prior))
	{
		node->failed = true;
		return report_tag(checker, node, "a tag of ", " may be absent: ask "
						  "for it with \"hasTag\" first");
	}
	if (!may_have_tags(node->args[0]->type))
	{
		node->failed = true;
		return report_tag(checker, node, "entities of type ",
						  " have no tags");
	}
	status = find_tag_type(checker, node, &node->type);
	if (node->failed)
		node->type = NULL;
	return status;
}

static GauthStatus
check_tag(GauthChecker *checker, GauthCheckNode *node, const uint64_t *prior,
		  GauthCapabilities found)
{
	GauthCheckNode *object = node->args[0];
	GauthCheckNode *key = node->args[1];
	GauthStatus status = gauth_check_part(checker, object, prior,
										  &gauth_type_any_entity);

	if (status == GAUTH_OK)
		status = gauth_check_part(checker, key, prior, &gauth_type_string);
	if (status != GAUTH_OK)
		return status;
	node->failed = object->failed || key->failed || object->type == NULL;
	if (object->type == NULL)
		return GAUTH_OK;
	if (node->kind == GAUTH_EXPR_GET_TAG)
		return check_get_tag(checker, node, prior);

	node->type = &gauth_type_bool;
	if (!may_have_tags(object->type))
		node->type = &gauth_type_false;
	else if (holds(checker, node, prior))
		node->type = &gauth_type_true;
	vouch(checker, node, found);
	return GAUTH_OK;
}

/*
 * gauth_check_access
 *		Getting an attribute or a tag, or asking whether it is there.
 */
GauthStatus
gauth_check_access(GauthChecker *checker, GauthCheckNode *node,
				   const uint64_t *prior, GauthCapabilities found)
{
	if (node->kind == GAUTH_EXPR_GET_ATTR ||
		node->kind == GAUTH_EXPR_HAS_ATTR)
		return check_attribute(checker, node, prior, found);
	return check_tag(checker, node, prior, found);
}
