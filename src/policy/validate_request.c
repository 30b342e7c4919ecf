/*
 * validate_request.c
 *		Do requests, contexts and values fit a schema?
 *
 * Cedar documentation, "Validating requests"; cedar-spec,
 * Validation/RequestEntityValidator.
 */
#include "policy/validate_request.h"

static GauthStatus
fail_name(GauthError *err, const char *format, GauthSpan name)
{
	char		shown[GAUTH_SCHEMA_NAME_MAX + 1];
	size_t		len = name.len < GAUTH_SCHEMA_NAME_MAX ? name.len :
	GAUTH_SCHEMA_NAME_MAX;

	if (len > 0)
		memcpy(shown, name.data, len);
	shown[len] = '\0';
	return gauth_fail_format(err, GAUTH_INVALID_VALUE, 0, format, shown);
}

/*
 * gauth_validate_uid
 *		May there be such an entity?  Enumerated types list their ids, and
 *		actions are those that the schema declares; of other types any id
 *		may be.  A type that the schema does not know passes: who holds the
 *		uid against a type finds that.
 *
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_validate_uid(const GauthSchema *schema, const GauthUid *uid,
				   GauthError *err)
{
	GauthSpan	name = gauth_uid_type(uid);
	const GauthEntityType *type;

	if (gauth_schema_is_action_type(name))
		return gauth_schema_find_action(schema, uid) != NULL ? GAUTH_OK :
			fail_name(err, "an action of type \"%s\" that the schema does "
					  "not declare", name);
	type = gauth_schema_find_type(schema, name);
	if (type != NULL && !gauth_entity_type_allows_id(type, gauth_uid_id(uid)))
		return fail_name(err, "an id that the enumerated type \"%s\" does "
						 "not list", name);
	return GAUTH_OK;
}

static GauthStatus
fail_kind(GauthError *err, const char *expected, GauthValue value)
{
	GauthValueKind kind = (GauthValueKind) value.kind;

	return gauth_fail_format(err, GAUTH_INVALID_VALUE, 0,
							 "expected %s, found %s", expected,
							 gauth_value_kind_name(kind));
}

static GauthStatus
validate_entity_value(const GauthSchema *schema, GauthValue value,
					  const GauthType *type, GauthError *err)
{
	uint32_t	i;

	if (value.kind != GAUTH_VALUE_ENTITY)
		return fail_kind(err, "an entity", value);
	for (i = 0; i < type->count; i++)
	{
		if (gauth_uid_has_type(value.uid, type->entities[i]->name))
			return gauth_validate_uid(schema, value.uid, err);
	}
	return fail_name(err, "expected an entity of type \"%s\"",
					 type->entities[0]->name);
}

static GauthStatus
validate_set(const GauthSchema *schema, GauthValue value,
			 const GauthType *type, GauthError *err)
{
	uint32_t	i;

	if (value.kind != GAUTH_VALUE_SET)
		return fail_kind(err, "a set", value);
	for (i = 0; i < value.set->count; i++)
	{
		GauthStatus status = gauth_validate_value(schema,
												  value.set->items[i],
												  type->element, err);

		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

/* kinds of values without parts, by kind of type */
static bool
matches_simple(GauthValue value, const GauthType *type, const char **expected)
{
	static const struct
	{
		uint8_t		type;
		uint8_t		value;
		const char *name;
	}			simple[] = {
		{GAUTH_TYPE_BOOL, GAUTH_VALUE_BOOL, "Bool"},
		{GAUTH_TYPE_LONG, GAUTH_VALUE_LONG, "Long"},
		{GAUTH_TYPE_STRING, GAUTH_VALUE_STRING, "String"},
		{GAUTH_TYPE_DECIMAL, GAUTH_VALUE_DECIMAL, "decimal"},
		{GAUTH_TYPE_IPADDR, GAUTH_VALUE_IPADDR, "ipaddr"},
		{GAUTH_TYPE_DATETIME, GAUTH_VALUE_DATETIME, "datetime"},
		{GAUTH_TYPE_DURATION, GAUTH_VALUE_DURATION, "duration"}
	};
	size_t		i;

	*expected = "nothing";
	for (i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
	{
		if (simple[i].type != type->kind)
			continue;
		*expected = simple[i].name;
		return simple[i].value == value.kind;
	}
	return false;
}

/*
 * gauth_validate_value
 *		Does a value have a type of the schema?
 *
 * The recursion follows the type, whose height the schema's reader limits.
 *
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_validate_value(const GauthSchema *schema, GauthValue value,
					 const GauthType *type, GauthError *err)
{
	const char *expected;

	if (type->kind == GAUTH_TYPE_ENTITY)
		return validate_entity_value(schema, value, type, err);
	if (type->kind == GAUTH_TYPE_SET)
		return validate_set(schema, value, type, err);
	if (type->kind == GAUTH_TYPE_RECORD)
		return value.kind != GAUTH_VALUE_RECORD ?
			fail_kind(err, "a record", value) :
			gauth_validate_record(schema, value.record, type, err);
	if (matches_simple(value, type, &expected))
		return GAUTH_OK;
	return fail_kind(err, expected, value);
}

/*
 * gauth_validate_record
 *		Does a record have a record type: all attributes that are required,
 *		none that is not declared, each of its type?
 *
 * Both are sorted by name, so one walk over both is enough.
 *
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_validate_record(const GauthSchema *schema, const GauthRecord *record,
					  const GauthType *type, GauthError *err)
{
	uint32_t	i = 0;
	uint32_t	j = 0;

	while (i < record->count || j < type->count)
	{
		const GauthField *field = i < record->count ? &record->fields[i] :
		NULL;
		const GauthAttribute *attribute = j < type->count ?
		&type->attributes[j] : NULL;
		int			order = field == NULL ? 1 : attribute == NULL ? -1 :
		gauth_span_compare(gauth_span(field->name, field->name_len),
						   attribute->name);
		GauthStatus status;

		if (order < 0)
			return fail_name(err, "attribute \"%s\" is not declared",
							 gauth_span(field->name, field->name_len));
		if (order > 0)
		{
			if (attribute->required)
				return fail_name(err, "attribute \"%s\" is missing",
								 attribute->name);
			j++;
			continue;
		}
		status = gauth_validate_value(schema, field->value, attribute->type,
									  err);
		if (status != GAUTH_OK)
			return status;
		i++;
		j++;
	}
	return GAUTH_OK;
}

/*
 * gauth_validate_context
 *		Is this a context for the action?
 *
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_validate_context(const GauthSchema *schema,
					   const GauthSchemaAction *action,
					   const GauthRecord *context, GauthError *err)
{
	return gauth_validate_record(schema, context, action->context, err);
}

/* a principal or a resource; "*type" is its type */
static GauthStatus
validate_party(const GauthSchema *schema, const GauthUid *uid,
			   const char *unknown, const GauthEntityType **type,
			   GauthError *err)
{
	*type = gauth_schema_find_type(schema, gauth_uid_type(uid));
	if (*type == NULL || (*type)->kind == GAUTH_ENTITY_ACTION)
		return fail_name(err, unknown, gauth_uid_type(uid));
	return gauth_validate_uid(schema, uid, err);
}

/*
 * gauth_validate_request
 *		Is this a request that the schema allows: types that it declares, an
 *		action that applies to them, the action's context?
 *
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_validate_request(const GauthSchema *schema, const GauthRequest *request,
					   GauthError *err)
{
	const GauthSchemaAction *action;
	const GauthEntityType *principal;
	const GauthEntityType *resource;
	GauthStatus status;

	status = validate_party(schema, request->principal,
							"the principal's type \"%s\" is not declared",
							&principal, err);
	if (status == GAUTH_OK)
		status = validate_party(schema, request->resource,
								"the resource's type \"%s\" is not declared",
								&resource, err);
	if (status != GAUTH_OK)
		return status;
	action = gauth_schema_find_action(schema, request->action);
	if (action == NULL)
		return gauth_fail(err, GAUTH_INVALID_VALUE,
						  "the action is not declared");
	if (!gauth_schema_action_applies(action, principal, NULL))
		return fail_name(err, "the action does not apply to principals of "
						 "type \"%s\"", principal->name);
	if (!gauth_schema_action_applies(action, NULL, resource))
		return fail_name(err, "the action does not apply to resources of "
						 "type \"%s\"", resource->name);
	return gauth_validate_context(schema, action, request->context, err);
}
