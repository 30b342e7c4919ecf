/*
 * jws.h
 *		A signed token in compact form, taken apart (RFC 7515 section 7.1).
 */
#ifndef GAUTH_TOKEN_JWS_H
#define GAUTH_TOKEN_JWS_H

#include "base/arena.h"
#include "base/json.h"
#include "base/span.h"
#include "base/status.h"
#include "crypto/algorithm.h"
#include "crypto/key.h"

#define GAUTH_TOKEN_MAX		(16 * 1024)

typedef struct GauthJws
{
	GauthSpan	signing_input;	/* the text that is signed */
	GauthSpan	payload;		/* decoded */
	GauthSpan	signature;		/* decoded */
	const GauthJson *header;
	GauthAlgorithm algorithm;
	GauthSpan	kid;			/* meaningful when has_kid */
	GauthSpan	typ;			/* empty when absent */
	GauthSpan	cty;			/* empty when absent */
	bool		has_kid;
} GauthJws;

extern GauthStatus gauth_jws_parse(GauthArena *arena, GauthSpan token,
								   GauthJws *jws, GauthError *err);
extern GauthStatus gauth_jws_sign(GauthArena *arena, GauthKey *key,
								  GauthSpan header, GauthSpan payload,
								  GauthSpan *token);
extern bool gauth_jws_type_is(GauthSpan typ, GauthSpan wanted);
extern bool gauth_jws_type_is_foreign(GauthSpan typ);

#endif							/* GAUTH_TOKEN_JWS_H */
