/*
 * verify_raw.c
 *		The raw primitive: the same key over the same bytes, nothing parsed,
 *		nothing decoded, every context made beforehand.  No verifier that makes
 *		these calls for each token can be faster.
 */
#include "verify.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* a signature in the form that its library takes */
typedef struct Signature
{
	unsigned char *data;
	size_t		len;
} Signature;

typedef struct Raw
{
	const Subject *subject;
	bool		(*verify) (struct Raw *raw, const Token *token,
						   const Signature *signature);
	Signature  *signatures;
	EVP_MAC_CTX *mac;
	EVP_MD	   *digest;
	EVP_MD_CTX *state;
	EVP_PKEY_CTX *pair;
	int			next;
} Raw;

static bool
verify_mac(Raw *raw, const Token *token, const Signature *signature)
{
	unsigned char tag[32];
	size_t		size;

	return EVP_MAC_init(raw->mac, NULL, 0, NULL) == 1 &&
		EVP_MAC_update(raw->mac, (const unsigned char *) token->text,
					   token->signing_input_len) == 1 &&
		EVP_MAC_final(raw->mac, tag, &size, sizeof(tag)) == 1 &&
		CRYPTO_memcmp(tag, signature->data, sizeof(tag)) == 0;
}

static bool
verify_pair(Raw *raw, const Token *token, const Signature *signature)
{
	unsigned char digest[32];

	return EVP_DigestInit_ex2(raw->state, raw->digest, NULL) == 1 &&
		EVP_DigestUpdate(raw->state, token->text,
						 token->signing_input_len) == 1 &&
		EVP_DigestFinal_ex(raw->state, digest, NULL) == 1 &&
		EVP_PKEY_verify(raw->pair, signature->data, signature->len, digest,
						sizeof(digest)) == 1;
}

static bool
verify_ed25519(Raw *raw, const Token *token, const Signature *signature)
{
	const GauthSpan *key = &raw->subject->material.x;

	return crypto_sign_verify_detached(signature->data,
									   (const unsigned char *) token->text,
									   token->signing_input_len,
									   (const unsigned char *) key->data) == 0;
}

static bool
work(Contender *contender, unsigned count)
{
	Raw		   *raw = contender->state;

	while (count-- > 0)
	{
		int			i = raw->next;

		raw->next = i + 1 == TOKENS ? 0 : i + 1;
		if (!raw->verify(raw, &raw->subject->tokens[i], &raw->signatures[i]))
			return false;
	}
	return true;
}

/* r and s become the SEQUENCE that OpenSSL wants; all others stay */
static void
prepare_signature(const Token *token, bool is_ecdsa, Signature *signature)
{
	ECDSA_SIG  *pair;

	signature->data = (unsigned char *) token->signature;
	signature->len = token->signature_len;
	if (!is_ecdsa)
		return;
	pair = ECDSA_SIG_new();
	ECDSA_SIG_set0(pair, BN_bin2bn(token->signature, 32, NULL),
				   BN_bin2bn(token->signature + 32, 32, NULL));
	signature->data = NULL;
	signature->len = (size_t) i2d_ECDSA_SIG(pair, &signature->data);
	ECDSA_SIG_free(pair);
}

static void
prepare_mac(Raw *raw)
{
	const GauthSpan *secret = &raw->subject->material.k;
	EVP_MAC    *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM	params[2];

	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
												 (char *) "SHA256", 0);
	params[1] = OSSL_PARAM_construct_end();
	raw->mac = EVP_MAC_CTX_new(hmac);
	raw->verify = verify_mac;
	if (EVP_MAC_init(raw->mac, (const unsigned char *) secret->data,
					 secret->len, params) != 1)
		fatal("HMAC: no context");
}

static void
prepare_pair(Raw *raw)
{
	BIO		   *pem = BIO_new_mem_buf(raw->subject->pem, -1);
	EVP_PKEY   *key = PEM_read_bio_PUBKEY(pem, NULL, NULL, NULL);

	raw->digest = EVP_MD_fetch(NULL, "SHA256", NULL);
	raw->state = EVP_MD_CTX_new();
	raw->pair = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	raw->verify = verify_pair;
	if (EVP_PKEY_verify_init(raw->pair) != 1 ||
		EVP_PKEY_CTX_set_signature_md(raw->pair, raw->digest) != 1)
		fatal("%s: no context", raw->subject->name);
	if (raw->subject->algorithm == GAUTH_PS256 &&
		(EVP_PKEY_CTX_set_rsa_padding(raw->pair, RSA_PKCS1_PSS_PADDING) != 1 ||
		 EVP_PKEY_CTX_set_rsa_pss_saltlen(raw->pair,
										  RSA_PSS_SALTLEN_DIGEST) != 1))
		fatal("%s: no context", raw->subject->name);
	if (raw->subject->algorithm == GAUTH_RS256 &&
		EVP_PKEY_CTX_set_rsa_padding(raw->pair, RSA_PKCS1_PADDING) != 1)
		fatal("%s: no context", raw->subject->name);
}

void
raw_prepare(Contender *contender, const Subject *subject)
{
	Raw		   *raw = calloc(1, sizeof(Raw));
	int			i;

	raw->subject = subject;
	if (subject->material.type == GAUTH_KEY_OCT)
		prepare_mac(raw);
	else if (subject->material.type == GAUTH_KEY_OKP)
		raw->verify = verify_ed25519;
	else
		prepare_pair(raw);
	raw->signatures = calloc(TOKENS, sizeof(Signature));
	for (i = 0; i < TOKENS; i++)
		prepare_signature(&subject->tokens[i],
						  subject->material.type == GAUTH_KEY_EC,
						  &raw->signatures[i]);

	contender->name = "raw primitive";
	contender->work = work;
	contender->state = raw;
	contender->clock = CLOCK_THREAD_CPUTIME_ID;
}
