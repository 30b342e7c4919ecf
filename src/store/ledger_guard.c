/*
 * ledger_guard.c
 *		Who may change what is in the ledger.
 *
 * The guard is opened by a flag in this process while one of our own
 * statements runs, and by nothing that SQL can set.
 */
#include "store/ledger_guard.h"

#include "replication/logicalworker.h"

static bool open = false;

/*
 * gauth_guard_is_open
 *		May a row of the ledger change now?
 *
 * A mirror repeats what its publisher did: an erasure there is one here.
 */
bool
gauth_guard_is_open(void)
{
	return open || IsLogicalWorker();
}

/*
 * gauth_guard_run
 *		gauth_write_run, past the guard.
 */
uint64
gauth_guard_run(GauthWrite *write, const char *statement)
{
	uint64		rows;

	open = true;
	PG_TRY();
	{
		rows = gauth_write_run(write, statement);
	}
	PG_FINALLY();
	{
		open = false;
	}
	PG_END_TRY();
	return rows;
}
