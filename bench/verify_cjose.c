/*
 * verify_cjose.c
 *		cjose as a contender: it verifies the signature with a key that was
 *		imported once; the claims are read with jansson, on which it stands.
 */
#include "verify.h"

#ifdef HAVE_CJOSE

#include <cjose/cjose.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct Cjose
{
	const Subject *subject;
	cjose_jwk_t *key;
	int			next;
} Cjose;

static bool
is_text(const json_t *claims, const char *name, const char *text)
{
	const char *value = json_string_value(json_object_get(claims, name));

	return value != NULL && strcmp(value, text) == 0;
}

static bool
check_claims(const uint8_t *payload, size_t len)
{
	json_t	   *claims = json_loadb((const char *) payload, len,
									JSON_REJECT_DUPLICATES, NULL);
	bool		valid;

	valid = is_text(claims, "iss", ISSUER) &&
		is_text(claims, "aud", AUDIENCE) &&
		json_integer_value(json_object_get(claims, "exp")) >
		time(NULL) - LEEWAY;
	json_decref(claims);
	return valid;
}

static bool
verify(const Cjose *cjose, const Token *token)
{
	cjose_jws_t *jws = cjose_jws_import(token->text, token->len, NULL);
	uint8_t    *payload;
	size_t		len;
	bool		valid;

	if (jws == NULL)
		return false;
	valid = cjose_jws_verify(jws, cjose->key, NULL) &&
		cjose_jws_get_plaintext(jws, &payload, &len, NULL) &&
		check_claims(payload, len);
	cjose_jws_release(jws);
	return valid;
}

static bool
work(Contender *contender, unsigned count)
{
	Cjose	   *cjose = contender->state;

	while (count-- > 0)
	{
		int			i = cjose->next;

		cjose->next = i + 1 == TOKENS ? 0 : i + 1;
		if (!verify(cjose, &cjose->subject->tokens[i]))
			return false;
	}
	return true;
}

bool
cjose_prepare(Contender *contender, const Subject *subject)
{
	Cjose	   *cjose = calloc(1, sizeof(Cjose));

	cjose->subject = subject;
	cjose->key = cjose_jwk_import(subject->jwk.data, subject->jwk.len, NULL);
	contender->name = "cjose";
	contender->work = work;
	contender->state = cjose;
	contender->clock = CLOCK_THREAD_CPUTIME_ID;
	return cjose->key != NULL && verify(cjose, &subject->tokens[0]);
}

#else

bool
cjose_prepare(Contender *contender, const Subject *subject)
{
	contender->name = "cjose";
	(void) subject;
	return false;
}

#endif							/* HAVE_CJOSE */
