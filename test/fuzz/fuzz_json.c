/*
 * fuzz_json.c
 *		The strict reader: a tree that was read, written and read again is the
 *		same tree, its names are unique, its text UTF-8, its limits kept.
 */
#include "base/json.h"
#include "base/utf8.h"
#include "fuzz.h"

static void
write_value(GauthText *text, const GauthJson *value)
{
	static const char *const words[] = {"null", "false", "true"};
	const GauthJson *child;
	bool		is_object = value->type == GAUTH_JSON_OBJECT;

	if (value->type <= GAUTH_JSON_TRUE)
		gauth_text_append(text, gauth_span_of(words[value->type]));
	if (value->type == GAUTH_JSON_NUMBER)
		gauth_text_append(text, value->text);
	if (value->type == GAUTH_JSON_STRING)
		gauth_text_append_json_string(text, value->text);
	if (value->type < GAUTH_JSON_ARRAY)
		return;

	gauth_text_append_char(text, is_object ? '{' : '[');
	for (child = value->first; child != NULL; child = child->next)
	{
		if (child != value->first)
			gauth_text_append_char(text, ',');
		if (is_object)
		{
			gauth_text_append_json_string(text, child->name);
			gauth_text_append_char(text, ':');
		}
		write_value(text, child);
	}
	gauth_text_append_char(text, is_object ? '}' : ']');
}

static uint32_t
check_value(const GauthJson *value, uint32_t depth,
			const GauthJsonLimits *limits)
{
	const GauthJson *child;
	const GauthJson *other;
	uint32_t	children = 0;
	uint32_t	values = 1;
	int64_t		number;

	REQUIRE(depth <= limits->depth + 1);
	REQUIRE(gauth_utf8_valid_prefix(value->text) == value->text.len);
	REQUIRE(gauth_utf8_valid_prefix(value->name) == value->name.len);
	if (!limits->zero_bytes && value->text.len > 0)
		REQUIRE(memchr(value->text.data, 0, value->text.len) == NULL);
	(void) gauth_json_to_int64(value, &number);
	for (child = value->first; child != NULL; child = child->next)
	{
		children++;
		values += check_value(child, depth + 1, limits);
		for (other = value->first; value->type == GAUTH_JSON_OBJECT &&
			 children < 64 && other != child; other = other->next)
			REQUIRE(!gauth_span_equal(other->name, child->name));
	}
	REQUIRE(children == value->count);
	return values;
}

static void
run(GauthSpan input, const GauthJsonLimits *limits)
{
	GauthJson  *root;
	GauthJson  *again;
	GauthText	first;
	GauthText	second;
	GauthError	err = {0};

	if (gauth_json_parse(&arena, input, limits, &root, &err) != GAUTH_OK)
	{
		REQUIRE(err.status != GAUTH_OK && err.status != GAUTH_OUT_OF_MEMORY);
		REQUIRE(err.offset <= input.len);
		return;
	}
	REQUIRE(check_value(root, 1, limits) <= limits->nodes);
	gauth_text_init(&first, &arena);
	write_value(&first, root);
	REQUIRE(gauth_json_parse(&arena, finished(&first), limits, &again,
							 NULL) == GAUTH_OK);
	gauth_text_init(&second, &arena);
	write_value(&second, again);
	REQUIRE(gauth_span_equal(finished(&first), finished(&second)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);

	run(input, &gauth_json_token_limits);
	run(input, &gauth_json_document_limits);
	return end_input(input);
}
