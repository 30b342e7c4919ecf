/*
 * strings.h
 *		Arrays of text as the pure floors know them.
 */
#ifndef GAUTH_ENTRY_STRINGS_H
#define GAUTH_ENTRY_STRINGS_H

#include "postgres.h"

#include "base/span.h"
#include "token/jwk.h"

extern int	gauth_strings_argument(Datum array, const char *argument,
								   GauthSpan **strings);
extern void gauth_algorithms_argument(Datum array,
									  GauthAlgorithmList *accepted);
extern bool gauth_algorithms_from_names(const GauthSpan *names, int count,
										GauthAlgorithmList *accepted);

#endif							/* GAUTH_ENTRY_STRINGS_H */
