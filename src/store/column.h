/*
 * column.h
 *		Columns of bound tables as Cedar values.
 */
#ifndef GAUTH_STORE_COLUMN_H
#define GAUTH_STORE_COLUMN_H

#include "postgres.h"

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "policy/schema.h"
#include "policy/value.h"

/* longest text that an id of a built-in type other than text has */
#define GAUTH_COLUMN_KEY_MAX	64

typedef struct GauthColumn
{
	GauthSpan	attribute;		/* that it gives; without data: a parent */
	GauthSpan	name;			/* in the table */
	GauthSpan	entity_type;	/* of the entities that it names; else empty */
	const GauthType *expected;	/* by the schema; NULL: anything */
	Oid			type;
	Oid			item;			/* type of an array's items; else InvalidOid */
} GauthColumn;

extern bool gauth_column_type_find(Oid type, Oid *item);
extern bool gauth_column_type_names(Oid type);
extern GauthStatus gauth_column_check(const GauthColumn *column,
									  GauthError *err);
extern GauthStatus gauth_column_value(GauthArena *arena,
									  const GauthSchema *schema,
									  const GauthColumn *column, Datum datum,
									  GauthValue *value, GauthError *err);
extern GauthSpan gauth_column_id(Oid type, Datum datum);
extern bool gauth_column_key(Oid type, GauthSpan id, Datum *key);

#endif							/* GAUTH_STORE_COLUMN_H */
