/*
 * extended.c
 *		The claims of an extended token (RFC 0116 section 5, appendix C).
 *
 * Reading comes after the signature and the standard claims have been judged
 * by the rules of every token; here is what an extended token needs besides.
 * Members that are not known are passed over (section 13.3), members that are
 * known have their form.
 */
#include "poa/extended.h"

#include "base/json_write.h"
#include "base/text.h"

/* the claim that makes a token an extended one, and the one beside it */
#define NAMESPACE			"gauth"
#define MANDATE_NAMESPACE	"gauth_mandate"

/*
 * gauth_extended_is
 *		Does the token claim to be an extended one?
 */
bool
gauth_extended_is(const GauthClaims *claims)
{
	return gauth_json_get(claims->json, NAMESPACE) != NULL ||
		gauth_json_get(claims->json, MANDATE_NAMESPACE) != NULL;
}

/*
 * gauth_extended_algorithm
 *		May an extended token be signed so (section 5.2)?
 */
bool
gauth_extended_algorithm(GauthAlgorithm algorithm)
{
	return algorithm == GAUTH_RS256 || algorithm == GAUTH_ES256;
}

/*
 * gauth_extended_check_header
 *		RS256 or ES256, with the key's name and the type "JWT".
 */
GauthStatus
gauth_extended_check_header(const GauthJws *jws, GauthError *err)
{
	if (!gauth_extended_algorithm(jws->algorithm))
		return gauth_fail(err, GAUTH_ALGORITHM_REFUSED, "alg");
	if (!jws->has_kid)
		return gauth_fail(err, GAUTH_HEADER_REFUSED, "kid");
	if (!gauth_span_is(jws->typ, "JWT"))
		return gauth_fail(err, GAUTH_HEADER_REFUSED, "typ");
	return GAUTH_OK;
}

static GauthStatus
missing(GauthError *err, const char *name)
{
	return gauth_fail(err, GAUTH_CLAIM_MISSING, name);
}

static GauthStatus
invalid(GauthError *err, const char *name)
{
	return gauth_fail(err, GAUTH_CLAIM_INVALID, name);
}

/* all seven are required (section 5.3) */
static GauthStatus
check_standard(const GauthClaims *claims, GauthError *err)
{
	if (!claims->has_issuer)
		return missing(err, "iss");
	if (!claims->has_subject)
		return missing(err, "sub");
	if (claims->audience == NULL)
		return missing(err, "aud");
	if (!claims->has_expires_at)
		return missing(err, "exp");
	if (!claims->has_issued_at)
		return missing(err, "iat");
	if (!claims->has_not_before)
		return missing(err, "nbf");
	if (!claims->has_token_id)
		return missing(err, "jti");
	return claims->token_id.len == 0 ? invalid(err, "jti") : GAUTH_OK;
}

/* a required string that is not empty; "what" is its whole name */
static GauthStatus
read_text(const GauthJson *object, const char *name, const char *what,
		  GauthSpan *text, GauthError *err)
{
	const GauthJson *member = gauth_json_get(object, name);

	if (member == NULL)
		return missing(err, what);
	if (member->type != GAUTH_JSON_STRING || member->text.len == 0)
		return invalid(err, what);
	*text = member->text;
	return GAUTH_OK;
}

static bool
is_checksum(GauthSpan text)
{
	size_t		i;

	if (text.len != GAUTH_CHECKSUM_LENGTH ||
		!gauth_span_starts_with(text, GAUTH_SPAN("sha256:")))
		return false;
	for (i = sizeof("sha256:") - 1; i < text.len; i++)
	{
		char		c = text.data[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

static GauthStatus
read_checksum(const GauthJson *object, const char *name, const char *what,
			  GauthSpan *text, GauthError *err)
{
	GauthStatus status = read_text(object, name, what, text, err);

	if (status == GAUTH_OK && !is_checksum(*text))
		status = invalid(err, what);
	return status;
}

static GauthStatus
check_names(const GauthJson *object, const char *name, const char *what,
			GauthError *err)
{
	const GauthJson *list = gauth_json_get(object, name);
	const GauthJson *item;

	if (list == NULL)
		return missing(err, what);
	if (list->type != GAUTH_JSON_ARRAY)
		return invalid(err, what);
	for (item = list->first; item != NULL; item = item->next)
	{
		if (item->type != GAUTH_JSON_STRING)
			return invalid(err, what);
	}
	return GAUTH_OK;
}

static GauthStatus
read_scope(const GauthJson *gauth, GauthExtended *extended, GauthError *err)
{
	const GauthJson *scope = gauth_json_get(gauth, "scope");
	GauthSpan	text;
	GauthStatus status;

	if (scope == NULL)
		return missing(err, "gauth.scope");
	if (scope->type != GAUTH_JSON_OBJECT)
		return invalid(err, "gauth.scope");
	status = read_text(scope, "governance_profile",
					   "gauth.scope.governance_profile", &text, err);
	if (status == GAUTH_OK && !gauth_profile_find(text, &extended->profile))
		status = invalid(err, "gauth.scope.governance_profile");
	if (status == GAUTH_OK)
		status = read_text(scope, "phase", "gauth.scope.phase", &text, err);
	if (status == GAUTH_OK && !gauth_phase_find(text, &extended->phase))
		status = invalid(err, "gauth.scope.phase");
	if (status == GAUTH_OK)
		status = check_names(scope, "active_modules",
							 "gauth.scope.active_modules", err);
	if (status == GAUTH_OK)
		status = check_names(scope, "allowed_paths",
							 "gauth.scope.allowed_paths", err);
	if (status == GAUTH_OK)
		status = check_names(scope, "denied_paths",
							 "gauth.scope.denied_paths", err);
	return status;
}

static GauthStatus
read_hashes(const GauthJson *gauth, GauthExtended *extended, GauthError *err)
{
	GauthStatus status;

	status = read_checksum(gauth, "scope_checksum", "gauth.scope_checksum",
						   &extended->scope_checksum, err);
	if (status == GAUTH_OK)
		status = read_checksum(gauth, "tool_permissions_hash",
							   "gauth.tool_permissions_hash",
							   &extended->tool_permissions_hash, err);
	if (status == GAUTH_OK)
		status = read_checksum(gauth, "platform_permissions_hash",
							   "gauth.platform_permissions_hash",
							   &extended->platform_permissions_hash, err);
	return status;
}

static GauthStatus
read_names(const GauthJson *gauth, GauthExtended *extended, GauthError *err)
{
	GauthStatus status;

	status = read_text(gauth, "version", "gauth.version",
					   &extended->version, err);
	if (status == GAUTH_OK && !gauth_schema_version_known(extended->version))
		status = invalid(err, "gauth.version");
	if (status == GAUTH_OK)
		status = read_text(gauth, "credential_id", "gauth.credential_id",
						   &extended->credential, err);
	if (status == GAUTH_OK)
		status = read_text(gauth, "customer_id", "gauth.customer_id",
						   &extended->customer, err);
	if (status == GAUTH_OK)
		status = read_text(gauth, "project_id", "gauth.project_id",
						   &extended->project, err);
	if (status == GAUTH_OK)
		status = read_text(gauth, "issued_by", "gauth.issued_by",
						   &extended->issued_by, err);
	return status;
}

static GauthStatus
read_approval(const GauthJson *gauth, GauthExtended *extended,
			  GauthError *err)
{
	GauthSpan	mode;
	GauthStatus status = read_text(gauth, "approval_mode",
								   "gauth.approval_mode", &mode, err);

	if (status == GAUTH_OK && !gauth_approval_find(mode, &extended->approval))
		status = invalid(err, "gauth.approval_mode");
	return status;
}

/* a whole number of "least" or more, or absent */
static bool
read_number(const GauthJson *object, const char *name, int64_t least,
			int64_t *number)
{
	const GauthJson *member =
		object == NULL ? NULL : gauth_json_get(object, name);

	*number = GAUTH_ABSENT;
	return member == NULL || (member->type == GAUTH_JSON_NUMBER &&
							  gauth_json_to_int64(member, number) &&
							  *number >= least);
}

static GauthStatus
read_budget(const GauthJson *mandate, GauthExtended *extended,
			GauthError *err)
{
	const GauthJson *budget = gauth_json_get(mandate, "budget");

	if (budget != NULL && budget->type != GAUTH_JSON_OBJECT)
		return invalid(err, "gauth_mandate.budget");
	if (!read_number(budget, "total_cents", 0, &extended->budget_total))
		return invalid(err, "gauth_mandate.budget.total_cents");
	if (!read_number(budget, "remaining_cents", 0,
					 &extended->budget_remaining) ||
		extended->budget_remaining > extended->budget_total)
		return invalid(err, "gauth_mandate.budget.remaining_cents");
	return GAUTH_OK;
}

static GauthStatus
check_session(const GauthJson *mandate, GauthError *err)
{
	const GauthJson *session = gauth_json_get(mandate, "session");
	const GauthJson *id;
	int64_t		ignored;

	if (session == NULL)
		return GAUTH_OK;
	if (session->type != GAUTH_JSON_OBJECT)
		return invalid(err, "gauth_mandate.session");
	id = gauth_json_get(session, "session_id");
	if (id != NULL && (id->type != GAUTH_JSON_STRING ||
					   !gauth_span_starts_with(id->text,
											   GAUTH_SPAN("sess_"))))
		return invalid(err, "gauth_mandate.session.session_id");
	if (!read_number(session, "remaining_tool_calls", 0, &ignored))
		return invalid(err, "gauth_mandate.session.remaining_tool_calls");
	if (!read_number(session, "max_lines_per_commit", 1, &ignored))
		return invalid(err, "gauth_mandate.session.max_lines_per_commit");
	return GAUTH_OK;
}

static bool
is_status(GauthSpan status)
{
	return gauth_span_is(status, "active") ||
		gauth_span_is(status, "expired") ||
		gauth_span_is(status, "revoked") ||
		gauth_span_is(status, "budget_exceeded") ||
		gauth_span_is(status, "superseded");
}

/* the namespace is there only while a mandate is active (section 5.5) */
static GauthStatus
read_mandate(const GauthClaims *claims, GauthExtended *extended,
			 GauthError *err)
{
	const GauthJson *mandate = gauth_json_get(claims->json,
											  MANDATE_NAMESPACE);
	GauthStatus status;

	if (mandate == NULL)
		return GAUTH_OK;
	if (mandate->type != GAUTH_JSON_OBJECT)
		return invalid(err, "gauth_mandate");
	extended->has_mandate = true;
	status = read_text(mandate, "mandate_id", "gauth_mandate.mandate_id",
					   &extended->mandate, err);
	if (status == GAUTH_OK &&
		!gauth_span_starts_with(extended->mandate, GAUTH_SPAN("mdt_")))
		status = invalid(err, "gauth_mandate.mandate_id");
	if (status == GAUTH_OK)
		status = read_text(mandate, "mandate_status",
						   "gauth_mandate.mandate_status",
						   &extended->mandate_status, err);
	if (status == GAUTH_OK && !is_status(extended->mandate_status))
		status = invalid(err, "gauth_mandate.mandate_status");
	if (status == GAUTH_OK)
		status = read_budget(mandate, extended, err);
	if (status == GAUTH_OK)
		status = check_session(mandate, err);
	if (status == GAUTH_OK &&
		gauth_json_get(mandate, "agent_capability_hash") != NULL)
		status = read_checksum(mandate, "agent_capability_hash",
							   "gauth_mandate.agent_capability_hash",
							   &extended->capability_hash, err);
	return status;
}

/*
 * gauth_extended_read
 *		What an extended token says; the claims have met the rules of every
 *		token already.
 *
 * GAUTH_CLAIM_MISSING and GAUTH_CLAIM_INVALID name the claim.
 */
GauthStatus
gauth_extended_read(const GauthClaims *claims, GauthExtended *extended,
					GauthError *err)
{
	const GauthJson *gauth = gauth_json_get(claims->json, NAMESPACE);
	GauthStatus status;

	memset(extended, 0, sizeof(*extended));
	extended->budget_total = GAUTH_ABSENT;
	extended->budget_remaining = GAUTH_ABSENT;
	status = check_standard(claims, err);
	if (status != GAUTH_OK)
		return status;
	if (gauth == NULL)
		return missing(err, NAMESPACE);
	if (gauth->type != GAUTH_JSON_OBJECT)
		return invalid(err, NAMESPACE);
	status = read_names(gauth, extended, err);
	if (status == GAUTH_OK)
		status = read_scope(gauth, extended, err);
	if (status == GAUTH_OK)
		status = read_hashes(gauth, extended, err);
	if (status == GAUTH_OK)
		status = read_approval(gauth, extended, err);
	if (status == GAUTH_OK)
		status = read_mandate(claims, extended, err);
	return status;
}

static void
append_name(GauthText *text, const char *name)
{
	if (text->len > 0 && text->data != NULL &&
		text->data[text->len - 1] != '{')
		gauth_text_append_char(text, ',');
	gauth_text_append_json_string(text, gauth_span_of(name));
	gauth_text_append_char(text, ':');
}

static void
append_string(GauthText *text, const char *name, GauthSpan value)
{
	append_name(text, name);
	gauth_text_append_json_string(text, value);
}

static void
append_number(GauthText *text, const char *name, int64_t value)
{
	append_name(text, name);
	gauth_text_append_int64(text, value);
}

/* a member as the document has it; "otherwise" where it has none */
static void
append_copy(GauthText *text, const char *name, const GauthJson *object,
			const char *otherwise)
{
	const GauthJson *member =
		object == NULL ? NULL : gauth_json_get(object, name);

	if (member == NULL && otherwise == NULL)
		return;
	append_name(text, name);
	if (member == NULL)
		gauth_text_append(text, gauth_span_of(otherwise));
	else
		gauth_text_append_json(text, member);
}

static void
append_standard(GauthText *text, const GauthExtendedSource *source)
{
	int			i;

	append_string(text, "iss", source->issuer);
	append_string(text, "sub", source->subject);
	append_name(text, "aud");
	for (i = 0; i < source->audience_count; i++)
	{
		gauth_text_append_char(text, i == 0 ? '[' : ',');
		gauth_text_append_json_string(text, source->audiences[i]);
	}
	gauth_text_append_char(text, ']');
	append_number(text, "exp", source->expires_at);
	append_number(text, "iat", source->issued_at);
	append_number(text, "nbf", source->issued_at);
	append_string(text, "jti", source->token_id);
	if (source->scope.data != NULL)
		append_string(text, "scope", source->scope);
}

static void
append_gauth(GauthText *text, const GauthExtendedSource *source)
{
	const GauthCredential *credential = source->credential;
	const GauthJson *scope = credential->powers.json;

	append_name(text, NAMESPACE);
	gauth_text_append_char(text, '{');
	append_string(text, "version", GAUTH_SPAN(GAUTH_SCHEMA_VERSION));
	append_string(text, "credential_id", source->mandate);
	append_string(text, "customer_id", credential->customer);
	append_string(text, "project_id", credential->project);
	append_string(text, "issued_by", credential->issued_by);
	append_name(text, "scope");
	gauth_text_append_char(text, '{');
	append_copy(text, "governance_profile", scope, "null");
	append_copy(text, "phase", scope, "null");
	append_copy(text, "active_modules", scope, "[]");
	append_copy(text, "allowed_paths", scope, "[]");
	append_copy(text, "denied_paths", scope, "[]");
	gauth_text_append_char(text, '}');
	append_string(text, "scope_checksum", source->scope_checksum);
	append_string(text, "tool_permissions_hash",
				  source->tool_permissions_hash);
	append_string(text, "platform_permissions_hash",
				  source->platform_permissions_hash);
	append_string(text, "approval_mode",
				  gauth_span_of(gauth_approval_name(credential->approval)));
	gauth_text_append_char(text, '}');
}

static void
append_mandate(GauthText *text, const GauthExtendedSource *source)
{
	const GauthJson *requirements =
		gauth_json_get(source->credential->json, "requirements");
	const GauthJson *limits = requirements == NULL ? NULL :
		gauth_json_get(requirements, "session_limits");

	append_name(text, MANDATE_NAMESPACE);
	gauth_text_append_char(text, '{');
	append_string(text, "mandate_id", source->mandate);
	append_string(text, "mandate_status", GAUTH_SPAN("active"));
	append_name(text, "budget");
	gauth_text_append_char(text, '{');
	append_number(text, "total_cents", source->budget_total);
	append_number(text, "remaining_cents", source->budget_remaining);
	gauth_text_append_char(text, '}');
	if (limits != NULL)
	{
		append_name(text, "session");
		gauth_text_append_char(text, '{');
		append_copy(text, "session_id", limits, NULL);
		append_copy(text, "remaining_tool_calls", limits, NULL);
		append_copy(text, "max_lines_per_commit", limits, NULL);
		append_copy(text, "started_at", limits, NULL);
		gauth_text_append_char(text, '}');
	}
	append_string(text, "agent_capability_hash", source->capability_hash);
	gauth_text_append_char(text, '}');
}

/*
 * gauth_extended_write
 *		The claims of a token about an active mandate.
 */
GauthStatus
gauth_extended_write(GauthArena *arena, const GauthExtendedSource *source,
					 GauthSpan *payload)
{
	GauthText	text;

	gauth_text_init(&text, arena);
	gauth_text_append_char(&text, '{');
	append_standard(&text, source);
	append_gauth(&text, source);
	append_mandate(&text, source);
	gauth_text_append_char(&text, '}');
	return gauth_text_finish(&text, payload) ? GAUTH_OK : GAUTH_OUT_OF_MEMORY;
}
