/*
 * cover.c
 *		What covers what.
 */
#include "poa/cover.h"

#include "base/number.h"
#include "poa/region.h"
#include "poa/sector.h"

/* to public administration "*" and "global" mean nothing but themselves */
static bool
known_sector_covers(GauthSpan wide, GauthSpan narrow)
{
	return gauth_span_equal(wide, narrow) ||
		(!gauth_span_is(wide, "*") && gauth_sector_contains(wide, narrow));
}

static bool
known_region_covers(GauthSpan wide, GauthSpan narrow)
{
	return gauth_span_equal(wide, narrow) ||
		(gauth_region_kind(wide) != GAUTH_REGION_WORLD &&
		 gauth_region_contains(wide, narrow));
}

/*
 * gauth_sector_covers, gauth_region_covers
 *		How lists of sectors and regions are compared below this profile.
 */
GauthCovers
gauth_sector_covers(GauthProfile profile)
{
	return profile == GAUTH_PROFILE_BEHOERDE ? known_sector_covers :
		gauth_sector_contains;
}

GauthCovers
gauth_region_covers(GauthProfile profile)
{
	return profile == GAUTH_PROFILE_BEHOERDE ? known_region_covers :
		gauth_region_contains;
}

static bool
is_word_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || strchr("-_./=:,@+% ", c) != NULL;
}

/*
 * gauth_command_covers
 *		The same command, or its first words before others that no shell reads
 *		as more than words.
 */
bool
gauth_command_covers(GauthSpan wide, GauthSpan narrow)
{
	size_t		i;

	if (gauth_span_equal(wide, narrow))
		return true;
	if (wide.len == 0 || narrow.len <= wide.len ||
		!gauth_span_starts_with(narrow, wide) ||
		narrow.data[wide.len] != ' ')
		return false;
	for (i = 0; i < narrow.len; i++)
	{
		if (narrow.data[i] == '\0' || !is_word_character(narrow.data[i]))
			return false;
	}
	return true;
}

/*
 * gauth_domain_covers
 *		The same domain, or one below that of a "*.".
 */
bool
gauth_domain_covers(GauthSpan wide, GauthSpan narrow)
{
	GauthSpan	below;

	if (gauth_span_equal_any_case(wide, narrow))
		return true;
	if (!gauth_span_starts_with(wide, GAUTH_SPAN("*.")))
		return false;
	below = gauth_span_slice(wide, 1, wide.len - 1);
	if (gauth_span_starts_with(narrow, GAUTH_SPAN("*.")))
		narrow = gauth_span_slice(narrow, 2, narrow.len - 2);
	if (narrow.len <= below.len)
		return false;
	narrow = gauth_span_slice(narrow, narrow.len - below.len, below.len);
	return gauth_span_equal_any_case(narrow, below);
}

/*
 * gauth_names_cover
 *		Does one of the list cover the text?  Absent and empty lists do not.
 */
bool
gauth_names_cover(const GauthNames *wide, GauthSpan narrow,
				  GauthCovers covers)
{
	uint32_t	i;

	for (i = 0; i < wide->count; i++)
	{
		if (covers(wide->items[i], narrow))
			return true;
	}
	return false;
}

/*
 * gauth_matrix_find
 *		What the matrix says about a verb and a type of transaction.
 */
const GauthTransactionRule *
gauth_matrix_find(const GauthPowers *powers, GauthSpan verb, GauthSpan type)
{
	const GauthTransactionRule *general = NULL;
	uint32_t	i;

	for (i = 0; i < powers->matrix_count; i++)
	{
		const GauthTransactionRule *rule = &powers->matrix[i];

		if (!gauth_span_equal(rule->type, type))
			continue;
		if (gauth_span_equal(rule->verb, verb))
			return rule;
		if (rule->verb.len == 0)
			general = rule;
	}
	return general;
}

static bool
same_json(const GauthJson *a, const GauthJson *b)
{
	const GauthJson *x;
	const GauthJson *y;

	if (a->type != b->type || a->count != b->count ||
		!gauth_span_equal(a->text, b->text))
		return false;
	if (a->type == GAUTH_JSON_OBJECT)
	{
		for (x = a->first; x != NULL; x = x->next)
		{
			y = gauth_json_find(b, x->name);
			if (y == NULL || !same_json(x, y))
				return false;
		}
		return true;
	}
	for (x = a->first, y = b->first; x != NULL && y != NULL;
		 x = x->next, y = y->next)
	{
		if (!same_json(x, y))
			return false;
	}
	return true;
}

/* the same, or a smaller number where the name says that it is the most */
static bool
constrains_more(const GauthJson *narrow, const GauthJson *wide)
{
	double		most;
	double		less;

	if (same_json(narrow, wide))
		return true;
	return narrow->type == GAUTH_JSON_NUMBER &&
		wide->type == GAUTH_JSON_NUMBER &&
		gauth_span_starts_with(wide->name, GAUTH_SPAN("max_")) &&
		gauth_number_read(narrow->text, &less) &&
		gauth_number_read(wide->text, &most) && less <= most;
}

/*
 * gauth_constraints_cover
 *		Is every constraint of "wide" in "narrow", equal or tighter?  Further
 *		ones of "narrow" only add to it.
 */
bool
gauth_constraints_cover(const GauthJson *wide, const GauthJson *narrow)
{
	const GauthJson *member;

	if (wide == NULL)
		return true;
	for (member = wide->first; member != NULL; member = member->next)
	{
		const GauthJson *other = gauth_json_find(narrow, member->name);

		if (other == NULL || !constrains_more(other, member))
			return false;
	}
	return true;
}
