/*
 * issuer.h
 *		The issuers and their keys, ready for use.
 */
#ifndef GAUTH_STORE_ISSUER_H
#define GAUTH_STORE_ISSUER_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "token/jwt.h"

/* columns of gauth.issuer and gauth.key, in the order of the install script */
enum
{
	ISSUER_ISSUER = 1,
	ISSUER_NAMESPACE,
	ISSUER_AUDIENCES,
	ISSUER_ALGORITHMS,
	ISSUER_HOSTED,
	ISSUER_LEEWAY,
	ISSUER_MAX_LIFETIME,
	ISSUER_TYP,
	ISSUER_CREATED_AT
};
enum
{
	KEY_ISSUER = 1,
	KEY_KID,
	KEY_NAMED,
	KEY_ALGORITHM,
	KEY_JWK,
	KEY_SIGNS,
	KEY_CREATED_AT,
	KEY_VERIFIES_UNTIL
};

typedef struct GauthIssuerKey
{
	GauthSpan	kid;			/* as gauth.key has it, also when not named */
	int64		version;		/* moves when another key takes the name */
	TimestampTz verifies_until;
	bool		signs;
} GauthIssuerKey;

/* valid until the next gauth_issuer_find */
typedef struct GauthIssuer
{
	GauthSpan	issuer;
	GauthSpan	namespace;
	GauthSpan  *audiences;
	int			audience_count;
	GauthAlgorithmList accepted;
	int64		leeway;			/* seconds */
	int64		max_lifetime;	/* seconds */
	GauthSpan	typ;			/* empty: any that is not foreign */
	bool		hosted;
	bool		has_locked_keys;	/* some could not be opened */
	GauthStatus lock_status;	/* why */
	GauthKeySet keys;
	GauthIssuerKey *infos;		/* one for each of keys.entries */
	GauthKey   *signer;			/* made at its first use */
	GauthSpan	signer_kid;
} GauthIssuer;

extern GauthIssuer *gauth_issuer_find(GauthSpan issuer);
extern const GauthIssuerKey *gauth_issuer_key_info(const GauthIssuer *issuer,
												   const GauthKeyEntry *entry);
extern TimestampTz gauth_issuer_key_end(const GauthIssuer *issuer,
										GauthSpan kid, int64 version);
extern GauthStatus gauth_issuer_verify(GauthArena *arena, GauthSpan token,
									   const GauthSpan *audience,
									   TimestampTz now, GauthJwt *jwt,
									   GauthIssuer **issuer, GauthError *err);
extern GauthStatus gauth_issuer_signer(GauthIssuer *issuer, GauthKey **key,
									   GauthSpan *kid, GauthError *err);
extern GauthStatus gauth_issuer_subject(GauthArena *arena,
										const GauthIssuer *issuer,
										GauthSpan sub, GauthSpan *subject,
										GauthError *err);
extern bool gauth_issuer_owns_subject(const GauthIssuer *issuer,
									  GauthSpan subject);
extern int64 gauth_interval_seconds(const Interval *interval);
extern int64 gauth_timestamp_seconds(TimestampTz instant);
extern TimestampTz gauth_seconds_timestamp(int64 seconds);

#endif							/* GAUTH_STORE_ISSUER_H */
