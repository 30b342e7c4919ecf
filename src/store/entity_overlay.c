/*
 * entity_overlay.c
 *		What a request says of entities, as far as it may.
 *
 * A request brings nothing along unless gauth.request_attribute names type
 * and attribute; all the rest of what it says is not looked at.
 */
#include "store/entity_overlay.h"

#include "policy/validate_request.h"

/* may a request give this attribute? */
static bool
is_allowed(const GauthOverlay *overlay, GauthSpan type,
		   const GauthField *field)
{
	const GauthEntityMemory *remembered = overlay->remembered;
	GauthSpan	name = gauth_span(field->name, field->name_len);
	uint32		i;

	for (i = 0; i < remembered->attribute_count; i++)
	{
		const GauthRequestAttribute *allowed = &remembered->attributes[i];

		if (gauth_span_equal(allowed->attribute, name) &&
			gauth_span_equal(allowed->entity_type, type))
			return true;
	}
	return false;
}

static GauthStatus
check_brought(const GauthOverlay *overlay, GauthSpan type,
			  const GauthField *field, GauthError *err)
{
	const GauthSchema *schema = overlay->schema;
	const GauthEntityType *declared;
	const GauthAttribute *attribute = NULL;

	if (schema == NULL)
		return GAUTH_OK;
	declared = gauth_schema_find_type(schema, type);
	if (declared != NULL)
		attribute = gauth_type_find_attribute(declared->shape,
											  gauth_span(field->name,
														 field->name_len));
	if (attribute == NULL)
		return gauth_fail(err, GAUTH_INVALID_VALUE, "an attribute of the "
						  "request is not declared");
	return gauth_validate_value(schema, field->value, attribute->type, err);
}

/* what is allowed of the brought attributes comes first in "fields" */
static GauthStatus
take_brought(const GauthOverlay *overlay, GauthField *fields, uint32_t *count,
			 GauthError *err)
{
	GauthSpan	type = gauth_uid_type(overlay->brought->uid);
	const GauthRecord *attributes = overlay->brought->attributes;
	GauthStatus status = GAUTH_OK;
	uint32_t	i;

	*count = 0;
	for (i = 0; i < attributes->count && status == GAUTH_OK; i++)
	{
		if (!is_allowed(overlay, type, &attributes->fields[i]))
			continue;
		status = check_brought(overlay, type, &attributes->fields[i], err);
		fields[(*count)++] = attributes->fields[i];
	}
	return status;
}

static bool
is_replaced(const GauthField *fields, uint32_t count, const GauthField *field)
{
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		if (fields[i].name_hash == field->name_hash &&
			fields[i].name_len == field->name_len &&
			memcmp(fields[i].name, field->name, field->name_len) == 0)
			return true;
	}
	return false;
}

/*
 * gauth_entity_overlay
 *		Lay the attributes of the request over those of the tables.  Who is in
 *		no table exists if the request may say anything of it.  Parents and
 *		tags never come from a request.
 *
 * Errors: GAUTH_INVALID_VALUE when an attribute does not fit the schema;
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_entity_overlay(const GauthOverlay *overlay, GauthEntityNode *node,
					 GauthError *err)
{
	const GauthRecord *stored = node->exists ? node->entity.attributes :
	&gauth_empty_record;
	GauthField *fields;
	GauthValue	record;
	uint32_t	given;
	uint32_t	count;
	uint32_t	i;
	GauthStatus status;

	fields = gauth_arena_array(overlay->arena, stored->count +
							   overlay->brought->attributes->count,
							   sizeof(GauthField));
	if (fields == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "entity");
	status = take_brought(overlay, fields, &given, err);
	if (status != GAUTH_OK || given == 0)
		return status;
	count = given;
	for (i = 0; i < stored->count; i++)
	{
		if (!is_replaced(fields, given, &stored->fields[i]))
			fields[count++] = stored->fields[i];
	}
	status = gauth_record_make(overlay->arena, fields, count, &record, err);
	if (status != GAUTH_OK)
		return status;
	node->entity.attributes = record.record;
	if (!node->exists)
		node->entity.tags = &gauth_empty_record;
	node->exists = true;
	return GAUTH_OK;
}
