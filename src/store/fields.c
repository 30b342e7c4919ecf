/*
 * fields.c
 *		A Cedar record in the making.
 */
#include "store/fields.h"

#include "poa/credential.h"

/*
 * gauth_field_set
 *		Fill a field; the name has to live as long as the record.
 */
void
gauth_field_set(GauthField *field, const char *name, GauthValue value)
{
	field->name = name;
	field->name_len = (uint32_t) strlen(name);
	field->name_hash = gauth_name_hash(gauth_span_of(name));
	field->value = value;
}

/*
 * gauth_fields_add
 *		One member more; the name has to live as long as the record.
 */
void
gauth_fields_add(GauthFields *fields, const char *name, GauthValue value)
{
	Assert(fields->count < GAUTH_FIELDS_MAX);
	gauth_field_set(&fields->fields[fields->count++], name, value);
}

/*
 * gauth_fields_add_text
 *		A member unless the text is empty.
 */
void
gauth_fields_add_text(GauthFields *fields, const char *name, GauthSpan text)
{
	if (text.len > 0)
		gauth_fields_add(fields, name, gauth_value_string(text));
}

/*
 * gauth_fields_add_number
 *		A member unless the number is GAUTH_ABSENT.
 */
void
gauth_fields_add_number(GauthFields *fields, const char *name, int64 number)
{
	if (number != GAUTH_ABSENT)
		gauth_fields_add(fields, name, gauth_value_long(number));
}

/*
 * gauth_fields_add_texts
 *		A set of strings.
 */
void
gauth_fields_add_texts(GauthFields *fields, const char *name,
					   const GauthSpan *texts, uint32 count)
{
	GauthValue *items = gauth_arena_array(fields->arena, count,
										  sizeof(GauthValue));
	GauthValue	set;
	uint32		i;
	GauthStatus status;

	if (items == NULL)
	{
		fields->status = GAUTH_OUT_OF_MEMORY;
		return;
	}
	for (i = 0; i < count; i++)
		items[i] = gauth_value_string(texts[i]);
	status = gauth_set_make(fields->arena, items, count, &set, NULL);
	if (status == GAUTH_OK)
		gauth_fields_add(fields, name, set);
	else
		fields->status = status;
}

/*
 * gauth_fields_finish
 *		The record, in the arena.
 */
GauthStatus
gauth_fields_finish(GauthFields *fields, const GauthRecord **record)
{
	GauthField *copies = gauth_arena_array(fields->arena, fields->count,
										   sizeof(GauthField));
	GauthValue	value;
	GauthStatus status = fields->status;

	if (status == GAUTH_OK && copies == NULL)
		status = GAUTH_OUT_OF_MEMORY;
	if (status != GAUTH_OK)
		return status;
	if (fields->count > 0)
		memcpy(copies, fields->fields, sizeof(GauthField) * fields->count);
	status = gauth_record_make(fields->arena, copies, fields->count, &value,
							   NULL);
	if (status == GAUTH_OK)
		*record = value.record;
	return status;
}
