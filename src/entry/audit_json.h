/*
 * audit_json.h
 *		The ledger as JSON, for whoever verifies it elsewhere.
 */
#ifndef GAUTH_ENTRY_AUDIT_JSON_H
#define GAUTH_ENTRY_AUDIT_JSON_H

#include "postgres.h"

#include "base/text.h"
#include "store/ledger_batch.h"
#include "store/ledger_row.h"

extern void gauth_audit_append_bytes(GauthText *text, const char *name,
									 GauthSpan bytes);
extern void gauth_audit_append_log(GauthText *text, uint32 shard,
								   GauthSpan origin);
extern void gauth_audit_append_batch(GauthText *text, const GauthBatch *batch,
									 const GauthBatch *before,
									 GauthSpan leaves);
extern void gauth_audit_append_entry(GauthText *text,
									 const GauthEntryRow *row,
									 uint64 position, bool to_verify);
extern void gauth_audit_append_checkpoint(GauthText *text, uint32 shard,
										  uint64 size, GauthSpan note);
extern const char *gauth_verdict_name(GauthVerdict verdict);

#endif							/* GAUTH_ENTRY_AUDIT_JSON_H */
