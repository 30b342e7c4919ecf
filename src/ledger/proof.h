/*
 * proof.h
 *		Inclusion and consistency proofs (RFC 6962 section 2.1, RFC 9162
 *		sections 2.1.3 and 2.1.4).
 *
 * A proof is built from hashes that are stored: leaves, and the roots of the
 * complete subtrees of 256, 65536, ... leaves, which are the tiles of C2SP
 * tlog-tiles.  It reads at most 128 hashes for each of its own, so it costs the
 * same at the end of a long log as at its beginning.
 *
 * A proof is verified against heads that the verifier trusts.  Nothing in a
 * proof is trusted, its length included.
 */
#ifndef GAUTH_LEDGER_PROOF_H
#define GAUTH_LEDGER_PROOF_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "crypto/library.h"
#include "ledger/merkle.h"

/* RFC 9162: the binary logarithm of the size, and one more */
#define GAUTH_PROOF_MAX		65

/* from the bottom to the top */
typedef struct GauthProof
{
	size_t		count;
	GauthTreeHash hashes[GAUTH_PROOF_MAX];
} GauthProof;

/* the hashes of one tile: roots of subtrees of 256^n leaves */
#define GAUTH_TILE_HEIGHT	8
#define GAUTH_TILE_WIDTH	256

/*
 * A tree whose hashes are stored.  "fetch" gives the roots of "count" complete
 * subtrees of 2^level leaves each, beginning with the one of that number;
 * level is a multiple of GAUTH_TILE_HEIGHT, 0 for leaves.  The run lies within
 * one tile, begins at a multiple of its length, which is a power of two, and
 * within the first "size" leaves.
 */
typedef struct GauthTreeSource
{
	GauthCrypto *crypto;
	uint64_t	size;
	GauthStatus (*fetch) (void *state, unsigned level, uint64_t first,
						  size_t count, GauthTreeHash *hashes);
	void	   *state;
} GauthTreeSource;

extern GauthStatus gauth_tree_range(const GauthTreeSource *source,
									uint64_t begin, uint64_t end,
									GauthTreeHash *root);
extern GauthStatus gauth_proof_inclusion(const GauthTreeSource *source,
										 uint64_t index, GauthProof *proof);
extern GauthStatus gauth_proof_consistency(const GauthTreeSource *source,
										   uint64_t old_size,
										   GauthProof *proof);

extern GauthStatus gauth_proof_verify_inclusion(GauthCrypto *crypto,
												const GauthTreeHash *leaf,
												uint64_t index,
												const GauthTreeHead *head,
												const GauthProof *proof);
extern GauthStatus gauth_proof_verify_consistency(GauthCrypto *crypto,
												  const GauthTreeHead *old_head,
												  const GauthTreeHead *new_head,
												  const GauthProof *proof);

#endif							/* GAUTH_LEDGER_PROOF_H */
