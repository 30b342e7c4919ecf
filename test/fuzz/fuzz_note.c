/*
 * fuzz_note.c
 *		The input as a signed note, its text as a checkpoint; then as the text
 *		of a key; then as a text that we sign.
 *
 * What was read is written again to the same bytes, no stranger's signature
 * verifies, and ours does.
 */
#include "fuzz.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"

static GauthCrypto *crypto;
static GauthKey *pair;
static GauthNoteKey keys[2];	/* as a log, as a witness */

static void
make_keys(void)
{
	static uint8_t point[GAUTH_NOTE_KEY_SIZE];
	GauthKeyMaterial material;

	if (crypto != NULL)
		return;
	REQUIRE(gauth_crypto_create(&crypto, NULL) == GAUTH_OK);
	REQUIRE(gauth_key_generate(crypto, GAUTH_EDDSA, &arena, &material,
							   NULL) == GAUTH_OK);
	REQUIRE(gauth_key_create(crypto, &material, GAUTH_EDDSA, &pair,
							 NULL) == GAUTH_OK);
	memcpy(point, material.x.data, sizeof(point));
	REQUIRE(gauth_note_key_init(crypto, GAUTH_SPAN("log"), GAUTH_NOTE_ED25519,
								point, &keys[0]) == GAUTH_OK);
	REQUIRE(gauth_note_key_init(crypto, GAUTH_SPAN("witness"),
								GAUTH_NOTE_COSIGNATURE, point,
								&keys[1]) == GAUTH_OK);
}

static void
check_checkpoint(GauthSpan input)
{
	GauthCheckpoint checkpoint;
	GauthText	again;

	if (gauth_checkpoint_parse(&arena, input, &checkpoint, NULL) != GAUTH_OK)
		return;
	gauth_text_init(&again, &arena);
	gauth_checkpoint_append(&again, &checkpoint);
	REQUIRE(gauth_span_equal(finished(&again), input));
}

static void
check_note(GauthSpan input)
{
	GauthSignedNote note;
	GauthError	err = {0};
	GauthText	again;
	uint64_t	seconds;
	size_t		i;

	if (gauth_note_parse(&arena, input, &note, &err) != GAUTH_OK)
	{
		REQUIRE(err.offset <= input.len);
		return;
	}
	REQUIRE(note.count > 0 && note.count <= GAUTH_NOTE_SIGNATURES_MAX);
	gauth_text_init(&again, &arena);
	gauth_text_append(&again, note.text);
	gauth_text_append_char(&again, '\n');
	for (i = 0; i < note.count; i++)
		gauth_text_append(&again, note.signatures[i].line);
	REQUIRE(gauth_span_equal(finished(&again), input));
	for (i = 0; i < 2; i++)
		REQUIRE(gauth_note_verify(crypto, &arena, &note, &keys[i],
								  &seconds) != GAUTH_OK);
	check_checkpoint(note.text);
}

static void
check_key(GauthSpan input)
{
	GauthNoteKey key;
	GauthText	again;

	if (gauth_note_key_parse(crypto, &arena, input, &key, NULL) != GAUTH_OK)
		return;
	gauth_text_init(&again, &arena);
	gauth_note_key_append(&again, &key);
	REQUIRE(gauth_span_equal(finished(&again), input));
}

/* a text that makes a note when it is signed verifies for both keys */
static void
check_signed(GauthSpan input)
{
	GauthSignedNote note;
	GauthText	out;
	uint64_t	seconds;
	size_t		i;

	gauth_text_init(&out, &arena);
	gauth_text_append(&out, input);
	gauth_text_append(&out, GAUTH_SPAN("\n"));
	for (i = 0; i < 2; i++)
	{
		GauthNoteSigner signer = {&keys[i], pair, input.len};

		REQUIRE((gauth_note_append_signature(&out, input, &signer,
											 NULL) == GAUTH_OK) ==
				(input.len > 0 && input.data[input.len - 1] == '\n'));
	}
	if (out.len == input.len + 1 ||
		gauth_note_parse(&arena, finished(&out), &note, NULL) != GAUTH_OK)
		return;
	REQUIRE(note.count == 2 && gauth_span_equal(note.text, input));
	for (i = 0; i < 2; i++)
	{
		REQUIRE(gauth_note_verify(crypto, &arena, &note, &keys[i],
								  &seconds) == GAUTH_OK);
		REQUIRE(seconds == (i == 0 ? 0 : input.len));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);

	make_keys();
	check_note(input);
	check_checkpoint(input);
	check_key(input);
	check_signed(input);
	return end_input(input);
}
