/*
 * mandate.c
 *		Mandates as a decision sees them: the document, parsed once, and the
 *		row, read anew every time.
 *
 * The session remembers parsed documents by the hash of their text, so what
 * it remembers cannot be out of date: another document has another hash.  A
 * row whose document does not have the hash that stands beside it was changed
 * behind our back, and is of no use.
 *
 * There are two caches.  When the one that is being filled is full, the other
 * one is emptied and filled next: so a document is remembered until a cache
 * full of others has been read after it, however long a statement runs.
 */
#include "store/mandate.h"

#include "access/htup_details.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "store/cache.h"
#include "store/compat.h"
#include "store/crypto.h"
#include "store/memory.h"
#include "store/relation.h"

/* documents in each of the two caches */
#define DOCUMENTS_MAX	500

static const char *const status_names[GAUTH_MANDATE_STATUS_COUNT] = {
	[GAUTH_MANDATE_DRAFT] = "DRAFT",
	[GAUTH_MANDATE_ACTIVE] = "ACTIVE",
	[GAUTH_MANDATE_SUSPENDED] = "SUSPENDED",
	[GAUTH_MANDATE_REVOKED] = "REVOKED",
	[GAUTH_MANDATE_EXPIRED] = "EXPIRED",
	[GAUTH_MANDATE_BUDGET_EXCEEDED] = "BUDGET_EXCEEDED",
	[GAUTH_MANDATE_SUPERSEDED] = "SUPERSEDED",
};

static GauthCache caches[2] = {
	{.title = "gauth mandates",.group = GAUTH_GROUP_MANDATES},
	{.title = "gauth mandates",.group = GAUTH_GROUP_MANDATES}
};

/* which one is being filled, and how far */
static int	filling;
static int	document_count;

/*
 * gauth_mandate_status_name
 *		The name of a status, as SQL has it.
 */
const char *
gauth_mandate_status_name(GauthMandateStatus status)
{
	return status_names[status];
}

/*
 * gauth_mandate_is_over
 *		Is it a status that nothing leads out of?
 */
bool
gauth_mandate_is_over(GauthMandateStatus status)
{
	return status >= GAUTH_MANDATE_REVOKED;
}

static GauthMandateStatus
find_status(GauthSpan name)
{
	int			i;

	for (i = 0; i < GAUTH_MANDATE_STATUS_COUNT; i++)
	{
		if (gauth_span_is(name, status_names[i]))
			return (GauthMandateStatus) i;
	}
	elog(ERROR, "a mandate has no known status");
	return GAUTH_MANDATE_REVOKED;
}

/*
 * gauth_mandate_hash
 *		The hash of a document's text, as gauth.mandate has it.
 */
void
gauth_mandate_hash(GauthSpan document, uint8 hash[GAUTH_SHA256_SIZE])
{
	if (gauth_sha256(gauth_crypto(), document, hash) != GAUTH_OK)
		elog(ERROR, "could not compute SHA-256");
}

/*
 * gauth_mandate_parse
 *		Reads the text of a document, which has to outlive the credential.
 *
 * Errors: those of gauth_json_parse; what is wrong beyond that is among the
 * problems.
 */
GauthStatus
gauth_mandate_parse(GauthArena *arena, GauthSpan document,
					GauthCredentialForm form, GauthCredential *credential,
					GauthProblems *problems, GauthError *err)
{
	GauthJson  *json;
	GauthStatus status = gauth_json_parse(arena, document,
										  &gauth_json_document_limits, &json,
										  err);

	if (status != GAUTH_OK)
		return status;
	gauth_problems_init(problems, arena);
	status = gauth_credential_read(arena, json, form, credential, problems);
	if (status == GAUTH_OK && problems->failed)
		status = GAUTH_OUT_OF_MEMORY;
	if (status != GAUTH_OK)
		return gauth_fail(err, status, "document");
	return GAUTH_OK;
}

/* the document passed its validation when it was stored */
static const GauthCredential *
remember(GauthCache *cache, GauthSpan hash, GauthSpan document)
{
	uint8		actual[GAUTH_SHA256_SIZE];
	GauthArena	arena;
	GauthCredential *credential =
		MemoryContextAllocZero(cache->context, sizeof(*credential));
	GauthProblems problems;
	GauthError	err = {0};

	gauth_mandate_hash(document, actual);
	if (!gauth_span_equal(gauth_span(actual, sizeof(actual)), hash))
		elog(ERROR, "a mandate's document was changed from outside");
	gauth_memory_arena(&arena, NULL, 0, cache->context);
	document = gauth_memory_copy(cache->context, document);
	if (gauth_mandate_parse(&arena, document, GAUTH_CREDENTIAL_REQUESTED,
							credential, &problems, &err) != GAUTH_OK ||
		problems.count > 0)
		elog(ERROR, "a mandate's document cannot be read");
	gauth_cache_add(cache, gauth_memory_copy(cache->context, hash),
					credential);
	return credential;
}

/* the cache that a document goes into, ready for it */
static GauthCache *
next_cache(GauthSpan hash)
{
	if (document_count == DOCUMENTS_MAX)
	{
		filling = 1 - filling;
		gauth_cache_forget(&caches[filling]);
		document_count = 0;
	}
	document_count++;
	(void) gauth_cache_find(&caches[filling], hash);
	return &caches[filling];
}

/* time runs on while a mandate is suspended (RFC 0118 section 6.3) */
static GauthMandateStatus
status_at(const GauthMandate *mandate, TimestampTz at)
{
	if ((mandate->stored == GAUTH_MANDATE_ACTIVE ||
		 mandate->stored == GAUTH_MANDATE_SUSPENDED) &&
		mandate->expires_at <= at)
		return GAUTH_MANDATE_EXPIRED;
	return mandate->stored;
}

/* a row taken apart at once: column by column would begin anew each time */
typedef struct Row
{
	Datum	   *values;
	bool	   *nulls;
} Row;

/* columns count from one */
static Datum
column(const Row *row, AttrNumber number)
{
	return row->values[number - 1];
}

/* valid as long as the scan is; a null has no data */
static GauthSpan
borrow(const Row *row, AttrNumber number)
{
	struct varlena *bytes;

	if (row->nulls[number - 1])
		return gauth_span(NULL, 0);
	bytes = PG_DETOAST_DATUM_PACKED(column(row, number));
	return gauth_span(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

static GauthSpan
copy(const Row *row, AttrNumber number)
{
	GauthSpan	text = borrow(row, number);

	if (text.data == NULL)
		return text;
	return gauth_memory_copy(CurrentMemoryContext, text);
}

static TimestampTz
instant(const Row *row, AttrNumber number, TimestampTz otherwise)
{
	if (row->nulls[number - 1])
		return otherwise;
	return DatumGetTimestampTz(column(row, number));
}

static const GauthCredential *
read_credential(const Row *row)
{
	GauthSpan	hash = borrow(row, MANDATE_DOCUMENT_HASH);
	const GauthCredential *credential;

	credential = gauth_cache_find(&caches[filling], hash);
	if (credential == NULL)
		credential = gauth_cache_find(&caches[1 - filling], hash);
	if (credential == NULL)
		credential = remember(next_cache(hash), hash,
							  borrow(row, MANDATE_DOCUMENT));
	return credential;
}

static void
read_texts(const Row *row, GauthMandate *mandate)
{
	mandate->id = copy(row, MANDATE_ID);
	mandate->agent = copy(row, MANDATE_AGENT);
	mandate->customer = copy(row, MANDATE_CUSTOMER);
	mandate->project = copy(row, MANDATE_PROJECT);
	mandate->issued_by = copy(row, MANDATE_ISSUED_BY);
	mandate->scope_checksum = copy(row, MANDATE_SCOPE_CHECKSUM);
	mandate->tool_permissions_hash = copy(row, MANDATE_TOOL_PERMISSIONS_HASH);
	mandate->platform_permissions_hash =
		copy(row, MANDATE_PLATFORM_PERMISSIONS_HASH);
	mandate->suspended_with = copy(row, MANDATE_SUSPENDED_WITH);
	mandate->parent = copy(row, MANDATE_PARENT);
}

static void
read_row(const GauthScan *scan, TimestampTz at, GauthMandate *mandate)
{
	TupleDesc	columns = RelationGetDescr(scan->relation);
	Row			row;

	row.values = palloc(columns->natts * sizeof(Datum));
	row.nulls = palloc(columns->natts * sizeof(bool));
	heap_deform_tuple(scan->tuple, columns, row.values, row.nulls);
	memset(mandate, 0, sizeof(*mandate));
	read_texts(&row, mandate);
	mandate->version = DatumGetInt64(column(&row, MANDATE_VERSION));
	mandate->stored = find_status(borrow(&row, MANDATE_STATUS));
	mandate->depth = DatumGetInt32(column(&row, MANDATE_DEPTH));
	mandate->budget_total = DatumGetInt64(column(&row, MANDATE_BUDGET_TOTAL));
	mandate->budget_remaining =
		DatumGetInt64(column(&row, MANDATE_BUDGET_REMAINING));
	mandate->ttl_seconds = DatumGetInt64(column(&row, MANDATE_TTL_SECONDS));
	mandate->created_at = instant(&row, MANDATE_CREATED_AT, DT_NOBEGIN);
	mandate->activated_at = instant(&row, MANDATE_ACTIVATED_AT, DT_NOBEGIN);
	mandate->expires_at = instant(&row, MANDATE_EXPIRES_AT, DT_NOEND);
	mandate->status = status_at(mandate, at);
	mandate->credential = read_credential(&row);
}

/*
 * gauth_mandate_find
 *		The mandate of that name as it is at "at"; false when there is none.
 *
 * One scan by the primary key, with a snapshot of its own: what another
 * session has committed counts.
 */
bool
gauth_mandate_find(GauthSpan id, TimestampTz at, GauthMandate *mandate)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_MANDATE);
	gauth_scan_key_text(&scan, MANDATE_ID, id);
	found = gauth_scan_next(&scan);
	if (found)
		read_row(&scan, at, mandate);
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_mandate_held
 *		How many cents of a mandate are on hold at "at", without the hold
 *		"except" (no data: all of them).
 */
int64
gauth_mandate_held(GauthSpan id, TimestampTz at, GauthSpan except)
{
	GauthScan	scan;
	int64		held = 0;

	gauth_scan_begin(&scan, GAUTH_TABLE_BUDGET_HOLD);
	gauth_scan_key_text(&scan, HOLD_MANDATE, id);
	while (gauth_scan_next(&scan))
	{
		if (gauth_scan_time(&scan, HOLD_EXPIRES_AT, DT_NOBEGIN) > at &&
			(except.data == NULL ||
			 !gauth_span_equal(gauth_scan_text(&scan, HOLD_ID), except)))
			held += gauth_scan_int64(&scan, HOLD_CENTS);
	}
	gauth_scan_end(&scan);
	return held;
}

/*
 * gauth_mandate_available
 *		The cents of a mandate that are neither spent nor on hold, the hold
 *		"except" aside (no data: none).
 */
int64
gauth_mandate_available(const GauthMandate *mandate, TimestampTz at,
						GauthSpan except)
{
	return Max(0, mandate->budget_remaining -
			   gauth_mandate_held(mandate->id, at, except));
}

/*
 * gauth_mandate_hold
 *		What a hold of a mandate keeps back; false when there is none of that
 *		name, or its time is up.
 */
bool
gauth_mandate_hold(GauthSpan id, GauthSpan hold, TimestampTz at, int64 *cents)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_BUDGET_HOLD);
	gauth_scan_key_text(&scan, HOLD_MANDATE, id);
	gauth_scan_key_text(&scan, HOLD_ID, hold);
	found = gauth_scan_next(&scan) &&
		gauth_scan_time(&scan, HOLD_EXPIRES_AT, DT_NOBEGIN) > at;
	if (found)
		*cents = gauth_scan_int64(&scan, HOLD_CENTS);
	gauth_scan_end(&scan);
	return found;
}

static bool
request_stands(const GauthScan *scan, TimestampTz at)
{
	return gauth_span_is(gauth_scan_text(scan, REQUEST_STATUS), "APPROVED") &&
		gauth_scan_time(scan, REQUEST_EXPIRES_AT, DT_NOBEGIN) > at;
}

/* an approval is for the verb, and for no other resource and no more money */
static bool
request_covers(const GauthScan *scan, const GauthApprovalQuery *query,
			   TimestampTz at)
{
	GauthSpan	resource = gauth_scan_text(scan, REQUEST_RESOURCE);
	bool		unlimited;
	Datum		cents = gauth_scan_value(scan, REQUEST_CENTS, &unlimited);

	return request_stands(scan, at) &&
		gauth_span_equal(gauth_scan_text(scan, REQUEST_VERB), query->verb) &&
		(resource.data == NULL ||
		 gauth_span_equal(resource, query->resource)) &&
		(unlimited || DatumGetInt64(cents) >= query->cents);
}

/* parties that have approved, each once */
typedef struct Approvers
{
	GauthSpan  *items;
	int			count;
	int			room;
} Approvers;

static void
add_approver(Approvers *approvers, GauthSpan party)
{
	int			i;

	for (i = 0; i < approvers->count; i++)
	{
		if (gauth_span_equal(approvers->items[i], party))
			return;
	}
	if (approvers->count == approvers->room)
	{
		approvers->room = Max(4, approvers->room * 2);
		approvers->items = approvers->items == NULL ?
			palloc(approvers->room * sizeof(GauthSpan)) :
			repalloc(approvers->items, approvers->room * sizeof(GauthSpan));
	}
	approvers->items[approvers->count++] = party;
}

static void
read_approvers(GauthSpan request, Approvers *approvers)
{
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_APPROVAL);
	gauth_scan_key_text(&scan, APPROVAL_REQUEST, request);
	while (gauth_scan_next(&scan))
	{
		bool		is_null;

		if (DatumGetBool(gauth_scan_value(&scan, APPROVAL_APPROVED,
										  &is_null)))
			add_approver(approvers, gauth_scan_copy(&scan, APPROVAL_APPROVER));
	}
	gauth_scan_end(&scan);
}

/*
 * gauth_mandate_approvals
 *		The different parties that have approved the action, in requests that
 *		got all the approvals they needed and are not over at "at".
 *
 * They may have done so in several requests: a definition can ask for more
 * approvers than a request does.
 */
int
gauth_mandate_approvals(const GauthApprovalQuery *query, TimestampTz at,
						GauthSpan **approvers)
{
	Approvers	all = {0};
	GauthScan	scan;

	gauth_scan_begin(&scan, GAUTH_TABLE_APPROVAL_REQUEST);
	gauth_scan_key_text(&scan, REQUEST_MANDATE, query->mandate);
	while (gauth_scan_next(&scan))
	{
		if (request_covers(&scan, query, at))
			read_approvers(gauth_scan_text(&scan, REQUEST_ID), &all);
	}
	gauth_scan_end(&scan);
	*approvers = all.items;
	return all.count;
}

/*
 * gauth_mandate_has_approvals
 *		Is anything approved under the mandate, whatever it is?
 */
bool
gauth_mandate_has_approvals(GauthSpan id, TimestampTz at)
{
	GauthScan	scan;
	bool		found = false;

	gauth_scan_begin(&scan, GAUTH_TABLE_APPROVAL_REQUEST);
	gauth_scan_key_text(&scan, REQUEST_MANDATE, id);
	while (!found && gauth_scan_next(&scan))
		found = request_stands(&scan, at);
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_mandate_session
 *		What was counted in a session under a mandate; false when nothing was.
 */
bool
gauth_mandate_session(GauthSpan id, GauthSpan session,
					  GauthMandateSession *found)
{
	GauthScan	scan;
	bool		exists;

	gauth_scan_begin(&scan, GAUTH_TABLE_MANDATE_SESSION);
	gauth_scan_key_text(&scan, SESSION_MANDATE, id);
	gauth_scan_key_text(&scan, SESSION_SESSION, session);
	exists = gauth_scan_next(&scan);
	if (exists)
	{
		found->started_at = gauth_scan_time(&scan, SESSION_STARTED_AT,
											DT_NOBEGIN);
		found->tool_calls = gauth_scan_int64(&scan, SESSION_TOOL_CALLS);
	}
	gauth_scan_end(&scan);
	return exists;
}
