/*
 * merkle.h
 *		The Merkle tree of RFC 6962 section 2.1 over SHA-256, as it grows.
 *
 * A tree is the sequence of its leaves.  What a writer must keep of it is the
 * frontier: the roots of its perfect subtrees, the largest first, as many as
 * there are ones in the binary form of its size.
 *
 * Proofs are in ledger/proof.h.
 */
#ifndef GAUTH_LEDGER_MERKLE_H
#define GAUTH_LEDGER_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "crypto/digest.h"

/* of a leaf, of a node; an array of them is a run of bytes without gaps */
typedef struct GauthTreeHash
{
	uint8_t		bytes[GAUTH_SHA256_SIZE];
} GauthTreeHash;

/* what a checkpoint says */
typedef struct GauthTreeHead
{
	uint64_t	size;			/* leaves */
	GauthTreeHash root;
} GauthTreeHead;

#define GAUTH_FRONTIER_MAX	64	/* perfect subtrees of any tree */

typedef struct GauthFrontier
{
	uint64_t	size;			/* leaves */
	size_t		count;			/* subtrees */
	GauthTreeHash subtrees[GAUTH_FRONTIER_MAX]; /* the largest first */
} GauthFrontier;

extern GauthStatus gauth_tree_leaf(GauthCrypto *crypto, GauthSpan data,
								   GauthTreeHash *leaf);
extern GauthStatus gauth_tree_node(GauthCrypto *crypto,
								   const GauthTreeHash *left,
								   const GauthTreeHash *right,
								   GauthTreeHash *node);
extern GauthStatus gauth_tree_root(GauthCrypto *crypto,
								   const GauthTreeHash *leaves, size_t count,
								   GauthTreeHash *root);

extern void gauth_frontier_init(GauthFrontier *frontier);
extern GauthStatus gauth_frontier_append(GauthCrypto *crypto,
										 GauthFrontier *frontier,
										 const GauthTreeHash *leaves,
										 size_t count);
extern GauthStatus gauth_frontier_append_subtree(GauthCrypto *crypto,
												 GauthFrontier *frontier,
												 unsigned level,
												 const GauthTreeHash *root);
extern GauthStatus gauth_frontier_root(GauthCrypto *crypto,
									   const GauthFrontier *frontier,
									   GauthTreeHash *root);
extern GauthSpan gauth_frontier_store(const GauthFrontier *frontier);
extern GauthStatus gauth_frontier_restore(uint64_t size, GauthSpan stored,
										  GauthFrontier *frontier);

/* hashes that two frontiers or proofs have in common are compared so */
static inline bool
gauth_tree_hash_equal(const GauthTreeHash *a, const GauthTreeHash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

#endif							/* GAUTH_LEDGER_MERKLE_H */
