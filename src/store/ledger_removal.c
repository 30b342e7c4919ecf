/*
 * ledger_removal.c
 *		Logs whose entries retention has taken away.
 */
#include "store/ledger_removal.h"

#include "store/relation.h"

/*
 * gauth_removal_exists
 *		Have the entries of the log been removed?
 */
bool
gauth_removal_exists(uint32 shard)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_REMOVAL);
	gauth_scan_key_int(&scan, 1, (int32) shard);
	found = gauth_scan_next(&scan);
	gauth_scan_end(&scan);
	return found;
}
