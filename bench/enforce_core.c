/*
 * enforce_core.c
 *		bench/enforce: a stateful decision, taken apart.
 *
 *	enforce_core ROUNDS PSQL MANDATE-FILE REQUEST-FILE
 *
 * The first three contenders are pure: a request's JSON read, the seventeen
 * checks, the answer written.  The others are one server process, whose CPU
 * time counts: gauth.enforce, and the same scan without it.  What
 * gauth.enforce itself says it took is from the first byte of the request to
 * the decision, before it is recorded and written out.
 */
#include "rounds.h"

#include <stdlib.h>
#include <string.h>

#include "decision/enforce_answer.h"
#include "poa/ceiling.h"

/* decisions in one statement */
#define LOOP	"200"

#define NOW		INT64_C(1767225600)

/* most that a decision may take inside the server, beside JSON, in ns */
#define GOAL	15000

typedef struct Bench
{
	GauthSpan	text;			/* of the request */
	GauthArena	arena;			/* of what stays */
	GauthCredential credential;
	GauthEnforceRequest request;
	GauthEnforceInput input;
	GauthEnforceDecision decision;
	GauthApprovalGiven approval;
} Bench;

static Bench bench;

static char scratch[256 * 1024];

static GauthArena
begin(void)
{
	GauthArena	arena;

	gauth_arena_init(&arena, scratch, sizeof(scratch), NULL, 0);
	return arena;
}

static bool
read_requests(Contender *contender, unsigned count)
{
	(void) contender;
	while (count-- > 0)
	{
		GauthArena	arena = begin();
		const GauthJson *json;
		GauthEnforceRequest request;
		GauthEnforceError error;

		if (gauth_enforce_parse(&arena, bench.text, &json,
								&error) != GAUTH_OK ||
			gauth_enforce_read_request(&arena, json, false, &request,
									   &error) != GAUTH_OK)
			return false;
	}
	return true;
}

static bool
make_checks(Contender *contender, unsigned count)
{
	(void) contender;
	while (count-- > 0)
	{
		GauthArena	arena = begin();

		if (gauth_enforce(&arena, &bench.input, &bench.decision) != GAUTH_OK ||
			bench.decision.ruling != GAUTH_RULING_PERMIT)
			return false;
	}
	return true;
}

static bool
write_answers(Contender *contender, unsigned count)
{
	GauthEnforceAnswer answer = {
		.input = &bench.input,.decision = &bench.decision,
		.record = {.timestamp = NOW,.version = "bench"}
	};

	(void) contender;
	while (count-- > 0)
	{
		GauthArena	arena = begin();
		GauthText	text;
		GauthSpan	written;

		gauth_text_init(&text, &arena);
		gauth_enforce_append_answer(&text, &answer);
		if (!gauth_text_finish(&text, &written))
			return false;
	}
	return true;
}

static GauthSpan
read_file(const char *path)
{
	FILE	   *stream = fopen(path, "r");
	char	   *data = malloc(64 * 1024);
	size_t		size;

	if (stream == NULL || data == NULL)
		fatal("cannot read %s", path);
	size = fread(data, 1, 64 * 1024, stream);
	fclose(stream);
	return gauth_span(data, size);
}

static void
prepare(const char *mandate, const char *request)
{
	GauthJson  *json;
	const GauthJson *asked;
	GauthProblems problems;
	GauthEnforceError error;

	gauth_arena_init(&bench.arena, NULL, 0, &gauth_malloc_source, 0);
	bench.text = read_file(request);
	gauth_problems_init(&problems, &bench.arena);
	if (gauth_json_parse(&bench.arena, read_file(mandate),
						 &gauth_json_document_limits, &json,
						 NULL) != GAUTH_OK ||
		gauth_credential_read(&bench.arena, json, GAUTH_CREDENTIAL_REQUESTED,
							  &bench.credential, &problems) != GAUTH_OK ||
		gauth_enforce_parse(&bench.arena, bench.text, &asked,
							&error) != GAUTH_OK ||
		gauth_enforce_read_request(&bench.arena, asked, false, &bench.request,
								   &error) != GAUTH_OK)
		fatal("the mandate or the request is none");

	bench.approval.approver = GAUTH_SPAN("bert");
	bench.approval.expires_at = GAUTH_ABSENT;
	bench.input.now = NOW;
	bench.input.request = &bench.request;
	bench.input.credential = &bench.credential;
	bench.input.ceiling = gauth_ceiling_of(bench.credential.powers.profile);
	bench.input.evidence.source = GAUTH_SOURCE_MANDATE;
	bench.input.evidence.expires_at = GAUTH_ABSENT;
	bench.input.evidence.not_before = GAUTH_ABSENT;
	bench.input.live.known = true;
	bench.input.live.own = true;
	bench.input.live.standing = GAUTH_STANDING_ACTIVE;
	bench.input.live.expires_at = GAUTH_ABSENT;
	bench.input.live.budget_total = 1000000;
	bench.input.live.budget_remaining = 1000000;
	bench.input.live.hold = GAUTH_ABSENT;
	bench.input.live.tool_calls_used = GAUTH_ABSENT;
	bench.input.live.session_started_at = GAUTH_ABSENT;
	bench.input.live.approvals = &bench.approval;
	bench.input.live.approval_count = 1;
	bench.input.settings.budget_warning = 10;
}

/* a question to the server, asked LOOP times in one statement */
typedef struct Question
{
	Child		child;
	const char *statement;
	double		told;			/* microseconds that the answers said, summed */
	unsigned	answers;
} Question;

static bool
ask(Contender *contender, unsigned count)
{
	Question   *question = contender->state;
	char		answer[ANSWER_MAX];

	while (count-- > 0)
	{
		question->told += atof(child_ask(&question->child,
										 question->statement, answer));
		question->answers++;
	}
	return question->told > 0;
}

static void
open_question(Question *question, Contender *contender, const char *psql)
{
	session_start(&question->child, psql);
	contender->state = question;
	contender->clock = question->child.clock;
}

int
main(int argc, char **argv)
{
	static Question scan = {
		.statement = "SELECT avg(length(request::text)) FROM request,"
		" generate_series(1, " LOOP ");"
	};
	static Question decide = {
		.statement = "SELECT 1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY"
		" (gauth.enforce(request) #>> '{audit,processing_time_ms}')::float8)"
		" FROM request, generate_series(1, " LOOP ");"
	};
	static Contender contenders[] = {
		{"JSON in", read_requests, NULL, CLOCK_THREAD_CPUTIME_ID, 0, {0}},
		{"17 checks", make_checks, NULL, CLOCK_THREAD_CPUTIME_ID, 0, {0}},
		{"JSON out", write_answers, NULL, CLOCK_THREAD_CPUTIME_ID, 0, {0}},
		{"the scan", ask, NULL, 0, 1, {0}},
		{"gauth.enforce", ask, NULL, 0, 1, {0}},
	};
	Contender  *all[5];
	int			rounds;
	int			i;
	double		inside;

	if (argc != 5)
		fatal("usage: enforce_core ROUNDS PSQL MANDATE REQUEST");
	rounds = atoi(argv[1]);
	prepare(argv[3], argv[4]);
	if (!make_checks(&contenders[1], 1))
		fatal("the checks do not permit");
	open_question(&scan, &contenders[3], argv[2]);
	open_question(&decide, &contenders[4], argv[2]);
	for (i = 0; i < 5; i++)
		all[i] = &contenders[i];
	compete(all, 5, rounds);

	for (i = 0; i < 3; i++)
		printf("%-24s %8.0f ns, noise %.2f\n", contenders[i].name,
			   median_time(&contenders[i], rounds),
			   spread(&contenders[i], rounds));
	inside = decide.told / decide.answers * 1000 -
		median_time(&contenders[0], rounds);
	printf("%-24s %8.0f ns: live row, budget, approval, 17 checks; "
		   "goal %d, %s\n", "decision in the server", inside, GOAL,
		   inside <= GOAL ? "met" : "missed");
	printf("%-24s %8.0f ns: the same with JSON in and out, recorded in an "
		   "open transaction\n", "gauth.enforce",
		   median_net_time(&contenders[4], &contenders[3], rounds) /
		   atof(LOOP));
	return inside <= GOAL ? EXIT_SUCCESS : EXIT_FAILURE;
}
