/*
 * sector.c
 *		Codes of industries: ISIC Rev. 4, NACE Rev. 2, NAICS, and the names of
 *		RFC 0115.
 */
#include "poa/sector.h"

typedef enum Scheme
{
	SCHEME_ISIC,
	SCHEME_NACE,
	SCHEME_NAICS
} Scheme;

#define CODE_MAX	6

/* names of sectors in RFC 0115 */
#define NAME_COUNT	21

/* digits, or a section's letter when there are none */
typedef struct Code
{
	Scheme		scheme;
	char		section;		/* 'A' to 'U', or 0 */
	size_t		len;
	char		digits[CODE_MAX];
} Code;

/* the divisions of a section of ISIC and NACE, from the first to the last */
typedef struct Section
{
	char		letter;
	int			first;
	int			last;
} Section;

static const Section sections[] = {
	{'A', 1, 3}, {'B', 5, 9}, {'C', 10, 33}, {'D', 35, 35}, {'E', 36, 39},
	{'F', 41, 43}, {'G', 45, 47}, {'H', 49, 53}, {'I', 55, 56},
	{'J', 58, 63}, {'K', 64, 66}, {'L', 68, 68}, {'M', 69, 75},
	{'N', 77, 82}, {'O', 84, 84}, {'P', 85, 85}, {'Q', 86, 88},
	{'R', 90, 93}, {'S', 94, 96}, {'T', 97, 98}, {'U', 99, 99},
};

/*
 * A name of RFC 0115 and what it contains: sections, or codes where the RFC
 * divides a section in two.  Group 45.4, both trade and repair of
 * motorcycles, is in neither of the two that section G became.
 */
typedef struct SectorName
{
	const char *name;
	const char *codes;			/* separated by spaces */
} SectorName;

static const SectorName names[NAME_COUNT] = {
	{"agriculture_forestry_fishing", "A"},
	{"mining_quarrying", "B"},
	{"manufacturing", "C"},
	{"energy_supply", "D"},
	{"water_supply", "36"},
	{"waste_management", "37 38 39"},
	{"construction", "F"},
	{"trade", "451 453 46 47"},
	{"vehicle_maintenance_repair", "452"},
	{"transport_storage", "H"},
	{"hospitality", "I"},
	{"information_communication", "J"},
	{"financial_insurance_services", "K"},
	{"real_estate", "L"},
	{"professional_scientific_technical", "M"},
	{"other_business_services", "N"},
	{"public_administration_defence", "O"},
	{"education", "P"},
	{"health_social_work", "Q"},
	{"arts_entertainment_recreation", "R"},
	{"other_services_sectors", "S"},
};

static const char *const scheme_names[] = {"isic", "nace", "naics"};

static const SectorName *
find_name(GauthSpan sector)
{
	int			i;

	for (i = 0; i < NAME_COUNT; i++)
	{
		if (gauth_span_is(sector, names[i].name))
			return &names[i];
	}
	return NULL;
}

static const Section *
find_section(char letter)
{
	size_t		i;

	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
	{
		if (sections[i].letter == letter)
			return &sections[i];
	}
	return NULL;
}

static int
division(const Code *code)
{
	return (code->digits[0] - '0') * 10 + code->digits[1] - '0';
}

static bool
in_section(const Code *code, const Section *section)
{
	return code->len >= 2 && division(code) >= section->first &&
		division(code) <= section->last;
}

/* digits, with points among them for ISIC and NACE */
static bool
read_digits(GauthSpan text, Code *code)
{
	size_t		most = code->scheme == SCHEME_NAICS ? CODE_MAX : 4;
	bool		digit = false;	/* before this character */
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		if (c >= '0' && c <= '9' && code->len < most)
			code->digits[code->len++] = c;
		else if (c != '.' || !digit || code->scheme == SCHEME_NAICS)
			return false;
		digit = c != '.';
	}
	return text.len == 0 || (digit && code->len >= 2);
}

/* a section's letter, digits that lie in it, or both */
static bool
read_code(Scheme scheme, GauthSpan text, Code *code)
{
	const Section *section = NULL;
	char		letter = text.len == 0 ? '\0' : text.data[0];

	memset(code, 0, sizeof(*code));
	code->scheme = scheme;
	if (scheme != SCHEME_NAICS && letter != '\0')
		section = find_section(letter >= 'a' && letter <= 'z' ?
							   (char) (letter - 'a' + 'A') : letter);
	if (section != NULL)
	{
		code->section = section->letter;
		text = gauth_span_slice(text, 1, text.len - 1);
	}
	if (!read_digits(text, code))
		return false;
	if (code->len == 0)
		return section != NULL;
	return section == NULL || in_section(code, section);
}

static bool
read_sector(GauthSpan sector, Code *code)
{
	const char *colon = sector.len == 0 ? NULL :
		memchr(sector.data, ':', sector.len);
	GauthSpan	scheme = gauth_span_slice(sector, 0, colon == NULL ? 0 :
										  (size_t) (colon - sector.data));
	GauthSpan	rest;
	int			i;

	if (colon == NULL)
		return sector.len > 0 &&
			(sector.data[0] >= '0' && sector.data[0] <= '9' ?
			 read_code(SCHEME_NAICS, sector, code) :
			 read_code(SCHEME_NACE, sector, code));
	rest = gauth_span_slice(sector, scheme.len + 1,
							sector.len - scheme.len - 1);
	for (i = 0; i < 3; i++)
	{
		if (gauth_span_equal_any_case(scheme,
									  gauth_span_of(scheme_names[i])))
			return read_code((Scheme) i, rest, code);
	}
	return false;
}

static bool
code_contains(const Code *wide, const Code *narrow)
{
	if ((wide->scheme == SCHEME_NAICS) != (narrow->scheme == SCHEME_NAICS))
		return false;
	if (wide->len == 0)
		return (narrow->len == 0 && narrow->section == wide->section) ||
			in_section(narrow, find_section(wide->section));
	/* below a division ISIC and NACE go ways of their own */
	if (wide->scheme != narrow->scheme && wide->len > 2)
		return false;
	return narrow->len >= wide->len &&
		memcmp(wide->digits, narrow->digits, wide->len) == 0;
}

/* the next of the codes that a name stands for; of NACE, where it matters */
static bool
next_code(const char **codes, Code *code)
{
	size_t		len = strcspn(*codes, " ");

	if (len == 0)
		return false;
	(void) read_code(SCHEME_NACE, gauth_span(*codes, len), code);
	*codes += len + ((*codes)[len] == ' ');
	return true;
}

static bool
name_contains(const SectorName *name, const Code *narrow)
{
	const char *codes = name->codes;
	Code		code;

	while (next_code(&codes, &code))
	{
		if (code_contains(&code, narrow))
			return true;
	}
	return false;
}

/* does the code contain all that the name stands for? */
static bool
contains_name(const Code *wide, const SectorName *name)
{
	const char *codes = name->codes;
	Code		code;

	while (next_code(&codes, &code))
	{
		if (!code_contains(wide, &code))
			return false;
	}
	return true;
}

/*
 * gauth_sector_known
 *		Is this one of the 21 names, or a code of a known scheme?
 */
bool
gauth_sector_known(GauthSpan sector)
{
	Code		code;

	return find_name(sector) != NULL || read_sector(sector, &code);
}

/*
 * gauth_sector_contains
 *		Does all of "narrow" lie in "wide"?
 */
bool
gauth_sector_contains(GauthSpan wide, GauthSpan narrow)
{
	const SectorName *wide_name = find_name(wide);
	const SectorName *narrow_name = find_name(narrow);
	Code		wide_code;
	Code		narrow_code;

	if (gauth_span_is(wide, "*") || gauth_span_equal(wide, narrow))
		return true;
	if (wide_name != NULL)
		return narrow_name == NULL && read_sector(narrow, &narrow_code) &&
			name_contains(wide_name, &narrow_code);
	if (!read_sector(wide, &wide_code))
		return false;
	if (narrow_name != NULL)
		return contains_name(&wide_code, narrow_name);
	return read_sector(narrow, &narrow_code) &&
		code_contains(&wide_code, &narrow_code);
}

/*
 * gauth_sectors_allow
 *		Does the sector lie in one of the list?  An absent list allows all, an
 *		empty one nothing; "*" counts if "wildcards".
 */
bool
gauth_sectors_allow(const GauthNames *sectors, GauthSpan sector,
					bool wildcards)
{
	uint32_t	i;

	for (i = 0; i < sectors->count; i++)
	{
		if (!wildcards && gauth_span_is(sectors->items[i], "*"))
			continue;
		if (gauth_sector_contains(sectors->items[i], sector))
			return true;
	}
	return !sectors->given;
}
