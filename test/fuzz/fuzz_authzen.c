/*
 * fuzz_authzen.c
 *		Bodies of AuthZEN requests, as a stranger may send them.
 *
 * The first line is the identifier of a policy decision point, the rest a
 * body.  It is read as every kind of request; what is accepted becomes a
 * request in the words of Cedar, whose context is JSON again, and a page,
 * whose token means the same page.
 */
#include "fuzz.h"

#include "decision/authzen.h"
#include "decision/authzen_answer.h"
#include "decision/authzen_search.h"

static void
check_request(const GauthAuthzenQuestion *question)
{
	GauthError	err = {0};
	GauthAuthzenReader reader = {&arena, NULL, false, &err};
	GauthAuthzenRequest request;
	GauthJson  *context;

	if (gauth_authzen_translate(&reader, question, &request) != GAUTH_OK)
	{
		REQUIRE(err.status != GAUTH_OK);
		return;
	}
	REQUIRE(gauth_span_equal(gauth_uid_id(request.principal),
							 question->subject.id));
	REQUIRE(gauth_span_equal(gauth_uid_id(request.action), question->action));
	REQUIRE(gauth_json_parse(&arena, request.context,
							 &gauth_json_document_limits, &context,
							 NULL) == GAUTH_OK);
	REQUIRE((gauth_json_get(context, "action") != NULL) ==
			(question->action_properties != NULL ||
			 gauth_json_get(question->context, "action") != NULL));
	REQUIRE(request.brought == NULL ||
			gauth_entity_store_count(request.brought) > 0);
}

/* a failed evaluation is JSON, whatever it was that failed */
static void
check_failure(const GauthError *err)
{
	static const GauthDecision nothing;
	GauthAuthzenVerdict verdict = {
		.decision = &nothing,.error = GAUTH_AUTHZEN_BAD_REQUEST,
		.message = err->detail
	};
	GauthText	text;
	GauthJson  *json;

	REQUIRE(err->status != GAUTH_OK);
	gauth_text_init(&text, &arena);
	gauth_authzen_append_verdict(&text, &verdict);
	REQUIRE(gauth_json_parse(&arena, finished(&text),
							 &gauth_json_token_limits, &json,
							 NULL) == GAUTH_OK);
}

static void
check_question(const GauthJson *body, const GauthJson *item,
			   GauthAuthzenPart searched)
{
	GauthAuthzenQuestion question;
	GauthError	err = {0};

	if (gauth_authzen_read_question(body, item, searched, &question,
									&err) != GAUTH_OK)
		check_failure(&err);
	else
		check_request(&question);
}

static void
check_page(const GauthJson *body)
{
	uint64_t	fingerprint = gauth_authzen_fingerprint(body,
														GAUTH_AUTHZEN_SUBJECT,
														GAUTH_SPAN("store"));
	GauthAuthzenPage page;
	GauthAuthzenPage again;
	GauthText	text;
	GauthJson  *second;
	GauthError	err = {0};

	if (gauth_authzen_read_page(&arena, body, fingerprint, &page,
								&err) != GAUTH_OK)
	{
		REQUIRE(err.status != GAUTH_OK);
		return;
	}
	REQUIRE(page.limit <= GAUTH_AUTHZEN_PAGE_MAX);
	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN("{\"page\":{\"token\":\""));
	gauth_authzen_append_token(&text, &page, &page.position);
	gauth_text_append(&text, GAUTH_SPAN("\"}}"));
	REQUIRE(gauth_json_parse(&arena, finished(&text),
							 &gauth_json_document_limits, &second,
							 NULL) == GAUTH_OK);
	REQUIRE(gauth_authzen_read_page(&arena, second, fingerprint, &again,
									NULL) == GAUTH_OK);
	REQUIRE(again.limit == page.limit &&
			again.position.set == page.position.set &&
			gauth_span_equal(again.position.after, page.position.after));
	REQUIRE(gauth_authzen_read_page(&arena, second, ~fingerprint, &again,
									NULL) == GAUTH_INVALID_VALUE);
}

static void
check_identifier(GauthSpan identifier)
{
	GauthText	text;
	GauthJson  *json;

	gauth_text_init(&text, &arena);
	if (gauth_authzen_append_configuration(&text, identifier,
										   NULL) != GAUTH_OK)
		return;
	REQUIRE(gauth_json_parse(&arena, finished(&text),
							 &gauth_json_token_limits, &json,
							 NULL) == GAUTH_OK);
	REQUIRE(gauth_span_equal(gauth_json_get(json,
											"policy_decision_point")->text,
							 identifier));
}

static void
check_body(const GauthJson *body)
{
	GauthAuthzenBatch batch;
	const GauthJson *item;
	GauthError	err = {0};
	int			part;

	for (part = GAUTH_AUTHZEN_NONE; part <= GAUTH_AUTHZEN_ACTION; part++)
		check_question(body, body, (GauthAuthzenPart) part);
	check_page(body);
	if (gauth_authzen_read_batch(body, &batch, &err) != GAUTH_OK)
	{
		REQUIRE(err.status != GAUTH_OK);
		return;
	}
	for (item = batch.first; item != NULL; item = item->next)
		check_question(body, item, GAUTH_AUTHZEN_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GauthSpan	input = begin_input(data, size);
	GauthSpan	rest = input;
	GauthJson  *body;
	GauthError	err = {0};

	check_identifier(next_line(&rest));
	if (gauth_authzen_read_body(&arena, rest, &body, &err) == GAUTH_OK)
		check_body(body);
	else
		REQUIRE(err.status != GAUTH_OK);
	return end_input(input);
}
