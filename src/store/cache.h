/*
 * cache.h
 *		Things read from a group of tables, by name, until the tables change.
 */
#ifndef GAUTH_STORE_CACHE_H
#define GAUTH_STORE_CACHE_H

#include "postgres.h"

#include "utils/hsearch.h"

#include "base/span.h"
#include "store/generation.h"

/* a static variable of its owner, with the first three members filled in */
typedef struct GauthCache
{
	const char *title;			/* of its memory context */
	GauthGroup	group;			/* whose change makes it forget */
	void		(*release) (void *thing);	/* frees what palloc does not
											 * know; may be NULL */
	MemoryContext context;		/* everything that is remembered */
	HTAB	   *things;
	uint64		generation;
	uint64		epoch;			/* how often everything was forgotten */
} GauthCache;

extern void *gauth_cache_find(GauthCache *cache, GauthSpan name);
extern void gauth_cache_add(GauthCache *cache, GauthSpan name, void *thing);
extern void gauth_cache_each(GauthCache *cache,
							 void (*visit) (void *state, void *thing),
							 void *state);
extern void gauth_cache_limit(GauthCache *cache, long most);
extern void gauth_cache_forget(GauthCache *cache);

#endif							/* GAUTH_STORE_CACHE_H */
