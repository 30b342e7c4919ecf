/*
 * merkle.c
 *		Hashes of the tree, and its frontier.
 */
#include "ledger/merkle.h"

#include <string.h>

#define TAG_LEAF	0x00
#define TAG_NODE	0x01

/*
 * gauth_tree_leaf
 *		The leaf of an entry's bytes.
 */
GauthStatus
gauth_tree_leaf(GauthCrypto *crypto, GauthSpan data, GauthTreeHash *leaf)
{
	static const char tag = TAG_LEAF;
	GauthSpan	parts[] = {gauth_span(&tag, sizeof(tag)), data};

	return gauth_sha256_parts(crypto, parts, 2, leaf->bytes);
}

/*
 * gauth_tree_node
 *		The node above two hashes; "node" may be one of them.
 */
GauthStatus
gauth_tree_node(GauthCrypto *crypto, const GauthTreeHash *left,
				const GauthTreeHash *right, GauthTreeHash *node)
{
	uint8_t		bytes[1 + 2 * sizeof(GauthTreeHash)];

	bytes[0] = TAG_NODE;
	memcpy(bytes + 1, left, sizeof(*left));
	memcpy(bytes + 1 + sizeof(*left), right, sizeof(*right));
	return gauth_sha256(crypto, gauth_span(bytes, sizeof(bytes)),
						node->bytes);
}

/*
 * gauth_frontier_init
 *		The frontier of the empty tree.
 */
void
gauth_frontier_init(GauthFrontier *frontier)
{
	frontier->size = 0;
	frontier->count = 0;
}

/*
 * gauth_frontier_append_subtree
 *		A perfect subtree of 2^level leaves, known by its root, at the end.
 *
 * GAUTH_INVALID_ARGUMENT, the frontier unchanged, when the tree does not end
 * where such a subtree may begin, or would be larger than can be counted.
 * After any other failure the frontier is unusable.
 */
GauthStatus
gauth_frontier_append_subtree(GauthCrypto *crypto, GauthFrontier *frontier,
							  unsigned level, const GauthTreeHash *root)
{
	uint64_t	leaves;
	uint64_t	size;
	uint64_t	ones;
	GauthStatus status;

	if (level >= 64)
		return GAUTH_INVALID_ARGUMENT;
	leaves = UINT64_C(1) << level;
	if (frontier->size % leaves != 0 ||
		__builtin_add_overflow(frontier->size, leaves, &size))
		return GAUTH_INVALID_ARGUMENT;

	/* as an addition carries, so do two subtrees of a size become one */
	frontier->subtrees[frontier->count++] = *root;
	for (ones = frontier->size >> level; ones & 1; ones >>= 1)
	{
		GauthTreeHash *last = &frontier->subtrees[--frontier->count];

		status = gauth_tree_node(crypto, last - 1, last, last - 1);
		if (status != GAUTH_OK)
			return status;
	}
	frontier->size = size;
	return GAUTH_OK;
}

/*
 * gauth_frontier_append
 *		Leaves at the end of the tree, in their order.
 *
 * GAUTH_INVALID_ARGUMENT when the tree would be larger than can be counted.
 * After a failure the frontier is unusable.
 */
GauthStatus
gauth_frontier_append(GauthCrypto *crypto, GauthFrontier *frontier,
					  const GauthTreeHash *leaves, size_t count)
{
	size_t		i;

	for (i = 0; i < count; i++)
	{
		GauthStatus status;

		status = gauth_frontier_append_subtree(crypto, frontier, 0,
											   &leaves[i]);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

/*
 * gauth_frontier_root
 *		The root of the whole tree; that of the empty one is the digest of
 *		nothing.
 */
GauthStatus
gauth_frontier_root(GauthCrypto *crypto, const GauthFrontier *frontier,
					GauthTreeHash *root)
{
	size_t		i = frontier->count;

	if (i == 0)
		return gauth_sha256(crypto, gauth_span(NULL, 0), root->bytes);

	*root = frontier->subtrees[--i];
	while (i > 0)
	{
		GauthStatus status;

		status = gauth_tree_node(crypto, &frontier->subtrees[--i], root,
								 root);
		if (status != GAUTH_OK)
			return status;
	}
	return GAUTH_OK;
}

/*
 * gauth_tree_root
 *		The root of the tree of these leaves alone.
 */
GauthStatus
gauth_tree_root(GauthCrypto *crypto, const GauthTreeHash *leaves,
				size_t count, GauthTreeHash *root)
{
	GauthFrontier frontier;
	GauthStatus status;

	gauth_frontier_init(&frontier);
	status = gauth_frontier_append(crypto, &frontier, leaves, count);
	if (status != GAUTH_OK)
		return status;
	return gauth_frontier_root(crypto, &frontier, root);
}

/*
 * gauth_frontier_store
 *		What gauth_frontier_restore takes beside the size; borrowed.
 */
GauthSpan
gauth_frontier_store(const GauthFrontier *frontier)
{
	return gauth_span(frontier->subtrees,
					  frontier->count * sizeof(frontier->subtrees[0]));
}

/*
 * gauth_frontier_restore
 *		GAUTH_INVALID_VALUE when "stored" has not one hash for each subtree of
 *		a tree of that size.
 */
GauthStatus
gauth_frontier_restore(uint64_t size, GauthSpan stored,
					   GauthFrontier *frontier)
{
	size_t		count = (size_t) __builtin_popcountll(size);

	if (stored.len != count * sizeof(frontier->subtrees[0]))
		return GAUTH_INVALID_VALUE;
	frontier->size = size;
	frontier->count = count;
	if (count > 0)
		memcpy(frontier->subtrees, stored.data, stored.len);
	return GAUTH_OK;
}
