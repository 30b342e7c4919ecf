/*
 * settings.h
 *		The configuration parameters of gauth.
 */
#ifndef GAUTH_ENTRY_SETTINGS_H
#define GAUTH_ENTRY_SETTINGS_H

extern void gauth_settings_define(void);

#endif							/* GAUTH_ENTRY_SETTINGS_H */
