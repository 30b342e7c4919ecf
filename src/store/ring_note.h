/*
 * ring_note.h
 *		A captured entry as bytes that another process can read.
 */
#ifndef GAUTH_STORE_RING_NOTE_H
#define GAUTH_STORE_RING_NOTE_H

#include "postgres.h"

#include "ledger/entry.h"

extern GauthSpan gauth_ring_note_pack(GauthEntry *entry, size_t limit);
extern bool gauth_ring_note_unpack(GauthSpan note, GauthEntry *entry);
extern void gauth_ring_note_set_count(GauthSpan note, uint32 count);
extern GauthSpan gauth_ring_note_substance(GauthSpan note);

#endif							/* GAUTH_STORE_RING_NOTE_H */
