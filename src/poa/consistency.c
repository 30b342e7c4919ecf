/*
 * consistency.c
 *		The six rules of RFC 0118 section 10.4.
 */
#include "poa/consistency.h"

#include "base/text.h"
#include "poa/narrow.h"
#include "poa/read.h"

#define APPROVERS_MIN	2
#define TTL_MIN			60

typedef struct Checker
{
	GauthReader reader;
	const GauthCredential *credential;
} Checker;

static GauthField
document_field(const Checker *checker)
{
	return gauth_field_root(gauth_span(NULL, 0), checker->credential->json);
}

/* has the name been in the list before? */
static bool
is_repeated(const GauthNames *names, uint32_t index)
{
	uint32_t	i;

	for (i = 0; i < index; i++)
	{
		if (gauth_span_equal(names->items[i], names->items[index]))
			return true;
	}
	return false;
}

/* C-1: two approvers, different from each other and from the agent */
static void
check_approvers(Checker *checker)
{
	const GauthCredential *credential = checker->credential;
	const GauthNames *approvers = &credential->approval_chain;
	GauthField	document = document_field(checker);
	GauthField	parties = gauth_field_get(&document, "parties");
	GauthField	field = gauth_field_get(&parties, "approval_chain");
	uint32_t	count = 0;
	uint32_t	i;

	if (!credential->approval_given ||
		credential->approval != GAUTH_APPROVAL_FOUR_EYES)
		return;
	for (i = 0; i < approvers->count && count < APPROVERS_MIN; i++)
	{
		if (!is_repeated(approvers, i) && approvers->items[i].len > 0 &&
			!gauth_span_equal(approvers->items[i], credential->subject))
			count++;
	}
	if (count < APPROVERS_MIN)
		gauth_read_problem(&checker->reader, &field, GAUTH_CODE_FOUR_EYES,
						   "must name two approvers besides the agent");
}

/* C-2: nothing is both allowed and denied */
static void
check_paths(Checker *checker)
{
	const GauthNames *allowed = &checker->credential->powers.allowed_paths;
	const GauthNames *denied = &checker->credential->powers.denied_paths;
	GauthField	document = document_field(checker);
	GauthField	scope = gauth_field_get(&document, "scope");
	GauthField	field = gauth_field_get(&scope, "allowed_paths");
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < allowed->count; i++)
	{
		GauthField	item = gauth_field_element(&field, NULL, i);

		for (j = 0; j < denied->count; j++)
		{
			if (allowed->items[i].len == 0 ||
				!gauth_span_equal(allowed->items[i], denied->items[j]))
				continue;
			gauth_read_problem(&checker->reader, &item,
							   GAUTH_CODE_PATH_CONFLICT,
							   "is denied as well");
			break;
		}
	}
}

/* a number as the document has it, whether or not the schema allows it */
static bool
is_below(const GauthField *field, int64_t minimum)
{
	int64_t		number;

	return gauth_json_to_int64(field->json, &number) && number < minimum;
}

/* C-3 and C-4: the budget is not negative, the time not too short */
static void
check_limits(Checker *checker)
{
	GauthField	document = document_field(checker);
	GauthField	requirements = gauth_field_get(&document, "requirements");
	GauthField	budget = gauth_field_get(&requirements, "budget");
	GauthField	total = gauth_field_get(&budget, "total_cents");
	GauthField	ttl = gauth_field_get(&requirements, "ttl_seconds");

	if (is_below(&total, 0))
		gauth_read_problem(&checker->reader, &total, GAUTH_CODE_BUDGET,
						   "must not be negative");
	if (is_below(&ttl, TTL_MIN))
		gauth_read_problem(&checker->reader, &ttl, GAUTH_CODE_TTL,
						   "must be at least 60 seconds");
}

/* C-5: every module is known */
static void
check_modules(Checker *checker, const GauthNames *modules)
{
	const GauthNames *active = &checker->credential->powers.active_modules;
	GauthField	document = document_field(checker);
	GauthField	scope = gauth_field_get(&document, "scope");
	GauthField	field = gauth_field_get(&scope, "active_modules");
	uint32_t	i;
	uint32_t	j;

	for (i = 0; modules->given && i < active->count; i++)
	{
		GauthField	item = gauth_field_element(&field, NULL, i);

		for (j = 0; j < modules->count; j++)
		{
			if (gauth_span_equal(active->items[i], modules->items[j]))
				break;
		}
		if (j == modules->count)
			gauth_read_problem(&checker->reader, &item, GAUTH_CODE_MODULE,
							   "is not a module of the profile");
	}
}

/* the place of an entry's restriction */
static bool
restriction_place(Checker *checker, uint32_t index, GauthSpan *place)
{
	GauthText	text;

	gauth_text_init(&text, checker->reader.arena);
	gauth_text_append(&text, GAUTH_SPAN("delegation_chain["));
	gauth_text_append_int64(&text, index);
	gauth_text_append(&text, GAUTH_SPAN("].scope_restriction"));
	return gauth_text_finish(&text, place);
}

/* C-6: every entry of the chain is no wider than what is left above it */
static void
check_chain(Checker *checker)
{
	const GauthCredential *credential = checker->credential;
	GauthPowers left = credential->powers;
	uint32_t	i;

	for (i = 0; i < credential->delegation_count; i++)
	{
		const GauthPowers *restriction =
			&credential->delegations[i].restriction;
		GauthPowers above = left;
		GauthSpan	place;

		if (!restriction_place(checker, i, &place) ||
			gauth_powers_intersect(checker->reader.arena, &above, restriction,
								   &left) != GAUTH_OK)
		{
			checker->reader.problems->failed = true;
			return;
		}
		gauth_restriction_check(&above, restriction, place,
								checker->reader.problems);
	}
}

/*
 * gauth_consistency_check
 *		All six rules.
 */
void
gauth_consistency_check(const GauthCredential *credential,
						const GauthNames *modules, GauthProblems *problems)
{
	Checker		checker = {{problems->arena, problems}, credential};

	check_approvers(&checker);
	check_paths(&checker);
	check_limits(&checker);
	check_modules(&checker, modules);
	check_chain(&checker);
}
