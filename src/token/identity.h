/*
 * identity.h
 *		The verified record of who acts, as one text.
 *
 * The text is what travels: through savepoints, to parallel workers.  It has
 * no zero byte and begins with a version number, so that a worker of another
 * release refuses what it does not understand.
 */
#ifndef GAUTH_TOKEN_IDENTITY_H
#define GAUTH_TOKEN_IDENTITY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* "issued_at" of a token that does not say */
#define GAUTH_NOT_ISSUED	(-1)

typedef struct GauthIdentity
{
	GauthSpan	subject;		/* namespaced: unique over all issuers */
	GauthSpan	issuer;
	GauthSpan	issuer_subject; /* "sub", as the issuer knows it */
	GauthSpan	token_id;		/* "jti", or empty */
	GauthSpan	token_hash;		/* of the signing input, hexadecimal */
	GauthSpan	kid;			/* the key that verified it */
	GauthSpan	mandate;		/* the power of attorney, or empty */
	GauthSpan	scope;			/* canonical */
	GauthSpan	claims;			/* JSON text of all claims */
	int64_t		key_version;	/* changes when the key of that name does */
	int64_t		issued_at;		/* seconds, or GAUTH_NOT_ISSUED */
	int64_t		expires_at;		/* seconds, the leeway included */
} GauthIdentity;

extern GauthStatus gauth_identity_write(GauthArena *arena,
										const GauthIdentity *identity,
										GauthSpan *record);
extern GauthStatus gauth_identity_read(GauthSpan record,
									   GauthIdentity *identity);

#endif							/* GAUTH_TOKEN_IDENTITY_H */
