/*
 * json_write.h
 *		A JSON tree as text again.
 */
#ifndef GAUTH_BASE_JSON_WRITE_H
#define GAUTH_BASE_JSON_WRITE_H

#include "base/json.h"
#include "base/text.h"

extern void gauth_text_append_json(GauthText *text, const GauthJson *json);
extern void gauth_text_append_member(GauthText *text, const char *name);

#endif							/* GAUTH_BASE_JSON_WRITE_H */
