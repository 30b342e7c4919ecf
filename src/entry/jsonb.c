/*
 * jsonb.c
 *		Our JSON trees as jsonb.
 *
 * A tree that was read with the limits of a token always fits: its strings
 * have no zero byte, its depth is small, its numbers are bounded.
 */
#include "entry/jsonb.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "entry/args.h"

static Datum
make_numeric(const GauthJson *json)
{
	int64_t		number;
	char	   *digits;

	if (gauth_json_to_int64(json, &number))
		return NumericGetDatum(int64_to_numeric(number));
	digits = pnstrdup(json->text.data, json->text.len);
	return DirectFunctionCall3(numeric_in, CStringGetDatum(digits),
							   ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

static JsonbValue
make_string(GauthSpan text)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, text.data);
	value.val.string.len = (int) text.len;
	return value;
}

static JsonbValue
make_scalar(const GauthJson *json)
{
	JsonbValue	value;

	switch (json->type)
	{
		case GAUTH_JSON_STRING:
			return make_string(json->text);
		case GAUTH_JSON_NUMBER:
			value.type = jbvNumeric;
			value.val.numeric = DatumGetNumeric(make_numeric(json));
			return value;
		case GAUTH_JSON_TRUE:
		case GAUTH_JSON_FALSE:
			value.type = jbvBool;
			value.val.boolean = json->type == GAUTH_JSON_TRUE;
			return value;
		default:
			value.type = jbvNull;
			return value;
	}
}

static bool
is_container(const GauthJson *json)
{
	return json->type == GAUTH_JSON_ARRAY || json->type == GAUTH_JSON_OBJECT;
}

/* recursion as deep as the reader allowed */
static JsonbValue *
push_container(JsonbParseState **state, const GauthJson *json)
{
	bool		is_object = json->type == GAUTH_JSON_OBJECT;
	const GauthJson *child;

	pushJsonbValue(state, is_object ? WJB_BEGIN_OBJECT : WJB_BEGIN_ARRAY,
				   NULL);
	for (child = json->first; child != NULL; child = child->next)
	{
		JsonbValue	value;

		if (is_object)
		{
			value = make_string(child->name);
			pushJsonbValue(state, WJB_KEY, &value);
		}
		if (is_container(child))
		{
			(void) push_container(state, child);
			continue;
		}
		value = make_scalar(child);
		pushJsonbValue(state, is_object ? WJB_VALUE : WJB_ELEM, &value);
	}
	return pushJsonbValue(state, is_object ? WJB_END_OBJECT : WJB_END_ARRAY,
						  NULL);
}

/*
 * gauth_jsonb_from
 *		A tree as jsonb, in the current memory context.
 */
Datum
gauth_jsonb_from(const GauthJson *json)
{
	JsonbParseState *state = NULL;
	JsonbValue	scalar;

	if (is_container(json))
		return JsonbPGetDatum(JsonbValueToJsonb(push_container(&state, json)));
	scalar = make_scalar(json);
	return JsonbPGetDatum(JsonbValueToJsonb(&scalar));
}

/*
 * gauth_jsonb_from_text
 *		JSON text that we wrote ourselves as jsonb.
 */
Datum
gauth_jsonb_from_text(GauthSpan text)
{
	char	   *copy = pnstrdup(text.data, text.len);

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(copy));
}

/*
 * gauth_jsonb_as_text
 *		A value as the operator ->> shows it: a string's content, otherwise
 *		its JSON.  The caller has no null here.
 */
Datum
gauth_jsonb_as_text(const GauthJson *value)
{
	Jsonb	   *jsonb;

	if (value->type == GAUTH_JSON_STRING)
		return gauth_text_datum(value->text);
	jsonb = DatumGetJsonbP(gauth_jsonb_from(value));
	return CStringGetTextDatum(JsonbToCString(NULL, &jsonb->root,
											  VARSIZE(jsonb)));
}
