/*
 * authority.h
 *		A mandate lies within the definition that it executes.
 */
#ifndef GAUTH_ENTRY_AUTHORITY_H
#define GAUTH_ENTRY_AUTHORITY_H

#include "postgres.h"

#include "store/definition.h"
#include "store/mandate.h"

extern void gauth_authority_require(const GauthMandate *mandate);
extern void gauth_authority_require_delegation(const GauthMandate *mandate);
extern void gauth_authority_require_definition(const GauthDefinitionRow *row,
											   const GauthCredential *credential);

#endif							/* GAUTH_ENTRY_AUTHORITY_H */
