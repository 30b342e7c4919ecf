/*
 * sector.h
 *		In which line of business something may be done.
 *
 * A sector is written as
 *
 *	manufacturing		one of the 21 names of RFC 0115
 *	nace:J62.01			a scheme and a code: isic, nace or naics
 *	J62.01				a letter and digits: NACE
 *	541511				digits: NAICS
 *	*					all of them
 *
 * A code contains those that begin with it.  ISIC and NACE agree on sections
 * and divisions, and the names are made of these, so the three compare with
 * each other down to there; NAICS compares with itself only.  Any other text
 * contains itself.
 */
#ifndef GAUTH_POA_SECTOR_H
#define GAUTH_POA_SECTOR_H

#include "poa/credential.h"

extern bool gauth_sector_known(GauthSpan sector);
extern bool gauth_sector_contains(GauthSpan wide, GauthSpan narrow);
extern bool gauth_sectors_allow(const GauthNames *sectors, GauthSpan sector,
								bool wildcards);

#endif							/* GAUTH_POA_SECTOR_H */
