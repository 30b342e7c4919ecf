/*
 * ledger_seal.h
 *		Sealing: entries become leaves of a log.
 */
#ifndef GAUTH_STORE_LEDGER_SEAL_H
#define GAUTH_STORE_LEDGER_SEAL_H

#include "postgres.h"

#include "utils/snapshot.h"

#include "store/ledger_batch.h"

/* what gauth_ledger_seal answers when somebody else is sealing */
#define GAUTH_SEALING_ELSEWHERE		(-1)

/*
 * gauth_ledger_seal
 *		Seal what has been committed; returns how many entries.  The batches
 *		are part of this transaction, which the call makes durable at its
 *		commit; entries of this transaction wait for the next call.
 *
 * With "more" of each log no further than a large batch goes; it then says
 * whether another call would find something.
 */
extern int64 gauth_ledger_seal(bool wait, bool *more);

extern void gauth_batch_of_snapshot(Snapshot snapshot, GauthBatch *batch);

#endif							/* GAUTH_STORE_LEDGER_SEAL_H */
