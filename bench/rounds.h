/*
 * rounds.h
 *		Measuring contenders against each other, in turns.
 *
 * On a machine that is shared, the time of one run says little and the time
 * of a wall clock less.  So every contender works for a few milliseconds at a
 * time, one after the other, round after round, and what is counted is the
 * CPU time of whoever does the work: this thread, a child, or a server
 * process.  A ratio is taken within each round, and the median of them told.
 */
#ifndef GAUTH_BENCH_ROUNDS_H
#define GAUTH_BENCH_ROUNDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#define ROUNDS_MAX		1001

typedef struct Contender Contender;

struct Contender
{
	const char *name;
	bool		(*work) (Contender *contender, unsigned count);
	void	   *state;			/* what "work" knows */
	clockid_t	clock;			/* the CPU time of who does it */
	unsigned	count;			/* operations in a round; 0: find out */
	double		times[ROUNDS_MAX];	/* nanoseconds an operation, per round */
};

/* a program that answers every line with a line */
typedef struct Child
{
	pid_t		pid;
	FILE	   *to;
	FILE	   *from;
	clockid_t	clock;			/* its own CPU time */
} Child;

#define ANSWER_MAX		4096

extern void fatal(const char *format,...)
			__attribute__((noreturn, format(printf, 1, 2)));
extern void pin(pid_t pid);
extern void compete(Contender **contenders, int count, int rounds);
extern double median_time(const Contender *contender, int rounds);
extern double median_ratio(const Contender *of, const Contender *to,
						   int rounds);
extern double spread(const Contender *contender, int rounds);
extern double median_net_time(const Contender *of, const Contender *without,
							  int rounds);
extern double median_net_ratio(const Contender *of, const Contender *without,
							   const Contender *to, int rounds);

extern void child_fork(Child *child, Contender *contender);
extern void child_start(Child *child, const char *command);
extern const char *child_ask(Child *child, const char *line,
							 char answer[ANSWER_MAX]);
extern void child_stop(Child *child);
extern void session_start(Child *session, const char *psql);

#endif							/* GAUTH_BENCH_ROUNDS_H */
