/*
 * test_extended.c
 *		The claims of extended tokens: each of them is needed, each has its
 *		form; what we write we read; the header is RS256 or ES256 with a name.
 */
#include "base/json_write.h"
#include "poa/extended.h"
#include "test_poa.h"

#define HASH	"sha256:0123456789abcdef0123456789abcdef" \
				"0123456789abcdef0123456789abcdef"

static const char sample[] =
	"{\"iss\":\"https://as.example\",\"sub\":\"bot\",\"aud\":[\"db\"],"
	"\"exp\":2000,\"iat\":1000,\"nbf\":1000,\"jti\":\"tok_1\","
	"\"gauth\":{\"version\":\"0116.2.2.1\",\"credential_id\":\"mdt_1\","
	"\"customer_id\":\"acme\",\"project_id\":\"p\",\"issued_by\":\"ben\","
	"\"scope\":{\"governance_profile\":\"standard\",\"phase\":\"build\","
	"\"active_modules\":[],\"allowed_paths\":[\"src/\"],"
	"\"denied_paths\":[]},\"scope_checksum\":\"" HASH "\","
	"\"tool_permissions_hash\":\"" HASH "\","
	"\"platform_permissions_hash\":\"" HASH "\","
	"\"approval_mode\":\"supervised\"},"
	"\"gauth_mandate\":{\"mandate_id\":\"mdt_1\","
	"\"mandate_status\":\"active\",\"budget\":{\"total_cents\":100,"
	"\"remaining_cents\":100},\"session\":{\"session_id\":\"sess_1\","
	"\"remaining_tool_calls\":0,\"max_lines_per_commit\":1},"
	"\"agent_capability_hash\":\"" HASH "\"}}";

static GauthStatus
judge(const GauthJson *document, GauthExtended *extended, GauthError *err)
{
	GauthText	text;
	GauthSpan	payload;
	GauthClaims claims;
	GauthStatus status;

	gauth_text_init(&text, &arena);
	gauth_text_append_json(&text, document);
	if (!gauth_text_finish(&text, &payload))
		abort();
	status = gauth_claims_read(&arena, payload, &claims, err);
	if (status == GAUTH_OK)
		status = gauth_extended_read(&claims, extended, err);
	return status;
}

/* the sample with one place changed, or without it */
static GauthStatus
judge_changed(const char *place, const char *value, GauthError *err)
{
	GauthJson  *document = parse(sample);
	GauthExtended extended;

	mutate(document, place, value);
	return judge(document, &extended, err);
}

static void
check_sample(void)
{
	GauthExtended extended;
	GauthError	err = {0};

	CHECK_STATUS(judge(parse(sample), &extended, &err), GAUTH_OK);
	CHECK(gauth_span_is(extended.credential, "mdt_1"));
	CHECK(gauth_span_is(extended.customer, "acme"));
	CHECK(extended.profile == GAUTH_PROFILE_STANDARD);
	CHECK(extended.phase == GAUTH_PHASE_BUILD);
	CHECK(extended.approval == GAUTH_APPROVAL_SUPERVISED);
	CHECK(extended.has_mandate && extended.budget_remaining == 100);
}

/* C-15: seven standard claims; C-18: fourteen claims of "gauth" */
static void
check_required(void)
{
	static const char *const places[] = {
		"iss", "sub", "aud", "exp", "iat", "nbf", "jti",
		"gauth", "gauth.version", "gauth.credential_id",
		"gauth.customer_id", "gauth.project_id", "gauth.issued_by",
		"gauth.scope", "gauth.scope.governance_profile",
		"gauth.scope.active_modules", "gauth.scope.phase",
		"gauth.scope.allowed_paths", "gauth.scope.denied_paths",
		"gauth.scope_checksum", "gauth.tool_permissions_hash",
		"gauth.platform_permissions_hash", "gauth.approval_mode",
		"gauth_mandate.mandate_id", "gauth_mandate.mandate_status"
	};
	size_t		i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
	{
		GauthError	err = {0};

		CHECK_STATUS(judge_changed(places[i], NULL, &err),
					 GAUTH_CLAIM_MISSING);
		CHECK(strcmp(err.detail, places[i]) == 0);
	}
}

/* what a place must not hold */
static void
check_forms(void)
{
	static const struct
	{
		const char *place;
		const char *value;
	}			bad[] = {
		{"jti", "\"\""},
		{"gauth", "[]"},
		{"gauth.customer_id", "\"\""},
		{"gauth.customer_id", "7"},
		{"gauth.scope", "\"all\""},
		{"gauth.scope.governance_profile", "\"lenient\""},
		{"gauth.scope.phase", "\"deploy\""},
		{"gauth.scope.allowed_paths", "\"src/\""},
		{"gauth.scope.allowed_paths", "[1]"},
		{"gauth.approval_mode", "\"six-eyes\""},
		/* C-31: another major, another document */
		{"gauth.version", "\"0117.1\""},
		{"gauth.version", "\"0116\""},
		/* C-19: the form of a checksum */
		{"gauth.scope_checksum", "\"0123\""},
		{"gauth.scope_checksum", "\"sha512:" "0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef\""},
		{"gauth.scope_checksum", "\"sha256:0123456789ABCDEF0123456789abcdef"
		"0123456789abcdef0123456789abcdef\""},
		{"gauth.tool_permissions_hash", "\"sha256:0\""},
		{"gauth.platform_permissions_hash", "\"" HASH "0\""},
		/* C-20: the namespace of the mandate */
		{"gauth_mandate", "\"mdt_1\""},
		{"gauth_mandate.mandate_id", "\"other_1\""},
		{"gauth_mandate.mandate_status", "\"draft\""},
		{"gauth_mandate.mandate_status", "\"suspended\""},
		{"gauth_mandate.mandate_status", "\"ACTIVE\""},
		{"gauth_mandate.budget", "[]"},
		{"gauth_mandate.budget.total_cents", "-1"},
		{"gauth_mandate.budget.total_cents", "99"},
		{"gauth_mandate.budget.remaining_cents", "101"},
		{"gauth_mandate.budget.remaining_cents", "-1"},
		{"gauth_mandate.budget.remaining_cents", "\"100\""},
		{"gauth_mandate.session", "[]"},
		{"gauth_mandate.session.session_id", "\"1\""},
		{"gauth_mandate.session.remaining_tool_calls", "-1"},
		{"gauth_mandate.session.max_lines_per_commit", "0"},
		{"gauth_mandate.agent_capability_hash", "\"" HASH "0\""},
	};
	size_t		i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		GauthError	err = {0};

		if (!CHECK_STATUS(judge_changed(bad[i].place, bad[i].value, &err),
						  GAUTH_CLAIM_INVALID))
			printf("  %s: %s\n", bad[i].place, bad[i].value);
	}
}

/* C-31: versions that are known, members that are not */
static void
check_tolerance(void)
{
	static const struct
	{
		const char *place;
		const char *value;
	}			good[] = {
		{"gauth.version", "\"0116.2.2.1\""},
		{"gauth.version", "\"0116.2.2\""},
		{"gauth.version", "\"0116.2.9\""},
		{"gauth.novelty", "{\"a\":1}"},
		{"gauth.scope.novelty", "true"},
		{"gauth_mandate.novelty", "[]"},
		{"aud", "\"db\""},
		{"gauth_mandate.budget", NULL},
		{"gauth_mandate.session", NULL},
		{"gauth_mandate", NULL},
	};
	size_t		i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
	{
		GauthError	err = {0};

		if (!CHECK_STATUS(judge_changed(good[i].place, good[i].value, &err),
						  GAUTH_OK))
			printf("  %s\n", good[i].place);
	}
}

/* C-12: neither HS256 nor another; C-13: a name and a type */
static void
check_headers(void)
{
	GauthJws	jws = {.algorithm = GAUTH_RS256,.has_kid = true};
	GauthError	err = {0};
	int			algorithm;

	jws.typ = GAUTH_SPAN("JWT");
	for (algorithm = 0; algorithm < GAUTH_ALGORITHM_COUNT; algorithm++)
	{
		bool		good = algorithm == GAUTH_RS256 ||
			algorithm == GAUTH_ES256;

		jws.algorithm = (GauthAlgorithm) algorithm;
		CHECK_STATUS(gauth_extended_check_header(&jws, &err),
					 good ? GAUTH_OK : GAUTH_ALGORITHM_REFUSED);
	}
	jws.algorithm = GAUTH_ES256;
	jws.has_kid = false;
	CHECK_STATUS(gauth_extended_check_header(&jws, &err),
				 GAUTH_HEADER_REFUSED);
	jws.has_kid = true;
	jws.typ = GAUTH_SPAN("");
	CHECK_STATUS(gauth_extended_check_header(&jws, &err),
				 GAUTH_HEADER_REFUSED);
	jws.typ = GAUTH_SPAN("at+jwt");
	CHECK_STATUS(gauth_extended_check_header(&jws, &err),
				 GAUTH_HEADER_REFUSED);
}

static void
read_mandate(GauthCredential *credential)
{
	static const char mandate[] =
		"{\"parties\":{\"subject\":\"bot\",\"customer_id\":\"ac\\\"me\","
		"\"project_id\":\"p\",\"issued_by\":\"ben\"},"
		"\"scope\":{\"governance_profile\":\"strict\",\"phase\":\"run\","
		"\"core_verbs\":{\"a.b\":{\"allowed\":true}}},"
		"\"requirements\":{\"approval_mode\":\"supervised\","
		"\"budget\":{\"total_cents\":9},\"ttl_seconds\":60,"
		"\"session_limits\":{\"max_lines_per_commit\":7}}}";
	GauthProblems problems;

	gauth_problems_init(&problems, &arena);
	CHECK_STATUS(gauth_credential_read(&arena, parse(mandate),
									   GAUTH_CREDENTIAL_REQUESTED, credential,
									   &problems), GAUTH_OK);
	CHECK(problems.count == 0);
}

/* a mandate without modules and paths has empty lists in its token */
static void
check_written(void)
{
	static const GauthSpan audiences[] = {{"db", 2}, {"e\"rp", 4}};
	GauthCredential credential;
	GauthExtendedSource source = {
		.issuer = GAUTH_SPAN("https://as.example"),
		.subject = GAUTH_SPAN("bot"),.audiences = audiences,
		.audience_count = 2,.token_id = GAUTH_SPAN("tok_9"),
		.mandate = GAUTH_SPAN("mdt_9"),.scope = GAUTH_SPAN("a b"),
		.scope_checksum = GAUTH_SPAN(HASH),
		.tool_permissions_hash = GAUTH_SPAN(HASH),
		.platform_permissions_hash = GAUTH_SPAN(HASH),
		.capability_hash = GAUTH_SPAN(HASH),.budget_total = 9,
		.budget_remaining = 4,.issued_at = 1000,.expires_at = 1060
	};
	GauthExtended extended;
	GauthClaims claims;
	GauthSpan	payload;
	GauthError	err = {0};

	read_mandate(&credential);
	source.credential = &credential;
	CHECK_STATUS(gauth_extended_write(&arena, &source, &payload), GAUTH_OK);
	CHECK_STATUS(gauth_claims_read(&arena, payload, &claims, &err), GAUTH_OK);
	CHECK(gauth_extended_is(&claims));
	CHECK_STATUS(gauth_extended_read(&claims, &extended, &err), GAUTH_OK);
	CHECK(gauth_span_is(extended.version, GAUTH_SCHEMA_VERSION));
	CHECK(gauth_span_is(extended.customer, "ac\"me"));
	CHECK(gauth_span_is(extended.mandate, "mdt_9"));
	CHECK(extended.profile == GAUTH_PROFILE_STRICT);
	CHECK(extended.budget_total == 9 && extended.budget_remaining == 4);
	CHECK(claims.audience->type == GAUTH_JSON_ARRAY);
	CHECK(claims.not_before == 1000 && claims.expires_at == 1060);
	CHECK(gauth_json_is_string(gauth_json_get(claims.json, "scope"), "a b"));
}

int
main(void)
{
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	check_sample();
	check_required();
	check_forms();
	check_tolerance();
	check_headers();
	check_written();
	gauth_arena_reset(&arena);
	return unit_finish("extended");
}
