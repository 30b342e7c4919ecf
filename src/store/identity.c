/*
 * identity.c
 *		Who acts in this transaction.
 *
 * The record lives in a setting, gauth.identity, because settings follow
 * savepoints, end with the transaction when set locally, and are copied to
 * parallel workers; nothing else in the server does all three.  Its check
 * hook refuses every writer but gauth_identity_set: the configuration file,
 * ALTER ROLE, a GRANT SET and a superuser's SET included.
 *
 * The record says who was verified once.  Whether that still counts is asked
 * anew whenever something may have changed: the list of revocations, the
 * issuer and its keys; and it ends with the token.
 */
#include "store/identity.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "store/compat.h"
#include "store/extended.h"
#include "store/generation.h"
#include "store/memory.h"
#include "store/revocation.h"

char	   *gauth_identity_record = NULL;

/* raised while gauth_identity_set runs; the check hook lets nobody else in */
static bool writing = false;

/* moves with every new value of the setting */
static uint64 assignments = 0;

/* what the current record says, and what was true when it was last asked */
static struct
{
	uint64		statement;		/* that asked last */
	uint64		assignment;
	uint64		generations[GAUTH_GROUP_COUNT];
	bool		readable;
	bool		live;
	bool		stands;			/* live, and so is its mandate */
	TimestampTz live_until;		/* unless something changes */
	GauthIdentity identity;		/* points into the setting */
}			current;

/*
 * gauth_identity_check
 *		The check hook of the setting: our own writer, a value that a parallel
 *		worker takes over from its leader, or no value.
 */
bool
gauth_identity_check(char **value, void **extra, GucSource source)
{
	if (writing || InitializingParallelWorker ||
		*value == NULL || (*value)[0] == '\0')
		return true;
	GUC_check_errmsg("gauth.identity is set by gauth.authenticate alone");
	return false;
}

/*
 * gauth_identity_assign
 *		The assign hook of the setting: what was read from it is void.
 */
void
gauth_identity_assign(const char *value, void *extra)
{
	assignments++;
}

/*
 * gauth_identity_serial
 *		A number that changes with the record, for who remembers a part of it.
 */
uint64
gauth_identity_serial(void)
{
	return assignments;
}

/*
 * gauth_identity_of
 *		The identity that a verified token gives.
 *
 * Errors: GAUTH_CLAIM_MISSING without "sub", GAUTH_CLAIM_INVALID for an
 * empty "sub", one that reaches into another issuer's namespace, or a scope
 * outside its grammar.
 */
GauthStatus
gauth_identity_of(GauthArena *arena, const GauthJwt *jwt,
				  const GauthIssuer *issuer, GauthIdentity *identity,
				  GauthError *err)
{
	const GauthClaims *claims = &jwt->claims;
	const GauthIssuerKey *key = gauth_issuer_key_info(issuer, jwt->entry);
	GauthStatus status;

	memset(identity, 0, sizeof(*identity));
	if (!claims->has_subject)
		return gauth_fail(err, GAUTH_CLAIM_MISSING, "sub");
	if (claims->subject.len == 0)
		return gauth_fail(err, GAUTH_CLAIM_INVALID, "sub");
	status = gauth_issuer_subject(arena, issuer, claims->subject,
								  &identity->subject, err);
	if (status != GAUTH_OK)
		return status;

	identity->issuer = issuer->issuer;
	identity->issuer_subject = claims->subject;
	identity->token_id = claims->token_id;
	if (claims->token_id.len == 0)
		identity->token_hash = gauth_token_hash(jwt);
	identity->kid = key->kid;
	identity->key_version = key->version;
	identity->claims = jwt->jws.payload;
	identity->issued_at = claims->has_issued_at ?
		claims->issued_at : GAUTH_NOT_ISSUED;
	identity->expires_at = claims->expires_at + issuer->leeway;
	if (gauth_extended_verify(jwt, issuer,
							  GetCurrentStatementStartTimestamp(),
							  &identity->mandate, err) != GAUTH_OK)
		return err->status;
	return gauth_claims_scope(arena, claims, &identity->scope, err);
}

/*
 * gauth_identity_set
 *		Make this the identity until the transaction ends or the savepoint is
 *		rolled back.
 *
 * Raises in a parallel worker, as any setting does.
 */
GauthStatus
gauth_identity_set(GauthArena *arena, const GauthIdentity *identity)
{
	GauthSpan	record;
	GauthStatus status = gauth_identity_write(arena, identity, &record);
	char	   *value;

	if (status != GAUTH_OK)
		return status;
	value = pnstrdup(record.data, record.len);
	writing = true;
	PG_TRY();
	{
		(void) set_config_option("gauth.identity", value, PGC_SUSET,
								 PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
								 false);
	}
	PG_FINALLY();
	{
		writing = false;
	}
	PG_END_TRY();
	pfree(value);
	return GAUTH_OK;
}

/* when a rotated key ends before the token does, so does the identity */
static bool
issuer_still_stands(const GauthIdentity *identity, TimestampTz *until)
{
	GauthIssuer *issuer = gauth_issuer_find(identity->issuer);

	if (issuer == NULL ||
		!gauth_issuer_owns_subject(issuer, identity->subject))
		return false;
	*until = Min(gauth_seconds_timestamp(identity->expires_at),
				 gauth_issuer_key_end(issuer, identity->kid,
									  identity->key_version));
	return true;
}

static bool
nothing_changed(void)
{
	return current.assignment == assignments &&
		current.generations[GAUTH_GROUP_ISSUERS] ==
		gauth_generation(GAUTH_GROUP_ISSUERS) &&
		current.generations[GAUTH_GROUP_REVOCATIONS] ==
		gauth_generation(GAUTH_GROUP_REVOCATIONS);
}

static void
read_record(void)
{
	GauthSpan	record = gauth_span_of(gauth_identity_record);

	current.readable = gauth_identity_read(record,
										   &current.identity) == GAUTH_OK;
	current.assignment = assignments;
}

/*
 * The generations are noted before the tables are read: a change that arrives
 * meanwhile makes the next call ask again.
 */
static void
ask_again(void)
{
	MemoryContext scratch;
	MemoryContext caller;

	if (current.assignment != assignments)
		read_record();
	current.generations[GAUTH_GROUP_ISSUERS] =
		gauth_generation(GAUTH_GROUP_ISSUERS);
	current.generations[GAUTH_GROUP_REVOCATIONS] =
		gauth_generation(GAUTH_GROUP_REVOCATIONS);
	current.live = false;
	if (!current.readable)
		return;

	scratch = AllocSetContextCreate(CurrentMemoryContext, "gauth identity",
									ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	current.live = issuer_still_stands(&current.identity,
									   &current.live_until) &&
		!gauth_token_is_revoked(&current.identity);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

/* a mandate changes too often to be watched: it is looked at every time */
static bool
mandate_stands(void)
{
	MemoryContext scratch;
	MemoryContext caller;
	bool		stands;

	if (current.identity.mandate.len == 0)
		return true;
	scratch = AllocSetContextCreate(CurrentMemoryContext, "gauth mandate",
									ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	stands = gauth_extended_stands(current.identity.mandate,
								   current.identity.issuer_subject,
								   GetCurrentStatementStartTimestamp());
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return stands;
}

/*
 * gauth_identity_current
 *		The identity, if there is one and it still counts; else NULL.
 *
 * Valid until the setting changes.  The time is that of the statement, so
 * that all rows of one statement see the same answer.
 */
const GauthIdentity *
gauth_identity_current(void)
{
	uint64		statement;

	if (gauth_identity_record == NULL || gauth_identity_record[0] == '\0')
		return NULL;
	statement = gauth_generation_refresh();
	if (current.statement != statement || current.assignment != assignments)
	{
		if (!nothing_changed())
			ask_again();
		current.stands = current.live && mandate_stands();
		current.statement = statement;
	}
	if (!current.stands ||
		GetCurrentStatementStartTimestamp() >= current.live_until)
		return NULL;
	return &current.identity;
}
