/*
 * fuzz_jcs.c
 *		The canonical form: reading and writing it again changes nothing, and
 *		every number is read back as the double that the C library reads.
 */
#include "base/jcs.h"
#include "base/number.h"
#include "fuzz.h"

static void
check_numbers(const GauthJson *json)
{
	const GauthJson *child;
	char		plain[400];
	double		number;

	for (child = json->first; child != NULL; child = child->next)
		check_numbers(child);
	if (json->type != GAUTH_JSON_NUMBER || json->text.len >= sizeof(plain))
		return;
	memcpy(plain, json->text.data, json->text.len);
	plain[json->text.len] = '\0';
	if (gauth_number_read(json->text, &number))
		REQUIRE(number == strtod(plain, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthJson  *json;
	GauthSpan	first;
	GauthSpan	second;
	GauthStatus status;

	if (gauth_json_parse(&arena, input, &gauth_json_document_limits, &json,
						 NULL) != GAUTH_OK)
		return end_input(input);
	check_numbers(json);
	status = gauth_jcs_write(&arena, json, &first, NULL);
	if (status != GAUTH_OK)
	{
		REQUIRE(status == GAUTH_INVALID_VALUE);
		return end_input(input);
	}
	REQUIRE(gauth_json_parse(&arena, first, &gauth_json_document_limits,
							 &json, NULL) == GAUTH_OK);
	REQUIRE(gauth_jcs_write(&arena, json, &second, NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(first, second));
	return end_input(input);
}
