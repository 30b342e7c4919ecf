/*
 * ledger.h
 *		Writing into the ledger.
 */
#ifndef GAUTH_STORE_LEDGER_H
#define GAUTH_STORE_LEDGER_H

#include "postgres.h"

#include "ledger/receipt.h"

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

#define GAUTH_PAYLOAD_MAX	8192

/*
 * gauth_ledger_append: an entry of this transaction, gone if it rolls back.
 * For changes of state.  Raises what cannot be written.
 *
 * gauth_ledger_decide: an entry about a decision.  A permit is an entry of
 * this transaction, or goes through the ring when the transaction is read
 * only; a denial always goes through the ring and is durable on return
 * unless nobody can write it: then it denies all the same and is kept.
 * Raises ZG006 for a permit that cannot be recorded, ZG007 on a standby.
 *
 * "receipt" may be NULL.
 */
extern void gauth_ledger_append(const GauthNote *note, GauthReceipt *receipt);
extern void gauth_ledger_decide(const GauthNote *note, GauthReceipt *receipt);

/*
 * The two halves of gauth_ledger_append, for an entry that another process
 * writes: the first one sets who, when and the trace (its strings are those
 * of the note, of the session and of the current memory context), the second
 * one gives the entry its place and writes it.
 */
extern void gauth_ledger_capture(const GauthNote *note, GauthEntry *entry);
extern void gauth_ledger_write(GauthEntry *entry, GauthReceipt *receipt);

/* the setting gauth.trace_context */
extern char *gauth_trace_context;

extern void gauth_ledger_init(void);

#endif							/* GAUTH_STORE_LEDGER_H */
