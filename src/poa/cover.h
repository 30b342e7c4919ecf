/*
 * cover.h
 *		"Whatever the one allows, the other allows": for the texts that lists
 *		of powers are made of, and for rules of the transaction matrix.
 */
#ifndef GAUTH_POA_COVER_H
#define GAUTH_POA_COVER_H

#include "poa/credential.h"

/* does "wide" allow all that "narrow" allows?  "no" also when unsure */
typedef bool (*GauthCovers) (GauthSpan wide, GauthSpan narrow);

/* of sectors and regions, as a profile understands them */
extern GauthCovers gauth_sector_covers(GauthProfile profile);
extern GauthCovers gauth_region_covers(GauthProfile profile);

/* a command allows itself, and itself with more words */
extern bool gauth_command_covers(GauthSpan wide, GauthSpan narrow);

/* "*.example.com" covers all below example.com */
extern bool gauth_domain_covers(GauthSpan wide, GauthSpan narrow);

/* is one of the list enough? */
extern bool gauth_names_cover(const GauthNames *wide, GauthSpan narrow,
							  GauthCovers covers);

/* the rule for the verb, else that for every verb; NULL when there is none */
extern const GauthTransactionRule *gauth_matrix_find(const GauthPowers *powers,
													 GauthSpan verb,
													 GauthSpan type);

/* does "narrow" constrain at least as much as "wide"?  either may be NULL */
extern bool gauth_constraints_cover(const GauthJson *wide,
									const GauthJson *narrow);

#endif							/* GAUTH_POA_COVER_H */
