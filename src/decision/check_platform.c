/*
 * check_platform.c
 *		CHK-10: the permissions of the platform.
 *
 * Deployments, databases, shells and secrets are for those alone who have the
 * permission in writing.  Packages and external APIs are restricted where the
 * mandate says so.  One action may need several permissions.
 */
#include "decision/check.h"
#include "decision/command.h"
#include "poa/cover.h"

static void
deny(GauthChecker *checker, const char *permission, const char *message)
{
	GauthViolation *violation;

	violation = gauth_check_fail(checker, GAUTH_PLATFORM_PERMISSION_DENIED,
								 message);
	gauth_check_detail(checker, violation, "permission",
					   gauth_fact_word(permission));
}

static void
require(GauthChecker *checker, GauthFlag flag, const char *permission)
{
	if (flag != GAUTH_FLAG_TRUE)
		deny(checker, permission, "the mandate lacks a permission");
}

static void
check_deployment(GauthChecker *checker)
{
	const GauthPlatform *platform = &checker->powers->platform;
	unsigned	environment = gauth_enforce_environment(checker->request);

	if ((environment & platform->targets) == 0)
		deny(checker, "deployment.targets",
			 "the mandate does not deploy there");
	if (checker->request->auto_deploy == GAUTH_FLAG_TRUE)
		require(checker, platform->auto_deploy, "deployment.auto_deploy");
}

static void
check_database(GauthChecker *checker)
{
	const GauthPlatform *platform = &checker->powers->platform;
	const GauthEnforceRequest *request = checker->request;

	if (request->action.kind == GAUTH_ACTION_READ)
		require(checker, platform->database_read, "database.read");
	else if (request->action.migrates)
		require(checker, platform->database_migrate, "database.migrate");
	else
		require(checker, platform->database_write, "database.write");
	if (gauth_enforce_environment(request) == GAUTH_TARGET_PROD)
		require(checker, platform->database_production,
				"database.production_access");
}

static void
check_shell(GauthChecker *checker)
{
	const GauthPlatform *platform = &checker->powers->platform;
	GauthSpan	command = checker->request->command;
	bool		good = false;

	switch (platform->shell_mode)
	{
		case GAUTH_SHELL_ANY:
			good = true;
			break;
		case GAUTH_SHELL_DENYLIST:
			good = command.len > 0;
			break;
		case GAUTH_SHELL_ALLOWLIST:
			good = gauth_command_allowed(&platform->shell_allowlist, command);
			break;
		case GAUTH_SHELL_ABSENT:
			break;
	}
	if (!good)
		deny(checker, "shell.execute", "the mandate does not run this");
	else if (gauth_command_denied(&platform->shell_denylist, command))
		deny(checker, "shell.denylist", "the command is denied");
}

static void
check_package(GauthChecker *checker)
{
	const GauthCeiling *ceiling = checker->input->ceiling;

	if (checker->powers->platform.packages_verified_only != GAUTH_FLAG_TRUE &&
		(ceiling == NULL || !ceiling->verified_packages_only))
		return;
	if (checker->request->verified == GAUTH_FLAG_FALSE)
		deny(checker, "packages.verified_only", "the package is not verified");
	else
		gauth_check_constrain(checker, "verified_packages_only",
							  gauth_fact_text(checker->request->resource),
							  gauth_fact_word("verified"));
}

/* where the host begins in a URL; 0 when it is none */
static size_t
find_authority(GauthSpan url)
{
	size_t		i;

	for (i = 0; i + 2 < url.len; i++)
	{
		if (memcmp(url.data + i, "://", 3) == 0)
			return i + 3;
	}
	return 0;
}

static bool
is_url(GauthSpan text)
{
	return find_authority(text) > 0;
}

/* the host of a URL, or of a text that is no more than a host */
static GauthSpan
find_host(GauthSpan url)
{
	size_t		start = find_authority(url);
	size_t		i;

	for (i = start; i < url.len && strchr("/?#\\", url.data[i]) == NULL; i++)
	{
		if (url.data[i] == '@')
			start = i + 1;
	}
	url = gauth_span_slice(url, start, i - start);
	for (i = 0; i < url.len && url.data[i] != ':'; i++)
		continue;
	url.len = i;
	return url;
}

static bool
is_in_domains(GauthSpan host, const GauthNames *domains)
{
	return gauth_names_cover(domains, host, gauth_domain_covers);
}

/* what the caller says is no help when its resource is another one's URL */
static void
check_api(GauthChecker *checker)
{
	const GauthEnforceRequest *request = checker->request;
	const GauthNames *domains = &checker->powers->platform.external_domains;
	bool		good = true;

	if (!domains->given)
		return;
	if (request->domain.len > 0)
		good = is_in_domains(find_host(request->domain), domains);
	if (request->domain.len == 0 || is_url(request->resource))
		good = good && is_in_domains(find_host(request->resource), domains);
	if (!good)
		deny(checker, "external_apis.allowed_domains",
			 "the mandate does not reach that domain");
}

typedef struct Group
{
	GauthResourceKind resource;
	void		(*check) (GauthChecker *checker);
} Group;

static void
check_secret(GauthChecker *checker)
{
	const GauthPlatform *platform = &checker->powers->platform;

	if (checker->request->action.kind == GAUTH_ACTION_READ)
		require(checker, platform->secrets_read, "secrets.read");
	else
		require(checker, platform->secrets_create, "secrets.create");
}

static const Group groups[] = {
	{GAUTH_RESOURCE_DATABASE, check_database},
	{GAUTH_RESOURCE_PACKAGE, check_package},
	{GAUTH_RESOURCE_SECRET, check_secret},
	{GAUTH_RESOURCE_API, check_api}
};

/*
 * gauth_check_platform
 *		CHK-10.
 */
void
gauth_check_platform(GauthChecker *checker)
{
	const GauthActionClass *action = &checker->request->action;
	bool		applies = false;
	size_t		i;

	if (action->kind == GAUTH_ACTION_DEPLOY)
	{
		check_deployment(checker);
		applies = true;
	}
	if (action->kind == GAUTH_ACTION_RUN)
	{
		check_shell(checker);
		applies = true;
	}
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
	{
		if (!gauth_action_touches(action, groups[i].resource))
			continue;
		groups[i].check(checker);
		applies = true;
	}
	if (!applies)
		gauth_check_skip(checker, "no permission of the platform is needed");
}
