/*
 * ledger_kind.h
 *		Entries of the ledger about itself.
 */
#ifndef GAUTH_STORE_LEDGER_KIND_H
#define GAUTH_STORE_LEDGER_KIND_H

/* what such entries are called; they cannot be erased */
#define GAUTH_KIND_OWN		"ledger."
#define GAUTH_KIND_EXPORT	"ledger.export"
#define GAUTH_KIND_ERASE	"ledger.erase"
#define GAUTH_KIND_REMOVE	"ledger.remove"

#endif							/* GAUTH_STORE_LEDGER_KIND_H */
