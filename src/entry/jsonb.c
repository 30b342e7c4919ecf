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

static void
fill_string(JsonbValue *value, GauthSpan text)
{
	value->type = jbvString;
	value->val.string.val = unconstify(char *, text.data);
	value->val.string.len = (int) text.len;
}

/* the order that jsonb keeps the members of an object in */
static int
compare_names(const void *left, const void *right)
{
	const GauthSpan *a = &(*(const GauthJson *const *) left)->name;
	const GauthSpan *b = &(*(const GauthJson *const *) right)->name;

	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->data, b->data, a->len);
}

static const GauthJson **
sort_members(const GauthJson *json)
{
	const GauthJson **members = palloc(sizeof(*members) * (json->count + 1));
	const GauthJson *member;
	size_t		count = 0;

	for (member = json->first; member != NULL; member = member->next)
		members[count++] = member;
	qsort(members, count, sizeof(*members), compare_names);
	return members;
}

static void fill(JsonbValue *value, const GauthJson *json);

/* names are unique: the reader has seen to it */
static void
fill_object(JsonbValue *value, const GauthJson *json)
{
	const GauthJson **members = sort_members(json);
	JsonbPair  *pairs = palloc(sizeof(JsonbPair) * (json->count + 1));
	uint32		i;

	value->type = jbvObject;
	value->val.object.nPairs = (int) json->count;
	value->val.object.pairs = pairs;
	for (i = 0; i < json->count; i++)
	{
		fill_string(&pairs[i].key, members[i]->name);
		fill(&pairs[i].value, members[i]);
	}
}

static void
fill_array(JsonbValue *value, const GauthJson *json)
{
	JsonbValue *element = palloc(sizeof(JsonbValue) * (json->count + 1));
	const GauthJson *child;

	value->type = jbvArray;
	value->val.array.nElems = (int) json->count;
	value->val.array.elems = element;
	value->val.array.rawScalar = false;
	for (child = json->first; child != NULL; child = child->next)
		fill(element++, child);
}

/* recursion as deep as the reader allowed */
static void
fill(JsonbValue *value, const GauthJson *json)
{
	switch (json->type)
	{
		case GAUTH_JSON_OBJECT:
			fill_object(value, json);
			break;
		case GAUTH_JSON_ARRAY:
			fill_array(value, json);
			break;
		case GAUTH_JSON_STRING:
			fill_string(value, json->text);
			break;
		case GAUTH_JSON_NUMBER:
			value->type = jbvNumeric;
			value->val.numeric = DatumGetNumeric(make_numeric(json));
			break;
		case GAUTH_JSON_TRUE:
		case GAUTH_JSON_FALSE:
			value->type = jbvBool;
			value->val.boolean = json->type == GAUTH_JSON_TRUE;
			break;
		case GAUTH_JSON_NULL:
			value->type = jbvNull;
			break;
	}
}

/*
 * gauth_jsonb_from
 *		A tree as jsonb, in the current memory context.
 */
Datum
gauth_jsonb_from(const GauthJson *json)
{
	JsonbValue	value;

	fill(&value, json);
	return JsonbPGetDatum(JsonbValueToJsonb(&value));
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
