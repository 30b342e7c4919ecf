/*
 * ledger_guard.h
 *		Who may change what is in the ledger.
 */
#ifndef GAUTH_STORE_LEDGER_GUARD_H
#define GAUTH_STORE_LEDGER_GUARD_H

#include "postgres.h"

#include "store/write.h"

extern bool gauth_guard_is_open(void);
extern uint64 gauth_guard_run(GauthWrite *write, const char *statement);

#endif							/* GAUTH_STORE_LEDGER_GUARD_H */
