/*
 * audit_place.h
 *		Where the entry of a receipt is in the tree of its log.
 */
#ifndef GAUTH_ENTRY_AUDIT_PLACE_H
#define GAUTH_ENTRY_AUDIT_PLACE_H

#include "postgres.h"

#include "ledger/proof.h"
#include "ledger/receipt.h"
#include "store/ledger_hash.h"

typedef struct GauthPlace
{
	GauthReceipt receipt;
	GauthLogTree tree;
	GauthTreeHash leaf;
	uint64		index;
} GauthPlace;

extern void gauth_place_find(GauthPlace *place, GauthSpan receipt,
							 Snapshot snapshot);
extern void gauth_place_prove(GauthPlace *place, uint64 size,
							  GauthTreeHead *head, GauthProof *proof);

#endif							/* GAUTH_ENTRY_AUDIT_PLACE_H */
