/*
 * fuzz_claims.c
 *		The payload of a token: what passes the rules is what the rules say,
 *		asked again here by hand.
 */
#include "fuzz.h"
#include "token/claims.h"
#include "token/scope.h"

#define NOW		INT64_C(1000000)

static void
check_time(const GauthJson *json, const char *name, bool has, int64_t time)
{
	int64_t		again;

	REQUIRE(has == (gauth_json_get(json, name) != NULL));
	if (!has)
		return;
	REQUIRE(time >= 0 && time <= GAUTH_TIME_MAX);
	REQUIRE(gauth_json_to_int64(gauth_json_get(json, name), &again));
	REQUIRE(again == time);
}

static void
check_members(const GauthClaims *claims)
{
	const GauthJson *json = claims->json;

	REQUIRE(json->type == GAUTH_JSON_OBJECT);
	check_time(json, "exp", claims->has_expires_at, claims->expires_at);
	check_time(json, "nbf", claims->has_not_before, claims->not_before);
	check_time(json, "iat", claims->has_issued_at, claims->issued_at);
	REQUIRE(claims->has_issuer == (gauth_json_get(json, "iss") != NULL));
	REQUIRE(claims->has_subject == (gauth_json_get(json, "sub") != NULL));
	REQUIRE(claims->has_token_id == (gauth_json_get(json, "jti") != NULL));
	REQUIRE(claims->audience == gauth_json_get(json, "aud"));
}

static bool
names_audience(const GauthJson *audience, const char *name)
{
	const GauthJson *element;

	if (gauth_json_is_string(audience, name))
		return true;
	for (element = audience == NULL ? NULL : audience->first; element != NULL;
		 element = element->next)
	{
		if (gauth_json_is_string(element, name))
			return true;
	}
	return false;
}

static void
check_rules(const GauthClaims *claims)
{
	const GauthSpan issuer = GAUTH_SPAN("i");
	const GauthSpan audience = GAUTH_SPAN("a");
	const GauthSpan required = GAUTH_SPAN("jti");
	const GauthClaimRules rules = {
		.now = NOW,.leeway = 30,.max_lifetime = 86400,.issuer = &issuer,
		.audiences = &audience,.audience_count = 1,.required = &required,
		.required_count = 1
	};
	const GauthClaimRules no_audience = {.now = NOW};
	int64_t		from = claims->has_issued_at ? claims->issued_at : NOW;
	bool		good;

	good = claims->has_issuer && gauth_span_is(claims->issuer, "i") &&
		names_audience(claims->audience, "a") && claims->has_token_id &&
		claims->has_expires_at && claims->expires_at > NOW - 30 &&
		(!claims->has_not_before || claims->not_before <= NOW + 30) &&
		(!claims->has_issued_at || claims->issued_at <= NOW + 30) &&
		claims->expires_at - from <= 86400;
	REQUIRE((gauth_claims_check(claims, &rules, NULL) == GAUTH_OK) == good);
	if (gauth_claims_check(claims, &no_audience, NULL) == GAUTH_OK)
		REQUIRE(claims->audience == NULL && claims->expires_at > NOW);
}

static void
check_scope(const GauthClaims *claims)
{
	GauthSpan	scope;
	GauthSpan	again;
	GauthError	err = {0};

	if (gauth_claims_scope(&arena, claims, &scope, &err) != GAUTH_OK)
	{
		REQUIRE(err.status == GAUTH_CLAIM_INVALID);
		return;
	}
	REQUIRE(gauth_scope_parse(&arena, scope, &again, NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(scope, again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthClaims claims;
	GauthError	err = {0};

	if (gauth_claims_read(&arena, input, &claims, &err) == GAUTH_OK)
	{
		check_members(&claims);
		check_rules(&claims);
		check_scope(&claims);
	}
	else
		REQUIRE(err.status == GAUTH_TOKEN_MALFORMED ||
				err.status == GAUTH_CLAIM_INVALID);
	return end_input(input);
}
