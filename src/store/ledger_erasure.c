/*
 * ledger_erasure.c
 *		Which entries were erased, and which erasures were recorded.
 *
 * An erased entry still has its leaf; so who erases one by hand changes no
 * hash.  The entry about the erasure is what cannot be added unseen.
 */
#include "store/ledger_erasure.h"

#include "utils/hsearch.h"

#include "ledger/receipt.h"
#include "store/ledger_kind.h"

typedef struct ErasedKey
{
	uint64		shard;
	uint64		xid;
	uint64		lane;
	uint64		lane_seq;
} ErasedKey;

struct GauthErasures
{
	HTAB	   *erased;
	HTAB	   *recorded;
};

static HTAB *
make_set(const char *name)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(ErasedKey);
	control.entrysize = sizeof(ErasedKey);
	control.hcxt = CurrentMemoryContext;
	return hash_create(name, 64, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/*
 * gauth_erasures_begin
 *		Nothing has been seen.
 */
GauthErasures *
gauth_erasures_begin(void)
{
	GauthErasures *erasures = palloc(sizeof(GauthErasures));

	erasures->erased = make_set("gauth erased entries");
	erasures->recorded = make_set("gauth erasures");
	return erasures;
}

/*
 * gauth_erasures_note
 *		See an entry: erased, about an erasure, or neither.
 */
void
gauth_erasures_note(GauthErasures *erasures, const GauthEntryRow *row)
{
	const GauthEntry *entry = &row->entry;
	GauthReceipt receipt;

	if (row->commitment.data != NULL)
	{
		ErasedKey	key = {
			entry->shard, entry->xid, entry->lane, entry->lane_seq
		};

		(void) hash_search(erasures->erased, &key, HASH_ENTER, NULL);
	}
	else if (gauth_span_is(entry->kind, GAUTH_KIND_ERASE) &&
			 gauth_receipt_read(entry->resource, &receipt, NULL) == GAUTH_OK)
	{
		ErasedKey	key = {
			receipt.shard, receipt.xid, receipt.lane, receipt.lane_seq
		};

		(void) hash_search(erasures->recorded, &key, HASH_ENTER, NULL);
	}
}

/*
 * gauth_erasures_finish
 *		Tell of what was erased and not recorded.
 */
void
gauth_erasures_finish(GauthErasures *erasures, GauthErasureMissing missing,
					  void *state)
{
	HASH_SEQ_STATUS status;
	const ErasedKey *key;

	hash_seq_init(&status, erasures->erased);
	while ((key = hash_seq_search(&status)) != NULL)
	{
		GauthReceipt receipt = {
			.shard = (uint32) key->shard,.xid = key->xid,.lane = key->lane,
			.lane_seq = key->lane_seq
		};
		char		text[GAUTH_RECEIPT_TEXT_MAX];

		if (hash_search(erasures->recorded, key, HASH_FIND, NULL) != NULL)
			continue;
		(void) gauth_receipt_write(&receipt, text);
		missing(state, text);
	}
}
