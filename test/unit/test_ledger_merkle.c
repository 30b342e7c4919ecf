/*
 * test_ledger_merkle.c
 *		Roots of RFC 6962 at the borders of tiles, and frontiers that are put
 *		away, taken up again and grown by subtrees.
 */
#include "test_ledger.h"

/* the largest tree of the vectors */
#define LEAVES_MAX	70000

static GauthTreeHash *leaves;

static void
check_root(const GauthTreeHash *from, size_t size, GauthSpan hex)
{
	GauthTreeHash root;

	CHECK_STATUS(gauth_tree_root(crypto, from, size, &root), GAUTH_OK);
	CHECK(is_hex(root.bytes, hex));
}

static void
test_roots(void)
{
	Vectors		vectors;
	GauthTreeHash classic[8];
	const GauthJson *next;
	size_t		size = 0;

	if (!open_vectors(&vectors, "merkle-roots/rfc6962-roots.json"))
		return;
	next = gauth_json_get(vectors.root, "ct_leaf_inputs_hex")->first;
	for (; next != NULL; next = next->next)
		CHECK_STATUS(gauth_tree_leaf(crypto,
									 from_hex(&vectors.arena, next->text),
									 &classic[size++]), GAUTH_OK);
	CHECK(size == lengthof(classic));
	size = 0;
	next = gauth_json_get(vectors.root, "ct_roots_hex_by_size")->first;
	for (; next != NULL; next = next->next)
		check_root(classic, size++, next->text);

	next = gauth_json_get(vectors.root, "u64be_leaf_roots_hex_by_size")->first;
	for (; next != NULL; next = next->next, size++)
		check_root(leaves, strtoul(next->name.data, NULL, 10), next->text);
	printf("merkle-roots: %zu roots\n", size);
	close_vectors(&vectors);
}

/* grown in random strides, put away in between: the same root */
static void
test_strides(void)
{
	int			round;

	for (round = 0; round < 50; round++)
	{
		size_t		size = random_below(5000);
		size_t		done = 0;
		GauthTreeHash root;
		GauthTreeHash again;
		GauthFrontier frontier;

		gauth_frontier_init(&frontier);
		while (done < size)
		{
			size_t		stride = 1 + random_below(size - done);
			GauthFrontier taken_up;

			CHECK_STATUS(gauth_frontier_append(crypto, &frontier,
											   leaves + done, stride),
						 GAUTH_OK);
			done += stride;
			CHECK_STATUS(gauth_frontier_restore(done,
												gauth_frontier_store(&frontier),
												&taken_up), GAUTH_OK);
			frontier = taken_up;
		}
		CHECK_STATUS(gauth_frontier_root(crypto, &frontier, &root), GAUTH_OK);
		CHECK_STATUS(gauth_tree_root(crypto, leaves, size, &again), GAUTH_OK);
		CHECK(gauth_tree_hash_equal(&root, &again));
	}
}

static void
test_subtrees(void)
{
	GauthFrontier frontier;
	GauthTreeHash root;
	GauthTreeHash whole;
	size_t		size = 0;
	unsigned	level;

	/* a subtree that may begin here, as large as it may be: 4096 leaves */
	gauth_frontier_init(&frontier);
	for (; size < 60000; size += (size_t) 1 << level)
	{
		level = (unsigned) random_below(13);
		while (size % ((size_t) 1 << level) != 0)
			level--;
		CHECK_STATUS(gauth_tree_root(crypto, leaves + size,
									 (size_t) 1 << level, &root), GAUTH_OK);
		CHECK_STATUS(gauth_frontier_append_subtree(crypto, &frontier, level,
												   &root), GAUTH_OK);
	}
	CHECK(frontier.size == size);
	CHECK_STATUS(gauth_frontier_root(crypto, &frontier, &root), GAUTH_OK);
	CHECK_STATUS(gauth_tree_root(crypto, leaves, size, &whole), GAUTH_OK);
	CHECK(gauth_tree_hash_equal(&root, &whole));
}

static void
test_refusals(void)
{
	GauthFrontier frontier;
	GauthSpan	stored = gauth_span(leaves, 2 * sizeof(leaves[0]));

	gauth_frontier_init(&frontier);
	CHECK_STATUS(gauth_frontier_append(crypto, &frontier, leaves, 3),
				 GAUTH_OK);
	CHECK_STATUS(gauth_frontier_append_subtree(crypto, &frontier, 1, leaves),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_frontier_append_subtree(crypto, &frontier, 64, leaves),
				 GAUTH_INVALID_ARGUMENT);
	CHECK(frontier.size == 3 && frontier.count == 2);

	CHECK_STATUS(gauth_frontier_restore(4, stored, &frontier),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(gauth_frontier_restore(7, stored, &frontier),
				 GAUTH_INVALID_VALUE);
	stored.len--;
	CHECK_STATUS(gauth_frontier_restore(3, stored, &frontier),
				 GAUTH_INVALID_VALUE);

	/* the tree that can only just be counted is full */
	stored = gauth_span(leaves, 64 * sizeof(leaves[0]));
	CHECK_STATUS(gauth_frontier_restore(UINT64_MAX, stored, &frontier),
				 GAUTH_OK);
	CHECK_STATUS(gauth_frontier_append(crypto, &frontier, leaves, 1),
				 GAUTH_INVALID_ARGUMENT);
}

int
main(void)
{
	begin_crypto();
	leaves = make_leaves(LEAVES_MAX);
	test_roots();
	test_strides();
	test_subtrees();
	test_refusals();
	free(leaves);
	gauth_crypto_free(crypto);
	return unit_finish("ledger_merkle");
}
