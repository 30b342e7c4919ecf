/*
 * test_policy_text.c
 *		The written forms: where an error is and what was expected, the
 *		formatter, templates and links, the JSON of policies and entities.
 */
#include "test_policy.h"

#include "policy/format.h"
#include "policy/policy_json.h"

#define HEAD	"permit(principal, action, resource) when { "

typedef struct ParseError
{
	const char *source;
	const char *detail;			/* what the message has to begin with */
} ParseError;

static const ParseError errors[] = {
	{"permit(principal, action, resource)",
	"line 1, column 36: expected \"when\", \"unless\" or \";\""},
	{"\npermit(principal action, resource);",
	"line 2, column 18: expected \",\""},
	{"allow(principal, action, resource);",
	"line 1, column 1: expected \"permit\", \"forbid\""},
	{HEAD "1 + };",
	"line 1, column 48: expected an expression"},
	{HEAD "a < b };",
	"line 1, column 44: expected principal, action"},
	{HEAD "1 < 2 < 3 };",
	"line 1, column 50: expected \"}\""},
	{HEAD "foo(1) };",
	"line 1, column 44: expected the name of a function"},
	{HEAD "context.foo(1) };",
	"line 1, column 52: expected the name of a method"},
	{HEAD "[1].contains() };",
	"line 1, column 48: expected one argument"},
	{HEAD "{a: 1, a: 2} };",
	"line 1, column 51: expected a field that is not there"},
	{HEAD "\"\\q\" };",
	"line 1, column 45: invalid escape"},
	{HEAD "\"\\u{110000}\" };",
	"line 1, column 45: invalid escape"},
	{HEAD "\"\\x80\" };",
	"line 1, column 45: invalid escape"},
	{HEAD "\"a };",
	"line 1, column 44: expected a closing quote"},
	{HEAD "9223372036854775808 };",
	"line 1, column 44: expected an integer that fits"},
	{HEAD "!!!!!true };",
	"line 1, column 49: expected at most four"},
	{HEAD "principal in ?principal };",
	"line 1, column 57: expected an expression; slots"},
	{"permit(principal == ?resource, action, resource);",
	"line 1, column 22: expected the slot ?principal"},
	{"permit(principal, action == User::\"a\", resource);",
	"line 1, column 29: expected an entity of type Action"},
	{"@a(\"1\") @a(\"2\") permit(principal, action, resource);",
	"line 1, column 10: expected an annotation that is not"},
	{HEAD "if true then 1 };",
	"line 1, column 59: expected \"else\""},
	{HEAD "a::b };",
	"line 1, column 49: expected \"::\""},
	{"permit(principal is in, action, resource);",
	"line 1, column 21: expected a type name"},
	{"/* no */ permit(principal, action, resource);",
	"line 1, column 1: expected a token"},
	{HEAD "context.if };",
	"line 1, column 52: expected the name of an attribute"},
	{"permit(principal == __cedar::A::\"x\", action, resource);",
	"line 1, column 21: expected a type name"},
	{"\"\303\251\" x", "line 1, column 1: expected"}
};

static void
test_parse_errors(void)
{
	size_t		i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
	{
		Fixture		fixture;

		fixture_init(&fixture);
		CHECK(fixture_policies(&fixture, gauth_span_of(errors[i].source)) !=
			  GAUTH_OK);
		if (!CHECK(gauth_span_starts_with(gauth_span_of(fixture.err.detail),
										  gauth_span_of(errors[i].detail))))
			printf("%s\n%s\n", errors[i].source, fixture.err.detail);
		fixture_free(&fixture);
	}
}

/* source, and what the formatter makes of it; NULL: the same */
static void
test_format(const char *source, const char *expected)
{
	Fixture		fixture;
	GauthSpan	formatted = {0};

	fixture_init(&fixture);
	CHECK_STATUS(gauth_policy_format_source(&fixture.arena,
											gauth_span_of(source),
											&gauth_policy_default_limits,
											&formatted, &fixture.err),
				 GAUTH_OK);
	if (!CHECK(gauth_span_is(formatted, expected == NULL ? source : expected)))
		printf("%.*s\n", (int) formatted.len, formatted.data);
	fixture_free(&fixture);
}

static void
test_formatter(void)
{
	test_format("permit(principal,action,resource);",
				"permit (principal, action, resource);\n");
	test_format("@id(\"a\")@b permit(principal==User::\"x\",action in"
				"[Action::\"a\",NS::Action::\"b\"],resource is A::B in "
				"?resource)"
				"when{-(5)==- 5&&!(true)}unless{(1+2)*3-(4-5)==1};",
				"@id(\"a\")\n@b\npermit (\n    principal == User::\"x\",\n"
				"    action in [Action::\"a\", NS::Action::\"b\"],\n"
				"    resource is A::B in ?resource\n)\n"
				"when { -(5) == -5 && !true }\n"
				"unless { (1 + 2) * 3 - (4 - 5) == 1 };\n");
	test_format("// one\n\n  // two\npermit(principal,action,resource);"
				" // three\n"
				"// four\nforbid(principal,action,resource);\n// end",
				"// one\n// two\npermit (principal, action, resource);"
				" // three\n"
				"\n// four\nforbid (principal, action, resource);\n\n// end\n");
	test_format("permit (principal, // who\n action, resource);\n", NULL);
	test_format("permit (principal, action, resource)\n"
				"when { context has \"a b\" && context[\"a b\"] like "
				"\"\\*x*\" };\n",
				NULL);
	test_format("permit (principal, action, resource)\n"
				"when {\n    (if true then 1 else 2) == 1 &&\n"
				"    [1, 2].contains(3) &&\n"
				"    (principal has a.b.c || principal in "
				"[User::\"\\n\\u{7f}\"])\n"
				"};\n", NULL);
	test_format("", "");
}

static void
test_templates(void)
{
	static const char source[] =
	"@id(\"t\") permit(principal == ?principal, action, "
	"resource in ?resource);"
	"forbid(principal, action, resource) when { false };";
	Fixture		fixture;
	GauthPolicy *link;
	GauthPolicy moved;
	GauthPolicyList other = {0};
	GauthPolicyList again;
	const GauthPolicy *template;
	const GauthUid *user;
	GauthText	text;
	GauthSpan	json;
	GauthSpan	json_again;

	fixture_init(&fixture);
	CHECK_STATUS(fixture_policies(&fixture, gauth_span_of(source)), GAUTH_OK);
	CHECK(fixture.list.template_count == 1 && fixture.list.policy_count == 1);
	CHECK(gauth_span_is(fixture.list.policies->id, "policy1"));
	template = gauth_template_find(&fixture.list, GAUTH_SPAN("t"));
	CHECK(template != NULL);
	CHECK_STATUS(gauth_uid_parse(&fixture.arena, GAUTH_SPAN("A::B::\"x\""),
								 &user, &fixture.err), GAUTH_OK);
	CHECK_STATUS(gauth_policy_link(&fixture.arena, template, GAUTH_SPAN("l"),
								   user, NULL, &link, &fixture.err),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_policy_link(&fixture.arena, template, GAUTH_SPAN("l"),
								   user, user, &link, &fixture.err), GAUTH_OK);
	gauth_policy_list_add(&fixture.list, link);
	moved = *template;
	gauth_policy_list_add(&other, &moved);
	CHECK(other.template_count == 1 && other.policy_count == 0 &&
		  gauth_template_find(&other, GAUTH_SPAN("t")) == &moved);
	CHECK_STATUS(gauth_policy_set_compile(&fixture.arena, &fixture.list,
										  &gauth_policy_default_limits,
										  &fixture.set, &fixture.err),
				 GAUTH_OK);
	CHECK(gauth_policy_set_count(fixture.set) == 2);
	CHECK(gauth_span_is(gauth_policy_set_id(fixture.set, 1), "l"));
	CHECK(gauth_span_is(gauth_policy_set_template_id(fixture.set, 1), "t"));

	gauth_text_init(&text, &fixture.arena);
	CHECK_STATUS(gauth_policy_list_to_json(&text, &fixture.list,
										   &gauth_policy_default_limits,
										   &fixture.err), GAUTH_OK);
	CHECK(gauth_text_finish(&text, &json));
	CHECK_STATUS(gauth_policy_list_from_json(&fixture.arena, json,
											 &gauth_policy_default_limits,
											 &again, &fixture.err), GAUTH_OK);
	gauth_text_init(&text, &fixture.arena);
	CHECK_STATUS(gauth_policy_list_to_json(&text, &again,
										   &gauth_policy_default_limits,
										   &fixture.err), GAUTH_OK);
	CHECK(gauth_text_finish(&text, &json_again));
	CHECK(gauth_span_equal(json, json_again));
	CHECK(again.policy_count == 2 && again.template_count == 1);
	fixture_free(&fixture);
}

static void
test_bad_entities(const char *json, GauthStatus expected)
{
	Fixture		fixture;

	fixture_init(&fixture);
	if (!CHECK_STATUS(fixture_entities(&fixture, gauth_span_of(json)),
					  expected))
		printf("%s\n", json);
	fixture_free(&fixture);
}

static void
test_entity_json(void)
{
#define ENTITY(attrs) \
	"[{\"uid\":{\"type\":\"A\",\"id\":\"\"},\"attrs\":{" attrs "}}]"
	test_bad_entities(ENTITY("\"a\":1"), GAUTH_OK);
	test_bad_entities(ENTITY("\"a\":1.0"), GAUTH_INVALID_VALUE);
	test_bad_entities(ENTITY("\"a\":9223372036854775808"),
					  GAUTH_INVALID_VALUE);
	test_bad_entities(ENTITY("\"a\":null"), GAUTH_INVALID_VALUE);
	test_bad_entities(ENTITY("\"a\":1,\"a\":2"), GAUTH_DUPLICATE_MEMBER);
	test_bad_entities(ENTITY("\"a\":{\"__extn\":{\"fn\":\"ip\","
							 "\"arg\":\"x\"}}"),
					  GAUTH_INVALID_VALUE);
	test_bad_entities(ENTITY("\"a\":{\"__extn\":{\"fn\":\"no\","
							 "\"arg\":\"x\"}}"),
					  GAUTH_INVALID_VALUE);
	test_bad_entities(ENTITY("\"a\":{\"__expr\":\"1\"}"), GAUTH_INVALID_VALUE);
	test_bad_entities(ENTITY("\"a\":{\"__entity\":{\"type\":\"A B\","
							 "\"id\":\"\"}}"), GAUTH_INVALID_VALUE);
	test_bad_entities("{}", GAUTH_INVALID_VALUE);
	test_bad_entities("[{}]", GAUTH_INVALID_VALUE);
	test_bad_entities("[1]", GAUTH_INVALID_VALUE);
	test_bad_entities("[{\"uid\":\"A::\\\"x\\\"\"},{\"uid\":{\"type\":\"A\","
					  "\"id\":\"x\"}}]", GAUTH_DUPLICATE_MEMBER);
	test_bad_entities("[{\"uid\":\"A::\\\"x\\\"\",\"more\":1}]",
					  GAUTH_INVALID_VALUE);
}

static void
test_bad_json_policy(const char *json, GauthStatus expected)
{
	Fixture		fixture;

	fixture_init(&fixture);
	if (!CHECK_STATUS(gauth_policy_list_from_json(&fixture.arena,
												  gauth_span_of(json),
												  &gauth_policy_default_limits,
												  &fixture.list,
												  &fixture.err), expected))
		printf("%s\n", json);
	fixture_free(&fixture);
}

static void
test_json_policies(void)
{
#define POLICY(body) \
	"{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"}," \
	"\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"}," \
	"\"conditions\":[{\"kind\":\"when\",\"body\":" body "}]}"
	test_bad_json_policy(POLICY("{\"Value\":true}"), GAUTH_OK);
	test_bad_json_policy(POLICY("{\"Value\":{\"a\":[1,{\"__extn\":{\"fn\":"
								"\"ip\",\"arg\":\"::1\"}}]}}"), GAUTH_OK);
	test_bad_json_policy(POLICY("{\"Value\":null}"), GAUTH_INVALID_VALUE);
	test_bad_json_policy(POLICY("{\"Var\":\"subject\"}"), GAUTH_INVALID_VALUE);
	test_bad_json_policy(POLICY("{\"==\":{\"left\":{\"Value\":1}}}"),
						 GAUTH_INVALID_VALUE);
	test_bad_json_policy(POLICY("{\"isIpv4\":[]}"), GAUTH_INVALID_VALUE);
	test_bad_json_policy(POLICY("{\"nothing\":[]}"), GAUTH_INVALID_VALUE);
	test_bad_json_policy(POLICY("[]"), GAUTH_INVALID_VALUE);
	test_bad_json_policy(POLICY("{\"like\":{\"left\":{\"Value\":\"\"},"
								"\"pattern\":[\"Wildcard\","
								"{\"Literal\":\"a\"}]}}"),
						 GAUTH_OK);
	test_bad_json_policy(POLICY("{\"like\":{\"left\":{\"Value\":\"\"},"
								"\"pattern\":[\"Star\"]}}"),
						 GAUTH_INVALID_VALUE);
	test_bad_json_policy("{\"effect\":\"permit\"}", GAUTH_INVALID_VALUE);
	test_bad_json_policy("{\"staticPolicies\":{},\"more\":1}",
						 GAUTH_INVALID_VALUE);
	test_bad_json_policy("{}", GAUTH_OK);
}

int
main(void)
{
	test_parse_errors();
	test_formatter();
	test_templates();
	test_entity_json();
	test_json_policies();
	return unit_finish("policy_text");
}
