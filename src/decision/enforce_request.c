/*
 * enforce_request.c
 *		Reading an enforcement request (RFC 0117 section 4.1).
 *
 * Members that are not known are ignored (section 12.3); a member that is
 * known has to be of its type.  The first one that is not is what the answer
 * names.  Nothing of a request is repeated but its id.
 */
#include "decision/enforce_request.h"

#include "poa/read.h"
#include "poa/verb.h"

/* characters of a request's id; what is longer is not repeated */
#define REQUEST_ID_MAX	200

static const char *const format_words[] = {"jwt", "w3c_vc", "sd-jwt", NULL};

static GauthStatus
fail(GauthEnforceError *error, GauthEnforceErrorCode code, GauthSpan field,
	 const char *rule)
{
	error->code = code;
	error->failed_field = field;
	error->rule = rule;
	return GAUTH_INVALID_VALUE;
}

static GauthSpan
optional_text(GauthReader *reader, const GauthField *object, const char *name)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_text(reader, &field, GAUTH_OPTIONAL);
}

static GauthSpan
required_text(GauthReader *reader, const GauthField *object, const char *name)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_text(reader, &field, GAUTH_REQUIRED);
}

static int64_t
optional_number(GauthReader *reader, const GauthField *object,
				const char *name)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_integer(reader, &field, GAUTH_OPTIONAL, 0);
}

static GauthFlag
optional_flag(GauthReader *reader, const GauthField *object, const char *name)
{
	GauthField	field = gauth_field_get(object, name);

	return gauth_read_flag(reader, &field, GAUTH_OPTIONAL);
}

/* what two names may stand for: the larger one counts */
static int64_t
larger_number(GauthReader *reader, const GauthField *object,
			  const char *name, const char *alias)
{
	int64_t		first = optional_number(reader, object, name);
	int64_t		second = optional_number(reader, object, alias);

	return first > second ? first : second;
}

/* a verb that is none is not an error of the request: it is not allowed */
static void
read_verb(GauthReader *reader, const GauthField *action,
		  GauthEnforceRequest *request)
{
	GauthSpan	written = required_text(reader, action, "verb");
	GauthStatus status;

	request->verb = written;
	if (written.len == 0)
		return;
	status = gauth_verb_canonical(reader->arena, written, &request->verb);
	if (status == GAUTH_OUT_OF_MEMORY)
		reader->problems->failed = true;
	request->verb_good = status == GAUTH_OK;
}

static void
read_parameters(GauthReader *reader, const GauthField *action,
				GauthEnforceRequest *request)
{
	GauthField	field = gauth_field_get(action, "parameters");
	GauthField	command;

	if (gauth_read_object(reader, &field, GAUTH_OPTIONAL))
		request->parameters = field.json;
	else
		field.json = NULL;
	request->amount_cents = optional_number(reader, &field, "amount_cents");
	request->file_size = larger_number(reader, &field, "file_size",
									   "file_size_bytes");
	request->lines = optional_number(reader, &field, "lines");
	request->delegation_depth = optional_number(reader, &field,
												"delegation_depth");
	command = gauth_field_get(&field, "command");
	request->command = gauth_read_prose(reader, &command, GAUTH_OPTIONAL);
	request->environment = optional_text(reader, &field, "environment");
	request->domain = optional_text(reader, &field, "domain");
	request->auto_deploy = optional_flag(reader, &field, "auto_deploy");
	request->verified = optional_flag(reader, &field, "verified");
	request->hold = optional_text(reader, &field, "hold");
}

static void
read_action(GauthReader *reader, const GauthField *root,
			GauthEnforceRequest *request)
{
	GauthField	action = gauth_field_get(root, "action");
	GauthField	resource;

	if (!gauth_read_object(reader, &action, GAUTH_REQUIRED))
		return;
	read_verb(reader, &action, request);
	resource = gauth_field_get(&action, "resource");
	request->resource = gauth_read_prose(reader, &resource, GAUTH_REQUIRED);
	request->resource_type = optional_text(reader, &action, "resource_type");
	request->sector = optional_text(reader, &action, "sector");
	request->region = optional_text(reader, &action, "region");
	request->transaction_type = optional_text(reader, &action,
											  "transaction_type");
	request->decision_type = optional_text(reader, &action, "decision_type");
	read_parameters(reader, &action, request);
	request->action = gauth_action_classify(request->verb,
											request->resource_type);
	if (request->command.len == 0 && request->action.kind == GAUTH_ACTION_RUN)
		request->command = request->resource;
}

static void
read_agent(GauthReader *reader, const GauthField *root,
		   GauthEnforceRequest *request)
{
	GauthField	agent = gauth_field_get(root, "agent");

	if (!gauth_read_object(reader, &agent, GAUTH_REQUIRED))
		return;
	request->agent = required_text(reader, &agent, "agent_id");
	request->service = optional_text(reader, &agent, "service");
	request->session = optional_text(reader, &agent, "session_id");
	request->did = optional_text(reader, &agent, "did");
}

static void
read_credential(GauthReader *reader, const GauthField *credential,
				bool trusted, GauthEnforceRequest *request)
{
	GauthField	field;
	int			format;

	if (!gauth_read_object(reader, credential, GAUTH_REQUIRED))
		return;
	field = gauth_field_get(credential, "format");
	format = gauth_read_word(reader, &field, GAUTH_REQUIRED, format_words);
	if (format >= 0)
		request->format = (GauthCredentialFormat) format;
	field = gauth_field_get(credential, "token");
	request->token = gauth_read_prose(reader, &field, GAUTH_OPTIONAL);
	request->mandate = optional_text(reader, credential, "mandate_id");
	field = gauth_field_get(credential, "poa_snapshot");
	if (trusted && field.json != NULL)
		request->snapshot = field.json;
}

static void
read_session(GauthReader *reader, const GauthField *context,
			 GauthSessionState *state)
{
	GauthField	session = gauth_field_get(context, "session_state");
	GauthField	field;

	state->given = gauth_read_object(reader, &session, GAUTH_OPTIONAL);
	if (!state->given)
		session.json = NULL;
	state->tool_calls_used = optional_number(reader, &session,
											 "tool_calls_used");
	state->lines_committed = optional_number(reader, &session,
											 "lines_committed");
	state->cost_cents = optional_number(reader, &session,
										"session_cost_cents");
	field = gauth_field_get(&session, "session_started_at");
	state->started_at = gauth_read_instant(reader, &field, GAUTH_OPTIONAL);
}

static void
read_context(GauthReader *reader, const GauthField *root, bool trusted,
			 GauthEnforceRequest *request)
{
	GauthField	context = gauth_field_get(root, "context");
	GauthField	live;

	if (!gauth_read_object(reader, &context, GAUTH_OPTIONAL))
		context.json = NULL;
	read_session(reader, &context, &request->state);
	live = gauth_field_get(&context, "live_mandate_state");
	if (trusted && gauth_read_object(reader, &live, GAUTH_OPTIONAL))
		request->live = live.json;
}

/* what the answer repeats, also when the rest of the request is of no use */
static GauthSpan
find_request_id(const GauthJson *json)
{
	const GauthJson *id = gauth_json_get(json, "request_id");

	if (id == NULL || id->type != GAUTH_JSON_STRING ||
		id->text.len > REQUEST_ID_MAX)
		return gauth_span(NULL, 0);
	return id->text;
}

/* nothing is said yet */
static void
begin_request(GauthEnforceRequest *request, GauthEnforceError *error)
{
	memset(request, 0, sizeof(*request));
	memset(error, 0, sizeof(*error));
	request->amount_cents = GAUTH_ABSENT;
	request->file_size = GAUTH_ABSENT;
	request->lines = GAUTH_ABSENT;
	request->delegation_depth = GAUTH_ABSENT;
	request->auto_deploy = GAUTH_FLAG_ABSENT;
	request->verified = GAUTH_FLAG_ABSENT;
	request->state.tool_calls_used = GAUTH_ABSENT;
	request->state.lines_committed = GAUTH_ABSENT;
	request->state.started_at = GAUTH_ABSENT;
	request->state.cost_cents = GAUTH_ABSENT;
}

static GauthStatus
conclude(const GauthProblems *problems, GauthEnforceError *error)
{
	if (problems->failed)
		return GAUTH_OUT_OF_MEMORY;
	if (problems->count > 0)
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST,
					problems->first->path, problems->first->rule);
	return GAUTH_OK;
}

/*
 * gauth_enforce_read_request
 *		Read one request.
 *
 * A caller that is not "trusted" is not asked for a snapshot of the
 * credential nor for the mandate's state; what it says about them is not even
 * looked at.
 *
 * GAUTH_INVALID_VALUE: "error" tells which field is wrong.  The request points
 * into the tree and the arena.
 */
GauthStatus
gauth_enforce_read_request(GauthArena *arena, const GauthJson *json,
						   bool trusted, GauthEnforceRequest *request,
						   GauthEnforceError *error)
{
	GauthProblems problems;
	GauthReader reader = {arena, &problems};
	GauthField	root = gauth_field_root(gauth_span(NULL, 0), json);
	GauthField	field;

	begin_request(request, error);
	gauth_problems_init(&problems, arena);
	if (json == NULL || json->type != GAUTH_JSON_OBJECT)
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST,
					gauth_span(NULL, 0), "must be an object");
	error->request_id = find_request_id(json);

	request->request_id = required_text(&reader, &root, "request_id");
	field = gauth_field_get(&root, "timestamp");
	request->timestamp = gauth_read_instant(&reader, &field, GAUTH_REQUIRED);
	read_action(&reader, &root, request);
	read_agent(&reader, &root, request);
	field = gauth_field_get(&root, "credential");
	read_credential(&reader, &field, trusted, request);
	read_context(&reader, &root, trusted, request);
	if (problems.count == 0 && request->request_id.len > REQUEST_ID_MAX)
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST,
					GAUTH_SPAN("request_id"), "is too long");
	return conclude(&problems, error);
}

/*
 * gauth_enforce_read_reference
 *		Read a reference to a credential alone, as a request that asks for
 *		nothing (section 7.3).
 */
GauthStatus
gauth_enforce_read_reference(GauthArena *arena, const GauthJson *json,
							 bool trusted, GauthEnforceRequest *request,
							 GauthEnforceError *error)
{
	GauthProblems problems;
	GauthReader reader = {arena, &problems};
	GauthField	root = gauth_field_root(GAUTH_SPAN("credential"), json);

	begin_request(request, error);
	gauth_problems_init(&problems, arena);
	read_credential(&reader, &root, trusted, request);
	return conclude(&problems, error);
}

static GauthStatus
parse(GauthArena *arena, GauthSpan text, size_t most, const GauthJson **json,
	  GauthEnforceError *error)
{
	static const GauthJsonLimits limits = {64, 1024 * 1024, false};
	GauthJson  *root;
	GauthStatus status;

	memset(error, 0, sizeof(*error));
	if (text.len > most)
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST,
					gauth_span(NULL, 0), "is too large");
	status = gauth_json_parse(arena, text, &limits, &root, NULL);
	if (status == GAUTH_OUT_OF_MEMORY)
		return status;
	if (status != GAUTH_OK)
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST,
					gauth_span(NULL, 0), "is not the JSON of a request");
	*json = root;
	return GAUTH_OK;
}

/*
 * gauth_enforce_parse
 *		The tree of a request's text.
 */
GauthStatus
gauth_enforce_parse(GauthArena *arena, GauthSpan text,
					const GauthJson **json, GauthEnforceError *error)
{
	return parse(arena, text, GAUTH_ENFORCE_REQUEST_MAX, json, error);
}

/* each request of a batch is held against the limit of one */
static bool
are_small(const GauthJson *batch, size_t end)
{
	const GauthJson *item;

	for (item = batch->first; item != NULL; item = item->next)
	{
		size_t		next = item->next == NULL ? end : item->next->offset;

		if (next - item->offset > GAUTH_ENFORCE_REQUEST_MAX)
			return false;
	}
	return true;
}

/*
 * gauth_enforce_parse_batch
 *		The same for an array of requests.
 */
GauthStatus
gauth_enforce_parse_batch(GauthArena *arena, GauthSpan text,
						  const GauthJson **json, GauthEnforceError *error)
{
	GauthSpan	field = GAUTH_SPAN("requests");
	GauthStatus status = parse(arena, text,
							   (size_t) GAUTH_ENFORCE_BATCH_MAX *
							   GAUTH_ENFORCE_REQUEST_MAX, json, error);

	if (status != GAUTH_OK)
		return status;
	if ((*json)->type != GAUTH_JSON_ARRAY || (*json)->count == 0)
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST, field,
					"must be an array of requests");
	if ((*json)->count > GAUTH_ENFORCE_BATCH_MAX)
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST, field,
					"has too many requests");
	if (!are_small(*json, text.len))
		return fail(error, GAUTH_ENFORCE_INVALID_REQUEST, field,
					"has a request that is too large");
	return GAUTH_OK;
}
