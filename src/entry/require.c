/*
 * require.c
 *		What a function asks of its caller before it does anything.
 */
#include "entry/require.h"

#include "entry/report.h"

/*
 * gauth_require_capability
 *		Raise 42501 unless the current role may do what the capability is
 *		about, to this object (NULL: to all of them).
 */
void
gauth_require_capability(GauthCapability capability, const GauthSpan *object)
{
	if (!gauth_access_allows(capability, object))
		gauth_raise_no_capability(gauth_capability_name(capability));
}
