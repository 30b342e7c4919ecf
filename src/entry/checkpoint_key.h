/*
 * checkpoint_key.h
 *		Who signs the checkpoints of the ledger.
 */
#ifndef GAUTH_ENTRY_CHECKPOINT_KEY_H
#define GAUTH_ENTRY_CHECKPOINT_KEY_H

#include "postgres.h"

#include "ledger/merkle.h"
#include "ledger/note.h"

/* a key whose signatures count, with a name in the current memory context */
typedef struct GauthKnownKey
{
	GauthNoteKey key;
	bool		hosted;
} GauthKnownKey;

extern void gauth_checkpoint_keys_check(const GauthSpan *texts, uint32 count);
extern int	gauth_checkpoint_keys(GauthSpan origin, GauthKnownKey **keys);
extern int	gauth_checkpoint_sign(GauthText *note, GauthSpan origin,
								  GauthSpan text);
extern bool gauth_checkpoint_is_signed(GauthSpan note, GauthSpan origin,
									   const GauthTreeHead *head);

#endif							/* GAUTH_ENTRY_CHECKPOINT_KEY_H */
