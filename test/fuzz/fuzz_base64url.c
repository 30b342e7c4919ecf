/*
 * fuzz_base64url.c
 *		One text for one byte string: what decodes encodes to itself, and what
 *		was encoded decodes to itself.  Hexadecimal the same way.
 */
#include "base/base64url.h"
#include "base/hex.h"
#include "fuzz.h"

static void
check_decoded(GauthSpan text)
{
	GauthSpan	bytes;
	GauthText	again;
	GauthError	err = {0};

	if (gauth_base64url_decode(&arena, text, &bytes, &err) != GAUTH_OK)
	{
		REQUIRE(err.status == GAUTH_INVALID_ENCODING && err.offset <= text.len);
		return;
	}
	REQUIRE(bytes.len == GAUTH_BASE64URL_DECODED_SIZE(text.len));
	gauth_text_init(&again, &arena);
	gauth_text_append_base64url(&again, bytes);
	REQUIRE(gauth_span_equal(finished(&again), text));
}

static void
check_encoded(GauthSpan bytes)
{
	GauthSpan	again;
	GauthText	text;

	gauth_text_init(&text, &arena);
	gauth_text_append_base64url(&text, bytes);
	REQUIRE(finished(&text).len == GAUTH_BASE64URL_ENCODED_SIZE(bytes.len));
	REQUIRE(gauth_base64url_decode(&arena, finished(&text), &again,
								   NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(bytes, again));
}

static void
check_hex(GauthSpan input)
{
	char	   *text = gauth_arena_alloc(&arena, 2 * input.len);
	uint8_t    *bytes = gauth_arena_alloc(&arena, input.len);

	gauth_hex_encode(input, text);
	REQUIRE(gauth_hex_decode(gauth_span(text, 2 * input.len), bytes,
							 NULL) == GAUTH_OK);
	REQUIRE(input.len == 0 || memcmp(bytes, input.data, input.len) == 0);
	(void) gauth_hex_decode(input, bytes, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);

	check_decoded(input);
	check_encoded(input);
	check_hex(input);
	return end_input(input);
}
