/*
 * enforce.h
 *		Everything that a decision about an enforcement request looks at.
 */
#ifndef GAUTH_STORE_ENFORCE_H
#define GAUTH_STORE_ENFORCE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "decision/enforce_answer.h"
#include "store/mandate.h"

/* one request on its way to an answer; in the caller's memory */
typedef struct GauthEnforceCase
{
	TimestampTz now;
	bool		trusted;		/* the caller may bring snapshots and ask for
								 * every mandate */
	GauthEnforceRequest request;
	GauthCredential told;		/* what a snapshot says */
	GauthMandate mandate;		/* our record, if there is one */
	bool		has_mandate;
	GauthEnforceInput input;
	GauthEnforceError error;
} GauthEnforceCase;

extern GauthStatus gauth_enforce_collect(GauthArena *arena,
										 GauthEnforceCase *it);

#endif							/* GAUTH_STORE_ENFORCE_H */
