/*
 * mandate_token.h
 *		Issuing a token about a mandate in force.
 */
#ifndef GAUTH_ENTRY_MANDATE_TOKEN_H
#define GAUTH_ENTRY_MANDATE_TOKEN_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "base/arena.h"
#include "store/compat.h"
#include "store/mandate.h"

typedef struct GauthMandateToken
{
	GauthSpan	action;			/* of the entry of a refusal */
	GauthSpan	resource;		/* and what was asked for */
	GauthMandate mandate;		/* no id: none was found yet */
	GauthSpan  *audiences;
	int			audience_count;
	GauthSpan	scope;			/* scope tokens; without data: none */
	TimestampTz until;			/* ends then at the latest */
	GauthSpan	grant;			/* what it was issued for; without data: none */

	/* what was made */
	GauthSpan	token;
	GauthSpan	token_id;
	GauthSpan	kid;
	TimestampTz expires_at;
} GauthMandateToken;

extern const char *gauth_mandate_inactive(GauthSpan id, GauthMandate *mandate);
extern void gauth_mandate_token_refuse(const GauthMandateToken *token,
									   const char *code)
			pg_attribute_noreturn();
extern void gauth_mandate_token_find(GauthMandateToken *token, GauthSpan id);
extern void gauth_mandate_token_issue(GauthArena *arena,
									  GauthMandateToken *token);

#endif							/* GAUTH_ENTRY_MANDATE_TOKEN_H */
