/*
 * column.c
 *		Columns of bound tables as Cedar values.
 *
 * Only built-in types take part, so that reading a value runs nobody's code:
 * no domain, no enumeration, no type of an extension.  What a row holds never
 * raises here: a value that Cedar has no equal for is a status.
 */
#include "store/column.h"

#include <sys/socket.h>

#include "catalog/pg_type.h"
#include "datatype/timestamp.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/inet.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "policy/entity_json.h"
#include "policy/extension.h"
#include "policy/validate_request.h"
#include "store/compat.h"

#define EPOCH_DAYS		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE)

/* no decimal has more digits, leading zeros aside, which numeric never has */
#define DECIMAL_TEXT_MAX	40

/* "kind" of jsonb is what its content says */
typedef struct KnownType
{
	Oid			type;
	Oid			array;
	GauthValueKind kind;
	bool		names;			/* can hold the id of an entity */
	int16		len;			/* how an array stores it */
	bool		by_value;
	char		align;
} KnownType;

static const KnownType known_types[] = {
	{BOOLOID, BOOLARRAYOID, GAUTH_VALUE_BOOL, false,
	1, true, TYPALIGN_CHAR},
	{INT2OID, INT2ARRAYOID, GAUTH_VALUE_LONG, true,
	2, true, TYPALIGN_SHORT},
	{INT4OID, INT4ARRAYOID, GAUTH_VALUE_LONG, true,
	4, true, TYPALIGN_INT},
	{INT8OID, INT8ARRAYOID, GAUTH_VALUE_LONG, true,
	8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE},
	{TEXTOID, TEXTARRAYOID, GAUTH_VALUE_STRING, true,
	-1, false, TYPALIGN_INT},
	{VARCHAROID, VARCHARARRAYOID, GAUTH_VALUE_STRING, true,
	-1, false, TYPALIGN_INT},
	{BPCHAROID, BPCHARARRAYOID, GAUTH_VALUE_STRING, true,
	-1, false, TYPALIGN_INT},
	{NAMEOID, NAMEARRAYOID, GAUTH_VALUE_STRING, true,
	NAMEDATALEN, false, TYPALIGN_CHAR},
	{UUIDOID, UUIDARRAYOID, GAUTH_VALUE_STRING, true,
	UUID_LEN, false, TYPALIGN_CHAR},
	{NUMERICOID, NUMERICARRAYOID, GAUTH_VALUE_DECIMAL, false,
	-1, false, TYPALIGN_INT},
	{DATEOID, DATEARRAYOID, GAUTH_VALUE_DATETIME, false,
	4, true, TYPALIGN_INT},
	{TIMESTAMPTZOID, TIMESTAMPTZARRAYOID, GAUTH_VALUE_DATETIME, false,
	8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE},
	{INTERVALOID, INTERVALARRAYOID, GAUTH_VALUE_DURATION, false,
	16, false, TYPALIGN_DOUBLE},
	{INETOID, INETARRAYOID, GAUTH_VALUE_IPADDR, false,
	-1, false, TYPALIGN_INT},
	{CIDROID, CIDRARRAYOID, GAUTH_VALUE_IPADDR, false,
	-1, false, TYPALIGN_INT},
	{JSONBOID, JSONBARRAYOID, GAUTH_VALUE_RECORD, false,
	-1, false, TYPALIGN_INT},
};

/* what converting one column's value needs */
typedef struct Conversion
{
	GauthArena *arena;
	const GauthSchema *schema;
	const GauthColumn *column;
	GauthError *err;
} Conversion;

static const KnownType *
find_known(Oid type)
{
	size_t		i;

	for (i = 0; i < lengthof(known_types); i++)
	{
		if (known_types[i].type == type)
			return &known_types[i];
	}
	return NULL;
}

/*
 * gauth_column_type_find
 *		Do policies know values of this type?  "*item" becomes the type of an
 *		array's items, or InvalidOid.
 */
bool
gauth_column_type_find(Oid type, Oid *item)
{
	size_t		i;

	*item = InvalidOid;
	if (find_known(type) != NULL)
		return true;
	for (i = 0; i < lengthof(known_types); i++)
	{
		if (known_types[i].array != type)
			continue;
		*item = known_types[i].type;
		return true;
	}
	return false;
}

/*
 * gauth_column_type_names
 *		Can a column of this type, which is no array, hold ids of entities?
 */
bool
gauth_column_type_names(Oid type)
{
	const KnownType *known = find_known(type);

	return known != NULL && known->names;
}

static GauthStatus
fail_mismatch(const GauthColumn *column, const char *problem, GauthError *err)
{
	bool		is_parent = column->attribute.data == NULL;
	GauthSpan	name = is_parent ? column->name : column->attribute;

	return gauth_fail_format(err, GAUTH_INVALID_VALUE, 0, "%s \"%.*s\": %s",
							 is_parent ? "parent column" : "attribute",
							 (int) Min(name.len, NAMEDATALEN), name.data,
							 problem);
}

/* the kind of type that values of a known type have */
static bool
has_type(const KnownType *known, const GauthType *type)
{
	switch (known->kind)
	{
		case GAUTH_VALUE_BOOL:
			return gauth_type_is_boolean(type);
		case GAUTH_VALUE_LONG:
			return type->kind == GAUTH_TYPE_LONG;
		case GAUTH_VALUE_STRING:
			return type->kind == GAUTH_TYPE_STRING;
		case GAUTH_VALUE_DECIMAL:
			return type->kind == GAUTH_TYPE_DECIMAL;
		case GAUTH_VALUE_DATETIME:
			return type->kind == GAUTH_TYPE_DATETIME;
		case GAUTH_VALUE_DURATION:
			return type->kind == GAUTH_TYPE_DURATION;
		case GAUTH_VALUE_IPADDR:
			return type->kind == GAUTH_TYPE_IPADDR;
		default:
			return known->type == JSONBOID;
	}
}

static bool
has_entity_type(GauthSpan name, const GauthType *type)
{
	uint32_t	i;

	for (i = 0; type->kind == GAUTH_TYPE_ENTITY && i < type->count; i++)
	{
		if (gauth_span_equal(type->entities[i]->name, name))
			return true;
	}
	return false;
}

/*
 * gauth_column_check
 *		Can the column's values be what is expected of it?
 *
 * Errors: GAUTH_INVALID_VALUE, with the attribute's name.
 */
GauthStatus
gauth_column_check(const GauthColumn *column, GauthError *err)
{
	bool		is_array = OidIsValid(column->item);
	const KnownType *known = find_known(is_array ? column->item :
										column->type);
	const GauthType *type = column->expected;

	if (known == NULL)
		return fail_mismatch(column, "policies have no values of the column's "
							 "type", err);
	if (column->entity_type.len > 0 && !known->names)
		return fail_mismatch(column, "a column of its type cannot name "
							 "entities", err);
	if (type == NULL)
		return GAUTH_OK;
	if (is_array && type->kind != GAUTH_TYPE_SET)
		return fail_mismatch(column, "the column is an array, the schema "
							 "declares no set", err);
	if (is_array)
		type = type->element;
	if (column->entity_type.len > 0 ?
		!has_entity_type(column->entity_type, type) : !has_type(known, type))
		return fail_mismatch(column, "the column's type is not what the "
							 "schema declares", err);
	return GAUTH_OK;
}

/* "12", "-1.50": at most 4 digits behind the point count */
static bool
convert_numeric(Datum datum, int64_t *decimal)
{
	Datum		written = DirectFunctionCall1(numeric_out, datum);
	char	   *text = DatumGetCString(written);
	char		buffer[DECIMAL_TEXT_MAX + 3];
	char	   *point = strchr(text, '.');
	size_t		len = strlen(text);

	while (point != NULL && text[len - 1] == '0' && text + len - 2 > point)
		len--;
	if (len > DECIMAL_TEXT_MAX)
		return false;
	memcpy(buffer, text, len);
	if (point == NULL)
	{
		memcpy(buffer + len, ".0", 2);
		len += 2;
	}
	return gauth_decimal_parse(gauth_span(buffer, len), decimal);
}

/* microseconds to milliseconds, towards the past, so that order is kept */
static int64_t
to_milliseconds(int64 microseconds)
{
	int64		quotient = microseconds / 1000;

	return microseconds % 1000 < 0 ? quotient - 1 : quotient;
}

static bool
convert_date(DateADT date, int64_t *datetime)
{
	if (DATE_NOT_FINITE(date))
		return false;
	*datetime = ((int64_t) date + EPOCH_DAYS) * GAUTH_DAY_MILLISECONDS;
	return true;
}

static bool
convert_timestamp(TimestampTz timestamp, int64_t *datetime)
{
	if (TIMESTAMP_NOT_FINITE(timestamp))
		return false;
	*datetime = to_milliseconds(timestamp) +
		EPOCH_DAYS * GAUTH_DAY_MILLISECONDS;
	return true;
}

/* a month has no fixed length; an infinite interval has many of them */
static bool
convert_interval(const Interval *interval, int64_t *duration)
{
	return interval->month == 0 &&
		!__builtin_add_overflow(interval->day * GAUTH_DAY_MILLISECONDS,
								to_milliseconds(interval->time), duration);
}

static GauthStatus
convert_address(const Conversion *conversion, Datum datum, GauthValue *value)
{
	inet	   *address = DatumGetInetPP(datum);
	GauthIp    *ip = gauth_arena_zalloc(conversion->arena, sizeof(GauthIp));

	if (ip == NULL)
		return gauth_fail(conversion->err, GAUTH_OUT_OF_MEMORY, "entity");
	ip->is_v6 = ip_family(address) == PGSQL_AF_INET6;
	ip->prefix = (uint8_t) ip_bits(address);
	memcpy(ip->address, ip_addr(address), ip->is_v6 ? 16 : 4);
	value->ip = ip;
	return GAUTH_OK;
}

/* the copy of a document lives as long as the strings that point into it */
static GauthStatus
convert_jsonb(const Conversion *conversion, Datum datum,
			  const GauthType *expected, GauthValue *value)
{
	GauthEntityReader reader = {
		conversion->arena, &gauth_policy_default_limits, conversion->schema,
		conversion->err
	};
	Jsonb	   *jsonb = DatumGetJsonbP(datum);
	char	   *written = JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
	GauthSpan	text;
	GauthJson  *json;
	GauthStatus status;

	if (!gauth_arena_copy(conversion->arena, gauth_span_of(written), &text))
		return gauth_fail(conversion->err, GAUTH_OUT_OF_MEMORY, "entity");
	status = gauth_json_parse(conversion->arena, text,
							  &gauth_json_document_limits, &json,
							  conversion->err);
	if (status == GAUTH_OK)
		status = gauth_value_from_json(&reader, json, expected, value);
	if (status == GAUTH_OK || status == GAUTH_OUT_OF_MEMORY ||
		status == GAUTH_LIMIT_EXCEEDED)
		return status;
	return fail_mismatch(conversion->column, "a row has a document that is no "
						 "value in policies", conversion->err);
}

static GauthStatus
convert_string(const Conversion *conversion, Oid type, Datum datum,
			   GauthValue *value)
{
	GauthSpan	text;

	if (!gauth_arena_copy(conversion->arena, gauth_column_id(type, datum),
						  &text))
		return gauth_fail(conversion->err, GAUTH_OUT_OF_MEMORY, "entity");
	*value = gauth_value_string(text);
	return GAUTH_OK;
}

static GauthStatus
convert_reference(const Conversion *conversion, Oid type, Datum datum,
				  GauthValue *value)
{
	value->kind = GAUTH_VALUE_ENTITY;
	value->uid = gauth_uid_make(conversion->arena,
								conversion->column->entity_type,
								gauth_column_id(type, datum));
	if (value->uid == NULL)
		return gauth_fail(conversion->err, GAUTH_OUT_OF_MEMORY, "entity");
	return GAUTH_OK;
}

/* what fits into a number; false when it does not */
static bool
convert_number(Oid type, Datum datum, GauthValue *value)
{
	switch (type)
	{
		case BOOLOID:
			value->boolean = DatumGetBool(datum);
			return true;
		case INT2OID:
			value->number = DatumGetInt16(datum);
			return true;
		case INT4OID:
			value->number = DatumGetInt32(datum);
			return true;
		case INT8OID:
			value->number = DatumGetInt64(datum);
			return true;
		case NUMERICOID:
			return convert_numeric(datum, &value->number);
		case DATEOID:
			return convert_date(DatumGetDateADT(datum), &value->number);
		case TIMESTAMPTZOID:
			return convert_timestamp(DatumGetTimestampTz(datum),
									 &value->number);
		default:
			return convert_interval(DatumGetIntervalP(datum), &value->number);
	}
}

static GauthStatus
convert(const Conversion *conversion, const KnownType *known, Datum datum,
		const GauthType *expected, GauthValue *value)
{
	memset(value, 0, sizeof(*value));
	value->kind = (uint8_t) known->kind;
	if (conversion->column->entity_type.len > 0)
		return convert_reference(conversion, known->type, datum, value);
	if (known->kind == GAUTH_VALUE_STRING)
		return convert_string(conversion, known->type, datum, value);
	if (known->kind == GAUTH_VALUE_IPADDR)
		return convert_address(conversion, datum, value);
	if (known->type == JSONBOID)
		return convert_jsonb(conversion, datum, expected, value);
	if (!convert_number(known->type, datum, value))
		return fail_mismatch(conversion->column, "a row has a value that is "
							 "out of range for policies", conversion->err);
	return GAUTH_OK;
}

/* one dimension, no nulls: the rest is no set */
static GauthStatus
convert_array(const Conversion *conversion, const KnownType *known,
			  Datum datum, GauthValue *value)
{
	const GauthColumn *column = conversion->column;
	ArrayType  *array = DatumGetArrayTypeP(datum);
	GauthValue *items;
	Datum	   *elements;
	int			count;
	int			i;
	GauthStatus status = GAUTH_OK;

	if (ARR_NDIM(array) > 1 || array_contains_nulls(array) ||
		ARR_ELEMTYPE(array) != known->type)
		return fail_mismatch(column, "a row has an array that is no set",
							 conversion->err);
	deconstruct_array(array, known->type, known->len, known->by_value,
					  known->align, &elements, NULL, &count);
	if (count > gauth_policy_default_limits.set_size)
		return gauth_fail(conversion->err, GAUTH_LIMIT_EXCEEDED,
						  "items of one set");
	items = gauth_arena_array(conversion->arena, count, sizeof(GauthValue));
	if (items == NULL)
		return gauth_fail(conversion->err, GAUTH_OUT_OF_MEMORY, "entity");
	for (i = 0; i < count && status == GAUTH_OK; i++)
		status = convert(conversion, known, elements[i],
						 column->expected == NULL ? NULL :
						 column->expected->element, &items[i]);
	return status != GAUTH_OK ? status :
		gauth_set_make(conversion->arena, items, count, value,
					   conversion->err);
}

/*
 * gauth_column_value
 *		A value of the column, which is not null, in the arena.
 *
 * The schema may be NULL, as may what the column expects.  Errors:
 * GAUTH_INVALID_VALUE with the attribute's name, GAUTH_LIMIT_EXCEEDED,
 * GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_column_value(GauthArena *arena, const GauthSchema *schema,
				   const GauthColumn *column, Datum datum, GauthValue *value,
				   GauthError *err)
{
	Conversion	conversion = {arena, schema, column, err};
	GauthStatus status;

	if (OidIsValid(column->item))
		status = convert_array(&conversion, find_known(column->item), datum,
							   value);
	else
		status = convert(&conversion, find_known(column->type), datum,
						 column->expected, value);
	if (status != GAUTH_OK || column->expected == NULL || schema == NULL)
		return status;
	if (gauth_validate_value(schema, *value, column->expected,
							 err) != GAUTH_OK)
		return fail_mismatch(column, "a row has a value that the schema does "
							 "not allow", err);
	return GAUTH_OK;
}
