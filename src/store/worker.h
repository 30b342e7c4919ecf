/*
 * worker.h
 *		The process that writes what is in the ring, and seals.
 */
#ifndef GAUTH_STORE_WORKER_H
#define GAUTH_STORE_WORKER_H

#include "postgres.h"

#include "store/compat.h"
#include "store/ring_shared.h"

extern bool gauth_worker_is_me;

extern bool gauth_worker_start(GauthRing *ring);
extern void gauth_worker_want(void);
extern void gauth_worker_nudge(void);
extern void gauth_worker_want_sinks(void);

PGDLLEXPORT void gauth_worker_main(Datum database) pg_attribute_noreturn();

#endif							/* GAUTH_STORE_WORKER_H */
