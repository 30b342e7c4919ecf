/*
 * test_crypto_memory.c
 *		What happens when OpenSSL gets no memory: at the first, the second,
 *		the third request and so on, until the work succeeds.
 *
 * Want of memory must be called that, or a failure of the library; it must
 * never look like a refused key, and a bad signature never like a good one.
 * What was made until then is given back: the sanitizer sees to that.
 */
#include "test_crypto.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "crypto/digest.h"

#define ATTEMPTS_MAX	2000

static GauthArena arena;
static long requests_left = LONG_MAX;
static bool requests_refused;

static bool
may_have_memory(void)
{
	if (requests_left > 0)
	{
		requests_left--;
		return true;
	}
	requests_refused = true;
	return false;
}

static void *
take(size_t size, const char *file, int line)
{
	(void) file;
	(void) line;
	return may_have_memory() ? malloc(size) : NULL;
}

static void *
take_again(void *old, size_t size, const char *file, int line)
{
	(void) file;
	(void) line;
	return may_have_memory() ? realloc(old, size) : NULL;
}

static void
give_back(void *old, const char *file, int line)
{
	(void) file;
	(void) line;
	free(old);
}

/* refuses every request after the first "count" */
static void
allow(long count)
{
	requests_left = count;
	requests_refused = false;
}

static void
allow_all(void)
{
	requests_left = LONG_MAX;
}

/* the work met the end of memory: may it have said this? */
static void
check_failure(GauthStatus status, GauthAlgorithm algorithm, long count)
{
	/* what OpenSSL could do without is no failure */
	if (!CHECK(status == GAUTH_OK || status == GAUTH_OUT_OF_MEMORY ||
			   status == GAUTH_CRYPTO_FAILED))
		printf("%s: request %ld: %s\n", gauth_algorithm_name(algorithm), count,
			   gauth_status_name(status));
	CHECK(ERR_peek_error() == 0);
}

static void
test_create(const GauthKeyMaterial *material, GauthAlgorithm algorithm)
{
	long		count;

	for (count = 0; count < ATTEMPTS_MAX; count++)
	{
		GauthError	err = {0};
		GauthKey   *key;
		GauthStatus status;

		allow(count);
		status = gauth_key_create(crypto, material, algorithm, &key, &err);
		allow_all();
		CHECK((status == GAUTH_OK) == (key != NULL));
		gauth_key_free(key);
		if (!requests_refused)
			break;
		check_failure(status, algorithm, count);
	}
	CHECK(count < ATTEMPTS_MAX);
}

static void
test_verify(GauthKey *key, GauthSpan data, GauthSpan signature, bool good)
{
	GauthStatus expected = good ? GAUTH_OK : GAUTH_SIGNATURE_INVALID;
	long		count;

	for (count = 0; count < ATTEMPTS_MAX; count++)
	{
		GauthStatus status;

		allow(count);
		status = gauth_signature_verify(key, data, signature);
		allow_all();
		if (!requests_refused)
		{
			CHECK_STATUS(status, expected);
			break;
		}

		/* OpenSSL does not always tell the two apart: no is no */
		if (status != expected && status != GAUTH_SIGNATURE_INVALID)
			check_failure(status, gauth_key_algorithm(key), count);
		CHECK(good || status != GAUTH_OK);

		/* and the next call is as good as ever */
		CHECK_STATUS(gauth_signature_verify(key, data, signature), expected);
	}
	CHECK(count < ATTEMPTS_MAX);
}

/* back to one verification before the table is made, the generator's too */
static void
take_table(GauthKey *key)
{
	gauth_ecdsa_table_free(key->ecdsa_table);
	gauth_ed25519_table_free(key->ed25519_table);
	gauth_ed25519_table_free(crypto->generator);
	key->ecdsa_table = NULL;
	key->ed25519_table = NULL;
	crypto->generator = NULL;
	key->uses = (key->algorithm == GAUTH_EDDSA ? GAUTH_ED25519_TABLE_USES :
				 GAUTH_ECDSA_TABLE_USES) - 1;
}

/* the use of a key that makes its table, which it can do without */
static void
test_table(GauthKey *key, GauthSpan data, GauthSpan signature)
{
	long		count;

	for (count = 0; count < ATTEMPTS_MAX; count++)
	{
		GauthStatus status;

		take_table(key);
		allow(count);
		status = gauth_signature_verify(key, data, signature);
		allow_all();
		if (!requests_refused)
		{
			CHECK_STATUS(status, GAUTH_OK);
			break;
		}

		/* libsodium asks for nothing, and a table is whole or none */
		CHECK(status == GAUTH_OK || key->algorithm != GAUTH_EDDSA);
		check_own_answer(key, data, signature, true);
		if (status != GAUTH_SIGNATURE_INVALID)
			check_failure(status, key->algorithm, count);
		CHECK_STATUS(gauth_signature_verify(key, data, signature), GAUTH_OK);
	}
	CHECK(count > 0 && count < ATTEMPTS_MAX && has_table(key));
}

static void
test_sign(GauthKey *key, GauthSpan data, uint8_t *signature, size_t *size)
{
	long		count;

	for (count = 0; count < ATTEMPTS_MAX; count++)
	{
		GauthError	err = {0};
		GauthStatus status;

		allow(count);
		status = gauth_signature_create(key, data, signature, size, &err);
		allow_all();
		if (!requests_refused)
		{
			CHECK_STATUS(status, GAUTH_OK);
			break;
		}
		check_failure(status, gauth_key_algorithm(key), count);
		if (status == GAUTH_OK)
			CHECK_STATUS(gauth_signature_verify(key, data,
												gauth_span(signature, *size)),
						 GAUTH_OK);
	}
	CHECK(count < ATTEMPTS_MAX);
}

static void
test_algorithm(GauthAlgorithm algorithm)
{
	GauthKeyMaterial material;
	GauthKeyMaterial half;
	GauthKey   *key;
	GauthError	err = {0};
	GauthSpan	data = GAUTH_SPAN("data");
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size;

	CHECK_STATUS(gauth_key_generate(crypto, algorithm, &arena, &material,
									&err), GAUTH_OK);
	test_create(&material, algorithm);
	half = public_half(&material);
	test_create(&half, algorithm);

	CHECK_STATUS(gauth_key_create(crypto, &material, algorithm, &key, &err),
				 GAUTH_OK);
	test_sign(key, data, signature, &size);
	test_verify(key, data, gauth_span(signature, size), true);
	if (algorithm == GAUTH_ES256 || algorithm == GAUTH_EDDSA)
	{
		test_table(key, data, gauth_span(signature, size));
		test_verify(key, data, gauth_span(signature, size), true);
	}
	signature[size / 2] ^= 1;
	test_verify(key, data, gauth_span(signature, size), false);
	gauth_key_free(key);
}

static void
test_library(void)
{
	long		count;

	for (count = 0; count < ATTEMPTS_MAX; count++)
	{
		GauthCrypto *made;
		GauthError	err = {0};
		GauthStatus status;

		allow(count);
		status = gauth_crypto_create(&made, &err);
		allow_all();
		CHECK((status == GAUTH_OK) == (made != NULL));
		gauth_crypto_free(made);
		if (!requests_refused)
			break;
		check_failure(status, GAUTH_ALGORITHM_NONE, count);
	}
	CHECK(count < ATTEMPTS_MAX);
}

static void
test_generate(GauthAlgorithm algorithm, long step)
{
	long		count;

	for (count = 0; count < ATTEMPTS_MAX * step; count += step)
	{
		GauthKeyMaterial material;
		GauthError	err = {0};
		GauthStatus status;

		allow(count);
		status = gauth_key_generate(crypto, algorithm, &arena, &material,
									&err);
		allow_all();
		if (!requests_refused)
			break;
		check_failure(status, algorithm, count);
	}
}

int
main(void)
{
	GauthAlgorithm algorithm;

	/* before OpenSSL has asked for anything, or it is too late */
	if (!CRYPTO_set_mem_functions(take, take_again, give_back))
	{
		printf("crypto_memory: skipped, OpenSSL has its memory already\n");
		return EXIT_SUCCESS;
	}
	begin_crypto();
	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	for (algorithm = GAUTH_HS256; algorithm < GAUTH_ALGORITHM_COUNT;
		 algorithm++)
		test_algorithm(algorithm);
	test_library();
	test_generate(GAUTH_ES256, 1);
	test_generate(GAUTH_EDDSA, 1);
	test_generate(GAUTH_HS512, 1);
	gauth_arena_reset(&arena);
	gauth_crypto_free(crypto);
	return unit_finish("crypto_memory");
}
