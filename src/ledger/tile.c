/*
 * tile.c
 *		Paths of tiles, and bundles of entries.
 *
 * A path has one form only: what is read is written again and must be the
 * same text.
 */
#include "ledger/tile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LEVEL_MAX	63

/* digits at the beginning of "rest", which are taken away */
static bool
take_number(GauthSpan *rest, uint64_t limit, uint64_t *number)
{
	size_t		i;

	*number = 0;
	for (i = 0; i < rest->len && rest->data[i] >= '0' && rest->data[i] <= '9';
		 i++)
	{
		if (__builtin_mul_overflow(*number, 10, number) ||
			__builtin_add_overflow(*number, rest->data[i] - '0', number) ||
			*number > limit)
			return false;
	}
	*rest = gauth_span_slice(*rest, i, rest->len - i);
	return i > 0;
}

static bool
take(GauthSpan *rest, GauthSpan word)
{
	if (!gauth_span_starts_with(*rest, word))
		return false;
	*rest = gauth_span_slice(*rest, word.len, rest->len - word.len);
	return true;
}

/* "x001/x234/067" is 1234067 */
static bool
take_index(GauthSpan *rest, uint64_t *index)
{
	uint64_t	group;
	bool		more;

	*index = 0;
	do
	{
		more = take(rest, GAUTH_SPAN("x"));
		if (!take_number(rest, 999, &group) ||
			__builtin_mul_overflow(*index, 1000, index) ||
			__builtin_add_overflow(*index, group, index))
			return false;
	} while (more && take(rest, GAUTH_SPAN("/")));
	return !more;
}

static bool
take_path(GauthSpan *rest, GauthTilePath *path)
{
	uint64_t	number = 0;

	if (!take(rest, GAUTH_SPAN("tile/")))
		return false;
	path->entries = take(rest, GAUTH_SPAN("entries/"));
	if (!path->entries && (!take_number(rest, LEVEL_MAX, &number) ||
						   !take(rest, GAUTH_SPAN("/"))))
		return false;
	path->level = (unsigned) number;
	if (!take_index(rest, &path->index))
		return false;
	path->width = GAUTH_TILE_WIDTH;
	if (!take(rest, GAUTH_SPAN(".p/")))
		return true;
	if (!take_number(rest, GAUTH_TILE_WIDTH - 1, &number) || number == 0)
		return false;
	path->width = (unsigned) number;
	return true;
}

/*
 * gauth_tile_path_parse
 *		GAUTH_INVALID_VALUE for what is no path of a tile.
 */
GauthStatus
gauth_tile_path_parse(GauthSpan text, GauthTilePath *path)
{
	char		again[GAUTH_TILE_PATH_MAX];
	GauthSpan	rest = text;

	if (!take_path(&rest, path) || rest.len > 0)
		return GAUTH_INVALID_VALUE;
	if (!gauth_span_equal(text, gauth_span(again,
										   gauth_tile_path_write(path,
																 again))))
		return GAUTH_INVALID_VALUE;
	return GAUTH_OK;
}

/* the groups of an index above its last one */
static size_t
write_groups(uint64_t index, char *text)
{
	size_t		len = 0;

	if (index == 0)
		return 0;
	len = write_groups(index / 1000, text);
	return len + (size_t) sprintf(text + len, "x%03u/",
								  (unsigned) (index % 1000));
}

/*
 * gauth_tile_path_write
 *		The text of a path, for which there is room for GAUTH_TILE_PATH_MAX
 *		characters, and its length.
 */
size_t
gauth_tile_path_write(const GauthTilePath *path, char *text)
{
	size_t		len;

	if (path->entries)
		len = (size_t) sprintf(text, "tile/entries/");
	else
		len = (size_t) sprintf(text, "tile/%u/", path->level);
	len += write_groups(path->index / 1000, text + len);
	len += (size_t) sprintf(text + len, "%03u",
							(unsigned) (path->index % 1000));
	if (path->width < GAUTH_TILE_WIDTH)
		len += (size_t) sprintf(text + len, ".p/%u", path->width);
	return len;
}

/*
 * gauth_tile_width
 *		How many hashes a tile has in a tree of that size; 0 when it is not in
 *		it.  A bundle of entries is as wide as the tile of level 0.
 */
unsigned
gauth_tile_width(uint64_t size, unsigned level, uint64_t index)
{
	unsigned	shift = level * GAUTH_TILE_HEIGHT;
	uint64_t	hashes = shift < 64 ? size >> shift : 0;
	uint64_t	begin;

	if (__builtin_mul_overflow(index, GAUTH_TILE_WIDTH, &begin) ||
		begin >= hashes)
		return 0;
	return hashes - begin < GAUTH_TILE_WIDTH ? (unsigned) (hashes - begin) :
		GAUTH_TILE_WIDTH;
}

/*
 * gauth_bundle_append
 *		One more entry at the end of a bundle.
 *
 * GAUTH_LIMIT_EXCEEDED for an entry that no bundle can hold.
 */
GauthStatus
gauth_bundle_append(GauthText *bundle, GauthSpan entry)
{
	if (entry.len > GAUTH_BUNDLE_ENTRY_MAX)
		return GAUTH_LIMIT_EXCEEDED;
	gauth_text_append_char(bundle, (char) (entry.len >> 8));
	gauth_text_append_char(bundle, (char) entry.len);
	gauth_text_append(bundle, entry);
	return GAUTH_OK;
}

/*
 * gauth_bundle_next
 *		The next entry, borrowed, of what is left of a bundle.
 *
 * GAUTH_INVALID_VALUE when nothing is left, or less than the entry's length.
 */
GauthStatus
gauth_bundle_next(GauthSpan *rest, GauthSpan *entry)
{
	size_t		len;

	if (rest->len < 2)
		return GAUTH_INVALID_VALUE;
	len = (size_t) ((uint8_t) rest->data[0] << 8 | (uint8_t) rest->data[1]);
	if (len > rest->len - 2)
		return GAUTH_INVALID_VALUE;
	*entry = gauth_span_slice(*rest, 2, len);
	*rest = gauth_span_slice(*rest, 2 + len, rest->len - 2 - len);
	return GAUTH_OK;
}
