/*
 * memory.h
 *		Arenas that take their blocks from a memory context.
 */
#ifndef GAUTH_STORE_MEMORY_H
#define GAUTH_STORE_MEMORY_H

#include "postgres.h"

#include "base/arena.h"
#include "base/span.h"

/* most that one call may take for what a caller sent it */
#define GAUTH_CALL_MEMORY_MAX	((size_t) 64 * 1024 * 1024)

extern void gauth_memory_arena(GauthArena *arena, void *buffer, size_t size,
							   MemoryContext context);
extern void *gauth_memory_room(MemoryContext context, void *array,
							   uint32 count, Size size);
extern GauthSpan gauth_memory_copy(MemoryContext context, GauthSpan from);

#endif							/* GAUTH_STORE_MEMORY_H */
