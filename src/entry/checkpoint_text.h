/*
 * checkpoint_text.h
 *		The checkpoint of a log at a size, with the best signatures there are.
 */
#ifndef GAUTH_ENTRY_CHECKPOINT_TEXT_H
#define GAUTH_ENTRY_CHECKPOINT_TEXT_H

#include "postgres.h"

#include "base/arena.h"
#include "base/span.h"
#include "store/ledger_hash.h"

extern GauthSpan gauth_checkpoint_text(GauthArena *arena,
									   const GauthLogTree *tree,
									   uint64 size);

#endif							/* GAUTH_ENTRY_CHECKPOINT_TEXT_H */
