/*
 * check_approval.c
 *		CHK-15: has somebody approved what needs it?
 *
 * That an approver was entitled to approve is looked at when the approval is
 * given; here they are counted.
 */
#include "decision/check.h"

/*
 * gauth_check_needs_approval
 *		Does the mandate want an approval of this action?
 *
 * Four-eyes wants one of every action; supervised of those that are listed;
 * a verb may want one by itself.
 */
bool
gauth_check_needs_approval(const GauthEnforceRequest *request,
						   const GauthCredential *credential)
{
	const GauthVerb *verb = NULL;

	if (credential->approval == GAUTH_APPROVAL_FOUR_EYES)
		return true;
	if (request->verb_good)
		verb = gauth_powers_find_verb(&credential->powers, request->verb);
	if (verb != NULL && verb->requires_approval == GAUTH_FLAG_TRUE)
		return true;
	return credential->approval == GAUTH_APPROVAL_SUPERVISED &&
		gauth_names_contain(&credential->approval_needed_for, request->verb);
}

static bool
is_live(const GauthChecker *checker, const GauthApprovalGiven *approval)
{
	if (approval->expires_at != GAUTH_ABSENT &&
		approval->expires_at <= checker->input->now)
		return false;
	/* nobody approves his own request */
	return approval->approver.len > 0 &&
		!gauth_span_equal(approval->approver, checker->request->agent) &&
		!gauth_span_equal(approval->approver, checker->credential->subject);
}

/* the same approver among those before "end"? */
static bool
is_repeated(const GauthChecker *checker, uint32_t end)
{
	const GauthApprovalGiven *approvals = checker->input->live.approvals;
	uint32_t	i;

	for (i = 0; i < end; i++)
	{
		if (gauth_span_equal(approvals[i].approver, approvals[end].approver) &&
			is_live(checker, &approvals[i]))
			return true;
	}
	return false;
}

static uint32_t
count_approvers(const GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;
	uint32_t	count = 0;
	uint32_t	i;

	for (i = 0; i < live->approval_count; i++)
	{
		if (is_live(checker, &live->approvals[i]) && !is_repeated(checker, i))
			count++;
	}
	return count;
}

static bool
has_approved(const GauthChecker *checker, GauthSpan approver)
{
	const GauthLiveMandate *live = &checker->input->live;
	uint32_t	i;

	for (i = 0; i < live->approval_count; i++)
	{
		if (is_live(checker, &live->approvals[i]) &&
			gauth_span_equal(live->approvals[i].approver, approver))
			return true;
	}
	return false;
}

static bool
have_all_named(const GauthChecker *checker)
{
	const GauthNames *named = &checker->input->quorum.named;
	uint32_t	i;

	for (i = 0; i < named->count; i++)
	{
		if (!has_approved(checker, named->items[i]))
			return false;
	}
	return true;
}

/*
 * gauth_check_approval
 *		CHK-15.  The definition may ask for more approvers than the mandate,
 *		and for certain ones.
 */
void
gauth_check_approval(GauthChecker *checker)
{
	const GauthCredential *credential = checker->credential;
	const GauthQuorum *quorum = &checker->input->quorum;
	uint32_t	needed = 0;
	uint32_t	given;
	GauthViolation *violation;

	if (gauth_check_needs_approval(checker->request, credential))
		needed = credential->approval == GAUTH_APPROVAL_FOUR_EYES ? 2 : 1;
	if (quorum->approvers > needed)
		needed = quorum->approvers;
	if (needed == 0 && quorum->named.count == 0)
	{
		if (credential->approval == GAUTH_APPROVAL_AUTONOMOUS)
			gauth_check_skip(checker, "the agent acts by itself");
		else
			gauth_check_pass(checker, "the action needs no approval");
		return;
	}
	given = checker->input->live.known ? count_approvers(checker) : 0;
	if (given >= needed && (quorum->named.count == 0 ||
							have_all_named(checker)))
		return;
	violation = gauth_check_fail(checker, GAUTH_APPROVAL_REQUIRED,
								 "the action has not been approved");
	gauth_check_detail(checker, violation, "required",
					   gauth_fact_number(needed));
	gauth_check_detail(checker, violation, "given", gauth_fact_number(given));
}
