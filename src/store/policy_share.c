/*
 * policy_share.c
 *		Compiled policy sets that the sessions of a database share.
 *
 * A set is known by the digest of the rows that it was made of.  Whoever
 * wants one has read the rows, with all that is committed by then, and finds
 * the set of exactly these rows or none: nothing here is ever out of date,
 * and nobody has to be told when policies change.  A set stays mapped in the
 * sessions that use it, also after another has taken its place here.
 *
 * Where there is no memory to share, every session has sets of its own.
 */
#include "store/policy_share.h"

#include "utils/memutils.h"

#include "store/compat.h"
#include "store/shared.h"

/* of all sets of a database; the one that was not asked for longest goes */
#define SHARED_MAX		((uint64) 64 * 1024 * 1024)

#define STORE_NAME_MAX	255

/* guarded by the room's lock; the blob of a set has the number of its slot */
typedef struct Slot
{
	uint8		key[GAUTH_SHA256_SIZE];
	uint64		size;			/* bytes of the set; 0: the slot is free */
	uint64		used_at;		/* a count of uses, not a time */
	uint64		uses;			/* how often the set was not made anew */
	uint32		store_len;
	char		store[STORE_NAME_MAX];	/* that it was made for */
} Slot;

typedef struct Sets
{
	uint64		clock;			/* uses of all sets */
	Slot		slots[GAUTH_ROOM_BLOBS_MAX];
} Sets;

static GauthRoom room = {
	.number = GAUTH_ROOM_POLICIES,
	.size = sizeof(Sets)
};

/* several stores may have the same policies, and so one mapping */
typedef struct Mapping
{
	dsm_segment *segment;
	int			holders;
	struct Mapping *next;
} Mapping;

static Mapping *mappings;

static void
hold(dsm_segment *segment, GauthSharedSet *shared)
{
	Mapping    *mapping = mappings;

	while (mapping != NULL && mapping->segment != segment)
		mapping = mapping->next;
	if (mapping == NULL)
	{
		mapping = MemoryContextAllocZero(TopMemoryContext, sizeof(*mapping));
		mapping->segment = segment;
		mapping->next = mappings;
		mappings = mapping;
	}
	mapping->holders++;
	shared->segment = segment;
	shared->set = dsm_segment_address(segment);
}

/*
 * gauth_policy_share_release
 *		The set is no longer in use here.
 */
void
gauth_policy_share_release(GauthSharedSet *shared)
{
	Mapping   **place = &mappings;
	Mapping    *mapping;

	if (shared->segment == NULL)
		return;
	while ((*place)->segment != shared->segment)
		place = &(*place)->next;
	mapping = *place;
	shared->segment = NULL;
	if (--mapping->holders > 0)
		return;
	*place = mapping->next;
	dsm_detach(mapping->segment);
	pfree(mapping);
}

static int
find_slot(const Sets *sets, const uint8 key[GAUTH_SHA256_SIZE])
{
	int			i;

	for (i = 0; i < GAUTH_ROOM_BLOBS_MAX; i++)
	{
		if (sets->slots[i].size > 0 &&
			memcmp(sets->slots[i].key, key, GAUTH_SHA256_SIZE) == 0)
			return i;
	}
	return -1;
}

/* with the room's lock held */
static bool
open_slot(Sets *sets, int number, GauthSharedSet *shared)
{
	dsm_segment *segment = gauth_room_open_blob(&room, number);

	if (segment == NULL ||
		!gauth_policy_set_check(dsm_segment_address(segment),
								sets->slots[number].size))
		return false;
	hold(segment, shared);
	sets->slots[number].uses++;
	sets->slots[number].used_at = ++sets->clock;
	return true;
}

/*
 * gauth_policy_share_find
 *		The set of the rows with this key, mapped; false when there is none.
 */
bool
gauth_policy_share_find(const uint8 key[GAUTH_SHA256_SIZE],
						GauthSharedSet *shared)
{
	Sets	   *sets = gauth_room_enter(&room);
	bool		found = false;
	int			number;

	if (sets == NULL)
		return false;
	LWLockAcquire(gauth_room_lock(&room), LW_EXCLUSIVE);
	number = find_slot(sets, key);
	if (number >= 0)
		found = open_slot(sets, number, shared);
	LWLockRelease(gauth_room_lock(&room));
	return found;
}

static void
clear_slot(Sets *sets, int number)
{
	gauth_room_put_blob(&room, number, NULL);
	memset(&sets->slots[number], 0, sizeof(Slot));
}

/* what the store had before is of no use to anybody who begins */
static void
clear_store(Sets *sets, GauthSpan store)
{
	int			i;

	for (i = 0; i < GAUTH_ROOM_BLOBS_MAX; i++)
	{
		const Slot *slot = &sets->slots[i];

		if (slot->size > 0 &&
			gauth_span_equal(gauth_span(slot->store, slot->store_len), store))
			clear_slot(sets, i);
	}
}

/* a free slot, when there is room for "size" bytes beside the other sets */
static int
find_room(const Sets *sets, uint64 size)
{
	uint64		total = size;
	int			found = -1;
	int			i;

	for (i = 0; i < GAUTH_ROOM_BLOBS_MAX; i++)
	{
		total += sets->slots[i].size;
		if (sets->slots[i].size == 0)
			found = i;
	}
	return total <= SHARED_MAX ? found : -1;
}

static void
clear_oldest(Sets *sets)
{
	int			oldest = -1;
	int			i;

	for (i = 0; i < GAUTH_ROOM_BLOBS_MAX; i++)
	{
		if (sets->slots[i].size > 0 &&
			(oldest < 0 ||
			 sets->slots[i].used_at < sets->slots[oldest].used_at))
			oldest = i;
	}
	clear_slot(sets, oldest);
}

static void
fill_slot(Sets *sets, const uint8 key[GAUTH_SHA256_SIZE], GauthSpan store,
		  uint64 size, dsm_segment *segment)
{
	int			number;
	Slot	   *slot;

	clear_store(sets, store);
	while ((number = find_room(sets, size)) < 0)
		clear_oldest(sets);
	slot = &sets->slots[number];
	gauth_room_put_blob(&room, number, segment);
	memcpy(slot->key, key, GAUTH_SHA256_SIZE);
	slot->size = size;
	slot->used_at = ++sets->clock;
	slot->store_len = (uint32) store.len;
	memcpy(slot->store, store.data, store.len);
}

/*
 * gauth_policy_share_put
 *		Let others use the set of the rows with this key, which belong to the
 *		store; what is mapped then is the shared copy, perhaps that of
 *		somebody who was faster.  False when it cannot be shared.
 */
bool
gauth_policy_share_put(const uint8 key[GAUTH_SHA256_SIZE], GauthSpan store,
					   const GauthPolicySet *set, GauthSharedSet *shared)
{
	size_t		size = gauth_policy_set_size(set);
	Sets	   *sets = gauth_room_enter(&room);
	dsm_segment *segment;
	bool		opened = false;
	int			number;

	if (sets == NULL || size > SHARED_MAX || store.len > STORE_NAME_MAX)
		return false;
	segment = gauth_room_make_blob(size);
	if (segment == NULL)
		return false;
	memcpy(dsm_segment_address(segment), set, size);

	LWLockAcquire(gauth_room_lock(&room), LW_EXCLUSIVE);
	number = find_slot(sets, key);
	if (number >= 0)
		opened = open_slot(sets, number, shared);
	else
	{
		fill_slot(sets, key, store, size, segment);
		hold(segment, shared);
	}
	LWLockRelease(gauth_room_lock(&room));
	if (number >= 0)
		dsm_detach(segment);
	return number < 0 || opened;
}

/*
 * gauth_policy_share_uses
 *		How often the set was found in place of being made; false when it is
 *		not to be found any more.
 */
bool
gauth_policy_share_uses(const uint8 key[GAUTH_SHA256_SIZE], int64 *uses)
{
	Sets	   *sets = gauth_room_enter(&room);
	int			number;

	if (sets == NULL)
		return false;
	LWLockAcquire(gauth_room_lock(&room), LW_SHARED);
	number = find_slot(sets, key);
	if (number >= 0)
		*uses = (int64) sets->slots[number].uses;
	LWLockRelease(gauth_room_lock(&room));
	return number >= 0;
}
