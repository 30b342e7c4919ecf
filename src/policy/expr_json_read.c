/*
 * expr_json_read.c
 *		JsonExpr objects of Cedar's JSON policy format, and the values inside
 *		them.
 *
 * Recurses as deep as the JSON nests, which the caller limits along with the
 * height of the tree.
 */
#include "policy/expr_json.h"

#include "policy/entity_json.h"
#include "policy/policy_json.h"

typedef GauthStatus (*ReadItem) (GauthBuilder *builder, const GauthJson *json,
								 GauthExpr **expr);

static GauthStatus
fail(GauthBuilder *builder, const GauthJson *json, const char *detail)
{
	return gauth_fail_at(builder->err, GAUTH_INVALID_VALUE,
						 json == NULL ? 0 : json->offset, detail);
}

/*
 * gauth_word_is_identifier
 *		Is this a word that may name an annotation?  Reserved words may.
 */
bool
gauth_word_is_identifier(GauthSpan word)
{
	size_t		i;

	if (word.len == 0 || (word.data[0] >= '0' && word.data[0] <= '9'))
		return false;
	for (i = 0; i < word.len; i++)
	{
		char		c = word.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static GauthStatus
make(GauthBuilder *builder, GauthExprKind kind, const GauthJson *json,
	 GauthExpr **expr)
{
	return gauth_build_expr(builder, kind, json->offset, json->offset, expr);
}

/* a member that has to be there, as an expression below "parent" */
static GauthStatus
read_child(GauthBuilder *builder, const GauthJson *json, const char *name,
		   GauthExpr *parent, GauthExpr **child)
{
	const GauthJson *member = gauth_json_get(json, name);
	GauthStatus status;

	if (member == NULL)
		return fail(builder, json, "an operand is missing");
	status = gauth_expr_from_json(builder, member, child);
	return status != GAUTH_OK ? status :
		gauth_build_raise(builder, parent, *child);
}

/* the items of an array, each read by "read_item" */
static GauthStatus
read_items(GauthBuilder *builder, const GauthJson *json, ReadItem read_item,
		   GauthExpr *parent, GauthExpr ***items)
{
	const GauthJson *child;
	uint32_t	count = 0;
	GauthStatus status = GAUTH_OK;

	if (json->type != GAUTH_JSON_ARRAY)
		return fail(builder, json, "an array of expressions is expected");
	if (json->count > builder->limits->set_size)
		return gauth_fail_at(builder->err, GAUTH_LIMIT_EXCEEDED, json->offset,
							 "items of one set");
	*items = gauth_arena_array(builder->arena, json->count,
							   sizeof(GauthExpr *));
	if (*items == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next)
	{
		status = read_item(builder, child, &(*items)[count]);
		if (status == GAUTH_OK)
			status = gauth_build_raise(builder, parent, (*items)[count++]);
	}
	return status;
}

static GauthStatus
read_set(GauthBuilder *builder, const GauthJson *json, ReadItem read_item,
		 GauthExpr **expr)
{
	GauthStatus status = make(builder, GAUTH_EXPR_SET, json, expr);

	if (status != GAUTH_OK)
		return status;
	(*expr)->set.count = json->count;
	return read_items(builder, json, read_item, *expr, &(*expr)->set.items);
}

static GauthStatus
read_record(GauthBuilder *builder, const GauthJson *json, ReadItem read_item,
			GauthExpr **expr)
{
	GauthExprField *field;
	const GauthJson *child;
	GauthStatus status;

	if (json->type != GAUTH_JSON_OBJECT)
		return fail(builder, json, "a record is an object");
	if (json->count > builder->limits->set_size)
		return gauth_fail_at(builder->err, GAUTH_LIMIT_EXCEEDED, json->offset,
							 "fields of one record");
	status = make(builder, GAUTH_EXPR_RECORD, json, expr);
	if (status != GAUTH_OK)
		return status;
	field = gauth_arena_array(builder->arena, json->count, sizeof(*field));
	if (field == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	(*expr)->record.fields = field;
	(*expr)->record.count = json->count;
	for (child = json->first; child != NULL && status == GAUTH_OK;
		 child = child->next, field++)
	{
		field->name.text = child->name;
		field->name.offset = (uint32_t) child->offset;
		status = read_item(builder, child, &field->value);
		if (status == GAUTH_OK)
			status = gauth_build_raise(builder, *expr, field->value);
	}
	return status;
}

/* function: [arguments], in both forms of calls */
static GauthStatus
read_call(GauthBuilder *builder, const GauthJson *json, GauthSpan name,
		  ReadItem read_item, GauthExpr **expr)
{
	GauthFunction function;
	GauthStatus status;

	if (!gauth_function_find(name, &function))
		return fail(builder, json, "an operator or an extension function is "
					"expected");
	if (GAUTH_FUNCTION_IS_METHOD(function) && json->count == 0)
		return fail(builder, json, "a method has a receiver");
	status = make(builder, GAUTH_EXPR_CALL, json, expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->call.function = function;
	(*expr)->call.count = json->count;
	return read_items(builder, json, read_item, *expr, &(*expr)->call.args);
}

static GauthStatus read_value(GauthBuilder *builder, const GauthJson *json,
							  GauthExpr **expr);

/* {"fn": name, "arg": value}: a call with one literal argument */
static GauthStatus
read_extension(GauthBuilder *builder, const GauthJson *json, GauthExpr **expr)
{
	const GauthJson *name = gauth_json_get(json, "fn");
	const GauthJson *arg = gauth_json_get(json, "arg");
	const GauthJson *args = gauth_json_get(json, "args");
	GauthJson	list = {.type = GAUTH_JSON_ARRAY,.count = 1};
	GauthJson	only;

	if (name == NULL || name->type != GAUTH_JSON_STRING || json->count != 2 ||
		(arg == NULL && (args == NULL || args->type != GAUTH_JSON_ARRAY)))
		return fail(builder, json, "__extn has the members fn and arg");
	if (arg == NULL)
		return read_call(builder, args, name->text, read_value, expr);
	only = *arg;
	only.next = NULL;
	list.first = &only;
	list.offset = json->offset;
	return read_call(builder, &list, name->text, read_value, expr);
}

static GauthStatus
read_value_object(GauthBuilder *builder, const GauthJson *json,
				  GauthExpr **expr)
{
	const GauthJson *extension = gauth_json_get(json, "__extn");
	GauthStatus status;

	if (gauth_json_get(json, "__expr") != NULL)
		return fail(builder, json, "__expr is not supported");
	if (extension != NULL && json->count == 1)
		return read_extension(builder, extension, expr);
	if (extension != NULL)
		return fail(builder, json, "__extn stands alone");
	if (gauth_json_get(json, "__entity") == NULL)
		return read_record(builder, json, read_value, expr);
	status = make(builder, GAUTH_EXPR_ENTITY, json, expr);
	return status != GAUTH_OK ? status :
		gauth_uid_from_json(builder->arena, json, &(*expr)->uid, builder->err);
}

/* what stands behind "Value" */
static GauthStatus
read_value(GauthBuilder *builder, const GauthJson *json, GauthExpr **expr)
{
	GauthStatus status;

	switch (json->type)
	{
		case GAUTH_JSON_ARRAY:
			return read_set(builder, json, read_value, expr);
		case GAUTH_JSON_OBJECT:
			return read_value_object(builder, json, expr);
		case GAUTH_JSON_TRUE:
		case GAUTH_JSON_FALSE:
			status = make(builder, GAUTH_EXPR_BOOL, json, expr);
			if (status == GAUTH_OK)
				(*expr)->boolean = json->type == GAUTH_JSON_TRUE;
			return status;
		case GAUTH_JSON_STRING:
			status = make(builder, GAUTH_EXPR_STRING, json, expr);
			if (status == GAUTH_OK)
				(*expr)->text = json->text;
			return status;
		case GAUTH_JSON_NUMBER:
			status = make(builder, GAUTH_EXPR_LONG, json, expr);
			if (status == GAUTH_OK &&
				!gauth_json_to_int64(json, &(*expr)->number))
				return fail(builder, json, "a number is a 64-bit integer");
			return status;
		default:
			return fail(builder, json, "null is no value");
	}
}

static GauthStatus
read_variable(GauthBuilder *builder, const GauthJson *json, GauthExpr **expr)
{
	static const char *const names[] = {
		"principal", "action", "resource", "context"
	};
	unsigned	i;
	GauthStatus status;

	for (i = 0; i < 4; i++)
	{
		if (!gauth_json_is_string(json, names[i]))
			continue;
		status = make(builder, GAUTH_EXPR_VARIABLE, json, expr);
		if (status == GAUTH_OK)
			(*expr)->variable = (GauthVariable) i;
		return status;
	}
	return fail(builder, json, "Var is principal, action, resource or "
				"context");
}

/* "." and "has" */
static GauthStatus
read_access(GauthBuilder *builder, const GauthJson *json, GauthExprKind kind,
			GauthExpr **expr)
{
	const GauthJson *attribute = gauth_json_get(json, "attr");
	GauthName  *name = gauth_arena_alloc(builder->arena, sizeof(GauthName));
	GauthStatus status;

	if (name == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	if (attribute == NULL || attribute->type != GAUTH_JSON_STRING ||
		json->count != 2)
		return fail(builder, json, "left and attr are expected");
	name->text = attribute->text;
	name->offset = (uint32_t) attribute->offset;
	status = make(builder, kind, json, expr);
	if (status != GAUTH_OK)
		return status;
	(*expr)->access.path = name;
	(*expr)->access.path_len = 1;
	return read_child(builder, json, "left", *expr, &(*expr)->access.object);
}

/* one element of a pattern; writes it to "*out" */
static bool
read_pattern_part(const GauthJson *part, char **out)
{
	const GauthJson *literal = gauth_json_get(part, "Literal");

	if (gauth_json_is_string(part, "Wildcard"))
	{
		*(*out)++ = GAUTH_PATTERN_WILDCARD;
		return true;
	}
	if (literal == NULL || literal->type != GAUTH_JSON_STRING ||
		part->count != 1)
		return false;
	if (literal->text.len > 0)
		memcpy(*out, literal->text.data, literal->text.len);
	*out += literal->text.len;
	return true;
}

static GauthStatus
read_pattern(GauthBuilder *builder, const GauthJson *json, GauthSpan *pattern)
{
	const GauthJson *part;
	size_t		size = 0;
	char	   *out;

	if (json == NULL || json->type != GAUTH_JSON_ARRAY)
		return fail(builder, json, "pattern is an array");
	for (part = json->first; part != NULL; part = part->next)
	{
		const GauthJson *literal = gauth_json_get(part, "Literal");

		size += literal == NULL ? 1 : literal->text.len;
	}
	out = gauth_arena_alloc(builder->arena, size);
	if (out == NULL)
		return gauth_fail(builder->err, GAUTH_OUT_OF_MEMORY, "policy");
	pattern->data = out;
	for (part = json->first; part != NULL; part = part->next)
	{
		if (!read_pattern_part(part, &out))
			return fail(builder, part, "a part of a pattern is Wildcard or "
						"a Literal");
	}
	pattern->len = (size_t) (out - pattern->data);
	return GAUTH_OK;
}

static GauthStatus
read_like(GauthBuilder *builder, const GauthJson *json, GauthExpr **expr)
{
	GauthStatus status = make(builder, GAUTH_EXPR_LIKE, json, expr);

	if (status == GAUTH_OK)
		status = read_pattern(builder, gauth_json_get(json, "pattern"),
							  &(*expr)->like.pattern);
	return status != GAUTH_OK ? status :
		read_child(builder, json, "left", *expr, &(*expr)->like.object);
}

static GauthStatus
read_is(GauthBuilder *builder, const GauthJson *json, GauthExpr **expr)
{
	const GauthJson *type = gauth_json_get(json, "entity_type");
	GauthStatus status = make(builder, GAUTH_EXPR_IS, json, expr);

	if (status != GAUTH_OK)
		return status;
	if (type == NULL || type->type != GAUTH_JSON_STRING ||
		!gauth_type_name_is_valid(type->text))
		return fail(builder, json, "entity_type is the name of a type");
	(*expr)->is.type = type->text;
	status = read_child(builder, json, "left", *expr, &(*expr)->is.object);
	if (status == GAUTH_OK && gauth_json_get(json, "in") != NULL)
		status = read_child(builder, json, "in", *expr, &(*expr)->is.in);
	return status;
}

static GauthStatus
read_if(GauthBuilder *builder, const GauthJson *json, GauthExpr **expr)
{
	static const char *const names[] = {"if", "then", "else"};
	GauthStatus status = make(builder, GAUTH_EXPR_IF, json, expr);
	int			i;

	for (i = 0; i < 3 && status == GAUTH_OK; i++)
		status = read_child(builder, json, names[i], *expr,
							&(*expr)->args[i]);
	return status;
}

static GauthStatus
read_operator(GauthBuilder *builder, const GauthJson *json, GauthExprKind kind,
			  GauthExpr **expr)
{
	GauthStatus status = make(builder, kind, json, expr);

	if (status != GAUTH_OK)
		return status;
	if (json->count != gauth_expr_arity(kind))
		return fail(builder, json, "an operator has arg, or left and right");
	if (gauth_expr_arity(kind) == 1)
		return read_child(builder, json, "arg", *expr, &(*expr)->args[0]);
	status = read_child(builder, json, "left", *expr, &(*expr)->args[0]);
	return status != GAUTH_OK ? status :
		read_child(builder, json, "right", *expr, &(*expr)->args[1]);
}

/*
 * gauth_expr_from_json
 *		The tree of one JsonExpr object.
 *
 * Errors: GAUTH_INVALID_VALUE, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY,
 * with the offset in the JSON text.
 */
GauthStatus
gauth_expr_from_json(GauthBuilder *builder, const GauthJson *json,
					 GauthExpr **expr)
{
	const GauthJson *body = json->first;
	GauthExprKind kind;

	if (json->type != GAUTH_JSON_OBJECT || json->count != 1)
		return fail(builder, json, "an expression is an object with one "
					"member");
	if (gauth_span_is(body->name, "Value"))
		return read_value(builder, body, expr);
	if (gauth_span_is(body->name, "Var"))
		return read_variable(builder, body, expr);
	if (gauth_span_is(body->name, "Set"))
		return read_set(builder, body, gauth_expr_from_json, expr);
	if (gauth_span_is(body->name, "Record"))
		return read_record(builder, body, gauth_expr_from_json, expr);
	if (gauth_span_is(body->name, "."))
		return read_access(builder, body, GAUTH_EXPR_GET_ATTR, expr);
	if (gauth_span_is(body->name, "has"))
		return read_access(builder, body, GAUTH_EXPR_HAS_ATTR, expr);
	if (gauth_span_is(body->name, "like"))
		return read_like(builder, body, expr);
	if (gauth_span_is(body->name, "is"))
		return read_is(builder, body, expr);
	if (gauth_span_is(body->name, "if-then-else"))
		return read_if(builder, body, expr);
	if (gauth_expr_json_find(body->name, &kind))
		return read_operator(builder, body, kind, expr);
	return read_call(builder, body, body->name, gauth_expr_from_json, expr);
}
