/*
 * receipt.h
 *		What a writer gets for its entry, as text.
 */
#ifndef GAUTH_LEDGER_RECEIPT_H
#define GAUTH_LEDGER_RECEIPT_H

#include "ledger/entry.h"

/* where an entry stands before it is sealed */
typedef struct GauthReceipt
{
	uint32_t	shard;
	uint64_t	xid;
	uint64_t	lane;
	uint64_t	lane_seq;
	uint8_t		leaf[GAUTH_HASH_SIZE];
	bool		has_leaf;		/* a receipt may name the entry alone */
} GauthReceipt;

/* four numbers, a leaf in hexadecimal, the dashes and a zero byte */
#define GAUTH_RECEIPT_TEXT_MAX	(10 + 3 * 20 + 2 * GAUTH_HASH_SIZE + 4 + 1)

extern size_t gauth_receipt_write(const GauthReceipt *receipt,
								  char text[GAUTH_RECEIPT_TEXT_MAX]);
extern GauthStatus gauth_receipt_read(GauthSpan text, GauthReceipt *receipt,
									  GauthError *err);

#endif							/* GAUTH_LEDGER_RECEIPT_H */
