/*
 * actor.c
 *		Who calls, and whether that is enough.
 *
 * The actor is never an argument: it follows from the identity, or from the
 * role that logged in.
 */
#include "entry/actor.h"

#include "utils/timestamp.h"

#include "entry/policy_change.h"
#include "entry/report.h"
#include "store/access.h"

/*
 * gauth_actor_require
 *		The party that acts; raises INSUFFICIENT_AUTHORITY when it is none.
 */
GauthSpan
gauth_actor_require(void)
{
	GauthSpan	party;

	if (!gauth_party_actor(&party))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
	return party;
}

/*
 * gauth_actor_name
 *		Who acts, for the record: the party, else the identity's subject, else
 *		the role that logged in.
 */
GauthSpan
gauth_actor_name(void)
{
	GauthSpan	party;

	if (gauth_party_actor(&party))
		return party;
	return gauth_policy_change_author();
}

/*
 * gauth_actor_is
 *		Is it this party that acts?
 */
bool
gauth_actor_is(GauthSpan party)
{
	GauthSpan	actor;

	return gauth_party_actor(&actor) && gauth_span_equal(actor, party);
}

/*
 * gauth_actor_administers
 *		Is the current role an administrator of gauth?
 */
bool
gauth_actor_administers(void)
{
	return gauth_access_allows(GAUTH_ADMINISTRATOR, NULL);
}

/*
 * gauth_actor_represents
 *		Does the actor hold such a position for the principal, in force?
 */
bool
gauth_actor_represents(GauthSpan principal, const char *kind,
					   GauthRepresentative *position)
{
	GauthMoment now = gauth_moment(GetCurrentTimestamp());
	GauthSpan	actor;

	return gauth_party_actor(&actor) &&
		gauth_representative_find(principal, actor, kind, position) &&
		gauth_representative_stands(position, &now);
}
