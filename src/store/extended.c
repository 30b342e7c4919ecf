/*
 * extended.c
 *		Extended tokens against the mandates that they are about.
 *
 * A token says what was true when it was issued.  Whoever can look at the
 * mandate itself does: a token of ours counts as long as its mandate is in
 * force, is the agent's, and still has the hashes that the token has (RFC
 * 0116 section 10.2.2).  For a token that another server issued there is no
 * mandate here: it is checked by itself (section 10.2.1), and gives none.
 */
#include "store/extended.h"

#include "poa/extended.h"
#include "store/mandate.h"
#include "store/party.h"

/* the mandate's own agent, or the one that stands in for it */
static bool
may_act(const GauthMandate *mandate, GauthSpan agent)
{
	return gauth_span_equal(mandate->agent, agent) ||
		gauth_party_succeeds(mandate->agent, agent);
}

static GauthStatus
check_state(const GauthMandate *mandate, GauthError *err)
{
	if (mandate->status == GAUTH_MANDATE_ACTIVE)
		return GAUTH_OK;
	return gauth_fail(err, mandate->status == GAUTH_MANDATE_EXPIRED ?
					  GAUTH_TOKEN_EXPIRED : GAUTH_TOKEN_REVOKED,
					  "gauth_mandate");
}

static GauthStatus
check_mandate(const GauthJwt *jwt, const GauthExtended *extended,
			  TimestampTz at, GauthError *err)
{
	GauthMandate mandate;

	if (!gauth_mandate_find(extended->credential, at, &mandate))
		return gauth_fail(err, GAUTH_CLAIM_INVALID, "gauth.credential_id");
	if (extended->has_mandate &&
		!gauth_span_equal(extended->mandate, mandate.id))
		return gauth_fail(err, GAUTH_CLAIM_INVALID,
						  "gauth_mandate.mandate_id");
	if (!may_act(&mandate, jwt->claims.subject))
		return gauth_fail(err, GAUTH_CLAIM_INVALID, "sub");
	if (!gauth_span_equal(extended->scope_checksum, mandate.scope_checksum))
		return gauth_fail(err, GAUTH_CLAIM_INVALID, "gauth.scope_checksum");
	if (!gauth_span_equal(extended->tool_permissions_hash,
						  mandate.tool_permissions_hash))
		return gauth_fail(err, GAUTH_CLAIM_INVALID,
						  "gauth.tool_permissions_hash");
	if (!gauth_span_equal(extended->platform_permissions_hash,
						  mandate.platform_permissions_hash))
		return gauth_fail(err, GAUTH_CLAIM_INVALID,
						  "gauth.platform_permissions_hash");
	return check_state(&mandate, err);
}

/*
 * gauth_extended_verify
 *		What an extended token needs beyond the rules of every token, which it
 *		has met; "mandate" is empty for a token that gives none.
 */
GauthStatus
gauth_extended_verify(const GauthJwt *jwt, const GauthIssuer *issuer,
					  TimestampTz at, GauthSpan *mandate, GauthError *err)
{
	GauthExtended extended;
	GauthStatus status;

	*mandate = GAUTH_SPAN("");
	if (!gauth_extended_is(&jwt->claims))
		return GAUTH_OK;
	status = gauth_extended_check_header(&jwt->jws, err);
	if (status == GAUTH_OK)
		status = gauth_extended_read(&jwt->claims, &extended, err);
	if (status != GAUTH_OK || !issuer->hosted)
		return status;
	status = check_mandate(jwt, &extended, at, err);
	if (status == GAUTH_OK)
		*mandate = extended.credential;
	return status;
}

/*
 * gauth_extended_stands
 *		Is the mandate still in force, and the agent's to use?
 */
bool
gauth_extended_stands(GauthSpan id, GauthSpan agent, TimestampTz at)
{
	GauthMandate mandate;

	return gauth_mandate_find(id, at, &mandate) &&
		mandate.status == GAUTH_MANDATE_ACTIVE && may_act(&mandate, agent);
}
