/*
 * verify.h
 *		What the contenders of bench/verify share: a key and the tokens that it
 *		signed, in every form that somebody wants them in.
 */
#ifndef GAUTH_BENCH_VERIFY_H
#define GAUTH_BENCH_VERIFY_H

#include "rounds.h"

#include "crypto/key.h"
#include "crypto/library.h"
#include "token/jwk.h"

#define ISSUER			"https://issuer.example"
#define AUDIENCE		"https://orders.example"
#define LEEWAY			30		/* seconds */
#define TOKENS			1000	/* that C and the other libraries verify */

typedef struct Token
{
	char	   *text;			/* ends with a zero byte */
	size_t		len;
	size_t		signing_input_len;
	uint8_t		signature[512]; /* decoded */
	size_t		signature_len;
} Token;

typedef struct Subject
{
	const char *name;			/* of the algorithm */
	GauthAlgorithm algorithm;
	GauthCrypto *crypto;
	GauthKeyMaterial material;
	GauthKey   *key;
	GauthSpan	jwk;			/* what a verifier gets */
	char	   *pem;			/* the same for OpenSSL; NULL: no such form */
	Token	   *tokens;
	int			token_count;
} Subject;

extern void subject_make(Subject *subject, GauthCrypto *crypto,
						 GauthArena *arena, GauthAlgorithm algorithm,
						 int tokens);
extern void subject_write(const Subject *subject, const char *directory);

extern void raw_prepare(Contender *contender, const Subject *subject);
extern void gauth_prepare(Contender *contender, const Subject *subject);

/*
 * False when the library does not know the algorithm, or was not there at
 * compile time; the contender has its name all the same.
 */
extern bool libjwt_prepare(Contender *contender, const Subject *subject);
extern bool cjose_prepare(Contender *contender, const Subject *subject);

#endif							/* GAUTH_BENCH_VERIFY_H */
