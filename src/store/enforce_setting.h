/*
 * enforce_setting.h
 *		The settings that gauth.enforce looks at.
 */
#ifndef GAUTH_STORE_ENFORCE_SETTING_H
#define GAUTH_STORE_ENFORCE_SETTING_H

#include "postgres.h"

#include "decision/enforce.h"

extern const GauthEnforceSettings *gauth_enforce_settings(void);
extern const GauthNames *gauth_enforce_permit_stores(void);

#endif							/* GAUTH_STORE_ENFORCE_SETTING_H */
