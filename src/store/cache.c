/*
 * cache.c
 *		Things read from a group of tables, by name, until the tables change.
 *
 * All that a cache holds is of one generation of its tables and is forgotten
 * as a whole.  It is never changed from inside a callback: that only moves
 * the generation on, and the next search forgets.
 */
#include "store/cache.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#define FIRST_SIZE		16

typedef struct Entry
{
	GauthSpan	name;			/* the hash key */
	void	   *thing;
} Entry;

static uint32
hash_name(const void *key, Size size)
{
	const GauthSpan *name = key;

	return hash_bytes((const unsigned char *) name->data, (int) name->len);
}

static int
match_names(const void *a, const void *b, Size size)
{
	return gauth_span_equal(*(const GauthSpan *) a,
							*(const GauthSpan *) b) ? 0 : 1;
}

/*
 * gauth_cache_forget
 *		Forget everything.
 */
void
gauth_cache_forget(GauthCache *cache)
{
	HASH_SEQ_STATUS entries;
	Entry	   *entry;

	if (cache->things != NULL && cache->release != NULL)
	{
		hash_seq_init(&entries, cache->things);
		while ((entry = hash_seq_search(&entries)) != NULL)
			cache->release(entry->thing);
	}
	cache->things = NULL;
	cache->epoch++;
	if (cache->context != NULL)
		MemoryContextReset(cache->context);
}

/*
 * gauth_cache_limit
 *		Forget everything once so many things are remembered.
 */
void
gauth_cache_limit(GauthCache *cache, long most)
{
	if (cache->things != NULL && hash_get_num_entries(cache->things) >= most)
		gauth_cache_forget(cache);
}

static void
prepare(GauthCache *cache)
{
	HASHCTL		control = {0};

	if (cache->things != NULL &&
		cache->generation == gauth_generation(cache->group))
		return;
	gauth_cache_forget(cache);
	if (cache->context == NULL)
		cache->context = AllocSetContextCreateInternal(CacheMemoryContext,
													   cache->title,
													   ALLOCSET_DEFAULT_SIZES);
	control.keysize = sizeof(GauthSpan);
	control.entrysize = sizeof(Entry);
	control.hash = hash_name;
	control.match = match_names;
	control.hcxt = cache->context;
	cache->generation = gauth_generation(cache->group);
	cache->things = hash_create(cache->title, FIRST_SIZE, &control,
								HASH_ELEM | HASH_FUNCTION | HASH_COMPARE |
								HASH_CONTEXT);
}

/*
 * gauth_cache_find
 *		The thing of that name, or NULL when it is not remembered.
 *
 * Hears what other sessions have committed first, and forgets everything when
 * the tables have changed: whatever was found before is void then.
 */
void *
gauth_cache_find(GauthCache *cache, GauthSpan name)
{
	Entry	   *entry;

	(void) gauth_generation_refresh();
	prepare(cache);
	entry = hash_search(cache->things, &name, HASH_FIND, NULL);
	return entry == NULL ? NULL : entry->thing;
}

/*
 * gauth_cache_add
 *		Remember a thing that gauth_cache_find has just not found; "name" and
 *		the thing are in the cache's context.
 */
void
gauth_cache_add(GauthCache *cache, GauthSpan name, void *thing)
{
	Entry	   *entry = hash_search(cache->things, &name, HASH_ENTER, NULL);

	entry->thing = thing;
}

/*
 * gauth_cache_each
 *		Show the visitor everything that is remembered, true or not.
 */
void
gauth_cache_each(GauthCache *cache, void (*visit) (void *state, void *thing),
				 void *state)
{
	HASH_SEQ_STATUS entries;
	Entry	   *entry;

	if (cache->things == NULL)
		return;
	hash_seq_init(&entries, cache->things);
	while ((entry = hash_seq_search(&entries)) != NULL)
		visit(state, entry->thing);
}
