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

#endif							/* GAUTH_STORE_COMPAT_H */
