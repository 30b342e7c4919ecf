/*
 * jwt.c
 *		Verifying a signed JWT (RFC 7519 section 7.2, RFC 8725).
 */
#include "token/jwt.h"

/*
 * gauth_status_is_before_signature
 *		Was the token refused before its signature had verified?
 *
 * Then an outside caller learns only that it is invalid: which step failed
 * would help whoever forges.
 */
bool
gauth_status_is_before_signature(GauthStatus status)
{
	return status >= GAUTH_TOKEN_MALFORMED &&
		status <= GAUTH_SIGNATURE_INVALID;
}

/*
 * gauth_jwt_parse
 *		Take a token apart that has to be an access token: no nested one (RFC
 *		7519 section 5.2), and none of a kind that serves another purpose (RFC
 *		8725 section 3.12).
 *
 * Errors: those of gauth_jws_parse.
 */
GauthStatus
gauth_jwt_parse(GauthArena *arena, GauthSpan token, GauthJws *jws,
				GauthError *err)
{
	GauthStatus status = gauth_jws_parse(arena, token, jws, err);

	if (status != GAUTH_OK)
		return status;
	if (gauth_jws_type_is_foreign(jws->typ))
		return gauth_fail(err, GAUTH_HEADER_REFUSED, "typ");
	if (gauth_jws_type_is(jws->cty, GAUTH_SPAN("JWT")))
		return gauth_fail(err, GAUTH_HEADER_REFUSED, "cty");
	return GAUTH_OK;
}

/*
 * gauth_jwt_check
 *		The rules for a token whose signature has verified: type and claims.
 */
GauthStatus
gauth_jwt_check(const GauthJwt *jwt, const GauthJwtRules *rules,
				GauthError *err)
{
	if (rules->typ.len > 0 && !gauth_jws_type_is(jwt->jws.typ, rules->typ))
		return gauth_fail(err, GAUTH_TYPE_REFUSED, "typ");
	return gauth_claims_check(&jwt->claims, &rules->claims, err);
}

/*
 * gauth_jwt_verify
 *		Verify a token against a set of keys and rules.
 *
 * "rules->accepted" has to be the list that the keys were bound with.  The
 * result is in the arena and points into "token".  Errors: those of
 * gauth_jwt_parse, gauth_keyset_verify, gauth_claims_read and
 * gauth_jwt_check, in this order.
 */
GauthStatus
gauth_jwt_verify(GauthArena *arena, GauthSpan token, const GauthKeySet *keys,
				 const GauthJwtRules *rules, GauthJwt *jwt, GauthError *err)
{
	GauthStatus status = gauth_jwt_parse(arena, token, &jwt->jws, err);

	if (status == GAUTH_OK &&
		!gauth_algorithm_accepted(&rules->accepted, jwt->jws.algorithm))
		status = gauth_fail(err, GAUTH_ALGORITHM_REFUSED, "alg");
	if (status == GAUTH_OK)
		status = gauth_keyset_verify(keys, &jwt->jws, &jwt->entry, err);
	if (status == GAUTH_OK)
		status = gauth_claims_read(arena, jwt->jws.payload, &jwt->claims, err);
	if (status == GAUTH_OK)
		status = gauth_jwt_check(jwt, rules, err);
	return status;
}
