/*
 * arena.c
 *		The slow half of the bump allocator, and its malloc source.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

#define BLOCK_SIZE_FIRST	(8 * 1024)
#define BLOCK_SIZE_MAX		(1024 * 1024)

/* as large as the alignment, so that what follows it stays aligned */
struct GauthArenaBlock
{
	GauthArenaBlock *next;
	size_t		size;
};

static void *
malloc_take(void *state, size_t size)
{
	(void) state;
	return malloc(size);
}

static void
malloc_give_back(void *state, void *block)
{
	(void) state;
	free(block);
}

const GauthBlockSource gauth_malloc_source = {
	malloc_take, malloc_give_back, NULL
};

static void
use_block(GauthArena *arena, char *start, size_t size)
{
	size_t		skip = (size_t) (-(uintptr_t) start % GAUTH_ARENA_ALIGN);

	if (start == NULL || skip > size)
	{
		arena->free = arena->end = NULL;
		return;
	}
	arena->free = start + skip;
	arena->end = start + size;
}

/*
 * gauth_arena_init
 *		Begin an arena in "buffer" (may be NULL), to go on in blocks of
 *		"source" (may be NULL) up to "limit" bytes (0: no limit).
 */
void
gauth_arena_init(GauthArena *arena, void *buffer, size_t size,
				 const GauthBlockSource *source, size_t limit)
{
	memset(arena, 0, sizeof(*arena));
	arena->source = source;
	arena->limit = limit;
	arena->first = buffer;
	arena->first_size = buffer == NULL ? 0 : size;
	use_block(arena, arena->first, arena->first_size);
}

/*
 * gauth_arena_reset
 *		Give every block back; the arena may be used again.
 *
 * Does not wipe: an owner of secrets calls gauth_arena_wipe first.
 */
void
gauth_arena_reset(GauthArena *arena)
{
	while (arena->blocks != NULL)
	{
		GauthArenaBlock *block = arena->blocks;

		arena->blocks = block->next;
		arena->source->give_back(arena->source->state, block);
	}
	arena->total = 0;
	use_block(arena, arena->first, arena->first_size);
}

/*
 * gauth_arena_wipe
 *		Overwrite all that the arena holds, for an owner of secrets; the arena
 *		keeps its blocks.
 */
void
gauth_arena_wipe(GauthArena *arena)
{
	GauthArenaBlock *block;

	for (block = arena->blocks; block != NULL; block = block->next)
		explicit_bzero(block + 1, block->size - sizeof(GauthArenaBlock));
	if (arena->first != NULL)
		explicit_bzero(arena->first, arena->first_size);
}

/* twice what was taken so far, within bounds, and never less than needed */
static size_t
next_block_size(const GauthArena *arena, size_t need)
{
	size_t		size = arena->total;

	if (size < BLOCK_SIZE_FIRST)
		size = BLOCK_SIZE_FIRST;
	if (size > BLOCK_SIZE_MAX)
		size = BLOCK_SIZE_MAX;
	return size < need ? need : size;
}

/*
 * gauth_arena_alloc_slow
 *		gauth_arena_alloc, when the current block is full.
 */
void *
gauth_arena_alloc_slow(GauthArena *arena, size_t size)
{
	size_t		need;
	size_t		take;
	GauthArenaBlock *block;

	/* an empty piece has an address too: NULL means "no memory" only */
	if (size == 0)
		size = 1;
	if (size <= (size_t) (arena->end - arena->free))
		return gauth_arena_alloc(arena, size);

	need = size + sizeof(GauthArenaBlock) + GAUTH_ARENA_ALIGN;
	if (arena->source == NULL || need < size)
		return NULL;
	if (arena->limit != 0 &&
		(need > arena->limit || arena->total > arena->limit - need))
		return NULL;

	take = next_block_size(arena, need);
	if (arena->limit != 0 && take > arena->limit - arena->total)
		take = need;
	block = arena->source->take(arena->source->state, take);
	if (block == NULL)
		return NULL;

	block->next = arena->blocks;
	block->size = take;
	arena->blocks = block;
	arena->total += take;
	use_block(arena, (char *) (block + 1), take - sizeof(GauthArenaBlock));
	return gauth_arena_alloc(arena, size);
}

/*
 * gauth_arena_zalloc
 *		Zeroed memory, or NULL when there is no more.
 */
void *
gauth_arena_zalloc(GauthArena *arena, size_t size)
{
	void	   *piece = gauth_arena_alloc(arena, size);

	if (piece != NULL)
		memset(piece, 0, size);
	return piece;
}

/*
 * gauth_arena_array
 *		Zeroed room for "count" elements of "size" bytes, or NULL.
 */
void *
gauth_arena_array(GauthArena *arena, size_t count, size_t size)
{
	size_t		bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return gauth_arena_zalloc(arena, bytes);
}

/*
 * gauth_arena_copy
 *		Copy the bytes of "from" into the arena; false when there is no room.
 */
bool
gauth_arena_copy(GauthArena *arena, GauthSpan from, GauthSpan *to)
{
	char	   *copy = gauth_arena_alloc(arena, from.len);

	if (copy == NULL)
		return false;
	if (from.len > 0)
		memcpy(copy, from.data, from.len);
	*to = gauth_span(copy, from.len);
	return true;
}
