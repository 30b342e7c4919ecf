/*
 * checksum.h
 *		The hashes of a scope: RFC 0116 sections 4.4 and 4.5, RFC 0118 section
 *		4.1, and what two SDKs compute instead.
 */
#ifndef GAUTH_POA_CHECKSUM_H
#define GAUTH_POA_CHECKSUM_H

#include <stdbool.h>

#include "base/json.h"
#include "crypto/library.h"

/*
 * What is hashed, always in canonical form.  "Hashes" are those of core_verbs
 * and platform_permissions, with their prefix.
 */
typedef enum GauthChecksumMethod
{
	/* profile, phase, paths, modules, hashes; an absent list is [] */
	GAUTH_CHECKSUM_RFC0116,

	/* the whole scope */
	GAUTH_CHECKSUM_RFC0118,

	/* as RFC 0116, with regions and sectors */
	GAUTH_CHECKSUM_SDK_TS,

	/* the same, an absent list is null, and HTML characters are escaped */
	GAUTH_CHECKSUM_SDK_GO,

	GAUTH_CHECKSUM_METHOD_COUNT
} GauthChecksumMethod;

/* "sha256:", 64 hexadecimal digits, a zero byte */
typedef struct GauthChecksum
{
	char		text[72];
} GauthChecksum;

/* scratch memory and the library of a computation, and where it reports */
typedef struct GauthHasher
{
	GauthArena *arena;
	GauthCrypto *crypto;
	GauthError *err;			/* may be NULL */
} GauthHasher;

extern bool gauth_checksum_find_method(GauthSpan name,
									   GauthChecksumMethod *method);

extern GauthStatus gauth_checksum_json(const GauthHasher *hasher,
									   const GauthJson *json,
									   GauthChecksum *checksum);
extern GauthStatus gauth_checksum_tools(const GauthHasher *hasher,
										const GauthJson *scope,
										GauthChecksum *checksum);
extern GauthStatus gauth_checksum_platform(const GauthHasher *hasher,
										   const GauthJson *scope,
										   GauthChecksum *checksum);
extern GauthStatus gauth_checksum_scope(const GauthHasher *hasher,
										const GauthJson *scope,
										GauthChecksumMethod method,
										GauthChecksum *checksum);

#endif							/* GAUTH_POA_CHECKSUM_H */
