/*
 * enforce.h
 *		The seventeen checks of RFC 0117: what they look at, what they say.
 *
 * The caller collects everything that is known about the credential, the
 * mandate and the principal; here is only the judgement, which depends on
 * nothing else.  What the caller does not know it leaves at the value that
 * means "unknown", which never helps a request.
 */
#ifndef GAUTH_DECISION_ENFORCE_H
#define GAUTH_DECISION_ENFORCE_H

#include "decision/enforce_request.h"
#include "poa/ceiling.h"
#include "policy/diagnostic.h"

#define GAUTH_PEP_INTERFACE_VERSION	"1.2"

/* in the order of RFC 0117 section 9.1 */
typedef enum GauthCheckId
{
	GAUTH_CHECK_CREDENTIAL,
	GAUTH_CHECK_STATUS,
	GAUTH_CHECK_PROFILE,
	GAUTH_CHECK_PHASE,
	GAUTH_CHECK_SECTOR,
	GAUTH_CHECK_REGION,
	GAUTH_CHECK_PATH,
	GAUTH_CHECK_VERB,
	GAUTH_CHECK_CONSTRAINT,
	GAUTH_CHECK_PLATFORM,
	GAUTH_CHECK_TRANSACTION,
	GAUTH_CHECK_DECISION,
	GAUTH_CHECK_BUDGET,
	GAUTH_CHECK_SESSION,
	GAUTH_CHECK_APPROVAL,
	GAUTH_CHECK_DELEGATION,
	GAUTH_CHECK_CONDITION,
	GAUTH_CHECK_COUNT
} GauthCheckId;

/* the checks that a delegation may narrow, and that are then made again */
#define GAUTH_CHECK_NARROWED_FIRST	GAUTH_CHECK_SECTOR
#define GAUTH_CHECK_NARROWED_LAST	GAUTH_CHECK_DECISION
#define GAUTH_CHECK_NARROWED_COUNT \
	(GAUTH_CHECK_NARROWED_LAST - GAUTH_CHECK_NARROWED_FIRST + 1)

/* the registry of section 5.3: there are no others */
typedef enum GauthViolationCode
{
	GAUTH_CREDENTIAL_INVALID,
	GAUTH_CREDENTIAL_EXPIRED,
	GAUTH_CREDENTIAL_REVOKED,
	GAUTH_CREDENTIAL_SUPERSEDED,
	GAUTH_AGENT_MISMATCH,
	GAUTH_PROFILE_CEILING_EXCEEDED,
	GAUTH_PHASE_MISMATCH,
	GAUTH_SECTOR_MISMATCH,
	GAUTH_REGION_MISMATCH,
	GAUTH_PATH_DENIED,
	GAUTH_PATH_NOT_ALLOWED,
	GAUTH_VERB_NOT_ALLOWED,
	GAUTH_CONSTRAINT_VIOLATED,
	GAUTH_PLATFORM_PERMISSION_DENIED,
	GAUTH_TRANSACTION_NOT_ALLOWED,
	GAUTH_DECISION_NOT_ALLOWED,
	GAUTH_BUDGET_EXCEEDED,
	GAUTH_BUDGET_EXHAUSTED,
	GAUTH_SESSION_LIMIT_EXCEEDED,
	GAUTH_APPROVAL_REQUIRED,
	GAUTH_DELEGATION_DEPTH_EXCEEDED,
	GAUTH_DELEGATION_SCOPE_EXCEEDED,
	GAUTH_REPUTATION_BELOW_GRANT_CONDITION,
	GAUTH_CONTINUOUS_VERIFICATION_NOT_SATISFIED,
	GAUTH_VIOLATION_CODE_COUNT
} GauthViolationCode;

typedef enum GauthEnforceMode
{
	GAUTH_MODE_STATELESS,
	GAUTH_MODE_STATEFUL
} GauthEnforceMode;

/* a value of an answer */
typedef enum GauthFactKind
{
	GAUTH_FACT_NULL,
	GAUTH_FACT_TEXT,
	GAUTH_FACT_NUMBER,
	GAUTH_FACT_NAMES,
	GAUTH_FACT_JSON
} GauthFactKind;

typedef struct GauthFact
{
	GauthFactKind kind;
	GauthSpan	text;
	int64_t		number;
	const GauthNames *names;
	const GauthJson *json;
} GauthFact;

/* what a violation says besides its code */
typedef struct GauthDetail GauthDetail;

struct GauthDetail
{
	const char *name;			/* static */
	GauthFact	fact;
	GauthDetail *next;
};

/* how the credential came to be known, and how well */
typedef enum GauthCredentialSource
{
	GAUTH_SOURCE_NONE,			/* it did not: there is none */
	GAUTH_SOURCE_TOKEN,			/* a token that was presented */
	GAUTH_SOURCE_MANDATE,		/* our own record of the mandate */
	GAUTH_SOURCE_SNAPSHOT		/* a trusted caller has verified it */
} GauthCredentialSource;

typedef enum GauthTested
{
	GAUTH_TESTED_NOT,
	GAUTH_TESTED_GOOD,
	GAUTH_TESTED_BAD
} GauthTested;

/* what the verification of the credential found; times in seconds */
typedef struct GauthEvidence
{
	GauthCredentialSource source;
	GauthStatus status;			/* of the verification as a whole */
	GauthTested signature;		/* of a token */
	GauthTested checksum;		/* the scope's, against what was signed */
	GauthTested tools_hash;		/* against the verbs of the mandate */
	GauthTested platform_hash;
	GauthSpan	version;		/* gauth.version or schema_version */
	GauthSpan	subject;		/* of the token; empty: the credential's */
	GauthSpan	customer;		/* of the token; empty: the credential's */
	GauthSpan	project;
	GauthSpan	token_id;
	GauthSpan	scope;			/* of the token, canonical; empty: none */
	GauthNames	audience;		/* of the token */
	int64_t		not_before;		/* or absent */
	int64_t		expires_at;		/* or absent */
} GauthEvidence;

/* the status of a mandate (RFC 0118 section 3.2) */
typedef enum GauthStanding
{
	GAUTH_STANDING_DRAFT,
	GAUTH_STANDING_ACTIVE,
	GAUTH_STANDING_SUSPENDED,
	GAUTH_STANDING_REVOKED,
	GAUTH_STANDING_EXPIRED,
	GAUTH_STANDING_BUDGET_EXCEEDED,
	GAUTH_STANDING_SUPERSEDED
} GauthStanding;

/* an approval of this action: same mandate, verb, resource, enough money */
typedef struct GauthApprovalGiven
{
	GauthSpan	approver;		/* who was entitled when it was given */
	int64_t		expires_at;		/* seconds, or absent */
} GauthApprovalGiven;

/* what the mandate's own row says at this moment */
typedef struct GauthLiveMandate
{
	bool		known;
	bool		own;			/* read from our tables, not told to us */
	GauthSpan	mandate;
	GauthStanding standing;
	GauthSpan	successor;		/* may act in the agent's place; or empty */
	int64_t		expires_at;		/* seconds, or absent */
	int64_t		budget_total;	/* cents, or absent */
	int64_t		budget_remaining;	/* neither spent nor held; or absent */
	int64_t		hold;			/* what the caller itself holds; or absent */
	int64_t		tool_calls_used;	/* in the session; or absent */
	int64_t		session_started_at; /* seconds, or absent */
	uint32_t	approval_count;
	const GauthApprovalGiven *approvals;
	bool		chain_recorded; /* the credential's chain is our own record */
	const GauthPowers *origin;	/* the powers at the top of the chain; NULL:
								 * those of the credential */
} GauthLiveMandate;

/*
 * What somebody else has found about the principal, the representative, the
 * owner or the definition.  It becomes part of the check it belongs to.
 */
typedef struct GauthFinding
{
	GauthCheckId check;
	GauthViolationCode code;
	GauthSeverity severity;
	const char *message;		/* static */
	GauthDetail *details;
} GauthFinding;

/* approvals that a definition asks for, beyond those of the mandate */
typedef struct GauthQuorum
{
	uint32_t	approvers;		/* distinct ones; 0: no more than otherwise */
	GauthNames	named;			/* all of these have to be among them */
} GauthQuorum;

typedef struct GauthEnforceSettings
{
	GauthNames	audience;		/* names of this service; not given: the
								 * verification has looked at it */
	GauthNames	customers;		/* that are served here; not given: all */
	GauthNames	projects;
	bool		strict_sectors; /* for every profile */
	bool		strict_regions;
	int64_t		budget_warning; /* percent of the total */
	int64_t		session_leeway; /* seconds that a caller's clock may be ahead */
} GauthEnforceSettings;

typedef struct GauthEnforceInput
{
	int64_t		now;			/* seconds */
	const GauthEnforceRequest *request;
	const GauthCredential *credential;	/* NULL: there is none to read */
	const GauthCeiling *ceiling;	/* of its profile; NULL: not known */
	GauthEvidence evidence;
	GauthLiveMandate live;
	GauthTrust	local_trust;	/* absent: not known */
	GauthTrust	cross_trust;
	GauthQuorum quorum;
	uint32_t	finding_count;
	const GauthFinding *findings;
	GauthEnforceSettings settings;
} GauthEnforceInput;

typedef enum GauthCheckResult
{
	GAUTH_CHECK_PASS,
	GAUTH_CHECK_FAIL,
	GAUTH_CHECK_SKIP,
	GAUTH_CHECK_CONSTRAIN
} GauthCheckResult;

typedef struct GauthCheckOutcome
{
	GauthCheckId check;
	bool		delegated;		/* made again with what a delegation left */
	GauthCheckResult result;
	const char *detail;			/* static */
} GauthCheckOutcome;

typedef struct GauthViolation GauthViolation;

struct GauthViolation
{
	GauthCheckId check;
	bool		delegated;
	GauthViolationCode code;
	GauthSeverity severity;
	const char *message;		/* static */
	GauthDetail *details;
	GauthViolation *next;
};

typedef struct GauthConstraint GauthConstraint;

struct GauthConstraint
{
	GauthCheckId check;
	bool		delegated;
	const char *type;			/* static */
	GauthFact	requested;
	GauthFact	enforced;
	GauthConstraint *next;
};

typedef enum GauthRuling
{
	GAUTH_RULING_PERMIT,
	GAUTH_RULING_DENY,
	GAUTH_RULING_CONSTRAIN
} GauthRuling;

/* room for every check once and the narrowed ones twice */
#define GAUTH_CHECK_OUTCOMES_MAX \
	(GAUTH_CHECK_COUNT + GAUTH_CHECK_NARROWED_COUNT)

typedef struct GauthEnforceDecision
{
	GauthRuling ruling;
	GauthEnforceMode mode;
	uint32_t	outcome_count;
	GauthCheckOutcome outcomes[GAUTH_CHECK_OUTCOMES_MAX];
	GauthViolation *violations; /* in the order of the outcomes */
	GauthConstraint *constraints;	/* none unless it is a constraint */
} GauthEnforceDecision;

extern GauthStatus gauth_enforce(GauthArena *arena,
								 const GauthEnforceInput *input,
								 GauthEnforceDecision *decision);
extern GauthStatus gauth_enforce_credential(GauthArena *arena,
											const GauthEnforceInput *input,
											GauthEnforceDecision *decision);
extern GauthEnforceMode gauth_enforce_mode(const GauthEnforceInput *input);
extern int64_t gauth_enforce_cost(const GauthEnforceRequest *request,
								  const GauthPowers *powers);

extern bool gauth_names_contain(const GauthNames *names, GauthSpan name);
extern const char *gauth_check_id(GauthCheckId check, bool delegated);
extern const char *gauth_check_name(GauthCheckId check);
extern const char *gauth_check_result_name(GauthCheckResult result);
extern const char *gauth_violation_code_name(GauthViolationCode code);
extern const char *gauth_ruling_name(GauthRuling ruling);
extern const char *gauth_enforce_mode_name(GauthEnforceMode mode);

#endif							/* GAUTH_DECISION_ENFORCE_H */
