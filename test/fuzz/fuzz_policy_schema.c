/*
 * fuzz_policy_schema.c
 *		Any bytes as a schema, in either form, and as policies to validate.
 *
 * Input is a schema; behind a line "---" policies may follow.  A schema that
 * is read is written in both forms and read again, which has to succeed and
 * to mean as much; policies are validated in both modes and at a level.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/parser.h"
#include "policy/schema.h"
#include "policy/schema_json.h"
#include "policy/schema_text.h"
#include "policy/validate.h"

/* small enough for many runs a second */
#define MEMORY_LIMIT	(32 * 1024 * 1024)
#define STEPS			20000

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool good)
{
	if (!good)
		abort();
}

static void
read_again(GauthArena *arena, const GauthSchema *schema, GauthSpan written)
{
	const GauthSchema *again;
	GauthError	err;
	GauthStatus status = gauth_schema_read(arena, written,
										   &gauth_schema_default_limits,
										   &again, &err);

	if (status == GAUTH_OUT_OF_MEMORY || status == GAUTH_LIMIT_EXCEEDED)
		return;
	expect(status == GAUTH_OK);
	expect(again->type_count == schema->type_count);
	expect(again->action_count == schema->action_count);
	expect(again->environment_count == schema->environment_count);
}

static void
write_both(GauthArena *arena, const GauthSchema *schema)
{
	GauthText	text;
	GauthSpan	written;
	GauthError	err;

	gauth_text_init(&text, arena);
	gauth_schema_json_write(schema->tree, &text);
	if (gauth_text_finish(&text, &written))
		read_again(arena, schema, written);
	gauth_text_init(&text, arena);
	if (gauth_schema_text_write(schema->tree, &text, &err) == GAUTH_OK &&
		gauth_text_finish(&text, &written))
		read_again(arena, schema, written);
}

static uint32_t
validate(GauthArena *arena, const GauthSchema *schema,
		 const GauthPolicyList *list, const GauthValidateOptions *options)
{
	GauthValidateOptions limited = *options;
	GauthDiagnosticList result;
	GauthError	err;

	limited.steps = STEPS;
	if (gauth_validate_policies(arena, schema, list, &limited, &result,
								&err) != GAUTH_OK)
		return UINT32_MAX;
	return result.error_count;
}

static void
validate_all(GauthArena *arena, const GauthSchema *schema, GauthSpan source)
{
	GauthValidateOptions at_level = gauth_validate_strict;
	GauthPolicyList list;
	GauthError	err;
	uint32_t	strict;
	uint32_t	permissive;

	if (gauth_policy_parse(arena, source, &gauth_policy_default_limits, &list,
						   &err) != GAUTH_OK)
		return;
	at_level.level = 1;
	at_level.source = source;
	strict = validate(arena, schema, &list, &gauth_validate_strict);
	permissive = validate(arena, schema, &list, &gauth_validate_permissive);
	(void) validate(arena, schema, &list, &at_level);

	/* what strict mode lets through, permissive mode lets through */
	expect(strict != 0 || permissive == 0 || permissive == UINT32_MAX);
}

/* what stands before the line "---", and what behind it */
static void
divide(GauthSpan input, GauthSpan *source, GauthSpan *policies)
{
	static const char border[] = "\n---\n";
	size_t		len = sizeof(border) - 1;
	size_t		i;

	*source = input;
	*policies = gauth_span(NULL, 0);
	for (i = 0; i + len <= input.len; i++)
	{
		if (memcmp(input.data + i, border, len) != 0)
			continue;
		source->len = i;
		*policies = gauth_span_slice(input, i + len, input.len - i - len);
		return;
	}
}

static void
run(GauthSpan input)
{
	GauthSpan	source;
	GauthSpan	policies;
	const GauthSchema *schema;
	GauthArena	arena;
	GauthError	err;

	divide(input, &source, &policies);
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, MEMORY_LIMIT);
	if (gauth_schema_read(&arena, source, &gauth_schema_default_limits,
						  &schema, &err) == GAUTH_OK)
	{
		write_both(&arena, schema);
		validate_all(&arena, schema, policies);
	}
	gauth_arena_reset(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *copy = malloc(size);

	/* memory of the exact size, so that a byte too many is noticed */
	if (size > 0 && copy != NULL)
	{
		memcpy(copy, data, size);
		run(gauth_span(copy, size));
	}
	free(copy);
	return 0;
}
