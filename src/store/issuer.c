/*
 * issuer.c
 *		The issuers and their keys, ready for use.
 *
 * An issuer is read at its first token, its keys are parsed once, and all of
 * it is thrown away when one of the tables behind it changes (cache.c).
 * An issuer that is not in the table is not remembered: names that a stranger
 * made up must not fill the memory.
 */
#include "store/issuer.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/text.h"
#include "store/cache.h"
#include "store/compat.h"
#include "store/crypto.h"
#include "store/generation.h"
#include "store/memory.h"
#include "store/relation.h"
#include "store/secret.h"

/* seconds from 1970 to 2000, where the server's instants begin */
#define UNIX_TO_POSTGRES \
	(((int64) POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

static void
free_keys(void *thing)
{
	GauthIssuer *issuer = thing;

	gauth_keyset_free(&issuer->keys);
	gauth_key_free(issuer->signer);
	issuer->signer = NULL;
}

static GauthCache cache = {
	.title = "gauth issuers",
	.group = GAUTH_GROUP_ISSUERS,
	.release = free_keys
};

/* the namespaces of all issuers, once asked for; in the cache's context */
static struct
{
	uint64		epoch;			/* of the cache */
	int			count;
	GauthSpan  *prefixes;
}			namespaces;

/*
 * gauth_interval_seconds
 *		Whole seconds of an interval, a month counted as 30 days.
 */
int64
gauth_interval_seconds(const Interval *interval)
{
	return interval->time / USECS_PER_SEC +
		((int64) interval->day + (int64) interval->month * DAYS_PER_MONTH) *
		SECS_PER_DAY;
}

/*
 * gauth_timestamp_seconds
 *		Seconds since 1970, rounded down: a NumericDate.
 */
int64
gauth_timestamp_seconds(TimestampTz instant)
{
	int64		seconds = instant / USECS_PER_SEC;

	if (instant % USECS_PER_SEC < 0)
		seconds--;
	return seconds + UNIX_TO_POSTGRES;
}

/*
 * gauth_seconds_timestamp
 *		The instant of a NumericDate between 0 and GAUTH_TIME_MAX, with its
 *		leeway.
 */
TimestampTz
gauth_seconds_timestamp(int64 seconds)
{
	return (seconds - UNIX_TO_POSTGRES) * USECS_PER_SEC;
}

/* the elements of a text[] column, copied; a null is an empty array */
static int
read_array(const GauthScan *scan, AttrNumber column, MemoryContext context,
		   GauthSpan **elements)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);
	Datum	   *items;
	bool	   *nulls;
	int			count;
	int			i;

	*elements = NULL;
	if (is_null)
		return 0;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false,
					  TYPALIGN_INT, &items, &nulls, &count);
	*elements = MemoryContextAllocZero(context,
									   sizeof(GauthSpan) * (Size) (count + 1));
	for (i = 0; i < count; i++)
	{
		text	   *item = DatumGetTextPP(items[i]);
		GauthSpan	bytes = gauth_span(VARDATA_ANY(item),
									   VARSIZE_ANY_EXHDR(item));

		(*elements)[i] = gauth_memory_copy(context, bytes);
	}
	return count;
}

static int64
read_seconds(const GauthScan *scan, AttrNumber column)
{
	bool		is_null;
	Datum		value = gauth_scan_value(scan, column, &is_null);

	return is_null ? 0 : gauth_interval_seconds(DatumGetIntervalP(value));
}

static GauthSpan
copy_text(const GauthScan *scan, AttrNumber column)
{
	return gauth_memory_copy(cache.context, gauth_scan_text(scan, column));
}

static GauthIssuer *
read_issuer(const GauthScan *scan)
{
	MemoryContext context = cache.context;
	GauthIssuer *issuer = MemoryContextAllocZero(context, sizeof(*issuer));
	GauthSpan  *algorithms;
	int			count;
	int			i;

	issuer->issuer = copy_text(scan, ISSUER_ISSUER);
	issuer->namespace = copy_text(scan, ISSUER_NAMESPACE);
	issuer->audience_count = read_array(scan, ISSUER_AUDIENCES, context,
										&issuer->audiences);
	count = read_array(scan, ISSUER_ALGORITHMS, context, &algorithms);
	for (i = 0; i < count && i < GAUTH_ALGORITHM_COUNT; i++)
		issuer->accepted.items[issuer->accepted.count++] =
			gauth_algorithm_from_name(algorithms[i]);
	issuer->hosted = gauth_scan_bool(scan, ISSUER_HOSTED);
	issuer->leeway = read_seconds(scan, ISSUER_LEEWAY);
	issuer->max_lifetime = read_seconds(scan, ISSUER_MAX_LIFETIME);
	issuer->typ = copy_text(scan, ISSUER_TYP);
	return issuer;
}

/* the key of a stored JWK */
static GauthStatus
make_key(GauthArena *arena, GauthSpan text, GauthAlgorithm algorithm,
		 GauthKey **key)
{
	GauthJson  *json;
	GauthJwk	jwk;
	GauthStatus status;

	status = gauth_json_parse(arena, text, &gauth_json_token_limits, &json,
							  NULL);
	if (status == GAUTH_OK)
		status = gauth_jwk_read(arena, json, &jwk, NULL);
	if (status == GAUTH_OK)
		status = gauth_key_create(gauth_crypto(), &jwk.material, algorithm,
								  key, NULL);
	return status;
}

static void
add_key(GauthIssuer *issuer, const GauthScan *scan, GauthKey *key,
		GauthSpan kid)
{
	GauthKeyEntry *entry = &issuer->keys.entries[issuer->keys.count];
	GauthIssuerKey *info = &issuer->infos[issuer->keys.count];

	entry->key = key;
	issuer->keys.count++;
	entry->kid = kid;
	entry->has_kid = gauth_scan_bool(scan, KEY_NAMED);
	info->kid = kid;
	info->version = gauth_scan_time(scan, KEY_CREATED_AT, 0);
	info->verifies_until = gauth_scan_time(scan, KEY_VERIFIES_UNTIL, DT_NOEND);
	info->signs = gauth_scan_bool(scan, KEY_SIGNS);
}

static void
read_key(GauthIssuer *issuer, const GauthScan *scan, GauthArena *arena)
{
	GauthSpan	kid = copy_text(scan, KEY_KID);
	GauthAlgorithm algorithm =
		gauth_algorithm_from_name(gauth_scan_text(scan, KEY_ALGORITHM));
	GauthSpan	jwk = gauth_scan_text(scan, KEY_JWK);
	GauthKey   *key;
	GauthStatus status = GAUTH_OK;

	/* a symmetric key has no public half, and has to be opened first */
	if (jwk.data == NULL)
		status = gauth_secret_load(arena, issuer->issuer, kid, &jwk);
	if (status == GAUTH_OK)
		status = make_key(arena, jwk, algorithm, &key);
	if (status == GAUTH_OK)
		add_key(issuer, scan, key, kid);
	else if (status == GAUTH_KEY_LOCKED || status == GAUTH_ROOT_KEY_INVALID)
	{
		issuer->has_locked_keys = true;
		issuer->lock_status = status;
	}
	else if (status != GAUTH_KEY_NOT_FOUND)
		elog(WARNING, "a key of a gauth issuer is of no use: %s",
			 gauth_status_name(status));
}

static void
read_keys(GauthIssuer *issuer)
{
	GauthScan	scan;
	GauthArena	arena;

	issuer->keys.entries =
		MemoryContextAllocZero(cache.context,
							   sizeof(GauthKeyEntry) * GAUTH_KEYSET_MAX);
	issuer->infos =
		MemoryContextAllocZero(cache.context,
							   sizeof(GauthIssuerKey) * GAUTH_KEYSET_MAX);
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_scan_begin(&scan, GAUTH_TABLE_KEY);
	gauth_scan_key_text(&scan, KEY_ISSUER, issuer->issuer);
	while (issuer->keys.count < GAUTH_KEYSET_MAX && gauth_scan_next(&scan))
		read_key(issuer, &scan, &arena);
	gauth_scan_end(&scan);
	gauth_arena_wipe(&arena);
}

/*
 * The issuer is remembered before its keys are made: whatever goes wrong on
 * the way, gauth_cache_forget finds and frees them.
 */
static GauthIssuer *
load(GauthSpan name)
{
	GauthScan	scan;
	GauthIssuer *issuer = NULL;

	gauth_scan_begin(&scan, GAUTH_TABLE_ISSUER);
	gauth_scan_key_text(&scan, ISSUER_ISSUER, name);
	if (gauth_scan_next(&scan))
		issuer = read_issuer(&scan);
	gauth_scan_end(&scan);
	if (issuer == NULL)
		return NULL;

	gauth_cache_add(&cache, issuer->issuer, issuer);
	read_keys(issuer);
	return issuer;
}

/*
 * gauth_issuer_find
 *		The issuer of that name as it is now, or NULL.
 *
 * Hears what other sessions have committed first; the result is valid until
 * the next call.
 */
GauthIssuer *
gauth_issuer_find(GauthSpan issuer)
{
	MemoryContext scratch;
	MemoryContext caller;
	GauthIssuer *found = gauth_cache_find(&cache, issuer);

	if (found != NULL)
		return found;

	scratch = AllocSetContextCreate(CurrentMemoryContext, "gauth issuer",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	PG_TRY();
	{
		found = load(issuer);
	}
	PG_CATCH();
	{
		gauth_cache_forget(&cache);
		PG_RE_THROW();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return found;
}

/*
 * gauth_issuer_key_info
 *		What the table says of a key of the issuer.
 */
const GauthIssuerKey *
gauth_issuer_key_info(const GauthIssuer *issuer, const GauthKeyEntry *entry)
{
	return &issuer->infos[entry - issuer->keys.entries];
}

/*
 * gauth_issuer_key_end
 *		Until when this very key verifies: DT_NOEND while it has not been
 *		rotated, DT_NOBEGIN when the issuer does not have it any more.
 */
TimestampTz
gauth_issuer_key_end(const GauthIssuer *issuer, GauthSpan kid, int64 version)
{
	int			i;

	for (i = 0; i < issuer->keys.count; i++)
	{
		const GauthIssuerKey *info = &issuer->infos[i];

		if (info->version == version && gauth_span_equal(info->kid, kid))
			return info->verifies_until;
	}
	return DT_NOBEGIN;
}

static GauthStatus
verify_signature(const GauthIssuer *issuer, GauthJwt *jwt, TimestampTz now,
				 GauthError *err)
{
	GauthStatus status;

	if (!gauth_algorithm_accepted(&issuer->accepted, jwt->jws.algorithm))
		return gauth_fail(err, GAUTH_ALGORITHM_REFUSED, "alg");
	status = gauth_keyset_verify(&issuer->keys, &jwt->jws, &jwt->entry, err);
	if (status == GAUTH_KEY_NOT_FOUND && issuer->has_locked_keys)
		return gauth_fail(err, issuer->lock_status, "key");
	if (status != GAUTH_OK)
		return status;
	if (now >= gauth_issuer_key_info(issuer, jwt->entry)->verifies_until)
		return gauth_fail(err, GAUTH_KEY_NOT_FOUND, "kid");
	return GAUTH_OK;
}

/* one that the caller names has to be one of the issuer's all the same */
static GauthStatus
set_audience(const GauthIssuer *issuer, const GauthSpan *audience,
			 GauthClaimRules *rules, GauthError *err)
{
	int			i;

	rules->audiences = issuer->audiences;
	rules->audience_count = issuer->audience_count;
	if (audience == NULL)
		return GAUTH_OK;
	for (i = 0; i < issuer->audience_count; i++)
	{
		if (gauth_span_equal(*audience, issuer->audiences[i]))
		{
			rules->audiences = audience;
			rules->audience_count = 1;
			return GAUTH_OK;
		}
	}
	return gauth_fail(err, GAUTH_AUDIENCE_REFUSED, "aud");
}

static GauthStatus
check_rules(const GauthIssuer *issuer, const GauthSpan *audience,
			TimestampTz now, const GauthJwt *jwt, GauthError *err)
{
	GauthJwtRules rules = {0};
	GauthStatus status;

	rules.claims.now = gauth_timestamp_seconds(now);
	rules.claims.leeway = issuer->leeway;
	rules.claims.max_lifetime = issuer->max_lifetime;
	rules.claims.issuer = &issuer->issuer;
	rules.typ = issuer->typ;
	status = set_audience(issuer, audience, &rules.claims, err);
	if (status == GAUTH_OK)
		status = gauth_jwt_check(jwt, &rules, err);
	return status;
}

/*
 * gauth_issuer_verify
 *		Verify a token against the issuer it names, all but its revocation.
 *
 * "audience" (may be NULL) narrows the issuer's audiences to one of them.
 * The claims have to be read before the signature can be checked, because
 * they name the issuer; until then every failure is GAUTH_TOKEN_MALFORMED or
 * another of before the signature.
 */
GauthStatus
gauth_issuer_verify(GauthArena *arena, GauthSpan token,
					const GauthSpan *audience, TimestampTz now, GauthJwt *jwt,
					GauthIssuer **issuer, GauthError *err)
{
	GauthStatus status = gauth_jwt_parse(arena, token, &jwt->jws, err);

	*issuer = NULL;
	if (status == GAUTH_OK &&
		gauth_claims_read(arena, jwt->jws.payload, &jwt->claims,
						  err) != GAUTH_OK)
		status = gauth_fail(err, GAUTH_TOKEN_MALFORMED, "claims");
	if (status == GAUTH_OK && jwt->claims.has_issuer)
		*issuer = gauth_issuer_find(jwt->claims.issuer);
	if (status == GAUTH_OK && *issuer == NULL)
		status = gauth_fail(err, GAUTH_ISSUER_UNKNOWN, "iss");
	if (status == GAUTH_OK)
		status = verify_signature(*issuer, jwt, now, err);
	if (status == GAUTH_OK)
		status = check_rules(*issuer, audience, now, jwt, err);
	return status;
}

static const GauthIssuerKey *
find_signing_key(const GauthIssuer *issuer, GauthAlgorithm *algorithm)
{
	int			i;

	for (i = 0; i < issuer->keys.count; i++)
	{
		if (issuer->infos[i].signs)
		{
			*algorithm = gauth_key_algorithm(issuer->keys.entries[i].key);
			return &issuer->infos[i];
		}
	}
	return NULL;
}

/*
 * gauth_issuer_signer
 *		The key that a hosted issuer signs with, its private half open.
 *
 * Errors: GAUTH_KEY_NOT_FOUND when it has none, or lost its private half in a
 * restore; GAUTH_KEY_LOCKED, GAUTH_ROOT_KEY_INVALID.
 */
GauthStatus
gauth_issuer_signer(GauthIssuer *issuer, GauthKey **key, GauthSpan *kid,
					GauthError *err)
{
	GauthAlgorithm algorithm;
	const GauthIssuerKey *info = find_signing_key(issuer, &algorithm);
	GauthArena	arena;
	GauthSpan	jwk;
	GauthStatus status = GAUTH_OK;

	if (issuer->signer == NULL && info == NULL)
		return gauth_fail(err, issuer->has_locked_keys ?
						  issuer->lock_status : GAUTH_KEY_NOT_FOUND, "key");
	if (issuer->signer == NULL)
	{
		gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
		status = gauth_secret_load(&arena, issuer->issuer, info->kid, &jwk);
		if (status == GAUTH_OK)
			status = make_key(&arena, jwk, algorithm, &issuer->signer);
		gauth_arena_wipe(&arena);
		issuer->signer_kid = info->kid;
	}
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "key");
	*key = issuer->signer;
	*kid = issuer->signer_kid;
	return GAUTH_OK;
}

static void
load_namespaces(void)
{
	GauthScan	scan;
	GauthSpan  *prefixes;
	int			room = 16;
	int			count = 0;

	prefixes = MemoryContextAlloc(cache.context,
								  sizeof(GauthSpan) * (Size) room);
	gauth_scan_begin(&scan, GAUTH_TABLE_ISSUER);
	while (gauth_scan_next(&scan))
	{
		if (count == room)
		{
			room *= 2;
			prefixes = repalloc(prefixes, sizeof(GauthSpan) * (Size) room);
		}
		prefixes[count++] = copy_text(&scan, ISSUER_NAMESPACE);
	}
	gauth_scan_end(&scan);

	/* only a complete list may be trusted */
	namespaces.prefixes = prefixes;
	namespaces.count = count;
	namespaces.epoch = cache.epoch;
}

/*
 * gauth_issuer_owns_subject
 *		Does the namespaced subject belong to the issuer, and to no other?
 *
 * Of all namespaces that the subject begins with, the longest has to be the
 * issuer's own: "a" with subject "b:1" and "ab:" with subject "1" would meet
 * otherwise.
 */
bool
gauth_issuer_owns_subject(const GauthIssuer *issuer, GauthSpan subject)
{
	int			i;

	if (namespaces.prefixes == NULL ||
		namespaces.epoch != cache.epoch)
		load_namespaces();
	for (i = 0; i < namespaces.count; i++)
	{
		GauthSpan	prefix = namespaces.prefixes[i];

		if (prefix.len > issuer->namespace.len &&
			gauth_span_starts_with(subject, prefix))
			return false;
	}
	return true;
}

/*
 * gauth_issuer_subject
 *		Who "sub" is over all issuers: the issuer's namespace, then "sub".
 *
 * Errors: GAUTH_CLAIM_INVALID for one that reaches into another issuer's
 * namespace.
 */
GauthStatus
gauth_issuer_subject(GauthArena *arena, const GauthIssuer *issuer,
					 GauthSpan sub, GauthSpan *subject, GauthError *err)
{
	GauthText	text;

	gauth_text_init(&text, arena);
	gauth_text_append(&text, issuer->namespace);
	gauth_text_append(&text, sub);
	if (!gauth_text_finish(&text, subject))
		return gauth_fail(err, GAUTH_OUT_OF_MEMORY, "sub");
	if (!gauth_issuer_owns_subject(issuer, *subject))
		return gauth_fail(err, GAUTH_CLAIM_INVALID, "sub");
	return GAUTH_OK;
}
