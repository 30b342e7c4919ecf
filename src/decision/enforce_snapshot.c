/*
 * enforce_snapshot.c
 *		"poa_snapshot" and "live_mandate_state" of RFC 0117 section 4.1, which
 *		an enforcement point in front of another issuer's mandates brings
 *		along.
 *
 * Only a request that was read for a trusted caller has them.  The snapshot is
 * a credential of RFC 0116 section 4.3; times of its token may stand beside
 * it.  The permissions in the live state repeat the scope, which cannot change
 * while a mandate is in force, and are not looked at.
 */
#include "decision/enforce_snapshot.h"

#include "base/text.h"
#include "poa/read.h"

static GauthStatus
fail(const GauthProblems *problems, GauthEnforceErrorCode code,
	 GauthEnforceError *error)
{
	if (problems->failed)
		return GAUTH_OUT_OF_MEMORY;
	if (problems->count == 0)
		return GAUTH_OK;
	error->code = code;
	error->failed_field = problems->first->path;
	error->rule = problems->first->rule;
	return GAUTH_INVALID_VALUE;
}

/* the reader of credentials does not know where the credential stands */
static GauthStatus
place_in_request(GauthArena *arena, GauthEnforceError *error)
{
	GauthSpan	place = GAUTH_SPAN("credential.poa_snapshot");
	GauthText	text;

	if (gauth_span_starts_with(error->failed_field, place))
		return GAUTH_INVALID_VALUE;
	gauth_text_init(&text, arena);
	gauth_text_append(&text, place);
	gauth_text_append_char(&text, '.');
	gauth_text_append(&text, error->failed_field);
	return gauth_text_finish(&text, &error->failed_field)
		? GAUTH_INVALID_VALUE : GAUTH_OUT_OF_MEMORY;
}

static int64_t
read_number(GauthReader *reader, const GauthField *object, const char *name)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_integer(reader, &field, GAUTH_OPTIONAL, 0);
}

/*
 * gauth_enforce_read_snapshot
 *		Read the snapshot, which the caller has verified.
 */
GauthStatus
gauth_enforce_read_snapshot(GauthArena *arena,
							const GauthEnforceRequest *request,
							GauthCredential *credential,
							GauthEvidence *evidence, GauthEnforceError *error)
{
	GauthProblems problems;
	GauthReader reader = {arena, &problems};
	GauthField	root = gauth_field_root(GAUTH_SPAN("credential.poa_snapshot"),
										request->snapshot);
	GauthField	field;
	GauthStatus status;

	error->request_id = request->request_id;
	gauth_problems_init(&problems, arena);
	if (!gauth_read_object(&reader, &root, GAUTH_REQUIRED))
		return fail(&problems, GAUTH_ENFORCE_CREDENTIAL_PARSE_ERROR, error);
	status = gauth_credential_read(arena, request->snapshot,
								   GAUTH_CREDENTIAL_PRESENTED, credential,
								   &problems);
	if (status != GAUTH_OK)
		return status;

	memset(evidence, 0, sizeof(*evidence));
	evidence->source = GAUTH_SOURCE_SNAPSHOT;
	evidence->version = credential->schema_version;
	evidence->expires_at = read_number(&reader, &root, "exp");
	evidence->not_before = read_number(&reader, &root, "nbf");
	field = gauth_field_get(&root, "jti");
	evidence->token_id = gauth_read_text(&reader, &field, GAUTH_OPTIONAL);
	status = fail(&problems, GAUTH_ENFORCE_CREDENTIAL_PARSE_ERROR, error);
	return status == GAUTH_INVALID_VALUE ? place_in_request(arena, error)
		: status;
}

/*
 * gauth_enforce_read_live
 *		Read the state of the mandate, as the caller has it from its issuer.
 */
GauthStatus
gauth_enforce_read_live(GauthArena *arena, const GauthEnforceRequest *request,
						GauthLiveMandate *live, GauthEnforceError *error)
{
	static const char *const words[] = {
		"draft", "active", "suspended", "revoked", "expired",
		"budget_exceeded", "superseded", NULL
	};
	GauthProblems problems;
	GauthReader reader = {arena, &problems};
	GauthSpan	place = GAUTH_SPAN("context.live_mandate_state");
	GauthField	root = gauth_field_root(place, request->live);
	GauthField	field;
	int			word;

	memset(live, 0, sizeof(*live));
	error->request_id = request->request_id;
	live->expires_at = GAUTH_ABSENT;
	live->budget_total = GAUTH_ABSENT;
	live->budget_remaining = GAUTH_ABSENT;
	live->hold = GAUTH_ABSENT;
	live->tool_calls_used = GAUTH_ABSENT;
	live->session_started_at = GAUTH_ABSENT;
	if (request->live == NULL)
		return GAUTH_OK;

	gauth_problems_init(&problems, arena);
	field = gauth_field_get(&root, "status");
	word = gauth_read_word(&reader, &field, GAUTH_REQUIRED, words);
	live->known = word >= 0;
	if (word >= 0)
		live->standing = (GauthStanding) word;
	live->mandate = request->mandate;
	live->budget_remaining = read_number(&reader, &root,
										 "budget_remaining_cents");
	return fail(&problems, GAUTH_ENFORCE_INVALID_REQUEST, error);
}
