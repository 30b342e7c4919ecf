/*
 * report_ledger.c
 *		What gauth says to people about the ledger.
 *
 * The rules of report.c hold here, too.
 */
#include "entry/report.h"

void
gauth_raise_entry_missing(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA),
			 errmsg("entry of the receipt is not in the ledger"),
			 errdetail("Its transaction was rolled back, or the entry is not "
					   "what it was."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_entry_uncommitted(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("entry is not committed"),
			 errhint("An entry is sealed after its transaction has ended."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_entry_unsealed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("entry is not sealed yet"),
			 errhint("Wait for it with gauth.audit_wait."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_log_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no such log"),
			 errhint("gauth.audit_status() lists them."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_checkpoint_signer(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("issuer does not sign with Ed25519"),
			 errhint("Give it such a key with "
					 "gauth.rotate_key(issuer, 'EdDSA')."),
			 errhidestmt(true)));
	pg_unreachable();
}

/* the number of the key, from 1, is its place in the setting */
void
gauth_raise_checkpoint_key(uint32 number, const GauthError *err)
{
	if (err->status == GAUTH_OUT_OF_MEMORY ||
		err->status == GAUTH_CRYPTO_FAILED)
		gauth_raise(err);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("key %u of \"checkpoint_keys\" cannot verify notes",
					number),
			 errdetail_internal("%s", gauth_status_name(err->status)),
			 errhint("A key is NAME+ID+BASE64, as who signs has printed it."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_checkpoint_key_twice(uint32 number)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("key %u of \"checkpoint_keys\" has the name and the "
					"number of one before it", number),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_note(const GauthError *err)
{
	if (err->status != GAUTH_INVALID_SYNTAX)
		gauth_raise(err);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("signed note is malformed"),
			 errdetail("At byte %zu: expected %s.", err->offset + 1,
					   err->detail),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_note_forged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("signature of the note does not verify"),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_note_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("nobody who is known has signed the note"),
			 errhint("The settings checkpoint_keys and checkpoint_issuers say "
					 "who is known."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_checkpoint_contradicts(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("ledger is not what was signed"),
			 errdetail("The signatures verify, and the log has another root "
					   "at that size, or has not got that far."),
			 errhint("Either the ledger has been changed, or an older state "
					 "of it was restored."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_checkpoint_unsigned(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("checkpoint is not signed by the log"),
			 errhint("A cosignature stands under a signature: put that first, "
					 "or both."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_guarded(const char *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("\"%s\" belongs to the ledger and is not changed", table),
			 errhint("gauth.audit_erase and gauth.audit_retain take away what "
					 "has to go."),
			 errhidestmt(true)));
	pg_unreachable();
}
