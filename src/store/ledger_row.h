/*
 * ledger_row.h
 *		Entries as rows of gauth.entry.
 */
#ifndef GAUTH_STORE_LEDGER_ROW_H
#define GAUTH_STORE_LEDGER_ROW_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "executor/tuptable.h"

#include "ledger/entry.h"

/* columns of gauth.entry */
enum
{
	ENTRY_SHARD = 1,
	ENTRY_DECISION,
	ENTRY_XID,
	ENTRY_LANE,
	ENTRY_LANE_SEQ,
	ENTRY_MADE_AT,
	ENTRY_COUNT,
	ENTRY_KIND,
	ENTRY_ACTION,
	ENTRY_RULE,
	ENTRY_MANDATE,
	ENTRY_TOKEN_ID,
	ENTRY_TRACE,
	ENTRY_ACTOR,
	ENTRY_AGENT,
	ENTRY_ROLE,
	ENTRY_RESOURCE,
	ENTRY_PAYLOAD,
	ENTRY_SALT,
	ENTRY_COMMITMENT,
	ENTRY_PREVIOUS
};

#define GAUTH_ENTRY_COLUMNS		ENTRY_PREVIOUS

/* a row of the ledger, its strings borrowed from the slot it was read from */
typedef struct GauthEntryRow
{
	GauthEntry	entry;
	GauthSpan	salt;			/* without data: erased */
	GauthSpan	commitment;		/* without data: not erased */
	bool		malformed;		/* a number that no entry has */
} GauthEntryRow;

extern TimestampTz gauth_entry_made_at(const GauthEntry *entry);
extern void gauth_entry_row_form(const GauthEntryRow *row, Datum *values,
								 bool *nulls);
extern void gauth_entry_row_read(TupleTableSlot *slot, GauthEntryRow *row);
extern GauthStatus gauth_entry_row_leaf(const GauthEntryRow *row,
										uint8_t leaf[GAUTH_HASH_SIZE]);
extern GauthStatus gauth_entry_row_encode(GauthArena *arena,
										  const GauthEntryRow *row,
										  GauthSpan *bytes);

#endif							/* GAUTH_STORE_LEDGER_ROW_H */
