/*
 * shared.h
 *		Memory that the sessions of one database share.
 */
#ifndef GAUTH_STORE_SHARED_H
#define GAUTH_STORE_SHARED_H

#include "postgres.h"

#include "storage/dsm.h"
#include "storage/lwlock.h"

/* move on when the layout of any room changes */
#define GAUTH_SHARED_LAYOUT		"1"

typedef enum GauthRoomNumber
{
	GAUTH_ROOM_RING,			/* notes on their way into the ledger */
	GAUTH_ROOM_POLICIES			/* compiled policy sets */
} GauthRoomNumber;

/* blobs that a room can refer to */
#define GAUTH_ROOM_BLOBS_MAX	64

/*
 * A room: one piece of memory of fixed size for each database.  A static
 * variable of its owner with the first three members filled in.
 */
typedef struct GauthRoom
{
	GauthRoomNumber number;
	Size		size;			/* bytes */
	void		(*furnish) (void *place);	/* of a room that is all zero; may
											 * be NULL, must not raise */

	/* this process's view, kept by shared.c */
	dsm_segment *segment;
	int			entry;
} GauthRoom;

extern void *gauth_room_enter(GauthRoom *room);
extern LWLock *gauth_room_lock(const GauthRoom *room);

/*
 * A blob is a segment of its own that a room refers to.  To put one wants the
 * room's lock in exclusive mode, to open one in shared mode.
 */
extern dsm_segment *gauth_room_make_blob(Size size);
extern void gauth_room_put_blob(const GauthRoom *room, int number,
								dsm_segment *blob);
extern dsm_segment *gauth_room_open_blob(const GauthRoom *room, int number);

#endif							/* GAUTH_STORE_SHARED_H */
