/*
 * test_policy_language.c
 *		The language in small: operators, values and extension types; strict
 *		mode and explanations.
 */
#include "test_policy.h"

#include "policy/extension.h"

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
	GauthSpan	context = GAUTH_SPAN("{\"n\":7,\"s\":\"a*b\","
									 "\"set\":[1,2,2]}");
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

static void
test_expressions(void)
{
	size_t		i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_case(&cases[i]);
}

#define EACH(list) for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)

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

static void
test_decimal_and_ip_texts(void)
{
	char		text[GAUTH_EXTENSION_TEXT_MAX];
	int64_t		number;
	int64_t		again;
	GauthIp		ip;
	GauthIp		ip_again;
	size_t		len;
	size_t		i;

	EACH(decimals)
	{
		CHECK(gauth_decimal_parse(gauth_span_of(decimals[i]), &number));
		len = gauth_decimal_write(number, text);
		CHECK(gauth_decimal_parse(gauth_span(text, len), &again) &&
			  again == number);
	}
	EACH(no_decimals)
		CHECK(!gauth_decimal_parse(gauth_span_of(no_decimals[i]), &number));
	EACH(ips)
	{
		CHECK(gauth_ip_parse(gauth_span_of(ips[i]), &ip));
		len = gauth_ip_write(&ip, text);
		CHECK(gauth_ip_parse(gauth_span(text, len), &ip_again) &&
			  memcmp(&ip, &ip_again, sizeof(ip)) == 0);
	}
	EACH(no_ips)
		CHECK(!gauth_ip_parse(gauth_span_of(no_ips[i]), &ip));
}

static void
test_time_texts(void)
{
	char		text[GAUTH_EXTENSION_TEXT_MAX];
	int64_t		number;
	int64_t		again;
	size_t		len;
	size_t		i;

	EACH(datetimes)
		CHECK(gauth_datetime_parse(gauth_span_of(datetimes[i]), &number));
	EACH(no_datetimes)
		CHECK(!gauth_datetime_parse(gauth_span_of(no_datetimes[i]), &number));
	EACH(durations)
	{
		CHECK(gauth_duration_parse(gauth_span_of(durations[i]), &number));
		len = gauth_duration_write(number, text);
		CHECK(gauth_duration_parse(gauth_span(text, len), &again) &&
			  again == number);
	}
	EACH(no_durations)
		CHECK(!gauth_duration_parse(gauth_span_of(no_durations[i]), &number));
	CHECK(gauth_datetime_parse(GAUTH_SPAN("1970-01-01"), &number) &&
		  number == 0);
	CHECK(gauth_datetime_parse(GAUTH_SPAN("2024-10-15T11:35:00Z"), &number) &&
		  number == INT64_C(1728992100000));
}

static GauthRequest
make_request(GauthArena *arena)
{
	return (GauthRequest)
	{
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

int
main(void)
{
	test_expressions();
	test_decimal_and_ip_texts();
	test_time_texts();
	test_modes_and_misses();
	return unit_finish("policy_language");
}
