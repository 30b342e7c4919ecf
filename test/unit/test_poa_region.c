/*
 * test_poa_region.c
 *		Regions and sectors: what they are, and what lies in what.
 */
#include "poa/region.h"
#include "poa/sector.h"
#include "test_poa.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

typedef struct Pair
{
	const char *wide;
	const char *narrow;
	bool		contains;
} Pair;

/* B-12, D-19 */
static const Pair region_pairs[] = {
	{"DE", "DE", true},
	{"de", "DE", true},
	{"DE", "DE-BY", true},
	{"DE", "de-by", true},
	{"DE-BY", "DE", false},
	{"DE-BY", "DE-BY", true},
	{"DE-BY", "DE-BE", false},
	{"AT", "DE-BY", false},
	{"EU", "DE", true},
	{"EU", "DE-BY", true},
	{"EU", "CH", false},
	{"EU", "GB", false},
	{"EU", "NO", false},
	{"EU", "US", false},
	{"EU", "GL", false},
	{"EEA", "NO", true},
	{"EEA", "IS", true},
	{"EEA", "LI", true},
	{"EEA", "DE", true},
	{"EEA", "CH", false},
	{"EEA", "EU", true},
	{"EU", "EEA", false},
	{"EU", "EU", true},
	{"EU", "Benelux", true},
	{"EU", "DACH", false},
	{"DACH", "AT", true},
	{"DACH", "DE", true},
	{"DACH", "CH", true},
	{"DACH", "LI", false},
	{"DACH", "CH-ZH", true},
	{"Benelux", "NL", true},
	{"BENELUX", "LU", true},
	{"benelux", "BE", true},
	{"Benelux", "DE", false},
	{"NAFTA", "MX", true},
	{"NAFTA", "US-CA", true},
	{"NAFTA", "BR", false},
	{"global", "DE", true},
	{"worldwide", "EU", true},
	{"*", "plant 7", true},
	{"EU", "global", false},
	{"global", "Worldwide", true},
	{"plant 7", "plant 7", true},
	{"plant 7", "Plant 7", false},
	{"DE", "plant 7", false},
	{"plant 7", "DE", false},
	{"DE", "DEU", false},
	{"DE", "DE-", false},
	{"DE", "DE-BAYERN", false},
	{"DE", "DE-BAYE", false},
	{"DE", "DE-BAY", true},
	{"DE", "DE_BY", false},
	{"XX", "XX-1", false},
	{"EU", "E", false},
	{"EU", "", false},
};

/* B-11 */
static const Pair sector_pairs[] = {
	{"nace:62", "nace:62.01", true},
	{"nace:62", "nace:6201", true},
	{"nace:62", "62.01", false},
	{"nace:J", "nace:62.01", true},
	{"nace:J", "J62.01", true},
	{"J", "nace:62.01", true},
	{"nace:62.01", "nace:62", false},
	{"nace:62.01", "nace:62.01", true},
	{"nace:62.01", "nace:62.02", false},
	{"nace:J62", "nace:62.01", true},
	{"NACE:62", "nace:j62.01", true},
	{"isic:62", "nace:62.01", true},
	{"nace:62", "isic:6201", true},
	{"isic:620", "nace:62.01", false},
	{"isic:620", "isic:6201", true},
	{"nace:K", "nace:62.01", false},
	{"nace:6", "nace:62", false},
	{"541511", "541511", true},
	{"541512", "621111", false},
	{"5415", "541511", true},
	{"54", "naics:541511", true},
	{"naics:54", "541511", true},
	{"541511", "5415", false},
	{"naics:62", "nace:62.01", false},
	{"nace:62", "naics:621111", false},
	{"manufacturing", "nace:C25", true},
	{"manufacturing", "isic:2511", true},
	{"manufacturing", "nace:62", false},
	{"manufacturing", "manufacturing", true},
	{"manufacturing", "construction", false},
	{"nace:C", "manufacturing", true},
	{"nace:25", "manufacturing", false},
	{"water_supply", "nace:36.00", true},
	{"water_supply", "nace:38.11", false},
	{"waste_management", "nace:38.11", true},
	{"nace:E", "waste_management", true},
	{"nace:37", "waste_management", false},
	{"trade", "nace:47.11", true},
	{"trade", "nace:45.11", true},
	{"trade", "nace:45.20", false},
	{"trade", "nace:45.40", false},
	{"vehicle_maintenance_repair", "nace:45.20", true},
	{"manufacturing", "3111", false},
	{"*", "541511", true},
	{"541511", "*", false},
	{"own", "own", true},
	{"own", "Own", false},
	{"*", "own", true},
	{"", "nace:62", false},
};

static const char *const good_sectors[] = {
	"nace:A", "nace:01", "isic:0111", "nace:01.11", "naics:11",
	"naics:541511", "62", "J62", "c", "other_services_sectors", "nace:U99",
};

/* B-11: what RFC 0115 lists */
static const char *const sector_names[] = {
	"agriculture_forestry_fishing", "mining_quarrying", "manufacturing",
	"energy_supply", "water_supply", "waste_management", "construction",
	"trade", "vehicle_maintenance_repair", "transport_storage",
	"hospitality", "information_communication",
	"financial_insurance_services", "real_estate",
	"professional_scientific_technical", "other_business_services",
	"public_administration_defence", "education", "health_social_work",
	"arts_entertainment_recreation", "other_services_sectors",
};

static const char *const bad_sectors[] = {
	"", "sic:62", "nace:", "nace:V", "nace:6", "nace:62.01.1", "nace:62..1",
	"nace:62.", "nace:.62", "naics:5415111", "naics:54.15", "nace:K62",
	"nace: 62", "*", "Manufacturing", "1", "naics:A", "nace:62-63",
};

static void
test_pairs(const Pair *pairs, size_t count,
		   bool (*contains) (GauthSpan wide, GauthSpan narrow))
{
	size_t		i;

	for (i = 0; i < count; i++)
	{
		if (!CHECK(contains(gauth_span_of(pairs[i].wide),
							gauth_span_of(pairs[i].narrow)) ==
				   pairs[i].contains))
			printf("  %s, %s\n", pairs[i].wide, pairs[i].narrow);
	}
}

/* what contains what contains a third contains the third */
static void
test_transitive(const Pair *pairs, size_t count,
				bool (*contains) (GauthSpan wide, GauthSpan narrow))
{
	GauthSpan	texts[2 * 64];
	size_t		i;
	size_t		j;
	size_t		k;
	unsigned	broken = 0;

	for (i = 0; i < count; i++)
	{
		texts[2 * i] = gauth_span_of(pairs[i].wide);
		texts[2 * i + 1] = gauth_span_of(pairs[i].narrow);
	}
	for (i = 0; i < 2 * count; i++)
	{
		for (j = 0; j < 2 * count; j++)
		{
			if (!contains(texts[i], texts[j]))
				continue;
			for (k = 0; k < 2 * count; k++)
				broken += contains(texts[j], texts[k]) &&
					!contains(texts[i], texts[k]);
		}
	}
	CHECK(broken == 0);
}

/* B-12: 249 countries, and what else a text can be */
static void
test_kinds(void)
{
	int			countries = 0;
	char		code[3] = "";

	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
	{
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
			countries += gauth_region_kind(gauth_span_of(code)) ==
				GAUTH_REGION_COUNTRY;
	}
	/* EU is no country */
	CHECK(countries == 249);
	CHECK(gauth_region_kind(GAUTH_SPAN("EU")) == GAUTH_REGION_UNION);
	CHECK(gauth_region_kind(GAUTH_SPAN("Dach")) == GAUTH_REGION_UNION);
	CHECK(gauth_region_kind(GAUTH_SPAN("DE-BY")) ==
		  GAUTH_REGION_SUBDIVISION);
	CHECK(gauth_region_kind(GAUTH_SPAN("FR-971")) ==
		  GAUTH_REGION_SUBDIVISION);
	CHECK(gauth_region_kind(GAUTH_SPAN("Global")) == GAUTH_REGION_WORLD);
	CHECK(gauth_region_kind(GAUTH_SPAN("UK")) == GAUTH_REGION_OTHER);
	CHECK(gauth_region_kind(GAUTH_SPAN("")) == GAUTH_REGION_OTHER);
}

/* B-12: how many states a union has */
static void
test_unions(void)
{
	static const struct
	{
		const char *name;
		int			members;
	}			unions[] = {
		{"EU", 27}, {"EEA", 30}, {"DACH", 3}, {"Benelux", 3}, {"NAFTA", 3}
	};
	size_t		i;

	for (i = 0; i < LENGTH(unions); i++)
	{
		char		code[3] = "";
		int			members = 0;

		for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
		{
			for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
				members += gauth_region_kind(gauth_span_of(code)) ==
					GAUTH_REGION_COUNTRY &&
					gauth_region_contains(gauth_span_of(unions[i].name),
										  gauth_span_of(code));
		}
		CHECK(members == unions[i].members);
	}
}

static void
test_known_sectors(void)
{
	size_t		i;

	for (i = 0; i < LENGTH(good_sectors); i++)
	{
		if (!CHECK(gauth_sector_known(gauth_span_of(good_sectors[i]))))
			printf("  %s\n", good_sectors[i]);
	}
	for (i = 0; i < LENGTH(bad_sectors); i++)
	{
		if (!CHECK(!gauth_sector_known(gauth_span_of(bad_sectors[i]))))
			printf("  %s\n", bad_sectors[i]);
	}
	CHECK(LENGTH(sector_names) == 21);
	for (i = 0; i < LENGTH(sector_names); i++)
		CHECK(gauth_sector_known(gauth_span_of(sector_names[i])));
}

/* D-18, D-19: lists; T13: the words for everything may be switched off */
static void
test_lists(void)
{
	GauthSpan	world[] = {GAUTH_SPAN("global"), GAUTH_SPAN("FR")};
	GauthSpan	all[] = {GAUTH_SPAN("*"), GAUTH_SPAN("541511")};
	GauthSpan	german[] = {GAUTH_SPAN("DE")};
	GauthNames	regions = {true, 2, world};
	GauthNames	sectors = {true, 2, all};
	GauthNames	germany = {true, 1, german};
	GauthNames	empty = {true, 0, NULL};
	GauthNames	absent = {false, 0, NULL};

	CHECK(gauth_regions_allow(&regions, GAUTH_SPAN("US"), true));
	CHECK(!gauth_regions_allow(&regions, GAUTH_SPAN("US"), false));
	CHECK(gauth_regions_allow(&regions, GAUTH_SPAN("FR"), false));
	CHECK(!gauth_regions_allow(&germany, GAUTH_SPAN("AT"), true));
	CHECK(!gauth_regions_allow(&empty, GAUTH_SPAN("DE"), true));
	CHECK(gauth_regions_allow(&absent, GAUTH_SPAN("DE"), true));
	CHECK(gauth_sectors_allow(&sectors, GAUTH_SPAN("111"), true));
	CHECK(!gauth_sectors_allow(&sectors, GAUTH_SPAN("111"), false));
	CHECK(gauth_sectors_allow(&sectors, GAUTH_SPAN("541511"), false));
	CHECK(!gauth_sectors_allow(&empty, GAUTH_SPAN("111"), true));
	CHECK(gauth_sectors_allow(&absent, GAUTH_SPAN("111"), true));
}

int
main(void)
{
	test_pairs(region_pairs, LENGTH(region_pairs), gauth_region_contains);
	test_transitive(region_pairs, LENGTH(region_pairs),
					gauth_region_contains);
	test_pairs(sector_pairs, LENGTH(sector_pairs), gauth_sector_contains);
	test_transitive(sector_pairs, LENGTH(sector_pairs),
					gauth_sector_contains);
	test_kinds();
	test_unions();
	test_known_sectors();
	test_lists();
	return unit_finish("poa_region");
}
