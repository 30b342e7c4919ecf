/*
 * test_poa_checksum.c
 *		The hashes of a scope.
 */
#include "base/jcs.h"
#include "poa/checksum.h"
#include "unit.h"

static GauthArena arena;
static GauthHasher hasher;

static const char scope_text[] =
	"{\"active_modules\":[\"m1\"],\"allowed_paths\":[\"src/\"],"
	"\"core_verbs\":{\"foundry.file.modify\":{\"allowed\":true}},"
	"\"denied_paths\":[\".env\"],\"governance_profile\":\"standard\","
	"\"phase\":\"build\","
	"\"platform_permissions\":{\"database\":{\"read\":true}}}";

/* other order, other spelling, the same scope */
static const char same_scope_text[] =
	" { \"phase\" : \"b\\u0075ild\",\n\"platform_permissions\": "
	"{\"database\":{\"read\":true}}, \"governance_profile\":\"standard\", "
	"\"denied_paths\" :[\".env\"],\t\"core_verbs\":"
	"{\"foundry.file.modify\":{\"allowed\":true}}, "
	"\"allowed_paths\":[\"src\\/\"], \"active_modules\":[\"m1\"]}\n";

static const GauthJson *
parse(const char *text)
{
	GauthJson  *json = NULL;

	CHECK_STATUS(gauth_json_parse(&arena, gauth_span_of(text),
								  &gauth_json_document_limits, &json, NULL),
				 GAUTH_OK);
	return json;
}

static bool
has_checksum(const GauthJson *scope, const char *method, const char *hex)
{
	GauthChecksumMethod found;
	GauthChecksum checksum;

	return gauth_checksum_find_method(gauth_span_of(method), &found) &&
		gauth_checksum_scope(&hasher, scope, found, &checksum) == GAUTH_OK &&
		strncmp(checksum.text, "sha256:", 7) == 0 &&
		strcmp(checksum.text + 7, hex) == 0;
}

/* C-07: the vectors of the four methods, in any order and spelling */
static void
test_scope(void)
{
	const char *texts[] = {scope_text, same_scope_text};
	GauthChecksumMethod method;
	int			i;

	for (i = 0; i < 2; i++)
	{
		const GauthJson *scope = parse(texts[i]);

		CHECK(has_checksum(scope, "rfc0116", "cb7175bd21716d887f83d95626d61d01"
						   "21251188a69c2318e0c52762636d9dd0"));
		CHECK(has_checksum(scope, "rfc0118", "73091c50578aa1adf1b8fb13c75bd99b"
						   "8f07cd5187b0bd15c7cab9b488b165db"));
		CHECK(has_checksum(scope, "sdk-ts", "630e2ac3871f933947977021cd680f8e"
						   "d69443f23a7aa0a25831fd9b261ab547"));
		CHECK(has_checksum(scope, "sdk-go", "e66a0d7abd15330c5a7a59f79cfe493a"
						   "6dd50f128cb2bf00b5eccf2e37f1b043"));
	}
	CHECK(!gauth_checksum_find_method(GAUTH_SPAN("rfc0117"), &method));
	CHECK(!gauth_checksum_find_method(GAUTH_SPAN(""), &method));
}

static bool
same_checksum(const char *a, const char *b, GauthChecksumMethod method)
{
	GauthChecksum x;
	GauthChecksum y;

	CHECK_STATUS(gauth_checksum_scope(&hasher, parse(a), method, &x),
				 GAUTH_OK);
	CHECK_STATUS(gauth_checksum_scope(&hasher, parse(b), method, &y),
				 GAUTH_OK);
	return strcmp(x.text, y.text) == 0;
}

/* C-07: the order of an array matters, and every member that is covered */
static void
test_differences(void)
{
	static const char *const others[] = {
		"{\"allowed_paths\":[\"b\",\"a\"]}",
		"{\"allowed_paths\":[\"a\"]}",
		"{\"denied_paths\":[\"a\",\"b\"]}",
		"{\"allowed_paths\":[\"a\",\"b\"],\"phase\":\"run\"}",
		"{\"allowed_paths\":[\"a\",\"b\"],\"governance_profile\":\"strict\"}",
		"{\"allowed_paths\":[\"a\",\"b\"],\"active_modules\":[\"m\"]}",
		"{\"allowed_paths\":[\"a\",\"b\"],\"core_verbs\":{\"a.b\":{}}}",
		"{\"allowed_paths\":[\"a\",\"b\"],\"platform_permissions\":{\"x\":1}}",
	};
	const char *base = "{\"allowed_paths\":[\"a\",\"b\"]}";
	size_t		i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
	{
		CHECK(!same_checksum(base, others[i], GAUTH_CHECKSUM_RFC0116));
		CHECK(!same_checksum(base, others[i], GAUTH_CHECKSUM_RFC0118));
	}
	/* RFC 0116 does not cover sectors, and an absent list is an empty one */
	CHECK(same_checksum(base, "{\"allowed_paths\":[\"a\",\"b\"],"
						"\"allowed_sectors\":[\"62\"]}",
						GAUTH_CHECKSUM_RFC0116));
	CHECK(!same_checksum(base, "{\"allowed_paths\":[\"a\",\"b\"],"
						 "\"allowed_sectors\":[\"62\"]}",
						 GAUTH_CHECKSUM_SDK_TS));
	CHECK(same_checksum(base, "{\"allowed_paths\":[\"a\",\"b\"],"
						"\"denied_paths\":[]}", GAUTH_CHECKSUM_RFC0116));
	CHECK(!same_checksum(base, "{\"allowed_paths\":[\"a\",\"b\"],"
						 "\"denied_paths\":[]}", GAUTH_CHECKSUM_SDK_GO));
}

/* C-08: the hashes of core_verbs and platform_permissions */
static void
test_parts(void)
{
	const GauthJson *scope = parse(scope_text);
	GauthChecksum checksum;
	GauthChecksum empty;

	CHECK_STATUS(gauth_checksum_tools(&hasher, scope, &checksum), GAUTH_OK);
	CHECK(strcmp(checksum.text, "sha256:e5518ad2ebc5e2dd94e041b80519189f"
				 "919aa5a9952687e0e1a7faa66fda194c") == 0);
	CHECK_STATUS(gauth_checksum_platform(&hasher, scope, &checksum),
				 GAUTH_OK);
	CHECK(strcmp(checksum.text, "sha256:cc5afa4d5d9025bc874d7cfd749b0faf"
				 "452a780f774d8148c49da2b20b9df90e") == 0);

	CHECK_STATUS(gauth_checksum_platform(&hasher, parse("{}"), &checksum),
				 GAUTH_OK);
	CHECK_STATUS(gauth_checksum_json(&hasher, parse(" { } "), &empty),
				 GAUTH_OK);
	CHECK(strcmp(checksum.text, empty.text) == 0);
}

/* the canonical bytes of an attestation link, and their hash */
static void
test_attestation_link(void)
{
	const GauthJson *link =
		parse("{\"version\":1, \"subject\":\"fixture-subject\", \"scopes\":"
			  "[\"admin\",\"read\",\"write\"],\"nonce\":\"0123456789abcdef\","
			  "\"issued_at\":1700000000,\"expires_at\":1700003600.0,"
			  "\"depth\":1,\"constraints\":{\"tier\":\"gold\",\"region\":"
			  "\"us\"},\"audience\":\"fixture-audience\"}");
	GauthChecksum checksum;
	GauthSpan	canonical = {NULL, 0};

	CHECK_STATUS(gauth_jcs_write(&arena, link, &canonical, NULL), GAUTH_OK);
	CHECK(canonical.len == 233);
	CHECK_STATUS(gauth_checksum_json(&hasher, link, &checksum), GAUTH_OK);
	CHECK(strcmp(checksum.text, "sha256:e10bb55e5370dbdc49baa671d110cd55"
				 "870fa5effd2350411616cf561eb77002") == 0);
}

static void
test_refused(void)
{
	GauthChecksum checksum;

	CHECK_STATUS(gauth_checksum_scope(&hasher, parse("[]"),
									  GAUTH_CHECKSUM_RFC0116, &checksum),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(gauth_checksum_scope(&hasher, NULL, GAUTH_CHECKSUM_RFC0118,
									  &checksum), GAUTH_INVALID_VALUE);
	CHECK_STATUS(gauth_checksum_scope(&hasher, parse("{\"phase\":1e999}"),
									  GAUTH_CHECKSUM_RFC0116, &checksum),
				 GAUTH_INVALID_VALUE);
	CHECK_STATUS(gauth_checksum_tools(&hasher,
									  parse("{\"core_verbs\":-1e999}"),
									  &checksum), GAUTH_INVALID_VALUE);
	/* what the Go SDK escapes */
	CHECK(!same_checksum("{\"phase\":\"<\"}", "{\"phase\":\"\\\\u003c\"}",
						 GAUTH_CHECKSUM_SDK_GO));
}

int
main(void)
{
	GauthError	err;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	hasher.arena = &arena;
	hasher.err = &err;
	if (!CHECK(gauth_crypto_create(&hasher.crypto, &err) == GAUTH_OK))
		return unit_finish("poa_checksum");
	test_scope();
	test_differences();
	test_parts();
	test_attestation_link();
	test_refused();
	gauth_crypto_free(hasher.crypto);
	gauth_arena_reset(&arena);
	return unit_finish("poa_checksum");
}
