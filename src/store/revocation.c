/*
 * revocation.c
 *		Tokens that are dead before their time.
 *
 * Read with a fresh snapshot at every statement: a revocation counts from the
 * moment it has committed, also for an identity that is already set.
 */
#include "store/revocation.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "base/hex.h"
#include "crypto/digest.h"
#include "store/compat.h"
#include "store/crypto.h"
#include "store/issuer.h"
#include "store/extended.h"
#include "store/relation.h"

/*
 * gauth_token_hash
 *		The SHA-256 of a token's signing input in hexadecimal: its name in the
 *		list of revocations when it has no "jti".
 *
 * Not of the whole token: an ECDSA signature can be changed into another
 * valid one by anybody.
 */
GauthSpan
gauth_token_hash(const GauthJwt *jwt)
{
	uint8_t		digest[GAUTH_SHA256_SIZE];
	char	   *hex = palloc(2 * sizeof(digest));

	if (gauth_sha256(gauth_crypto(), jwt->jws.signing_input,
					 digest) != GAUTH_OK)
		elog(ERROR, "could not compute SHA-256");
	gauth_hex_encode(gauth_span(digest, sizeof(digest)), hex);
	return gauth_span(hex, 2 * sizeof(digest));
}

static bool
token_is_listed(GauthSpan issuer, GauthSpan token, bool by_hash)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_REVOCATION);
	gauth_scan_key_text(&scan, REVOCATION_ISSUER, issuer);
	gauth_scan_key_text(&scan, REVOCATION_TOKEN, token);
	gauth_scan_key_bool(&scan, REVOCATION_BY_HASH, by_hash);
	found = gauth_scan_next(&scan);
	gauth_scan_end(&scan);
	return found;
}

/*
 * "iat" has no fraction, so a token of the very second counts as issued
 * before; one that does not say when it was issued could be of any time.
 */
static bool
subject_is_listed(const GauthIdentity *identity)
{
	GauthScan	scan;
	bool		found = false;

	gauth_scan_begin(&scan, GAUTH_TABLE_SUBJECT_REVOCATION);
	gauth_scan_key_text(&scan, SUBJECT_REVOCATION_ISSUER, identity->issuer);
	gauth_scan_key_text(&scan, SUBJECT_REVOCATION_SUBJECT,
						identity->issuer_subject);
	if (gauth_scan_next(&scan))
	{
		bool		is_null;
		Datum		value = gauth_scan_value(&scan,
											 SUBJECT_REVOCATION_ISSUED_BEFORE,
											 &is_null);
		TimestampTz before = DatumGetTimestampTz(value);

		found = identity->issued_at == GAUTH_NOT_ISSUED ||
			identity->issued_at <= gauth_timestamp_seconds(before - 1);
	}
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_token_is_revoked
 *		Is the token revoked, alone or with all others of its subject?
 *
 * Looks at issuer, issuer_subject, token_id or token_hash, and issued_at.
 */
bool
gauth_token_is_revoked(const GauthIdentity *identity)
{
	bool		by_hash = identity->token_id.len == 0;

	return token_is_listed(identity->issuer,
						   by_hash ? identity->token_hash : identity->token_id,
						   by_hash) ||
		(identity->issuer_subject.data != NULL && subject_is_listed(identity));
}

static bool
is_revoked(const GauthJwt *jwt)
{
	const GauthClaims *claims = &jwt->claims;
	GauthIdentity identity = {0};

	identity.issuer = claims->issuer;
	identity.issuer_subject = claims->subject;
	identity.token_id = claims->token_id;
	if (claims->token_id.len == 0)
		identity.token_hash = gauth_token_hash(jwt);
	identity.issued_at = claims->has_issued_at ?
		claims->issued_at : GAUTH_NOT_ISSUED;
	return gauth_token_is_revoked(&identity);
}

/*
 * gauth_token_verify
 *		Verify a token against the issuer it names, its revocation included, at
 *		the time of the statement.
 *
 * Errors: those of gauth_issuer_verify, GAUTH_TOKEN_REVOKED, and for an
 * extended token those of gauth_extended_verify.
 */
GauthStatus
gauth_token_verify(GauthArena *arena, GauthSpan token,
				   const GauthSpan *audience, GauthJwt *jwt,
				   GauthIssuer **issuer, GauthError *err)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();
	GauthSpan	mandate;
	GauthStatus status = gauth_issuer_verify(arena, token, audience, now, jwt,
											 issuer, err);

	if (status == GAUTH_OK && is_revoked(jwt))
		status = gauth_fail(err, GAUTH_TOKEN_REVOKED, "jti");
	if (status == GAUTH_OK)
		status = gauth_extended_verify(jwt, *issuer, now, &mandate, err);
	return status;
}
