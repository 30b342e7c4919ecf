/*
 * fuzz_tile.c
 *		The input as the path of a tile, and as a bundle of entries: what was
 *		read is written again to the same bytes.
 */
#include "fuzz.h"
#include "ledger/tile.h"

static void
check_path(GauthSpan input)
{
	GauthTilePath path;
	char		again[GAUTH_TILE_PATH_MAX];

	if (gauth_tile_path_parse(input, &path) != GAUTH_OK)
		return;
	REQUIRE(path.width > 0 && path.width <= GAUTH_TILE_WIDTH);
	REQUIRE(gauth_span_equal(input,
							 gauth_span(again,
										gauth_tile_path_write(&path, again))));
	(void) gauth_tile_width(UINT64_MAX, path.level, path.index);
}

static void
check_bundle(GauthSpan input)
{
	GauthSpan	rest = input;
	GauthSpan	entry;
	GauthText	again;

	gauth_text_init(&again, &arena);
	while (gauth_bundle_next(&rest, &entry) == GAUTH_OK)
		REQUIRE(gauth_bundle_append(&again, entry) == GAUTH_OK);
	gauth_text_append(&again, rest);
	REQUIRE(gauth_span_equal(finished(&again), input));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);

	check_path(input);
	check_bundle(input);
	return end_input(input);
}
