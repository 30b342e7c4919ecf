/*
 * jsonb.h
 *		Our JSON trees as jsonb.
 */
#ifndef GAUTH_ENTRY_JSONB_H
#define GAUTH_ENTRY_JSONB_H

#include "postgres.h"

#include "base/json.h"

extern Datum gauth_jsonb_from(const GauthJson *json);
extern Datum gauth_jsonb_from_text(GauthSpan text);
extern Datum gauth_jsonb_as_text(const GauthJson *value);

#endif							/* GAUTH_ENTRY_JSONB_H */
