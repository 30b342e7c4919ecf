/*
 * secret.h
 *		Where private halves and symmetric keys are kept, and the root key
 *		that protects them.
 */
#ifndef GAUTH_STORE_SECRET_H
#define GAUTH_STORE_SECRET_H

#include "postgres.h"

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

/* bytes of the least that a root key may be made of */
#define GAUTH_ROOT_SECRET_MIN	32

/* name of the file with the root secret; the setting gauth.root_key_file */
extern char *gauth_root_key_file;

extern void gauth_secret_init(void);
extern GauthStatus gauth_secret_unlock(GauthSpan secret);
extern GauthStatus gauth_secret_status(void);
extern GauthStatus gauth_secret_save(GauthSpan issuer, GauthSpan kid,
									 GauthSpan jwk);
extern GauthStatus gauth_secret_load(GauthArena *arena, GauthSpan issuer,
									 GauthSpan kid, GauthSpan *jwk);
extern GauthStatus gauth_secret_wrap_all(const GauthSpan *new_secret,
										 int64 *count);

#endif							/* GAUTH_STORE_SECRET_H */
