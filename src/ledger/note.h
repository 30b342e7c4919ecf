/*
 * note.h
 *		Signed notes (C2SP signed-note) and the keys that sign them.
 *
 * A note is text, an empty line, and lines of signatures.  A signature names
 * its key by a name and four bytes; who verifies knows the key beforehand, as a
 * "vkey": NAME+ID+BASE64.  Signatures of other keys are nobody's business.
 *
 * Two kinds are known, both over Ed25519: the note's own, over the text, and
 * the cosignature of a witness (C2SP tlog-cosignature), over a time and the
 * text.
 */
#ifndef GAUTH_LEDGER_NOTE_H
#define GAUTH_LEDGER_NOTE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "base/text.h"
#include "crypto/key.h"
#include "crypto/library.h"

#define GAUTH_NOTE_MAX				(256 * 1024)
#define GAUTH_NOTE_SIGNATURES_MAX	64
#define GAUTH_NOTE_KEY_NAME_MAX		255
#define GAUTH_NOTE_KEY_SIZE			32

/* the byte that stands for the kind where a key's number is computed */
typedef enum GauthNoteKind
{
	GAUTH_NOTE_ED25519 = 0x01,
	GAUTH_NOTE_COSIGNATURE = 0x04
} GauthNoteKind;

typedef struct GauthNoteKey
{
	GauthSpan	name;			/* borrowed */
	uint32_t	id;
	GauthNoteKind kind;
	uint8_t		public_key[GAUTH_NOTE_KEY_SIZE];
} GauthNoteKey;

typedef struct GauthNoteSignature
{
	GauthSpan	line;			/* with its line feed */
	GauthSpan	name;
	uint32_t	id;
	GauthSpan	bytes;			/* behind the id */
} GauthNoteSignature;

typedef struct GauthSignedNote
{
	GauthSpan	text;			/* with its last line feed */
	size_t		count;
	GauthNoteSignature *signatures;
} GauthSignedNote;

/* who signs, and when if that is part of the signature */
typedef struct GauthNoteSigner
{
	const GauthNoteKey *key;
	GauthKey   *pair;			/* with the private half of "key" */
	uint64_t	seconds;		/* since 1970; for a cosignature */
} GauthNoteSigner;

extern GauthStatus gauth_note_key_init(GauthCrypto *crypto, GauthSpan name,
									   GauthNoteKind kind,
									   const uint8_t public_key[GAUTH_NOTE_KEY_SIZE],
									   GauthNoteKey *key);
extern GauthStatus gauth_note_key_parse(GauthCrypto *crypto, GauthArena *arena,
										GauthSpan vkey, GauthNoteKey *key,
										GauthError *err);
extern void gauth_note_key_append(GauthText *text, const GauthNoteKey *key);

extern GauthStatus gauth_note_parse(GauthArena *arena, GauthSpan note,
									GauthSignedNote *parsed, GauthError *err);
extern GauthStatus gauth_note_verify(GauthCrypto *crypto, GauthArena *arena,
									 const GauthSignedNote *note,
									 const GauthNoteKey *key,
									 uint64_t *seconds);
extern GauthStatus gauth_note_append_signature(GauthText *out, GauthSpan text,
											   const GauthNoteSigner *signer,
											   GauthError *err);

#endif							/* GAUTH_LEDGER_NOTE_H */
