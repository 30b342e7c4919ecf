/*
 * shared.c
 *		Memory that the sessions of one database share.
 *
 * It is found, or made, when a session first wants it: nothing is asked of
 * shared_preload_libraries.  A header of a few bytes, which every process of
 * the server finds by its name, holds the handle of a directory, and that the
 * handles of the rooms, each a dynamic segment.  A room outlives whoever made
 * it, and lasts until the server ends, crashes or its database is gone; what
 * is in it can be no more than a copy of something durable, or on its way
 * there.
 *
 * A library of another layout has another header, and so rooms of its own.
 */
#include "store/shared.h"

#include "access/htup_details.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/syscache.h"

#include "catalog/pg_database.h"

#include "store/compat.h"

#define HEADER_NAME		"gauth " GAUTH_SHARED_LAYOUT
#define ENTRY_COUNT		1024
#define NO_ENTRY		(-1)

/* in the server's main memory, of which there is little to spare */
typedef struct Header
{
	LWLock		lock;			/* guards the directory */
	int			tranche;		/* of this lock and those of the rooms */
	dsm_handle	directory;
} Header;

typedef struct Entry
{
	Oid			database;		/* InvalidOid: the entry is free */
	TransactionId birth;		/* of the database's row */
	GauthRoomNumber room;
	uint32		visitors;		/* processes that have entered */
	dsm_handle	segment;
} Entry;

typedef struct Directory
{
	Entry		entries[ENTRY_COUNT];
} Directory;

/* what a room's segment begins with; the owner's part follows */
typedef struct RoomHead
{
	LWLock		lock;
	dsm_handle	blobs[GAUTH_ROOM_BLOBS_MAX];
} RoomHead;

#define ROOM_HEAD_SIZE	MAXALIGN(sizeof(RoomHead))

static Header *header;
static Directory *directory;

static void
make_header(void *place)
{
	Header	   *fresh = place;

	fresh->tranche = LWLockNewTrancheId();
	LWLockInitialize(&fresh->lock, fresh->tranche);
	fresh->directory = DSM_HANDLE_INVALID;
}

static Header *
find_header(void)
{
	if (header == NULL && IsUnderPostmaster)
	{
		header = gauth_compat_named_memory(HEADER_NAME, sizeof(Header),
										   make_header);
		if (header != NULL)
			LWLockRegisterTranche(header->tranche, "gauth");
	}
	return header;
}

/* an error within took the count of held-off interrupts with it */
static void
forget_error(MemoryContext context, uint32 holdoff)
{
	MemoryContextSwitchTo(context);
	FlushErrorState();
	InterruptHoldoffCount = holdoff;
}

/*
 * A segment, mapped until the process ends or it is detached; made when
 * "handle" is none.  NULL when that cannot be: whoever wants to share memory
 * must be able to do without.
 */
static dsm_segment *
map_segment(dsm_handle handle, Size size)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner previous = CurrentResourceOwner;
	ResourceOwner owner = ResourceOwnerCreate(NULL, "gauth");
	uint32		holdoff = InterruptHoldoffCount;
	dsm_segment *volatile segment = NULL;

	CurrentResourceOwner = owner;
	PG_TRY();
	{
		segment = handle != DSM_HANDLE_INVALID ? dsm_attach(handle) :
			dsm_create(size, DSM_CREATE_NULL_IF_MAXSEGMENTS);
		if (segment != NULL)
			dsm_pin_mapping(segment);
	}
	PG_CATCH();
	{
		forget_error(context, holdoff);
		ResourceOwnerRelease(owner, RESOURCE_RELEASE_BEFORE_LOCKS, false,
							 false);
		ResourceOwnerRelease(owner, RESOURCE_RELEASE_LOCKS, false, false);
		ResourceOwnerRelease(owner, RESOURCE_RELEASE_AFTER_LOCKS, false,
							 false);
		segment = NULL;
	}
	PG_END_TRY();
	CurrentResourceOwner = previous;
	ResourceOwnerDelete(owner);
	return segment;
}

static dsm_segment *
make_segment(Size size)
{
	dsm_segment *segment = map_segment(DSM_HANDLE_INVALID, size);

	if (segment != NULL)
		memset(dsm_segment_address(segment), 0, size);
	return segment;
}

static Directory *
find_directory(void)
{
	dsm_segment *segment;

	if (directory != NULL || find_header() == NULL)
		return directory;
	LWLockAcquire(&header->lock, LW_EXCLUSIVE);
	if (header->directory != DSM_HANDLE_INVALID)
		segment = map_segment(header->directory, 0);
	else if ((segment = make_segment(sizeof(Directory))) != NULL)
	{
		dsm_pin_segment(segment);
		header->directory = dsm_segment_handle(segment);
	}
	LWLockRelease(&header->lock);
	if (segment != NULL)
		directory = dsm_segment_address(segment);
	return directory;
}

/*
 * What tells a database from another one that had its number before: it
 * changes also when the database is altered, which loses a room that nobody
 * is in.
 */
static TransactionId
database_birth(void)
{
	HeapTuple	tuple = SearchSysCache1(DATABASEOID,
										ObjectIdGetDatum(MyDatabaseId));
	TransactionId birth;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for database %u", MyDatabaseId);
	birth = HeapTupleHeaderGetRawXmin(tuple->t_data);
	ReleaseSysCache(tuple);
	return birth;
}

/* give back a room that has left the directory, and its blobs */
static void
destroy_room(dsm_handle handle)
{
	dsm_segment *segment = map_segment(handle, 0);
	RoomHead   *head;
	int			i;

	dsm_unpin_segment(handle);
	if (segment == NULL)
		return;
	head = dsm_segment_address(segment);
	for (i = 0; i < GAUTH_ROOM_BLOBS_MAX; i++)
	{
		if (head->blobs[i] != DSM_HANDLE_INVALID)
			dsm_unpin_segment(head->blobs[i]);
	}
	dsm_detach(segment);
}

/* take an entry out, unless somebody has entered or taken it out */
static void
evict(int number, dsm_handle as_seen)
{
	Entry	   *entry = &directory->entries[number];
	bool		evicted;

	LWLockAcquire(&header->lock, LW_EXCLUSIVE);
	evicted = OidIsValid(entry->database) && entry->visitors == 0 &&
		entry->segment == as_seen;
	if (evicted)
		memset(entry, 0, sizeof(*entry));
	LWLockRelease(&header->lock);
	if (evicted)
		destroy_room(as_seen);
}

/*
 * Take out the rooms of databases that are gone.  When that frees no entry,
 * one of another database that nobody is in goes as well.
 */
static void
sweep(void)
{
	Entry	   *seen = palloc(sizeof(Directory));
	int			unused = 0;
	int			i;

	LWLockAcquire(&header->lock, LW_SHARED);
	memcpy(seen, directory->entries, sizeof(Directory));
	LWLockRelease(&header->lock);
	for (i = 0; i < ENTRY_COUNT; i++)
	{
		Datum		database = ObjectIdGetDatum(seen[i].database);

		if (OidIsValid(seen[i].database) &&
			(seen[i].visitors > 0 ||
			 SearchSysCacheExists1(DATABASEOID, database)))
			continue;
		if (OidIsValid(seen[i].database))
			evict(i, seen[i].segment);
		unused++;
	}
	for (i = 0; i < ENTRY_COUNT && unused == 0; i++)
	{
		if (seen[i].visitors > 0 || seen[i].database == MyDatabaseId)
			continue;
		evict(i, seen[i].segment);
		unused++;
	}
	pfree(seen);
}

static int
find_entry(Oid database, GauthRoomNumber room)
{
	int			i;

	for (i = 0; i < ENTRY_COUNT; i++)
	{
		const Entry *entry = &directory->entries[i];

		if (entry->database == database &&
			(!OidIsValid(database) || entry->room == room))
			return i;
	}
	return NO_ENTRY;
}

/* runs when the segment is unmapped, at the latest when the process ends */
static void
leave(dsm_segment *segment, Datum argument)
{
	GauthRoom  *room = (GauthRoom *) DatumGetPointer(argument);

	LWLockAcquire(&header->lock, LW_EXCLUSIVE);
	directory->entries[room->entry].visitors--;
	LWLockRelease(&header->lock);
	room->segment = NULL;
}

/* with the header's lock held; without a segment nothing happens */
static void
enter(GauthRoom *room, dsm_segment *segment, int number)
{
	if (segment == NULL)
		return;
	room->segment = segment;
	room->entry = number;
	on_dsm_detach(segment, leave, PointerGetDatum(room));
	directory->entries[number].visitors++;
}

static dsm_segment *
make_room(const GauthRoom *room)
{
	dsm_segment *segment = make_segment(ROOM_HEAD_SIZE + room->size);
	char	   *start;

	if (segment == NULL)
		return NULL;
	start = dsm_segment_address(segment);
	LWLockInitialize(&((RoomHead *) start)->lock, header->tranche);
	if (room->furnish != NULL)
		room->furnish(start + ROOM_HEAD_SIZE);
	return segment;
}

/* enter the room that is there, if there is one that can be mapped */
static void
enter_existing(GauthRoom *room)
{
	int			number;

	LWLockAcquire(&header->lock, LW_EXCLUSIVE);
	number = find_entry(MyDatabaseId, room->number);
	if (number != NO_ENTRY)
		enter(room,
			  map_segment(directory->entries[number].segment, 0),
			  number);
	LWLockRelease(&header->lock);
}

/* a room that a database of the same number has left behind */
static void
evict_predecessor(GauthRoomNumber room, TransactionId birth)
{
	dsm_handle	handle = DSM_HANDLE_INVALID;
	int			number;

	LWLockAcquire(&header->lock, LW_SHARED);
	number = find_entry(MyDatabaseId, room);
	if (number != NO_ENTRY && directory->entries[number].birth != birth)
		handle = directory->entries[number].segment;
	LWLockRelease(&header->lock);
	if (handle != DSM_HANDLE_INVALID)
		evict(number, handle);
}

/* make the room and enter it, unless somebody else has just made one */
static void
enter_new(GauthRoom *room, TransactionId birth)
{
	dsm_segment *segment = make_room(room);
	int			number;

	if (segment == NULL)
		return;
	LWLockAcquire(&header->lock, LW_EXCLUSIVE);
	number = find_entry(InvalidOid, room->number);
	if (number != NO_ENTRY &&
		find_entry(MyDatabaseId, room->number) == NO_ENTRY)
	{
		Entry	   *entry = &directory->entries[number];

		dsm_pin_segment(segment);
		entry->database = MyDatabaseId;
		entry->birth = birth;
		entry->room = room->number;
		entry->segment = dsm_segment_handle(segment);
		enter(room, segment, number);
	}
	LWLockRelease(&header->lock);
	if (room->segment == NULL)
		dsm_detach(segment);
}

/*
 * gauth_room_enter
 *		The room of this database, made when there is none; NULL when the
 *		server has no memory for it.
 *
 * The process stays in it until it ends.  In a transaction.
 */
void *
gauth_room_enter(GauthRoom *room)
{
	if (room->segment == NULL && find_directory() != NULL)
	{
		TransactionId birth = database_birth();

		evict_predecessor(room->number, birth);
		enter_existing(room);
		if (room->segment == NULL)
		{
			sweep();
			enter_new(room, birth);
		}
		if (room->segment == NULL)
			enter_existing(room);
	}
	if (room->segment == NULL)
		return NULL;
	return (char *) dsm_segment_address(room->segment) + ROOM_HEAD_SIZE;
}

static RoomHead *
head_of(const GauthRoom *room)
{
	return dsm_segment_address(room->segment);
}

/*
 * gauth_room_lock
 *		The lock of a room that has been entered.
 */
LWLock *
gauth_room_lock(const GauthRoom *room)
{
	return &head_of(room)->lock;
}

/*
 * gauth_room_make_blob
 *		Memory of this size, all zero, that nobody else sees as yet, or NULL.
 *		It is the process's until it detaches it, and nobody's afterwards.
 */
dsm_segment *
gauth_room_make_blob(Size size)
{
	return IsUnderPostmaster ? make_segment(size) : NULL;
}

/*
 * gauth_room_put_blob
 *		Let the room refer to a blob (NULL: to none) in place of the one that
 *		it had: that stays with those who have it open.
 */
void
gauth_room_put_blob(const GauthRoom *room, int number, dsm_segment *blob)
{
	dsm_handle *handle = &head_of(room)->blobs[number];

	if (*handle != DSM_HANDLE_INVALID)
		dsm_unpin_segment(*handle);
	*handle = DSM_HANDLE_INVALID;
	if (blob == NULL)
		return;
	dsm_pin_segment(blob);
	*handle = dsm_segment_handle(blob);
}

/*
 * gauth_room_open_blob
 *		The blob that the room refers to, mapped until dsm_detach; NULL when
 *		there is none.  One that this process has open already is answered
 *		again, and still wants to be detached only once.
 */
dsm_segment *
gauth_room_open_blob(const GauthRoom *room, int number)
{
	dsm_handle	handle = head_of(room)->blobs[number];
	dsm_segment *segment;

	if (handle == DSM_HANDLE_INVALID)
		return NULL;
	segment = dsm_find_mapping(handle);
	return segment != NULL ? segment : map_segment(handle, 0);
}
