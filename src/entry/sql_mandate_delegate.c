/*
 * sql_mandate_delegate.c
 *		Giving a part of a mandate to another agent: RFC 0118 section 8.
 *
 * An agent may delegate what it was given if its mandate lets it, and it is
 * we who decide (RFC 0111 section 2: no agent authorizes).  The mandate that
 * comes of it answers to whoever gave the first one: the issuer and the
 * approvers stay the same down the chain.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/timestamp.h"

#include "entry/args.h"
#include "entry/authority.h"
#include "entry/document.h"
#include "entry/mandate_approval.h"
#include "entry/mandate_budget.h"
#include "entry/mandate_document.h"
#include "entry/mandate_rule.h"
#include "entry/report.h"
#include "poa/ceiling.h"
#include "poa/child.h"
#include "poa/narrow.h"
#include "store/issuer.h"
#include "store/memory.h"
#include "store/setting.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_delegate_mandate);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_delegation_chain);


static const GauthMember request_members[] = {
	GAUTH_MUST("delegate_agent_id", TEXT),
	GAUTH_MAY("scope_restriction", OBJECT),
	GAUTH_MUST("budget_cents", CENTS),
	GAUTH_MUST("ttl_seconds", CENTS),
	GAUTH_MAY("max_depth_remaining", CENTS),
	GAUTH_MEMBERS_END
};

static int64
read_number(const GauthJson *request, const char *name, int64 otherwise)
{
	const GauthJson *member = gauth_json_get(request, name);
	int64		number = otherwise;

	if (member != NULL && !gauth_json_to_int64(member, &number))
		gauth_raise_argument(name, "an integer");
	return number;
}

static const GauthVerb *
find_delegate_verb(const GauthPowers *powers)
{
	return gauth_powers_find_verb(powers, GAUTH_SPAN(GAUTH_DELEGATE_VERB));
}

/*
 * An agent hands its powers on only where its mandate says so; issuer and
 * approvers do it for the agent.
 */
static void
require_delegator(const GauthMandateChange *parent)
{
	const GauthVerb *verb;

	gauth_mandate_authorize(parent, GAUTH_BY_ISSUER | GAUTH_BY_APPROVER |
							GAUTH_BY_AGENT);
	if (!parent->is_agent)
		return;
	verb = find_delegate_verb(&parent->mandate.credential->powers);
	if (verb == NULL || !verb->allowed)
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

/*
 * How many more links there may be below the mandate: what its profile and
 * its verb for delegating allow, and what the link above it has left.
 */
static int64
links_left(const GauthCredential *credential)
{
	const GauthPowers *powers = &credential->powers;
	const GauthVerb *verb = find_delegate_verb(powers);
	int64		count = credential->delegation_count;
	int64		left = GAUTH_CHAIN_MAX - count;
	int64		depth = gauth_ceiling_of(powers->profile)->delegation_depth;
	const GauthDelegation *last;

	if (depth != GAUTH_ABSENT)
		left = Min(left, depth - count);
	if (verb != NULL && verb->max_delegation_depth != GAUTH_ABSENT)
		left = Min(left, verb->max_delegation_depth - count);
	if (count == 0)
		return left;
	last = &credential->delegations[count - 1];
	if (last->max_depth_remaining != GAUTH_ABSENT)
		left = Min(left, last->max_depth_remaining);
	return left;
}

static void
read_child(const GauthMandateChange *parent, const GauthJson *request,
		   GauthChild *child)
{
	int64		left = links_left(parent->mandate.credential);

	if (left <= 0)
		gauth_raise_rule("DELEGATION_DEPTH_EXCEEDED");
	child->delegate = gauth_document_text(request, "delegate_agent_id");
	child->restriction = gauth_json_get(request, "scope_restriction");
	child->budget_cents = read_number(request, "budget_cents", 0);
	child->ttl_seconds = read_number(request, "ttl_seconds", 0);
	child->delegated_at = gauth_timestamp_seconds(parent->now);
	child->max_depth_remaining = read_number(request, "max_depth_remaining",
											 left - 1);
	if (child->max_depth_remaining > left - 1)
		gauth_raise_rule("DELEGATION_DEPTH_EXCEEDED");
}

static void
check_time(const GauthMandateChange *parent, const GauthChild *child)
{
	if (child->ttl_seconds > GAUTH_TTL_MAX ||
		parent->now + child->ttl_seconds * USECS_PER_SEC >
		parent->mandate.expires_at)
		gauth_raise_rule("DELEGATION_TTL_EXCEEDED");
}

/* every field is equal or narrower */
static void
check_scope(const GauthMandateChange *parent,
			GauthMandateDocument *document)
{
	const GauthPowers *powers = &parent->mandate.credential->powers;
	GauthProblems problems;

	gauth_problems_init(&problems, &document->arena);
	gauth_narrow_check(powers, &document->credential.powers, &problems);
	if (problems.failed)
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "scope");
	if (problems.count > 0)
		gauth_raise_rule("DELEGATION_SCOPE_WIDENING");
}

static void
make_document(const GauthMandateChange *parent, const GauthChild *child,
			  GauthMandateDocument *document)
{
	GauthArena	arena;
	GauthSpan	text;
	GauthError	err = {0};

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	if (gauth_child_write(&arena, parent->mandate.credential, child, &text,
						  &err) != GAUTH_OK)
		gauth_raise(&err);
	if (!gauth_mandate_document_read(document, text, true))
		gauth_mandate_document_raise(document);
	check_scope(parent, document);
}

static void
record_child(const GauthMandateChange *parent, GauthMandateChange *child)
{
	const GauthMandate *above = &parent->mandate;
	bool		active = child->mandate.stored == GAUTH_MANDATE_ACTIVE;
	GauthMandateEvent event = {
		.event = active ? "ACTIVATE" : "CREATE",
		.kind = active ? "mandate.activate" : "mandate.create",
		.after = gauth_mandate_status_name(child->mandate.stored)
	};

	event.details = psprintf("{\"parent_mandate_id\": \"%.*s\", \"cents\": "
							 INT64_FORMAT "}", (int) above->id.len,
							 above->id.data, child->mandate.budget_total);
	gauth_mandate_record(child, &child->mandate, &event);
}

static void
insert_child(const GauthMandateChange *parent,
			 const GauthMandateDocument *document, bool waits,
			 GauthMandateChange *child)
{
	const GauthMandate *above = &parent->mandate;
	GauthMandateRow row = {
		.id = child->mandate.id,
		.status = waits ? GAUTH_MANDATE_DRAFT : GAUTH_MANDATE_ACTIVE,
		.parent = above->id,.depth = above->depth + 1,
		.activated_at = waits ? DT_NOBEGIN : parent->now,
		.expires_at = DT_NOEND
	};

	if (!waits)
		row.expires_at = parent->now +
			document->credential.ttl_seconds * USECS_PER_SEC;
	gauth_mandate_document_insert(parent, document, &row);
	if (!gauth_mandate_find(row.id, parent->now, &child->mandate))
		elog(ERROR, "a mandate has gone");
	record_child(parent, child);
}

/* not in RFC 0118, and off unless an administrator wants it */
static bool
must_wait(const GauthMandateChange *parent)
{
	return parent->mandate.credential->approval != GAUTH_APPROVAL_AUTONOMOUS &&
		gauth_setting_bool("delegation_approval");
}

/* the request that a waiting part waits for, as a member; else nothing */
static const char *
ask_for(const GauthMandateChange *parent, const GauthMandateChange *child,
		bool waits)
{
	GauthApprovalAsk ask = {
		.verb = GAUTH_SPAN(GAUTH_DELEGATE_VERB),.resource = child->mandate.id,
		.limited = true,.cents = child->mandate.budget_total,
		.seconds = SECS_PER_DAY
	};
	GauthSpan	id;

	if (!waits)
		return "";
	id = gauth_approval_ask(parent, &ask);
	return psprintf(", \"approval_request_id\": \"%.*s\"", (int) id.len,
					id.data);
}

/* the child, and what its parent has left */
static Datum
show_child(const GauthMandateChange *parent, const GauthMandateChange *child,
		   int64 depth_remaining, const char *request)
{
	return gauth_mandate_show(child,
							  psprintf("{\"max_depth_remaining\": "
									   INT64_FORMAT ", \"budget_cents\": "
									   INT64_FORMAT ","
									   " \"parent_budget_after_deduction\":"
									   " {\"total_cents\": " INT64_FORMAT ","
									   " \"remaining_cents\": " INT64_FORMAT
									   "}%s}", depth_remaining,
									   child->mandate.budget_total,
									   parent->mandate.budget_total,
									   parent->mandate.budget_remaining,
									   request));
}

/*
 * gauth.delegate_mandate(parent text, request json) returns jsonb
 */
Datum
gauth_sql_delegate_mandate(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *request;
	GauthMandateDocument document;
	GauthMandateChange parent;
	GauthMandateChange child;
	GauthChild	made;
	bool		waits;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	request = gauth_document_read(&arena, gauth_arg_span(fcinfo, 1),
								  "request", request_members);
	gauth_mandate_party(&parent);
	gauth_mandate_lock(&parent, gauth_arg_span(fcinfo, 0));
	require_delegator(&parent);
	if (parent.mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("PARENT_MANDATE_NOT_ACTIVE");
	gauth_authority_require_delegation(&parent.mandate);
	read_child(&parent, request, &made);
	gauth_mandate_require_agent(made.delegate);
	if (gauth_span_equal(made.delegate, parent.mandate.agent))
		gauth_raise_argument("delegate_agent_id", "another agent");
	check_time(&parent, &made);
	make_document(&parent, &made, &document);

	child = parent;
	child.mandate.id = gauth_mandate_new_id("mdt_");
	gauth_budget_reserve(&parent, child.mandate.id, made.budget_cents);
	waits = must_wait(&parent);
	insert_child(&parent, &document, waits, &child);
	PG_RETURN_DATUM(show_child(&parent, &child, made.max_depth_remaining,
							   ask_for(&parent, &child, waits)));
}

/*
 * gauth.delegation_chain(id text) returns jsonb
 */
Datum
gauth_sql_delegation_chain(PG_FUNCTION_ARGS)
{
	const GauthCeiling *ceiling;
	GauthMandate mandate;
	GauthWrite	values = {0};
	int64		depth;
	Datum		result;

	gauth_mandate_find_visible(gauth_arg_span(fcinfo, 0), &mandate);
	ceiling = gauth_ceiling_of(mandate.credential->powers.profile);
	depth = ceiling->delegation_depth;
	gauth_write_text(&values, mandate.id);
	gauth_mandate_write_time(&values, GetCurrentStatementStartTimestamp());
	gauth_write_value(&values, INT8OID, Int64GetDatum(depth),
					  depth == GAUTH_ABSENT);
	gauth_write_value(&values, INT8OID,
					  Int64GetDatum(Max(links_left(mandate.credential), 0)),
					  false);
	if (!gauth_read_value(&values,
						  "WITH RECURSIVE above AS (SELECT m.*"
						  " FROM gauth.mandate m WHERE m.id = $1"
						  " UNION ALL SELECT p.* FROM gauth.mandate p"
						  " JOIN above a ON p.id = a.parent)"
						  " SELECT jsonb_build_object('mandate_id', $1,"
						  " 'chain', jsonb_agg(jsonb_build_object("
						  "'level', a.depth, 'mandate_id', a.id,"
						  " 'agent_id', a.agent, 'role', CASE a.depth"
						  " WHEN 0 THEN 'root' ELSE 'delegate' END,"
						  " 'status', gauth.mandate_status(a.status,"
						  " a.expires_at, $2)) ORDER BY a.depth),"
						  " 'root_party', min(a.issued_by)"
						  " FILTER (WHERE a.depth = 0),"
						  " 'effective_scope', (SELECT m.document -> 'scope'"
						  " FROM gauth.mandate m WHERE m.id = $1),"
						  " 'max_depth', $3, 'remaining_depth', $4)"
						  " FROM above a", &result))
		gauth_raise_rule("MANDATE_NOT_FOUND");
	PG_RETURN_DATUM(result);
}
