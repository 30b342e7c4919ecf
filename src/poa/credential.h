/*
 * credential.h
 *		A power of attorney as RFC 0116 section 4.3 writes it, read and
 *		validated.
 *
 * A list that is absent and a list that is empty are different things: an
 * absent list of what is allowed restricts nothing, an empty one allows
 * nothing.  There is one exception, on paper only: RFC 0117 reads an empty
 * list of allowed paths, sectors or regions as none at all (CHK-05 to
 * CHK-07), so such a list in a "scope" is not "given" here.  In a
 * scope_restriction, where it could be meant either way, it is a problem.
 *
 * Verbs are canonical wherever they stand: see verb.h.
 */
#ifndef GAUTH_POA_CREDENTIAL_H
#define GAUTH_POA_CREDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "poa/problem.h"

#define GAUTH_SCHEMA_VERSION	"0116.2.2.1"

/* a number or an instant that the document does not give */
#define GAUTH_ABSENT	((int64_t) -1)

/* bytes of a name, a path, a pattern, a command; of a text with lines */
#define GAUTH_TEXT_MAX	1024
#define GAUTH_PROSE_MAX	16384

/*
 * Elements of a list, verbs of a scope.  Two lists of patterns are compared
 * pair by pair, and nothing interrupts that.
 */
#define GAUTH_LIST_MAX	256
#define GAUTH_VERBS_MAX	1000

/* entries of a delegation chain (RFC 0117 section 15.7) */
#define GAUTH_CHAIN_MAX	10

/* from the least to the most restrictive */
typedef enum GauthProfile
{
	GAUTH_PROFILE_MINIMAL,
	GAUTH_PROFILE_STANDARD,
	GAUTH_PROFILE_STRICT,
	GAUTH_PROFILE_ENTERPRISE,
	GAUTH_PROFILE_BEHOERDE,
	GAUTH_PROFILE_COUNT
} GauthProfile;

typedef enum GauthPhase
{
	GAUTH_PHASE_PLAN,
	GAUTH_PHASE_BUILD,
	GAUTH_PHASE_RUN
} GauthPhase;

/* from the least to the most demanding */
typedef enum GauthApproval
{
	GAUTH_APPROVAL_AUTONOMOUS,
	GAUTH_APPROVAL_SUPERVISED,
	GAUTH_APPROVAL_FOUR_EYES
} GauthApproval;

/* from the least to the most trusted */
typedef enum GauthTrust
{
	GAUTH_TRUST_UNTRUSTED,
	GAUTH_TRUST_PROBATIONARY,
	GAUTH_TRUST_STANDARD,
	GAUTH_TRUST_TRUSTED,
	GAUTH_TRUST_VERIFIED_PARTNER,
	GAUTH_TRUST_ABSENT			/* the document demands none */
} GauthTrust;

typedef enum GauthShellMode
{
	GAUTH_SHELL_ANY,
	GAUTH_SHELL_DENYLIST,
	GAUTH_SHELL_ALLOWLIST,
	GAUTH_SHELL_ABSENT
} GauthShellMode;

/* a boolean that may be absent */
typedef enum GauthFlag
{
	GAUTH_FLAG_FALSE,
	GAUTH_FLAG_TRUE,
	GAUTH_FLAG_ABSENT
} GauthFlag;

/* bits of GauthPlatform.targets */
#define GAUTH_TARGET_DEV		1
#define GAUTH_TARGET_STAGING	2
#define GAUTH_TARGET_PROD		4

typedef struct GauthNames
{
	bool		given;			/* false: the document has no such list */
	uint32_t	count;
	GauthSpan  *items;
} GauthNames;

/* scope.core_verbs.<verb> (ToolPolicy) */
typedef struct GauthVerb
{
	GauthSpan	name;			/* canonical: a URN (section 4.5.3) */
	bool		allowed;
	GauthFlag	requires_approval;
	int64_t		cost_cents;		/* cost_cents_base rounded up, or absent */
	GauthNames	path_patterns;
	GauthNames	allowed_commands;
	GauthNames	denied_commands;
	int64_t		max_delegation_depth;	/* or absent */
	int64_t		max_file_size_bytes;	/* or absent */
} GauthVerb;

/* scope.platform_permissions */
typedef struct GauthPlatform
{
	bool		given;
	bool		targets_given;
	unsigned	targets;		/* GAUTH_TARGET_... */
	GauthFlag	auto_deploy;
	GauthFlag	database_read;
	GauthFlag	database_write;
	GauthFlag	database_migrate;
	GauthFlag	database_production;
	GauthShellMode shell_mode;
	GauthNames	shell_allowlist;
	GauthNames	shell_denylist;
	GauthFlag	packages_verified_only;
	GauthNames	external_domains;
	GauthFlag	secrets_read;
	GauthFlag	secrets_create;
} GauthPlatform;

/* an entry of scope.transaction_matrix (RFC 0117 CHK-11) */
typedef struct GauthTransactionRule
{
	GauthSpan	verb;			/* empty: every verb */
	GauthSpan	type;
	bool		allowed;
	const GauthJson *constraints;	/* an object, or NULL */
} GauthTransactionRule;

/*
 * "scope": what may be done.  Called powers here, because a scope is a set of
 * scope tokens.  Paths and patterns are as written; regions and sectors are
 * as written too and are compared by region.h and sector.h.
 */
typedef struct GauthPowers
{
	bool		profile_given;	/* these three always are in a good "scope" */
	bool		phase_given;
	bool		verbs_given;
	GauthProfile profile;
	GauthPhase	phase;
	GauthNames	active_modules;
	GauthNames	allowed_paths;
	GauthNames	denied_paths;
	GauthNames	allowed_sectors;
	GauthNames	allowed_regions;
	GauthNames	allowed_transactions;
	GauthNames	allowed_decisions;
	bool		matrix_given;	/* an empty matrix allows nothing */
	uint32_t	matrix_count;
	GauthTransactionRule *matrix;
	uint32_t	verb_count;
	GauthVerb  *verbs;			/* sorted by name */
	GauthPlatform platform;
	const GauthJson *json;		/* the object itself, for its hashes */
} GauthPowers;

/* an entry of "delegation_chain", the oldest first */
typedef struct GauthDelegation
{
	GauthSpan	delegator;
	GauthSpan	delegate;
	GauthPowers restriction;	/* scope_restriction; all members optional */
	int64_t		delegated_at;	/* seconds, or absent */
	int64_t		max_depth_remaining;	/* or absent */
} GauthDelegation;

typedef struct GauthCredential
{
	GauthSpan	schema_version; /* empty when absent */

	/* parties */
	GauthSpan	issuer;
	GauthSpan	subject;		/* the agent */
	GauthSpan	customer;
	GauthSpan	project;
	GauthSpan	issued_by;
	GauthNames	approval_chain;

	GauthPowers powers;

	/* requirements */
	bool		approval_given; /* always, in a good credential */
	GauthApproval approval;
	GauthNames	approval_needed_for;	/* requires_approval_for */
	int64_t		budget_total;	/* cents, or absent */
	int64_t		budget_remaining;	/* cents, or absent */
	int64_t		max_tool_calls; /* or absent, as all below */
	int64_t		remaining_tool_calls;
	int64_t		max_lines_per_commit;
	int64_t		max_session_minutes;
	GauthSpan	session;		/* session_limits.session_id */
	int64_t		session_started_at; /* seconds */
	int64_t		ttl_seconds;

	/* conditions */
	GauthTrust	min_trust;
	GauthFlag	continuous_verification;

	uint32_t	delegation_count;
	GauthDelegation *delegations;

	const GauthJson *json;
} GauthCredential;

/* which document is read: they demand different members */
typedef enum GauthCredentialForm
{
	GAUTH_CREDENTIAL_PRESENTED, /* RFC 0116 section 4.3, as received */
	GAUTH_CREDENTIAL_REQUESTED	/* RFC 0118 section 4.1, createMandate */
} GauthCredentialForm;

/*
 * Reads "json" into "credential", and appends to "problems" all that its
 * schema forbids.  GAUTH_OK also when there are problems: what is wrong is
 * then absent from the credential, which further checks may still look at to
 * find more problems, and nobody else.
 *
 * The credential points into the tree and the arena.
 */
extern GauthStatus gauth_credential_read(GauthArena *arena,
										 const GauthJson *json,
										 GauthCredentialForm form,
										 GauthCredential *credential,
										 GauthProblems *problems);

/*
 * The same for a "scope" object alone, whose places begin with "path", and
 * for a "scope_restriction": there every member is optional, and the shorter
 * names "sectors", "regions" and "allowedActions" are read too.
 */
extern GauthStatus gauth_powers_read(GauthArena *arena, const GauthJson *json,
									 GauthSpan path, GauthPowers *powers,
									 GauthProblems *problems);
extern GauthStatus gauth_restriction_read(GauthArena *arena,
										  const GauthJson *json,
										  GauthSpan path, GauthPowers *powers,
										  GauthProblems *problems);

/* is "version" one that this specification can read? (section 13.3) */
extern bool gauth_schema_version_known(GauthSpan version);

/* NULL when "name" is not among the verbs; "name" is canonical */
extern const GauthVerb *gauth_powers_find_verb(const GauthPowers *powers,
											   GauthSpan name);

extern const char *gauth_profile_name(GauthProfile profile);
extern bool gauth_profile_find(GauthSpan name, GauthProfile *profile);
extern const char *gauth_phase_name(GauthPhase phase);
extern const char *gauth_approval_name(GauthApproval approval);
extern bool gauth_phase_find(GauthSpan name, GauthPhase *phase);
extern bool gauth_approval_find(GauthSpan name, GauthApproval *approval);
extern const char *gauth_trust_name(GauthTrust trust);

/* takes "Verified Partner" (RFC 0116) and "verified_partner" (RFC 0117) */
extern bool gauth_trust_find(GauthSpan name, GauthTrust *trust);

#endif							/* GAUTH_POA_CREDENTIAL_H */
