/*
 * checkpoint_key.c
 *		Who signs the checkpoints of the ledger: keys elsewhere and witnesses,
 *		which the setting checkpoint_keys names, and the Ed25519 keys of the
 *		hosted issuers of checkpoint_issuers, which sign in the log's name.
 */
#include "entry/checkpoint_key.h"

#include "entry/report.h"
#include "ledger/checkpoint.h"
#include "store/crypto.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/setting.h"

/* the keys as they are collected */
typedef struct Known
{
	GauthKnownKey *keys;
	int			count;
	int			room;
} Known;

static void
add_key(Known *known, const GauthNoteKey *key, bool hosted)
{
	if (known->count == known->room)
	{
		known->room *= 2;
		known->keys = repalloc(known->keys,
							   sizeof(GauthKnownKey) * (Size) known->room);
	}
	known->keys[known->count].key = *key;
	known->keys[known->count++].hosted = hosted;
}

static void
parse_configured(Known *known, const GauthSpan *texts, uint32 count)
{
	GauthArena	arena;
	uint32		i;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	for (i = 0; i < count; i++)
	{
		GauthNoteKey key;
		GauthError	err = {0};

		if (gauth_note_key_parse(gauth_crypto(), &arena, texts[i], &key,
								 &err) != GAUTH_OK)
			gauth_raise_checkpoint_key(i + 1, &err);
		add_key(known, &key, false);
	}
}

static void
add_configured(Known *known)
{
	uint32		count;
	GauthSpan  *texts = gauth_setting_strings("checkpoint_keys", &count);

	parse_configured(known, texts, count);
}

/* a key of a hosted issuer, in the name of the log; false: not Ed25519 */
static bool
name_key(const GauthKey *pair, GauthSpan origin, GauthNoteKey *key)
{
	uint8_t		point[GAUTH_ED25519_SIZE];
	GauthStatus status;

	if (!gauth_key_ed25519_point(pair, point))
		return false;
	status = gauth_note_key_init(gauth_crypto(), origin, GAUTH_NOTE_ED25519,
								 point, key);
	if (status != GAUTH_OK)
		gauth_raise_status(status, "origin");
	return true;
}

/* those that have been rotated, too: what they have signed stays signed */
static void
add_hosted(Known *known, GauthSpan issuer_name, GauthSpan origin)
{
	const GauthIssuer *issuer = gauth_issuer_find(issuer_name);
	GauthNoteKey key;
	size_t		i;

	if (issuer == NULL)
		gauth_raise_issuer_unknown();
	if (!issuer->hosted)
		gauth_raise_issuer_not_hosted();
	for (i = 0; i < issuer->keys.count; i++)
	{
		if (name_key(issuer->keys.entries[i].key, origin, &key))
			add_key(known, &key, true);
	}
}

/* do signatures name both keys alike? */
static bool
is_twin(const GauthNoteKey *a, const GauthNoteKey *b)
{
	return a->id == b->id && gauth_span_equal(a->name, b->name);
}

static Known
know_none(void)
{
	Known		known = {palloc(sizeof(GauthKnownKey) * 8), 0, 8};

	return known;
}

/*
 * gauth_checkpoint_keys_check
 *		Raises unless the texts can be the value of checkpoint_keys: keys of
 *		notes, none of which a signature could take for another.
 */
void
gauth_checkpoint_keys_check(const GauthSpan *texts, uint32 count)
{
	Known		known = know_none();
	int			i;
	int			j;

	parse_configured(&known, texts, count);
	for (i = 1; i < known.count; i++)
	{
		for (j = 0; j < i; j++)
		{
			if (is_twin(&known.keys[i].key, &known.keys[j].key))
				gauth_raise_checkpoint_key_twice((uint32) i + 1);
		}
	}
}

/*
 * gauth_checkpoint_keys
 *		All keys whose signatures count for a log, in the current memory
 *		context; returns how many.
 */
int
gauth_checkpoint_keys(GauthSpan origin, GauthKnownKey **keys)
{
	Known		known = know_none();
	uint32		count;
	GauthSpan  *issuers = gauth_setting_strings("checkpoint_issuers", &count);
	uint32		i;

	add_configured(&known);
	for (i = 0; i < count; i++)
		add_hosted(&known, issuers[i], origin);
	*keys = known.keys;
	return known.count;
}

/*
 * gauth_checkpoint_sign
 *		Append to the note of a text a line for each hosted issuer that signs;
 *		returns how many.
 */
int
gauth_checkpoint_sign(GauthText *note, GauthSpan origin, GauthSpan text)
{
	uint32		count;
	GauthSpan  *issuers = gauth_setting_strings("checkpoint_issuers", &count);
	uint32		i;

	for (i = 0; i < count; i++)
	{
		GauthIssuer *issuer = gauth_issuer_find(issuers[i]);
		GauthNoteKey key;
		GauthNoteSigner signer = {.key = &key};
		GauthSpan	kid;
		GauthError	err = {0};

		if (issuer == NULL)
			gauth_raise_issuer_unknown();
		if (!issuer->hosted)
			gauth_raise_issuer_not_hosted();
		if (gauth_issuer_signer(issuer, &signer.pair, &kid,
								&err) != GAUTH_OK &&
			err.status != GAUTH_KEY_NOT_FOUND)
			gauth_raise(&err);
		if (signer.pair == NULL || !name_key(signer.pair, origin, &key))
			gauth_raise_checkpoint_signer();
		if (gauth_note_append_signature(note, text, &signer,
										&err) != GAUTH_OK)
			gauth_raise(&err);
	}
	return (int) count;
}

/* does the text say that this log had this head? */
static bool
is_text_of(GauthArena *arena, GauthSpan text, GauthSpan origin,
		   const GauthTreeHead *head)
{
	GauthCheckpoint checkpoint;

	return gauth_checkpoint_parse(arena, text, &checkpoint,
								  NULL) == GAUTH_OK &&
		gauth_span_equal(checkpoint.origin, origin) &&
		checkpoint.head.size == head->size &&
		gauth_tree_hash_equal(&checkpoint.head.root, &head->root);
}

static bool
is_signed_by_any(GauthArena *arena, const GauthSignedNote *note,
				 GauthSpan origin)
{
	GauthKnownKey *keys;
	int			count = gauth_checkpoint_keys(origin, &keys);
	int			i;

	for (i = 0; i < count; i++)
	{
		uint64_t	seconds;
		GauthStatus status = gauth_note_verify(gauth_crypto(), arena, note,
											   &keys[i].key, &seconds);

		if (status == GAUTH_OK)
			return true;
		if (status != GAUTH_KEY_NOT_FOUND &&
			status != GAUTH_SIGNATURE_INVALID)
			gauth_raise_status(status, "vkey");
	}
	return false;
}

/*
 * gauth_checkpoint_is_signed
 *		Has a key that counts signed or cosigned this head of the log?
 *
 * The note is stored where a superuser writes, so it is verified here, and by
 * the keys of now.
 */
bool
gauth_checkpoint_is_signed(GauthSpan note, GauthSpan origin,
						   const GauthTreeHead *head)
{
	GauthArena	arena;
	GauthSignedNote parsed;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	return gauth_note_parse(&arena, note, &parsed, NULL) == GAUTH_OK &&
		is_text_of(&arena, parsed.text, origin, head) &&
		is_signed_by_any(&arena, &parsed, origin);
}
