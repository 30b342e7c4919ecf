/*
 * trust.c
 *		How far agents are trusted (RFC 0117 CHK-17).
 */
#include "store/trust.h"

#include "store/relation.h"

static GauthTrust
read_class(const GauthScan *scan, AttrNumber column)
{
	GauthTrust	trust;

	if (!gauth_trust_find(gauth_scan_text(scan, column), &trust))
		return GAUTH_TRUST_ABSENT;
	return trust;
}

/*
 * gauth_trust_of_agent
 *		The classes of an agent, each absent where nobody has said one.
 */
void
gauth_trust_of_agent(GauthSpan agent, GauthTrust *local,
					 GauthTrust *attested)
{
	GauthScan	scan;

	*local = GAUTH_TRUST_ABSENT;
	*attested = GAUTH_TRUST_ABSENT;
	gauth_scan_begin(&scan, GAUTH_TABLE_AGENT_TRUST);
	gauth_scan_key_text(&scan, TRUST_AGENT, agent);
	if (gauth_scan_next(&scan))
	{
		*local = read_class(&scan, TRUST_LOCAL_CLASS);
		*attested = read_class(&scan, TRUST_ATTESTED_CLASS);
	}
	gauth_scan_end(&scan);
}
