/*
 * keyset_cache.c
 *		Keys that a caller passes as an argument, parsed once.
 *
 * Parsing a key costs more than verifying with it.  The cache holds a few key
 * sets by their whole text, so that an entry can never be out of date; the
 * one that was not used for longest makes room.
 */
#include "postgres.h"

#include "store/keyset_cache.h"

#include "utils/memutils.h"

#include "store/crypto.h"
#include "store/memory.h"

#define SLOTS	16

typedef struct Slot
{
	MemoryContext context;		/* NULL: empty */
	GauthArena	arena;
	GauthSpan	json;
	GauthAlgorithmList accepted;
	GauthKeySet keys;
	uint64		used_at;		/* a count of uses, not a time */
} Slot;

static Slot slots[SLOTS];
static uint64 uses = 0;

static void
clear_slot(Slot *slot)
{
	if (slot->context == NULL)
		return;
	gauth_keyset_free(&slot->keys);
	gauth_arena_wipe(&slot->arena);
	MemoryContextDelete(slot->context);
	memset(slot, 0, sizeof(*slot));
}

static Slot *
find_slot(GauthSpan json, const GauthAlgorithmList *accepted)
{
	int			i;

	for (i = 0; i < SLOTS; i++)
	{
		if (slots[i].context != NULL &&
			gauth_span_equal(slots[i].json, json) &&
			memcmp(&slots[i].accepted, accepted, sizeof(*accepted)) == 0)
			return &slots[i];
	}
	return NULL;
}

static Slot *
make_room(void)
{
	Slot	   *oldest = &slots[0];
	int			i;

	for (i = 1; i < SLOTS; i++)
	{
		if (slots[i].used_at < oldest->used_at)
			oldest = &slots[i];
	}
	clear_slot(oldest);
	return oldest;
}

static GauthStatus
fill_slot(Slot *slot, GauthSpan json, const GauthAlgorithmList *accepted,
		  GauthError *err)
{
	GauthCrypto *crypto = gauth_crypto();
	GauthJson  *root;
	GauthStatus status;

	slot->context = AllocSetContextCreate(CacheMemoryContext,
										  "gauth key set",
										  ALLOCSET_SMALL_SIZES);
	gauth_memory_arena(&slot->arena, NULL, 0, slot->context);
	slot->accepted = *accepted;
	if (!gauth_arena_copy(&slot->arena, json, &slot->json))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "key");
	status = gauth_json_parse(&slot->arena, slot->json,
							  &gauth_json_token_limits, &root, err);
	if (status == GAUTH_OK)
		status = gauth_keyset_read(crypto, &slot->arena, root, accepted,
								   &slot->keys, err);
	return status;
}

/*
 * gauth_keyset_cached
 *		The keys of a JWK or a JWK set, bound as gauth_jwk_bind says.
 *
 * "accepted" has count 0 for "any", and no rubbish behind its items.  The
 * result is valid until the next call.  Errors: those of gauth_json_parse and
 * gauth_keyset_read; they are not remembered.
 */
GauthStatus
gauth_keyset_cached(GauthSpan json, const GauthAlgorithmList *accepted,
					const GauthKeySet **keys, GauthError *err)
{
	Slot	   *slot = find_slot(json, accepted);
	GauthStatus status = GAUTH_OK;

	if (slot == NULL)
	{
		slot = make_room();
		status = fill_slot(slot, json, accepted, err);
	}
	if (status != GAUTH_OK)
	{
		clear_slot(slot);
		return status;
	}
	slot->used_at = ++uses;
	*keys = &slot->keys;
	return GAUTH_OK;
}
