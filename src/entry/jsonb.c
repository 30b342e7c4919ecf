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
#include "store/memory.h"

/* the tree of a decision of the usual size */
#define STACK_ARENA		(16 * 1024)

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
 *
 * Our reader takes a fraction of the server's time, which is on the path of
 * every decision.  What is beyond its limits is for the server to read or to
 * refuse.
 */
Datum
gauth_jsonb_from_text(GauthSpan text)
{
	static const GauthJsonLimits limits = {
		.depth = 128,.nodes = UINT32_MAX,.zero_bytes = false
	};
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthJson  *json;
	char	   *copy;

	gauth_memory_arena(&arena, buffer, sizeof(buffer), CurrentMemoryContext);
	if (gauth_json_parse(&arena, text, &limits, &json, NULL) == GAUTH_OK)
		return gauth_jsonb_from(json);
	copy = pnstrdup(text.data, text.len);
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
