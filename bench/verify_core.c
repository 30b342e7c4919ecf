/*
 * verify_core.c
 *		bench/verify: gauth against the raw primitive and against other
 *		libraries, in C and inside the server, in one run.
 *
 *	verify_core ROUNDS DIRECTORY PSQL [NAME COMMAND]
 *
 * DIRECTORY takes the keys and tokens, and is one that the server can read.
 * PSQL is a command line that reaches a database with the extension.  COMMAND
 * is a library in a process of its own: it answers "ALGORITHM COUNT".
 */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

/* contenders in C: the raw primitive first, gauth second */
enum
{
	RAW,
	GAUTH,
	LIBRARIES
};
#define CONTENDERS_MAX	6

/* what has to be reached; a rate is per second, a share of the primitive's */
typedef struct Goal
{
	GauthAlgorithm algorithm;
	int			rows;			/* of the table in the server */
	double		core_rate;
	double		core_share;
	double		server_rate;
	double		server_share;
	double		library_share;	/* of the rate of the best library */
} Goal;

static const Goal goals[] = {
	{GAUTH_HS256, 20000, 1e6, 0, 5e5, 0, 1.0},
	{GAUTH_RS256, 2000, 0, 0.90, 0, 0.85, 1.0},
	{GAUTH_PS256, 2000, 0, 0.90, 0, 0.85, 1.0},
	{GAUTH_ES256, 1000, 0, 0.90, 0, 0.85, 0.95},
	{GAUTH_EDDSA, 1000, 0, 0.90, 0, 0.85, 0.95},
};

/* another process that verifies, or a statement that does */
typedef struct Remote
{
	Child	   *child;
	const char *name;			/* of the algorithm; NULL: a statement */
	const char *statement;
	const char *expected;
} Remote;

static const char control_name[] = "gauth, forked";

static int	rounds;
static int	missed;

static bool
ask_remote(Contender *contender, unsigned count)
{
	Remote	   *remote = contender->state;
	char		line[128];
	char		answer[ANSWER_MAX];

	if (remote->name == NULL)
		return strcmp(child_ask(remote->child, remote->statement, answer),
					  remote->expected) == 0;
	(void) snprintf(line, sizeof(line), "%s %u", remote->name, count);
	return strcmp(child_ask(remote->child, line, answer), "done") == 0;
}

static void
prepare_remote(Contender *contender, const char *name, Remote *remote)
{
	contender->name = name;
	contender->work = ask_remote;
	contender->state = remote;
	contender->clock = remote->child->clock;
}

static void
tell_goal(const char *what, double reached, double wanted)
{
	bool		met = reached >= wanted;

	if (wanted == 0)
		return;
	printf("    %-38s %11.*f  goal %11.*f  %s\n", what,
		   wanted > 10 ? 0 : 3, reached, wanted > 10 ? 0 : 3, wanted,
		   met ? "met" : "MISSED");
	missed += !met;
}

/* gauth where the other one works: in this process or in one of its own */
static const Contender *
rival_of(const Contender *it, Contender **contenders)
{
	int			i;

	for (i = LIBRARIES; it->clock != CLOCK_THREAD_CPUTIME_ID; i++)
	{
		if (contenders[i]->name == control_name)
			return contenders[i];
	}
	return contenders[GAUTH];
}

static void
tell_core(const Goal *goal, Contender **contenders, int count)
{
	const Contender *raw = contenders[RAW];
	const Contender *gauth = contenders[GAUTH];
	double		ahead = 0;		/* of the best library */
	int			i;

	printf("%s\n", gauth_algorithm_name(goal->algorithm));
	for (i = 0; i < count; i++)
	{
		const Contender *it = contenders[i];
		double		ratio = median_ratio(it, rival_of(it, contenders), rounds);

		printf("    %-18s %9.0f ns %9.0f/s  noise %4.1f %%  "
			   "of raw %5.3f  gauth ahead %6.3f\n",
			   it->name, median_time(it, rounds),
			   1e9 / median_time(it, rounds), 100 * spread(it, rounds),
			   median_ratio(raw, it, rounds), ratio);
		if (i >= LIBRARIES && it->name != control_name &&
			(ahead == 0 || ratio < ahead))
			ahead = ratio;
	}
	tell_goal("tokens a second", 1e9 / median_time(gauth, rounds),
			  goal->core_rate);
	tell_goal("share of the raw primitive's rate",
			  median_ratio(raw, gauth, rounds), goal->core_share);
	if (ahead == 0)
		printf("    no library to compare with\n");
	else
		tell_goal("rate against the best library's", ahead,
				  goal->library_share);
}

/* a library that is not there, or does not know the algorithm, is left out */
static void
add_library(Contender **contenders, int *count, const Subject *subject,
			bool (*prepare) (Contender *contender, const Subject *subject))
{
	if (prepare(contenders[*count], subject))
		(*count)++;
	else
		printf("%s: %s skipped\n", subject->name, contenders[*count]->name);
}

/* "name" and "peer": a library in a process of its own, or NULL */
static void
run_core(const Goal *goal, const Subject *subject, const char *name,
		 Child *peer)
{
	static Contender pool[CONTENDERS_MAX];
	Contender  *contenders[CONTENDERS_MAX];
	Child		fork;
	Remote		remote = {peer, subject->name, NULL, NULL};
	Remote		control = {&fork, subject->name, NULL, NULL};
	int			count = LIBRARIES;
	int			i;

	memset(pool, 0, sizeof(pool));
	for (i = 0; i < CONTENDERS_MAX; i++)
		contenders[i] = &pool[i];
	raw_prepare(contenders[RAW], subject);
	gauth_prepare(contenders[GAUTH], subject);
	add_library(contenders, &count, subject, libjwt_prepare);
	add_library(contenders, &count, subject, cjose_prepare);
	if (peer != NULL)
	{
		child_fork(&fork, contenders[GAUTH]);
		prepare_remote(contenders[count++], control_name, &control);
		prepare_remote(contenders[count++], name, &remote);
	}

	compete(contenders, count, rounds);
	tell_core(goal, contenders, count);
	if (peer != NULL)
		child_stop(&fork);
}

/* a statement that answers with one value */
static void
tell_session(Child *session, const char *statement)
{
	char		line[ANSWER_MAX];
	char		answer[ANSWER_MAX];

	/* what is said before the last statement answers nothing */
	(void) snprintf(line, sizeof(line), "%s; SELECT 'done';", statement);
	if (strcmp(child_ask(session, line, answer), "done") != 0)
		fatal("the server did not take: %s", statement);
}

static void
load_tokens(Child *session, const Subject *subject, const char *directory)
{
	char		statement[ANSWER_MAX];

	(void) snprintf(statement, sizeof(statement),
					"SET client_min_messages = warning;"
					"DROP TABLE IF EXISTS token;"
					"CREATE TABLE token (token text);"
					"COPY token FROM '%s/%s.tokens';"
					"VACUUM ANALYZE token",
					directory, subject->name);
	tell_session(session, statement);
	(void) snprintf(statement, sizeof(statement),
					"DEALLOCATE ALL;"
					"PREPARE scan AS"
					" SELECT count(octet_length(token)) FROM token;"
					"PREPARE verify AS"
					" SELECT count(gauth.verify_jwt(token, '%.*s',"
					" '{\"issuer\": \"%s\", \"audience\": \"%s\","
					" \"leeway\": %d}')) FROM token",
					(int) subject->jwk.len, subject->jwk.data,
					ISSUER, AUDIENCE, LEEWAY);
	tell_session(session, statement);
}

static void
tell_server(const Goal *goal, const Contender *raw, const Contender *verify,
			const Contender *scan)
{
	double		net = median_net_time(verify, scan, rounds);

	printf("%s\n", gauth_algorithm_name(goal->algorithm));
	printf("    raw primitive    %10.0f ns %10.0f/s  noise %4.1f %%\n",
		   median_time(raw, rounds), 1e9 / median_time(raw, rounds),
		   100 * spread(raw, rounds));
	printf("    verify_jwt gross %10.0f ns %10.0f/s  noise %4.1f %%"
		   "  rate/raw %6.3f\n",
		   median_time(verify, rounds), 1e9 / median_time(verify, rounds),
		   100 * spread(verify, rounds), median_ratio(raw, verify, rounds));
	printf("    verify_jwt net   %10.0f ns %10.0f/s\n", net, 1e9 / net);
	tell_goal("tokens a second, net", 1e9 / net, goal->server_rate);
	tell_goal("share of the raw primitive's rate, net",
			  1 / median_net_ratio(verify, scan, raw, rounds),
			  goal->server_share);
}

static void
run_server(const Goal *goal, const Subject *subject, Child *session,
		   const char *directory)
{
	static Contender raw;
	static Contender verify;
	static Contender scan;
	Contender  *contenders[] = {&raw, &verify, &scan};
	char		rows[16];
	Remote		verifying = {session, NULL, "EXECUTE verify;", rows};
	Remote		scanning = {session, NULL, "EXECUTE scan;", rows};

	(void) snprintf(rows, sizeof(rows), "%d", subject->token_count);
	load_tokens(session, subject, directory);
	memset(&raw, 0, sizeof(raw));
	raw_prepare(&raw, subject);
	prepare_remote(&verify, "verify_jwt", &verifying);
	prepare_remote(&scan, "scan", &scanning);

	/* one statement over the whole table */
	verify.count = scan.count = (unsigned) subject->token_count;
	compete(contenders, 3, rounds);
	tell_server(goal, &raw, &verify, &scan);
}

static void
run(const char *directory, const char *psql, const char *name, Child *peer)
{
	static Subject subjects[sizeof(goals) / sizeof(goals[0])];
	const size_t count = sizeof(goals) / sizeof(goals[0]);
	GauthCrypto *crypto;
	GauthArena	arena;
	Child		session;
	size_t		i;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	if (gauth_crypto_create(&crypto, NULL) != GAUTH_OK)
		fatal("the libraries do not start");

	printf("In C, key cached, %d rounds; medians\n", rounds);
	for (i = 0; i < count; i++)
	{
		subject_make(&subjects[i], crypto, &arena, goals[i].algorithm,
					 goals[i].rows);
		subject_write(&subjects[i], directory);
		run_core(&goals[i], &subjects[i], name, peer);
	}

	printf("\ngauth.verify_jwt over a table of distinct tokens\n");
	session_start(&session, psql);
	tell_session(&session, "SET max_parallel_workers_per_gather = 0");
	for (i = 0; i < count; i++)
		run_server(&goals[i], &subjects[i], &session, directory);
	child_stop(&session);
}

int
main(int argc, char **argv)
{
	Child		peer;
	bool		has_peer = argc == 6;

	if (argc != 4 && argc != 6)
		fatal("usage: %s ROUNDS DIRECTORY PSQL [NAME COMMAND]", argv[0]);
	rounds = atoi(argv[1]);
	if (rounds < 1)
		fatal("at least one round");
	setvbuf(stdout, NULL, _IOLBF, 0);
	pin(0);
	if (has_peer)
		child_start(&peer, argv[5]);
	run(argv[2], argv[3], has_peer ? argv[4] : NULL,
		has_peer ? &peer : NULL);
	if (has_peer)
		child_stop(&peer);

	printf("\nverify: %d goals missed\n", missed);
	return missed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
