/*
 * process.h
 *		Processes of gauth's own, which the server starts on demand.
 */
#ifndef GAUTH_STORE_PROCESS_H
#define GAUTH_STORE_PROCESS_H

#include "postgres.h"

#include "postmaster/bgworker.h"

/* what the server is asked for; "type" is what pg_stat_activity calls it */
typedef struct GauthProcess
{
	const char *function;		/* of this library, exported */
	const char *type;
	BackgroundWorkerHandle *handle; /* of the last one; begins as NULL */
} GauthProcess;

extern bool gauth_process_start(GauthProcess *process, uint32 argument);
extern bool gauth_process_has_ended(const GauthProcess *process);
extern pid_t gauth_process_pid(const GauthProcess *process);
extern void gauth_process_end(const GauthProcess *process);
extern uint32 gauth_process_argument(void);

#endif							/* GAUTH_STORE_PROCESS_H */
