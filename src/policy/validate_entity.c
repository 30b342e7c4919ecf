/*
 * validate_entity.c
 *		Do entities fit a schema?
 *
 * Cedar documentation, "Validating entities"; cedar-spec,
 * Validation/RequestEntityValidator.  Ancestors are looked at, not only
 * parents, so an entity has to come from a closed store.
 */
#include "policy/validate_entity.h"

#include "policy/validate_request.h"

static GauthStatus
fail_type(GauthError *err, GauthSpan type, const char *problem)
{
	return gauth_fail_format(err, GAUTH_INVALID_VALUE, 0,
							 "entity type \"%.*s\": %s",
							 GAUTH_SCHEMA_SHOW(type), problem);
}

/* an action is as the schema declares it: its groups and nothing else */
static GauthStatus
validate_action(const GauthSchema *schema, const GauthEntity *entity,
				GauthError *err)
{
	const GauthSchemaAction *action = gauth_schema_find_action(schema,
															   entity->uid);
	GauthSpan	name = gauth_uid_type(entity->uid);
	uint32_t	i;

	if (action == NULL)
		return fail_type(err, name, "no such action is declared");
	if (entity->attributes->count > 0 || entity->tags->count > 0)
		return fail_type(err, name, "actions have no attributes and no tags");
	if (entity->ancestor_count != action->ancestor_count)
		return fail_type(err, name, "an action's groups are not those that "
						 "the schema declares");
	for (i = 0; i < entity->ancestor_count; i++)
	{
		const GauthSchemaAction *group =
		gauth_schema_find_action(schema, entity->ancestors[i]);

		if (group == NULL || !gauth_schema_action_is_in(action, group))
			return fail_type(err, name, "an action's groups are not those "
							 "that the schema declares");
	}
	return GAUTH_OK;
}

static GauthStatus
validate_ancestors(const GauthSchema *schema, const GauthEntityType *type,
				   const GauthEntity *entity, GauthError *err)
{
	uint32_t	i;

	for (i = 0; i < entity->ancestor_count; i++)
	{
		const GauthUid *uid = entity->ancestors[i];
		const GauthEntityType *upper =
		gauth_schema_find_type(schema, gauth_uid_type(uid));
		GauthStatus status;

		if (upper == NULL || !gauth_entity_type_has_ancestor(type, upper))
			return fail_type(err, type->name, "an ancestor is of a type that "
							 "is not declared as one");
		status = gauth_validate_uid(schema, uid, err);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

static GauthStatus
validate_tags(const GauthSchema *schema, const GauthEntityType *type,
			  const GauthRecord *tags, GauthError *err)
{
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	if (type->tags == NULL && tags->count > 0)
		return fail_type(err, type->name, "it has no tags");
	for (i = 0; i < tags->count && status == GAUTH_OK; i++)
		status = gauth_validate_value(schema, tags->fields[i].value,
									  type->tags, err);
	return status;
}

/*
 * gauth_validate_entity
 *		Does an entity of a closed store have a declared type, the type's
 *		attributes and tags, and ancestors of types that may be above it?
 *
 * Errors: GAUTH_INVALID_VALUE.
 */
GauthStatus
gauth_validate_entity(const GauthSchema *schema, const GauthEntity *entity,
					  GauthError *err)
{
	GauthSpan	name = gauth_uid_type(entity->uid);
	const GauthEntityType *type;
	GauthStatus status;

	if (gauth_schema_is_action_type(name))
		return validate_action(schema, entity, err);
	type = gauth_schema_find_type(schema, name);
	if (type == NULL)
		return fail_type(err, name, "it is not declared");
	status = gauth_validate_uid(schema, entity->uid, err);
	if (status == GAUTH_OK)
		status = gauth_validate_record(schema, entity->attributes,
									   type->shape, err);
	if (status == GAUTH_OK)
		status = validate_ancestors(schema, type, entity, err);
	if (status == GAUTH_OK)
		status = validate_tags(schema, type, entity->tags, err);
	return status;
}

/*
 * gauth_validate_entities
 *		gauth_validate_entity for each entity of a closed store.
 *
 * Errors: GAUTH_INVALID_VALUE, for the first that does not fit.
 */
GauthStatus
gauth_validate_entities(const GauthSchema *schema,
						const GauthEntityStore *store, GauthError *err)
{
	uint32_t	count = gauth_entity_store_count(store);
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	for (i = 0; i < count && status == GAUTH_OK; i++)
		status = gauth_validate_entity(schema,
									   gauth_entity_store_at(store, i), err);
	return status;
}
