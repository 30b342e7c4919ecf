/*
 * fuzz_policy_eval.c
 *		Policies, entities and a request, separated by lines "---".  Through
 *		the index and without it, in both modes, the answer is the same, and
 *		"strict" never permits what "cedar" does not.
 */
#include "fuzz.h"
#include "policy/authorize.h"
#include "policy/entity_json.h"
#include "policy/parser.h"

static const GauthPolicyLimits limits = {
	.source_size = 1 << 20,.nodes = 20000,.nesting = 50,.height = 100,
	.set_size = 1000,.fuel = 20000,.entities = 200,.ancestors = 100,
	.ancestor_total = 5000,.value_depth = 30
};

/* the part before the next line "---", which is taken away */
static GauthSpan
next_part(GauthSpan *rest)
{
	GauthSpan	part = gauth_span_slice(*rest, 0, 0);

	while (rest->len > 0)
	{
		GauthSpan	line = next_line(rest);

		if (gauth_span_is(line, "---"))
			return part;
		part.len = (size_t) (line.data + line.len - part.data);
	}
	return part;
}

static bool
load(GauthSpan input, GauthEntityReader *reader, GauthDecisionInput *decision,
	 GauthEntityLoader *loader, GauthRequest *request)
{
	GauthPolicyList list;
	GauthEntityStore *store;
	GauthSpan	policies = next_part(&input);
	GauthSpan	entities = next_part(&input);
	GauthJson  *json;

	if (gauth_policy_parse(&arena, policies, &limits, &list,
						   reader->err) != GAUTH_OK ||
		gauth_policy_set_compile(&arena, &list, &limits, &decision->set,
								 reader->err) != GAUTH_OK ||
		gauth_entity_store_create(&arena, &limits, &store,
								  reader->err) != GAUTH_OK ||
		(entities.len > 0 &&
		 gauth_entities_from_json(reader, entities, store) != GAUTH_OK) ||
		gauth_entity_store_close(store, reader->err) != GAUTH_OK ||
		gauth_json_parse(&arena, input, &gauth_json_document_limits, &json,
						 reader->err) != GAUTH_OK ||
		gauth_request_from_json(reader, json, request) != GAUTH_OK)
		return false;
	*loader = gauth_entity_store_loader(store);
	return true;
}

static void
check_same(const GauthDecision *a, const GauthDecision *b)
{
	uint32_t	i;

	REQUIRE(a->permit == b->permit);
	REQUIRE(a->determining_count == b->determining_count);
	REQUIRE(a->failure_count == b->failure_count);
	for (i = 0; i < a->determining_count; i++)
		REQUIRE(a->determining[i] == b->determining[i]);
	for (i = 0; i < a->failure_count; i++)
		REQUIRE(a->failures[i].policy == b->failures[i].policy);
}

static bool
decide(GauthDecisionInput *input, GauthPolicyMode mode,
	   const GauthRequest *request, GauthDecision *decision)
{
	GauthDecision linear;
	GauthError	err = {0};
	GauthStatus status;
	GauthStatus linear_status;

	input->mode = mode;
	input->linear = false;
	status = gauth_policy_decide(&arena, input, request, decision, &err);
	input->linear = true;
	linear_status = gauth_policy_decide(&arena, input, request, &linear, &err);
	REQUIRE(status == GAUTH_OK || status == GAUTH_LIMIT_EXCEEDED);
	REQUIRE(status == GAUTH_OK || !decision->permit);
	if (status != GAUTH_OK || linear_status != GAUTH_OK)
		return false;
	check_same(decision, &linear);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthError	err = {0};
	GauthEntityReader reader = {&arena, &limits, NULL, &err};
	GauthEntityLoader loader;
	GauthDecisionInput decision_input = {
		.loader = &loader,.limits = &limits,.explain = size % 2 == 0
	};
	GauthRequest request;
	GauthDecision cedar;
	GauthDecision strict;

	if (load(input, &reader, &decision_input, &loader, &request) &&
		decide(&decision_input, GAUTH_POLICY_CEDAR, &request, &cedar) &&
		decide(&decision_input, GAUTH_POLICY_STRICT, &request, &strict))
		REQUIRE(cedar.permit || !strict.permit);
	return end_input(input);
}
