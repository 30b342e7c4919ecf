/*
 * powers.c
 *		Reading a "scope" (RFC 0116 section 4.3, with the members that RFC
 *		0117 section 9 and RFC 0118 section 4.1 add) and a "scope_restriction".
 */
#include <stdlib.h>

#include "base/number.h"
#include "poa/read.h"
#include "poa/words.h"

/* a number of cents, rounded up: who charges less than he may is safe */
static int64_t
read_cost(GauthReader *reader, const GauthField *field)
{
	double		cost;

	if (field->json == NULL)
		return GAUTH_ABSENT;
	if (field->json->type != GAUTH_JSON_NUMBER ||
		!gauth_number_read(field->json->text, &cost) || cost < 0 ||
		cost > (double) GAUTH_SAFE_INTEGER_MAX)
	{
		gauth_read_problem(reader, field, GAUTH_CODE_SCHEMA,
						   "must be a number of cents that is not negative");
		return GAUTH_ABSENT;
	}
	return (int64_t) cost + ((double) (int64_t) cost < cost);
}

/* the two spellings of one member, which must not contradict each other */
static GauthFlag
read_requires_approval(GauthReader *reader, const GauthField *policy)
{
	GauthField	camel = gauth_field_get(policy, "requiresApproval");
	GauthField	snake = gauth_field_get(policy, "requires_approval");
	GauthFlag	first = gauth_read_flag(reader, &camel, GAUTH_OPTIONAL);
	GauthFlag	second = gauth_read_flag(reader, &snake, GAUTH_OPTIONAL);

	if (first == GAUTH_FLAG_ABSENT)
		return second;
	if (second != GAUTH_FLAG_ABSENT && second != first)
		gauth_read_problem(reader, &snake, GAUTH_CODE_SCHEMA,
						   "contradicts requiresApproval");
	return first;
}

static void
read_constraints(GauthReader *reader, const GauthField *field,
				 GauthVerb *verb)
{
	GauthField	member;

	verb->max_delegation_depth = GAUTH_ABSENT;
	verb->max_file_size_bytes = GAUTH_ABSENT;
	if (!gauth_read_object(reader, field, GAUTH_OPTIONAL))
		return;
	member = gauth_field_get(field, "path_patterns");
	verb->path_patterns = gauth_read_names(reader, &member,
										   GAUTH_ITEM_PATTERN);
	member = gauth_field_get(field, "allowed_commands");
	verb->allowed_commands = gauth_read_names(reader, &member,
											  GAUTH_ITEM_TEXT);
	member = gauth_field_get(field, "denied_commands");
	verb->denied_commands = gauth_read_names(reader, &member,
											 GAUTH_ITEM_TEXT);
	member = gauth_field_get(field, "max_delegation_depth");
	verb->max_delegation_depth = gauth_read_integer(reader, &member,
													GAUTH_OPTIONAL, 0);
	member = gauth_field_get(field, "max_file_size_bytes");
	verb->max_file_size_bytes = gauth_read_integer(reader, &member,
												   GAUTH_OPTIONAL, 0);
}

/* one ToolPolicy; its name may be either spelling of a verb */
static void
read_verb_policy(GauthReader *reader, const GauthField *policy,
				 GauthVerb *verb)
{
	GauthJson	name = {.type = GAUTH_JSON_STRING,.text = policy->name};
	GauthField	named = *policy;
	GauthField	member;

	named.json = &name;
	verb->name = gauth_read_verb(reader, &named, GAUTH_REQUIRED);
	verb->requires_approval = GAUTH_FLAG_ABSENT;
	verb->cost_cents = GAUTH_ABSENT;
	if (!gauth_read_object(reader, policy, GAUTH_REQUIRED))
		return;

	member = gauth_field_get(policy, "allowed");
	verb->allowed = gauth_read_flag(reader, &member,
									GAUTH_REQUIRED) == GAUTH_FLAG_TRUE;
	member = gauth_field_get(policy, "cost_cents_base");
	verb->cost_cents = read_cost(reader, &member);
	verb->requires_approval = read_requires_approval(reader, policy);
	member = gauth_field_get(policy, "constraints");
	read_constraints(reader, &member, verb);
}

static int
compare_verbs(const void *a, const void *b)
{
	return gauth_span_compare(((const GauthVerb *) a)->name,
							  ((const GauthVerb *) b)->name);
}

/* room for "count" verbs, none of which restricts anything beyond its name */
static bool
make_verbs(GauthReader *reader, GauthPowers *powers, uint32_t count)
{
	uint32_t	i;

	powers->verbs = gauth_arena_array(reader->arena, count,
									  sizeof(GauthVerb));
	if (powers->verbs == NULL)
	{
		reader->problems->failed = true;
		return false;
	}
	for (i = 0; i < count; i++)
	{
		powers->verbs[i].requires_approval = GAUTH_FLAG_ABSENT;
		powers->verbs[i].cost_cents = GAUTH_ABSENT;
		powers->verbs[i].max_delegation_depth = GAUTH_ABSENT;
		powers->verbs[i].max_file_size_bytes = GAUTH_ABSENT;
	}
	powers->verb_count = count;
	powers->verbs_given = true;
	return true;
}

/* sorted; two spellings of one verb would be two answers to one question */
static void
sort_verbs(GauthReader *reader, const GauthField *field, GauthPowers *powers)
{
	uint32_t	i;

	qsort(powers->verbs, powers->verb_count, sizeof(GauthVerb),
		  compare_verbs);
	for (i = 1; i < powers->verb_count; i++)
	{
		if (powers->verbs[i].name.len > 0 &&
			compare_verbs(&powers->verbs[i], &powers->verbs[i - 1]) == 0)
			gauth_read_problem(reader, field, GAUTH_CODE_SCHEMA,
							   "names one verb twice");
	}
}

static void
read_verbs(GauthReader *reader, const GauthField *field,
		   GauthPresence presence, GauthPowers *powers)
{
	const GauthJson *member;
	uint32_t	count = 0;

	if (!gauth_read_object(reader, field, presence))
		return;
	if (field->json->count > GAUTH_VERBS_MAX)
	{
		gauth_read_problem(reader, field, GAUTH_CODE_SCHEMA,
						   "has too many members");
		return;
	}
	if (!make_verbs(reader, powers, field->json->count))
		return;
	for (member = field->json->first; member != NULL; member = member->next)
	{
		GauthField	policy = gauth_field_member(field, member);

		read_verb_policy(reader, &policy, &powers->verbs[count++]);
	}
	sort_verbs(reader, field, powers);
}

/* "allowedActions": these verbs and no others */
static void
read_allowed_actions(GauthReader *reader, const GauthField *field,
					 GauthPowers *powers)
{
	GauthNames	names = gauth_read_names(reader, field, GAUTH_ITEM_VERB);
	uint32_t	i;

	if (!names.given || !make_verbs(reader, powers, names.count))
		return;
	for (i = 0; i < names.count; i++)
	{
		powers->verbs[i].name = names.items[i];
		powers->verbs[i].allowed = true;
	}
	sort_verbs(reader, field, powers);
}

static void
read_targets(GauthReader *reader, const GauthField *field,
			 GauthPlatform *platform)
{
	const GauthJson *element;
	int64_t		index = 0;

	if (!gauth_read_array(reader, field, GAUTH_OPTIONAL))
		return;
	platform->targets_given = true;
	for (element = field->json->first; element != NULL;
		 element = element->next)
	{
		GauthField	item = gauth_field_element(field, element, index++);
		int			word = gauth_read_word(reader, &item, GAUTH_REQUIRED,
										   gauth_target_words);

		if (word >= 0)
			platform->targets |= 1u << word;
	}
}

static GauthFlag
member_flag(GauthReader *reader, const GauthField *object, const char *name)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_flag(reader, &field, GAUTH_OPTIONAL);
}

static GauthNames
member_names(GauthReader *reader, const GauthField *object, const char *name)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_names(reader, &field, GAUTH_ITEM_TEXT);
}

static void
read_shell(GauthReader *reader, const GauthField *shell,
		   GauthPlatform *platform)
{
	GauthField	field = gauth_field_get(shell, "mode");
	int			word = gauth_read_word(reader, &field, GAUTH_OPTIONAL,
									   gauth_shell_words);

	if (word >= 0)
		platform->shell_mode = (GauthShellMode) word;
	platform->shell_allowlist = member_names(reader, shell, "allowlist");
	platform->shell_denylist = member_names(reader, shell, "denylist");
}

/* the groups of platform_permissions, each an object with optional members */
static void
read_groups(GauthReader *reader, const GauthField *field,
			GauthPlatform *platform)
{
	GauthField	group = gauth_field_get(field, "deployment");
	GauthField	targets;

	if (gauth_read_object(reader, &group, GAUTH_OPTIONAL))
	{
		targets = gauth_field_get(&group, "targets");
		read_targets(reader, &targets, platform);
		platform->auto_deploy = member_flag(reader, &group, "auto_deploy");
	}
	group = gauth_field_get(field, "database");
	if (gauth_read_object(reader, &group, GAUTH_OPTIONAL))
	{
		platform->database_read = member_flag(reader, &group, "read");
		platform->database_write = member_flag(reader, &group, "write");
		platform->database_migrate = member_flag(reader, &group, "migrate");
		platform->database_production = member_flag(reader, &group,
													"production_access");
	}
	group = gauth_field_get(field, "shell");
	if (gauth_read_object(reader, &group, GAUTH_OPTIONAL))
		read_shell(reader, &group, platform);
	group = gauth_field_get(field, "packages");
	if (gauth_read_object(reader, &group, GAUTH_OPTIONAL))
		platform->packages_verified_only = member_flag(reader, &group,
													   "verified_only");
	group = gauth_field_get(field, "external_apis");
	if (gauth_read_object(reader, &group, GAUTH_OPTIONAL))
		platform->external_domains = member_names(reader, &group,
												  "allowed_domains");
	group = gauth_field_get(field, "secrets");
	if (gauth_read_object(reader, &group, GAUTH_OPTIONAL))
	{
		platform->secrets_read = member_flag(reader, &group, "read");
		platform->secrets_create = member_flag(reader, &group, "create");
	}
}

static void
read_platform(GauthReader *reader, const GauthField *field,
			  GauthPlatform *platform)
{
	platform->auto_deploy = GAUTH_FLAG_ABSENT;
	platform->database_read = GAUTH_FLAG_ABSENT;
	platform->database_write = GAUTH_FLAG_ABSENT;
	platform->database_migrate = GAUTH_FLAG_ABSENT;
	platform->database_production = GAUTH_FLAG_ABSENT;
	platform->shell_mode = GAUTH_SHELL_ABSENT;
	platform->packages_verified_only = GAUTH_FLAG_ABSENT;
	platform->secrets_read = GAUTH_FLAG_ABSENT;
	platform->secrets_create = GAUTH_FLAG_ABSENT;
	if (!gauth_read_object(reader, field, GAUTH_OPTIONAL))
		return;
	platform->given = true;
	read_groups(reader, field, platform);
}

static void
read_rule(GauthReader *reader, const GauthField *field,
		  GauthTransactionRule *rule)
{
	GauthField	member;

	if (!gauth_read_object(reader, field, GAUTH_REQUIRED))
		return;
	member = gauth_field_get(field, "verb");
	rule->verb = gauth_read_verb(reader, &member, GAUTH_OPTIONAL);
	member = gauth_field_get(field, "transaction_type");
	rule->type = gauth_read_text(reader, &member, GAUTH_REQUIRED);
	member = gauth_field_get(field, "allowed");
	rule->allowed = gauth_read_flag(reader, &member,
									GAUTH_REQUIRED) == GAUTH_FLAG_TRUE;
	member = gauth_field_get(field, "constraints");
	if (gauth_read_object(reader, &member, GAUTH_OPTIONAL))
		rule->constraints = member.json;
}

static bool
same_rule(const GauthTransactionRule *a, const GauthTransactionRule *b)
{
	return a->type.len > 0 && gauth_span_equal(a->type, b->type) &&
		gauth_span_equal(a->verb, b->verb);
}

static void
read_matrix(GauthReader *reader, const GauthField *field, GauthPowers *powers)
{
	const GauthJson *element;
	uint32_t	count = 0;
	uint32_t	i;

	if (!gauth_read_array(reader, field, GAUTH_OPTIONAL))
		return;
	powers->matrix_given = true;
	powers->matrix = gauth_arena_array(reader->arena, field->json->count,
									   sizeof(GauthTransactionRule));
	if (powers->matrix == NULL)
	{
		reader->problems->failed = true;
		return;
	}
	for (element = field->json->first; element != NULL;
		 element = element->next)
	{
		GauthField	item = gauth_field_element(field, element, count);

		read_rule(reader, &item, &powers->matrix[count]);
		for (i = 0; i < count; i++)
		{
			if (same_rule(&powers->matrix[i], &powers->matrix[count]))
				gauth_read_problem(reader, &item, GAUTH_CODE_SCHEMA,
								   "repeats the verb and type of another");
		}
		count++;
	}
	powers->matrix_count = count;
}

/*
 * A list of allowed paths, sectors or regions.  An empty one counts as none
 * in a scope; in a restriction it may have been meant the other way.
 */
static GauthNames
read_allowed(GauthReader *reader, const GauthField *field, GauthItemKind kind,
			 bool restriction)
{
	GauthNames	names = gauth_read_names(reader, field, kind);

	if (!names.given || field->json->count > 0)
		return names;
	if (restriction)
		gauth_read_problem(reader, field, GAUTH_CODE_SCHEMA,
						   "must not be empty: leave it out to restrict "
						   "nothing");
	else
		names.given = false;
	return names;
}

static void
read_lists(GauthReader *reader, const GauthField *scope, bool restriction,
		   GauthPowers *powers)
{
	const char *sectors = restriction ? "sectors" : "allowed_sectors";
	const char *regions = restriction ? "regions" : "allowed_regions";
	GauthField	field = gauth_field_get(scope, "active_modules");

	powers->active_modules = gauth_read_names(reader, &field,
											  GAUTH_ITEM_TEXT);
	field = gauth_field_get(scope, "allowed_paths");
	powers->allowed_paths = read_allowed(reader, &field, GAUTH_ITEM_PATTERN,
										 restriction);
	field = gauth_field_get(scope, "denied_paths");
	powers->denied_paths = gauth_read_names(reader, &field,
											GAUTH_ITEM_PATTERN);
	field = gauth_field_alias(scope, "allowed_sectors", sectors);
	powers->allowed_sectors = read_allowed(reader, &field, GAUTH_ITEM_TEXT,
										   restriction);
	field = gauth_field_alias(scope, "allowed_regions", regions);
	powers->allowed_regions = read_allowed(reader, &field, GAUTH_ITEM_TEXT,
										   restriction);
	powers->allowed_transactions = member_names(reader, scope,
												"allowed_transactions");
	powers->allowed_decisions = member_names(reader, scope,
											 "allowed_decisions");
}

static void
read_powers(GauthReader *reader, const GauthField *scope, bool restriction,
			GauthPowers *powers)
{
	GauthPresence presence = restriction ? GAUTH_OPTIONAL : GAUTH_REQUIRED;
	GauthField	field = gauth_field_get(scope, "governance_profile");
	int			word = gauth_read_word(reader, &field, presence,
									   gauth_profile_words);

	powers->profile_given = word >= 0;
	powers->profile = word >= 0 ? (GauthProfile) word : GAUTH_PROFILE_BEHOERDE;
	field = gauth_field_get(scope, "phase");
	word = gauth_read_word(reader, &field, presence, gauth_phase_words);
	powers->phase_given = word >= 0;
	powers->phase = word >= 0 ? (GauthPhase) word : GAUTH_PHASE_PLAN;

	read_lists(reader, scope, restriction, powers);
	field = gauth_field_get(scope, "transaction_matrix");
	read_matrix(reader, &field, powers);
	field = gauth_field_get(scope, "platform_permissions");
	read_platform(reader, &field, &powers->platform);

	field = gauth_field_get(scope, "core_verbs");
	read_verbs(reader, &field, presence, powers);
	field = gauth_field_get(scope, "allowedActions");
	if (restriction && !powers->verbs_given)
		read_allowed_actions(reader, &field, powers);
}

static GauthStatus
read_document(GauthArena *arena, const GauthField *field, bool restriction,
			  GauthPowers *powers, GauthProblems *problems)
{
	GauthReader reader = {arena, problems};
	GauthField	nothing = {field->parent, field->name, field->index, NULL};
	GauthProblems unheard;

	memset(powers, 0, sizeof(*powers));
	powers->json = field->json;
	if (gauth_read_object(&reader, field, GAUTH_REQUIRED))
	{
		read_powers(&reader, field, restriction, powers);
		return problems->failed ? GAUTH_OUT_OF_MEMORY : GAUTH_OK;
	}
	/* all members absent, without a word about each */
	gauth_problems_init(&unheard, arena);
	reader.problems = &unheard;
	read_powers(&reader, &nothing, true, powers);
	return problems->failed || unheard.failed ? GAUTH_OUT_OF_MEMORY : GAUTH_OK;
}

/*
 * gauth_powers_read_field, gauth_restriction_read_field
 *		gauth_powers_read and gauth_restriction_read, for a field of a larger
 *		document.
 */
GauthStatus
gauth_powers_read_field(GauthReader *reader, const GauthField *field,
						GauthPowers *powers)
{
	return read_document(reader->arena, field, false, powers,
						 reader->problems);
}

GauthStatus
gauth_restriction_read_field(GauthReader *reader, const GauthField *field,
							 GauthPowers *powers)
{
	return read_document(reader->arena, field, true, powers,
						 reader->problems);
}

/*
 * gauth_powers_read
 *		Read a "scope".
 */
GauthStatus
gauth_powers_read(GauthArena *arena, const GauthJson *json, GauthSpan path,
				  GauthPowers *powers, GauthProblems *problems)
{
	GauthField	field = gauth_field_root(path, json);

	return read_document(arena, &field, false, powers, problems);
}

/*
 * gauth_restriction_read
 *		Read a "scope_restriction".
 */
GauthStatus
gauth_restriction_read(GauthArena *arena, const GauthJson *json,
					   GauthSpan path, GauthPowers *powers,
					   GauthProblems *problems)
{
	GauthField	field = gauth_field_root(path, json);

	return read_document(arena, &field, true, powers, problems);
}

/*
 * gauth_powers_find_verb
 *		The policy of a verb, or NULL.
 */
const GauthVerb *
gauth_powers_find_verb(const GauthPowers *powers, GauthSpan name)
{
	GauthVerb	key = {.name = name};

	if (powers->verb_count == 0)
		return NULL;
	return bsearch(&key, powers->verbs, powers->verb_count, sizeof(GauthVerb),
				   compare_verbs);
}
