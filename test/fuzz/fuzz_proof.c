/*
 * fuzz_proof.c
 *		Two sizes and a proof out of the input: first as it is, then as the
 *		right proof with bytes of the input over it.
 *
 * Only the proof that we would build ourselves verifies.
 */
#include "fuzz.h"
#include "ledger/proof.h"

#define LEAVES_MAX	300

static GauthCrypto *crypto;
static GauthTreeHash leaves[LEAVES_MAX];

static void
make_leaves(void)
{
	size_t		i;

	if (crypto != NULL)
		return;
	REQUIRE(gauth_crypto_create(&crypto, NULL) == GAUTH_OK);
	for (i = 0; i < LEAVES_MAX; i++)
		REQUIRE(gauth_tree_leaf(crypto, gauth_span(&i, sizeof(i)),
								&leaves[i]) == GAUTH_OK);
}

static GauthStatus
fetch(void *state, unsigned level, uint64_t first, size_t count,
	  GauthTreeHash *hashes)
{
	size_t		width = (size_t) 1 << level;
	size_t		i;

	(void) state;
	for (i = 0; i < count; i++)
		REQUIRE(gauth_tree_root(crypto, leaves + (first + i) * width, width,
								&hashes[i]) == GAUTH_OK);
	return GAUTH_OK;
}

static bool
is_same(const GauthProof *a, const GauthProof *b)
{
	return a->count == b->count &&
		memcmp(a->hashes, b->hashes, a->count * sizeof(a->hashes[0])) == 0;
}

static void
get_head(uint64_t size, GauthTreeHead *head)
{
	head->size = size;
	REQUIRE(gauth_tree_root(crypto, leaves, size, &head->root) == GAUTH_OK);
}

/* the input's bytes in place of, or over, those of a proof */
static void
forge(GauthSpan input, bool over, GauthProof *proof)
{
	size_t		i;

	if (!over)
	{
		proof->count = input.len / sizeof(GauthTreeHash);
		if (proof->count > GAUTH_PROOF_MAX)
			proof->count = GAUTH_PROOF_MAX;
		if (proof->count > 0)
			memcpy(proof->hashes, input.data,
				   proof->count * sizeof(GauthTreeHash));
		return;
	}
	for (i = 0; i < input.len && i < proof->count * sizeof(GauthTreeHash); i++)
		((char *) proof->hashes)[i] ^= input.data[i];
}

static void
check_inclusion(GauthSpan input, uint64_t size, uint64_t index, bool over)
{
	GauthTreeSource source = {crypto, size, fetch, NULL};
	GauthProof	right;
	GauthProof	proof;
	GauthTreeHead head;

	REQUIRE(gauth_proof_inclusion(&source, index, &right) == GAUTH_OK);
	proof = right;
	forge(input, over, &proof);
	get_head(size, &head);
	REQUIRE((gauth_proof_verify_inclusion(crypto, &leaves[index], index, &head,
										  &proof) == GAUTH_OK) ==
			is_same(&right, &proof));
}

static void
check_consistency(GauthSpan input, uint64_t size, uint64_t old_size,
				  bool over)
{
	GauthTreeSource source = {crypto, size, fetch, NULL};
	GauthProof	right;
	GauthProof	proof;
	GauthTreeHead head;
	GauthTreeHead old_head;

	REQUIRE(gauth_proof_consistency(&source, old_size, &right) == GAUTH_OK);
	proof = right;
	forge(input, over, &proof);
	get_head(size, &head);
	get_head(old_size, &old_head);
	REQUIRE((gauth_proof_verify_consistency(crypto, &old_head, &head,
											&proof) == GAUTH_OK) ==
			is_same(&right, &proof));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	uint16_t	numbers[2] = {0};
	uint64_t	leaves_used;
	uint64_t	other;
	int			over;

	make_leaves();
	if (input.len >= sizeof(numbers))
	{
		memcpy(numbers, input.data, sizeof(numbers));
		leaves_used = 1 + numbers[0] % LEAVES_MAX;
		other = numbers[1] % leaves_used;
		for (over = 0; over < 2; over++)
		{
			GauthSpan	rest = gauth_span_slice(input, sizeof(numbers),
												input.len - sizeof(numbers));

			check_inclusion(rest, leaves_used, other, over);
			check_consistency(rest, leaves_used, other + 1, over);
		}
	}
	return end_input(input);
}
