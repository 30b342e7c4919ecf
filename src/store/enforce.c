/*
 * enforce.c
 *		Everything that a decision about an enforcement request looks at: the
 *		credential and how well it is known, the mandate's row, its budget,
 *		approvals and session, those behind it, the settings.
 *
 * Which mandate it is comes from a token, whose possession proves enough, or
 * from the identity of the transaction.  A caller who is trusted may name any
 * mandate, or bring a credential of another server along.  What is not found
 * is left out, and what is left out never helps a request.
 */
#include "store/enforce.h"

#include "decision/enforce_snapshot.h"
#include "poa/extended.h"
#include "store/enforce_setting.h"
#include "store/finding.h"
#include "store/identity.h"
#include "store/issuer.h"
#include "store/party.h"
#include "store/revocation.h"
#include "store/trust.h"

/* mandates above a delegated one: as many as a chain has links */
#define ANCESTORS_MAX	GAUTH_CHAIN_MAX

static const GauthStanding standings[GAUTH_MANDATE_STATUS_COUNT] = {
	[GAUTH_MANDATE_DRAFT] = GAUTH_STANDING_DRAFT,
	[GAUTH_MANDATE_ACTIVE] = GAUTH_STANDING_ACTIVE,
	[GAUTH_MANDATE_SUSPENDED] = GAUTH_STANDING_SUSPENDED,
	[GAUTH_MANDATE_REVOKED] = GAUTH_STANDING_REVOKED,
	[GAUTH_MANDATE_EXPIRED] = GAUTH_STANDING_EXPIRED,
	[GAUTH_MANDATE_BUDGET_EXCEEDED] = GAUTH_STANDING_BUDGET_EXCEEDED,
	[GAUTH_MANDATE_SUPERSEDED] = GAUTH_STANDING_SUPERSEDED,
};

/* the signature had verified when the verification ended with this */
static bool
is_after_signature(GauthStatus status)
{
	return status == GAUTH_OK || status >= GAUTH_TYPE_REFUSED;
}

static GauthTested
compare(GauthSpan said, GauthSpan stored)
{
	return gauth_span_equal(said, stored) ? GAUTH_TESTED_GOOD
		: GAUTH_TESTED_BAD;
}

static bool
find_mandate(GauthEnforceCase *it, GauthSpan id)
{
	it->has_mandate = gauth_mandate_find(id, it->now, &it->mandate);
	if (it->has_mandate)
		it->input.credential = it->mandate.credential;
	return it->has_mandate;
}

static void
read_times(GauthEvidence *evidence, const GauthClaims *claims)
{
	evidence->expires_at = claims->has_expires_at ? claims->expires_at
		: GAUTH_ABSENT;
	evidence->not_before = claims->has_not_before ? claims->not_before
		: GAUTH_ABSENT;
}

static void
read_evidence(GauthEnforceCase *it, const GauthJwt *jwt,
			  const GauthExtended *extended)
{
	GauthEvidence *evidence = &it->input.evidence;
	const GauthMandate *mandate = &it->mandate;

	evidence->source = GAUTH_SOURCE_TOKEN;
	evidence->signature = GAUTH_TESTED_GOOD;
	evidence->version = extended->version;
	evidence->subject = jwt->claims.subject;
	evidence->customer = extended->customer;
	evidence->project = extended->project;
	evidence->token_id = jwt->claims.token_id;
	evidence->checksum = compare(extended->scope_checksum,
								 mandate->scope_checksum);
	evidence->tools_hash = compare(extended->tool_permissions_hash,
								   mandate->tool_permissions_hash);
	evidence->platform_hash = compare(extended->platform_permissions_hash,
									  mandate->platform_permissions_hash);
	read_times(evidence, &jwt->claims);
}

/*
 * What a token says beyond its signature is held against the mandate's row by
 * the checks, so that each of them can say what it found; only what they do
 * not look at stays a failure of the verification.
 */
static GauthStatus
rest_of_status(GauthStatus status, const GauthError *err)
{
	if (strncmp(err->detail, "gauth", 5) == 0 ||
		strcmp(err->detail, "sub") == 0)
		return GAUTH_OK;
	return status;
}

static GauthStatus
fail_parse(GauthEnforceCase *it, const char *field, const char *rule)
{
	it->error.code = GAUTH_ENFORCE_CREDENTIAL_PARSE_ERROR;
	it->error.request_id = it->request.request_id;
	it->error.failed_field = gauth_span_of(field);
	it->error.rule = rule;
	return GAUTH_INVALID_VALUE;
}

static GauthStatus
collect_token(GauthArena *arena, GauthEnforceCase *it)
{
	GauthEvidence *evidence = &it->input.evidence;
	GauthIssuer *issuer;
	GauthJwt	jwt;
	GauthExtended extended;
	GauthError	err = {0};
	GauthStatus status;

	if (it->request.format != GAUTH_FORMAT_JWT)
		return fail_parse(it, "credential.format", "must be jwt");
	status = gauth_token_verify(arena, it->request.token, NULL, &jwt, &issuer,
								&err);
	if (status == GAUTH_OUT_OF_MEMORY)
		return status;
	if (status == GAUTH_TOKEN_MALFORMED || status == GAUTH_TOKEN_TOO_LARGE)
		return fail_parse(it, "credential.token", "is no token");
	if (!is_after_signature(status) || issuer == NULL || !issuer->hosted ||
		gauth_extended_read(&jwt.claims, &extended, NULL) != GAUTH_OK ||
		!find_mandate(it, extended.credential))
		return GAUTH_OK;
	/* two names for one credential have to mean the same */
	if (it->request.mandate.len > 0 &&
		!gauth_span_equal(it->request.mandate, it->mandate.id))
	{
		it->input.credential = NULL;
		return GAUTH_OK;
	}
	read_evidence(it, &jwt, &extended);
	evidence->status = status == GAUTH_OK ?
		gauth_claims_scope(arena, &jwt.claims, &evidence->scope, &err) :
		rest_of_status(status, &err);
	return GAUTH_OK;
}

/* the document stands behind the hash beside it, or could not be read */
static void
trust_record(GauthEnforceCase *it)
{
	GauthEvidence *evidence = &it->input.evidence;

	evidence->source = GAUTH_SOURCE_MANDATE;
	evidence->checksum = GAUTH_TESTED_GOOD;
	evidence->version = it->mandate.credential->schema_version;
}

static void
collect_named(GauthEnforceCase *it)
{
	const GauthIdentity *identity = gauth_identity_current();
	bool		own = identity != NULL &&
		gauth_span_equal(identity->mandate, it->request.mandate);

	if ((!it->trusted && !own) || !find_mandate(it, it->request.mandate))
		return;
	trust_record(it);
	if (own)
		it->input.evidence.scope = identity->scope;
	if (it->trusted)
		return;
	it->input.evidence.subject = identity->issuer_subject;
	it->input.evidence.token_id = identity->token_id;
}

static GauthStatus
collect_told(GauthArena *arena, GauthEnforceCase *it)
{
	GauthStatus status = gauth_enforce_read_snapshot(arena, &it->request,
													 &it->told,
													 &it->input.evidence,
													 &it->error);

	if (status == GAUTH_OK)
		status = gauth_enforce_read_live(arena, &it->request, &it->input.live,
										 &it->error);
	if (status == GAUTH_OK)
		it->input.credential = &it->told;
	return status;
}

static GauthStatus
collect_credential(GauthArena *arena, GauthEnforceCase *it)
{
	if (it->request.token.len > 0)
		return collect_token(arena, it);
	if (it->request.snapshot != NULL)
		return collect_told(arena, it);
	if (it->request.mandate.len > 0)
		collect_named(it);
	return GAUTH_OK;
}

/*
 * The powers that a chain began with.  A mandate above that is not in force
 * takes this one with it: that is done in one transaction, and looked at here
 * all the same.
 */
static void
collect_ancestors(GauthEnforceCase *it)
{
	GauthLiveMandate *live = &it->input.live;
	GauthMandate above = it->mandate;
	int			steps;

	for (steps = 0; above.parent.data != NULL; steps++)
	{
		if (steps == ANCESTORS_MAX ||
			!gauth_mandate_find(above.parent, it->now, &above))
		{
			live->known = false;
			return;
		}
		if (live->standing == GAUTH_STANDING_ACTIVE &&
			(above.status == GAUTH_MANDATE_SUSPENDED ||
			 above.status == GAUTH_MANDATE_REVOKED))
			live->standing = standings[above.status];
	}
	live->origin = &above.credential->powers;
}

/* a hold counts for whoever is trusted to take one */
static void
collect_budget(GauthEnforceCase *it)
{
	GauthLiveMandate *live = &it->input.live;
	GauthSpan	hold = it->trusted ? it->request.hold : gauth_span(NULL, 0);

	live->budget_total = it->mandate.budget_total;
	live->budget_remaining = gauth_mandate_available(&it->mandate, it->now,
													 hold);
}

static void
collect_approvals(GauthEnforceCase *it)
{
	GauthLiveMandate *live = &it->input.live;
	GauthApprovalQuery query = {
		it->mandate.id, it->request.verb, it->request.resource, 0
	};
	int64		cost = gauth_enforce_cost(&it->request,
										  &it->mandate.credential->powers);
	GauthApprovalGiven *given;
	GauthSpan  *approvers;
	int			count;
	int			i;

	if (cost != GAUTH_ABSENT)
		query.cents = cost;
	count = gauth_mandate_approvals(&query, it->now, &approvers);
	given = palloc(sizeof(*given) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		given[i].approver = approvers[i];
		given[i].expires_at = GAUTH_ABSENT;
	}
	live->approvals = given;
	live->approval_count = (uint32_t) count;
}

static void
collect_session(GauthEnforceCase *it)
{
	GauthLiveMandate *live = &it->input.live;
	GauthMandateSession session;

	if (it->request.session.len == 0 ||
		!gauth_mandate_session(it->mandate.id, it->request.session, &session))
		return;
	live->tool_calls_used = session.tool_calls;
	live->session_started_at = gauth_timestamp_seconds(session.started_at);
}

static void
collect_live(GauthEnforceCase *it)
{
	GauthLiveMandate *live = &it->input.live;
	const GauthMandate *mandate = &it->mandate;
	GauthSpan	agent = it->request.agent;

	live->known = true;
	live->own = true;
	live->chain_recorded = true;
	live->mandate = mandate->id;
	live->standing = standings[mandate->status];
	live->expires_at = TIMESTAMP_NOT_FINITE(mandate->expires_at) ? GAUTH_ABSENT
		: gauth_timestamp_seconds(mandate->expires_at);
	if (!gauth_span_equal(agent, mandate->agent) &&
		gauth_party_succeeds(mandate->agent, agent))
		live->successor = agent;
	if (mandate->parent.data != NULL)
		collect_ancestors(it);
	collect_budget(it);
	collect_session(it);
	gauth_findings_collect(mandate, it->now, &it->input);
	collect_approvals(it);
}

/* nothing is known yet */
static void
begin(GauthEnforceCase *it)
{
	GauthEnforceInput *input = &it->input;

	memset(input, 0, sizeof(*input));
	it->has_mandate = false;
	input->now = gauth_timestamp_seconds(it->now);
	input->request = &it->request;
	input->evidence.source = GAUTH_SOURCE_NONE;
	input->evidence.expires_at = GAUTH_ABSENT;
	input->evidence.not_before = GAUTH_ABSENT;
	input->live.expires_at = GAUTH_ABSENT;
	input->live.budget_total = GAUTH_ABSENT;
	input->live.budget_remaining = GAUTH_ABSENT;
	input->live.hold = GAUTH_ABSENT;
	input->live.tool_calls_used = GAUTH_ABSENT;
	input->live.session_started_at = GAUTH_ABSENT;
	input->local_trust = GAUTH_TRUST_ABSENT;
	input->cross_trust = GAUTH_TRUST_ABSENT;
}

/*
 * gauth_enforce_collect
 *		Look at everything, for the request in "it".
 *
 * GAUTH_INVALID_VALUE: the credential cannot be read, and "it" has the error
 * object.  Anything else that is not GAUTH_OK is an error of ours.
 */
GauthStatus
gauth_enforce_collect(GauthArena *arena, GauthEnforceCase *it)
{
	GauthStatus status;

	begin(it);
	status = collect_credential(arena, it);
	if (status != GAUTH_OK || it->input.credential == NULL)
		return status;
	it->input.ceiling =
		gauth_ceiling_of(it->input.credential->powers.profile);
	it->input.settings = *gauth_enforce_settings();
	if (it->input.credential->min_trust != GAUTH_TRUST_ABSENT)
		gauth_trust_of_agent(it->request.agent, &it->input.local_trust,
							 &it->input.cross_trust);
	if (it->has_mandate)
		collect_live(it);
	return GAUTH_OK;
}
