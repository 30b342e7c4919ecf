/*
 * test_attacks_rules.c
 *		Tokens that are genuine and meant for somebody else: another issuer,
 *		another audience, another purpose, another time.
 */
#include "test_attack.h"

static GauthKeySet keys;
static GauthKeyEntry entry;

static GauthStatus
verify_payload(GauthSpan payload)
{
	return verify_token(sign_token(entry.key, GAUTH_SPAN(GOOD_HEADER), payload),
						&keys, &rules);
}

/* values of "iss" and of "aud", each in place of the right one */
static const struct
{
	const char *json;
	GauthStatus as_issuer;
	GauthStatus as_audience;
}			values[] = {
	{"\"" ISSUER "\"", GAUTH_OK, GAUTH_AUDIENCE_REFUSED},
	{"\"api\"", GAUTH_ISSUER_REFUSED, GAUTH_OK},
	{"[\"api\"]", GAUTH_CLAIM_INVALID, GAUTH_OK},
	{"[\"x\",\"api\"]", GAUTH_CLAIM_INVALID, GAUTH_OK},
	{"[\"api\",\"api\"]", GAUTH_CLAIM_INVALID, GAUTH_OK},
	{"[\"" ISSUER "\"]", GAUTH_CLAIM_INVALID, GAUTH_AUDIENCE_REFUSED},
	{"[]", GAUTH_CLAIM_INVALID, GAUTH_AUDIENCE_REFUSED},
	{"[[\"api\"]]", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"[\"api\",1]", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"[1,\"api\"]", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"[\"api\",null]", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"{\"api\":\"api\"}", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"null", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"0", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"true", GAUTH_CLAIM_INVALID, GAUTH_CLAIM_INVALID},
	{"\"\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"" ISSUER "/\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"https://issuer.exampl\"", GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED},
	{"\"https://issuer.example.attacker.example\"", GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED},
	{"\"HTTPS://ISSUER.EXAMPLE\"", GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED},
	{"\"http://issuer.example\"", GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED},
	{"\"https://issuer.example:443\"", GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED},
	{"\" " ISSUER "\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"https://\\u0456ssuer.example\"", GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED},
	{"\"https://issuer.example\\n\"", GAUTH_ISSUER_REFUSED,
	GAUTH_AUDIENCE_REFUSED},
	{"\"https:\\/\\/issuer\\u002eexample\"", GAUTH_OK, GAUTH_AUDIENCE_REFUSED},
	{"\"" ISSUER "\\u0000\"", GAUTH_TOKEN_MALFORMED, GAUTH_TOKEN_MALFORMED},
	{"\"ap\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"apis\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"API\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"api other\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"other api\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"api\\u200b\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"\\uff41pi\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"\\u0061p\\u0069\"", GAUTH_ISSUER_REFUSED, GAUTH_OK},
	{"\"*\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
	{"\"%\"", GAUTH_ISSUER_REFUSED, GAUTH_AUDIENCE_REFUSED},
};

static void
test_names(void)
{
	size_t		i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
	{
		const char *json = values[i].json;

		(void) expect(22, verify_payload(format_text("{\"iss\":%s,\"aud\":"
													 "\"api\",\"exp\":1000600}",
													 json)),
					  values[i].as_issuer, json);
		(void) expect(22, verify_payload(format_text("{\"iss\":\"" ISSUER "\","
													 "\"aud\":%s,"
													 "\"exp\":1000600}", json)),
					  values[i].as_audience, json);
	}
}

/* a subject of another kind is not an absent one */
static void
test_subjects(void)
{
	static const char *const wrong[] = {
		"null", "0", "1.5", "true", "[\"u\"]", "{\"id\":\"u\"}", "[]"
	};
	static const char *const names[] = {"sub", "jti", "iss"};
	size_t		i;
	size_t		j;

	for (i = 0; i < 3; i++)
	{
		for (j = 0; j < sizeof(wrong) / sizeof(wrong[0]); j++)
			(void) expect(22, verify_payload(format_text("{\"aud\":\"api\","
														 "\"exp\":1000600,"
														 "\"%s\":%s}", names[i],
														 wrong[j])),
						  GAUTH_CLAIM_INVALID, names[i]);
	}
}

/* who expects no audience refuses a token that is meant for somebody */
static void
test_no_audience(void)
{
	GauthJwtRules saved = rules;

	rules.claims.audience_count = 0;
	(void) expect(22, verify_payload(GAUTH_SPAN(GOOD_PAYLOAD)),
				  GAUTH_AUDIENCE_REFUSED, "aud, none expected");
	(void) expect(22, verify_payload(GAUTH_SPAN("{\"iss\":\"" ISSUER "\",\"aud\":"
												"[],\"exp\":1000600}")),
				  GAUTH_AUDIENCE_REFUSED, "an empty aud, none expected");
	(void) expect(22, verify_payload(GAUTH_SPAN("{\"iss\":\"" ISSUER "\","
												"\"exp\":1000600}")),
				  GAUTH_OK, "control, no aud");
	rules = saved;
}

static GauthStatus
verify_typ(GauthKey *key, const char *typ)
{
	return verify_token(sign_token(key, format_text("{\"alg\":\"HS256\","
													"\"typ\":\"%s\"}", typ),
								   GAUTH_SPAN(GOOD_PAYLOAD)), &keys, &rules);
}

static const char *const foreign_types[] = {
	"dpop+jwt", "logout+jwt", "secevent+jwt", "statuslist+jwt",
	"token-introspection+jwt", "oauth-authz-req+jwt", "kb+jwt",
	"client-authentication+jwt", "openid4vci-proof+jwt", "entity-statement+jwt",
	"vc+sd-jwt", "dc+sd-jwt", "jwk-set+jwt"
};

/* row 23: a kind that is never an access token, in any letters */
static void
test_foreign_types(void)
{
	GauthJwtRules saved = rules;
	size_t		i;
	size_t		j;

	for (i = 0; i < sizeof(foreign_types) / sizeof(foreign_types[0]); i++)
	{
		char		upper[64];

		snprintf(upper, sizeof(upper), "%s", foreign_types[i]);
		for (j = 0; upper[j] != '\0'; j++)
		{
			if (upper[j] >= 'a' && upper[j] <= 'z')
				upper[j] = (char) (upper[j] - 'a' + 'A');
		}
		for (j = 0; j < 2; j++)
		{
			rules.typ = j == 0 ? gauth_span(NULL, 0) :
				gauth_span_of(foreign_types[i]);
			(void) expect(23, verify_typ(entry.key, foreign_types[i]),
						  GAUTH_HEADER_REFUSED, foreign_types[i]);
			(void) expect(23, verify_typ(entry.key, upper),
						  GAUTH_HEADER_REFUSED, upper);
			(void) expect(23, verify_typ(entry.key,
										 format_text("application/%s",
													 foreign_types[i]).data),
						  GAUTH_HEADER_REFUSED, "with application/");
			(void) expect(23, verify_typ(entry.key,
										 format_text("APPLICATION/%s",
													 upper).data),
						  GAUTH_HEADER_REFUSED, "with APPLICATION/");
		}
	}
	rules = saved;
}

/* row 23: an issuer that says of which type its tokens are */
static void
test_types(void)
{
	static const struct
	{
		const char *typ;
		bool		good;
	}			types[] = {
		{"at+jwt", true}, {"AT+JWT", true}, {"At+Jwt", true},
		{"application/at+jwt", true}, {"Application/AT+jwt", true},
		{"JWT", false}, {"jwt", false}, {"", false}, {"at", false},
		{"at+jwt2", false}, {"at+jw", false}, {" at+jwt", false},
		{"at+jwt ", false}, {"at jwt", false}, {"at%2Bjwt", false},
		{"application/", false}, {"application/application/at+jwt", false},
		{"text/at+jwt", false}, {"at+\\u006awt", true},
		{"\\uff41t+jwt", false}, {"id+jwt", false}, {"rt+jwt", false},
	};
	GauthJwtRules saved = rules;
	size_t		i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
	{
		rules.typ = GAUTH_SPAN("at+jwt");
		(void) expect(23, verify_typ(entry.key, types[i].typ), types[i].good ?
					  GAUTH_OK : GAUTH_TYPE_REFUSED, types[i].typ);
		rules.typ = GAUTH_SPAN("application/AT+JWT");
		(void) expect(23, verify_typ(entry.key, types[i].typ), types[i].good ?
					  GAUTH_OK : GAUTH_TYPE_REFUSED, types[i].typ);
	}
	rules.typ = GAUTH_SPAN("at+jwt");
	(void) expect(23, verify_token(sign_token(entry.key,
											  GAUTH_SPAN("{\"alg\":\"HS256\"}"),
											  GAUTH_SPAN(GOOD_PAYLOAD)),
								   &keys, &rules),
				  GAUTH_TYPE_REFUSED, "no typ at all");
	rules = saved;
}

/* row 1: what the caller does not list is not run, whatever the key can */
static void
test_allow_list(void)
{
	GauthSpan	token = sign_token(entry.key, GAUTH_SPAN(GOOD_HEADER),
								   GAUTH_SPAN(GOOD_PAYLOAD));
	GauthJwtRules saved = rules;

	rules.accepted = (GauthAlgorithmList)
	{
		.count = 2,.items =
		{
			GAUTH_RS256, GAUTH_ES256
		}
	};
	(void) expect(1, verify_token(token, &keys, &rules),
				  GAUTH_ALGORITHM_REFUSED, "not on the list");
	rules.accepted = (GauthAlgorithmList)
	{
		.count = 2,.items =
		{
			GAUTH_ES256, GAUTH_HS256
		}
	};
	(void) expect(1, verify_token(token, &keys, &rules), GAUTH_OK,
				  "control, on the list");
	rules = saved;
}

/* row 21: what is given to the holder, to the second */
static void
test_leeway(void)
{
	static const struct
	{
		int64_t		leeway;
		const char *times;
		GauthStatus expected;
	}			cases[] = {
		{30, "\"exp\":999971", GAUTH_OK},
		{30, "\"exp\":999970", GAUTH_TOKEN_EXPIRED},
		{30, "\"nbf\":1000030,\"exp\":1000100", GAUTH_OK},
		{30, "\"nbf\":1000031,\"exp\":1000100", GAUTH_TOKEN_NOT_YET_VALID},
		{30, "\"iat\":1000030,\"exp\":1000100", GAUTH_OK},
		{30, "\"iat\":1000031,\"exp\":1000100", GAUTH_TOKEN_NOT_YET_VALID},
		{600, "\"exp\":999401", GAUTH_OK},
		{601, "\"exp\":1000100", GAUTH_INVALID_ARGUMENT},
		{-1, "\"exp\":1000100", GAUTH_INVALID_ARGUMENT},
		{INT64_MAX, "\"exp\":1", GAUTH_INVALID_ARGUMENT},
		{30, "\"iat\":1000000,\"exp\":1086401", GAUTH_TOKEN_TOO_LONG_LIVED},
	};
	GauthJwtRules saved = rules;
	size_t		i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		rules.claims.leeway = cases[i].leeway;
		(void) expect(21, verify_payload(format_text(CLAIMS("%s"),
													 cases[i].times)),
					  cases[i].expected, cases[i].times);
	}
	rules = saved;
	rules.claims.max_lifetime = 0;
	(void) expect(21, verify_payload(GAUTH_SPAN(CLAIMS("\"exp\":253402300799"))),
				  GAUTH_OK, "control, no cap");
	rules.claims.now = GAUTH_TIME_MAX;
	rules.claims.leeway = GAUTH_LEEWAY_MAX;
	(void) expect(21, verify_payload(GAUTH_SPAN(CLAIMS("\"exp\":253402300799"))),
				  GAUTH_OK, "control, the last second");
	rules.claims.now = 0;
	rules.claims.leeway = 0;
	(void) expect(21, verify_payload(GAUTH_SPAN(CLAIMS("\"exp\":0"))),
				  GAUTH_TOKEN_EXPIRED, "1970");
	rules = saved;
}

/* claims that the caller wants to be there */
static void
test_required(void)
{
	const GauthSpan required[] = {TEXT("jti"), TEXT("client_id")};
	GauthJwtRules saved = rules;

	rules.claims.required = required;
	rules.claims.required_count = 2;
	(void) expect(22, verify_payload(GAUTH_SPAN(CLAIMS("\"exp\":1000600"))),
				  GAUTH_CLAIM_MISSING, "both missing");
	(void) expect(22, verify_payload(GAUTH_SPAN(CLAIMS("\"exp\":1000600,"
													   "\"jti\":\"1\""))),
				  GAUTH_CLAIM_MISSING, "one missing");
	(void) expect(22, verify_payload(GAUTH_SPAN(CLAIMS("\"exp\":1000600,"
													   "\"jti\":\"1\","
													   "\"x\":{\"client_id\":1}"))),
				  GAUTH_CLAIM_MISSING, "one deeper down");
	(void) expect(22, verify_payload(GAUTH_SPAN(CLAIMS("\"exp\":1000600,"
													   "\"jti\":\"1\","
													   "\"client_id\":null"))),
				  GAUTH_OK, "control, both there");
	rules = saved;
}

/* row 26: what was true of a token once is asked again */
static void
test_again(void)
{
	GauthSpan	token = sign_token(entry.key, GAUTH_SPAN(GOOD_HEADER),
								   GAUTH_SPAN(GOOD_PAYLOAD));
	GauthJwtRules saved = rules;
	GauthKeySet none = {0};
	GauthSpan	other = GAUTH_SPAN("other");

	(void) expect(26, verify_token(token, &keys, &rules), GAUTH_OK, "control");
	rules.claims.now = 1000600;
	(void) expect(26, verify_token(token, &keys, &rules), GAUTH_TOKEN_EXPIRED,
				  "the same, later");
	rules = saved;
	rules.claims.issuer = &other;
	(void) expect(26, verify_token(token, &keys, &rules), GAUTH_ISSUER_REFUSED,
				  "the same, another issuer");
	rules = saved;
	rules.claims.audiences = &other;
	(void) expect(26, verify_token(token, &keys, &rules),
				  GAUTH_AUDIENCE_REFUSED, "the same, another audience");
	rules = saved;
	(void) expect(26, verify_token(token, &none, &rules), GAUTH_KEY_NOT_FOUND,
				  "the same, no key");
	(void) expect(26, verify_token(token, &keys, &rules), GAUTH_OK,
				  "control, as it was");
}

/* row 28: which answers are the one that everybody gets */
static void
test_answers(void)
{
	GauthStatus each;

	for (each = GAUTH_OK; each < GAUTH_STATUS_COUNT; each++)
	{
		bool		before = each == GAUTH_TOKEN_MALFORMED ||
		each == GAUTH_TOKEN_TOO_LARGE || each == GAUTH_ALGORITHM_REFUSED ||
		each == GAUTH_HEADER_REFUSED || each == GAUTH_ISSUER_UNKNOWN ||
		each == GAUTH_KEY_NOT_FOUND || each == GAUTH_SIGNATURE_INVALID;

		CHECK(gauth_status_is_before_signature(each) == before);
		CHECK(strlen(gauth_status_name(each)) > 0);
	}
}

int
main(void)
{
	GauthKeyMaterial secret;

	begin_token();
	rules = make_rules();
	secret = generate(GAUTH_HS256);
	entry.key = make_key(&secret, GAUTH_HS256);
	keys = (GauthKeySet)
	{
		.count = 1,.entries = &entry
	};
	test_names();
	test_subjects();
	test_no_audience();
	test_foreign_types();
	test_types();
	test_allow_list();
	test_leeway();
	test_required();
	test_again();
	test_answers();
	report_rows();
	gauth_key_free(entry.key);
	return finish_token("attacks_rules");
}
