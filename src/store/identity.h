/*
 * identity.h
 *		Who acts in this transaction.
 */
#ifndef GAUTH_STORE_IDENTITY_H
#define GAUTH_STORE_IDENTITY_H

#include "postgres.h"

#include "utils/guc.h"

#include "store/issuer.h"
#include "token/identity.h"

/* the setting gauth.identity; read it through gauth_identity_current only */
extern char *gauth_identity_record;

extern bool gauth_identity_check(char **value, void **extra, GucSource source);
extern void gauth_identity_assign(const char *value, void *extra);
extern GauthStatus gauth_identity_of(GauthArena *arena, const GauthJwt *jwt,
									 const GauthIssuer *issuer,
									 GauthIdentity *identity, GauthError *err);
extern GauthStatus gauth_identity_set(GauthArena *arena,
									  const GauthIdentity *identity);
extern const GauthIdentity *gauth_identity_current(void);
extern uint64 gauth_identity_serial(void);

#endif							/* GAUTH_STORE_IDENTITY_H */
