/*
 * region.c
 *		The countries of ISO 3166-1 and the unions of them that powers name.
 *
 * A union is made of its member states by their own codes.  Territories that
 * have a code of their own (Guadeloupe, Greenland, Jersey) are in none,
 * whatever treaties say of them: who means them names them.
 */
#include "poa/region.h"

/* two letters each, in order */
static const char countries[] =
	"ADAEAFAGAIALAMAOAQARASATAUAWAXAZ"
	"BABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZ"
	"CACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZ"
	"DEDJDKDMDODZ"
	"ECEEEGEHERESET"
	"FIFJFKFMFOFR"
	"GAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY"
	"HKHMHNHRHTHU"
	"IDIEILIMINIOIQIRISIT"
	"JEJMJOJP"
	"KEKGKHKIKMKNKPKRKWKYKZ"
	"LALBLCLILKLRLSLTLULVLY"
	"MAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZ"
	"NANCNENFNGNINLNONPNRNUNZ"
	"OM"
	"PAPEPFPGPHPKPLPMPNPRPSPTPWPY"
	"QA"
	"RERORSRURW"
	"SASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZ"
	"TCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZ"
	"UAUGUMUSUYUZ"
	"VAVCVEVGVIVNVU"
	"WFWS"
	"YEYT"
	"ZAZMZW";

typedef struct Union
{
	const char *name;
	const char *members;		/* two letters each, in order */
} Union;

#define EU_MEMBERS_TO_HU	"ATBEBGCYCZDEDKEEESFIFRGRHRHU"
#define EU_MEMBERS_TO_LV	"LTLULV"
#define EU_MEMBERS_TO_NL	"MTNL"
#define EU_MEMBERS_FROM_PL	"PLPTROSESISK"

static const Union unions[] = {
	{"EU", EU_MEMBERS_TO_HU "IEIT" EU_MEMBERS_TO_LV EU_MEMBERS_TO_NL
	EU_MEMBERS_FROM_PL},
	{"EEA", EU_MEMBERS_TO_HU "IEISITLI" EU_MEMBERS_TO_LV EU_MEMBERS_TO_NL
	"NO" EU_MEMBERS_FROM_PL},
	{"DACH", "ATCHDE"},
	{"BENELUX", "BELUNL"},
	{"NAFTA", "CAMXUS"},
};

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
}

/* is the code, two letters, among these? */
static bool
has_country(const char *codes, size_t len, GauthSpan code)
{
	size_t		i;

	if (code.len != 2)
		return false;
	for (i = 0; i + 1 < len; i += 2)
	{
		if (codes[i] == upper(code.data[0]) &&
			codes[i + 1] == upper(code.data[1]))
			return true;
	}
	return false;
}

static const Union *
find_union(GauthSpan region)
{
	size_t		i;

	for (i = 0; i < sizeof(unions) / sizeof(unions[0]); i++)
	{
		if (gauth_span_equal_any_case(region, gauth_span_of(unions[i].name)))
			return &unions[i];
	}
	return NULL;
}

static bool
is_world(GauthSpan region)
{
	return gauth_span_is(region, "*") ||
		gauth_span_equal_any_case(region, GAUTH_SPAN("global")) ||
		gauth_span_equal_any_case(region, GAUTH_SPAN("worldwide"));
}

/* one to three letters or digits behind the country (ISO 3166-2) */
static bool
is_subdivision(GauthSpan region)
{
	size_t		i;

	if (region.len < 4 || region.len > 6 || region.data[2] != '-' ||
		!has_country(countries, sizeof(countries) - 1,
					 gauth_span_slice(region, 0, 2)))
		return false;
	for (i = 3; i < region.len; i++)
	{
		char		c = upper(region.data[i]);

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
			return false;
	}
	return true;
}

/*
 * gauth_region_kind
 *		What a text means as a region.
 */
GauthRegionKind
gauth_region_kind(GauthSpan region)
{
	if (is_world(region))
		return GAUTH_REGION_WORLD;
	if (find_union(region) != NULL)
		return GAUTH_REGION_UNION;
	if (has_country(countries, sizeof(countries) - 1, region))
		return GAUTH_REGION_COUNTRY;
	if (is_subdivision(region))
		return GAUTH_REGION_SUBDIVISION;
	return GAUTH_REGION_OTHER;
}

/* are all members of the one members of the other? */
static bool
union_contains(const Union *wide, const Union *narrow)
{
	const char *at;

	for (at = narrow->members; *at != '\0'; at += 2)
	{
		if (!has_country(wide->members, strlen(wide->members),
						 gauth_span(at, 2)))
			return false;
	}
	return true;
}

/*
 * gauth_region_contains
 *		Does all of "narrow" lie in "wide"?
 */
bool
gauth_region_contains(GauthSpan wide, GauthSpan narrow)
{
	GauthRegionKind kind = gauth_region_kind(narrow);
	const Union *group = find_union(wide);

	if (is_world(wide) || gauth_span_equal(wide, narrow))
		return true;
	if (kind == GAUTH_REGION_WORLD || kind == GAUTH_REGION_OTHER)
		return false;
	if (gauth_span_equal_any_case(wide, narrow))
		return true;
	if (kind == GAUTH_REGION_UNION)
		return group != NULL && union_contains(group, find_union(narrow));
	if (group != NULL)
		return has_country(group->members, strlen(group->members),
						   gauth_span_slice(narrow, 0, 2));
	return kind == GAUTH_REGION_SUBDIVISION &&
		gauth_span_equal_any_case(wide, gauth_span_slice(narrow, 0, 2));
}

/*
 * gauth_regions_allow
 *		Does the region lie in one of the list?  An absent list allows all, an
 *		empty one nothing; the words for the world count if "wildcards".
 */
bool
gauth_regions_allow(const GauthNames *regions, GauthSpan region,
					bool wildcards)
{
	uint32_t	i;

	for (i = 0; i < regions->count; i++)
	{
		if (!wildcards && is_world(regions->items[i]))
			continue;
		if (gauth_region_contains(regions->items[i], region))
			return true;
	}
	return !regions->given;
}
