/*
 * test_jws_vectors.c
 *		Signed tokens that others have published, through our own API: project
 *		Wycheproof, RFC 7515, 7520, 7797 and 8037.
 *
 * C-10 and C-11: RS256 and ES256 as others signed them.
 *
 * A line says how many cases of a file we answer as labelled.  The cases that
 * we answer otherwise are listed here with the reason, and the test fails
 * when there is one more or one fewer.  A case that is labelled invalid and
 * accepted fails the test, but for the two that are a valid token under
 * another number.
 */
#include "test_token.h"

typedef struct Exception
{
	int			id;
	const char *reason;
} Exception;

static const Exception signature_exceptions[] = {
	{346, "the key is for PS256, the token says PS384"},
	{347, "the key is for PS256, the token says PS384"},
	{350, "the key is for ES521, which is no algorithm"},
	{351, "the key is for ES521, which is no algorithm"},
	{367, "byte for byte the valid token 357"},
	{370, "byte for byte the valid token 357"},
	{372, "a question mark is no character of base64url"},
	{373, "a question mark is no character of base64url"},
	{0}
};

/* tokens that were also verified by a table of multiples */
static unsigned by_table;

typedef struct Tally
{
	const char *name;
	const Exception *exceptions;
	unsigned	total;
	unsigned	agreed;
	unsigned	excepted;
	unsigned	forgeries;		/* labelled invalid, accepted */
} Tally;

static const Exception *
find_exception(const Exception *exceptions, int64_t id)
{
	for (; exceptions != NULL && exceptions->id != 0; exceptions++)
	{
		if (exceptions->id == id)
			return exceptions;
	}
	return NULL;
}

static void
judge(Tally *tally, int64_t id, bool valid, bool accepted)
{
	const Exception *exception = find_exception(tally->exceptions, id);

	tally->total++;
	if (valid == accepted)
		tally->agreed++;
	if (exception != NULL)
	{
		CHECK(valid != accepted);
		tally->excepted++;
		printf("%s: tcId %d %s: %s\n", tally->name, (int) id,
			   accepted ? "accepted" : "refused", exception->reason);
		return;
	}
	if (!CHECK(valid == accepted))
		printf("%s: case %d\n", tally->name, (int) id);
	if (accepted && !valid)
		tally->forgeries++;
}

static void
report(const Tally *tally, unsigned expected)
{
	printf("%s: %u/%u as labelled, %u forgeries accepted\n", tally->name,
		   tally->agreed, tally->total, tally->forgeries);
	CHECK(tally->agreed == expected);
	CHECK(tally->forgeries == 0);
	CHECK(tally->agreed + tally->excepted == tally->total);
}

/* a key that was much used answers by its table, and says the same */
static void
check_by_table(const GauthKeySet *keys, GauthSpan token, bool accepted)
{
	int			i;

	for (i = 0; i < keys->count; i++)
	{
		GauthKey   *key = keys->entries[i].key;

		if (key->algorithm != GAUTH_ES256 && key->algorithm != GAUTH_EDDSA)
			continue;
		give_table(key);
		CHECK((verify_signed(token, keys) == GAUTH_OK) == accepted);
		by_table++;
	}
}

/*
 * Does the token verify with the keys of this JSON value?  "algorithm" is
 * what a key is for that does not say so itself, NONE for the usual one.
 */
static bool
accepts(const GauthJson *json, GauthAlgorithm algorithm, GauthSpan token)
{
	GauthAlgorithmList accepted_list = {
		.count = algorithm != GAUTH_ALGORITHM_NONE,.items = {algorithm}
	};
	GauthKeySet keys;
	GauthError	err;
	bool		accepted;

	accepted = gauth_keyset_read(crypto, &lasting, json, &accepted_list, &keys,
								 &err) == GAUTH_OK &&
		verify_signed(token, &keys) == GAUTH_OK;
	check_by_table(&keys, token, accepted);
	gauth_keyset_free(&keys);
	return accepted;
}

static const GauthJson *
key_of_group(const GauthJson *group)
{
	const GauthJson *key = gauth_json_get(group, "public");

	return key != NULL ? key : gauth_json_get(group, "private");
}

/* the numbers 367 and 370 have to be what their exception says they are */
static void
check_same_token(const GauthJson *tests)
{
	GauthSpan	valid = {NULL, 0};
	const GauthJson *test;

	for (test = tests->first; test != NULL; test = test->next)
	{
		int64_t		id = get_int(test, "tcId");
		GauthSpan	token = gauth_json_get(test, "jws")->text;

		if (id == 357)
			valid = token;
		if (id == 367 || id == 370)
			CHECK(gauth_span_equal(token, valid));
	}
}

static void
run_wycheproof(const char *path, Tally *tally, unsigned expected)
{
	Vectors		vectors;
	const GauthJson *group;
	const GauthJson *test;

	if (!open_vectors(&vectors, path))
		return;
	for (group = gauth_json_get(vectors.root, "testGroups")->first;
		 group != NULL; group = group->next)
	{
		const GauthJson *tests = gauth_json_get(group, "tests");

		check_same_token(tests);
		for (test = tests->first; test != NULL; test = test->next)
		{
			const GauthJson *result = gauth_json_get(test, "result");

			judge(tally, get_int(test, "tcId"),
				  gauth_json_is_string(result, "valid"),
				  accepts(key_of_group(group), GAUTH_ALGORITHM_NONE,
						  gauth_json_get(test, "jws")->text));
		}
	}
	CHECK(tally->total == get_int(vectors.root, "numberOfTests"));
	report(tally, expected);
	close_vectors(&vectors);
}

/* a key without its "alg", as if the issuer had not written it */
static GauthJson *
without_alg(const GauthJson *key)
{
	GauthJson  *copy = gauth_arena_zalloc(&lasting, sizeof(GauthJson));
	GauthJson **last = &copy->first;
	const GauthJson *member;

	copy->type = GAUTH_JSON_OBJECT;
	for (member = key->first; member != NULL; member = member->next)
	{
		if (gauth_span_is(member->name, "alg"))
			continue;
		*last = gauth_arena_zalloc(&lasting, sizeof(GauthJson));
		**last = *member;
		(*last)->next = NULL;
		last = &(*last)->next;
		copy->count++;
	}
	return copy;
}

/* figures 20 and 27 of RFC 7520 verify once the wrong "alg" is not there */
static void
test_mislabelled_keys(void)
{
	static const GauthAlgorithmList accepted = {
		.count = 2,.items = {GAUTH_PS384, GAUTH_ES512}
	};
	unsigned	verified = 0;
	Vectors		vectors;
	const GauthJson *group;
	const GauthJson *test;

	if (!open_vectors(&vectors, "wycheproof/jose/json_web_signature_test.json"))
		return;
	for (group = gauth_json_get(vectors.root, "testGroups")->first;
		 group != NULL; group = group->next)
	{
		for (test = gauth_json_get(group, "tests")->first; test != NULL;
			 test = test->next)
		{
			int64_t		id = get_int(test, "tcId");
			GauthKeySet keys;
			GauthError	err;

			if (id != 346 && id != 347 && id != 350 && id != 351)
				continue;
			CHECK_STATUS(gauth_keyset_read(crypto, &lasting,
										   without_alg(key_of_group(group)),
										   &accepted, &keys, &err), GAUTH_OK);
			CHECK_STATUS(verify_signed(gauth_json_get(test, "jws")->text, &keys),
						 GAUTH_OK);
			gauth_keyset_free(&keys);
			verified++;
		}
	}
	printf("wycheproof figures 20 and 27 without \"alg\": %u/4 verify\n",
		   verified);
	CHECK(verified == 4);
	close_vectors(&vectors);
}

/* a JSON value as text again: what stands between its first and last byte */
static GauthSpan
text_of(const Vectors *vectors, const GauthJson *value)
{
	size_t		at = value->offset;
	int			depth = 0;
	bool		quoted = false;

	for (; at < vectors->text.len; at++)
	{
		char		c = vectors->text.data[at];

		if (quoted && c == '\\')
			at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '{')
			depth++;
		else if (!quoted && c == '}' && --depth == 0)
			break;
	}
	return gauth_span(vectors->text.data + value->offset,
					  at + 1 - value->offset);
}

static void
test_rfc7515(void)
{
	Tally		tally = {.name = "RFC 7515 A, E"};
	Vectors		vectors;
	const GauthJson *test;

	if (!open_vectors(&vectors, "rfc/rfc7515.json"))
		return;
	for (test = gauth_json_get(vectors.root, "cases")->first; test != NULL;
		 test = test->next)
	{
		const GauthJson *expect = gauth_json_get(test, "expect");
		const GauthJson *token = gauth_json_get(test, "token");
		const GauthJson *key = gauth_json_get(test, "jwk");
		bool		valid = gauth_json_is_string(expect, "accept");
		GauthKeySet keys;

		/* what comes without a key meets one that would take it */
		CHECK_STATUS(read_keys("{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3um"
							   "j1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS"
							   "4hcgUuTwjAzZr1Z9CAow\"}", NULL, &keys), GAUTH_OK);
		if (key != NULL)
			judge(&tally, tally.total + 1, valid,
				  accepts(key, GAUTH_ALGORITHM_NONE, token->text));
		else
			judge(&tally, tally.total + 1, valid,
				  verify_signed(token != NULL ? token->text :
								text_of(&vectors, gauth_json_get(test, "jws")),
								&keys) == GAUTH_OK);
		gauth_keyset_free(&keys);
	}
	report(&tally, 8);
	close_vectors(&vectors);
}

/* the JSON serializations are not ours: refused, whatever key there is */
static void
judge_serializations(Tally *tally, const Vectors *vectors,
					 const GauthJson *key, GauthAlgorithm algorithm)
{
	static const char *const forms[] = {"json", "json_flat"};
	const GauthJson *output = gauth_json_get(vectors->root, "output");
	size_t		i;

	for (i = 0; i < 2; i++)
	{
		const GauthJson *form = gauth_json_get(output, forms[i]);

		if (form != NULL)
			judge(tally, tally->total + 1, false,
				  accepts(key, algorithm, text_of(vectors, form)));
	}
}

/* one file of the cookbook */
static void
run_figure(Tally *tally, const char *file, bool compact_is_valid)
{
	Vectors		vectors;
	const GauthJson *input;
	const GauthJson *key;
	const GauthJson *compact;
	GauthAlgorithm algorithm;
	char		path[UNIT_PATH_MAX / 4];

	snprintf(path, sizeof(path), "jose-cookbook/%s.json", file);
	if (!open_vectors(&vectors, path))
		return;
	input = gauth_json_get(vectors.root, "input");
	key = gauth_json_get(input, "key");
	if (key->type == GAUTH_JSON_ARRAY)
		key = key->first;
	algorithm = gauth_algorithm_from_name(gauth_json_get(input, "alg")->text);
	compact = gauth_json_get(gauth_json_get(vectors.root, "output"), "compact");
	if (compact != NULL)
		judge(tally, tally->total + 1, compact_is_valid,
			  accepts(key, algorithm, compact->text));
	judge_serializations(tally, &vectors, key, algorithm);
	close_vectors(&vectors);
}

static void
test_rfc7520(void)
{
	Tally		tally = {.name = "RFC 7520 cookbook"};
	GauthSpan	probe;

	if (!unit_read_vectors("jose-cookbook/jws/4_1.rsa_v15_signature.json",
						   &probe))
		return;
	free((char *) probe.data);
	run_figure(&tally, "jws/4_1.rsa_v15_signature", true);
	run_figure(&tally, "jws/4_2.rsa-pss_signature", true);
	run_figure(&tally, "jws/4_3.ecdsa_signature", true);
	run_figure(&tally, "jws/4_4.hmac-sha2_integrity_protection", true);
	run_figure(&tally, "jws/4_5.signature_with_detached_content", false);
	run_figure(&tally, "jws/4_6.protecting_specific_header_fields", false);
	run_figure(&tally, "jws/4_7.protecting_content_only", false);
	run_figure(&tally, "jws/4_8.multiple_signatures", false);
	run_figure(&tally, "curve25519/jws", true);
	report(&tally, 23);
}

static void
test_rfc7797(void)
{
	Tally		tally = {.name = "RFC 7797"};
	GauthSpan	probe;

	if (!unit_read_vectors("jose-cookbook/rfc7797/hmac-sha2_b64_false.json",
						   &probe))
		return;
	free((char *) probe.data);
	run_figure(&tally, "rfc7797/hmac-sha2_b64_false", false);
	run_figure(&tally, "rfc7797/4.2.hmac-sha2_b64_false", false);
	report(&tally, 5);
}

/* a file whose content is the name of another stands for that one */
static bool
read_latchset(const char *name, GauthSpan *content)
{
	char		path[UNIT_PATH_MAX / 4];

	snprintf(path, sizeof(path), "latchset-jose/%s.txt", name);
	if (!unit_read_vectors(path, content))
		return false;
	while (content->len > 0 && content->data[content->len - 1] == '\n')
		content->len--;
	if (!gauth_span_starts_with(*content, GAUTH_SPAN("rfc")))
		return true;
	snprintf(path, sizeof(path), "latchset-jose/%.*s.txt", (int) content->len,
			 content->data);
	free((char *) content->data);
	return unit_read_vectors(path, content);
}

/* figures without "alg" in the key, by what the text of the RFC says */
typedef struct Figure
{
	const char *key;
	const char *token;
	GauthAlgorithm algorithm;	/* of the key */
	bool		valid;
} Figure;

static const Figure figures[] = {
	{"rfc7515_A.1.jwk", "rfc7515_A.1.jwsc", GAUTH_HS256, true},
	{"rfc7515_A.2.jwk", "rfc7515_A.2.jwsc", GAUTH_RS256, true},
	{"rfc7515_A.3.jwk", "rfc7515_A.3.jwsc", GAUTH_ES256, true},
	{"rfc7515_A.4.jwk", "rfc7515_A.4.jwsc", GAUTH_ES512, true},
	{"rfc7515_A.1.jwk", "rfc7515_A.5.jwsc", GAUTH_HS256, false},
	{"rfc7515_A.6.1.jwk", "rfc7515_A.6.jwsg", GAUTH_RS256, false},
	{"rfc7515_A.7.jwk", "rfc7515_A.7.jwsf", GAUTH_ES256, false},
	{"rfc7520_4.1.jwk", "rfc7520_4.1.jwsc", GAUTH_RS256, true},
	{"rfc7520_4.1.jwk", "rfc7520_4.1.jwsf", GAUTH_RS256, false},
	{"rfc7520_4.1.jwk", "rfc7520_4.1.jwsg", GAUTH_RS256, false},
	{"rfc7520_4.2.jwk", "rfc7520_4.2.jwsc", GAUTH_PS384, true},
	{"rfc7520_4.2.jwk", "rfc7520_4.2.jwsf", GAUTH_PS384, false},
	{"rfc7520_4.2.jwk", "rfc7520_4.2.jwsg", GAUTH_PS384, false},
	{"rfc7520_4.3.jwk", "rfc7520_4.3.jwsc", GAUTH_ES512, true},
	{"rfc7520_4.3.jwk", "rfc7520_4.3.jwsf", GAUTH_ES512, false},
	{"rfc7520_4.3.jwk", "rfc7520_4.3.jwsg", GAUTH_ES512, false},
	{"rfc7520_4.4.jwk", "rfc7520_4.4.jwsc", GAUTH_HS256, true},
	{"rfc7520_4.4.jwk", "rfc7520_4.4.jwsf", GAUTH_HS256, false},
	{"rfc7520_4.4.jwk", "rfc7520_4.4.jwsg", GAUTH_HS256, false},
	{"rfc7520_4.5.jwk", "rfc7520_4.5.jwsc", GAUTH_HS256, false},
	{"rfc7520_4.5.jwk", "rfc7520_4.5.jwsf", GAUTH_HS256, false},
	{"rfc7520_4.5.jwk", "rfc7520_4.5.jwsg", GAUTH_HS256, false},
	{"rfc7520_4.6.jwk", "rfc7520_4.6.jwsf", GAUTH_HS256, false},
	{"rfc7520_4.6.jwk", "rfc7520_4.6.jwsg", GAUTH_HS256, false},
	{"rfc7520_4.7.jwk", "rfc7520_4.7.jwsf", GAUTH_HS256, false},
	{"rfc7520_4.7.jwk", "rfc7520_4.7.jwsg", GAUTH_HS256, false},
	{"rfc7520_4.8.1.jwk", "rfc7520_4.8.jwsg", GAUTH_RS256, false},
	{"rfc7520_4.8.2.jwk", "rfc7520_4.8.jwsg", GAUTH_ES512, false},
	{"rfc7520_4.8.3.jwk", "rfc7520_4.8.jwsg", GAUTH_HS256, false},
};

#define FIGURE_COUNT	(sizeof(figures) / sizeof(figures[0]))

static void
run_latchset(Tally *tally, const Figure *figure)
{
	GauthSpan	key_text;
	GauthSpan	token;
	GauthJson  *key;
	GauthError	err;

	if (!read_latchset(figure->key, &key_text))
		return;
	if (read_latchset(figure->token, &token))
	{
		CHECK_STATUS(gauth_json_parse(&lasting, key_text,
									  &gauth_json_token_limits, &key, &err),
					 GAUTH_OK);
		judge(tally, tally->total + 1, figure->valid,
			  accepts(key, figure->algorithm, token));
		free((char *) token.data);
	}
	free((char *) key_text.data);
}

static void
test_latchset(void)
{
	Tally		tally = {.name = "latchset RFC 7515, 7520"};
	GauthSpan	probe;
	size_t		i;

	if (!read_latchset("rfc7515_A.1.jwk", &probe))
		return;
	free((char *) probe.data);
	for (i = 0; i < FIGURE_COUNT; i++)
		run_latchset(&tally, &figures[i]);
	report(&tally, FIGURE_COUNT);
}

static void
test_rfc8037(void)
{
	Vectors		vectors;
	const GauthJson *key;
	const GauthJson *token;
	GauthKeyMaterial material = {.type = GAUTH_KEY_OKP,.curve = GAUTH_ED25519};
	GauthKey   *signer;

	if (!open_vectors(&vectors, "rfc/rfc8037.json"))
		return;
	key = gauth_json_get(vectors.root, "jwk");
	token = gauth_json_get(vectors.root, "token");
	CHECK(accepts(key, GAUTH_ALGORITHM_NONE, token->text));

	/* Ed25519 has one signature only: ours has to be the very same text */
	material.x = from_base64url(gauth_json_get(key, "x")->text);
	material.d = from_base64url(gauth_json_get(key, "d")->text);
	signer = make_key(&material, GAUTH_EDDSA);
	CHECK(gauth_span_equal(token->text,
						   sign_token(signer, GAUTH_SPAN("{\"alg\":\"EdDSA\"}"),
									  gauth_json_get(vectors.root,
													 "payload")->text)));
	gauth_key_free(signer);
	printf("RFC 8037 A.4, A.5: signed and verified\n");
	close_vectors(&vectors);
}

int
main(void)
{
	Tally		signatures = {
		.name = "wycheproof JWS",.exceptions = signature_exceptions
	};
	Tally		key_sets = {.name = "wycheproof JWK"};

	begin_token();
	run_wycheproof("wycheproof/jose/json_web_signature_test.json",
				   &signatures, 393);
	run_wycheproof("wycheproof/jose/json_web_key_test.json", &key_sets, 26);
	test_mislabelled_keys();
	test_rfc7515();
	test_rfc7520();
	test_rfc7797();
	test_latchset();
	test_rfc8037();
	printf("ES256 and Ed25519 once more by a table of multiples: %u answers alike\n",
		   by_table);
	return finish_token("jws_vectors");
}
