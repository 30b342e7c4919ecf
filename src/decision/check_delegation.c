/*
 * check_delegation.c
 *		CHK-16: does the chain lead to this agent, and what has it left of the
 *		powers? (RFC 0117 section 11)
 */
#include "decision/check.h"
#include "poa/narrow.h"

static void
exceed_depth(GauthChecker *checker, const char *message, int64_t limit)
{
	uint32_t	depth = checker->credential->delegation_count;
	GauthViolation *violation;

	violation = gauth_check_fail(checker, GAUTH_DELEGATION_DEPTH_EXCEEDED,
								 message);
	gauth_check_detail(checker, violation, "depth", gauth_fact_number(depth));
	gauth_check_detail(checker, violation, "limit", gauth_fact_number(limit));
}

static void
exceed_scope(GauthChecker *checker, const char *message, uint32_t entry)
{
	GauthViolation *violation;

	violation = gauth_check_fail(checker, GAUTH_DELEGATION_SCOPE_EXCEEDED,
								 message);
	gauth_check_detail(checker, violation, "entry", gauth_fact_number(entry));
}

/* the powers at the top of the chain */
static const GauthPowers *
find_origin(const GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;

	return live->known && live->origin != NULL ? live->origin
		: &checker->credential->powers;
}

/*
 * Every entry takes up where the one before it ended, the last one at the
 * agent.
 */
static void
check_links(GauthChecker *checker)
{
	const GauthDelegation *entries = checker->credential->delegations;
	uint32_t	last = checker->credential->delegation_count - 1;
	uint32_t	i;

	for (i = 0; i <= last; i++)
	{
		const GauthDelegation *entry = &entries[i];

		if (entry->delegator.len == 0 || entry->delegate.len == 0 ||
			entry->delegated_at == GAUTH_ABSENT)
			exceed_scope(checker, "an entry of the chain is not complete", i);
		if (i > 0 &&
			!gauth_span_equal(entry->delegator, entries[i - 1].delegate))
			exceed_scope(checker, "the chain is broken", i);
	}
	if (!gauth_span_equal(entries[last].delegate,
						  checker->credential->subject))
		exceed_scope(checker, "the chain does not end at the agent", last);
}

/* the least that any verb, or the profile, says; absent: no limit */
static int64_t
find_depth_limit(const GauthChecker *checker)
{
	const GauthPowers *powers = find_origin(checker);
	const GauthCeiling *ceiling = checker->input->ceiling;
	int64_t		least = GAUTH_ABSENT;
	uint32_t	i;

	if (ceiling != NULL)
		least = ceiling->delegation_depth;
	for (i = 0; i < powers->verb_count; i++)
	{
		int64_t		depth = powers->verbs[i].max_delegation_depth;

		if (depth != GAUTH_ABSENT && (least == GAUTH_ABSENT || depth < least))
			least = depth;
	}
	return least;
}

static void
check_depth(GauthChecker *checker)
{
	int64_t		count = checker->credential->delegation_count;
	int64_t		limit = find_depth_limit(checker);

	if (count > GAUTH_CHAIN_MAX)
		exceed_depth(checker, "the chain is too long", GAUTH_CHAIN_MAX);
	else if (limit != GAUTH_ABSENT && count > limit)
		exceed_depth(checker, "the chain is longer than was allowed", limit);
}

/* what is left for further delegations falls with every entry */
static void
check_remaining_depth(GauthChecker *checker)
{
	const GauthCredential *credential = checker->credential;
	int64_t		before = GAUTH_ABSENT;
	uint32_t	i;

	for (i = 0; i < credential->delegation_count; i++)
	{
		int64_t		left = credential->delegations[i].max_depth_remaining;

		if (left != GAUTH_ABSENT && before != GAUTH_ABSENT && left >= before)
			exceed_depth(checker, "the depth that is left does not fall",
						 before);
		/* an entry that does not say takes one away all the same */
		if (left != GAUTH_ABSENT)
			before = left;
		else if (before != GAUTH_ABSENT && --before < 0)
		{
			exceed_depth(checker, "no depth is left for this entry", 0);
			before = 0;
		}
	}
}

/* in order, not in the future, and while the credential was valid */
static void
check_times(GauthChecker *checker)
{
	const GauthCredential *credential = checker->credential;
	const GauthEvidence *evidence = &checker->input->evidence;
	int64_t		before = GAUTH_ABSENT;
	uint32_t	i;

	for (i = 0; i < credential->delegation_count; i++)
	{
		int64_t		at = credential->delegations[i].delegated_at;

		if (at == GAUTH_ABSENT)
			continue;
		if (at > checker->input->now)
			exceed_scope(checker, "a delegation lies in the future", i);
		else if (at < before)
			exceed_scope(checker, "the chain is not in the order of time", i);
		else if (evidence->expires_at != GAUTH_ABSENT &&
				 at >= evidence->expires_at)
			exceed_scope(checker, "a delegation came after the end", i);
		before = at;
	}
}

/*
 * Narrow the powers entry by entry.  An entry that gives more than its
 * delegator had is refused, and cannot add anything either: what is left is
 * what both have.
 */
static void
narrow(GauthChecker *checker)
{
	const GauthDelegation *entries = checker->credential->delegations;
	const GauthPowers *powers = find_origin(checker);
	uint32_t	i;

	for (i = 0; i < checker->credential->delegation_count; i++)
	{
		const GauthPowers *restriction = &entries[i].restriction;
		GauthPowers *left = gauth_arena_alloc(checker->arena, sizeof(*left));

		if (left == NULL ||
			gauth_powers_intersect(checker->arena, powers, restriction,
								   left) != GAUTH_OK)
		{
			checker->failed = true;
			return;
		}
		if (!gauth_powers_narrower(checker->arena, powers, restriction))
			exceed_scope(checker, "an entry gives more than its delegator had",
						 i);
		powers = left;
	}
	checker->effective = powers;
}

/* is the chain the one that our own record has? */
static void
check_record(GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;

	if (live->known && live->own && live->chain_recorded)
		return;
	if (checker->input->evidence.source == GAUTH_SOURCE_SNAPSHOT)
		return;
	exceed_scope(checker, "the delegation is not on record", 0);
}

/*
 * gauth_check_delegation
 *		CHK-16.  The powers that are left are for the second pass.
 *
 * A link counts because the authorization server has made it, not because an
 * agent says so: what is not on record is refused.
 */
void
gauth_check_delegation(GauthChecker *checker)
{
	if (checker->credential->delegation_count == 0)
	{
		gauth_check_skip(checker, "nothing was delegated");
		return;
	}
	check_links(checker);
	check_depth(checker);
	check_remaining_depth(checker);
	check_times(checker);
	check_record(checker);
	narrow(checker);
}
