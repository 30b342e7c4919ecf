/*
 * require.h
 *		What a function asks of its caller before it does anything.
 */
#ifndef GAUTH_ENTRY_REQUIRE_H
#define GAUTH_ENTRY_REQUIRE_H

#include "postgres.h"

#include "store/access.h"

extern void gauth_require_capability(GauthCapability capability,
									 const GauthSpan *object);

#endif							/* GAUTH_ENTRY_REQUIRE_H */
