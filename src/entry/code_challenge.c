/*
 * code_challenge.c
 *		Proof that who trades a grant is who asked for it (RFC 7636).
 *
 * The method is S256 alone.  A challenge without a method would be one of the
 * method "plain" (section 4.3), which shows the verifier to all that see the
 * request.
 */
#include "entry/code_challenge.h"

#include "base/base64url.h"
#include "crypto/compare.h"
#include "crypto/digest.h"
#include "entry/document.h"
#include "entry/report.h"
#include "store/crypto.h"

#define VERIFIER_MIN	43
#define VERIFIER_MAX	128
#define CHALLENGE_SIZE	GAUTH_BASE64URL_ENCODED_SIZE(GAUTH_SHA256_SIZE)

/*
 * gauth_code_challenge
 *		The challenge of a request, without data when there is none; raises
 *		22023 when it is none of S256 (section 4.2).
 */
GauthSpan
gauth_code_challenge(GauthArena *arena, const GauthJson *document)
{
	GauthSpan	challenge = gauth_document_text(document, "code_challenge");
	GauthSpan	method = gauth_document_text(document,
											 "code_challenge_method");
	GauthSpan	digest;

	if (challenge.data == NULL && method.data == NULL)
		return challenge;
	if (!gauth_span_is(method, "S256"))
		gauth_raise_argument("code_challenge_method",
							 "S256 where there is a code_challenge");
	if (challenge.len != CHALLENGE_SIZE ||
		gauth_base64url_decode(arena, challenge, &digest, NULL) != GAUTH_OK)
		gauth_raise_argument("code_challenge",
							 "43 characters, base64url of a SHA-256");
	return challenge;
}

/* unreserved characters of RFC 3986, as section 4.1 has it */
static bool
is_verifier(GauthSpan text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			  (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
			  c == '~'))
			return false;
	}
	return text.len >= VERIFIER_MIN && text.len <= VERIFIER_MAX;
}

/*
 * gauth_code_verified
 *		Is it the verifier of the challenge (section 4.6)?  A text without
 *		data is absent; neither comes without the other.
 */
bool
gauth_code_verified(GauthSpan challenge, GauthSpan verifier)
{
	uint8_t		digest[GAUTH_SHA256_SIZE];
	char		text[CHALLENGE_SIZE];
	size_t		len;

	if (challenge.data == NULL || verifier.data == NULL)
		return challenge.data == verifier.data;
	if (!is_verifier(verifier))
		return false;
	if (gauth_sha256(gauth_crypto(), verifier, digest) != GAUTH_OK)
		gauth_raise_status(GAUTH_CRYPTO_FAILED, "code_verifier");
	len = gauth_base64url_encode(gauth_span(digest, sizeof(digest)), text);
	return gauth_secret_equal(gauth_span(text, len), challenge);
}
