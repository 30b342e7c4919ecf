/*
 * compat.h
 *		What differs between PostgreSQL 15, 17 and 18; no other file of gauth
 *		tests for a version.
 */
#ifndef GAUTH_STORE_COMPAT_H
#define GAUTH_STORE_COMPAT_H

#include "postgres.h"

#include "fmgr.h"

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

/* begin a scan with one key */
#if PG_VERSION_NUM >= 180000
#define GAUTH_BEGIN_INDEX_SCAN(table, index, snapshot) \
	index_beginscan(table, index, snapshot, NULL, 1, 0)
#else
#define GAUTH_BEGIN_INDEX_SCAN(table, index, snapshot) \
	index_beginscan(table, index, snapshot, 1, 0)
#endif

/* before PostgreSQL 16 an input function has no soft way to fail */
#ifndef errsave
#define errsave(context, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#endif

#endif							/* GAUTH_STORE_COMPAT_H */
