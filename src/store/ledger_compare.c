/*
 * ledger_compare.c
 *		What became of the entries of one batch since it was sealed.
 *
 * A leaf is found again wherever it is, so that one row that is missing or
 * too much does not make all rows behind it look changed.
 */
#include "store/ledger_compare.h"

#include "utils/hsearch.h"

/* where a leaf is, in one of the two sequences */
typedef struct Place
{
	GauthTreeHash leaf;
	size_t		place;
} Place;

typedef struct Comparison
{
	const GauthTreeHash *sealed;
	size_t		count;
	const GauthRows *rows;
	HTAB	   *in_sealed;
	HTAB	   *in_rows;
	size_t		i;				/* next sealed leaf */
	size_t		j;				/* next row */
	GauthDifference differ;
	void	   *state;
} Comparison;

/* the first place of each leaf */
static HTAB *
make_places(const GauthTreeHash *leaves, size_t count)
{
	HASHCTL		control = {0};
	HTAB	   *places;
	size_t		i;

	control.keysize = sizeof(GauthTreeHash);
	control.entrysize = sizeof(Place);
	control.hcxt = CurrentMemoryContext;
	places = hash_create("gauth leaves", (long) count + 1, &control,
						 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (i = 0; i < count; i++)
	{
		bool		found;
		Place	   *place = hash_search(places, &leaves[i], HASH_ENTER,
										&found);

		if (!found)
			place->place = i;
	}
	return places;
}

static bool
find_place(HTAB *places, const GauthTreeHash *leaf, size_t *place)
{
	const Place *found = hash_search(places, leaf, HASH_FIND, NULL);

	if (found == NULL)
		return false;
	*place = found->place;
	return true;
}

static void
tell(Comparison *comparison, bool leaf, bool row, const char *finding)
{
	comparison->differ(comparison->state,
					   leaf ? comparison->i : GAUTH_NO_ROW,
					   row ? comparison->j : GAUTH_NO_ROW, finding);
	comparison->i += leaf;
	comparison->j += row;
}

/* the leaf and the row in hand are not the same */
static void
tell_difference(Comparison *comparison)
{
	const GauthTreeHash *leaf = &comparison->sealed[comparison->i];
	const GauthTreeHash *row = &comparison->rows->leaves[comparison->j];
	size_t		place;
	bool		row_sealed = find_place(comparison->in_sealed, row, &place);
	bool		leaf_there = find_place(comparison->in_rows, leaf, &place);

	if (row_sealed && leaf_there)
		tell(comparison, true, true, "it is not where it was sealed");
	else if (row_sealed)
		tell(comparison, true, false, "it is missing");
	else if (leaf_there)
		tell(comparison, false, true, "it was added after the sealing");
	else
		tell(comparison, true, true, "it is not what was sealed");
}

/*
 * gauth_rows_compare
 *		Tell of every difference between what was sealed and what is there.
 */
void
gauth_rows_compare(const GauthTreeHash *sealed, size_t count,
				   const GauthRows *rows, GauthDifference differ, void *state)
{
	Comparison	comparison = {
		.sealed = sealed,.count = count,.rows = rows,.differ = differ,
		.state = state
	};

	comparison.in_sealed = make_places(sealed, count);
	comparison.in_rows = make_places(rows->leaves, rows->count);
	while (comparison.i < count && comparison.j < rows->count)
	{
		if (gauth_tree_hash_equal(&sealed[comparison.i],
								  &rows->leaves[comparison.j]))
		{
			comparison.i++;
			comparison.j++;
		}
		else
			tell_difference(&comparison);
	}
	while (comparison.i < count)
		tell(&comparison, true, false, "it is missing");
	while (comparison.j < rows->count)
		tell(&comparison, false, true, "it was added after the sealing");
	hash_destroy(comparison.in_sealed);
	hash_destroy(comparison.in_rows);
}
