/*
 * check_budget.c
 *		CHK-13 and CHK-14: money, and what is left of a session.
 */
#include "decision/check.h"

/*
 * gauth_enforce_cost
 *		What the action costs, in cents: as the request says, else as the verb
 *		says; absent where neither does.
 */
int64_t
gauth_enforce_cost(const GauthEnforceRequest *request,
				   const GauthPowers *powers)
{
	const GauthVerb *verb;

	if (request->amount_cents != GAUTH_ABSENT)
		return request->amount_cents;
	if (!request->verb_good)
		return GAUTH_ABSENT;
	verb = gauth_powers_find_verb(powers, request->verb);
	return verb == NULL ? GAUTH_ABSENT : verb->cost_cents;
}

/* what the action may draw on; absent where the mandate has no budget */
static int64_t
find_remaining(const GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;
	int64_t		sum;

	/* what was true when the credential was made is an upper bound */
	if (!live->known || live->budget_remaining == GAUTH_ABSENT)
		return checker->credential->budget_remaining != GAUTH_ABSENT
			? checker->credential->budget_remaining
			: checker->credential->budget_total;
	if (live->hold == GAUTH_ABSENT)
		return live->budget_remaining;
	if (__builtin_add_overflow(live->budget_remaining, live->hold, &sum))
		return live->budget_remaining;
	return sum;
}

static int64_t
find_total(const GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;

	return live->known && live->budget_total != GAUTH_ABSENT
		? live->budget_total : checker->credential->budget_total;
}

/* is "left" less than so many percent of "total"? */
static bool
is_low(int64_t left, int64_t total, int64_t percent)
{
	if (total == GAUTH_ABSENT)
		return false;
	return (__int128) left * 100 < (__int128) total * percent;
}

/*
 * gauth_check_budget
 *		CHK-13: an action that costs something has to be affordable.
 *
 * Nothing is spent here.
 */
void
gauth_check_budget(GauthChecker *checker)
{
	int64_t		cost = gauth_enforce_cost(checker->request,
										  &checker->credential->powers);
	int64_t		remaining = find_remaining(checker);
	GauthViolation *violation = NULL;

	if (cost == GAUTH_ABSENT)
		gauth_check_skip(checker, "the action costs nothing");
	else if (remaining == GAUTH_ABSENT)
		gauth_check_skip(checker, "the mandate has no budget");
	else if (remaining <= 0)
		violation = gauth_check_fail(checker, GAUTH_BUDGET_EXHAUSTED,
									 "the budget is used up");
	else if (cost > remaining)
		violation = gauth_check_fail(checker, GAUTH_BUDGET_EXCEEDED,
									 "the action costs more than is left");
	else if (is_low(remaining - cost, find_total(checker),
					checker->input->settings.budget_warning))
		gauth_check_constrain(checker, "budget_warning",
							  gauth_fact_number(cost),
							  gauth_fact_number(remaining));
	if (violation == NULL)
		return;
	gauth_check_detail(checker, violation, "requested_cents",
					   gauth_fact_number(cost));
	gauth_check_detail(checker, violation, "remaining_cents",
					   gauth_fact_number(remaining));
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* the earlier one of those that are there */
static int64_t
earlier(int64_t a, int64_t b)
{
	if (a == GAUTH_ABSENT || b == GAUTH_ABSENT)
		return larger(a, b);
	return a < b ? a : b;
}

static void
fail_session(GauthChecker *checker, const char *message, int64_t limit)
{
	GauthViolation *violation = gauth_check_fail(checker,
												 GAUTH_SESSION_LIMIT_EXCEEDED,
												 message);

	gauth_check_detail(checker, violation, "limit", gauth_fact_number(limit));
}

static void
check_calls(GauthChecker *checker)
{
	const GauthCredential *credential = checker->credential;
	const GauthLiveMandate *live = &checker->input->live;
	int64_t		used = checker->request->state.tool_calls_used;
	const GauthCeiling *ceiling = checker->input->ceiling;
	int64_t		most = credential->max_tool_calls;

	if (live->known)
		used = larger(used, live->tool_calls_used);
	if (ceiling != NULL)
		most = gauth_ceiling_limit(ceiling->max_tool_calls, most);
	if (most != GAUTH_ABSENT && used >= most)
		fail_session(checker, "no tool calls are left in this session", most);
	else if (credential->remaining_tool_calls == 0)
		fail_session(checker, "no tool calls are left in this session", 0);
}

static int64_t
find_duration_limit(const GauthChecker *checker)
{
	const GauthCredential *credential = checker->credential;
	const GauthCeiling *ceiling = checker->input->ceiling;
	int64_t		minutes = credential->max_session_minutes;

	if (ceiling != NULL)
		minutes = gauth_ceiling_limit(ceiling->max_session_minutes, minutes);
	if (minutes == GAUTH_ABSENT || minutes > INT64_MAX / 60)
		return credential->ttl_seconds;
	return gauth_ceiling_limit(credential->ttl_seconds, minutes * 60);
}

/*
 * A session began when the earliest of those who know say.  One that begins
 * later than now would last for ever.
 */
static void
check_duration(GauthChecker *checker)
{
	int64_t		start = earlier(checker->request->state.started_at,
								checker->credential->session_started_at);
	int64_t		now = checker->input->now;
	int64_t		most = find_duration_limit(checker);

	if (checker->input->live.known)
		start = earlier(start, checker->input->live.session_started_at);
	if (start == GAUTH_ABSENT || most == GAUTH_ABSENT)
		return;
	if (start > now + checker->input->settings.session_leeway)
		fail_session(checker, "the session has not begun", most);
	else if (now - start > most)
		fail_session(checker, "the session has lasted too long", most);
}

static void
check_lines(GauthChecker *checker)
{
	const GauthEnforceRequest *request = checker->request;
	const GauthCeiling *ceiling = checker->input->ceiling;
	int64_t		most = checker->credential->max_lines_per_commit;

	if (ceiling != NULL)
		most = gauth_ceiling_limit(ceiling->max_lines_per_commit, most);
	if (most == GAUTH_ABSENT || request->action.kind == GAUTH_ACTION_READ ||
		!gauth_action_touches(&request->action, GAUTH_RESOURCE_FILE))
		return;
	if (request->lines > most)
		fail_session(checker, "the change has too many lines", most);
	else
		gauth_check_constrain(checker, "lines_limited",
							  gauth_fact_number(request->lines),
							  gauth_fact_number(most));
}

/*
 * gauth_check_session
 *		CHK-14: tool calls, duration, lines.
 *
 * Both the caller's count and our own are looked at; the worse one counts.
 */
void
gauth_check_session(GauthChecker *checker)
{
	const GauthLiveMandate *live = &checker->input->live;

	if (!checker->request->state.given &&
		!(live->known && (live->tool_calls_used != GAUTH_ABSENT ||
						  live->session_started_at != GAUTH_ABSENT)))
	{
		gauth_check_skip(checker, "nothing is known of a session");
		return;
	}
	check_calls(checker);
	check_duration(checker);
	check_lines(checker);
}
