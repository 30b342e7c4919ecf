/*
 * verify_libjwt.c
 *		libjwt as a contender: jwt_decode, then issuer, audience and expiry.
 *
 * Before release 2 it takes its key as PEM with every call and knows neither
 * PSS nor Ed25519.
 */
#include "verify.h"

#ifdef HAVE_LIBJWT

#include <jwt.h>
#include <stdlib.h>
#include <string.h>

typedef struct Libjwt
{
	const Subject *subject;
	const unsigned char *key;
	int			key_len;
	int			next;
} Libjwt;

static bool
verify(const Libjwt *libjwt, const Token *token)
{
	const char *issuer;
	const char *audience;
	jwt_t	   *jwt = NULL;
	bool		valid;

	if (jwt_decode(&jwt, token->text, libjwt->key, libjwt->key_len) != 0)
		return false;
	issuer = jwt_get_grant(jwt, "iss");
	audience = jwt_get_grant(jwt, "aud");
	valid = issuer != NULL && strcmp(issuer, ISSUER) == 0 &&
		audience != NULL && strcmp(audience, AUDIENCE) == 0 &&
		jwt_get_grant_int(jwt, "exp") > time(NULL) - LEEWAY;
	jwt_free(jwt);
	return valid;
}

static bool
work(Contender *contender, unsigned count)
{
	Libjwt	   *libjwt = contender->state;

	while (count-- > 0)
	{
		int			i = libjwt->next;

		libjwt->next = i + 1 == TOKENS ? 0 : i + 1;
		if (!verify(libjwt, &libjwt->subject->tokens[i]))
			return false;
	}
	return true;
}

bool
libjwt_prepare(Contender *contender, const Subject *subject)
{
	Libjwt	   *libjwt = calloc(1, sizeof(Libjwt));

	libjwt->subject = subject;
	libjwt->key = (const unsigned char *) subject->material.k.data;
	libjwt->key_len = (int) subject->material.k.len;
	if (subject->pem != NULL)
	{
		libjwt->key = (const unsigned char *) subject->pem;
		libjwt->key_len = (int) strlen(subject->pem);
	}
	contender->name = "libjwt";
	contender->work = work;
	contender->state = libjwt;
	contender->clock = CLOCK_THREAD_CPUTIME_ID;
	return verify(libjwt, &subject->tokens[0]);
}

#else

bool
libjwt_prepare(Contender *contender, const Subject *subject)
{
	contender->name = "libjwt";
	(void) subject;
	return false;
}

#endif							/* HAVE_LIBJWT */
