/*
 * region.h
 *		Where something may be done: countries (ISO 3166-1), their
 *		subdivisions (ISO 3166-2), unions of countries, the whole world.
 *
 * Codes are compared without regard to case.  A text that is none of these
 * is a name of somebody's own and lies only in itself and in the world.
 */
#ifndef GAUTH_POA_REGION_H
#define GAUTH_POA_REGION_H

#include "poa/credential.h"

typedef enum GauthRegionKind
{
	GAUTH_REGION_WORLD,			/* "global", "worldwide", "*" */
	GAUTH_REGION_UNION,			/* "EU", "EEA", "DACH", "Benelux", "NAFTA" */
	GAUTH_REGION_COUNTRY,		/* "DE" */
	GAUTH_REGION_SUBDIVISION,	/* "DE-BY" */
	GAUTH_REGION_OTHER
} GauthRegionKind;

extern GauthRegionKind gauth_region_kind(GauthSpan region);
extern bool gauth_region_contains(GauthSpan wide, GauthSpan narrow);
extern bool gauth_regions_allow(const GauthNames *regions, GauthSpan region,
								bool wildcards);

#endif							/* GAUTH_POA_REGION_H */
