/*
 * entry.h
 *		One entry of the ledger: its canonical bytes, its commitment, its leaf.
 *
 * Version 1, integers big-endian, a string as its length in four bytes and
 * its UTF-8; an absent string is the length 0xFFFFFFFF alone:
 *
 *	commitment = SHA-256(0x03 | salt[16] | str actor | str agent | str role
 *						 | str resource | str payload)
 *	entry      = 0x01 | u32 shard | u64 xid | u64 lane | u64 lane_seq
 *				 | i64 microseconds | u8 decision | u32 count
 *				 | previous[32] | str kind | str action | str rule
 *				 | str mandate | str token_id | str trace | commitment[32]
 *	leaf       = SHA-256(0x00 | entry)						(RFC 6962)
 *
 * "previous" is the leaf of the entry that the same session wrote before, 32
 * zero bytes in its first one: leaves are a chain before they are a tree.
 * What names a person, a thing or an act in words stands behind the
 * commitment, so that it can be erased and the leaf still holds.  The bytes
 * after the leaf's 0x00 are what tlog-tiles calls the entry.
 */
#ifndef GAUTH_LEDGER_ENTRY_H
#define GAUTH_LEDGER_ENTRY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "crypto/digest.h"

#define GAUTH_HASH_SIZE		GAUTH_SHA256_SIZE
#define GAUTH_SALT_SIZE		16
#define GAUTH_ENTRY_MAX		UINT16_MAX	/* bytes, as tlog-tiles can publish */

typedef enum GauthVerdict
{
	GAUTH_VERDICT_NONE,			/* the entry is not about a decision */
	GAUTH_VERDICT_PERMIT,
	GAUTH_VERDICT_CONSTRAIN,
	GAUTH_VERDICT_DENY,
	GAUTH_VERDICT_ERROR
} GauthVerdict;

/* an absent string is a span without data */
typedef struct GauthEntry
{
	uint32_t	shard;
	uint64_t	xid;			/* of the top-level transaction */
	uint64_t	lane;			/* number of the writing session */
	uint64_t	lane_seq;		/* 1, 2, 3, ... of the lane's entries */
	int64_t		micros;			/* since 1970 */
	GauthVerdict verdict;
	uint32_t	count;			/* equal decisions in one entry; at least 1 */
	GauthSpan	previous;		/* leaf of the lane's entry before */
	GauthSpan	kind;			/* such as "token.issue", "decision" */
	GauthSpan	action;
	GauthSpan	rule;			/* code or policy that decided */
	GauthSpan	mandate;
	GauthSpan	token_id;
	GauthSpan	trace;			/* W3C trace id and span id */

	/* behind the commitment */
	GauthSpan	actor;			/* subject of the identity, or party */
	GauthSpan	agent;
	GauthSpan	role;			/* of the session */
	GauthSpan	resource;
	GauthSpan	payload;		/* JSON text, as stored */
} GauthEntry;

/*
 * None of these allocates, but for the bytes that gauth_entry_encode gives;
 * GAUTH_LIMIT_EXCEEDED when the entry is larger than GAUTH_ENTRY_MAX, or when
 * a string behind the commitment is too long to be counted in four bytes;
 * GAUTH_INVALID_ARGUMENT when "previous" is no hash; else what crypto/digest.h
 * says.
 */
extern GauthStatus gauth_entry_commit(GauthCrypto *crypto,
									  const GauthEntry *entry,
									  const uint8_t salt[GAUTH_SALT_SIZE],
									  uint8_t commitment[GAUTH_HASH_SIZE]);
extern GauthStatus gauth_entry_encode(GauthArena *arena,
									  const GauthEntry *entry,
									  const uint8_t commitment[GAUTH_HASH_SIZE],
									  GauthSpan *bytes);
extern GauthStatus gauth_entry_leaf(GauthCrypto *crypto,
									const GauthEntry *entry,
									const uint8_t commitment[GAUTH_HASH_SIZE],
									uint8_t leaf[GAUTH_HASH_SIZE]);

#endif							/* GAUTH_LEDGER_ENTRY_H */
