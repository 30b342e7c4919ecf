/*
 * ledger_removal.h
 *		Logs whose entries retention has taken away.
 */
#ifndef GAUTH_STORE_LEDGER_REMOVAL_H
#define GAUTH_STORE_LEDGER_REMOVAL_H

#include "postgres.h"

extern bool gauth_removal_exists(uint32 shard);

#endif							/* GAUTH_STORE_LEDGER_REMOVAL_H */
