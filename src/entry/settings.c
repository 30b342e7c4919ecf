/*
 * settings.c
 *		The configuration parameters of gauth.
 *
 * A tenant of a managed server cannot set parameters, so there are few: what
 * an administrator of gauth may change is in gauth.setting.  None that has a
 * say in a decision may be set by a user.
 */
#include "postgres.h"

#include "entry/settings.h"

#include "utils/guc.h"

#include "store/identity.h"
#include "store/ledger.h"
#include "store/secret.h"

/*
 * gauth_settings_define
 *		Define all of them; a value that was planted under one of the names
 *		before the library was loaded is judged now.
 */
void
gauth_settings_define(void)
{
	DefineCustomStringVariable("gauth.root_key_file",
							   "File with the secret that seals private keys.",
							   "Its content, 32 bytes or more, is the root "
							   "key; empty: private keys are not sealed.",
							   &gauth_root_key_file,
							   "",
							   PGC_SIGHUP,
							   GUC_SUPERUSER_ONLY,
							   NULL, NULL, NULL);

	DefineCustomStringVariable("gauth.identity",
							   "The identity of the current transaction.",
							   "Written by gauth.authenticate alone.",
							   &gauth_identity_record,
							   "",
							   PGC_SUSET,
							   GUC_SUPERUSER_ONLY | GUC_NO_SHOW_ALL |
							   GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   gauth_identity_check,
							   gauth_identity_assign,
							   NULL);

	DefineCustomStringVariable("gauth.trace_context",
							   "The trace that the session is part of.",
							   "A W3C traceparent, recorded with entries of "
							   "the ledger; ignored when malformed.",
							   &gauth_trace_context,
							   "",
							   PGC_USERSET,
							   0,
							   NULL, NULL, NULL);

	MarkGUCPrefixReserved("gauth");
}
