/*
 * test_ledger_proof.c
 *		Proofs: the vectors of transparency-dev/merkle, and our own for trees
 *		of every size, each of which must verify and fail once a bit changed.
 *
 * Of the vectors for subtrees (draft-ietf-plants-merkle-tree-certs) those are
 * run that are proofs in a tree of their own: inclusion in a subtree, and
 * consistency of one that begins at the first leaf.
 */
#include "test_ledger.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "ledger/proof.h"

#define LEAVES_MAX	1100

static GauthTreeHash *leaves;

typedef struct Tally
{
	unsigned	run;
	unsigned	right;
} Tally;

static Tally inclusions;
static Tally consistencies;
static Tally subtrees;

static void
count_case(Tally *tally, GauthStatus status, const GauthJson *test)
{
	bool		wants_error =
		gauth_json_get(test, "wantErr")->type == GAUTH_JSON_TRUE;

	tally->run++;
	tally->right += CHECK_STATUS(status, wants_error ? GAUTH_PROOF_INVALID :
								 GAUTH_OK);
}

/*
 * Where a hash does not matter some vectors have a word instead, and equal
 * words must stay equal: what is too short is filled up with zero bytes.  No
 * hash at all is none.
 */
static bool
read_hash(GauthArena *arena, const GauthJson *text, GauthTreeHash *hash)
{
	GauthSpan	bytes = NOTHING;

	memset(hash, 0, sizeof(*hash));
	if (text == NULL || text->type != GAUTH_JSON_STRING ||
		gauth_base64_decode(arena, text->text, &bytes, NULL) != GAUTH_OK ||
		bytes.len == 0 || bytes.len > sizeof(*hash))
		return false;
	memcpy(hash, bytes.data, bytes.len);
	return true;
}

static bool
read_proof(GauthArena *arena, const GauthJson *test, GauthProof *proof)
{
	const GauthJson *next = gauth_json_get(test, "proof")->first;

	proof->count = 0;
	for (; next != NULL; next = next->next)
	{
		if (proof->count == GAUTH_PROOF_MAX ||
			!read_hash(arena, next, &proof->hashes[proof->count++]))
			return false;
	}
	return true;
}

static GauthStatus
run_inclusion(GauthArena *arena, const GauthJson *test, uint64_t start,
			  uint64_t size)
{
	GauthTreeHead head = {.size = size};
	GauthTreeHash leaf;
	GauthProof	proof;

	if (!read_hash(arena, gauth_json_get(test, "root"), &head.root) ||
		!read_hash(arena, gauth_json_get(test, "leafHash"), &leaf) ||
		!read_proof(arena, test, &proof))
		return GAUTH_PROOF_INVALID;
	return gauth_proof_verify_inclusion(crypto, &leaf,
										(uint64_t) get_int(test, "leafIdx") -
										start, &head, &proof);
}

static GauthStatus
run_consistency(GauthArena *arena, const GauthJson *test, uint64_t old_size,
				uint64_t new_size)
{
	GauthTreeHead old_head = {.size = old_size};
	GauthTreeHead new_head = {.size = new_size};
	GauthProof	proof;

	if (!read_hash(arena, gauth_json_get(test, "root1"), &old_head.root) ||
		!read_hash(arena, gauth_json_get(test, "root2"), &new_head.root) ||
		!read_proof(arena, test, &proof))
		return GAUTH_PROOF_INVALID;
	return gauth_proof_verify_consistency(crypto, &old_head, &new_head,
										  &proof);
}

/* a subtree begins at a multiple of a power of two no less than its length */
static bool
is_subtree(uint64_t start, uint64_t end)
{
	uint64_t	power = 1;

	while (end > start && power != 0 && power < end - start)
		power *= 2;
	return end > start && power != 0 && start % power == 0;
}

static void
run_subtree(GauthArena *arena, const GauthJson *test)
{
	uint64_t	start = (uint64_t) get_int(test, "start");
	uint64_t	end = (uint64_t) get_int(test, "end");

	if (gauth_json_get(test, "leafIdx") != NULL)
		count_case(&subtrees, !is_subtree(start, end) ? GAUTH_PROOF_INVALID :
				   run_inclusion(arena, test, start, end - start), test);
	else if (start == 0 && end > 0)
		count_case(&subtrees,
				   run_consistency(arena, test, end,
								   (uint64_t) get_int(test, "size")), test);
}

static void
run_case(const char *path)
{
	Vectors		vectors;

	if (!open_vectors(&vectors, path))
		return;
	if (gauth_json_get(vectors.root, "start") != NULL)
		run_subtree(&vectors.arena, vectors.root);
	else if (gauth_json_get(vectors.root, "leafIdx") != NULL)
		count_case(&inclusions,
				   run_inclusion(&vectors.arena, vectors.root, 0,
								 (uint64_t) get_int(vectors.root, "treeSize")),
				   vectors.root);
	else
		count_case(&consistencies,
				   run_consistency(&vectors.arena, vectors.root,
								   (uint64_t) get_int(vectors.root, "size1"),
								   (uint64_t) get_int(vectors.root, "size2")),
				   vectors.root);
	close_vectors(&vectors);
}

/* every file below a folder of the vectors */
static bool
run_folder(const char *path)
{
	char		full[UNIT_PATH_MAX];
	struct dirent *entry;
	DIR		   *folder;

	if (snprintf(full, sizeof(full), "%s/%s", unit_vectors(), path) >=
		(int) sizeof(full))
		return false;
	folder = opendir(full);
	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL)
	{
		if (entry->d_name[0] == '.' ||
			snprintf(full, sizeof(full), "%s/%s", path, entry->d_name) >=
			(int) sizeof(full))
			continue;
		if (strstr(entry->d_name, ".json") != NULL)
			run_case(full);
		else
			(void) run_folder(full);
	}
	closedir(folder);
	return true;
}

static void
test_vectors(void)
{
	if (!run_folder("merkle/testdata"))
	{
		printf("merkle: skipped, no vectors\n");
		return;
	}
	printf("merkle: inclusion %u of %u, consistency %u of %u, "
		   "subtrees %u of %u\n", inclusions.right, inclusions.run,
		   consistencies.right, consistencies.run, subtrees.right,
		   subtrees.run);
	CHECK(inclusions.run + consistencies.run == 196);
}

/* what a tree has stored, and how much of it was asked for */
typedef struct Stored
{
	size_t		fetched;
	bool		fails;
} Stored;

static GauthStatus
fetch(void *state, unsigned level, uint64_t first, size_t count,
	  GauthTreeHash *hashes)
{
	Stored	   *stored = state;
	size_t		width = (size_t) 1 << level;
	size_t		i;

	stored->fetched += count;
	if (stored->fails)
		return GAUTH_OUT_OF_MEMORY;
	CHECK(level % GAUTH_TILE_HEIGHT == 0);
	CHECK(count <= GAUTH_TILE_WIDTH / 2 && (count & (count - 1)) == 0);
	CHECK(first % count == 0 && (first + count) * width <= LEAVES_MAX);
	for (i = 0; i < count; i++)
		CHECK_STATUS(gauth_tree_root(crypto, leaves + (first + i) * width,
									 width, &hashes[i]), GAUTH_OK);
	return GAUTH_OK;
}

static void
get_head(uint64_t size, GauthTreeHead *head)
{
	head->size = size;
	CHECK_STATUS(gauth_tree_root(crypto, leaves, size, &head->root),
				 GAUTH_OK);
}

static void
flip(void *bytes, size_t size)
{
	((uint8_t *) bytes)[random_below(size)] ^= 1 << random_below(8);
}

/* what a proof of either kind is verified from; the first of either is NULL */
typedef struct Claim
{
	const GauthTreeHash *leaf;
	uint64_t	index;
	const GauthTreeHead *old_head;
	GauthTreeHead head;
	GauthProof	proof;
} Claim;

static GauthStatus
verify(const Claim *claim)
{
	if (claim->leaf != NULL)
		return gauth_proof_verify_inclusion(crypto, claim->leaf, claim->index,
											&claim->head, &claim->proof);
	return gauth_proof_verify_consistency(crypto, claim->old_head,
										  &claim->head, &claim->proof);
}

/* the proof holds, and none that differs in anything does */
static void
check_claim(const Claim *claim)
{
	GauthProof	proof = claim->proof;
	Claim		forged;
	size_t		i;

	CHECK_STATUS(verify(claim), GAUTH_OK);
	for (i = 0; i < proof.count; i++)
	{
		forged = *claim;
		flip(&forged.proof.hashes[i], sizeof(GauthTreeHash));
		CHECK_STATUS(verify(&forged), GAUTH_PROOF_INVALID);
	}
	forged = *claim;
	flip(&forged.head.root, sizeof(GauthTreeHash));
	CHECK_STATUS(verify(&forged), GAUTH_PROOF_INVALID);

	forged = *claim;
	forged.proof.hashes[forged.proof.count++] = leaves[0];
	CHECK_STATUS(verify(&forged), GAUTH_PROOF_INVALID);
	if (proof.count == 0)
		return;
	forged.proof.count = proof.count - 1;
	CHECK_STATUS(verify(&forged), GAUTH_PROOF_INVALID);
	memmove(forged.proof.hashes, forged.proof.hashes + 1,
			forged.proof.count * sizeof(GauthTreeHash));
	CHECK_STATUS(verify(&forged), GAUTH_PROOF_INVALID);
}

static void
check_inclusion(GauthTreeSource *source, uint64_t size, uint64_t index)
{
	Claim		claim = {.leaf = &leaves[index],.index = index};
	Stored	   *stored = source->state;

	source->size = size;
	get_head(size, &claim.head);
	stored->fetched = 0;
	CHECK_STATUS(gauth_proof_inclusion(source, index, &claim.proof), GAUTH_OK);
	CHECK(stored->fetched <= 128 * (claim.proof.count + 11));
	check_claim(&claim);

	claim.leaf = &leaves[size];
	CHECK_STATUS(verify(&claim), GAUTH_PROOF_INVALID);
	claim.leaf = &leaves[index];
	claim.index = index == 0 ? size : index - 1;
	CHECK_STATUS(verify(&claim), GAUTH_PROOF_INVALID);
}

static void
check_consistency(GauthTreeSource *source, uint64_t old_size, uint64_t size)
{
	GauthTreeHead old_head;
	Claim		claim = {.old_head = &old_head};

	source->size = size;
	get_head(size, &claim.head);
	get_head(old_size, &old_head);
	CHECK_STATUS(gauth_proof_consistency(source, old_size, &claim.proof),
				 GAUTH_OK);
	check_claim(&claim);
	flip(&old_head.root, sizeof(GauthTreeHash));
	CHECK_STATUS(verify(&claim), GAUTH_PROOF_INVALID);
}

/* every pair of small sizes, and large ones at random */
static void
test_properties(void)
{
	Stored		stored = {0};
	GauthTreeSource source = {crypto, 0, fetch, &stored};
	uint64_t	size;
	uint64_t	other;
	int			round;

	for (size = 1; size <= 40; size++)
	{
		for (other = 0; other < size; other++)
		{
			check_inclusion(&source, size, other);
			check_consistency(&source, other + 1, size);
		}
	}
	for (round = 0; round < 60; round++)
	{
		size = 1 + random_below(LEAVES_MAX - 1);
		check_inclusion(&source, size, random_below(size));
		check_consistency(&source, 1 + random_below(size), size);
	}
}

static void
test_refusals(void)
{
	Stored		stored = {0};
	GauthTreeSource source = {crypto, 600, fetch, &stored};
	GauthProof	proof;
	GauthTreeHash root;

	CHECK_STATUS(gauth_proof_inclusion(&source, 600, &proof),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_proof_consistency(&source, 0, &proof),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_proof_consistency(&source, 601, &proof),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_tree_range(&source, 0, 601, &root),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_tree_range(&source, 2, 5, &root),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_tree_range(&source, 5, 4, &root),
				 GAUTH_INVALID_ARGUMENT);
	stored.fails = true;
	CHECK_STATUS(gauth_proof_inclusion(&source, 5, &proof),
				 GAUTH_OUT_OF_MEMORY);
	CHECK_STATUS(gauth_proof_consistency(&source, 5, &proof),
				 GAUTH_OUT_OF_MEMORY);
}

/* a tree of 2^40 equal leaves: nothing of it but what is asked for */
static GauthStatus
fetch_equal(void *state, unsigned level, uint64_t first, size_t count,
			GauthTreeHash *hashes)
{
	GauthTreeHash *levels = state;
	size_t		i;

	(void) first;
	for (i = 0; i < count; i++)
		hashes[i] = levels[level];
	return GAUTH_OK;
}

static void
test_large_tree(void)
{
	GauthTreeHash levels[64];
	GauthTreeSource source = {crypto, 0, fetch_equal, levels};
	GauthTreeHead old_head = {.size = (UINT64_C(1) << 39) + 12345};
	Claim		claim = {.leaf = &levels[0],.old_head = &old_head};
	unsigned	i;

	levels[0] = leaves[0];
	for (i = 1; i < 64; i++)
		CHECK_STATUS(gauth_tree_node(crypto, &levels[i - 1], &levels[i - 1],
									 &levels[i]), GAUTH_OK);
	source.size = claim.head.size = (UINT64_C(1) << 40) + 77;
	CHECK_STATUS(gauth_tree_range(&source, 0, source.size, &claim.head.root),
				 GAUTH_OK);
	CHECK_STATUS(gauth_tree_range(&source, 0, old_head.size, &old_head.root),
				 GAUTH_OK);
	claim.index = source.size - 3;
	CHECK_STATUS(gauth_proof_inclusion(&source, claim.index, &claim.proof),
				 GAUTH_OK);
	check_claim(&claim);
	claim.leaf = NULL;
	CHECK_STATUS(gauth_proof_consistency(&source, old_head.size,
										 &claim.proof), GAUTH_OK);
	check_claim(&claim);
}

int
main(void)
{
	begin_crypto();
	leaves = make_leaves(LEAVES_MAX);
	test_vectors();
	test_properties();
	test_refusals();
	test_large_tree();
	free(leaves);
	gauth_crypto_free(crypto);
	return unit_finish("ledger_proof");
}
