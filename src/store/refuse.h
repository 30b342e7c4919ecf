/*
 * refuse.h
 *		Raising from store/, in the words of entry/report.c.
 */
#ifndef GAUTH_STORE_REFUSE_H
#define GAUTH_STORE_REFUSE_H

#include "postgres.h"

#include "base/status.h"
#include "store/compat.h"

/* set by the floor above, which has the messages */
extern void (*gauth_refuse_with) (const GauthError *err);

extern void gauth_refuse(GauthStatus status,
						 const char *detail) pg_attribute_noreturn();
extern void gauth_refuse_error(const GauthError *err) pg_attribute_noreturn();

#endif							/* GAUTH_STORE_REFUSE_H */
