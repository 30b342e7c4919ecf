/*
 * record.h
 *		What a change of state writes into the ledger.
 *
 * Between begin and end the members of the payload are given one by one; a
 * member without data is left out, and a payload that is too long is left out
 * as a whole and counted.  Never a token, a key or a secret.
 */
#ifndef GAUTH_ENTRY_RECORD_H
#define GAUTH_ENTRY_RECORD_H

#include "postgres.h"

#include "base/arena.h"
#include "base/text.h"
#include "store/ledger.h"
#include "token/claims.h"

typedef struct GauthRecorder
{
	GauthNote	note;
	GauthArena	arena;
	GauthText	payload;
} GauthRecorder;

extern void gauth_record_begin(GauthRecorder *record, const char *kind,
							   GauthSpan resource);
extern void gauth_record_text(GauthRecorder *record, const char *name,
							  GauthSpan value);
extern void gauth_record_number(GauthRecorder *record, const char *name,
								int64 value);
extern void gauth_record_json(GauthRecorder *record, const char *name,
							  GauthSpan json);
extern void gauth_record_end(GauthRecorder *record);
extern void gauth_record_decision(GauthRecorder *record);
extern void gauth_record_refusal(const char *kind, const char *rule,
								 const GauthClaims *claims);
extern void gauth_record_refused_token(const char *kind,
									   const GauthError *err,
									   const GauthClaims *claims);
extern void gauth_record_step(const char *kind, GauthSpan resource,
							  GauthSpan agent);
extern void gauth_record_change(const char *kind, GauthSpan resource);

#endif							/* GAUTH_ENTRY_RECORD_H */
