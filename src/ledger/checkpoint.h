/*
 * checkpoint.h
 *		The text of a checkpoint (C2SP tlog-checkpoint): which log, how many
 *		leaves, which root.
 *
 * Signed, it is a note; see ledger/note.h.
 */
#ifndef GAUTH_LEDGER_CHECKPOINT_H
#define GAUTH_LEDGER_CHECKPOINT_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "base/text.h"
#include "ledger/merkle.h"
#include "ledger/proof.h"

typedef struct GauthCheckpoint
{
	GauthSpan	origin;			/* name of the log */
	GauthTreeHead head;
	GauthSpan	extensions;		/* further lines, each with its line feed */
} GauthCheckpoint;

extern GauthStatus gauth_checkpoint_parse(GauthArena *arena, GauthSpan text,
										  GauthCheckpoint *checkpoint,
										  GauthError *err);
extern void gauth_checkpoint_append(GauthText *text,
									const GauthCheckpoint *checkpoint);
extern void gauth_tlog_proof_append(GauthText *text, uint64_t index,
									const GauthProof *proof,
									GauthSpan signed_checkpoint);

#endif							/* GAUTH_LEDGER_CHECKPOINT_H */
