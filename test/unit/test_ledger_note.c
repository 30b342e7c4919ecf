/*
 * test_ledger_note.c
 *		Signed notes, checkpoints and tiles: the example of C2SP, a log that
 *		Tessera has written, the grammar, and every changed bit.
 */
#include "test_ledger.h"

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/tile.h"

#define TESSERA_VKEY \
	"example.com/log/testdata+33d7b496+" \
	"AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
#define TESSERA_SIZE	15

/* a note whose text has an empty line, signed twice by one key */
#define DASH		"\xE2\x80\x94 "
#define SOME		" AAAAAAA=\n"

static GauthArena arena;

static GauthNoteKey
parse_key(GauthSpan vkey)
{
	GauthNoteKey key = {0};
	GauthText	text;
	GauthSpan	again = NOTHING;

	CHECK_STATUS(gauth_note_key_parse(crypto, &arena, vkey, &key, NULL),
				 GAUTH_OK);
	gauth_text_init(&text, &arena);
	gauth_note_key_append(&text, &key);
	CHECK(gauth_text_finish(&text, &again));
	CHECK(gauth_span_equal(again, vkey));
	return key;
}

static GauthStatus
verify(GauthSpan note, const GauthNoteKey *key, uint64_t *seconds)
{
	GauthSignedNote parsed;
	GauthStatus status;

	status = gauth_note_parse(&arena, note, &parsed, NULL);
	if (status != GAUTH_OK)
		return status;
	return gauth_note_verify(crypto, &arena, &parsed, key, seconds);
}

/* a note that no longer verifies, whichever bit of it has changed */
static void
check_every_bit(GauthSpan note, const GauthNoteKey *key)
{
	char	   *copy = malloc(note.len);
	size_t		accepted = 0;
	uint64_t	seconds;
	size_t		i;

	memcpy(copy, note.data, note.len);
	for (i = 0; i < 8 * note.len; i++)
	{
		copy[i / 8] ^= 1 << i % 8;
		accepted += verify(gauth_span(copy, note.len), key, &seconds) == GAUTH_OK;
		copy[i / 8] ^= 1 << i % 8;
	}
	CHECK(accepted == 0);
	free(copy);
}

static void
test_example(void)
{
	GauthSpan	note;
	GauthSpan	vkey;
	GauthNoteKey key;
	uint64_t	seconds;

	if (!unit_read_vectors("c2sp-examples/signed-note.txt", &note))
		return;
	if (!CHECK(unit_read_vectors("c2sp-examples/signed-note.vkey", &vkey)))
		return;
	while (vkey.len > 0 && vkey.data[vkey.len - 1] == '\n')
		vkey.len--;
	key = parse_key(vkey);
	if (CHECK_STATUS(verify(note, &key, &seconds), GAUTH_OK))
		printf("c2sp-examples: 1 signed note\n");
	CHECK(seconds == 0);
	check_every_bit(note, &key);
	free((char *) note.data);
	free((char *) vkey.data);
}

static bool
read_tessera(const char *name, int size, GauthSpan *content)
{
	char		path[UNIT_PATH_MAX];

	(void) snprintf(path, sizeof(path), "tessera-log/testdata/log/%s%d", name,
					size);
	return unit_read_vectors(path, content);
}

/* the leaves of a bundle of the log, which are those of its tile */
static size_t
read_leaves(int size, GauthTreeHash leaves[TESSERA_SIZE])
{
	GauthSpan	bundle;
	GauthSpan	rest;
	GauthSpan	entry;
	GauthSpan	tile;
	GauthText	again;
	size_t		count = 0;

	if (size == 0 || !read_tessera("tile/entries/000.p/", size, &bundle))
		return 0;
	gauth_text_init(&again, &arena);
	for (rest = bundle; rest.len > 0 && count < TESSERA_SIZE;)
	{
		if (!CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_OK))
			break;
		CHECK_STATUS(gauth_bundle_append(&again, entry), GAUTH_OK);
		CHECK_STATUS(gauth_tree_leaf(crypto, entry, &leaves[count++]),
					 GAUTH_OK);
	}
	CHECK(gauth_span_equal(gauth_span(again.data, again.len), bundle));
	if (CHECK(read_tessera("tile/0/000.p/", size, &tile)))
		CHECK(gauth_span_equal(tile, gauth_span(leaves,
												count * sizeof(leaves[0]))));
	free((char *) bundle.data);
	free((char *) tile.data);
	return count;
}

static bool
check_tessera(int size, const GauthNoteKey *key)
{
	GauthTreeHash leaves[TESSERA_SIZE];
	GauthSpan	note;
	GauthSpan	again = NOTHING;
	GauthTreeHash root;
	GauthSignedNote parsed;
	GauthCheckpoint checkpoint;
	GauthText	text;
	uint64_t	seconds;
	bool		good;

	if (!read_tessera("checkpoint.", size, &note))
		return false;
	good = CHECK_STATUS(gauth_note_parse(&arena, note, &parsed, NULL), GAUTH_OK) &&
		CHECK_STATUS(gauth_note_verify(crypto, &arena, &parsed, key, &seconds),
					 GAUTH_OK) &&
		CHECK_STATUS(gauth_checkpoint_parse(&arena, parsed.text, &checkpoint,
											NULL), GAUTH_OK);
	if (good)
	{
		good = CHECK(checkpoint.head.size == (uint64_t) size) &&
			CHECK(gauth_span_equal(checkpoint.origin, key->name)) &&
			CHECK(read_leaves(size, leaves) == (size_t) size) &&
			CHECK_STATUS(gauth_tree_root(crypto, leaves, (size_t) size, &root),
						 GAUTH_OK) &&
			CHECK(gauth_tree_hash_equal(&root, &checkpoint.head.root));
		gauth_text_init(&text, &arena);
		gauth_checkpoint_append(&text, &checkpoint);
		CHECK(gauth_text_finish(&text, &again));
		CHECK(gauth_span_equal(again, parsed.text));
	}
	if (size == TESSERA_SIZE)
		check_every_bit(note, key);
	free((char *) note.data);
	return good;
}

static void
test_tessera(void)
{
	GauthNoteKey key = parse_key(GAUTH_SPAN(TESSERA_VKEY));
	int			right = 0;
	int			size;
	GauthSpan	note;

	if (!read_tessera("checkpoint.", 0, &note))
		return;
	free((char *) note.data);
	for (size = 0; size <= TESSERA_SIZE; size++)
		right += check_tessera(size, &key);
	printf("tessera-log: %d of %d signed checkpoints\n", right,
		   TESSERA_SIZE + 1);
	CHECK(right == TESSERA_SIZE + 1);
}

/* two keys of one pair, as a log and as a witness */
typedef struct Signers
{
	GauthKey   *pair;
	GauthNoteKey log;
	GauthNoteKey witness;
} Signers;

static void
make_signers(Signers *signers)
{
	GauthKeyMaterial material;
	GauthError	err = {0};
	const uint8_t *point;

	CHECK_STATUS(gauth_key_generate(crypto, GAUTH_EDDSA, &arena, &material,
									&err), GAUTH_OK);
	CHECK_STATUS(gauth_key_create(crypto, &material, GAUTH_EDDSA,
								  &signers->pair, &err), GAUTH_OK);
	point = (const uint8_t *) material.x.data;
	CHECK_STATUS(gauth_note_key_init(crypto, GAUTH_SPAN("example.com/log"),
									 GAUTH_NOTE_ED25519, point,
									 &signers->log), GAUTH_OK);
	CHECK_STATUS(gauth_note_key_init(crypto, GAUTH_SPAN("example.com/w"),
									 GAUTH_NOTE_COSIGNATURE, point,
									 &signers->witness), GAUTH_OK);
}

/* the text, signed by the log and twice by the witness */
static GauthSpan
sign(const Signers *signers, GauthSpan signed_text)
{
	GauthNoteSigner log = {&signers->log, signers->pair, 0};
	GauthNoteSigner witness = {&signers->witness, signers->pair, 1700000000};
	GauthText	out;
	GauthSpan	note = NOTHING;

	gauth_text_init(&out, &arena);
	gauth_text_append(&out, signed_text);
	gauth_text_append_char(&out, '\n');
	CHECK_STATUS(gauth_note_append_signature(&out, signed_text, &log, NULL),
				 GAUTH_OK);
	CHECK_STATUS(gauth_note_append_signature(&out, signed_text, &witness,
											 NULL), GAUTH_OK);
	witness.seconds++;
	CHECK_STATUS(gauth_note_append_signature(&out, signed_text, &witness,
											 NULL), GAUTH_OK);
	witness.seconds = UINT64_MAX;
	CHECK_STATUS(gauth_note_append_signature(&out, signed_text, &witness,
											 NULL), GAUTH_INVALID_ARGUMENT);
	CHECK(gauth_text_finish(&out, &note));
	return note;
}

static void
test_signing(void)
{
	Signers		signers;
	GauthSpan	note;
	GauthSignedNote parsed;
	GauthNoteKey stranger;
	uint64_t	seconds;

	make_signers(&signers);
	note = sign(&signers, GAUTH_SPAN("a\n\nb\n"));
	CHECK_STATUS(gauth_note_parse(&arena, note, &parsed, NULL), GAUTH_OK);
	CHECK(gauth_span_is(parsed.text, "a\n\nb\n") && parsed.count == 3);
	CHECK_STATUS(verify(note, &signers.log, &seconds), GAUTH_OK);
	CHECK(seconds == 0);
	CHECK_STATUS(verify(note, &signers.witness, &seconds), GAUTH_OK);
	CHECK(seconds == 1700000001);
	(void) parse_key(GAUTH_SPAN(TESSERA_VKEY));

	/* known by half: another name, another kind, another key */
	stranger = signers.log;
	stranger.name = GAUTH_SPAN("example.com/lag");
	CHECK_STATUS(verify(note, &stranger, &seconds), GAUTH_KEY_NOT_FOUND);
	stranger = signers.log;
	stranger.id++;
	CHECK_STATUS(verify(note, &stranger, &seconds), GAUTH_KEY_NOT_FOUND);
	stranger = signers.log;
	stranger.kind = GAUTH_NOTE_COSIGNATURE;
	CHECK_STATUS(verify(note, &stranger, &seconds), GAUTH_SIGNATURE_INVALID);
	stranger = signers.witness;
	stranger.kind = GAUTH_NOTE_ED25519;
	CHECK_STATUS(verify(note, &stranger, &seconds), GAUTH_SIGNATURE_INVALID);
	gauth_key_free(signers.pair);
}

/* a wrong signature of a key beside a right one spoils the note */
static void
test_right_and_wrong(void)
{
	Signers		signers;
	GauthSpan	right;
	GauthSpan	wrong;
	GauthSignedNote parsed;
	GauthSignedNote other;
	GauthText	out;
	uint64_t	seconds;

	make_signers(&signers);
	right = sign(&signers, GAUTH_SPAN("right\n"));
	wrong = sign(&signers, GAUTH_SPAN("wrong\n"));
	CHECK_STATUS(gauth_note_parse(&arena, right, &parsed, NULL), GAUTH_OK);
	CHECK_STATUS(gauth_note_parse(&arena, wrong, &other, NULL), GAUTH_OK);
	gauth_text_init(&out, &arena);
	gauth_text_append(&out, right);
	gauth_text_append(&out, other.signatures[0].line);
	right = gauth_span(out.data, out.len);
	CHECK_STATUS(verify(right, &signers.log, &seconds),
				 GAUTH_SIGNATURE_INVALID);
	CHECK_STATUS(verify(right, &signers.witness, &seconds), GAUTH_OK);
	gauth_key_free(signers.pair);
}

static void
test_note_grammar(void)
{
	static const GauthSpan accepted[] = {
		GAUTH_SPAN("a\n\n" DASH "n" SOME),
		GAUTH_SPAN("\n\n" DASH "n" SOME),
		GAUTH_SPAN("a\n\n\n" DASH "n" SOME),
		GAUTH_SPAN("a\n\n" DASH "n" SOME DASH "n" SOME),
		GAUTH_SPAN("a\n\n" DASH "n" SOME "\n" DASH "m" SOME),
		GAUTH_SPAN("\xC3\xBC\n\n" DASH "\xC3\xBC" SOME)
	};
	static const GauthSpan refused[] = {
		GAUTH_SPAN(""), GAUTH_SPAN("\n"), GAUTH_SPAN("\n\n"), GAUTH_SPAN("a"),
		GAUTH_SPAN("a\n"), GAUTH_SPAN("a\n\n"),
		GAUTH_SPAN("a\n" DASH "n" SOME),
		GAUTH_SPAN("a\n\n" DASH "n AAAAAAA="),
		GAUTH_SPAN("a\n\n- n" SOME),
		GAUTH_SPAN("a\n\n" DASH SOME),
		GAUTH_SPAN("a\n\n" DASH "n" SOME "n" SOME),
		GAUTH_SPAN("a\n\n" DASH "n" SOME "\n"),
		GAUTH_SPAN("a\n\n" DASH "n+" SOME),
		GAUTH_SPAN("a\n\n" DASH "n n" SOME),
		GAUTH_SPAN("a\n\n" DASH "n\xC2\xA0n" SOME),
		GAUTH_SPAN("a\n\n" DASH "n\xE3\x80\x80" SOME),
		GAUTH_SPAN("a\n\n" DASH "n AAAAAA==\n"),
		GAUTH_SPAN("a\n\n" DASH "n AAAAAAA\n"),
		GAUTH_SPAN("a\n\n" DASH "n AAAAAAB=\n"),
		GAUTH_SPAN("a\n\n" DASH "n  AAAAAAA=\n"),
		GAUTH_SPAN("a\n\n" DASH "n AAAAAAA= \n"),
		GAUTH_SPAN("a\r\n\n" DASH "n" SOME), GAUTH_SPAN("a\t\n\n" DASH "n" SOME),
		GAUTH_SPAN("a\0\n\n" DASH "n" SOME), GAUTH_SPAN("\xFF\n\n" DASH "n" SOME),
		GAUTH_SPAN("a\n\n" DASH "\xC3" SOME)
	};
	GauthSignedNote parsed;
	GauthError	err;
	size_t		i;

	for (i = 0; i < lengthof(accepted); i++)
		CHECK_STATUS(gauth_note_parse(&arena, accepted[i], &parsed, &err),
					 GAUTH_OK);
	for (i = 0; i < lengthof(refused); i++)
	{
		if (!CHECK_STATUS(gauth_note_parse(&arena, refused[i], &parsed, &err),
						  GAUTH_INVALID_SYNTAX))
			printf("refused[%zu]\n", i);
		CHECK(err.offset <= refused[i].len);
	}
}

static void
test_limits(void)
{
	GauthText	text;
	GauthSignedNote parsed;
	int			i;

	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN("a\n\n"));
	for (i = 0; i < GAUTH_NOTE_SIGNATURES_MAX; i++)
		gauth_text_append(&text, GAUTH_SPAN(DASH "n" SOME));
	CHECK_STATUS(gauth_note_parse(&arena, gauth_span(text.data, text.len),
								  &parsed, NULL), GAUTH_OK);
	CHECK(parsed.count == GAUTH_NOTE_SIGNATURES_MAX);
	gauth_text_append(&text, GAUTH_SPAN(DASH "n" SOME));
	CHECK_STATUS(gauth_note_parse(&arena, gauth_span(text.data, text.len),
								  &parsed, NULL), GAUTH_LIMIT_EXCEEDED);
	while (text.len <= GAUTH_NOTE_MAX)
		gauth_text_append(&text, GAUTH_SPAN("                              \n"));
	CHECK_STATUS(gauth_note_parse(&arena, gauth_span(text.data, text.len),
								  &parsed, NULL), GAUTH_LIMIT_EXCEEDED);
}

static void
test_keys(void)
{
	static const struct
	{
		GauthSpan	vkey;
		GauthStatus status;
	}			refused[] = {
		{GAUTH_SPAN(""), GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN("a"), GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN("a+33d7b496"), GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN("a+33d7b496+"), GAUTH_KEY_UNSUPPORTED},
		{GAUTH_SPAN("example.com/log/testdatb+33d7b496+"
					"AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"),
		GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN("example.com/log/testdata+33D7B496+"
					"AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"),
		GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN("example.com/log/testdata+33d7b496+"
					"AuHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"),
		GAUTH_KEY_UNSUPPORTED},
		{GAUTH_SPAN("example.com/log/testdata+33d7b496+"
					"AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSxAAAA"),
		GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN("example.com/log/testdata+33d7b496+"
					"AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI-oO5xCFkkSx"),
		GAUTH_KEY_MALFORMED},
		{GAUTH_SPAN("+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"),
		GAUTH_KEY_MALFORMED}
	};
	uint8_t		small[GAUTH_NOTE_KEY_SIZE] = {1};
	GauthNoteKey key;
	GauthText	text;
	size_t		i;

	for (i = 0; i < lengthof(refused); i++)
		CHECK_STATUS(gauth_note_key_parse(crypto, &arena, refused[i].vkey, &key,
										  NULL), refused[i].status);

	/* in form, but a key of small order signs whatever one likes */
	CHECK_STATUS(gauth_note_key_init(crypto, GAUTH_SPAN("w"),
									 GAUTH_NOTE_ED25519, small, &key), GAUTH_OK);
	gauth_text_init(&text, &arena);
	gauth_note_key_append(&text, &key);
	CHECK_STATUS(gauth_note_key_parse(crypto, &arena,
									  gauth_span(text.data, text.len), &key,
									  NULL), GAUTH_KEY_WEAK);
	CHECK_STATUS(gauth_note_key_init(crypto, GAUTH_SPAN("a+b"),
									 GAUTH_NOTE_ED25519, small, &key),
				 GAUTH_INVALID_VALUE);
}

#define ROOT	"rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="

static void
test_checkpoint_grammar(void)
{
	static const GauthSpan accepted[] = {
		GAUTH_SPAN("o\n0\n" ROOT "\n"), GAUTH_SPAN("o\n15\n" ROOT "\n"),
		GAUTH_SPAN("o\n9223372036854775807\n" ROOT "\n"),
		GAUTH_SPAN("o p\n1\n" ROOT "\nmore\nand more\n")
	};
	static const GauthSpan refused[] = {
		GAUTH_SPAN(""), GAUTH_SPAN("o\n"), GAUTH_SPAN("\n0\n" ROOT "\n"),
		GAUTH_SPAN("o\n\n" ROOT "\n"), GAUTH_SPAN("o\n00\n" ROOT "\n"),
		GAUTH_SPAN("o\n01\n" ROOT "\n"), GAUTH_SPAN("o\n-1\n" ROOT "\n"),
		GAUTH_SPAN("o\n+1\n" ROOT "\n"), GAUTH_SPAN("o\n1 \n" ROOT "\n"),
		GAUTH_SPAN("o\n9223372036854775808\n" ROOT "\n"),
		GAUTH_SPAN("o\n99999999999999999999\n" ROOT "\n"),
		GAUTH_SPAN("o\n1\n" ROOT), GAUTH_SPAN("o\n1\n" ROOT "\n\n"),
		GAUTH_SPAN("o\n1\n" ROOT "\nmore"), GAUTH_SPAN("o\n1\n" ROOT "\n\nmore\n"),
		GAUTH_SPAN("o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383Q==\n"),
		GAUTH_SPAN("o\n1\n\n"), GAUTH_SPAN("o\n1\n" ROOT "AAAA\n")
	};
	GauthCheckpoint checkpoint;
	size_t		i;

	for (i = 0; i < lengthof(accepted); i++)
		CHECK_STATUS(gauth_checkpoint_parse(&arena, accepted[i], &checkpoint,
											NULL), GAUTH_OK);
	CHECK(gauth_span_is(checkpoint.extensions, "more\nand more\n"));
	for (i = 0; i < lengthof(refused); i++)
	{
		if (!CHECK_STATUS(gauth_checkpoint_parse(&arena, refused[i],
												 &checkpoint, NULL),
						  GAUTH_INVALID_SYNTAX))
			printf("refused[%zu]\n", i);
	}
}

static void
test_tile_paths(void)
{
	static const struct
	{
		GauthSpan	text;
		GauthTilePath path;
	}			accepted[] = {
		{GAUTH_SPAN("tile/0/000"), {false, 0, 0, 256}},
		{GAUTH_SPAN("tile/63/x001/x234/067"), {false, 63, 1234067, 256}},
		{GAUTH_SPAN("tile/1/001.p/255"), {false, 1, 1, 255}},
		{GAUTH_SPAN("tile/entries/x001/000.p/1"), {true, 0, 1000, 1}},
		{GAUTH_SPAN("tile/entries/x018/x446/x744/x073/x709/x551/615"),
		{true, 0, UINT64_MAX, 256}}
	};
	static const GauthSpan refused[] = {
		GAUTH_SPAN(""), GAUTH_SPAN("/tile/0/000"), GAUTH_SPAN("tile/0/"),
		GAUTH_SPAN("tile/64/000"), GAUTH_SPAN("tile/00/000"),
		GAUTH_SPAN("tile/-1/000"), GAUTH_SPAN("tile/0/00"),
		GAUTH_SPAN("tile/0/0000"), GAUTH_SPAN("tile/0/x000/000"),
		GAUTH_SPAN("tile/0/x001"), GAUTH_SPAN("tile/0/x001/"),
		GAUTH_SPAN("tile/0/001/000"), GAUTH_SPAN("tile/0/000.p/0"),
		GAUTH_SPAN("tile/0/000.p/256"), GAUTH_SPAN("tile/0/000.p/01"),
		GAUTH_SPAN("tile/0/000.p/"), GAUTH_SPAN("tile/0/000.p"),
		GAUTH_SPAN("tile/0/000/"), GAUTH_SPAN("tile/entries/0/000"),
		GAUTH_SPAN("tile/entries/x018/x446/x744/x073/x709/x551/616"),
		GAUTH_SPAN("tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/001"),
		GAUTH_SPAN("tile/0/000\n"), GAUTH_SPAN("tile/../000")
	};
	GauthTilePath path;
	size_t		i;

	for (i = 0; i < lengthof(accepted); i++)
	{
		const GauthTilePath *wanted = &accepted[i].path;

		CHECK_STATUS(gauth_tile_path_parse(accepted[i].text, &path), GAUTH_OK);
		CHECK(path.entries == wanted->entries && path.level == wanted->level &&
			  path.index == wanted->index && path.width == wanted->width);
	}
	for (i = 0; i < lengthof(refused); i++)
	{
		if (!CHECK_STATUS(gauth_tile_path_parse(refused[i], &path),
						  GAUTH_INVALID_VALUE))
			printf("refused[%zu]\n", i);
	}
}

/* the example of tlog-tiles: a tree of 70000 */
static void
test_tile_widths(void)
{
	CHECK(gauth_tile_width(70000, 0, 0) == 256);
	CHECK(gauth_tile_width(70000, 0, 272) == 256);
	CHECK(gauth_tile_width(70000, 0, 273) == 112);
	CHECK(gauth_tile_width(70000, 0, 274) == 0);
	CHECK(gauth_tile_width(70000, 1, 0) == 256);
	CHECK(gauth_tile_width(70000, 1, 1) == 17);
	CHECK(gauth_tile_width(70000, 2, 0) == 1);
	CHECK(gauth_tile_width(70000, 3, 0) == 0);
	CHECK(gauth_tile_width(256, 0, 0) == 256);
	CHECK(gauth_tile_width(256, 0, 1) == 0);
	CHECK(gauth_tile_width(256, 1, 0) == 1);
	CHECK(gauth_tile_width(UINT64_MAX, 8, 0) == 0);
	CHECK(gauth_tile_width(UINT64_MAX, 63, UINT64_MAX) == 0);
}

static void
test_bundles(void)
{
	static char large[GAUTH_BUNDLE_ENTRY_MAX + 1];
	GauthText	bundle;
	GauthSpan	rest = GAUTH_SPAN("\0\2ab\0\0\0\3abc");
	GauthSpan	entry;

	CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_OK);
	CHECK(gauth_span_is(entry, "ab"));
	CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_OK);
	CHECK(entry.len == 0);
	CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_OK);
	CHECK(gauth_span_is(entry, "abc"));
	CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_INVALID_VALUE);
	rest = GAUTH_SPAN("\0");
	CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_INVALID_VALUE);
	rest = GAUTH_SPAN("\1\1ab");
	CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_INVALID_VALUE);

	gauth_text_init(&bundle, &arena);
	CHECK_STATUS(gauth_bundle_append(&bundle, gauth_span(large, sizeof(large))),
				 GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(gauth_bundle_append(&bundle,
									 gauth_span(large, sizeof(large) - 1)),
				 GAUTH_OK);
	rest = gauth_span(bundle.data, bundle.len);
	CHECK_STATUS(gauth_bundle_next(&rest, &entry), GAUTH_OK);
	CHECK(entry.len == GAUTH_BUNDLE_ENTRY_MAX && rest.len == 0);
}

static void
test_tlog_proof(void)
{
	GauthProof	proof = {.count = 1};
	GauthText	text;
	GauthSpan	result = NOTHING;

	gauth_text_init(&text, &arena);
	gauth_tlog_proof_append(&text, 7, &proof, GAUTH_SPAN("checkpoint\n"));
	CHECK(gauth_text_finish(&text, &result));
	CHECK(gauth_span_is(result, "c2sp.org/tlog-proof@v1\nindex 7\n"
						"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
						"\ncheckpoint\n"));
}

int
main(void)
{
	begin_crypto();
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_example();
	test_tessera();
	test_signing();
	test_right_and_wrong();
	test_note_grammar();
	test_limits();
	test_keys();
	test_checkpoint_grammar();
	test_tile_paths();
	test_tile_widths();
	test_bundles();
	test_tlog_proof();
	gauth_arena_reset(&arena);
	gauth_crypto_free(crypto);
	return unit_finish("ledger_note");
}
