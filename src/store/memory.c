/*
 * memory.c
 *		Arenas that take their blocks from a memory context.
 *
 * A pure floor that runs out of memory gets NULL and answers with a status;
 * it may hold keys of OpenSSL then, so nothing may jump out of it.
 */
#include "store/memory.h"

#include "utils/memutils.h"

static void *
take(void *state, size_t size)
{
	return MemoryContextAllocExtended((MemoryContext) state, size,
									  MCXT_ALLOC_NO_OOM);
}

static void
give_back(void *state, void *block)
{
	pfree(block);
}

/*
 * gauth_memory_arena
 *		Begin an arena in "buffer" (may be NULL) that goes on in blocks of
 *		"context"; the blocks leave with the context.
 */
void
gauth_memory_arena(GauthArena *arena, void *buffer, size_t size,
				   MemoryContext context)
{
	GauthBlockSource *source = MemoryContextAlloc(context, sizeof(*source));

	source->take = take;
	source->give_back = give_back;
	source->state = context;
	gauth_arena_init(arena, buffer, size, source, GAUTH_CALL_MEMORY_MAX);
}

/*
 * gauth_memory_copy
 *		A copy of the bytes in "context"; raises when memory is out.
 */
GauthSpan
gauth_memory_copy(MemoryContext context, GauthSpan from)
{
	char	   *copy = MemoryContextAlloc(context, from.len + 1);

	if (from.len > 0)
		memcpy(copy, from.data, from.len);
	copy[from.len] = '\0';
	return gauth_span(copy, from.len);
}

/*
 * gauth_memory_room
 *		An array of "count" items (NULL: of none) with room for one more; it
 *		doubles.
 */
void *
gauth_memory_room(MemoryContext context, void *array, uint32 count, Size size)
{
	if (array == NULL)
		return MemoryContextAlloc(context, size);
	if ((count & (count - 1)) != 0)
		return array;
	return repalloc(array, count * 2 * size);
}
