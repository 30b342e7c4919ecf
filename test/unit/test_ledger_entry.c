/*
 * test_ledger_entry.c
 *		The canonical bytes of an entry against an independent computation, and
 *		strings that do not fit the encoder's buffer.
 */
#include "test_ledger.h"

#include "ledger/entry.h"

#define LONG_MAX_SIZE	9000

/* version, numbers, the leaf before */
#define FIXED_SIZE		(42 + GAUTH_HASH_SIZE)

static GauthArena arena;
static char filler[LONG_MAX_SIZE];

static const uint8_t salt[GAUTH_SALT_SIZE] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
};

static const uint8_t previous[GAUTH_HASH_SIZE] = {
	0x9c, 0xa1
};

static const GauthEntry sample = {
	.shard = 7,
	.xid = UINT64_C(0x0102030405060708),
	.lane = 42,
	.lane_seq = 3,
	.micros = INT64_C(-1700000000000001),
	.verdict = GAUTH_VERDICT_DENY,
	.count = 9,
	.previous = {(const char *) previous, sizeof(previous)},
	.kind = {"decision", 8},
	.action = {"Gr\xC3\xBC\xC3\x9F" "e", 7},
	.rule = {"", 0},
	.token_id = {"t", 1},
	.actor = {"acme:alice", 10},
	.role = {"app", 3},
	.resource = {"Document::\"4711\"", 16},
	.payload = {"", 0}
};

/* the expected values were computed by a program in another language */
static void
test_sample(void)
{
	static const char commitment_hex[] =
		"520a8a4aef9ba7b268f4d6ccd2caa96366e67fd856d976c4c884db8d36833a7b";
	static const char entry_hex[] =
		"01000000070102030405060708000000000000002a0000000000000003"
		"fff9f5dbe7e1bfff0300000009"
		"9ca1000000000000000000000000000000000000000000000000000000000000"
		"000000086465636973696f6e"
		"000000074772c3bcc39f6500000000ffffffff0000000174ffffffff"
		"520a8a4aef9ba7b268f4d6ccd2caa96366e67fd856d976c4c884db8d36833a7b";
	static const char leaf_hex[] =
		"9ef925835d3e1a65bf21c7e0820a15f9882c90de932481dcfde8903f78a1d3c4";
	uint8_t		commitment[GAUTH_HASH_SIZE];
	uint8_t		leaf[GAUTH_HASH_SIZE];
	GauthSpan	bytes;

	CHECK_STATUS(gauth_entry_commit(crypto, &sample, salt, commitment),
				 GAUTH_OK);
	CHECK(is_hex(commitment, gauth_span_of(commitment_hex)));
	CHECK_STATUS(gauth_entry_encode(&arena, &sample, commitment, &bytes),
				 GAUTH_OK);
	CHECK(gauth_span_equal(bytes,
						   from_hex(&arena, gauth_span_of(entry_hex))));
	CHECK_STATUS(gauth_entry_leaf(crypto, &sample, commitment, leaf),
				 GAUTH_OK);
	CHECK(is_hex(leaf, gauth_span_of(leaf_hex)));
}

/* the string members, in the order of their encoding */
#define SEALED		6
#define COMMITTED	5

static GauthSpan *
member(GauthEntry *entry, size_t i)
{
	GauthSpan  *members[SEALED + COMMITTED] = {
		&entry->kind, &entry->action, &entry->rule, &entry->mandate,
		&entry->token_id, &entry->trace, &entry->actor, &entry->agent,
		&entry->role, &entry->resource, &entry->payload
	};

	return members[i];
}

static GauthSpan
some_string(void)
{
	static const size_t sizes[] = {1, 30, 300, 800, 1000, 1024, LONG_MAX_SIZE};
	size_t		limit = sizes[random_below(lengthof(sizes))];

	if (random_below(5) == 0)
		return gauth_span(NULL, 0);
	return gauth_span(filler, random_below(limit + 1));
}

static void
append_string(GauthText *text, GauthSpan string)
{
	uint32_t	size = htobe32(string.data == NULL ? UINT32_MAX :
							   (uint32_t) string.len);

	gauth_text_append(text, gauth_span(&size, sizeof(size)));
	gauth_text_append(text, string);
}

/* the commitment and the leaf by the plainest way there is */
static void
check_against_plain(GauthEntry *entry)
{
	uint8_t		commitment[GAUTH_HASH_SIZE];
	uint8_t		plain[GAUTH_HASH_SIZE];
	uint8_t		leaf[GAUTH_HASH_SIZE];
	GauthText	text;
	GauthSpan	bytes = NOTHING;
	GauthSpan	encoded;
	size_t		i;

	gauth_text_init(&text, &arena);
	gauth_text_append_char(&text, 3);
	gauth_text_append(&text, gauth_span(salt, sizeof(salt)));
	for (i = SEALED; i < SEALED + COMMITTED; i++)
		append_string(&text, *member(entry, i));
	CHECK(gauth_text_finish(&text, &bytes));
	CHECK_STATUS(gauth_sha256(crypto, bytes, plain), GAUTH_OK);
	CHECK_STATUS(gauth_entry_commit(crypto, entry, salt, commitment),
				 GAUTH_OK);
	CHECK(memcmp(plain, commitment, sizeof(plain)) == 0);

	CHECK_STATUS(gauth_entry_encode(&arena, entry, commitment, &encoded),
				 GAUTH_OK);
	gauth_text_init(&text, &arena);
	for (i = 0; i < SEALED; i++)
		append_string(&text, *member(entry, i));
	gauth_text_append(&text, gauth_span(commitment, sizeof(commitment)));
	CHECK(gauth_text_finish(&text, &bytes));
	CHECK(encoded.len == FIXED_SIZE + bytes.len &&
		  gauth_span_equal(gauth_span_slice(encoded, FIXED_SIZE, bytes.len),
						   bytes));
	CHECK_STATUS(gauth_entry_leaf(crypto, entry, commitment, leaf), GAUTH_OK);
	CHECK_STATUS(gauth_tree_leaf(crypto, encoded, (GauthTreeHash *) plain),
				 GAUTH_OK);
	CHECK(memcmp(plain, leaf, sizeof(plain)) == 0);
}

static void
test_any_length(void)
{
	int			round;
	size_t		i;

	memset(filler, 'x', sizeof(filler));
	for (round = 0; round < 2000; round++)
	{
		GauthEntry	entry = sample;

		for (i = 0; i < SEALED + COMMITTED; i++)
			*member(&entry, i) = some_string();
		check_against_plain(&entry);
		gauth_arena_reset(&arena);
	}
}

/* what is moved from one field to the next is another entry */
static void
test_borders(void)
{
	static const GauthSpan variants[][2] = {
		{{"ab", 2}, {"", 0}}, {{"a", 1}, {"b", 1}}, {{"", 0}, {"ab", 2}},
		{{NULL, 0}, {"ab", 2}}, {{"ab", 2}, {NULL, 0}}
	};
	uint8_t		zero[GAUTH_HASH_SIZE] = {0};
	uint8_t		leaves[lengthof(variants)][GAUTH_HASH_SIZE];
	size_t		i;
	size_t		j;

	for (i = 0; i < lengthof(variants); i++)
	{
		GauthEntry	entry = sample;

		entry.kind = variants[i][0];
		entry.action = variants[i][1];
		CHECK_STATUS(gauth_entry_leaf(crypto, &entry, zero, leaves[i]),
					 GAUTH_OK);
		for (j = 0; j < i; j++)
			CHECK(memcmp(leaves[i], leaves[j], GAUTH_HASH_SIZE) != 0);
	}
}

/* the largest entry that can be published, and the next */
static void
test_largest(void)
{
	static char text[GAUTH_ENTRY_MAX];
	GauthEntry	entry = {.count = 1,.previous = sample.previous};
	uint8_t		hash[GAUTH_HASH_SIZE] = {0};
	GauthSpan	bytes;

	/* beside the lengths of six strings and the commitment */
	entry.action = gauth_span(text, GAUTH_ENTRY_MAX - FIXED_SIZE - 6 * 4 -
							  GAUTH_HASH_SIZE);
	CHECK_STATUS(gauth_entry_encode(&arena, &entry, hash, &bytes), GAUTH_OK);
	CHECK(bytes.len == GAUTH_ENTRY_MAX);
	CHECK_STATUS(gauth_entry_leaf(crypto, &entry, hash, hash), GAUTH_OK);
	entry.action.len++;
	CHECK_STATUS(gauth_entry_encode(&arena, &entry, hash, &bytes),
				 GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(gauth_entry_leaf(crypto, &entry, hash, hash),
				 GAUTH_LIMIT_EXCEEDED);
}

static void
test_limits(void)
{
	GauthEntry	entry = sample;
	uint8_t		hash[GAUTH_HASH_SIZE] = {0};
	GauthArena	none;
	GauthSpan	bytes;

	gauth_arena_init(&none, NULL, 0, NULL, 0);
	CHECK_STATUS(gauth_entry_encode(&none, &entry, hash, &bytes),
				 GAUTH_OUT_OF_MEMORY);
	entry.previous.len--;
	CHECK_STATUS(gauth_entry_encode(&arena, &entry, hash, &bytes),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_entry_leaf(crypto, &entry, hash, hash),
				 GAUTH_INVALID_ARGUMENT);
	entry.previous.len++;
	entry.resource = gauth_span(filler, UINT32_MAX);
	CHECK_STATUS(gauth_entry_commit(crypto, &entry, salt, hash),
				 GAUTH_LIMIT_EXCEEDED);
	entry.kind = gauth_span(filler, UINT32_MAX);
	CHECK_STATUS(gauth_entry_leaf(crypto, &entry, hash, hash),
				 GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(gauth_entry_encode(&arena, &entry, hash, &bytes),
				 GAUTH_LIMIT_EXCEEDED);
}

int
main(void)
{
	begin_crypto();
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_sample();
	test_any_length();
	test_borders();
	test_largest();
	test_limits();
	gauth_arena_reset(&arena);
	gauth_crypto_free(crypto);
	return unit_finish("ledger_entry");
}
