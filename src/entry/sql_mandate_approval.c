/*
 * sql_mandate_approval.c
 *		Approvals: asked for by who acts, given by others (RFC 0117 section 9,
 *		CHK-15; RFC 0118 section 10.4).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/timestamp.h"

#include "entry/args.h"
#include "entry/document.h"
#include "entry/mandate_approval.h"
#include "entry/report.h"
#include "poa/verb.h"
#include "store/access.h"
#include "store/memory.h"
#include "store/relation.h"

PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_request_approval);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_approve);
PGDLLEXPORT PG_FUNCTION_INFO_V1(gauth_sql_deny);

#define REQUEST_TTL			86400	/* seconds, where none are given */
#define REQUEST_TTL_MAX		INT64_C(31536000)
#define REQUEST_RESOURCE_MAX	4096

static const GauthMember request_members[] = {
	GAUTH_MUST("verb", TEXT),
	GAUTH_MAY("resource", TEXT),
	GAUTH_MAY("amount_cents", CENTS),
	GAUTH_MAY("reason", TEXT),
	GAUTH_MAY("ttl_seconds", CENTS),
	GAUTH_MEMBERS_END
};

/* an approval request as it is decided about */
typedef struct Request
{
	GauthSpan	id;
	GauthSpan	mandate;
	GauthSpan	requested_by;
	GauthSpan	resource;		/* without data: any */
	bool		pending;
	bool		approved;
	TimestampTz expires_at;
} Request;

static GauthSpan
read_verb(GauthArena *arena, const GauthJson *request)
{
	GauthSpan	verb;

	if (gauth_verb_canonical(arena, gauth_document_text(request, "verb"),
							 &verb) != GAUTH_OK)
		gauth_raise_argument("verb", "the name of a verb");
	return verb;
}

static int64
read_ttl(const GauthJson *request)
{
	const GauthJson *member = gauth_json_get(request, "ttl_seconds");
	int64		seconds = REQUEST_TTL;

	if (member != NULL &&
		(!gauth_json_to_int64(member, &seconds) || seconds == 0 ||
		 seconds > REQUEST_TTL_MAX))
		gauth_raise_argument("ttl_seconds", "1 second to a year");
	return seconds;
}

/* its agent asks, or who enforces it asks for the agent */
static void
require_requester(const GauthMandateChange *change)
{
	if (change->is_agent || !gauth_access_allows(GAUTH_ENFORCER, NULL))
		gauth_mandate_authorize(change, GAUTH_BY_AGENT);
	if (change->mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("MANDATE_NOT_ACTIVE");
}

static void
read_ask(GauthArena *arena, const GauthJson *request, GauthApprovalAsk *ask)
{
	const GauthJson *cents = gauth_json_get(request, "amount_cents");

	memset(ask, 0, sizeof(*ask));
	ask->verb = read_verb(arena, request);
	ask->resource = gauth_document_text(request, "resource");
	ask->limited = cents != NULL && gauth_json_to_int64(cents, &ask->cents);
	ask->reason = gauth_document_text(request, "reason");
	ask->seconds = read_ttl(request);
}

static Datum
show(GauthSpan id)
{
	GauthWrite	write = {0};
	Datum		shown;

	gauth_write_text(&write, id);
	if (!gauth_write_returning(&write, "SELECT gauth.approval_json(r)"
							   " FROM gauth.approval_request r"
							   " WHERE r.id = $1", &shown))
		elog(ERROR, "a request for approval has gone");
	return shown;
}

/*
 * gauth.request_approval(mandate text, request json) returns jsonb
 */
Datum
gauth_sql_request_approval(PG_FUNCTION_ARGS)
{
	GauthArena	arena;
	const GauthJson *request;
	GauthMandateChange change;
	GauthApprovalAsk ask;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	request = gauth_document_read(&arena, gauth_arg_span(fcinfo, 1),
								  "request", request_members);
	gauth_mandate_actor(&change);
	gauth_mandate_lock(&change, gauth_arg_span(fcinfo, 0));
	require_requester(&change);
	read_ask(&arena, request, &ask);
	PG_RETURN_DATUM(show(gauth_approval_ask(&change, &ask)));
}

static void
read_request(GauthSpan id, Request *request)
{
	GauthScan	scan;
	GauthSpan	status;
	bool		is_null;

	gauth_scan_begin_by(&scan, GAUTH_TABLE_APPROVAL_REQUEST,
						"approval_request_id");
	gauth_scan_key_text(&scan, REQUEST_ID, id);
	if (!gauth_scan_next(&scan))
		gauth_raise_unknown("request for approval");
	request->id = id;
	request->mandate = gauth_scan_copy(&scan, REQUEST_MANDATE);
	request->requested_by = gauth_scan_copy(&scan, REQUEST_REQUESTED_BY);
	request->resource = gauth_scan_copy(&scan, REQUEST_RESOURCE);
	status = gauth_scan_text(&scan, REQUEST_STATUS);
	request->pending = gauth_span_is(status, "PENDING");
	request->approved = gauth_span_is(status, "APPROVED");
	request->expires_at =
		DatumGetTimestampTz(gauth_scan_value(&scan, REQUEST_EXPIRES_AT,
											 &is_null));
	gauth_scan_end(&scan);
}

/* never who asks, and never an agent (RFC 0111 section 2) */
static void
require_approver(const GauthMandateChange *change, const Request *request)
{
	const GauthMandate *mandate = &change->mandate;
	bool		has_chain = mandate->credential->approval_chain.count > 0;

	gauth_mandate_authorize(change, has_chain ?
							GAUTH_BY_APPROVER : GAUTH_BY_ISSUER);
	if (gauth_span_equal(change->actor, request->requested_by))
		gauth_raise_rule("INSUFFICIENT_AUTHORITY");
}

static void
insert_approval(const GauthMandateChange *change, const Request *request,
				bool approved, GauthSpan comment)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, request->id);
	gauth_write_text(&write, change->actor);
	gauth_write_text(&write, change->mandate.id);
	gauth_write_bool(&write, approved);
	gauth_write_text(&write, comment);
	gauth_mandate_write_time(&write, change->now);
	if (gauth_mandate_write(&write, "INSERT INTO gauth.approval (request,"
							" approver, mandate, approved, comment,"
							" decided_at) VALUES ($1, $2, $3, $4, $5, $6)"
							" ON CONFLICT DO NOTHING") == 0)
		gauth_raise_rule("DUAL_CONTROL_REQUIRED");
}

/* decided once it is denied, or as many have approved as it takes */
static void
close_request(const GauthMandateChange *change, const Request *request,
			  bool approved)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, request->id);
	gauth_write_text(&write, approved ? GAUTH_SPAN("APPROVED") :
					 GAUTH_SPAN("DENIED"));
	gauth_mandate_write_time(&write, change->now);
	(void) gauth_mandate_write(&write, "UPDATE gauth.approval_request r"
							   " SET status = $2, decided_at = $3"
							   " WHERE r.id = $1 AND ($2 = 'DENIED'"
							   " OR r.needed <= (SELECT count(*)"
							   " FROM gauth.approval a"
							   " WHERE a.request = $1 AND a.approved))");
}

/* a part that was delegated may have waited for this */
static void
settle_pending(GauthMandateChange *parent, Request *request)
{
	GauthMandateChange child;

	read_request(request->id, request);
	if (request->pending ||
		!gauth_pending_lock(parent, request->resource, &child))
		return;
	if (request->approved)
		gauth_pending_accept(parent, &child);
	else
		gauth_pending_reject(parent, &child);
}

static Datum
decide(FunctionCallInfo fcinfo, bool approved)
{
	GauthSpan	comment = gauth_arg_span_or_null(fcinfo, 1);
	GauthMandateChange change;
	Request		request;

	if (PG_ARGISNULL(0))
		gauth_raise_null("request_id");
	if (comment.data != NULL)
		gauth_mandate_check_text(comment, "comment", GAUTH_REASON_MAX);
	gauth_mandate_party(&change);
	read_request(gauth_arg_span(fcinfo, 0), &request);
	gauth_mandate_lock(&change, request.mandate);
	read_request(request.id, &request);
	require_approver(&change, &request);
	if (change.mandate.status != GAUTH_MANDATE_ACTIVE)
		gauth_raise_rule("MANDATE_NOT_ACTIVE");
	if (!request.pending || request.expires_at <= change.now)
		gauth_raise_rule("INVALID_STATE_TRANSITION");
	insert_approval(&change, &request, approved, comment);
	close_request(&change, &request, approved);
	gauth_mandate_remark(&change, "APPROVAL", approved ?
						 "mandate.approval.approve" : "mandate.approval.deny",
						 psprintf("{\"request_id\": \"%.*s\","
								  " \"approved\": %s}",
								  (int) request.id.len, request.id.data,
								  approved ? "true" : "false"));
	settle_pending(&change, &request);
	return show(request.id);
}

/*
 * gauth.approve(request_id text, comment text) returns jsonb
 */
Datum
gauth_sql_approve(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(decide(fcinfo, true));
}

/*
 * gauth.deny(request_id text, comment text) returns jsonb
 */
Datum
gauth_sql_deny(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(decide(fcinfo, false));
}
