/*
 * check_verb.c
 *		CHK-08 and CHK-09: the verb, and within which bounds.
 */
#include "decision/check.h"
#include "decision/command.h"
#include "poa/path.h"

/*
 * gauth_check_verb
 *		CHK-08: only what is listed and allowed.
 */
void
gauth_check_verb(GauthChecker *checker)
{
	const GauthVerb *verb = gauth_check_find_verb(checker);

	if (!checker->request->verb_good)
		(void) gauth_check_fail(checker, GAUTH_VERB_NOT_ALLOWED,
								"this is not the name of a verb");
	else if (!checker->powers->verbs_given)
		(void) gauth_check_fail(checker, GAUTH_VERB_NOT_ALLOWED,
								"the verbs of the mandate are not known");
	else if (verb == NULL || !verb->allowed)
		(void) gauth_check_fail(checker, GAUTH_VERB_NOT_ALLOWED,
								"the verb is not allowed");
}

static void
violate(GauthChecker *checker, const char *constraint, const char *message)
{
	GauthViolation *violation = gauth_check_fail(checker,
												 GAUTH_CONSTRAINT_VIOLATED,
												 message);

	gauth_check_detail(checker, violation, "constraint",
					   gauth_fact_word(constraint));
}

static void
check_patterns(GauthChecker *checker, const GauthVerb *verb)
{
	GauthSpan	resource = checker->request->resource;
	GauthSpan	path;
	GauthStatus status;

	if (!verb->path_patterns.given)
		return;
	status = gauth_path_canonical(checker->arena, resource, &path);
	if (status == GAUTH_OUT_OF_MEMORY)
		checker->failed = true;
	else if (status != GAUTH_OK ||
			 !gauth_paths_allow(&verb->path_patterns, path))
		violate(checker, "path_patterns",
				"the resource is none of those that the verb is for");
	else
		gauth_check_constrain(checker, "path_restricted",
							  gauth_fact_text(resource),
							  gauth_fact_names(&verb->path_patterns));
}

/* what is denied goes before what is allowed */
static void
check_commands(GauthChecker *checker, const GauthVerb *verb)
{
	GauthSpan	command = checker->request->command;

	if (gauth_command_denied(&verb->denied_commands, command))
		violate(checker, "denied_commands", "the command is denied");
	else if (!verb->allowed_commands.given)
		return;
	else if (!gauth_command_allowed(&verb->allowed_commands, command))
		violate(checker, "allowed_commands", "the command is not allowed");
	else
		gauth_check_constrain(checker, "command_restricted",
							  gauth_fact_text(command),
							  gauth_fact_names(&verb->allowed_commands));
}

/* how long the chain is to which the action would add a link */
static int64_t
find_depth(const GauthChecker *checker)
{
	int64_t		presented = checker->credential->delegation_count;
	int64_t		told = checker->request->delegation_depth;

	return told > presented ? told : presented;
}

static void
check_depth(GauthChecker *checker, const GauthVerb *verb)
{
	int64_t		depth;

	if (verb->max_delegation_depth == GAUTH_ABSENT ||
		checker->request->action.kind != GAUTH_ACTION_DELEGATE)
		return;
	depth = find_depth(checker);
	if (depth >= verb->max_delegation_depth)
		violate(checker, "max_delegation_depth",
				"no further delegation is allowed");
	else
		gauth_check_constrain(checker, "delegation_depth_limited",
							  gauth_fact_number(depth),
							  gauth_fact_number(verb->max_delegation_depth));
}

/* whoever does not say how large the content is gets the limit all the same */
static void
check_size(GauthChecker *checker, const GauthVerb *verb)
{
	int64_t		size = checker->request->file_size;

	if (verb->max_file_size_bytes == GAUTH_ABSENT)
		return;
	if (size > verb->max_file_size_bytes)
		violate(checker, "max_file_size_bytes", "the content is too large");
	else
		gauth_check_constrain(checker, "file_size_limited",
							  gauth_fact_number(size),
							  gauth_fact_number(verb->max_file_size_bytes));
}

static bool
has_constraints(const GauthVerb *verb)
{
	return verb->path_patterns.given || verb->allowed_commands.given ||
		verb->denied_commands.given ||
		verb->max_delegation_depth != GAUTH_ABSENT ||
		verb->max_file_size_bytes != GAUTH_ABSENT;
}

/*
 * gauth_check_constraint
 *		CHK-09.
 */
void
gauth_check_constraint(GauthChecker *checker)
{
	const GauthVerb *verb = gauth_check_find_verb(checker);

	if (verb == NULL || !has_constraints(verb))
	{
		gauth_check_skip(checker, "the verb has no constraints");
		return;
	}
	check_patterns(checker, verb);
	check_commands(checker, verb);
	check_depth(checker, verb);
	check_size(checker, verb);
}
