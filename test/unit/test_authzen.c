/*
 * test_authzen.c
 *		Requests, pages and responses of the AuthZEN API, without a server.
 */
#include "test_policy.h"

#include "base/json_write.h"
#include "decision/authzen.h"
#include "decision/authzen_answer.h"
#include "decision/authzen_search.h"

#define ALICE	"\"subject\": {\"type\": \"user\", \"id\": \"alice\"}"
#define READ	"\"action\": {\"name\": \"read\"}"
#define RECORD	"\"resource\": {\"type\": \"record\", \"id\": \"r\"}"

static GauthArena arena;
static GauthError err;

static GauthJson *
read_body(const char *text)
{
	GauthJson  *body = NULL;

	memset(&err, 0, sizeof(err));
	(void) gauth_authzen_read_body(&arena, gauth_span_of(text), &body, &err);
	return body;
}

static GauthStatus
read_question(const char *text, GauthAuthzenPart searched,
			  GauthAuthzenQuestion *question)
{
	GauthJson  *body = read_body(text);

	if (err.status != GAUTH_OK)
		return err.status;
	return gauth_authzen_read_question(body, body, searched, question, &err);
}

static bool
is_refused(const char *text, GauthAuthzenPart searched, const char *detail)
{
	GauthAuthzenQuestion question;

	return read_question(text, searched, &question) == GAUTH_INVALID_VALUE &&
		strcmp(err.detail, detail) == 0;
}

static void
test_questions(void)
{
	GauthAuthzenQuestion question;

	CHECK_STATUS(read_question("{" ALICE "," READ "," RECORD "}",
							   GAUTH_AUTHZEN_NONE, &question), GAUTH_OK);
	CHECK(gauth_span_is(question.subject.id, "alice"));
	CHECK(gauth_span_is(question.action, "read"));
	CHECK(gauth_span_is(question.resource.type, "record"));
	CHECK(question.context == NULL && question.action_properties == NULL);

	CHECK(is_refused("[]", GAUTH_AUTHZEN_NONE, "the body is not an object"));
	CHECK(is_refused("{" READ "," RECORD "}", GAUTH_AUTHZEN_NONE,
					 "subject is missing"));
	CHECK(is_refused("{" ALICE "," RECORD "}", GAUTH_AUTHZEN_NONE,
					 "action is missing"));
	CHECK(is_refused("{" ALICE "," READ ", \"resource\": null}",
					 GAUTH_AUTHZEN_NONE, "resource is missing"));
	CHECK(is_refused("{\"subject\": \"alice\"}", GAUTH_AUTHZEN_NONE,
					 "subject is not an object"));
	CHECK(is_refused("{\"subject\": {\"id\": \"a\"}}", GAUTH_AUTHZEN_NONE,
					 "subject.type is missing"));
	CHECK(is_refused("{\"subject\": {\"type\": 1}}", GAUTH_AUTHZEN_NONE,
					 "subject.type is not a string"));
	CHECK(is_refused("{\"subject\": {\"type\": \"a-b\"}}",
					 GAUTH_AUTHZEN_NONE,
					 "subject.type is no name of an entity type"));
	CHECK(is_refused("{\"subject\": {\"type\": \"GAuth::Agent\"}}",
					 GAUTH_AUTHZEN_NONE, "subject.type is reserved"));
	CHECK(is_refused("{\"subject\": {\"type\": \"a\", \"id\": \"b\","
					 "\"properties\": []}}", GAUTH_AUTHZEN_NONE,
					 "subject.properties is not an object"));
	CHECK(is_refused("{" ALICE ", \"action\": {\"name\": 1}}",
					 GAUTH_AUTHZEN_NONE, "action.name is not a string"));
	CHECK(is_refused("{" ALICE "," READ "," RECORD ", \"context\": 1}",
					 GAUTH_AUTHZEN_NONE, "context is not an object"));
}

static void
test_search_questions(void)
{
	GauthAuthzenQuestion question;

	CHECK_STATUS(read_question("{\"subject\": {\"type\": \"user\", \"id\": 5},"
							   READ "," RECORD "}", GAUTH_AUTHZEN_SUBJECT,
							   &question), GAUTH_OK);
	CHECK(question.subject.id.len == 0);
	CHECK(is_refused("{\"subject\": {\"type\": \"user\"}," READ ","
					 "\"resource\": {\"type\": \"record\"}}",
					 GAUTH_AUTHZEN_SUBJECT, "resource.id is missing"));
	CHECK(is_refused("{\"subject\": {\"type\": \"user\"}," READ ","
					 "\"resource\": {\"type\": \"record\"}}",
					 GAUTH_AUTHZEN_RESOURCE, "subject.id is missing"));
	CHECK(is_refused("{" ALICE "}", GAUTH_AUTHZEN_ACTION,
					 "resource is missing"));
	CHECK_STATUS(read_question("{" ALICE "," RECORD ", \"action\": 5}",
							   GAUTH_AUTHZEN_ACTION, &question), GAUTH_OK);
}

static void
test_limits(void)
{
	static char deep[200];

	memset(deep, '[', sizeof(deep) - 1);
	(void) read_body(deep);
	CHECK(err.status == GAUTH_LIMIT_EXCEEDED);
	(void) read_body("{\"a\": \"\\u0000\"}");
	CHECK(err.status != GAUTH_OK);
	(void) read_body("{\"a\": 1, \"a\": 2}");
	CHECK(err.status == GAUTH_DUPLICATE_MEMBER);
	(void) read_body("");
	CHECK(err.status == GAUTH_INVALID_JSON);
}

static GauthStatus
read_batch(const char *text, GauthAuthzenBatch *batch)
{
	return gauth_authzen_read_batch(read_body(text), batch, &err);
}

static void
test_batches(void)
{
	GauthAuthzenBatch batch;
	GauthAuthzenQuestion question;
	GauthJson  *body;

	CHECK_STATUS(read_batch("{}", &batch), GAUTH_OK);
	CHECK(batch.first == NULL);
	CHECK_STATUS(read_batch("{\"evaluations\": []}", &batch), GAUTH_OK);
	CHECK(batch.first == NULL);
	CHECK_STATUS(read_batch("{\"evaluations\": [1], \"options\": {"
							"\"evaluations_semantic\": \"deny_on_first_deny\","
							"\"other\": 1}}", &batch), GAUTH_OK);
	CHECK(gauth_authzen_batch_is_over(&batch, false));
	CHECK(!gauth_authzen_batch_is_over(&batch, true));
	CHECK_STATUS(read_batch("{\"evaluations\": [1], \"options\": {"
							"\"evaluations_semantic\":"
							"\"permit_on_first_permit\"}}", &batch), GAUTH_OK);
	CHECK(gauth_authzen_batch_is_over(&batch, true));
	CHECK(!gauth_authzen_batch_is_over(&batch, false));
	CHECK_STATUS(read_batch("{\"evaluations\": [{}]}", &batch), GAUTH_OK);
	CHECK(!gauth_authzen_batch_is_over(&batch, true) &&
		  !gauth_authzen_batch_is_over(&batch, false));

	CHECK_STATUS(read_batch("{\"evaluations\": {}}", &batch),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_batch("{\"options\": []}", &batch),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_batch("{\"options\": {\"evaluations_semantic\": 1}}",
							&batch), GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_batch("{\"subject\": 1, \"evaluations\": [{}]}",
							&batch), GAUTH_INVALID_VALUE);

	/* a whole object is inherited or overridden, never a part */
	body = read_body("{\"subject\": {\"type\": \"a\", \"id\": \"1\","
					 "\"properties\": {\"x\": 1}}, \"context\": {\"y\": 1}}");
	CHECK_STATUS(gauth_authzen_read_question(body,
											 read_body("{\"subject\": {\"type\":"
													   "\"a\", \"id\": \"2\"},"
													   READ "," RECORD "}"),
											 GAUTH_AUTHZEN_NONE, &question,
											 &err), GAUTH_OK);
	CHECK(gauth_span_is(question.subject.id, "2"));
	CHECK(question.subject.properties == NULL);
	CHECK(question.context != NULL);
}

static GauthStatus
make_request(const char *text, const GauthSchema *schema,
			 GauthAuthzenRequest *request)
{
	GauthAuthzenReader reader = {&arena, schema, schema != NULL, &err};
	GauthAuthzenQuestion question;
	GauthStatus status = read_question(text, GAUTH_AUTHZEN_NONE, &question);

	return status != GAUTH_OK ? status :
		gauth_authzen_translate(&reader, &question, request);
}

static void
test_requests(void)
{
	GauthAuthzenRequest request;
	const GauthEntity *brought;

	CHECK_STATUS(make_request("{" ALICE "," READ "," RECORD "}", NULL,
							  &request), GAUTH_OK);
	CHECK(gauth_uid_has_type(request.action, GAUTH_SPAN("Action")));
	CHECK(gauth_span_is(request.context, "{}") && request.brought == NULL);

	CHECK_STATUS(make_request("{" ALICE ", \"action\": {\"name\": \"read\","
							  "\"properties\": {\"soft\": true}}," RECORD ","
							  "\"context\": {\"a\": [1, null], \"b\": null}}",
							  NULL, &request), GAUTH_OK);
	CHECK(gauth_span_is(request.context,
						"{\"a\":[1,null],\"action\":{\"soft\":true}}"));
	CHECK_STATUS(make_request("{" ALICE ", \"action\": {\"name\": \"read\","
							  "\"properties\": {}}," RECORD ","
							  "\"context\": {\"action\": 1}}", NULL, &request),
				 GAUTH_INVALID_VALUE);

	/* one entity in both parts */
	CHECK_STATUS(make_request("{\"subject\": {\"type\": \"a\", \"id\": \"1\","
							  "\"properties\": {\"x\": 1, \"n\": null}}," READ
							  ", \"resource\": {\"type\": \"a\", \"id\": \"1\","
							  "\"properties\": {\"y\": 2}}}", NULL, &request),
				 GAUTH_OK);
	brought = request.brought == NULL ? NULL :
		gauth_entity_store_find(request.brought, request.principal);
	CHECK(brought != NULL && brought->attributes->count == 2);
	CHECK_STATUS(make_request("{\"subject\": {\"type\": \"a\", \"id\": \"1\","
							  "\"properties\": {\"x\": 1}}," READ
							  ", \"resource\": {\"type\": \"a\", \"id\": \"1\","
							  "\"properties\": {\"x\": 2}}}", NULL, &request),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(make_request("{\"subject\": {\"type\": \"a\", \"id\": \"1\","
							  "\"properties\": {\"x\": {\"y\": [{\"__entity\":"
							  "{\"type\": \"GAuth::Mandate\", \"id\": \"m\"}}]}"
							  "}}," READ "," RECORD "}", NULL, &request),
				 GAUTH_INVALID_VALUE);
}

static const char strict_schema[] =
"namespace A { entity user { since?: datetime }; entity record;"
" action read, write appliesTo { principal: user, resource: record,"
" context: { action?: { deep?: Long }, r?: { s?: Long } } }; }"
" namespace B { action write; }";

static void
test_requests_by_schema(void)
{
	Fixture		fixture;
	GauthAuthzenRequest request;
	const GauthEntity *brought;
	const GauthValue *since;

	fixture_init(&fixture);
	CHECK_STATUS(fixture_schema(&fixture, gauth_span_of(strict_schema)), GAUTH_OK);
	CHECK_STATUS(make_request("{\"subject\": {\"type\": \"A::user\","
							  "\"id\": \"x\", \"properties\": {\"since\":"
							  "\"2020-01-01\", \"weight\": 1.5}},"
							  "\"action\": {\"name\": \"read\", \"properties\":"
							  "{\"deep\": 1, \"wide\": 1.5}}, \"resource\":"
							  "{\"type\": \"A::record\", \"id\": \"r\"},"
							  "\"context\": {\"r\": {\"s\": 1, \"t\": 2},"
							  "\"u\": 0.5}}", fixture.schema, &request),
				 GAUTH_OK);
	CHECK(gauth_uid_has_type(request.action, GAUTH_SPAN("A::Action")));
	CHECK(gauth_span_is(request.context,
						"{\"r\":{\"s\":1},\"action\":{\"deep\":1}}"));
	brought = request.brought == NULL ? NULL :
		gauth_entity_store_find(request.brought, request.principal);
	since = brought == NULL ? NULL :
		gauth_record_get(brought->attributes, GAUTH_SPAN("since"));
	CHECK(since != NULL && since->kind == GAUTH_VALUE_DATETIME);
	CHECK(brought != NULL && brought->attributes->count == 1);

	/* a name that two namespaces know is neither's */
	CHECK_STATUS(make_request("{" ALICE ", \"action\": {\"name\": \"write\"},"
							  RECORD "}", fixture.schema, &request), GAUTH_OK);
	CHECK(gauth_uid_has_type(request.action, GAUTH_SPAN("Action")));
	fixture_free(&fixture);
}

static GauthStatus
read_page(const char *text, GauthAuthzenPage *page)
{
	GauthJson  *body = read_body(text);
	uint64_t	fingerprint;

	fingerprint = gauth_authzen_fingerprint(body, GAUTH_AUTHZEN_SUBJECT,
											GAUTH_SPAN("s"));
	return gauth_authzen_read_page(&arena, body, fingerprint, page, &err);
}

static void
test_pages(void)
{
	GauthAuthzenPage page;
	GauthAuthzenPage next;
	GauthAuthzenPosition position = {true, GAUTH_SPAN("bob")};
	GauthText	text;
	GauthText	body;

	CHECK_STATUS(read_page("{" READ "}", &page), GAUTH_OK);
	CHECK(!page.asked && page.limit == GAUTH_AUTHZEN_PAGE_MAX);
	CHECK_STATUS(read_page("{\"page\": {\"limit\": 1000000}}", &page),
				 GAUTH_OK);
	CHECK(page.asked && page.limit == GAUTH_AUTHZEN_PAGE_MAX);
	CHECK_STATUS(read_page("{\"page\": 1}", &page), GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_page("{\"page\": {\"limit\": -1}}", &page),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_page("{\"page\": {\"limit\": 1.5}}", &page),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_page("{\"page\": {\"token\": \"AQAA\"}}", &page),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(read_page("{\"page\": {\"token\": \"?\"}}", &page),
				 GAUTH_INVALID_VALUE);

	/* a token means its own search, whatever the order of its members */
	CHECK_STATUS(read_page("{" READ "," ALICE ", \"page\": {\"limit\": 7}}",
						   &page), GAUTH_OK);
	gauth_text_init(&body, &arena);
	gauth_text_append(&body, GAUTH_SPAN("{\"subject\": {\"id\": \"alice\","
										"\"type\": \"user\"}," READ ","
										"\"page\": {\"token\": \""));
	gauth_authzen_append_token(&body, &page, &position);
	gauth_text_append(&body, GAUTH_SPAN("\"}}"));
	gauth_text_append_char(&body, '\0');
	CHECK_STATUS(read_page(body.data, &next), GAUTH_OK);
	CHECK(next.limit == 7 && next.position.set &&
		  gauth_span_is(next.position.after, "bob"));

	gauth_text_init(&text, &arena);
	gauth_text_append(&text, GAUTH_SPAN("{" READ ", \"page\": {\"token\": \""));
	gauth_authzen_append_token(&text, &page, &position);
	gauth_text_append(&text, GAUTH_SPAN("\"}}"));
	gauth_text_append_char(&text, '\0');
	CHECK_STATUS(read_page(text.data, &next), GAUTH_INVALID_VALUE);
}

static const char action_policies[] =
"permit (principal, action == Action::\"a\", resource);"
"permit (principal, action in [Action::\"b\", N::Action::\"x\"],"
" resource) when { [action, Action::\"c\"].contains(action) &&"
" {k: if action == Action::\"d\" then \"\" else \"\"}.k like \"*\" };"
"forbid (principal, action, resource) unless {"
" ip(if action in Action::\"e\" then \"::1\" else \"::2\")"
".isLoopback() };";

static void
test_candidates(void)
{
	static const char *const ids[] = {"b", "a", "c", "b", "ab", ""};
	GauthAuthzenPosition position = {0};
	GauthAuthzenList candidates;
	Fixture		fixture;
	size_t		i;

	gauth_authzen_list_init(&candidates, &arena, &position);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		CHECK(gauth_authzen_list_add(&candidates,
									 gauth_span_of(ids[i])));
	CHECK(gauth_authzen_list_add(&candidates, gauth_span("x\0y", 3)));
	CHECK_STATUS(gauth_authzen_list_sort(&candidates, &err), GAUTH_OK);
	CHECK(candidates.count == 5);
	CHECK(gauth_span_is(candidates.ids[2], "ab"));

	position.set = true;
	position.after = GAUTH_SPAN("ab");
	gauth_authzen_list_init(&candidates, &arena, &position);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		CHECK(gauth_authzen_list_add(&candidates,
									 gauth_span_of(ids[i])));
	CHECK_STATUS(gauth_authzen_list_sort(&candidates, &err), GAUTH_OK);
	CHECK(candidates.count == 2 && gauth_span_is(candidates.ids[0], "b"));

	position.set = false;
	gauth_authzen_list_init(&candidates, &arena, &position);
	fixture_init(&fixture);
	CHECK_STATUS(fixture_policies(&fixture, gauth_span_of(action_policies)), GAUTH_OK);
	gauth_authzen_list_add_named(&candidates, &fixture.list);
	CHECK_STATUS(gauth_authzen_list_sort(&candidates, &err), GAUTH_OK);
	CHECK(candidates.count == 5);
	fixture_free(&fixture);
}

static bool
says(const GauthText *text, const char *expected)
{
	GauthSpan	written;

	return gauth_text_finish(text, &written) &&
		gauth_span_is(written, expected);
}

static void
test_answers(void)
{
	static const GauthDecision nothing;
	GauthAuthzenVerdict verdict = {.permit = true,.decision = &nothing};
	GauthText	text;

	gauth_text_init(&text, &arena);
	gauth_authzen_append_verdict(&text, &verdict);
	CHECK(says(&text, "{\"decision\":true}"));

	verdict.permit = false;
	verdict.error = GAUTH_AUTHZEN_BAD_REQUEST;
	verdict.message = "subject is missing";
	gauth_text_init(&text, &arena);
	gauth_authzen_append_verdict(&text, &verdict);
	CHECK(says(&text, "{\"decision\":false,\"context\":{\"error\":"
			   "{\"status\":400,\"message\":\"subject is missing\"}}}"));
}

static const char noted_policies[] =
"@id(\"a\") @obligation(\"{\\\"type\\\": \\\"log\\\"}\")"
" @reason_user(\"One.\") forbid (principal, action, resource);"
"@id(\"b\") @obligation(\"{\\\"x\\\": 1}\") @reason_user(\"Two.\")"
" forbid (principal, action, resource);"
"@id(\"c\") @obligation(\"{\\\"x\\\": 1}\") @reason_user(\"One.\")"
" forbid (principal, action, resource);";

/* obligations and reasons of two forbids, one of them said twice */
static void
test_notes(void)
{
	static const uint32_t numbers[] = {0, 1, 2};
	static const GauthDecision decision = {
		.determining_count = 3,.determining = numbers
	};
	Fixture		fixture;
	GauthAuthzenVerdict verdict = {.decision = &decision};
	GauthText	text;

	fixture_init(&fixture);
	CHECK_STATUS(fixture_policies(&fixture, gauth_span_of(noted_policies)), GAUTH_OK);
	verdict.set = fixture.set;
	gauth_text_init(&text, &arena);
	gauth_authzen_append_verdict(&text, &verdict);
	CHECK(says(&text, "{\"decision\":false,\"context\":{\"reason_user\":"
			   "{\"403\":\"One. Two.\"},\"obligations\":[{\"id\":\"1\","
			   "\"type\":\"log\",\"properties\":{}},{\"id\":\"2\","
			   "\"type\":\"custom\",\"properties\":{\"x\":1}}]}}"));
	verdict.administrator = true;
	verdict.version = 7;
	gauth_text_init(&text, &arena);
	gauth_authzen_append_verdict(&text, &verdict);
	CHECK(strstr(text.data, "\"reason_admin\":{\"403\":\"forbidden\","
				 "\"determining\":[\"a\",\"b\",\"c\"],\"errors\":[],"
				 "\"version\":7}") != NULL);
	fixture_free(&fixture);
}

static void
test_configuration(void)
{
	static const char *const refused[] = {
		"", "https://", "http://a", "https://a?b", "https://a#b",
		"https://a b", "https://a\"b", "https:///a", "https://\xc3\xa4"
	};
	GauthText	text;
	size_t		i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
	{
		gauth_text_init(&text, &arena);
		CHECK_STATUS(gauth_authzen_append_configuration(&text,
														gauth_span_of(refused[i]),
														&err),
					 GAUTH_INVALID_VALUE);
	}
	gauth_text_init(&text, &arena);
	CHECK_STATUS(gauth_authzen_append_configuration(&text,
													GAUTH_SPAN("https://a/t/"),
													&err), GAUTH_OK);
	CHECK(strstr(text.data, "\"https://a/t/access/v1/evaluation\"") != NULL);
	CHECK(strstr(text.data, "\"https://a/t/\"") != NULL);
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	test_questions();
	test_search_questions();
	test_limits();
	test_batches();
	test_requests();
	test_requests_by_schema();
	test_pages();
	test_candidates();
	test_answers();
	test_notes();
	test_configuration();
	gauth_arena_reset(&arena);
	return unit_finish("authzen");
}
