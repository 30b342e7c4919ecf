/*
 * jwk.c
 *		Reading and writing one JSON Web Key.
 *
 * A key says what it is good for: "alg" binds it to one algorithm, "use" and
 * "key_ops" to signatures.  Nothing here looks at a token.  Key sets are in
 * keyset.c, the mathematics of a key in crypto/key.c.
 */
#include "token/jwk.h"

#include "base/base64url.h"
#include "base/text.h"
#include "crypto/digest.h"

/* a member of a key that holds bytes: where it is written and kept */
typedef struct Part
{
	const char *name;
	size_t		offset;			/* of its span in GauthKeyMaterial */
	bool		is_private;
	bool		is_required;
} Part;

#define PART(name, is_private, is_required) \
	{#name, offsetof(GauthKeyMaterial, name), is_private, is_required}

/* in the order of their names, which is the order RFC 7638 hashes them in */
static const Part rsa_parts[] = {
	PART(d, true, false), PART(dp, true, false), PART(dq, true, false),
	PART(e, false, true), PART(n, false, true), PART(p, true, false),
	PART(q, true, false), PART(qi, true, false), {0}
};
static const Part ec_parts[] = {
	PART(d, true, false), PART(x, false, true), PART(y, false, true), {0}
};
static const Part okp_parts[] = {
	PART(d, true, false), PART(x, false, true), {0}
};
static const Part oct_parts[] = {
	PART(k, true, true), {0}
};

typedef struct Family
{
	const char *kty;
	const char *crv;			/* NULL: the type has no curves */
	GauthKeyType type;
	GauthCurve	curve;
	const Part *parts;
} Family;

static const Family families[] = {
	{"RSA", NULL, GAUTH_KEY_RSA, GAUTH_CURVE_NONE, rsa_parts},
	{"EC", "P-256", GAUTH_KEY_EC, GAUTH_P256, ec_parts},
	{"EC", "P-384", GAUTH_KEY_EC, GAUTH_P384, ec_parts},
	{"EC", "P-521", GAUTH_KEY_EC, GAUTH_P521, ec_parts},
	{"OKP", "Ed25519", GAUTH_KEY_OKP, GAUTH_ED25519, okp_parts},
	{"oct", NULL, GAUTH_KEY_OCT, GAUTH_CURVE_NONE, oct_parts},
};

#define FAMILY_COUNT	(sizeof(families) / sizeof(families[0]))

static GauthSpan *
part_of(GauthKeyMaterial *material, const Part *part)
{
	return (GauthSpan *) ((char *) material + part->offset);
}

static const Family *
find_family(const GauthJson *json)
{
	const GauthJson *kty = gauth_json_get(json, "kty");
	const GauthJson *crv = gauth_json_get(json, "crv");
	size_t		i;

	for (i = 0; i < FAMILY_COUNT; i++)
	{
		if (gauth_json_is_string(kty, families[i].kty) &&
			(families[i].crv == NULL ||
			 gauth_json_is_string(crv, families[i].crv)))
			return &families[i];
	}
	return NULL;
}

static const Family *
family_of(const GauthKeyMaterial *material)
{
	size_t		i;

	for (i = 0; i < FAMILY_COUNT; i++)
	{
		if (families[i].type == material->type &&
			families[i].curve == material->curve)
			return &families[i];
	}
	return NULL;
}

/* RFC 7517 section 4.2: a key for encryption verifies nothing */
static bool
use_permits(const GauthJson *json)
{
	const GauthJson *use = gauth_json_get(json, "use");

	return use == NULL || gauth_json_is_string(use, "sig");
}

/* RFC 7517 section 4.3: where operations are listed, ours is among them */
static bool
operations_permit(const GauthJson *json)
{
	const GauthJson *operations = gauth_json_get(json, "key_ops");
	const GauthJson *operation;

	if (operations == NULL)
		return true;
	if (operations->type != GAUTH_JSON_ARRAY)
		return false;
	for (operation = operations->first; operation != NULL;
		 operation = operation->next)
	{
		if (gauth_json_is_string(operation, "verify") ||
			gauth_json_is_string(operation, "sign"))
			return true;
	}
	return false;
}

static GauthStatus
read_purpose(const GauthJson *json, GauthJwk *jwk, GauthError *err)
{
	const GauthJson *alg = gauth_json_get(json, "alg");
	const GauthJson *kid = gauth_json_get(json, "kid");

	if (!use_permits(json))
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "use");
	if (!operations_permit(json))
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "key_ops");

	if (kid != NULL)
	{
		if (kid->type != GAUTH_JSON_STRING || kid->text.len > GAUTH_KID_MAX ||
			memchr(kid->text.data, 0, kid->text.len) != NULL)
			return gauth_fail(err, GAUTH_KEY_MALFORMED, "kid");
		jwk->kid = kid->text;
		jwk->has_kid = true;
	}
	if (alg != NULL)
	{
		if (alg->type != GAUTH_JSON_STRING)
			return gauth_fail(err, GAUTH_KEY_MALFORMED, "alg");
		jwk->algorithm = gauth_algorithm_from_name(alg->text);
		if (jwk->algorithm == GAUTH_ALGORITHM_NONE ||
			!gauth_algorithm_fits(jwk->algorithm, jwk->material.type,
								  jwk->material.curve))
			return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "alg");
	}
	return GAUTH_OK;
}

static GauthStatus
read_part(GauthArena *arena, const GauthJson *json, const Part *part,
		  GauthJwk *jwk, GauthError *err)
{
	const GauthJson *value = gauth_json_get(json, part->name);
	GauthSpan  *bytes = part_of(&jwk->material, part);
	GauthStatus status;

	if (value == NULL && !part->is_required)
		return GAUTH_OK;
	if (value == NULL || value->type != GAUTH_JSON_STRING)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, part->name);

	status = gauth_base64url_decode(arena, value->text, bytes, NULL);
	if (status == GAUTH_INVALID_ENCODING)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, part->name);
	if (status != GAUTH_OK)
		return gauth_fail(err, status, part->name);
	if (bytes->len == 0)
		return gauth_fail(err, part->is_private && part->is_required ?
						  GAUTH_KEY_WEAK : GAUTH_KEY_MALFORMED, part->name);
	jwk->has_private |= part->is_private;
	return GAUTH_OK;
}

/*
 * gauth_jwk_read
 *		Read a key; its bytes are in the arena, its name in the JSON text.
 *
 * Errors: GAUTH_KEY_UNSUPPORTED for a key that is not for our signatures
 * (other "kty", "crv", "alg", "use" or "key_ops"), GAUTH_KEY_MALFORMED,
 * GAUTH_KEY_WEAK for an empty symmetric key.  Whether the numbers make a key
 * is for gauth_key_create to say.  The caller wipes the arena.
 */
GauthStatus
gauth_jwk_read(GauthArena *arena, const GauthJson *json, GauthJwk *jwk,
			   GauthError *err)
{
	const Family *family = find_family(json);
	const Part *part;
	GauthStatus status;

	memset(jwk, 0, sizeof(*jwk));
	if (json->type != GAUTH_JSON_OBJECT)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "JWK");
	if (family == NULL)
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "kty");

	jwk->material.type = family->type;
	jwk->material.curve = family->curve;
	status = read_purpose(json, jwk, err);
	for (part = family->parts; status == GAUTH_OK && part->name != NULL;
		 part++)
		status = read_part(arena, json, part, jwk, err);
	return status;
}

/*
 * gauth_algorithm_accepted
 *		Is the algorithm on the list, or the list empty?
 */
bool
gauth_algorithm_accepted(const GauthAlgorithmList *accepted,
						 GauthAlgorithm algorithm)
{
	int			i;

	if (accepted == NULL || accepted->count == 0)
		return true;
	for (i = 0; i < accepted->count; i++)
	{
		if (accepted->items[i] == algorithm)
			return true;
	}
	return false;
}

/*
 * gauth_jwk_bind
 *		The one algorithm that this key is for (RFC 8725 section 3.1).
 *
 * What the key says; else the first accepted algorithm that fits it; else,
 * where anything is accepted, the usual one of its type: RS256, HS256, and
 * for a curve its only one.  Never what a token says.
 *
 * Error: GAUTH_KEY_UNSUPPORTED when no accepted algorithm is left.
 */
GauthStatus
gauth_jwk_bind(const GauthJwk *jwk, const GauthAlgorithmList *accepted,
			   GauthAlgorithm *algorithm, GauthError *err)
{
	int			i;

	*algorithm = jwk->algorithm;
	if (*algorithm == GAUTH_ALGORITHM_NONE &&
		(accepted == NULL || accepted->count == 0))
		*algorithm = gauth_algorithm_default(jwk->material.type,
											 jwk->material.curve);
	for (i = 0; *algorithm == GAUTH_ALGORITHM_NONE && i < accepted->count; i++)
	{
		if (gauth_algorithm_fits(accepted->items[i], jwk->material.type,
								 jwk->material.curve))
			*algorithm = accepted->items[i];
	}

	if (*algorithm == GAUTH_ALGORITHM_NONE ||
		!gauth_algorithm_accepted(accepted, *algorithm))
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "alg");
	return GAUTH_OK;
}

static void
write_member(GauthText *text, const char *name, GauthSpan content)
{
	gauth_text_append_char(text, text->len == 0 ? '{' : ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
	gauth_text_append_json_string(text, content);
}

static void
write_part(GauthText *text, const GauthKeyMaterial *material, const Part *part)
{
	GauthSpan	bytes = *part_of((GauthKeyMaterial *) material, part);

	if (bytes.len == 0)
		return;
	gauth_text_append_char(text, text->len == 0 ? '{' : ',');
	gauth_text_append_json_string(text, gauth_span_of(part->name));
	gauth_text_append(text, GAUTH_SPAN(":\""));
	gauth_text_append_base64url(text, bytes);
	gauth_text_append_char(text, '"');
}

/*
 * The members that make the key, sorted by name as RFC 7638 wants them: "crv"
 * comes before all others, "kty" somewhere between the parts.
 */
static void
write_parts(GauthText *text, const Family *family, const GauthJwk *jwk,
			bool with_private)
{
	const Part *part;
	bool		kty_written = false;

	if (family->crv != NULL)
		write_member(text, "crv", gauth_span_of(family->crv));
	for (part = family->parts; part->name != NULL; part++)
	{
		if (!kty_written && strcmp(part->name, "kty") > 0)
		{
			write_member(text, "kty", gauth_span_of(family->kty));
			kty_written = true;
		}
		if (with_private || !part->is_private)
			write_part(text, &jwk->material, part);
	}
	if (!kty_written)
		write_member(text, "kty", gauth_span_of(family->kty));
}

/*
 * gauth_jwk_write
 *		Write a key as a JWK, with "alg" and "kid" where it has them, and with
 *		its private members only if asked.
 *
 * Without them a symmetric key has nothing to show: GAUTH_KEY_PRIVATE.
 */
GauthStatus
gauth_jwk_write(GauthArena *arena, const GauthJwk *jwk, bool with_private,
				GauthSpan *json)
{
	const Family *family = family_of(&jwk->material);
	GauthText	text;

	if (jwk->material.type == GAUTH_KEY_OCT && !with_private)
		return GAUTH_KEY_PRIVATE;
	if (family == NULL)
		return GAUTH_KEY_UNSUPPORTED;

	gauth_text_init(&text, arena);
	write_parts(&text, family, jwk, with_private);
	if (jwk->algorithm != GAUTH_ALGORITHM_NONE)
		write_member(&text, "alg",
					 gauth_span_of(gauth_algorithm_name(jwk->algorithm)));
	if (jwk->has_kid)
		write_member(&text, "kid", jwk->kid);
	write_member(&text, "use", GAUTH_SPAN("sig"));
	gauth_text_append_char(&text, '}');
	return gauth_text_finish(&text, json) ? GAUTH_OK : GAUTH_OUT_OF_MEMORY;
}

/*
 * gauth_jwk_thumbprint
 *		The base64url SHA-256 thumbprint of a key (RFC 7638 section 3), in the
 *		arena: 43 characters.
 *
 * For a symmetric key this is a hash of the secret; it is for naming a key
 * only where that is acceptable.
 */
GauthStatus
gauth_jwk_thumbprint(GauthCrypto *crypto, GauthArena *arena,
					 const GauthJwk *jwk, GauthSpan *thumbprint)
{
	const Family *family = family_of(&jwk->material);
	uint8_t		digest[GAUTH_SHA256_SIZE];
	GauthSpan	json;
	GauthText	text;
	GauthStatus status;

	if (family == NULL)
		return GAUTH_KEY_UNSUPPORTED;

	gauth_text_init(&text, arena);
	write_parts(&text, family, jwk, jwk->material.type == GAUTH_KEY_OCT);
	gauth_text_append_char(&text, '}');
	if (!gauth_text_finish(&text, &json))
		return GAUTH_OUT_OF_MEMORY;
	status = gauth_sha256(crypto, json, digest);
	if (status != GAUTH_OK)
		return status;

	gauth_text_init(&text, arena);
	gauth_text_append_base64url(&text, gauth_span(digest, sizeof(digest)));
	return gauth_text_finish(&text, thumbprint) ?
		GAUTH_OK : GAUTH_OUT_OF_MEMORY;
}
