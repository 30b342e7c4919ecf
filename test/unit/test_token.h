/*
 * test_token.h
 *		What the tests of the token floor share: an arena for what a program
 *		makes, keys out of JWKs, and tokens out of text.
 */
#ifndef GAUTH_UNIT_TEST_TOKEN_H
#define GAUTH_UNIT_TEST_TOKEN_H

#include <stdarg.h>

#include "base/base64url.h"
#include "base/text.h"
#include "test_crypto.h"
#include "token/jwt.h"

/* an initialiser, where GAUTH_SPAN is an expression */
#define TEXT(literal)	{literal, sizeof(literal) - 1}

/* for what lives as long as the program */
static GauthArena lasting;

UNIT_MAYBE_UNUSED static void
begin_token(void)
{
	begin_crypto();
	gauth_arena_init(&lasting, NULL, 0, &gauth_malloc_source, 0);
}

UNIT_MAYBE_UNUSED static int
finish_token(const char *name)
{
	gauth_arena_reset(&lasting);
	gauth_crypto_free(crypto);
	return unit_finish(name);
}

/* a copy in a block of its exact size, so that one byte too far is seen */
UNIT_MAYBE_UNUSED static GauthSpan
exact_copy(GauthSpan text)
{
	char	   *copy = malloc(text.len == 0 ? 1 : text.len);

	if (copy == NULL)
		abort();
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	return gauth_span(copy, text.len);
}

UNIT_MAYBE_UNUSED static void
free_copy(GauthSpan text)
{
	free((char *) text.data);
}

UNIT_MAYBE_UNUSED static GauthSpan
finished(const GauthText *text)
{
	GauthSpan	result;

	if (!gauth_text_finish(text, &result))
		abort();
	return result;
}

/* text as printf makes it, lasting */
__attribute__((format(printf, 1, 2)))
UNIT_MAYBE_UNUSED static GauthSpan
format_text(const char *format,...)
{
	va_list		arguments;
	char	   *text;
	int			size;

	va_start(arguments, format);
	size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = gauth_arena_alloc(&lasting, (size_t) size + 1);
	if (size < 0 || text == NULL)
		abort();
	va_start(arguments, format);
	(void) vsnprintf(text, (size_t) size + 1, format, arguments);
	va_end(arguments);
	return gauth_span(text, (size_t) size);
}

/* parts one after the other, lasting; the last one has no data */
UNIT_MAYBE_UNUSED static GauthSpan
join(const GauthSpan *parts)
{
	GauthText	text;

	gauth_text_init(&text, &lasting);
	for (; parts->data != NULL; parts++)
		gauth_text_append(&text, *parts);
	gauth_text_append(&text, GAUTH_SPAN(""));
	return finished(&text);
}

#define JOIN(...)	join((const GauthSpan[]) {__VA_ARGS__, {NULL, 0}})

UNIT_MAYBE_UNUSED static GauthSpan
repeat(GauthSpan part, size_t count)
{
	GauthText	text;

	gauth_text_init(&text, &lasting);
	while (count-- > 0)
		gauth_text_append(&text, part);
	gauth_text_append(&text, GAUTH_SPAN(""));
	return finished(&text);
}

UNIT_MAYBE_UNUSED static GauthSpan
to_base64url(GauthSpan bytes)
{
	GauthText	text;

	gauth_text_init(&text, &lasting);
	gauth_text_append_base64url(&text, bytes);
	gauth_text_append(&text, GAUTH_SPAN(""));
	return finished(&text);
}

UNIT_MAYBE_UNUSED static GauthSpan
from_base64url(GauthSpan text)
{
	GauthSpan	bytes;

	if (gauth_base64url_decode(&lasting, text, &bytes, NULL) != GAUTH_OK)
		abort();
	return bytes;
}

/* the keys of a JWK or a JWK set; free them whatever the answer */
UNIT_MAYBE_UNUSED static GauthStatus
read_keys(const char *json, const GauthAlgorithmList *accepted,
		  GauthKeySet *keys)
{
	GauthJson  *root;
	GauthError	err;

	memset(keys, 0, sizeof(*keys));
	if (gauth_json_parse(&lasting, gauth_span_of(json),
						 &gauth_json_token_limits, &root, &err) != GAUTH_OK)
		return err.status;
	return gauth_keyset_read(crypto, &lasting, root, accepted, keys, &err);
}

/* a key of these numbers; a test that cannot go on stops */
UNIT_MAYBE_UNUSED static GauthKey *
make_key(const GauthKeyMaterial *material, GauthAlgorithm algorithm)
{
	GauthKey   *key;
	GauthError	err = {0};

	if (gauth_key_create(crypto, material, algorithm, &key, &err) != GAUTH_OK)
	{
		printf("no key for %s: %s\n", gauth_algorithm_name(algorithm),
			   err.detail);
		exit(EXIT_FAILURE);
	}
	return key;
}

UNIT_MAYBE_UNUSED static GauthKeyMaterial
generate(GauthAlgorithm algorithm)
{
	GauthKeyMaterial material;
	GauthError	err = {0};

	if (gauth_key_generate(crypto, algorithm, &lasting, &material,
						   &err) != GAUTH_OK)
	{
		printf("no key for %s: %s\n", gauth_algorithm_name(algorithm),
			   err.detail);
		exit(EXIT_FAILURE);
	}
	return material;
}

/* a symmetric key of any bytes */
UNIT_MAYBE_UNUSED static GauthKeyMaterial
secret_of(GauthSpan bytes)
{
	return (GauthKeyMaterial)
	{
		.type = GAUTH_KEY_OCT,.k = bytes
	};
}

/* the signature of any text at all, lasting */
UNIT_MAYBE_UNUSED static GauthSpan
sign_text(GauthKey *key, GauthSpan text)
{
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size;
	GauthSpan	copy;
	GauthError	err;

	if (gauth_signature_create(key, text, signature, &size, &err) != GAUTH_OK ||
		!gauth_arena_copy(&lasting, gauth_span(signature, size), &copy))
		abort();
	return copy;
}

#define DOT		GAUTH_SPAN(".")

/* a token of segments that are encoded already, signed as they are */
UNIT_MAYBE_UNUSED static GauthSpan
sign_segments(GauthKey *key, GauthSpan header, GauthSpan payload)
{
	GauthSpan	input = JOIN(header, DOT, payload);

	return JOIN(input, DOT, to_base64url(sign_text(key, input)));
}

/* a token of any bytes */
UNIT_MAYBE_UNUSED static GauthSpan
sign_token(GauthKey *key, GauthSpan header, GauthSpan payload)
{
	GauthSpan	token;

	if (gauth_jws_sign(&lasting, key, header, payload, &token) != GAUTH_OK)
		abort();
	return token;
}

/* a token with a signature of the caller's */
UNIT_MAYBE_UNUSED static GauthSpan
attach(GauthSpan input, GauthSpan signature)
{
	return JOIN(input, DOT, to_base64url(signature));
}

/* verification in an arena of its own, of a copy that ends where it ends */
UNIT_MAYBE_UNUSED static GauthStatus
verify_token(GauthSpan token, const GauthKeySet *keys,
			 const GauthJwtRules *rules)
{
	GauthArena	arena;
	GauthSpan	copy = exact_copy(token);
	GauthJwt	jwt;
	GauthError	err = {0};
	GauthStatus status;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	status = gauth_jwt_verify(&arena, copy, keys, rules, &jwt, &err);
	CHECK(status == err.status);
	gauth_arena_reset(&arena);
	free_copy(copy);
	return status;
}

/* the same for a signed text that is no JWT */
UNIT_MAYBE_UNUSED static GauthStatus
verify_signed(GauthSpan token, const GauthKeySet *keys)
{
	GauthArena	arena;
	GauthSpan	copy = exact_copy(token);
	const GauthKeyEntry *entry;
	GauthJws	jws;
	GauthStatus status;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	status = gauth_jws_parse(&arena, copy, &jws, NULL);
	if (status == GAUTH_OK)
		status = gauth_keyset_verify(keys, &jws, &entry, NULL);
	gauth_arena_reset(&arena);
	free_copy(copy);
	return status;
}

#endif							/* GAUTH_UNIT_TEST_TOKEN_H */
