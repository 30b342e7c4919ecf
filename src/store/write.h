/*
 * write.h
 *		Changing gauth's own tables.
 */
#ifndef GAUTH_STORE_WRITE_H
#define GAUTH_STORE_WRITE_H

#include "postgres.h"

#include "base/span.h"

#define GAUTH_WRITE_VALUES_MAX	24

/* a statement's values, in the order of its parameters */
typedef struct GauthWrite
{
	int			count;
	Oid			types[GAUTH_WRITE_VALUES_MAX];
	Datum		values[GAUTH_WRITE_VALUES_MAX];
	char		nulls[GAUTH_WRITE_VALUES_MAX];
} GauthWrite;

extern void gauth_write_value(GauthWrite *write, Oid type, Datum value,
							  bool is_null);
extern void gauth_write_text(GauthWrite *write, GauthSpan value);
extern void gauth_write_bytes(GauthWrite *write, GauthSpan value);
extern void gauth_write_bool(GauthWrite *write, bool value);
extern uint64 gauth_write_run(GauthWrite *write, const char *statement);
extern bool gauth_write_returning(GauthWrite *write, const char *statement,
								  Datum *value);
extern bool gauth_read_value(GauthWrite *values, const char *statement,
							 Datum *value);

#endif							/* GAUTH_STORE_WRITE_H */
