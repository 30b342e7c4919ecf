/*
 * ledger_tree.c
 *		The tree of a log as it grows, and the tiles that become full.
 *
 * A tile of C2SP tlog-tiles is 256 hashes of one level.  Its root is in the
 * frontier for a moment only, before it is joined with its neighbours; so the
 * subtree that will be finished next is built apart.
 */
#include "store/ledger_tree.h"

#include "port/pg_bitutils.h"

#include "store/crypto.h"
#include "store/refuse.h"

#define TILE_LEVELS		8		/* of the tree, in one level of tiles */
#define TILE_SIZE		((uint64) 1 << TILE_LEVELS)

static void
require(GauthStatus status)
{
	if (status != GAUTH_OK)
		gauth_refuse(status, "tree");
}

/* takes the unfinished tile off the frontier's end */
static void
split_tile(GauthFrontier *frontier, GauthFrontier *tile)
{
	tile->size = frontier->size % TILE_SIZE;
	tile->count = (size_t) pg_popcount64(tile->size);
	frontier->count -= tile->count;
	frontier->size -= tile->size;
	memcpy(tile->subtrees, frontier->subtrees + frontier->count,
		   tile->count * sizeof(GauthTreeHash));
}

/* what else is finished with this tile: an addition that carries */
static void
report_full(const GauthFrontier *frontier, const GauthTreeHash *root,
			GauthTileFull full, void *state)
{
	GauthTreeHash node = *root;
	size_t		left = frontier->count;
	uint64		size = frontier->size + TILE_SIZE;
	int			level = TILE_LEVELS;

	full(state, 1, (size >> level) - 1, &node);
	for (; level < 64 - 1 && (frontier->size >> level) & 1; level++)
	{
		require(gauth_tree_node(gauth_crypto(), &frontier->subtrees[--left],
								&node, &node));
		if ((level + 1) % TILE_LEVELS == 0)
			full(state, (level + 1) / TILE_LEVELS, (size >> (level + 1)) - 1,
				 &node);
	}
}

static void
finish_tile(GauthFrontier *frontier, const GauthTreeHash *leaves,
			size_t count, GauthTileFull full, void *state)
{
	GauthFrontier tile;

	split_tile(frontier, &tile);
	require(gauth_frontier_append(gauth_crypto(), &tile, leaves, count));
	report_full(frontier, &tile.subtrees[0], full, state);
	require(gauth_frontier_append_subtree(gauth_crypto(), frontier,
										  TILE_LEVELS, &tile.subtrees[0]));
}

/*
 * gauth_tree_append
 *		Append leaves, and tell of every tile that becomes full.
 */
void
gauth_tree_append(GauthFrontier *frontier, const GauthTreeHash *leaves,
				  size_t count, GauthTileFull full, void *state)
{
	while (count > 0)
	{
		size_t		room = (size_t) (TILE_SIZE - frontier->size % TILE_SIZE);

		if (count < room)
		{
			require(gauth_frontier_append(gauth_crypto(), frontier, leaves,
										  count));
			return;
		}
		finish_tile(frontier, leaves, room, full, state);
		leaves += room;
		count -= room;
	}
}
