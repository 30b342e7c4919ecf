/*
 * test_crypto_wycheproof.c
 *		The primitives of project Wycheproof, every case, through our API.
 *
 * A file's line says how many of its cases we answer as labelled.  Where we
 * are stricter on purpose, the line also gives the reason and the cases, and
 * the test fails if one of them is accepted after all.  What is labelled
 * "acceptable" we refuse.
 */
#include "test_crypto.h"

#include "crypto/aead.h"

#define FOLDER			"wycheproof/primitives/"
#define DIFFERING_MAX	512

typedef struct Suite
{
	const char *file;			/* without _test.json */
	GauthAlgorithm algorithm;	/* none: as each group says */
	GauthCurve	curve;
	size_t		size;			/* bytes of an EC coordinate */
	const char *policy;			/* why we may differ; NULL: we may not */
	unsigned	stricter;		/* cases that we differ on */
	int64_t		ours;			/* tcId, invalid there, valid in JOSE; or 0 */
	bool		by_table;		/* as with a key that was much used */
} Suite;

typedef struct Run
{
	const Suite *suite;
	GauthArena *arena;
	GauthKey   *key;			/* of the group; NULL: refused */
	unsigned	total;
	unsigned	agreed;
	unsigned	differing;
	int64_t		ids[DIFFERING_MAX];
} Run;

typedef void (*RunGroup) (Run *run, const GauthJson *group);

/* "policy" says that we refuse whatever the label */
static void
judge(Run *run, const GauthJson *test, bool accepted, bool policy)
{
	const GauthJson *result = gauth_json_get(test, "result");
	bool		valid = gauth_json_is_string(result, "valid");
	int64_t		id = get_int(test, "tcId");
	bool		ours = id == run->suite->ours;

	run->total++;
	if (!CHECK(accepted == (ours || (valid && !policy))))
		printf("%s: tcId %d\n", run->suite->file, (int) id);
	else if (ours)
		printf("wycheproof %s: tcId %d has the form of JOSE, accepted\n",
			   run->suite->file, (int) id);
	else if (valid == accepted)
		run->agreed++;
	else if (run->differing < DIFFERING_MAX)
		run->ids[run->differing++] = id;
}

static void
report(const Run *run)
{
	unsigned	i = 0;

	printf("wycheproof %s%s %u/%u", run->suite->file,
		   run->suite->by_table ? " by table" : "", run->agreed, run->total);
	if (run->differing > 0)
		printf("; refused on purpose (%s): tcId", run->suite->policy);
	while (i < run->differing)
	{
		unsigned	first = i;

		while (i + 1 < run->differing && run->ids[i + 1] == run->ids[i] + 1)
			i++;
		printf(" %d", (int) run->ids[first]);
		if (i > first)
			printf("-%d", (int) run->ids[i]);
		i++;
	}
	printf("\n");
	CHECK(run->differing == run->suite->stricter);
}

static void
run_suite(const Suite *suite, RunGroup run_group)
{
	Run			run = {.suite = suite};
	Vectors		vectors;
	char		path[UNIT_PATH_MAX / 4];
	const GauthJson *groups;
	const GauthJson *group;

	snprintf(path, sizeof(path), FOLDER "%s_test.json", suite->file);
	if (!open_vectors(&vectors, path))
		return;
	run.arena = &vectors.arena;
	groups = gauth_json_get(vectors.root, "testGroups");
	CHECK(groups != NULL);
	for (group = groups->first; group != NULL; group = group->next)
		run_group(&run, group);
	CHECK(run.total == get_int(vectors.root, "numberOfTests"));
	report(&run);
	close_vectors(&vectors);
}

static void
make_key(Run *run, const GauthKeyMaterial *material, GauthAlgorithm algorithm)
{
	GauthError	err;
	GauthStatus status;

	status = gauth_key_create(crypto, material, algorithm, &run->key, &err);
	CHECK((status == GAUTH_OK) == (run->key != NULL));
}

static void
run_signatures(Run *run, const GauthJson *group, bool policy)
{
	const GauthJson *test = gauth_json_get(group, "tests")->first;

	for (; test != NULL; test = test->next)
	{
		GauthSpan	data = get_hex(run->arena, test, "msg");
		GauthSpan	signature = get_hex(run->arena, test, "sig");
		bool		accepted = run->key != NULL;

		if (accepted)
		{
			accepted = gauth_signature_verify(run->key, data,
											  signature) == GAUTH_OK;
			check_own_answer(run->key, data, signature, accepted);
		}
		judge(run, test, accepted, policy);
	}
	gauth_key_free(run->key);
	run->key = NULL;
}

static void
run_ecdsa(Run *run, const GauthJson *group)
{
	const GauthJson *numbers = gauth_json_get(group, "publicKey");
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_EC,.curve = run->suite->curve
	};

	material.x = resize(run->arena, get_hex(run->arena, numbers, "wx"),
						run->suite->size);
	material.y = resize(run->arena, get_hex(run->arena, numbers, "wy"),
						run->suite->size);
	make_key(run, &material, run->suite->algorithm);
	CHECK((run->key != NULL) == (run->suite->policy == NULL));
	if (run->suite->by_table)
		give_table(run->key);
	run_signatures(run, group, run->suite->policy != NULL);
}

static void
run_ed25519(Run *run, const GauthJson *group)
{
	const GauthJson *numbers = gauth_json_get(group, "publicKey");
	GauthKeyMaterial material = {
		.type = GAUTH_KEY_OKP,.curve = GAUTH_ED25519
	};

	material.x = get_hex(run->arena, numbers, "pk");
	make_key(run, &material, GAUTH_EDDSA);
	if (run->suite->by_table)
		give_table(run->key);
	run_signatures(run, group, false);
}

static void
make_rsa_key(Run *run, const GauthJson *group, GauthAlgorithm algorithm)
{
	const GauthJson *numbers = gauth_json_get(group, "publicKey");
	GauthKeyMaterial material = {.type = GAUTH_KEY_RSA};

	material.n = get_hex(run->arena, numbers, "modulus");
	material.e = get_hex(run->arena, numbers, "publicExponent");
	make_key(run, &material, algorithm);
}

static void
run_rsa(Run *run, const GauthJson *group)
{
	make_rsa_key(run, group, run->suite->algorithm);
	CHECK(run->key != NULL);
	run_signatures(run, group, false);
}

/* the algorithm of RFC 7518 with this hash; none for SHA-1 and SHA-224 */
static GauthAlgorithm
find_pss(const GauthJson *hash)
{
	if (gauth_json_is_string(hash, "SHA-256"))
		return GAUTH_PS256;
	if (gauth_json_is_string(hash, "SHA-384"))
		return GAUTH_PS384;
	if (gauth_json_is_string(hash, "SHA-512"))
		return GAUTH_PS512;
	return GAUTH_ALGORITHM_NONE;
}

static bool
is_jose_pss(const GauthJson *group)
{
	const GauthJson *hash = gauth_json_get(group, "sha");
	const GauthJson *mgf_hash = gauth_json_get(group, "mgfSha");
	int64_t		salt = get_int(group, "sLen");

	switch (find_pss(hash))
	{
		case GAUTH_PS256:
			return salt == 32 && gauth_span_equal(hash->text, mgf_hash->text);
		case GAUTH_PS384:
			return salt == 48 && gauth_span_equal(hash->text, mgf_hash->text);
		case GAUTH_PS512:
			return salt == 64 && gauth_span_equal(hash->text, mgf_hash->text);
		default:
			return false;
	}
}

static void
run_pss(Run *run, const GauthJson *group)
{
	GauthAlgorithm algorithm = find_pss(gauth_json_get(group, "sha"));

	make_rsa_key(run, group, algorithm);
	CHECK((run->key != NULL) == (algorithm != GAUTH_ALGORITHM_NONE));
	run_signatures(run, group, !is_jose_pss(group));
}

/* a shortened tag is refused, but its bytes still tell if we compute well */
static void
check_tag_prefix(Run *run, const GauthJson *test, GauthSpan data,
				 GauthSpan tag)
{
	uint8_t		ours[GAUTH_SIGNATURE_MAX];
	size_t		size;
	GauthError	err;
	bool		valid;

	valid = gauth_json_is_string(gauth_json_get(test, "result"), "valid");
	CHECK_STATUS(gauth_signature_create(run->key, data, ours, &size, &err),
				 GAUTH_OK);
	CHECK(tag.len <= size);
	CHECK((memcmp(ours, tag.data, tag.len) == 0) == valid);
}

static void
run_hmac_test(Run *run, const GauthJson *group, const GauthJson *test)
{
	GauthSpan	data = get_hex(run->arena, test, "msg");
	GauthSpan	tag = get_hex(run->arena, test, "tag");
	GauthKeyMaterial material = {.type = GAUTH_KEY_OCT};
	bool		accepted = false;
	bool		weak;
	size_t		size = run->suite->size;

	material.k = get_hex(run->arena, test, "key");
	weak = material.k.len < size;
	make_key(run, &material, run->suite->algorithm);
	CHECK((run->key == NULL) == weak);
	if (run->key != NULL)
	{
		check_tag_prefix(run, test, data, tag);
		accepted = gauth_signature_verify(run->key, data, tag) == GAUTH_OK;
	}
	judge(run, test, accepted,
		  weak || get_int(group, "tagSize") != (int64_t) size * 8);
	gauth_key_free(run->key);
	run->key = NULL;
}

static void
run_hmac(Run *run, const GauthJson *group)
{
	const GauthJson *test = gauth_json_get(group, "tests")->first;

	for (; test != NULL; test = test->next)
		run_hmac_test(run, group, test);
}

/* a valid case also seals to the same bytes; "sealed" is ciphertext and tag */
static bool
open_and_seal(Run *run, const GauthJson *test, GauthSpan key, GauthSpan nonce,
			  GauthSpan sealed)
{
	GauthSpan	plain = get_hex(run->arena, test, "msg");
	GauthSpan	associated = get_hex(run->arena, test, "aad");
	uint8_t    *out = gauth_arena_alloc(run->arena, sealed.len);
	const uint8_t *secret = (const uint8_t *) key.data;
	const uint8_t *once = (const uint8_t *) nonce.data;

	if (gauth_aead_open(secret, once, sealed, associated, out) != GAUTH_OK)
		return false;
	CHECK(sealed.len == plain.len + GAUTH_AEAD_TAG_SIZE);
	CHECK(plain.len == 0 || memcmp(out, plain.data, plain.len) == 0);
	CHECK_STATUS(gauth_aead_seal(secret, once, plain, associated, out),
				 GAUTH_OK);
	CHECK(memcmp(out, sealed.data, sealed.len) == 0);
	return true;
}

static void
run_aead(Run *run, const GauthJson *group)
{
	const GauthJson *test = gauth_json_get(group, "tests")->first;

	for (; test != NULL; test = test->next)
	{
		GauthSpan	key = get_hex(run->arena, test, "key");
		GauthSpan	nonce = get_hex(run->arena, test, "iv");
		GauthSpan	content = get_hex(run->arena, test, "ct");
		GauthSpan	tag = get_hex(run->arena, test, "tag");
		size_t		size = content.len + tag.len;
		char	   *sealed = gauth_arena_alloc(run->arena, size);
		bool		accepted = false;

		if (content.len > 0)
			memcpy(sealed, content.data, content.len);
		if (tag.len > 0)
			memcpy(sealed + content.len, tag.data, tag.len);

		/* our interface has no nonce of another length to offer */
		if (key.len == GAUTH_AEAD_KEY_SIZE &&
			nonce.len == GAUTH_AEAD_NONCE_SIZE)
			accepted = open_and_seal(run, test, key, nonce,
									 gauth_span(sealed, size));
		judge(run, test, accepted, false);
	}
}

static const Suite ecdsa_suites[] = {
	{"ecdsa_secp256r1_sha256_p1363", GAUTH_ES256, GAUTH_P256, 32, NULL, 0, 0, false},
	{"ecdsa_secp384r1_sha384_p1363", GAUTH_ES384, GAUTH_P384, 48, NULL, 0, 0, false},
	{"ecdsa_secp521r1_sha512_p1363", GAUTH_ES512, GAUTH_P521, 66, NULL, 0, 0, false},
	{"ecdsa_secp256k1_sha256_p1363", GAUTH_ES256, GAUTH_P256, 32,
	"the curve is not offered", 167, 0, false},
	{.file = "ecdsa_secp256r1_sha256_p1363",.algorithm = GAUTH_ES256,
	.curve = GAUTH_P256,.size = 32,.by_table = true}
};

static const Suite ed25519_suites[] = {
	{.file = "ed25519",.algorithm = GAUTH_EDDSA},
	{.file = "ed25519",.algorithm = GAUTH_EDDSA,.by_table = true}
};

static const Suite rsa_suites[] = {
	{.file = "rsa_signature_2048_sha256",.algorithm = GAUTH_RS256},
	{.file = "rsa_signature_2048_sha384",.algorithm = GAUTH_RS384},
	{.file = "rsa_signature_2048_sha512",.algorithm = GAUTH_RS512},
	{.file = "rsa_signature_3072_sha256",.algorithm = GAUTH_RS256},
	{.file = "rsa_signature_4096_sha512",.algorithm = GAUTH_RS512}
};

static const Suite pss_suites[] = {
	{.file = "rsa_pss_2048_sha256_mgf1_32"},
	{.file = "rsa_pss_2048_sha384_mgf1_48"},
	{.file = "rsa_pss_3072_sha256_mgf1_32"},
	{.file = "rsa_pss_4096_sha512_mgf1_64"},
	{.file = "rsa_pss_2048_sha256_mgf1_0",.policy = "salt length",
	.stricter = 61,.ours = 69},
	{.file = "rsa_pss_misc",.policy = "salt length, hash or MGF1 hash",
	.stricter = 147}
};

static const Suite hmac_suites[] = {
	{"hmac_sha256", GAUTH_HS256, GAUTH_CURVE_NONE, 32,
	"short secret or shortened tag", 36, 0, false},
	{"hmac_sha384", GAUTH_HS384, GAUTH_CURVE_NONE, 48,
	"short secret or shortened tag", 36, 0, false},
	{"hmac_sha512", GAUTH_HS512, GAUTH_CURVE_NONE, 64,
	"short secret or shortened tag", 36, 0, false}
};

static const Suite aead_suite = {.file = "xchacha20_poly1305"};

#define COUNT_OF(suites)	(sizeof(suites) / sizeof((suites)[0]))

static void
run_suites(const Suite *suites, size_t count, RunGroup run_group)
{
	size_t		i;

	for (i = 0; i < count; i++)
		run_suite(&suites[i], run_group);
}

int
main(void)
{
	begin_crypto();
	run_suites(ecdsa_suites, COUNT_OF(ecdsa_suites), run_ecdsa);
	run_suites(ed25519_suites, COUNT_OF(ed25519_suites), run_ed25519);
	run_suites(hmac_suites, COUNT_OF(hmac_suites), run_hmac);
	run_suites(rsa_suites, COUNT_OF(rsa_suites), run_rsa);
	run_suites(pss_suites, COUNT_OF(pss_suites), run_pss);
	run_suites(&aead_suite, 1, run_aead);
	gauth_crypto_free(crypto);
	return unit_finish("crypto_wycheproof");
}
