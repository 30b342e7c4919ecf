/*
 * definition_change.h
 *		What becomes of the mandates when their definition ends or its
 *		principal cannot act any more.
 */
#ifndef GAUTH_ENTRY_DEFINITION_CHANGE_H
#define GAUTH_ENTRY_DEFINITION_CHANGE_H

#include "postgres.h"

#include "store/definition.h"

/* what happened to a principal */
typedef enum GauthMisfortune
{
	GAUTH_DEATH,
	GAUTH_INCAPACITY
} GauthMisfortune;

extern int	gauth_definition_end(const GauthDefinitionRow *row,
								 GauthSpan reason);
extern void gauth_definition_misfortune(GauthSpan principal,
										GauthMisfortune misfortune);

#endif							/* GAUTH_ENTRY_DEFINITION_CHANGE_H */
