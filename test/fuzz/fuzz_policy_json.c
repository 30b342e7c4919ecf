/*
 * fuzz_policy_json.c
 *		Policies in JSON.  What reads is written and reads again as the same
 *		trees; what is formatted parses as the same trees, where the human
 *		syntax can say it.
 */
#include "fuzz.h"
#include "policy/format.h"
#include "policy/parser.h"
#include "policy/policy_json.h"
#include "policy/policy_set.h"

static const GauthPolicyLimits limits = {
	.source_size = 1 << 20,.nodes = 20000,.nesting = 150,.height = 60,
	.set_size = 1000,.fuel = 100000,.entities = 1000,.ancestors = 100,
	.ancestor_total = 10000,.value_depth = 30
};

static void
check_human(const GauthPolicy *policy)
{
	GauthPolicyList again;
	GauthText	text;
	GauthError	err = {0};
	GauthStatus status;

	gauth_text_init(&text, &arena);
	gauth_policy_format(&text, policy);
	status = gauth_policy_parse(&arena, finished(&text), &limits, &again,
								&err);
	REQUIRE(status == GAUTH_OK || status == GAUTH_LIMIT_EXCEEDED);
	if (status == GAUTH_OK)
		REQUIRE(gauth_policy_is_equal(policy, policy->is_template ?
									  again.templates : again.policies));
}

static void
check_again(const GauthPolicyList *list)
{
	GauthPolicyList again;
	const GauthPolicy *a = list->policies;
	const GauthPolicy *b;
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
	if (status != GAUTH_OK)
		return;
	for (b = again.policies; a != NULL && b != NULL; a = a->next, b = b->next)
		REQUIRE(gauth_policy_is_equal(a, b) &&
				gauth_span_equal(a->id, b->id));
	REQUIRE(a == NULL && b == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthPolicyList list;
	const GauthPolicy *policy;
	const GauthPolicySet *set;
	GauthError	err = {0};

	if (gauth_policy_list_from_json(&arena, input, &limits, &list,
									&err) == GAUTH_OK)
	{
		for (policy = list.policies; policy != NULL; policy = policy->next)
			check_human(policy);
		for (policy = list.templates; policy != NULL; policy = policy->next)
			check_human(policy);
		check_again(&list);
		REQUIRE(gauth_policy_set_compile(&arena, &list, &limits, &set,
										 &err) == GAUTH_OK);
	}
	else
		REQUIRE(err.status != GAUTH_OK && err.offset <= size);
	return end_input(input);
}
