/*
 * verify_subject.c
 *		Keys and tokens for bench/verify: five claims, every token another
 *		subject.
 */
#include "verify.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "token/jws.h"

#define LIFETIME		3600	/* seconds */

static void
take_apart(Token *token, GauthArena *arena)
{
	GauthJws	jws;

	if (gauth_jws_parse(arena, gauth_span(token->text, token->len), &jws,
						NULL) != GAUTH_OK ||
		jws.signature.len > sizeof(token->signature))
		fatal("a token of our own is malformed");
	token->signing_input_len = jws.signing_input.len;
	token->signature_len = jws.signature.len;
	memcpy(token->signature, jws.signature.data, jws.signature.len);
}

static void
make_token(Subject *subject, GauthArena *arena, int number)
{
	Token	   *token = &subject->tokens[number];
	long		now = (long) time(NULL);
	char		header[128];
	char		payload[512];
	GauthSpan	text;

	(void) snprintf(header, sizeof(header),
					"{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"bench-1\"}",
					subject->name);
	(void) snprintf(payload, sizeof(payload),
					"{\"iss\":\"%s\",\"sub\":\"user-%06d\",\"aud\":\"%s\","
					"\"iat\":%ld,\"exp\":%ld}",
					ISSUER, number, AUDIENCE, now, now + LIFETIME);
	if (gauth_jws_sign(arena, subject->key, gauth_span_of(header),
					   gauth_span_of(payload), &text) != GAUTH_OK)
		fatal("%s: could not sign", subject->name);
	token->text = strndup(text.data, text.len);
	token->len = text.len;
	take_apart(token, arena);
}

/* OpenSSL's numbers are of the machine's byte order, ours are big-endian */
static void
push_number(OSSL_PARAM_BLD *builder, const char *name, GauthSpan number)
{
	BIGNUM	   *value = BN_bin2bn((const unsigned char *) number.data,
								  (int) number.len, NULL);

	if (value == NULL || !OSSL_PARAM_BLD_push_BN(builder, name, value))
		fatal("no memory");
}

static const char *
push_members(OSSL_PARAM_BLD *builder, const GauthKeyMaterial *material,
			 uint8_t point[65])
{
	if (material->type == GAUTH_KEY_RSA)
	{
		push_number(builder, OSSL_PKEY_PARAM_RSA_N, material->n);
		push_number(builder, OSSL_PKEY_PARAM_RSA_E, material->e);
		return "RSA";
	}
	if (material->type == GAUTH_KEY_OKP)
	{
		OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY,
										 material->x.data, material->x.len);
		return "ED25519";
	}
	point[0] = 4;
	memcpy(point + 1, material->x.data, 32);
	memcpy(point + 33, material->y.data, 32);
	OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
									"P-256", 0);
	OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
									 65);
	return "EC";
}

static char *
make_pem(const GauthKeyMaterial *material)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	uint8_t		point[65];
	const char *type = push_members(builder, material, point);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY   *key = NULL;
	BIO		   *pem = BIO_new(BIO_s_mem());
	char	   *data;
	long		size;

	if (EVP_PKEY_fromdata_init(context) != 1 ||
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY,
						  OSSL_PARAM_BLD_to_param(builder)) != 1 ||
		!PEM_write_bio_PUBKEY(pem, key))
		fatal("%s: OpenSSL does not take the key", type);
	size = BIO_get_mem_data(pem, &data);
	return strndup(data, (size_t) size);
}

static void
make_jwk(Subject *subject, GauthArena *arena)
{
	GauthJwk	jwk = {0};

	jwk.material = subject->material;
	jwk.algorithm = subject->algorithm;
	jwk.kid = GAUTH_SPAN("bench-1");
	jwk.has_kid = true;
	if (gauth_jwk_write(arena, &jwk, subject->material.type == GAUTH_KEY_OCT,
						&subject->jwk) != GAUTH_OK)
		fatal("%s: could not write the key", subject->name);
}

/*
 * subject_make
 *		A fresh key and tokens signed with it, in the arena and in memory that
 *		lives to the end of the program.
 */
void
subject_make(Subject *subject, GauthCrypto *crypto, GauthArena *arena,
			 GauthAlgorithm algorithm, int tokens)
{
	int			i;

	memset(subject, 0, sizeof(*subject));
	subject->name = gauth_algorithm_name(algorithm);
	subject->algorithm = algorithm;
	subject->crypto = crypto;
	if (gauth_key_generate(crypto, algorithm, arena, &subject->material,
						   NULL) != GAUTH_OK ||
		gauth_key_create(crypto, &subject->material, algorithm, &subject->key,
						 NULL) != GAUTH_OK)
		fatal("%s: could not make a key", subject->name);
	make_jwk(subject, arena);
	if (subject->material.type != GAUTH_KEY_OCT)
		subject->pem = make_pem(&subject->material);

	subject->tokens = calloc((size_t) tokens, sizeof(Token));
	subject->token_count = tokens;
	for (i = 0; i < tokens; i++)
		make_token(subject, arena, i);
}

static FILE *
create_file(const Subject *subject, const char *directory, const char *suffix)
{
	char		path[1024];
	FILE	   *file;

	(void) snprintf(path, sizeof(path), "%s/%s.%s", directory, subject->name,
					suffix);
	file = fopen(path, "w");
	if (file == NULL)
		fatal("could not write %s", path);
	return file;
}

static void
close_file(FILE *file)
{
	if (fclose(file) != 0)
		fatal("could not write a file");
}

/*
 * subject_write
 *		NAME.jwk, NAME.key (PEM, or the secret's bytes) and NAME.tokens, one a
 *		line, for who works in another process.
 */
void
subject_write(const Subject *subject, const char *directory)
{
	GauthSpan	key = subject->material.k;
	FILE	   *file = create_file(subject, directory, "jwk");
	int			i;

	fwrite(subject->jwk.data, 1, subject->jwk.len, file);
	close_file(file);

	if (subject->pem != NULL)
		key = gauth_span_of(subject->pem);
	file = create_file(subject, directory, "key");
	fwrite(key.data, 1, key.len, file);
	close_file(file);

	file = create_file(subject, directory, "tokens");
	for (i = 0; i < subject->token_count; i++)
		fprintf(file, "%s\n", subject->tokens[i].text);
	close_file(file);
}
