/*
 * ordered_scan.h
 *		Reading gauth's own tables in the order of an index.
 */
#ifndef GAUTH_STORE_ORDERED_SCAN_H
#define GAUTH_STORE_ORDERED_SCAN_H

#include "postgres.h"

#include "access/sdir.h"
#include "access/stratnum.h"
#include "utils/snapshot.h"

#include "store/relation.h"

typedef struct GauthOrderedScan
{
	GauthScan	scan;			/* takes keys; has the current row */
	ScanDirection direction;
	Relation	index;
} GauthOrderedScan;

extern void gauth_ordered_scan_begin(GauthOrderedScan *ordered,
									 GauthTable table, const char *index,
									 ScanDirection direction,
									 Snapshot snapshot);
extern void gauth_ordered_scan_key_int64(GauthOrderedScan *ordered,
										 AttrNumber column,
										 StrategyNumber strategy,
										 int64 value);
extern bool gauth_ordered_scan_next(GauthOrderedScan *ordered);
extern void gauth_ordered_scan_end(GauthOrderedScan *ordered);

#endif							/* GAUTH_STORE_ORDERED_SCAN_H */
