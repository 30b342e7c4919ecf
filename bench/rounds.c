/*
 * rounds.c
 *		Measuring contenders against each other, in turns.
 */
#define _GNU_SOURCE
#include "rounds.h"

#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* how long a contender works in one round, if it may choose */
#define SLICE	5e6				/* nanoseconds */

/*
 * fatal
 *		Say what went wrong and give up: a measurement is right or worthless.
 */
void
fatal(const char *format,...)
{
	va_list		args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

/*
 * pin
 *		Keep a process (0: this one, and what it starts) on one processor, the
 *		same for all: two of them are not equally fast while somebody else is
 *		at work, and only one contender works at a time.
 */
void
pin(pid_t pid)
{
	static int	processor = -1;
	cpu_set_t	set;

	if (processor < 0)
		processor = sched_getcpu();
	CPU_ZERO(&set);
	CPU_SET(processor < 0 ? 0 : processor, &set);
	if (sched_setaffinity(pid, sizeof(set), &set) != 0)
		fatal("could not choose a processor");
}

/* nanoseconds of CPU time that "count" operations take */
static double
time_work(Contender *contender, unsigned count)
{
	struct timespec from;
	struct timespec to;

	if (clock_gettime(contender->clock, &from) != 0)
		fatal("%s: no clock of its CPU time", contender->name);
	if (!contender->work(contender, count))
		fatal("%s: failed", contender->name);
	if (clock_gettime(contender->clock, &to) != 0)
		fatal("%s: no clock of its CPU time", contender->name);
	return (double) (to.tv_sec - from.tv_sec) * 1e9 +
		(double) (to.tv_nsec - from.tv_nsec);
}

/*
 * Enough operations to fill a slice.  What the first call does only once, such
 * as reading a key, must not pass for the cost of an operation.
 */
static void
calibrate(Contender *contender)
{
	unsigned	count = 1;
	double		time;

	(void) time_work(contender, contender->count == 0 ? 1 : contender->count);
	if (contender->count != 0)
		return;
	while ((time = time_work(contender, count)) < SLICE / 4)
		count *= 2;
	contender->count = (unsigned) (count * SLICE / time) + 1;
}

/*
 * compete
 *		Fill in the times of every contender.  Who begins a round changes.
 */
void
compete(Contender **contenders, int count, int rounds)
{
	int			round;
	int			i;

	if (rounds > ROUNDS_MAX)
		fatal("at most %d rounds", ROUNDS_MAX);
	for (i = 0; i < count; i++)
		calibrate(contenders[i]);
	for (round = 0; round < rounds; round++)
	{
		for (i = 0; i < count; i++)
		{
			Contender  *contender = contenders[(round + i) % count];

			contender->times[round] =
				time_work(contender, contender->count) / contender->count;
		}
	}
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* the value below which "share" of them lie; sorts them */
static double
quantile(double *values, int count, double share)
{
	qsort(values, (size_t) count, sizeof(double), compare_doubles);
	return values[(int) (share * (count - 1) + 0.5)];
}

/*
 * median_time
 *		Nanoseconds an operation.
 */
double
median_time(const Contender *contender, int rounds)
{
	double		values[ROUNDS_MAX];

	memcpy(values, contender->times, sizeof(double) * (size_t) rounds);
	return quantile(values, rounds, 0.5);
}

/*
 * median_net_time
 *		Nanoseconds an operation, without what another one does as well.
 */
double
median_net_time(const Contender *of, const Contender *without, int rounds)
{
	double		values[ROUNDS_MAX];
	int			i;

	for (i = 0; i < rounds; i++)
		values[i] = of->times[i] - without->times[i];
	return quantile(values, rounds, 0.5);
}

/*
 * median_ratio
 *		How many times as long "of" takes as "to".
 */
double
median_ratio(const Contender *of, const Contender *to, int rounds)
{
	double		values[ROUNDS_MAX];
	int			i;

	for (i = 0; i < rounds; i++)
		values[i] = of->times[i] / to->times[i];
	return quantile(values, rounds, 0.5);
}

/*
 * median_net_ratio
 *		The same, where "of" also does what "without" does.
 */
double
median_net_ratio(const Contender *of, const Contender *without,
				 const Contender *to, int rounds)
{
	double		values[ROUNDS_MAX];
	int			i;

	for (i = 0; i < rounds; i++)
		values[i] = (of->times[i] - without->times[i]) / to->times[i];
	return quantile(values, rounds, 0.5);
}

/*
 * spread
 *		The machine's noise: how far the middle half of the rounds is apart, as
 *		a share of the median.
 */
double
spread(const Contender *contender, int rounds)
{
	double		values[ROUNDS_MAX];
	double		low;
	double		high;

	memcpy(values, contender->times, sizeof(double) * (size_t) rounds);
	low = quantile(values, rounds, 0.25);
	high = quantile(values, rounds, 0.75);
	return (high - low) / quantile(values, rounds, 0.5);
}

/* what the child does: "NAME COUNT" there, "done" back */
static void
serve(Contender *contender, int from, int to)
{
	FILE	   *input = fdopen(from, "r");
	FILE	   *output = fdopen(to, "w");
	char		line[ANSWER_MAX];
	char		name[ANSWER_MAX];
	unsigned	count;

	while (fgets(line, sizeof(line), input) != NULL)
	{
		bool		done = sscanf(line, "%s %u", name, &count) == 2 &&
		contender->work(contender, count);

		fprintf(output, "%s\n", done ? "done" : "failed");
		fflush(output);
	}
	_exit(0);
}

static void
adopt(Child *child, int to, int from)
{
	child->to = fdopen(to, "w");
	child->from = fdopen(from, "r");
	if (child->to == NULL || child->from == NULL ||
		clock_getcpuclockid(child->pid, &child->clock) != 0)
		fatal("could not start a child");
}

static void
open_pipes(int to[2], int from[2])
{
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		fatal("no pipe");
}

/*
 * child_fork
 *		The same contender in a process of its own: what a library that has to
 *		work in one is fairly compared with.
 */
void
child_fork(Child *child, Contender *contender)
{
	int			to[2];
	int			from[2];

	open_pipes(to, from);
	child->pid = fork();
	if (child->pid < 0)
		fatal("no process");
	if (child->pid == 0)
	{
		close(to[1]);
		close(from[0]);
		serve(contender, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	adopt(child, to[1], from[0]);
}

/*
 * child_start
 *		Start a program that reads lines from its input and answers each with
 *		one.
 */
void
child_start(Child *child, const char *command)
{
	int			to[2];
	int			from[2];

	open_pipes(to, from);
	child->pid = fork();
	if (child->pid < 0)
		fatal("no process");
	if (child->pid == 0)
	{
		(void) dup2(to[0], STDIN_FILENO);
		(void) dup2(from[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *) NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	adopt(child, to[1], from[0]);
}

/*
 * child_ask
 *		One line there, one line back; the answer has no newline.
 */
const char *
child_ask(Child *child, const char *line, char answer[ANSWER_MAX])
{
	fprintf(child->to, "%s\n", line);
	fflush(child->to);
	if (fgets(answer, ANSWER_MAX, child->from) == NULL)
		fatal("no answer to: %s", line);
	answer[strcspn(answer, "\n")] = '\0';
	return answer;
}

/*
 * child_stop
 *		End of input is its end.
 */
void
child_stop(Child *child)
{
	fclose(child->to);
	fclose(child->from);
	(void) waitpid(child->pid, NULL, 0);
}

/*
 * session_start
 *		A psql that prints bare values; its clock is that of the server process
 *		behind it.
 */
void
session_start(Child *session, const char *psql)
{
	char		command[ANSWER_MAX];
	char		answer[ANSWER_MAX];
	pid_t		backend;

	(void) snprintf(command, sizeof(command),
					"exec %s -XqAt -v ON_ERROR_STOP=1", psql);
	child_start(session, command);
	backend = atoi(child_ask(session, "SELECT pg_backend_pid();", answer));
	if (backend <= 0 || clock_getcpuclockid(backend, &session->clock) != 0)
		fatal("no server process: %s", answer);
	pin(backend);
}
