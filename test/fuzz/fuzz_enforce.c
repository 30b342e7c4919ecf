/*
 * fuzz_enforce.c
 *		Enforcement requests, as a stranger may send them.
 *
 * The input is a request, or several.  What can be read is decided about with
 * a snapshot of its own, as for a caller who is trusted; whatever comes of it
 * is JSON, and the same every time.
 */
#include "fuzz.h"

#include "decision/enforce_answer.h"
#include "decision/enforce_policy.h"
#include "decision/enforce_snapshot.h"

#define NOW		INT64_C(1775728800)

static GauthSpan
write_answer(const GauthEnforceAnswer *answer)
{
	GauthText	text;
	GauthSpan	result;
	GauthJson  *json;

	gauth_text_init(&text, &arena);
	gauth_enforce_append_answer(&text, answer);
	result = finished(&text);
	REQUIRE(gauth_json_parse(&arena, result, &gauth_json_document_limits,
							 &json, NULL) == GAUTH_OK);
	return result;
}

static void
check_error(const GauthEnforceError *error)
{
	GauthEnforceAnswer answer = {.error = *error,.record = {.timestamp = NOW}};

	REQUIRE(error->code != GAUTH_ENFORCE_NO_ERROR);
	(void) write_answer(&answer);
}

/* a permit means that every check passed or does not apply */
static void
check_decision(const GauthEnforceDecision *decision)
{
	uint32_t	i;

	REQUIRE(decision->outcome_count >= GAUTH_CHECK_COUNT);
	if (decision->ruling == GAUTH_RULING_DENY)
	{
		REQUIRE(decision->violations != NULL && decision->constraints == NULL);
		return;
	}
	for (i = 0; i < decision->outcome_count; i++)
		REQUIRE(decision->outcomes[i].result != GAUTH_CHECK_FAIL);
	REQUIRE((decision->constraints != NULL) ==
			(decision->ruling == GAUTH_RULING_CONSTRAIN));
}

static void
decide(const GauthEnforceInput *input)
{
	GauthEnforceDecision first;
	GauthEnforceDecision second;
	GauthEnforceAnswer answer = {
		.input = input,.decision = &first,
		.record = {.timestamp = NOW,.version = "fuzz"}
	};
	GauthSpan	written;

	REQUIRE(gauth_enforce(&arena, input, &first) == GAUTH_OK);
	check_decision(&first);
	written = write_answer(&answer);
	REQUIRE(gauth_enforce(&arena, input, &second) == GAUTH_OK);
	answer.decision = &second;
	REQUIRE(gauth_span_equal(write_answer(&answer), written));
}

static void
check_request(const GauthEnforceRequest *request)
{
	GauthCredential credential;
	GauthEnforceInput input = {.now = NOW,.request = request};
	GauthEnforceError error = {0};
	GauthText	text;

	input.local_trust = GAUTH_TRUST_STANDARD;
	input.cross_trust = GAUTH_TRUST_STANDARD;
	if (gauth_enforce_read_live(&arena, request, &input.live,
								&error) != GAUTH_OK)
	{
		check_error(&error);
		return;
	}
	decide(&input);
	if (gauth_enforce_read_snapshot(&arena, request, &credential,
									&input.evidence, &error) != GAUTH_OK)
	{
		check_error(&error);
		return;
	}
	input.credential = &credential;
	input.ceiling = gauth_ceiling_of(credential.powers.profile);
	decide(&input);
	gauth_text_init(&text, &arena);
	gauth_enforce_append_policy(&text, &input, NULL);
	(void) finished(&text);
}

static void
check_json(const GauthJson *json)
{
	GauthEnforceRequest request;
	GauthEnforceError error;

	if (gauth_enforce_read_request(&arena, json, false, &request,
								   &error) != GAUTH_OK)
		check_error(&error);
	else
		REQUIRE(request.snapshot == NULL && request.live == NULL);
	if (gauth_enforce_read_request(&arena, json, true, &request,
								   &error) != GAUTH_OK)
		check_error(&error);
	else
		check_request(&request);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	const GauthJson *json;
	GauthEnforceError error;

	if (gauth_enforce_parse(&arena, input, &json, &error) == GAUTH_OK)
		check_json(json);
	else
		check_error(&error);
	if (gauth_enforce_parse_batch(&arena, input, &json, &error) == GAUTH_OK)
	{
		for (json = json->first; json != NULL; json = json->next)
			check_json(json);
	}
	else
		check_error(&error);
	return end_input(input);
}
