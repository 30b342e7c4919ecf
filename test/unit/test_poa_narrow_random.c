/*
 * test_poa_narrow_random.c
 *		Narrowing never widens, for random powers and random actions.
 *
 * "permits" is a reading of RFC 0117's checks of its own: plain loops over
 * the powers.  What it permits under narrower powers it has to permit under
 * wider ones; under an intersection, under both.
 */
#include "poa/cover.h"
#include "poa/narrow.h"
#include "poa/path.h"
#include "poa/region.h"
#include "poa/sector.h"
#include "test_poa.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* what lists are made of; each with what actions are made of */
typedef struct Vocabulary
{
	size_t		count;
	const char *const *words;
} Vocabulary;

#define VOCABULARY(array)	{LENGTH(array), array}

static const char *const pattern_words[] = {
	"src/", "src/a", "src/*", "*.c", "**/b", "/", "src/a/**", "x/", "src/?"
};
static const char *const path_words[] = {
	"src/a", "src/b", "src/a/b", "x/y", "x/a.c", "SRC/a", "src", "q/b"
};
static const char *const sector_words[] = {
	"*", "nace:62", "nace:62.01", "nace:J", "isic:62", "54", "5415",
	"541511", "information_communication"
};
static const char *const region_words[] = {
	"global", "EU", "EEA", "DE", "DE-BY", "DACH", "US", "NAFTA", "CH"
};
static const char *const type_words[] = {"buy", "sell", "loan"};
static const char *const command_words[] = {
	"make", "make test", "rm", "rm -r", "ls", "make; rm"
};
static const char *const domain_words[] = {
	"*.e.com", "a.e.com", "*.b.e.com", "c.b.e.com", "e.com", "f.org"
};
static const char *const verb_words[] = {
	"urn:gauth:verb:a", "urn:gauth:verb:b", "urn:gauth:verb:c"
};

static const Vocabulary patterns = VOCABULARY(pattern_words);
static const Vocabulary paths = VOCABULARY(path_words);
static const Vocabulary sectors = VOCABULARY(sector_words);
static const Vocabulary regions = VOCABULARY(region_words);
static const Vocabulary types = VOCABULARY(type_words);
static const Vocabulary commands = VOCABULARY(command_words);
static const Vocabulary domains = VOCABULARY(domain_words);
static const Vocabulary verbs = VOCABULARY(verb_words);

static const char *const constraint_texts[] = {
	"{}", "{\"max_amount_cents\":100}", "{\"max_amount_cents\":50}",
	"{\"max_amount_cents\":50,\"day\":true}", "{\"day\":true}"
};
static const GauthJson *constraints[LENGTH(constraint_texts)];

typedef struct Action
{
	GauthSpan	verb;
	GauthSpan	path;
	GauthSpan	sector;
	GauthSpan	region;
	GauthSpan	type;
	GauthSpan	command;
	GauthSpan	domain;
	GauthPhase	phase;			/* the first in which it belongs */
	GauthProfile profile;		/* the strictest that bears it */
	unsigned	target;
	int64_t		depth;
	int64_t		size;
	int64_t		money;
	bool		approved;
	bool		by_day;
	bool		verified;
	int			kind;			/* which permission of the platform it needs */
} Action;

static unsigned
roll(unsigned sides)
{
	static uint64_t state = 0x853c49e6748fea9b;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned) (state >> 33) % sides;
}

static GauthSpan
pick(const Vocabulary *vocabulary)
{
	return gauth_span_of(vocabulary->words[roll((unsigned)
												vocabulary->count)]);
}

/* there once in "times", with up to five words; seldom empty */
static GauthNames
pick_names(const Vocabulary *vocabulary, unsigned times)
{
	GauthNames	names = {false, 0, NULL};
	uint32_t	i;

	if (roll(times) > 0)
		return names;
	names.given = true;
	names.count = roll(12) == 0 ? 0 : 1 + roll(5);
	names.items = gauth_arena_array(&arena, names.count, sizeof(GauthSpan));
	for (i = 0; i < names.count; i++)
		names.items[i] = pick(vocabulary);
	return names;
}

/* true as often as false and absent together */
static GauthFlag
pick_flag(void)
{
	return roll(2) == 0 ? GAUTH_FLAG_TRUE : (GauthFlag) (2 * roll(2));
}

static int64_t
pick_limit(void)
{
	return (int64_t) roll(4) - 1;
}

static void
fill_verbs(GauthPowers *powers)
{
	uint32_t	i;

	powers->verbs_given = true;
	powers->verb_count = 0;
	powers->verbs = gauth_arena_array(&arena, verbs.count, sizeof(GauthVerb));
	for (i = 0; i < verbs.count; i++)
	{
		GauthVerb  *verb = &powers->verbs[powers->verb_count];

		if (roll(5) == 0)
			continue;
		verb->name = gauth_span_of(verbs.words[i]);
		verb->allowed = roll(5) > 0;
		verb->requires_approval = pick_flag();
		verb->cost_cents = pick_limit();
		verb->path_patterns = pick_names(&patterns, 2);
		verb->allowed_commands = pick_names(&commands, 2);
		verb->denied_commands = pick_names(&commands, 2);
		verb->max_delegation_depth = pick_limit();
		verb->max_file_size_bytes = pick_limit();
		powers->verb_count++;
	}
}

static void
fill_matrix(GauthPowers *powers)
{
	uint32_t	i;
	uint32_t	j;

	powers->matrix_given = roll(3) == 0;
	powers->matrix_count = 0;
	powers->matrix = gauth_arena_array(&arena, 4,
									   sizeof(GauthTransactionRule));
	for (i = 0; powers->matrix_given && i < 4; i++)
	{
		GauthTransactionRule *rule = &powers->matrix[powers->matrix_count];
		unsigned	constraint = roll(LENGTH(constraints) + 1);
		bool		twice = false;

		rule->verb = roll(2) == 0 ? gauth_span(NULL, 0) : pick(&verbs);
		rule->type = pick(&types);
		rule->allowed = roll(4) > 0;
		rule->constraints = constraint < LENGTH(constraints) ?
			constraints[constraint] : NULL;
		for (j = 0; j < powers->matrix_count; j++)
			twice = twice ||
				(gauth_span_equal(powers->matrix[j].verb, rule->verb) &&
				 gauth_span_equal(powers->matrix[j].type, rule->type));
		powers->matrix_count += !twice;
	}
}

static void
fill_platform(GauthPlatform *platform)
{
	platform->given = true;
	platform->targets_given = roll(3) > 0;
	platform->targets = platform->targets_given ? roll(8) : 0;
	platform->auto_deploy = pick_flag();
	platform->database_read = pick_flag();
	platform->database_write = pick_flag();
	platform->database_migrate = pick_flag();
	platform->database_production = pick_flag();
	platform->shell_mode = (GauthShellMode) roll(4);
	platform->shell_allowlist = pick_names(&commands, 3);
	platform->shell_denylist = pick_names(&commands, 3);
	platform->packages_verified_only = pick_flag();
	platform->external_domains = pick_names(&domains, 3);
	platform->secrets_read = pick_flag();
	platform->secrets_create = pick_flag();
}

/* one group of members anew */
static void
change(GauthPowers *powers, unsigned group)
{
	switch (group)
	{
		case 0:
			powers->profile = (GauthProfile) roll(GAUTH_PROFILE_COUNT);
			powers->phase = (GauthPhase) roll(3);
			break;
		case 1:
			powers->allowed_paths = pick_names(&patterns, 3);
			break;
		case 2:
			powers->denied_paths = pick_names(&patterns, 2);
			break;
		case 3:
			powers->allowed_sectors = pick_names(&sectors, 3);
			break;
		case 4:
			powers->allowed_regions = pick_names(&regions, 3);
			break;
		case 5:
			powers->allowed_transactions = pick_names(&types, 3);
			powers->allowed_decisions = pick_names(&types, 3);
			powers->active_modules = pick_names(&types, 3);
			break;
		case 6:
			fill_matrix(powers);
			break;
		case 7:
			fill_verbs(powers);
			break;
		default:
			fill_platform(&powers->platform);
			break;
	}
}

#define GROUPS	9

static GauthPowers
make_powers(void)
{
	GauthPowers powers;
	unsigned	group;

	memset(&powers, 0, sizeof(powers));
	powers.profile_given = powers.phase_given = true;
	for (group = 0; group < GROUPS; group++)
		change(&powers, group);
	return powers;
}

/* a restriction names a few members and leaves the others out */
static GauthPowers
make_restriction(void)
{
	GauthPowers nothing;
	GauthPowers restriction;
	unsigned	group;
	GauthJson	empty = {.type = GAUTH_JSON_OBJECT};
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	(void) gauth_restriction_read(&arena, &empty, gauth_span(NULL, 0),
								  &nothing, &problems);
	restriction = nothing;
	for (group = 0; group < GROUPS; group++)
	{
		if (roll(4) == 0)
			change(&restriction, group);
	}
	restriction.profile_given = restriction.phase_given = roll(2) == 0;
	if (!restriction.profile_given)
		restriction.profile = GAUTH_PROFILE_MINIMAL;
	if (!restriction.phase_given)
		restriction.phase = GAUTH_PHASE_RUN;
	return restriction;
}

static Action
make_action(void)
{
	Action		action;

	memset(&action, 0, sizeof(action));
	action.verb = pick(&verbs);
	action.path = pick(&paths);
	action.sector = pick(&sectors);
	action.region = pick(&regions);
	action.type = pick(&types);
	action.command = pick(&commands);
	action.domain = pick(&domains);
	action.phase = roll(2) == 0 ? GAUTH_PHASE_PLAN : (GauthPhase) roll(3);
	action.profile = (GauthProfile) roll(GAUTH_PROFILE_COUNT);
	action.target = 1u << roll(3);
	action.depth = roll(3);
	action.size = roll(3);
	action.money = roll(3) * 50;
	action.approved = roll(4) > 0;
	action.by_day = roll(2) == 0;
	action.verified = roll(2) == 0;
	action.kind = (int) roll(10);
	return action;
}

static bool
has(const GauthNames *names, GauthSpan name)
{
	return gauth_names_cover(names, name, gauth_span_equal);
}

/* the entry, or its first words before plain others */
static bool
command_allowed(const GauthNames *list, GauthSpan command)
{
	uint32_t	i;

	for (i = 0; i < list->count; i++)
	{
		GauthSpan	entry = list->items[i];

		if (gauth_span_equal(entry, command) ||
			(gauth_span_starts_with(command, entry) &&
			 command.len > entry.len && command.data[entry.len] == ' ' &&
			 memchr(command.data, ';', command.len) == NULL))
			return true;
	}
	return false;
}

static bool
verb_permits(const GauthVerb *verb, const Action *action)
{
	return verb != NULL && verb->allowed &&
		(verb->requires_approval != GAUTH_FLAG_TRUE || action->approved) &&
		verb->cost_cents <= action->money &&
		gauth_paths_allow(&verb->path_patterns, action->path) &&
		!has(&verb->denied_commands, action->command) &&
		(!verb->allowed_commands.given ||
		 command_allowed(&verb->allowed_commands, action->command)) &&
		(verb->max_delegation_depth == GAUTH_ABSENT ||
		 action->depth < verb->max_delegation_depth) &&
		(verb->max_file_size_bytes == GAUTH_ABSENT ||
		 action->size <= verb->max_file_size_bytes);
}

static bool
shell_permits(const GauthPlatform *platform, const Action *action)
{
	if (has(&platform->shell_denylist, action->command))
		return false;
	if (platform->shell_mode == GAUTH_SHELL_ALLOWLIST)
		return command_allowed(&platform->shell_allowlist, action->command);
	return platform->shell_mode != GAUTH_SHELL_ABSENT;
}

static bool
domain_permits(const GauthNames *list, GauthSpan host)
{
	uint32_t	i;

	for (i = 0; i < list->count; i++)
	{
		GauthSpan	entry = list->items[i];

		if (gauth_span_equal(entry, host))
			return true;
		if (entry.data[0] == '*' && host.len >= entry.len &&
			memcmp(host.data + host.len - entry.len + 1, entry.data + 1,
				   entry.len - 1) == 0)
			return true;
	}
	return !list->given;
}

static bool
platform_permits(const GauthPlatform *platform, const Action *action)
{
	const GauthFlag flags[] = {
		platform->auto_deploy, platform->database_read,
		platform->database_write, platform->database_migrate,
		platform->database_production, platform->secrets_read,
		platform->secrets_create
	};

	if (action->kind < (int) LENGTH(flags))
		return flags[action->kind] == GAUTH_FLAG_TRUE;
	if (action->kind == 7)
		return (platform->targets & action->target) != 0;
	if (action->kind == 8)
		return shell_permits(platform, action);
	return (platform->packages_verified_only != GAUTH_FLAG_TRUE ||
			action->verified) &&
		(action->domain.data[0] == '*' ||
		 domain_permits(&platform->external_domains, action->domain));
}

static bool
matrix_permits(const GauthPowers *powers, const Action *action)
{
	const GauthTransactionRule *rule = NULL;
	const GauthJson *most;
	int64_t		limit;
	uint32_t	i;

	if (!powers->matrix_given)
		return true;
	for (i = 0; i < powers->matrix_count; i++)
	{
		if (gauth_span_equal(powers->matrix[i].type, action->type) &&
			(gauth_span_equal(powers->matrix[i].verb, action->verb) ||
			 (powers->matrix[i].verb.len == 0 && rule == NULL)))
			rule = &powers->matrix[i];
	}
	if (rule == NULL || !rule->allowed)
		return false;
	most = gauth_json_get(rule->constraints, "max_amount_cents");
	if (most != NULL && gauth_json_to_int64(most, &limit) &&
		action->money > limit)
		return false;
	return gauth_json_get(rule->constraints, "day") == NULL || action->by_day;
}

static bool
permits(const GauthPowers *powers, const Action *action, bool wildcards)
{
	if (action->phase > powers->phase || powers->profile > action->profile)
		return false;
	if (gauth_paths_deny(&powers->denied_paths, action->path) ||
		!gauth_paths_allow(&powers->allowed_paths, action->path))
		return false;
	if (!gauth_sectors_allow(&powers->allowed_sectors, action->sector,
							 wildcards) ||
		!gauth_regions_allow(&powers->allowed_regions, action->region,
							 wildcards))
		return false;
	if ((powers->allowed_transactions.given &&
		 !has(&powers->allowed_transactions, action->type)) ||
		(powers->allowed_decisions.given &&
		 !has(&powers->allowed_decisions, action->type)) ||
		(powers->active_modules.given &&
		 !has(&powers->active_modules, action->type)))
		return false;
	return (!powers->verbs_given ||
			verb_permits(gauth_powers_find_verb(powers, action->verb),
						 action)) &&
		(!powers->platform.given ||
		 platform_permits(&powers->platform, action)) &&
		matrix_permits(powers, action);
}

/* the flags of the platform that a restriction leaves out forbid nothing */
static bool
restriction_permits(const GauthPowers *restriction, const Action *action,
					bool wildcards)
{
	GauthPowers powers = *restriction;
	GauthPlatform *platform = &powers.platform;
	GauthFlag  *flags[] = {
		&platform->auto_deploy, &platform->database_read,
		&platform->database_write, &platform->database_migrate,
		&platform->database_production, &platform->secrets_read,
		&platform->secrets_create
	};
	size_t		i;

	for (i = 0; i < LENGTH(flags); i++)
	{
		if (*flags[i] == GAUTH_FLAG_ABSENT)
			*flags[i] = GAUTH_FLAG_TRUE;
	}
	if (!platform->targets_given)
		platform->targets = 7;
	/* the list that is left out is the one above */
	if (!platform->shell_allowlist.given)
		platform->shell_mode = GAUTH_SHELL_ANY;
	else if (platform->shell_mode == GAUTH_SHELL_ABSENT)
		platform->shell_mode = GAUTH_SHELL_ALLOWLIST;
	return permits(&powers, action, wildcards);
}

typedef struct Tally
{
	unsigned	pairs;
	unsigned	narrower;
	unsigned	permitted;
	unsigned	widened;
	unsigned	unjustified;	/* an intersection called wider */
} Tally;

/* what has no problem permits no more */
static void
try_scopes(Tally *tally)
{
	GauthPowers wide = make_powers();
	GauthPowers narrow = wide;
	GauthProblems problems;
	unsigned	changes = 1 + roll(2);
	unsigned	i;

	while (changes-- > 0)
		change(&narrow, roll(GROUPS));
	gauth_problems_init(&problems, &arena);
	gauth_narrow_check(&wide, &narrow, &problems);
	tally->pairs++;
	if (problems.count > 0)
		return;
	tally->narrower++;
	for (i = 0; i < 200; i++)
	{
		Action		action = make_action();

		if (!permits(&narrow, &action,
					 narrow.profile != GAUTH_PROFILE_BEHOERDE))
			continue;
		tally->permitted++;
		tally->widened += !permits(&wide, &action,
								   wide.profile != GAUTH_PROFILE_BEHOERDE);
	}
}

/* an intersection permits no more than either side */
static void
try_restrictions(Tally *tally)
{
	GauthPowers wide = make_powers();
	GauthPowers restriction = make_restriction();
	GauthPowers left;
	GauthProblems problems;
	bool		wildcards = wide.profile != GAUTH_PROFILE_BEHOERDE;
	bool		narrower;
	unsigned	i;

	if (gauth_powers_intersect(&arena, &wide, &restriction,
							   &left) != GAUTH_OK)
	{
		tally->unjustified++;
		return;
	}
	gauth_problems_init(&problems, &arena);
	gauth_narrow_check(&wide, &left, &problems);
	if (problems.count > 0 && tally->unjustified++ == 0)
		print_problems(&problems);
	narrower = gauth_powers_narrower(&arena, &wide, &restriction);
	tally->pairs++;
	tally->narrower += narrower;
	for (i = 0; i < 100; i++)
	{
		Action		action = make_action();

		if (!permits(&left, &action, wildcards))
			continue;
		tally->permitted++;
		tally->widened += !permits(&wide, &action, wildcards) ||
			!restriction_permits(&restriction, &action, wildcards);
	}
}

static void
report(const char *what, const Tally *tally)
{
	printf("%s: %u pairs, %u narrower, %u permitted, %u widened\n", what,
		   tally->pairs, tally->narrower, tally->permitted, tally->widened);
	CHECK(tally->widened == 0);
	CHECK(tally->unjustified == 0);
	CHECK(tally->narrower > tally->pairs / 50);
	CHECK(tally->permitted > 1000);
}

int
main(void)
{
	Tally		scopes = {0};
	Tally		restrictions = {0};
	GauthArena	lasting;
	size_t		i;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	for (i = 0; i < LENGTH(constraints); i++)
		constraints[i] = parse(constraint_texts[i]);
	lasting = arena;
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	for (i = 0; i < 20000; i++)
	{
		try_scopes(&scopes);
		try_restrictions(&restrictions);
		gauth_arena_reset(&arena);
	}
	report("scopes", &scopes);
	report("restrictions", &restrictions);
	gauth_arena_reset(&lasting);
	return unit_finish("poa_narrow_random");
}
