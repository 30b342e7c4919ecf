/*
 * ledger.h
 *		Writing into the ledger.
 */
#ifndef GAUTH_STORE_LEDGER_H
#define GAUTH_STORE_LEDGER_H

#include "postgres.h"

#include "ledger/entry.h"

/*
 * What an operation says about itself; the ledger adds who, when and where.
 * An absent string is a span without data.
 */
typedef struct GauthNote
{
	const char *kind;			/* such as "token.issue", "decision" */
	GauthVerdict verdict;
	uint32		count;			/* equal decisions in this note; 0 is 1 */
	GauthSpan	action;
	GauthSpan	resource;
	GauthSpan	rule;			/* code or policy that decided */
	GauthSpan	mandate;		/* NULL data: that of the identity */
	GauthSpan	token_id;		/* NULL data: that of the identity */
	GauthSpan	actor;			/* NULL data: the identity's subject */
	GauthSpan	agent;
	GauthSpan	payload;		/* a JSON object, at most 8 KiB */
} GauthNote;

/* where an entry stands before it is sealed */
typedef struct GauthReceipt
{
	uint32		shard;
	uint64		xid;
	uint64		lane;
	uint64		lane_seq;
	uint8		leaf[GAUTH_HASH_SIZE];
} GauthReceipt;

/*
 * gauth_ledger_append: an entry of this transaction, gone if it rolls back.
 * For changes of state.  Raises what cannot be written.
 *
 * gauth_ledger_decide: an entry about a decision.  A permit is an entry of
 * this transaction, or goes through the ring when the transaction is read
 * only; a denial always goes through the ring and is durable on return
 * (architecture section 4.9).  Raises ZG006 and ZG007 as told there.
 *
 * "receipt" may be NULL.
 */
extern void gauth_ledger_append(const GauthNote *note, GauthReceipt *receipt);
extern void gauth_ledger_decide(const GauthNote *note, GauthReceipt *receipt);

#endif							/* GAUTH_STORE_LEDGER_H */
