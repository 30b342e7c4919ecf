/*
 * verify_gauth.c
 *		gauth as a contender, without a server: gauth_jwt_verify from the first
 *		byte to the last rule, with a key that was parsed once.
 */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

#include "token/jwt.h"

/* as the server does it: a usual token needs no allocation */
#define STACK_ARENA		(6 * 1024)

typedef struct Gauth
{
	const Subject *subject;
	GauthKeySet keys;
	GauthJwtRules rules;
	GauthSpan	issuer;
	GauthSpan	audience;
	int			next;
} Gauth;

static bool
verify(const Gauth *gauth, const Token *token)
{
	char		buffer[STACK_ARENA];
	GauthArena	arena;
	GauthJwt	jwt;
	GauthStatus status;

	gauth_arena_init(&arena, buffer, sizeof(buffer), &gauth_malloc_source, 0);
	status = gauth_jwt_verify(&arena, gauth_span(token->text, token->len),
							  &gauth->keys, &gauth->rules, &jwt, NULL);
	gauth_arena_reset(&arena);
	return status == GAUTH_OK;
}

static bool
work(Contender *contender, unsigned count)
{
	Gauth	   *gauth = contender->state;

	gauth->rules.claims.now = time(NULL);
	while (count-- > 0)
	{
		int			i = gauth->next;

		gauth->next = i + 1 == TOKENS ? 0 : i + 1;
		if (!verify(gauth, &gauth->subject->tokens[i]))
			return false;
	}
	return true;
}

static void
read_keys(Gauth *gauth)
{
	GauthArena	arena;
	GauthJson  *json;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	if (gauth_json_parse(&arena, gauth->subject->jwk,
						 &gauth_json_token_limits, &json, NULL) != GAUTH_OK ||
		gauth_keyset_read(gauth->subject->crypto, &arena, json, NULL,
						  &gauth->keys, NULL) != GAUTH_OK)
		fatal("%s: the key is refused", gauth->subject->name);
}

void
gauth_prepare(Contender *contender, const Subject *subject)
{
	Gauth	   *gauth = calloc(1, sizeof(Gauth));

	gauth->subject = subject;
	gauth->issuer = gauth_span_of(ISSUER);
	gauth->audience = gauth_span_of(AUDIENCE);
	gauth->rules.claims.leeway = LEEWAY;
	gauth->rules.claims.issuer = &gauth->issuer;
	gauth->rules.claims.audiences = &gauth->audience;
	gauth->rules.claims.audience_count = 1;
	read_keys(gauth);

	contender->name = "gauth";
	contender->work = work;
	contender->state = gauth;
	contender->clock = CLOCK_THREAD_CPUTIME_ID;
}
