/*
 * arena.h
 *		A bump allocator: many small pieces, freed all at once.
 *
 * The pure floors allocate from an arena that the caller owns.  It may begin
 * in a buffer of the caller's (a stack array makes small work free of any
 * allocation) and takes further blocks from a source: malloc in tests, palloc
 * in the server.  A source returns NULL when it has no more; allocation then
 * returns NULL and the caller answers GAUTH_OUT_OF_MEMORY.
 *
 * Pieces are aligned to 16 bytes.  Nothing is freed singly.
 */
#ifndef GAUTH_BASE_ARENA_H
#define GAUTH_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

typedef struct GauthBlockSource
{
	void	   *(*take) (void *state, size_t size); /* NULL: no more */
	void		(*give_back) (void *state, void *block);
	void	   *state;
} GauthBlockSource;

typedef struct GauthArenaBlock GauthArenaBlock;

typedef struct GauthArena
{
	char	   *free;			/* next free byte of the current block */
	char	   *end;			/* one past its last */
	GauthArenaBlock *blocks;	/* taken from the source, newest first */
	const GauthBlockSource *source; /* NULL: only the first buffer */
	size_t		total;			/* bytes taken from the source */
	size_t		limit;			/* most that may be taken; 0 = no limit */
	char	   *first;			/* the caller's buffer, for reset */
	size_t		first_size;
} GauthArena;

extern const GauthBlockSource gauth_malloc_source;

extern void gauth_arena_init(GauthArena *arena, void *buffer, size_t size,
							 const GauthBlockSource *source, size_t limit);
extern void gauth_arena_reset(GauthArena *arena);
extern void gauth_arena_wipe(GauthArena *arena);
extern void *gauth_arena_alloc_slow(GauthArena *arena, size_t size);
extern void *gauth_arena_zalloc(GauthArena *arena, size_t size);
extern void *gauth_arena_array(GauthArena *arena, size_t count, size_t size);
extern bool gauth_arena_copy(GauthArena *arena, GauthSpan from, GauthSpan *to);

#define GAUTH_ARENA_ALIGN		16

/* uninitialised memory, or NULL when there is no more */
static inline void *
gauth_arena_alloc(GauthArena *arena, size_t size)
{
	size_t		room = (size_t) (arena->end - arena->free);
	void	   *piece = arena->free;

	if (size > room || size == 0)
		return gauth_arena_alloc_slow(arena, size);

	size = (size + GAUTH_ARENA_ALIGN - 1) & ~(size_t) (GAUTH_ARENA_ALIGN - 1);
	arena->free = size > room ? arena->end : arena->free + size;
	return piece;
}

#endif							/* GAUTH_BASE_ARENA_H */
