/*
 * sql_diff.c
 *		A dry run: what would be decided otherwise under other policies.
 *
 * The candidate takes the place of the store's compiled set for the second
 * of two decisions about the same request; schema, mode, entities, identity
 * and time are the same for both.  Nothing is stored.
 *
 * Where no requests are given, those are asked again that the ledger has
 * recorded, as they were asked, but now, and by who runs this: nobody's token
 * is shown.  An agent stands below the mandate that it asked under.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/json_write.h"
#include "entry/args.h"
#include "entry/decision_json.h"
#include "entry/jsonb.h"
#include "entry/report.h"
#include "entry/require.h"
#include "policy/entity_json.h"
#include "policy/parser.h"
#include "policy/validate.h"
#include "store/authorize.h"
#include "store/memory.h"
#include "store/recorded.h"

/* different requests that are taken from the ledger, the newest ones */
#define RECORDED_MAX		10000
#define RECORDED_BYTES_MAX	((size_t) 32 * 1024 * 1024)

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_diff_policies);

/* the arguments, by place */
enum
{
	DIFF_CANDIDATE, DIFF_STORE, DIFF_REQUESTS
};

/* the columns of the result */
enum
{
	COLUMN_REQUEST, COLUMN_BEFORE, COLUMN_AFTER, COLUMN_BEFORE_DETERMINING,
	COLUMN_AFTER_DETERMINING, COLUMN_COUNT
};

typedef struct Diff
{
	ReturnSetInfo *result;
	GauthSpan	store;
	GauthArena	arena;			/* lives as long as the call */
	const GauthPolicySet *candidate;
	GauthSession session;
	MemoryContext turn;			/* for one request */
	GauthArena	turn_arena;
	HTAB	   *recorded;		/* requests of the ledger so far, by their
								 * text; NULL: they are given */
	size_t		recorded_bytes;
} Diff;

/* what is kept of a decision */
typedef struct Verdict
{
	bool		permit;
	Datum		determining;	/* jsonb */
} Verdict;

/* links stay as long as the candidate has their templates */
static void
add_links(Diff *diff, const GauthPolicyList *stored, GauthPolicyList *list)
{
	const GauthPolicy *link;
	GauthError	err = {0};

	for (link = stored->policies; link != NULL; link = link->next)
	{
		const GauthPolicy *template;
		GauthPolicy *policy;

		if (link->template_id.len == 0)
			continue;
		template = gauth_template_find(list, link->template_id);
		if (template == NULL)
			continue;
		if (gauth_policy_link(&diff->arena, template, link->id,
							  link->principal.uid, link->resource.uid,
							  &policy, &err) != GAUTH_OK)
			gauth_raise_policy(&err, "link");
		gauth_policy_list_add(list, policy);
	}
}

/* what a strict store would refuse to store */
static void
check_strictly(Diff *diff, const GauthPolicySource *source, GauthSpan text,
			   const GauthPolicyList *list)
{
	GauthValidateOptions options = gauth_validate_strict;
	GauthDiagnosticList findings = {0};
	GauthError	err = {0};

	if (source->mode != GAUTH_POLICY_STRICT || source->schema == NULL)
		return;
	options.source = text;
	if (gauth_validate_policies(&diff->arena, source->schema, list, &options,
								&findings, &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
	if (findings.error_count > 0)
		gauth_raise_findings(&findings);
}

static void
compile_candidate(Diff *diff, GauthSpan text)
{
	GauthPolicySource source;
	GauthPolicyList list;
	GauthError	err = {0};

	if (gauth_policy_store_source(&diff->arena, diff->store, &source,
								  &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy store");
	if (gauth_policy_parse(&diff->arena, text, &gauth_policy_default_limits,
						   &list, &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
	check_strictly(diff, &source, text, &list);
	add_links(diff, &source.list, &list);
	if (gauth_policy_set_compile(&diff->arena, &list,
								 &gauth_policy_default_limits,
								 &diff->candidate, &err) != GAUTH_OK)
		gauth_raise_policy(&err, "policy");
}

static const GauthUid *
read_uid(Diff *diff, const GauthJson *request, const char *name)
{
	const GauthJson *json = gauth_json_get(request, name);
	const GauthUid *uid;
	GauthError	err = {0};

	if (json == NULL ||
		gauth_uid_from_json(&diff->turn_arena, json, &uid, &err) != GAUTH_OK)
		gauth_raise_argument("requests", "an array of {principal, action, "
							 "resource, context}, entities such as "
							 "User::\"alice\"");
	return uid;
}

static void
read_ask(Diff *diff, const GauthJson *request, GauthAsk *ask)
{
	const GauthJson *context = gauth_json_get(request, "context");
	const GauthJson *mandate = gauth_json_get(request, "mandate");
	GauthText	text;

	memset(ask, 0, sizeof(*ask));
	ask->store = diff->store;
	ask->principal = read_uid(diff, request, "principal");
	ask->action = read_uid(diff, request, "action");
	ask->resource = read_uid(diff, request, "resource");
	if (diff->recorded != NULL && mandate != NULL)
		ask->mandate = mandate->text;
	if (context == NULL || context->type == GAUTH_JSON_NULL)
		return;
	gauth_text_init(&text, &diff->turn_arena);
	gauth_text_append_json(&text, context);
	ask->context = gauth_finish_json(&text);
}

static Datum
policies_datum(Diff *diff, const GauthAnswer *answer)
{
	GauthText	text;

	gauth_text_init(&text, &diff->turn_arena);
	gauth_append_policy_ids(&text, answer->set, &answer->decision);
	return gauth_jsonb_from_text(gauth_finish_json(&text));
}

/*
 * An answer is valid until the next decision only: what is needed is kept.
 * False for a recorded request that cannot be asked any more.
 */
static bool
decide(Diff *diff, const GauthAsk *ask, Verdict *verdict)
{
	GauthAnswer answer;
	GauthError	err = {0};

	if (gauth_authorize(&diff->session, &diff->turn_arena, ask, &answer,
						&err) != GAUTH_OK)
	{
		if (diff->recorded != NULL)
			return false;
		gauth_raise(&err);
	}
	if (answer.refusal == GAUTH_REFUSAL_STORE)
		gauth_raise_policy(&answer.error, "policy store");
	verdict->permit = answer.permit;
	verdict->determining = policies_datum(diff, &answer);
	return true;
}

static Datum
decision_datum(const Verdict *verdict)
{
	return CStringGetTextDatum(verdict->permit ? "allow" : "deny");
}

static void
put_difference(Diff *diff, const GauthJson *request,
			   const Verdict *before, const Verdict *after)
{
	Datum		values[COLUMN_COUNT];
	bool		nulls[COLUMN_COUNT] = {0};

	values[COLUMN_REQUEST] = gauth_jsonb_from(request);
	values[COLUMN_BEFORE] = decision_datum(before);
	values[COLUMN_AFTER] = decision_datum(after);
	values[COLUMN_BEFORE_DETERMINING] = before->determining;
	values[COLUMN_AFTER_DETERMINING] = after->determining;
	tuplestore_putvalues(diff->result->setResult, diff->result->setDesc,
						 values, nulls);
}

static void
compare_request(Diff *diff, const GauthJson *request)
{
	MemoryContext caller = MemoryContextSwitchTo(diff->turn);
	GauthAsk	ask;
	Verdict		before;
	Verdict		after;
	bool		found;

	CHECK_FOR_INTERRUPTS();
	gauth_memory_arena(&diff->turn_arena, NULL, 0, diff->turn);
	read_ask(diff, request, &ask);
	found = decide(diff, &ask, &before);
	ask.set = diff->candidate;
	found = found && decide(diff, &ask, &after);
	if (found && before.permit != after.permit)
		put_difference(diff, request, &before, &after);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(diff->turn);
}

/* the requests as text of the server's making, read by our own reader */
static const GauthJson *
read_requests(Diff *diff, Jsonb *requests)
{
	char	   *text = JsonbToCString(NULL, &requests->root,
									  VARSIZE(requests));
	GauthJson  *json;
	GauthError	err = {0};

	if (gauth_json_parse(&diff->arena, gauth_span_of(text),
						 &gauth_json_document_limits, &json,
						 &err) != GAUTH_OK)
		gauth_raise(&err);
	if (json->type != GAUTH_JSON_ARRAY)
		gauth_raise_argument("requests", "an array");
	return json->first;
}

static uint32
hash_text(const void *key, Size size)
{
	const GauthSpan *text = key;

	return hash_bytes((const unsigned char *) text->data, (int) text->len);
}

static int
match_texts(const void *a, const void *b, Size size)
{
	return gauth_span_equal(*(const GauthSpan *) a,
							*(const GauthSpan *) b) ? 0 : 1;
}

/* the same request is asked once, however often it was recorded */
static bool
is_new(Diff *diff, const GauthJson *request)
{
	GauthArena	arena;
	GauthText	text;
	GauthSpan	key;
	bool		found;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&text, &arena);
	gauth_text_append_json(&text, request);
	key = gauth_finish_json(&text);
	(void) hash_search(diff->recorded, &key, HASH_FIND, &found);
	if (found)
		return false;
	key = gauth_memory_copy(diff->session.memory, key);
	(void) hash_search(diff->recorded, &key, HASH_ENTER, NULL);
	diff->recorded_bytes += key.len;
	return true;
}

/*
 * One that was too long for its entry was recorded without its context, and
 * one that nobody was there to ask has no principal.
 */
static bool
visit_recorded(void *state, GauthSpan payload)
{
	Diff	   *diff = state;
	GauthArena	arena;
	GauthJson  *json;
	const GauthJson *store;
	const GauthJson *request;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_json_parse(&arena, payload, &gauth_json_document_limits, &json,
						 NULL) != GAUTH_OK)
		return true;
	store = gauth_json_get(json, "store");
	request = gauth_json_get(json, "request");
	if (store == NULL || !gauth_span_equal(store->text, diff->store) ||
		request == NULL || gauth_json_get(request, "principal") == NULL ||
		gauth_json_get(json, "shortened") != NULL || !is_new(diff, request))
		return true;
	compare_request(diff, request);
	return hash_get_num_entries(diff->recorded) < RECORDED_MAX &&
		diff->recorded_bytes < RECORDED_BYTES_MAX;
}

static void
compare_recorded(Diff *diff)
{
	HASHCTL		control = {0};

	control.keysize = control.entrysize = sizeof(GauthSpan);
	control.hash = hash_text;
	control.match = match_texts;
	control.hcxt = diff->session.memory;
	diff->recorded = hash_create("gauth requests", 256, &control,
								 HASH_ELEM | HASH_FUNCTION | HASH_COMPARE |
								 HASH_CONTEXT);
	gauth_recorded_each(visit_recorded, diff);
}

static void
compare_given(Diff *diff, Jsonb *requests)
{
	const GauthJson *request = read_requests(diff, requests);

	for (; request != NULL; request = request->next)
		compare_request(diff, request);
}

/*
 * gauth.diff_policies(candidate text, store text, requests jsonb)
 *		returns setof (request jsonb, before text, after text,
 *		before_determining jsonb, after_determining jsonb)
 */
Datum
gauth_sql_diff_policies(PG_FUNCTION_ARGS)
{
	Diff		diff = {.result = (ReturnSetInfo *) fcinfo->resultinfo};

	if (PG_ARGISNULL(DIFF_CANDIDATE))
		gauth_raise_null("candidate");
	if (PG_ARGISNULL(DIFF_STORE))
		gauth_raise_null("store");
	diff.store = gauth_arg_span(fcinfo, DIFF_STORE);
	gauth_require_capability(GAUTH_ADMINISTRATOR, &diff.store);
	if (!gauth_policy_store_exists(diff.store))
		gauth_raise_store_unknown();

	InitMaterializedSRF(fcinfo, 0);
	diff.session.memory = CurrentMemoryContext;
	diff.turn = AllocSetContextCreate(CurrentMemoryContext, "gauth dry run",
									  ALLOCSET_DEFAULT_SIZES);
	gauth_memory_arena(&diff.arena, NULL, 0, CurrentMemoryContext);
	compile_candidate(&diff, gauth_arg_span(fcinfo, DIFF_CANDIDATE));
	if (PG_ARGISNULL(DIFF_REQUESTS))
		compare_recorded(&diff);
	else
		compare_given(&diff, PG_GETARG_JSONB_P(DIFF_REQUESTS));
	return (Datum) 0;
}
