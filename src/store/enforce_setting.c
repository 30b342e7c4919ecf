/*
 * enforce_setting.c
 *		The settings that gauth.enforce looks at, read once and again when one
 *		has changed.
 */
#include "store/enforce_setting.h"

#include "utils/memutils.h"

#include "store/generation.h"
#include "store/setting.h"

/* percent of the total below which a decision warns */
#define BUDGET_WARNING	10

/* seconds that the clock of a caller may be ahead of ours */
#define SESSION_LEEWAY	60

static GauthEnforceSettings settings;
static GauthNames permit_stores;
static MemoryContext memory;
static uint64 generation;
static bool known;

/* an empty list restricts nothing */
static GauthNames
read_list(const char *name)
{
	MemoryContext caller = MemoryContextSwitchTo(memory);
	GauthNames	list;

	list.items = gauth_setting_strings(name, &list.count);
	list.given = list.count > 0;
	MemoryContextSwitchTo(caller);
	return list;
}

static void
read_settings(void)
{
	GauthNames	required;

	known = false;
	if (memory == NULL)
		memory = AllocSetContextCreate(CacheMemoryContext,
									   "gauth enforcement settings",
									   ALLOCSET_SMALL_SIZES);
	MemoryContextReset(memory);
	memset(&settings, 0, sizeof(settings));
	settings.customers = read_list("enforce_customers");
	settings.projects = read_list("enforce_projects");
	permit_stores = read_list("enforce_permits");
	required = read_list("enforce_required");
	settings.strict_sectors = gauth_names_contain(&required,
												  GAUTH_SPAN("sector"));
	settings.strict_regions = gauth_names_contain(&required,
												  GAUTH_SPAN("region"));
	settings.budget_warning = BUDGET_WARNING;
	settings.session_leeway = SESSION_LEEWAY;
	known = true;
}

/*
 * gauth_enforce_settings
 *		What is configured; valid until the next call.
 */
const GauthEnforceSettings *
gauth_enforce_settings(void)
{
	uint64		current;

	(void) gauth_generation_refresh();
	current = gauth_generation(GAUTH_GROUP_SETTINGS);
	if (!known || generation != current)
	{
		read_settings();
		generation = current;
	}
	return &settings;
}

/*
 * gauth_enforce_permit_stores
 *		The policy stores that have to permit, as of the last
 *		gauth_enforce_settings.
 */
const GauthNames *
gauth_enforce_permit_stores(void)
{
	return &permit_stores;
}
