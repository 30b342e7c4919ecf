/*
 * credential.c
 *		Reading a credential (RFC 0116 section 4.3 and appendix B) or the
 *		request for one (RFC 0118 section 4.1).
 *
 * The two differ in what they demand: a request has no issuer yet, for that
 * is us, but must say who asks, with which budget and for how long.  A member
 * that neither names is ignored, except in "conditions", which the schema
 * closes.
 */
#include "poa/credential.h"

#include "poa/read.h"
#include "poa/words.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* a scheme, a colon, and something that needs no escape (RFC 3986) */
static bool
is_uri(GauthSpan text)
{
	size_t		i = 0;

	if (text.len == 0 || !is_letter(text.data[0]))
		return false;
	while (i < text.len && text.data[i] != ':')
	{
		char		c = text.data[i++];

		if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' &&
			c != '-' && c != '.')
			return false;
	}
	if (i + 1 >= text.len)
		return false;
	for (i++; i < text.len; i++)
	{
		unsigned char c = (unsigned char) text.data[i];

		if (c <= 0x20 || c >= 0x7f || strchr("\"<>\\^`{|}", c) != NULL)
			return false;
	}
	return true;
}

/*
 * gauth_schema_version_known
 *		Versions 0116.2.x and 0116.2.x.y: a higher x adds members that may be
 *		ignored, another major version may mean anything.
 */
bool
gauth_schema_version_known(GauthSpan version)
{
	GauthSpan	prefix = GAUTH_SPAN("0116.2.");
	int			dots = 0;
	bool		digit = false;	/* before this character */
	size_t		i;

	if (!gauth_span_starts_with(version, prefix))
		return false;
	for (i = prefix.len; i < version.len; i++)
	{
		if (version.data[i] >= '0' && version.data[i] <= '9')
			digit = true;
		else if (version.data[i] == '.' && digit && dots++ == 0)
			digit = false;
		else
			return false;
	}
	return digit;
}

static GauthSpan
member_text(GauthReader *reader, const GauthField *object, const char *name,
			GauthPresence presence)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_text(reader, &field, presence);
}

static int64_t
member_integer(GauthReader *reader, const GauthField *object,
			   const char *name, int64_t minimum)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_integer(reader, &field, GAUTH_OPTIONAL, minimum);
}

static void
read_version(GauthReader *reader, const GauthField *document,
			 GauthCredential *credential)
{
	GauthField	field = gauth_field_get(document, "schema_version");
	GauthSpan	version = gauth_read_text(reader, &field, GAUTH_OPTIONAL);

	if (version.len > 0 && !gauth_schema_version_known(version))
		gauth_read_problem(reader, &field, GAUTH_CODE_SCHEMA,
						   "must be " GAUTH_SCHEMA_VERSION
						   " or a version that is compatible with it");
	else
		credential->schema_version = version;
}

static void
read_parties(GauthReader *reader, const GauthField *parties, bool requested,
			 GauthCredential *credential)
{
	GauthField	field = gauth_field_get(parties, "issuer");

	credential->issuer = gauth_read_text(reader, &field, requested ?
										 GAUTH_OPTIONAL : GAUTH_REQUIRED);
	if (credential->issuer.len > 0 && !is_uri(credential->issuer))
		gauth_read_problem(reader, &field, GAUTH_CODE_SCHEMA,
						   "must be a URI");
	credential->subject = member_text(reader, parties, "subject",
									  GAUTH_REQUIRED);
	credential->customer = member_text(reader, parties, "customer_id",
									   GAUTH_REQUIRED);
	credential->project = member_text(reader, parties, "project_id",
									  GAUTH_REQUIRED);
	credential->issued_by = member_text(reader, parties, "issued_by",
										requested ? GAUTH_REQUIRED :
										GAUTH_OPTIONAL);
	field = gauth_field_get(parties, "approval_chain");
	credential->approval_chain = gauth_read_names(reader, &field,
												  GAUTH_ITEM_TEXT);
}

static void
read_budget(GauthReader *reader, const GauthField *budget, bool requested,
			GauthCredential *credential)
{
	GauthField	field = gauth_field_get(budget, "total_cents");

	credential->budget_total = gauth_read_integer(reader, &field, requested ?
												  GAUTH_REQUIRED :
												  GAUTH_OPTIONAL, 0);
	field = gauth_field_get(budget, "remaining_cents");
	credential->budget_remaining = gauth_read_integer(reader, &field,
													  GAUTH_OPTIONAL, 0);
	if (credential->budget_total != GAUTH_ABSENT &&
		credential->budget_remaining > credential->budget_total)
		gauth_read_problem(reader, &field, GAUTH_CODE_SCHEMA,
						   "must not exceed total_cents");
}

static void
read_session_limits(GauthReader *reader, const GauthField *limits,
					GauthCredential *credential)
{
	GauthField	field;

	credential->max_tool_calls = member_integer(reader, limits,
												"max_tool_calls", 1);
	credential->remaining_tool_calls = member_integer(reader, limits,
													  "remaining_tool_calls",
													  0);
	credential->max_lines_per_commit = member_integer(reader, limits,
													  "max_lines_per_commit",
													  1);
	credential->max_session_minutes =
		member_integer(reader, limits, "max_session_duration_minutes", 1);
	credential->session = member_text(reader, limits, "session_id",
									  GAUTH_OPTIONAL);
	field = gauth_field_get(limits, "started_at");
	credential->session_started_at = gauth_read_instant(reader, &field,
														GAUTH_OPTIONAL);
}

static void
read_requirements(GauthReader *reader, const GauthField *requirements,
				  bool requested, GauthCredential *credential)
{
	GauthPresence presence = requested ? GAUTH_REQUIRED : GAUTH_OPTIONAL;
	GauthField	field = gauth_field_get(requirements, "approval_mode");
	int			word = gauth_read_word(reader, &field, GAUTH_REQUIRED,
									   gauth_approval_words);

	credential->approval_given = word >= 0;
	credential->approval = word >= 0 ? (GauthApproval) word :
		GAUTH_APPROVAL_FOUR_EYES;
	field = gauth_field_alias(requirements, "requires_approval_for",
							  "requiresApprovalFor");
	credential->approval_needed_for = gauth_read_names(reader, &field,
													   GAUTH_ITEM_VERB);

	field = gauth_field_get(requirements, "budget");
	if (gauth_read_object(reader, &field, presence))
		read_budget(reader, &field, requested, credential);
	field = gauth_field_get(requirements, "session_limits");
	if (gauth_read_object(reader, &field, GAUTH_OPTIONAL))
		read_session_limits(reader, &field, credential);
	field = gauth_field_get(requirements, "ttl_seconds");
	credential->ttl_seconds = gauth_read_integer(reader, &field, presence,
												 60);
}

static void
read_conditions(GauthReader *reader, const GauthField *conditions,
				GauthCredential *credential)
{
	GauthField	field = gauth_field_get(conditions, "min_trust_class");
	const GauthJson *member;
	int			word = gauth_read_word(reader, &field, GAUTH_OPTIONAL,
									   gauth_trust_words);

	if (word >= 0)
		credential->min_trust = (GauthTrust) word;
	field = gauth_field_get(conditions, "continuous_verification");
	credential->continuous_verification = gauth_read_flag(reader, &field,
														  GAUTH_OPTIONAL);
	for (member = conditions->json->first; member != NULL;
		 member = member->next)
	{
		if (gauth_span_is(member->name, "min_trust_class") ||
			gauth_span_is(member->name, "continuous_verification"))
			continue;
		field = gauth_field_member(conditions, member);
		gauth_read_problem(reader, &field, GAUTH_CODE_SCHEMA,
						   "is not allowed here");
	}
}

static void
read_delegation(GauthReader *reader, const GauthField *entry,
				GauthDelegation *delegation)
{
	GauthField	field;

	delegation->delegated_at = GAUTH_ABSENT;
	delegation->max_depth_remaining = GAUTH_ABSENT;
	delegation->delegator = member_text(reader, entry, "delegator",
										GAUTH_REQUIRED);
	delegation->delegate = member_text(reader, entry, "delegate",
									   GAUTH_REQUIRED);
	field = gauth_field_get(entry, "scope_restriction");
	if (gauth_restriction_read_field(reader, &field,
									 &delegation->restriction) != GAUTH_OK)
		reader->problems->failed = true;
	field = gauth_field_get(entry, "delegated_at");
	delegation->delegated_at = gauth_read_instant(reader, &field,
												  GAUTH_OPTIONAL);
	delegation->max_depth_remaining = member_integer(reader, entry,
													 "max_depth_remaining",
													 0);
}

static void
read_chain(GauthReader *reader, const GauthField *chain,
		   GauthCredential *credential)
{
	const GauthJson *element;
	uint32_t	count = 0;

	if (!gauth_read_array(reader, chain, GAUTH_OPTIONAL))
		return;
	if (chain->json->count > GAUTH_CHAIN_MAX)
	{
		gauth_read_problem(reader, chain, GAUTH_CODE_SCHEMA,
						   "must not have more than 10 entries");
		return;
	}
	credential->delegations = gauth_arena_array(reader->arena,
												chain->json->count,
												sizeof(GauthDelegation));
	if (credential->delegations == NULL)
	{
		reader->problems->failed = true;
		return;
	}
	for (element = chain->json->first; element != NULL;
		 element = element->next)
	{
		GauthField	entry = gauth_field_element(chain, element, count);

		if (!gauth_read_object(reader, &entry, GAUTH_REQUIRED))
			entry.json = NULL;
		read_delegation(reader, &entry, &credential->delegations[count++]);
	}
	credential->delegation_count = count;
}

static void
init_credential(GauthCredential *credential, const GauthJson *json)
{
	memset(credential, 0, sizeof(*credential));
	credential->json = json;
	credential->approval = GAUTH_APPROVAL_FOUR_EYES;
	credential->budget_total = GAUTH_ABSENT;
	credential->budget_remaining = GAUTH_ABSENT;
	credential->max_tool_calls = GAUTH_ABSENT;
	credential->remaining_tool_calls = GAUTH_ABSENT;
	credential->max_lines_per_commit = GAUTH_ABSENT;
	credential->max_session_minutes = GAUTH_ABSENT;
	credential->session_started_at = GAUTH_ABSENT;
	credential->ttl_seconds = GAUTH_ABSENT;
	credential->min_trust = GAUTH_TRUST_ABSENT;
	credential->continuous_verification = GAUTH_FLAG_ABSENT;
}

/*
 * gauth_credential_read
 *		Read a credential, or a request for one.
 *
 * GAUTH_OUT_OF_MEMORY is the only failure: then the list of problems is not
 * complete and the credential is not to be used.
 */
GauthStatus
gauth_credential_read(GauthArena *arena, const GauthJson *json,
					  GauthCredentialForm form, GauthCredential *credential,
					  GauthProblems *problems)
{
	GauthReader reader = {arena, problems};
	bool		requested = form == GAUTH_CREDENTIAL_REQUESTED;
	GauthField	document = gauth_field_root(gauth_span(NULL, 0), json);
	GauthField	field;

	init_credential(credential, json);
	if (!gauth_read_object(&reader, &document, GAUTH_REQUIRED))
		document.json = NULL;
	read_version(&reader, &document, credential);
	field = gauth_field_get(&document, "parties");
	if (gauth_read_object(&reader, &field, GAUTH_REQUIRED))
		read_parties(&reader, &field, requested, credential);
	field = gauth_field_get(&document, "scope");
	if (gauth_powers_read_field(&reader, &field,
								&credential->powers) != GAUTH_OK)
		problems->failed = true;
	field = gauth_field_get(&document, "requirements");
	if (gauth_read_object(&reader, &field, GAUTH_REQUIRED))
		read_requirements(&reader, &field, requested, credential);
	field = gauth_field_get(&document, "conditions");
	if (gauth_read_object(&reader, &field, GAUTH_OPTIONAL))
		read_conditions(&reader, &field, credential);
	field = gauth_field_get(&document, "delegation_chain");
	read_chain(&reader, &field, credential);
	return problems->failed ? GAUTH_OUT_OF_MEMORY : GAUTH_OK;
}
