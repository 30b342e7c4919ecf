/*
 * ceiling.h
 *		The most that a governance profile allows (RFC 0118 section 9.2).
 */
#ifndef GAUTH_POA_CEILING_H
#define GAUTH_POA_CEILING_H

#include "poa/credential.h"

/* how many attributes a ceiling has */
#define GAUTH_CEILING_COUNT		14

typedef struct GauthCeiling
{
	unsigned	targets;		/* GAUTH_TARGET_... */
	bool		auto_deploy;
	bool		database_write;
	bool		database_migrate;
	bool		database_production;
	GauthShellMode shell_mode;	/* the least strict */
	bool		verified_packages_only; /* demanded */
	bool		secrets_read;
	bool		secrets_create;

	/* below: the most that is allowed, or GAUTH_ABSENT for no limit */
	int64_t		delegation_depth;	/* links of a chain; 0: no delegation */
	GauthApproval min_approval;
	int64_t		max_session_minutes;
	int64_t		max_tool_calls;
	int64_t		max_lines_per_commit;
} GauthCeiling;

extern const GauthCeiling *gauth_ceiling_of(GauthProfile profile);

/*
 * Every way in which the credential goes beyond the ceiling, as problem
 * GAUTH_CODE_CEILING.  What the credential does not say does not: there the
 * ceiling itself is the limit, see gauth_ceiling_limit.
 */
extern void gauth_ceiling_check(const GauthCeiling *ceiling,
								const GauthCredential *credential,
								GauthProblems *problems);

/* the lower of what the credential says and what the ceiling says */
extern int64_t gauth_ceiling_limit(int64_t ceiling, int64_t said);

#endif							/* GAUTH_POA_CEILING_H */
