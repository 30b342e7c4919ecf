/*
 * jws.c
 *		The compact serialization of RFC 7515, taken apart and put together.
 *
 * Only this form: no JSON serialization, no detached or unencoded payload
 * (RFC 7797), no encryption.  A key inside the header ("jwk", "x5c", "jku",
 * "x5u") is never looked at; it is the sender's word and no more.
 */
#include "token/jws.h"

#include "base/base64url.h"
#include "base/text.h"
#include "crypto/sign.h"

#define HEADER_TEXT_MAX		256 /* bytes of "kid", "typ" and "cty" */

/* a span as a constant initializer */
#define TEXT(literal) \
	{"" literal, sizeof(literal) - 1}

/* kinds of token that serve another purpose and never are an access token */
static const GauthSpan foreign_types[] = {
	TEXT("dpop+jwt"),
	TEXT("logout+jwt"),
	TEXT("secevent+jwt"),
	TEXT("statuslist+jwt"),
	TEXT("token-introspection+jwt"),
	TEXT("oauth-authz-req+jwt"),
	TEXT("client-authentication+jwt"),
	TEXT("oauth-client-attestation+jwt"),
	TEXT("oauth-client-attestation-pop+jwt"),
	TEXT("openid4vci-proof+jwt"),
	TEXT("key-attestation+jwt"),
	TEXT("kb+jwt"),
	TEXT("jwk-set+jwt"),
	TEXT("entity-statement+jwt"),
	TEXT("trust-mark+jwt"),
	TEXT("resolve-response+jwt"),
	TEXT("vc+jwt"),
	TEXT("vp+jwt"),
	TEXT("vc+sd-jwt"),
	TEXT("dc+sd-jwt"),
	TEXT("statuslist+cwt"),
	TEXT("jose+json"),
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static inline char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* ASCII only: what strncasecmp calls equal depends on the locale */
static bool
equal_any_case(GauthSpan a, GauthSpan b)
{
	size_t		i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
	{
		if (to_lower(a.data[i]) != to_lower(b.data[i]))
			return false;
	}
	return true;
}

static GauthSpan
skip_application(GauthSpan typ)
{
	const GauthSpan prefix = GAUTH_SPAN("application/");

	if (typ.len > prefix.len &&
		equal_any_case(gauth_span_slice(typ, 0, prefix.len), prefix))
		return gauth_span_slice(typ, prefix.len, typ.len - prefix.len);
	return typ;
}

/*
 * gauth_jws_type_is
 *		Is "typ" the type that is wanted (RFC 7515 section 4.1.9)?
 *
 * Media types do not mind the case, and "application/" may be left out.
 */
bool
gauth_jws_type_is(GauthSpan typ, GauthSpan wanted)
{
	return equal_any_case(skip_application(typ), skip_application(wanted));
}

/*
 * gauth_jws_type_is_foreign
 *		Does "typ" name a kind of token that is never an access token
 *		(RFC 8725 section 3.12)?
 */
bool
gauth_jws_type_is_foreign(GauthSpan typ)
{
	GauthSpan	bare = skip_application(typ);
	size_t		i;

	for (i = 0; i < COUNT(foreign_types); i++)
	{
		if (equal_any_case(bare, foreign_types[i]))
			return true;
	}
	return false;
}

/* three segments, no more and no fewer, none but the middle one empty */
static bool
split(GauthSpan token, GauthSpan segments[3])
{
	const char *end = token.data + token.len;
	const char *first;
	const char *second;

	if (token.len == 0)
		return false;
	first = memchr(token.data, '.', token.len);
	if (first == NULL || first == token.data)
		return false;
	second = memchr(first + 1, '.', (size_t) (end - first - 1));
	if (second == NULL || second + 1 == end ||
		memchr(second + 1, '.', (size_t) (end - second - 1)) != NULL)
		return false;

	segments[0] = gauth_span(token.data, (size_t) (first - token.data));
	segments[1] = gauth_span(first + 1, (size_t) (second - first - 1));
	segments[2] = gauth_span(second + 1, (size_t) (end - second - 1));
	return true;
}

/* an optional member that has to be a short string */
static bool
read_header_text(const GauthJson *header, const char *name, GauthSpan *text)
{
	const GauthJson *value = gauth_json_get(header, name);

	*text = gauth_span(NULL, 0);
	if (value == NULL)
		return true;
	if (value->type != GAUTH_JSON_STRING || value->text.len > HEADER_TEXT_MAX)
		return false;
	*text = value->text;
	return true;
}

/* members whose presence alone is a reason to refuse */
static const GauthSpan refused_members[] = {
	TEXT("crit"),				/* we understand no extension */
	TEXT("b64"),				/* RFC 7797 section 7: not in a JWT */
	TEXT("zip"), TEXT("enc"),	/* encryption only */
};

static GauthStatus
read_header(GauthJws *jws, GauthError *err)
{
	const GauthJson *alg = gauth_json_get(jws->header, "alg");
	size_t		i;

	if (jws->header->type != GAUTH_JSON_OBJECT ||
		alg == NULL || alg->type != GAUTH_JSON_STRING)
		return gauth_fail(err, GAUTH_TOKEN_MALFORMED, "alg");
	jws->algorithm = gauth_algorithm_from_name(alg->text);
	if (jws->algorithm == GAUTH_ALGORITHM_NONE)
		return gauth_fail(err, GAUTH_ALGORITHM_REFUSED, "alg");

	for (i = 0; i < COUNT(refused_members); i++)
	{
		if (gauth_json_find(jws->header, refused_members[i]) != NULL)
			return gauth_fail(err, GAUTH_HEADER_REFUSED,
							  refused_members[i].data);
	}

	jws->has_kid = gauth_json_get(jws->header, "kid") != NULL;
	if (!read_header_text(jws->header, "kid", &jws->kid))
		return gauth_fail(err, GAUTH_HEADER_REFUSED, "kid");
	if (!read_header_text(jws->header, "typ", &jws->typ))
		return gauth_fail(err, GAUTH_HEADER_REFUSED, "typ");
	if (!read_header_text(jws->header, "cty", &jws->cty))
		return gauth_fail(err, GAUTH_HEADER_REFUSED, "cty");
	return GAUTH_OK;
}

/*
 * gauth_jws_parse
 *		Take a compact JWS apart and read its header (RFC 7515 section 5.2,
 *		steps 1 to 7).  Nothing in it is to be believed before its signature
 *		has been verified.
 *
 * What is decoded is in the arena, "signing_input" in the token.  Errors:
 * GAUTH_TOKEN_TOO_LARGE, GAUTH_TOKEN_MALFORMED, GAUTH_ALGORITHM_REFUSED,
 * GAUTH_HEADER_REFUSED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_jws_parse(GauthArena *arena, GauthSpan token, GauthJws *jws,
				GauthError *err)
{
	GauthSpan	segments[3];
	GauthSpan	header;
	GauthJson  *json;
	GauthStatus status;

	memset(jws, 0, sizeof(*jws));
	if (token.len > GAUTH_TOKEN_MAX)
		return gauth_fail(err, GAUTH_TOKEN_TOO_LARGE, "token");
	if (!split(token, segments))
		return gauth_fail(err, GAUTH_TOKEN_MALFORMED, "token");

	status = gauth_base64url_decode(arena, segments[0], &header, NULL);
	if (status == GAUTH_OK)
		status = gauth_base64url_decode(arena, segments[1], &jws->payload,
										NULL);
	if (status == GAUTH_OK)
		status = gauth_base64url_decode(arena, segments[2], &jws->signature,
										NULL);
	if (status == GAUTH_OK)
		status = gauth_json_parse(arena, header, &gauth_json_token_limits,
								  &json, NULL);
	if (status == GAUTH_OUT_OF_MEMORY)
		return gauth_fail(err, status, "token");
	if (status != GAUTH_OK)
		return gauth_fail(err, GAUTH_TOKEN_MALFORMED, "token");

	jws->header = json;
	jws->signing_input = gauth_span(token.data,
									segments[0].len + 1 + segments[1].len);
	return read_header(jws, err);
}

/*
 * gauth_jws_sign
 *		Make a compact JWS of a header and a payload, both as JSON text (RFC
 *		7515 section 5.1).  The header names the key's algorithm.
 *
 * Errors: those of gauth_signature_create, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_jws_sign(GauthArena *arena, GauthKey *key, GauthSpan header,
			   GauthSpan payload, GauthSpan *token)
{
	uint8_t		signature[GAUTH_SIGNATURE_MAX];
	size_t		size;
	GauthSpan	signing_input;
	GauthText	text;
	GauthStatus status;

	gauth_text_init(&text, arena);
	gauth_text_append_base64url(&text, header);
	gauth_text_append_char(&text, '.');
	gauth_text_append_base64url(&text, payload);
	if (!gauth_text_finish(&text, &signing_input))
		return GAUTH_OUT_OF_MEMORY;

	status = gauth_signature_create(key, signing_input, signature, &size,
									NULL);
	if (status != GAUTH_OK)
		return status;
	gauth_text_append_char(&text, '.');
	gauth_text_append_base64url(&text, gauth_span(signature, size));
	return gauth_text_finish(&text, token) ? GAUTH_OK : GAUTH_OUT_OF_MEMORY;
}
