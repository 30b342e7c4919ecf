/*
 * fuzz_extended.c
 *		The claims of an extended token: whatever is read has its form, and is
 *		read from the same text again.
 */
#include "fuzz.h"
#include "poa/extended.h"

static void
require_hash(GauthSpan hash)
{
	size_t		i;

	REQUIRE(hash.len == GAUTH_CHECKSUM_LENGTH);
	for (i = sizeof("sha256:") - 1; i < hash.len; i++)
		REQUIRE((hash.data[i] >= '0' && hash.data[i] <= '9') ||
				(hash.data[i] >= 'a' && hash.data[i] <= 'f'));
}

static void
check(GauthSpan payload)
{
	GauthClaims claims;
	GauthExtended extended;
	GauthError	err = {0};
	GauthStatus status;

	if (gauth_claims_read(&arena, payload, &claims, &err) != GAUTH_OK)
		return;
	status = gauth_extended_read(&claims, &extended, &err);
	REQUIRE(status == GAUTH_OK || status == GAUTH_CLAIM_MISSING ||
			status == GAUTH_CLAIM_INVALID);
	if (status != GAUTH_OK)
	{
		REQUIRE(err.detail[0] != '\0');
		return;
	}
	REQUIRE(gauth_extended_is(&claims));
	REQUIRE(claims.has_expires_at && claims.has_token_id);
	REQUIRE(extended.credential.len > 0 && extended.issued_by.len > 0);
	REQUIRE(extended.budget_remaining <= extended.budget_total);
	REQUIRE(extended.profile < GAUTH_PROFILE_COUNT);
	require_hash(extended.scope_checksum);
	require_hash(extended.tool_permissions_hash);
	require_hash(extended.platform_permissions_hash);
	if (extended.has_mandate)
		REQUIRE(gauth_span_starts_with(extended.mandate, GAUTH_SPAN("mdt_")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);

	check(input);
	return end_input(input);
}
