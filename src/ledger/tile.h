/*
 * tile.h
 *		The paths and the entry bundles of a log that is published as files
 *		(C2SP tlog-tiles).
 */
#ifndef GAUTH_LEDGER_TILE_H
#define GAUTH_LEDGER_TILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "base/text.h"
#include "ledger/proof.h"

#define GAUTH_BUNDLE_ENTRY_MAX	UINT16_MAX

/* "tile/L/N", "tile/entries/N", and ".p/W" behind either */
typedef struct GauthTilePath
{
	bool		entries;
	unsigned	level;			/* 0 for entries */
	uint64_t	index;
	unsigned	width;			/* hashes or entries; a full one has 256 */
} GauthTilePath;

extern GauthStatus gauth_tile_path_parse(GauthSpan text, GauthTilePath *path);
extern size_t gauth_tile_path_write(const GauthTilePath *path, char *text);
extern unsigned gauth_tile_width(uint64_t size, unsigned level,
								 uint64_t index);

extern GauthStatus gauth_bundle_append(GauthText *bundle, GauthSpan entry);
extern GauthStatus gauth_bundle_next(GauthSpan *rest, GauthSpan *entry);

/* "tile/entries/", seven groups of a path, ".p/255", and some to spare */
#define GAUTH_TILE_PATH_MAX		64

#endif							/* GAUTH_LEDGER_TILE_H */
