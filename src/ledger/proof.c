/*
 * proof.c
 *		Building and verifying proofs.
 */
#include "ledger/proof.h"

/* the exponent of the largest power of two that is not above "number" */
static unsigned
floor_log2(uint64_t number)
{
	return 63 - (unsigned) __builtin_clzll(number);
}

/* where RFC 6962 splits a range: the largest power of two below its length */
static uint64_t
split(uint64_t length)
{
	return UINT64_C(1) << floor_log2(length - 1);
}

/* the root of a complete subtree, from what is stored just below it */
static GauthStatus
perfect_root(const GauthTreeSource *source, unsigned level, uint64_t index,
			 GauthTreeHash *root)
{
	GauthTreeHash hashes[GAUTH_TILE_WIDTH / 2];
	unsigned	height = level % GAUTH_TILE_HEIGHT;
	size_t		count = (size_t) 1 << height;
	GauthStatus status;

	status = source->fetch(source->state, level - height, index << height,
						   count, hashes);
	if (status != GAUTH_OK)
		return status;
	return gauth_tree_root(source->crypto, hashes, count, root);
}

/*
 * gauth_tree_range
 *		The root of the leaves from "begin" to before "end", as a tree of their
 *		own.
 *
 * GAUTH_INVALID_ARGUMENT unless that is a subtree of some tree: the beginning
 * is a multiple of a power of two that is no less than the length.
 */
GauthStatus
gauth_tree_range(const GauthTreeSource *source, uint64_t begin, uint64_t end,
				 GauthTreeHash *root)
{
	GauthFrontier frontier;

	if (begin > end || end > source->size ||
		(begin > 0 && end - begin > (begin & -begin)))
		return GAUTH_INVALID_ARGUMENT;

	gauth_frontier_init(&frontier);
	while (begin < end)
	{
		unsigned	level = floor_log2(end - begin);
		GauthTreeHash hash;
		GauthStatus status;

		status = perfect_root(source, level, begin >> level, &hash);
		if (status == GAUTH_OK)
			status = gauth_frontier_append_subtree(source->crypto, &frontier,
												   level, &hash);
		if (status != GAUTH_OK)
			return status;
		begin += UINT64_C(1) << level;
	}
	return gauth_frontier_root(source->crypto, &frontier, root);
}

static GauthStatus
push_range(const GauthTreeSource *source, uint64_t begin, uint64_t end,
		   GauthProof *proof)
{
	return gauth_tree_range(source, begin, end,
							&proof->hashes[proof->count++]);
}

/* built from the top down, read from the bottom up */
static void
turn_over(GauthProof *proof)
{
	size_t		i;

	for (i = 0; i < proof->count / 2; i++)
	{
		GauthTreeHash *low = &proof->hashes[i];
		GauthTreeHash *high = &proof->hashes[proof->count - 1 - i];
		GauthTreeHash kept = *low;

		*low = *high;
		*high = kept;
	}
}

/*
 * gauth_proof_inclusion
 *		That the leaf of this number is in the tree.
 *
 * GAUTH_INVALID_ARGUMENT when it is not; else what "fetch" answered.
 */
GauthStatus
gauth_proof_inclusion(const GauthTreeSource *source, uint64_t index,
					  GauthProof *proof)
{
	uint64_t	begin = 0;
	uint64_t	end = source->size;
	GauthStatus status = GAUTH_OK;

	proof->count = 0;
	if (index >= source->size)
		return GAUTH_INVALID_ARGUMENT;
	while (status == GAUTH_OK && end - begin > 1)
	{
		uint64_t	middle = begin + split(end - begin);

		if (index < middle)
		{
			status = push_range(source, middle, end, proof);
			end = middle;
		}
		else
		{
			status = push_range(source, begin, middle, proof);
			begin = middle;
		}
	}
	turn_over(proof);
	return status;
}

/*
 * gauth_proof_consistency
 *		That the tree begins with the first "old_size" leaves of itself.
 *
 * Empty for the whole tree.  GAUTH_INVALID_ARGUMENT for no leaves at all, of
 * which there is nothing to prove, and for more than there are; else what
 * "fetch" answered.
 */
GauthStatus
gauth_proof_consistency(const GauthTreeSource *source, uint64_t old_size,
						GauthProof *proof)
{
	uint64_t	begin = 0;
	uint64_t	end = source->size;
	GauthStatus status = GAUTH_OK;

	proof->count = 0;
	if (old_size == 0 || old_size > source->size)
		return GAUTH_INVALID_ARGUMENT;
	while (status == GAUTH_OK && end != old_size)
	{
		uint64_t	middle = begin + split(end - begin);

		if (old_size <= middle)
		{
			status = push_range(source, middle, end, proof);
			end = middle;
		}
		else
		{
			status = push_range(source, begin, middle, proof);
			begin = middle;
		}
	}

	/* what is left is the old root itself, unless the descent went right */
	if (status == GAUTH_OK && begin > 0)
		status = push_range(source, begin, end, proof);
	turn_over(proof);
	return status;
}

/*
 * Where a proof stands while it is followed upwards: the numbers of the node
 * and of the last node of its level.
 */
typedef struct Climb
{
	uint64_t	node;
	uint64_t	last;
} Climb;

static void
climb_up(Climb *climb)
{
	climb->node >>= 1;
	climb->last >>= 1;
}

/*
 * Does the next hash of the proof stand at the left?  Then the levels at
 * which the node has no sibling are passed over.  (RFC 9162 sections 2.1.3.2
 * and 2.1.4.2, steps 4b and 6b.)
 */
static bool
sibling_is_left(Climb *climb)
{
	if ((climb->node & 1) == 0 && climb->node != climb->last)
		return false;
	while ((climb->node & 1) == 0 && climb->node != 0)
		climb_up(climb);
	return true;
}

static GauthStatus
judge(bool holds)
{
	return holds ? GAUTH_OK : GAUTH_PROOF_INVALID;
}

/*
 * gauth_proof_verify_inclusion
 *		Is "leaf" the leaf of that number in the tree of that head?
 *
 * GAUTH_PROOF_INVALID for no.  (RFC 9162 section 2.1.3.2.)
 */
GauthStatus
gauth_proof_verify_inclusion(GauthCrypto *crypto, const GauthTreeHash *leaf,
							 uint64_t index, const GauthTreeHead *head,
							 const GauthProof *proof)
{
	Climb		climb = {index, head->size - 1};
	GauthTreeHash root = *leaf;
	size_t		i;

	if (index >= head->size)
		return GAUTH_PROOF_INVALID;
	for (i = 0; i < proof->count; i++)
	{
		const GauthTreeHash *sibling = &proof->hashes[i];
		GauthStatus status;

		if (climb.last == 0)
			return GAUTH_PROOF_INVALID;
		if (sibling_is_left(&climb))
			status = gauth_tree_node(crypto, sibling, &root, &root);
		else
			status = gauth_tree_node(crypto, &root, sibling, &root);
		if (status != GAUTH_OK)
			return status;
		climb_up(&climb);
	}
	return judge(climb.last == 0 && gauth_tree_hash_equal(&root, &head->root));
}

/* one hash of a proof joins the way to the new root, maybe to the old too */
static GauthStatus
join(GauthCrypto *crypto, Climb *climb, const GauthTreeHash *sibling,
	 GauthTreeHash *old_root, GauthTreeHash *new_root)
{
	GauthStatus status;

	if (!sibling_is_left(climb))
		return gauth_tree_node(crypto, new_root, sibling, new_root);
	status = gauth_tree_node(crypto, sibling, old_root, old_root);
	if (status != GAUTH_OK)
		return status;
	return gauth_tree_node(crypto, sibling, new_root, new_root);
}

/* the old tree is smaller and not empty */
static GauthStatus
verify_growth(GauthCrypto *crypto, const GauthTreeHead *old_head,
			  const GauthTreeHead *new_head, const GauthProof *proof)
{
	Climb		climb = {old_head->size - 1, new_head->size - 1};
	bool		perfect = (old_head->size & (old_head->size - 1)) == 0;
	size_t		i = perfect ? 0 : 1;
	GauthTreeHash old_root;
	GauthTreeHash new_root;

	if (proof->count == 0)
		return GAUTH_PROOF_INVALID;

	/* the way begins at a subtree of both trees, maybe all of the old one */
	old_root = perfect ? old_head->root : proof->hashes[0];
	new_root = old_root;
	while (climb.node & 1)
		climb_up(&climb);
	for (; i < proof->count; i++)
	{
		GauthStatus status;

		if (climb.last == 0)
			return GAUTH_PROOF_INVALID;
		status = join(crypto, &climb, &proof->hashes[i], &old_root,
					  &new_root);
		if (status != GAUTH_OK)
			return status;
		climb_up(&climb);
	}
	return judge(climb.last == 0 &&
				 gauth_tree_hash_equal(&old_root, &old_head->root) &&
				 gauth_tree_hash_equal(&new_root, &new_head->root));
}

/*
 * gauth_proof_verify_consistency
 *		Does the new tree begin with the whole old one?
 *
 * GAUTH_PROOF_INVALID for no, and for an empty old tree, whose root proves
 * nothing.  (RFC 9162 section 2.1.4.2.)
 */
GauthStatus
gauth_proof_verify_consistency(GauthCrypto *crypto,
							   const GauthTreeHead *old_head,
							   const GauthTreeHead *new_head,
							   const GauthProof *proof)
{
	if (old_head->size == 0 || old_head->size > new_head->size)
		return GAUTH_PROOF_INVALID;
	if (old_head->size == new_head->size)
		return judge(proof->count == 0 &&
					 gauth_tree_hash_equal(&old_head->root, &new_head->root));
	return verify_growth(crypto, old_head, new_head, proof);
}
