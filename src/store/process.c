/*
 * process.c
 *		Processes of gauth's own, which the server starts on demand.
 *
 * Each works in the database of who asked for it, and is never started again
 * by the server itself.
 */
#include "store/process.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/*
 * gauth_process_start
 *		Ask the server for a process; false when it has no slot for one.  The
 *		process gets the argument.
 */
bool
gauth_process_start(GauthProcess *process, uint32 argument)
{
	BackgroundWorker worker = {0};
	BackgroundWorkerHandle *handle;
	MemoryContext caller;
	bool		is_granted;

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS |
		BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = ObjectIdGetDatum(MyDatabaseId);
	worker.bgw_notify_pid = MyProcPid;
	memcpy(worker.bgw_extra, &argument, sizeof(argument));
	strlcpy(worker.bgw_library_name, "gauth", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, process->function,
			sizeof(worker.bgw_function_name));
	strlcpy(worker.bgw_type, process->type, sizeof(worker.bgw_type));
	snprintf(worker.bgw_name, sizeof(worker.bgw_name), "%s of database %u",
			 process->type, MyDatabaseId);

	caller = MemoryContextSwitchTo(TopMemoryContext);
	is_granted = RegisterDynamicBackgroundWorker(&worker, &handle);
	MemoryContextSwitchTo(caller);
	if (!is_granted)
		return false;
	if (process->handle != NULL)
		pfree(process->handle);
	process->handle = handle;
	return true;
}

/*
 * gauth_process_has_ended
 *		Has the last one that was asked for ended, or failed to begin?
 */
bool
gauth_process_has_ended(const GauthProcess *process)
{
	pid_t		pid;

	return process->handle != NULL &&
		GetBackgroundWorkerPid(process->handle, &pid) == BGWH_STOPPED;
}

/*
 * gauth_process_pid
 *		The number of the last one that was asked for, while it runs; 0 when
 *		none does.
 */
pid_t
gauth_process_pid(const GauthProcess *process)
{
	pid_t		pid;

	if (process->handle == NULL ||
		GetBackgroundWorkerPid(process->handle, &pid) != BGWH_STARTED)
		return 0;
	return pid;
}

/*
 * gauth_process_end
 *		Have the last one that was asked for end, whatever it does.
 */
void
gauth_process_end(const GauthProcess *process)
{
	if (process->handle != NULL)
		TerminateBackgroundWorker(process->handle);
}

/*
 * gauth_process_argument
 *		What this process, one of these, was given.
 */
uint32
gauth_process_argument(void)
{
	uint32		argument;

	memcpy(&argument, MyBgworkerEntry->bgw_extra, sizeof(argument));
	return argument;
}
