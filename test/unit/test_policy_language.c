/*
 * test_policy_language.c
 *		The language in small: what parses and what does not, and where the
 *		error is; values, operators and extension types; templates; formatter
 *		and JSON format; strict mode, explanations, limits.
 */
#include "test_policy.h"

#include "policy/extension.h"
#include "policy/format.h"
#include "policy/policy_json.h"

static const char entities_json[] =
"[{\"uid\":{\"type\":\"User\",\"id\":\"alice\"},"
"\"attrs\":{\"age\":30,\"name\":\"alice\",\"min\":-9223372036854775808,"
"\"friend\":{\"__entity\":{\"type\":\"User\",\"id\":\"bob\"}},"
"\"deep\":{\"a\":{\"b\":1}},\"ghost\":{\"__entity\":{\"type\":\"User\","
"\"id\":\"ghost\"}}},\"tags\":{\"color\":\"red\"},"
"\"parents\":[{\"type\":\"Group\",\"id\":\"staff\"}]},"
"{\"uid\":{\"type\":\"Group\",\"id\":\"staff\"},\"attrs\":{},"
"\"parents\":[{\"type\":\"Group\",\"id\":\"all\"}]},"
"{\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{\"age\":31},"
"\"parents\":[]}]";

typedef enum Outcome
{
	OUTCOME_TRUE,
	OUTCOME_FALSE,
	OUTCOME_ERROR
} Outcome;

typedef struct Case
{
	const char *expr;
	Outcome		outcome;
	GauthEvalResult error;
} Case;

/* is Alice allowed to act on the document by this one condition? */
static void
test_case(const Case *test)
{
	Fixture		fixture;
	GauthArena *arena = &fixture.arena;
	char		source[4096];
	GauthEntityReader reader;
	GauthRequest request = {0};
	GauthDecision decision;
	GauthJson  *json;
	GauthSpan	context = GAUTH_SPAN("{\"n\":7,\"s\":\"a*b\",\"set\":[1,2,2]}");
	Outcome		outcome;

	fixture_init(&fixture);
	snprintf(source, sizeof(source),
			 "permit(principal, action, resource) when { %s };", test->expr);
	if (!CHECK_STATUS(fixture_policies(&fixture, gauth_span_of(source)),
					  GAUTH_OK))
		printf("%s: %s\n", test->expr, fixture.err.detail);
	else
	{
		reader = fixture_reader(&fixture, arena);
		CHECK_STATUS(fixture_entities(&fixture,
									  gauth_span_of(entities_json)), GAUTH_OK);
		CHECK_STATUS(gauth_json_parse(arena, context,
									  &gauth_json_document_limits, &json,
									  &fixture.err), GAUTH_OK);
		CHECK_STATUS(gauth_context_from_json(&reader, json, NULL,
											 &request.context), GAUTH_OK);
		request.principal = gauth_uid_make(arena, GAUTH_SPAN("User"),
										   GAUTH_SPAN("alice"));
		request.action = gauth_uid_make(arena, GAUTH_SPAN("Action"),
										GAUTH_SPAN("view"));
		request.resource = gauth_uid_make(arena, GAUTH_SPAN("Doc"),
										  GAUTH_SPAN("x"));
		CHECK(decide_twice(&fixture, arena, &request, GAUTH_POLICY_CEDAR,
						   &decision));
		outcome = decision.failure_count > 0 ? OUTCOME_ERROR :
			decision.permit ? OUTCOME_TRUE : OUTCOME_FALSE;
		if (!CHECK(outcome == test->outcome &&
				   (outcome != OUTCOME_ERROR ||
					decision.failures[0].error == test->error)))
			printf("%s: outcome %d\n", test->expr, outcome);
	}
	fixture_free(&fixture);
}

static void
test_expressions(void)
{
	static const Case cases[] = {
		{"1 + 2 * 3 == 7", OUTCOME_TRUE, 0},
		{"(1 + 2) * 3 == 9", OUTCOME_TRUE, 0},
		{"10 - 3 - 2 == 5", OUTCOME_TRUE, 0},
		{"- -1 == 1", OUTCOME_TRUE, 0},
		{"-9223372036854775808 < 0", OUTCOME_TRUE, 0},
		{"9223372036854775807 + 1 > 0", OUTCOME_ERROR, GAUTH_EVAL_OVERFLOW},
		{"-principal.min > 0", OUTCOME_ERROR, GAUTH_EVAL_OVERFLOW},
		{"principal.min - 1 < 0", OUTCOME_ERROR, GAUTH_EVAL_OVERFLOW},
		{"principal.min * -1 < 0", OUTCOME_ERROR, GAUTH_EVAL_OVERFLOW},
		{"1 == \"1\"", OUTCOME_FALSE, 0},
		{"1 != \"1\"", OUTCOME_TRUE, 0},
		{"1 < \"1\"", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"!1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"!!true", OUTCOME_TRUE, 0},
		{"false && 1", OUTCOME_FALSE, 0},
		{"true || 1", OUTCOME_TRUE, 0},
		{"true && 1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"false || 1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"1 && false", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"true && true && false && 1", OUTCOME_FALSE, 0},
		{"if true then true else 1", OUTCOME_TRUE, 0},
		{"if 1 then true else true", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"(if false then 1 else 2) == 2", OUTCOME_TRUE, 0},
		{"[1, 2, 1] == [2, 1]", OUTCOME_TRUE, 0},
		{"[1, [2]] == [[2], 1]", OUTCOME_TRUE, 0},
		{"[] == []", OUTCOME_TRUE, 0},
		{"[].isEmpty()", OUTCOME_TRUE, 0},
		{"context.set.isEmpty()", OUTCOME_FALSE, 0},
		{"context.set == [2, 1]", OUTCOME_TRUE, 0},
		{"[1, \"1\", true].contains(true)", OUTCOME_TRUE, 0},
		{"[1, 2].contains(context.n)", OUTCOME_FALSE, 0},
		{"context.set.contains(2)", OUTCOME_TRUE, 0},
		{"[1, 2, 3].containsAll(context.set)", OUTCOME_TRUE, 0},
		{"context.set.containsAll([1, 3])", OUTCOME_FALSE, 0},
		{"context.set.containsAny([3, 2])", OUTCOME_TRUE, 0},
		{"context.set.containsAny([])", OUTCOME_FALSE, 0},
		{"1.contains(1)", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"[1].containsAll(1)", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"{a: 1, \"b c\": 2} == {\"b c\": 2, a: 1}", OUTCOME_TRUE, 0},
		{"{a: 1}.a == 1", OUTCOME_TRUE, 0},
		{"{a: 1}[\"a\"] == 1", OUTCOME_TRUE, 0},
		{"{a: 1}.b == 1", OUTCOME_ERROR, GAUTH_EVAL_NO_ATTRIBUTE},
		{"{a: 1} has a", OUTCOME_TRUE, 0},
		{"{a: {b: {c: 1}}} has a.b.c", OUTCOME_TRUE, 0},
		{"{a: {b: 1}} has a.c.d", OUTCOME_FALSE, 0},
		{"{a: 1} has a.b", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"principal has deep.a.b", OUTCOME_TRUE, 0},
		{"principal has friend.age", OUTCOME_TRUE, 0},
		{"principal has ghost.age", OUTCOME_FALSE, 0},
		{"principal.friend.age == 31", OUTCOME_TRUE, 0},
		{"principal.ghost.age == 1", OUTCOME_ERROR, GAUTH_EVAL_NO_ENTITY},
		{"principal.none == 1", OUTCOME_ERROR, GAUTH_EVAL_NO_ATTRIBUTE},
		{"resource has x", OUTCOME_FALSE, 0},
		{"1 has x", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"principal in Group::\"all\"", OUTCOME_TRUE, 0},
		{"principal in principal", OUTCOME_TRUE, 0},
		{"principal in [Group::\"x\", Group::\"staff\"]", OUTCOME_TRUE, 0},
		{"principal in []", OUTCOME_FALSE, 0},
		{"principal in [Group::\"staff\", 1]", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"principal in [principal.friend, Group::\"all\"]", OUTCOME_TRUE, 0},
		{"principal in [context.n]", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"1 in principal", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"principal in 1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"Group::\"all\" in principal", OUTCOME_FALSE, 0},
		{"principal is User", OUTCOME_TRUE, 0},
		{"principal is Group", OUTCOME_FALSE, 0},
		{"principal is User in Group::\"all\"", OUTCOME_TRUE, 0},
		{"principal is Group in 1", OUTCOME_FALSE, 0},
		{"principal is User in 1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"context is User", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"principal.hasTag(\"color\")", OUTCOME_TRUE, 0},
		{"principal.getTag(\"color\") == \"red\"", OUTCOME_TRUE, 0},
		{"principal.getTag(\"size\") == 1", OUTCOME_ERROR, GAUTH_EVAL_NO_TAG},
		{"resource.hasTag(\"x\")", OUTCOME_FALSE, 0},
		{"resource.getTag(\"x\") == 1", OUTCOME_ERROR, GAUTH_EVAL_NO_ENTITY},
		{"principal.hasTag(1)", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"\"hello\" like \"h*o\"", OUTCOME_TRUE, 0},
		{"\"hello\" like \"h*l\"", OUTCOME_FALSE, 0},
		{"\"aXbXc\" like \"a*b*c\"", OUTCOME_TRUE, 0},
		{"\"aab\" like \"*ab\"", OUTCOME_TRUE, 0},
		{"\"\" like \"*\"", OUTCOME_TRUE, 0},
		{"\"\" like \"\"", OUTCOME_TRUE, 0},
		{"\"a\" like \"\"", OUTCOME_FALSE, 0},
		{"\"ab\" like \"a*ab\"", OUTCOME_FALSE, 0},
		{"context.s like \"a\\*b\"", OUTCOME_TRUE, 0},
		{"\"axb\" like \"a\\*b\"", OUTCOME_FALSE, 0},
		{"1 like \"*\"", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"\"\\u{e9}\\x41\\0\\n\" == \"\303\251A\\0\\n\"", OUTCOME_TRUE, 0},
		{"decimal(\"1.10\") == decimal(\"1.1\")", OUTCOME_TRUE, 0},
		{"decimal(\"1.1\").lessThan(decimal(\"1.2\"))", OUTCOME_TRUE, 0},
		{"decimal(\"1.1\").greaterThanOrEqual(decimal(\"1.1\"))", OUTCOME_TRUE, 0},
		{"decimal(\"1.1\") < decimal(\"1.2\")", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"decimal(\"1\") == 1", OUTCOME_ERROR, GAUTH_EVAL_EXTENSION},
		{"decimal(1) == 1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"decimal() == 1", OUTCOME_ERROR, GAUTH_EVAL_TYPE},
		{"ip(\"10.1.2.3\").isInRange(ip(\"10.0.0.0/8\"))", OUTCOME_TRUE, 0},
		{"ip(\"::1\").isInRange(ip(\"10.0.0.0/8\"))", OUTCOME_FALSE, 0},
		{"ip(\"::1\").isLoopback()", OUTCOME_TRUE, 0},
		{"ip(\"::1\").isIpv6()", OUTCOME_TRUE, 0},
		{"ip(\"224.0.0.1\").isMulticast()", OUTCOME_TRUE, 0},
		{"ip(\"1.2.3.4\") == ip(\"1.2.3.4/32\")", OUTCOME_TRUE, 0},
		{"ip(\"x\").isIpv4()", OUTCOME_ERROR, GAUTH_EVAL_EXTENSION},
		{"datetime(\"2024-02-29\") < datetime(\"2024-03-01\")", OUTCOME_TRUE, 0},
		{"datetime(\"2024-01-01T00:00:00+0100\") == "
		"datetime(\"2023-12-31T23:00:00Z\")", OUTCOME_TRUE, 0},
		{"datetime(\"2024-01-01\").offset(duration(\"1d2h\")).toTime() == "
		"duration(\"2h\")", OUTCOME_TRUE, 0},
		{"datetime(\"1969-12-31T23:00:00Z\").toDate() == "
		"datetime(\"1969-12-31\")", OUTCOME_TRUE, 0},
		{"duration(\"-90s\").toMinutes() == -1", OUTCOME_TRUE, 0},
		{"duration(\"1d\") > duration(\"23h\")", OUTCOME_TRUE, 0},
		{"duration(\"1d\").toHours() == 24", OUTCOME_TRUE, 0},
		{"datetime(\"2024-01-02\").durationSince(datetime(\"2024-01-01\")) "
		"== duration(\"24h\")", OUTCOME_TRUE, 0},
		{"duration(\"1h1d\") == 1", OUTCOME_ERROR, GAUTH_EVAL_EXTENSION}
	};
	size_t		i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_case(&cases[i]);
}

static void
test_extension_texts(void)
{
	static const char *const decimals[] = {
		"0.0", "-0.5", "922337203685477.5807", "-922337203685477.5808",
		"00012.3400"
	};
	static const char *const no_decimals[] = {
		"", ".", "1", "1.", ".1", "1.12345", "+1.0", "1.-1", "-", "-.1",
		"922337203685477.5808", "99999999999999999999999999999999999999.0",
		"1.0 ", "1e1"
	};
	static const char *const ips[] = {
		"0.0.0.0", "255.255.255.255/0", "::", "1::", "::1", "1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7::", "ABCD::/128", "1::8/0"
	};
	static const char *const no_ips[] = {
		"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.4/33",
		"1.2.3.4/", "1.2.3.4/08", ":", ":::", "1:2:3:4:5:6:7", "1::2::3",
		"1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "::/129",
		"::ffff:1.2.3.4", "::1%eth0", "g::", "1.2.3.4/1/1"
	};
	static const char *const datetimes[] = {
		"0000-01-01", "9999-12-31T23:59:59.999-2359", "2000-02-29",
		"2024-01-01T00:00:00.000+0000"
	};
	static const char *const no_datetimes[] = {
		"", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10",
		"2024-01-32", "24-01-01", "2024-1-1", "2024-01-01T", "2024-01-01Z",
		"2024-01-01T00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
		"2024-01-01T00:00:60Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.1Z",
		"2024-01-01T00:00:00+2400", "2024-01-01T00:00:00+0060",
		"2024-01-01T00:00:00+00:00", "2024-01-01t00:00:00z",
		"2024-01-01T00:00:00Z "
	};
	static const char *const durations[] = {
		"1ms", "-1d", "1d2h3m4s5ms", "0s", "007h",
		"-9223372036854775808ms", "9223372036854775807ms"
	};
	static const char *const no_durations[] = {
		"", "-", "1", "ms", "1x", "1ms1s", "1s1s", "1.5h", "+1h", "1 h",
		"9223372036854775808ms", "106751991168d", "1h-1m", "--1h"
	};
	int64_t		number;
	int64_t		again;
	GauthIp		ip;
	GauthIp		ip_again;
	char		text[GAUTH_EXTENSION_TEXT_MAX];
	size_t		i;

#define EACH(list)	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
	EACH(decimals)
	{
		CHECK(gauth_decimal_parse(gauth_span_of(decimals[i]), &number));
		CHECK(gauth_decimal_parse(gauth_span(text, gauth_decimal_write(number,
																	   text)),
								  &again) && again == number);
	}
	EACH(no_decimals)
		CHECK(!gauth_decimal_parse(gauth_span_of(no_decimals[i]), &number));
	EACH(ips)
	{
		CHECK(gauth_ip_parse(gauth_span_of(ips[i]), &ip));
		CHECK(gauth_ip_parse(gauth_span(text, gauth_ip_write(&ip, text)),
							 &ip_again) && memcmp(&ip, &ip_again,
												  sizeof(ip)) == 0);
	}
	EACH(no_ips)
		CHECK(!gauth_ip_parse(gauth_span_of(no_ips[i]), &ip));
	EACH(datetimes)
		CHECK(gauth_datetime_parse(gauth_span_of(datetimes[i]), &number));
	EACH(no_datetimes)
		CHECK(!gauth_datetime_parse(gauth_span_of(no_datetimes[i]), &number));
	EACH(durations)
	{
		CHECK(gauth_duration_parse(gauth_span_of(durations[i]), &number));
		CHECK(gauth_duration_parse(gauth_span(text,
											  gauth_duration_write(number,
																   text)),
								   &again) && again == number);
	}
	EACH(no_durations)
		CHECK(!gauth_duration_parse(gauth_span_of(no_durations[i]), &number));
	CHECK(gauth_datetime_parse(GAUTH_SPAN("1970-01-01"), &number) &&
		  number == 0);
	CHECK(gauth_datetime_parse(GAUTH_SPAN("2024-10-15T11:35:00Z"), &number) &&
		  number == INT64_C(1728992100000));
}

typedef struct ParseError
{
	const char *source;
	const char *detail;			/* what the message has to begin with */
} ParseError;

static void
test_parse_errors(void)
{
	static const ParseError errors[] = {
		{"permit(principal, action, resource)",
		"line 1, column 36: expected \"when\", \"unless\" or \";\""},
		{"\npermit(principal action, resource);",
		"line 2, column 18: expected \",\""},
		{"allow(principal, action, resource);",
		"line 1, column 1: expected \"permit\", \"forbid\""},
		{"permit(principal, action, resource) when { 1 + };",
		"line 1, column 48: expected an expression"},
		{"permit(principal, action, resource) when { a < b };",
		"line 1, column 44: expected principal, action"},
		{"permit(principal, action, resource) when { 1 < 2 < 3 };",
		"line 1, column 50: expected \"}\""},
		{"permit(principal, action, resource) when { foo(1) };",
		"line 1, column 44: expected the name of a function"},
		{"permit(principal, action, resource) when { context.foo(1) };",
		"line 1, column 52: expected the name of a method"},
		{"permit(principal, action, resource) when { [1].contains() };",
		"line 1, column 48: expected one argument"},
		{"permit(principal, action, resource) when { {a: 1, a: 2} };",
		"line 1, column 51: expected a field that is not there"},
		{"permit(principal, action, resource) when { \"\\q\" };",
		"line 1, column 45: invalid escape"},
		{"permit(principal, action, resource) when { \"\\u{110000}\" };",
		"line 1, column 45: invalid escape"},
		{"permit(principal, action, resource) when { \"\\x80\" };",
		"line 1, column 45: invalid escape"},
		{"permit(principal, action, resource) when { \"a };",
		"line 1, column 44: expected a closing quote"},
		{"permit(principal, action, resource) when { 9223372036854775808 };",
		"line 1, column 44: expected an integer that fits"},
		{"permit(principal, action, resource) when { !!!!!true };",
		"line 1, column 49: expected at most four"},
		{"permit(principal, action, resource) when { principal in ?principal };",
		"line 1, column 57: expected an expression; slots"},
		{"permit(principal == ?resource, action, resource);",
		"line 1, column 22: expected the slot ?principal"},
		{"permit(principal, action == User::\"a\", resource);",
		"line 1, column 29: expected an entity of type Action"},
		{"@a(\"1\") @a(\"2\") permit(principal, action, resource);",
		"line 1, column 10: expected an annotation that is not"},
		{"permit(principal, action, resource) when { if true then 1 };",
		"line 1, column 59: expected \"else\""},
		{"permit(principal, action, resource) when { a::b };",
		"line 1, column 49: expected \"::\""},
		{"permit(principal is in, action, resource);",
		"line 1, column 21: expected a type name"},
		{"/* no */ permit(principal, action, resource);",
		"line 1, column 1: expected a token"},
		{"permit(principal, action, resource) when { context.if };",
		"line 1, column 52: expected the name of an attribute"},
		{"permit(principal == __cedar::A::\"x\", action, resource);",
		"line 1, column 21: expected a type name"},
		{"\"\303\251\" x", "line 1, column 1: expected"}
	};
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
				"[Action::\"a\",NS::Action::\"b\"],resource is A::B in ?resource)"
				"when{-(5)==- 5&&!(true)}unless{(1+2)*3-(4-5)==1};",
				"@id(\"a\")\n@b\npermit (\n    principal == User::\"x\",\n"
				"    action in [Action::\"a\", NS::Action::\"b\"],\n"
				"    resource is A::B in ?resource\n)\n"
				"when { -(5) == -5 && !true }\n"
				"unless { (1 + 2) * 3 - (4 - 5) == 1 };\n");
	test_format("// one\n\n  // two\npermit(principal,action,resource); // three\n"
				"// four\nforbid(principal,action,resource);\n// end",
				"// one\n// two\npermit (principal, action, resource); // three\n"
				"\n// four\nforbid (principal, action, resource);\n\n// end\n");
	test_format("permit (principal, // who\n action, resource);\n", NULL);
	test_format("permit (principal, action, resource)\n"
				"when { context has \"a b\" && context[\"a b\"] like \"\\*x*\" };\n",
				NULL);
	test_format("permit (principal, action, resource)\n"
				"when {\n    (if true then 1 else 2) == 1 &&\n"
				"    [1, 2].contains(3) &&\n"
				"    (principal has a.b.c || principal in [User::\"\\n\\u{7f}\"])\n"
				"};\n", NULL);
	test_format("", "");
}

static void
test_templates(void)
{
	static const char source[] =
	"@id(\"t\") permit(principal == ?principal, action, resource in ?resource);"
	"forbid(principal, action, resource) when { false };";
	Fixture		fixture;
	GauthPolicy *link;
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
	template = gauth_policy_list_find_template(&fixture.list, GAUTH_SPAN("t"));
	CHECK(template != NULL);
	CHECK_STATUS(gauth_uid_parse(&fixture.arena, GAUTH_SPAN("A::B::\"x\""),
								 &user, &fixture.err), GAUTH_OK);
	CHECK_STATUS(gauth_policy_link(&fixture.arena, template, GAUTH_SPAN("l"),
								   user, NULL, &link, &fixture.err),
				 GAUTH_INVALID_ARGUMENT);
	CHECK_STATUS(gauth_policy_link(&fixture.arena, template, GAUTH_SPAN("l"),
								   user, user, &link, &fixture.err), GAUTH_OK);
	gauth_policy_list_add(&fixture.list, link);
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

static GauthRequest
make_request(GauthArena *arena)
{
	return (GauthRequest) {
		gauth_uid_make(arena, GAUTH_SPAN("User"), GAUTH_SPAN("alice")),
			gauth_uid_make(arena, GAUTH_SPAN("Action"), GAUTH_SPAN("view")),
			gauth_uid_make(arena, GAUTH_SPAN("Doc"), GAUTH_SPAN("x")),
			&gauth_empty_record
	};
}

static void
test_modes_and_misses(void)
{
	static const char source[] =
	"permit(principal, action, resource);"
	"forbid(principal, action, resource) when { context.x };"
	"@advice(\"ask\") permit(principal is User, action, resource)\n"
	"when { principal.age > 1 && principal.age > 99 };";
	Fixture		fixture;
	GauthRequest request;
	GauthDecision decision;
	GauthSpan	note;

	fixture_init(&fixture);
	CHECK_STATUS(fixture_policies(&fixture, gauth_span_of(source)), GAUTH_OK);
	CHECK_STATUS(fixture_entities(&fixture, gauth_span_of(entities_json)),
				 GAUTH_OK);
	request = make_request(&fixture.arena);
	CHECK(decide_twice(&fixture, &fixture.arena, &request, GAUTH_POLICY_CEDAR,
					   &decision));
	CHECK(decision.permit && decision.determining_count == 1 &&
		  decision.failure_count == 1);
	CHECK(decide_twice(&fixture, &fixture.arena, &request, GAUTH_POLICY_STRICT,
					   &decision));
	CHECK(!decision.permit && decision.determining_count == 0 &&
		  decision.failure_count == 1 && decision.failures[0].policy == 1 &&
		  decision.failures[0].error == GAUTH_EVAL_NO_ATTRIBUTE);
	CHECK(gauth_span_is(gauth_span_slice(gauth_span_of(source),
										 decision.failures[0].offset,
										 decision.failures[0].end -
										 decision.failures[0].offset),
						"context.x"));
	CHECK(decision.miss_count == 1 && decision.misses[0].policy == 2 &&
		  decision.misses[0].condition == 0);
	CHECK(gauth_span_is(gauth_span_slice(gauth_span_of(source),
										 decision.misses[0].offset,
										 decision.misses[0].end -
										 decision.misses[0].offset),
						"principal.age > 99"));
	CHECK(gauth_policy_set_find_note(fixture.set, 2, "advice", &note) &&
		  gauth_span_is(note, "ask"));
	CHECK(!gauth_policy_set_find_note(fixture.set, 0, "advice", &note));
	fixture_free(&fixture);
}

/* text repeated, between a beginning and an end */
static GauthSpan
repeat(GauthArena *arena, const char *begin, const char *part, unsigned times,
	   const char *end)
{
	GauthText	text;
	GauthSpan	result = {0};
	unsigned	i;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, gauth_span_of(begin));
	for (i = 0; i < times; i++)
		gauth_text_append(&text, gauth_span_of(part));
	gauth_text_append(&text, gauth_span_of(end));
	CHECK(gauth_text_finish(&text, &result));
	return result;
}

#define HEAD	"permit(principal, action, resource) when { "

static void
test_hostile(const char *begin, const char *part, unsigned times,
			 const char *end, GauthStatus expected)
{
	Fixture		fixture;
	GauthSpan	source;

	fixture_init(&fixture);
	source = repeat(&fixture.arena, begin, part, times, end);
	gauth_arena_reset(&fixture.arena);
	gauth_arena_init(&fixture.arena, NULL, 0, &gauth_malloc_source,
					 64 * 1024 * 1024);
	source = repeat(&fixture.arena, begin, part, times, end);
	CHECK_STATUS(fixture_policies(&fixture, source), expected);
	fixture_free(&fixture);
}

static void
test_limits(void)
{
	test_hostile(HEAD, "(", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "[", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "{a:", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "if true then ", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD, "ip(", 100000, "", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "true", " && true", 100000, "};", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "true", " && true", 900, "};", GAUTH_OK);
	test_hostile(HEAD "1", " + 1", 100000, " == 1 };", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "context", ".a", 100000, "};", GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "[", "1, ", 1000000, "].isEmpty() };",
				 GAUTH_LIMIT_EXCEEDED);
	test_hostile(HEAD "[", "1, ", 90000, "].isEmpty() };", GAUTH_OK);
	test_hostile("", "@a ", 100000, "", GAUTH_INVALID_SYNTAX);
}

/* a policy that doubles its work at each level runs out of fuel */
static void
test_fuel(void)
{
	Fixture		fixture;
	GauthText	text;
	GauthSpan	source;
	GauthEntityLoader loader;
	GauthPolicyLimits limits = gauth_policy_default_limits;
	GauthDecisionInput input = {.limits = &limits,.loader = &loader};
	GauthRequest request;
	GauthDecision decision;
	int			i;

	fixture_init(&fixture);
	gauth_text_init(&text, &fixture.arena);
	gauth_text_append(&text, GAUTH_SPAN(HEAD));
	for (i = 0; i < 1000; i++)
		gauth_text_append(&text, i == 0 ? GAUTH_SPAN("[principal] == [action]")
						  : GAUTH_SPAN(" || [principal] == [action]"));
	gauth_text_append(&text, GAUTH_SPAN(" };"));
	CHECK(gauth_text_finish(&text, &source));
	CHECK_STATUS(fixture_policies(&fixture, source), GAUTH_LIMIT_EXCEEDED);

	source = GAUTH_SPAN(HEAD "[principal] == [action] || true };");
	CHECK_STATUS(fixture_policies(&fixture, source), GAUTH_OK);
	CHECK_STATUS(fixture_entities(&fixture, GAUTH_SPAN("[]")), GAUTH_OK);
	loader = gauth_entity_store_loader(fixture.store);
	input.set = fixture.set;
	request = make_request(&fixture.arena);
	CHECK_STATUS(gauth_policy_decide(&fixture.arena, &input, &request,
									 &decision, &fixture.err), GAUTH_OK);
	CHECK(decision.permit);
	limits.fuel = 5;
	CHECK_STATUS(gauth_policy_decide(&fixture.arena, &input, &request,
									 &decision, &fixture.err),
				 GAUTH_LIMIT_EXCEEDED);
	CHECK(!decision.permit);
	fixture_free(&fixture);
}

/* "like" stays linear where a backtracking matcher would take for ever */
static void
test_catastrophic_like(void)
{
	GauthArena	arena;
	GauthSpan	text;
	GauthSpan	pattern;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	text = repeat(&arena, "", "a", 1000000, "");
	pattern = repeat(&arena, "", "a\xff", 100000, "b");
	CHECK(!gauth_pattern_match(text, pattern));
	pattern = repeat(&arena, "\xff", "a", 500000, "b\xff");
	CHECK(!gauth_pattern_match(text, pattern));
	pattern = repeat(&arena, "", "a\xff", 100000, "a");
	CHECK(gauth_pattern_match(text, pattern));
	gauth_arena_reset(&arena);
}

/* "count" entities, each below the next */
static GauthStatus
build_chain(unsigned count, bool close_cycle, const char *type)
{
	GauthArena	arena;
	GauthEntityStore *store;
	GauthError	err;
	GauthStatus status;
	unsigned	i;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 64 * 1024 * 1024);
	status = gauth_entity_store_create(&arena, &gauth_policy_default_limits,
									   &store, &err);
	for (i = 0; i < count && status == GAUTH_OK; i++)
	{
		GauthEntity entity = {.parent_count = i + 1 < count || close_cycle};
		char		id[16];

		snprintf(id, sizeof(id), "%u", i);
		entity.uid = gauth_uid_make(&arena, gauth_span_of(type),
									gauth_span_of(id));
		snprintf(id, sizeof(id), "%u", (i + 1) % count);
		entity.parents = gauth_arena_alloc(&arena, sizeof(GauthUid *));
		entity.parents[0] = gauth_uid_make(&arena, gauth_span_of(type),
										   gauth_span_of(id));
		status = gauth_entity_store_add(store, &entity, &err);
	}
	if (status == GAUTH_OK)
		status = gauth_entity_store_close(store, &err);
	gauth_arena_reset(&arena);
	return status;
}

static void
test_hierarchy(void)
{
	CHECK_STATUS(build_chain(1000, false, "T"), GAUTH_OK);
	CHECK_STATUS(build_chain(1000, true, "T"), GAUTH_INVALID_VALUE);
	CHECK_STATUS(build_chain(1, true, "T"), GAUTH_INVALID_VALUE);
	CHECK_STATUS(build_chain(100000, false, "T"), GAUTH_LIMIT_EXCEEDED);
	CHECK_STATUS(build_chain(100000, true, "T"), GAUTH_INVALID_VALUE);
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
	test_bad_entities(ENTITY("\"a\":{\"__extn\":{\"fn\":\"ip\",\"arg\":\"x\"}}"),
					  GAUTH_INVALID_VALUE);
	test_bad_entities(ENTITY("\"a\":{\"__extn\":{\"fn\":\"no\",\"arg\":\"x\"}}"),
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
								"\"pattern\":[\"Wildcard\",{\"Literal\":\"a\"}]}}"),
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
	test_expressions();
	test_extension_texts();
	test_parse_errors();
	test_formatter();
	test_templates();
	test_modes_and_misses();
	test_limits();
	test_fuel();
	test_catastrophic_like();
	test_hierarchy();
	test_entity_json();
	test_json_policies();
	return unit_finish("policy_language");
}
