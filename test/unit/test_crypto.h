/*
 * test_crypto.h
 *		What the tests of the crypto floor share: one GauthCrypto, a file of
 *		vectors as a tree, its hexadecimal as bytes, and a tally per file.
 */
#ifndef GAUTH_UNIT_TEST_CRYPTO_H
#define GAUTH_UNIT_TEST_CRYPTO_H

#include <limits.h>
#include <stdarg.h>

#include "base/arena.h"
#include "base/hex.h"
#include "base/json.h"
#include "crypto/internal.h"
#include "crypto/key.h"
#include "crypto/library.h"
#include "crypto/sign.h"
#include "unit.h"

#define NOTHING		gauth_span(NULL, 0)

static GauthCrypto *crypto;

/* a file of vectors while it is being run */
typedef struct Vectors
{
	GauthSpan	text;
	GauthArena	arena;
	GauthJson  *root;
} Vectors;

UNIT_MAYBE_UNUSED static void
close_vectors(Vectors *vectors)
{
	gauth_arena_reset(&vectors->arena);
	free((char *) vectors->text.data);
}

UNIT_MAYBE_UNUSED static bool
open_vectors(Vectors *vectors, const char *path)
{
	GauthError	err = {0};
	GauthStatus status;

	gauth_arena_init(&vectors->arena, NULL, 0, &gauth_malloc_source, 0);
	if (!unit_read_vectors(path, &vectors->text))
		return false;
	status = gauth_json_parse(&vectors->arena, vectors->text,
							  &gauth_json_document_limits, &vectors->root,
							  &err);
	if (CHECK_STATUS(status, GAUTH_OK))
		return true;
	close_vectors(vectors);
	return false;
}

/* the bytes of a hexadecimal text; a test that cannot go on stops */
UNIT_MAYBE_UNUSED static GauthSpan
from_hex(GauthArena *arena, GauthSpan text)
{
	uint8_t    *bytes = gauth_arena_alloc(arena, text.len / 2);
	GauthError	err;

	if (bytes == NULL || gauth_hex_decode(text, bytes, &err) != GAUTH_OK)
	{
		printf("not hexadecimal: %.*s\n", (int) text.len, text.data);
		exit(EXIT_FAILURE);
	}
	return gauth_span(bytes, text.len / 2);
}

UNIT_MAYBE_UNUSED static GauthSpan
get_hex(GauthArena *arena, const GauthJson *object, const char *name)
{
	const GauthJson *member = gauth_json_get(object, name);

	return member == NULL ? NOTHING : from_hex(arena, member->text);
}

UNIT_MAYBE_UNUSED static int64_t
get_int(const GauthJson *object, const char *name)
{
	int64_t		number = -1;

	(void) gauth_json_to_int64(gauth_json_get(object, name), &number);
	return number;
}

/* big-endian, exactly "size" bytes: vectors drop or add leading zeros */
UNIT_MAYBE_UNUSED static GauthSpan
resize(GauthArena *arena, GauthSpan number, size_t size)
{
	char	   *bytes = gauth_arena_zalloc(arena, size);

	while (number.len > 0 && *number.data == 0)
		number = gauth_span_slice(number, 1, number.len - 1);
	if (bytes == NULL || number.len > size)
	{
		printf("a number of %zu bytes instead of %zu\n", number.len, size);
		exit(EXIT_FAILURE);
	}
	if (number.len > 0)
		memcpy(bytes + size - number.len, number.data, number.len);
	return gauth_span(bytes, size);
}

UNIT_MAYBE_UNUSED static GauthKeyMaterial
public_half(const GauthKeyMaterial *material)
{
	GauthKeyMaterial half = *material;

	half.d = half.p = half.q = half.dp = half.dq = half.qi = NOTHING;
	return half;
}

UNIT_MAYBE_UNUSED static void
begin_crypto(void)
{
	GauthError	err = {0};

	if (gauth_crypto_create(&crypto, &err) != GAUTH_OK)
	{
		printf("no crypto: %s\n", err.detail);
		exit(EXIT_FAILURE);
	}
}

UNIT_MAYBE_UNUSED static bool
has_table(const GauthKey *key)
{
	return key->ecdsa_table != NULL || key->ed25519_table != NULL;
}

/* what a key of ES256 or Ed25519 gets when it is much used */
UNIT_MAYBE_UNUSED static void
give_table(GauthKey *key)
{
	CHECK(!has_table(key));
	if (key->algorithm == GAUTH_ES256)
		key->ecdsa_table = gauth_ecdsa_table_create(key->pair);
	if (key->algorithm == GAUTH_EDDSA)
		key->ed25519_table = gauth_ed25519_table_create(crypto,
														key->public_key);
	CHECK(has_table(key));

	/* it does not earn another */
	key->uses = UINT_MAX;
}

/*
 * Where a table of Ed25519 says no, libsodium has the last word.  That it was
 * not needed is seen by what the table says itself.
 */
UNIT_MAYBE_UNUSED static void
check_own_answer(const GauthKey *key, GauthSpan data, GauthSpan signature,
				 bool accepted)
{
	if (key->ed25519_table != NULL && signature.len == key->signature_size)
		CHECK(gauth_ed25519_table_verify(key, data,
										 (const uint8_t *) signature.data) ==
			  accepted);
}

#endif							/* GAUTH_UNIT_TEST_CRYPTO_H */
