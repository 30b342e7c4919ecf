/*
 * ledger_compare.h
 *		What became of the entries of one batch since it was sealed.
 */
#ifndef GAUTH_STORE_LEDGER_COMPARE_H
#define GAUTH_STORE_LEDGER_COMPARE_H

#include "postgres.h"

#include "ledger/merkle.h"

/* the rows that are there now, in the order of sealing */
typedef struct GauthRowKey
{
	uint64		xid;
	uint64		lane;
	uint64		lane_seq;
} GauthRowKey;

typedef struct GauthRows
{
	GauthTreeHash *leaves;
	GauthRowKey *keys;
	size_t		count;
	size_t		room;
} GauthRows;

/*
 * Each place where the two differ: "row" is a place among the rows or
 * GAUTH_NO_ROW, "leaf" one among the sealed leaves or GAUTH_NO_ROW.
 */
#define GAUTH_NO_ROW	SIZE_MAX

typedef void (*GauthDifference) (void *state, size_t leaf, size_t row,
								 const char *finding);

extern void gauth_rows_compare(const GauthTreeHash *sealed, size_t count,
							   const GauthRows *rows, GauthDifference differ,
							   void *state);

#endif							/* GAUTH_STORE_LEDGER_COMPARE_H */
