/*
 * fuzz_policy_parse.c
 *		Policies in the human syntax.  What parses is formatted and has to
 *		read back as the same tree; formatting again changes nothing; what
 *		went through JSON has as many policies, and all of it compiles.
 */
#include "fuzz.h"
#include "policy/format.h"
#include "policy/parser.h"
#include "policy/policy_json.h"
#include "policy/policy_set.h"

static const GauthPolicyLimits limits = {
	.source_size = 1 << 20,.nodes = 20000,.nesting = 50,.height = 100,
	.set_size = 1000,.fuel = 100000,.entities = 1000,.ancestors = 100,
	.ancestor_total = 10000,.value_depth = 30
};

static void
check_list(const GauthPolicyList *list, const GauthPolicyList *again)
{
	const GauthPolicy *a = list->policies;
	const GauthPolicy *b = again->policies;

	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		REQUIRE(gauth_policy_is_equal(a, b));
	REQUIRE(a == NULL && b == NULL);
	a = list->templates;
	b = again->templates;
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		REQUIRE(gauth_policy_is_equal(a, b));
	REQUIRE(a == NULL && b == NULL);
}

static void
check_format(GauthSpan source, const GauthPolicyList *list)
{
	GauthPolicyList again;
	GauthSpan	once;
	GauthSpan	twice;
	GauthText	text;
	GauthError	err = {0};
	const GauthPolicy *policy;

	REQUIRE(gauth_policy_format_source(&arena, source, &limits, &once,
									   &err) == GAUTH_OK);
	REQUIRE(gauth_policy_parse(&arena, once, &limits, &again,
							   &err) == GAUTH_OK ||
			err.status == GAUTH_LIMIT_EXCEEDED);
	if (err.status == GAUTH_LIMIT_EXCEEDED)
		return;
	check_list(list, &again);
	REQUIRE(gauth_policy_format_source(&arena, once, &limits, &twice,
									   &err) == GAUTH_OK);
	REQUIRE(gauth_span_equal(once, twice));

	/* each alone, without the way round comments */
	for (policy = list->policies; policy != NULL; policy = policy->next)
	{
		gauth_text_init(&text, &arena);
		gauth_policy_format(&text, policy);
		if (gauth_policy_parse(&arena, finished(&text), &limits, &again,
							   &err) == GAUTH_OK)
			REQUIRE(gauth_policy_is_equal(policy, again.policies));
		else
			REQUIRE(err.status == GAUTH_LIMIT_EXCEEDED);
	}
}

static void
check_json(const GauthPolicyList *list)
{
	GauthPolicyList again;
	GauthText	text;
	GauthError	err = {0};
	GauthStatus status;

	gauth_text_init(&text, &arena);
	status = gauth_policy_list_to_json(&text, list, &limits, &err);
	REQUIRE(status == GAUTH_OK || status == GAUTH_LIMIT_EXCEEDED);
	if (status != GAUTH_OK)
		return;
	status = gauth_policy_list_from_json(&arena, finished(&text), &limits,
										 &again, &err);
	REQUIRE(status == GAUTH_OK || status == GAUTH_LIMIT_EXCEEDED);
	REQUIRE(status != GAUTH_OK ||
			(again.policy_count == list->policy_count &&
			 again.template_count == list->template_count));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthPolicyList list;
	const GauthPolicySet *set;
	GauthError	err = {0};

	if (gauth_policy_parse(&arena, input, &limits, &list, &err) == GAUTH_OK)
	{
		check_format(input, &list);
		check_json(&list);
		REQUIRE(gauth_policy_set_compile(&arena, &list, &limits, &set,
										 &err) == GAUTH_OK);
		REQUIRE(gauth_policy_set_check(set, gauth_policy_set_size(set)));
		REQUIRE(gauth_policy_set_count(set) == list.policy_count);
	}
	else
		REQUIRE(err.status != GAUTH_OK && err.offset <= size);
	return end_input(input);
}
