/*
 * policy_json_write.c
 *		From the tree to Cedar's JSON policy format.
 *
 * The format has no "has" with a path; it is written as the conjunction that
 * it stands for, which repeats its object.  Hence the count of nodes that
 * are written is limited, not only that of the nodes that there are.
 */
#include "policy/policy_json.h"

typedef struct JsonWriter
{
	GauthText  *text;
	uint32_t	nodes_left;
} JsonWriter;

static const char *const operator_names[] = {
	[GAUTH_EXPR_AND] = "&&",
	[GAUTH_EXPR_OR] = "||",
	[GAUTH_EXPR_NOT] = "!",
	[GAUTH_EXPR_NEGATE] = "neg",
	[GAUTH_EXPR_EQ] = "==",
	[GAUTH_EXPR_NE] = "!=",
	[GAUTH_EXPR_LT] = "<",
	[GAUTH_EXPR_LE] = "<=",
	[GAUTH_EXPR_GT] = ">",
	[GAUTH_EXPR_GE] = ">=",
	[GAUTH_EXPR_IN] = "in",
	[GAUTH_EXPR_ADD] = "+",
	[GAUTH_EXPR_SUB] = "-",
	[GAUTH_EXPR_MUL] = "*",
	[GAUTH_EXPR_CONTAINS] = "contains",
	[GAUTH_EXPR_CONTAINS_ALL] = "containsAll",
	[GAUTH_EXPR_CONTAINS_ANY] = "containsAny",
	[GAUTH_EXPR_IS_EMPTY] = "isEmpty",
	[GAUTH_EXPR_GET_TAG] = "getTag",
	[GAUTH_EXPR_HAS_TAG] = "hasTag"
};

static void write_expr(JsonWriter *writer, const GauthExpr *expr);

/*
 * gauth_expr_json_name
 *		The key of an operator in the JSON format.
 */
const char *
gauth_expr_json_name(GauthExprKind kind)
{
	return operator_names[kind];
}

/*
 * gauth_expr_json_find
 *		The operator with this key; false when there is none.
 */
bool
gauth_expr_json_find(GauthSpan name, GauthExprKind *kind)
{
	unsigned	i;

	for (i = GAUTH_EXPR_AND; i <= GAUTH_EXPR_HAS_TAG; i++)
	{
		if (gauth_span_is(name, operator_names[i]))
		{
			*kind = (GauthExprKind) i;
			return true;
		}
	}
	return false;
}

static void
put(JsonWriter *writer, const char *part)
{
	gauth_text_append(writer->text, gauth_span_of(part));
}

static void
put_string(JsonWriter *writer, GauthSpan content)
{
	gauth_text_append_json_string(writer->text, content);
}

static void
write_uid(JsonWriter *writer, const GauthUid *uid)
{
	put(writer, "{\"type\":");
	put_string(writer, gauth_uid_type(uid));
	put(writer, ",\"id\":");
	put_string(writer, gauth_uid_id(uid));
	put(writer, "}");
}

static void
write_list(JsonWriter *writer, GauthExpr *const *items, uint32_t count)
{
	uint32_t	i;

	put(writer, "[");
	for (i = 0; i < count; i++)
	{
		if (i > 0)
			put(writer, ",");
		write_expr(writer, items[i]);
	}
	put(writer, "]");
}

static void
write_record(JsonWriter *writer, const GauthExpr *expr)
{
	uint32_t	i;

	put(writer, "{\"Record\":{");
	for (i = 0; i < expr->record.count; i++)
	{
		if (i > 0)
			put(writer, ",");
		put_string(writer, expr->record.fields[i].name.text);
		put(writer, ":");
		write_expr(writer, expr->record.fields[i].value);
	}
	put(writer, "}}");
}

static void
write_call(JsonWriter *writer, const GauthExpr *expr)
{
	put(writer, "{");
	put_string(writer,
			   gauth_span_of(gauth_function_name(expr->call.function)));
	put(writer, ":");
	write_list(writer, expr->call.args, expr->call.count);
	put(writer, "}");
}

/* object.path[0]. ... .path[steps - 1] */
static void
write_path(JsonWriter *writer, const GauthExpr *expr, uint32_t steps)
{
	uint32_t	i;

	for (i = 0; i < steps; i++)
		put(writer, "{\".\":{\"left\":");
	write_expr(writer, expr->access.object);
	for (i = 0; i < steps; i++)
	{
		put(writer, ",\"attr\":");
		put_string(writer, expr->access.path[i].text);
		put(writer, "}}");
	}
}

/* one "has" for each step of the path, joined from the left */
static void
write_has(JsonWriter *writer, const GauthExpr *expr)
{
	uint32_t	i;

	for (i = 1; i < expr->access.path_len; i++)
		put(writer, "{\"&&\":{\"left\":");
	for (i = 0; i < expr->access.path_len && !writer->text->failed; i++)
	{
		if (i > 0)
			put(writer, ",\"right\":");
		put(writer, "{\"has\":{\"left\":");
		write_path(writer, expr, i);
		put(writer, ",\"attr\":");
		put_string(writer, expr->access.path[i].text);
		put(writer, i > 0 ? "}}}}" : "}}");
	}
}

/* text between wildcards, and the wildcards */
static void
write_pattern(JsonWriter *writer, GauthSpan pattern)
{
	size_t		at = 0;

	put(writer, "[");
	while (at < pattern.len)
	{
		size_t		begin = at;

		if (begin > 0)
			put(writer, ",");
		while (at < pattern.len && pattern.data[at] != GAUTH_PATTERN_WILDCARD)
			at++;
		if (at == begin)
		{
			put(writer, "\"Wildcard\"");
			at++;
			continue;
		}
		put(writer, "{\"Literal\":");
		put_string(writer, gauth_span_slice(pattern, begin, at - begin));
		put(writer, "}");
	}
	put(writer, "]");
}

static void
write_like(JsonWriter *writer, const GauthExpr *expr)
{
	put(writer, "{\"like\":{\"left\":");
	write_expr(writer, expr->like.object);
	put(writer, ",\"pattern\":");
	write_pattern(writer, expr->like.pattern);
	put(writer, "}}");
}

static void
write_is(JsonWriter *writer, const GauthExpr *expr)
{
	put(writer, "{\"is\":{\"left\":");
	write_expr(writer, expr->is.object);
	put(writer, ",\"entity_type\":");
	put_string(writer, expr->is.type);
	if (expr->is.in != NULL)
	{
		put(writer, ",\"in\":");
		write_expr(writer, expr->is.in);
	}
	put(writer, "}}");
}

static void
write_if(JsonWriter *writer, const GauthExpr *expr)
{
	put(writer, "{\"if-then-else\":{\"if\":");
	write_expr(writer, expr->args[0]);
	put(writer, ",\"then\":");
	write_expr(writer, expr->args[1]);
	put(writer, ",\"else\":");
	write_expr(writer, expr->args[2]);
	put(writer, "}}");
}

static void
write_operator(JsonWriter *writer, const GauthExpr *expr)
{
	bool		unary = gauth_expr_arity(expr->kind) == 1;

	put(writer, "{");
	put_string(writer, gauth_span_of(operator_names[expr->kind]));
	put(writer, unary ? ":{\"arg\":" : ":{\"left\":");
	write_expr(writer, expr->args[0]);
	if (!unary)
	{
		put(writer, ",\"right\":");
		write_expr(writer, expr->args[1]);
	}
	put(writer, "}}");
}

static void
write_leaf(JsonWriter *writer, const GauthExpr *expr)
{
	static const char *const variables[] = {
		"{\"Var\":\"principal\"}", "{\"Var\":\"action\"}",
		"{\"Var\":\"resource\"}", "{\"Var\":\"context\"}"
	};

	if (expr->kind == GAUTH_EXPR_VARIABLE)
	{
		put(writer, variables[expr->variable]);
		return;
	}
	put(writer, "{\"Value\":");
	if (expr->kind == GAUTH_EXPR_BOOL)
		put(writer, expr->boolean ? "true" : "false");
	else if (expr->kind == GAUTH_EXPR_LONG)
		gauth_text_append_int64(writer->text, expr->number);
	else if (expr->kind == GAUTH_EXPR_STRING)
		put_string(writer, expr->text);
	else
	{
		put(writer, "{\"__entity\":");
		write_uid(writer, expr->uid);
		put(writer, "}");
	}
	put(writer, "}");
}

static void
write_expr(JsonWriter *writer, const GauthExpr *expr)
{
	if (writer->nodes_left == 0 || writer->text->failed)
		return;
	writer->nodes_left--;

	switch ((GauthExprKind) expr->kind)
	{
		case GAUTH_EXPR_BOOL:
		case GAUTH_EXPR_LONG:
		case GAUTH_EXPR_STRING:
		case GAUTH_EXPR_ENTITY:
		case GAUTH_EXPR_VARIABLE:
			write_leaf(writer, expr);
			return;
		case GAUTH_EXPR_IF:
			write_if(writer, expr);
			return;
		case GAUTH_EXPR_GET_ATTR:
			write_path(writer, expr, 1);
			return;
		case GAUTH_EXPR_HAS_ATTR:
			write_has(writer, expr);
			return;
		case GAUTH_EXPR_LIKE:
			write_like(writer, expr);
			return;
		case GAUTH_EXPR_IS:
			write_is(writer, expr);
			return;
		case GAUTH_EXPR_SET:
			put(writer, "{\"Set\":");
			write_list(writer, expr->set.items, expr->set.count);
			put(writer, "}");
			return;
		case GAUTH_EXPR_RECORD:
			write_record(writer, expr);
			return;
		case GAUTH_EXPR_CALL:
			write_call(writer, expr);
			return;
		default:
			write_operator(writer, expr);
			return;
	}
}

static void
write_uid_or_slot(JsonWriter *writer, const char *slot,
				  const GauthScope *scope)
{
	if (scope->slot)
	{
		put(writer, "\"slot\":\"");
		put(writer, slot);
		put(writer, "\"");
		return;
	}
	put(writer, "\"entity\":");
	write_uid(writer, scope->uid);
}

static void
write_scope(JsonWriter *writer, const char *slot, const GauthScope *scope)
{
	uint32_t	i;

	switch (scope->kind)
	{
		case GAUTH_SCOPE_ANY:
			put(writer, "{\"op\":\"All\"}");
			return;
		case GAUTH_SCOPE_EQ:
		case GAUTH_SCOPE_IN:
			put(writer, scope->kind == GAUTH_SCOPE_EQ ?
				"{\"op\":\"==\"," : "{\"op\":\"in\",");
			write_uid_or_slot(writer, slot, scope);
			put(writer, "}");
			return;
		case GAUTH_SCOPE_IN_SET:
			put(writer, "{\"op\":\"in\",\"entities\":[");
			for (i = 0; i < scope->uid_count; i++)
			{
				if (i > 0)
					put(writer, ",");
				write_uid(writer, scope->uids[i]);
			}
			put(writer, "]}");
			return;
		default:
			put(writer, "{\"op\":\"is\",\"entity_type\":");
			put_string(writer, scope->type);
			if (scope->kind == GAUTH_SCOPE_IS_IN)
			{
				put(writer, ",\"in\":{");
				write_uid_or_slot(writer, slot, scope);
				put(writer, "}");
			}
			put(writer, "}");
			return;
	}
}

static void
write_annotations(JsonWriter *writer, const GauthPolicy *policy)
{
	uint32_t	i;

	put(writer, ",\"annotations\":{");
	for (i = 0; i < policy->annotation_count; i++)
	{
		if (i > 0)
			put(writer, ",");
		put_string(writer, policy->annotations[i].name);
		put(writer, ":");
		if (policy->annotations[i].has_value)
			put_string(writer, policy->annotations[i].value);
		else
			put(writer, "null");
	}
	put(writer, "}");
}

static void
write_policy(JsonWriter *writer, const GauthPolicy *policy)
{
	uint32_t	i;

	put(writer, policy->effect == GAUTH_EFFECT_PERMIT ?
		"{\"effect\":\"permit\",\"principal\":" :
		"{\"effect\":\"forbid\",\"principal\":");
	write_scope(writer, "?principal", &policy->principal);
	put(writer, ",\"action\":");
	write_scope(writer, "?action", &policy->action);
	put(writer, ",\"resource\":");
	write_scope(writer, "?resource", &policy->resource);
	put(writer, ",\"conditions\":[");
	for (i = 0; i < policy->condition_count; i++)
	{
		if (i > 0)
			put(writer, ",");
		put(writer, policy->conditions[i].unless ?
			"{\"kind\":\"unless\",\"body\":" : "{\"kind\":\"when\",\"body\":");
		write_expr(writer, policy->conditions[i].expr);
		put(writer, "}");
	}
	put(writer, "]");
	if (policy->annotation_count > 0)
		write_annotations(writer, policy);
	put(writer, "}");
}

static GauthStatus
finish(const JsonWriter *writer, GauthError *err)
{
	if (writer->text->failed)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "JSON policy");
	if (writer->nodes_left == 0)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "JSON policy");
	return GAUTH_OK;
}

/*
 * gauth_policy_to_json
 *		Write one policy or template.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_policy_to_json(GauthText *text, const GauthPolicy *policy,
					 const GauthPolicyLimits *limits, GauthError *err)
{
	JsonWriter	writer = {text, limits->nodes};

	write_policy(&writer, policy);
	return finish(&writer, err);
}

static bool
is_link(const GauthPolicy *policy)
{
	return policy->template_id.len > 0;
}

/* policies by id: the links, or all others */
static void
write_policies(JsonWriter *writer, const GauthPolicy *policy)
{
	bool		is_first = true;

	for (; policy != NULL && !writer->text->failed; policy = policy->next)
	{
		if (is_link(policy))
			continue;
		if (!is_first)
			put(writer, ",");
		is_first = false;
		put_string(writer, policy->id);
		put(writer, ":");
		write_policy(writer, policy);
	}
}

static void
write_slot_value(JsonWriter *writer, const char *slot,
				 const GauthScope *filled, const GauthScope *template,
				 bool *is_first)
{
	if (!template->slot)
		return;
	if (!*is_first)
		put(writer, ",");
	*is_first = false;
	put_string(writer, gauth_span_of(slot));
	put(writer, ":");
	write_uid(writer, filled->uid);
}

static void
write_link(JsonWriter *writer, const GauthPolicy *link,
		   const GauthPolicy *template)
{
	bool		is_first = true;

	for (; template != NULL; template = template->next)
	{
		if (gauth_span_equal(template->id, link->template_id))
			break;
	}
	put(writer, "{\"templateId\":");
	put_string(writer, link->template_id);
	put(writer, ",\"newId\":");
	put_string(writer, link->id);
	put(writer, ",\"values\":{");
	if (template != NULL)
	{
		write_slot_value(writer, "?principal", &link->principal,
						 &template->principal, &is_first);
		write_slot_value(writer, "?resource", &link->resource,
						 &template->resource, &is_first);
	}
	put(writer, "}}");
}

/*
 * gauth_policy_list_to_json
 *		Write a policy set: static policies, templates, links.
 *
 * Errors: GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_policy_list_to_json(GauthText *text, const GauthPolicyList *list,
						  const GauthPolicyLimits *limits, GauthError *err)
{
	JsonWriter	writer = {text, limits->nodes};
	const GauthPolicy *policy;
	bool		is_first = true;

	put(&writer, "{\"staticPolicies\":{");
	write_policies(&writer, list->policies);
	put(&writer, "},\"templates\":{");
	write_policies(&writer, list->templates);
	put(&writer, "},\"templateLinks\":[");
	for (policy = list->policies; policy != NULL; policy = policy->next)
	{
		if (!is_link(policy))
			continue;
		if (!is_first)
			put(&writer, ",");
		is_first = false;
		write_link(&writer, policy, list->templates);
	}
	put(&writer, "]}");
	return finish(&writer, err);
}
