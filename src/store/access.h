/*
 * access.h
 *		Who may do what with gauth itself.
 */
#ifndef GAUTH_STORE_ACCESS_H
#define GAUTH_STORE_ACCESS_H

#include "postgres.h"

#include "base/span.h"

/* columns of gauth.access */
enum
{
	ACCESS_ROLE = 1,
	ACCESS_CAPABILITY,
	ACCESS_OBJECT
};

typedef enum GauthCapability
{
	GAUTH_VERIFIER,
	GAUTH_ENFORCER,
	GAUTH_ISSUER,
	GAUTH_ADMINISTRATOR,
	GAUTH_AUDITOR,
	GAUTH_CAPABILITY_COUNT
} GauthCapability;

extern const char *gauth_capability_name(GauthCapability capability);
extern bool gauth_capability_find(GauthSpan name, GauthCapability *capability);
extern bool gauth_capability_has_objects(GauthCapability capability);
extern Oid	gauth_extension_owner(void);
extern bool gauth_access_allows(GauthCapability capability,
								const GauthSpan *object);
extern void gauth_access_close(void);
extern void gauth_access_apply(const char *role, GauthCapability capability,
							   bool grant);
extern void gauth_access_withdraw(const char *role,
								  GauthCapability capability);
extern void gauth_access_drop_object(GauthCapability capability,
									 GauthSpan object);
extern int64 gauth_access_apply_all(void (*missing) (const char *role));

#endif							/* GAUTH_STORE_ACCESS_H */
