/*
 * rls_core.c
 *		bench/rls: what a policy costs that asks gauth who reads, against the
 *		same policy with a constant, in one run.
 *
 *	rls_core ROUNDS PSQL TOKEN-FILE
 *
 * Every contender is a session of its own with a role of its own, inside a
 * transaction in which TOKEN has been authenticated, those with a constant
 * too.  What is counted is the CPU time of the server process.
 */
#include "rounds.h"

#include <stdlib.h>
#include <string.h>

typedef struct Session
{
	Child		child;
	const char *statement;
	char		expected[ANSWER_MAX];
} Session;

/* one question: a policy, and the same with a constant */
typedef struct Question
{
	const char *title;
	const char *role;
	const char *constant_role;
	const char *settings;
	const char *statement;
	const char *plan;			/* what EXPLAIN has to show */
	double		goal;			/* most that the ratio may be; 0: none */
} Question;

#define SEQUENTIAL \
	"SET max_parallel_workers_per_gather = 0; SET enable_indexscan = off; " \
	"SET enable_indexonlyscan = off; SET enable_bitmapscan = off"
#define INDEXED		"SET max_parallel_workers_per_gather = 0"
#define PLAIN_COUNT	"SELECT count(amount) FROM account"
#define COUNT		PLAIN_COUNT ";"
#define COUNT_OFTEN	"SELECT count_often(200);"

/* one look-up in a statement pays what is asked once in each; 200 do not */
static const Question questions[] = {
	{"control: two constants, sequential", "bench_constant_again",
	"bench_constant", SEQUENTIAL, COUNT, "Seq Scan on account", 0},
	{"control: two constants, indexed, 200 a statement",
		"bench_constant_again", "bench_constant", INDEXED, COUNT_OFTEN,
	"account_owner", 0},
	{"control: two constants, indexed, 1 a statement",
		"bench_constant_again", "bench_constant", INDEXED, COUNT,
	"account_owner", 0},
	{"owner = gauth.subject(), sequential", "bench_subject",
	"bench_constant", SEQUENTIAL, COUNT, "Seq Scan on account", 1.8},
	{"owner = gauth.subject(), indexed, 200 a statement", "bench_subject",
	"bench_constant", INDEXED, COUNT_OFTEN, "account_owner", 1.1},
	{"owner = gauth.subject(), indexed, 1 a statement", "bench_subject",
	"bench_constant", INDEXED, COUNT, "account_owner", 1.1},
	{"tenant = gauth.claim('tenant'), sequential", "bench_claim",
	"bench_tenant_constant", SEQUENTIAL, COUNT, "Seq Scan on account", 0},
	{"gauth.has_scope('orders:read'), sequential", "bench_scope",
	"bench_amount", SEQUENTIAL, COUNT, "Seq Scan on account", 0},
};

static int	rounds;
static int	missed;

static bool
ask(Contender *contender, unsigned count)
{
	Session    *session = contender->state;
	char		answer[ANSWER_MAX];

	while (count-- > 0)
	{
		if (strcmp(child_ask(&session->child, session->statement, answer),
				   session->expected) != 0)
			return false;
	}
	return true;
}

static void
tell(Session *session, const char *statement)
{
	char		line[ANSWER_MAX * 2];
	char		answer[ANSWER_MAX];

	(void) snprintf(line, sizeof(line), "%s; SELECT 'done';", statement);
	if (strcmp(child_ask(&session->child, line, answer), "done") != 0)
		fatal("the server answered: %s", answer);
}

static void
open_session(Session *session, const char *psql, const char *token,
			 const char *role, const char *settings)
{
	char		line[ANSWER_MAX * 2];

	session_start(&session->child, psql);
	tell(session, settings);
	(void) snprintf(line, sizeof(line), "SET ROLE %s", role);
	tell(session, line);
	tell(session, "BEGIN");
	(void) snprintf(line, sizeof(line),
					"DO $$BEGIN PERFORM gauth.authenticate('%s'); END$$",
					token);
	tell(session, line);
}

/* a measurement of another plan than its title says would be worthless */
static void
check_plan(Session *session, const char *plan)
{
	char		answer[ANSWER_MAX];

	child_ask(&session->child, "SELECT plan_of('" PLAIN_COUNT "');", answer);
	if (strstr(answer, plan) == NULL)
		fatal("not the plan that was asked for: %s", answer);
}

/* the policy leaves the plan parallel, and the workers know who reads */
static void
run_parallel(const char *psql, const char *token)
{
	static Session session;
	char		plan[ANSWER_MAX];
	char		serial[ANSWER_MAX];
	char		parallel[ANSWER_MAX];
	bool		kept;

	open_session(&session, psql, token, "bench_subject", SEQUENTIAL);
	child_ask(&session.child, COUNT, serial);
	tell(&session, "SET max_parallel_workers_per_gather = 2");
	child_ask(&session.child, "SELECT plan_of('" PLAIN_COUNT "');", plan);
	child_ask(&session.child, COUNT, parallel);
	kept = strstr(plan, "Gather") != NULL &&
		strstr(plan, "Workers Launched: 2") != NULL &&
		strcmp(serial, parallel) == 0;
	printf("%-49s rows serial %s, parallel %s: %s\n",
		   "owner = gauth.subject(), 2 workers", serial, parallel,
		   kept ? "kept" : "LOST");
	if (!kept)
		printf("%s\n", plan);
	missed += !kept;
	child_stop(&session.child);
}

static void
run_question(const Question *question, const char *psql, const char *token)
{
	static Contender contenders[2];
	static Session sessions[2];
	Contender  *both[] = {&contenders[0], &contenders[1]};
	const char *roles[] = {question->constant_role, question->role};
	double		ratio;
	int			i;

	for (i = 0; i < 2; i++)
	{
		open_session(&sessions[i], psql, token, roles[i], question->settings);
		check_plan(&sessions[i], question->plan);
		sessions[i].statement = question->statement;
		child_ask(&sessions[i].child, question->statement,
				  sessions[i].expected);
		contenders[i].name = roles[i];
		contenders[i].work = ask;
		contenders[i].state = &sessions[i];
		contenders[i].clock = sessions[i].child.clock;
		contenders[i].count = 0;
	}
	if (strcmp(sessions[0].expected, sessions[1].expected) != 0 ||
		atol(sessions[0].expected) <= 0)
		fatal("%s: different rows, %s and %s", question->title,
			  sessions[0].expected, sessions[1].expected);

	compete(both, 2, rounds);
	ratio = median_ratio(&contenders[1], &contenders[0], rounds);
	printf("%-49s constant %8.3f ms  other %8.3f ms  noise %4.1f %%  "
		   "ratio %5.3f", question->title,
		   median_time(&contenders[0], rounds) / 1e6,
		   median_time(&contenders[1], rounds) / 1e6,
		   100 * spread(&contenders[0], rounds), ratio);
	if (question->goal > 0)
		printf("  goal %.1f  %s", question->goal,
			   ratio <= question->goal ? "met" : "MISSED");
	printf("\n");
	missed += question->goal > 0 && ratio > question->goal;
	for (i = 0; i < 2; i++)
		child_stop(&sessions[i].child);
}

static char *
read_token(const char *path)
{
	static char token[ANSWER_MAX];
	FILE	   *file = fopen(path, "r");

	if (file == NULL || fgets(token, sizeof(token), file) == NULL)
		fatal("no token in %s", path);
	fclose(file);
	token[strcspn(token, "\n")] = '\0';
	return token;
}

int
main(int argc, char **argv)
{
	char	   *token;
	size_t		i;

	if (argc != 4)
		fatal("usage: %s ROUNDS PSQL TOKEN-FILE", argv[0]);
	rounds = atoi(argv[1]);
	if (rounds < 1)
		fatal("at least one round");
	setvbuf(stdout, NULL, _IOLBF, 0);
	pin(0);
	token = read_token(argv[3]);
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		run_question(&questions[i], argv[2], token);

	run_parallel(argv[2], token);

	printf("rls: %d goals missed\n", missed);
	return missed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
