/*
 * policy.h
 *		What the parts of bench/policy share.
 */
#ifndef GAUTH_BENCH_POLICY_H
#define GAUTH_BENCH_POLICY_H

#include "rounds.h"

/* the published workloads, by their number of policies */
#define SIZES	3

extern const unsigned policy_sizes[SIZES];

/* the engine alone, entities in memory: policy_engine.c */
typedef struct Engine Engine;

extern Engine *engine_open(unsigned policies);
extern void engine_close(Engine *engine);
extern void engine_prepare(Contender *contender, Engine *engine, bool linear);
extern double engine_load(const Engine *engine);

/* a session of an ordinary role, and its CPU time: policy_server.c */
typedef struct Server Server;

extern Server *server_open(unsigned policies);
extern void server_close(Server *server);
extern unsigned server_requests(const Server *server);
extern void server_prepare_table(Contender *contender, Server *server);
extern void server_prepare_scan(Contender *contender, Server *server);
extern void server_prepare_trip(Contender *contender, Server *server,
								bool wall);
extern void server_prepare_one(Contender *contender, Server *server,
							   bool wall);
extern void server_change(unsigned policies);
extern void server_start_anew(unsigned policies, double *load, double *cold);

#endif							/* GAUTH_BENCH_POLICY_H */
