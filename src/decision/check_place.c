/*
 * check_place.c
 *		CHK-05, CHK-06 and CHK-07: sector, region, path.
 */
#include "decision/check.h"
#include "poa/path.h"
#include "poa/region.h"
#include "poa/sector.h"

/*
 * Does a request have to say its sector and region?  From the strict profile
 * upwards always, below where the settings demand it.
 */
static bool
is_strict(const GauthChecker *checker, bool setting)
{
	return setting || checker->powers->profile >= GAUTH_PROFILE_STRICT ||
		checker->credential->powers.profile >= GAUTH_PROFILE_STRICT;
}

static void
miss(GauthChecker *checker, GauthViolationCode code, bool strict,
	 const char *message)
{
	if (strict)
		(void) gauth_check_fail(checker, code, message);
	else
		(void) gauth_check_warn(checker, code, message);
}

/* words for everything are no answer to public administration */
static bool
has_wildcards(const GauthChecker *checker)
{
	return checker->credential->powers.profile < GAUTH_PROFILE_BEHOERDE;
}

/*
 * gauth_check_sector
 *		CHK-05.
 */
void
gauth_check_sector(GauthChecker *checker)
{
	const GauthNames *allowed = &checker->powers->allowed_sectors;
	GauthSpan	sector = checker->request->sector;

	if (!allowed->given)
		gauth_check_skip(checker, "sectors are not restricted");
	else if (allowed->count > 0 && sector.len == 0)
		miss(checker, GAUTH_SECTOR_MISMATCH,
			 is_strict(checker, checker->input->settings.strict_sectors),
			 "the action does not say its sector");
	else if (!gauth_sectors_allow(allowed, sector, has_wildcards(checker)))
		(void) gauth_check_fail(checker, GAUTH_SECTOR_MISMATCH,
								"the sector is not allowed");
}

/*
 * gauth_check_region
 *		CHK-06.
 */
void
gauth_check_region(GauthChecker *checker)
{
	const GauthNames *allowed = &checker->powers->allowed_regions;
	GauthSpan	region = checker->request->region;

	if (!allowed->given)
		gauth_check_skip(checker, "regions are not restricted");
	else if (allowed->count > 0 && region.len == 0)
		miss(checker, GAUTH_REGION_MISMATCH,
			 is_strict(checker, checker->input->settings.strict_regions),
			 "the action does not say its region");
	else if (!gauth_regions_allow(allowed, region, has_wildcards(checker)))
		(void) gauth_check_fail(checker, GAUTH_REGION_MISMATCH,
								"the region is not allowed");
}

/*
 * Is the resource a path?  It is when the verb or the resource type says so.
 * Where neither says what it is, a mandate that restricts paths has to be
 * taken at its word: the type, which the caller chooses, does not lead past.
 */
static bool
is_path(const GauthChecker *checker)
{
	const GauthActionClass *action = &checker->request->action;

	if (gauth_action_touches(action, GAUTH_RESOURCE_FILE))
		return true;
	return action->by_verb == GAUTH_RESOURCE_UNKNOWN &&
		action->by_type == GAUTH_RESOURCE_UNKNOWN &&
		(checker->powers->allowed_paths.given ||
		 checker->powers->denied_paths.count > 0);
}

/*
 * gauth_check_path
 *		CHK-07: what is denied is denied, then what is allowed counts.
 */
void
gauth_check_path(GauthChecker *checker)
{
	const GauthPowers *powers = checker->powers;
	GauthSpan	path;
	GauthStatus status;

	if (!is_path(checker))
	{
		gauth_check_skip(checker, "the resource is not a path");
		return;
	}
	status = gauth_path_canonical(checker->arena, checker->request->resource,
								  &path);
	if (status == GAUTH_OUT_OF_MEMORY)
		checker->failed = true;
	else if (status != GAUTH_OK)
		(void) gauth_check_fail(checker, GAUTH_PATH_DENIED,
								"the path leads out, or can be misread");
	else if (gauth_paths_deny(&powers->denied_paths, path))
		(void) gauth_check_fail(checker, GAUTH_PATH_DENIED,
								"the path is denied");
	else if (powers->allowed_paths.given &&
			 !gauth_paths_allow(&powers->allowed_paths, path))
		(void) gauth_check_fail(checker, GAUTH_PATH_NOT_ALLOWED,
								"the path is not allowed");
}
