/*
 * mandate_write.h
 *		Changing the tables of mandates, past their guards.
 */
#ifndef GAUTH_STORE_MANDATE_WRITE_H
#define GAUTH_STORE_MANDATE_WRITE_H

#include "postgres.h"

#include "store/write.h"

extern uint64 gauth_mandate_write(GauthWrite *write, const char *statement);
extern bool gauth_mandate_write_returning(GauthWrite *write,
										  const char *statement,
										  Datum *value);
extern bool gauth_mandate_write_announced(void);

#endif							/* GAUTH_STORE_MANDATE_WRITE_H */
