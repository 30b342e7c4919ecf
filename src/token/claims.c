/*
 * claims.c
 *		The claims of a JWT (RFC 7519 section 4) and the rules they must meet.
 *
 * A claim of the wrong type is never taken for an absent one: it makes the
 * token invalid.  Times are whole seconds; a fraction, an exponent or a value
 * beyond the year 9999 is refused rather than rounded.
 */
#include "token/claims.h"

#include "base/text.h"
#include "token/scope.h"

/* digits and exponent of a number that still is worth carrying around */
#define NUMBER_TEXT_MAX		64

static GauthStatus
read_text(const GauthJson *json, const char *name, GauthSpan *text,
		  bool *present, GauthError *err)
{
	const GauthJson *value = gauth_json_get(json, name);

	*present = value != NULL;
	if (value == NULL)
		return GAUTH_OK;
	if (value->type != GAUTH_JSON_STRING)
		return gauth_fail(err, GAUTH_CLAIM_INVALID, name);
	*text = value->text;
	return GAUTH_OK;
}

static GauthStatus
read_time(const GauthJson *json, const char *name, int64_t *time,
		  bool *present, GauthError *err)
{
	const GauthJson *value = gauth_json_get(json, name);

	*present = value != NULL;
	if (value == NULL)
		return GAUTH_OK;
	if (!gauth_json_to_int64(value, time) || *time < 0 ||
		*time > GAUTH_TIME_MAX)
		return gauth_fail(err, GAUTH_CLAIM_INVALID, name);
	return GAUTH_OK;
}

/* section 4.1.3: a string, or an array of strings */
static GauthStatus
read_audience(const GauthJson *json, const GauthJson **audience,
			  GauthError *err)
{
	const GauthJson *value = gauth_json_get(json, "aud");
	const GauthJson *element;

	*audience = value;
	if (value == NULL || value->type == GAUTH_JSON_STRING)
		return GAUTH_OK;
	if (value->type != GAUTH_JSON_ARRAY)
		return gauth_fail(err, GAUTH_CLAIM_INVALID, "aud");
	for (element = value->first; element != NULL; element = element->next)
	{
		if (element->type != GAUTH_JSON_STRING)
			return gauth_fail(err, GAUTH_CLAIM_INVALID, "aud");
	}
	return GAUTH_OK;
}

/* the next value of a tree in the order of the text; NULL behind the last */
static const GauthJson *
next_value(const GauthJson **stack, int *depth)
{
	while (*depth > 0)
	{
		const GauthJson *value = stack[*depth - 1];

		if (value == NULL)
		{
			(*depth)--;
			continue;
		}
		stack[*depth - 1] = value->next;
		if (value->first != NULL)
			stack[(*depth)++] = value->first;
		return value;
	}
	return NULL;
}

/*
 * A number such as 1e131071 is two dozen bytes here and 128 kilobytes of
 * digits once somebody computes with it.
 */
static bool
number_is_bounded(GauthSpan text)
{
	const char *exponent = NULL;
	size_t		i;

	if (text.len > NUMBER_TEXT_MAX)
		return false;
	for (i = 0; i < text.len; i++)
	{
		if (text.data[i] == 'e' || text.data[i] == 'E')
			exponent = text.data + i + 1;
	}
	if (exponent == NULL)
		return true;
	if (*exponent == '-' || *exponent == '+')
		exponent++;
	while (exponent < text.data + text.len && *exponent == '0')
		exponent++;
	return text.data + text.len - exponent <= 2;
}

static bool
numbers_are_bounded(const GauthJson *root)
{
	const GauthJson *stack[64];
	const GauthJson *value;
	int			depth = 1;

	stack[0] = root;
	while ((value = next_value(stack, &depth)) != NULL)
	{
		if (value->type == GAUTH_JSON_NUMBER &&
			!number_is_bounded(value->text))
			return false;
	}
	return true;
}

/*
 * gauth_claims_read
 *		Read the payload of a JWT: one strict JSON object, its registered
 *		claims of the right types (RFC 7519 section 4.1).
 *
 * The tree is in the arena and points into "payload".  Errors:
 * GAUTH_TOKEN_MALFORMED, GAUTH_CLAIM_INVALID with the claim's name.
 */
GauthStatus
gauth_claims_read(GauthArena *arena, GauthSpan payload, GauthClaims *claims,
				  GauthError *err)
{
	GauthJson  *json;
	GauthStatus status;

	memset(claims, 0, sizeof(*claims));
	status = gauth_json_parse(arena, payload, &gauth_json_token_limits, &json,
							  NULL);
	if (status == GAUTH_OUT_OF_MEMORY)
		return gauth_fail(err, status, "payload");
	if (status != GAUTH_OK || json->type != GAUTH_JSON_OBJECT)
		return gauth_fail(err, GAUTH_TOKEN_MALFORMED, "payload");
	if (!numbers_are_bounded(json))
		return gauth_fail(err, GAUTH_CLAIM_INVALID, "number");

	claims->json = json;
	if ((status = read_text(json, "iss", &claims->issuer,
							&claims->has_issuer, err)) != GAUTH_OK ||
		(status = read_text(json, "sub", &claims->subject,
							&claims->has_subject, err)) != GAUTH_OK ||
		(status = read_text(json, "jti", &claims->token_id,
							&claims->has_token_id, err)) != GAUTH_OK ||
		(status = read_time(json, "exp", &claims->expires_at,
							&claims->has_expires_at, err)) != GAUTH_OK ||
		(status = read_time(json, "nbf", &claims->not_before,
							&claims->has_not_before, err)) != GAUTH_OK ||
		(status = read_time(json, "iat", &claims->issued_at,
							&claims->has_issued_at, err)) != GAUTH_OK)
		return status;
	return read_audience(json, &claims->audience, err);
}

static bool
is_one_of(GauthSpan name, const GauthSpan *names, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		if (gauth_span_equal(name, names[i]))
			return true;
	}
	return false;
}

static GauthStatus
check_audience(const GauthClaims *claims, const GauthClaimRules *rules,
			   GauthError *err)
{
	const GauthJson *element;

	if (rules->audience_count == 0 && rules->client.len > 0)
		return GAUTH_OK;		/* check_client asks for more */
	if (rules->audience_count == 0)
		return claims->audience == NULL ? GAUTH_OK :
			gauth_fail(err, GAUTH_AUDIENCE_REFUSED, "aud");
	if (claims->audience == NULL)
		return gauth_fail(err, GAUTH_CLAIM_MISSING, "aud");

	if (claims->audience->type == GAUTH_JSON_STRING)
		return is_one_of(claims->audience->text, rules->audiences,
						 rules->audience_count) ? GAUTH_OK :
			gauth_fail(err, GAUTH_AUDIENCE_REFUSED, "aud");
	for (element = claims->audience->first; element != NULL;
		 element = element->next)
	{
		if (is_one_of(element->text, rules->audiences, rules->audience_count))
			return GAUTH_OK;
	}
	return gauth_fail(err, GAUTH_AUDIENCE_REFUSED, "aud");
}

/* OpenID Connect Core 1.0 section 3.1.3.7, steps 4 and 5 */
static GauthStatus
check_authorized_party(const GauthClaims *claims, GauthSpan client,
					   GauthError *err)
{
	GauthSpan	party;
	bool		present;
	GauthStatus status = read_text(claims->json, "azp", &party, &present, err);

	if (status != GAUTH_OK)
		return status;
	if (present && !gauth_span_equal(party, client))
		return gauth_fail(err, GAUTH_AUDIENCE_REFUSED, "azp");
	if (!present && claims->audience->type == GAUTH_JSON_ARRAY &&
		claims->audience->count > 1)
		return gauth_fail(err, GAUTH_CLAIM_MISSING, "azp");
	return GAUTH_OK;
}

/*
 * OpenID Connect Core 1.0 section 3.1.3.7, step 3: an ID token names its
 * client, and nobody else but those whom the rule "audience" trusts.
 */
static GauthStatus
check_client(const GauthClaims *claims, const GauthClaimRules *rules,
			 GauthError *err)
{
	const GauthJson *audience = claims->audience;
	const GauthJson *element;
	bool		named;

	if (rules->client.len == 0)
		return GAUTH_OK;
	if (audience == NULL)
		return gauth_fail(err, GAUTH_CLAIM_MISSING, "aud");

	named = audience->type == GAUTH_JSON_STRING &&
		gauth_span_equal(audience->text, rules->client);
	for (element = audience->first; element != NULL; element = element->next)
	{
		if (gauth_span_equal(element->text, rules->client))
			named = true;
		else if (!is_one_of(element->text, rules->audiences,
							rules->audience_count))
			return gauth_fail(err, GAUTH_AUDIENCE_REFUSED, "aud");
	}
	if (!named)
		return gauth_fail(err, GAUTH_AUDIENCE_REFUSED, "aud");
	return check_authorized_party(claims, rules->client, err);
}

/* step 11: the value that was sent with the request comes back */
static GauthStatus
check_nonce(const GauthClaims *claims, const GauthClaimRules *rules,
			GauthError *err)
{
	GauthSpan	nonce;
	bool		present;
	GauthStatus status;

	if (rules->nonce.len == 0)
		return GAUTH_OK;
	status = read_text(claims->json, "nonce", &nonce, &present, err);
	if (status != GAUTH_OK)
		return status;
	if (!present)
		return gauth_fail(err, GAUTH_CLAIM_MISSING, "nonce");
	return gauth_span_equal(nonce, rules->nonce) ? GAUTH_OK :
		gauth_fail(err, GAUTH_CLAIM_INVALID, "nonce");
}

/*
 * "exp" is required, "nbf" and "iat" are checked when present.  The leeway
 * is given to the holder at both ends, because clocks drift.  Every time is
 * between 0 and GAUTH_TIME_MAX and the leeway is small: no sum overflows.
 */
static GauthStatus
check_times(const GauthClaims *claims, const GauthClaimRules *rules,
			GauthError *err)
{
	int64_t		from = claims->has_issued_at ? claims->issued_at : rules->now;

	if (rules->leeway < 0 || rules->leeway > GAUTH_LEEWAY_MAX)
		return gauth_fail(err, GAUTH_INVALID_ARGUMENT, "leeway");
	if (!claims->has_expires_at)
		return gauth_fail(err, GAUTH_CLAIM_MISSING, "exp");

	/* the instant "exp" itself is already too late (section 4.1.4) */
	if (rules->now - rules->leeway >= claims->expires_at)
		return gauth_fail(err, GAUTH_TOKEN_EXPIRED, "exp");
	if (claims->has_not_before &&
		rules->now + rules->leeway < claims->not_before)
		return gauth_fail(err, GAUTH_TOKEN_NOT_YET_VALID, "nbf");
	if (claims->has_issued_at &&
		rules->now + rules->leeway < claims->issued_at)
		return gauth_fail(err, GAUTH_TOKEN_NOT_YET_VALID, "iat");
	if (rules->max_lifetime > 0 &&
		claims->expires_at - from > rules->max_lifetime)
		return gauth_fail(err, GAUTH_TOKEN_TOO_LONG_LIVED, "exp");
	return GAUTH_OK;
}

/*
 * gauth_claims_check
 *		Do the claims meet the rules?
 *
 * Issuer, audience, client, times, nonce, then the claims that must be there.
 * Errors name the claim: GAUTH_CLAIM_MISSING, GAUTH_CLAIM_INVALID,
 * GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED, GAUTH_TOKEN_EXPIRED,
 * GAUTH_TOKEN_NOT_YET_VALID, GAUTH_TOKEN_TOO_LONG_LIVED,
 * GAUTH_INVALID_ARGUMENT for the rules' own.
 */
GauthStatus
gauth_claims_check(const GauthClaims *claims, const GauthClaimRules *rules,
				   GauthError *err)
{
	GauthStatus status;
	int			i;

	if (rules->issuer != NULL && !claims->has_issuer)
		return gauth_fail(err, GAUTH_CLAIM_MISSING, "iss");
	if (rules->issuer != NULL &&
		!gauth_span_equal(claims->issuer, *rules->issuer))
		return gauth_fail(err, GAUTH_ISSUER_REFUSED, "iss");

	status = check_audience(claims, rules, err);
	if (status == GAUTH_OK)
		status = check_client(claims, rules, err);
	if (status == GAUTH_OK)
		status = check_times(claims, rules, err);
	if (status == GAUTH_OK)
		status = check_nonce(claims, rules, err);
	if (status != GAUTH_OK)
		return status;

	for (i = 0; i < rules->required_count; i++)
	{
		const GauthJson *member = claims->json->first;

		while (member != NULL &&
			   !gauth_span_equal(member->name, rules->required[i]))
			member = member->next;
		if (member == NULL)
			return gauth_fail_format(err, GAUTH_CLAIM_MISSING, 0, "%.*s",
									 (int) rules->required[i].len,
									 rules->required[i].data);
	}
	return GAUTH_OK;
}

/* an array of scope tokens as one text */
static GauthStatus
join(GauthArena *arena, const GauthJson *array, GauthSpan *joined)
{
	const GauthJson *element;
	GauthText	text;

	gauth_text_init(&text, arena);
	for (element = array->first; element != NULL; element = element->next)
	{
		if (element->type != GAUTH_JSON_STRING ||
			gauth_scope_check_token(element->text, NULL) != GAUTH_OK)
			return GAUTH_CLAIM_INVALID;
		if (element != array->first)
			gauth_text_append_char(&text, ' ');
		gauth_text_append(&text, element->text);
	}
	return gauth_text_finish(&text, joined) ? GAUTH_OK : GAUTH_OUT_OF_MEMORY;
}

/*
 * gauth_claims_scope
 *		The scope of a token in canonical form, empty when it has none.
 *
 * RFC 8693 section 4.2 and RFC 9068 section 2.2.3: "scope", a string.  Large
 * issuers write "scp" or an array; both are understood, never both at once:
 * "scope" is taken.  Errors: GAUTH_CLAIM_INVALID, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_claims_scope(GauthArena *arena, const GauthClaims *claims,
				   GauthSpan *scope, GauthError *err)
{
	const GauthJson *value = gauth_json_get(claims->json, "scope");
	const char *name = value == NULL ? "scp" : "scope";
	GauthStatus status = GAUTH_OK;
	GauthSpan	text;

	*scope = gauth_span(NULL, 0);
	if (value == NULL)
		value = gauth_json_get(claims->json, "scp");
	if (value == NULL)
		return GAUTH_OK;

	text = value->text;
	if (value->type == GAUTH_JSON_ARRAY)
		status = join(arena, value, &text);
	else if (value->type != GAUTH_JSON_STRING)
		status = GAUTH_CLAIM_INVALID;
	if (status == GAUTH_OK)
		status = gauth_scope_parse(arena, text, scope, NULL);
	if (status == GAUTH_OK)
		return GAUTH_OK;
	return gauth_fail(err, status == GAUTH_OUT_OF_MEMORY ? status :
					  GAUTH_CLAIM_INVALID, name);
}

/*
 * gauth_claims_is_registered
 *		Is the claim one that gauth itself writes into a token: those of RFC
 *		7519 section 4.1, those of RFC 9068 and RFC 7800 that carry authority,
 *		and all names that begin with "gauth"?
 */
bool
gauth_claims_is_registered(GauthSpan name)
{
	static const char *const registered[] = {
		"iss", "sub", "aud", "exp", "nbf", "iat", "jti",
		"scope", "scp", "cnf", "act", "may_act", NULL
	};
	int			i;

	for (i = 0; registered[i] != NULL; i++)
	{
		if (gauth_span_is(name, registered[i]))
			return true;
	}
	return gauth_span_starts_with(name, GAUTH_SPAN("gauth"));
}
