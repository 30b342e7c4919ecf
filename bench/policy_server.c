/*
 * policy_server.c
 *		bench/policy: gauth.is_authorized inside the server.
 *
 * policy.sql has made a store bench_N and a table request_N.  The sessions
 * belong to a role that is allowed to ask about others and nothing else.
 */
#include "policy.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTION	"user=bench_enforcer"
#define ASKED		3			/* principal, action, resource */

struct Server
{
	PGconn	   *connection;
	clockid_t	clock;			/* of the server process */
	PGresult   *requests;		/* what is asked, and the answer */
	int			next;
};

/* most of a result's columns are one value that has to be right */
static void
expect(PGresult *result, const char *value)
{
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fatal("the server answered: %s", PQresultErrorMessage(result));
	if (PQntuples(result) != 1 || strcmp(PQgetvalue(result, 0, 0), value) != 0)
		fatal("expected %s, the server answered %s", value,
			  PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : "nothing");
	PQclear(result);
}

static void
prepare(Server *server, const char *name, const char *statement)
{
	PGresult   *result = PQprepare(server->connection, name, statement, 0,
								   NULL);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fatal("%s: %s", statement, PQresultErrorMessage(result));
	PQclear(result);
}

/* the statements of a session, their texts for a workload of that size */
static void
prepare_all(Server *server, unsigned policies)
{
	char		statement[1024];

	prepare(server, "one", "SELECT 1");
	(void) snprintf(statement, sizeof(statement),
					"SELECT gauth.is_authorized($1, $2, $3,"
					" store => 'bench_%u')", policies);
	prepare(server, "trip", statement);
	(void) snprintf(statement, sizeof(statement),
					"SELECT count(*) FILTER (WHERE gauth.is_authorized("
					"principal, action, resource, store => 'bench_%u')"
					" = permit) FROM request_%u", policies, policies);
	prepare(server, "decide", statement);
	(void) snprintf(statement, sizeof(statement),
					"SELECT count(octet_length(principal) +"
					" octet_length(action) + octet_length(resource))"
					" FILTER (WHERE permit IS NOT NULL)"
					" FROM request_%u", policies);
	prepare(server, "scan", statement);
}

static Server *
connect_to(unsigned policies)
{
	Server	   *server = calloc(1, sizeof(Server));
	pid_t		backend;

	if (server == NULL)
		fatal("out of memory");
	server->connection = PQconnectdb(CONNECTION);
	if (PQstatus(server->connection) != CONNECTION_OK)
		fatal("%s", PQerrorMessage(server->connection));
	backend = PQbackendPID(server->connection);
	if (clock_getcpuclockid(backend, &server->clock) != 0)
		fatal("no clock of the server process");
	pin(backend);
	PQclear(PQexec(server->connection,
				   "SET max_parallel_workers_per_gather = 0"));
	prepare_all(server, policies);
	return server;
}

/*
 * server_open
 *		A session, with the requests of the workload of that many policies.
 */
Server *
server_open(unsigned policies)
{
	Server	   *server = connect_to(policies);
	char		statement[128];

	(void) snprintf(statement, sizeof(statement),
					"SELECT principal, action, resource, permit"
					" FROM request_%u ORDER BY n", policies);
	server->requests = PQexec(server->connection, statement);
	if (PQresultStatus(server->requests) != PGRES_TUPLES_OK ||
		PQntuples(server->requests) == 0)
		fatal("no requests: %s", PQerrorMessage(server->connection));
	return server;
}

/*
 * server_close
 *		End the session.
 */
void
server_close(Server *server)
{
	PQclear(server->requests);
	PQfinish(server->connection);
	free(server);
}

/*
 * server_requests
 *		How many rows the table has, and so decisions a statement over it.
 */
unsigned
server_requests(const Server *server)
{
	return (unsigned) PQntuples(server->requests);
}

static void
execute(Server *server, const char *name, const char *expected)
{
	expect(PQexecPrepared(server->connection, name, 0, NULL, NULL, NULL, 0),
		   expected);
}

static void
execute_table(Server *server, const char *name)
{
	char		rows[16];

	(void) snprintf(rows, sizeof(rows), "%u", server_requests(server));
	execute(server, name, rows);
}

/* the count is fixed: one statement decides about all rows */
static bool
decide_table(Contender *contender, unsigned count)
{
	(void) count;
	execute_table(contender->state, "decide");
	return true;
}

static bool
scan_table(Contender *contender, unsigned count)
{
	(void) count;
	execute_table(contender->state, "scan");
	return true;
}

static void
ask_next(Server *server)
{
	const char *values[ASKED];
	int			row = server->next;
	int			i;

	for (i = 0; i < ASKED; i++)
		values[i] = PQgetvalue(server->requests, row, i);
	expect(PQexecPrepared(server->connection, "trip", ASKED, values, NULL,
						  NULL, 0),
		   PQgetvalue(server->requests, row, ASKED));
	server->next = (row + 1) % PQntuples(server->requests);
}

static bool
make_trips(Contender *contender, unsigned count)
{
	while (count-- > 0)
		ask_next(contender->state);
	return true;
}

static bool
select_one(Contender *contender, unsigned count)
{
	while (count-- > 0)
		execute(contender->state, "one", "1");
	return true;
}

static void
prepare_contender(Contender *contender, Server *server, bool wall,
				  bool (*work) (Contender *contender, unsigned count))
{
	contender->work = work;
	contender->state = server;
	contender->clock = wall ? CLOCK_MONOTONIC : server->clock;
}

/*
 * server_prepare_table
 *		One statement that decides about every row of the table.
 */
void
server_prepare_table(Contender *contender, Server *server)
{
	prepare_contender(contender, server, false, decide_table);
	contender->count = server_requests(server);
}

/*
 * server_prepare_scan
 *		The same scan, which only asks how long the arguments are.
 */
void
server_prepare_scan(Contender *contender, Server *server)
{
	prepare_contender(contender, server, false, scan_table);
	contender->count = server_requests(server);
}

/*
 * server_prepare_trip
 *		One decision a statement, prepared, another request each time; "wall":
 *		until the answer is here, else the CPU time of the server process.
 */
void
server_prepare_trip(Contender *contender, Server *server, bool wall)
{
	prepare_contender(contender, server, wall, make_trips);
}

/*
 * server_prepare_one
 *		SELECT 1, likewise.
 */
void
server_prepare_one(Contender *contender, Server *server, bool wall)
{
	prepare_contender(contender, server, wall, select_one);
}

static double
clock_now(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) != 0)
		fatal("no clock of the server process");
	return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}

/*
 * server_change
 *		Give the policies another text, so that no session has compiled them.
 */
void
server_change(unsigned policies)
{
	PGconn	   *connection = PQconnectdb("");
	PGresult   *result;
	char		statement[256];

	if (PQstatus(connection) != CONNECTION_OK)
		fatal("%s", PQerrorMessage(connection));
	(void) snprintf(statement, sizeof(statement),
					"UPDATE gauth.policy SET source = source || ' '"
					" WHERE store = 'bench_%u' AND id = 'p0'", policies);
	result = PQexec(connection, statement);
	if (strcmp(PQcmdTuples(result), "1") != 0)
		fatal("%s", PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
}

/*
 * server_start_anew
 *		Nanoseconds of CPU time in a session that is new: of the first
 *		decision, which reads the policies, and compiles them unless another
 *		session has; and of a decision while the entities are still read from
 *		their rows.
 */
void
server_start_anew(unsigned policies, double *load, double *cold)
{
	Server	   *server = server_open(policies);
	double		begin = clock_now(server->clock);

	ask_next(server);
	*load = clock_now(server->clock) - begin;
	begin = clock_now(server->clock);
	execute_table(server, "decide");
	*cold = (clock_now(server->clock) - begin) / server_requests(server);
	server_close(server);
}
