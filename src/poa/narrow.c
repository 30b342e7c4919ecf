/*
 * narrow.c
 *		Are powers no wider than others?
 */
#include "poa/narrow.h"

#include "poa/cover.h"
#include "poa/path.h"
#include "poa/read.h"

typedef struct Narrower
{
	GauthReader reader;
	bool		restriction;	/* what is left out stays as it is above */
} Narrower;

static void
widen(Narrower *narrower, const GauthField *field, const char *rule)
{
	gauth_read_problem(&narrower->reader, field, GAUTH_CODE_WIDENING, rule);
}

static void
widen_member(Narrower *narrower, const GauthField *object, const char *name,
			 const char *rule)
{
	GauthField	field = gauth_field_get(object, name);

	widen(narrower, &field, rule);
}

/* what is missing in a scope is without limit */
static void
miss(Narrower *narrower, const GauthField *object, const char *name)
{
	if (!narrower->restriction)
		widen_member(narrower, object, name,
					 "is missing: it is restricted above");
}

/* a list of what is allowed */
typedef struct AllowedPair
{
	const char *name;
	const GauthNames *wide;
	const GauthNames *narrow;
	GauthCovers covers;
} AllowedPair;

static void
check_allowed(Narrower *narrower, const GauthField *object,
			  const AllowedPair *pair)
{
	GauthField	field = gauth_field_get(object, pair->name);
	uint32_t	i;

	if (!pair->wide->given)
		return;
	if (!pair->narrow->given)
	{
		miss(narrower, object, pair->name);
		return;
	}
	for (i = 0; i < pair->narrow->count; i++)
	{
		GauthField	item = gauth_field_element(&field, NULL, i);

		if (!gauth_names_cover(pair->wide, pair->narrow->items[i],
							   pair->covers))
			widen(narrower, &item, "is not allowed above");
	}
}

/* a list of what is denied; a restriction adds to it, whatever it names */
static void
check_denied(Narrower *narrower, const GauthField *object,
			 const AllowedPair *pair)
{
	uint32_t	i;

	if (narrower->restriction)
		return;
	for (i = 0; i < pair->wide->count; i++)
	{
		if (gauth_names_cover(pair->narrow, pair->wide->items[i],
							  pair->covers))
			continue;
		widen_member(narrower, object, pair->name,
					 "lacks something that is denied above");
		return;
	}
}

/* a limit, in the name of the most that is allowed */
static void
check_limit(Narrower *narrower, const GauthField *object, const char *name,
			int64_t wide, int64_t narrow)
{
	if (wide == GAUTH_ABSENT)
		return;
	if (narrow == GAUTH_ABSENT)
		miss(narrower, object, name);
	else if (narrow > wide)
		widen_member(narrower, object, name, "is higher than above");
}

/* a flag that restricts when it is true */
static void
check_duty(Narrower *narrower, const GauthField *object, const char *name,
		   GauthFlag wide, GauthFlag narrow)
{
	if (wide != GAUTH_FLAG_TRUE || narrow == GAUTH_FLAG_TRUE)
		return;
	if (narrow == GAUTH_FLAG_ABSENT)
		miss(narrower, object, name);
	else
		widen_member(narrower, object, name, "is demanded above");
}

/* a flag that permits when it is true */
static void
check_permission(Narrower *narrower, const GauthField *object,
				 const char *name, GauthFlag wide, GauthFlag narrow)
{
	if (narrow == GAUTH_FLAG_TRUE && wide != GAUTH_FLAG_TRUE)
		widen_member(narrower, object, name, "is not permitted above");
}

static void
check_lists(Narrower *narrower, const GauthField *scope,
			const GauthPowers *wide, const GauthPowers *narrow)
{
	const AllowedPair allowed[] = {
		{"active_modules", &wide->active_modules, &narrow->active_modules,
		gauth_span_equal},
		{"allowed_paths", &wide->allowed_paths, &narrow->allowed_paths,
		gauth_pattern_covers},
		{"allowed_sectors", &wide->allowed_sectors, &narrow->allowed_sectors,
		gauth_sector_covers(wide->profile)},
		{"allowed_regions", &wide->allowed_regions, &narrow->allowed_regions,
		gauth_region_covers(wide->profile)},
		{"allowed_transactions", &wide->allowed_transactions,
		&narrow->allowed_transactions, gauth_span_equal},
		{"allowed_decisions", &wide->allowed_decisions,
		&narrow->allowed_decisions, gauth_span_equal},
	};
	const AllowedPair denied = {
		"denied_paths", &wide->denied_paths, &narrow->denied_paths,
		gauth_pattern_covers
	};
	size_t		i;

	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		check_allowed(narrower, scope, &allowed[i]);
	check_denied(narrower, scope, &denied);
}

static void
check_constraints(Narrower *narrower, const GauthField *policy,
				  const GauthVerb *wide, const GauthVerb *narrow)
{
	GauthField	field = gauth_field_get(policy, "constraints");
	const AllowedPair patterns = {
		"path_patterns", &wide->path_patterns, &narrow->path_patterns,
		gauth_pattern_covers
	};
	const AllowedPair commands = {
		"allowed_commands", &wide->allowed_commands,
		&narrow->allowed_commands, gauth_command_covers
	};
	const AllowedPair denied = {
		"denied_commands", &wide->denied_commands, &narrow->denied_commands,
		gauth_span_equal
	};

	check_allowed(narrower, &field, &patterns);
	check_allowed(narrower, &field, &commands);
	check_denied(narrower, &field, &denied);
	check_limit(narrower, &field, "max_delegation_depth",
				wide->max_delegation_depth, narrow->max_delegation_depth);
	check_limit(narrower, &field, "max_file_size_bytes",
				wide->max_file_size_bytes, narrow->max_file_size_bytes);
}

/* a cheaper action would leave more of the budget for others */
static void
check_cost(Narrower *narrower, const GauthField *policy,
		   const GauthVerb *wide, const GauthVerb *narrow)
{
	if (narrow->cost_cents >= wide->cost_cents)
		return;
	if (narrow->cost_cents == GAUTH_ABSENT)
		miss(narrower, policy, "cost_cents_base");
	else
		widen_member(narrower, policy, "cost_cents_base",
					 "is lower than above");
}

static void
check_verbs(Narrower *narrower, const GauthField *scope,
			const GauthPowers *wide, const GauthPowers *narrow)
{
	GauthField	verbs = gauth_field_get(scope, "core_verbs");
	uint32_t	i;

	for (i = 0; i < narrow->verb_count; i++)
	{
		const GauthVerb *verb = &narrow->verbs[i];
		const GauthVerb *above = gauth_powers_find_verb(wide, verb->name);
		GauthJson	named = {.name = verb->name};
		GauthField	policy = gauth_field_member(&verbs, &named);

		if (!verb->allowed)
			continue;
		if (above == NULL || !above->allowed)
		{
			widen(narrower, &policy, "is not allowed above");
			continue;
		}
		check_constraints(narrower, &policy, above, verb);
		check_cost(narrower, &policy, above, verb);
		check_duty(narrower, &policy, "requires_approval",
				   above->requires_approval, verb->requires_approval);
	}
}

static void
check_shell(Narrower *narrower, const GauthField *platform,
			const GauthPlatform *wide, const GauthPlatform *narrow)
{
	GauthField	shell = gauth_field_get(platform, "shell");
	GauthNames	nothing = {true, 0, NULL};
	const AllowedPair allowed = {
		"allowlist",
		wide->shell_allowlist.given ? &wide->shell_allowlist : &nothing,
		narrow->shell_allowlist.given ? &narrow->shell_allowlist : &nothing,
		gauth_command_covers
	};
	const AllowedPair denied = {
		"denylist", &wide->shell_denylist, &narrow->shell_denylist,
		gauth_span_equal
	};

	if (narrow->shell_mode == GAUTH_SHELL_ABSENT &&
		!(narrower->restriction && narrow->shell_allowlist.given))
		return;
	if (wide->shell_mode == GAUTH_SHELL_ABSENT)
		widen_member(narrower, &shell, "mode", "is not permitted above");
	else if (narrow->shell_mode < wide->shell_mode)
		widen_member(narrower, &shell, "mode", "is less strict than above");
	else if (wide->shell_mode == GAUTH_SHELL_ALLOWLIST)
		check_allowed(narrower, &shell, &allowed);
	check_denied(narrower, &shell, &denied);
}

static void
check_deployment(Narrower *narrower, const GauthField *platform,
				 const GauthPlatform *wide, const GauthPlatform *narrow)
{
	GauthField	deployment = gauth_field_get(platform, "deployment");
	GauthField	database = gauth_field_get(platform, "database");

	if ((narrow->targets & ~wide->targets) != 0)
		widen_member(narrower, &deployment, "targets",
					 "has a target that is not permitted above");
	check_permission(narrower, &deployment, "auto_deploy", wide->auto_deploy,
					 narrow->auto_deploy);
	check_permission(narrower, &database, "read", wide->database_read,
					 narrow->database_read);
	check_permission(narrower, &database, "write", wide->database_write,
					 narrow->database_write);
	check_permission(narrower, &database, "migrate", wide->database_migrate,
					 narrow->database_migrate);
	check_permission(narrower, &database, "production_access",
					 wide->database_production, narrow->database_production);
}

static void
check_platform(Narrower *narrower, const GauthField *scope,
			   const GauthPlatform *wide, const GauthPlatform *narrow)
{
	GauthField	platform = gauth_field_get(scope, "platform_permissions");
	GauthField	packages = gauth_field_get(&platform, "packages");
	GauthField	apis = gauth_field_get(&platform, "external_apis");
	GauthField	secrets = gauth_field_get(&platform, "secrets");
	const AllowedPair domains = {
		"allowed_domains", &wide->external_domains, &narrow->external_domains,
		gauth_domain_covers
	};

	check_deployment(narrower, &platform, wide, narrow);
	check_shell(narrower, &platform, wide, narrow);
	check_duty(narrower, &packages, "verified_only",
			   wide->packages_verified_only, narrow->packages_verified_only);
	check_allowed(narrower, &apis, &domains);
	check_permission(narrower, &secrets, "read", wide->secrets_read,
					 narrow->secrets_read);
	check_permission(narrower, &secrets, "create", wide->secrets_create,
					 narrow->secrets_create);
}

/* what "narrow" says about a verb, or about every verb, against "wide" */
static bool
is_rule_covered(const GauthPowers *wide, GauthSpan verb,
				const GauthTransactionRule *narrow)
{
	const GauthTransactionRule *above = gauth_matrix_find(wide, verb,
														  narrow->type);

	return !narrow->allowed ||
		(above != NULL && above->allowed &&
		 gauth_constraints_cover(above->constraints, narrow->constraints));
}

/* a rule for every verb is one for those too that have their own above */
static bool
is_general_covered(const GauthPowers *wide, const GauthPowers *narrow,
				   const GauthTransactionRule *rule)
{
	uint32_t	i;

	for (i = 0; i < wide->matrix_count; i++)
	{
		const GauthTransactionRule *above = &wide->matrix[i];

		if (gauth_span_equal(above->type, rule->type) &&
			gauth_matrix_find(narrow, above->verb, rule->type) == rule &&
			!is_rule_covered(wide, above->verb, rule))
			return false;
	}
	return is_rule_covered(wide, gauth_span(NULL, 0), rule);
}

static void
check_matrix(Narrower *narrower, const GauthField *scope,
			 const GauthPowers *wide, const GauthPowers *narrow)
{
	GauthField	matrix = gauth_field_get(scope, "transaction_matrix");
	uint32_t	i;

	if (!wide->matrix_given)
		return;
	if (!narrow->matrix_given)
	{
		miss(narrower, scope, "transaction_matrix");
		return;
	}
	for (i = 0; i < narrow->matrix_count; i++)
	{
		const GauthTransactionRule *rule = &narrow->matrix[i];
		GauthField	item = gauth_field_element(&matrix, NULL, i);
		bool		good = rule->verb.len > 0 ?
			is_rule_covered(wide, rule->verb, rule) :
			is_general_covered(wide, narrow, rule);

		if (!good)
			widen(narrower, &item, "is not allowed above");
	}
}

static void
check(Narrower *narrower, const GauthField *scope, const GauthPowers *wide,
	  const GauthPowers *narrow)
{
	if (narrow->profile_given && narrow->profile < wide->profile)
		widen_member(narrower, scope, "governance_profile",
					 "is less strict than above");
	if (narrow->phase_given && narrow->phase > wide->phase)
		widen_member(narrower, scope, "phase", "is a later one than above");
	check_lists(narrower, scope, wide, narrow);
	check_verbs(narrower, scope, wide, narrow);
	check_platform(narrower, scope, &wide->platform, &narrow->platform);
	check_matrix(narrower, scope, wide, narrow);
}

/*
 * gauth_narrow_check
 *		A scope against the one above it.
 */
void
gauth_narrow_check(const GauthPowers *wide, const GauthPowers *narrow,
				   GauthProblems *problems)
{
	Narrower	narrower = {{problems->arena, problems}, false};
	GauthField	scope = gauth_field_root(GAUTH_SPAN("scope"), NULL);

	check(&narrower, &scope, wide, narrow);
}

/*
 * gauth_restriction_check
 *		A restriction against the scope that it restricts.
 */
void
gauth_restriction_check(const GauthPowers *wide,
						const GauthPowers *restriction, GauthSpan place,
						GauthProblems *problems)
{
	Narrower	narrower = {{problems->arena, problems}, true};
	GauthField	scope = gauth_field_root(place, NULL);

	check(&narrower, &scope, wide, restriction);
}

/*
 * gauth_powers_narrower
 *		Is a restriction no wider?
 */
bool
gauth_powers_narrower(GauthArena *arena, const GauthPowers *wide,
					  const GauthPowers *restriction)
{
	GauthProblems problems;

	gauth_problems_init(&problems, arena);
	gauth_restriction_check(wide, restriction, gauth_span(NULL, 0),
							&problems);
	return gauth_problems_good(&problems);
}
