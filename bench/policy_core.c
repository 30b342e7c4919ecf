/*
 * policy_core.c
 *		bench/policy: decisions at 10, 1,000 and 10,000 policies, by the engine
 *		alone, inside the server, and by other libraries, in one run.
 *
 *	policy_core ROUNDS [NAME COMMAND]...
 *
 * The server is the one that libpq finds, filled by policy.sql.  COMMAND is a
 * library in a process of its own: it answers "POLICIES COUNT".
 */
#include "policy.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const unsigned policy_sizes[SIZES] = {10, 1000, 10000};

/* who competes, each at every size */
enum
{
	ENGINE,
	FORKED,						/* the control */
	LINEAR,
	TABLE,
	SCAN,
	TRIP,
	ONE,
	TRIP_CPU,
	ONE_CPU,
	PEERS
};
#define PEERS_MAX	2
#define KINDS_MAX	(PEERS + PEERS_MAX)

/*
 * What a peer decides in a round: about 50 milliseconds, since it takes one
 * to wake up.
 */
static const unsigned peer_counts[SIZES] = {2000, 60, 4};

/* new sessions take long, and vary little */
#define STARTS_MAX	21

typedef struct Remote
{
	Child	   *child;
	unsigned	policies;
} Remote;

/* what happens once in a session */
typedef struct Starts
{
	Contender	compile;		/* in C, text to compiled set */
	Contender	build;			/* the first session after a change */
	Contender	load;			/* the next one */
	Contender	cold;
} Starts;

static Contender contenders[KINDS_MAX][SIZES];
static Starts starts[SIZES];
static int	kinds = PEERS;
static int	rounds;
static int	missed;

static bool
ask_remote(Contender *contender, unsigned count)
{
	Remote	   *remote = contender->state;
	char		line[64];
	char		answer[ANSWER_MAX];

	(void) snprintf(line, sizeof(line), "%u %u", remote->policies, count);
	return strcmp(child_ask(remote->child, line, answer), "done") == 0;
}

static void
prepare_remote(Contender *contender, Child *child, unsigned policies)
{
	Remote	   *remote = calloc(1, sizeof(Remote));

	if (remote == NULL)
		fatal("out of memory");
	remote->child = child;
	remote->policies = policies;
	contender->work = ask_remote;
	contender->state = remote;
	contender->clock = child->clock;
}

static void
prepare_server(Server *server, int size)
{
	server_prepare_table(&contenders[TABLE][size], server);
	server_prepare_scan(&contenders[SCAN][size], server);
	server_prepare_trip(&contenders[TRIP][size], server, true);
	server_prepare_one(&contenders[ONE][size], server, true);
	server_prepare_trip(&contenders[TRIP_CPU][size], server, false);
	server_prepare_one(&contenders[ONE_CPU][size], server, false);
}

static void
name_all(void)
{
	static const char *const names[PEERS] = {
		"engine, entities in memory", "engine, forked", "engine, linear",
		"is_authorized, gross", "scan alone", "is_authorized, prepared",
		"SELECT 1, prepared", "is_authorized, its CPU", "SELECT 1, its CPU"
	};
	int			kind;
	int			size;

	for (kind = 0; kind < PEERS; kind++)
	{
		for (size = 0; size < SIZES; size++)
			contenders[kind][size].name = names[kind];
	}
}

/* all of them in the same rounds, so that sizes can be compared as well */
static void
compete_all(void)
{
	Contender  *all[KINDS_MAX * SIZES];
	int			count = 0;
	int			kind;
	int			size;

	for (kind = 0; kind < kinds; kind++)
	{
		for (size = 0; size < SIZES; size++)
			all[count++] = &contenders[kind][size];
	}
	compete(all, count, rounds);
}

static int
start_count(void)
{
	return rounds < STARTS_MAX ? rounds : STARTS_MAX;
}

static void
start_all(Engine **engines)
{
	int			i;
	int			size;

	for (i = 0; i < start_count(); i++)
	{
		for (size = 0; size < SIZES; size++)
		{
			Starts	   *it = &starts[size];

			it->compile.times[i] = engine_load(engines[size]);
			server_change(policy_sizes[size]);
			server_start_anew(policy_sizes[size], &it->build.times[i],
							  &it->cold.times[i]);
			server_start_anew(policy_sizes[size], &it->load.times[i],
							  &it->cold.times[i]);
		}
	}
}

/* the larger noise of those that stand in one line */
static void
end_line(const Contender *of)
{
	double		noise = 0;
	int			size;

	for (size = 0; size < SIZES; size++)
	{
		double		it = spread(&of[size], rounds);

		noise = it > noise ? it : noise;
	}
	printf("   noise %4.1f %%\n", 100 * noise);
}

/* how much slower at most policies than at fewest */
static double
flatness(const Contender *of)
{
	return median_ratio(&of[0], &of[SIZES - 1], rounds);
}

static double
rate(int kind, int size)
{
	return 1e9 / median_time(&contenders[kind][size], rounds);
}

static void
tell_rates(const Contender *of)
{
	int			size;

	printf("    %-27s", of->name);
	for (size = 0; size < SIZES; size++)
		printf(" %11.0f", 1e9 / median_time(&of[size], rounds));
	printf("  %8.3f", flatness(of));
	end_line(of);
}

static double
net_time(int kind, int without, int size)
{
	return median_net_time(&contenders[kind][size],
						   &contenders[without][size], rounds);
}

static void
tell_net_rates(void)
{
	double		first = net_time(TABLE, SCAN, 0);
	int			size;

	printf("    %-27s", "is_authorized, net");
	for (size = 0; size < SIZES; size++)
		printf(" %11.0f", 1e9 / net_time(TABLE, SCAN, size));
	printf("  %8.3f\n", first / net_time(TABLE, SCAN, SIZES - 1));
}

/* how many times the rate of "than" */
static void
tell_ahead(int kind, int than)
{
	char		title[64];
	int			size;

	(void) snprintf(title, sizeof(title), "%.6s%s / %s",
					kind == ENGINE ? "engine" : "server",
					than == FORKED ? ", control" : "",
					contenders[than][0].name);
	printf("    %-39s", title);
	for (size = 0; size < SIZES; size++)
		printf(" %10.2f", median_ratio(&contenders[than][size],
									   &contenders[kind][size], rounds));
	printf("\n");
}

static void
tell_decisions(void)
{
	int			kind;

	printf("Decisions a CPU second      %16u %11u %11u  last/first\n",
		   policy_sizes[0], policy_sizes[1], policy_sizes[2]);
	tell_rates(contenders[ENGINE]);
	tell_rates(contenders[LINEAR]);
	tell_rates(contenders[TABLE]);
	tell_net_rates();
	for (kind = PEERS; kind < kinds; kind++)
		tell_rates(contenders[kind]);

	printf("\nTimes the rate of another   %26u %10u %10u\n",
		   policy_sizes[0], policy_sizes[1], policy_sizes[2]);
	tell_ahead(ENGINE, FORKED);
	tell_ahead(ENGINE, LINEAR);
	for (kind = PEERS; kind < kinds; kind++)
	{
		tell_ahead(ENGINE, kind);
		tell_ahead(TABLE, kind);
	}
}

static void
tell_times(const char *title, const Contender *of)
{
	int			size;

	printf("    %-27s", title);
	for (size = 0; size < SIZES; size++)
		printf(" %11.2f", median_time(&of[size], rounds) / 1e3);
	end_line(of);
}

static void
tell_beyond(const char *title, int kind, int without)
{
	int			size;

	printf("    %-27s", title);
	for (size = 0; size < SIZES; size++)
		printf(" %11.2f", net_time(kind, without, size) / 1e3);
	printf("\n");
}

static void
tell_trips(void)
{
	printf("\nOne round trip, microseconds\n");
	tell_times("is_authorized", contenders[TRIP]);
	tell_times("SELECT 1", contenders[ONE]);
	tell_beyond("beyond SELECT 1", TRIP, ONE);
	tell_beyond("beyond, CPU of the server", TRIP_CPU, ONE_CPU);
}

static void
tell_start(const char *title, size_t offset, double unit)
{
	int			size;

	printf("    %-27s", title);
	for (size = 0; size < SIZES; size++)
	{
		const Contender *of = (const Contender *)
		((const char *) &starts[size] + offset);

		printf(" %11.2f", median_time(of, start_count()) / unit);
	}
	printf("\n");
}

static void
tell_starts(void)
{
	printf("\nA new session, %d of each\n", start_count());
	tell_start("first decision, built, ms", offsetof(Starts, build), 1e6);
	tell_start("first decision, shared, ms", offsetof(Starts, load), 1e6);
	tell_start("compiling alone, in C, ms", offsetof(Starts, compile), 1e6);
	tell_start("a decision, rows unread, us", offsetof(Starts, cold), 1e3);
}

/* "least": the goal is a lower bound, else an upper one */
static void
tell_goal(const char *what, double reached, double goal, bool least)
{
	bool		met = least ? reached >= goal : reached <= goal;
	int			digits = goal >= 1000 ? 0 : 2;

	printf("    %-47s %10.*f  goal %10.*f  %s\n", what, digits, reached,
		   digits, goal, met ? "met" : "MISSED");
	missed += !met;
}

static void
tell_goals(void)
{
	double		beyond = 0;
	int			size;

	for (size = 0; size < SIZES; size++)
	{
		double		it = net_time(TRIP, ONE, size) / 1e3;

		beyond = it > beyond ? it : beyond;
	}
	printf("\nGoals\n");
	tell_goal("engine: decisions a second, 10 policies",
			  rate(ENGINE, 0), 1e6, true);
	tell_goal("engine: decisions a second, 10,000 policies",
			  rate(ENGINE, SIZES - 1), 5e5, true);
	tell_goal("is_authorized: a second, gross, 10 policies",
			  rate(TABLE, 0), 1.5e5, true);
	tell_goal("is_authorized: a second, gross, 10,000 policies",
			  rate(TABLE, SIZES - 1), 1.5e5, true);
	tell_goal("round trip beyond SELECT 1, at most, us", beyond, 25, false);
	tell_goal("first decision of 10,000 policies, ms",
			  median_time(&starts[SIZES - 1].build, start_count()) / 1e6, 100,
			  false);
}

static void
run(Child *peers, char **names)
{
	Engine	   *engines[SIZES];
	Server	   *servers[SIZES];
	Child		forks[SIZES];
	int			peer;
	int			size;

	for (size = 0; size < SIZES; size++)
	{
		engines[size] = engine_open(policy_sizes[size]);
		if (engines[size] == NULL)
			fatal("no workload of %u policies", policy_sizes[size]);
		engine_prepare(&contenders[ENGINE][size], engines[size], false);
		engine_prepare(&contenders[LINEAR][size], engines[size], true);
		for (peer = 0; peer < kinds - PEERS; peer++)
		{
			contenders[PEERS + peer][size].name = names[2 * peer];
			prepare_remote(&contenders[PEERS + peer][size], &peers[peer],
						   policy_sizes[size]);
			contenders[PEERS + peer][size].count = peer_counts[size];
		}
		child_fork(&forks[size], &contenders[ENGINE][size]);
		prepare_remote(&contenders[FORKED][size], &forks[size],
					   policy_sizes[size]);
	}
	for (size = 0; size < SIZES; size++)
	{
		servers[size] = server_open(policy_sizes[size]);
		prepare_server(servers[size], size);
	}
	compete_all();
	start_all(engines);

	/* one holds the pipes of those before it open */
	for (size = SIZES - 1; size >= 0; size--)
	{
		server_close(servers[size]);
		child_stop(&forks[size]);
		engine_close(engines[size]);
	}
}

int
main(int argc, char **argv)
{
	Child		peers[PEERS_MAX];
	int			i;

	if (argc < 2 || argc % 2 != 0 || argc > 2 + 2 * PEERS_MAX)
		fatal("usage: %s ROUNDS [NAME COMMAND]...", argv[0]);
	rounds = atoi(argv[1]);
	if (rounds < 1)
		fatal("at least one round");
	setvbuf(stdout, NULL, _IOLBF, 0);
	pin(0);
	name_all();
	for (i = 2; i < argc; i += 2)
		child_start(&peers[kinds++ - PEERS], argv[i + 1]);

	run(peers, argv + 2);
	tell_decisions();
	tell_trips();
	tell_starts();
	tell_goals();
	while (kinds > PEERS)
		child_stop(&peers[--kinds - PEERS]);

	printf("\npolicy: %d goals missed\n", missed);
	return missed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
