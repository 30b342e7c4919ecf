/*
 * keyring.c
 *		The keys of one issuer: replaced, made, retired.
 *
 * Whoever changes them first locks the issuer's row, so that two who push a
 * key set at once leave one of the two sets and not a mixture.
 */
#include "entry/keyring.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/hex.h"
#include "crypto/compare.h"
#include "crypto/digest.h"
#include "entry/args.h"
#include "entry/record.h"
#include "entry/report.h"
#include "store/crypto.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/relation.h"
#include "store/secret.h"
#include "store/setting.h"
#include "store/write.h"
#include "token/keyset.h"

#define RANDOM_KID_SIZE		16

/* the issuer while its keys are being changed */
typedef struct Keyring
{
	GauthSpan	issuer;
	GauthAlgorithmList accepted;
	bool		hosted;
	int64		lifetime;		/* seconds that its tokens live at most */
	GauthArena	arena;			/* holds private halves: wiped at the end */
} Keyring;

static void
open_keyring(Keyring *ring, GauthSpan name)
{
	GauthWrite	write = {0};
	GauthIssuer *issuer;

	memset(ring, 0, sizeof(*ring));
	gauth_write_text(&write, name);
	if (gauth_write_run(&write, "SELECT FROM gauth.issuer WHERE issuer = $1"
						" FOR NO KEY UPDATE") == 0)
		gauth_raise_issuer_unknown();

	issuer = gauth_issuer_find(name);
	if (issuer == NULL)
		gauth_raise_issuer_unknown();
	ring->issuer = name;
	ring->accepted = issuer->accepted;
	ring->hosted = issuer->hosted;
	ring->lifetime = issuer->max_lifetime + issuer->leeway;
	gauth_memory_arena(&ring->arena, NULL, 0, CurrentMemoryContext);
}

static void
close_keyring(Keyring *ring)
{
	gauth_arena_wipe(&ring->arena);
	gauth_arena_reset(&ring->arena);
}

/* secrets that everybody knows are no secrets */
static bool
is_weak(const GauthKeyMaterial *material)
{
	uint8_t		digest[GAUTH_SHA256_SIZE];
	GauthScan	scan;
	bool		found;

	if (gauth_sha256(gauth_crypto(), material->k, digest) != GAUTH_OK)
		gauth_raise_status(GAUTH_CRYPTO_FAILED, "digest");
	gauth_scan_begin(&scan, GAUTH_TABLE_WEAK_SECRET);
	gauth_scan_key_bytes(&scan, 1, gauth_span(digest, sizeof(digest)));
	found = gauth_scan_next(&scan);
	gauth_scan_end(&scan);
	gauth_wipe(digest, sizeof(digest));
	return found;
}

/* binds the key to its algorithm, and sees whether it is one at all */
static void
check_key(const Keyring *ring, GauthJwk *jwk)
{
	GauthKey   *key;
	GauthError	err = {0};
	bool		symmetric = jwk->material.type == GAUTH_KEY_OCT;

	if (!symmetric && jwk->has_private && !ring->hosted)
		gauth_raise_status(GAUTH_KEY_PRIVATE, "key");
	if (symmetric && is_weak(&jwk->material))
		gauth_raise_status(GAUTH_KEY_WEAK, "k");
	if (gauth_jwk_bind(jwk, &ring->accepted, &jwk->algorithm,
					   &err) != GAUTH_OK ||
		gauth_key_create(gauth_crypto(), &jwk->material, jwk->algorithm, &key,
						 &err) != GAUTH_OK)
		gauth_raise(&err);
	gauth_key_free(key);
}

/* 128 random bits, in hexadecimal */
static GauthSpan
random_kid(GauthArena *arena)
{
	uint8_t		bytes[RANDOM_KID_SIZE];
	char	   *hex = gauth_arena_alloc(arena, 2 * sizeof(bytes));

	if (hex == NULL || !pg_strong_random(bytes, sizeof(bytes)))
		gauth_raise_status(GAUTH_CRYPTO_FAILED, "random");
	gauth_hex_encode(gauth_span(bytes, sizeof(bytes)), hex);
	return gauth_span(hex, 2 * sizeof(bytes));
}

/* a thumbprint of a symmetric key would be a hash of the secret */
static GauthSpan
choose_kid(Keyring *ring, const GauthJwk *jwk)
{
	GauthSpan	kid;

	if (jwk->has_kid)
		return jwk->kid;
	if (jwk->material.type == GAUTH_KEY_OCT)
		return random_kid(&ring->arena);
	if (gauth_jwk_thumbprint(gauth_crypto(), &ring->arena, jwk,
							 &kid) != GAUTH_OK)
		gauth_raise_status(GAUTH_CRYPTO_FAILED, "digest");
	return kid;
}

/* the JWK that is stored; only the private form for a symmetric key */
static GauthSpan
write_jwk(Keyring *ring, const GauthJwk *jwk, bool with_private)
{
	GauthSpan	json;
	GauthStatus status = gauth_jwk_write(&ring->arena, jwk, with_private,
										 &json);

	if (status == GAUTH_KEY_PRIVATE)
		return gauth_span(NULL, 0);
	if (status != GAUTH_OK)
		gauth_raise_status(status, "key");
	return json;
}

/* is the very same key there already, with the same secret? */
static bool
is_unchanged(Keyring *ring, GauthSpan kid, const GauthJwk *jwk)
{
	GauthSpan	public = write_jwk(ring, jwk, false);
	GauthSpan	stored = {0};
	GauthSpan	secret;
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_KEY);
	gauth_scan_key_text(&scan, KEY_ISSUER, ring->issuer);
	gauth_scan_key_text(&scan, KEY_KID, kid);
	found = gauth_scan_next(&scan) &&
		gauth_span_is(gauth_scan_text(&scan, KEY_ALGORITHM),
					  gauth_algorithm_name(jwk->algorithm));
	if (found)
		stored = gauth_memory_copy(CurrentMemoryContext,
								   gauth_scan_text(&scan, KEY_JWK));
	gauth_scan_end(&scan);

	if (!found || !gauth_span_equal(stored, public))
		return false;
	if (!jwk->has_private)
		return true;
	return gauth_secret_load(&ring->arena, ring->issuer, kid,
							 &secret) == GAUTH_OK &&
		gauth_secret_equal(secret, write_jwk(ring, jwk, true));
}

static void
insert_key(Keyring *ring, GauthSpan kid, const GauthJwk *jwk, bool named,
		   bool signs)
{
	GauthWrite	write = {0};
	GauthStatus status = GAUTH_OK;

	gauth_write_text(&write, ring->issuer);
	gauth_write_text(&write, kid);
	gauth_write_bool(&write, named);
	gauth_write_text(&write,
					 gauth_span_of(gauth_algorithm_name(jwk->algorithm)));
	gauth_write_text(&write, write_jwk(ring, jwk, false));
	gauth_write_bool(&write, signs);
	(void) gauth_write_run(&write,
						   "INSERT INTO gauth.key (issuer, kid, named,"
						   " algorithm, jwk, signs, created_at)"
						   " VALUES ($1, $2, $3, $4, $5::json, $6,"
						   " clock_timestamp())");
	if (jwk->has_private)
		status = gauth_secret_save(ring->issuer, kid,
								   write_jwk(ring, jwk, true));
	if (status != GAUTH_OK)
		gauth_raise_status(status, "key");
}

static void
run_for_key(const Keyring *ring, GauthSpan kid, const char *statement)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, ring->issuer);
	gauth_write_text(&write, kid);
	(void) gauth_write_run(&write, statement);
}

static bool
has_signing_key(GauthSpan issuer)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, issuer);
	return gauth_write_run(&write, "SELECT FROM gauth.key"
						   " WHERE issuer = $1 AND signs") > 0;
}

/* "kid" goes into the array of names that stay */
static Datum
put_key(Keyring *ring, GauthJwk *jwk)
{
	GauthSpan	kid = choose_kid(ring, jwk);
	bool		signs;

	check_key(ring, jwk);
	if (!is_unchanged(ring, kid, jwk))
	{
		signs = ring->hosted && jwk->has_private &&
			!has_signing_key(ring->issuer);
		run_for_key(ring, kid, "DELETE FROM gauth.key"
					" WHERE issuer = $1 AND kid = $2");
		insert_key(ring, kid, jwk, jwk->has_kid, signs);
	}
	else
		run_for_key(ring, kid, "UPDATE gauth.key SET verifies_until = NULL"
					" WHERE issuer = $1 AND kid = $2"
					" AND verifies_until IS NOT NULL");
	return gauth_text_datum(kid);
}

static void
drop_others(const Keyring *ring, Datum *kids, int count)
{
	GauthWrite	write = {0};
	ArrayType  *array = construct_array(kids, count, TEXTOID, -1, false,
										TYPALIGN_INT);

	gauth_write_text(&write, ring->issuer);
	gauth_write_value(&write, TEXTARRAYOID, PointerGetDatum(array), false);
	(void) gauth_write_run(&write, "DELETE FROM gauth.key"
						   " WHERE issuer = $1 AND kid <> ALL ($2)");
}

/*
 * gauth_keyring_replace
 *		Make "jwks" (a JWK set or a single JWK) the keys of the issuer;
 *		returns how many it has now.
 *
 * A key that is in both sets stays what it is; one that is not in the new set
 * is gone at once, because that is how an issuer withdraws a key.  Raises for
 * a key that is malformed or weak, for a private half that an issuer which is
 * not hosted must not give away, and then changes nothing.
 */
int
gauth_keyring_replace(GauthSpan issuer, GauthSpan jwks)
{
	Keyring		ring;
	GauthRecorder record;
	GauthJson  *json;
	GauthJwk   *keys;
	int			count;
	Datum	   *kids;
	GauthError	err = {0};
	int			i;

	open_keyring(&ring, issuer);
	if (gauth_json_parse(&ring.arena, jwks, &gauth_json_token_limits, &json,
						 &err) != GAUTH_OK ||
		gauth_keyset_jwks(&ring.arena, json, &keys, &count, &err) != GAUTH_OK)
		gauth_raise(&err);

	kids = palloc(sizeof(Datum) * (Size) count);
	for (i = 0; i < count; i++)
		kids[i] = put_key(&ring, &keys[i]);
	drop_others(&ring, kids, count);
	close_keyring(&ring);
	gauth_record_begin(&record, "key.put_jwks", issuer);
	gauth_record_number(&record, "keys", count);
	gauth_record_end(&record);
	return count;
}

/*
 * gauth_keyring_create
 *		Make a key for a hosted issuer, and have it sign from now on; returns
 *		its name.
 *
 * The keys that signed before go on verifying.  Raises for an issuer that is
 * not hosted or does not accept the algorithm.
 */
GauthSpan
gauth_keyring_create(GauthSpan issuer, GauthAlgorithm algorithm)
{
	Keyring		ring;
	GauthRecorder record;
	GauthJwk	jwk = {0};
	GauthWrite	write = {0};
	GauthSpan	kid;
	GauthError	err = {0};

	open_keyring(&ring, issuer);
	if (!ring.hosted)
		gauth_raise_issuer_not_hosted();
	if (!gauth_algorithm_accepted(&ring.accepted, algorithm))
		gauth_raise_algorithm_unknown();
	if (gauth_key_generate(gauth_crypto(), algorithm, &ring.arena,
						   &jwk.material, &err) != GAUTH_OK)
		gauth_raise(&err);

	jwk.algorithm = algorithm;
	jwk.has_private = true;
	jwk.kid = kid = gauth_memory_copy(CurrentMemoryContext,
									  choose_kid(&ring, &jwk));
	jwk.has_kid = true;
	gauth_write_text(&write, issuer);
	(void) gauth_write_run(&write, "UPDATE gauth.key SET signs = false"
						   " WHERE issuer = $1 AND signs");
	insert_key(&ring, kid, &jwk, true, true);
	close_keyring(&ring);
	gauth_record_begin(&record, "key.create", issuer);
	gauth_record_text(&record, "kid", kid);
	gauth_record_text(&record, "algorithm",
					  gauth_span_of(gauth_algorithm_name(algorithm)));
	gauth_record_end(&record);
	return kid;
}

/* who rotates behind another one would retire a key that nobody has used */
static void
refuse_second(GauthSpan issuer)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, issuer);
	if (gauth_write_run(&write, "SELECT FROM gauth.issuer WHERE issuer = $1"
						" FOR NO KEY UPDATE SKIP LOCKED") == 0 &&
		gauth_issuer_find(issuer) != NULL)
		gauth_raise_rotation_in_progress();
}

/*
 * gauth_keyring_retire
 *		Let the keys of a hosted issuer verify until the last token that they
 *		signed has ended, and no longer.  Raises 55P03 while another
 *		transaction changes the keys (RFC 0116 section 8.1).
 */
void
gauth_keyring_retire(GauthSpan issuer)
{
	Keyring		ring;
	GauthRecorder record;
	GauthWrite	write = {0};
	TimestampTz until;

	refuse_second(issuer);
	open_keyring(&ring, issuer);
	if (!ring.hosted)
		gauth_raise_issuer_not_hosted();
	until = GetCurrentTimestamp() +
		(ring.lifetime + gauth_setting_seconds("rotation_grace")) *
		USECS_PER_SEC;
	gauth_write_text(&write, issuer);
	gauth_write_value(&write, TIMESTAMPTZOID, TimestampTzGetDatum(until),
					  false);
	(void) gauth_write_run(&write, "UPDATE gauth.key SET verifies_until = $2"
						   " WHERE issuer = $1 AND verifies_until IS NULL");
	close_keyring(&ring);
	gauth_record_begin(&record, "key.retire", issuer);
	gauth_record_number(&record, "verifies_until",
						gauth_timestamp_seconds(until));
	gauth_record_end(&record);
}
