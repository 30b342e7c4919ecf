/*
 * entity_json_write.c
 *		Entities as Cedar's JSON, in one form.
 *
 * Cedar documentation, "Entities and context syntax".  Entity references and
 * extension values are written with their escapes, so that what is written
 * reads back as the same without a schema and under every schema.  Ancestors
 * are not written: they follow from the parents of everybody.
 */
#include "policy/entity_json_write.h"

#include <stdio.h>

#include "policy/extension.h"

/* milliseconds at which the years 0001 and 10000 begin */
#define FIRST_WRITTEN	INT64_C(-62135596800000)
#define END_WRITTEN		INT64_C(253402300800000)

static void write_value(GauthText *text, GauthValue value);

static void
write_uid(GauthText *text, const GauthUid *uid)
{
	gauth_text_append(text, GAUTH_SPAN("{\"type\":"));
	gauth_text_append_json_string(text, gauth_uid_type(uid));
	gauth_text_append(text, GAUTH_SPAN(",\"id\":"));
	gauth_text_append_json_string(text, gauth_uid_id(uid));
	gauth_text_append_char(text, '}');
}

static void
write_extension(GauthText *text, const char *function, const char *argument)
{
	gauth_text_append(text, GAUTH_SPAN("{\"__extn\":{\"fn\":"));
	gauth_text_append_json_string(text, gauth_span_of(function));
	gauth_text_append(text, GAUTH_SPAN(",\"arg\":"));
	gauth_text_append_json_string(text, gauth_span_of(argument));
	gauth_text_append(text, GAUTH_SPAN("}}"));
}

/*
 * The day's date in the proleptic Gregorian calendar; years count from March,
 * which puts the leap day at their end.
 */
static void
split_day(int64_t day, int *year, int *month, int *day_of_month)
{
	int64_t		shifted = day + 719468;
	int64_t		era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int			of_era = (int) (shifted - era * 146097);
	int			years = (of_era - of_era / 1460 + of_era / 36524 -
						 of_era / 146096) / 365;
	int			of_year = of_era - (365 * years + years / 4 - years / 100);
	int			months = (5 * of_year + 2) / 153;

	*day_of_month = of_year - (153 * months + 2) / 5 + 1;
	*month = months < 10 ? months + 3 : months - 9;
	*year = (int) (era * 400) + years + (*month <= 2 ? 1 : 0);
}

/* a year of four digits has a text; all others are so far from 1970 */
static void
write_datetime(GauthText *text, int64_t datetime)
{
	char		buffer[GAUTH_EXTENSION_TEXT_MAX];
	int64_t		rest = gauth_datetime_to_time(datetime);
	int			time = (int) rest;
	int			year;
	int			month;
	int			day;

	if (datetime < FIRST_WRITTEN || datetime >= END_WRITTEN)
	{
		gauth_text_append(text, GAUTH_SPAN("{\"__extn\":{\"fn\":\"offset\","
										   "\"args\":["));
		write_extension(text, "datetime", "1970-01-01");
		gauth_text_append_char(text, ',');
		(void) gauth_duration_write(datetime, buffer);
		write_extension(text, "duration", buffer);
		gauth_text_append(text, GAUTH_SPAN("]}}"));
		return;
	}
	split_day((datetime - rest) / GAUTH_DAY_MILLISECONDS, &year, &month, &day);
	(void) snprintf(buffer, sizeof(buffer),
					"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day,
					time / 3600000, time / 60000 % 60, time / 1000 % 60,
					time % 1000);
	write_extension(text, "datetime", buffer);
}

static void
write_set(GauthText *text, const GauthSet *set)
{
	uint32_t	i;

	gauth_text_append_char(text, '[');
	for (i = 0; i < set->count; i++)
	{
		if (i > 0)
			gauth_text_append_char(text, ',');
		write_value(text, set->items[i]);
	}
	gauth_text_append_char(text, ']');
}

static void
write_record(GauthText *text, const GauthRecord *record)
{
	uint32_t	i;

	gauth_text_append_char(text, '{');
	for (i = 0; i < record->count; i++)
	{
		const GauthField *field = &record->fields[i];

		if (i > 0)
			gauth_text_append_char(text, ',');
		gauth_text_append_json_string(text, gauth_span(field->name,
													   field->name_len));
		gauth_text_append_char(text, ':');
		write_value(text, field->value);
	}
	gauth_text_append_char(text, '}');
}

static void
write_scalar(GauthText *text, GauthValue value)
{
	char		buffer[GAUTH_EXTENSION_TEXT_MAX];

	switch ((GauthValueKind) value.kind)
	{
		case GAUTH_VALUE_DECIMAL:
			(void) gauth_decimal_write(value.number, buffer);
			write_extension(text, "decimal", buffer);
			break;
		case GAUTH_VALUE_IPADDR:
			(void) gauth_ip_write(value.ip, buffer);
			write_extension(text, "ip", buffer);
			break;
		case GAUTH_VALUE_DATETIME:
			write_datetime(text, value.number);
			break;
		case GAUTH_VALUE_DURATION:
			(void) gauth_duration_write(value.number, buffer);
			write_extension(text, "duration", buffer);
			break;
		case GAUTH_VALUE_LONG:
			gauth_text_append_int64(text, value.number);
			break;
		default:
			gauth_text_append(text, value.boolean ? GAUTH_SPAN("true") :
							  GAUTH_SPAN("false"));
			break;
	}
}

/* the reader has limited how deep a value is */
static void
write_value(GauthText *text, GauthValue value)
{
	switch ((GauthValueKind) value.kind)
	{
		case GAUTH_VALUE_STRING:
			gauth_text_append_json_string(text, gauth_value_text(value));
			break;
		case GAUTH_VALUE_ENTITY:
			gauth_text_append(text, GAUTH_SPAN("{\"__entity\":"));
			write_uid(text, value.uid);
			gauth_text_append_char(text, '}');
			break;
		case GAUTH_VALUE_SET:
			write_set(text, value.set);
			break;
		case GAUTH_VALUE_RECORD:
			write_record(text, value.record);
			break;
		default:
			write_scalar(text, value);
			break;
	}
}

/*
 * gauth_entity_to_json
 *		Append an entity: uid, attrs, parents, and tags where it has some.
 */
void
gauth_entity_to_json(GauthText *text, const GauthEntity *entity)
{
	uint32_t	i;

	gauth_text_append(text, GAUTH_SPAN("{\"uid\":"));
	write_uid(text, entity->uid);
	gauth_text_append(text, GAUTH_SPAN(",\"attrs\":"));
	write_record(text, entity->attributes);
	gauth_text_append(text, GAUTH_SPAN(",\"parents\":["));
	for (i = 0; i < entity->parent_count; i++)
	{
		if (i > 0)
			gauth_text_append_char(text, ',');
		write_uid(text, entity->parents[i]);
	}
	gauth_text_append_char(text, ']');
	if (entity->tags->count > 0)
	{
		gauth_text_append(text, GAUTH_SPAN(",\"tags\":"));
		write_record(text, entity->tags);
	}
	gauth_text_append_char(text, '}');
}
