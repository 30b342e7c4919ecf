/*
 * flow.c
 *		Grants, and the other side of a transaction.
 */
#include "store/flow.h"

#include "utils/timestamp.h"

#include "store/mandate.h"
#include "store/relation.h"

static bool
is_set(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;

	(void) gauth_scan_value(scan, column, &is_null);
	return !is_null;
}

/*
 * gauth_flow_mandate
 *		The name of the agent's own mandate in a project that is in force;
 *		without data when there is none.
 */
GauthSpan
gauth_flow_mandate(GauthSpan agent, GauthSpan project, TimestampTz at)
{
	GauthSpan	id = gauth_span(NULL, 0);
	GauthScan	scan;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_MANDATE, "mandate_agent");
	gauth_scan_key_text(&scan, MANDATE_AGENT, agent);
	while (id.data == NULL && gauth_scan_next(&scan))
	{
		bool		endless;
		Datum		end = gauth_scan_value(&scan, MANDATE_EXPIRES_AT,
										   &endless);

		if (gauth_span_equal(gauth_scan_text(&scan, MANDATE_PROJECT),
							 project) &&
			!is_set(&scan, MANDATE_PARENT) &&
			gauth_span_is(gauth_scan_text(&scan, MANDATE_STATUS), "ACTIVE") &&
			(endless || DatumGetTimestampTz(end) > at))
			id = gauth_scan_copy(&scan, MANDATE_ID);
	}
	gauth_scan_end(&scan);
	return id;
}

/*
 * gauth_grant_find
 *		The grant of that name; false when there is none.
 */
bool
gauth_grant_find(GauthSpan id, GauthGrant *grant)
{
	GauthScan	scan;
	bool		is_null;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_AUTHORIZATION_GRANT);
	gauth_scan_key_text(&scan, GRANT_ID, id);
	found = gauth_scan_next(&scan);
	if (found)
	{
		grant->id = gauth_scan_copy(&scan, GRANT_ID);
		grant->mandate = gauth_scan_copy(&scan, GRANT_MANDATE);
		grant->agent = gauth_scan_copy(&scan, GRANT_AGENT);
		grant->server = gauth_scan_copy(&scan, GRANT_SERVER);
		grant->scope = gauth_scan_copy(&scan, GRANT_SCOPE);
		grant->challenge = is_set(&scan, GRANT_CODE_CHALLENGE) ?
			gauth_scan_copy(&scan, GRANT_CODE_CHALLENGE) : gauth_span(NULL, 0);
		grant->expires_at =
			DatumGetTimestampTz(gauth_scan_value(&scan, GRANT_EXPIRES_AT,
												 &is_null));
		grant->used = is_set(&scan, GRANT_USED_AT);
		grant->revoked = is_set(&scan, GRANT_REVOKED_AT);
	}
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_counterparty_reason
 *		Why the resource server is not to be dealt with; NULL when it is (RFC
 *		0111 section 6, step f).
 */
const char *
gauth_counterparty_reason(const GauthResourceServer *server,
						  GauthMoment *moment)
{
	GauthRepresentative owner;
	GauthParty	principal;
	GauthParty	agent;

	if (!server->active)
		return "RESOURCE_SERVER_REVOKED";
	if (!gauth_party_find(server->principal, &principal) ||
		!gauth_party_stands(&principal))
		return "PRINCIPAL_NOT_CAPABLE";
	if (!gauth_representative_find(server->principal, server->owner,
								   GAUTH_RESOURCE_OWNER, &owner) ||
		!gauth_representative_stands(&owner, moment))
		return "RESOURCE_OWNER_NOT_IN_FORCE";
	if (server->agent.len > 0 &&
		(!gauth_party_find(server->agent, &agent) ||
		 !gauth_party_stands(&agent)))
		return "PARTY_NOT_ACTIVE";
	return NULL;
}
