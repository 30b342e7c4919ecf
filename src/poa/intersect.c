/*
 * intersect.c
 *		What is left of powers under a restriction.
 *
 * Two lists of patterns have no list of patterns for what both match.  What
 * is kept are the entries of either that lie wholly in the other: all of them
 * where the restriction is no wider, and less than possible, never more,
 * where it is.
 */
#include "poa/cover.h"
#include "poa/narrow.h"
#include "poa/path.h"

typedef struct Intersection
{
	GauthArena *arena;
	bool		failed;			/* no more memory */
} Intersection;

static bool
has_name(const GauthNames *names, GauthSpan name)
{
	return gauth_names_cover(names, name, gauth_span_equal);
}

/* room for the entries of both lists */
static GauthNames
make_names(Intersection *state, const GauthNames *a, const GauthNames *b)
{
	GauthNames	names = {true, 0, NULL};

	names.items = gauth_arena_array(state->arena,
									(size_t) a->count + b->count,
									sizeof(GauthSpan));
	if (names.items == NULL)
		state->failed = true;
	return names;
}

/* those of "from" that lie in "other" and are not there yet */
static void
add_covered(GauthNames *names, const GauthNames *from,
			const GauthNames *other, GauthCovers covers)
{
	uint32_t	i;

	for (i = 0; names->items != NULL && i < from->count; i++)
	{
		if (gauth_names_cover(other, from->items[i], covers) &&
			!has_name(names, from->items[i]))
			names->items[names->count++] = from->items[i];
	}
}

/* what both allow; an absent list allows all */
static GauthNames
both_allow(Intersection *state, const GauthNames *wide,
		   const GauthNames *narrow, GauthCovers covers)
{
	GauthNames	names;

	if (!narrow->given)
		return *wide;
	if (!wide->given)
		return *narrow;
	names = make_names(state, wide, narrow);
	add_covered(&names, narrow, wide, covers);
	add_covered(&names, wide, narrow, covers);
	return names;
}

/* what either denies */
static GauthNames
either_denies(Intersection *state, const GauthNames *wide,
			  const GauthNames *narrow)
{
	GauthNames	names;

	if (!narrow->given)
		return *wide;
	if (!wide->given)
		return *narrow;
	names = make_names(state, wide, narrow);
	add_covered(&names, wide, wide, gauth_span_equal);
	add_covered(&names, narrow, narrow, gauth_span_equal);
	return names;
}

/* the lower of two limits, where an absent one is none */
static int64_t
lower_limit(int64_t a, int64_t b)
{
	if (a == GAUTH_ABSENT)
		return b;
	return b == GAUTH_ABSENT || a < b ? a : b;
}

/* a flag that restricts when it is true */
static GauthFlag
either_demands(GauthFlag wide, GauthFlag narrow)
{
	if (wide == GAUTH_FLAG_TRUE || narrow == GAUTH_FLAG_ABSENT)
		return wide;
	return narrow;
}

/* a flag that permits when it is true */
static GauthFlag
both_permit(GauthFlag wide, GauthFlag narrow)
{
	if (narrow == GAUTH_FLAG_ABSENT || wide != GAUTH_FLAG_TRUE)
		return wide;
	return narrow;
}

static GauthVerb
intersect_verb(Intersection *state, const GauthVerb *wide,
			   const GauthVerb *narrow)
{
	GauthVerb	verb = *wide;

	verb.allowed = wide->allowed && narrow->allowed;
	verb.requires_approval = either_demands(wide->requires_approval,
											narrow->requires_approval);
	if (narrow->cost_cents > wide->cost_cents)
		verb.cost_cents = narrow->cost_cents;
	verb.path_patterns = both_allow(state, &wide->path_patterns,
									&narrow->path_patterns,
									gauth_pattern_covers);
	verb.allowed_commands = both_allow(state, &wide->allowed_commands,
									   &narrow->allowed_commands,
									   gauth_command_covers);
	verb.denied_commands = either_denies(state, &wide->denied_commands,
										 &narrow->denied_commands);
	verb.max_delegation_depth = lower_limit(wide->max_delegation_depth,
											narrow->max_delegation_depth);
	verb.max_file_size_bytes = lower_limit(wide->max_file_size_bytes,
										   narrow->max_file_size_bytes);
	return verb;
}

/* the verbs of both, in the order of "wide", which is that of their names */
static void
intersect_verbs(Intersection *state, const GauthPowers *wide,
				const GauthPowers *narrow, GauthPowers *result)
{
	uint32_t	i;

	if (!narrow->verbs_given)
		return;
	result->verb_count = 0;
	result->verbs = gauth_arena_array(state->arena, wide->verb_count,
									  sizeof(GauthVerb));
	if (result->verbs == NULL)
	{
		state->failed = true;
		return;
	}
	for (i = 0; i < wide->verb_count; i++)
	{
		const GauthVerb *verb = gauth_powers_find_verb(narrow,
													   wide->verbs[i].name);

		if (verb != NULL)
			result->verbs[result->verb_count++] =
				intersect_verb(state, &wide->verbs[i], verb);
	}
}

static void
intersect_shell(Intersection *state, const GauthPlatform *wide,
				const GauthPlatform *narrow, GauthPlatform *result)
{
	GauthNames	empty = {true, 0, NULL};
	const GauthNames *list = wide->shell_allowlist.given ?
		&wide->shell_allowlist : &empty;
	GauthShellMode mode = narrow->shell_mode;

	/* a list without a mode is there to be used */
	if (mode == GAUTH_SHELL_ABSENT && narrow->shell_allowlist.given)
		mode = GAUTH_SHELL_ALLOWLIST;

	result->shell_denylist = either_denies(state, &wide->shell_denylist,
										   &narrow->shell_denylist);
	if (wide->shell_mode == GAUTH_SHELL_ABSENT)
		return;
	if (mode != GAUTH_SHELL_ABSENT && mode > wide->shell_mode)
		result->shell_mode = mode;
	if (wide->shell_mode == GAUTH_SHELL_ALLOWLIST)
		result->shell_allowlist = both_allow(state, list,
											 &narrow->shell_allowlist,
											 gauth_command_covers);
	else if (mode == GAUTH_SHELL_ALLOWLIST)
		result->shell_allowlist = narrow->shell_allowlist;
}

static void
intersect_platform(Intersection *state, const GauthPlatform *wide,
				   const GauthPlatform *narrow, GauthPlatform *result)
{
	if (!narrow->given)
		return;
	if (narrow->targets_given)
		result->targets = wide->targets & narrow->targets;
	result->auto_deploy = both_permit(wide->auto_deploy, narrow->auto_deploy);
	result->database_read = both_permit(wide->database_read,
										narrow->database_read);
	result->database_write = both_permit(wide->database_write,
										 narrow->database_write);
	result->database_migrate = both_permit(wide->database_migrate,
										   narrow->database_migrate);
	result->database_production = both_permit(wide->database_production,
											  narrow->database_production);
	intersect_shell(state, wide, narrow, result);
	result->packages_verified_only =
		either_demands(wide->packages_verified_only,
					   narrow->packages_verified_only);
	result->external_domains = both_allow(state, &wide->external_domains,
										  &narrow->external_domains,
										  gauth_domain_covers);
	result->secrets_read = both_permit(wide->secrets_read,
									   narrow->secrets_read);
	result->secrets_create = both_permit(wide->secrets_create,
										 narrow->secrets_create);
	result->given = wide->given || narrow->given;
}

/*
 * What both matrices say about one verb, or about every verb: allowed if both
 * allow it and one of the two constrains at least as much as the other.
 */
static void
add_rule(const GauthPowers *wide, const GauthPowers *narrow,
		 const GauthTransactionRule *key, GauthPowers *result)
{
	const GauthTransactionRule *above = gauth_matrix_find(wide, key->verb,
														  key->type);
	const GauthTransactionRule *below = gauth_matrix_find(narrow, key->verb,
														  key->type);
	GauthTransactionRule *rule = &result->matrix[result->matrix_count];
	uint32_t	i;

	for (i = 0; i < result->matrix_count; i++)
	{
		if (gauth_span_equal(result->matrix[i].verb, key->verb) &&
			gauth_span_equal(result->matrix[i].type, key->type))
			return;
	}
	rule->verb = key->verb;
	rule->type = key->type;
	rule->allowed = above != NULL && above->allowed && below != NULL &&
		below->allowed;
	if (rule->allowed &&
		gauth_constraints_cover(above->constraints, below->constraints))
		rule->constraints = below->constraints;
	else if (rule->allowed &&
			 gauth_constraints_cover(below->constraints, above->constraints))
		rule->constraints = above->constraints;
	else
		rule->allowed = false;
	result->matrix_count++;
}

static void
intersect_matrix(Intersection *state, const GauthPowers *wide,
				 const GauthPowers *narrow, GauthPowers *result)
{
	uint32_t	i;

	if (!narrow->matrix_given)
		return;
	if (!wide->matrix_given)
	{
		result->matrix_given = true;
		result->matrix = narrow->matrix;
		result->matrix_count = narrow->matrix_count;
		return;
	}
	result->matrix_count = 0;
	result->matrix = gauth_arena_array(state->arena,
									   (size_t) wide->matrix_count +
									   narrow->matrix_count,
									   sizeof(GauthTransactionRule));
	if (result->matrix == NULL)
	{
		state->failed = true;
		return;
	}
	for (i = 0; i < wide->matrix_count; i++)
		add_rule(wide, narrow, &wide->matrix[i], result);
	for (i = 0; i < narrow->matrix_count; i++)
		add_rule(wide, narrow, &narrow->matrix[i], result);
}

static void
intersect_lists(Intersection *state, const GauthPowers *wide,
				const GauthPowers *narrow, GauthPowers *result)
{
	result->active_modules = both_allow(state, &wide->active_modules,
										&narrow->active_modules,
										gauth_span_equal);
	result->allowed_paths = both_allow(state, &wide->allowed_paths,
									   &narrow->allowed_paths,
									   gauth_pattern_covers);
	result->denied_paths = either_denies(state, &wide->denied_paths,
										 &narrow->denied_paths);
	result->allowed_sectors = both_allow(state, &wide->allowed_sectors,
										 &narrow->allowed_sectors,
										 gauth_sector_covers(wide->profile));
	result->allowed_regions = both_allow(state, &wide->allowed_regions,
										 &narrow->allowed_regions,
										 gauth_region_covers(wide->profile));
	result->allowed_transactions = both_allow(state,
											  &wide->allowed_transactions,
											  &narrow->allowed_transactions,
											  gauth_span_equal);
	result->allowed_decisions = both_allow(state, &wide->allowed_decisions,
										   &narrow->allowed_decisions,
										   gauth_span_equal);
}

/*
 * gauth_powers_intersect
 *		What "wide" and its restriction both allow.
 */
GauthStatus
gauth_powers_intersect(GauthArena *arena, const GauthPowers *wide,
					   const GauthPowers *restriction, GauthPowers *result)
{
	Intersection state = {arena, false};

	*result = *wide;
	result->json = NULL;
	if (restriction->profile_given && restriction->profile > wide->profile)
		result->profile = restriction->profile;
	if (restriction->phase_given && restriction->phase < wide->phase)
		result->phase = restriction->phase;
	intersect_lists(&state, wide, restriction, result);
	intersect_verbs(&state, wide, restriction, result);
	intersect_platform(&state, &wide->platform, &restriction->platform,
					   &result->platform);
	intersect_matrix(&state, wide, restriction, result);
	return state.failed ? GAUTH_OUT_OF_MEMORY : GAUTH_OK;
}
