/*
 * setting.h
 *		What an administrator has configured, in gauth.setting.
 */
#ifndef GAUTH_STORE_SETTING_H
#define GAUTH_STORE_SETTING_H

#include "postgres.h"

#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "base/span.h"

/* columns of gauth.setting */
enum
{
	SETTING_NAME = 1,
	SETTING_STORE,
	SETTING_VALUE
};

typedef enum GauthSettingType
{
	GAUTH_SETTING_STRINGS,		/* an array of strings */
	GAUTH_SETTING_INTERVAL,		/* a string that is an interval to SQL */
	GAUTH_SETTING_BOOL
} GauthSettingType;

typedef struct GauthSetting
{
	const char *name;
	GauthSettingType type;
	const char *standard;		/* JSON */
	const char *meaning;
	bool		per_store;		/* may differ between policy stores */
} GauthSetting;

#define GAUTH_SETTING_COUNT		20

extern const GauthSetting gauth_settings[GAUTH_SETTING_COUNT];

extern Interval *gauth_setting_interval(Jsonb *value);
extern GauthSpan *gauth_setting_read_strings(Jsonb *value, uint32 *count);
extern GauthSpan *gauth_setting_strings_or_null(const char *name,
												uint32 *count);
extern GauthSpan *gauth_setting_strings(const char *name, uint32 *count);
extern int64 gauth_setting_seconds(const char *name);
extern bool gauth_setting_bool(const char *name);
extern int64 gauth_setting_milliseconds(const char *name);

#endif							/* GAUTH_STORE_SETTING_H */
