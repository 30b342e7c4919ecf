/*
 * fuzz_identity.c
 *		The record of who acts: what is read is what would be written, and what
 *		is written is what is read.
 */
#include "fuzz.h"
#include "token/identity.h"

static int64_t
make_number(GauthSpan text)
{
	uint64_t	number = 0;
	size_t		i;

	for (i = 0; i < text.len; i++)
		number = number << 8 | (uint8_t) text.data[i];
	return (int64_t) number;
}

static void
check_read(GauthSpan input)
{
	GauthIdentity identity;
	GauthSpan	record;

	if (gauth_identity_read(input, &identity) != GAUTH_OK)
		return;
	REQUIRE(gauth_identity_write(&arena, &identity, &record) == GAUTH_OK);
	REQUIRE(gauth_span_equal(record, input));
}

/* a line for each field */
static void
check_written(GauthSpan input)
{
	GauthSpan	rest = input;
	GauthIdentity identity = {
		.subject = next_line(&rest),.issuer = next_line(&rest),
		.issuer_subject = next_line(&rest),.token_id = next_line(&rest),
		.token_hash = next_line(&rest),.kid = next_line(&rest),
		.mandate = next_line(&rest),.scope = next_line(&rest),
		.key_version = make_number(next_line(&rest)),
		.issued_at = make_number(next_line(&rest)),
		.expires_at = make_number(next_line(&rest)),.claims = rest
	};
	GauthIdentity again;
	GauthSpan	record;
	GauthSpan	twice;

	if (gauth_identity_write(&arena, &identity, &record) != GAUTH_OK)
	{
		REQUIRE(memchr(input.data, 0, input.len) != NULL);
		return;
	}
	REQUIRE(gauth_identity_read(record, &again) == GAUTH_OK);
	REQUIRE(gauth_span_equal(again.subject, identity.subject));
	REQUIRE(gauth_span_equal(again.kid, identity.kid));
	REQUIRE(gauth_span_equal(again.claims, identity.claims));
	REQUIRE(again.key_version == identity.key_version);
	REQUIRE(again.expires_at == identity.expires_at);
	REQUIRE(gauth_identity_write(&arena, &again, &twice) == GAUTH_OK);
	REQUIRE(gauth_span_equal(record, twice));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);

	check_read(input);
	check_written(input);
	return end_input(input);
}
