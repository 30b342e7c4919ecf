/*
 * words.c
 *		The enumerations of RFC 0116 and their words.
 */
#include "poa/words.h"

#include <stddef.h>

const char *const gauth_profile_words[] = {
	"minimal", "standard", "strict", "enterprise", "behoerde", NULL
};

const char *const gauth_phase_words[] = {"plan", "build", "run", NULL};

const char *const gauth_approval_words[] = {
	"autonomous", "supervised", "four-eyes", NULL
};

const char *const gauth_trust_words[] = {
	"Untrusted", "Probationary", "Standard", "Trusted", "Verified Partner",
	NULL
};

const char *const gauth_shell_words[] = {
	"any", "denylist", "allowlist", NULL
};

const char *const gauth_target_words[] = {"dev", "staging", "prod", NULL};

/* RFC 0117 CHK-17 writes the tiers this way */
static const char *const trust_tiers[] = {
	"untrusted", "probationary", "standard", "trusted", "verified_partner",
	NULL
};

static int
find_word(GauthSpan name, const char *const *words)
{
	int			i;

	for (i = 0; words[i] != NULL; i++)
	{
		if (gauth_span_is(name, words[i]))
			return i;
	}
	return -1;
}

/*
 * gauth_profile_name, gauth_phase_name, gauth_approval_name,
 * gauth_trust_name
 *		The word for a value; the value is one of the enumeration.
 */
const char *
gauth_profile_name(GauthProfile profile)
{
	return gauth_profile_words[profile];
}

const char *
gauth_phase_name(GauthPhase phase)
{
	return gauth_phase_words[phase];
}

const char *
gauth_approval_name(GauthApproval approval)
{
	return gauth_approval_words[approval];
}

const char *
gauth_trust_name(GauthTrust trust)
{
	return gauth_trust_words[trust];
}

/*
 * gauth_profile_find, gauth_phase_find, gauth_approval_find,
 * gauth_trust_find
 *		The value for a word; false if there is none.
 */
bool
gauth_profile_find(GauthSpan name, GauthProfile *profile)
{
	int			i = find_word(name, gauth_profile_words);

	if (i >= 0)
		*profile = (GauthProfile) i;
	return i >= 0;
}

bool
gauth_phase_find(GauthSpan name, GauthPhase *phase)
{
	int			i = find_word(name, gauth_phase_words);

	if (i >= 0)
		*phase = (GauthPhase) i;
	return i >= 0;
}

bool
gauth_approval_find(GauthSpan name, GauthApproval *approval)
{
	int			i = find_word(name, gauth_approval_words);

	if (i >= 0)
		*approval = (GauthApproval) i;
	return i >= 0;
}

bool
gauth_trust_find(GauthSpan name, GauthTrust *trust)
{
	int			i = find_word(name, gauth_trust_words);

	if (i < 0)
		i = find_word(name, trust_tiers);
	if (i >= 0)
		*trust = (GauthTrust) i;
	return i >= 0;
}
