/*
 * keyset.c
 *		Sets of keys, and which of them verifies a token.
 *
 * A token chooses a key by name only; what is done with the key is bound to
 * the key.  A set in which a name is not unique, or which mixes symmetric
 * with public keys, invites confusion and is refused as a whole.
 */
#include "token/keyset.h"

#include "crypto/sign.h"

static GauthStatus
check_names(const GauthJwk *jwks, int count, GauthError *err)
{
	int			i;
	int			j;

	for (i = 0; i < count; i++)
	{
		if ((jwks[i].material.type == GAUTH_KEY_OCT) !=
			(jwks[0].material.type == GAUTH_KEY_OCT))
			return gauth_fail(err, GAUTH_KEY_MALFORMED,
							  "symmetric and public keys in one set");
		for (j = 0; j < i; j++)
		{
			if (jwks[i].has_kid && jwks[j].has_kid &&
				gauth_span_equal(jwks[i].kid, jwks[j].kid))
				return gauth_fail(err, GAUTH_KEY_MALFORMED, "duplicate kid");
		}
	}
	return GAUTH_OK;
}

static GauthStatus
read_members(GauthArena *arena, const GauthJson *keys, GauthJwk *jwks,
			 int *count, GauthError *err)
{
	const GauthJson *key;

	*count = 0;
	for (key = keys->first; key != NULL; key = key->next)
	{
		GauthStatus status = gauth_jwk_read(arena, key, &jwks[*count], err);

		/* section 5: keys of other kinds and for other uses are not for us */
		if (status == GAUTH_KEY_UNSUPPORTED)
			continue;
		if (status != GAUTH_OK)
			return status;
		(*count)++;
	}
	if (*count == 0)
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "keys");
	return check_names(jwks, *count, err);
}

/*
 * gauth_keyset_jwks
 *		Read the keys of a JWK set, or a single JWK, into an array in the
 *		arena.  Members of a set that are not for signatures are passed over.
 *
 * Errors: GAUTH_KEY_MALFORMED, GAUTH_KEY_UNSUPPORTED when no key is left,
 * GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY, those of gauth_jwk_read.
 */
GauthStatus
gauth_keyset_jwks(GauthArena *arena, const GauthJson *json, GauthJwk **jwks,
				  int *count, GauthError *err)
{
	const GauthJson *keys = gauth_json_get(json, "keys");
	uint32_t	room = keys == NULL ? 1 : keys->count;

	if (keys != NULL && keys->type != GAUTH_JSON_ARRAY)
		return gauth_fail(err, GAUTH_KEY_MALFORMED, "keys");
	if (room > GAUTH_KEYSET_MAX)
		return gauth_fail(err, GAUTH_LIMIT_EXCEEDED, "keys");

	/* one more, for reading a member that is then passed over */
	*jwks = gauth_arena_array(arena, room + 1, sizeof(GauthJwk));
	if (*jwks == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "keys");
	if (keys != NULL)
		return read_members(arena, keys, *jwks, count, err);
	*count = 1;
	return gauth_jwk_read(arena, json, *jwks, err);
}

static GauthStatus
add_entry(GauthCrypto *crypto, const GauthJwk *jwk,
		  const GauthAlgorithmList *accepted, GauthKeySet *set,
		  GauthError *err)
{
	GauthKeyEntry *entry = &set->entries[set->count];
	GauthAlgorithm algorithm;
	GauthStatus status = gauth_jwk_bind(jwk, accepted, &algorithm, err);

	if (status == GAUTH_OK)
		status = gauth_key_create(crypto, &jwk->material, algorithm,
								  &entry->key, err);
	if (status != GAUTH_OK)
		return status;
	entry->kid = jwk->kid;
	entry->has_kid = jwk->has_kid;
	set->count++;
	return GAUTH_OK;
}

/*
 * gauth_keyset_read
 *		Make the keys of a JWK set, or of a single JWK, ready for use.
 *
 * "accepted" may be NULL.  The entries are in the arena, their names in the
 * JSON text, the keys in neither: call gauth_keyset_free also after an error.
 * A key that no accepted algorithm fits is passed over; none left is
 * GAUTH_KEY_UNSUPPORTED.
 */
GauthStatus
gauth_keyset_read(GauthCrypto *crypto, GauthArena *arena,
				  const GauthJson *json, const GauthAlgorithmList *accepted,
				  GauthKeySet *set, GauthError *err)
{
	GauthJwk   *jwks;
	int			count;
	int			i;
	GauthStatus status;

	memset(set, 0, sizeof(*set));
	status = gauth_keyset_jwks(arena, json, &jwks, &count, err);
	if (status != GAUTH_OK)
		return status;
	set->entries = gauth_arena_array(arena, (size_t) count,
									 sizeof(GauthKeyEntry));
	if (set->entries == NULL)
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "keys");

	for (i = 0; i < count; i++)
	{
		status = add_entry(crypto, &jwks[i], accepted, set, err);
		if (status != GAUTH_OK && status != GAUTH_KEY_UNSUPPORTED)
			return status;
	}
	if (set->count == 0)
		return gauth_fail(err, GAUTH_KEY_UNSUPPORTED, "keys");
	return GAUTH_OK;
}

/*
 * gauth_keyset_free
 *		Free the keys of a set; its array is the arena's.
 */
void
gauth_keyset_free(GauthKeySet *set)
{
	int			i;

	for (i = 0; i < set->count; i++)
		gauth_key_free(set->entries[i].key);
	set->count = 0;
}

/*
 * By name, where the token gives one; a lone key without a name of its own
 * serves any.  Without a name, the only key of the token's algorithm.
 */
static const GauthKeyEntry *
choose(const GauthKeySet *set, const GauthJws *jws)
{
	const GauthKeyEntry *found = NULL;
	int			i;

	if (set->count == 1 && !set->entries[0].has_kid)
		return &set->entries[0];
	for (i = 0; i < set->count; i++)
	{
		const GauthKeyEntry *entry = &set->entries[i];

		if (jws->has_kid)
		{
			if (entry->has_kid && gauth_span_equal(entry->kid, jws->kid))
				return entry;
			continue;
		}
		if (gauth_key_algorithm(entry->key) != jws->algorithm)
			continue;
		if (found != NULL)
			return NULL;
		found = entry;
	}
	return found;
}

/*
 * gauth_keyset_verify
 *		Verify the signature of a token with the key it was made with;
 *		"*entry" says which.
 *
 * Errors: GAUTH_KEY_NOT_FOUND, GAUTH_ALGORITHM_REFUSED when the token names
 * another algorithm than the key is bound to, GAUTH_SIGNATURE_INVALID,
 * GAUTH_CRYPTO_FAILED.  Outside callers learn none of them apart.
 */
GauthStatus
gauth_keyset_verify(const GauthKeySet *set, const GauthJws *jws,
					const GauthKeyEntry **entry, GauthError *err)
{
	GauthStatus status;

	*entry = choose(set, jws);
	if (*entry == NULL)
		return gauth_fail(err, GAUTH_KEY_NOT_FOUND, "kid");
	if (gauth_key_algorithm((*entry)->key) != jws->algorithm)
		return gauth_fail(err, GAUTH_ALGORITHM_REFUSED, "alg");
	status = gauth_signature_verify((*entry)->key, jws->signing_input,
									jws->signature);
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "signature");
	return GAUTH_OK;
}
