/*
 * compat.h
 *		What differs between PostgreSQL 15, 17 and 18; no other file of gauth
 *		tests for a version.
 */
#ifndef GAUTH_STORE_COMPAT_H
#define GAUTH_STORE_COMPAT_H

#include "postgres.h"

#include "fmgr.h"

#if PG_VERSION_NUM >= 170000
#include "storage/dsm_registry.h"
#else
#include "miscadmin.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#endif
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#if PG_VERSION_NUM >= 180000
#define GAUTH_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "gauth", .version = "0.1.0")
#else
#define GAUTH_MODULE_MAGIC	PG_MODULE_MAGIC
#endif

/* PostgreSQL 18 has another word for it, which stands elsewhere */
#ifndef pg_attribute_noreturn
#define pg_attribute_noreturn()	__attribute__((noreturn))
#endif

/* does the role own the table? */
#if PG_VERSION_NUM >= 160000
#define GAUTH_OWNS_TABLE(table, role) \
	object_ownercheck(RelationRelationId, table, role)
#else
#define GAUTH_OWNS_TABLE(table, role)	pg_class_ownercheck(table, role)
#endif

/* make the index entries of a row that was inserted */
#if PG_VERSION_NUM >= 160000
#define GAUTH_INSERT_INDEX_TUPLES(result, slot, estate) \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL, \
						  false)
#else
#define GAUTH_INSERT_INDEX_TUPLES(result, slot, estate) \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL)
#endif

/* the index of the primary key */
#if PG_VERSION_NUM >= 180000
#define GAUTH_PRIMARY_KEY(table)	RelationGetPrimaryKeyIndex(table, false)
#else
#define GAUTH_PRIMARY_KEY(table)	RelationGetPrimaryKeyIndex(table)
#endif

/* begin a scan with this many keys */
#if PG_VERSION_NUM >= 180000
#define GAUTH_BEGIN_INDEX_SCAN(table, index, snapshot, keys) \
	index_beginscan(table, index, snapshot, NULL, keys, 0)
#else
#define GAUTH_BEGIN_INDEX_SCAN(table, index, snapshot, keys) \
	index_beginscan(table, index, snapshot, keys, 0)
#endif

/* before PostgreSQL 16 an input function has no soft way to fail */
#ifndef errsave
#define errsave(context, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#endif

/*
 * Memory that every process of the server finds by its name, made at the first
 * call.  PostgreSQL 17 has a registry for it.  Before, the server leaves some
 * 100 kB of its main memory unused for those who have not asked at its start:
 * "size" must be small, and NULL says that others have taken it all.
 */
static inline void *
gauth_compat_named_memory(const char *name, Size size,
						  void (*make) (void *place))
{
	bool		found;
#if PG_VERSION_NUM >= 170000
	return GetNamedDSMSegment(name, size, make, &found);
#else
	MemoryContext context = CurrentMemoryContext;
	uint32		holdoff;
	void	   *volatile place = NULL;

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	holdoff = InterruptHoldoffCount;
	PG_TRY();
	{
		place = ShmemInitStruct(name, size, &found);
		if (!found)
			make(place);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		FlushErrorState();
		InterruptHoldoffCount = holdoff;
		place = NULL;
	}
	PG_END_TRY();
	LWLockRelease(AddinShmemInitLock);
	return place;
#endif
}

#endif							/* GAUTH_STORE_COMPAT_H */
