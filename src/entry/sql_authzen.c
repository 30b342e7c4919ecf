/*
 * sql_authzen.c
 *		The AuthZEN API: evaluation, evaluations, searches, metadata.
 *
 * OpenID AuthZEN Authorization API 1.0 without its transport: a gateway hands
 * over the body of a request and passes on what it gets; an error of class 22
 * is its answer 400, 42501 its 403.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/json_write.h"
#include "decision/authzen_answer.h"
#include "entry/args.h"
#include "entry/decision_json.h"
#include "entry/decision_record.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "entry/require.h"
#include "store/access.h"
#include "store/authorize.h"
#include "store/memory.h"

/* candidates after which entities that were read for them are let go */
#define SEARCH_BATCH	4096

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authzen_evaluation);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authzen_evaluations);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authzen_search_subject);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authzen_search_resource);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authzen_search_action);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_authzen_configuration);

/*
 * One call.  A session keeps the entities of the first request that it is
 * asked, those included that the request brought: requests that bring none
 * share one session, every other one has a session of its own.
 */
typedef struct Call
{
	GauthSpan	store;
	bool		administrator;
	GauthArena	arena;			/* lives as long as the call */
	GauthText	response;
	GauthSession shared;
	GauthSession own;
	MemoryContext turn;			/* for one evaluation */
	GauthArena	turn_arena;
} Call;

/* evaluations speak of any principal, so the caller must be trusted to ask */
static void
begin_call(Call *call, FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		gauth_raise_null("request");
	if (PG_ARGISNULL(1))
		gauth_raise_null("store");
	gauth_require_capability(GAUTH_ENFORCER, NULL);
	memset(call, 0, sizeof(*call));
	call->store = gauth_arg_span(fcinfo, 1);
	if (!gauth_policy_store_exists(call->store))
		gauth_raise_store_unknown();
	call->administrator = gauth_access_allows(GAUTH_ADMINISTRATOR,
											  &call->store);
	call->turn = AllocSetContextCreate(CurrentMemoryContext,
									   "gauth evaluation",
									   ALLOCSET_DEFAULT_SIZES);
	gauth_memory_arena(&call->arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&call->response, &call->arena);
	call->shared.memory = call->own.memory = CurrentMemoryContext;
}

static Datum
end_call(Call *call)
{
	return gauth_jsonb_from_text(gauth_finish_json(&call->response));
}

static void
begin_turn(Call *call)
{
	CHECK_FOR_INTERRUPTS();
	MemoryContextReset(call->turn);
	gauth_memory_arena(&call->turn_arena, NULL, 0, call->turn);
}

static void
forget(GauthSession *session)
{
	MemoryContext memory = session->memory;

	if (session->kept != NULL)
		MemoryContextDelete(session->kept);
	memset(session, 0, sizeof(*session));
	session->memory = memory;
}

/* is it the request's fault, and may it be that of one among others? */
static bool
is_of_request(GauthStatus status)
{
	return status != GAUTH_OUT_OF_MEMORY && status != GAUTH_STORE_UNKNOWN &&
		status != GAUTH_CAPABILITY_MISSING;
}

static void
raise_request(const GauthError *err)
{
	if (!is_of_request(err->status))
		gauth_raise(err);
	gauth_raise_policy(err, "request");
}

static GauthJson *
read_body(Call *call, FunctionCallInfo fcinfo)
{
	GauthJson  *body;
	GauthError	err = {0};

	if (gauth_authzen_read_body(&call->arena, gauth_arg_span(fcinfo, 0),
								&body, &err) != GAUTH_OK)
		raise_request(&err);
	return body;
}

/*
 * The store as it is at this moment; without a schema when it cannot be
 * compiled, which the decision finds out itself and denies.
 */
static void
begin_reader(Call *call, GauthAuthzenReader *reader, GauthError *err)
{
	const GauthPolicyStore *store = NULL;
	GauthError	ignored = {0};

	reader->arena = &call->turn_arena;
	reader->schema = NULL;
	reader->strict = false;
	reader->err = err;
	if (gauth_policy_store_find(call->store, &store, &ignored) != GAUTH_OK ||
		store == NULL)
		return;
	reader->schema = store->schema;
	reader->strict = store->schema != NULL &&
		store->mode == GAUTH_POLICY_STRICT;
}

static GauthStatus
make_request(Call *call, const GauthAuthzenQuestion *question,
			 GauthAuthzenRequest *request, GauthError *err)
{
	GauthAuthzenReader reader;

	begin_reader(call, &reader, err);
	return gauth_authzen_translate(&reader, question, request);
}

static GauthAsk
make_ask(const Call *call, const GauthAuthzenRequest *request)
{
	GauthAsk	ask = {
		.store = call->store,
		.principal = request->principal,
		.action = request->action,
		.resource = request->resource,
		.context = request->context,
		.brought = request->brought
	};

	return ask;
}

static GauthAuthzenVerdict
make_verdict(const Call *call, const GauthAnswer *answer)
{
	GauthAuthzenVerdict verdict = {
		.permit = answer->permit,
		.decision = &answer->decision,
		.administrator = call->administrator
	};

	if (answer->store != NULL)
	{
		verdict.set = answer->store->set;
		verdict.version = answer->store->version;
	}
	if (answer->refusal != GAUTH_REFUSAL_NONE)
	{
		verdict.error = answer->refusal == GAUTH_REFUSAL_REQUEST ?
			GAUTH_AUTHZEN_BAD_REQUEST : GAUTH_AUTHZEN_INTERNAL_ERROR;
		verdict.message = gauth_refusal_name(answer->refusal);
	}
	return verdict;
}

/* one evaluation, to the end of the response; an error leaves it alone */
static GauthStatus
evaluate(Call *call, const GauthAuthzenQuestion *question, bool *permit,
		 GauthError *err)
{
	GauthSession *session = &call->shared;
	GauthAuthzenRequest request;
	GauthAsk	ask;
	GauthAnswer answer;
	GauthAuthzenVerdict verdict;
	GauthStatus status;

	status = make_request(call, question, &request, err);
	if (status != GAUTH_OK)
		return status;
	if (request.brought != NULL)
	{
		session = &call->own;
		forget(session);
	}
	ask = make_ask(call, &request);
	status = gauth_authorize(session, &call->turn_arena, &ask, &answer, err);
	if (status != GAUTH_OK)
		return status;
	gauth_decision_record(&call->turn_arena, &ask, &answer);
	verdict = make_verdict(call, &answer);
	gauth_authzen_append_verdict(&call->response, &verdict);
	*permit = answer.permit;
	return GAUTH_OK;
}

static void
evaluate_body(Call *call, const GauthJson *body)
{
	GauthAuthzenQuestion question;
	GauthError	err = {0};
	bool		permit;

	begin_turn(call);
	if (gauth_authzen_read_question(body, body, GAUTH_AUTHZEN_NONE, &question,
									&err) != GAUTH_OK ||
		evaluate(call, &question, &permit, &err) != GAUTH_OK)
		raise_request(&err);
}

/* whatever is wrong with one evaluation denies that one */
static bool
evaluate_item(Call *call, const GauthJson *body, const GauthJson *item)
{
	static const GauthDecision nothing;
	GauthAuthzenQuestion question;
	GauthAuthzenVerdict failure = {
		.decision = &nothing,
		.error = GAUTH_AUTHZEN_BAD_REQUEST
	};
	GauthError	err = {0};
	GauthStatus status;
	bool		permit = false;

	begin_turn(call);
	status = gauth_authzen_read_question(body, item, GAUTH_AUTHZEN_NONE,
										 &question, &err);
	if (status == GAUTH_OK)
		status = evaluate(call, &question, &permit, &err);
	if (status == GAUTH_OK)
		return permit;
	if (!is_of_request(status))
		raise_request(&err);
	failure.message = err.detail;
	gauth_authzen_append_verdict(&call->response, &failure);
	return false;
}

/*
 * gauth.authzen_evaluation(request json, store text) returns jsonb
 */
Datum
gauth_sql_authzen_evaluation(PG_FUNCTION_ARGS)
{
	Call		call;

	begin_call(&call, fcinfo);
	evaluate_body(&call, read_body(&call, fcinfo));
	PG_RETURN_DATUM(end_call(&call));
}

/*
 * gauth.authzen_evaluations(request json, store text) returns jsonb
 */
Datum
gauth_sql_authzen_evaluations(PG_FUNCTION_ARGS)
{
	Call		call;
	const GauthJson *body;
	const GauthJson *item;
	GauthAuthzenBatch batch;
	GauthError	err = {0};

	begin_call(&call, fcinfo);
	body = read_body(&call, fcinfo);
	if (gauth_authzen_read_batch(body, &batch, &err) != GAUTH_OK)
		raise_request(&err);
	if (batch.first == NULL)
	{
		evaluate_body(&call, body);
		PG_RETURN_DATUM(end_call(&call));
	}
	gauth_text_append(&call.response, GAUTH_SPAN("{\"evaluations\":["));
	for (item = batch.first; item != NULL; item = item->next)
	{
		if (item != batch.first)
			gauth_text_append_char(&call.response, ',');
		if (gauth_authzen_batch_is_over(&batch,
										evaluate_item(&call, body, item)))
			break;
	}
	gauth_text_append(&call.response, GAUTH_SPAN("]}"));
	PG_RETURN_DATUM(end_call(&call));
}

/* a search in progress */
typedef struct Search
{
	Call	   *call;
	GauthAuthzenQuestion question;
	GauthAuthzenPage page;
	GauthAuthzenList candidates;
	GauthText	results;
	uint32_t	count;			/* of results so far */
	bool		more;			/* there are results behind this page */
	GauthAuthzenPosition last;	/* of the results */
	const char *refusal;		/* why nothing can be decided, or NULL */
} Search;

static bool
visit_entity(void *state, const GauthUid *uid)
{
	GauthAuthzenList *candidates = state;

	CHECK_FOR_INTERRUPTS();
	return gauth_authzen_list_add(candidates, gauth_uid_id(uid));
}

static void
find_entities(Search *search, const GauthPolicyStore *store, GauthSpan type)
{
	GauthEntitySource *source = gauth_entity_source_open(store, NULL);
	GauthError	err = {0};

	if (gauth_entity_source_each(source, type, visit_entity,
								 &search->candidates, &err) != GAUTH_OK)
		gauth_raise(&err);
	if (store->schema != NULL)
		gauth_authzen_list_add_type(&search->candidates,
									gauth_schema_find_type(store->schema,
														   type));
}

/* without a schema, what the policies and the entities know of */
static void
find_actions(Search *search, const GauthPolicyStore *store)
{
	GauthPolicySource source;
	GauthArena	arena;
	GauthError	err = {0};

	if (store->schema != NULL)
	{
		gauth_authzen_list_add_declared(&search->candidates,
										store->schema);
		return;
	}
	gauth_memory_arena(&arena, NULL, 0, search->call->turn);
	if (gauth_policy_store_source(&arena, search->call->store, &source,
								  &err) != GAUTH_OK)
		gauth_raise(&err);
	gauth_authzen_list_add_named(&search->candidates, &source.list);
	find_entities(search, store, GAUTH_SPAN("Action"));
}

/* a store that cannot decide has no results, and the response says so */
static void
find_candidates(Search *search)
{
	const GauthPolicyStore *store;
	GauthError	err = {0};

	gauth_authzen_list_init(&search->candidates, &search->call->arena,
							&search->page.position);
	if (gauth_policy_store_find(search->call->store, &store,
								&err) != GAUTH_OK)
	{
		search->refusal = gauth_refusal_name(GAUTH_REFUSAL_STORE);
		return;
	}
	if (store == NULL)
		gauth_raise_store_unknown();
	if (search->question.searched == GAUTH_AUTHZEN_ACTION)
		find_actions(search, store);
	else
		find_entities(search, store,
					  search->question.searched == GAUTH_AUTHZEN_SUBJECT ?
					  search->question.subject.type :
					  search->question.resource.type);
	if (gauth_authzen_list_sort(&search->candidates, &err) != GAUTH_OK)
		raise_request(&err);
}

/* the question about one candidate */
static void
fill_question(const Search *search, GauthSpan id,
			  GauthAuthzenQuestion *question)
{
	*question = search->question;
	question->searched = GAUTH_AUTHZEN_NONE;
	switch (search->question.searched)
	{
		case GAUTH_AUTHZEN_SUBJECT:
			question->subject.id = id;
			break;
		case GAUTH_AUTHZEN_RESOURCE:
			question->resource.id = id;
			break;
		default:
			question->action = id;
			break;
	}
}

/*
 * What the request brings is the same for all candidates, and so is the
 * session, for as long as its memory is worth it.
 */
static void
decide_candidate(Search *search, uint32_t position, GauthAnswer *answer)
{
	Call	   *call = search->call;
	GauthAuthzenQuestion question;
	GauthAuthzenRequest request;
	GauthAsk	ask;
	GauthError	err = {0};

	begin_turn(call);
	if (position % SEARCH_BATCH == 0)
		forget(&call->shared);
	fill_question(search, search->candidates.ids[position], &question);
	if (make_request(call, &question, &request, &err) != GAUTH_OK)
		raise_request(&err);
	if (request.brought != NULL)
		forget(&call->shared);
	ask = make_ask(call, &request);
	if (gauth_authorize(&call->shared, &call->turn_arena, &ask, answer,
						&err) != GAUTH_OK)
		raise_request(&err);
}

static void
put_result(Search *search, GauthSpan id, const GauthAnswer *answer)
{
	GauthAuthzenVerdict verdict = make_verdict(search->call, answer);

	if (search->count == search->page.limit)
	{
		search->more = true;
		return;
	}
	if (search->count++ > 0)
		gauth_text_append_char(&search->results, ',');
	gauth_authzen_append_result(&search->results, &search->question, id,
								&verdict);
	search->last.set = true;
	search->last.after = id;
}

static void
run_search(Search *search)
{
	uint32_t	i;

	for (i = 0; i < search->candidates.count && !search->more; i++)
	{
		GauthAnswer answer;

		decide_candidate(search, i, &answer);
		if (answer.refusal == GAUTH_REFUSAL_STORE ||
			answer.refusal == GAUTH_REFUSAL_NO_SCHEMA)
		{
			search->refusal = gauth_refusal_name(answer.refusal);
			return;
		}
		if (answer.permit)
			put_result(search, search->candidates.ids[i], &answer);
	}
}

static void
put_response(Search *search)
{
	GauthText  *text = &search->call->response;
	GauthSpan	results;

	gauth_text_append_char(text, '{');
	if (search->page.asked || search->more)
	{
		gauth_text_append_member(text, "page");
		gauth_authzen_append_page(text, &search->page,
								  search->more ? &search->last : NULL,
								  search->count);
	}
	if (search->refusal != NULL)
	{
		gauth_text_append_member(text, "context");
		gauth_text_append(text, GAUTH_SPAN("{\"error\":{\"status\":"));
		gauth_text_append_int64(text, GAUTH_AUTHZEN_INTERNAL_ERROR);
		gauth_text_append_member(text, "message");
		gauth_text_append_json_string(text, gauth_span_of(search->refusal));
		gauth_text_append(text, GAUTH_SPAN("}}"));
	}
	results = gauth_finish_json(&search->results);
	gauth_text_append_member(text, "results");
	gauth_text_append_char(text, '[');
	gauth_text_append(text, results);
	gauth_text_append_char(text, ']');
	gauth_text_append_char(text, '}');
}

static Datum
search_for(FunctionCallInfo fcinfo, GauthAuthzenPart searched)
{
	Call		call;
	Search		search = {.call = &call};
	const GauthJson *body;
	GauthError	err = {0};

	begin_call(&call, fcinfo);
	body = read_body(&call, fcinfo);
	gauth_text_init(&search.results, &call.arena);
	if (gauth_authzen_read_question(body, body, searched, &search.question,
									&err) != GAUTH_OK ||
		gauth_authzen_read_page(&call.arena, body,
								gauth_authzen_fingerprint(body, searched,
														  call.store),
								&search.page, &err) != GAUTH_OK)
		raise_request(&err);
	search.last = search.page.position;
	find_candidates(&search);
	run_search(&search);
	put_response(&search);
	return end_call(&call);
}

/*
 * gauth.authzen_search_subject(request json, store text) returns jsonb
 */
Datum
gauth_sql_authzen_search_subject(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(search_for(fcinfo, GAUTH_AUTHZEN_SUBJECT));
}

/*
 * gauth.authzen_search_resource(request json, store text) returns jsonb
 */
Datum
gauth_sql_authzen_search_resource(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(search_for(fcinfo, GAUTH_AUTHZEN_RESOURCE));
}

/*
 * gauth.authzen_search_action(request json, store text) returns jsonb
 */
Datum
gauth_sql_authzen_search_action(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(search_for(fcinfo, GAUTH_AUTHZEN_ACTION));
}

/*
 * gauth.authzen_configuration(policy_decision_point text, store text)
 *		returns jsonb
 */
Datum
gauth_sql_authzen_configuration(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	GauthText	text;
	GauthError	err = {0};

	if (!gauth_policy_store_exists(gauth_arg_span(fcinfo, 1)))
		gauth_raise_store_unknown();
	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	if (gauth_authzen_append_configuration(&text, gauth_arg_span(fcinfo, 0),
										   &err) != GAUTH_OK)
		gauth_raise_argument(err.detail, "an https URL without query and "
							 "fragment");
	PG_RETURN_DATUM(gauth_jsonb_from_text(gauth_finish_json(&text)));
}
