/*
 * secret.c
 *		Private halves and symmetric keys at rest.
 *
 * With a root key they are sealed (XChaCha20-Poly1305) and bound to their
 * issuer and name, so that nobody can exchange two rows.  The root key is
 * derived from a secret of at least 32 bytes that comes from a file or, for
 * one transaction, from gauth.unlock; it is never in a table, a setting or a
 * message.  Without a root key they are kept as they are, in a table that
 * nobody may read and that no dump takes along.
 */
#include "store/secret.h"

#include <unistd.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "storage/fd.h"
#include "utils/memutils.h"

#include "crypto/aead.h"
#include "crypto/compare.h"
#include "store/compat.h"
#include "store/generation.h"
#include "store/memory.h"
#include "store/relation.h"
#include "store/write.h"

#define ROOT_FILE_MAX	4096
#define SEALED_EXTRA	(GAUTH_AEAD_NONCE_SIZE + GAUTH_AEAD_TAG_SIZE)
#define LABEL			"gauth root"

enum
{
	SECRET_ISSUER = 1,
	SECRET_KID,
	SECRET_CONTENT
};

char	   *gauth_root_key_file = NULL;

/* the root key that gauth.unlock gave, until the transaction ends */
static struct
{
	bool		present;
	SubTransactionId owner;
	uint8_t		key[GAUTH_AEAD_KEY_SIZE];
}			unlocked;

/* keys that were opened with it must not outlive it */
static void
lock_again(void)
{
	if (!unlocked.present)
		return;
	gauth_wipe(&unlocked, sizeof(unlocked));
	gauth_generation_advance(GAUTH_GROUP_ISSUERS);
}

static void
transaction_ended(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		lock_again();
}

static void
subtransaction_ended(SubXactEvent event, SubTransactionId mine,
					 SubTransactionId parent, void *argument)
{
	if (!unlocked.present || unlocked.owner != mine)
		return;
	if (event == SUBXACT_EVENT_ABORT_SUB)
		lock_again();
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		unlocked.owner = parent;
}

/*
 * gauth_secret_init
 *		Listen for ends of transactions; once in the life of a process.
 */
void
gauth_secret_init(void)
{
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

static GauthStatus
derive(GauthSpan secret, uint8_t key[GAUTH_AEAD_KEY_SIZE])
{
	/* a file that was written with an editor ends in a line feed */
	while (secret.len > 0 && (secret.data[secret.len - 1] == '\n' ||
							  secret.data[secret.len - 1] == '\r'))
		secret.len--;
	if (secret.len < GAUTH_ROOT_SECRET_MIN)
		return GAUTH_ROOT_KEY_INVALID;
	return gauth_aead_derive_key(secret, LABEL, key);
}

/*
 * gauth_secret_unlock
 *		Make "secret" (32 bytes or more) the root key until the end of the
 *		transaction, or until the savepoint is rolled back.
 *
 * Error: GAUTH_ROOT_KEY_INVALID when it is too short.
 */
GauthStatus
gauth_secret_unlock(GauthSpan secret)
{
	uint8_t		key[GAUTH_AEAD_KEY_SIZE];
	GauthStatus status = derive(secret, key);

	if (status != GAUTH_OK)
		return status;
	lock_again();
	memcpy(unlocked.key, key, sizeof(key));
	gauth_wipe(key, sizeof(key));
	unlocked.owner = GetCurrentSubTransactionId();
	unlocked.present = true;
	gauth_generation_advance(GAUTH_GROUP_ISSUERS);
	return GAUTH_OK;
}

static GauthStatus
read_root_file(uint8_t key[GAUTH_AEAD_KEY_SIZE])
{
	char		content[ROOT_FILE_MAX];
	int			file = OpenTransientFile(gauth_root_key_file, O_RDONLY);
	ssize_t		size;
	GauthStatus status;

	if (file < 0)
		return GAUTH_ROOT_KEY_INVALID;
	size = read(file, content, sizeof(content));
	CloseTransientFile(file);
	if (size < 0)
		return GAUTH_ROOT_KEY_INVALID;
	status = derive(gauth_span(content, (size_t) size), key);
	gauth_wipe(content, sizeof(content));
	return status;
}

/* GAUTH_KEY_LOCKED: there is none */
static GauthStatus
get_root_key(uint8_t key[GAUTH_AEAD_KEY_SIZE])
{
	if (unlocked.present)
	{
		memcpy(key, unlocked.key, GAUTH_AEAD_KEY_SIZE);
		return GAUTH_OK;
	}
	if (gauth_root_key_file == NULL || gauth_root_key_file[0] == '\0')
		return GAUTH_KEY_LOCKED;
	return read_root_file(key);
}

/*
 * gauth_secret_status
 *		GAUTH_OK when there is a root key now, GAUTH_KEY_LOCKED when there is
 *		none, GAUTH_ROOT_KEY_INVALID when its file is of no use.
 */
GauthStatus
gauth_secret_status(void)
{
	uint8_t		key[GAUTH_AEAD_KEY_SIZE];
	GauthStatus status = get_root_key(key);

	gauth_wipe(key, sizeof(key));
	return status;
}

/* issuer and name, which a sealed key is bound to */
static GauthSpan
associated_data(GauthSpan issuer, GauthSpan kid)
{
	char	   *data = palloc(issuer.len + 1 + kid.len);

	memcpy(data, issuer.data, issuer.len);
	data[issuer.len] = '\0';
	memcpy(data + issuer.len + 1, kid.data, kid.len);
	return gauth_span(data, issuer.len + 1 + kid.len);
}

static GauthStatus
seal(const uint8_t *key, GauthSpan issuer, GauthSpan kid, GauthSpan jwk,
	 GauthSpan *sealed)
{
	uint8_t    *out = palloc(jwk.len + SEALED_EXTRA);

	if (!pg_strong_random(out, GAUTH_AEAD_NONCE_SIZE))
		return GAUTH_CRYPTO_FAILED;
	*sealed = gauth_span(out, jwk.len + SEALED_EXTRA);
	return gauth_aead_seal(key, out, jwk, associated_data(issuer, kid),
						   out + GAUTH_AEAD_NONCE_SIZE);
}

static GauthStatus
unseal(GauthArena *arena, const uint8_t *key, GauthSpan associated,
	   GauthSpan sealed, GauthSpan *jwk)
{
	size_t		nonce = GAUTH_AEAD_NONCE_SIZE;
	uint8_t    *out;
	GauthStatus status;

	if (sealed.len < SEALED_EXTRA)
		return GAUTH_KEY_LOCKED;
	out = gauth_arena_alloc(arena, sealed.len - SEALED_EXTRA);
	if (out == NULL)
		return GAUTH_OUT_OF_MEMORY;
	status = gauth_aead_open(key, (const uint8_t *) sealed.data,
							 gauth_span_slice(sealed, nonce,
											  sealed.len - nonce),
							 associated, out);
	*jwk = gauth_span(out, sealed.len - SEALED_EXTRA);

	/* sealed under another root key, which is as good as none */
	return status == GAUTH_SIGNATURE_INVALID ? GAUTH_KEY_LOCKED : status;
}

static void
save_row(const char *statement, GauthSpan issuer, GauthSpan kid,
		 GauthSpan content)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, issuer);
	gauth_write_text(&write, kid);
	gauth_write_bytes(&write, content);
	(void) gauth_write_run(&write, statement);
}

static GauthStatus
save_sealed(const uint8_t *key, GauthSpan issuer, GauthSpan kid, GauthSpan jwk)
{
	GauthSpan	sealed;
	GauthStatus status = seal(key, issuer, kid, jwk, &sealed);

	if (status == GAUTH_OK)
		save_row("INSERT INTO gauth.wrapped_key (issuer, kid, sealed)"
				 " VALUES ($1, $2, $3)"
				 " ON CONFLICT (issuer, kid) DO UPDATE SET sealed = $3",
				 issuer, kid, sealed);
	return status;
}

/*
 * gauth_secret_save
 *		Keep the private half of a key that is in gauth.key, as a JWK: sealed
 *		when there is a root key.
 *
 * Errors: GAUTH_ROOT_KEY_INVALID, so that a mistyped file name does not end
 * in a key without protection; GAUTH_CRYPTO_FAILED.
 */
GauthStatus
gauth_secret_save(GauthSpan issuer, GauthSpan kid, GauthSpan jwk)
{
	uint8_t		key[GAUTH_AEAD_KEY_SIZE];
	GauthStatus status = get_root_key(key);

	if (status == GAUTH_OK)
		status = save_sealed(key, issuer, kid, jwk);
	else if (status == GAUTH_KEY_LOCKED)
	{
		save_row("INSERT INTO gauth.unwrapped_key (issuer, kid, jwk)"
				 " VALUES ($1, $2, $3)", issuer, kid, jwk);
		status = GAUTH_OK;
	}
	gauth_wipe(key, sizeof(key));
	return status;
}

/* the content of one row, copied; false when there is none */
static bool
load_row(GauthTable table, GauthSpan issuer, GauthSpan kid, GauthSpan *content)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, table);
	gauth_scan_key_text(&scan, SECRET_ISSUER, issuer);
	gauth_scan_key_text(&scan, SECRET_KID, kid);
	found = gauth_scan_next(&scan);
	if (found)
		*content = gauth_memory_copy(CurrentMemoryContext,
									 gauth_scan_text(&scan, SECRET_CONTENT));
	gauth_scan_end(&scan);
	return found;
}

static GauthStatus
load_sealed(GauthArena *arena, GauthSpan issuer, GauthSpan kid,
			GauthSpan sealed, GauthSpan *jwk)
{
	uint8_t		key[GAUTH_AEAD_KEY_SIZE];
	GauthStatus status = get_root_key(key);

	if (status == GAUTH_OK)
		status = unseal(arena, key, associated_data(issuer, kid), sealed, jwk);
	gauth_wipe(key, sizeof(key));
	return status;
}

/*
 * gauth_secret_load
 *		The private half of a key as a JWK, in the arena; the caller wipes it.
 *
 * Errors: GAUTH_KEY_NOT_FOUND when there is none, GAUTH_KEY_LOCKED when the
 * root key is not there or is another, GAUTH_ROOT_KEY_INVALID.
 */
GauthStatus
gauth_secret_load(GauthArena *arena, GauthSpan issuer, GauthSpan kid,
				  GauthSpan *jwk)
{
	GauthSpan	content;

	if (load_row(GAUTH_TABLE_WRAPPED_KEY, issuer, kid, &content))
		return load_sealed(arena, issuer, kid, content, jwk);
	if (!load_row(GAUTH_TABLE_UNWRAPPED_KEY, issuer, kid, &content))
		return GAUTH_KEY_NOT_FOUND;
	if (!gauth_arena_copy(arena, content, jwk))
		return GAUTH_OUT_OF_MEMORY;
	gauth_wipe((void *) content.data, content.len);
	return GAUTH_OK;
}

/* every row of a table, one after the other, under the new key */
static GauthStatus
wrap_table(GauthTable table, const uint8_t *new_key, int64 *count)
{
	GauthScan	scan;
	GauthArena	arena;
	GauthStatus status = GAUTH_OK;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_scan_begin(&scan, table);
	while (status == GAUTH_OK && gauth_scan_next(&scan))
	{
		GauthSpan	issuer = gauth_scan_text(&scan, SECRET_ISSUER);
		GauthSpan	kid = gauth_scan_text(&scan, SECRET_KID);
		GauthSpan	jwk;

		status = gauth_secret_load(&arena, issuer, kid, &jwk);
		if (status == GAUTH_OK)
			status = save_sealed(new_key, issuer, kid, jwk);
		if (status == GAUTH_OK)
		{
			gauth_wipe((void *) jwk.data, jwk.len);
			(*count)++;
		}
	}
	gauth_scan_end(&scan);
	return status;
}

/*
 * gauth_secret_wrap_all
 *		Seal what is not sealed yet; with a new secret, seal everything anew
 *		under it.  "*count" is how many keys were sealed.
 *
 * Errors: GAUTH_KEY_LOCKED when there is no root key to open or to seal with,
 * GAUTH_ROOT_KEY_INVALID; the caller raises, so that nothing is changed.
 */
GauthStatus
gauth_secret_wrap_all(const GauthSpan *new_secret, int64 *count)
{
	uint8_t		key[GAUTH_AEAD_KEY_SIZE];
	GauthWrite	write = {0};
	GauthStatus status;

	*count = 0;
	if (new_secret != NULL)
		status = derive(*new_secret, key);
	else
		status = get_root_key(key);
	if (status == GAUTH_OK && new_secret != NULL)
		status = wrap_table(GAUTH_TABLE_WRAPPED_KEY, key, count);
	if (status == GAUTH_OK)
		status = wrap_table(GAUTH_TABLE_UNWRAPPED_KEY, key, count);
	gauth_wipe(key, sizeof(key));
	if (status == GAUTH_OK)
		(void) gauth_write_run(&write, "DELETE FROM gauth.unwrapped_key");
	return status;
}
