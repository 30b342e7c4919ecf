/*
 * ledger_decide.c
 *		Entries about decisions.
 */
#include "store/ledger.h"

/*
 * gauth_ledger_decide
 *		An entry about a decision, in this transaction.
 */
void
gauth_ledger_decide(const GauthNote *note, GauthReceipt *receipt)
{
	gauth_ledger_append(note, receipt);
}
